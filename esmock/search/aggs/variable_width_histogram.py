"""The variable_width_histogram aggregation: buckets around clusters of values.

Docs: search-aggregations-bucket-variablewidthhistogram-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from esmock.errors import ArrayIndexOutOfBounds, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets, document_counts
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.clusters import Clusters
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.formats import Format
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    inner_buckets,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any


@dataclass(slots=True)
class Cluster(Bucket):
    """A bucket; the key is the mean of its values."""

    least: float = 0.0
    most: float = 0.0
    format: Format | None = None

    def key_text(self) -> str:
        return p.text(self.key) if self.format is None else self.format.print(self.key)


class VariableWidthHistogram(MultiBucket):
    type, java = "variable_width_histogram", "InternalVariableWidthHistogram"
    __slots__ = ("format", "target")

    def __init__(self, name: str, meta: Json, buckets: list[Any], target: int, format: Format | None) -> None:
        super().__init__(name, meta, buckets)
        self.target, self.format = target, format

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        buckets = [_counted(group, ctx) for group in grouped([one.buckets for one in results], operator.lt)]
        buckets = self._few(buckets, ctx)
        if ctx.is_final:
            buckets = _apart(_by_least(buckets, ctx))
        return VariableWidthHistogram(self.name, self.meta, buckets, self.target, self.format)

    def _few(self, buckets: list[Any], ctx: ReduceContext) -> list[Any]:
        """Join the closest neighbours until there are few enough."""
        groups = [[one] for one in buckets]
        means = [one.key for one in buckets]
        counts = [one.doc_count for one in buckets]
        while len(groups) > self.target:
            at = int(np.argmin(np.diff(np.array(means))))
            both = counts[at] + counts[at + 1]
            means[at] = (means[at] * counts[at] + means[at + 1] * counts[at + 1]) / both
            counts[at] = both
            groups[at] += groups[at + 1]
            del groups[at + 1], means[at + 1], counts[at + 1]
        # ES: from the last to the first, which decimals show (recording of 7.10.2)
        return [_rejoined(one[::-1], ctx) if len(one) > 1 else one[0] for one in groups]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        out = []
        for one in self.buckets:
            body: dict[str, Json] = {}
            for name, value in (("min", one.least), ("key", one.key), ("max", one.most)):
                body[name] = value
                if self.format is not None:
                    body[name + "_as_string"] = self.format.print(value)
            out.append({**body, "doc_count": one.doc_count, **results_body(one.results, rendering)})
        return {"buckets": out}


def _joined(group: list[Any], ctx: ReduceContext) -> Cluster:
    count = sum(one.doc_count for one in group)
    total = 0.0
    for one in group:
        total += one.doc_count * one.key
    below = reduce_results([one.results for one in group], ctx)
    least, most = min(one.least for one in group), max(one.most for one in group)
    return Cluster(total / count, count, below, least, most, group[0].format)


def _counted(group: list[Any], ctx: ReduceContext) -> Cluster:
    out = _joined(group, ctx)
    ctx.add_buckets(1)
    return out


def _rejoined(group: list[Any], ctx: ReduceContext) -> Cluster:
    """Buckets that have been counted become one, which counts in their place."""
    ctx.add_buckets(-sum(1 + inner_buckets(one.results) for one in group))
    return _counted(group, ctx)


def _by_least(buckets: list[Any], ctx: ReduceContext) -> list[Any]:
    """Buckets with the same least value are one."""
    out: list[list[Any]] = []
    for one in buckets:
        if out and out[-1][0].least == one.least:
            out[-1].append(one)
        else:
            out.append([one])
    return [_rejoined(group, ctx) if len(group) > 1 else group[0] for group in out]


def _apart(buckets: list[Any]) -> list[Any]:
    """Buckets that overlap meet in the middle."""
    out = list(buckets)
    for at in range(1, len(out)):
        if out[at].least < out[at - 1].most:
            middle = (out[at].least + out[at - 1].most) / 2
            out[at - 1], out[at] = replace(out[at - 1], most=middle), replace(out[at], least=middle)
    return out


class VariableWidthAggregator(SourceBuckets):
    builds_at_once = False
    """Keeps all values; the first clusters are equal numbers of neighbours."""

    defers = True
    joins_buckets = True
    builder: VariableWidthAgg

    def prepare(self) -> None:
        self.is_idle = self.source.is_empty
        if not self.source.is_empty:
            self._check_parents()
        self.waiting: list[tuple[Leaf, Array, Array]] = []
        self.made: Clusters | None = None

    def _check_parents(self) -> None:
        if not self.is_single:
            raise IllegalArgument(
                "[variable_width_histogram] cannot be nested inside an aggregation that collects more than a single bucket."
            )

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        positions, values = self.source.floats(leaf, docs).of(docs)
        self.waiting.append((leaf, docs[positions], values))

    def finish(self) -> None:
        values = np.concatenate([one for _, _, one in self.waiting]) if self.waiting else np.zeros(0)
        if len(values):
            self._cluster(values)
        super().finish()

    def _cluster(self, values: Array) -> None:
        builder = self.builder
        made = Clusters(values[: builder.buffer], builder.shards_clusters * 3 // 4, builder.shards_clusters)
        if len(values) > builder.buffer:
            made.add(values[builder.buffer :])
        self.made, number = made, made.settled()
        first, n = 0, len(made.means)
        for leaf, docs, some in self.waiting:
            part = number[first : first + len(some)]
            self.counts.ensure(n)[:n] += document_counts(leaf, docs, part, n)
            self.subs.collect(leaf, docs, part)
            first += len(some)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if len(owners) > 1 and self.source.is_empty and self.ctx.behaviour.major < 8:
            # ES: there is room for one result (recording of 7.10.2)
            raise ArrayIndexOutOfBounds("Index 1 out of bounds for length 1")
        out: list[Internal] = []
        format = self.source.format
        for owner in owners:
            made = self.made if owner == 0 else None
            numbers = list(range(len(made.means))) if made is not None else []
            counts = self.counts.get(numbers).tolist()
            ends = zip(made.means, made.least, made.most, strict=True) if made is not None else ()
            rows = zip(counts, self.results_of(numbers), ends, strict=True)
            buckets = [Cluster(mean, count, below, least, most, format) for count, below, (mean, least, most) in rows]
            out.append(VariableWidthHistogram(self.name, self.builder.meta, buckets, self.builder.buckets, format))
        return out


class VariableWidthAgg(SourceBuilder):
    name, aggregator = "variable_width_histogram", VariableWidthAggregator
    kinds = (NUMBER,)
    parser = Parser(
        "variable_width_histogram",
        *source_fields(),
        o.integer("buckets"),
        o.integer("shard_size"),
        o.integer("initial_buffer"),
    )
    buckets = 10
    shard_size = -1
    initial_buffer = -1

    @property
    def shards_clusters(self) -> int:
        """Clusters per shard."""
        return self.buckets * 50 if self.shard_size == -1 else self.shard_size

    @property
    def buffer(self) -> int:
        """Values that are kept before they are clustered."""
        return min(10 * self.shards_clusters, 50_000) if self.initial_buffer == -1 else self.initial_buffer

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        for what, found in (("initial_buffer", self.buffer), ("3/4 of shard_size", self.shards_clusters * 3 // 4)):
            if found < self.buckets:
                raise IllegalArgument(f"{what} must be at least buckets but was [{found}<{self.buckets}] for [{self.agg_name}]")
        super().configure(ctx, parent)

    def checks(self) -> dict[str, Any]:
        limits = {"buckets": 0, "shard_size": 1, "initial_buffer": 0}
        return {field: self._check(field, least) for field, least in limits.items()}

    def _check(self, field: str, least: int) -> Any:
        def check(value: int) -> None:
            if value <= least:
                raise IllegalArgument(f"{field} must be greater than [{least}] for [{self.agg_name}]")

        return check


AGGREGATIONS = (VariableWidthAgg,)
