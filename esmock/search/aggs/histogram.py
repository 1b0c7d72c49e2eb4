"""Histograms over numbers: histogram.

Docs: search-aggregations-bucket-histogram-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.column_text import Piece, Write, dated_keys, strings
from esmock.search.aggs.columns import BucketTable, Rows, cut
from esmock.search.aggs.formats import Format
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    Results,
    reduce_results,
    results_body,
    stands,
)
from esmock.search.aggs.kinds import HISTOGRAM, NUMERIC, RANGE
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.order import KEY_ASC, Order, read_order
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.summaries import counted
from esmock.search.aggs.values import once_per_document
from esmock.search.aggs.whole import Keyed
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
_TOO_FAR = 100_000
"""Empty buckets beyond the limit are counted one by one up to here, and then by their width."""
Array = Any


class Instant:
    """The key of a histogram of dates as pipelines meet it: no number."""

    __slots__ = ("ms",)

    def __init__(self, ms: float) -> None:
        self.ms = ms


@dataclass(slots=True)
class HistogramBucket(Bucket):
    format: Format | None = None

    def key_text(self) -> str:
        return p.text(self.key) if self.format is None else self.format.print(self.key)

    def property_key(self) -> Any:
        return self.key if isinstance(self.key, float) else Instant(self.key)


@dataclass(frozen=True, slots=True)
class Gaps:
    """How empty buckets are filled in.

    Args:
        first: the first key under ``extended_bounds`` (None: none).
        last: the greatest key.
        next: key -> the following key.
        results: what stands below an empty bucket.
        width: from key to key where it is always the same whole number.
    """

    first: Any
    last: Any
    next: Callable[[Any], Any]
    results: Results
    width: int | None = None

    def places(self, keys: list[Any], most: int) -> tuple[list[Any], list[int]] | None:
        """Keys with those between them, and the places of the given ones; None for more than ``most``, or under extended bounds."""
        if self.first is not None or self.last is not None:
            return None
        if self.width is not None and keys:
            whole = range(keys[0], keys[-1] + 1, self.width)
            return None if len(whole) > most else (list(whole), [(key - keys[0]) // self.width for key in keys])
        out: list[Any] = []
        places = []
        for key in keys:
            between = self.next(out[-1]) if out else key
            while between < key and len(out) <= most:
                out.append(between)
                between = self.next(between)
            places.append(len(out))
            out.append(key)
        return None if len(out) > most else (out, places)


@dataclass(frozen=True, slots=True)
class HistogramPlan:
    """What reduction and rendering need of the definition. ``next``: key -> the following key."""

    order: Order
    min_doc_count: int
    keyed: bool
    format: Format | None
    next: Callable[[Any], Any]


class Histogram(MultiBucket):
    type, java = "histogram", "InternalHistogram"
    __slots__ = ("gaps", "plan")

    def __init__(self, name: str, meta: Json, buckets: Sequence[Any], plan: HistogramPlan, gaps: Gaps | None) -> None:
        super().__init__(name, meta, buckets)
        self.plan, self.gaps = plan, gaps

    @classmethod
    def of_columns(
        cls, name: str, meta: Json, keys: list[Any], counts: list[int], rows: Rows, plan: HistogramPlan, gaps: Gaps | None
    ) -> Histogram:
        """A result of buckets whose keys ascend."""
        table = BucketTable(keys, counts, rows, lambda key, count, results: HistogramBucket(key, count, results, plan.format))
        return cls(name, meta, table, plan, gaps)

    def _alone(self, ctx: ReduceContext) -> Histogram | None:
        """The reduction by columns; None where it must be done bucket by bucket."""
        table, plan, gaps = self.buckets, self.plan, self.gaps
        if not ctx.is_final or not isinstance(table, BucketTable) or not plan.order.is_key_asc or plan.min_doc_count > 1:
            return None
        rows = table.rows.reduced(ctx)
        keys, counts = table.keys, table.counts
        if rows is not None and plan.min_doc_count == 0 and gaps is not None:
            if any(one.must_reduce_alone for one in gaps.results.values()):
                # ES: what stands below an empty bucket is reduced even where there is no gap, and its scripts may fail
                reduce_results([gaps.results], ctx, keeps_single=True)
            places = gaps.places(keys, ctx.max_buckets)
            if places is None or (len(rows.columns) > 1 and ctx.behaviour.major >= 8):  # ES: empty buckets have another order there
                return None
            if len(places[0]) > len(keys):
                rows = rows.spread(places[1], len(places[0]))
                keys, found = places[0], dict(zip(keys, counts, strict=True))
                counts = [found.get(key, 0) for key in keys]
        if rows is None:
            return None
        ctx.add_buckets(len(keys))
        return self.of_columns(self.name, self.meta, keys, counts, rows, plan, gaps)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        alone = self._alone(ctx) if len(results) == 1 else None
        return self._joined(results, ctx) if alone is None else alone

    def _joined(self, results: list[Any], ctx: ReduceContext) -> Internal:
        plan = self.plan
        least = plan.min_doc_count if ctx.is_final else 0
        buckets = []
        if len(results) == 1 and (not self.buckets or stands(self.buckets[0].results)):
            # the buckets have the same aggregations below, so one tells for all
            buckets = [one for one in self.buckets if one.doc_count >= least]
        else:
            for group in grouped([one.buckets for one in results], operator.lt):
                count = sum(one.doc_count for one in group)
                if count >= least:
                    below = reduce_results([one.results for one in group], ctx)
                    own = group[0].format if ctx.keeps_formats else plan.format
                    buckets.append(HistogramBucket(group[0].key, count, below, own))
        if ctx.is_final:
            if plan.min_doc_count == 0 and self.gaps is not None:
                buckets = self._filled(buckets, self.gaps, ctx)
            if plan.order.is_key_desc:
                buckets.reverse()
            elif not plan.order.is_key_asc:
                buckets = plan.order.sort(buckets)
        ctx.add_buckets(len(buckets))
        return type(self)(self.name, self.meta, buckets, plan, self.gaps)

    def _filled(self, buckets: list[Any], gaps: Gaps, ctx: ReduceContext) -> list[Any]:
        below = reduce_results([gaps.results], ctx, keeps_single=True)
        out: list[Any] = []
        beyond = 0

        def fill(key: Any, end: Any, *, inclusive: bool = False) -> None:
            nonlocal beyond
            while key < end or (inclusive and key == end):
                step = gaps.next(key) - key
                if len(out) > ctx.max_buckets and (end - key) > _TOO_FAR * step:
                    # numbers so large that a step is lost in them are never passed
                    beyond += int((end - key) / step) if step else 1
                    return
                if len(out) <= ctx.max_buckets:
                    out.append(HistogramBucket(key, 0, dict(below), self.plan.format))
                else:
                    beyond += 1
                key = gaps.next(key)

        if buckets:
            if gaps.first is not None:
                fill(gaps.first, buckets[0].key)
            key = buckets[0].key
            for bucket in buckets:
                if key < bucket.key:
                    fill(key, bucket.key)
                out.append(bucket)
                key = gaps.next(bucket.key)
            if gaps.last is not None and gaps.last > buckets[-1].key:
                fill(gaps.next(buckets[-1].key), gaps.last, inclusive=True)
        elif gaps.first is not None and gaps.last is not None:
            fill(gaps.first, gaps.last, inclusive=True)
        if beyond:
            ctx.add_buckets(len(out) + beyond)
        return out

    def next_bucket(self, bucket: Any) -> Any:
        """An empty bucket behind one (predictions)."""
        return HistogramBucket(self.plan.next(bucket.key), 0, {}, self.plan.format)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        table = self.buckets
        if isinstance(table, BucketTable):
            text = None if self.plan.keyed else table.rows.text(self._head_pieces, rendering)
            if text is not None:
                return {"buckets": text}
            bodies = table.rows.print_into(self._heads(table.keys, table.counts), rendering)
        else:
            bodies = [self._bucket_body(one, rendering) for one in table]
        if not self.plan.keyed:
            return {"buckets": bodies}
        return {"buckets": {one.key_text(): body for one, body in zip(table, bodies, strict=True)}}

    def _head_pieces(self, write: Write) -> list[Piece]:
        table, format = self.buckets, self.plan.format
        counts = write(np.array(table.counts))
        if format is not None and isinstance(table.keys[0], int):
            return [dated_keys(format, table.keys), counts]
        text: list[Piece] = [] if format is None else [b'"key_as_string":', strings(list(map(format.print, table.keys))), b","]
        return [b"{", *text, b'"key":', write(np.array(table.keys)), b',"doc_count":', counts]

    def _heads(self, keys: list[Any], counts: list[int]) -> list[dict[str, Json]]:
        """Keys and counts as they stand in buckets."""
        format = self.plan.format
        if format is None:
            return [{"key": key, "doc_count": count} for key, count in zip(keys, counts, strict=True)]
        texts = map(format.print, keys)
        return [{"key_as_string": text, "key": key, "doc_count": n} for text, key, n in zip(texts, keys, counts, strict=True)]

    def _bucket_body(self, bucket: Any, rendering: Rendering) -> dict[str, Json]:
        out = {"key": bucket.key, "doc_count": bucket.doc_count}
        if bucket.format is not None:
            out = {"key_as_string": bucket.format.print(bucket.key), **out}
        return out | results_body(bucket.results, rendering) if bucket.results else out


class HistogramAggregator(SourceBuckets):
    """Numbers buckets by the floor of value over interval."""

    builds_as_met = True

    builder: HistogramAgg

    def prepare(self) -> None:
        builder = self.builder
        self.plan = HistogramPlan(builder.order, builder.min_doc_count, builder.keyed, self.source.format, self._next)
        builder.order.check(self)
        if self.source.kind == RANGE and self.source.mapped:
            check_range_type(self.source.field, dates=False)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        if self.source.kind == RANGE:
            positions, keys = self._range_keys(leaf, docs)
            self.collect_keys(leaf, docs[positions], owners[positions], keys)
            return
        if self.source.kind == HISTOGRAM:
            positions, values, times = counted(self.source, leaf, docs)
            keys, keep = self._keys(values)
            self.collect_counted(owners[positions[keep]], keys[keep], times[keep])
            return
        builder = self.builder
        key = self.source.kept_key("histogram", builder.offset, builder.interval, builder.hard_bounds)
        self.collect_keyed(leaf, docs, owners, key, lambda docs, _: self._keyed(leaf, docs))

    def _keyed(self, leaf: Leaf, docs: Array) -> Keyed:
        source = self.source.floats(leaf, docs)
        positions, values = source.of(docs)
        keys, keep = self._keys(values)
        if source.is_dense and keep.all():
            return Keyed(None, keys)
        return Keyed(*once_per_document(positions[keep], keys[keep]))

    def _keys(self, values: Array) -> tuple[Array, Array]:
        """The keys of values, and which are within the hard bounds (bool[n])."""
        builder = self.builder
        keys = np.floor((values - builder.offset) / builder.interval)
        keep = np.ones(len(keys), bool)
        if builder.hard_bounds is not None:
            low, high = builder.hard_bounds
            rounded = keys * builder.interval
            if low is not None:
                keep &= rounded >= low
            if high is not None:
                keep &= rounded <= high
        return keys, keep

    def _range_keys(self, leaf: Leaf, docs: Array) -> tuple[Array, Array]:
        """The keys of all buckets that the documents' ranges touch, each once per document."""
        builder = self.builder
        values = self.source.load(leaf, docs)
        positions, places = values.places(docs)
        low, high = np.asarray(values.values[places], np.float64), np.asarray(values.other[places], np.float64)  # type: ignore[index]
        low, high = clipped(low, high, builder.hard_bounds)
        first = np.floor((low - builder.offset) / builder.interval).astype(np.int64)
        last = np.floor((high - builder.offset) / builder.interval).astype(np.int64)
        positions, keys = spread_keys(positions, first, last)
        return positions, keys.astype(np.float64)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        interval, offset = builder.interval, builder.offset
        chosen = [self.ords.ascending(owner) for owner in owners]
        numbers = [number for _, ids in chosen for number in ids]
        gaps = self._gaps() if builder.min_doc_count == 0 else None
        table = cut([keys for keys, _ in chosen], self.counts.get(numbers).tolist(), self.results_of(numbers))
        return [
            Histogram.of_columns(self.name, builder.meta, [key * interval + offset for key in keys], counts, rows, self.plan, gaps)
            for keys, counts, rows in table
        ]

    def _rounded(self, value: float) -> float:
        interval, offset = self.builder.interval, self.builder.offset
        return math.floor((value - offset) / interval) * interval + offset

    def _next(self, key: float) -> float:
        return self._rounded(key + self.builder.interval + self.builder.interval / 2)

    def _gaps(self) -> Gaps:
        low, high = self.builder.extended_bounds or (None, None)
        return Gaps(None if low is None else self._rounded(low), high, self._next, self.subs.empty())


def clipped(low: Array, high: Array, bounds: tuple[Any, Any] | None) -> tuple[Array, Array]:
    """Ends of ranges drawn into bounds."""
    least, most = bounds or (None, None)
    if least is not None:
        low = np.maximum(low, least)
    if most is not None:
        high = np.minimum(high, most)
    return low, high


def spread_keys(positions: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """All whole keys between two ends.

    Args:
        positions: int64[n], ascending: the document of each range.
        first, last: int64[n], inclusive; a range whose last key is before its first has none.

    Returns:
        int64[m], positions; int64[m], keys: ascending and distinct in each document.
    """
    counts = np.maximum(last - first + 1, 0)
    positions = np.repeat(positions, counts)
    keys = np.repeat(first, counts) + np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
    order = np.lexsort((keys, positions))
    return once_per_document(positions[order], keys[order])


def check_range_type(field: Any, *, dates: bool) -> None:
    """Refuse ranges that a histogram cannot lay out. Raises IllegalArgument."""
    if dates and field.name != "date_range":
        raise IllegalArgument(f"Expected date range type but found range type [{field.name}]")
    if field.name == "ip_range":
        raise IllegalArgument(f"Expected numeric range type but found non-numeric range [{field.name}]")


class InvocationTarget(ApiError):
    """java.lang.reflect's wrapper around what a constructor throws."""

    java, package, is_elasticsearch = "InvocationTargetException", "java.lang.reflect", False


def _instantiate_bounds(given: dict[str, Any]) -> tuple[float | None, float | None]:
    """ES: bounds are made by reflection, which their errors show. Raises IllegalArgument."""
    try:
        _check_bounds(given.get("min"), given.get("max"))
    except IllegalArgument as error:
        made = "org.elasticsearch.search.aggregations.bucket.histogram.DoubleBounds"
        raise IllegalArgument(
            f"Cannot instantiate an object of {made}", cause=InvocationTarget(None, cause=error)
        ) from None
    return given.get("min"), given.get("max")


def _check_bounds(low: float | None, high: float | None) -> None:
    if low is not None and not math.isfinite(low):
        raise IllegalArgument(f"min bound must be finite, got: {p.text(low)}")
    if high is not None and not math.isfinite(high):
        raise IllegalArgument(f"max bound must be finite, got: {p.text(high)}")
    if low is not None and high is not None and high < low:
        raise IllegalArgument(f"max bound [{p.text(high)}] must be greater than min bound [{p.text(low)}]")


DOUBLE_BOUNDS = Parser(
    "double_bounds",
    *(o.real(name, nullable=True, argument=True) for name in ("min", "max")),
    build=_instantiate_bounds,
)
"""``extended_bounds`` and ``hard_bounds``: least and greatest value."""

HISTOGRAM_FIELDS = (
    o.boolean("keyed"),
    o.long_("min_doc_count"),
    o.custom("order", p.OBJECT_ARRAY, read_order),
)


class HistogramAgg(SourceBuilder):
    name, aggregator = "histogram", HistogramAggregator
    kinds = (*NUMERIC, RANGE, HISTOGRAM)
    parser = Parser(
        "histogram",
        *source_fields(),
        *HISTOGRAM_FIELDS,
        o.real("interval"),
        o.real("offset"),
        o.object_("extended_bounds", DOUBLE_BOUNDS),
        o.object_("hard_bounds", DOUBLE_BOUNDS),
    )
    interval = 0.0
    offset = 0.0
    min_doc_count = 0
    keyed = False
    extended_bounds: tuple[float | None, float | None] | None = None
    hard_bounds: tuple[float | None, float | None] | None = None

    def checks(self) -> dict[str, Any]:
        return {"interval": self._check_interval, "min_doc_count": self._check_min_doc_count}

    def _check_interval(self, interval: float) -> None:
        if interval <= 0:
            raise IllegalArgument(f"[interval] must be >0 for histogram aggregation [{self.agg_name}]")

    def _check_min_doc_count(self, count: int) -> None:
        if count < 0:
            raise IllegalArgument(
                f"[minDocCount] must be greater than or equal to 0. Found [{count}] in [{self.agg_name}]"
            )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.order = Order.of(*given.pop("order", None) or (KEY_ASC,))
        super().setup(given, ctx)

    def configure(self, ctx: Any, parent: Any) -> None:
        self.resolve(ctx)
        self._check_together()
        super().configure(ctx, parent)

    def _check_together(self) -> None:
        if self.interval <= 0:
            raise IllegalArgument(f"interval must be positive, got: {p.text(self.interval)}")
        extended, hard = self.extended_bounds, self.hard_bounds
        if extended is not None and hard is not None:
            for bound, limit, sign in ((extended[0], hard[0], 1), (extended[1], hard[1], -1)):
                if bound is not None and limit is not None and (bound - limit) * sign < 0:
                    raise IllegalArgument(
                        f"Extended bounds have to be inside hard bounds, hard bounds: [{_shown(hard, '')}], "
                        f"extended bounds: [{_shown(extended, 'null')}]"
                    )


def _shown(bounds: tuple[Any, Any], nothing: str) -> str:
    return "--".join(nothing if one is None else p.text(one) for one in bounds)


AGGREGATIONS = (HistogramAgg,)
