"""Functions that choose among their arguments. Docs: esql-conditional-functions-and-expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.features.esql.block import Block, nulls, of_rows, starts_of
from esmock.features.esql.functions.function import Evaluation, Failures, Function, Refused, ordinal, wrong_type
from esmock.features.esql.tree import Call
from esmock.features.esql.types import ANY, common, without_text

Json = Any


def _one_type(call: Call, places: list[int]) -> str:
    """The type of all arguments in some places: that of the first which is not null. Raises Refused."""
    kind = "null"
    for place in places:
        argument = call.arguments[place]
        if argument.type == "null":
            continue
        if kind == "null":
            kind = without_text(argument.type)
        elif without_text(argument.type) != kind:
            raise Refused(wrong_type(f"{ordinal(place)} ", call, kind, argument))
    return kind


def _case_type(call: Call) -> str:
    arguments = call.arguments
    last = len(arguments) - len(arguments) % 2
    values = [*range(1, last, 2), *([len(arguments) - 1] if len(arguments) % 2 else [])]
    kind = _wide_type(call, values)
    for place in range(0, last, 2):
        if arguments[place].type not in ("boolean", "null"):
            raise Refused(wrong_type(f"{ordinal(place)} ", call, "boolean", arguments[place]))
    return kind


def _case(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    n_rows = len(blocks[0])
    n_pairs = len(blocks) // 2
    chosen = np.full(n_rows, -1, np.int64)
    for pair in range(n_pairs):
        condition = blocks[2 * pair]
        several = (chosen < 0) & (condition.counts > 1)
        if several.any():
            Failures(call, run.warn).add("java.lang.IllegalArgumentException: CASE expects a single-valued boolean", int(several.sum()))
        values, has = condition.first() if condition.type == "boolean" else (np.zeros(n_rows, bool), np.zeros(n_rows, bool))
        holds = has & values.astype(bool) & (condition.counts == 1)
        chosen = np.where((chosen < 0) & holds, 2 * pair + 1, chosen)
    if len(blocks) % 2:
        chosen = np.where(chosen < 0, len(blocks) - 1, chosen)
    return _chosen(call.type, blocks, chosen)


def _chosen(kind: str, blocks: list[Block], chosen: np.ndarray) -> Block:
    """Row by row the values of one of several blocks; -1: none."""
    typed = [block.as_type(kind) if block.type != "null" else nulls(kind, len(block)) for block in blocks]
    n_rows = len(chosen)
    counts = np.zeros(n_rows, np.int64)
    for at, block in enumerate(typed):
        mine = chosen == at
        counts[mine] = block.counts[mine]
    starts = starts_of(counts)
    values = np.empty(starts[-1], typed[0].values.dtype)
    for at, block in enumerate(typed):
        rows = np.flatnonzero(chosen == at)
        part = block.take(rows)
        into = np.repeat(starts[rows] - part.starts[:-1], part.counts) + np.arange(len(part.values))
        values[into] = part.values
    return Block(kind, values, starts)


def _wide_type(call: Call, places: Sequence[int] | None = None) -> str:
    """The type of all arguments, or of those in some places; smaller numbers may follow wider ones. Raises Refused."""
    kind = "null"
    for place in range(len(call.arguments)) if places is None else places:
        argument = call.arguments[place]
        if argument.type == "null":
            continue
        given = without_text(argument.type)
        if kind == "null":
            kind = given
        elif given != kind:
            joint = common(kind, given)
            if joint != kind:
                raise Refused(wrong_type(f"{ordinal(place)} ", call, kind, argument))
    return kind


def _coalesce(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    chosen = np.full(len(blocks[0]), -1, np.int64)
    for at, block in enumerate(blocks):
        chosen = np.where((chosen < 0) & ~block.is_null, at, chosen)
    return _chosen(call.type, blocks, chosen)


_UNORDERED = ("geo_point", "cartesian_point", "geo_shape", "cartesian_shape", "unsigned_long")


def _extreme_type(call: Call) -> str:
    kind = _wide_type(call)
    if kind in _UNORDERED:
        raise Refused(f"Cannot use [{kind}] with function [{call.name.capitalize()}]")
    return kind


def _extreme(pick: Any) -> Any:
    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        if call.type == "null":
            return nulls("null", len(blocks[0]))
        rows = zip(*(block.as_type(call.type).rows() if block.type != "null" else [[]] * len(block) for block in blocks), strict=True)
        found = [[pick(value for values in row for value in values)] if all(row) else [] for row in rows]
        return of_rows(call.type, found)

    return evaluate


FUNCTIONS = (
    Function("case", (ANY,), _case_type, _case, least=2, most=None),
    Function("coalesce", (ANY,), _wide_type, _coalesce, least=1, most=None),
    Function("greatest", (ANY,), _extreme_type, _extreme(max), least=1, most=None),
    Function("least", (ANY,), _extreme_type, _extreme(min), least=1, most=None),
)
