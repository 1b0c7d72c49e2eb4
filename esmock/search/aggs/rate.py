"""The rate aggregation: documents or values per unit of time in the buckets of a date histogram.

Docs: search-aggregations-metrics-rate-aggregation. Source: answers printed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs.buckets import document_counts
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.date_histogram import DateHistogramAggregator
from esmock.search.aggs.internal import Internal, ReduceContext, SingleValue
from esmock.search.aggs.kahan import Kahan, add_all
from esmock.search.aggs.kinds import NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import NO_BUCKET, Growing
from esmock.search.aggs.rounding import CALENDAR_UNITS, UNIT_MS
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Rate(SingleValue):
    type, java = "rate", "InternalRate"
    __slots__ = ("divisor", "sum")

    def __init__(self, name: str, meta: Json, format: Any, sum: float, divisor: float) -> None:
        super().__init__(name, meta, format)
        self.sum, self.divisor = sum, divisor

    def value(self) -> float:
        return self.sum / self.divisor

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        summed = Kahan()
        for one in results:
            summed.add(one.sum)
        return Rate(self.name, self.meta, self.format, summed.value, self.divisor)


class RateAggregator(SourceAggregator):
    builder: RateAgg
    sort_kind = "single_value"

    def __init__(self, builder: RateAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        if parent is None:
            raise IllegalArgument("The rate aggregation can only be used inside a date histogram")
        if not isinstance(parent, DateHistogramAggregator):
            raise Unsupported("rate that is not a direct child of a date_histogram")
        self.histogram = parent
        self._check_unit(builder.unit)
        super().__init__(builder, ctx, parent)

    def _check_unit(self, unit: str | None) -> None:
        interval = self.histogram.builder.intervals.settled()
        if unit in _MONTHS and interval.unit not in _MONTHS:
            shown = interval.unit or "fixed_interval"
            raise IllegalArgument(
                f"Cannot use month-based rate unit [{unit}] with non-month based calendar interval histogram [{shown}] only week, day, "
                "hour, minute and second are supported for this histogram"
            )

    def prepare(self) -> None:
        self.sums, self.deltas = Growing(np.float64), Growing(np.float64)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if not len(docs):
            return
        n = int(owners.max()) + 1
        if self.builder.counts_documents:
            self.sums.ensure(n)[:n] += document_counts(leaf, docs, owners, n)
            return
        if self.source.is_empty:
            return
        positions, values = self.source.floats(leaf, docs).of(docs)
        if self.builder.mode == "value_count":
            values = np.ones(len(values))
        add_all(self.sums.ensure(n), self.deltas.ensure(n), owners[positions], values)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        sums = self.sums.get(owners).tolist()
        return [
            Rate(self.name, self.builder.meta, self.source.format, total, self._size(int(owner)))
            for owner, total in zip(owners, sums, strict=True)
        ]

    def _size(self, owner: int) -> float:
        """How many units the bucket is long."""
        unit = self.builder.unit
        if unit is None or owner == NO_BUCKET:
            return 1.0
        interval = self.histogram.builder.intervals.settled()
        if unit in _MONTHS and interval.unit is not None:
            return _MONTHS[interval.unit] / _MONTHS[unit]
        key = int(self.histogram.ords.key(owner))
        return (self.histogram.rounding.next(key) - key) / UNIT_MS[unit]


def _read_unit(text: str) -> str:
    if text not in CALENDAR_UNITS:
        raise IllegalArgument(f"Unsupported unit {text}")
    return CALENDAR_UNITS[text]


def _read_mode(value: str) -> str:
    mode = value.lower()
    if mode not in ("sum", "value_count"):
        raise IllegalArgument(f"Unsupported value [{value}] for [mode]")
    return mode


class RateAgg(SourceBuilder):
    name, aggregator, is_metric = "rate", RateAggregator, True
    since = (7, 10)
    kinds = NUMERIC
    source_required = False
    parser = Parser(
        "rate",
        *source_fields(),
        o.string("unit", then=_read_unit),
        o.string("mode", then=_read_mode),
    )
    unit: str | None = None
    mode: str | None = None

    @property
    def counts_documents(self) -> bool:
        return self.source.field is None and self.source.script is None


AGGREGATIONS = (RateAgg,)
