"""Pipelines beside the aggregation they read: avg_bucket, max_bucket, min_bucket, sum_bucket, stats_bucket and kin.

Docs: search-aggregations-pipeline. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from esmock.errors import ApiError, ArrayIndexOutOfBounds, IllegalArgument, InvalidAggregationPath, Parsing
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.internal import Internal, MultiBucket, ReduceContext, Results, SingleBucket
from esmock.search.aggs.parse import double
from esmock.search.aggs.paths import PathElement, flat, parse_path
from esmock.search.aggs.pipeline.results import (
    BucketMetricValue,
    ExtendedStatsBucketResult,
    PercentilesBucketResult,
    SimpleValue,
    StatsBucketResult,
)
from esmock.search.aggs.pipeline.tree import Pipeline, read_format, read_gap_policy, sub_value
from esmock.xcontent import located
from esmock.xcontent import value_reader as values
from esmock.xcontent.value_reader import Reading

Json = Any


class SiblingPipeline(Pipeline):
    """Reads one multi-bucket aggregation of its own level."""

    params: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> Pipeline:
        out = cls(agg_name)
        paths: list[str] | None = None
        for key, value in body.items():
            if key == "format" and isinstance(value, str):
                out.format = read_format(value)
            elif key == "gap_policy" and isinstance(value, str):
                try:
                    out.gap_policy = read_gap_policy(value, ctx)
                except ApiError as error:
                    raise Parsing(error.reason or "", located.at_value(body, key)) from None
            elif key == "buckets_path" and isinstance(value, str):
                paths = [value]
            elif key == "buckets_path" and isinstance(value, list):
                paths = [values.text(value, place, ctx) for place in range(len(value))][:1]  # ES: the others are not used
            elif not out.take(key, value):
                raise cls.unexpected(agg_name, key, value, body)
        if paths is None:
            raise Parsing(f"Missing required field [buckets_path] for aggregation [{agg_name}]", located.at_end(body))
        if not paths:
            raise ArrayIndexOutOfBounds("Index 0 out of bounds for length 0")
        out.paths = paths
        out.check()
        return out

    @staticmethod
    def unexpected(agg_name: str, key: str, value: Json, body: Json) -> Parsing:
        return Parsing(f"Unexpected token {located.token(value)} [{key}] in [{agg_name}]", located.at_value(body, key))

    def check(self) -> None:
        """Refuse parameters. Raises IllegalArgument."""

    def take(self, key: str, value: Json) -> bool:
        """Take a parameter of the type; False: it has none of that name and token."""
        return False

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        if len(self.paths) != 1:
            return [f"buckets_path must contain a single entry for aggregation [{self.agg_name}]"]
        path = self.paths[0]
        first = parse_path(path)[0].name if self.behaviour.major >= 8 else path.replace(".", ">").split(">")[0]
        found = siblings.find(first)
        if found is None:
            return [f"buckets_path aggregation does not exist for aggregation [{self.agg_name}]: {path}"]
        if self.behaviour.major >= 8:
            return self._unqualified(found, parse_path(path), path)
        if found.is_metric or not found.hands_many_buckets:
            return [
                f"The first aggregation in buckets_path must be a multi-bucket aggregation for aggregation [{self.agg_name}] found :"
                f"{found.java_class()} for buckets path: {path}"
            ]
        return []

    def _unqualified(self, found: Any, elements: list[PathElement], path: str) -> list[str]:
        """8.x: single buckets, and buckets that are named, may lead to the buckets that are read."""
        place = 0
        while place + 1 < len(elements) and (_is_single(found) or (_has_many(found) and elements[place].key is not None)):
            place += 1
            found = found.subs.find(elements[place].name)
            if found is None:
                return []
        if _has_many(found):
            return []
        return [
            "Unable to find unqualified multi-bucket aggregation in buckets_path. Path must include a multi-bucket aggregation for "
            f"aggregation [{self.agg_name}] found :{found.java_class()} for buckets path: {path}"
        ]

    def _reached(self, results: Results) -> tuple[Any, list[str]]:
        """The aggregation whose buckets are read, None where there is none, and the path below them."""
        elements = parse_path(self.paths[0])
        result: Any = results.get(elements[0].name)
        place = 0
        while result is not None and self.behaviour.major >= 8 and place + 1 < len(elements):
            key = elements[place].key
            if isinstance(result, SingleBucket):
                below = result.results
            elif isinstance(result, MultiBucket) and key is not None:
                below = self._named(result, key).results
            else:
                break
            place += 1
            result = below.get(elements[place].name)
        head = [] if elements[place].key is None else [elements[place].key]
        return result, [*head, *flat(">".join(one.full for one in elements[place + 1 :]))]  # type: ignore[list-item]

    @staticmethod
    def _named(result: MultiBucket, key: str) -> Any:
        bucket = next((one for one in result.buckets if f"'{one.key_text()}'" == key), None)
        if bucket is None:
            raise InvalidAggregationPath(f"Cannot find an key [{key}] in [{result.name}]")
        return bucket

    def over(self, results: Results, ctx: ReduceContext) -> Internal:
        found: list[tuple[str, float]] = []
        result, steps = self._reached(results)
        if result is not None:
            for bucket in result.buckets:
                value = sub_value(result, bucket, steps, self.gap_policy, self.behaviour)
                if value is not None and not math.isnan(value):
                    found.append((bucket.key_text(), value))
        return self.result(found)

    def apply(self, result: Internal, ctx: ReduceContext) -> Internal:
        return result.map_results(lambda results, _bucket: {**results, self.agg_name: self.over(results, ctx)})

    def result(self, found: list[tuple[str, float]]) -> Internal:
        """The result of the buckets' keys and values."""
        raise NotImplementedError(self.name)


def _has_many(builder: Any) -> bool:
    return bool(not builder.is_metric and builder.hands_many_buckets)


def _is_single(builder: Any) -> bool:
    return isinstance(getattr(builder, "aggregator", None), type) and issubclass(builder.aggregator, SingleBucketAggregator)


class AvgBucket(SiblingPipeline):
    name = "avg_bucket"

    def result(self, found: list[tuple[str, float]]) -> Internal:
        total = 0.0
        for _, value in found:
            total += value
        return SimpleValue(self.agg_name, self.meta, total / len(found) if found else math.nan, self.format)


class SumBucket(SiblingPipeline):
    name = "sum_bucket"

    def result(self, found: list[tuple[str, float]]) -> Internal:
        total = 0.0
        for _, value in found:
            total += value
        return SimpleValue(self.agg_name, self.meta, total, self.format)


class MaxBucket(SiblingPipeline):
    name = "max_bucket"

    def result(self, found: list[tuple[str, float]]) -> Internal:
        best = max((value for _, value in found), default=-math.inf)
        return BucketMetricValue(
            self.agg_name, self.meta, best, [key for key, value in found if value == best], self.format
        )


class MinBucket(SiblingPipeline):
    name = "min_bucket"

    def result(self, found: list[tuple[str, float]]) -> Internal:
        best = min((value for _, value in found), default=math.inf)
        return BucketMetricValue(
            self.agg_name, self.meta, best, [key for key, value in found if value == best], self.format
        )


class StatsBucket(SiblingPipeline):
    name = "stats_bucket"

    def result(self, found: list[tuple[str, float]]) -> Internal:
        values = [value for _, value in found]
        total = 0.0
        for value in values:
            total += value
        low, high = min(values, default=math.inf), max(values, default=-math.inf)
        return StatsBucketResult(self.agg_name, self.meta, self.format, len(values), total, low, high)


class ExtendedStatsBucket(SiblingPipeline):
    name = "extended_stats_bucket"
    sigma = 2.0

    def take(self, key: str, value: Json) -> bool:
        if key != "sigma" or isinstance(value, bool) or not isinstance(value, int | float):
            return False
        self.sigma = double(value)
        return True

    def check(self) -> None:
        if self.sigma < 0.0:
            raise IllegalArgument("sigma must be a non-negative double")

    def result(self, found: list[tuple[str, float]]) -> Internal:
        values = [value for _, value in found]
        total = squares = 0.0
        for value in values:
            total += value
            squares += value * value
        low, high = min(values, default=math.inf), max(values, default=-math.inf)
        return ExtendedStatsBucketResult(
            self.agg_name, self.meta, self.format, len(values), total, low, high, squares, self.sigma
        )


class PercentilesBucket(SiblingPipeline):
    name = "percentiles_bucket"
    keyed = True

    def __init__(self, agg_name: str) -> None:
        super().__init__(agg_name)
        self.percents = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0]

    def take(self, key: str, value: Json) -> bool:
        if key == "percents" and isinstance(value, list):
            self.percents = [values.double(value, place) for place in range(len(value))]
            return True
        if key == "keyed" and isinstance(value, bool):
            self.keyed = value
            return True
        return False

    def check(self) -> None:
        if not all(0.0 <= one <= 100.0 for one in self.percents):
            raise IllegalArgument("percents must only contain non-null doubles from 0.0-100.0 inclusive")

    def result(self, found: list[tuple[str, float]]) -> Internal:
        values = sorted(value for _, value in found)
        out = [
            values[math.floor((one / 100.0) * (len(values) - 1) + 0.5)] if values else math.nan for one in self.percents
        ]
        return PercentilesBucketResult(self.agg_name, self.meta, self.percents, out, self.keyed, self.format)


PIPELINES = (AvgBucket, SumBucket, MaxBucket, MinBucket, StatsBucket, ExtendedStatsBucket, PercentilesBucket)
