"""A text on several fields as if they were one. Docs: query-dsl-combined-fields-query. Source: recordings of 7.17.29."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.errors import ApiError, IllegalArgument, IllegalState, XContentParse
from esmock.mapping.parameter import java_text
from esmock.search import bm25
from esmock.search.query.analyzed import Analysis, joined, positions
from esmock.search.query.base import F32, Bound, Hits, MatchEverything, MatchNothing, ParseContext, Query
from esmock.search.query.multi_match import read_field, resolve_fields
from esmock.search.query.parse import boolean_value, float_value, text
from esmock.search.query.shard import FieldStatistics
from esmock.search.query.terms import similarity_named
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, standing, stood, token
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import no_text

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
_STRING = ("VALUE_STRING",)
_OPTIONS = {
    "query": _STRING,
    "fields": ("START_ARRAY", "VALUE_STRING"),
    "operator": _STRING,
    "minimum_should_match": ("VALUE_STRING", "VALUE_NUMBER", "VALUE_NULL"),
    "auto_generate_synonyms_phrase_query": ("VALUE_BOOLEAN", "VALUE_STRING"),
    "zero_terms_query": _STRING,
    "boost": ("VALUE_NUMBER", "VALUE_STRING"),
    "_name": _STRING,
}


def _read(body: Json, key: str, ctx: ParseContext) -> Any:
    """The value of an option. Raises ApiError for one that it cannot have."""
    value = body[key]
    if key == "fields":
        return _weighted(value, ctx)
    if key == "boost":
        return float_value(body, key)
    if key == "auto_generate_synonyms_phrase_query":
        return boolean_value(body, key)
    if body[key] is None:
        return None
    found = text(body, key, ctx)
    if key == "operator" and found.upper() not in ("AND", "OR"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.index.query.Operator.{found.upper()}")
    if key == "zero_terms_query" and found.upper() not in ("NONE", "ALL"):
        raise IllegalArgument(f"Unsupported [zero_terms_query] value [{found}]")
    return found


def _weighted(value: Json, ctx: ParseContext) -> dict[str, float]:
    out: dict[str, float] = {}
    names = value if isinstance(value, list) else [value]
    for at, one in enumerate(names):
        if one is None or (isinstance(one, dict | list) and ctx.behaviour.wrapped_syntax_errors):
            raise no_text(token(one), at_value(value, at), ctx)
        if isinstance(one, dict | list):
            raise standing(IllegalState(f"expected value but got [{token(one)}]"), at_value(value, at))
        name, weight = read_field(java_text(one))
        out[name] = weight
    if any(weight < 1 for weight in out.values()):
        raise IllegalArgument("[combined_fields] requires field boosts to be >= 1.0")
    return out


@dataclass(slots=True)
class CombinedTerms(Bound):
    """The words of one position on all fields: their frequencies and lengths add up, each by the field's weight."""

    weights: dict[str, float]
    words: tuple[str, ...]
    scorer: Any
    norms: frozenset[bool]

    def sums(self, segment: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """bool[n_docs]: documents with a word; float32[n_docs]: how often, and how long the fields are. Raises IllegalArgument."""
        if len(self.norms) > 1:
            raise IllegalArgument(
                "CombinedFieldQuery requires norms to be consistent across fields: some fields cannot  have norms enabled, "
                "while others have norms disabled"
            )
        freqs = np.zeros(segment.n_docs, F32)
        match = np.zeros(segment.n_docs, bool)
        lengths = np.zeros(segment.n_docs, F32)
        for path, weight in self.weights.items():
            postings = segment.postings(path)
            for word in self.words:
                docs, counts = postings.of(word)
                match[docs] = True
                freqs[docs] += F32(weight) * counts.astype(F32)
            norms = postings.norms
            lengths += np.where(norms > 0, F32(weight) * bm25.lengths()[norms], F32(0))
        return match, freqs, lengths

    def encoded(self, lengths: np.ndarray) -> np.ndarray | None:
        """Joined lengths as norms; None where the fields have none."""
        from esmock.store.postings import encode_lengths

        return encode_lengths(np.floor(lengths + F32(0.5)).astype(np.int64)) if True in self.norms else None

    def match(self, segment: Any) -> Hits:
        match, freqs, lengths = self.sums(segment)
        if self.scorer is None:
            return Hits(match)
        at = np.flatnonzero(match)
        score = np.zeros(segment.n_docs, F32)
        score[at] = self.scorer.score(freqs[at], self.encoded(lengths[at]))
        return Hits(match, score)


def joined_doc_freq(shard: ShardSearch, weights: Iterable[str], words: Sequence[str]) -> int:
    """How many documents are said to have any of some words: the most of those that the shard has in a field."""
    return max((shard.scoring_doc_freq(path, word) for path in weights for word in words if shard.doc_freq(path, word)), default=0)


def joined_statistics(shard: ShardSearch, weights: dict[str, float]) -> FieldStatistics:
    """The statistics of fields taken as one."""
    found = [(shard.statistics(path), weight) for path, weight in weights.items()]
    return FieldStatistics(max(one.doc_count for one, _ in found), sum(int(weight * one.total_terms) for one, weight in found))


@dataclass(slots=True)
class CombinedFields(Query):
    """Docs: query-dsl-combined-fields-query."""

    name = "combined_fields"
    since_release: ClassVar[tuple[int, int]] = (7, 13)
    query: str
    fields: dict[str, float] = field(default_factory=dict)
    operator: str = "or"
    minimum: str | None = None
    zero_terms: str = "none"

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> CombinedFields:
        found: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if key not in _OPTIONS:
                raise XContentParse(f"[combined_fields] unknown field [{key}]{suggestion(key, _OPTIONS)}", at_name(body, key))
            if token(value) not in _OPTIONS[key]:
                raise XContentParse(f"[combined_fields] {key} doesn't support values of type: {token(value)}", at_value(body, key))
            try:
                found["query_name" if key == "_name" else key] = _read(body, key, ctx)
            except NeedsPositions:
                raise
            except ApiError as error:
                at = stood(error) or (at_end(value) if isinstance(value, list) else at_value(body, key))
                raise XContentParse(f"[combined_fields] failed to parse field [{key}]", at, cause=error) from None
        if "query" not in found:
            raise IllegalArgument("Required [query]")
        base = {key: found[key] for key in ("boost", "query_name") if key in found}
        return cls(
            found["query"], found.get("fields", {}), found.get("operator", "or").lower(), found.get("minimum_should_match"),
            found.get("zero_terms_query", "none").lower(), **base,
        )

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if not self.fields:
            raise IllegalArgument("In [combined_fields] query, at least one field must be provided")
        weights = self.weights(shard)
        if not weights:
            return MatchNothing()
        words = self.words(shard, weights)
        if not words:
            return MatchEverything(boost) if self.zero_terms == "all" else MatchNothing()
        return joined([self.position(shard, weights, group, boost, scored) for group in words], self.how, scored)

    @property
    def how(self) -> Analysis:
        """How the words are joined."""
        return Analysis(operator=self.operator, minimum=self.minimum)

    def words(self, shard: ShardSearch, weights: dict[str, float]) -> list[list[str]]:
        """The words of each position, as all fields have them."""
        first = shard.field(next(iter(weights)))
        assert first is not None
        return positions(first.search_analyzer.tokens(self.query))

    def weights(self, shard: ShardSearch) -> dict[str, float]:
        """Paths with weights. Raises IllegalArgument for fields that cannot be one."""
        out: dict[str, float] = {}
        analyzer: Any = None
        fields = resolve_fields(shard, self.fields)
        known = [one for one in map(shard.field, fields) if one is not None and one.is_text]
        if any(similarity_named(one, shard).kind != "BM25" for one in known):
            raise IllegalArgument("[combined_fields] queries cannot be used with per-field similarities")
        for name, weight in fields.items():
            found = shard.field(name)
            if found is None:
                continue
            if not found.is_text:
                raise IllegalArgument(f"Field [{found.path}] of type [{found.name}] does not support [combined_fields] queries")
            if analyzer is not None and found.search_analyzer.name != analyzer:
                raise IllegalArgument("All fields in [combined_fields] query must have the same search analyzer")
            analyzer = found.search_analyzer.name
            out[found.path] = weight
        return out

    def position(self, shard: ShardSearch, weights: dict[str, float], words: list[str], boost: Any, scored: bool) -> Bound:
        """The words of one position on all fields."""
        df = joined_doc_freq(shard, weights, words)
        if df == 0:
            return MatchNothing()
        scorer = None
        if scored:
            found = joined_statistics(shard, weights)
            doc_count, total = found.doc_count, found.total_terms
            first = shard.field(next(iter(weights)))
            assert first is not None
            options = similarity_named(first, shard).options
            scorer = bm25.scorer(
                bm25.idf(df, doc_count), boost, doc_count, total, k1_factor=shard.behaviour.bm25_k1_factor,
                k1=options.get("k1", 1.2), b=options.get("b", 0.75),
            )
        norms = frozenset(bool(one.get("norms")) for one in map(shard.field, weights) if one is not None)
        return CombinedTerms(weights, tuple(words), scorer, norms)


QUERIES = (CombinedFields,)
