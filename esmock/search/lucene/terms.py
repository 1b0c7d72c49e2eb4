"""Queries on single values and patterns, in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Unsupported
from esmock.mapping.date import Date
from esmock.mapping.numeric import Number, bytes_shown
from esmock.mapping.parameter import java_text
from esmock.mapping.ranges import Range as RangeField
from esmock.search.lucene.expansion import MAX_REWRITTEN_TERMS, terms_below
from esmock.search.lucene.node import (
    SHOULD,
    Binding,
    Boolean,
    Constant,
    Leaf,
    Lucene,
    everything,
    nothing,
    term,
)
from esmock.search.lucene.ranges import of_ranges, range_on
from esmock.search.lucene.shown_terms import BLENDED, BY_NUMBERS, BY_TERMS, NONE, bound_as, shown, term_of, told
from esmock.search.query.terms import term_query
from esmock.search.slice import encoded_id

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


def term_on(shard: ShardSearch, name: str, value: Json) -> Lucene:
    """A term query on whatever field it is. Raises ApiError as the query itself does."""
    one = shard.field(name)
    if one is None:
        return _metadata(shard, name, [value])
    term_query(shard, name, value, np.float32(1), False)
    if one.is_text:
        return term(one.path, str(one.term(value)))
    if isinstance(one, Date):
        from esmock.search.query.term_level import Range

        return range_on(shard, Range(name, value, value))
    if isinstance(one, RangeField):
        from esmock.search.query.term_level import Range

        term_query(shard, name, value, np.float32(1), False)
        made = of_ranges(shard, one, Range(name, value, value))
        made.bind = term(name, "", value).bind
        return made
    if one.name == "ip" and "/" in str(value):
        low, high = one.subnet(str(value))  # type: ignore[attr-defined]
        return _between(one, low, high, term(name, "", value).bind)
    converted = one.term(value)
    if converted is None:
        return nothing(one.why_none(value) if isinstance(one, Number) else NONE)
    if one.name == "boolean":
        return term(one.path, "T" if converted else "F", value)
    if isinstance(one, Number) or one.name == "ip":
        return _between(one, converted, converted, term(name, "", value).bind)
    if one.name == "keyword" and not one.is_indexed:
        words = bytes_shown(str(converted))
        return Leaf(BY_TERMS, f"{one.path}:[{words} TO {words}]", bind=term(name, words, value).bind)
    return term_of(one, str(converted))


def _between(one: Field, low: Any, high: Any, bind: Binding | None) -> Leaf:
    """Values as points, or where there are none in columns."""
    kind = "PointRangeQuery" if one.is_indexed else BY_NUMBERS
    return Leaf(kind, f"{one.path}:[{shown(one, low)} TO {shown(one, high)}]", bind=bind)


def terms_on(shard: ShardSearch, query: Any) -> Lucene:
    """Several values of one field."""
    values = query.values
    if not values:
        return nothing(NONE)
    one = shard.field(query.field)
    if one is None:
        return _metadata(shard, query.field, values)
    of_networks = one.name == "ip" and any("/" in str(value) for value in values)
    if isinstance(one, Date) or of_networks or (isinstance(one, Number) and not one.is_indexed):
        # ES: from 8.x on a value that stands twice is looked for once
        each = dict.fromkeys(values) if shard.behaviour.major >= 8 else values
        parts = [(SHOULD, term_on(shard, query.field, value)) for value in each]
        return Constant(parts[0][1] if len(parts) == 1 else Boolean(parts))
    if isinstance(one, Number) or one.name == "ip":
        words = " ".join(shown(one, value) for value in sorted({one.term(value) for value in values}))
        return Leaf("PointInSetQuery", f"{one.path}:{{{words}}}", bind=bound_as(query))
    if one.name == "boolean":
        return in_set(shard, one.path, {"T" if one.term(value) else "F": value for value in values})
    return in_set(shard, one.path, {str(one.term(value)): value for value in values})


def in_set(shard: ShardSearch, path: str, values: dict[str, Json], *, is_sorted: bool = False) -> Lucene:
    """A set of terms, by their texts; few of them become a bool."""
    texts = list(values) if is_sorted else sorted(values)
    one = shard.field(path)
    words = f"{path}:({' '.join(texts)})" if one is None else told(one, *texts, opening="(", closing=")")
    leaves = {text: term(path, text, values[text]) if one is None else term_of(one, text, values[text]) for text in texts}
    if shard.behaviour.lucene_nine:
        if path == "_id":
            return _blended(path, words, leaves, lambda segment, text: values[text] in segment.doc_ids)
        return _blended(path, words, leaves, lambda segment, text: one is not None and text in terms_below(shard, segment, one))
    if len(texts) > MAX_REWRITTEN_TERMS:
        return Leaf("TermInSetQuery", words, bind=_any_of(list(leaves.values())))
    parts: list[tuple[str, Lucene]] = [(SHOULD, one) for one in leaves.values()]
    return Leaf("TermInSetQuery", words, becomes=Constant(parts[0][1] if len(parts) == 1 else Boolean(parts)))


def _blended(path: str, words: str, leaves: dict[str, Leaf], is_in: Callable[[Any, str], bool]) -> Leaf:
    """Several terms as Lucene 9 runs them: those of a segment are profiled beside it."""

    def in_segment(segment: Any) -> Lucene | None:
        here = [one for text, one in leaves.items() if is_in(segment, text)]
        return Boolean([(SHOULD, one) for one in here]) if here and len(leaves) <= MAX_REWRITTEN_TERMS else None

    return Leaf(BLENDED, words, in_segment=in_segment, bind=_any_of(list(leaves.values())), path=path)


def _any_of(leaves: list[Leaf]) -> Binding:
    """Any of some terms."""

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.compound import BoolBound

        parts = [one.bind(shard, boost) for one in leaves if one.bind is not None]
        return BoolBound([], [], parts, [], 1, False)

    return bind


def ids_on(shard: ShardSearch, values: list[str]) -> Lucene:
    """Documents by their ids."""
    if not values:
        return nothing(NONE)
    known = sorted((encoded_id(one), one) for one in values)
    return in_set(shard, "_id", {"[" + " ".join(f"{byte:x}" for byte in code) + "]": one for code, one in known}, is_sorted=True)


def _metadata(shard: ShardSearch, name: str, values: list[Json]) -> Lucene:
    own = shard.identity(name)
    if own is not None:
        from esmock.mapping.mapping import wildcard

        found = any(wildcard(java_text(one))(own) for one in values)
        return everything() if found else nothing(NONE)
    if name == "_id":
        return ids_on(shard, [java_text(one) for one in values])
    if name.startswith("_"):
        raise Unsupported(f"Lucene's words for a query on [{name}]")
    return nothing(NONE)


