"""Computing expressions over a page."""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.features.esql.block import Block, nulls, repeated
from esmock.features.esql.functions.function import Evaluation
from esmock.features.esql.functions.registry import functions
from esmock.features.esql.functions.search import SEARCHES
from esmock.features.esql.page import Page
from esmock.features.esql.tree import Call, Expression, Literal, Name

Json = Any


def evaluate(expression: Expression, page: Page, run: Evaluation) -> Block:
    """The values of an expression in every row."""
    if isinstance(expression, Name):
        return page.block(expression.name)
    if isinstance(expression, Literal):
        value = expression.value
        if value is None or expression.type in ("date_period", "time_duration"):
            return nulls("null" if value is None else expression.type, page.n_rows)
        return repeated(expression.type, value, page.n_rows)
    if not isinstance(expression, Call):
        return nulls("null", page.n_rows)
    if expression.name in SEARCHES:
        assert run.full_text is not None
        from esmock.features.esql.block import single

        return single("boolean", run.full_text(expression, page), np.ones(page.n_rows, bool))
    if expression.name == "bucket":
        from esmock.features.esql.functions.bucket import bucket

        return bucket(run, expression, [evaluate(one, page, run) for one in expression.arguments])
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
