"""The classes of java.time: dates, times and instants, on days and nanoseconds."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.mapping.dates.pattern import offset_seconds
from esmock.mapping.dates.zone import local_to_epoch
from esmock.script.painless.allowlist import short_name
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.durations import SECOND
from esmock.script.painless.runtime.enums import (
    DAYS,
    NANOS_PER_DAY,
    UNIT_NANOS,
    UNITS,
)
from esmock.script.painless.runtime.moment import Moment, day_nanos
from esmock.script.painless.runtime.zones import (
    UTC_OFFSET,
    Zone,
    ZoneOffset,
    date_text,
    offset_of,
    offset_text,
    time_text,
)


def _date_difference(a: int, b: int) -> int:
    """LocalDate.compareTo: the difference of the first unequal part."""
    return next((x - y for x, y in zip(calendar.civil(a), calendar.civil(b), strict=True) if x != y), 0)


class LocalDate(Moment):
    java_class = "java.time.LocalDate"
    has_time = False
    nanos = 0

    def __init__(self, days: int) -> None:
        self.days = days

    def _with(self, days: int, nanos: int) -> LocalDate:
        return LocalDate(days)

    def j_compareTo(self, other: Any) -> int:
        self._other(other)
        return _date_difference(self.days, other.days)

    def j_atStartOfDay(self, zone: Zone | None = None) -> Any:
        local = LocalDateTime(self.days, 0)
        return local if zone is None else local.j_atZone(zone)

    def j_atTime(self, hour: Any, minute: int = 0, second: int = 0, nano: int = 0) -> LocalDateTime:
        return LocalDateTime(self.days, hour.nanos if isinstance(hour, Moment) else day_nanos(hour, minute, second, nano))

    def j_toString(self) -> str:
        return date_text(self.days)


class LocalTime(Moment):
    java_class = "java.time.LocalTime"
    has_date = False
    days = 0

    def __init__(self, nanos: int) -> None:
        self.nanos = nanos

    def _with(self, days: int, nanos: int) -> LocalTime:
        return LocalTime(nanos)

    def j_atDate(self, date: LocalDate) -> LocalDateTime:
        return LocalDateTime(date.days, self.nanos)

    def j_toString(self) -> str:
        return time_text(self.nanos)


class LocalDateTime(Moment):
    java_class = "java.time.LocalDateTime"

    def __init__(self, days: int, nanos: int) -> None:
        self.days, self.nanos = days, nanos

    def _with(self, days: int, nanos: int) -> LocalDateTime:
        return LocalDateTime(days, nanos)

    def j_compareTo(self, other: Any) -> int:
        self._other(other)
        return _date_difference(self.days, other.days) or (self.nanos > other.nanos) - (self.nanos < other.nanos)

    def j_atZone(self, zone: Zone) -> ZonedDateTime:
        seconds, rest = divmod(self.days * NANOS_PER_DAY + self.nanos, SECOND)
        return ZonedDateTime(local_to_epoch(seconds, zone.zone) * SECOND + rest, zone)

    def j_atOffset(self, zone: Zone) -> OffsetDateTime:
        return OffsetDateTime(self.j_atZone(zone).epoch_ns(), zone)

    def j_toInstant(self, zone: Zone) -> Instant:
        return Instant(self.j_atZone(zone).epoch_ns())

    def j_toEpochSecond(self, zone: Zone) -> int:
        return self.j_atZone(zone).epoch_ns() // SECOND

    def j_toLocalDate(self) -> LocalDate:
        return LocalDate(self.days)

    def j_toLocalTime(self) -> LocalTime:
        return LocalTime(self.nanos)

    def j_toString(self) -> str:
        return f"{date_text(self.days)}T{time_text(self.nanos)}"


class Instant(Moment):
    java_class = "java.time.Instant"

    def __init__(self, nanos: int) -> None:
        self.days, self.nanos = divmod(nanos, NANOS_PER_DAY)
        self.zone = UTC_OFFSET

    def _with(self, days: int, nanos: int) -> Instant:
        return Instant(days * NANOS_PER_DAY + nanos)

    def _moved(self, count: int, unit: str) -> Any:
        if unit not in UNIT_NANOS or unit == "WEEKS":
            raise t.UnsupportedTemporalType(f"Unsupported unit: {UNITS[unit].label}")
        return super()._moved(count, unit)

    def field(self, name: str) -> int | None:
        total = self.epoch_ns()
        values = {
            "NANO_OF_SECOND": total % SECOND,
            "MICRO_OF_SECOND": total % SECOND // 1000,
            "MILLI_OF_SECOND": total % SECOND // 1_000_000,
            "INSTANT_SECONDS": total // SECOND,
        }
        return values.get(name)

    def j_toEpochMilli(self) -> int:
        return self.epoch_ns() // 1_000_000

    def j_getEpochSecond(self) -> int:
        return self.epoch_ns() // SECOND

    def j_atZone(self, zone: Zone) -> ZonedDateTime:
        return ZonedDateTime(self.epoch_ns(), zone)

    def j_atOffset(self, zone: Zone) -> OffsetDateTime:
        return OffsetDateTime(self.epoch_ns(), zone)

    def j_toString(self) -> str:
        text = time_text(self.nanos)
        return f"{date_text(self.days)}T{text if len(text) > 5 else text + ':00'}Z"


class ZonedDateTime(Moment):
    java_class = "java.time.ZonedDateTime"

    def __init__(self, epoch: int, zone: Zone) -> None:
        self._epoch = epoch
        self.zone: Zone = zone
        self.offset = offset_seconds(epoch // SECOND, zone.zone)
        self.days, self.nanos = divmod(epoch + self.offset * SECOND, NANOS_PER_DAY)

    def _new(self, epoch: int, zone: Zone) -> Any:
        return ZonedDateTime(epoch, zone)

    def _with(self, days: int, nanos: int) -> Any:
        seconds, rest = divmod(days * NANOS_PER_DAY + nanos, SECOND)
        return self._new(local_to_epoch(seconds, self.zone.zone) * SECOND + rest, self.zone)

    def _nanos_later(self, nanos: int) -> Any:
        return self._new(self._epoch + nanos, self.zone)

    def epoch_ns(self) -> int:
        return self._epoch

    def millis(self) -> int:
        return self._epoch // 1_000_000

    def _rank(self) -> tuple[int, ...]:
        return (self._epoch,)

    def _line(self) -> tuple[int, int]:
        return divmod(self._epoch + self.offset * SECOND, NANOS_PER_DAY)

    def j_until(self, end: Any, unit: Any = None) -> Any:
        same = end.j_withZoneSameInstant(self.zone) if isinstance(end, ZonedDateTime) else end
        return super().j_until(same, unit)

    def field(self, name: str) -> int | None:
        if name == "INSTANT_SECONDS":
            return self._epoch // SECOND
        return self.offset if name == "OFFSET_SECONDS" else super().field(name)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, ZonedDateTime) and self._epoch == other._epoch and self.zone.j_equals(other.zone)

    def j_toInstant(self) -> Instant:
        return Instant(self._epoch)

    def j_toEpochSecond(self) -> int:
        return self._epoch // SECOND

    def j_getZone(self) -> Zone:
        return self.zone

    def j_getOffset(self) -> Zone:
        return offset_of(self.offset)

    def j_withZoneSameInstant(self, zone: Zone) -> Any:
        return self._new(self._epoch, zone)

    def j_withZoneSameLocal(self, zone: Zone) -> Any:
        return LocalDateTime(self.days, self.nanos).j_atZone(zone)

    j_withOffsetSameInstant = j_withZoneSameInstant

    def j_withFixedOffsetZone(self) -> Any:
        return self._new(self._epoch, offset_of(self.offset))

    def j_toLocalDate(self) -> LocalDate:
        return LocalDate(self.days)

    def j_toLocalTime(self) -> LocalTime:
        return LocalTime(self.nanos)

    def j_toLocalDateTime(self) -> LocalDateTime:
        return LocalDateTime(self.days, self.nanos)

    def j_toOffsetDateTime(self) -> OffsetDateTime:
        return OffsetDateTime(self._epoch, offset_of(self.offset))

    def j_toString(self) -> str:
        text = f"{date_text(self.days)}T{time_text(self.nanos)}{offset_text(self.offset)}"
        return text if isinstance(self.zone, ZoneOffset) else f"{text}[{self.zone.name}]"


class OffsetDateTime(ZonedDateTime):
    java_class = "java.time.OffsetDateTime"

    def __init__(self, epoch: int, zone: Zone) -> None:
        super().__init__(epoch, zone)
        if not isinstance(zone, ZoneOffset):
            self.zone = offset_of(self.offset)

    def _new(self, epoch: int, zone: Zone) -> Any:
        return OffsetDateTime(epoch, zone)

    def j_toZonedDateTime(self) -> ZonedDateTime:
        return ZonedDateTime(self._epoch, self.zone)


class JodaDate(ZonedDateTime):
    """JodaCompatibleZonedDateTime: what date doc values give on 7.x."""

    java_class = "org.elasticsearch.script.JodaCompatibleZonedDateTime"

    def j_getDayOfWeekEnum(self) -> Any:
        return DAYS[calendar.day_of_week(self.days) - 1]

    def j_getMillis(self) -> int:
        return self.millis()

    def j_getCenturyOfEra(self) -> int:
        return self.j_getYear() // 100

    def j_getEra(self) -> int:
        return int(self.j_getYear() > 0)

    j_getHourOfDay = Moment.j_getHour
    j_getMinuteOfHour = Moment.j_getMinute
    j_getSecondOfMinute = Moment.j_getSecond
    j_getMonthOfYear = Moment.j_getMonthValue
    j_getYearOfEra = Moment.j_getYear
    j_getSecondOfDay = Moment.j_toSecondOfDay

    def j_getDayOfWeek(self) -> Any:
        return calendar.day_of_week(self.days)

    def j_getMillisOfDay(self) -> int:
        return self.nanos // 1_000_000

    def j_getMillisOfSecond(self) -> int:
        return self.nanos % SECOND // 1_000_000

    def j_getMinuteOfDay(self) -> int:
        return self.nanos // (60 * SECOND)

    def j_getWeekOfWeekyear(self) -> int:
        return calendar.week_of(self.days)[1]

    def j_getWeekyear(self) -> int:
        return calendar.week_of(self.days)[0]

    def j_getYearOfCentury(self) -> int:
        return self.j_getYear() % 100

    def j_toString(self, pattern: str | None = None, locale: Any = None) -> str:
        if pattern is not None:
            from esmock.script.painless.runtime.times import Formatter

            return Formatter(pattern).j_format(self)
        text = time_text(self.nanos)
        text = text if len(text) > 5 else text + ":00"
        text = text if "." in text else text + ".000"
        zone = "Z" if self.offset == 0 else offset_text(self.offset)
        return f"{date_text(self.days)}T{text}{zone}"


def joda_date(epoch_ms: int) -> JodaDate:
    """The date of a doc value."""
    return JodaDate(int(epoch_ms) * 1_000_000, _UTC_ZONE)


_UTC_ZONE = UTC_OFFSET


def converted(kind: type[Any], moment: Any) -> Any:
    """``from`` of a class. Raises DateTime for a moment that lacks something, NullPointer."""
    if moment is None:
        raise t.NullPointer("temporal" if kind in (LocalDate, LocalTime, Instant) else None)
    if type(moment) is kind:
        return moment
    has_date = getattr(moment, "has_date", False) and not isinstance(moment, Instant)
    has_time = getattr(moment, "has_time", False) and not isinstance(moment, Instant)
    has_zone = isinstance(moment, ZonedDateTime)
    if kind is LocalDate and has_date:
        return LocalDate(moment.days)
    if kind is LocalTime and has_time:
        return LocalTime(moment.nanos)
    if kind is LocalDateTime and has_date and has_time:
        return LocalDateTime(moment.days, moment.nanos)
    if kind is Instant and (has_zone or isinstance(moment, Instant)):
        return Instant(moment.epoch_ns())
    if issubclass(kind, ZonedDateTime) and has_zone:
        return kind(moment.epoch_ns(), moment.zone)
    cause: t.Throwable | None = None
    if kind is LocalDateTime:
        cause = _unobtainable("LocalTime" if has_date else "LocalDate", moment)
    elif kind is Instant:
        cause = t.UnsupportedTemporalType("Unsupported field: InstantSeconds")
    elif issubclass(kind, ZonedDateTime):
        cause = _unobtainable("ZoneOffset" if kind is OffsetDateTime else "ZoneId", moment)
    raise _unobtainable(short_name(kind.java_class), moment, cause)


def _unobtainable(what: str, moment: Any, cause: t.Throwable | None = None) -> t.Throwable:
    shown = f"Unable to obtain {what} from TemporalAccessor: {moment.j_toString()} of type {moment.java_class}"
    return t.DateTime(shown, cause)
