"""Computing expressions over a page."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import numpy as np

from esmock.features.esql.block import Block, nulls, repeated, single
from esmock.features.esql.functions.function import Evaluation
from esmock.features.esql.functions.registry import functions
from esmock.features.esql.functions.search import SEARCHES
from esmock.features.esql.page import Page
from esmock.features.esql.tree import Call, Expression, Literal, Name
from esmock.features.esql.types import SPANS

Json = Any


def evaluate(expression: Expression, page: Page, run: Evaluation) -> Block:
    """The values of an expression in every row."""
    if isinstance(expression, Name):
        return page.block(expression.name)
    if isinstance(expression, Literal):
        value = expression.value
        if value is None or expression.type in ("date_period", "time_duration"):
            return nulls(expression.type, page.n_rows)
        return repeated(expression.type, value, page.n_rows)
    if not isinstance(expression, Call):
        return nulls("null", page.n_rows)
    if expression.is_union:
        assert run.union is not None
        return run.union(expression, page)
    if expression.name in SEARCHES:
        assert run.full_text is not None
        return single("boolean", run.full_text(expression, page), np.ones(page.n_rows, bool))
    blocks = [evaluate(one, page, run) for one in expression.arguments]
    found = functions()[expression.name].evaluate(run, expression, blocks)
    return found if blocks else _stretched(found, page.n_rows)


def _stretched(block: Block, n_rows: int) -> Block:
    """What a function without arguments gives, in every row."""
    return repeated(block.type, block.values[0].item() if len(block.values) else None, n_rows)


def holds(condition: Expression, page: Page, run: Evaluation) -> np.ndarray:
    """bool[n_rows]: where a condition is true."""
    block = evaluate(condition, page, run)
    if block.type != "boolean":
        return np.zeros(page.n_rows, bool)
    values, has = block.first()
    return has & (block.counts == 1) & values.astype(bool)


def folded(expression: Expression, run: Evaluation) -> Expression:
    """The expression with the values of its constant parts in their places, each computed once."""
    if not isinstance(expression, Call):
        return expression
    if expression.name in SEARCHES or functions()[expression.name].is_grouping:
        return expression
    if _is_foldable(expression):
        (row,) = evaluate(expression, Page(1, {}), run).rows()
        value = None if not row else row[0] if len(row) == 1 else row
        return Literal(value, at=expression.at, text=expression.text, type=expression.type)
    expression.arguments = [folded(one, run) for one in expression.arguments]
    if expression.condition is not None:
        expression.condition = folded(expression.condition, run)
    return expression


def _is_foldable(expression: Expression) -> bool:
    if not expression.is_constant or expression.type in SPANS:
        return False
    known = functions()
    calls = [known[one.name] for one in expression.walk() if isinstance(one, Call)]
    return not any(one.is_aggregate or one.is_grouping or one.name in SEARCHES for one in calls)


_COMPARED = ("==", "!=", "<", "<=", ">", ">=", "in", "like", "rlike")


def may_hold(condition: Expression, page: Page, run: Evaluation, fields: Container[str]) -> np.ndarray:
    """bool[n_rows]: where a condition on one field of an index is asked of its documents.

    ES: Lucene finds the documents of which any value fits; only those are told of for having several.
    """
    is_not = isinstance(condition, Call) and condition.name == "not"
    inner = condition.arguments[0] if is_not and isinstance(condition, Call) else condition
    everywhere = np.ones(page.n_rows, bool)
    if not isinstance(inner, Call) or inner.name not in _COMPARED:
        return everywhere
    name, *others = inner.arguments
    if not isinstance(name, Name) or name.name not in fields or not all(isinstance(one, Literal) for one in others):
        return everywhere
    block = page.block(name.name)
    if not (block.counts > 1).any():
        return everywhere
    is_not = is_not != (inner.name == "!=")
    asked = Call("==" if inner.name == "!=" else inner.name, inner.arguments, at=inner.at, text=inner.text, type="boolean")
    values = Page(len(block.values), {name.name: Block(block.type, block.values, np.arange(len(block.values) + 1))})
    fits = np.zeros(page.n_rows, bool)
    fits[block.owners()[holds(asked, values, run)]] = True
    return ~fits & ~block.is_null if is_not else fits


def conjuncts(condition: Expression) -> Iterator[Expression]:
    """The parts of a condition that must all hold."""
    if isinstance(condition, Call) and condition.name == "and":
        for one in condition.arguments:
            yield from conjuncts(one)
    else:
        yield condition


def is_asked_of_index(condition: Expression) -> bool:
    """Whether a part of a condition is answered by an index without its values: a field beside constants."""
    inner = condition.arguments[0] if isinstance(condition, Call) and condition.name == "not" else condition
    if not isinstance(inner, Call) or inner.name not in (*_COMPARED, "is null", "is not null"):
        return False
    name, *others = inner.arguments
    return isinstance(name, Name) and all(isinstance(one, Literal) for one in others)
