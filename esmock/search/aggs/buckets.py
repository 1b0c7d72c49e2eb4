"""What all bucket aggregations share: counting, results below buckets, and single buckets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import Unsupported
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, BucketOrds, Growing, Leaf, ShardContext
from esmock.search.aggs.internal import Internal, Results, SingleBucket
from esmock.search.aggs.source import Source
from esmock.search.aggs.whole import Key, Keyed, kept_grouping

Array = Any


class BucketAggregator(Aggregator):
    """Numbers buckets by owner and key, counts their documents and hands them on."""

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.ords = BucketOrds()
        self.counts = Growing(np.int64)

    def collect_keyed(self, leaf: Leaf, docs: Array, owners: Array, key: Key | None, load: Callable[[], Keyed]) -> None:
        """Documents with their buckets' keys; where ``docs`` are the whole segment, what follows stays with it.

        Args:
            key: what the keys depend on besides the documents and owners; None: on more than the segment.
            load: gives the keys.
        """
        known = None if key is None or len(self.ords) else leaf.known(docs, owners)
        if known is None or key is None:
            keyed = load()
            if keyed.dictionary is None:
                self.collect_keys(leaf, keyed.docs, keyed.owners, keyed.keys)
            else:
                self.collect_ordinals(leaf, keyed.docs, keyed.owners, keyed.keys, keyed.dictionary)
            return
        found = kept_grouping(leaf, (*known, *key), load)
        n = len(found.counts)
        if not n:
            return
        self.ords.adopt(found.block)
        self.counts.ensure(n)[:n] += found.counts
        if self.subs:
            self.subs.collect(leaf, found.docs, found.numbers)

    def collect_keys(self, leaf: Leaf, docs: Array, owners: Array, keys: Array) -> None:
        """Documents with their buckets' keys (numbers); equally long arrays."""
        if len(docs):
            self.collect_numbered(leaf, docs, self.ords.add(owners, keys))

    def collect_ordinals(
        self, leaf: Leaf, docs: Array, owners: Array, ordinals: Array, dictionary: Sequence[Any]
    ) -> None:
        """Documents with their buckets' keys as ordinals of a dictionary."""
        if len(docs):
            self.collect_numbered(leaf, docs, self.ords.add_numbered(owners, ordinals, dictionary))

    def collect_numbered(self, leaf: Leaf, docs: Array, numbers: Array) -> None:
        """Documents with their buckets' numbers."""
        n = int(numbers.max()) + 1
        counts = self.counts.ensure(n)
        counts[:n] += document_counts(leaf, docs, numbers, n)
        if self.subs:
            self.subs.collect(leaf, docs, numbers)

    def collect_counted(self, owners: Array, keys: Array, times: Array) -> None:
        """Values that count several times, of histograms. Raises Unsupported: there are aggregations below."""
        if self.subs:
            raise Unsupported("aggregations below buckets of histogram fields")
        if len(keys):
            numbers = self.ords.add(owners, keys)
            n = int(numbers.max()) + 1
            self.counts.ensure(n)[:n] += np.bincount(numbers, weights=times, minlength=n).astype(np.int64)

    def results_of(self, numbers: list[int]) -> list[Results]:
        """The results below buckets."""
        return self.subs.build(numbers) if self.subs else [{} for _ in numbers]


def document_counts(leaf: Leaf, docs: Array, numbers: Array, n: int) -> Array:
    """int64[n]: documents per bucket, each counted as its ``_doc_count`` says."""
    weights = getattr(leaf.segment, "doc_counts", None)
    if weights is None:
        return np.bincount(numbers, minlength=n)
    return np.bincount(numbers, weights=weights[docs], minlength=n).astype(np.int64)


class SingleBucketAggregator(Aggregator):
    """One bucket per owner; buckets bear the owners' numbers."""

    sort_kind = "single_bucket"
    result: ClassVar[type[SingleBucket]]

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.counts = Growing(np.int64)

    def collect_bucket(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        """Documents that are in the owners' buckets."""
        if not len(docs):
            return
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += document_counts(leaf, docs, owners, n)
        self.subs.collect(leaf, docs, owners)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        below = self.subs.build(owners)
        counts = self.counts.get(owners).tolist()
        name, meta = self.name, self.builder.meta
        return [self.result(name, meta, count, results) for count, results in zip(counts, below, strict=True)]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        return self.counts.get(owners).astype(np.float64)


class SourceBuckets(BucketAggregator):
    """Buckets by the values of one source."""

    builder: SourceBuilder

    def __init__(self, builder: SourceBuilder, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.source: Source = builder.resolve(ctx)
        self.builder, self.ctx, self.parent = builder, ctx, parent
        self.check_source()
        super().__init__(builder, ctx, parent)
        self.prepare()

    @property
    def needs_scores(self) -> bool:
        return self.source.needs_scores or super().needs_scores

    def check_source(self) -> None:
        """Refuse sources and options before the aggregations below are made."""

    def prepare(self) -> None:
        """Make the state."""


__all__ = ["BucketAggregator", "Builder", "SingleBucketAggregator", "SourceBuckets", "document_counts"]
