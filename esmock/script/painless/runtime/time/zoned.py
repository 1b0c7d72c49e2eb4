"""java.time's OffsetTime, OffsetDateTime and ZonedDateTime."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.functions import Comparator
from esmock.script.painless.runtime.ordering import compare_text
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.fields import FIELDS, UNITS, ChronoField, ChronoUnit, ValueRange
from esmock.script.painless.runtime.time.instants import Instant, instant, instant_from, now_ns
from esmock.script.painless.runtime.time.local import (
    FIRST_DAY,
    LAST_DAY,
    LocalDate,
    LocalDateTime,
    LocalTime,
    civil_compared,
    date_from,
    date_time,
    time_from,
)
from esmock.script.painless.runtime.time.parts import DatePart, TimePart, date_text, time_text
from esmock.script.painless.runtime.time.temporal import Temporal, local_date, local_time, unobtainable
from esmock.script.painless.runtime.time.value import (
    NANOS_PER_DAY,
    SECOND,
    compared,
    long_hash,
    required,
    truncated,
)
from esmock.script.painless.runtime.time.zones import (
    UTC_OFFSET,
    Zone,
    ZoneOffset,
    offset_from,
    offset_of,
    total_seconds,
    zone_from,
)
from esmock.script.painless.runtime.values import wrap_int


class OffsetTime(TimePart, Temporal):
    java_class = "java.time.OffsetTime"
    precision, too_wide = "NANOS", frozenset(("NANO_OF_DAY", "MICRO_OF_DAY"))
    __slots__ = ("nanos", "offset")

    def __init__(self, nanos: int, offset: ZoneOffset) -> None:
        self.nanos, self.offset = nanos, offset

    def _key(self) -> tuple[int, int]:
        return (self.nanos, self.offset.seconds)

    def _rank(self) -> int:
        return self.nanos - self.offset.seconds * SECOND

    def supports(self, field: ChronoField) -> bool:
        return field.time_based or field.name == "OFFSET_SECONDS"

    def j_isSupported(self, what: Any) -> bool:
        return what.time_based if isinstance(what, ChronoUnit) else super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        return a.time_number(self.nanos, field) if field.time_based else self.offset.seconds

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        return OffsetTime((self.nanos + a.time_delta(amount, unit)) % NANOS_PER_DAY, self.offset)

    def replaced(self, field: ChronoField, value: int) -> Any:
        if field.name == "OFFSET_SECONDS":
            return OffsetTime(self.nanos, total_seconds(field.check(value)))
        return OffsetTime(a.time_with(self.nanos, field, value), self.offset)

    def takes(self, adjuster: Any) -> Any:
        if isinstance(adjuster, LocalTime):
            return OffsetTime(adjuster.nanos, self.offset)
        if isinstance(adjuster, ZoneOffset):
            return OffsetTime(self.nanos, adjuster)
        return adjuster if isinstance(adjuster, OffsetTime) else None

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["NANO_OF_DAY"], self.nanos).j_with(FIELDS["OFFSET_SECONDS"], self.offset.seconds)

    def j_until(self, end: Any, unit: Any) -> int:
        end = offset_time_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        return truncated(end._rank() - self._rank(), a.time_delta(1, unit))

    def j_truncatedTo(self, unit: Any) -> Any:
        return OffsetTime(a.truncated_nanos(self.nanos, unit), self.offset)

    def zone_offset(self) -> Any:
        return self.offset

    def j_getOffset(self) -> ZoneOffset:
        return self.offset

    def j_withOffsetSameLocal(self, offset: ZoneOffset) -> OffsetTime:
        return OffsetTime(self.nanos, required(offset, "offset"))

    def j_withOffsetSameInstant(self, offset: ZoneOffset) -> OffsetTime:
        moved = self.nanos + (offset.seconds - self.offset.seconds) * SECOND
        return OffsetTime(moved % NANOS_PER_DAY, offset)

    def j_toLocalTime(self) -> LocalTime:
        return LocalTime(self.nanos)

    def j_compareTo(self, other: Any) -> int:
        return compared(self._rank(), other._rank()) or compared(self.nanos, other.nanos)

    def j_hashCode(self) -> int:
        return long_hash(self.nanos) ^ self.offset.seconds

    def j_toString(self) -> str:
        return time_text(self.nanos) + self.offset.name


class Anchored(DatePart, TimePart, Temporal):
    """A date and time at an offset: what OffsetDateTime and ZonedDateTime share."""

    precision, iso = "NANOS", True
    too_wide = frozenset(("NANO_OF_DAY", "MICRO_OF_DAY", "EPOCH_DAY", "PROLEPTIC_MONTH", "INSTANT_SECONDS"))
    __slots__ = ("days", "nanos", "offset")
    offset: ZoneOffset

    def _local(self) -> LocalDateTime:
        return LocalDateTime(self.days, self.nanos)

    def relocated(self, local: LocalDateTime) -> Any:
        """The same zone with another local time."""
        raise NotImplementedError

    def epoch_ns(self) -> int:
        return self.days * NANOS_PER_DAY + self.nanos - self.offset.seconds * SECOND

    def _rank(self) -> int:
        return self.epoch_ns()

    def supports(self, field: ChronoField) -> bool:
        return True

    def j_isSupported(self, what: Any) -> bool:
        return what.name != "FOREVER" if isinstance(what, ChronoUnit) else super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        if field.name == "INSTANT_SECONDS":
            return self.epoch_ns() // SECOND
        return self.offset.seconds if field.name == "OFFSET_SECONDS" else self._local().number(field)

    def limits(self, field: ChronoField) -> ValueRange:
        return field.range if field.time_based else self._local().limits(field) if field.date_based else field.range

    def j_truncatedTo(self, unit: Any) -> Any:
        return self.relocated(self._local().j_truncatedTo(unit))

    def zone_offset(self) -> Any:
        return self.offset

    def j_getOffset(self) -> ZoneOffset:
        return self.offset

    def j_toInstant(self) -> Instant:
        return Instant(self.epoch_ns())

    def j_toEpochSecond(self) -> int:
        return self.epoch_ns() // SECOND

    def j_toLocalDate(self) -> LocalDate:
        return LocalDate(self.days)

    def j_toLocalTime(self) -> LocalTime:
        return LocalTime(self.nanos)

    def j_toLocalDateTime(self) -> LocalDateTime:
        return self._local()

    def j_toString(self) -> str:
        return f"{date_text(self.days)}T{time_text(self.nanos)}{self.offset.name}"


class OffsetDateTime(Anchored):
    java_class = "java.time.OffsetDateTime"
    __slots__ = ()

    def __init__(self, days: int, nanos: int, offset: ZoneOffset) -> None:
        self.days, self.nanos, self.offset = days, nanos, offset

    def _key(self) -> tuple[int, ...]:
        return (self.days, self.nanos, self.offset.seconds)

    def relocated(self, local: LocalDateTime) -> Any:
        return OffsetDateTime(local.days, local.nanos, self.offset)

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        return self.relocated(self._local().moved(amount, unit))

    def replaced(self, field: ChronoField, value: int) -> Any:
        if field.name == "INSTANT_SECONDS":
            return offset_instant(instant(value, self.nanos % SECOND).total, self.offset)
        if field.name == "OFFSET_SECONDS":
            return OffsetDateTime(self.days, self.nanos, total_seconds(field.check(value)))
        return self.relocated(self._local().replaced(field, value))

    def takes(self, adjuster: Any) -> Any:
        if isinstance(adjuster, LocalDate | LocalTime | LocalDateTime):
            return self.relocated(self._local().takes(adjuster))
        if isinstance(adjuster, Instant):
            return offset_instant(adjuster.total, self.offset)
        if isinstance(adjuster, ZoneOffset):
            return OffsetDateTime(self.days, self.nanos, adjuster)
        return adjuster if isinstance(adjuster, OffsetDateTime) else None

    def j_adjustInto(self, temporal: Any) -> Any:
        moved = temporal.j_with(FIELDS["EPOCH_DAY"], self.days).j_with(FIELDS["NANO_OF_DAY"], self.nanos)
        return moved.j_with(FIELDS["OFFSET_SECONDS"], self.offset.seconds)

    def j_until(self, end: Any, unit: Any) -> int:
        end = offset_date_time_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        return self._local().j_until(end.j_withOffsetSameInstant(self.offset)._local(), unit)

    def j_compareTo(self, other: Any) -> int:
        self._other(other)
        return compared(self.epoch_ns(), other.epoch_ns()) or self._local().j_compareTo(other._local())

    def j_withOffsetSameLocal(self, offset: ZoneOffset) -> OffsetDateTime:
        return OffsetDateTime(self.days, self.nanos, required(offset, "offset"))

    def j_withOffsetSameInstant(self, offset: ZoneOffset) -> OffsetDateTime:
        return offset_instant(self.epoch_ns(), offset)

    def j_atZoneSameInstant(self, zone: Zone) -> ZonedDateTime:
        return zoned_instant(self.epoch_ns(), required(zone, "zone"))

    def j_atZoneSimilarLocal(self, zone: Zone) -> ZonedDateTime:
        return zoned_local(self._local(), required(zone, "zone"), self.offset)

    def j_toOffsetTime(self) -> OffsetTime:
        return OffsetTime(self.nanos, self.offset)

    def j_toZonedDateTime(self) -> ZonedDateTime:
        return ZonedDateTime(self.days, self.nanos, self.offset, self.offset)

    def j_hashCode(self) -> int:
        return self._local().j_hashCode() ^ self.offset.seconds


class ZonedDateTime(Anchored):
    java_class = "java.time.ZonedDateTime"
    __slots__ = ("zone",)

    def __init__(self, days: int, nanos: int, offset: ZoneOffset, zone: Zone) -> None:
        self.days, self.nanos, self.offset, self.zone = days, nanos, offset, zone

    def _key(self) -> tuple[Any, ...]:
        return (self.days, self.nanos, self.offset.seconds, self.zone.name)

    def relocated(self, local: LocalDateTime) -> Any:
        return self._made(zoned_local(local, self.zone, self.offset))

    def _made(self, moment: ZonedDateTime) -> Any:
        return moment

    def at(self, epoch_ns: int) -> Any:
        """Another instant in its zone."""
        return self._made(zoned_instant(epoch_ns, self.zone))

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        moved = self._local().moved(amount, unit)
        if unit.date_based:
            return self.relocated(moved)
        return self.at(moved.days * NANOS_PER_DAY + moved.nanos - self.offset.seconds * SECOND)

    def replaced(self, field: ChronoField, value: int) -> Any:
        if field.name == "INSTANT_SECONDS":
            return self.at(instant(value, self.nanos % SECOND).total)
        if field.name == "OFFSET_SECONDS":
            return self._with_offset(total_seconds(field.check(value)))
        return self.relocated(self._local().replaced(field, value))

    def _with_offset(self, offset: ZoneOffset) -> Any:
        if offset.seconds not in self.zone.offsets.valid(self._local().seconds()):
            return self
        return self._made(ZonedDateTime(self.days, self.nanos, offset, self.zone))

    def takes(self, adjuster: Any) -> Any:
        if isinstance(adjuster, LocalDate | LocalTime | LocalDateTime):
            return self.relocated(self._local().takes(adjuster))
        if isinstance(adjuster, OffsetDateTime):
            return self._made(zoned_local(adjuster._local(), self.zone, adjuster.offset))
        if isinstance(adjuster, Instant):
            return self.at(adjuster.total)
        return self._with_offset(adjuster) if isinstance(adjuster, ZoneOffset) else None

    def j_until(self, end: Any, unit: Any) -> int:
        end = zoned_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        end = end.j_withZoneSameInstant(self.zone)
        if unit.date_based or not unit.time_based:
            return self._local().j_until(end._local(), unit)
        return self.j_toOffsetDateTime().j_until(end.j_toOffsetDateTime(), unit)

    def j_compareTo(self, other: Any) -> int:
        if other is None:
            self._other(other)
        return (
            compared(self.epoch_ns() // SECOND, other.epoch_ns() // SECOND)
            or self.nanos % SECOND - other.nanos % SECOND
            or civil_compared(self.days, other.days)
            or compared(self.nanos, other.nanos)
            or compare_text(self.zone.name, other.zone.name)
        )

    def zone_id(self) -> Any:
        return self.zone

    def j_getZone(self) -> Zone:
        return self.zone

    def j_getChronology(self) -> Any:
        return self._local().j_getChronology()

    def j_withZoneSameInstant(self, zone: Zone) -> Any:
        return self._made(zoned_instant(self.epoch_ns(), required(zone, "zone")))

    def j_withZoneSameLocal(self, zone: Zone) -> Any:
        return self._made(zoned_local(self._local(), required(zone, "zone"), self.offset))

    def j_withFixedOffsetZone(self) -> Any:
        return self._made(ZonedDateTime(self.days, self.nanos, self.offset, self.offset))

    def j_withEarlierOffsetAtOverlap(self) -> Any:
        return self._at_overlap(0)

    def j_withLaterOffsetAtOverlap(self) -> Any:
        return self._at_overlap(1)

    def _at_overlap(self, index: int) -> Any:
        valid = self.zone.offsets.valid(self._local().seconds())
        return self._with_offset(offset_of(valid[index])) if len(valid) == 2 else self

    def j_toOffsetDateTime(self) -> OffsetDateTime:
        return OffsetDateTime(self.days, self.nanos, self.offset)

    def j_hashCode(self) -> int:
        zone = self.zone.j_hashCode() & 0xFFFFFFFF
        return wrap_int(self._local().j_hashCode() ^ self.offset.seconds ^ (zone << 3 | zone >> 29) & 0xFFFFFFFF)

    def j_toString(self) -> str:
        text = super().j_toString()
        return text if isinstance(self.zone, ZoneOffset) else f"{text}[{self.zone.name}]"


def zoned_instant(epoch_ns: int, zone: Zone) -> ZonedDateTime:
    """ZonedDateTime.ofInstant."""
    offset = zone if isinstance(zone, ZoneOffset) else offset_of(zone.offsets.at(epoch_ns // SECOND))
    days, nanos = divmod(epoch_ns + offset.seconds * SECOND, NANOS_PER_DAY)
    return ZonedDateTime(a.valid_days(days), nanos, offset, zone)


def zoned_local(local: LocalDateTime, zone: Zone, preferred: ZoneOffset | None = None) -> ZonedDateTime:
    """ZonedDateTime.ofLocal: in a gap the time moves on by its length, in an overlap the preferred offset holds."""
    if isinstance(zone, ZoneOffset):
        return ZonedDateTime(local.days, local.nanos, zone, zone)
    valid = zone.offsets.valid(local.seconds())
    if not valid:
        change = zone.offsets.around(local.seconds())
        assert change is not None
        local = local.moved(change.after - change.before, UNITS["SECONDS"])
        return ZonedDateTime(local.days, local.nanos, offset_of(change.after), zone)
    chosen = preferred.seconds if preferred is not None and preferred.seconds in valid else valid[0]
    return ZonedDateTime(local.days, local.nanos, offset_of(chosen), zone)


def zoned_strict(local: LocalDateTime, offset: ZoneOffset, zone: Zone) -> ZonedDateTime:
    """ZonedDateTime.ofStrict. Raises DateTime for an offset that the zone has not then."""
    if offset.seconds not in zone.offsets.valid(local.seconds()):
        change = zone.offsets.around(local.seconds())
        if change is not None and change.after > change.before:
            raise t.DateTime(
                f"LocalDateTime '{local.j_toString()}' does not exist in zone '{zone.name}' due to a gap in the local "
                "time-line, typically caused by daylight savings"
            )
        raise t.DateTime(
            f"ZoneOffset '{offset.name}' is not valid for LocalDateTime '{local.j_toString()}' in zone '{zone.name}'"
        )
    return ZonedDateTime(local.days, local.nanos, offset, zone)


def offset_instant(epoch_ns: int, zone: Zone) -> OffsetDateTime:
    """OffsetDateTime.ofInstant."""
    return zoned_instant(epoch_ns, zone).j_toOffsetDateTime()


def offset_time_from(temporal: Any) -> OffsetTime:
    """OffsetTime.from. Raises DateTime."""
    if isinstance(temporal, OffsetTime):
        return temporal
    try:
        return OffsetTime(time_from(temporal).nanos, offset_from(temporal))
    except t.DateTime as cause:
        raise unobtainable("OffsetTime", temporal, cause) from None


def offset_date_time_from(temporal: Any) -> OffsetDateTime:
    """OffsetDateTime.from. Raises DateTime."""
    if isinstance(temporal, OffsetDateTime):
        return temporal
    try:
        offset = offset_from(temporal)
        date, clock = local_date(temporal), local_time(temporal)
        if date is not None and clock is not None:
            return OffsetDateTime(date.days, clock.nanos, offset)
        return offset_instant(instant_from(temporal).total, offset)
    except t.DateTime as cause:
        raise unobtainable("OffsetDateTime", temporal, cause) from None


def zoned_from(temporal: Any) -> ZonedDateTime:
    """ZonedDateTime.from. Raises DateTime."""
    if isinstance(temporal, ZonedDateTime):
        return temporal
    try:
        zone = zone_from(required(temporal, None))
        if temporal.j_isSupported(FIELDS["INSTANT_SECONDS"]):
            seconds = temporal.j_getLong(FIELDS["INSTANT_SECONDS"])
            return zoned_instant(seconds * SECOND + temporal.j_get(FIELDS["NANO_OF_SECOND"]), zone)
        return zoned_local(LocalDateTime(date_from(temporal).days, time_from(temporal).nanos), zone)
    except t.DateTime as cause:
        raise unobtainable("ZonedDateTime", temporal, cause) from None


def _zoned(*parts: Any) -> ZonedDateTime:
    """ZonedDateTime.of: what LocalDateTime.of takes, and a zone."""
    *local, zone = parts
    return zoned_local(local[0] if len(local) == 1 else date_time(*local), required(zone, "zone"))


def _offset_date_time(*parts: Any) -> OffsetDateTime:
    *local, offset = parts
    at = local[0] if len(local) == 1 else date_time(*local)
    return OffsetDateTime(at.days, at.nanos, required(offset, "offset"))


def _offset_time(*parts: Any) -> OffsetTime:
    *clock, offset = parts
    return OffsetTime(clock[0].nanos if len(clock) == 1 else a.day_nanos(*clock), required(offset, "offset"))


def _offset_time_of_instant(at: Instant, zone: Zone) -> OffsetTime:
    return offset_instant(at.total, zone).j_toOffsetTime()


def _by_instant(first: Any, second: Any) -> int:
    return compared(first.epoch_ns(), second.epoch_ns())


STATICS: dict[str, Any] = {
    "OffsetTime.from/1": offset_time_from,
    "OffsetTime.of/2": _offset_time,
    "OffsetTime.of/5": _offset_time,
    "OffsetTime.ofInstant/2": _offset_time_of_instant,
    "OffsetDateTime.from/1": offset_date_time_from,
    "OffsetDateTime.of/2": _offset_date_time,
    "OffsetDateTime.of/3": _offset_date_time,
    "OffsetDateTime.of/8": _offset_date_time,
    "OffsetDateTime.ofInstant/2": lambda at, zone: offset_instant(at.total, zone),
    "OffsetDateTime.timeLineOrder/0": lambda: Comparator(_by_instant),
    "ZonedDateTime.from/1": zoned_from,
    "ZonedDateTime.of/2": _zoned,
    "ZonedDateTime.of/3": _zoned,
    "ZonedDateTime.of/8": _zoned,
    "ZonedDateTime.ofInstant/2": lambda at, zone: zoned_instant(at.total, zone),
    "ZonedDateTime.ofInstant/3": lambda local, offset, zone: zoned_instant(
        (local.seconds() - offset.seconds) * SECOND + local.nanos % SECOND, zone
    ),
    "ZonedDateTime.ofLocal/3": zoned_local,
    "ZonedDateTime.ofStrict/3": zoned_strict,
    "ZonedDateTime.now/0": lambda: zoned_instant(now_ns(), UTC_OFFSET),
    "ZonedDateTime.now/1": lambda zone: zoned_instant(now_ns(), zone),
}
CONSTANTS: dict[str, Any] = {
    "OffsetTime.MIN": OffsetTime(0, total_seconds(64800)),
    "OffsetTime.MAX": OffsetTime(NANOS_PER_DAY - 1, total_seconds(-64800)),
    "OffsetDateTime.MIN": OffsetDateTime(FIRST_DAY, 0, total_seconds(64800)),
    "OffsetDateTime.MAX": OffsetDateTime(LAST_DAY, NANOS_PER_DAY - 1, total_seconds(-64800)),
}
