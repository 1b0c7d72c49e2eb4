"""What all bucket aggregations share: counting, results below buckets, and single buckets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import Unsupported
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.columns import Rows
from esmock.search.aggs.internal import Internal, SingleBucket
from esmock.search.aggs.leaf import Leaf, Pair
from esmock.search.aggs.owners import Arrivals, BucketOrds, Growing
from esmock.search.aggs.source import Source
from esmock.search.aggs.whole import Grouping, Key, Load, Part, kept_grouping

Array = Any


class BucketAggregator(Aggregator):
    """Numbers buckets by owner and key, counts their documents and hands them on."""

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.ords = BucketOrds()
        self.counts = Growing(np.int64)
        self.arrivals = Arrivals() if self.notes_arrivals() else None
        self._waiting: list[tuple[Leaf, Array, Array]] = []

    def notes_arrivals(self) -> bool:
        """Whether it matters which bucket was met first."""
        return any(one.asks_who_was_first for one in self.subs.members)

    builds_as_met: ClassVar[bool] = False
    """Whether what stands below is asked for in the order in which the buckets were met, not in that of the answer."""

    def java_numbers(self, numbers: Sequence[int]) -> list[int]:
        return super().java_numbers(numbers) if self.arrivals is None or self.hands_on_late else self.arrivals.ranks(numbers)

    def as_built(self, numbers: Sequence[int]) -> list[int]:
        return super().as_built(numbers) if self.arrivals is None or not self.builds_as_met else self.arrivals.ordered(numbers)

    def hand_on(self, leaf: Leaf, docs: Array, numbers: Array) -> None:
        """Give documents with their buckets' numbers to the aggregations below, at once or when it is time."""
        if self.arrivals is not None:
            self.arrivals.note(numbers)
        if not self.subs:
            return
        if self.waits():
            self._waiting.append((leaf, docs, numbers))
        else:
            self.subs.collect(leaf, docs, numbers)

    def finish(self) -> None:
        if not self._waiting:
            super().finish()

    def _hand_on_waiting(self, wanted: list[int]) -> None:
        """Give the aggregations below what waits for them, of the buckets that are wanted."""
        is_wanted = np.zeros(len(self.ords), bool)
        is_wanted[wanted] = True
        for leaf, docs, numbers in self._waiting:
            # what is kept of a whole segment is there at once, whatever is wanted of it
            is_kept = is_wanted.all() or leaf.known(docs, numbers) is not None
            self.subs.collect(leaf, *((docs, numbers) if is_kept else leaf.some(docs, numbers, is_wanted[numbers])))
        self._waiting = []
        self.subs.finish()

    def collect_keyed(self, leaf: Leaf, docs: Array, owners: Array, key: Key | None, load: Load) -> None:
        """Documents with their buckets' keys; where they are of a pair that stays with the segment, so does what follows.

        Args:
            key: what the keys depend on besides the documents and owners; None: on more than the segment.
        """
        pair = None if key is None else leaf.pair(docs, owners)
        found = None if pair is None or key is None else kept_grouping(leaf, pair, key, load)
        if found is None or pair is None or key is None:
            keyed = load(docs, owners)
            docs, owners = keyed.of(docs, owners)
            if keyed.dictionary is None:
                self.collect_keys(leaf, docs, owners, keyed.keys)
            else:
                self.collect_ordinals(leaf, docs, owners, keyed.keys, keyed.dictionary)
        elif len(found.counts):
            self._collect_part(leaf, pair, (*pair.key, *key), found, found.of_part(leaf, pair, docs))

    def _collect_part(self, leaf: Leaf, pair: Pair, key: Key, grouping: Grouping, part: Part) -> None:
        """What a search has of a grouping; ``pair`` is what is grouped, ``key`` names the grouping."""
        if not len(part.counts):
            return
        owners, places, distinct = grouping.block
        if part.used is not None:
            owners, places = owners[part.used], places[part.used]
        if pair.names is not None:
            owners = pair.names[owners]
        own = self.ords.add_block(owners, places, distinct)
        numbers, names = part.numbers, None
        if own is None:
            self.counts.ensure(len(part.counts))[: len(part.counts)] += part.counts
        else:
            self.counts.ensure(int(own.max()) + 1)[own] += part.counts
        if not self.subs:
            return
        if own is not None or part.used is not None:
            names = np.full(len(grouping.counts), -1)
            names[slice(None) if part.used is None else part.used] = np.arange(len(part.counts)) if own is None else own
            numbers = names[numbers]
        leaf.note(part.docs, numbers, Pair(key, grouping.docs, grouping.numbers, part.at, names))
        self.hand_on(leaf, part.docs, numbers)

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
        self.hand_on(leaf, docs, numbers)

    def collect_counted(self, owners: Array, keys: Array, times: Array) -> None:
        """Values that count several times, of histograms. Raises Unsupported: there are aggregations below."""
        if self.subs:
            raise Unsupported("aggregations below buckets of histogram fields")
        if len(keys):
            numbers = self.ords.add(owners, keys)
            n = int(numbers.max()) + 1
            self.counts.ensure(n)[:n] += np.bincount(numbers, weights=times, minlength=n).astype(np.int64)

    def results_of(self, numbers: list[int]) -> Rows:
        """The results below buckets; where these wait for documents, the buckets are all that are wanted."""
        if self._waiting and numbers:
            self._hand_on_waiting(numbers)
        return self.subs.build(numbers)


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

    @property
    def asks_who_was_first(self) -> bool:
        return any(one.asks_who_was_first for one in self.subs.members)

    def java_numbers(self, numbers: Sequence[int]) -> list[int]:
        return super().java_numbers(numbers) if self.parent is None else self.parent.java_numbers(numbers)

    def as_built(self, numbers: Sequence[int]) -> list[int]:
        return super().as_built(numbers) if self.parent is None else self.parent.as_built(numbers)

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

    @property
    def hands_on_late(self) -> bool:
        return not self.source.is_empty and super().hands_on_late

    def check_source(self) -> None:
        """Refuse sources and options before the aggregations below are made."""

    def prepare(self) -> None:
        """Make the state."""


__all__ = ["BucketAggregator", "Builder", "SingleBucketAggregator", "SourceBuckets", "document_counts"]
