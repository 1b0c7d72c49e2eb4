"""Metrics of one number: avg, sum, min, max, value_count.

Docs: search-aggregations-metrics. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Growing, Leaf
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kahan import Kahan, add_all
from esmock.search.aggs.kinds import ANY, NUMERIC, RANGE
from esmock.search.aggs.parse import BodyParser
from esmock.search.aggs.values import source_fields

Json = Any
Array = Any


class Moments:
    """Count, sum, least and greatest value (and sum of squares) of each owner."""

    __slots__ = ("counts", "deltas", "least", "most", "square_deltas", "squares", "sums")

    def __init__(self) -> None:
        self.counts = Growing(np.int64)
        self.sums = Growing(np.float64)
        self.deltas = Growing(np.float64)
        self.least = Growing(np.float64, np.inf)
        self.most = Growing(np.float64, -np.inf)
        self.squares = Growing(np.float64)
        self.square_deltas = Growing(np.float64)

    def add_counts(self, owners: Array) -> None:
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += np.bincount(owners, minlength=n)

    def add_sums(self, owners: Array, values: Array) -> None:
        n = int(owners.max()) + 1
        add_all(self.sums.ensure(n), self.deltas.ensure(n), owners, values)

    def add_squares(self, owners: Array, values: Array) -> None:
        n = int(owners.max()) + 1
        with np.errstate(over="ignore"):
            add_all(self.squares.ensure(n), self.square_deltas.ensure(n), owners, values * values)

    def add_least(self, owners: Array, values: Array) -> None:
        np.minimum.at(self.least.ensure(int(owners.max()) + 1), owners, values)

    def add_most(self, owners: Array, values: Array) -> None:
        np.maximum.at(self.most.ensure(int(owners.max()) + 1), owners, values)


class MomentAggregator(SourceAggregator):
    """Collects what the type's ``parts`` name."""

    parts: tuple[str, ...] = ()

    def prepare(self) -> None:
        self.moments = Moments()

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.floats(leaf, docs)
        positions, numbers = values.of(docs)
        if not len(positions):
            return
        owners = owners[positions]
        for part in self.parts:
            if part == "counts":
                self.moments.add_counts(owners)
            else:
                getattr(self.moments, "add_" + part)(owners, numbers)


class Avg(SingleValue):
    """Mean; null without values. Docs: search-aggregations-metrics-avg-aggregation."""

    type, java = "avg", "InternalAvg"
    __slots__ = ("count", "sum")

    def __init__(self, name: str, meta: Json, format: Any, sum: float, count: int) -> None:
        super().__init__(name, meta, format)
        self.sum, self.count = sum, count

    def value(self) -> float:
        if self.count:
            return self.sum / self.count
        return math.nan if self.sum == 0 or self.sum != self.sum else math.copysign(math.inf, self.sum)

    def reduce(self, results: list[Avg], ctx: ReduceContext) -> Avg:
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return Avg(self.name, self.meta, self.format, summed.value, sum(one.count for one in results))

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.count:
            return {"value": None}
        return {"value": self.value(), **self.as_string(self.value())}


class AvgAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("counts", "sums")

    def build(self, owners: Sequence[int]) -> list[Internal]:
        sums, counts = self.moments.sums.get(owners).tolist(), self.moments.counts.get(owners).tolist()
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Avg(name, meta, format, total, count) for total, count in zip(sums, counts, strict=True)]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        _only_value(self.name, key)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.moments.sums.get(owners) / self.moments.counts.get(owners)


class Sum(SingleValue):
    """Sum; 0.0 without values. Docs: search-aggregations-metrics-sum-aggregation."""

    type, java = "sum", "InternalSum"
    __slots__ = ("sum",)

    def __init__(self, name: str, meta: Json, format: Any, sum: float) -> None:
        super().__init__(name, meta, format)
        self.sum = sum

    def value(self) -> float:
        return self.sum

    def reduce(self, results: list[Sum], ctx: ReduceContext) -> Sum:
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return Sum(self.name, self.meta, self.format, summed.value)


class SumAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("sums",)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Sum(name, meta, format, total) for total in self.moments.sums.get(owners).tolist()]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        _only_value(self.name, key)
        return self.moments.sums.get(owners)


class Extreme(SingleValue):
    """The least or greatest value; null without values."""

    nothing: ClassVar[float]
    better: ClassVar[Any]
    __slots__ = ("number",)

    def __init__(self, name: str, meta: Json, format: Any, number: float) -> None:
        super().__init__(name, meta, format)
        self.number = number

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


class MinAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("least",)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Min(name, meta, format, number) for number in self.moments.least.get(owners).tolist()]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        _only_value(self.name, key)
        return self.moments.least.get(owners)


class MaxAggregator(MomentAggregator):
    sort_kind = "single_value"
    parts = ("most",)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Max(name, meta, format, number) for number in self.moments.most.get(owners).tolist()]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        _only_value(self.name, key)
        return self.moments.most.get(owners)


class ValueCount(SingleValue):
    """Number of values. Docs: search-aggregations-metrics-valuecount-aggregation."""

    type, java = "value_count", "InternalValueCount"
    __slots__ = ("count",)

    def __init__(self, name: str, meta: Json, count: int) -> None:
        super().__init__(name, meta)
        self.count = count

    def value(self) -> float:
        return self.count

    def reduce(self, results: list[ValueCount], ctx: ReduceContext) -> ValueCount:
        return ValueCount(self.name, self.meta, sum(one.count for one in results))

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"value": self.count}


class ValueCountAggregator(SourceAggregator):
    sort_kind = "single_value"

    def prepare(self) -> None:
        self.counts = Growing(np.int64)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty or not len(docs):
            return
        starts = self.source.load(leaf, docs).starts
        if self.source.kind == RANGE:
            # ES: all ranges of a document are one value
            starts = np.concatenate([[0], np.cumsum(np.diff(starts) > 0)])
        n = int(owners.max()) + 1
        counts = starts[docs + 1] - starts[docs]
        self.counts.ensure(n)[:n] += np.bincount(owners, weights=counts, minlength=n).astype(np.int64)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        return [ValueCount(self.name, self.builder.meta, count) for count in self.counts.get(owners).tolist()]

    def sort_values(self, key: str | None, owners: Array) -> Array:
        _only_value(self.name, key)
        return self.counts.get(owners).astype(np.float64)


def _only_value(name: str, key: str | None) -> None:
    if key is not None and key != "value":
        raise IllegalArgument(
            f'Ordering on a single-value metrics aggregation can only be done on its value. Either drop the key (a la "{name}") or change it '
            f'to "value" (a la "{name}.value")'
        )


class NumericMetric(SourceBuilder):
    """A metric over numbers, dates and booleans."""

    is_metric = True
    kinds = NUMERIC


class AvgAgg(NumericMetric):
    name, aggregator = "avg", AvgAggregator
    parser = BodyParser("avg", source_fields())


class SumAgg(NumericMetric):
    name, aggregator = "sum", SumAggregator
    parser = BodyParser("sum", source_fields())


class MinAgg(NumericMetric):
    name, aggregator = "min", MinAggregator
    parser = BodyParser("min", source_fields())


class MaxAgg(NumericMetric):
    name, aggregator = "max", MaxAggregator
    parser = BodyParser("max", source_fields())


class ValueCountAgg(SourceBuilder):
    name, aggregator, is_metric = "value_count", ValueCountAggregator, True
    kinds = ANY
    default_kind = "bytes"
    parser = BodyParser("value_count", source_fields())


AGGREGATIONS = (AvgAgg, SumAgg, MinAgg, MaxAgg, ValueCountAgg)
