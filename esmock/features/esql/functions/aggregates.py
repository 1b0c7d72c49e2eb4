"""Aggregations: one value, or several, for each group of rows. Docs: esql-aggregation-functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.features.esql.block import Block, of_rows, repeated, single
from esmock.features.esql.errors import InvalidArgument
from esmock.features.esql.functions.function import (
    Evaluation,
    Failures,
    Function,
    constant_of,
    plain_type,
    same_type,
)
from esmock.features.esql.tree import Call, Literal
from esmock.features.esql.types import (
    ANY,
    DATES,
    INTEGER,
    PLAIN_NUMBER,
    POINT,
    STRING,
    Accepts,
)
from esmock.search.aggs.kahan import total as kahan_sum

Json = Any
_ORDERED = Accepts(
    ("boolean", "integer", "long", "double", *DATES, "ip", "version", "keyword", "text"),
    "boolean, date, ip, string, version, aggregate_metric_double or numeric except unsigned_long or counter types",
)
_COUNTED = Accepts(_ORDERED.types, "any exact type except unsigned_long, _source, or counter types")
_SUMMED = Accepts(("integer", "long", "double"), "aggregate_metric_double or numeric except unsigned_long or counter types")
_MEASURED = Accepts(("integer", "long", "double"), "numeric except unsigned_long or counter types")
_LISTED = Accepts(
    ("boolean", "integer", "long", "double", *DATES, "ip", "version", "keyword", "text", "unsigned_long", "geo_point", "cartesian_point"),
    "any type except unsigned_long, _source and counter types",
)
_TOPPED = Accepts(
    ("boolean", "integer", "long", "double", "datetime", "ip", "keyword", "text"),
    "boolean, date, ip, string or numeric except unsigned_long or counter types",
)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows by group.

    Args:
        rows: int64[n]: the rows that count; a row may belong to several groups.
        groups: int64[n]: the group of each.
    """

    rows: np.ndarray
    groups: np.ndarray
    n_groups: int

    def values(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """The values of a column, and the group of each."""
        part = block.take(self.rows)
        return part.values, np.repeat(self.groups, part.counts)

    def lists(self, block: Block) -> list[list[Json]]:
        """The values of a column by group, in the order of the rows."""
        values, groups = self.values(block)
        out: list[list[Json]] = [[] for _ in range(self.n_groups)]
        for value, group in zip(values.tolist(), groups.tolist(), strict=True):
            out[group].append(value)
        return out


Aggregate = Callable[[Evaluation, Call, list[Block], Grouped], Block]


def _count(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    argument = call.arguments[0] if call.arguments else None
    counts_rows = argument is None or (isinstance(argument, Literal) and argument.value is not None)
    groups = grouped.groups if counts_rows else grouped.values(blocks[0])[1]
    counts = np.bincount(groups, minlength=grouped.n_groups).astype(np.int64)
    return single("long", counts, np.ones(grouped.n_groups, bool))


def _present(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    found = _count(run, call, blocks, grouped).values > 0
    return single("boolean", found if call.name == "present" else ~found, np.ones(grouped.n_groups, bool))


def _distinct(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    counts = np.array([len(set(one)) for one in grouped.lists(blocks[0])], np.int64)
    return single("long", counts, np.ones(grouped.n_groups, bool))


def _sum(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    lists = grouped.lists(blocks[0])
    if call.type == "double":
        return of_rows("double", ([kahan_sum(one)] if one else [] for one in lists))
    failures = Failures(call, run.warn)

    def total(values: list[int]) -> list[int]:
        found = sum(values)
        if not -(2**63) <= found < 2**63:
            failures.add("java.lang.ArithmeticException: long overflow")
            return []
        return [found] if values else []

    return of_rows("long", map(total, lists))


def _average(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    def mean(values: list[Json]) -> list[float]:
        if not values:
            return []
        total = kahan_sum(values) if isinstance(values[0], float) else sum(values)
        return [total / len(values)]

    return of_rows("double", map(mean, grouped.lists(blocks[0])))


def _extreme(pick: Callable[[list[Json]], Json]) -> Aggregate:
    def aggregate(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
        return of_rows(call.type, ([pick(one)] if one else [] for one in grouped.lists(blocks[0])))

    return aggregate


def _quantile(values: list[Json], q: float) -> float:
    from esmock.search.aggs.percentiles import quantile

    return quantile(np.sort(np.array(values, np.float64)), q, sorting=True)


def _median(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    return of_rows("double", ([_quantile(one, 0.5)] if one else [] for one in grouped.lists(blocks[0])))


def _percentile(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    q = float(constant_of(call.arguments[1])) / 100
    return of_rows("double", ([_quantile(one, q)] if one else [] for one in grouped.lists(blocks[0])))


def _deviation(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    def one(values: list[Json]) -> list[float]:
        if not values:
            return []
        middle = _quantile(values, 0.5)
        return [_quantile([abs(value - middle) for value in values], 0.5)]

    return of_rows("double", map(one, grouped.lists(blocks[0])))


def _spread(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    """The standard deviation of a whole population, by Welford's steps."""

    def one(values: list[Json]) -> list[float]:
        mean = square = 0.0
        for count, value in enumerate(values, 1):
            delta = value - mean
            mean += delta / count
            square += delta * (value - mean)
        return [math.sqrt(square / len(values))] if values else []

    return of_rows("double", map(one, grouped.lists(blocks[0])))


def _values(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    order = sorted if call.type == "boolean" else list
    return of_rows(call.type, (order(dict.fromkeys(one)) for one in grouped.lists(blocks[0])))


def _top(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    limit = constant_of(call.arguments[1])
    descending = str(constant_of(call.arguments[2])).lower() == "desc"
    return of_rows(call.type, (sorted(one, reverse=descending)[:limit] for one in grouped.lists(blocks[0])))


def _top_problem(call: Call) -> str | None:
    limit, order = (constant_of(one) for one in call.arguments[1:3])
    if isinstance(limit, int) and limit <= 0:
        return f"Limit must be greater than 0 in [{call.text}], found [{limit}]"
    if isinstance(order, str) and order.lower() not in ("asc", "desc"):
        return f"Invalid order value in [{call.text}], expected [ASC, DESC] but got [{order}]"
    return None


def _ends(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    """What a column has in the first row, or in the last, in the order of another; rows without that come behind."""
    is_first = call.name == "first"
    values, orders = blocks[0].rows(), blocks[1].rows()
    chosen: dict[int, tuple[Json, int]] = {}
    behind: dict[int, int] = {}
    for row, group in zip(grouped.rows.tolist(), grouped.groups.tolist(), strict=True):
        if not orders[row]:
            behind.setdefault(group, row)
            continue
        key = min(orders[row]) if is_first else max(orders[row])
        known = chosen.get(group)
        if known is None or (key < known[0] if is_first else key > known[0]):
            chosen[group] = key, row
    found = [chosen[group][1] if group in chosen else behind.get(group) for group in range(grouped.n_groups)]
    return of_rows(call.type, ([] if row is None else values[row] for row in found))


def _weighted(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    """ES: weights beside no value count, too."""
    fine = (blocks[0].counts == 1) & (blocks[1].counts == 1)
    product = blocks[0].first()[0].astype(np.float64) * blocks[1].first()[0].astype(np.float64) if fine.any() else np.zeros(len(fine))
    products, weights = grouped.lists(single("double", product, fine)), grouped.lists(blocks[1])

    def one(parts: list[float], weighing: list[Json]) -> list[float]:
        total = kahan_sum([float(weight) for weight in weighing])
        return [kahan_sum(parts) / total] if parts and total else []

    return of_rows("double", map(one, products, weights))


def _centroid(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    def one(points: list[Json]) -> list[tuple[float, float]]:
        if not points:
            return []
        x, y = (kahan_sum([point[axis] for point in points]) / len(points) for axis in (0, 1))
        return [(x, y)]

    return of_rows(call.type, map(one, grouped.lists(blocks[0])))


def _sum_type(call: Call) -> str:
    return "double" if call.arguments[0].type in ("double", "null") else "long"



_AS_THEY_ARE = ("avg", "max", "median", "min", "percentile")
_NEVER_CONSTANT = ("std_dev", "top", "values")


def computed(run: Evaluation, call: Call, blocks: list[Block], grouped: Grouped) -> Block:
    """An aggregation by group.

    ES: of a constant most give what they would give of one value, whatever the rows are.
    Differs: those that cannot are refused without groups too, where Elasticsearch gives part of an answer.

    Raises:
        InvalidArgument: an aggregation that does not work for constants.
    """
    first = call.arguments[0] if call.arguments else None
    if isinstance(first, Literal) and first.value is not None and first.text != "*":
        if call.name in _NEVER_CONSTANT:
            raise InvalidArgument(f"Does not support yet aggregations over constants - [{call.text}]")
        if call.name in _AS_THEY_ARE or call.name == "median_absolute_deviation":
            grouped = Grouped(np.zeros(grouped.n_groups, np.int64), np.arange(grouped.n_groups), grouped.n_groups)
            blocks = [repeated(one.type, constant_of(argument), 1) for one, argument in zip(blocks, call.arguments, strict=True)]
        if call.name == "sum":
            counts = np.bincount(grouped.groups, minlength=grouped.n_groups).tolist()
            values = first.value if isinstance(first.value, list) else [first.value]
            return of_rows(call.type, ([sum(values) * count] for count in counts))
    return _COMPUTE[call.name](run, call, blocks, grouped)


def _not_outside(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    raise AssertionError(f"[{call.name}] outside of STATS")


def _aggregate(name: str, *accepts: Accepts, returns: Any, **more: Any) -> Function:
    return Function(name, accepts, returns, _not_outside, is_aggregate=True, **more)


_PRECISION = Accepts(("integer", "long", "unsigned_long"), "whole number except counter types")
_NUMBER_LITERAL = Accepts(("integer", "long", "double"), "numeric except unsigned_long")
FUNCTIONS = (
    _aggregate("absent", ANY, returns="boolean", since=(9, 2)),
    _aggregate("avg", _SUMMED, returns="double"),
    _aggregate("count", ANY, returns="long", least=0),
    _aggregate("count_distinct", _COUNTED, _PRECISION, returns="long", least=1),
    _aggregate("first", ANY, _ORDERED, returns=plain_type, since=(9, 3)),
    _aggregate("last", ANY, _ORDERED, returns=plain_type, since=(9, 3)),
    _aggregate("max", _ORDERED, returns=plain_type),
    _aggregate("median", _MEASURED, returns="double"),
    _aggregate("median_absolute_deviation", _MEASURED, returns="double"),
    _aggregate("min", _ORDERED, returns=plain_type),
    _aggregate("present", ANY, returns="boolean", since=(9, 2)),
    _aggregate("percentile", PLAIN_NUMBER, _NUMBER_LITERAL, returns="double", constants=(1,)),
    _aggregate("std_dev", _MEASURED, returns="double"),
    _aggregate("sum", _SUMMED, returns=_sum_type),
    _aggregate("st_centroid_agg", POINT, returns=same_type),
    _aggregate("top", _TOPPED, INTEGER, STRING, returns=plain_type, constants=(1, 2), checks=_top_problem),
    _aggregate("values", _LISTED, returns=plain_type),
    _aggregate("weighted_avg", PLAIN_NUMBER, PLAIN_NUMBER, returns="double"),
)
_COMPUTE: dict[str, Aggregate] = {
    "absent": _present, "present": _present, "first": _ends, "last": _ends,
    "avg": _average, "count": _count, "count_distinct": _distinct, "max": _extreme(max), "median": _median,
    "median_absolute_deviation": _deviation, "min": _extreme(min), "percentile": _percentile, "std_dev": _spread, "sum": _sum,
    "st_centroid_agg": _centroid, "top": _top, "values": _values, "weighted_avg": _weighted,
}  # fmt: skip
