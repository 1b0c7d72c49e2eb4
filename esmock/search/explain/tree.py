"""How a score came about, as Lucene tells it: a tree of values with descriptions.

Source: recordings of 7.10.2.
Differs: queries whose explanation is not known here raise Unsupported.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Unsupported
from esmock.search import bm25
from esmock.search.explain.words import query_words
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.query.base import Bound, Query
    from esmock.search.query.shard import ShardSearch

Json = Any
_IDF = "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:"


def node(value: float, description: str, details: list[Json] | None = None) -> dict[str, Json]:
    """One node; the value is a 32-bit one."""
    return {"value": F32(float(np.float32(value))), "description": description, "details": details or []}


def _count(value: int, description: str) -> dict[str, Json]:
    return {"value": value, "description": description, "details": []}


@dataclass(slots=True)
class Explainer:
    """Explains documents of one shard."""

    shard: ShardSearch
    _bound: dict[int, Bound] = field(default_factory=dict)

    def bound(self, query: Query) -> Bound:
        """The query bound once."""
        found = self._bound.get(id(query))
        if found is None:
            found = self._bound[id(query)] = query.bind(replace(self.shard, named={}, inner_hits={}), True)
        return found

    def matches(self, query: Query, segment: Any, doc: int) -> bool:
        return bool(self.bound(query).match(segment).match[doc])

    def query(self, query: Query, segment: Any, doc: int) -> Json:
        """The tree of a query on a document."""
        return self.of(self.bound(query), segment, doc, query)

    def top(self, query: Query, segment: Any, doc: int) -> Json:
        """The tree of a search's query, with the filter that keeps nested objects out."""
        tree = self.query(query, segment, doc)
        if not self.shard.mapping.nested_paths or not may_match_nested(self.bound(query), query):
            return tree
        if type(query).name == "match_all":
            shown = "" if query.boost == 1.0 else f"^{_java(query.boost)}"
            return node(query.boost, "ConstantScore(DocValuesFieldExistsQuery [field=_primary_term])" + shown)
        keeps = node(1.0, "DocValuesFieldExistsQuery [field=_primary_term]")
        required = node(0.0, "match on required clause, product of:", [node(0.0, "# clause"), keeps])
        return node(tree["value"], "sum of:", [tree, required])

    def of(self, bound: Any, segment: Any, doc: int, query: Query | None = None) -> Json:
        """The tree of a bound query. Raises Unsupported for kinds that are not known."""
        kind = type(bound).__name__
        explain = _EXPLAINED.get(kind)
        if explain is None:
            raise Unsupported(f"explanation of query [{type(query).name if query is not None else kind}]")
        hits = bound.match(segment)
        score = float(hits.score[doc]) if hits.score is not None else 0.0
        return explain(self, bound, segment, doc, bool(hits.match[doc]), score, query)


def may_match_nested(bound: Any, query: Any = None) -> bool:
    """Whether Elasticsearch reckons that a query could match nested objects."""
    kind = type(bound).__name__
    if kind in ("TextTerm", "ColumnTerm", "MatchNothing", "NestedBound"):
        return False
    name = type(query).name if query is not None else ""
    if name in ("term", "terms", "range") or (name == "constant_score" and type(query.filter).name in ("term", "terms", "range")):
        return False
    if kind == "BoolBound":
        required = [*bound.must, *bound.filter]
        if required:
            return all(may_match_nested(one) for one in required)
        return any(may_match_nested(one) for one in bound.should)
    return True


def lucene_doc(segment: Any, doc: int, mapping: Any) -> int:
    """The number of a document in its Lucene segment, where nested objects stand before their document."""
    if segment.path is not None:
        return _nested_doc(segment, doc, mapping)
    before = doc
    for path in mapping.nested_paths:
        before += int(np.searchsorted(segment.nested(path).root_docs(), doc, side="right"))
    return before


def _nested_doc(view: Any, doc: int, mapping: Any) -> int:
    """The number of a nested object: after those inside it and those before it, as far as they lie on its own path."""
    root = int(view.root_docs()[doc])
    first = lucene_doc(view.root, root - 1, mapping) + 1 if root else 0
    inside = [view.nested(path) for path in mapping.nested_paths if path.startswith(view.path + ".")]
    low = int(np.searchsorted(view.root_docs(), root))
    count = doc - low
    for one in inside:
        owners = one.parents
        above = one.parent
        while above is not view:
            owners = above.parents[owners]
            above = above.parent
        count += int(((owners >= low) & (owners <= doc)).sum())
    return first + count


def _term(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    return _weight(self, bound, segment, doc, matched, score, f"{bound.path}:{bound.term}", [bound.term])


def _column_term(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    value = bound.value
    shown = ("T" if value else "F") if isinstance(value, bool | np.bool_) else str(value)
    if not matched:
        return node(0.0, "no matching term")
    scorer = bound.scorer
    if scorer is None:
        return node(0.0, f"ConstantScore({bound.path}:{shown})^0.0")
    stats = self.shard.statistics(bound.path)
    idf = _idf(self, bound.path, value, stats)
    return _wrapped(self, bound, segment, doc, score, f"{bound.path}:{shown}", scorer, idf, 1.0, None, stats)


def _synonyms(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    words = " ".join(f"{bound.path}:{term}" for term in sorted(bound.terms))
    return _weight(self, bound, segment, doc, matched, score, f"Synonym({words})", list(bound.terms))


def _weight(
    self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, words: str, terms: list[str]
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
    df = max((self.shard.doc_freq(bound.path, term), term) for term in terms)[1]
    norms = postings.norms[doc] if bound.has_norms else None
    return _wrapped(self, bound, segment, doc, score, words, bound.scorer, _idf(self, bound.path, df, stats), float(freq), norms, stats)


def _idf(self: Explainer, path: str, term: Any, stats: Any) -> Json:
    n = self.shard.doc_freq(path, term)
    return node(
        float(bm25.idf(n, stats.doc_count)), _IDF,
        [_count(n, "n, number of documents containing term"), _count(stats.doc_count, "N, total number of documents with field")],
    )


def _wrapped(
    self: Explainer, bound: Any, segment: Any, doc: int, score: float, words: str, scorer: Any, idf: Json, freq: float,
    norm: Any, stats: Any,
) -> Json:
    from esmock.search.query.terms import similarity_of

    found = self.shard.field(bound.path)
    assert found is not None
    _, k1, b = similarity_of(found, self.shard)
    details = []
    boost = float(np.float32(scorer.weight) / np.float32(idf["value"]))
    boost = scorer.boost if getattr(scorer, "boost", None) is not None else boost
    if float(boost) != 1.0:
        details.append(node(boost, "boost"))
    details.append(idf)
    label = "phraseFreq=" if type(bound).__name__ == "Phrase" else "occurrences of term within document"
    shown = "phraseFreq=" + str(F32(freq)) if label.startswith("phraseFreq") else "freq, " + label
    inner = [node(freq, shown), node(k1, "k1, term saturation parameter")]
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
    text = f"score(freq={_java(freq)}), computed as boost * idf * tf from:"
    at = lucene_doc(segment, doc, self.shard.mapping)
    return node(score, f"weight({words} in {at}) [PerFieldSimilarity], result of:", [node(score, text, details)])


def _java(number: float) -> str:
    from esmock.xcontent.java_number import java_float

    return java_float(float(np.float32(number)))


def _phrase(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    if not matched:
        return node(0.0, "no matching term")
    stats = self.shard.statistics(bound.path)
    parts = [_idf(self, bound.path, term, stats) for _, terms in bound.slots for term in terms]
    idf = node(float(bm25.phrase_idf([np.float32(one["value"]) for one in parts])), "idf, sum of:", parts)
    freq = float(bound.frequencies(segment)[doc])
    norm = segment.postings(bound.path).norms[doc] if bound.has_norms else None
    words = '"' + " ".join(terms[0] if len(terms) == 1 else f"({' '.join(terms)})" for _, terms in bound.slots) + '"'
    slop = f"~{bound.slop}" if bound.slop else ""
    return _wrapped(self, bound, segment, doc, score, f"{bound.path}:{words}{slop}", bound.scorer, idf, freq, norm, stats)


def _bool(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    subs = []
    for number, one in enumerate(bound.must):
        inner = self.of(one, segment, doc)
        if not one.match(segment).match[doc]:
            child = getattr(query, "must", [])
            own = child[number] if isinstance(child, list) and number < len(child) else None
            inner = node(0.0, f"no match on required clause ({query_words(one, own)})", [inner])
        subs.append(inner)
    for number, one in enumerate(bound.filter):
        child = getattr(query, "filter", [])
        own = child[number] if isinstance(child, list) and number < len(child) else None
        words = query_words(one, own)
        if not one.match(segment).match[doc]:
            subs.append(node(0.0, f"no match on required clause ({words})", [node(0.0, "no matching term")]))
        elif len(bound.filter) == 1 and not (bound.must or bound.should or bound.must_not):
            # ES: a lone filter is rewritten to a constant score of 0
            return node(0.0, f"ConstantScore({words})^0.0")
        else:
            subs.append(node(0.0, "match on required clause, product of:", [node(0.0, "# clause"), node(1.0, words)]))
    for one in bound.should:
        if one.match(segment).match[doc]:
            subs.append(self.of(one, segment, doc))
    if not matched:
        required = bound.must or bound.filter
        words = "Failure to meet condition(s) of required/prohibited clause(s)" if required else "No matching clauses"
        return node(0.0, words, subs)
    return node(score, "sum of:", subs)


def _dis_max(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    subs = [self.of(one, segment, doc) for one in bound.queries if one.match(segment).match[doc]]
    if not subs:
        return node(0.0, "No matching clause")
    tie = bound.tie_breaker
    return node(score, "max of:" if tie == 0 else f"max plus {_java(tie)} times others of:", subs)


def _everything(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    return node(score, "*:*" + ("" if score == 1.0 else f"^{_java(score)}"))


def _nothing(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    return node(0.0, "no matching term")


def _constant(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    words = query_words(bound, query)
    if not matched:
        return node(0.0, f"{words} doesn't match id {lucene_doc(segment, doc, self.shard.mapping)}")
    return node(score, words + ("" if score == 1.0 else f"^{_java(score)}"))


def _nested(self: Explainer, bound: Any, segment: Any, doc: int, matched: bool, score: float, query: Any) -> Json:
    if not matched:
        return node(0.0, "Not a match")
    from esmock.search.query.joining import _parents_in

    view = segment.nested(bound.path)
    hits = bound.inner.match(view)
    mine = np.flatnonzero(hits.match & (_parents_in(view, segment) == doc))
    best = int(mine[int(np.argmax(hits.score[mine]))]) if hits.score is not None else int(mine[0])
    last = lucene_doc(segment, doc, self.shard.mapping)
    first = lucene_doc(segment, doc - 1, self.shard.mapping) + 1 if doc else 0
    words = f"Score based on {len(mine)} child docs in range from {first} to {last - 1}, best match:"
    return node(score, words, [self.of(bound.inner, view, best)])


_EXPLAINED: dict[str, Any] = {
    "TextTerm": _term,
    "ColumnTerm": _column_term,
    "SynonymTerms": _synonyms,
    "Phrase": _phrase,
    "BoolBound": _bool,
    "DisMaxBound": _dis_max,
    "MatchEverything": _everything,
    "MatchNothing": _nothing,
    "Constant": _constant,
    "PatternTerms": _constant,
    "NestedBound": _nested,
}
