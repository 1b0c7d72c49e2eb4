"""stats and extended_stats. Docs: search-aggregations-metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.column_text import Piece, Write, absent
from esmock.search.aggs.columns import Column, Made
from esmock.search.aggs.formats import BooleanFormat, DateFormat
from esmock.search.aggs.internal import Internal, MultiValue, ReduceContext, Rendering, Sample
from esmock.search.aggs.kahan import Kahan
from esmock.search.aggs.moments import MomentAggregator, NumericMetric
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any


_METRICS = "org.elasticsearch.search.aggregations.metrics.InternalStats.Metrics"


_OF_NOTHING = {"min": None, "max": None, "avg": None, "sum": 0.0}


class Stats(MultiValue):
    """count, min, max, avg, sum. Docs: search-aggregations-metrics-stats-aggregation."""

    type, java = "stats", "InternalStats"
    names: ClassVar[tuple[str, ...]] = ("count", "sum", "min", "max", "avg")
    __slots__ = ("count", "max", "min", "sum")

    def __init__(self, name: str, meta: Json, format: Any, count: int, sum: float, min: float, max: float) -> None:
        self.name, self.meta, self.format = name, meta, format
        self.count, self.sum, self.min, self.max = count, sum, min, max

    @property
    def avg(self) -> float:
        if self.count:
            return self.sum / self.count
        return math.nan

    def number(self, name: str) -> float:
        if name not in self.names:
            raise IllegalArgument(f"No enum constant {_METRICS}.{name}")
        return float(getattr(self, name))

    def default_metric(self) -> str | None:
        return self.name  # ES: its own name is taken for that of a metric, which it is not

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

    def _estimated(self, sample: Sample) -> tuple[int, float, float, float]:
        return sample.count(self.count), sample.sum(self.sum), self.min, self.max

    def scaled_up(self, sample: Sample) -> Internal:
        return Stats(self.name, self.meta, self.format, *self._estimated(sample))

    @staticmethod
    def bodies(counts: list[int], sums: list[float], least: list[float], most: list[float]) -> list[Json]:
        """Many results as they are printed without a format."""
        return [
            {"count": n, "min": low, "max": high, "avg": total / n, "sum": total} if n else {"count": 0, **_OF_NOTHING}
            for n, total, low, high in zip(counts, sums, least, most, strict=True)
        ]

    @staticmethod
    def pieces(write: Write, counts: Array, sums: Array, least: Array, most: Array) -> list[Piece]:
        """The same as text."""
        is_nothing = counts == 0
        columns = (counts, np.where(is_nothing, 0.0, least), np.where(is_nothing, 0.0, most), sums / np.maximum(counts, 1))
        count, low, high, mean = map(write, columns)
        return [
            b'{"count":', count, b',"min":', absent(low, is_nothing), b',"max":', absent(high, is_nothing),
            b',"avg":', absent(mean, is_nothing), b',"sum":', write(sums), b"}",
        ]  # fmt: skip

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.count:
            return {"count": 0, **_OF_NOTHING}
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
    result: Any = Stats
    parts: tuple[str, ...] = ("counts", "sums", "least", "most")

    def has_metric(self, name: str) -> bool:
        return name in self.result.names


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

    def scaled_up(self, sample: Sample) -> Internal:
        squares = sample.sum(self.sum_of_squares)
        return ExtendedStats(self.name, self.meta, self.format, *self._estimated(sample), squares, self.sigma)

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

    def column(self, owners: Sequence[int]) -> Column:
        name, meta, format = self.name, self.builder.meta, self.source.format
        lists = [getattr(self.moments, part).get(owners).tolist() for part in self.parts]
        make: Any = self.result
        sigma = self.builder.sigma
        return Made([make(name, meta, format, *row, sigma) for row in zip(*lists, strict=True)])


class StatsAgg(NumericMetric):
    name, aggregator = "stats", StatsAggregator
    parser = Parser("stats", *source_fields())


class ExtendedStatsAgg(NumericMetric):
    name, aggregator = "extended_stats", ExtendedStatsAggregator
    parser = Parser("extended_stats", *source_fields(), o.real("sigma"))
    sigma = 2.0

    def checks(self) -> dict[str, Any]:
        return {"sigma": self._check_sigma}

    def _check_sigma(self, sigma: float) -> None:
        if sigma < 0:
            from esmock.search.aggs.parse import text

            raise IllegalArgument(
                f"[sigma] must be greater than or equal to 0. Found [{text(sigma)}] in [{self.agg_name}]"
            )


AGGREGATIONS = (StatsAgg, ExtendedStatsAgg)
