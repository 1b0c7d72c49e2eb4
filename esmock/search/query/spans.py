"""Span queries: terms by their positions. Docs: span-queries. Source: recordings of 7.10.2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import IllegalArgument, Parsing, Unsupported
from esmock.mapping.date import Date
from esmock.mapping.parameter import java_text
from esmock.mapping.ranges import Range as RangeField
from esmock.search.query.base import F32, Bound, MatchNothing, ParseContext, Query
from esmock.search.query.multi_term import PatternTerms, Prefix
from esmock.search.query.parse import (
    boolean_value,
    float_value,
    int_value,
    members,
    one_field,
    options,
    parse_query,
    raw,
    read_met,
    scalar,
    text,
)
from esmock.search.query.rewrite import check_rewrite, most_terms
from esmock.search.query.span_matching import (
    FirstSpans,
    Gap,
    HoldingSpans,
    Nothing,
    NotSpans,
    OrderedSpans,
    OrSpans,
    SpanBound,
    Spans,
    TermSpans,
    UnorderedSpans,
    WithoutPositions,
    bind_spans,
    joined,
)  # fmt: skip
from esmock.search.query.terms import require_indexed
from esmock.xcontent.java_number import java_float
from esmock.xcontent.located import at_end, at_value

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class SpanQuery(Query):
    """What span queries have in common: ``spans(shard)`` instead of a binding of their own."""

    def spans(self, shard: ShardSearch) -> Spans:
        raise NotImplementedError(self.name)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return _bound(shard, self.spans(shard), boost, scored)

    def within(self, shard: ShardSearch) -> Spans:
        """The spans inside those of another query; by its name it is found all the same."""
        spans = self.spans(shard)
        if self.query_name is not None:
            shard.named[self.query_name] = _bound(shard, spans, F32(1), shard.scores_named)
        return spans


def _bound(shard: ShardSearch, spans: Spans, boost: Any, scored: bool) -> Bound:
    if isinstance(spans, WithoutPositions):
        return SpanBound(spans, None, False)
    return bind_spans(shard, spans, boost, scored)


def _inner(query: str, what: str, body: Json, key: Any, ctx: ParseContext) -> SpanQuery:
    """A query that has to be a span query without a boost."""
    found = parse_query(body, key, replace(ctx, depth=ctx.depth + 1))
    if not isinstance(found, SpanQuery):
        raise Parsing(f"{query} [{what}] must be of type span query", at_end(body[key]))
    if found.boost != 1.0:
        raise Parsing(
            f"{query} [{what}] as a nested span clause can't have non-default boost value [{java_float(found.boost)}]",
            at_end(body[key]),
        )
    return found


Readers = dict[str, Callable[[Json, str], Any]]


def _clauses(name: str, *keys: str, ctx: ParseContext) -> Readers:
    """Keys under which a span query stands."""
    return {key: lambda holder, key: _inner(name, key, holder, key, ctx) for key in keys}


def _read(name: str, body: Json, ctx: ParseContext, queries: Readers, more: Readers) -> dict[str, Any]:
    """The attributes of a span query: of objects, and of lists and values. Raises Parsing."""
    out: dict[str, Any] = {}
    known: Readers = {"boost": float_value, "_name": lambda holder, key: text(holder, key, ctx), **more}
    for key, value in body.items():
        reader = (queries if isinstance(value, dict) and name != "span_or" else known).get(key)
        if key == "clauses":
            fits = isinstance(value, list)
        elif name == "span_near":
            fits = scalar(value)
        else:
            fits = name != "span_or" or not isinstance(value, list)
        if not fits:
            reader = None
        if reader is None:
            raise Parsing(f"[{name}] query does not support [{key}]", at_value(body, key))
        out["query_name" if key == "_name" else key] = reader(body, key)
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
            if value == []:
                raise Parsing(f"[span_term] query doesn't support multiple fields, found [{field}] and [{field}]", at_end(value))
            if not isinstance(value, dict):
                return {"value": value}
            given = options("span_term", value, ctx, dict.fromkeys(("value", "term"), raw("span_term")))
            return {("value" if name == "term" else name): one for name, one in given.items()}

        found = one_field("span_term", members(body), read)
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
        if shard.behaviour.major < 8 and (found.name in _POINTS or isinstance(found, Date | RangeField)):
            raise _without_term(shard, found, self.value)
        if not found.is_text:
            require_indexed(shard, found, found.path)
            found.term(self.value)
        if not found.is_text or found.scores_constant:
            if shard.behaviour.major >= 8:
                raise IllegalArgument(
                    f"Span term query requires position data, but field {self.field} was indexed without position data"
                )
            return WithoutPositions(found.path, java_text(self.value))
        if found.get("index_options") in ("docs", "freqs") and shard.behaviour.major < 8:
            return WithoutPositions(found.path, java_text(self.value))
        return TermSpans(found.path, str(found.term(self.value)))


_POINTS = {
    "long": "Long", "scaled_float": "Long", "integer": "Int", "short": "Int", "byte": "Int", "double": "Double", "float": "Float",
    "half_float": "HalfFloat", "ip": "InetAddress",
}  # fmt: skip
"""Lucene's classes for the types whose values are no terms."""


def _without_term(shard: ShardSearch, found: Field, value: Json) -> IllegalArgument:
    """The error for a value that becomes another query than that of a term. Raises ApiError for one that cannot be read."""
    from esmock.search.lucene.terms import term_on

    made = term_on(shard, found.path, value)
    kind, words = f"search.{made.kind}", made.text()
    if made.kind == "PointRangeQuery":
        kind = f"document.{_POINTS[found.name]}Point$1"
    return IllegalArgument(f"Cannot extract a term from a query of type class org.apache.lucene.{kind}: {words}")


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

        out = _read("span_near", body, ctx, {}, {
            "clauses": clauses, "slop": int_value, "in_order": boolean_value,
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
        sequence = [one if isinstance(one, Gap) else one.within(shard) for one in self.clauses]
        parts = [one for one in sequence if not isinstance(one, Gap)]
        if len(sequence) == 1:
            return parts[0]
        if self.in_order:
            ordered: OrderedSpans = joined(OrderedSpans, "SpanNearQuery", parts)
            ordered.slop, ordered.sequence = self.slop, tuple(sequence)
            return ordered
        if len(parts) != len(sequence):
            raise IllegalArgument("Gaps can only be added to ordered near queries")
        unordered: UnorderedSpans = joined(UnorderedSpans, "SpanNearQuery", parts)
        unordered.slop = self.slop
        return unordered


@dataclass(slots=True)
class SpanOr(SpanQuery):
    """Docs: query-dsl-span-or-query."""

    name = "span_or"
    clauses: list[SpanQuery] = field(default_factory=list)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanOr:
        out = _read("span_or", body, ctx, {}, {
            "clauses": lambda holder, key: [
                _inner("span_or", "clauses", holder[key], at, ctx) for at in range(len(holder[key]))
            ],
        })
        if not out.get("clauses"):
            raise Parsing("span_or must include [clauses]", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        return joined(OrSpans, "SpanOrQuery", [one.within(shard) for one in self.clauses])  # type: ignore[no-any-return]


@dataclass(slots=True)
class SpanFirst(SpanQuery):
    """Docs: query-dsl-span-first-query."""

    name = "span_first"
    match: SpanQuery
    end: int

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanFirst:
        out = _read("span_first", body, ctx, _clauses("span_first", "match", ctx=ctx), {"end": int_value})
        if "match" not in out:
            raise Parsing("span_first must have [match] span query clause", at_end(body))
        if "end" not in out:
            raise Parsing("span_first must have [end] set for it", at_end(body))
        if out["end"] < 0:
            raise IllegalArgument("parameter [end] needs to be positive.")
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found: FirstSpans = joined(FirstSpans, "SpanFirstQuery", [self.match.within(shard)])
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
        numbers: Readers = dict.fromkeys(("pre", "post", "dist"), int_value)
        out = _read("span_not", body, ctx, _clauses("span_not", "include", "exclude", ctx=ctx), numbers)
        for key in ("include", "exclude"):
            if key not in out:
                raise Parsing(f"span_not must have [{key}] span query clause", at_end(body))
        if "dist" in out and ("pre" in out or "post" in out):
            raise Parsing("span_not can either use [dist] or [pre] & [post] (or none)", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        parts = [self.include.within(shard), self.exclude.within(shard)]
        found: NotSpans = joined(NotSpans, "SpanNotQuery", parts, counted=1)
        before, after = (self.pre, self.post) if self.dist is None else (self.dist, self.dist)
        found.pre, found.post = max(before, 0), max(after, 0)
        return found


@dataclass(slots=True)
class SpanContaining(SpanQuery):
    """Docs: query-dsl-span-containing-query."""

    name = "span_containing"
    big: SpanQuery
    little: SpanQuery

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanContaining:
        out = _read(cls.name, body, ctx, _clauses(cls.name, "big", "little", ctx=ctx), {})
        for key in ("big", "little"):
            if key not in out:
                if cls.name == "span_within":
                    raise Parsing(f"span_within must include [{key}]", at_end(body))
                raise IllegalArgument(f"inner clause [{key}] cannot be null.")
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found: HoldingSpans = joined(HoldingSpans, "SpanContainQuery", [self.big.within(shard), self.little.within(shard)])
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
        if cls.name == "field_masking_span" and ctx.behaviour.span_field_masking:
            ctx.warn("Deprecated field [field_masking_span] used, expected [span_field_masking] instead")
        name = "span_field_masking" if ctx.behaviour.span_field_masking else "field_masking_span"
        more: Readers = {"field": lambda holder, key: text(holder, key, ctx)}
        out = _read(name, body, ctx, _clauses(name, "query", ctx=ctx), more)
        if "query" not in out:
            raise Parsing(f"{name} must have [query] span query clause", at_end(body))
        if "field" not in out:
            raise Parsing(f"{name} must have [field] set for it", at_end(body))
        if not out["field"]:
            raise IllegalArgument("field name is null or empty")
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        found = self.query.within(shard)
        found.field = self.field
        return found

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        # ES: a mask that is not within another span query is none
        return self.query.bind(shard, scored, boost)


@dataclass(slots=True)
class SpanFieldMasking(FieldMaskingSpan):
    """The same by its later name."""

    name = "span_field_masking"
    since_release: ClassVar[tuple[int, int]] = (7, 17)


_PATTERNS = ("prefix", "wildcard", "regexp")
_ALL_TERMS = 1024


@dataclass(slots=True)
class SpanMulti(SpanQuery):
    """Docs: query-dsl-span-multi-term-query."""

    name = "span_multi"
    match: Query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SpanMulti:
        def match(holder: Json, key: Any) -> Query:
            found = parse_query(holder, key, replace(ctx, depth=ctx.depth + 1))
            if found.name not in ("prefix", "wildcard", "regexp", "fuzzy", "range"):
                raise Parsing("[span_multi] [match] must be of type multi term query", at_end(holder[key]))
            return found

        out = read_met("span_multi", body, ctx, {}, {"match": lambda holder, key, _: match(holder, key)})
        if "match" not in out:
            raise Parsing("[span_multi] must have [match] multi term query clause", at_end(body))
        return cls(**out)

    def spans(self, shard: ShardSearch) -> Spans:
        begun = self.begun(shard)
        if begun is not None:
            return begun
        rewrite = getattr(self.match, "rewrite", None)
        check_rewrite(rewrite)
        bound = self.pattern().bind(shard, False)
        if isinstance(bound, MatchNothing):
            return Nothing(None, ())
        field = shard.field(getattr(bound, "path", ""))
        if field is not None and field.scores_constant:
            raise IllegalArgument(
                f"Can only use span {self.match.name} queries on text fields - not on [{field.path}] which is of type [{field.type_name}]"
            )
        if self.match.name == "fuzzy":
            near = [str(one.term) for one in getattr(bound, "should", [bound])]
            on = str(getattr(self.match, "field", ""))
            return OrSpans(on, tuple((on, word) for word in near), tuple(TermSpans(on, word) for word in near))
        if not isinstance(bound, PatternTerms):
            raise Unsupported(f"span_multi of a [{self.match.name}] query")
        path, matches = bound.path, bound.matches
        words = sorted({term for segment in shard.segments(path) for term in segment.postings(path).terms if matches(term)})
        words = words[: most_terms(rewrite)]
        return OrSpans(path, tuple((path, word) for word in words), tuple(TermSpans(path, word) for word in words))

    def pattern(self) -> Query:
        """The pattern, whose terms are not joined by a method of its own."""
        match = self.match
        if isinstance(match, Prefix):
            # ES: a prefix is told its text alone
            return replace(match, rewrite="constant_score", case_insensitive=False)
        rewrite = getattr(match, "rewrite", None)
        if match.name == "fuzzy" and rewrite is not None and most_terms(rewrite) is None:
            return replace(match, rewrite=None, max_expansions=_ALL_TERMS)  # type: ignore[call-arg]
        has_method = match.name in _PATTERNS and rewrite is not None
        return replace(match, rewrite="constant_score") if has_method else match  # type: ignore[call-arg]

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        begun = self.begun(shard)
        # ES: a mask that is not within another span query is none
        spans = self.spans(shard) if begun is None else TermSpans(begun.path, begun.term)
        return bind_spans(shard, spans, boost, scored)

    def begun(self, shard: ShardSearch) -> TermSpans | None:
        """A prefix that is a term of the field of beginnings; None: it is none. Raises IllegalArgument for fields that are no text."""
        if not isinstance(self.match, Prefix):
            return None
        field = shard.field(self.match.field)
        if field is not None and not field.is_text:
            raise IllegalArgument(
                f"Can only use span prefix queries on text fields - not on [{field.path}] which is of type [{field.type_name}]"
            )
        part = getattr(field, "beginnings", None)
        if field is None or part is None or not part.within(self.match.value):
            return None
        return TermSpans(part.path, self.match.value, field.path)


QUERIES = (
    SpanTerm, SpanNear, SpanOr, SpanFirst, SpanNot, SpanContaining, SpanWithin, FieldMaskingSpan, SpanFieldMasking, SpanMulti,
)
