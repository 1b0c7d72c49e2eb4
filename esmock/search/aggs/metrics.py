"""Metrics of one or few numbers: avg, sum, min, max, value_count, stats, extended_stats, weighted_avg.

Docs: search-aggregations-metrics. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder, SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, Growing, Leaf, ShardContext
from esmock.search.aggs.formats import BooleanFormat, DateFormat, DecimalFormat
from esmock.search.aggs.internal import Internal, MultiValue, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kahan import Kahan, add_all
from esmock.search.aggs.parse import BodyParser, Declared, ParseContext
from esmock.search.aggs.scripts import SCRIPT
from esmock.search.aggs.values import ANY, NUMERIC, RANGE, SourceConfig, source_fields

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


class Stats(MultiValue):
    """count, min, max, avg, sum. Docs: search-aggregations-metrics-stats-aggregation."""

    type, java = "stats", "InternalStats"
    names: ClassVar[tuple[str, ...]] = ("count", "sum", "min", "max", "avg")
    enum: ClassVar[str] = "org.elasticsearch.search.aggregations.metrics.InternalStats.Metrics"
    __slots__ = ("count", "max", "min", "sum")

    def __init__(self, name: str, meta: Json, format: Any, count: int, sum: float, min: float, max: float) -> None:
        super().__init__(name, meta, format)
        self.count, self.sum, self.min, self.max = count, sum, min, max

    @property
    def avg(self) -> float:
        if self.count:
            return self.sum / self.count
        return math.nan

    def number(self, name: str) -> float:
        if name not in self.names:
            raise IllegalArgument(f"No enum constant {self.enum}.{name}")
        return float(getattr(self, name))

    def merged(self, results: list[Any]) -> tuple[int, float, float, float]:
        """count, sum, min and max of several."""
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return (
            sum(one.count for one in results),
            summed.value,
            min(one.min for one in results),
            max(one.max for one in results),
        )

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return Stats(self.name, self.meta, self.format, *self.merged(results))

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.count:
            return {"count": 0, "min": None, "max": None, "avg": None, "sum": 0.0}
        out: dict[str, Json] = {"count": self.count, "min": self.min, "max": self.max, "avg": self.avg, "sum": self.sum}
        if self.format is not None:
            for name in ("min", "max", "avg", "sum"):
                out[name + "_as_string"] = shown(self.format, out[name], rendering)
        return out


def shown(format: Any, value: float, rendering: Rendering) -> Json:
    """A number in the stats' ``_as_string`` fields: booleans stand there bare; later versions have null beyond the range of dates."""
    if isinstance(format, DateFormat) and rendering.behaviour.major >= 8 and abs(value) >= 2.0**63:
        return None
    return value != 0 if isinstance(format, BooleanFormat) else format.print(value)


class StatsAggregator(MomentAggregator):
    sort_kind = "multi_value"
    result: ClassVar[type[Stats]] = Stats
    parts = ("counts", "sums", "least", "most")

    def has_metric(self, name: str) -> bool:
        return name in self.result.names

    def rows(self, owners: Sequence[int]) -> Any:
        """(count, sum, min, max) of each owner."""
        moments = self.moments
        columns = (moments.counts, moments.sums, moments.least, moments.most)
        return zip(*(column.get(owners).tolist() for column in columns), strict=True)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Stats(name, meta, format, *row) for row in self.rows(owners)]


_EXTENDED = (
    "count",
    "sum",
    "min",
    "max",
    "avg",
    "sum_of_squares",
    "variance",
    "variance_population",
    "variance_sampling",
    "std_deviation",
    "std_deviation_population",
    "std_deviation_sampling",
    "std_upper",
    "std_lower",
    "std_upper_population",
    "std_lower_population",
    "std_upper_sampling",
    "std_lower_sampling",
)


class ExtendedStats(Stats):
    """Stats with variances and bounds. Docs: search-aggregations-metrics-extendedstats-aggregation."""

    type, java = "extended_stats", "InternalExtendedStats"
    names = _EXTENDED
    enum = "org.elasticsearch.search.aggregations.metrics.InternalExtendedStats.Metrics"
    __slots__ = ("sigma", "sum_of_squares")

    def __init__(
        self,
        name: str,
        meta: Json,
        format: Any,
        count: int,
        sum: float,
        min: float,
        max: float,
        squares: float,
        sigma: float,
    ) -> None:
        super().__init__(name, meta, format, count, sum, min, max)
        self.sum_of_squares, self.sigma = squares, sigma

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        squares = Kahan()
        for one in results:
            squares.add(one.sum_of_squares)
        return ExtendedStats(self.name, self.meta, self.format, *self.merged(results), squares.value, self.sigma)

    @property
    def variance(self) -> float:
        return self.variance_population

    @property
    def variance_population(self) -> float:
        if not self.count:
            return math.nan
        spread = (self.sum_of_squares - ((self.sum * self.sum) / self.count)) / self.count
        return 0.0 if spread < 0 else spread

    @property
    def variance_sampling(self) -> float:
        if self.count < 1:
            return math.nan
        spread = self.sum_of_squares - ((self.sum * self.sum) / self.count)
        if self.count == 1:
            return math.nan if spread == 0 or spread != spread else math.copysign(math.inf, spread)
        spread /= self.count - 1
        return 0.0 if spread < 0 else spread

    @property
    def std_deviation(self) -> float:
        return math.sqrt(self.variance_population) if self.count else math.nan

    @property
    def std_deviation_population(self) -> float:
        return self.std_deviation

    @property
    def std_deviation_sampling(self) -> float:
        variance = self.variance_sampling
        return math.sqrt(variance) if variance >= 0 else math.nan

    def bound(self, sign: int, deviation: float) -> float:
        return self.avg + sign * (deviation * self.sigma)

    def number(self, name: str) -> float:
        if name.startswith(("std_upper", "std_lower")) and name in self.names:
            deviation = self.std_deviation_sampling if name.endswith("_sampling") else self.std_deviation
            return self.bound(1 if name.startswith("std_upper") else -1, deviation)
        return super().number(name)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        out = super().content(rendering)
        names = _EXTENDED[5:12]
        if not self.count:
            bounds = dict.fromkeys(_BOUNDS)
            return {**out, **dict.fromkeys(names), "std_deviation_bounds": bounds}
        out.update({name: getattr(self, name) for name in names})
        bounds = {
            "upper": self.bound(1, self.std_deviation),
            "lower": self.bound(-1, self.std_deviation),
            "upper_population": self.bound(1, self.std_deviation),
            "lower_population": self.bound(-1, self.std_deviation),
            "upper_sampling": self.bound(1, self.std_deviation_sampling),
            "lower_sampling": self.bound(-1, self.std_deviation_sampling),
        }
        out["std_deviation_bounds"] = bounds
        if self.format is not None:
            out.update({name + "_as_string": shown(self.format, out[name], rendering) for name in names[:4]})
            out.update({name + "_as_string": self.format.print(out[name]) for name in names[4:]})
            out["std_deviation_bounds_as_string"] = {name: self.format.print(value) for name, value in bounds.items()}
        return out


_BOUNDS = ("upper", "lower", "upper_population", "lower_population", "upper_sampling", "lower_sampling")


class ExtendedStatsAggregator(StatsAggregator):
    builder: ExtendedStatsAgg
    result = ExtendedStats
    parts = ("counts", "sums", "least", "most", "squares")

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta, format = self.name, self.builder.meta, self.source.format
        squares = self.moments.squares.get(owners).tolist()
        rows = zip(self.rows(owners), squares, strict=True)
        return [ExtendedStats(name, meta, format, *row, square, self.builder.sigma) for row, square in rows]


class WeightedAvg(SingleValue):
    """Mean by weights. Docs: search-aggregations-metrics-weight-avg-aggregation."""

    type, java = "weighted_avg", "InternalWeightedAvg"
    __slots__ = ("sum", "weight")

    def __init__(self, name: str, meta: Json, format: Any, sum: float, weight: float) -> None:
        super().__init__(name, meta, format)
        self.sum, self.weight = sum, weight

    def value(self) -> float:
        if self.weight:
            return self.sum / self.weight
        return math.nan if self.sum == 0 else math.copysign(math.inf, self.sum)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        sums, weights = Kahan(), Kahan()
        for one in results:
            sums.add(one.sum)
            weights.add(one.weight)
        return WeightedAvg(self.name, self.meta, self.format, sums.value, weights.value)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.weight:
            return {"value": None}
        return {"value": self.value(), **self.as_string(self.value())}


class WeightedAvgAggregator(Aggregator):
    sort_kind = "single_value"

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        for name, given in (("value", builder.value), ("weight", builder.weight)):
            if given.field is None and given.script is None:
                raise IllegalArgument(f"Could not find field name [{name}] in multiValuesSource")
        self.value_source = builder.value.resolve(ctx, "weighted_avg", NUMERIC, "number")
        self.weight_source = builder.weight.resolve(ctx, "weighted_avg", NUMERIC, "number")
        self.sums, self.deltas = Growing(np.float64), Growing(np.float64)
        self.weights, self.weight_deltas = Growing(np.float64), Growing(np.float64)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.value_source.is_empty or self.weight_source.is_empty:
            return
        weights = self.weight_source.floats(leaf, docs)
        values = self.value_source.floats(leaf, docs)
        both = weights.has(docs) & values.has(docs)
        docs, owners = docs[both], owners[both]
        if not len(docs):
            return
        if (weights.starts[docs + 1] - weights.starts[docs] > 1).any():
            from esmock.errors import AggregationExecution

            raise AggregationExecution(
                "Encountered more than one weight for a single document. Use a script to combine multiple weights-per-doc into a single value."
            )
        weight = weights.values[weights.starts[docs]]
        positions, numbers = values.of(docs)
        repeated = weight[positions]
        n = int(owners.max()) + 1
        add_all(self.sums.ensure(n), self.deltas.ensure(n), owners[positions], numbers * repeated)
        add_all(self.weights.ensure(n), self.weight_deltas.ensure(n), owners[positions], repeated)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        format = self.value_source.format
        if self.builder.format is not None and self.value_source.kind == "number":
            format = DecimalFormat(self.builder.format)
        rows = zip(self.sums.get(owners).tolist(), self.weights.get(owners).tolist(), strict=True)
        return [WeightedAvg(self.name, self.builder.meta, format, total, weight) for total, weight in rows]


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


class StatsAgg(NumericMetric):
    name, aggregator = "stats", StatsAggregator
    parser = BodyParser("stats", source_fields())


class ExtendedStatsAgg(NumericMetric):
    name, aggregator = "extended_stats", ExtendedStatsAggregator
    parser = BodyParser("extended_stats", {**source_fields(), "sigma": Declared(p.NUMBER, p.double)})
    sigma = 2.0

    def checks(self) -> dict[str, Any]:
        return {"sigma": self._check_sigma}

    def _check_sigma(self, sigma: float) -> None:
        if sigma < 0:
            from esmock.search.aggs.parse import text

            raise IllegalArgument(
                f"[sigma] must be greater than or equal to 0. Found [{text(sigma)}] in [{self.agg_name}]"
            )


_MULTI_SOURCE = BodyParser(
    "field_config",
    {
        "field": Declared(p.STRING, p.text),
        "missing": Declared(p.VALUE, lambda value: value),
        "script": SCRIPT,
        "time_zone": Declared(("VALUE_STRING", "VALUE_NUMBER"), lambda value: value),
    },
)


def read_multi_source(body: Json, ctx: ParseContext) -> SourceConfig:
    """One of several sources (``value``, ``weight``, ``a``, ``b``). Raises IllegalArgument without field and script."""
    given = _MULTI_SOURCE.parse(body, ctx)
    if given.get("field") is None and given.get("script") is None:
        raise IllegalArgument("[field] and [script] cannot both be null.  Please specify one or the other.")
    if given.get("field") is not None and given.get("script") is not None:
        raise IllegalArgument("[field] and [script] cannot both be configured.  Please specify one or the other.")
    return SourceConfig.take(given)


class WeightedAvgAgg(Builder):
    name, aggregator, is_metric = "weighted_avg", WeightedAvgAggregator, True
    parser = BodyParser(
        "weighted_avg",
        {
            "value": Declared(p.OBJECT, read_multi_source, in_context=True),
            "weight": Declared(p.OBJECT, read_multi_source, in_context=True),
            "format": Declared(p.STRING, p.text),
            "value_type": Declared(p.STRING, p.text),
        },
    )

    def setup(self, given: dict[str, Any], ctx: ParseContext) -> None:
        self.value = given.get("value", SourceConfig())
        self.weight = given.get("weight", SourceConfig())
        self.format = given.get("format")


AGGREGATIONS = (AvgAgg, SumAgg, MinAgg, MaxAgg, ValueCountAgg, StatsAgg, ExtendedStatsAgg, WeightedAvgAgg)
