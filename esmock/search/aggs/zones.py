"""Time zones as arrays: offsets of instants and the instants of local times, as java.time sees them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_YEAR_MS = 31_556_952_000
_SPAN_MS = 10 * _YEAR_MS
_FIRST_MS = -62_000_000_000_000
_LAST_MS = 253_000_000_000_000


def _offset_ms(zone: dt.tzinfo, utc_ms: int) -> int:
    utc_ms = min(max(utc_ms, _FIRST_MS), _LAST_MS)
    moment = (_EPOCH + dt.timedelta(milliseconds=utc_ms)).astimezone(zone)
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class ZoneOffsets:
    """The offsets of one zone over a span of time.

    Attributes:
        starts: int64[n], the instants (ms) at which each offset begins; the first is the start of time.
        offsets: int64[n], ms to add to UTC.
    """

    zone: dt.tzinfo
    starts: Array
    offsets: Array

    @classmethod
    def over(cls, zone: dt.tzinfo, first_ms: int, last_ms: int) -> ZoneOffsets:
        """Find the transitions between two instants, with two years to spare at both ends."""
        first = (first_ms - 2 * _YEAR_MS) // _SPAN_MS
        return _between(zone, first * _SPAN_MS, -(-(last_ms + 2 * _YEAR_MS) // _SPAN_MS) * _SPAN_MS)

    @classmethod
    def search(cls, zone: dt.tzinfo, at: int, end: int) -> ZoneOffsets:
        """Find the transitions between two instants, by steps of a fortnight."""
        starts = [-(2**62)]
        offsets = [_offset_ms(zone, at)]
        if isinstance(zone, dt.timezone):
            return cls(zone, np.array(starts, np.int64), np.array(offsets, np.int64))
        step = 14 * 86_400_000
        while at < end:
            following = at + step
            offset = _offset_ms(zone, following)
            if offset != offsets[-1]:
                starts.append(_transition(zone, at, following))
                offsets.append(offset)
            at = following
        return cls(zone, np.array(starts, np.int64), np.array(offsets, np.int64))

    @property
    def is_fixed(self) -> bool:
        return isinstance(self.zone, dt.timezone) or (
            len(self.starts) == 1 and getattr(self.zone, "key", "") in ("UTC", "Etc/UTC")
        )

    def periods(self, utc_ms: Array) -> Array:
        """int64[n]: which offset is in force at each instant."""
        return np.searchsorted(self.starts, utc_ms, side="right") - 1

    def valid(self, local_ms: int) -> list[int]:
        """The periods in which a local time occurs, earliest first: none in a gap, two in an overlap."""
        out = []
        near = int(np.searchsorted(self.starts, local_ms, side="right")) - 1
        for period in range(max(near - 2, 0), min(near + 3, len(self.starts))):
            utc = local_ms - int(self.offsets[period])
            end = int(self.starts[period + 1]) if period + 1 < len(self.starts) else 2**62
            if int(self.starts[period]) <= utc < end:
                out.append(period)
        return out

    def gap_end(self, local_ms: int) -> int:
        """The instant of the transition that skips a local time."""
        near = int(np.searchsorted(self.starts, local_ms, side="right")) - 1
        for period in range(max(near - 2, 1), min(near + 3, len(self.starts))):
            start = int(self.starts[period])
            if start + int(self.offsets[period - 1]) <= local_ms < start + int(self.offsets[period]):
                return start
        raise ValueError(f"{local_ms} lies in no gap of {self.zone}")


@functools.lru_cache(maxsize=256)
def _between(zone: dt.tzinfo, first_ms: int, last_ms: int) -> ZoneOffsets:
    return ZoneOffsets.search(zone, first_ms, last_ms)


def _transition(zone: dt.tzinfo, before: int, after: int) -> int:
    """The instant between two at which the offset changes."""
    old = _offset_ms(zone, before)
    while after - before > 1000:
        middle = (before + after) // 2000 * 1000
        if middle <= before:
            middle = before + 1000
        if _offset_ms(zone, middle) == old:
            before = middle
        else:
            after = middle
    return -(-after // 1000) * 1000 if after % 1000 else after
