"""java.util.Date."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime.time.instants import Instant
from esmock.script.painless.runtime.time.parts import time_text
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, long_hash
from esmock.script.painless.runtime.util.julian import civil_of


class Date:
    """java.util.Date: milliseconds since 1970; its text is in UTC."""

    java_class = "java.util.Date"
    __slots__ = ("millis",)

    def __init__(self, millis: int) -> None:
        self.millis = millis

    def j_getTime(self) -> int:
        return self.millis

    def j_setTime(self, millis: int) -> None:
        self.millis = millis

    def j_toInstant(self) -> Instant:
        return Instant(self.millis * 1_000_000)

    def j_clone(self) -> Date:
        return Date(self.millis)

    def j_after(self, other: Any) -> bool:
        return bool(self.millis > other.millis)

    def j_before(self, other: Any) -> bool:
        return bool(self.millis < other.millis)

    def j_compareTo(self, other: Any) -> int:
        return int(self.millis > other.millis) - int(self.millis < other.millis)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Date) and self.millis == other.millis

    def j_hashCode(self) -> int:
        return long_hash(self.millis)

    def j_toString(self) -> str:
        days, nanos = divmod(self.millis * 1_000_000, NANOS_PER_DAY)
        year, month, day = civil_of(days)
        clock = time_text(nanos // 1_000_000_000 * 1_000_000_000)
        clock = clock if len(clock) > 5 else clock + ":00"
        return f"{_WEEKDAYS[calendar.day_of_week(days) - 1]} {_MONTHS[month - 1]} {day:02d} {clock} UTC {year if year > 0 else 1 - year:04d}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _now() -> Date:
    import time

    return Date(time.time_ns() // 1_000_000)


STATICS: dict[str, Any] = {"Date.from/1": lambda instant: Date(instant.j_toEpochMilli())}
CONSTRUCTORS: dict[str, Any] = {"Date/0": _now, "Date/1": Date}
