"""Queries on single values and patterns, in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Unsupported
from esmock.mapping.date import Date
from esmock.mapping.flattened import SEPARATOR
from esmock.mapping.numeric import Decimal, Number, WholeNumber, bytes_shown
from esmock.mapping.parameter import java_text
from esmock.mapping.ranges import Range as RangeField
from esmock.search.lucene.node import (
    SHOULD,
    Binding,
    Boolean,
    Boost,
    Constant,
    Leaf,
    Lucene,
    everything,
    field_exists,
    nothing,
    number,
    term,
)
from esmock.search.query.beginnings import bind_beginning, looked_up
from esmock.search.query.date_relation import WITHIN, date_relation
from esmock.search.query.rewrite import PLAIN
from esmock.search.query.shard import view
from esmock.search.query.terms import term_query
from esmock.search.slice import encoded_id
from esmock.xcontent.java_number import java_double
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any
NONE = 'User requested "match_none" query.'
_DECIMALS = ("float", "double", "half_float")
_LIMITS = {"byte": (-(2**31), 2**31 - 1), "short": (-(2**31), 2**31 - 1), "integer": (-(2**31), 2**31 - 1)}
_LONG = (-(2**63), 2**63 - 1)
_MAX_REWRITTEN_TERMS = 16
_BY_NUMBERS, _BY_TERMS = "SortedNumericDocValuesRangeQuery", "SortedSetDocValuesRangeQuery"
"""What looks at columns where there is no index."""
_AUTOMATON = "org.apache.lucene.util.automaton.Automaton"
_BLENDED = "MultiTermQueryConstantScoreBlendedWrapper"


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
        made = _of_ranges(shard, one, Range(name, value, value))
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
        return Leaf(_BY_TERMS, f"{one.path}:[{words} TO {words}]", bind=term(name, words, value).bind)
    return term_of(one, str(converted))


def told(one: Field, *texts: str, opening: str = "", closing: str = "") -> str:
    """Terms as they are indexed: those of a flattened field's keys stand in one field, each behind its key."""
    key = getattr(one, "searched", None)
    path = one.path
    if key is not None:
        path, texts = one.statistics_path, tuple(key + SEPARATOR + text for text in texts)  # type: ignore[attr-defined]
    return f"{path}:{opening}{' '.join(texts)}{closing}"


def term_of(one: Field, text: str, raw: Any = None) -> Leaf:
    """A term of a field."""
    return term(one.path, text, raw, told(one, text))


def _between(one: Field, low: Any, high: Any, bind: Binding | None) -> Leaf:
    """Values as points, or where there are none in columns."""
    kind = "PointRangeQuery" if one.is_indexed else _BY_NUMBERS
    return Leaf(kind, f"{one.path}:[{shown(one, low)} TO {shown(one, high)}]", bind=bind)


def shown(one: Field, value: Any) -> str:
    """A value of a field as points are written."""
    if one.name == "ip":
        text = str(one.format_value(value))
        return _address_shown(text)
    if isinstance(one, RangeField) and one.name == "ip_range":
        return f"/{shown(one.element, one.element.term(value))}"
    if one.name in ("float", "half_float"):
        return number(float(value))
    if isinstance(one, Decimal):
        return java_double(float(value))
    if one.name == "scaled_float":
        return str(max(_LONG[0], min(_LONG[1], round(float(value) * one.get("scaling_factor")))))
    return str(value)


def _address_shown(text: str) -> str:
    """An address as Java writes it: none of its zeros are left out."""
    return text if ":" not in text else ":".join(f"{int(part, 16):x}" for part in IPv6Address(text).exploded.split(":"))


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
        return Leaf("PointInSetQuery", f"{one.path}:{{{words}}}", bind=_bound(query))
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
    if len(texts) > _MAX_REWRITTEN_TERMS:
        return Leaf("TermInSetQuery", words, bind=_any_of(list(leaves.values())))
    parts: list[tuple[str, Lucene]] = [(SHOULD, one) for one in leaves.values()]
    return Leaf("TermInSetQuery", words, becomes=Constant(parts[0][1] if len(parts) == 1 else Boolean(parts)))


def _blended(path: str, words: str, leaves: dict[str, Leaf], is_in: Callable[[Any, str], bool]) -> Leaf:
    """Several terms as Lucene 9 runs them: those of a segment are profiled beside it."""

    def in_segment(segment: Any) -> Lucene | None:
        here = [one for text, one in leaves.items() if is_in(segment, text)]
        return Boolean([(SHOULD, one) for one in here]) if here and len(leaves) <= _MAX_REWRITTEN_TERMS else None

    return Leaf(_BLENDED, words, in_segment=in_segment, bind=_any_of(list(leaves.values())), path=path)


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


def _bound(query: Any) -> Binding:
    """How a parsed query is bound."""
    return lambda shard, boost: query.bind(shard, True, boost)


def range_on(shard: ShardSearch, query: Any) -> Lucene:
    """A range on whatever field it is."""
    made = _range(shard, query)
    if isinstance(made, Leaf) and made.bind is None and made.kind != "MatchNoDocsQuery":
        made.bind = _bound(replace(query, boost=1.0))
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
        made = _points(shard, one, low, high, _LONG)
        made.may_be_nested = any("now" in bound for bound in (query.lower, query.upper) if isinstance(bound, str))
        if made.may_be_nested:
            made.bind = _bound(replace(query, boost=1.0))
            return Leaf("DateRangeIncludingNowQuery", f"DateRangeIncludingNowQuery({made.words})", becomes=made)
        return made
    if isinstance(one, WholeNumber | Decimal) or one.name == "scaled_float":
        low, high = ranges.number_bounds(one, query)
        if one.name in _DECIMALS:
            return _points(shard, one, low, high, (float("-inf"), float("inf")))
        return _points(shard, one, low, high, _LIMITS.get(one.name, _LONG))
    if isinstance(one, RangeField):
        return _of_ranges(shard, one, query)
    if one.name == "ip":
        low, high = "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        if query.lower is not None:
            low = _address(java_text(query.lower), 0 if query.include_lower else 1)
        if query.upper is not None:
            high = _address(java_text(query.upper), 0 if query.include_upper else -1)
        words = f"{one.path}:[{_address_shown(low)} TO {_address_shown(high)}]"
        if not one.has_doc_values or not shard.behaviour.lucene_nine:
            return Leaf("PointRangeQuery", words)
        return either(shard, "IndexOrDocValuesQuery", one.path, words, f"{one.path}:[{_address_bytes(low)} TO {_address_bytes(high)}]")
    opening, closing = "[{"[not query.include_lower], "]}"[not query.include_upper]
    if one.name == "keyword" and not one.is_indexed:
        low, high = (None if each is None else str(one.term(each)) for each in (query.lower, query.upper))
        start = "{*" if low is None else opening + bytes_shown(low)
        return Leaf(_BY_TERMS, f"{one.path}:{start} TO " + ("*}" if high is None else bytes_shown(high) + closing))
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
    kind = _BY_NUMBERS if not one.is_indexed else "IndexOrDocValuesQuery" if one.has_doc_values else "PointRangeQuery"
    words = f"{one.path}:[{shown(one, low)} TO {shown(one, high)}]"
    by_values = f"{one.path}:[{_bits(one, low)} TO {_bits(one, high)}]" if one.name in _DECIMALS else None
    return either(shard, kind, one.path, words, by_values)


def either(shard: ShardSearch, kind: str, path: str, words: str, by_values: str | None) -> Leaf:
    """A query on the index or on doc values; Lucene 9 writes both."""
    if kind != "IndexOrDocValuesQuery" or not shard.behaviour.lucene_nine:
        return Leaf(kind, words, by_values=by_values)
    both = f"IndexOrDocValuesQuery(indexQuery={words}, dvQuery={by_values or words})"
    return Leaf(kind, both, by_values=by_values or words, path=path)


def _bits(one: Field, value: float) -> int:
    """A decimal as the whole number that sorts like it."""
    if one.name == "half_float":
        bits = int(np.float16(value).view(np.int16))
        return bits ^ ((bits >> 15) & 0x7FFF)
    if one.name == "float":
        bits = int(np.float32(value).view(np.int32))
        return bits ^ ((bits >> 31) & 0x7FFFFFFF)
    bits = int(np.float64(value).view(np.int64))
    return bits ^ ((bits >> 63) & 0x7FFFFFFFFFFFFFFF)


def _of_ranges(shard: ShardSearch, one: Any, query: Any) -> Leaf:
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
    if not one.has_doc_values:
        return Leaf("IndexOrDocValuesQuery", words, by_values=by_values, may_be_nested=True)
    made = either(shard, "IndexOrDocValuesQuery", one.path, words, by_values)
    made.may_be_nested = True
    return made


def expanded(shard: ShardSearch, one: Field, words: str, matches: Any) -> Leaf:
    """A query that stands for all terms of some form; a few become a bool that is profiled, too."""
    found = sorted({text for text in all_terms(shard, one) if matches(text)})
    expands_to = Boolean([(SHOULD, term_of(one, text)) for text in found])

    def in_segment(segment: Any) -> Lucene | None:
        every = terms_below(shard, segment, one)
        here = sorted(text for text in every if matches(text))
        if len(here) > _MAX_REWRITTEN_TERMS or (not here and (shard.behaviour.lucene_nine or not every)):
            return None
        return Boolean([(SHOULD, term_of(one, text)) for text in here])

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.base import Constant as BoundConstant
        from esmock.search.query.multi_term import matching_terms, terms_mask

        path, is_text = one.path, one.is_text
        return BoundConstant(
            lambda segment: terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, matches)[1]), boost
        )

    return Leaf(wrapper(shard), words, expands_to=expands_to, in_segment=in_segment, bind=bind)


def wrapper(shard: ShardSearch) -> str:
    """What a query that stands for many terms becomes."""
    return _BLENDED if shard.behaviour.lucene_nine else "MultiTermQueryConstantScoreWrapper"


def automaton(path: str, value: str) -> str:
    """An automaton's words, which tell nothing of what it is for."""
    return f"{path}:AutomatonQuery {{\n{_AUTOMATON}@{zlib.crc32(value.encode()):x}}}"


def beginning(shard: ShardSearch, one: Field, value: str, rewrite: str | None = None) -> Lucene | None:
    """A prefix that is looked up in the field of beginnings beside a field; None: there is none, or it is too short or long."""
    part = looked_up(one, value)
    if part is None:
        return None
    is_constant = one is not part and rewrite in PLAIN
    bind = expanded(shard, one, value, lambda text: text.startswith(value)).bind

    def scored(shard: ShardSearch, boost: Any) -> Any:
        return bind_beginning(shard, one, value, rewrite, boost, True)

    if len(value) >= part.bounds[0]:
        made: Lucene = Leaf("TermQuery", f"{part.path}:{value}", bind=bind if is_constant else scored)
    else:
        # too short: beginnings with any letter behind it, or the word itself
        made = Boolean([(SHOULD, Leaf("AutomatonQuery", automaton(part.path, value), bind=bind)), (SHOULD, term(part.owner.path, value))])
    return Constant(made, bind=None if isinstance(made, Leaf) else bind) if is_constant else made


def all_terms(shard: ShardSearch, one: Field) -> list[str]:
    """The distinct terms of a field on a shard."""
    return sorted({text for segment in shard.segments(one.path) for text in segment_terms(segment, one)})


def terms_below(shard: ShardSearch, segment: Any, one: Field) -> list[str]:
    """The distinct terms of a field in a segment, or in the nested objects of its documents."""
    scope = shard.mapping.nested_parent(one.path) if segment.path is None else None
    return segment_terms(view(segment, shard.mapping, scope), one)


def segment_terms(segment: Any, one: Field) -> list[str]:
    """The distinct terms of a field in a segment."""
    if one.is_text:
        return list(segment.postings(one.path).terms)
    return list(map(str, segment.column(one.path).dictionary or ()))


def exists_on(shard: ShardSearch, name: str) -> Lucene:
    """Documents that have a field, or any field of an object."""
    one = shard.field(name)
    if one is None and (shard.identity(name) is not None or name == "_id"):
        return Constant(everything())
    if one is None and name in ("_seq_no", "_version"):
        return Constant(field_exists(shard, "DocValues", name))
    if name == "_ignored":
        made = Leaf("TermRangeQuery", "_ignored:[* TO *]", bind=field_exists(shard, "DocValues", name).bind)
        return Constant(field_exists(shard, "DocValues", name) if shard.behaviour.has((8, 15)) else made)
    if one is None:
        pattern = name if "*" in name else f"{name}.*"
        inside = hash_order([path for path, found in shard.mapping.fields(pattern) if found.source_path == path or pattern == name])
        if not inside:
            return nothing(NONE)
        parts = [(SHOULD, _exists(shard, shard.field(path))) for path in inside]
        return Constant(parts[0][1] if len(parts) == 1 else Boolean(parts))
    return Constant(_exists(shard, one))


def _exists(shard: ShardSearch, one: Any) -> Lucene:
    if one.name in ("rank_feature", "rank_features"):
        return term("_feature", one.path)
    if hasattr(one, "searched"):
        return expanded(shard, one, told(one, "*"), lambda _text: True)
    if one.is_text and one.get("norms"):
        return _unless_everywhere(shard, one, field_exists(shard, "Norms", one.path))
    if one.has_doc_values or one.name == "geo_point":
        return _unless_everywhere(shard, one, field_exists(shard, "DocValues", one.path))
    return Leaf("TermQuery", f"_field_names:{one.path}", bind=field_exists(shard, "DocValues", one.path).bind)


def _unless_everywhere(shard: ShardSearch, one: Field, made: Leaf) -> Leaf:
    """What Lucene 9 rewrites where every document of every segment has the field, which terms or points tell it."""
    # what is kept of a deletion is a document without the field
    if shard.behaviour.lucene_nine and one.is_indexed and not shard.reader.n_tombstones:
        segments = list(shard.segments(one.path))
        if segments and all(_is_everywhere(segment, one.path) for segment in segments):
            made.becomes = everything()
    return made


def _is_everywhere(segment: Any, path: str) -> bool:
    from esmock.search.query.term_level import exists_mask

    stands_alone = segment.path is None and segment.n_docs > 0 and not segment.nested_counts()[-1]
    return stands_alone and bool(exists_mask(segment, [path]).all())


def _bind_blended(one: Field, text: str, df: int, words: tuple[str, ...]) -> Binding:
    from esmock.search.query.rewrite import scored_term

    return lambda shard, boost: scored_term(shard, one, text, boost, True, df, words)


def by_rewrite(shard: ShardSearch, one: Field, words: str, kind: str, boosts: dict[str, Any], rewrite: str) -> Leaf:
    """A query that stands for terms, under a ``rewrite`` method that makes clauses of them.

    Args:
        boosts: each term's own boost (float32).
    """
    from esmock.search.query.rewrite import chosen

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.rewrite import rewritten

        return rewritten(shard, one, boosts, rewrite, boost, True)

    prefix, kept = chosen(boosts, rewrite)
    df = max((shard.doc_freq(one.path, text) for text in kept), default=0)
    clauses: list[tuple[str, Lucene]] = []
    for text, boost in kept.items():
        made: Lucene = term_of(one, text)
        if prefix == "top_terms_blended_freqs_":
            made = Leaf("TermQuery", f"{one.path}:{text}", bind=_bind_blended(one, text, df, tuple(kept)), doc_freq=df)
        if prefix == "top_terms_boost_":
            made = Constant(made)
        clauses.append((SHOULD, made if boost == 1 else Boost(made, float(boost))))
    becomes: Lucene = Boolean(clauses) if clauses else nothing("empty BooleanQuery")
    return Leaf(kind, words, becomes=Constant(becomes) if rewrite == "constant_score_boolean" else becomes, bind=bind)


def fuzzy_on(shard: ShardSearch, one: Field, word: str, query: Any) -> Lucene:
    """A word and those within some edits of it.

    Args:
        query: has ``fuzziness``, ``prefix_length``, ``max_expansions`` and ``transpositions``; perhaps a ``rewrite``.
    """
    from esmock.search.query.base import F32
    from esmock.search.query.edits import edit_limit
    from esmock.search.query.multi_term import near_terms

    limit = edit_limit(query.fuzziness or "AUTO", word)
    words = f"{one.path}:{word}~{limit}"
    near = near_terms(shard, one, word, limit, query.prefix_length, transpositions=query.transpositions)
    rewrite = getattr(query, "rewrite", None)
    if rewrite in ("constant_score", "constant_score_blended"):
        return expanded(shard, one, words, near.__contains__)
    blended = f"top_terms_blended_freqs_{query.max_expansions}"
    return by_rewrite(shard, one, words, "FuzzyQuery", {text: F32(boost) for text, boost in near.items()}, rewrite or blended)
