"""Collection on one shard: aggregators, and what they need of the shard.

The contract: a parent hands ``docs`` and an equally long array of dense bucket ids ``owners``; an aggregator keeps one state per owner and
is asked at the end for the results of the owners it is told. Nesting is a matter of numbers, and nothing runs document by document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.search.aggs.columns import Column, Made, Rows
from esmock.search.aggs.internal import Internal, Results

if TYPE_CHECKING:
    from esmock.version import Behaviour

from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import NO_BUCKET

Array = Any


@dataclass(slots=True)
class ShardContext:
    """What aggregators need of their shard.

    Args:
        shard: the engine's ShardSearch, which queries are bound to.
        query: the search's own, as parsed; hits are explained by it.
        sources: the values sources of the definitions that have asked for theirs.
    """

    shard: Any
    query: Any = None
    sources: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, shard: Any) -> ShardContext:
        """From the engine's ShardSearch."""
        return shard if isinstance(shard, cls) else cls(shard)

    @property
    def mapping(self) -> Any:
        return self.shard.mapping

    @property
    def behaviour(self) -> Behaviour:
        return self.shard.behaviour  # type: ignore[no-any-return]

    @property
    def now_ms(self) -> int:
        return int(self.shard.now_ms)

    @property
    def index(self) -> str:
        return str(self.shard.index)

    def shard_in(self, scope: str | None) -> Any:
        """The shard as queries inside a nested object see it."""
        return self.shard if scope is None else replace(self.shard, scope=scope)


class Aggregator:
    """One aggregation on one shard.

    Args:
        builder: the parsed definition.
        ctx: the shard.
        parent: the aggregator above; None at the top.
    """

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.builder = builder
        self.ctx = ctx
        self.parent = parent
        self.subs = SubAggregators(builder.subs, ctx, self)
        self.is_copied: bool = any(one.is_copied for one in self.subs.members) or self._is_rewritten()

    def _is_rewritten(self) -> bool:
        queries = self.builder.queries()
        if not queries or self.ctx.behaviour.major >= 8:
            return False
        from esmock.search.aggs.rewriting import is_rewritten

        return any(is_rewritten(one, self.ctx.shard) for one in queries)

    @property
    def name(self) -> str:
        return str(self.builder.agg_name)

    defers: ClassVar[bool] = False
    """Hands on documents only when it has chosen among its buckets."""
    is_global: ClassVar[bool] = False
    """Collects every document of the shard, whatever the query."""
    joins_buckets: ClassVar[bool] = False
    """Whether buckets of one shard are joined with each other in the reduction."""
    builds_at_once: ClassVar[bool] = True
    """Asks the aggregations below once for the results of all its buckets."""
    sort_kind: ClassVar[str] = "other"
    """What ``order`` may ask: ``single_bucket``, ``single_value``, ``multi_value`` or ``other``."""

    @property
    def is_joined(self) -> bool:
        """Whether results are joined with others in the reduction: with other shards', or with those of other buckets."""
        above = self.parent
        while above is not None and not above.joins_buckets:
            above = above.parent
        return above is not None or not self.ctx.shard.is_alone

    def has_metric(self, name: str) -> bool:
        """Whether a metric of several values has one of a name."""
        return False

    @property
    def needs_scores(self) -> bool:
        """Whether ``Leaf.scores`` must be there."""
        return self.subs.needs_scores

    @property
    def asks_who_was_first(self) -> bool:
        """Whether its results depend on which of its owners was met first."""
        return False

    @property
    def scope(self) -> str | None:
        """The nested object whose documents are handed to the aggregators below."""
        return self.parent.scope if self.parent is not None else None

    @property
    def is_single(self) -> bool:
        """Whether there is one owner: nothing stands above but aggregations of one bucket."""
        return self.parent is None or (self.parent.hands_one_bucket and self.parent.is_single)

    @property
    def is_waited_for(self) -> bool:
        """Whether one above hands on the documents of the buckets that are wanted only."""
        return self.parent is not None and (self.parent.hands_on_late or self.parent.is_waited_for)

    @property
    def hands_on_late(self) -> bool:
        """Whether documents go on when their buckets are chosen."""
        return self.defers or self.waits()

    def waits(self) -> bool:
        """Whether the aggregations below see documents only when it is known of which buckets results are wanted."""
        return False

    @property
    def hands_one_bucket(self) -> bool:
        """Whether it has no more buckets than owners, as far as Elasticsearch knows beforehand."""
        return self.sort_kind == "single_bucket"

    @property
    def ends_segments(self) -> bool:
        """Whether it wants no document of any segment, nor lets the aggregators above have them unless others there do.

        ES: a ``min`` over an unmapped field ends the collection of every segment (recording of 7.10.2).
        """
        return not self.defers and self.subs.ends_segments

    def java_numbers(self, numbers: Sequence[int]) -> list[int]:
        """What Elasticsearch calls the buckets that are asked for; known where somebody below asks who was first."""
        return list(range(len(numbers)))

    def as_built(self, numbers: Sequence[int]) -> list[int]:
        """The buckets that are asked for, in the order in which Elasticsearch asks for what stands below them."""
        return list(numbers)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        """Take documents of one segment.

        Args:
            leaf: the segment.
            docs: int64[n], ascending; a document stands there once per bucket that it is in.
            owners: int64[n], the bucket of each.
        """
        raise NotImplementedError(type(self).__name__)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        """The results of some owners; an owner without documents has an empty result."""
        raise NotImplementedError(type(self).__name__)

    def column(self, owners: Sequence[int]) -> Column:
        """``build``, as a column."""
        return Made(self.build(owners))

    is_kept_whole: bool = False
    """Whether what it makes of all documents of a segment stays there."""

    is_idle: bool = False
    """Whether it never hands on a document, so that what stands below is not even asked whether it could take one."""

    def finish(self) -> None:
        """Called once after the last segment, before ``build``."""
        if not self.is_idle:
            self.subs.finish()

    def order_values(self, path: list[tuple[str, str | None]], owners: Array) -> Array:
        """float64[n]: the numbers by which ``order`` sorts owners; ``path`` starts below this aggregator."""
        name, key = path[0]
        child = self.subs.by_name[name]
        if len(path) == 1:
            return child.sort_values(key, owners)
        return child.order_below(path[1:], owners)

    def order_below(self, path: list[tuple[str, str | None]], owners: Array) -> Array:
        """``order_values`` where the owners are this aggregator's own; single-bucket aggregators number buckets as owners."""
        return self.order_values(path, owners)

    def sort_values(self, key: str | None, owners: Array) -> Array:
        """float64[n]: this aggregator's own number of each owner."""
        return np.array([result.sort_value(key) for result in self.build([int(one) for one in owners])], np.float64)


class SubAggregators:
    """The aggregators of one level."""

    __slots__ = ("by_name", "collecting", "members")

    def __init__(self, factories: Any, ctx: ShardContext, parent: Aggregator | None) -> None:
        self.members: list[Aggregator] = [one.create(ctx, parent) for one in factories.aggregations]
        self.collecting = [one for one in self.members if not one.ends_segments]
        self.by_name = {one.name: one for one in self.members}

    def __bool__(self) -> bool:
        return bool(self.members)

    @property
    def needs_scores(self) -> bool:
        return any(one.needs_scores for one in self.members)

    @property
    def ends_segments(self) -> bool:
        """Whether all of them do."""
        return bool(self.members) and all(one.ends_segments for one in self.members)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if len(docs):
            for one in self.collecting:
                one.collect(leaf, docs, owners)

    def collect_parts(self, leaf: Leaf, parts: Sequence[tuple[Array, Array]]) -> None:
        """Documents that were chosen bucket by bucket: in their own order where it matters, each with all its buckets."""
        if len(parts) > 1 and any(one.asks_who_was_first for one in self.members):
            docs, owners = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
            order = np.argsort(docs, kind="stable")
            parts = [(docs[order], owners[order])]
        for docs, owners in parts:
            self.collect(leaf, docs, owners)

    def finish(self) -> None:
        for one in self.members:
            one.finish()

    def build(self, owners: Sequence[int]) -> Rows:
        """The results below each owner."""
        columns = {one.name: one.column(owners) for one in self.members}
        for one in self.members:
            if one.is_copied:
                columns[one.name] = columns[one.name].with_meta()
        return Rows(columns, len(owners))

    def empty(self) -> Results:
        """The results of a bucket without documents."""
        results: Results = self.build([NO_BUCKET])[0]
        return results
