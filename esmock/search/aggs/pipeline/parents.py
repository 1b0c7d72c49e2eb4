"""Pipelines inside the aggregation whose buckets they change: derivative, cumulative_sum, serial_diff, bucket_sort.

Docs: search-aggregations-pipeline. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any, ClassVar

from esmock.errors import IllegalArgument, Parsing
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.internal import Internal, ReduceContext
from esmock.search.aggs.parse import BodyParser, Declared, ParseContext
from esmock.search.aggs.pipeline.results import Derivative, SimpleValue
from esmock.search.aggs.pipeline.tree import INSERT_ZEROS, Pipeline, read_format, read_gap_policy, read_paths, sub_value
from esmock.search.aggs.rounding import CALENDAR_UNITS, UNIT_MS
from esmock.xcontent import located

Json = Any

_PATHS = Declared(("VALUE_STRING", "START_ARRAY", "START_OBJECT"), lambda value: read_paths(value, "buckets_path"))
_FORMAT = Declared(p.STRING, lambda value: read_format(p.text(value)))
_GAP = Declared(p.STRING, lambda value, ctx: read_gap_policy(p.text(value), ctx), in_context=True)


class ParentPipeline(Pipeline):
    """Adds to or changes the buckets of its parent."""

    parser: ClassVar[BodyParser]
    needs_histogram: ClassVar[bool] = True

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: ParseContext) -> Pipeline:
        out = cls(agg_name)
        given = cls.parser.parse(body, ctx)
        if "buckets_path" in cls.parser.fields:
            if "buckets_path" not in given:
                raise Parsing(
                    f"Missing required field [buckets_path] for {cls.name} aggregation [{agg_name}]",
                    located.at_end(body),
                )
            out.paths = given.pop("buckets_path")
        for name, value in given.items():
            setattr(out, name, value)
        out.setup(body)
        return out

    def setup(self, body: Json) -> None:
        """Check the parameters together."""

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        out = []
        if "buckets_path" in self.parser.fields and len(self.paths) != 1:
            out.append(f"buckets_path must contain a single entry for aggregation [{self.agg_name}]")
        return out + self.place_faults(parent)

    def place_faults(self, parent: Any) -> list[str]:
        """What is wrong with the parent."""
        if parent is None:
            return [f"{self.name} aggregation [{self.agg_name}] must be declared inside of another aggregation"]
        if not self.needs_histogram:
            return []
        if parent.name in ("histogram", "date_histogram"):
            if parent.min_doc_count != 0:
                return [f"parent histogram of {self.name} aggregation [{self.agg_name}] must have min_doc_count of 0"]
            return []
        if parent.name == "auto_date_histogram":
            return []
        return [
            f"{self.name} aggregation [{self.agg_name}] must have a histogram, date_histogram or auto_date_histogram as parent"
        ]

    def values(self, result: Any) -> list[float | None]:
        """The numbers of the parent's buckets."""
        return [sub_value(result, bucket, self.paths[0], self.gap_policy) for bucket in result.buckets]

    def with_result(self, bucket: Any, result: Internal) -> Any:
        """The bucket with one more result."""
        return replace(bucket, results={**bucket.results, self.agg_name: result})


class CumulativeSum(ParentPipeline):
    name = "cumulative_sum"
    parser = BodyParser("cumulative_sum", {"buckets_path": _PATHS, "format": _FORMAT})

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        self.gap_policy = INSERT_ZEROS
        total = 0.0
        buckets = []
        for bucket, value in zip(result.buckets, self.values(result), strict=True):
            if value is not None and math.isfinite(value):
                total += value
            buckets.append(self.with_result(bucket, SimpleValue(self.agg_name, self.meta, total, self.format)))
        return result.with_buckets(buckets)


class DerivativeAgg(ParentPipeline):
    name = "derivative"
    parser = BodyParser(
        "derivative",
        {"buckets_path": _PATHS, "format": _FORMAT, "gap_policy": _GAP, "unit": Declared(p.STRING, p.text)},
    )
    unit: str | None = None
    unit_ms: float | None = None

    def setup(self, body: Json) -> None:
        from esmock.xcontent.units import parse_time_ms

        if self.unit is not None:
            calendar = CALENDAR_UNITS.get(self.unit)
            self.unit_ms = (
                UNIT_MS[calendar] if calendar else parse_time_ms(self.unit, "DerivativePipelineAggregationBuilder.unit")
            )

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        last_key: Any = None
        last: float | None = None
        buckets = []
        for bucket, value in zip(result.buckets, self.values(result), strict=True):
            if last is not None and value is not None:
                units = -1.0 if self.unit_ms is None else (bucket.key - last_key) / self.unit_ms
                buckets.append(
                    self.with_result(bucket, Derivative(self.agg_name, self.meta, value - last, self.format, units))
                )
            else:
                buckets.append(bucket)
            last_key, last = bucket.key, value
        return result.with_buckets(buckets)


class SerialDiff(ParentPipeline):
    name = "serial_diff"
    parser = BodyParser(
        "serial_diff",
        {"buckets_path": _PATHS, "format": _FORMAT, "gap_policy": _GAP, "lag": Declared(p.NUMBER, p.integer)},
    )
    lag = 1

    def setup(self, body: Json) -> None:
        if self.lag <= 0:
            raise Parsing(
                f"Lag must be a positive, non-zero integer.  Value supplied was{self.lag} in [{self.agg_name}]: [lag].",
                located.at_value(body, "lag"),
            )

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        values = [math.nan if one is None else one for one in self.values(result)]
        buckets = []
        for place, bucket in enumerate(result.buckets):
            before = values[place - self.lag] if place >= self.lag else math.nan
            difference = values[place] - before
            if math.isnan(values[place]) or math.isnan(before):
                buckets.append(bucket)
            else:
                buckets.append(self.with_result(bucket, SimpleValue(self.agg_name, self.meta, difference, self.format)))
        return result.with_buckets(buckets)


def _read_sorts(body: Json, ctx: ParseContext) -> list[tuple[str, bool]]:
    out = []
    for one in body if isinstance(body, list) else [body]:
        if isinstance(one, str):
            out.append((one, one != "_score"))
            continue
        for path, options in one.items():
            direction = options if isinstance(options, str) else (options or {}).get("order", "asc")
            out.append((path, str(direction).lower() == "asc"))
    return out


class BucketSort(ParentPipeline):
    name = "bucket_sort"
    needs_histogram = False
    parser = BodyParser(
        "bucket_sort",
        {
            "sort": Declared(("START_ARRAY", "START_OBJECT", "VALUE_STRING"), _read_sorts, in_context=True),
            "from": Declared(p.NUMBER, p.integer),
            "size": Declared(p.NUMBER, p.integer),
            "gap_policy": _GAP,
        },
    )
    size: int | None = None
    sort: ClassVar[list[tuple[str, bool]]] = []

    def setup(self, body: Json) -> None:
        start = getattr(self, "from", 0)
        if start < 0:
            raise IllegalArgument(f"[from] must be a non-negative integer: [{start}]")
        if self.size is not None and self.size <= 0:
            raise IllegalArgument(f"[size] must be a positive integer: [{self.size}]")
        self.paths = [path for path, _ in self.sort]

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
        buckets = result.buckets
        if self.sort:
            rows = [(bucket, [self._value(result, bucket, path) for path, _ in self.sort]) for bucket in buckets]
            rows = [row for row in rows if any(value is not None for value in row[1])]
            rows.sort(key=functools.cmp_to_key(lambda one, other: self._compare(one[1], other[1])))
            buckets = [bucket for bucket, _ in rows]
        start = getattr(self, "from", 0)
        end = len(buckets) if self.size is None else start + self.size
        return result.with_buckets(buckets[start:end])

    def _value(self, result: Any, bucket: Any, path: str) -> Any:
        if path == "_key":
            return bucket.key
        value = sub_value(result, bucket, path, self.gap_policy)
        return None if value is None or (self.gap_policy == "skip" and math.isnan(value)) else value

    def _compare(self, one: list[Any], other: list[Any]) -> int:
        for mine, theirs, (_, ascending) in zip(one, other, self.sort, strict=True):
            if mine is None and theirs is None:
                continue
            if mine is None or theirs is None:
                return 1 if mine is None else -1
            if mine != theirs:
                return (-1 if mine < theirs else 1) * (1 if ascending else -1)
        return 0


PIPELINES = (CumulativeSum, DerivativeAgg, SerialDiff, BucketSort)
