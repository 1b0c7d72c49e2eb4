"""java.time.Instant."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField, ChronoUnit
from esmock.script.painless.runtime.time.temporal import Temporal, mover, unobtainable
from esmock.script.painless.runtime.time.value import (
    NANOS_PER_DAY,
    SECOND,
    exact_long,
    required,
    seconds_hash,
    truncated,
)
from esmock.script.painless.runtime.time.zones import Zone

MIN_SECOND, MAX_SECOND = -31557014167219200, 31556889864403199
_SMALL = {"NANO_OF_SECOND": 1, "MICRO_OF_SECOND": 1000, "MILLI_OF_SECOND": 1_000_000}


class Instant(Temporal):
    """Nanoseconds since 1970 (``total``)."""

    java_class = "java.time.Instant"
    precision, too_wide = "NANOS", frozenset()
    __slots__ = ("total",)

    def __init__(self, total: int) -> None:
        self.total = total

    def _key(self) -> int:
        return self.total

    def supports(self, field: ChronoField) -> bool:
        return field.name == "INSTANT_SECONDS" or field.name in _SMALL

    def j_isSupported(self, what: Any) -> bool:
        if isinstance(what, ChronoUnit):
            return what.time_based or what.name == "DAYS"
        return super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        size = _SMALL.get(field.name)
        return self.total // SECOND if size is None else self.total % SECOND // size

    def j_get(self, field: Any) -> int:
        if field is FIELDS["INSTANT_SECONDS"]:
            raise a.unsupported_field(field)
        return super().j_get(field)

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        if not (unit.time_based or unit.name == "DAYS"):
            raise a.unsupported_unit(unit)
        if unit.nanos > SECOND:
            exact_long(amount * (unit.nanos // SECOND))
        return instant(exact_long((self.total + amount * unit.nanos) // SECOND), (self.total + amount * unit.nanos) % SECOND)

    def replaced(self, field: ChronoField, value: int) -> Any:
        field.check(value)
        self.require(field)
        size = _SMALL.get(field.name)
        if size is None:
            return instant(value, self.total % SECOND)
        return Instant(self.total // SECOND * SECOND + value * size)

    def j_adjustInto(self, temporal: Any) -> Any:
        moved = temporal.j_with(FIELDS["INSTANT_SECONDS"], self.total // SECOND)
        return moved.j_with(FIELDS["NANO_OF_SECOND"], self.total % SECOND)

    def j_until(self, end: Any, unit: Any) -> int:
        end = instant_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        if not self.j_isSupported(unit):
            raise a.unsupported_unit(unit)
        if unit.name == "MILLIS":
            return exact_long(end.total // 1_000_000 - self.total // 1_000_000)
        if unit.name == "MICROS":
            exact_long(end.total - self.total)
        return exact_long(truncated(end.total - self.total, unit.nanos))

    def j_truncatedTo(self, unit: Any) -> Any:
        days, nanos = divmod(self.total, NANOS_PER_DAY)
        return Instant(days * NANOS_PER_DAY + a.truncated_nanos(nanos, unit))

    j_plusSeconds, j_minusSeconds = mover("SECONDS"), mover("SECONDS", -1)
    j_plusMillis, j_minusMillis = mover("MILLIS"), mover("MILLIS", -1)
    j_plusNanos, j_minusNanos = mover("NANOS"), mover("NANOS", -1)

    def j_toEpochMilli(self) -> int:
        return exact_long(self.total // 1_000_000)

    def j_getEpochSecond(self) -> int:
        return self.total // SECOND

    def j_getNano(self) -> int:
        return self.total % SECOND

    def j_atZone(self, zone: Zone) -> Any:
        from esmock.script.painless.runtime.time.zoned import zoned_instant

        return zoned_instant(self.total, required(zone, "zone"))

    def j_atOffset(self, offset: Any) -> Any:
        from esmock.script.painless.runtime.time.zoned import offset_instant

        return offset_instant(self.total, required(offset, "offset"))

    def j_hashCode(self) -> int:
        return seconds_hash(self.total)

    def j_toString(self) -> str:
        from esmock.script.painless.runtime.time.formatter import ISO_INSTANT

        return ISO_INSTANT.j_format(self)


def instant(seconds: int, nanos: int = 0) -> Instant:
    """Instant.ofEpochSecond. Raises DateTime beyond the years that there are."""
    if not MIN_SECOND <= exact_long(seconds + nanos // SECOND) <= MAX_SECOND:
        raise t.DateTime("Instant exceeds minimum or maximum instant")
    return Instant(seconds * SECOND + nanos)


def instant_from(temporal: Any) -> Instant:
    """Instant.from. Raises DateTime."""
    if isinstance(temporal, Instant):
        return temporal
    required(temporal, "temporal")
    try:
        return instant(temporal.j_getLong(FIELDS["INSTANT_SECONDS"]), temporal.j_get(FIELDS["NANO_OF_SECOND"]))
    except t.DateTime as cause:
        raise unobtainable("Instant", temporal, cause) from None


def now_ns() -> int:
    """The nanoseconds since 1970."""
    import time

    return time.time_ns()


def _of_epoch_milli(millis: int) -> Instant:
    return Instant(millis * 1_000_000)


STATICS: dict[str, Any] = {
    "Instant.ofEpochMilli/1": _of_epoch_milli,
    "Instant.ofEpochSecond/1": instant,
    "Instant.ofEpochSecond/2": instant,
    "Instant.from/1": instant_from,
    "Instant.now/0": lambda: Instant(now_ns()),
}
CONSTANTS: dict[str, Any] = {
    "Instant.EPOCH": Instant(0),
    "Instant.MIN": Instant(MIN_SECOND * SECOND),
    "Instant.MAX": Instant(MAX_SECOND * SECOND + SECOND - 1),
}
