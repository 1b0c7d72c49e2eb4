"""Pipelines of the analytics plugin: normalize, cumulative_cardinality, moving_percentiles.

Docs: search-aggregations-pipeline-normalize-aggregation, -cumulative-cardinality-aggregation, -moving-percentiles-aggregation.
Source: answers printed there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from esmock.addition import in_order
from esmock.errors import AggregationExecution, IllegalArgument
from esmock.search.aggs.cardinality import Cardinality
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering
from esmock.search.aggs.paths import flat
from esmock.search.aggs.percentiles import Percentiles
from esmock.search.aggs.pipeline.parents import FORMAT, PATHS, ParentPipeline
from esmock.search.aggs.pipeline.results import SimpleValue
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Method = Callable[[list[float]], Callable[[float], float]]


def _scaled(factor: float) -> Method:
    def method(values: list[float]) -> Callable[[float], float]:
        low, spread = min(values), max(values) - min(values)
        return lambda value: factor * _divided(value - low, spread)

    return method


def _mean(values: list[float]) -> Callable[[float], float]:
    mean, spread = in_order(values) / len(values), max(values) - min(values)
    return lambda value: _divided(value - mean, spread)


def _share(values: list[float]) -> Callable[[float], float]:
    total = in_order(values)
    return lambda value: _divided(value, total)


def _z_score(values: list[float]) -> Callable[[float], float]:
    mean = in_order(values) / len(values)
    deviation = math.sqrt(in_order((value - mean) ** 2 for value in values) / len(values))
    return lambda value: _divided(value - mean, deviation)


def _softmax(values: list[float]) -> Callable[[float], float]:
    total = in_order(math.exp(value) for value in values)
    return lambda value: _divided(math.exp(value), total)


def _divided(one: float, other: float) -> float:
    return one / other if other else math.nan if not one else math.copysign(math.inf, one)


METHODS: dict[str, Method] = {
    "rescale_0_1": _scaled(1.0),
    "rescale_0_100": _scaled(100.0),
    "mean": _mean,
    "percent_of_sum": _share,
    "z-score": _z_score,
    "softmax": _softmax,
}


def _read_method(name: str) -> str:
    if name not in METHODS:
        raise IllegalArgument(f"invalid method [{name}]")
    return name


class Normalize(ParentPipeline):
    name = "normalize"
    since = (7, 9)
    needs_histogram = False
    parser = Parser("normalize", PATHS, o.string("method", then=_read_method, required=True), FORMAT)
    method: str

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        numbers = self.values(result)
        present = [one for one in numbers if one is not None and not math.isnan(one)]
        change = METHODS[self.method](present) if present else math.nan.__add__
        buckets = []
        for bucket, number in zip(self.buckets_of(result), numbers, strict=True):
            value = math.nan if number is None or math.isnan(number) else change(number)
            buckets.append(self.with_result(bucket, SimpleValue(self.agg_name, self.meta, value, self.format)))
        return result.with_buckets(buckets)


class SimpleLong(SimpleValue):
    type, java = "simple_long_value", "InternalSimpleLongValue"
    __slots__ = ()

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"value": int(self.number), **self.as_string(int(self.number))}


class CumulativeCardinality(ParentPipeline):
    name = "cumulative_cardinality"
    since = (7, 4)
    parser = Parser("cumulative_cardinality", PATHS, FORMAT)

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        seen: Cardinality | None = None
        buckets = []
        for bucket in self.buckets_of(result):
            found = bucket.property(result.name, flat(self.paths[0]))
            if not isinstance(found, Cardinality):
                raise AggregationExecution(
                    f"buckets_path must reference a cardinality aggregation, got: [{getattr(found, 'java', type(found).__name__)}] "
                    f"at aggregation [{flat(self.paths[0])[0]}]"
                )
            seen = found if seen is None else seen.reduce([seen, found], ctx)  # type: ignore[assignment]
            assert seen is not None
            buckets.append(self.with_result(bucket, SimpleLong(self.agg_name, self.meta, seen.value(), self.format)))
        return result.with_buckets(buckets)


class MovingPercentiles(ParentPipeline):
    name = "moving_percentiles"
    since = (7, 11)
    parser = Parser("moving_percentiles", PATHS, o.integer("window", required=True), o.integer("shift"))
    window: int
    shift = 0

    @classmethod
    def checks(cls) -> dict[str, Any]:
        return {"window": cls._check_window}

    @staticmethod
    def _check_window(window: int) -> None:
        if window <= 0:
            raise IllegalArgument("[window] must be a positive, non-zero integer.")

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        before = self.buckets_of(result)
        states = []
        for bucket in before:
            found = bucket.property(result.name, flat(self.paths[0]))
            if not isinstance(found, Percentiles):
                raise AggregationExecution(
                    f"buckets_path must reference a percentiles aggregation, got: [{getattr(found, 'java', type(found).__name__)}] "
                    f"at aggregation [{flat(self.paths[0])[0]}]"
                )
            states.append(found)
        buckets = []
        for place, bucket in enumerate(before):
            start, end = (min(max(place + at, 0), len(states)) for at in (self.shift - self.window, self.shift))
            inside = states[start:end]
            if inside:
                moved = inside[0].reduce(inside, ctx)
                moved.name, moved.meta = self.agg_name, self.meta
                bucket = self.with_result(bucket, moved)
            buckets.append(bucket)
        return result.with_buckets(buckets)


PIPELINES = (Normalize, CumulativeCardinality, MovingPercentiles)
