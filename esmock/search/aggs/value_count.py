"""The value_count metric.

Docs: search-aggregations-metrics-valuecount-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.column_text import Piece, Write
from esmock.search.aggs.columns import Column, Numbers
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, Sample, SingleValue
from esmock.search.aggs.kinds import ANY, RANGE, SUMMARIES
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.moments import only_value
from esmock.search.aggs.owners import Growing
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any


class ValueCount(SingleValue):
    """Number of values. Docs: search-aggregations-metrics-valuecount-aggregation."""

    type, java = "value_count", "InternalValueCount"
    __slots__ = ("count",)

    def __init__(self, name: str, meta: Json, format: Any, count: int) -> None:
        super().__init__(name, meta, format)
        self.count = count

    @staticmethod
    def bodies(counts: list[int]) -> list[Json]:
        """Many results as they are printed."""
        return [{"value": count} for count in counts]

    @staticmethod
    def pieces(write: Write, counts: Array) -> list[Piece]:
        """The same as text."""
        return [b'{"value":', write(counts), b"}"]

    def scaled_up(self, sample: Sample) -> ValueCount:
        return ValueCount(self.name, self.meta, self.format, sample.count(self.count))

    def value(self) -> float:
        return self.count

    def reduce(self, results: list[ValueCount], ctx: ReduceContext) -> ValueCount:
        return ValueCount(self.name, self.meta, None, sum(one.count for one in results))

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"value": self.count}


class ValueCountAggregator(SourceAggregator):
    sort_kind = "single_value"

    def prepare(self) -> None:
        self.source.read_longs()
        self.counts = Growing(np.int64)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty or not len(docs):
            return
        if self.source.kind in SUMMARIES:
            self._collect_sums(leaf, docs, owners)
            return
        starts = self.source.load(leaf, docs).starts
        if self.source.kind == RANGE:
            # ES: all ranges of a document are one value
            starts = np.concatenate([[0], np.cumsum(np.diff(starts) > 0)])
        n = int(owners.max()) + 1
        counts = starts[docs + 1] - starts[docs]
        self.counts.ensure(n)[:n] += np.bincount(owners, weights=counts, minlength=n).astype(np.int64)

    def _collect_sums(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        from esmock.search.aggs.summaries import summed

        positions, numbers = summed(self.source, leaf, docs, "counts")
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += np.bincount(owners[positions], weights=numbers, minlength=n).astype(np.int64)

    def column(self, owners: Sequence[int]) -> Column:
        return Numbers(ValueCount, self.name, self.builder.meta, None, [self.counts.get(owners)], [0])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        return self.column(owners).made()

    def sort_values(self, key: str | None, owners: Array) -> Array:
        only_value(self.name, key)
        return self.counts.get(owners).astype(np.float64)


class ValueCountAgg(SourceBuilder):
    name, aggregator, is_metric = "value_count", ValueCountAggregator, True
    kinds = (*ANY, *SUMMARIES)
    default_kind = "bytes"
    parser = Parser("value_count", *source_fields())


AGGREGATIONS = (ValueCountAgg,)
