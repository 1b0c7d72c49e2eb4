"""Queries made of queries. Docs: compound-queries, query-dsl-match-all-query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, Parsing, XContentParse
from esmock.search.query.base import F32, Bound, Constant, Hits, MatchEverything, MatchNothing, ParseContext, Query
from esmock.search.query.declarative import parse_declared
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.parse import (
    boolean_value,
    float_value,
    options,
    parse_query,
    place_of,
    scalar,
    text,
)
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, standing, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class MatchAll(Query):
    """Docs: query-dsl-match-all-query."""

    name = "match_all"

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MatchAll:
        return cls(**parse_declared("match_all", body, ctx, {}))

    def matches_all(self, shard: ShardSearch) -> bool:
        return True

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return MatchEverything(boost)


@dataclass(slots=True)
class MatchNone(Query):
    """Docs: query-dsl-match-all-query."""

    name = "match_none"

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MatchNone:
        return cls(**options("match_none", body, ctx, {}, kinds="unknown token"))

    def matches_none(self, shard: ShardSearch) -> bool:
        return True

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return MatchNothing()


@dataclass(slots=True)
class BoolBound(Bound):
    """Clauses joined as BooleanQuery joins them.

    Args:
        needed: how many of ``should`` must match.
        is_open: no boost wraps it, so that Lucene may take its clauses into a disjunction around it.
        is_no_bool: it stands for another query: a dis_max that counts every clause fully, the terms of a pattern.

    Attributes:
        given: the optional clauses before those of inner disjunctions were taken in.
    """

    must: list[Bound]
    filter: list[Bound]
    should: list[Bound]
    must_not: list[Bound]
    needed: int
    scored: bool
    is_open: bool = True
    is_no_bool: bool = False
    given: list[Bound] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        self.given = self.should
        if self.needed <= 1 and any(_is_disjunction(one) for one in self.should):
            flat: list[Bound] = []
            for one in self.should:
                flat.extend(one.should if _is_disjunction(one) else [one])  # type: ignore[attr-defined]
            self.should = flat

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        match = np.ones(n, bool)
        for one in self.filter:
            match &= one.match(segment).match
        for one in self.must_not:
            match &= ~one.match(segment).match
        required = [one.match(segment) for one in self.must]
        for hits in required:
            match &= hits.match
        optional = [one.match(segment) for one in self.should]
        needed = self.needed
        if optional and needed > 0:
            if needed == 1:
                any_should = optional[0].match
                for hits in optional[1:]:
                    any_should = any_should | hits.match
                match &= any_should
            else:
                match &= np.sum([hits.match for hits in optional], axis=0) >= needed
        elif needed > 0:
            match &= False
        if not self.scored:
            return Hits(match)
        return Hits(match, self._score(n, match, required, optional))

    def _score(self, n: int, match: np.ndarray, required: list[Hits], optional: list[Hits]) -> np.ndarray:
        must = _summed(n, required)
        should = _summed(n, optional)
        if must is None and should is None:
            return np.zeros(n, F32)
        if must is None or should is None:
            total = should if must is None else must
            assert total is not None
        elif self.needed > 0:
            total = (must.astype(np.float64) + should.astype(np.float64)).astype(F32)
        else:
            total = must + should
        return np.where(match, total, F32(0))


def _is_disjunction(bound: Bound) -> bool:
    """Whether Lucene merges a clause's own clauses into the disjunction around it: sums are then rounded once."""
    return (
        isinstance(bound, BoolBound)
        and bound.is_open
        and bound.needed <= 1
        and not (bound.must or bound.filter or bound.must_not)
    )


def _summed(n: int, hits: list[Hits]) -> np.ndarray | None:
    """Scores of clauses added in 64 bits, rounded once."""
    scores = [one.score for one in hits if one.score is not None]
    if not scores:
        return None
    if len(scores) == 1:
        return scores[0]
    total = np.zeros(n, np.float64)
    for one in scores:
        total += one
    return total.astype(F32)


_CLAUSES = ("must", "filter", "should", "must_not")
_TOKENS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*_CLAUSES, "mustNot"), ("START_OBJECT", "START_ARRAY", "VALUE_NULL")),
    "minimum_should_match": ("VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN", "VALUE_NULL"),
    "adjust_pure_negative": ("VALUE_BOOLEAN", "VALUE_STRING"),
    "boost": ("VALUE_NUMBER", "VALUE_STRING"),
    "_name": ("VALUE_STRING",),
}


@dataclass(slots=True)
class Bool(Query):
    """Docs: query-dsl-bool-query."""

    name = "bool"
    must: list[Query] = field(default_factory=list)
    filter: list[Query] = field(default_factory=list)
    should: list[Query] = field(default_factory=list)
    must_not: list[Query] = field(default_factory=list)
    minimum_should_match: str | None = None
    adjust_pure_negative: bool = True

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Bool:
        out: dict[str, Any] = {}
        inner = replace(ctx, depth=ctx.depth + 1)
        for key in body:
            tokens = _TOKENS.get(key)
            value = body[key]
            if tokens is None:
                raise XContentParse(f"[bool] unknown field [{key}]{suggestion(key, _TOKENS)}", at_name(body, key))
            if key == "mustNot":
                line, column = at_value(body, key)
                ctx.warn(f"[bool][{line}:{column}] Deprecated field [mustNot] used, expected [must_not] instead")
            if token(value) not in tokens:
                raise XContentParse(f"[bool] {key} doesn't support values of type: {token(value)}", at_value(body, key))
            try:
                cls._read(out, body, key, inner)
            except NeedsPositions:
                raise
            except ApiError as error:
                at = place_of(error, body, key)
                raise standing(XContentParse(f"[bool] failed to parse field [{key}]", at, cause=error), at) from None
        return cls(**out)

    @staticmethod
    def _read(out: dict[str, Any], body: Json, key: str, ctx: ParseContext) -> None:
        name = "must_not" if key == "mustNot" else key
        if name in _CLAUSES:
            value = body[key]
            clauses = out.setdefault(name, [])
            if value is None:
                return
            if isinstance(value, list):
                clauses.extend(parse_query(value, at, ctx) for at in range(len(value)))
            else:
                clauses.append(parse_query(body, key, ctx))
        elif name == "minimum_should_match":
            out[name] = None if body[key] is None else text(body, key, ctx)
        elif name == "adjust_pure_negative":
            out[name] = boolean_value(body, key)
        elif name == "boost":
            out["boost"] = float_value(body, key)
        else:
            out["query_name"] = text(body, key, ctx)

    def matches_all(self, shard: ShardSearch) -> bool:
        return not (self.must or self.filter or self.should or self.must_not)

    def matches_none(self, shard: ShardSearch) -> bool:
        if any(one.matches_none(shard) for one in (*self.must, *self.filter)):
            return True
        if shard.behaviour.excluded_all_is_none and any(one.matches_all(shard) for one in self.must_not):
            return True
        return not self.must and not self.filter and bool(self.should) and all(one.matches_none(shard) for one in self.should)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.matches_all(shard):
            return MatchEverything(boost)
        if self.matches_none(shard):
            # ES: rewritten before any clause is built, so that no clause can fail
            return MatchNothing()
        must = [one.bind(shard, scored, boost) for one in self.must]
        # in ES's order, which shows where several clauses fail
        must_not = [one.bind(shard, False) for one in self.must_not]
        should = [one.bind(shard, scored, boost) for one in self.should]
        is_lone = sum(not isinstance(one, MatchAll) for one in self.filter) == 1 and not (must or should or must_not)
        filters = [(unboosted(one) if is_lone else one).bind(shard, False) for one in self.filter]
        needed = 0 if self.must or self.filter else min(1, len(should))
        if self.minimum_should_match is not None:
            needed = minimum_should_match(len(should), self.minimum_should_match)
            if needed <= 0 and not (self.must or self.filter):
                needed = min(1, len(should))
        if not (must or filters or should):
            if not self.adjust_pure_negative:
                return MatchNothing()
            # ES: a bool of prohibited clauses alone gets a match_all filter, whose score is 0
            return BoolBound([], [MatchEverything(F32(1))], [], must_not, 0, scored)
        return BoolBound(must, filters, should, must_not, needed, scored, self.boost == 1.0)


def unboosted(query: Query) -> Query:
    """A query whose score does not count, as Lucene rewrites it: without its boost, and that of a bool's only clause.

    It shows where a least score is asked for. Source: answers of 7.10.2.
    """
    plain = query if query.boost == 1.0 else replace(query, boost=1.0)
    if isinstance(plain, Bool) and not (plain.should or plain.must_not):
        if len(plain.must) == 1 and not plain.filter:
            return replace(plain, must=[unboosted(plain.must[0])])
        if len(plain.filter) == 1 and not plain.must:
            return replace(plain, filter=[unboosted(plain.filter[0])])
    return plain


@dataclass(slots=True)
class ConstantScore(Query):
    """Docs: query-dsl-constant-score-query."""

    name = "constant_score"
    filter: Query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> ConstantScore:
        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if isinstance(value, dict):
                if key != "filter":
                    raise Parsing(f"[constant_score] query does not support [{key}]", at_value(body, key))
                if "filter" in out:
                    raise Parsing("[constant_score] accepts only one 'filter' element.", at_value(body, key))
                out["filter"] = parse_query(body, key, replace(ctx, depth=ctx.depth + 1))
            elif not scalar(value):
                raise Parsing(f"unexpected token [{token(value)}]", at_value(body, key))
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[constant_score] query does not support [{key}]", at_value(body, key))
        if "filter" not in out:
            raise Parsing("[constant_score] requires a 'filter' element", at_end(body))
        return cls(**out)

    def matches_none(self, shard: ShardSearch) -> bool:
        return self.filter.matches_none(shard)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        inner = unboosted(self.filter).bind(shard, False)
        return Constant(lambda segment: inner.match(segment).match, boost)


QUERIES = (MatchAll, MatchNone, Bool, ConstantScore)
