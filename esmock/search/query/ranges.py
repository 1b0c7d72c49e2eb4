"""Ranges over every kind of field."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument
from esmock.mapping.date import Date
from esmock.mapping.numeric import Decimal, ScaledFloat, WholeNumber, query_number
from esmock.mapping.parameter import java_text
from esmock.mapping.ranges import Range
from esmock.mapping.unsigned_long import UnsignedLong
from esmock.search.query.base import Bound, Constant, MatchNothing
from esmock.search.query.terms import any_of, require_indexed

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


def range_query(shard: ShardSearch, query: Any, boost: Any) -> Bound:
    """Bind a parsed range.

    Raises:
        ApiError: bounds that the type cannot read.
    """
    field = shard.field(query.field)
    if field is None:
        return _metadata(query, boost)
    if isinstance(field, Date):
        low, high = date_bounds(shard, field, query)
        require_indexed(shard, field, field.path)
        return _numbers(field.path, low, high, boost)
    if isinstance(field, WholeNumber | Decimal | ScaledFloat) or field.name == "boolean":
        require_indexed(shard, field, field.path)
        low, high = number_bounds(field, query)
        return _numbers(field.path, low, high, boost)
    if isinstance(field, UnsignedLong):
        require_indexed(shard, field, field.path)
        low, high = field.bounds(query.lower, query.upper, include_lower=query.include_lower, include_upper=query.include_upper)
        return _numbers(field.path, low, high, boost)
    if isinstance(field, Range):
        require_indexed(shard, field, field.path)
        return ranges_between(shard, field, query, boost)
    if field.name == "ip" or (field.takes_patterns and not field.is_text):
        if hasattr(field, "searched") and (query.lower is None or query.upper is None):
            raise IllegalArgument("[range] queries on keyed [flattened] fields must include both an upper and a lower bound.")
        require_indexed(shard, field, field.path)
        return _terms(field, query, boost)
    if field.is_text:
        require_indexed(shard, field, field.path)
        return _text(field, query, boost)
    raise IllegalArgument(f"Field [{field.path}] of type [{field.name}] does not support range queries")


def _metadata(query: Any, boost: Any) -> Bound:
    if query.field in ("_seq_no", "_version"):
        low = -(2**63) if query.lower is None else int(query_number(query.lower)) + (not query.include_lower)
        high = 2**63 - 1 if query.upper is None else int(query_number(query.upper)) - (not query.include_upper)
        return _numbers(query.field, low, high, boost)
    return MatchNothing()


def _numbers(path: str, low: Any, high: Any, boost: Any) -> Bound:
    """Values between two bounds, both included."""
    if low is not None and high is not None and low > high:
        return MatchNothing()

    def find(segment: Any) -> np.ndarray:
        column = segment.column(path)
        values = column.values
        found = np.ones(len(values), bool)
        if low is not None:
            found &= values >= low
        if high is not None:
            found &= values <= high
        return any_of(column, found)

    return Constant(find, boost)


def number_bounds(field: Field, query: Any) -> tuple[Any, Any]:
    """Inclusive bounds in the column's numbers; None: open."""
    if field.name == "boolean":
        low = None if query.lower is None else field.term(query.lower) + (not query.include_lower)
        high = None if query.upper is None else field.term(query.upper) - (not query.include_upper)
        return low, high
    lower = None if query.lower is None else field.limit(query.lower)  # type: ignore[attr-defined]
    upper = None if query.upper is None else field.limit(query.upper)  # type: ignore[attr-defined]
    if lower != lower:  # NaN is above every other number
        return 1, 0
    if upper != upper:
        upper = None
    if isinstance(field, WholeNumber):
        return _whole_bounds(field, query, lower, upper)
    if isinstance(field, ScaledFloat):
        return _scaled_bounds(field, query, lower, upper)
    return _decimal_bounds(field, query, lower, upper)


def _whole_bounds(field: Any, query: Any, lower: Any, upper: Any) -> tuple[Any, Any]:
    low: Any = None
    high: Any = None
    if lower is not None:
        if math.isinf(lower):
            low = -(2**63) if lower < 0 else 2**63 - 1
        else:
            low = math.ceil(lower)
            if low == lower and not query.include_lower:
                low += 1
        low = max(low, -(2**63))
        if low > 2**63 - 1:
            return 1, 0
    if upper is not None:
        if math.isinf(upper):
            high = 2**63 - 1 if upper > 0 else -(2**63)
        else:
            high = math.floor(upper)
            if high == upper and not query.include_upper:
                high -= 1
        high = min(high, 2**63 - 1)
        if high < -(2**63):
            return 1, 0
    return low, high


def _scaled_bounds(field: Any, query: Any, lower: Any, upper: Any) -> tuple[Any, Any]:
    low = high = None
    if lower is not None:
        scaled = float(lower) * field.factor
        number = math.ceil(scaled)
        if not query.include_lower and number == scaled:
            number += 1
        low = number * (1.0 / field.factor)
    if upper is not None:
        scaled = float(upper) * field.factor
        number = math.floor(scaled)
        if not query.include_upper and number == scaled:
            number -= 1
        high = number * (1.0 / field.factor)
    return low, high


def _decimal_bounds(field: Any, query: Any, lower: Any, upper: Any) -> tuple[Any, Any]:
    low = high = None
    if lower is not None:
        low = field.rounded(float(lower))
        if not query.include_lower:
            low = _next(field.name, low, math.inf)
    if upper is not None:
        high = field.rounded(float(upper))
        if not query.include_upper:
            high = _next(field.name, high, -math.inf)
    return low, high


def _next(type_: str, value: float, towards: float) -> float:
    kinds: dict[str, Any] = {"float": np.float32, "half_float": np.float16}
    kind = kinds.get(type_)
    if kind is None:
        return math.nextafter(value, towards)
    return float(np.nextafter(kind(value), kind(towards)))


def date_bounds(shard: ShardSearch, field: Date, query: Any) -> tuple[Any, Any]:
    """Inclusive bounds in units of the column; date maths evaluated, missing parts filled by the side they are on.

    A query's bounds are kept with the shard: whether it matches none is asked at every level of the queries around it.
    """
    kept = shard.date_bounds.get(id(query))
    if kept is None or kept[0] is not field:
        kept = shard.date_bounds[id(query)] = (field, query, _date_bounds(shard, field, query))
    return kept[2]


def _date_bounds(shard: ShardSearch, field: Date, query: Any) -> tuple[Any, Any]:
    from esmock.mapping.dates.formatter import date_formatter
    from esmock.mapping.dates.zone import zone_of

    formatter = None if query.format is None else date_formatter(query.format, signed=shard.behaviour.negative_epochs)
    zone = None if query.zone is None else zone_of(query.zone)
    low = high = None
    try:
        if query.lower is not None:
            round_up = not query.include_lower
            low = field.to_unit(field.query_ns(query.lower, shard.now_ms, round_up=round_up, zone=zone, formatter=formatter))
            if not query.include_lower:
                low += 1
        if query.upper is not None:
            round_up = query.include_upper
            high = field.to_unit(field.query_ns(query.upper, shard.now_ms, round_up=round_up, zone=zone, formatter=formatter))
            if not query.include_upper:
                high -= 1
    except ApiError as error:
        error.in_rewrite = True  # type: ignore[attr-defined]
        raise
    return _clamped(low), _clamped(high)


def _clamped(value: int | None) -> int | None:
    return None if value is None else max(-(2**63), min(2**63 - 1, value))


def address_bounds(field: Range, query: Any) -> tuple[Any, Any]:
    """The addresses at which a query of address ranges begins and ends, as the field keeps them; None: no bound."""
    low = None if query.lower is None else field.bound(query.lower)
    high = None if query.upper is None else field.bound(query.upper)
    low = field.after(low) if low is not None and not query.include_lower else low
    high = field.before(high) if high is not None and not query.include_upper else high
    return low, high


def ranges_between(shard: ShardSearch, field: Range, query: Any, boost: Any) -> Bound:
    """Ranges that intersect another, lie within it or contain it."""
    element = field.element
    low: Any
    high: Any
    if isinstance(element, Date):
        low, high = date_bounds(shard, element, query)
    elif element.name == "ip":
        low, high = address_bounds(field, query)
    else:
        for value in (query.lower, query.upper):
            if value is not None:
                element.strict(value)  # type: ignore[attr-defined]
        low, high = number_bounds(element, query)
    low = field.lowest if low is None else low
    high = field.highest if high is None else high
    if low > high:
        return MatchNothing()
    relation = (query.relation or "intersects").lower()
    path = field.path

    def find(segment: Any) -> np.ndarray:
        column = segment.column(path)
        lows, highs = column.values, column.other
        if highs is None:
            return np.zeros(segment.n_docs, bool)
        if relation == "within":
            found = (lows >= low) & (highs <= high)
        elif relation == "contains":
            found = (lows <= low) & (highs >= high)
        else:
            found = (lows <= high) & (highs >= low)
        return any_of(column, found)

    return Constant(find, boost)


def _terms(field: Field, query: Any, boost: Any) -> Bound:
    """A range of terms of an ordinal column."""
    lower = None if query.lower is None else _term(field, query.lower)
    upper = None if query.upper is None else _term(field, query.upper)
    path = field.path

    def find(segment: Any) -> np.ndarray:
        column = segment.column(path)
        dictionary = column.dictionary or []
        first, last = 0, len(dictionary)
        if lower is not None:
            first = (bisect_left if query.include_lower else bisect_right)(dictionary, lower)
        if upper is not None:
            last = (bisect_right if query.include_upper else bisect_left)(dictionary, upper)
        return any_of(column, (column.values >= first) & (column.values < last))

    return Constant(find, boost)


def term_test(field: Field, query: Any) -> Callable[[str], bool]:
    """Whether a term of a field of words lies between the bounds."""
    if field.is_text:
        analyzer = field.search_analyzer  # type: ignore[attr-defined]
        lower, upper = (None if one is None else analyzer.normalize(java_text(one)) for one in (query.lower, query.upper))
    else:
        lower, upper = (None if one is None else _term(field, one) for one in (query.lower, query.upper))

    def test(term: str) -> bool:
        is_above = lower is None or term > lower or (query.include_lower and term == lower)
        return is_above and (upper is None or term < upper or (query.include_upper and term == upper))

    return test


def _term(field: Field, value: Json) -> str:
    return str(field.term(value))


def _text(field: Field, query: Any, boost: Any) -> Bound:
    """A range of a text field's terms; the bounds are normalized by its analyzer."""
    analyzer = field.search_analyzer  # type: ignore[attr-defined]
    lower = None if query.lower is None else analyzer.normalize(java_text(query.lower))
    upper = None if query.upper is None else analyzer.normalize(java_text(query.upper))
    path = field.path

    def find(segment: Any) -> np.ndarray:
        postings = segment.postings(path)
        first, last = 0, len(postings.terms)
        if lower is not None:
            first = (bisect_left if query.include_lower else bisect_right)(postings.terms, lower)
        if upper is not None:
            last = (bisect_right if query.include_upper else bisect_left)(postings.terms, upper)
        out = np.zeros(segment.n_docs, bool)
        if last > first:
            out[postings.docs[int(postings.doc_starts[first]) : int(postings.doc_starts[last])]] = True
        return out

    return Constant(find, boost)
