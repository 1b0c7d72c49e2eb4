"""Bound queries on single terms: what leaf queries are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument
from esmock.search import bm25
from esmock.search.query.base import F32, Bound, Constant, Hits, MatchNothing

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.similarity import Similarity
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class TextTerm(Bound):
    """One term of a text field."""

    path: str
    term: str
    scorer: Any
    has_norms: bool = True

    def match(self, segment: Any) -> Hits:
        postings = segment.postings(self.path)
        docs, freqs = postings.of(self.term)
        match = np.zeros(segment.n_docs, bool)
        match[docs] = True
        if self.scorer is None:
            return Hits(match)
        score = np.zeros(segment.n_docs, F32)
        score[docs] = self.scorer.score(freqs, postings.norms.take(docs) if self.has_norms else None)
        return Hits(match, score)


@dataclass(slots=True)
class SynonymTerms(Bound):
    """Terms on one position of a text field, counted as one."""

    path: str
    terms: tuple[str, ...]
    scorer: Any
    has_norms: bool = True

    def match(self, segment: Any) -> Hits:
        postings = segment.postings(self.path)
        freqs = np.zeros(segment.n_docs, np.int64)
        for term in self.terms:
            docs, counts = postings.of(term)
            freqs[docs] += counts
        match = freqs > 0
        if self.scorer is None:
            return Hits(match)
        scores = self.scorer.score(freqs, postings.norms if self.has_norms else None)
        return Hits(match, np.where(match, scores, F32(0)))


@dataclass(slots=True)
class ColumnTerm(Bound):
    """One value of a field that is kept in a column and scored as a term (keyword, boolean)."""

    path: str
    value: Any
    scorer: Any
    counts_as_length: bool = False

    def match(self, segment: Any) -> Hits:
        match = docs_with(segment.column(self.path), [self.value])
        if self.scorer is None:
            return Hits(match)
        norms = self.norms(segment)
        if norms is not None:
            return Hits(match, np.where(match, self.scorer.score(np.ones(len(match), F32), norms), F32(0)))
        one = self.scorer.score(np.ones(1, F32), None)[0]
        return Hits(match, match * one)

    def norms(self, segment: Any) -> np.ndarray | None:
        """The encoded lengths of the documents, where scores ask for them."""
        if not self.counts_as_length:
            return None
        from esmock.store.postings import encode_lengths

        return encode_lengths(segment.column(self.path).counts)


def docs_with(column: Any, values: list[Any]) -> np.ndarray:
    """bool[n_docs]: documents that have one of some values."""
    n_docs = len(column.starts) - 1
    out = np.zeros(n_docs, bool)
    if not len(column.values) or not values:
        return out
    if column.dictionary is not None:
        wanted = [ordinal for ordinal in map(column.ordinal, values) if ordinal >= 0]
        if not wanted:
            return out
        if len(wanted) == 1:
            return any_of(column, column.values == wanted[0])
        table = np.zeros(len(column.dictionary), bool)
        table[wanted] = True
        found = table.take(column.values)
    elif len(values) == 1:
        found = column.values == values[0]
    else:
        found = np.isin(column.values, np.array(values))
    return any_of(column, found)


def any_of(column: Any, found: np.ndarray) -> np.ndarray:
    """bool[n_docs]: documents of which any value is marked.

    Args:
        found: bool[n_values].
    """
    n_docs = len(column.starts) - 1
    if column.is_single and len(found) == n_docs:
        return found
    out = np.zeros(n_docs, bool)
    out[column.owners()[found]] = True
    return out


def similarity_named(field: Field, shard: ShardSearch) -> Similarity:
    """The similarity of a field."""
    from esmock.mapping.similarity import parse_similarity

    if shard.scores_alike:
        return parse_similarity("BM25", {})
    name = field.get("similarity") if field.has("similarity") else None
    return parse_similarity(name or "default", shard.settings)


Words = Sequence[Sequence[Any]]


def make_scorer(
    shard: ShardSearch,
    field: Field,
    path: str,
    doc_freq: int,
    boost: np.float32,
    idf_value: Any = None,
    *,
    words: Words,
    blend: Any = None,
) -> Any:
    """The scorer of a term or phrase of a field.

    Args:
        doc_freq: of the term, for BM25; ``idf_value`` replaces what follows from it.
        words: the terms that count for the other similarities; those that stand together count as one.
        blend: the term that is scored with the frequency of a blend of words.
    """
    similarity = similarity_named(field, shard)
    if similarity.kind == "boolean":
        # a freq of any size gives exactly the boost
        return _Flat(F32(boost), np.ones(256, F32))
    if similarity.kind != "BM25":
        from esmock.search.similarity import model_scorer

        return model_scorer(shard, similarity, [shard.term_statistics(path, group, doc_freq) for group in words], boost)
    statistics = shard.statistics(path)
    if shard.dfs is not None and idf_value is None:
        if blend is not None or len(words[0]) == 1:
            doc_freq = shard.scoring_doc_freq(path, words[0][0] if blend is None else blend, doc_freq)
        else:
            doc_freq = max(shard.scoring_doc_freq(path, word) for word in words[0])
    value = bm25.idf(doc_freq, statistics.doc_count) if idf_value is None else idf_value
    k1, b = similarity.options.get("k1", 1.2), similarity.options.get("b", 0.75)
    return bm25.scorer(
        value, boost, statistics.doc_count, statistics.total_terms, k1_factor=shard.behaviour.bm25_k1_factor, k1=k1, b=b
    )


class _Flat(bm25.Bm25):
    """The boolean similarity."""

    def score(self, freqs: np.ndarray, norms: np.ndarray | None) -> np.ndarray:
        return np.full(len(freqs), self.weight, F32)


def bind_term(
    shard: ShardSearch, path: str, field: Field, term: str, boost: np.float32, scored: bool, doc_freq: int | None = None
) -> Bound:
    """A term of a text field, as it stands in the index."""
    df = shard.doc_freq(path, term) if doc_freq is None else doc_freq
    if df == 0:
        shard.note(path, (), scored)
        return MatchNothing()
    if not scored:
        return TextTerm(path, term, None)
    has_norms = bool(field.get("norms")) if field.has("norms") else True
    return TextTerm(path, term, make_scorer(shard, field, path, df, boost, words=((term,),)), has_norms)


def is_unmapped(shard: ShardSearch, name: str) -> bool:
    """Whether a field is not mapped, and none of the metadata fields."""
    return not name.startswith("_") and "#" not in name and shard.field(name) is None


def has_no_term(shard: ShardSearch, name: str, test: Callable[[], Callable[[str], bool]]) -> bool:
    """Whether a field is not mapped, or tells of the index alike for all documents and the query is not about this one.

    Args:
        test: makes the test of a name.
    """
    if name in ("_index", "_index_mode", "_tier"):
        own = shard.identity(name)
        return own is not None and not test()(own)
    return is_unmapped(shard, name)


def require_indexed(shard: ShardSearch, field: Field, name: str) -> None:
    """Refuse a search on a field without an index (and, from 8.1, without doc values)."""
    is_strict = field.name == "flattened" or field.column_kind == "range"
    from_values = shard.behaviour.major >= 8 and field.has_doc_values and not is_strict
    if field.is_indexed or from_values or getattr(field, "is_old", False) or field.path in shard.mapping.runtime_names:
        return
    if field.name == "binary":
        field.term(None)
    if shard.behaviour.major >= 8 and not field.is_text and field.has("doc_values") and not is_strict:
        raise IllegalArgument(f"Cannot search on field [{name}] since it is not indexed nor has doc values.")
    raise IllegalArgument(f"Cannot search on field [{getattr(field, 'shown_path', name)}] since it is not indexed.")


def term_query(shard: ShardSearch, name: str, value: Json, boost: np.float32, scored: bool) -> Bound:
    """A term query on whatever field it is: the field's own idea of a value.

    Raises:
        ApiError: values that the type cannot read.
    """
    field = shard.field(name)
    if field is None:
        return metadata_term(shard, name, [value], boost)
    path = field.path
    if field.is_text:
        require_indexed(shard, field, path)
        return bind_term(shard, path, field, str(field.term(value)), boost, scored)
    if field.column_kind == "range":
        from esmock.search.query.ranges import ranges_between
        from esmock.search.query.term_level import Range

        require_indexed(shard, field, path)
        return ranges_between(shard, field, Range(name, value, value), boost)  # type: ignore[arg-type]
    if field.name in ("date", "date_nanos"):
        from esmock.search.query.term_level import Range

        if shard.behaviour.major < 8:
            require_indexed(shard, field, path)
        try:
            return Range(name, value, value).bind_boosted(shard, scored, boost)  # type: ignore[arg-type]
        except ApiError as error:
            error.in_rewrite = False  # type: ignore[attr-defined]
            raise
    if field.name == "ip" and "/" in str(value):
        require_indexed(shard, field, path)
        low, high = field.subnet(str(value))  # type: ignore[attr-defined]
        return Constant(lambda segment: _between(segment.column(path), low, high), boost)
    if not field.is_geometry:
        require_indexed(shard, field, path)
    converted = field.term(value)
    if converted is None:
        return MatchNothing()
    if field.scores_terms and field.is_indexed:
        df = shard.doc_freq(path, converted)
        if df == 0:
            shard.note(path, (), scored)
            return MatchNothing()
        scorer = make_scorer(shard, field, path, df, boost, words=((converted,),)) if scored else None
        return ColumnTerm(path, converted, scorer, field.is_analyzed)
    return Constant(lambda segment: docs_with(segment.column(path), [converted]), boost)


def _between(column: Any, low: str, high: str) -> np.ndarray:
    """bool[n_docs]: documents with a term between two, both included."""
    from bisect import bisect_left, bisect_right

    first, last = bisect_left(column.dictionary, low), bisect_right(column.dictionary, high)
    return any_of(column, (column.values >= first) & (column.values < last))


def metadata_term(shard: ShardSearch, name: str, values: list[Json], boost: np.float32) -> Bound:
    """Terms of the metadata fields; unknown fields match nothing."""
    from esmock.mapping.parameter import java_text

    texts = [java_text(value) for value in values]
    if name == "_id":
        return Constant(lambda segment: ids_mask(segment, texts), boost)
    own = shard.identity(name)
    if own is not None:
        from esmock.mapping.mapping import wildcard

        is_here = any(wildcard(text)(own) for text in texts)
        return Constant(lambda segment: np.full(segment.n_docs, is_here), boost)
    if name == "_seq_no":
        return Constant(lambda segment: docs_with(segment.column(name), [int(text) for text in texts]), boost)
    if name in ("_source", "_version"):
        raise shard.error(f"The {name} field is not searchable")
    if name == "_field_names" and shard.warn is not None:
        shard.warn("terms query on the _field_names field is deprecated and will be removed, use exists query instead")
    return MatchNothing()


def ids_mask(segment: Any, doc_ids: list[str]) -> np.ndarray:
    """bool[n_docs]: documents of some ids."""
    out = np.zeros(segment.n_docs, bool)
    if segment.path is not None:
        wanted = set(doc_ids)
        out[[at for at, doc_id in enumerate(segment.doc_ids) if doc_id in wanted]] = True
        return out
    for doc_id in doc_ids:
        out[segment.ordinals_of(doc_id)] = True
    return out
