"""java.time's LocalDate, LocalTime and LocalDateTime."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.enums import month_of
from esmock.script.painless.runtime.time.fields import FIELDS, MAX_YEAR, MIN_YEAR, ChronoField, ChronoUnit, ValueRange
from esmock.script.painless.runtime.time.parts import DatePart, TimePart, date_text, time_text
from esmock.script.painless.runtime.time.temporal import Temporal, local_date, local_time, unobtainable
from esmock.script.painless.runtime.time.value import (
    NANOS_PER_DAY,
    SECOND,
    compared,
    exact_long,
    long_hash,
    required,
    truncated,
)
from esmock.script.painless.runtime.time.zones import Zone
from esmock.script.painless.runtime.values import wrap_int

_DATE_TOO_WIDE = frozenset(("EPOCH_DAY", "PROLEPTIC_MONTH"))
_TIME_TOO_WIDE = frozenset(("NANO_OF_DAY", "MICRO_OF_DAY"))


def civil_compared(a_days: int, b_days: int) -> int:
    """LocalDate.compareTo: the difference of the first unequal part."""
    return next((x - y for x, y in zip(calendar.civil(a_days), calendar.civil(b_days), strict=True) if x != y), 0)


def date_hash(days: int) -> int:
    year, month, day = calendar.civil(days)
    return wrap_int((year & 0xFFFFF800) ^ ((year << 11) + (month << 6) + day))


class LocalDate(DatePart, Temporal):
    java_class = "java.time.LocalDate"
    precision, iso, too_wide = "DAYS", True, _DATE_TOO_WIDE
    __slots__ = ("days",)

    def __init__(self, days: int) -> None:
        self.days = days

    def _key(self) -> int:
        return self.days

    def supports(self, field: ChronoField) -> bool:
        return field.date_based

    def j_isSupported(self, what: Any) -> bool:
        return what.date_based if isinstance(what, ChronoUnit) else super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        return a.date_number(self.days, field)

    def limits(self, field: ChronoField) -> ValueRange:
        return a.date_range(self.days, field)

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        return LocalDate(a.date_plus(self.days, amount, unit))

    def replaced(self, field: ChronoField, value: int) -> Any:
        return LocalDate(a.date_with(self.days, field, value))

    def takes(self, adjuster: Any) -> Any:
        return adjuster if isinstance(adjuster, LocalDate) else None

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["EPOCH_DAY"], self.days)

    def j_until(self, end: Any, unit: Any = None) -> Any:
        end = date_from(end)
        if unit is None:
            from esmock.script.painless.runtime.time.amounts import Period

            return Period.between(self, end)
        return a.date_until(self.days, end.days, unit) if isinstance(unit, ChronoUnit) else unit.j_between(self, end)

    def j_compareTo(self, other: Any) -> int:
        if other is None:
            self._other(other)
        if not isinstance(other, LocalDate):
            return compared(self.days, other.days) or compared("ISO", other.j_getChronology().j_getId())
        return civil_compared(self.days, other.days)

    def _rank(self) -> Any:
        return self.days

    def j_atStartOfDay(self, zone: Zone | None = None) -> Any:
        local = LocalDateTime(self.days, 0)
        if zone is None:
            return local
        change = zone.offsets.around(self.days * 86400)
        if change is not None and change.after > change.before:
            local = LocalDateTime(*divmod((change.epoch + change.after) * SECOND, NANOS_PER_DAY))
        return local.j_atZone(zone)

    def j_atTime(self, hour: Any, minute: int = 0, second: int = 0, nano: int = 0) -> Any:
        if isinstance(hour, int):
            return LocalDateTime(self.days, a.day_nanos(hour, minute, second, nano))
        offset = hour.zone_offset()
        local = LocalDateTime(self.days, required(hour, "time").nanos)
        return local if offset is None else local.j_atOffset(offset)

    def j_getChronology(self) -> Any:
        from esmock.script.painless.runtime.time.chrono import ISO

        return ISO

    def j_getEra(self) -> Any:
        from esmock.script.painless.runtime.time.chrono import ISO

        return ISO.j_eraOf(a.date_number(self.days, FIELDS["ERA"]))

    def j_isLeapYear(self) -> bool:
        return calendar.is_leap(self.j_getYear())

    def j_lengthOfMonth(self) -> int:
        year, month, _ = calendar.civil(self.days)
        return calendar.month_length(year, month)

    def j_lengthOfYear(self) -> int:
        return 366 if self.j_isLeapYear() else 365

    def j_toEpochDay(self) -> int:
        return self.days

    def j_hashCode(self) -> int:
        return date_hash(self.days)

    def j_toString(self) -> str:
        return date_text(self.days)


class LocalTime(TimePart, Temporal):
    java_class = "java.time.LocalTime"
    precision, too_wide = "NANOS", _TIME_TOO_WIDE
    __slots__ = ("nanos",)

    def __init__(self, nanos: int) -> None:
        self.nanos = nanos

    def _key(self) -> int:
        return self.nanos

    def supports(self, field: ChronoField) -> bool:
        return field.time_based

    def j_isSupported(self, what: Any) -> bool:
        return what.time_based if isinstance(what, ChronoUnit) else super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        return a.time_number(self.nanos, field)

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        return LocalTime((self.nanos + a.time_delta(amount, unit)) % NANOS_PER_DAY)

    def replaced(self, field: ChronoField, value: int) -> Any:
        return LocalTime(a.time_with(self.nanos, field, value))

    def takes(self, adjuster: Any) -> Any:
        return adjuster if isinstance(adjuster, LocalTime) else None

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["NANO_OF_DAY"], self.nanos)

    def j_until(self, end: Any, unit: Any) -> int:
        end = time_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        return truncated(end.nanos - self.nanos, a.time_delta(1, unit))

    def j_truncatedTo(self, unit: Any) -> Any:
        return LocalTime(a.truncated_nanos(self.nanos, unit))

    def j_atDate(self, date: LocalDate) -> LocalDateTime:
        return LocalDateTime(required(date, "date").days, self.nanos)

    def j_atOffset(self, offset: Any) -> Any:
        from esmock.script.painless.runtime.time.zoned import OffsetTime

        return OffsetTime(self.nanos, required(offset, "offset"))

    def j_toNanoOfDay(self) -> int:
        return self.nanos

    def j_toSecondOfDay(self) -> int:
        return self.nanos // SECOND

    def j_hashCode(self) -> int:
        return long_hash(self.nanos)

    def j_toString(self) -> str:
        return time_text(self.nanos)


class LocalDateTime(DatePart, TimePart, Temporal):
    java_class = "java.time.LocalDateTime"
    precision, iso, too_wide = "NANOS", True, _DATE_TOO_WIDE | _TIME_TOO_WIDE
    __slots__ = ("days", "nanos")

    def __init__(self, days: int, nanos: int) -> None:
        self.days, self.nanos = days, nanos

    def _key(self) -> tuple[int, int]:
        return (self.days, self.nanos)

    def supports(self, field: ChronoField) -> bool:
        return field.date_based or field.time_based

    def j_isSupported(self, what: Any) -> bool:
        return what.name != "FOREVER" if isinstance(what, ChronoUnit) else super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        return a.time_number(self.nanos, field) if field.time_based else a.date_number(self.days, field)

    def limits(self, field: ChronoField) -> ValueRange:
        return field.range if field.time_based else a.date_range(self.days, field)

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        if not unit.time_based:
            return LocalDateTime(a.date_plus(self.days, amount, unit), self.nanos)
        delta = a.half_days_delta(amount) if unit.name == "HALF_DAYS" else amount * unit.nanos
        days, nanos = divmod(self.nanos + delta, NANOS_PER_DAY)
        return LocalDateTime(a.plus_days(self.days, days), nanos)

    def replaced(self, field: ChronoField, value: int) -> Any:
        if field.time_based:
            return LocalDateTime(self.days, a.time_with(self.nanos, field, value))
        return LocalDateTime(a.date_with(self.days, field, value), self.nanos)

    def takes(self, adjuster: Any) -> Any:
        if isinstance(adjuster, LocalDate):
            return LocalDateTime(adjuster.days, self.nanos)
        if isinstance(adjuster, LocalTime):
            return LocalDateTime(self.days, adjuster.nanos)
        return adjuster if isinstance(adjuster, LocalDateTime) else None

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["EPOCH_DAY"], self.days).j_with(FIELDS["NANO_OF_DAY"], self.nanos)

    def j_until(self, end: Any, unit: Any) -> int:
        end = date_time_from(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        if unit.time_based:
            total = (end.days - self.days) * NANOS_PER_DAY + end.nanos - self.nanos
            return exact_long(truncated(total, unit.nanos))
        days = end.days
        if days > self.days and end.nanos < self.nanos:
            days -= 1
        elif days < self.days and end.nanos > self.nanos:
            days += 1
        return a.date_until(self.days, days, unit)

    def j_truncatedTo(self, unit: Any) -> Any:
        return LocalDateTime(self.days, a.truncated_nanos(self.nanos, unit))

    def j_compareTo(self, other: Any) -> int:
        self._other(other)
        return civil_compared(self.days, other.days) or compared(self.nanos, other.nanos)

    def seconds(self) -> int:
        """Seconds since 1970 as if it were in UTC."""
        return self.days * 86400 + self.nanos // SECOND

    def j_atZone(self, zone: Zone) -> Any:
        from esmock.script.painless.runtime.time.zoned import zoned_local

        return zoned_local(self, required(zone, "zone"))

    def j_atOffset(self, offset: Any) -> Any:
        from esmock.script.painless.runtime.time.zoned import OffsetDateTime

        return OffsetDateTime(self.days, self.nanos, required(offset, "offset"))

    def j_toInstant(self, offset: Any) -> Any:
        return self.j_atOffset(offset).j_toInstant()

    def j_toEpochSecond(self, offset: Any) -> int:
        return self.seconds() - int(required(offset, "offset").seconds)

    def j_toLocalDate(self) -> LocalDate:
        return LocalDate(self.days)

    def j_toLocalTime(self) -> LocalTime:
        return LocalTime(self.nanos)

    def j_getChronology(self) -> Any:
        return LocalDate(self.days).j_getChronology()

    def j_hashCode(self) -> int:
        return date_hash(self.days) ^ long_hash(self.nanos)

    def j_toString(self) -> str:
        return f"{date_text(self.days)}T{time_text(self.nanos)}"


def date_from(temporal: Any) -> LocalDate:
    """LocalDate.from. Raises DateTime."""
    found = temporal if isinstance(temporal, LocalDate) else local_date(required(temporal, "temporal"))
    if found is None:
        raise unobtainable("LocalDate", temporal)
    return found  # type: ignore[no-any-return]


def time_from(temporal: Any) -> LocalTime:
    """LocalTime.from. Raises DateTime."""
    found = temporal if isinstance(temporal, LocalTime) else local_time(required(temporal, "temporal"))
    if found is None:
        raise unobtainable("LocalTime", temporal)
    return found  # type: ignore[no-any-return]


def date_time_from(temporal: Any) -> LocalDateTime:
    """LocalDateTime.from. Raises DateTime."""
    if isinstance(temporal, LocalDateTime):
        return temporal
    try:
        return LocalDateTime(date_from(required(temporal, None)).days, time_from(temporal).nanos)
    except t.DateTime as cause:
        raise unobtainable("LocalDateTime", temporal, cause) from None


def date_time(*parts: Any) -> LocalDateTime:
    """LocalDateTime.of: a date and a time, or their numbers."""
    if len(parts) == 2:
        return LocalDateTime(required(parts[0], "date").days, required(parts[1], "time").nanos)
    year, month, day, *clock = parts
    return LocalDateTime(a.date_days(year, month_of(month), day), a.day_nanos(*clock))


def _of_epoch(second: int, nano: int, offset: Any) -> LocalDateTime:
    FIELDS["NANO_OF_SECOND"].check(nano)
    days, of_day = divmod(second + required(offset, "offset").seconds, 86400)
    return LocalDateTime(a.valid_days(days), of_day * SECOND + nano)


def _of_instant(instant: Any, zone: Zone) -> LocalDateTime:
    from esmock.script.painless.runtime.time.zoned import zoned_instant

    required(instant, "instant")
    required(zone, "zone")
    return zoned_instant(instant.total, zone).j_toLocalDateTime()  # type: ignore[no-any-return]


def _of_second(second: int) -> LocalTime:
    return LocalTime(FIELDS["SECOND_OF_DAY"].check(second) * SECOND)


def _of_nano(nano: int) -> LocalTime:
    return LocalTime(FIELDS["NANO_OF_DAY"].check(nano))


FIRST_DAY, LAST_DAY = calendar.days_of(MIN_YEAR, 1, 1), calendar.days_of(MAX_YEAR, 12, 31)
STATICS: dict[str, Any] = {
    "LocalDate.of/3": lambda year, month, day: LocalDate(a.date_days(year, month_of(month), day)),
    "LocalDate.ofEpochDay/1": lambda days: LocalDate(a.valid_days(days)),
    "LocalDate.ofYearDay/2": lambda year, day: LocalDate(a.year_days(year, day)),
    "LocalDate.from/1": date_from,
    "LocalTime.from/1": time_from,
    "LocalTime.ofSecondOfDay/1": _of_second,
    "LocalTime.ofNanoOfDay/1": _of_nano,
    "LocalDateTime.from/1": date_time_from,
    "LocalDateTime.ofInstant/2": _of_instant,
    "LocalDateTime.ofEpochSecond/3": _of_epoch,
}
STATICS |= {f"LocalTime.of/{count}": lambda *clock: LocalTime(a.day_nanos(*clock)) for count in (2, 3, 4)}
STATICS |= {f"LocalDateTime.of/{count}": date_time for count in (2, 5, 6, 7)}
CONSTANTS: dict[str, Any] = {
    "LocalDate.MIN": LocalDate(FIRST_DAY),
    "LocalDate.MAX": LocalDate(LAST_DAY),
    "LocalTime.MIDNIGHT": LocalTime(0),
    "LocalTime.NOON": LocalTime(NANOS_PER_DAY // 2),
    "LocalTime.MIN": LocalTime(0),
    "LocalTime.MAX": LocalTime(NANOS_PER_DAY - 1),
    "LocalDateTime.MIN": LocalDateTime(FIRST_DAY, 0),
    "LocalDateTime.MAX": LocalDateTime(LAST_DAY, NANOS_PER_DAY - 1),
}
