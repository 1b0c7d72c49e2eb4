"""The auto_date_histogram aggregation: the finest interval that gives no more buckets than asked for.

Docs: search-aggregations-bucket-autodatehistogram-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.coarsening import coarsened
from esmock.search.aggs.date_histogram import DateHistogram
from esmock.search.aggs.histogram import HistogramBucket, HistogramPlan
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, Results, reduce_results
from esmock.search.aggs.kinds import BOOLEAN, DATE, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.order import KEY_ASC, Order
from esmock.search.aggs.rounding import Rounding, Roundings
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any

_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Level:
    """One unit: how many of it may make a bucket, its letter and about how long it is."""

    unit: str
    letter: str
    rough_ms: int
    inner: tuple[int, ...]
    rounding: Rounding

    @property
    def most(self) -> int:
        return self.inner[-1]


_LEVELS: tuple[tuple[str, str, int, tuple[int, ...]], ...] = (
    ("second", "s", 1000, (1, 5, 10, 30)),
    ("minute", "m", 60_000, (1, 5, 10, 30)),
    ("hour", "h", 3_600_000, (1, 3, 12)),
    ("day", "d", _DAY, (1, 7)),
    ("month", "M", 30 * _DAY, (1, 3)),
    ("year", "y", 365 * _DAY, (1, 5, 10, 20, 50, 100)),
)


def levels(zone: Any, minimum: str | None) -> list[Level]:
    """The units from the least allowed one on, in a time zone."""
    first = 0 if minimum is None else [name for name, *_ in _LEVELS].index(minimum)
    return [
        Level(name, letter, rough_ms, inner, Roundings.calendar(name, zone, 0)) for name, letter, rough_ms, inner in _LEVELS[first:]
    ]


class AutoDateHistogram(DateHistogram):
    """Buckets by the unit of ``level``, ``inner`` of them together."""

    type, java = "auto_date_histogram", "InternalAutoDateHistogram"
    __slots__ = ("empty", "inner", "level", "levels", "target")

    def __init__(
        self,
        name: str,
        meta: Json,
        buckets: list[Any],
        plan: HistogramPlan,
        empty: Results,
        levels: list[Level],
        level: int,
        target: int,
    ) -> None:
        super().__init__(name, meta, buckets, plan, None)
        self.empty, self.levels, self.level, self.target, self.inner = empty, levels, level, target, 1

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        level = max(one.level for one in results)
        joined = _joined([one.buckets for one in results], self.levels[level].rounding, ctx)
        buckets, level = self._coarsened(joined, level, ctx)
        out = AutoDateHistogram(self.name, self.meta, buckets, self.plan, self.empty, self.levels, level, self.target)
        if ctx.is_final:
            out._finish(ctx)
            ctx.add_buckets(len(out.buckets))
        return out

    def _finish(self, ctx: ReduceContext) -> None:
        """Fill gaps and join neighbours until there are few enough buckets."""
        if not self.buckets:
            return
        self.level = level = self._fitting(self.buckets[0].key, self.buckets[-1].key)
        # ES: reduced once more even where the unit stays, which tells in the order of what stands below
        self.buckets = _joined([self.buckets], self.levels[level].rounding, ctx)
        rounding = self.levels[level].rounding
        below = reduce_results([self.empty], ctx, keeps_single=True)
        filled = []
        for place, bucket in enumerate(self.buckets):
            if place:
                key = rounding.next(self.buckets[place - 1].key)
                while key < bucket.key:
                    filled.append(HistogramBucket(key, 0, dict(below), self.plan.format))
                    key = rounding.next(key)
            filled.append(bucket)
        self.buckets, self.level = self._coarsened(filled, level, ctx)
        if len(self.buckets) > self.target:
            self._join_neighbours(ctx)

    def _coarsened(self, buckets: list[Any], level: int, ctx: ReduceContext) -> tuple[list[Any], int]:
        """Buckets of the first unit that leaves few enough of them."""
        while level < len(self.levels) - 1 and len(buckets) > self.levels[level].most * self.target:
            level += 1
            buckets = _joined([buckets], self.levels[level].rounding, ctx)
        return buckets, level

    def _join_neighbours(self, ctx: ReduceContext) -> None:
        buckets: Any = self.buckets
        for inner in self.levels[self.level].inner:
            if -(-len(buckets) // inner) <= self.target:
                self.inner = inner
                break
        if self.inner > 1:
            groups = [buckets[at : at + self.inner] for at in range(0, len(buckets), self.inner)]
            self.buckets = [_one_of(group, ctx) for group in groups]

    def _fitting(self, least: int, most: int) -> int:
        """The level at which the range needs few enough buckets."""
        level = self.level
        if level == len(self.levels) - 1:
            return level
        for place in range(level + 1, len(self.levels)):
            one = self.levels[place]
            if (most - least) // one.rough_ms < self.target * one.most:
                level = place - 1
                break
            if place == self.level - 1:
                level = place
                break
        while True:
            one, key, needed = self.levels[level], least, 0
            while key < most and needed <= self.target * one.most:
                needed += 1
                key = one.rounding.next(key)
            if needed <= self.target * one.most or level == len(self.levels) - 1:
                return level
            level += 1

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {**super().content(rendering), "interval": f"{self.inner}{self.levels[self.level].letter}"}


def _one_of(group: list[Any], ctx: ReduceContext) -> HistogramBucket:
    below = reduce_results([one.results for one in group], ctx)
    return HistogramBucket(group[0].key, sum(one.doc_count for one in group), below, group[0].format)


def _joined(lists: list[list[Any]], rounding: Rounding, ctx: ReduceContext) -> list[Any]:
    """The buckets of sorted lists, rounded to a unit; those of one come in the order of their own keys."""
    keys = [one.key for buckets in lists for one in buckets]
    rounded = dict(zip(keys, rounding.round(np.array(keys, np.int64)).tolist(), strict=True))
    out = []
    for group in grouped(lists, operator.lt, joins=rounded.__getitem__):
        one = _one_of(group, ctx)
        out.append(HistogramBucket(rounded[one.key], one.doc_count, one.results, one.format))
    return out


class AutoDateHistogramAggregator(SourceBuckets):
    """Waits for all documents to choose each owner's unit; the aggregations below see them afterwards."""

    builds_as_met = True

    defers = True
    joins_buckets = True
    builder: AutoDateHistogramAgg

    def prepare(self) -> None:
        self.source.read_longs()
        self.is_idle = self.source.is_empty
        self.plan = HistogramPlan(Order.of(KEY_ASC), 0, False, self.source.format, lambda key: key)
        self.levels = levels(self.source.config.zone, self.builder.minimum_interval)
        self.waiting: list[tuple[Leaf, Array, Array, Array]] = []
        self.chosen: dict[int, int] = {}

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        positions, values = self.source.load(leaf, docs).of(docs)
        self.waiting.append((leaf, docs[positions], owners[positions], values.astype(np.int64)))

    def finish(self) -> None:
        if self.waiting:
            documents = np.concatenate([docs + leaf.base for leaf, docs, _, _ in self.waiting])
            owners, values = (np.concatenate([one[place] for one in self.waiting]) for place in (2, 3))
            keep, keys = np.zeros(len(values), bool), np.zeros(len(values), np.int64)
            order = np.argsort(owners, kind="stable")
            groups = np.split(order, np.flatnonzero(np.diff(owners[order])) + 1) if len(order) else []
            for rows in groups:
                keep[rows], unit = coarsened(
                    values[rows], documents[rows], self.levels, self.builder.buckets, estimates=not self.is_single
                )
                keys[rows] = self.levels[unit].rounding.round(values[rows])
                self.chosen[int(owners[rows[0]])] = unit
            first = 0
            for leaf, docs, some, _ in self.waiting:
                taken, mine = keep[first : first + len(docs)], keys[first : first + len(docs)]
                first += len(docs)
                self.collect_keys(leaf, docs[taken], some[taken], mine[taken])
        super().finish()

    def build(self, owners: Sequence[int]) -> list[Internal]:
        chosen = [sorted(self.ords.of(owner).items()) for owner in owners]
        numbers = [number for one in chosen for _, number in one]
        counts = iter(self.counts.get(numbers).tolist())
        below = iter(self.results_of(numbers))
        builder, format = self.builder, self.plan.format
        empty = self.subs.empty()
        out: list[Internal] = []
        for owner, one in zip(owners, chosen, strict=True):
            buckets = [HistogramBucket(key, next(counts), next(below), format) for key, _ in one]
            level = self.chosen.get(int(owner), 0)
            out.append(
                AutoDateHistogram(
                    self.name, builder.meta, buckets, self.plan, empty, self.levels, level, builder.buckets
                )
            )
        return out


class AutoDateHistogramAgg(SourceBuilder):
    name, aggregator = "auto_date_histogram", AutoDateHistogramAggregator
    kinds = (DATE, NUMBER, BOOLEAN)
    over_dates = "AutoIntervalDateHistogram"
    default_kind = DATE
    parser = Parser(
        "auto_date_histogram",
        *source_fields(zones=True),
        o.integer("buckets"),
        o.string("minimum_interval", nullable=True),
    )
    buckets = 10
    minimum_interval: str | None = None

    def checks(self) -> dict[str, Any]:
        return {"buckets": self._check_buckets, "minimum_interval": self._check_minimum}

    def _check_buckets(self, buckets: int) -> None:
        if buckets <= 0:
            raise IllegalArgument(f"buckets must be greater than 0 for [{self.agg_name}]")

    def _check_minimum(self, unit: str | None) -> None:
        if unit is not None and unit not in [name for name, *_ in _LEVELS]:
            raise IllegalArgument("minimum_interval must be one of [[minute, hour, day, second, year, month]]")


AGGREGATIONS = (AutoDateHistogramAgg,)
