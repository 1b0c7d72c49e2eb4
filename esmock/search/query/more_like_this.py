"""Documents like others. Docs: query-dsl-mlt-query.

The terms of the liked texts and documents are weighed by frequency and rarity; the best of them are searched for.
Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, NullPointer, NumberFormat, Parsing
from esmock.mapping.parameter import java_class
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.compound import BoolBound
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.parse import boolean_value, float_value, int_value, text
from esmock.search.query.terms import ids_mask, term_query
from esmock.search.sort_values import lucene_docs
from esmock.store.column import utf8_order
from esmock.xcontent.java_length import utf16_length
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_end, at_value
from esmock.xcontent.value_reader import long_

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class Item:
    """A document that is liked or not: one of an index, or one given with the query."""

    index: str | None = None
    doc_id: str | None = None
    doc: Json = None
    fields: list[str] | None = None
    analyzers: dict[str, str] = field(default_factory=dict)
    routing: str | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Item:
        """Raises ElasticsearchParse."""
        failed = "failed to parse More Like This item."
        out = cls()
        for key in body:
            value = body[key]
            if key == "_index":
                out.index = text(body, key, ctx)
            elif key == "_id":
                out.doc_id = text(body, key, ctx)
            elif key == "_type" and ctx.behaviour.major < 8:
                ctx.warn(
                    "[types removal] Types are deprecated in [more_like_this] queries. The type should no longer be specified in the "
                    "[like] and [unlike] sections."
                )
            elif key == "doc":
                out.doc = value
            elif key == "fields":
                if not isinstance(value, list):
                    raise ElasticsearchParse(f"{failed} field [fields] must be an array")
                out.fields = [text(value, at, ctx) for at in range(len(value))]
            elif key == "per_field_analyzer":
                out.analyzers = _analyzers(value)
            elif key == "routing":
                out.routing = text(body, key, ctx)
            elif key == "version":
                long_(body, key)
            elif key == "version_type":
                if (kind := text(body, key, ctx)) not in ("internal", "external", "external_gte"):
                    raise IllegalArgument(f"No version type match [{kind}]")
            else:
                raise ElasticsearchParse(f"{failed} unknown field [{key}]")
        if out.doc_id is not None and out.doc is not None:
            raise ElasticsearchParse(f"{failed} either [id] or [doc] can be specified, but not both!")
        if out.doc_id is None and out.doc is None:
            raise ElasticsearchParse(f"{failed} neither [id] nor [doc] is specified!")
        return out


def _analyzers(given: Json) -> dict[str, str]:
    """Analyzers by field; what is no object says nothing. Raises ElasticsearchParse, NullPointer."""
    if not isinstance(given, dict):
        return {}
    for name, one in given.items():
        if one is None:
            what = 'Cannot invoke "Object.getClass()" because the return value of "java.util.Map$Entry.getValue()" is null'
            raise NullPointer(what)
        if not isinstance(one, str):
            raise ElasticsearchParse(f"expecting the analyzer at [{name}] to be a String, but found [class {java_class(one)}] instead")
    return dict(given)


_NUMBERS = ("max_query_terms", "min_term_freq", "min_doc_freq", "max_doc_freq", "min_word_length", "max_word_length")


@dataclass(slots=True)
class Selection:
    """Which terms count."""

    max_query_terms: int = 25
    min_term_freq: int = 2
    min_doc_freq: int = 5
    max_doc_freq: int = 2**31 - 1
    min_word_length: int = 0
    max_word_length: int = 0
    stop_words: frozenset[str] = frozenset()

    def is_noise(self, word: str) -> bool:
        length = utf16_length(word)
        return (
            (self.min_word_length > 0 and length < self.min_word_length)
            or (self.max_word_length > 0 and length > self.max_word_length)
            or word in self.stop_words
        )


@dataclass(slots=True)
class Unread(Bound):
    """Texts on a field that is not mapped, whose analyzer 8.x asks for in vain when it searches."""

    path: str

    def match(self, segment: Any) -> Hits:
        error = IllegalArgument(f"No analyzer configured for field {self.path}")
        error.in_rewrite = True  # type: ignore[attr-defined]
        raise error


@dataclass(slots=True)
class MoreLikeThis(Query):
    """Docs: query-dsl-mlt-query."""

    name = "more_like_this"
    like: list[str | Item]
    unlike: list[str | Item] = field(default_factory=list)
    fields: list[str] | None = None
    selection: Selection = field(default_factory=Selection)
    analyzer: str | None = None
    minimum: str = "30%"
    boost_terms: float = 0.0
    include: bool = False
    fails_on_unsupported: bool = True

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MoreLikeThis:
        out: dict[str, Any] = {"like": []}
        selection = Selection()
        for key in body:
            value = body[key]
            if key in ("like", "unlike") and value is not None:
                out.setdefault(key, []).extend(_likes(body, key, ctx))
            elif key in ("fields", "stop_words") and isinstance(value, list):
                names = [text(value, at, ctx) for at in range(len(value))]
                if key == "fields":
                    out["fields"] = names
                else:
                    selection.stop_words = frozenset(names)
            elif isinstance(value, dict | list):
                raise Parsing(f"[mlt] query does not support [{key}]", at_value(body, key))
            elif value is not None:
                cls._option(out, selection, body, key, ctx)
        if not out["like"]:
            raise Parsing("more_like_this requires 'like' to be specified", at_end(body))
        if out.get("fields") == []:
            raise Parsing("more_like_this requires 'fields' to be non-empty", at_end(body))
        if selection.max_query_terms <= 0:
            raise IllegalArgument("requires 'maxQueryTerms' to be greater than 0")
        return cls(selection=selection, **out)

    @staticmethod
    def _option(out: dict[str, Any], selection: Selection, body: Json, key: str, ctx: ParseContext) -> None:
        if key in _NUMBERS:
            setattr(selection, key, int_value(body, key))
        elif key == "analyzer":
            out["analyzer"] = text(body, key, ctx)
        elif key == "minimum_should_match":
            out["minimum"] = text(body, key, ctx)
        elif key == "boost_terms":
            out["boost_terms"] = float_value(body, key)
        elif key == "include":
            out["include"] = boolean_value(body, key)
        elif key == "fail_on_unsupported_field":
            out["fails_on_unsupported"] = boolean_value(body, key)
        elif key == "boost":
            out["boost"] = float_value(body, key)
        elif key == "_name":
            out["query_name"] = text(body, key, ctx)
        else:
            raise Parsing(f"[mlt] query does not support [{key}]", at_value(body, key))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        fields = self.compared(shard)
        if not fields:
            return MatchNothing()
        first = (self.fields or fields)[0]  # ES: texts are read as the first field reads them
        has_texts = any(isinstance(one, str) for one in (*self.like, *self.unlike))
        if self.analyzer is None and shard.field(first) is None and has_texts and shard.behaviour.major >= 8:
            return Unread(first)
        parts = [self._joined(shard, one, needed, scored, boost) for one, needed in self.chosen(shard, fields)]
        found: Bound = parts[0] if len(parts) == 1 else BoolBound([], [], parts, [], 1, scored, self.boost == 1.0)
        if not self.own_ids or self.include:
            return found
        return BoolBound([], [], [found], [_Ids(self.own_ids)], 1, scored, self.boost == 1.0)

    @property
    def own_ids(self) -> list[str]:
        """The documents that are liked."""
        return [one.doc_id for one in self.like if isinstance(one, Item) and one.doc_id is not None]

    @property
    def likes_documents(self) -> bool:
        """Whether documents are liked, those of the request among them."""
        return any(isinstance(one, Item) for one in self.like)

    @property
    def like_texts(self) -> list[str]:
        return [one for one in self.like if isinstance(one, str)]

    def chosen(self, shard: ShardSearch, fields: list[str]) -> list[tuple[list[tuple[str, str, float | None]], int]]:
        """Groups of the best (field, term, own boost or None), and how many of a group are needed. Raises NumberFormat."""
        out: list[tuple[list[tuple[str, str, float | None]], int]] = []
        for runs in _Terms(shard, self, fields).selected():
            weighed = [
                (path, word, float(F32(F32(F32(self.boost_terms) * F32(score)) / F32(run[0][2]))) if self.boost_terms else None)
                for run in runs
                for path, word, score in run
            ]
            try:
                needed = minimum_should_match(len(weighed), self.minimum)
            except NumberFormat as error:
                error.in_rewrite = True  # type: ignore[attr-defined]
                raise
            out.append((weighed, max(needed, 0)))
        return out

    def compared(self, shard: ShardSearch) -> list[str]:
        """The fields that are compared. Raises IllegalArgument."""
        if self.fields is None:
            default = shard.settings.get("index.query.default_field", "*")
            names = [default] if isinstance(default, str) else list(default)
            if names == ["*"] and any(isinstance(one, str) for one in (*self.like, *self.unlike)):
                raise IllegalArgument(
                    "[more_like_this] query cannot infer the field to analyze the free text, you should update the "
                    "[index.query.default_field] index setting to a field that exists in the mapping or set the [fields] option in the "
                    "query."
                )
            return names
        out = []
        known = [name for name in self.fields if shard.field(name) is not None or shard.identity(name) is not None]
        for name in known or self.fields:
            found = shard.field(name)
            if found is not None and (not (found.is_text or found.name == "keyword") or found.scores_constant):
                if self.fails_on_unsupported:
                    raise IllegalArgument(f"more_like_this only supports text/keyword fields: [{name}]")
                continue
            out.append(name if found is None else found.path)
        return out

    def _joined(
        self, shard: ShardSearch, chosen: list[tuple[str, str, float | None]], needed: int, scored: bool, boost: Any
    ) -> Bound:
        """The chosen terms as a disjunction."""
        if not chosen:
            return MatchNothing()
        clauses = [
            raw_term(shard, path, word, boost if weight is None else F32(weight) * boost, scored) for path, word, weight in chosen
        ]
        return BoolBound([], [], clauses, [], max(needed, 1), scored)


def raw_term(shard: ShardSearch, path: str, word: str, boost: Any, scored: bool) -> Bound:
    """A term as it stands in the index: no analysis, no normalizer."""
    from esmock.search.query.terms import ColumnTerm, bind_term, make_scorer

    found = shard.field(path)
    if found is None:
        return term_query(shard, path, word, boost, scored)
    df = shard.doc_freq(path, word)
    if df == 0:
        return MatchNothing()
    if found.is_text:
        return bind_term(shard, path, found, word, boost, scored, df)
    return ColumnTerm(path, word, make_scorer(shard, found, path, df, boost, words=((word,),)) if scored else None)


@dataclass(slots=True)
class _Ids(Bound):
    """Documents of some ids."""

    values: list[str]

    def match(self, segment: Any) -> Any:
        from esmock.search.query.base import Hits

        return Hits(ids_mask(segment, self.values))


def _likes(body: Json, key: str, ctx: ParseContext) -> list[str | Item]:
    value = body[key]
    if isinstance(value, list):
        return [_like(value, at, ctx) for at in range(len(value))]
    return [_like(body, key, ctx)]


def _like(holder: Json, key: Any, ctx: ParseContext) -> str | Item:
    value = holder[key]
    if isinstance(value, dict):
        return Item.parse(value, ctx)
    if isinstance(value, list) or value is None:
        raise IllegalArgument("Content of 'like' parameter should either be a string or an object")
    return text(holder, key, ctx)


class _Terms:
    """The terms of what is liked, on one shard."""

    def __init__(self, shard: ShardSearch, query: MoreLikeThis, fields: list[str]) -> None:
        self.shard = shard
        self.query = query
        self.fields = fields
        self.n_live = lucene_docs(shard.reader)
        self.skipped = self._skipped()

    def selected(self) -> list[list[list[tuple[str, str, float]]]]:
        """Groups of runs of (field, term, score), ascending by score within each run."""
        out = []
        items = [one for one in self.query.like if isinstance(one, Item)]
        if items:
            vectors = [found for one in items if (found := self._vectors(one)) is not None]
            group: list[list[tuple[str, str, float]]] = []
            for path in hash_order(dict.fromkeys(path for one in vectors for path in one)):
                counts: Counter[str] = Counter()
                for one in vectors:
                    counts.update(self._kept(path, one.get(path, {})))
                group.append(self._best(counts, (path,)))
            out.append(group)
        texts = [one for one in self.query.like if isinstance(one, str)]
        if texts:
            counts = Counter()
            for value in texts:
                counts.update(self._kept(self.fields[0], Counter(self._analyzed(value))))
            out.append([self._best(counts, tuple(self.fields))])
        return out

    def _skipped(self) -> set[tuple[str, str]]:
        out: set[tuple[str, str]] = set()
        has_items = self.query.likes_documents
        for one in self.query.unlike:
            if isinstance(one, str):
                out.update((self.fields[0], word) for word in self._analyzed(one))
            elif has_items:
                for path, counts in (self._vectors(one) or {}).items():
                    out.update((path, word) for word in counts)
        return out

    def _kept(self, path: str, counts: Any) -> dict[str, int]:
        return {
            word: count
            for word, count in counts.items()
            if not self.query.selection.is_noise(word) and (path, word) not in self.skipped
        }

    def _analyzed(self, value: str) -> list[str]:
        analysis = self.shard.mapping.analysis
        analyzer = None if self.query.analyzer is None else analysis.analyzer(self.query.analyzer)
        found = self.shard.field(self.fields[0])
        if analyzer is None and found is not None and found.is_text:
            analyzer = found.search_analyzer
        if analyzer is None:
            return [value] if found is None else [str(found.term(value))]
        return [token.term for token in analyzer.tokens(value)]

    def _vectors(self, item: Item) -> dict[str, Counter[str]] | None:
        """The terms of an item by field; None where it does not exist."""
        if item.doc is not None:
            source, mapping = item.doc, self.shard.mapping
        else:
            if not item.doc_id:
                raise IllegalArgument("Ids can't be empty")
            doc = self.shard.resources.document(item.index or self.shard.index, str(item.doc_id), item.routing)
            if doc is None:
                return None
            from esmock.xcontent.json_reader import parse_source

            source, mapping = parse_source(doc.source), doc.mapping
        names = item.fields or (["*"] if item.doc is not None or self.query.fields is None else self.fields)
        out: dict[str, Counter[str]] = {}
        for name in names:
            for path, found in mapping.fields(name):
                if (found.is_text or found.name == "keyword") and path == found.path:
                    counts = _vector(mapping, found, source, item.analyzers.get(path))
                    if counts:
                        # Lucene reads a vector's terms in their order, which tells those apart that fall in one place of a hash map
                        out[path] = Counter({word: counts[word] for word in sorted(counts, key=utf8_order)})
        return out

    def _best(self, counts: Counter[str], fields: tuple[str, ...]) -> list[tuple[str, str, float]]:
        selection = self.query.selection
        queue = _Queue(min(selection.max_query_terms, len(counts)))
        for word in hash_order(counts):
            frequency = counts[word]
            if frequency < selection.min_term_freq:
                continue
            top, doc_freq = fields[0], 0
            for path in fields:
                found = self.shard.doc_freq(path, word)
                if found > doc_freq:
                    top, doc_freq = path, found
            if doc_freq < selection.min_doc_freq or doc_freq > selection.max_doc_freq or doc_freq == 0:
                continue
            idf = F32(math.log((self.n_live + 1) / (doc_freq + 1)) + 1.0)
            queue.offer((float(F32(frequency) * idf), top, word))
        return [(path, word, score) for score, path, word in queue.drained()]


def _vector(mapping: Any, found: Any, source: Json, analyzer_name: str | None) -> Counter[str]:
    from esmock.mapping.values import raw_values

    values = raw_values(source, found.source_path)
    for origin in mapping.copied_from.get(found.source_path, ()):
        values.extend(raw_values(source, origin))
    texts = found.column_values(values)
    if not found.is_text and analyzer_name is None:
        return Counter(texts)
    analyzer = found.context.analysis.analyzer(analyzer_name) if analyzer_name else found.index_analyzer
    return Counter(token.term for one in texts for token in analyzer.tokens(one))


class _Queue:
    """The best scores, as a bounded heap that keeps its order among equals as Lucene's does."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[float, str, str]] = []

    def offer(self, entry: tuple[float, str, str]) -> None:
        heap = self._heap
        if len(heap) < self._limit:
            heap.append(entry)
            self._up(len(heap) - 1)
        elif heap and heap[0][0] < entry[0]:
            heap[0] = entry
            self._down()

    def drained(self) -> list[tuple[float, str, str]]:
        """Everything, lowest score first."""
        out = []
        heap = self._heap
        while heap:
            out.append(heap[0])
            last = heap.pop()
            if heap:
                heap[0] = last
                self._down()
        return out

    def _up(self, at: int) -> None:
        heap = self._heap
        entry = heap[at]
        while at > 0:
            parent = (at - 1) // 2
            if not entry[0] < heap[parent][0]:
                break
            heap[at] = heap[parent]
            at = parent
        heap[at] = entry

    def _down(self) -> None:
        heap = self._heap
        entry, at = heap[0], 0
        while True:
            child = 2 * at + 1
            if child >= len(heap):
                break
            if child + 1 < len(heap) and heap[child + 1][0] < heap[child][0]:
                child += 1
            if not heap[child][0] < entry[0]:
                break
            heap[at] = heap[child]
            at = child
        heap[at] = entry


QUERIES = (MoreLikeThis,)
