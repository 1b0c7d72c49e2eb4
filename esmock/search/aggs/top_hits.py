"""The best documents of a bucket: top_hits.

Docs: search-aggregations-metrics-top-hits-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.filters import match_of
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering
from esmock.search.aggs.leaf import Leaf
from esmock.xcontent import located
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest

Json = Any
Array = Any

_KEYS = frozenset(
    "from size version seq_no_primary_term explain track_scores _source stored_fields script_fields highlight sort docvalue_fields fields".split()
)


class TopHits(Internal):
    """Hits of several shards, each with its fetched form.

    Attributes:
        rows: pairs of the hit before and after fetching, in order.
        total: documents in the bucket.
    """

    type, java = "top_hits", "InternalTopHits"
    __slots__ = ("max_score", "rows", "sort_keys", "start", "stop", "total")

    def __init__(
        self,
        name: str,
        meta: Json,
        rows: list[Any],
        total: int,
        max_score: float | None,
        sort_keys: list[Any],
        window: tuple[int, int],
    ) -> None:
        super().__init__(name, meta)
        self.rows, self.total, self.max_score, self.sort_keys = rows, total, max_score, sort_keys
        self.start, self.stop = window

    must_reduce_alone = True

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        from esmock.search.merging import agree, merge_hits
        from esmock.search.result import ShardResult

        parts: list[Any] = [ShardResult(None, None, 0, [hit for hit, _ in one.rows], None, one.sort_keys) for one in results]  # type: ignore[arg-type]
        agree(parts)
        fetched = {id(hit): shown for one in results for hit, shown in one.rows}
        hits = merge_hits(parts)
        start, stop = (self.start, self.stop) if ctx.is_final else (0, self.stop)
        scores = [one.max_score for one in results if one.max_score is not None]
        rows = [(hit, fetched[id(hit)]) for hit in hits[start:stop]]
        total = sum(one.total for one in results)
        return TopHits(
            self.name, self.meta, rows, total, max(scores) if scores else None, self.sort_keys, (self.start, self.stop)
        )

    def content(self, rendering: Rendering) -> dict[str, Json]:
        from esmock.search.hit_body import hit
        from esmock.xcontent.json_writer import F32

        best = None if self.max_score is None else F32(self.max_score)
        as_int, typed = rendering.total_as_int, rendering.behaviour.major < 8
        total = self.total if as_int else {"value": self.total, "relation": "eq"}
        listed = [hit(shown, typed=typed, total_as_int=as_int) for _, shown in self.rows]
        return {"hits": {"total": total, "max_score": best, "hits": listed}}


class TopHitsAggregator(Aggregator):
    """Keeps the documents of each owner until the end."""

    builder: TopHitsAgg

    def __init__(self, builder: TopHitsAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        from esmock.search.sort_key import SortKey

        super().__init__(builder, ctx, parent)
        request = builder.request
        limit = int(getattr(ctx.shard, "settings", {}).get("index.max_inner_result_window", 100))
        if request.from_ + request.size > limit:
            raise IllegalArgument(
                f"Top hits result window is too large, the top hits aggregator [{builder.agg_name}]'s from + size must be less than or equal "
                f"to: [{limit}] but was [{request.from_ + request.size}]. This limit can be set by changing the "
                "[index.max_inner_result_window] index level setting."
            )
        keys = [SortKey.of(one, ctx.shard) for one in request.sort or ()]
        by_score = not keys or (len(keys) == 1 and keys[0].kind == "score" and keys[0].sort.descending)
        self.sort_keys = [] if by_score else keys
        self.by_score = by_score
        self.shows_scores = by_score or request.track_scores or any(one.kind == "score" for one in keys)
        self.parts: list[tuple[Leaf, Array, Array]] = []
        self.scores_afterwards = bool(self.sort_keys) and request.track_scores and (self.scope is not None or self._is_below_global)

    @property
    def _is_below_global(self) -> bool:
        above = self.parent
        while above is not None and not above.is_global:
            above = above.parent
        return above is not None

    @property
    def asks_who_was_first(self) -> bool:
        return bool(self.scores_afterwards)

    @property
    def needs_scores(self) -> bool:
        return bool(self.shows_scores)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.builder.request.from_ + self.builder.request.size == 0:
            raise IllegalArgument(
                "numHits must be > 0; please use TotalHitCountCollector if you just need the total hit count"
            )
        self.parts.append((leaf, docs, owners))

    def build(self, owners: Sequence[int]) -> list[Internal]:
        docs, owner, part, columns = self._columns()
        order = np.lexsort([*reversed(columns), owner]) if len(docs) else np.zeros(0, np.int64)
        docs, owner, part = docs[order], owner[order], part[order]
        wanted = np.asarray(owners, np.int64)
        if self.scores_afterwards:
            self._check_matches(docs, owner, part, owners)
        starts = np.searchsorted(owner, wanted, "left").tolist()
        ends = np.searchsorted(owner, wanted, "right").tolist()
        return [self._result(docs[low:high], part[low:high]) for low, high in zip(starts, ends, strict=True)]

    def _check_matches(self, docs: Array, owner: Array, part: Array, owners: Sequence[int]) -> None:
        """Refuse hits that the search's own query does not match: their scores cannot be told.

        ES: scores beside other sort keys are computed when the hits are chosen, by the query of the search, which nested objects need
        not match, nor documents below ``global`` (recordings of 7.10.2 and 8.19.21).

        Raises:
            IllegalArgument: of the first bucket with such a hit, the first of its hits.
        """
        from esmock.search.lucene.node import lucene_doc
        from esmock.search.query.compound import MatchAll
        from esmock.search.sort_values import lucene_base

        match = match_of(self.ctx, self.ctx.query or MatchAll(), self.parent)
        request, shard = self.builder.request, self.ctx.shard
        for one in self.parent.as_built(owners) if self.parent is not None else owners:
            rows = np.flatnonzero(owner == one)[: request.from_ + request.size]
            found = [(self.parts[part[row]][0].segment, int(docs[row])) for row in rows.tolist()]
            missed = [
                lucene_base(shard.reader, segment if segment.path is None else segment.root) + lucene_doc(segment, doc, shard.mapping)
                for segment, doc in found
                if not match(segment)[doc]
            ]
            if missed:
                raise IllegalArgument(f"Doc id {min(missed)} doesn't match the query")

    def _columns(self) -> tuple[Array, Array, Array, list[Array]]:
        """Documents, their owners, their parts and sort keys, all parts joined."""
        keys = []
        self._prepare()
        for leaf, docs, _ in self.parts:
            if self.by_score:
                scores = leaf.scores
                keys.append([np.zeros(len(docs)) if scores is None else -scores[docs]])
            else:
                keys.append([one.keys(leaf.segment, docs, leaf.scores, leaf.base) for one in self.sort_keys])
        nothing = np.zeros(0, np.int64)
        if not keys:
            return nothing, nothing, nothing, []
        columns = [np.concatenate(column) for column in zip(*keys, strict=True)]
        docs = np.concatenate([one for _, one, _ in self.parts])
        owner = np.concatenate([one for _, _, one in self.parts])
        part = np.repeat(np.arange(len(self.parts)), [len(one) for _, one, _ in self.parts])
        return docs, owner, part, columns

    def _prepare(self) -> None:
        """Tell the sort keys of all documents, segment by segment."""
        found: dict[int, tuple[Leaf, list[Array]]] = {}
        for leaf, docs, _ in self.parts:
            found.setdefault(id(leaf.segment), (leaf, []))[1].append(docs)
        leaves: list[Any] = [(leaf, np.unique(np.concatenate(parts)), leaf.scores) for leaf, parts in found.values()]
        for one in self.sort_keys:
            one.prepare(leaves)

    def _result(self, docs: Array, parts: Array) -> Internal:
        request = self.builder.request
        window = (request.from_, request.from_ + request.size)
        hits = [
            self._hit(self.parts[part][0], doc)
            for doc, part in zip(docs[: window[1]].tolist(), parts.tolist(), strict=False)
        ]
        best = None
        if self.shows_scores and len(docs) and (self.by_score or request.track_scores):
            scores = [
                self._score(self.parts[part][0], doc) for doc, part in zip(docs.tolist(), parts.tolist(), strict=True)
            ]
            best = max(scores)
        rows = list(zip(hits, self._fetched(hits), strict=True))
        for hit in hits:
            hit.shard = self.ctx.shard.number
        return TopHits(self.name, self.builder.meta, rows, len(docs), best, self.sort_keys, window)

    def _score(self, leaf: Leaf, doc: int) -> float:
        return 1.0 if leaf.scores is None else float(leaf.scores[doc])

    def _hit(self, leaf: Leaf, doc: int) -> Any:
        from esmock.search.result import Hit

        score = self._score(leaf, doc) if self.shows_scores else None
        raw = tuple(one.raw(leaf.segment, doc, score, leaf.base) for one in self.sort_keys)
        shown = score if self.by_score or self.builder.request.track_scores else None
        return Hit(0, leaf, doc, shown, raw)  # type: ignore[arg-type]

    def _searching(self) -> Any:
        """The shard as hits are fetched from it, with the scripts asked for here."""
        shard = self.ctx.shard
        if not self.builder.request.script_fields:
            return replace(shard, field_scripts=None)
        from esmock.search.script_fields import FieldScripts

        return replace(shard, field_scripts=FieldScripts(self.builder.request.script_fields, shard))

    def _fetched(self, hits: list[Any]) -> list[Any]:
        from esmock.search.fetch import fetch, source_wanted
        from esmock.search.result import ShardResult
        from esmock.search.shard_target import Environment, ShardTarget

        if not hits:
            return []
        shard = self._searching()
        target = ShardTarget(
            shard.index, shard.index_uuid, shard.number, shard.reader, shard.mapping, shard.settings, type_name=shard.type_name
        )
        result = ShardResult(target, shard, len(hits), hits, None, self.sort_keys)
        environment = Environment(shard.behaviour, shard.now_ms, resources=shard.resources, scripts=shard.scripts)
        request = replace(self.builder.request, query=self.ctx.query)
        # ES: an object inside a document has its id from where the source comes from (recording of 8.19.21)
        reads_source = source_wanted(request).fetch or bool(request.fields) or request.highlight is not None
        shows_id = None if self.scope is None else reads_source or shard.behaviour.major < 8
        return fetch(request, hits, {id(target): result}, [target], environment, shows_id=shows_id, is_own=False)


class TopHitsAgg(Builder):
    name, aggregator, is_metric = "top_hits", TopHitsAggregator, True
    request: SearchRequest

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        from esmock.search.sort_key import SortKey

        for one in self.request.sort or ():
            SortKey.of(one, ctx.shard)
        super().configure(ctx, parent)

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> TopHitsAgg:
        from esmock.search.request import SearchRequest as Request

        out = cls(agg_name)
        for key, value in body.items():
            if key not in _KEYS:
                raise Parsing(f"Unknown key for a {located.token(value)} in [{key}].", located.at_value(body, key))
            if key in ("from", "size") and isinstance(value, int) and value < 0:
                raise IllegalArgument(
                    f"[{key}] must be greater than or equal to 0. Found [{p.text(value)}] in [{agg_name}]"
                )
        request = Request.parse(body, ctx.behaviour, warn=ctx.warn)
        # ES: values that hits were sorted by are shown as they are (recording of 8.19.21)
        request = replace(request, sort=request.sort and [replace(one, format=None) for one in request.sort])
        out.request = request if "size" in body else replace(request, size=3)
        return out


AGGREGATIONS = (TopHitsAgg,)
