"""Queries on nested objects. Docs: query-dsl-nested-query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, IllegalState
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.parse import flag, parse_query, read_met, text

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any

MODES = ("min", "max", "avg", "sum", "none")


@dataclass(slots=True)
class NestedBound(Bound):
    """Documents one of whose nested objects matches, with their scores joined."""

    path: str
    inner: Bound
    mode: str
    scored: bool

    def match(self, segment: Any) -> Hits:
        view = segment.nested(self.path)
        hits = self.inner.match(view)
        n = segment.n_docs
        parents, _ = view.places_in(segment)
        found = np.flatnonzero(hits.match)
        owners = parents[found]
        match = np.zeros(n, bool)
        match[owners] = True
        if not self.scored:
            return Hits(match)
        if self.mode == "none" or hits.score is None:
            return Hits(match, np.zeros(n, F32))
        return Hits(match, self._joined(n, owners, hits.score[found]))

    def _joined(self, n: int, owners: np.ndarray, scores: np.ndarray) -> np.ndarray:
        out = np.zeros(n, F32)
        if not len(owners):
            return out
        if self.mode == "max":
            np.maximum.at(out, owners, scores)
            return out
        if self.mode == "min":
            out[owners] = np.inf
            np.minimum.at(out, owners, scores)
            return out
        sums = np.bincount(owners, weights=scores, minlength=n)
        if self.mode == "avg":
            counts = np.bincount(owners, minlength=n)
            sums = np.divide(sums, counts, out=np.zeros(n), where=counts > 0)
        return sums.astype(F32)


def read_mode(holder: Json, key: Any, ctx: ParseContext) -> str:
    """How the scores of objects or children are joined. Raises IllegalArgument."""
    mode = text(holder, key, ctx)
    if mode not in MODES:
        raise IllegalArgument(f"No score mode for child query [{mode}] found")
    return mode


@dataclass(slots=True)
class Nested(Query):
    """Docs: query-dsl-nested-query."""

    name = "nested"
    path: str
    query: Query
    score_mode: str = "avg"
    ignore_unmapped: bool = False
    inner_hits: Any = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Nested:
        from esmock.search.inner_hits import InnerHits

        inner = replace(ctx, depth=ctx.depth + 1)
        out = read_met("nested", body, ctx, {
            "path": text, "score_mode": read_mode, "ignore_unmapped": flag,
        }, {
            "query": lambda holder, key, _: parse_query(holder, key, inner),
            "inner_hits": lambda holder, key, ctx: InnerHits.parse(holder[key], ctx),
        })
        if out.get("path") is None:
            raise IllegalArgument("[nested] requires 'path' field")
        if "query" not in out:
            raise IllegalArgument("[nested] requires 'query' field")
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        mapper = shard.mapping.object(self.path)
        if mapper is None or not mapper.nested:
            if mapper is None and self.ignore_unmapped:
                return MatchNothing()
            if mapper is None or shard.behaviour.major >= 8:
                raise IllegalState(f"[nested] failed to find nested object under path [{self.path}]")
            raise IllegalState(f"[nested] nested object under path [{self.path}] is not of nested type")
        inner = replace(shard, scope=self.path, inner_hits={})
        if self.inner_hits is not None:
            from esmock.search.inner_hits import register

            register(self.inner_hits, self.path, self.query, shard, inner)
        bound = self.query.bind(inner, scored and self.score_mode != "none", boost)
        return NestedBound(self.path, bound, self.score_mode, scored)


QUERIES = (Nested,)
