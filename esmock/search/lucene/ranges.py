"""Ranges of numbers, dates, addresses and words, in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.mapping.date import Date
from esmock.mapping.numeric import Decimal, WholeNumber, bytes_shown
from esmock.mapping.parameter import java_text
from esmock.mapping.ranges import Range as RangeField
from esmock.search.lucene.existence import exists_on
from esmock.search.lucene.expansion import expanded
from esmock.search.lucene.node import (
    Leaf,
    Lucene,
    nothing,
)
from esmock.search.lucene.shown_terms import (
    BY_NUMBERS,
    BY_TERMS,
    DECIMALS,
    LONG,
    NONE,
    address_shown,
    bits,
    bound_as,
    shown,
    told,
)
from esmock.search.query.date_relation import WITHIN, date_relation

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

_LIMITS = {"byte": (-(2**31), 2**31 - 1), "short": (-(2**31), 2**31 - 1), "integer": (-(2**31), 2**31 - 1)}


def range_on(shard: ShardSearch, query: Any) -> Lucene:
    """A range on whatever field it is."""
    made = _range(shard, query)
    if isinstance(made, Leaf) and made.bind is None and made.kind != "MatchNoDocsQuery":
        made.bind = bound_as(replace(query, boost=1.0))
    return made


def _range(shard: ShardSearch, query: Any) -> Lucene:
    from esmock.search.query import ranges

    one = shard.field(query.field)
    if one is None:
        return nothing(NONE)
    query.bind_boosted(shard, False, np.float32(1))
    if query.lower is None and query.upper is None and not isinstance(one, RangeField):
        return exists_on(shard, query.field)
    if isinstance(one, Date):
        if date_relation(query, one, shard) == WITHIN:
            return exists_on(shard, query.field)
        low, high = ranges.date_bounds(shard, one, query)
        made = _points(shard, one, low, high, LONG)
        made.may_be_nested = any("now" in bound for bound in (query.lower, query.upper) if isinstance(bound, str))
        if made.may_be_nested:
            made.bind = bound_as(replace(query, boost=1.0))
            return Leaf("DateRangeIncludingNowQuery", f"DateRangeIncludingNowQuery({made.words})", becomes=made)
        return made
    if isinstance(one, WholeNumber | Decimal) or one.name == "scaled_float":
        low, high = ranges.number_bounds(one, query)
        if one.name in DECIMALS:
            return _points(shard, one, low, high, (float("-inf"), float("inf")))
        return _points(shard, one, low, high, _LIMITS.get(one.name, LONG))
    if isinstance(one, RangeField):
        return of_ranges(shard, one, query)
    if one.name == "ip":
        low, high = "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        if query.lower is not None:
            low = _address(java_text(query.lower), 0 if query.include_lower else 1)
        if query.upper is not None:
            high = _address(java_text(query.upper), 0 if query.include_upper else -1)
        words = f"{one.path}:[{address_shown(low)} TO {address_shown(high)}]"
        if not one.has_doc_values or not shard.behaviour.lucene_nine:
            return Leaf("PointRangeQuery", words)
        return either(shard, "IndexOrDocValuesQuery", one.path, words, f"{one.path}:[{_address_bytes(low)} TO {_address_bytes(high)}]")
    opening, closing = "[{"[not query.include_lower], "]}"[not query.include_upper]
    if one.name == "keyword" and not one.is_indexed:
        low, high = (None if each is None else str(one.term(each)) for each in (query.lower, query.upper))
        start = "{*" if low is None else opening + bytes_shown(low)
        return Leaf(BY_TERMS, f"{one.path}:{start} TO " + ("*}" if high is None else bytes_shown(high) + closing))
    lower = "*" if query.lower is None else str(one.term(query.lower))
    upper = "*" if query.upper is None else str(one.term(query.upper))
    opening = "[" if query.lower is None else opening
    closing = "]" if query.upper is None else closing
    words = f"{told(one, lower, opening=opening)} TO {told(one, upper).partition(':')[2]}{closing}"

    def within(value: str) -> bool:
        above = query.lower is None or value > lower or (query.include_lower and value == lower)
        return above and (query.upper is None or value < upper or (query.include_upper and value == upper))

    return expanded(shard, one, words, within)


def _address(text: str, step: int) -> str:
    """An address, or its neighbour; as it was given where there is none."""
    try:
        return str(ip_address(text) + step) if step else text
    except ValueError:
        return text


def _address_bytes(text: str) -> str:
    """An address as terms hold it, of sixteen bytes."""
    found = ip_address(text)
    packed = found.packed if found.version == 6 else b"\0" * 10 + b"\xff\xff" + found.packed
    return f"[{' '.join(f'{byte:x}' for byte in packed)}]"


def _points(shard: ShardSearch, one: Field, low: Any, high: Any, limits: tuple[Any, Any]) -> Leaf:
    low = limits[0] if low is None else max(low, limits[0])
    high = limits[1] if high is None else min(high, limits[1])
    kind = BY_NUMBERS if not one.is_indexed else "IndexOrDocValuesQuery" if one.has_doc_values else "PointRangeQuery"
    words = f"{one.path}:[{shown(one, low)} TO {shown(one, high)}]"
    by_values = f"{one.path}:[{bits(one, low)} TO {bits(one, high)}]" if one.name in DECIMALS else None
    return either(shard, kind, one.path, words, by_values)


def either(shard: ShardSearch, kind: str, path: str, words: str, by_values: str | None) -> Leaf:
    """A query on the index or on doc values; Lucene 9 writes both."""
    if kind != "IndexOrDocValuesQuery" or not shard.behaviour.lucene_nine:
        return Leaf(kind, words, by_values=by_values)
    both = f"IndexOrDocValuesQuery(indexQuery={words}, dvQuery={by_values or words})"
    return Leaf(kind, both, by_values=by_values or words, path=path)


def of_ranges(shard: ShardSearch, one: Any, query: Any) -> Leaf:
    from esmock.search.query import ranges

    element = one.element
    if isinstance(element, Date):
        low, high = ranges.date_bounds(shard, element, query)
    elif element.name == "ip":
        low, high = ranges.address_bounds(one, query)
    else:
        low, high = ranges.number_bounds(element, query)
    low, high = one.lowest if low is None else low, one.highest if high is None else high
    if element.name == "ip":
        low, high = (f"/{shown(element, bound)}" for bound in (low, high))
    by_values = f"BinaryDocValuesRangeQuery(fieldName=,from={low},to={high})"
    words = f"{one.path}:<ranges:[{low} : {high}]>"
    made = Leaf("IndexOrDocValuesQuery", words, by_values=by_values)
    if one.has_doc_values:
        made = either(shard, "IndexOrDocValuesQuery", one.path, words, by_values)
    # ES: ranges in the index are no points to those who ask whether objects could match
    made.may_be_nested = True
    return made
