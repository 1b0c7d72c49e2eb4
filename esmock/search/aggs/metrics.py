"""Metrics of one number: avg, sum, min, max.

Docs: search-aggregations-metrics. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from esmock.search.aggs.column_text import Piece, Write, absent
from esmock.search.aggs.internal import ReduceContext, Rendering, Sample, SingleValue
from esmock.search.aggs.kahan import Kahan
from esmock.search.aggs.moments import MomentAggregator, SummableMetric, only_value
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any


class Avg(SingleValue):
    """Mean; null without values. Docs: search-aggregations-metrics-avg-aggregation."""

    type, java = "avg", "InternalAvg"
    __slots__ = ("count", "sum")

    def __init__(self, name: str, meta: Json, format: Any, count: int, sum: float) -> None:
        self.name, self.meta, self.format, self.sum, self.count = name, meta, format, sum, count

    @staticmethod
    def bodies(counts: list[int], sums: list[float]) -> list[Json]:
        """Many results as they are printed without a format."""
        return [{"value": total / count if count else None} for count, total in zip(counts, sums, strict=True)]

    @staticmethod
    def pieces(write: Write, counts: Array, sums: Array) -> list[Piece]:
        """The same as text."""
        return [b'{"value":', absent(write(sums / np.maximum(counts, 1)), counts == 0), b"}"]

    def value(self) -> float:
        if self.count:
            return self.sum / self.count
        return math.nan if self.sum == 0 or self.sum != self.sum else math.copysign(math.inf, self.sum)

    def reduce(self, results: list[Avg], ctx: ReduceContext) -> Avg:
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return Avg(self.name, self.meta, self.format, sum(one.count for one in results), summed.value)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.count:
            return {"value": None}
        value = self.sum / self.count
        return {"value": value} if self.format is None else {"value": value, **self.as_string(value)}


class AvgAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("counts", "sums")
    result = Avg

    def sort_values(self, key: str | None, owners: Array) -> Array:
        only_value(self.name, key)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.moments.sums.get(owners) / self.moments.counts.get(owners)


class Sum(SingleValue):
    """Sum; 0.0 without values. Docs: search-aggregations-metrics-sum-aggregation."""

    type, java = "sum", "InternalSum"
    __slots__ = ("sum",)

    def __init__(self, name: str, meta: Json, format: Any, sum: float) -> None:
        self.name, self.meta, self.format, self.sum = name, meta, format, sum

    @staticmethod
    def bodies(sums: list[float]) -> list[Json]:
        """Many results as they are printed without a format."""
        return [{"value": total} for total in sums]

    @staticmethod
    def pieces(write: Write, sums: Array) -> list[Piece]:
        """The same as text."""
        return [b'{"value":', write(sums), b"}"]

    def value(self) -> float:
        return self.sum

    def reduce(self, results: list[Sum], ctx: ReduceContext) -> Sum:
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return Sum(self.name, self.meta, self.format, summed.value)

    def scaled_up(self, sample: Sample) -> Sum:
        return Sum(self.name, self.meta, self.format, sample.sum(self.sum))


class SumAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("sums",)
    result = Sum

    def sort_values(self, key: str | None, owners: Array) -> Array:
        only_value(self.name, key)
        return self.moments.sums.get(owners)


class Extreme(SingleValue):
    """The least or greatest value; null without values."""

    nothing: ClassVar[float]
    better: ClassVar[Any]
    __slots__ = ("number",)

    def __init__(self, name: str, meta: Json, format: Any, number: float) -> None:
        self.name, self.meta, self.format, self.number = name, meta, format, number

    @staticmethod
    def bodies(numbers: list[float]) -> list[Json]:
        """Many results as they are printed without a format."""
        return [{"value": None if math.isinf(number) else number} for number in numbers]

    @staticmethod
    def pieces(write: Write, numbers: Array) -> list[Piece]:
        """The same as text."""
        is_nothing = np.isinf(numbers)
        return [b'{"value":', absent(write(np.where(is_nothing, 0.0, numbers)), is_nothing), b"}"]

    def value(self) -> float:
        return self.number

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Extreme:
        number = type(self).better(one.number for one in results)
        return type(self)(self.name, self.meta, self.format, number)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if math.isinf(self.number):
            return {"value": None}
        return {"value": self.number, **self.as_string(self.number)}


class Min(Extreme):
    """Docs: search-aggregations-metrics-min-aggregation."""

    type, java = "min", "InternalMin"
    better = staticmethod(min)
    __slots__ = ()


class Max(Extreme):
    """Docs: search-aggregations-metrics-max-aggregation."""

    type, java = "max", "InternalMax"
    better = staticmethod(max)
    __slots__ = ()


class UnmappedMin(Min):
    """Of a shard that lacks the field: another's format counts (8.x)."""

    is_mapped = False
    __slots__ = ()


class UnmappedMax(Max):
    """Of a shard that lacks the field: another's format counts (8.x)."""

    is_mapped = False
    __slots__ = ()


class MinAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("least",)

    @property
    def ends_segments(self) -> bool:
        return self.parent is not None and self.source.is_empty and self.ctx.behaviour.unmapped_min_ends_segments

    @property
    def result(self) -> type[Min]:
        return UnmappedMin if self.source.is_empty and self.ctx.behaviour.major >= 8 else Min

    def sort_values(self, key: str | None, owners: Array) -> Array:
        only_value(self.name, key)
        return self.moments.least.get(owners)


class MaxAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("most",)

    @property
    def result(self) -> type[Max]:
        return UnmappedMax if self.source.is_empty and self.ctx.behaviour.major >= 8 else Max

    def sort_values(self, key: str | None, owners: Array) -> Array:
        only_value(self.name, key)
        return self.moments.most.get(owners)


class AvgAgg(SummableMetric):
    name, aggregator = "avg", AvgAggregator
    parser = Parser("avg", *source_fields())


class SumAgg(SummableMetric):
    name, aggregator = "sum", SumAggregator
    parser = Parser("sum", *source_fields())


class MinAgg(SummableMetric):
    name, aggregator = "min", MinAggregator
    parser = Parser("min", *source_fields())


class MaxAgg(SummableMetric):
    name, aggregator = "max", MaxAggregator
    parser = Parser("max", *source_fields())


AGGREGATIONS = (AvgAgg, SumAgg, MinAgg, MaxAgg)
