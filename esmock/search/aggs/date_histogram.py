"""The date_histogram aggregation.

Docs: search-aggregations-bucket-datehistogram-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, StringIndexOutOfBounds
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.columns import cut
from esmock.search.aggs.formats import DateFormat
from esmock.search.aggs.histogram import (
    HISTOGRAM_FIELDS,
    Gaps,
    Histogram,
    HistogramPlan,
    check_range_type,
    clipped,
    spread_keys,
)
from esmock.search.aggs.internal import Internal
from esmock.search.aggs.kinds import BOOLEAN, DATE, NUMBER, RANGE
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.order import KEY_ASC, Order
from esmock.search.aggs.rounding import CALENDAR_UNITS, CalendarRounding, FixedRounding, Rounding, Roundings
from esmock.search.aggs.source import Source
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.values import once_per_document
from esmock.search.aggs.whole import Keyed
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Key, Reading, Told

Json = Any
Array = Any

DEPRECATED_INTERVAL = (
    "[interval] on [date_histogram] is deprecated, use [fixed_interval] or [calendar_interval] in the future."
)


class DateHistogram(Histogram):
    type, java = "date_histogram", "InternalDateHistogram"
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A calendar unit or a fixed number of milliseconds."""

    unit: str | None = None
    fixed_ms: int = 0
    unreadable: str | None = None
    """What shards say of an ``interval`` that they do not understand."""

    def rounding(self, zone: Any, offset_ms: int) -> Rounding:
        if self.unreadable is not None:
            raise IllegalArgument(self.unreadable)
        if self.unit is None and self.fixed_ms < 1:
            raise IllegalArgument("Zero or negative time interval not supported")
        if self.unit is not None:
            return Roundings.calendar(self.unit, zone, offset_ms)
        return Roundings.fixed(self.fixed_ms, zone, offset_ms)


def _time_value(text: str, *, told_apart: bool) -> Interval:
    try:
        return Interval(fixed_ms=parse_time_ms(text, "DateHistogramAggregationBuilder.interval"))
    except IllegalArgument as error:
        return Interval(unreadable=f"Unable to parse interval [{text}]" if told_apart else error.reason)


class Intervals:
    """Takes the three interval parameters in the order of the body and refuses those that exclude each other."""

    def __init__(self) -> None:
        self.interval: Interval | None = None
        self.given: str | None = None
        self._told_apart = True

    def calendar(self, text: str) -> None:
        """``calendar_interval``. Raises IllegalArgument."""
        self._check("calendar_interval")
        if text not in CALENDAR_UNITS:
            raise IllegalArgument(f"The supplied interval [{text}] could not be parsed as a calendar interval.")
        self._set("calendar_interval", Interval(unit=CALENDAR_UNITS[text]))

    def fixed(self, text: str) -> None:
        """``fixed_interval``. Raises IllegalArgument."""
        self._check("fixed_interval")
        if not text:
            raise IllegalArgument("[interval] must not be null: [date_histogram]")
        self._set("fixed_interval", Interval(fixed_ms=parse_time_ms(text, "date_histogram.fixedInterval")))

    def legacy(self, value: Json) -> None:
        """``interval``: a unit, a time value or a number of milliseconds. Raises IllegalArgument."""
        if value == "":
            raise IllegalArgument("[dateHistogramInterval] must not be null: [date_histogram]")
        if isinstance(value, int | float) and not isinstance(value, bool):
            if int(value) < 1:
                raise IllegalArgument("[interval] must be 1 or greater for aggregation [date_histogram]")
            found = Interval(fixed_ms=int(value))
        elif value in CALENDAR_UNITS:
            found = Interval(unit=CALENDAR_UNITS[value])
        else:
            found = _time_value(str(value), told_apart=self._told_apart)
        self._set("interval", found)

    def _check(self, name: str) -> None:
        if self.given is not None and self.given != name:
            raise IllegalArgument(_EXCLUSIVE[name, self.given])

    def _set(self, name: str, interval: Interval) -> None:
        self._check(name)
        self.given, self.interval = name, interval

    def setters(self, reading: Told) -> dict[str, Callable[[Any], None]]:
        """What takes the values of ``INTERVAL_FIELDS`` as they are read."""
        self._told_apart = reading.behaviour.intervals_told_apart

        def legacy(value: Json) -> None:
            self.legacy(value)
            if self._told_apart:
                reading.warn(DEPRECATED_INTERVAL)

        return {"calendar_interval": self.calendar, "fixed_interval": self.fixed, "interval": legacy}

    def settled(self) -> Interval:
        """The one given. Raises IllegalArgument when there is none."""
        if self.interval is None and not self._told_apart:
            return Interval()
        if self.interval is None:
            raise IllegalArgument("Invalid interval specified, must be non-null and non-empty")
        return self.interval


_WITH_INTERVAL = "Cannot use [interval] with [fixed_interval] or [calendar_interval] configuration options."
_EXCLUSIVE = {
    (
        "calendar_interval",
        "fixed_interval",
    ): "Cannot use [calendar_interval] with [fixed_interval] configuration option.",
    (
        "fixed_interval",
        "calendar_interval",
    ): "Cannot use [fixed_interval] with [calendar_interval] configuration option.",
    ("interval", "fixed_interval"): _WITH_INTERVAL,
    ("interval", "calendar_interval"): _WITH_INTERVAL,
    ("fixed_interval", "interval"): "Cannot use [fixed_interval] with [interval] configuration option.",
    ("calendar_interval", "interval"): "Cannot use [calendar_interval] with [interval] configuration option.",
}


INTERVAL_FIELDS = (
    o.string("calendar_interval", in_version=lambda behaviour: behaviour.intervals_told_apart),
    o.string("fixed_interval", in_version=lambda behaviour: behaviour.intervals_told_apart),
    o.text_or_number("interval", in_version=lambda behaviour: behaviour.major < 8),
)


def read_offset(body: Json, key: Key, reading: Reading) -> int:
    """``offset``: milliseconds or a signed time value."""
    value = body[key]
    if not isinstance(value, str):
        return values.long_(body, key)
    if not value:
        raise StringIndexOutOfBounds("String index out of range: 0")
    if value[:1] == "-":
        return -parse_time_ms(value[1:], "DateHistogramAggregationBuilder.parseOffset")
    return parse_time_ms(value.removeprefix("+"), "DateHistogramAggregationBuilder.parseOffset")


def _read_bound(body: Json, key: Key, reading: Reading) -> Json:
    """A Reader: a text to be read as a date, whole milliseconds, or none. Raises InputCoercion, IllegalArgument."""
    value = body[key]
    if value is None or isinstance(value, str):
        return values.text_or_null(body, key, reading)
    whole = values.long_(body, key)
    if whole != value:
        raise IllegalArgument(f"{p.text(value)} cannot be converted to Long without data loss")
    return whole


_BOUNDS = Parser(
    "bounds",
    *(o.custom(name, (*p.NUMBER, "VALUE_NULL"), _read_bound) for name in ("min", "max")),
    build=lambda given: (given.get("min"), given.get("max")),
)


class DateHistogramAggregator(SourceBuckets):
    """Numbers buckets by rounded instants."""

    @property
    def builds_as_met(self) -> bool:  # type: ignore[override]
        # ES: from 8.0 on the buckets are ranges that are known beforehand (recording of 8.19.21)
        return self.ctx.behaviour.major < 8

    builder: DateHistogramAgg

    def prepare(self) -> None:
        builder = self.builder
        self.source.read_longs()
        self.rounding = builder.rounding()
        self.plan = HistogramPlan(
            builder.order, builder.min_doc_count, builder.keyed, self.source.format, self.rounding.next
        )
        builder.order.check(self)
        if self.source.kind == RANGE and self.source.mapped:
            check_range_type(self.source.field, dates=True)
        self.extended, self.hard = builder.bounds(self.source, self.ctx)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        if self.source.kind == RANGE:
            positions, keys = self._range_keys(leaf, docs)
            self.collect_keys(leaf, docs[positions], owners[positions], keys)
            return
        key = self.source.kept_key("date_histogram", self.rounding, self.hard)
        self.collect_keyed(leaf, docs, owners, key, lambda docs, _: self._keyed(leaf, docs))

    def _keyed(self, leaf: Leaf, docs: Array) -> Keyed:
        values = self.source.load(leaf, docs)
        positions, places = values.places(docs)
        if self.source.script is not None:
            rounded = self._rounded(values.values[places])
        else:
            key = ("rounded", self.source.key, self.rounding)
            rounded = self.source.kept(leaf, key, lambda: self._rounded(values.values))[places]
        if self.hard is not None:
            low, high = self.hard
            keep = np.ones(len(rounded), bool)
            if low is not None:
                keep &= rounded >= low
            if high is not None:
                keep &= rounded < high
            positions, rounded = positions[keep], rounded[keep]
        elif values.is_dense:
            return Keyed(None, rounded)
        return Keyed(*once_per_document(positions, rounded))

    def _range_keys(self, leaf: Leaf, docs: Array) -> tuple[Array, Array]:
        """The keys of all buckets that the documents' ranges touch, each once per document."""
        values = self.source.load(leaf, docs)
        positions, places = values.places(docs)
        low, high = np.asarray(values.values[places], np.int64), np.asarray(values.other[places], np.int64)  # type: ignore[index]
        low, high = clipped(low, high, self.hard)
        first, last = self.rounding.round(low), self.rounding.round(high)
        inside = first <= last
        positions, first, last = positions[inside], first[inside], last[inside]
        if not len(first):
            return positions, first
        keys = [int(first.min())]
        while keys[-1] < int(last.max()):
            keys.append(self.rounding.next(keys[-1]))
        known = np.array(keys, np.int64)
        positions, at = spread_keys(positions, np.searchsorted(known, first), np.searchsorted(known, last))
        return positions, known[at]

    def _rounded(self, values: Array) -> Array:
        return self.rounding.round(values.astype(np.int64))

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        chosen = [self.ords.ascending(owner) for owner in owners]
        numbers = [number for _, ids in chosen for number in ids]
        gaps = self._gaps() if builder.min_doc_count == 0 else None
        table = cut([keys for keys, _ in chosen], self.counts.get(numbers).tolist(), self.results_of(numbers))
        return [
            DateHistogram.of_columns(self.name, builder.meta, keys, counts, rows, self.plan, gaps) for keys, counts, rows in table
        ]

    def _gaps(self) -> Gaps:
        rounded = [self.builder.rounded_bound(one) for one in self.extended or (None, None)]
        first, last = (None if one is None else one + self.builder.offset for one in rounded)
        return Gaps(first, last, self.rounding.next, self.subs.empty(), self.rounding.width_ms)


def _shown(bounds: tuple[Any, Any] | None) -> str:
    """Bounds as they were given."""
    return "--".join("" if one is None else str(one) for one in bounds or ())


_Bounds = tuple[int | None, int | None]


class DateHistogramAgg(SourceBuilder):
    name, aggregator = "date_histogram", DateHistogramAggregator
    kinds = (DATE, NUMBER, BOOLEAN, RANGE)
    over_dates = "DateHistogram"
    default_kind = DATE
    intervals: Intervals
    offset = 0
    min_doc_count = 0
    keyed = False
    extended_bounds: tuple[Json, Json] | None = None
    hard_bounds: tuple[Json, Json] | None = None

    parser = Parser(
        "date_histogram",
        *source_fields(zones=True),
        *HISTOGRAM_FIELDS,
        *INTERVAL_FIELDS,
        o.custom("offset", p.NUMBER, read_offset),
        o.object_("extended_bounds", _BOUNDS),
        o.object_("hard_bounds", _BOUNDS),
    )

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> DateHistogramAgg:
        out = cls(agg_name)
        out.intervals = Intervals()
        out.setup(cls.parser.parse(body, ctx, {**out.setter_checks(), **out.intervals.setters(ctx)}), ctx)
        return out

    def checks(self) -> dict[str, Any]:
        return {"min_doc_count": self._check_min_doc_count}

    def _check_min_doc_count(self, count: int) -> None:
        if count < 0:
            raise IllegalArgument(
                f"[minDocCount] must be greater than or equal to 0. Found [{count}] in [{self.agg_name}]"
            )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        for name in ("calendar_interval", "fixed_interval", "interval"):
            given.pop(name, None)
        self.order = Order.of(*given.pop("order", None) or (KEY_ASC,))
        super().setup(given, ctx)

    def rounding(self) -> Rounding:
        """Raises IllegalArgument without an interval."""
        return self.intervals.settled().rounding(self.source.zone, self.offset)

    def configure(self, ctx: Any, parent: Any) -> None:
        source = self.resolve(ctx)
        self.intervals.settled()
        self.bounds(source, ctx)
        super().configure(ctx, parent)

    def bounds(self, source: Source, ctx: ShardContext) -> tuple[_Bounds | None, _Bounds | None]:
        """Extended and hard bounds over a source. Raises IllegalArgument, ElasticsearchParse: they cannot be read or do not fit."""
        extended = self._instants(self.extended_bounds, "extended_bounds", source, ctx)
        hard = self._instants(self.hard_bounds, "hard_bounds", source, ctx)
        if hard is not None:
            hard = (self.rounded_bound(hard[0]), self.rounded_bound(hard[1]))
        if extended and hard:
            for bound, limit, sign in ((extended[0], hard[0], 1), (extended[1], hard[1], -1)):
                if bound is not None and limit is not None and (bound - limit) * sign < 0:
                    raise IllegalArgument(
                        f"Extended bounds have to be inside hard bounds, hard bounds: [{_shown(self.hard_bounds)}], "
                        f"extended bounds: [{_shown(self.extended_bounds)}]"
                    )
        return extended, hard

    def _instants(
        self, given: tuple[Json, Json] | None, name: str, source: Source, ctx: ShardContext
    ) -> _Bounds | None:
        if given is None:
            return None
        format = source.format

        def instant(value: Json) -> int | None:
            if value is None or isinstance(value, int):
                return value
            if isinstance(value, float):
                return int(value)
            if isinstance(format, DateFormat):
                return format.parse(value, now_ms=ctx.now_ms)
            return int(p.double(value) if format is None else format.parse(value))

        low, high = instant(given[0]), instant(given[1])
        if low is not None and high is not None and low > high:
            raise IllegalArgument(
                f"[{name}.min][{low}] cannot be greater than [{name}.max][{high}] for histogram aggregation [{self.agg_name}]"
            )
        return low, high

    def rounded_bound(self, value: int | None) -> int | None:
        """A bound rounded as if there were no offset."""
        if value is None:
            return None
        unshifted = self.intervals.settled().rounding(self.source.zone, 0)
        return int(unshifted.round(np.array([value]))[0])


AGGREGATIONS = (DateHistogramAgg,)
__all__ = [
    "AGGREGATIONS",
    "CalendarRounding",
    "DateHistogramAgg",
    "FixedRounding",
    "Interval",
    "Intervals",
    "read_offset",
]
