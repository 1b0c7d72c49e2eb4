"""Rounding of instants down to calendar units and fixed intervals, in any time zone.

Docs: search-aggregations-bucket-datehistogram-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from esmock.search.aggs.zones import ZoneOffsets

Array = Any

DAY_MS = 86_400_000
UTC = dt.UTC

UNIT_MS = {
    "second": 1000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": DAY_MS,
    "week": 7 * DAY_MS,
    "month": 30 * DAY_MS,
    "quarter": 90 * DAY_MS,
    "year": 365 * DAY_MS,
}
EVEN_UNITS = {unit: UNIT_MS[unit] for unit in ("second", "minute", "hour", "day")}
"""Units that are equally long in UTC, and begin with the epoch."""

CALENDAR_UNITS = {
    "year": "year",
    "1y": "year",
    "quarter": "quarter",
    "1q": "quarter",
    "month": "month",
    "1M": "month",
    "week": "week",
    "1w": "week",
    "day": "day",
    "1d": "day",
    "hour": "hour",
    "1h": "hour",
    "minute": "minute",
    "1m": "minute",
    "second": "second",
    "1s": "second",
}


class Rounding(Protocol):
    """Rounds instants down and steps to the next rounded one."""

    def round(self, utc_ms: Array) -> Array:
        """int64[n] -> int64[n]."""

    def next(self, utc_ms: int) -> int:
        """The rounded instant after a rounded one."""

    @property
    def width_ms(self) -> int | None:
        """From one rounded instant to the next; None where that differs."""


def floor_local(unit: str, local_ms: Array) -> Array:
    """Round local times (ms) down to a unit, without regard to zones."""
    if unit in ("month", "quarter", "year"):
        months = np.floor_divide(local_ms, DAY_MS).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        width = {"month": 1, "quarter": 3, "year": 12}[unit]
        months = np.floor_divide(months, width) * width
        return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) * DAY_MS
    if unit == "week":
        days = np.floor_divide(local_ms, DAY_MS)
        return (np.floor_divide(days + 3, 7) * 7 - 3) * DAY_MS
    width = UNIT_MS[unit]
    return np.floor_divide(local_ms, width) * width


def step_local(unit: str, local_ms: int, count: int = 1) -> int:
    """The local time ``count`` units later."""
    if unit in ("month", "quarter", "year"):
        days, rest = divmod(local_ms, DAY_MS)
        months = np.int64(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        months = int(months) + count * {"month": 1, "quarter": 3, "year": 12}[unit]
        return int(np.int64(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)) * DAY_MS + rest
    return local_ms + count * UNIT_MS[unit]


@dataclass(frozen=True, slots=True)
class CalendarRounding:
    """Calendar units in a zone."""

    unit: str
    zone: dt.tzinfo = UTC

    def round(self, utc_ms: Array) -> Array:
        utc_ms = np.asarray(utc_ms, np.int64)
        if not len(utc_ms):
            return utc_ms
        if self.zone is UTC:
            return floor_local(self.unit, utc_ms)
        offsets = ZoneOffsets.over(self.zone, int(utc_ms.min()), int(utc_ms.max()))
        periods = offsets.periods(utc_ms)
        local = floor_local(self.unit, utc_ms + offsets.offsets[periods])
        if UNIT_MS[self.unit] >= DAY_MS:
            return _each(local, lambda one: first_time(offsets, one))
        return _each_pair(local, periods, lambda one, period: self._below_day(offsets, one, period))

    def _below_day(self, offsets: ZoneOffsets, local: int, period: int) -> int:
        """The instant of a truncated local time, seen from an offset period: never rounds across a transition wrongly."""
        while True:
            start = int(offsets.starts[period])
            candidates = [local - int(offsets.offsets[one]) for one in offsets.valid(local) if one <= period]
            if candidates and (period == 0 or start <= candidates[-1]):
                return candidates[-1]
            if period == 0:
                return candidates[-1] if candidates else local - int(offsets.offsets[0])
            before = start - 1
            period -= 1
            local = int(floor_local(self.unit, np.array([before + int(offsets.offsets[period])]))[0])

    @property
    def width_ms(self) -> int | None:
        return EVEN_UNITS.get(self.unit) if self.zone is UTC else None

    def next(self, utc_ms: int) -> int:
        width = self.width_ms
        if width is not None and not utc_ms % width:
            return utc_ms + width
        return _next(self, utc_ms)

    def step(self, utc_ms: int) -> int:
        """``next``, computed."""
        offsets = ZoneOffsets.over(self.zone, utc_ms, utc_ms)
        if UNIT_MS[self.unit] < DAY_MS:
            return int(self.round(np.array([utc_ms + UNIT_MS[self.unit]]))[0])
        local = utc_ms + int(offsets.offsets[offsets.periods(np.array([utc_ms]))[0]])
        local = int(floor_local(self.unit, np.array([local]))[0])
        return first_time(offsets, step_local(self.unit, local))


@functools.lru_cache(maxsize=16384)
def _next(rounding: CalendarRounding, utc_ms: int) -> int:
    return rounding.step(utc_ms)


@dataclass(frozen=True, slots=True)
class FixedRounding:
    """A fixed number of milliseconds in a zone."""

    interval_ms: int
    zone: dt.tzinfo = UTC

    def round(self, utc_ms: Array) -> Array:
        utc_ms = np.asarray(utc_ms, np.int64)
        if not len(utc_ms):
            return utc_ms
        if self.zone is UTC:
            return np.floor_divide(utc_ms, self.interval_ms) * self.interval_ms
        offsets = ZoneOffsets.over(self.zone, int(utc_ms.min()), int(utc_ms.max()))
        periods = offsets.periods(utc_ms)
        local = self._floor(utc_ms + offsets.offsets[periods])
        if len(offsets.starts) == 1:
            return local - offsets.offsets[0]
        return _each_pair(local, periods, lambda one, period: self._instant(offsets, one, period))

    def _floor(self, local_ms: Any) -> Any:
        return local_ms // self.interval_ms * self.interval_ms

    def _instant(self, offsets: ZoneOffsets, local: int, period: int) -> int:
        while True:
            start = int(offsets.starts[period])
            valid = [one for one in offsets.valid(local) if one <= period]
            if period in valid:
                return local - int(offsets.offsets[period])
            if not offsets.valid(local):
                return offsets.gap_end(local)
            if period == 0:
                return local - int(offsets.offsets[0])
            period -= 1
            local = self._floor(start - 1 + int(offsets.offsets[period]))

    @property
    def width_ms(self) -> int | None:
        return self.interval_ms if self.zone is UTC else None

    def next(self, utc_ms: int) -> int:
        if self.zone is UTC:
            return utc_ms + self.interval_ms
        following = int(self.round(np.array([utc_ms + self.interval_ms]))[0])
        if following > utc_ms:
            return following
        offsets = ZoneOffsets.over(self.zone, utc_ms, utc_ms + self.interval_ms)
        period = int(offsets.periods(np.array([utc_ms]))[0])
        local = self._floor(utc_ms + int(offsets.offsets[period])) + self.interval_ms
        valid = offsets.valid(local)
        if valid:
            zero = [one for one in valid if int(offsets.offsets[one]) == 0]
            return local - int(offsets.offsets[(zero or valid)[0]])
        end = offsets.gap_end(local)
        after = int(offsets.periods(np.array([end]))[0])
        return local - int(offsets.offsets[after - 1])


@dataclass(frozen=True, slots=True)
class OffsetRounding:
    """Another rounding, shifted by ``offset_ms``."""

    inner: Any
    offset_ms: int

    def round(self, utc_ms: Array) -> Array:
        return self.inner.round(np.asarray(utc_ms, np.int64) - self.offset_ms) + self.offset_ms

    @property
    def width_ms(self) -> int | None:
        width: int | None = self.inner.width_ms
        return width

    def next(self, utc_ms: int) -> int:
        return int(self.inner.next(utc_ms - self.offset_ms)) + self.offset_ms


def first_time(offsets: ZoneOffsets, local_ms: int) -> int:
    """The first instant of a local midnight; where it was skipped, the end of the gap."""
    valid = offsets.valid(local_ms)
    if valid:
        return local_ms - int(offsets.offsets[valid[0]])
    return offsets.gap_end(local_ms)


def _each(values: Array, change: Any) -> Array:
    distinct, inverse = np.unique(values, return_inverse=True)
    return np.array([change(one) for one in distinct.tolist()], np.int64)[inverse.reshape(-1)]


def _each_pair(values: Array, periods: Array, change: Any) -> Array:
    order = np.lexsort((values, periods))
    values, periods = values[order], periods[order]
    is_new = np.ones(len(values), bool)
    is_new[1:] = (values[1:] != values[:-1]) | (periods[1:] != periods[:-1])
    group = np.cumsum(is_new) - 1
    pairs = zip(values[is_new].tolist(), periods[is_new].tolist(), strict=True)
    changed = np.array([change(value, period) for value, period in pairs], np.int64)
    out = np.empty(len(values), np.int64)
    out[order] = changed[group]
    return out


class Roundings:
    """Makes roundings; the one place that knows the names of units."""

    units: ClassVar[dict[str, str]] = CALENDAR_UNITS

    @staticmethod
    def calendar(unit: str, zone: dt.tzinfo | None, offset_ms: int) -> Rounding:
        return _shifted(CalendarRounding(unit, UTC if is_utc(zone) else zone), offset_ms)  # type: ignore[arg-type]

    @staticmethod
    def fixed(interval_ms: int, zone: dt.tzinfo | None, offset_ms: int) -> Rounding:
        return _shifted(FixedRounding(interval_ms, UTC if is_utc(zone) else zone), offset_ms)  # type: ignore[arg-type]


def is_utc(zone: dt.tzinfo | None) -> bool:
    """Whether a zone never differs from UTC."""
    return (
        zone is None
        or zone is UTC
        or zone == UTC
        or getattr(zone, "key", "") in ("UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT")
    )


def _shifted(inner: Rounding, offset_ms: int) -> Rounding:
    return OffsetRounding(inner, offset_ms) if offset_ms else inner
