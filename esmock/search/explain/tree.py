"""How a score came about, as Lucene tells it: a tree of values with descriptions.

Source: recordings of 7.10.2.
Differs: queries whose explanation is not known here raise Unsupported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.addition import in_order
from esmock.errors import Unsupported
from esmock.search import bm25
from esmock.search.lucene.describe import describe, top
from esmock.search.lucene.explanation import exact, node, single
from esmock.search.lucene.node import (
    FILTER,
    MUST,
    MUST_NOT,
    SHOULD,
    Around,
    Boolean,
    Boost,
    Constant,
    DisMax,
    Joined,
    Leaf,
    Lucene,
    Nothing,
    lucene_doc,
)
from esmock.search.query.base import F32 as F32N
from esmock.search.query.terms import similarity_named
from esmock.search.sort_values import lucene_base

if TYPE_CHECKING:
    from esmock.search.query.base import Bound, Query
    from esmock.search.query.shard import FieldStatistics, ShardSearch

Json = Any
_IDF = "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:"


@dataclass(slots=True)
class Explainer:
    """Explains documents of one shard."""

    ONE: ClassVar[Any] = F32N(1)

    shard: ShardSearch
    _bound: dict[Any, Bound] = field(default_factory=dict)
    _made: dict[tuple[int, bool], Lucene] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # what is explained leaves no mark on the hits
        self.shard = self.shard.bare()

    def made(self, query: Query, *, is_top: bool = False) -> Lucene:
        """The query as Lucene runs it, made once."""
        found = self._made.get((id(query), is_top))
        if found is None:
            described = (top if is_top else describe)(query, self.shard)
            found = self._made[id(query), is_top] = described.rewritten()
        return found

    def bound(self, leaf: Leaf | Joined | Around | Constant, boost: Any) -> Bound:
        """A leaf bound once."""
        key = (id(leaf), float(boost))
        found = self._bound.get(key)
        if found is None:
            if leaf.bind is None:
                raise Unsupported(f"explanation of query [{leaf.kind}]")
            found = self._bound[key] = leaf.bind(self.shard, boost)
        return found

    def explained(self, query: Query, segment: Any, doc: int) -> tuple[bool, Json]:
        """Whether a document matches a search's query as its tree has it, and the tree."""
        return self.of(self.made(query, is_top=True), segment, doc, F32N(1))

    def matches(self, query: Query, segment: Any, doc: int) -> bool:
        """Whether a document matches."""
        return self._is_match(self.made(query), segment, doc)

    def query(self, query: Query, segment: Any, doc: int) -> Json:
        """The tree of a query on a document. Raises Unsupported for kinds that are not known."""
        return self.of(self.made(query), segment, doc, F32N(1))[1]

    def top(self, query: Query, segment: Any, doc: int) -> Json:
        """The tree of a search's query, with the filter that keeps nested objects out."""
        return self.explained(query, segment, doc)[1]

    def _is_match(self, made: Lucene, segment: Any, doc: int) -> bool:
        is_around = isinstance(made, Around) and made.is_only_scoring
        if is_around or isinstance(made, Boost) or (isinstance(made, Constant) and made.bind is None):
            return self._is_match(made.inner, segment, doc)  # type: ignore[attr-defined]
        if isinstance(made, DisMax):
            return any(self._is_match(one, segment, doc) for one in made.queries)
        if isinstance(made, Boolean):
            required = all(self._is_match(one, segment, doc) for one in (*made.of(MUST), *made.of(FILTER)))
            if not required or any(self._is_match(one, segment, doc) for one in made.of(MUST_NOT)):
                return False
            needed = max(made.needed, 0 if made.of(MUST) or made.of(FILTER) else 1)
            return sum(self._is_match(one, segment, doc) for one in made.of(SHOULD)) >= needed
        if made.kind == "MatchAllDocsQuery":
            return True
        if made.kind == "MatchNoDocsQuery":
            return False
        assert isinstance(made, Leaf | Joined | Around | Constant)
        return bool(self.bound(made, F32N(1)).match(segment).match[doc])

    def of(self, made: Lucene, segment: Any, doc: int, boost: Any) -> tuple[bool, Json]:
        """Whether a document matches, and why."""
        if isinstance(made, Boost):
            return self.of(made.inner, segment, doc, F32N(made.boost) * boost)
        if isinstance(made, Boolean):
            return self._bool(made, segment, doc, boost)
        if isinstance(made, DisMax):
            return self._dis_max(made, segment, doc, boost)
        if isinstance(made, Nothing):
            return False, node(0.0, made.reason)
        if isinstance(made, Joined):
            return self._nested(made, segment, doc, boost)
        if isinstance(made, Around) and made.explained is not None:
            return made.explained(made, self, segment, doc, boost)  # type: ignore[no-any-return]
        if isinstance(made, Leaf) and made.explained is not None:
            return made.explained(self, segment, doc, boost)  # type: ignore[no-any-return]
        if isinstance(made, Leaf) and made.kind in _SCORED:
            return self._leaf(made, segment, doc, boost)
        return self._constant(made, segment, doc, boost)

    def unscored(self, made: Lucene, segment: Any, doc: int) -> tuple[bool, Json]:
        """Why a document matches where scores do not count: boosts are gone, and values are not looked at."""
        while isinstance(made, Boost | Constant) or (isinstance(made, Around) and made.is_only_scoring):
            made = made.inner
        words = made.unscored().text() if isinstance(made, Boolean) else made.text()
        return self._constant(made, segment, doc, self.ONE, words=words)

    def bare(self, made: Lucene, segment: Any, doc: int) -> tuple[bool, Json]:
        """The same of a query that is run as it is, with no cache around it which would tell no more than whether it matches."""
        while isinstance(made, Boost) or (isinstance(made, Around) and made.is_only_scoring):
            made = made.inner
        if isinstance(made, Boolean):
            return self._bool(made.unscored(), segment, doc, self.ONE, scored=False)
        if isinstance(made, DisMax) and not self._is_match(made, segment, doc):
            return self._dis_max(made, segment, doc, self.ONE)
        if isinstance(made, Leaf) and made.kind in _SCORED and not self._is_match(made, segment, doc):
            return self.of(made, segment, doc, self.ONE)
        return self.unscored(made, segment, doc)

    def _constant(
        self, made: Lucene, segment: Any, doc: int, boost: Any, *, words: str | None = None
    ) -> tuple[bool, Json]:
        words = words or (made.by_values if isinstance(made, Leaf | Constant) else None) or made.text()
        if not self._is_match(made, segment, doc):
            return False, node(0.0, f"{words} doesn't match id {lucene_doc(segment, doc, self.shard.mapping)}")
        return True, node(float(boost), words + ("" if boost == 1.0 else f"^{single(float(boost))}"))

    def _bool(self, made: Boolean, segment: Any, doc: int, boost: Any, *, scored: bool = True) -> tuple[bool, Json]:
        subs: list[Json] = []
        fails = False
        matched = optional = 0
        score = 0.0
        for sign, one in made.clauses:
            counts = sign in (MUST, SHOULD)
            found, why = self.of(one, segment, doc, boost) if scored and counts else self.unscored(one, segment, doc)
            if not found:
                if sign in (MUST, FILTER):
                    subs.append(node(0.0, f"no match on required clause ({one.text()})", [why]))
                    fails = True
                continue
            matched += sign != MUST_NOT
            optional += sign == SHOULD
            if counts:
                subs.append(why)
                score += self._score(one, segment, doc, boost, why)
            elif sign == FILTER:
                subs.append(node(0.0, "match on required clause, product of:", [node(0.0, "# clause"), why]))
            else:
                subs.append(node(0.0, f"match on prohibited clause ({one.text()})", [why]))
                fails = True
        if fails:
            return False, node(0.0, "Failure to meet condition(s) of required/prohibited clause(s)", subs)
        if not matched:
            return False, node(0.0, "No matching clauses", subs)
        if optional < made.needed:
            return False, node(0.0, f"Failure to match minimum number of optional clauses: {made.needed}", subs)
        return True, node(score, "sum of:", subs)

    def _score(self, made: Lucene, segment: Any, doc: int, boost: Any, why: Json) -> float:
        """The score of a clause, which its explanation need not tell."""
        while isinstance(made, Boost):
            boost, made = F32N(made.boost) * boost, made.inner
        if isinstance(made, Leaf) and made.score is not None:
            return made.score(segment, doc)
        if isinstance(made, Around) and made.score is not None:
            return made.score(made, self, segment, doc, boost)
        return float(why["value"])

    def _dis_max(self, made: DisMax, segment: Any, doc: int, boost: Any) -> tuple[bool, Json]:
        found = [self.of(one, segment, doc, boost) for one in made.queries]
        subs = [why for is_match, why in found if is_match]
        if not subs:
            missed = [why for _, why in found] if self.shard.behaviour.lucene_nine else []
            return False, node(0.0, "No matching clause", missed)
        values = [float(one["value"]) for one in subs]
        best = max(values)
        score = best + (in_order(values) - best) * made.tie
        words = "max of:" if made.tie == 0 else f"max plus {single(made.tie)} times others of:"
        return True, node(score, words, subs)

    def _nested(self, made: Joined, segment: Any, doc: int, boost: Any) -> tuple[bool, Json]:
        bound: Any = self.bound(made, boost)
        if not bound.match(segment).match[doc]:
            return False, node(0.0, "Not a match")
        view = segment.nested(bound.path)
        hits = bound.inner.match(view)
        mine = np.flatnonzero(hits.match & (view.places_in(segment)[0] == doc))
        best = int(mine[int(np.argmax(hits.score[mine]))]) if hits.score is not None else int(mine[0])
        last = lucene_doc(segment, doc, self.shard.mapping)
        first = lucene_doc(segment, doc - 1, self.shard.mapping) + 1 if doc else 0
        score = bound.match(segment).score
        why = self.of(made.inner, view, best, boost)[1]
        base = lucene_base(self.shard.reader, segment if segment.path is None else segment.root)
        first, last = first + base, last + base
        tail = "best match:"
        if self.shard.behaviour.lucene_nine:
            tail = f"using score mode {_SCORE_MODES[bound.mode]}"
        if bound.mode == "none":
            why = node(0.0, f"ConstantScore({made.parts()[0].text()})^0.0")
        words = f"Score based on {len(mine)} child docs in range from {first} to {last - 1}, {tail}"
        return True, node(float(score[doc]) if score is not None else 0.0, words, [why])

    def _leaf(self, made: Leaf, segment: Any, doc: int, boost: Any) -> tuple[bool, Json]:
        """A scored term or phrase."""
        bound: Any = self.bound(made, boost)
        hits = bound.match(segment)
        matched = bool(hits.match[doc])
        score = float(hits.score[doc]) if hits.score is not None else 0.0
        explain = _EXPLAINED.get(type(bound).__name__)
        if explain is None:
            return self._constant(made, segment, doc, boost)
        return matched, explain(self, bound, segment, doc, matched, score, made)


def _term(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    return _weight(self, bound, segment, doc, matched, score, f"{bound.path}:{bound.term}", [bound.term], made.doc_freq)


def _column_term(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    value = bound.value
    if not matched:
        return node(0.0, "no matching term")
    scorer = bound.scorer
    if scorer is None:
        return node(0.0, f"ConstantScore({made.words})^0.0")
    stats = self.shard.statistics(bound.path)
    idf = _idf(self, bound.path, value, stats, made.doc_freq)
    norms = bound.norms(segment)
    return _wrapped(self, bound, segment, doc, score, made.words, scorer, idf, 1.0, None if norms is None else norms[doc], stats)


def _combined(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    from esmock.search.query.combined_fields import joined_doc_freq, joined_statistics

    if not matched:
        return node(0.0, "no matching term")
    _, freqs, lengths = bound.sums(segment)
    stats = joined_statistics(self.shard, bound.weights)
    n = joined_doc_freq(self.shard, bound.weights, bound.words)
    freq, norms = float(freqs[doc]), bound.encoded(lengths[doc : doc + 1])
    often = node(freq, f"termFreq={single(freq)}")
    first = self.shard.field(next(iter(bound.weights)))
    assert first is not None
    options = similarity_named(first, self.shard).options
    why = _bm25(options, score, bound.scorer, _idf_of(n, stats), often, None if norms is None else norms[0], stats)
    return node(score, f"weight({made.words} in {lucene_doc(segment, doc, self.shard.mapping)}), result of:", [why])


def _synonyms(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    words = " ".join(f"{bound.path}:{term}" for term in sorted(bound.terms))
    return _weight(self, bound, segment, doc, matched, score, f"Synonym({words})", list(bound.terms))


def _weight(
    self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, words: str, terms: list[str],
    doc_freq: int | None = None,
) -> Json:
    if not matched:
        return node(0.0, "no matching term")
    if bound.scorer is None:
        return node(0.0, f"ConstantScore({words})^0.0")
    stats = self.shard.statistics(bound.path)
    postings = segment.postings(bound.path)
    freq = 0
    for term in terms:
        docs, freqs = postings.of(term)
        freq += int(freqs[docs == doc].sum())
    df = max((self.shard.scoring_doc_freq(bound.path, term), term) for term in terms)[1]
    norms = postings.norms[doc] if bound.has_norms else None
    return _wrapped(self, bound, segment, doc, score, words, bound.scorer, _idf(self, bound.path, df, stats, doc_freq), float(freq), norms, stats)


def _idf(self: Explainer, path: str, term: Any, stats: Any, doc_freq: int | None = None) -> Json:
    return _idf_of(self.shard.scoring_doc_freq(path, term, doc_freq or None), stats)


def _idf_of(n: int, stats: Any) -> Json:
    return node(
        float(bm25.idf(n, stats.doc_count)), _IDF,
        [exact(n, "n, number of documents containing term"), exact(stats.doc_count, "N, total number of documents with field")],
    )


def _wrapped(
    self: Explainer, bound: Any, segment: Any, doc: int, score: float, words: str, scorer: Any, idf: Json, freq: float,
    norm: Any, stats: Any, *, path: str | None = None,
) -> Json:
    from esmock.search.explain import similarity

    found = self.shard.kept_field(path or bound.path)
    assert found is not None
    own = similarity_named(found, self.shard)
    is_phrase = type(bound).__name__ in ("Phrase", "SpanBound")
    often = node(freq, f"phraseFreq={single(freq)}" if is_phrase else "freq, occurrences of term within document")
    if own.kind == "BM25":
        why = _bm25(own.options, score, scorer, idf, often, norm, stats)
    elif own.kind == "boolean":
        why = similarity.boolean(score)
    else:
        why = similarity.model(self.shard, scorer, often, norm)
    at = lucene_doc(segment, doc, self.shard.mapping)
    by = "BM25Similarity" if self.shard.scores_alike else "PerFieldSimilarity"
    return node(score, f"weight({words} in {at}) [{by}], result of:", [why])


def explained_word(
    self: Explainer, segment: Any, doc: int, words: str, scorer: Any, doc_freq: int, stats: FieldStatistics
) -> Json:
    """Why a document scores as it does by a word that it has once, in a field without norms."""
    often = node(1.0, "freq, occurrences of term within document")
    score = float(scorer.score(np.ones(1, F32N), None)[0])
    why = _bm25({}, score, scorer, _idf_of(doc_freq, stats), often, None, stats)
    return node(score, f"weight({words} in {lucene_doc(segment, doc, self.shard.mapping)}) [PerFieldSimilarity], result of:", [why])


def _bm25(options: Any, score: float, scorer: Any, idf: Json, often: Json, norm: Any, stats: Any) -> Json:
    freq = float(often["value"])
    k1, b = options.get("k1", 1.2), options.get("b", 0.75)
    details = []
    boost = float(np.float32(scorer.weight) / np.float32(idf["value"]))
    boost = scorer.boost if getattr(scorer, "boost", None) is not None else boost
    if float(boost) != 1.0:
        details.append(node(boost, "boost"))
    details.append(idf)
    inner = [often, node(k1, "k1, term saturation parameter")]
    formula = "tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:"
    # ES: a field without norms counts as one of length 1
    byte = 1 if norm is None else int(norm)
    length = float(bm25.lengths()[byte])
    inner += [
        node(b, "b, length normalization parameter"),
        node(length, "dl, length of field (approximate)" if length > 39 else "dl, length of field"),
        node(float(np.float32(stats.total_terms / stats.doc_count)), "avgdl, average length of field"),
    ]
    inverse = scorer.norm_inverse[byte]
    tf = np.float32(1) - np.float32(1) / (np.float32(1) + np.float32(freq) * inverse)
    details.append(node(float(tf), formula, inner))
    text = f"score(freq={single(freq)}), computed as boost * idf * tf from:"
    return node(score, text, details)


def _phrase(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    if not matched:
        postings = segment.postings(bound.path)
        has_all = all(any(doc in postings.of(term)[0] for term in terms) for _, terms in bound.slots)
        return node(0.0, "no matching phrase" if has_all else "no matching terms")
    stats = self.shard.statistics(bound.path)
    parts = [_idf(self, bound.path, term, stats) for _, terms in bound.slots for term in terms]
    idf = node(float(bm25.phrase_idf([np.float32(one["value"]) for one in parts])), "idf, sum of:", parts)
    freq = float(bound.frequencies(segment)[doc])
    norm = segment.postings(bound.path).norms[doc] if bound.has_norms else None
    return _wrapped(self, bound, segment, doc, score, made.words, bound.scorer, idf, freq, norm, stats)


def _spans(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    spans = bound.spans
    if not matched or bound.scorer is None:
        return node(0.0, "no matching term")
    stats = self.shard.statistics(spans.field)
    known = sorted({(path, term) for path, term in spans.terms if self.shard.doc_freq(path, term)})
    parts = [_idf(self, path, term, stats) for path, term in known]
    idf = parts[0]
    if len(parts) > 1:
        idf = node(float(bm25.phrase_idf([np.float32(one["value"]) for one in parts])), "idf, sum of:", parts)
    freq = float(bound.frequency(segment, doc))
    norms = bound.norms(segment)
    norm = None if norms is None else norms[doc]
    return _wrapped(self, bound, segment, doc, score, made.words, bound.scorer, idf, freq, norm, stats, path=spans.field)


def _nothing(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, made: Leaf) -> Json:
    return node(0.0, "no matching terms" if "Phrase" in made.kind else "no matching term")


_SCORED = ("TermQuery", "SynonymQuery", "PhraseQuery", "MultiPhraseQuery", "SpanTermQuery", "SpanNearQuery", "SpanOrQuery", "SpanFirstQuery",
           "SpanNotQuery", "SpanContainingQuery", "SpanWithinQuery", "FieldMaskingSpanQuery", "SpanMatchNoDocsQuery", "CombinedFieldQuery")
_SCORE_MODES = {"avg": "Avg", "max": "Max", "min": "Min", "sum": "Total", "none": "None"}
_EXPLAINED: dict[str, Any] = {
    "TextTerm": _term,
    "ColumnTerm": _column_term,
    "SynonymTerms": _synonyms,
    "CombinedTerms": _combined,
    "Phrase": _phrase,
    "SpanBound": _spans,
    "MatchNothing": _nothing,
}
