"""Compounds that choose among scores or lower them. Docs: query-dsl-dis-max-query, query-dsl-boosting-query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.parse import (
    decimal,
    float_value,
    parse_query,
    read_met,
    text,
)
from esmock.xcontent.located import at_end, at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class DisMaxBound(Bound):
    """The best of several scores, and a part of the others."""

    queries: list[Bound]
    tie_breaker: float

    def __post_init__(self) -> None:
        if not 0 <= self.tie_breaker <= 1:
            raise IllegalArgument("tieBreakerMultiplier must be in [0, 1]")

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        match = np.zeros(n, bool)
        best = np.zeros(n, F32)
        others = np.zeros(n, np.float64)
        is_scored = True
        for one in self.queries:
            hits = one.match(segment)
            match |= hits.match
            if hits.score is None:
                is_scored = False
                continue
            is_better = hits.match & (hits.score >= best)
            others += np.where(is_better, best, np.where(hits.match, hits.score, 0))
            best = np.where(is_better, hits.score, best)
        if not is_scored:
            return Hits(match)
        score = (best + others * float(F32(self.tie_breaker))).astype(F32)
        return Hits(match, np.where(match, score, F32(0)))


def _queries(array: Json, ctx: ParseContext) -> Iterator[Query]:
    """The queries of an array; the parser stands at its bracket when it looks for the first."""
    if not array or not isinstance(array[0], dict):
        raise Parsing("[_na] query malformed, must start with start_object", at_value(array, 0) if array else at_end(array))
    yield from (parse_query(array, at, ctx) for at in range(len(array)))


@dataclass(slots=True)
class DisMax(Query):
    """Docs: query-dsl-dis-max-query."""

    name = "dis_max"
    queries: list[Query]
    tie_breaker: float = 0.0

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> DisMax:
        out: dict[str, Any] = {}
        inner = replace(ctx, depth=ctx.depth + 1)
        for key in body:
            value = body[key]
            if key == "queries" and isinstance(value, dict):
                out.setdefault("queries", []).append(parse_query(body, key, inner))
            elif key == "queries" and isinstance(value, list):
                out.setdefault("queries", []).extend(_queries(value, inner))
            elif isinstance(value, dict | list):
                raise Parsing(f"[dis_max] query does not support [{key}]", at_value(body, key))
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "tie_breaker":
                out["tie_breaker"] = float_value(body, key)
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[dis_max] query does not support [{key}]", at_value(body, key))
        if not out.get("queries"):
            raise Parsing("[dis_max] requires 'queries' field with at least one clause", at_end(body))
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if not 0 <= self.tie_breaker <= 1:
            raise IllegalArgument("tieBreakerMultiplier must be in [0, 1]")
        return DisMaxBound([one.bind(shard, scored, boost) for one in self.queries], self.tie_breaker)


@dataclass(slots=True)
class BoostingBound(Bound):
    """Scores lowered where another query matches."""

    positive: Bound
    negative: Bound
    factor: np.float32
    boost: np.float32

    def match(self, segment: Any) -> Hits:
        hits = self.positive.match(segment)
        if hits.score is None:
            return hits
        lowered = self.negative.match(segment).match
        # Lucene: multiplied in 64 bits, and the boost comes last
        factors = np.where(lowered, np.float64(self.factor), np.float64(1)) * np.float64(self.boost)
        return Hits(hits.match, (hits.score.astype(np.float64) * factors).astype(F32))


@dataclass(slots=True)
class Boosting(Query):
    """Docs: query-dsl-boosting-query."""

    name = "boosting"
    positive: Query
    negative: Query
    negative_boost: float

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Boosting:
        inner = replace(ctx, depth=ctx.depth + 1)
        clause = lambda holder, key, _: parse_query(holder, key, inner)  # noqa: E731
        out = read_met(
            "boosting", body, ctx, {"negative_boost": decimal},
            {"positive": clause, "negative": clause},
        )
        for key in ("positive", "negative"):
            if key not in out:
                raise Parsing(f"[boosting] query requires '{key}' query to be set'", at_end(body))
        if out.get("negative_boost", -1.0) < 0:
            raise Parsing(
                "[boosting] query requires 'negative_boost' to be set to be a positive value'", at_end(body)
            )
        return cls(**out)

    def matches_none(self, shard: ShardSearch) -> bool:
        return self.positive.matches_none(shard)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.matches_none(shard):
            return MatchNothing()
        # ES: what is only looked at for scores tells no slots, but asks for the statistics of its own scores
        unlisted = replace(shard, percolations=[])
        positive = self.positive.bind(shard, scored)
        negative = self.negative.bind(unlisted, scored and shard.dfs is not None)
        return BoostingBound(positive, negative, F32(self.negative_boost), F32(boost))


QUERIES = (DisMax, Boosting)
