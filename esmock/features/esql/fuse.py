"""``FUSE``: the rows of several branches as one list, by their places or by their scores. Docs: esql-fuse.

Source: the makers' tests fuse.csv-spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Unsupported
from esmock.features.esql.block import of_rows
from esmock.features.esql.expressions import column, options
from esmock.features.esql.lexer import EOF, IDENTIFIER
from esmock.features.esql.page import Page
from esmock.features.esql.tree import Fuse

if TYPE_CHECKING:
    from esmock.features.esql.block import Block
    from esmock.features.esql.lexer import Token
    from esmock.features.esql.page import Load
    from esmock.features.esql.scope import Scope
    from esmock.features.esql.words import Words

Json = Any
_RANK_CONSTANT = 60
_OPTIONS = {"rrf": ("rank_constant", "weights"), "linear": ("normalizer", "weights")}


def read_fuse(words: Words, first: Token) -> Fuse:
    """Raises Unsupported for words out of place, whose complaints are not known."""
    found = Fuse(at=first.at)
    if words.is_next(IDENTIFIER) and words.next.text.lower() in ("rrf", "linear"):
        found.way = words.take().text.lower()
    while words.is_next(IDENTIFIER) and words.next.text.lower() in ("score", "group", "key") and words.after_next.kind == "'by'":
        option = words.take().text.lower()
        words.take()
        names = [column(words).name]
        while option == "key" and words.accept("','"):
            names.append(column(words).name)
        if option == "key":
            found.keys = tuple(names)
        else:
            setattr(found, option, names[0])
    if words.accept("'with'") and words.is_next("'{'"):
        found.options = options(words, nests=True).entries
    if not words.is_next("'|'", EOF):
        raise Unsupported(f"[{words.next.text}] of the ES|QL command [FUSE]")
    return found


def check_options(command: Fuse) -> None:
    """Raises Unsupported for options whose complaints are not known."""
    for name, value in command.options.items():
        weights = list(value.values()) if name == "weights" and isinstance(value, dict) else [value]
        is_number = all(isinstance(one, int | float) and not isinstance(one, bool) and one > 0 for one in weights)
        if name not in _OPTIONS[command.way] or not (is_number or value in ("none", "l2_norm", "minmax")):
            raise Unsupported(f"the option [{name}] of the ES|QL command [FUSE] with the value [{value}]")


def fused_scope(command: Fuse, before: Scope) -> Scope:
    """The columns: the score, those that are passed on, and what documents are known by. Raises Unsupported for a column that is missing."""
    for name in (*command.keys, command.group, command.score):
        if name not in before:
            raise Unsupported(f"the ES|QL command [FUSE] without the column [{name}]")
    others = {name: one for name, one in before.items() if name not in (*command.keys, command.score)}
    return {command.score: before[command.score], **others, **{name: before[name] for name in command.keys}}


def fused_page(command: Fuse, scope: Scope, page: Page) -> Page:
    """One row of each document. ES: its first row tells its other columns, and all of them which branches it comes from."""
    keys = list(zip(*(map(tuple, page.block(name).rows()) for name in command.keys), strict=True))
    branches = [row[0] if row else None for row in page.block(command.group).rows()]
    scores = _scores(command, branches, [row[0] if row else 0.0 for row in page.block(command.score).rows()])
    first: dict[Any, int] = {}
    total: dict[Any, float] = {}
    found: dict[Any, list[Json]] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
        total[key] = total.get(key, 0.0) + scores[row]
        if branches[row] is not None and branches[row] not in found.setdefault(key, []):
            found[key].append(branches[row])
    kept = page.take(np.array(list(first.values()), np.int64))
    columns: dict[str, Block | Load] = {name: kept.block(name) for name in scope}
    columns[command.score] = of_rows("double", ([total[key]] for key in first))
    columns[command.group] = of_rows(scope[command.group].type, (found.get(key, []) for key in first))
    return Page(len(first), columns)


def _scores(command: Fuse, branches: list[Json], scores: list[float]) -> list[float]:
    """What each row adds to the score of its document."""
    weights = command.options.get("weights", {})
    rows: dict[Json, list[int]] = {}
    for row, branch in enumerate(branches):
        rows.setdefault(branch, []).append(row)
    out = [0.0] * len(branches)
    for branch, own in rows.items():
        if command.way == "rrf":
            constant = command.options.get("rank_constant", _RANK_CONSTANT)
            parts = [1.0 / (constant + rank) for rank in range(1, len(own) + 1)]
        else:
            parts = _normalized([scores[row] for row in own], command.options.get("normalizer", "none"))
        for row, part in zip(own, parts, strict=True):
            out[row] = float(weights.get(branch, 1.0)) * part
    return out


def _normalized(scores: list[float], way: str) -> list[float]:
    """The scores of one branch on a scale of their own. Raises Unsupported for a scale without length."""
    if way == "none":
        return scores
    least = min(scores) if way == "minmax" else 0.0
    length = max(scores) - least if way == "minmax" else sum(score * score for score in scores) ** 0.5
    if not length:
        raise Unsupported(f"[{way}] of equal scores in the ES|QL command [FUSE]")
    return [(score - least) / length for score in scores]
