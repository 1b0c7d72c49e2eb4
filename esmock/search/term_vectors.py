"""The terms of one document's fields, with places and statistics. Docs: docs-termvectors.

Source: recordings of 7.10.2.
Differs: fields come in the order of their names (Elasticsearch's order changes from request to request); the statistics of a
document that is not in an index are those of the index's first shard.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.analysis.token import Token, utf16
from esmock.errors import ApiError, NullPointer
from esmock.mapping.mapping import wildcard
from esmock.mapping.parameter import java_text
from esmock.store.column import utf8_order
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent.java_length import utf16_length

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class TermFilter:
    """Which terms are shown: the best by tf-idf within some bounds; None: no bound."""

    max_num_terms: int | None = 25
    min_term_freq: int | None = None
    max_term_freq: int | None = None
    min_doc_freq: int | None = None
    max_doc_freq: int | None = None
    min_word_length: int | None = None
    max_word_length: int | None = None


@dataclass(slots=True)
class TermVectorsRequest:
    """What was asked of one document.

    Attributes:
        doc: the source of a document that is in no index; None: the one of ``doc_id``.
        fields: names and patterns; None: the fields whose vectors are stored.
        per_field_analyzer: names of analyzers by field, in place of the mapping's.
    """

    index: str | None = None
    type: str | None = None
    doc_id: str | None = None
    doc: Json = None
    routing: str | None = None
    version: int | None = None
    version_type: str = "internal"
    fields: list[str] | None = None
    offsets: bool = True
    positions: bool = True
    payloads: bool = True
    term_statistics: bool = False
    field_statistics: bool = True
    realtime: bool = True
    per_field_analyzer: dict[str, str] = field(default_factory=dict)
    filter: TermFilter | None = None


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which places of its tokens a field has to show."""

    positions: bool = True
    offsets: bool = True
    payloads: bool = True


def term_vectors(request: TermVectorsRequest, shard: ShardSearch, doc: StoredDoc, *, is_artificial: bool) -> dict[str, Json]:
    """``term_vectors`` of a document over the statistics of its shard."""
    mapping = doc.mapping
    segment = Segment.build([doc])
    out: dict[str, Json] = {}
    if request.fields is None and request.per_field_analyzer and not is_artificial and not _has_vectors(segment, mapping):
        # ES: fields that have an analyzer of their own are sought among the stored vectors
        cause = NullPointer('Cannot invoke "org.apache.lucene.index.Fields.iterator()" because "fieldsObject" is null')
        raise ApiError("failed to execute term vector request", cause=cause)
    for path, one in sorted(_chosen(request, mapping, is_artificial=is_artificial), key=lambda pair: pair[0]):
        stored = _stored(one)
        own = None if is_artificial or path in request.per_field_analyzer else stored
        # what is not stored is made from the source, in which nested objects stand with the others
        values = segment.values(path)[0][0] if own is not None else _given(doc, mapping, one)
        if is_artificial and not one.is_text:
            values = one.column_values(values)
        if not values or ((own is not None or is_artificial) and mapping.nested_parent(path)):
            continue
        tokens = list(_tokens(request, path, one, values, mapping, is_indexed=own is not None))
        shown = own or _Shown(payloads=not is_artificial and stored is not None)
        shown = _Shown(
            shown.positions and request.positions,
            shown.offsets and request.offsets,
            shown.payloads and request.payloads and any(token.payload is not None for token in tokens),
        )
        entry = _field_entry(request, shard, path, one, tokens, shown)
        if entry is not None:
            out[path] = entry
    return out


def _has_vectors(segment: Segment, mapping: Mapping) -> bool:
    """Whether vectors of any field of a document are stored."""
    return any(
        one.is_text and _stored(one) is not None and mapping.own_field(path) is one and segment.values(path)[0][0]
        for path, one in mapping.fields()
    )


def _given(doc: StoredDoc, mapping: Mapping, one: Field) -> list[Json]:
    """The values of a field in the source."""
    from esmock.mapping.values import raw_values
    from esmock.xcontent import json_reader

    source = json_reader.parse_stored(doc.source)
    values = raw_values(source, one.source_path)
    for origin in mapping.copied_from.get(one.source_path, ()):
        values.extend(raw_values(source, origin))
    return values


def _chosen(request: TermVectorsRequest, mapping: Mapping, *, is_artificial: bool) -> Iterator[tuple[str, Field]]:
    """The fields to show: text and keywords that are indexed."""
    tests = None if request.fields is None else [wildcard(one) for one in request.fields]
    for path, one in mapping.fields():
        if mapping.own_field(path) is not one or not one.is_indexed or not (one.is_text or one.name == "keyword"):
            continue
        if tests is None:
            if is_artificial or _stored(one) is not None:
                yield path, one
        elif any(test(path) for test in tests):
            yield path, one


def _stored(one: Field) -> _Shown | None:
    """What the vectors of a field hold; None where none are stored."""
    kind = one.get("term_vector") if one.has("term_vector") else "no"
    if kind == "no":
        return None
    return _Shown("positions" in kind, "offsets" in kind, "payloads" in kind)


def _tokens(
    request: TermVectorsRequest, path: str, one: Field, values: list[Json], mapping: Mapping, *, is_indexed: bool
) -> Iterator[Token]:
    """The tokens of all values, placed as in one text; offsets as Java counts.

    Args:
        is_indexed: as the index places them; otherwise as an index in memory does, where values without tokens leave no gap.
    """
    if one.is_text:
        texts = [(raw, text) for raw in values for text in one.column_values([raw])]
    else:
        # ES: a long keyword has a vector though it is not indexed
        texts = [(raw, str(one.term(java_text(raw)))) for raw in values if raw is not None]
    name = request.per_field_analyzer.get(path)
    analyzer = mapping.analysis.analyzer(name) if name is not None else None
    analyzer = analyzer or getattr(one, "index_analyzer", None)
    position = offset = 0
    gap = one.position_gap if one.is_text else 0  # type: ignore[attr-defined]
    for raw, text in texts:
        if analyzer is None:
            yield _placed(Token(text, 0, utf16_length(str(raw))), position, offset)
            position, offset = position + 1, offset + utf16_length(str(raw)) + 1
            continue
        stream = analyzer.stream(text)
        width = stream.place()
        wide = utf16(text)
        for token in stream.tokens:
            token.start, token.end = wide(token.start), wide(token.end)
            yield _placed(token, position + token.position, offset)
        if is_indexed or stream.tokens or position:
            position += (width if is_indexed else width - stream.end_increment) + gap
            offset += utf16_length(text) + 1


def _placed(token: Token, position: int, offset: int) -> Token:
    token.position = position
    token.start += offset
    token.end += offset
    return token


def _field_entry(
    request: TermVectorsRequest, shard: ShardSearch, path: str, one: Field, tokens: list[Token], shown: _Shown
) -> dict[str, Json] | None:
    by_term: dict[str, list[Token]] = {}
    for token in tokens:
        by_term.setdefault(token.term, []).append(token)
    if not by_term:
        return None
    out: dict[str, Json] = {}
    counts = _Counts(shard, path, one)
    if request.field_statistics:
        out["field_statistics"] = counts.field()
    terms = sorted(by_term, key=utf8_order)
    scores: dict[str, float] = {}
    if request.filter is not None:
        scores = _scores(request.filter, by_term, counts)
        terms = [term for term in terms if term in scores]
    out["terms"] = {term: _term_entry(request, term, by_term[term], counts, shown, scores.get(term)) for term in terms}
    return out


def _term_entry(
    request: TermVectorsRequest, term: str, tokens: list[Token], counts: _Counts, shown: _Shown, score: float | None
) -> dict[str, Json]:
    entry: dict[str, Json] = {}
    if request.term_statistics:
        doc_freq, total = counts.term(term)
        if doc_freq:
            entry |= {"doc_freq": doc_freq, "ttf": total}
    entry["term_freq"] = sum(token.frequency for token in tokens)
    if shown.positions or shown.offsets or shown.payloads:
        entry["tokens"] = [_place(token, shown) for token in tokens]
    if score is not None:
        from esmock.xcontent.json_writer import F32

        entry["score"] = F32(score)
    return entry


def _place(token: Token, shown: _Shown) -> dict[str, Json]:
    place: dict[str, Json] = {}
    if shown.positions:
        place["position"] = token.position
    if shown.offsets:
        place |= {"start_offset": token.start, "end_offset": token.end}
    if shown.payloads and token.payload is not None:
        place["payload"] = base64.b64encode(token.payload).decode()
    return place


def _scores(wanted: TermFilter, by_term: dict[str, list[Token]], counts: _Counts) -> dict[str, float]:
    """The terms that pass, with their tf-idf; the best ones where there are too many."""
    found: dict[str, float] = {}
    n_docs = counts.field()["doc_count"]
    for term in sorted(by_term, key=utf8_order):
        doc_freq = counts.term(term)[0]
        freq = len(by_term[term])
        if not _passes(wanted, term, freq, doc_freq) or not doc_freq:
            continue
        idf = np.float32(math.log((n_docs + 1) / (doc_freq + 1)) + 1.0)
        found[term] = float(np.float32(freq) * idf)
    return _best(found, wanted.max_num_terms)


def _best(scores: dict[str, float], limit: int | None) -> dict[str, float]:
    """The highest scores; a heap decides which of equal ones stay, as in Lucene.

    Raises:
        ApiError: no term may stay.
    """
    if limit is None or not scores:
        return scores
    if limit == 0:
        cause = NullPointer('Cannot read field "score" because "scoreTermTop" is null')
        raise ApiError("failed to execute term vector request", cause=cause)
    heap: list[tuple[float, str]] = []
    for term, score in scores.items():
        if len(heap) < limit:
            heap.append((score, term))
            _rise(heap)
        elif heap[0][0] < score:
            heap[0] = (score, term)
            _sink(heap)
    return {term: score for score, term in heap}


def _rise(heap: list[tuple[float, str]]) -> None:
    """Bring the last entry up to its place."""
    at = len(heap) - 1
    while at and heap[at][0] < heap[(at - 1) // 2][0]:
        above = (at - 1) // 2
        heap[at], heap[above] = heap[above], heap[at]
        at = above


def _sink(heap: list[tuple[float, str]]) -> None:
    """Bring the first entry down to its place."""
    at = 0
    while (below := 2 * at + 1) < len(heap):
        if below + 1 < len(heap) and heap[below + 1][0] < heap[below][0]:
            below += 1
        if heap[below][0] >= heap[at][0]:
            return
        heap[at], heap[below] = heap[below], heap[at]
        at = below


def _passes(wanted: TermFilter, term: str, freq: int, doc_freq: int) -> bool:
    return (
        _within(freq, wanted.min_term_freq, wanted.max_term_freq)
        and _within(doc_freq, wanted.min_doc_freq, wanted.max_doc_freq)
        and _within(utf16_length(term), wanted.min_word_length, wanted.max_word_length)
    )


def _within(value: int, low: int | None, high: int | None) -> bool:
    """ES: a bound of 0 or less is none."""
    return not (low and low > 0 and value < low) and not (high and high > 0 and value > high)


@dataclass(slots=True)
class _Counts:
    """Statistics of one field over a shard, deleted documents included."""

    shard: ShardSearch
    path: str
    one: Field

    def field(self) -> dict[str, int]:
        total = docs = pairs = 0
        counts_freqs = not self.one.has("index_options") or self.one.get("index_options") != "docs"
        for segment in self.shard.segments(self.path):
            if self.one.is_text:
                postings = segment.postings(self.path)
                docs += postings.n_docs_with_field
                pairs += len(postings.docs)
                total += postings.total_terms if counts_freqs else len(postings.docs)
            else:
                column = segment.column(self.path)
                docs += int(column.has_value.sum())
                pairs += len(column.values)
                total += len(column.values)
        return {"sum_doc_freq": pairs, "doc_count": docs, "sum_ttf": total}

    def term(self, term: str) -> tuple[int, int]:
        """Documents with a term, and its occurrences."""
        doc_freq = self.shard.doc_freq(self.path, term)
        if not self.one.is_text or not doc_freq:
            return doc_freq, doc_freq
        total = sum(segment.postings(self.path).total_freq(term) for segment in self.shard.segments(self.path))
        return doc_freq, total
