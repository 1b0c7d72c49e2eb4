"""Queries on parents and children. Docs: joining-queries. Source: recordings of 7.10.2."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Parsing
from esmock.mapping.join import Join
from esmock.search import bm25
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.joining import read_mode
from esmock.search.query.parse import flag, parse_query, read_met, scalar, text, whole
from esmock.search.query.refusals import noting
from esmock.xcontent.located import at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def join_field(shard: ShardSearch) -> Join | None:
    """The join field of the mapping, of which there is one at most."""
    return next((one for _, one in shard.mapping.fields("*") if isinstance(one, Join)), None)


def load_ordinals(shard: ShardSearch, field: Join) -> None:
    """Tell the shard that families are numbered over all its segments, which takes memory."""
    for name in field.ordinals_names:
        shard.load_fielddata(name)


@dataclass(frozen=True, slots=True)
class Family:
    """Who is whose child in one segment.

    names: str[n_docs], the relation; empty where there is none
    parents: str[n_docs], the id of the parent; empty for those without
    ids: str[n_docs], the documents' own
    """

    names: np.ndarray
    parents: np.ndarray
    ids: np.ndarray


def family(segment: Any, path: str) -> Family:
    """See ``Family``; kept on the segment."""

    def build() -> Family:
        raw, field = segment.values(path)
        read = [field.read(values[0]) if values else (None, None) for values in raw] if isinstance(field, Join) else []
        read = read or [(None, None)] * segment.n_docs
        names = np.array([name or "" for name, _ in read], dtype=str)
        parents = np.array([parent or "" for _, parent in read], dtype=str)
        return Family(names, parents, np.array(segment.doc_ids, dtype=str))

    return segment.cached(("family", path), build)  # type: ignore[no-any-return]


@dataclass(slots=True)
class JoinedBound(Bound):
    """Documents of some relations whose key is among those found, with their scores.

    keys: str[m], sorted; scores: float32[m], or None for a constant
    """

    path: str
    names: tuple[str, ...]
    own_ids: bool
    keys: np.ndarray
    scores: np.ndarray | None
    boost: Any

    def score_of(self, key: str) -> Any:
        """The score that a key gives; None: it is not among those found."""
        at = int(np.searchsorted(self.keys, key))
        if at == len(self.keys) or self.keys[at] != key:
            return None
        return F32(1) if self.scores is None else self.scores[at]

    def match(self, segment: Any) -> Hits:
        found = family(segment, self.path)
        mine = found.ids if self.own_ids else found.parents
        match = np.isin(found.names, self.names)
        if not len(self.keys):
            return Hits(np.zeros(segment.n_docs, bool), np.zeros(segment.n_docs, F32))
        at = np.minimum(np.searchsorted(self.keys, mine), len(self.keys) - 1)
        match &= self.keys[at] == mine
        if self.scores is None:
            return Hits(match, match * F32(self.boost))
        return Hits(match, np.where(match, self.scores[at], F32(0)).astype(F32))


def _collected(
    shard: ShardSearch, path: str, query: Query, name: str, *, is_scored: bool, own_ids: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The keys and scores of the living documents of a relation that a query finds on the whole shard."""
    # ES: children and parents are looked for apart, with the statistics of the shard
    alone = replace(shard, inner_hits={}, dfs=None, percolations=[])
    inner = query.bind(alone, is_scored)
    keys, scores = [np.empty(0, dtype=str)], [np.empty(0, F32)]
    for leaf in shard.reader:
        segment = leaf.segment
        found = family(segment, path)
        with noting(alone, segment) as refusals:
            hits = inner.match(segment)
        match = hits.match & (found.names == name)
        live = leaf.live()
        if live is not None:
            match = match & live
        refusals.check(np.flatnonzero(match))
        keys.append((found.ids if own_ids else found.parents)[match])
        scores.append(np.zeros(int(match.sum()), F32) if hits.score is None else hits.score[match])
    return np.concatenate(keys), np.concatenate(scores)


def _children(name: str, count: int, ctx: ParseContext) -> int:
    """``min_children`` or ``max_children``. Raises IllegalArgument."""
    if ctx.behaviour.major >= 8 and count <= 0:
        raise IllegalArgument(f"[has_child] requires positive '{name}' field")
    if count < 0:
        raise IllegalArgument(f"[has_child] requires non-negative '{name}' field")
    if count == 0 and name == "min_children":
        ctx.warn("[min_children] 0 will be rejected starting in 8.0. Using 1 instead of 0 will return the same result set.")
        return 1
    return count


def _objects(ctx: ParseContext) -> dict[str, Any]:
    from esmock.search.inner_hits import InnerHits

    inner = replace(ctx, depth=ctx.depth + 1)
    return {
        "query": lambda holder, key, _: parse_query(holder, key, inner),
        "inner_hits": lambda holder, key, ctx: InnerHits.parse(holder[key], ctx),
    }


def _missing_field(shard: ShardSearch, query: Any, reason: str) -> Bound:
    if query.ignore_unmapped:
        return MatchNothing()
    raise shard.error(f"[{query.name}] {reason}")


@dataclass(slots=True)
class _Relatives(Query):
    """The children of a document, or its parent."""

    name = "relatives"
    path: str
    type: str
    key: str
    is_parent: bool

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return JoinedBound(self.path, (self.type,), self.is_parent, np.array([self.key]), None, boost)


def _register(query: HasChild | HasParent, field: Join, shard: ShardSearch, *, of_children: bool) -> None:
    """Note on the shard that inner hits are wanted."""
    from esmock.search.inner_hits import register_related

    def relatives(segment: Any, doc: int) -> Query:
        found = family(segment, field.path)
        key = found.ids[doc] if of_children else found.parents[doc]
        return _Relatives(field.path, query.type, str(key), not of_children)

    register_related(query.inner_hits, query.type, query.query, shard, relatives)


@dataclass(slots=True)
class HasChild(Query):
    """Docs: query-dsl-has-child-query."""

    name = "has_child"
    type: str
    query: Query
    score_mode: str = "none"
    minimum: int = 1
    maximum: int = 2**31 - 1
    ignore_unmapped: bool = False
    inner_hits: Any = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> HasChild:
        out = read_met("has_child", body, ctx, {
            "type": text, "score_mode": read_mode, "min_children": whole, "max_children": whole, "ignore_unmapped": flag,
        }, _objects(ctx))
        for key in ("type", "query"):
            if key not in out:
                raise IllegalArgument(f"[has_child] requires '{key}' field")
        for name, attribute in (("min_children", "minimum"), ("max_children", "maximum")):
            if name in out:
                out[attribute] = _children(name, out.pop(name), ctx)
        query = cls(**out)
        if query.maximum < query.minimum:
            raise IllegalArgument("[has_child] 'max_children' is less than 'min_children'")
        return query

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = join_field(shard)
        if field is None:
            return _missing_field(shard, self, "no join field has been configured")
        load_ordinals(shard, field)
        parent = field.parent_of(self.type)
        if parent is None:
            return _missing_field(shard, self, f"join field [{field.path}] doesn't hold [{self.type}] as a child")
        if self.inner_hits is not None:
            _register(self, field, shard, of_children=True)
        is_scored = scored and self.score_mode != "none"
        keys, scores = _collected(shard, field.path, self.query, self.type, is_scored=is_scored, own_ids=False)
        found, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        keep = (counts >= self.minimum) & (counts <= self.maximum)
        joined = self._joined(places, scores, counts)[keep] if is_scored else None
        return JoinedBound(field.path, (parent,), True, found[keep], joined, F32(1))  # ES: the boost is left out

    def _joined(self, places: np.ndarray, scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
        out: Any = np.zeros(len(counts), F32)
        if self.score_mode == "max":
            np.maximum.at(out, places, scores)
        elif self.score_mode == "min":
            out[:] = np.inf
            np.minimum.at(out, places, scores)
        else:
            np.add.at(out, places, scores)
            if self.score_mode == "avg":
                out = out / counts.astype(F32)
        return out


@dataclass(slots=True)
class HasParent(Query):
    """Docs: query-dsl-has-parent-query."""

    name = "has_parent"
    type: str
    query: Query
    score: bool = False
    ignore_unmapped: bool = False
    inner_hits: Any = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> HasParent:
        out = read_met(
            "has_parent", body, ctx, {"parent_type": text, "score": flag, "ignore_unmapped": flag}, _objects(ctx)
        )
        if "parent_type" not in out:
            raise IllegalArgument("[has_parent] requires 'parent_type' field")
        out["type"] = out.pop("parent_type")
        if "query" not in out:
            raise IllegalArgument("[has_parent] requires 'query' field")
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = join_field(shard)
        if field is None:
            return _missing_field(shard, self, "no join field has been configured")
        load_ordinals(shard, field)
        children = field.relations.get(self.type)
        if children is None:
            return _missing_field(shard, self, f"join field [{field.path}] doesn't hold [{self.type}] as a parent")
        if self.inner_hits is not None:
            _register(self, field, shard, of_children=False)
        is_scored = scored and self.score
        keys, scores = _collected(shard, field.path, self.query, self.type, is_scored=is_scored, own_ids=True)
        order = np.argsort(keys, kind="stable")
        return JoinedBound(field.path, children, False, keys[order], scores[order] if is_scored else None, F32(1))


@dataclass(slots=True)
class ParentId(Query):
    """Docs: query-dsl-parent-id-query."""

    name = "parent_id"
    type: str = "null"
    id: str | None = None
    ignore_unmapped: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> ParentId:
        for key, value in body.items():
            if not scalar(value):
                raise Parsing(f"[parent_id] query does not support [{key}]", at_value(body, key))
        return cls(**read_met("parent_id", body, ctx, {"type": text, "id": text, "ignore_unmapped": flag}, {}))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = join_field(shard)
        if field is None:
            return _missing_field(shard, self, f"no join field found for index [{shard.index}]")
        parent = field.parent_of(self.type)
        if parent is None:
            return _missing_field(shard, self, f"no relation found for child [{self.type}]")
        if self.id is None:
            if not any(len(family(leaf.segment, field.path).names) and any(family(leaf.segment, field.path).names) for leaf in shard.reader):
                return MatchNothing()
            bytes_ = "org.apache.lucene.util.BytesRef"
            raise NullPointer(f'Cannot invoke "{bytes_}.compareTo({bytes_})" because "target" is null')
        score = np.asarray(self.scorer(shard, field, parent, boost).score(np.ones(1, F32), None), F32)
        return JoinedBound(field.path, (self.type,), False, np.array([self.id]), score, boost)

    def scorer(self, shard: ShardSearch, field: Join, parent: str, boost: Any) -> bm25.Bm25:
        """The parent's id as a term: parents hold their own, children that of their parent."""
        doc_freq, doc_count = self.counts(shard, field, parent)
        return bm25.scorer(
            bm25.idf(doc_freq, doc_count), F32(boost), doc_count, doc_count, k1_factor=shard.behaviour.bm25_k1_factor
        )

    def counts(self, shard: ShardSearch, field: Join, parent: str) -> tuple[int, int]:
        """How many documents have the parent's id, and how many have one."""
        path = f"{field.path}#{parent}"
        return shard.scoring_doc_freq(path, self.id), shard.statistics(path).doc_count


QUERIES = (HasChild, HasParent, ParentId)
