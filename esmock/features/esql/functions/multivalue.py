"""Functions of the several values of a row. Docs: esql-mv-functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.features.esql.block import Block, nulls, of_rows
from esmock.features.esql.errors import InvalidArgument
from esmock.features.esql.functions.conditional import _one_type
from esmock.features.esql.functions.function import (
    MULTI_VALUE,
    Evaluation,
    Failures,
    Function,
    by_rows,
    constant_of,
    plain_type,
    same_type,
)
from esmock.features.esql.tree import Call
from esmock.features.esql.types import (
    ANY,
    INTEGER,
    NOT_SPATIAL,
    NUMBER,
    PLAIN_NUMBER,
    STRING,
    Accepts,
)
from esmock.search.aggs.kahan import total as kahan_sum

Json = Any
_DOUBLE = Accepts(("double",), "double")



def _reduced(compute: Callable[[list[Json]], Json]) -> Any:
    """One value of all those of a row."""

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        if call.type == "null":
            return nulls("null", len(blocks[0]))
        return of_rows(call.type, ([compute(row)] if row else [] for row in blocks[0].rows()))

    return evaluate


def _sum(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    failures = Failures(call, run.warn)
    limits = {"integer": 2**31, "long": 2**63}

    def total(row: list[Json]) -> list[Json]:
        if not row:
            return []
        if call.type == "double":
            return [kahan_sum(row)]
        found = sum(row)
        limit = limits.get(call.type)
        if limit is not None and not -limit <= found < limit:
            failures.add(f"java.lang.ArithmeticException: {call.type} overflow")
            return []
        return [found]

    return of_rows(call.type, map(total, blocks[0].rows()))


def _median(row: list[Json]) -> Json:
    ordered = sorted(row)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    if isinstance(ordered[half], float):
        return (ordered[half - 1] + ordered[half]) / 2
    return (ordered[half - 1] + ordered[half]) // 2


def _deviation(row: list[Json]) -> Json:
    middle = _median(row)
    return _median([abs(value - middle) for value in row])


def _dedupe(run: Evaluation, failures: Failures, row: list[Json]) -> list[Json]:
    return list(dict.fromkeys(row))


def _append(run: Evaluation, failures: Failures, left: list[Json], right: list[Json]) -> list[Json]:
    return [*left, *right] if left and right else []


def _concat(run: Evaluation, failures: Failures, texts: list[str], delimiters: list[str]) -> list[Json]:
    if not texts or not delimiters:
        return []
    if len(delimiters) > 1:
        return []
    return [delimiters[0].join(texts)]


def _percentile(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    failures = Failures(call, run.warn)

    def one(row: list[Json], wanted: list[Json]) -> list[Json]:
        if not row or not wanted:
            return []
        if len(wanted) > 1:
            failures.add(MULTI_VALUE)
            return []
        percent = float(wanted[0])
        if not 0 <= percent <= 100:
            failures.add(f"java.lang.IllegalArgumentException: Percentile parameter must be a number between 0 and 100, found [{percent}]")
            return []
        return [_between(sorted(row), percent / 100)]

    return of_rows(call.type, (one(*pair) for pair in zip(blocks[0].rows(), blocks[1].rows(), strict=True)))


def _between(ordered: list[Json], share: float) -> Json:
    place = share * (len(ordered) - 1)
    low = int(place)
    if low + 1 >= len(ordered):
        return ordered[low]
    value = ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low)
    return value if isinstance(ordered[0], float) else int(value)


def _slice(run: Evaluation, failures: Failures, row: list[Json], begins: list[int], *ends: list[int]) -> list[Json]:
    if not row or not begins or (ends and not ends[0]):
        return []
    begin = begins[0]
    end = ends[0][0] if ends else begin
    if begin < 0 <= end or end < begin:
        failures.add("org.elasticsearch.xpack.esql.core.InvalidArgumentException: Start offset is greater than end offset")
        return []
    first = begin if begin >= 0 else len(row) + begin
    last = end if end >= 0 else len(row) + end
    return row[max(first, 0) : last + 1] if last >= 0 else []


def _sliced(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    """Raises InvalidArgument for constant ends that make no slice."""
    begin, end = (constant_of(one) for one in (call.arguments[1], call.arguments[-1]))
    if isinstance(begin, int) and isinstance(end, int):
        if begin < 0 <= end:
            raise InvalidArgument("Start and end offset have different signs")
        if end < begin:
            raise InvalidArgument("Start offset is greater than end offset")
    return by_rows(_slice)(run, call, blocks)


def _sort(run: Evaluation, failures: Failures, row: list[Json], orders: list[str] | None = None) -> list[Json]:
    return sorted(row, reverse=orders is not None and orders[:1] in (["desc"], ["DESC"]))


def _sort_problem(call: Call) -> str | None:
    if len(call.arguments) < 2:
        return None
    order = constant_of(call.arguments[1])
    if isinstance(order, str) and order.lower() not in ("asc", "desc"):
        return f"Invalid order value in [{call.text}], expected one of [ASC, DESC] but got [{order}]"
    return None


def _zip(run: Evaluation, failures: Failures, left: list[str], right: list[str], delimiters: list[str] | None = None) -> list[Json]:
    delimiter = delimiters[0] if delimiters else ","
    if not left and not right:
        return []
    longest = max(len(left), len(right))
    out = []
    for at in range(longest):
        parts = [side[at] for side in (left, right) if at < len(side)]
        out.append(delimiter.join(parts))
    return out


def _weighted(run: Evaluation, failures: Failures, row: list[float], powers: list[Json]) -> list[Json]:
    if not row or not powers:
        return []
    return [kahan_sum([value / (at + 1) ** float(powers[0]) for at, value in enumerate(row)])]


def _truth(call: Call) -> str:
    _one_type(call, [0, 1])
    return "boolean"


def _kept(call: Call) -> str:
    return _one_type(call, [0, 1])


def _contains(run: Evaluation, failures: Failures, all_: list[Json], some: list[Json]) -> list[Json]:
    return [set(some) <= set(all_)]


def _intersects(run: Evaluation, failures: Failures, left: list[Json], right: list[Json]) -> list[Json]:
    return [not set(left).isdisjoint(right)]


def _intersection(run: Evaluation, failures: Failures, left: list[Json], right: list[Json]) -> list[Json]:
    return [one for one in dict.fromkeys(left) if one in set(right)]


def _union(run: Evaluation, failures: Failures, left: list[Json], right: list[Json]) -> list[Json]:
    return list(dict.fromkeys([*left, *right])) if left and right else []


def _difference(run: Evaluation, failures: Failures, left: list[Json], right: list[Json]) -> list[Json]:
    return [one for one in dict.fromkeys(left) if one not in set(right)] if right else left


FUNCTIONS = (
    Function("mv_append", (ANY, ANY), lambda call: _one_type(call, [0, 1]), by_rows(_append)),
    Function("mv_avg", (NUMBER,), "double", _reduced(lambda row: kahan_sum([float(value) for value in row]) / len(row))),
    Function("mv_concat", (STRING, STRING), "keyword", by_rows(_concat)),
    Function("mv_contains", (ANY, ANY), _truth, by_rows(_contains), since=(9, 2)),
    Function("mv_difference", (ANY, ANY), _kept, by_rows(_difference), since=(9, 4)),
    Function("mv_intersection", (ANY, ANY), _kept, by_rows(_intersection), since=(9, 3)),
    Function("mv_intersects", (ANY, ANY), _truth, by_rows(_intersects), since=(9, 4)),
    Function("mv_union", (ANY, ANY), _kept, by_rows(_union), since=(9, 4)),
    Function("mv_count", (ANY,), "integer", _reduced(len)),
    Function("mv_dedupe", (ANY,), plain_type, by_rows(_dedupe)),
    Function("mv_first", (ANY,), plain_type, _reduced(lambda row: row[0])),
    Function("mv_last", (ANY,), plain_type, _reduced(lambda row: row[-1])),
    Function("mv_max", (NOT_SPATIAL,), plain_type, _reduced(max)),
    Function("mv_median", (NUMBER,), same_type, _reduced(_median)),
    Function("mv_median_absolute_deviation", (NUMBER,), same_type, _reduced(_deviation)),
    Function("mv_min", (NOT_SPATIAL,), plain_type, _reduced(min)),
    Function("mv_percentile", (PLAIN_NUMBER, PLAIN_NUMBER), same_type, _percentile),
    Function("mv_pseries_weighted_sum", (_DOUBLE, NUMBER), "double", by_rows(_weighted)),
    Function("mv_slice", (ANY, INTEGER, INTEGER), plain_type, _sliced, least=2),
    Function("mv_sort", (NOT_SPATIAL, STRING), plain_type, by_rows(_sort), least=1, checks=_sort_problem),
    Function("mv_sum", (NUMBER,), same_type, _sum),
    Function("mv_zip", (STRING, STRING, STRING), "keyword", by_rows(_zip), least=2),
)
