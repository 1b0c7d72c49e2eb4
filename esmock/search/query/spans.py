"""Span queries: terms by their positions. Docs: span-queries. Source: recordings of 7.10.2.

A span is (start, end, width): the first position, the position after the last, and what the score counts as sloppiness.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument, IllegalState, Parsing, Unsupported
from esmock.mapping.parameter import java_text
from esmock.search import bm25
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.multi_term import PatternTerms
from esmock.search.query.parse import boolean_value, float_value, int_value, one_field, options, parse_query, text
from esmock.search.query.terms import make_scorer
from esmock.xcontent.located import at_end, at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
Span = tuple[int, int, int]


class Spans:
    """The spans of a query on a shard.

    Attributes:
        field: the field that they are said to be on; None: none that is mapped.
        terms: the fields and terms whose weight counts.
    """

    def __init__(self, field: str | None, terms: tuple[tuple[str, str], ...], parts: tuple[Spans, ...] = ()) -> None:
        self.field = field
        self.terms = terms
        self.parts = parts

    def docs(self, segment: Any) -> np.ndarray:
        """int[m], sorted: documents that may have spans."""
        found = self.parts[0].docs(segment)
        for part in self.parts[1:]:
            found = np.intersect1d(found, part.docs(segment))
        return found

    def at(self, segment: Any, doc: int) -> list[Span]:
        """The spans of a document, by start and end."""
        raise NotImplementedError


class Nothing(Spans):
    """No spans: the field is not mapped."""

    def docs(self, segment: Any) -> np.ndarray:
        return np.empty(0, np.int64)

    def at(self, segment: Any, doc: int) -> list[Span]:
        return []


class TermSpans(Spans):
    """The occurrences of one term."""

    def __init__(self, path: str, term: str, masked: str | None = None) -> None:
        super().__init__(masked or path, ((path, term),))
        self.path, self.term = path, term

    def _found(self, segment: Any) -> tuple[np.ndarray, np.ndarray]:
        key = ("span", self.path, self.term)
        return segment.cached(key, lambda: segment.postings(self.path).positions_of(self.term))  # type: ignore[no-any-return]

    def docs(self, segment: Any) -> np.ndarray:
        return np.unique(self._found(segment)[0])

    def at(self, segment: Any, doc: int) -> list[Span]:
        docs, positions = self._found(segment)
        first, last = np.searchsorted(docs, [doc, doc + 1])
        return [(place, place + 1, 0) for place in positions[first:last].tolist()]


class WithoutPositions(Nothing):
    """A term of a field that keeps no positions."""

    def __init__(self, path: str, term: str) -> None:
        super().__init__(path, ((path, term),))
        self.path, self.term = path, term

    def docs(self, segment: Any) -> np.ndarray:
        found = segment.field(self.path)
        if found is not None and found.is_text:
            is_here = self.term in segment.postings(self.path).lookup
        else:
            is_here = segment.column(self.path).ordinal(self.term) >= 0
        if not is_here:
            return super().docs(segment)
        raise IllegalState(
            f'field "{self.path}" was indexed without position data; cannot run SpanTermQuery (term={self.term})'
        )


class OrSpans(Spans):
    """The spans of any of the parts."""

    def docs(self, segment: Any) -> np.ndarray:
        found = [part.docs(segment) for part in self.parts]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)

    def at(self, segment: Any, doc: int) -> list[Span]:
        return sorted(span for part in self.parts for span in part.at(segment, doc))


class FirstSpans(Spans):
    """The spans that end early."""

    end = 0

    def at(self, segment: Any, doc: int) -> list[Span]:
        return [span for span in self.parts[0].at(segment, doc) if span[1] <= self.end]


class NotSpans(Spans):
    """The first part's spans that do not touch the second's."""

    pre = post = 0

    def docs(self, segment: Any) -> np.ndarray:
        return self.parts[0].docs(segment)

    def at(self, segment: Any, doc: int) -> list[Span]:
        excluded = self.parts[1].at(segment, doc)
        return [
            span
            for span in self.parts[0].at(segment, doc)
            if not any(one[0] < span[1] + self.post and one[1] > span[0] - self.pre for one in excluded)
        ]


class HoldingSpans(Spans):
    """The big spans that hold a little one, or the little ones held."""

    wants_big = True

    def at(self, segment: Any, doc: int) -> list[Span]:
        big, little = (part.at(segment, doc) for part in self.parts)
        if self.wants_big:
            return [one for one in big if any(one[0] <= two[0] and two[1] <= one[1] for two in little)]
        return [two for two in little if any(one[0] <= two[0] and two[1] <= one[1] for one in big)]


@dataclass(slots=True)
class Gap:
    """Some positions of which anything is in place."""

    width: int


class OrderedSpans(Spans):
    """The parts one after another, with at most ``slop`` positions between."""

    slop = 0
    sequence: tuple[Spans | Gap, ...] = ()

    def at(self, segment: Any, doc: int) -> list[Span]:
        lists = [None if isinstance(one, Gap) else one.at(segment, doc) for one in self.sequence]
        pointers = [0] * len(lists)
        out: list[Span] = []
        for start, end, _ in lists[0] or []:
            width, last = 0, end
            for n in range(1, len(lists)):
                one = self.sequence[n]
                if isinstance(one, Gap):
                    last += one.width
                    continue
                spans = lists[n] or []
                while pointers[n] < len(spans) and spans[pointers[n]][0] < last:
                    pointers[n] += 1
                if pointers[n] == len(spans):
                    return out
                width += spans[pointers[n]][0] - last
                last = spans[pointers[n]][1]
            if width <= self.slop:
                out.append((start, last, width))
        return out


class UnorderedSpans(Spans):
    """The parts in any order within a window."""

    slop = 0

    def at(self, segment: Any, doc: int) -> list[Span]:
        lists = [part.at(segment, doc) for part in self.parts]
        if not all(lists):
            return []
        pointers = [0] * len(lists)
        heap = [(spans[0][0], spans[0][1], n) for n, spans in enumerate(lists)]
        heapq.heapify(heap)
        highest = max(one[1] for one in heap)
        covered = sum(one[1] - one[0] for one in heap)
        out: list[Span] = []
        while True:
            start, end, n = heap[0]
            if highest - start - covered <= self.slop:
                out.append((start, highest, highest - start))
            pointers[n] += 1
            if pointers[n] == len(lists[n]):
                return out
            covered -= end - start
            start, end, _ = lists[n][pointers[n]]
            covered += end - start
            highest = max(highest, end)
            heapq.heapreplace(heap, (start, end, n))


@dataclass(slots=True)
class SpanBound(Bound):
    """Documents with spans, scored by their number and width."""

    spans: Spans
    scorer: Any
    has_norms: bool

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        freqs = np.zeros(n, F32)
        for doc in self.spans.docs(segment).tolist():
            total = F32(0)
            for _, _, width in self.spans.at(segment, doc):
                total = F32(float(total) + 1.0 / (1.0 + width))
            freqs[doc] = total
        match = freqs > 0
        if self.scorer is None or self.spans.field is None:
            return Hits(match)
        norms = segment.postings(self.spans.field).norms if self.has_norms else None
        return Hits(match, np.where(match, self.scorer.score(freqs, norms), F32(0)))


@dataclass(slots=True)
class SpanQuery(Query):
    """What span queries have in common: ``spans(shard)`` instead of a binding of their own."""

    def spans(self, shard: ShardSearch) -> Spans:
        raise NotImplementedError(self.name)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        spans = self.spans(shard)
        if isinstance(spans, WithoutPositions):
            return SpanBound(spans, None, False)
        return bind_spans(shard, spans, boost, scored)


def masked_near(
    shard: ShardSearch, path: str, last_path: str, slots: list[tuple[int, list[str]]], slop: int, boost: Any, scored: bool
) -> Bound:
    """Words of a field in order, the last of them looked up in another field that has the same positions."""
    sequence: list[Spans | Gap] = []
    previous = slots[0][0] - 1
    for number, (at, words) in enumerate(slots):
        if at - previous > 1:
            sequence.append(Gap(at - previous - 1))
        previous = at
        home = last_path if number == len(slots) - 1 else path
        parts: list[Spans] = [TermSpans(home, word, path) for word in words]
        sequence.append(parts[0] if len(parts) == 1 else _joined(OrSpans, "SpanOrQuery", parts))
    ordered: OrderedSpans = _joined(OrderedSpans, "SpanNearQuery", [one for one in sequence if isinstance(one, Spans)])
    ordered.slop, ordered.sequence = slop, tuple(sequence)
    return bind_spans(shard, ordered, boost, scored)


def bind_spans(shard: ShardSearch, spans: Spans, boost: Any, scored: bool) -> Bound:
    """Spans with the scorer of their terms."""
    known = [(path, term) for path, term in dict.fromkeys(spans.terms) if shard.doc_freq(path, term)]
    found = None if spans.field is None else shard.field(spans.field)
    if found is None or not known:
        if found is not None:
            shard.note(found.path, (), scored)
        return MatchNothing()
    scorer = None
    if scored:
        # ES: the terms of a masked field count among the documents of the field that they are said to be on
        doc_count = shard.statistics(found.path).doc_count
        values = [bm25.idf(shard.scoring_doc_freq(path, term), doc_count) for path, term in known]
        scorer = make_scorer(shard, found, found.path, 0, boost, bm25.phrase_idf(values), words=[(term,) for _, term in known])
    return SpanBound(spans, scorer, bool(found.get("norms")))


def _joined(kind: type[Spans], name: str, parts: list[Spans], *, counted: int | None = None) -> Any:
    """Spans made of others, all on one field."""
    fields = [part.field for part in parts if part.field is not None]
    for part in parts:
        if part.field is not None and part.field != fields[0]:
            shown = f"{part.terms[0][0]}:{part.terms[0][1]}" if isinstance(part, TermSpans) else name
            if name == "SpanNearQuery":
                raise IllegalArgument(f"Cannot add clause {shown} to SpanNearQuery for field {fields[0]}")
            raise IllegalArgument("Clauses must have same field.")
    terms = tuple(term for part in parts[:counted] for term in part.terms)
    return kind(fields[0] if fields else None, terms, tuple(parts))


def _inner(query: str, what: str, body: Json, key: Any, ctx: ParseContext) -> SpanQuery:
    """A query that has to be a span query without a boost."""
    found = parse_query(body, key, replace(ctx, depth=ctx.depth + 1))
    if not isinstance(found, SpanQuery):
        raise Parsing(f"{query} [{what}] must be of type span query", at_end(body[key]))
    if found.boost != 1.0:
        raise Parsing(
            f"{query} [{what}] as a nested span clause can't have non-default boost value [{java_text(found.boost)}]",
            at_end(body[key]),
        )
    return found


Readers = dict[str, tuple[str, Callable[[Json, str], Any]]]


def _read(name: str, body: Json, ctx: ParseContext, queries: tuple[str, ...], more: Readers) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key in body:
        if key in queries and isinstance(body[key], dict):
            out[key] = _inner(name, key, body, key, ctx)
        elif key in more and not isinstance(body[key], dict):
            attribute, read = more[key]
            out[attribute] = read(body, key)
        elif key == "boost":
            out["boost"] = float_value(body, key)
        elif key == "_name":
            out["query_name"] = text(body, key, ctx)
        else:
            raise Parsing(f"[{name}] query does not support [{key}]", at_value(body, key))
    return out


_CONSTANT_SCORE = "org.apache.lucene.search.ConstantScoreQuery"


@dataclass(slots=True)
class SpanTerm(SpanQuery):
    """Docs: query-dsl-span-term-query."""

    name = "span_term"
    field: str
    value: Json

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanTerm:
        def read(field: str, holder: Json, key: Any) -> dict[str, Any]:
            value = holder[key]
            if not isinstance(value, dict):
                return {"value": value}
            value = {("value" if name == "term" else name): one for name, one in value.items()}
            return options("span_term", value, ctx, {"value": lambda inner, name, _ctx: inner[name]})

        found = one_field("span_term", body, ctx, read)
        if not found.get("field"):
            raise IllegalArgument("field name is null or empty")
        if found.get("value") is None:
            raise IllegalArgument("value cannot be null")
        return cls(**found)

    def spans(self, shard: ShardSearch) -> Spans:
        found = shard.field(self.field)
        if found is None:
            return Nothing(None, ())
        if found.scores_constant and shard.behaviour.major < 8:
            shown = f"ConstantScore({found.path}:{java_text(self.value)})"
            raise IllegalArgument(f"Cannot extract a term from a query of type class {_CONSTANT_SCORE}: {shown}")
        if not found.is_text or found.scores_constant:
            if shard.behaviour.major >= 8:
                raise IllegalArgument(
                    f"Span term query requires position data, but field {self.field} was indexed without position data"
                )
            return WithoutPositions(found.path, java_text(self.value))
        if found.get("index_options") in ("docs", "freqs") and shard.behaviour.major < 8:
            return WithoutPositions(found.path, java_text(self.value))
        return TermSpans(found.path, str(found.term(self.value)))


@dataclass(slots=True)
class SpanNear(SpanQuery):
    """Docs: query-dsl-span-near-query."""

    name = "span_near"
    clauses: list[SpanQuery | Gap] = field(default_factory=list)
    slop: int = 0
    in_order: bool = True

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanNear:
        def clauses(holder: Json, key: str) -> list[SpanQuery | Gap]:
            return [cls._clause(holder[key], at, ctx) for at in range(len(holder[key]))]

        out = _read("span_near", body, ctx, (), {
            "clauses": ("clauses", clauses), "slop": ("slop", int_value), "in_order": ("in_order", boolean_value),
        })
        if not out.get("clauses"):
            raise Parsing("span_near must include [clauses]", at_end(body))
        return cls(**out)

    @staticmethod
    def _clause(holder: Json, at: int, ctx: ParseContext) -> SpanQuery | Gap:
        node = holder[at]
        if isinstance(node, dict) and next(iter(node), None) == "span_gap":
            if at == 0:
                raise Unsupported("span_near that begins with a gap")
            return Gap(int_value(node["span_gap"], next(iter(node["span_gap"]))))
        return _inner("span_near", "clauses", holder, at, ctx)

    def spans(self, shard: ShardSearch) -> Spans:
        sequence = [one if isinstance(one, Gap) else one.spans(shard) for one in self.clauses]
        parts = [one for one in sequence if not isinstance(one, Gap)]
        if len(sequence) == 1:
            return parts[0]
        if self.in_order:
            ordered: OrderedSpans = _joined(OrderedSpans, "SpanNearQuery", parts)
            ordered.slop, ordered.sequence = self.slop, tuple(sequence)
            return ordered
        if len(parts) != len(sequence):
            raise IllegalArgument("Gaps can only be added to ordered near queries")
        unordered: UnorderedSpans = _joined(UnorderedSpans, "SpanNearQuery", parts)
        unordered.slop = self.slop
        return unordered


@dataclass(slots=True)
class SpanOr(SpanQuery):
    """Docs: query-dsl-span-or-query."""

    name = "span_or"
    clauses: list[SpanQuery] = field(default_factory=list)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanOr:
        out = _read("span_or", body, ctx, (), {
            "clauses": ("clauses", lambda holder, key: [
                _inner("span_or", "clauses", holder[key], at, ctx) for at in range(len(holder[key]))
            ]),
        })
        if not out.get("clauses"):
            raise Parsing("span_or must include [clauses]", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        return _joined(OrSpans, "SpanOrQuery", [one.spans(shard) for one in self.clauses])  # type: ignore[no-any-return]


@dataclass(slots=True)
class SpanFirst(SpanQuery):
    """Docs: query-dsl-span-first-query."""

    name = "span_first"
    match: SpanQuery
    end: int

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanFirst:
        out = _read("span_first", body, ctx, ("match",), {"end": ("end", int_value)})
        if "match" not in out:
            raise Parsing("span_first must have [match] span query clause", at_end(body))
        if "end" not in out:
            raise Parsing("span_first must have [end] set for it", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found: FirstSpans = _joined(FirstSpans, "SpanFirstQuery", [self.match.spans(shard)])
        found.end = self.end
        return found


@dataclass(slots=True)
class SpanNot(SpanQuery):
    """Docs: query-dsl-span-not-query."""

    name = "span_not"
    include: SpanQuery
    exclude: SpanQuery
    pre: int = 0
    post: int = 0
    dist: int | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanNot:
        numbers: Readers = {name: (name, int_value) for name in ("pre", "post", "dist")}
        out = _read("span_not", body, ctx, ("include", "exclude"), numbers)
        for key in ("include", "exclude"):
            if key not in out:
                raise Parsing(f"span_not must have [{key}] span query clause", at_end(body))
        if "dist" in out and ("pre" in out or "post" in out):
            raise Parsing("span_not can either use [dist] or [pre] & [post] (or none)", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        parts = [self.include.spans(shard), self.exclude.spans(shard)]
        found: NotSpans = _joined(NotSpans, "SpanNotQuery", parts, counted=1)
        found.pre, found.post = (self.pre, self.post) if self.dist is None else (self.dist, self.dist)
        return found


@dataclass(slots=True)
class SpanContaining(SpanQuery):
    """Docs: query-dsl-span-containing-query."""

    name = "span_containing"
    big: SpanQuery
    little: SpanQuery

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanContaining:
        out = _read(cls.name, body, ctx, ("big", "little"), {})
        for key in ("big", "little"):
            if key not in out:
                raise IllegalArgument(f"inner clause [{key}] cannot be null.")
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found: HoldingSpans = _joined(HoldingSpans, "SpanContainQuery", [self.big.spans(shard), self.little.spans(shard)])
        found.wants_big = self.name == "span_containing"
        return found


@dataclass(slots=True)
class SpanWithin(SpanContaining):
    """Docs: query-dsl-span-within-query."""

    name = "span_within"


@dataclass(slots=True)
class FieldMaskingSpan(SpanQuery):
    """Docs: query-dsl-span-field-masking-query."""

    name = "field_masking_span"
    query: SpanQuery
    field: str

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> FieldMaskingSpan:
        if cls.name == "field_masking_span" and ctx.behaviour.major >= 8:
            ctx.warn("Deprecated field [field_masking_span] used, expected [span_field_masking] instead")
        out = _read("field_masking_span", body, ctx, ("query",), {"field": ("field", lambda holder, key: text(holder, key, ctx))})
        if "query" not in out:
            raise Parsing("field_masking_span must have [query] span query clause", at_end(body))
        if "field" not in out:
            raise Parsing("field_masking_span must have [field] set for it", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found = self.query.spans(shard)
        found.field = self.field
        return found

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        # ES: a mask that is not within another span query is none
        return self.query.bind(shard, scored, boost)


@dataclass(slots=True)
class SpanFieldMasking(FieldMaskingSpan):
    """The same by its later name."""

    name = "span_field_masking"
    since: ClassVar[int] = 8


@dataclass(slots=True)
class SpanMulti(SpanQuery):
    """Docs: query-dsl-span-multi-term-query."""

    name = "span_multi"
    match: Query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanMulti:
        out: dict[str, Any] = {}
        for key in body:
            if key == "match" and isinstance(body[key], dict):
                found = parse_query(body, key, replace(ctx, depth=ctx.depth + 1))
                if found.name not in ("prefix", "wildcard", "regexp", "fuzzy", "range"):
                    raise Parsing("[span_multi] [match] must be of type multi term query", at_end(body[key]))
                out["match"] = found
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[span_multi] query does not support [{key}]", at_value(body, key))
        if "match" not in out:
            raise Parsing("[span_multi] must have [match] multi term query clause", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        bound = self.match.bind(shard, False)
        if isinstance(bound, MatchNothing):
            return Nothing(None, ())
        field = shard.field(getattr(bound, "path", ""))
        if field is not None and field.scores_constant:
            raise IllegalArgument(
                f"Can only use span {self.match.name} queries on text fields - not on [{field.path}] which is of type [{field.name}]"
            )
        if not isinstance(bound, PatternTerms):
            raise Unsupported(f"span_multi of a [{self.match.name}] query")
        path = bound.path
        words = {term for segment in shard.segments(path) for term in segment.postings(path).terms if bound.matches(term)}
        return OrSpans(path, tuple((path, word) for word in sorted(words)), tuple(TermSpans(path, word) for word in sorted(words)))


QUERIES = (
    SpanTerm, SpanNear, SpanOr, SpanFirst, SpanNot, SpanContaining, SpanWithin, FieldMaskingSpan, SpanFieldMasking, SpanMulti,
)
