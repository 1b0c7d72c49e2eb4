"""``percolate`` in Lucene's words, and why a stored query matches.

Before stored queries are run, those are sought that could match at all, by the terms and numbers that the given documents hold.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.mapping.completion import SEPARATOR, Completion
from esmock.mapping.date import Date
from esmock.mapping.numeric import Number
from esmock.murmur import murmur3_x64_128
from esmock.search.lucene import existence, expansion, shown_terms
from esmock.search.lucene.covering import covering
from esmock.search.lucene.explanation import Explanation, node
from esmock.search.lucene.extraction import kept
from esmock.search.lucene.node import SHOULD, Around, Boolean, Leaf, Lucene, lucene_doc
from esmock.search.query.percolate import TEMPORARY_ID, stored_queries
from esmock.search.query.term_level import exists_mask
from esmock.search.slice import encoded_id
from esmock.search.suggest.completion_index import CompletionValue, completion_values

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.percolate import Memory, Percolate, PercolateBound
    from esmock.search.query.shard import ShardSearch

_MOST_CLAUSES = 1024
_UNASSIGNED = -2
"""The sequence number of a document that is not in an index."""
_WIDTHS = {"half_float": 2, "float": 4, "integer": 4, "short": 4, "byte": 4, "token_count": 4}
"""Bytes of a number as a point, where they are not 8."""
_FORMS = {2: np.int16, 4: np.int32, 8: np.int64}


def percolate(query: Percolate, shard: ShardSearch) -> Lucene:
    """``PercolateQuery``, with the query for those that could match."""
    from dataclasses import replace

    def bind(shard: ShardSearch, boost: Any) -> Any:
        return replace(query, boost=1.0).bind(replace(shard, percolations=[]), True, boost)

    bound = bind(shard, np.float32(1))
    shown = "".join(f"{text}\n" for text in query.texts())
    return Around(
        "PercolateQuery", _candidates(bound), lambda inner: f"PercolateQuery{{document_sources={{{shown}}},inner={{{inner}}}}}",
        explained=partial(_explained, bound), bind=bind,
    )  # fmt: skip


def _candidates(bound: PercolateBound) -> Boolean:
    """The stored queries that hold as many of the documents' terms and numbers as they ask for, and those of which that is not known."""
    path, memory = bound.path, bound.memory
    words = sorted({f"{name}\0".encode() + term for name, term in _terms(memory)})
    parts = [Leaf("TermQuery", f"{path}.extracted_terms:{_shown(one)}") for one in words]
    ranges = [Leaf("RangeFieldQuery", f"{path}.range_field:<ranges:[{low} TO {high}]>") for low, high in _ranges(memory)]
    failed = Leaf("TermQuery", f"{path}.extraction_result:failed")
    if 1 + len(parts) + len(ranges) > _MOST_CLAUSES:
        among = Leaf("TermInSetQuery", f"{path}.extracted_terms:({' '.join(map(_shown, words))})")
        return Boolean([(SHOULD, one) for one in (among, *ranges, failed)])
    return Boolean([(SHOULD, covering([*ranges, *parts], f"long({path}.minimum_should_match_field)")), (SHOULD, failed)])


def _shown(term: bytes) -> str:
    """A term as text, or as bytes where it is none."""
    try:
        return term.decode()
    except UnicodeDecodeError:
        return _listed(term)


def _listed(data: bytes) -> str:
    return "[" + " ".join(f"{byte:x}" for byte in data) + "]"


def _terms(memory: Memory) -> Iterator[tuple[str, bytes]]:
    """The terms of the documents, with the fields that hold them."""
    shard = memory.shard
    yield "_id", encoded_id(TEMPORARY_ID)
    for path in shard.mapping.nested_paths:
        if any(segment.nested(path).n_docs for segment in shard.segments()):
            yield ("_nested_path", path.encode()) if shard.behaviour.nested_path_field else ("_type", f"__{path}".encode())
    for one in _fields(shard):
        if _is_point(one):
            continue
        name = one.path
        if one.name == "percolator":
            yield from _stored(memory, one)
            continue
        if one.is_indexed:
            yield from ((name, word.encode("utf-8", "surrogatepass")) for word in _words(shard, one))
        by = _told_by(shard, one)
        if by is not None and any(exists_mask(segment, [name]).any() for segment in shard.segments(name)):
            yield by, name.encode()


def _words(shard: ShardSearch, one: Field) -> list[str]:
    """The terms of a field."""
    if one.name == "boolean":
        return ["FT"[bool(value)] for value in _values(shard, one)]
    if one.name == "rank_features":
        return [word for value in _given(shard, one) for word in value]
    if isinstance(one, Completion):
        return [word for segment in shard.segments(one.path) for value in completion_values(segment, one.path) for word in _keys(one, value)]
    return expansion.all_terms(shard, one)


def _stored(memory: Memory, one: Field) -> Iterator[tuple[str, bytes]]:
    """What is kept of the queries that the documents hold themselves."""
    from esmock.search.lucene.describe import describe

    for query in stored_queries(memory.segment, one.path, memory.shard):
        if query is not None:
            is_known, found, worth = kept(describe(query, memory.shard))
            if is_known:
                yield "_field_names", one.path.encode()
            yield from ((f"{one.path}.extracted_terms", f"{path}\0{text}".encode()) for path, text in found)
            yield from ((f"{one.path}.extraction_result", each.encode()) for each in worth)


def _keys(one: Completion, value: CompletionValue) -> Iterator[str]:
    """An input as it is kept: once for each of its contexts, if the field has any."""
    if not one.contexts:
        yield from value.keys
    for place, context in enumerate(one.contexts):
        for given in value.contexts.get(context.name, ()):
            yield from (f"{chr(place)}{given}\x1d{SEPARATOR}{key}" for key in value.keys)


def _told_by(shard: ShardSearch, one: Field) -> str | None:
    """The metadata field that tells that a document has a field; None: its values or lengths do."""
    shown = existence.exists_on(shard, one.path).text().removeprefix("ConstantScore(").partition(":")[0]
    return shown if shown in ("_field_names", "_feature") else None


def _fields(shard: ShardSearch) -> Iterator[Field]:
    for path, one in shard.mapping.fields():
        if path != one.path:
            continue
        yield one
        yield from one.implied.values()
        if one.name == "join":
            yield from (one.key(parent) for parent in one.relations)  # type: ignore[attr-defined]


def _is_point(one: Field) -> bool:
    return isinstance(one, Number | Date) or one.name == "ip"


def _values(shard: ShardSearch, one: Field) -> list[Any]:
    return [value for segment in shard.segments(one.path) for value in segment.column(one.path).values.tolist()]


def _given(shard: ShardSearch, one: Field) -> list[Any]:
    return [value for segment in shard.segments(one.path) for values in segment.values(one.path)[0] for value in values]


def _ranges(memory: Memory) -> Iterator[tuple[str, str]]:
    """From where to where the numbers of each field reach; what is short has a hash of the field's name before it."""
    shard = memory.shard
    yield from [2 * (_point("_seq_no", _UNASSIGNED, 8),)]
    for one in _fields(shard):
        if not _is_point(one) or not one.is_indexed:
            continue
        if one.name == "ip":
            found = [bytes.fromhex(text) for text in expansion.all_terms(shard, one)]
            if found:
                yield _listed(min(found)), _listed(max(found))
            continue
        values = _values(shard, one)
        if values:
            width = _WIDTHS.get(one.name, 8)
            low, high = (_point(one.path, shown_terms.as_whole(one, value), width) for value in (min(values), max(values)))
            yield low, high


def _point(name: str, value: int, width: int) -> str:
    first, second = murmur3_x64_128(name.encode())
    hashed = first.to_bytes(8, "big") + second.to_bytes(8, "big")
    return _listed(hashed[:-width] + (value + (1 << (8 * width - 1))).to_bytes(width, "big"))


def _explained(
    bound: PercolateBound, made: Around, explainer: Any, segment: Any, doc: int, boost: Any
) -> Explanation:
    """ES: of several documents always the first one in memory is explained, be it one that the query does not match."""
    hits = bound.match(segment)
    query = stored_queries(segment, bound.path, bound.memory.shard)[doc]
    if not hits.match[doc] or query is None:
        return False, node(0.0, "PercolateQuery")
    inner = type(explainer)(bound.memory.shard)
    why = inner.query(query, _first(bound.memory), 0)
    score = 0.0 if hits.score is None else float(hits.score[doc])
    return True, node(score, "PercolateQuery", [why])


def _first(memory: Memory) -> Any:
    """Where the first document in memory is: nested objects stand before that in which they are."""
    mapping = memory.shard.mapping
    views = [memory.segment.nested(path) for path in mapping.nested_paths]
    return next((one for one in views if one.n_docs and lucene_doc(one, 0, mapping) == 0), memory.segment)
