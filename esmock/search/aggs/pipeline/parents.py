"""Pipelines inside the aggregation whose buckets they change: derivative, cumulative_sum, serial_diff, bucket_sort.

Docs: search-aggregations-pipeline. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from esmock.errors import ClassCast, IllegalArgument, Parsing
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.internal import Internal, MultiBucket, ReduceContext
from esmock.search.aggs.pipeline.results import Derivative, SimpleValue
from esmock.search.aggs.pipeline.tree import INSERT_ZEROS, Pipeline, read_format, sub_value
from esmock.search.aggs.rounding import CALENDAR_UNITS, UNIT_MS
from esmock.search.aggs.tokens import format_, gap_policy, path, plain, read_tokens
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any

PATHS = o.strings("buckets_path", required=True)
FORMAT = o.string("format", then=read_format)
GAP = o.custom("gap_policy", p.STRING, gap_policy)


class ParentPipeline(Pipeline):
    """Adds to or changes the buckets of its parent."""

    parser: ClassVar[Parser]
    needs_histogram: ClassVar[bool] = True
    any_count_since: ClassVar[int] = 99

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> Pipeline:
        out = cls(agg_name)
        given = cls.parser.parse(body, ctx, cls.checks())
        if "buckets_path" in cls.parser.names:
            out.paths = given.pop("buckets_path")
        for name, value in given.items():
            setattr(out, name, value)
        out.setup(body)
        return out

    @classmethod
    def checks(cls) -> dict[str, Any]:
        """Checks of single fields, whose errors name the field."""
        return {}

    def setup(self, body: Json) -> None:
        """Check the parameters together."""

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        out = []
        if "buckets_path" in self.parser.names and len(self.paths) != 1:
            out.append(f"buckets_path must contain a single entry for aggregation [{self.agg_name}]")
        return out + self.place_faults(parent)

    def place_faults(self, parent: Any) -> list[str]:
        """What is wrong with the parent."""
        if not self.needs_histogram:
            if parent is None:
                return [f"{self.name} aggregation [{self.agg_name}] must be declared inside of another aggregation"]
            return []
        if parent is None:
            return [
                f"{self.name} aggregation [{self.agg_name}] must have a histogram, date_histogram or auto_date_histogram as parent "
                "but doesn't have a parent"
            ]
        if parent.name in ("histogram", "date_histogram"):
            if parent.min_doc_count != 0 and self.behaviour.major < self.any_count_since:
                return [f"parent histogram of {self.name} aggregation [{self.agg_name}] must have min_doc_count of 0"]
            return []
        if parent.name == "auto_date_histogram":
            return []
        return [
            f"{self.name} aggregation [{self.agg_name}] must have a histogram, date_histogram or auto_date_histogram as parent"
        ]

    def buckets_of(self, result: Any) -> list[Any]:
        """The parent's buckets. Raises ClassCast for a parent that is one bucket."""
        if not isinstance(result, MultiBucket):
            raise not_multi_bucket(result)
        return result.buckets

    def values(self, result: Any) -> list[float | None]:
        """The numbers of the parent's buckets."""
        return [
            sub_value(result, bucket, self.paths[0], self.gap_policy, self.behaviour)
            for bucket in self.buckets_of(result)
        ]

    def with_result(self, bucket: Any, result: Internal) -> Any:
        """The bucket with one more result."""
        return replace(bucket, results={**bucket.results, self.agg_name: result})


class CumulativeSum(ParentPipeline):
    name = "cumulative_sum"
    parser = Parser("cumulative_sum", PATHS, FORMAT)

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        self.gap_policy = INSERT_ZEROS
        total = 0.0
        buckets = []
        for bucket, value in zip(self.buckets_of(result), self.values(result), strict=True):
            if value is not None and math.isfinite(value):
                total += value
            buckets.append(self.with_result(bucket, SimpleValue(self.agg_name, self.meta, total, self.format)))
        return result.with_buckets(buckets)


class TokenPipeline(ParentPipeline):
    """A parent pipeline that Elasticsearch reads token by token."""

    readers: ClassVar[Mapping[str, Mapping[str, Any]]]

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> Pipeline:
        out = cls(agg_name)
        given = read_tokens(agg_name, body, ctx, cls.readers_of(agg_name))
        if "buckets_path" not in given:
            # ES: serial_diff calls itself derivative here (recordings of 7.10.2 and 8.19.21)
            name = "derivative" if cls.name == "serial_diff" else cls.name
            raise Parsing(f"Missing required field [buckets_path] for {name} aggregation [{agg_name}]", located.at_end(body))
        out.paths = given.pop("buckets_path")
        for name, value in given.items():
            setattr(out, name, value)
        out.setup(body)
        return out

    @classmethod
    def readers_of(cls, agg_name: str) -> Mapping[str, Mapping[str, Any]]:
        """The readers of an aggregation."""
        return cls.readers

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        return self.place_faults(parent)


_TEXTS = {"buckets_path": path, "format": format_, "gap_policy": gap_policy}


class DerivativeAgg(TokenPipeline):
    name = "derivative"
    readers = {"VALUE_STRING": {**_TEXTS, "unit": plain}, "START_ARRAY": {"buckets_path": path}}
    unit: str | None = None

    @property
    def unit_ms(self) -> float | None:
        """Milliseconds of the unit. Raises IllegalArgument for what is none, which only the reduction notices."""
        from esmock.xcontent.units import parse_time_ms

        if self.unit is None:
            return None
        calendar = CALENDAR_UNITS.get(self.unit)
        return UNIT_MS[calendar] if calendar else parse_time_ms(self.unit, "DerivativePipelineAggregationBuilder.unit")

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        last_key: Any = None
        last: float | None = None
        unit_ms = self.unit_ms
        buckets = []
        for bucket, value in zip(self.buckets_of(result), self.values(result), strict=True):
            if last is not None and value is not None:
                units = -1.0 if unit_ms is None else (bucket.key - last_key) / unit_ms
                buckets.append(
                    self.with_result(bucket, Derivative(self.agg_name, self.meta, value - last, self.format, units))
                )
            else:
                buckets.append(bucket)
            last_key, last = bucket.key, value
        return result.with_buckets(buckets)


class SerialDiff(TokenPipeline):
    name = "serial_diff"
    any_count_since = 8
    lag = 1

    @classmethod
    def readers_of(cls, agg_name: str) -> Mapping[str, Mapping[str, Any]]:
        def read_lag(body: Json, key: str, ctx: Reading) -> int:
            lag = values.integer(body, key)
            if lag <= 0:
                raise Parsing(
                    f"Lag must be a positive, non-zero integer.  Value supplied was{lag} in [{agg_name}]: [lag].",
                    located.at_value(body, key),
                )
            return lag

        return {"VALUE_STRING": _TEXTS, "VALUE_NUMBER": {"lag": read_lag}, "START_ARRAY": {"buckets_path": path}}

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        values = [math.nan if one is None else one for one in self.values(result)]
        buckets = []
        for place, bucket in enumerate(self.buckets_of(result)):
            before = values[place - self.lag] if place >= self.lag else math.nan
            difference = values[place] - before
            if math.isnan(values[place]) or math.isnan(before):
                buckets.append(bucket)
            else:
                buckets.append(self.with_result(bucket, SimpleValue(self.agg_name, self.meta, difference, self.format)))
        return result.with_buckets(buckets)


def not_multi_bucket(result: Internal) -> ClassCast:
    """The error of a pipeline that wants buckets and finds one bucket or a metric."""
    package = "org.elasticsearch.search.aggregations"
    one = f"{package}.{result.java_package}.{result.java}"
    if result.java_package.startswith("org."):
        one = f"{result.java_package}.{result.java}"
    other = f"{package}.InternalMultiBucketAggregation"
    return ClassCast(
        f"class {one} cannot be cast to class {other} ({one} and {other} are in unnamed module of loader 'app')"
    )


def _read_sorts(body: Json, key: Key, reading: Reading) -> list[tuple[str, bool]]:
    """What the search's own ``sort`` says: names, and whether they ascend."""
    from esmock.search.query.base import ParseContext
    from esmock.search.sort import parse_sort

    sorts = parse_sort(body, str(key), ParseContext(reading.behaviour, reading.warn))
    return [(one.field, not one.descending) for one in sorts]


class BucketSort(ParentPipeline):
    name = "bucket_sort"
    needs_histogram = False
    parser = Parser(
        "bucket_sort",
        o.custom("sort", p.OBJECT_ARRAY, _read_sorts, argument=True),
        o.integer("from"),
        o.integer("size"),
        GAP,
    )
    size: int | None = None
    sort: ClassVar[list[tuple[str, bool]]] = []

    @classmethod
    def checks(cls) -> dict[str, Any]:
        return {"from": cls._check_from, "size": cls._check_size}

    @staticmethod
    def _check_from(start: int) -> None:
        if start < 0:
            raise IllegalArgument(f"[from] must be a non-negative integer: [{start}]")

    @staticmethod
    def _check_size(size: int) -> None:
        if size <= 0:
            raise IllegalArgument(f"[size] must be a positive integer: [{size}]")

    def setup(self, body: Json) -> None:
        self.paths = [one for one, _ in self.sort]

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        out = []
        if parent is None:
            out.append(f"bucket_sort aggregation [{self.agg_name}] must be declared inside of another aggregation")
        if not self.sort and self.size is None and not getattr(self, "from", 0):
            out.append(
                f"[{self.agg_name}] is configured to perform nothing. Please set either of [sort, size, from] to use bucket_sort"
            )
        return out

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        buckets = self.buckets_of(result)
        if self.sort:
            rows: list[tuple[Any, list[Any]]] = [
                (bucket, [self._value(result, bucket, path) for path, _ in self.sort]) for bucket in buckets
            ]
            rows = [row for row in rows if any(value is not None for value in row[1])]
            rows.sort(key=functools.cmp_to_key(self._compare))
            buckets = [bucket for bucket, _ in rows]
        start = getattr(self, "from", 0)
        end = len(buckets) if self.size is None else start + self.size
        return result.with_buckets(buckets[start:end])

    def _value(self, result: Any, bucket: Any, path: str) -> Any:
        if path == "_key":
            return bucket.ordering()
        value = sub_value(result, bucket, path, self.gap_policy, self.behaviour)
        return None if value is None or (self.gap_policy == "skip" and math.isnan(value)) else value

    def _compare(self, one: tuple[Any, list[Any]], other: tuple[Any, list[Any]]) -> int:
        for mine, theirs, (_, ascending) in zip(one[1], other[1], self.sort, strict=True):
            if mine is None and theirs is None:
                continue
            if mine is None or theirs is None:
                return 1 if mine is None else -1
            if mine != theirs:
                return (-1 if mine < theirs else 1) * (1 if ascending else -1)
        return 0


PIPELINES = (CumulativeSum, DerivativeAgg, SerialDiff, BucketSort)
