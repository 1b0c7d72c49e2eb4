"""``STATS``: rows put into groups, and what is computed for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import Unsupported
from esmock.features.esql.block import Block, of_rows
from esmock.features.esql.evaluate import evaluate, holds
from esmock.features.esql.functions.aggregates import Grouped, computed
from esmock.features.esql.functions.function import Evaluation
from esmock.features.esql.functions.registry import functions
from esmock.features.esql.page import Page
from esmock.features.esql.tree import Assignment, Call, Expression, Name

Json = Any


@dataclass(slots=True)
class Plan:
    """What one STATS does.

    Args:
        ordinals: the only group is a field of an index whose terms are in order.
    """

    aggregates: list[Assignment]
    groups: list[Assignment]
    ordinals: bool = False


def grouped_page(plan: Plan, page: Page, run: Evaluation) -> Page:
    """The groups as rows: what was computed for them first, then what they are grouped by."""
    keys = [evaluate(one.value, page, run) for one in plan.groups]
    found, labels = _groups(keys, page.n_rows, sorts=plan.ordinals)
    columns: dict[str, Block] = {}
    labelled = {one.name: label for one, label in zip(plan.groups, labels, strict=True)}
    page = page.with_columns({one.name: key for one, key in zip(plan.groups, keys, strict=True)})
    for one in plan.aggregates:
        columns.pop(one.name, None)
        columns[one.name] = _Aggregates(found, page, run, labelled, plan.groups).value(one.value)
    for name, label in labelled.items():
        columns.pop(name, None)
        columns[name] = label
    return Page(found.n_groups, dict(columns))


def inlined_page(plan: Plan, page: Page, run: Evaluation) -> Page:
    """The rows with what was computed for their groups. Raises Unsupported for rows that are in several."""
    groups = row_groups(plan.groups, page, run, "INLINE STATS")
    table = grouped_page(plan, page, run).take(groups)
    return page.with_columns({name: table.block(name) for name in table.names})


def row_groups(groups: list[Assignment], page: Page, run: Evaluation, command: str) -> np.ndarray:
    """int64[n_rows]: the group of each row. Raises Unsupported for rows that are in several."""
    found, _ = _groups([evaluate(one.value, page, run) for one in groups], page.n_rows, sorts=False)
    if len(found.rows) != page.n_rows:
        raise Unsupported(f"groups by several values of a row in the ES|QL command [{command}]")
    return found.groups


def _groups(keys: list[Block], n_rows: int, *, sorts: bool) -> tuple[Grouped, list[Block]]:
    """Rows by group, and the keys of the groups.

    A row with several values of a key is in several groups.
    """
    if not keys:
        return Grouped(np.arange(n_rows), np.zeros(n_rows, np.int64), 1), []
    known: dict[Any, int] = {}
    if len(keys) == 1 and keys[0].type == "boolean":
        known = {(None,): 0, (False,): 1, (True,): 2}
    elif len(keys) == 1 and keys[0].type != "null":
        known = {(None,): 0}
    rows: list[int] = []
    groups: list[int] = []
    for at, combined in enumerate(zip(*(block.rows() for block in keys), strict=True)):
        for key in dict.fromkeys(_combinations(combined)):
            rows.append(at)
            groups.append(known.setdefault(key, len(known)))
    used = np.zeros(len(known), bool)
    used[groups] = True
    order = [key for key, group in known.items() if used[group]]
    if sorts:
        order.sort(key=lambda key: (key[0] is not None, key[0] if key[0] is not None else ""))
    place = np.zeros(len(known), np.int64)
    for at, key in enumerate(order):
        place[known[key]] = at
    numbers = place[np.array(groups, np.int64)] if groups else np.zeros(0, np.int64)
    labels = [of_rows(block.type, ([key[at]] if key[at] is not None else [] for key in order)) for at, block in enumerate(keys)]
    return Grouped(np.array(rows, np.int64), numbers, len(order)), labels


def _combinations(row: tuple[list[Json], ...]) -> list[tuple[Json, ...]]:
    out: list[tuple[Json, ...]] = [()]
    for values in row:
        out = [(*before, value) for before in out for value in (values or [None])]
    return out


class _Aggregates:
    """The values of expressions over groups: aggregations within are computed first."""

    def __init__(self, grouped: Grouped, page: Page, run: Evaluation, labels: dict[str, Block], groups: list[Assignment]) -> None:
        self._grouped = grouped
        self._page = page
        self._run = run
        self._labels = labels
        self._by_text = {one.value.text: one.name for one in groups}

    def value(self, expression: Expression) -> Block:
        """One value for each group."""
        blocks: dict[str, Block] = dict(self._labels)
        return evaluate(self._prepared(expression, blocks), Page(self._grouped.n_groups, dict(blocks)), self._run)

    def _prepared(self, expression: Expression, blocks: dict[str, Block]) -> Expression:
        """The expression with a column in place of each aggregation."""
        if not isinstance(expression, Call):
            return expression
        if functions()[expression.name].is_aggregate:
            name = f"\0{expression.at}"
            blocks[name] = self._aggregated(expression)
            return Name(name, at=expression.at, text=expression.text, type=expression.type)
        if expression.text in self._by_text:
            return Name(self._by_text[expression.text], at=expression.at, text=expression.text, type=expression.type)
        arguments = [self._prepared(one, blocks) for one in expression.arguments]
        return Call(expression.name, arguments, at=expression.at, text=expression.text, type=expression.type)

    def _aggregated(self, call: Call) -> Block:
        grouped = self._grouped
        if call.condition is not None:
            kept = holds(call.condition, self._page, self._run)[grouped.rows]
            grouped = Grouped(grouped.rows[kept], grouped.groups[kept], grouped.n_groups)
        blocks = [evaluate(one, self._page, self._run) for one in call.arguments]
        return computed(self._run, call, blocks, grouped)
