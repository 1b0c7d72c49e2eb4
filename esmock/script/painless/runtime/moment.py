"""What the dates and times of java.time share: fields, arithmetic, comparison."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.durations import SECOND, Duration, Period, truncated
from esmock.script.painless.runtime.enums import (
    DAYS,
    FIELDS,
    MONTHS,
    NANOS_PER_DAY,
    UNIT_MONTHS,
    UNIT_NANOS,
    UNITS,
)
from esmock.script.painless.runtime.values import wrap_int
from esmock.script.painless.runtime.zones import Zone

_MAX_YEAR = 999_999_999
_FIRST_DAY, _LAST_DAY = -365243219162, 365241780471


def _fits_long(value: int) -> int:
    if not -(1 << 63) <= value < 1 << 63:
        raise t.ArithmeticError_("long overflow")
    return value


def valid_days(days: int) -> int:
    """Days since 1970 that a date can have. Raises DateTime, and ArithmeticError_ beyond a long."""
    return _check("EpochDay", _fits_long(days), _FIRST_DAY, _LAST_DAY)


def valid_year(year: int) -> int:
    """A year that a date can have, after Java's overflow. Raises DateTime."""
    return _check("Year", (year + (1 << 63)) % (1 << 64) - (1 << 63), -_MAX_YEAR, _MAX_YEAR)


def _months_later(days: int, months: int) -> int:
    year, month, day = calendar.civil(days)
    total = year * 12 + month - 1 + months
    total = (total + (1 << 63)) % (1 << 64) - (1 << 63)
    year, month = valid_year(total // 12), total % 12 + 1
    return calendar.days_of(year, month, min(day, calendar.month_length(year, month)))


def _check(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise t.DateTime(f"Invalid value for {name} (valid values {low} - {high}): {value}")
    return value


def date_days(year: int, month: int, day: int) -> int:
    """Days of a date. Raises DateTime as LocalDate.of does."""
    _check("MonthOfYear", month, 1, 12)
    if not 1 <= day <= 31:
        raise t.DateTime(f"Invalid value for DayOfMonth (valid values 1 - 28/31): {day}")
    if day > calendar.month_length(year, month):
        if day == 29:
            raise t.DateTime(f"Invalid date 'February 29' as '{year}' is not a leap year")
        raise t.DateTime(f"Invalid date '{MONTHS[month - 1].name} {day}'")
    return calendar.days_of(year, month, day)


def day_nanos(hour: int, minute: int, second: int = 0, nano: int = 0) -> int:
    _check("HourOfDay", hour, 0, 23)
    _check("MinuteOfHour", minute, 0, 59)
    _check("SecondOfMinute", second, 0, 59)
    return ((hour * 60 + minute) * 60 + second) * SECOND + _check("NanoOfSecond", nano, 0, 999_999_999)


_READS_OTHER = {
    "Instant": 'Cannot read field "seconds" because "otherInstant" is null',
    "LocalDate": 'Cannot invoke "java.time.chrono.ChronoLocalDate.toEpochDay()" because "other" is null',
    "LocalTime": 'Cannot read field "hour" because "other" is null',
    "LocalDateTime": 'Cannot invoke "java.time.chrono.ChronoLocalDateTime.toLocalDate()" because "other" is null',
    "OffsetDateTime": 'Cannot invoke "java.time.OffsetDateTime.toEpochSecond()" because "other" is null',
    "ZonedDateTime": 'Cannot invoke "java.time.chrono.ChronoZonedDateTime.toEpochSecond()" because "other" is null',
}


class Moment:
    """What dates and times share: ``days`` and ``nanos`` (either may be absent), rebuilt by ``_with``."""

    days: int
    nanos: int
    has_date = True
    has_time = True

    def _with(self, days: int, nanos: int) -> Any:
        raise NotImplementedError

    def _rank(self) -> tuple[int, ...]:
        return (self.days, self.nanos)

    # -- reading

    def j_getYear(self) -> int:
        return calendar.civil(self.days)[0]

    def j_getMonthValue(self) -> int:
        return calendar.civil(self.days)[1]

    def j_getMonth(self) -> Any:
        return MONTHS[self.j_getMonthValue() - 1]

    def j_getDayOfMonth(self) -> int:
        return calendar.civil(self.days)[2]

    def j_getDayOfYear(self) -> int:
        return calendar.day_of_year(self.days)

    def j_getDayOfWeek(self) -> Any:
        return DAYS[calendar.day_of_week(self.days) - 1]

    def j_lengthOfMonth(self) -> int:
        year, month, _ = calendar.civil(self.days)
        return calendar.month_length(year, month)

    def j_lengthOfYear(self) -> int:
        return 366 if self.j_isLeapYear() else 365

    def j_isLeapYear(self) -> bool:
        return calendar.is_leap(self.j_getYear())

    def j_toEpochDay(self) -> int:
        return self.days

    def j_getHour(self) -> int:
        return self.nanos // (3600 * SECOND)

    def j_getMinute(self) -> int:
        return self.nanos // (60 * SECOND) % 60

    def j_getSecond(self) -> int:
        return self.nanos // SECOND % 60

    def j_getNano(self) -> int:
        return self.nanos % SECOND

    def j_toSecondOfDay(self) -> int:
        return self.nanos // SECOND

    def j_toNanoOfDay(self) -> int:
        return self.nanos

    def field(self, name: str) -> int | None:
        """The value of a ChronoField, or None when the class has not that field."""
        if self.has_date:
            readers: dict[str, Any] = {
                "YEAR": self.j_getYear,
                "MONTH_OF_YEAR": self.j_getMonthValue,
                "DAY_OF_MONTH": self.j_getDayOfMonth,
                "DAY_OF_YEAR": self.j_getDayOfYear,
                "DAY_OF_WEEK": lambda: calendar.day_of_week(self.days),
                "EPOCH_DAY": lambda: self.days,
                "YEAR_OF_ERA": lambda: self.j_getYear() if self.j_getYear() > 0 else 1 - self.j_getYear(),
                "ALIGNED_WEEK_OF_YEAR": lambda: (self.j_getDayOfYear() - 1) // 7 + 1,
                "ALIGNED_WEEK_OF_MONTH": lambda: (self.j_getDayOfMonth() - 1) // 7 + 1,
                "PROLEPTIC_MONTH": lambda: self.j_getYear() * 12 + self.j_getMonthValue() - 1,
                "ERA": lambda: int(self.j_getYear() > 0),
            }
            readers |= self._iso_fields()
            if name in readers:
                return int(readers[name]())
        if self.has_time:
            sizes = {
                "NANO_OF_DAY": (1, None),
                "NANO_OF_SECOND": (1, SECOND),
                "MICRO_OF_DAY": (1000, None),
                "MICRO_OF_SECOND": (1000, 1_000_000),
                "MILLI_OF_DAY": (1_000_000, None),
                "MILLI_OF_SECOND": (1_000_000, 1000),
                "SECOND_OF_DAY": (SECOND, None),
                "SECOND_OF_MINUTE": (SECOND, 60),
                "MINUTE_OF_DAY": (60 * SECOND, None),
                "MINUTE_OF_HOUR": (60 * SECOND, 60),
                "HOUR_OF_DAY": (3600 * SECOND, None),
                "HOUR_OF_AMPM": (3600 * SECOND, 12),
                "CLOCK_HOUR_OF_AMPM": (3600 * SECOND, 12),
                "AMPM_OF_DAY": (12 * 3600 * SECOND, None),
            }
            if name in sizes:
                size, modulus = sizes[name]
                value = self.nanos // size
                return value % modulus if modulus else value
        return None

    def _iso_fields(self) -> dict[str, Any]:
        quarter = (self.j_getMonthValue() - 1) // 3
        return {
            "QUARTER_OF_YEAR": lambda: quarter + 1,
            "DAY_OF_QUARTER": lambda: self.days - calendar.days_of(self.j_getYear(), quarter * 3 + 1, 1) + 1,
            "WEEK_OF_WEEK_BASED_YEAR": lambda: calendar.week_of(self.days)[1],
            "WEEK_BASED_YEAR": lambda: calendar.week_of(self.days)[0],
        }

    def j_get(self, field: Any) -> int:
        self.require(field)
        return self.field(field.name)  # type: ignore[return-value]

    j_getLong = j_get

    def require(self, field: Any) -> None:
        """Raises UnsupportedTemporalType for a field that the class has not."""
        if self.field(field.name) is None:
            raise t.UnsupportedTemporalType(f"Unsupported field: {field.label}")

    def j_isSupported(self, what: Any) -> bool:
        if what.name in FIELDS and FIELDS[what.name] is what:
            return self.field(what.name) is not None
        return what.name != "FOREVER" and (self.has_time or what.name not in UNIT_NANOS or what.name in ("DAYS", "WEEKS"))

    # -- arithmetic

    def _moved(self, count: int, unit: str) -> Any:
        if unit == "YEARS" and self.has_date:
            valid_year(self.j_getYear() + count)
        if unit in UNIT_MONTHS and self.has_date:
            return self._with(_months_later(self.days, count * UNIT_MONTHS[unit]), self.nanos)
        size = UNIT_NANOS.get(unit)
        if size is None or (not self.has_date and unit in ("DAYS", "WEEKS")) or (not self.has_time and size < NANOS_PER_DAY):
            raise t.UnsupportedTemporalType(f"Unsupported unit: {UNITS[unit].label}")
        if size >= NANOS_PER_DAY:
            return self._with(valid_days(self.days + _fits_long(count * (size // NANOS_PER_DAY))), self.nanos)
        return self._nanos_later(count * size)

    def _nanos_later(self, nanos: int) -> Any:
        days, of_day = divmod(self.nanos + nanos, NANOS_PER_DAY)
        return self._with(valid_days(self.days + days) if self.has_date else 0, of_day)

    def j_plus(self, amount: Any, unit: Any = None) -> Any:
        if unit is not None:
            return self._moved(amount, unit.name)
        if isinstance(amount, Duration):
            moved = self._moved(amount.nanos // SECOND, "SECONDS") if amount.nanos // SECOND else self
            return moved._moved(amount.nanos % SECOND, "NANOS") if amount.nanos % SECOND else moved
        months = amount.years * 12 + amount.months
        moved = self._moved(months, "MONTHS") if months else self
        return moved._moved(amount.days, "DAYS") if amount.days else moved

    def j_minus(self, amount: Any, unit: Any = None) -> Any:
        if unit is not None:
            return self._moved(-amount, unit.name)
        return self.j_plus(amount.j_negated())

    def j_truncatedTo(self, unit: Any) -> Any:
        size = UNIT_NANOS.get(unit.name)
        if size is None or size > NANOS_PER_DAY:
            raise t.UnsupportedTemporalType("Unit is too large to be used for truncation")
        return self._with(self.days, self.nanos // size * size)

    def j_with(self, adjuster: Any, value: int | None = None) -> Any:
        if value is None:
            if isinstance(adjuster, Moment):
                days = adjuster.days if adjuster.has_date else self.days
                return self._with(days, adjuster.nanos if adjuster.has_time else self.nanos)
            return adjuster(self)
        year, month, day = calendar.civil(self.days) if self.has_date else (1970, 1, 1)
        name = adjuster.name
        self.require(adjuster)
        if name == "YEAR":
            valid_year(value)
            return self._with(calendar.days_of(value, month, min(day, calendar.month_length(value, month))), self.nanos)
        if name == "MONTH_OF_YEAR":
            _check("MonthOfYear", value, 1, 12)
            return self._with(calendar.days_of(year, value, min(day, calendar.month_length(year, value))), self.nanos)
        if name == "DAY_OF_MONTH":
            return self._with(date_days(year, month, value), self.nanos)
        if name == "DAY_OF_YEAR":
            if not 1 <= value <= 366:
                raise t.DateTime(f"Invalid value for DayOfYear (valid values 1 - 365/366): {value}")
            if value == 366 and not calendar.is_leap(year):
                raise t.DateTime(f"Invalid date 'DayOfYear 366' as '{year}' is not a leap year")
            return self._with(calendar.days_of(year, 1, 1) + value - 1, self.nanos)
        if name == "DAY_OF_WEEK":
            _check("DayOfWeek", value, 1, 7)
            return self._with(self.days + value - calendar.day_of_week(self.days), self.nanos)
        sizes = {"HOUR_OF_DAY": 3600, "MINUTE_OF_HOUR": 60, "SECOND_OF_MINUTE": 1}
        if name in sizes:
            _check(adjuster.label, value, 0, 23 if name == "HOUR_OF_DAY" else 59)
            old = self.field(name) or 0
            return self._with(self.days, self.nanos + (value - old) * sizes[name] * SECOND)
        if name == "NANO_OF_SECOND":
            _check("NanoOfSecond", value, 0, SECOND - 1)
            return self._with(self.days, self.nanos // SECOND * SECOND + value)
        raise t.UnsupportedTemporalType(f"Unsupported field: {adjuster.label}")

    def j_until(self, end: Any, unit: Any = None) -> Any:
        from esmock.script.painless.runtime.moments import converted

        end = converted(type(self), end)
        if unit is None:
            return self._period_until(end)
        name = unit.name
        if name in UNIT_MONTHS:
            first, second = self._line(), end._line()
            a, b = calendar.civil(first[0]), calendar.civil(second[0])
            months = (b[0] - a[0]) * 12 + b[1] - a[1]
            if months > 0 and (b[2], second[1]) < (a[2], first[1]):
                months -= 1
            elif months < 0 and (b[2], second[1]) > (a[2], first[1]):
                months += 1
            return truncated(months, UNIT_MONTHS[name])
        if name not in UNIT_NANOS:
            raise t.UnsupportedTemporalType(f"Unsupported unit: {unit.label}")
        if UNIT_NANOS[name] < NANOS_PER_DAY and not self.has_time:
            raise t.UnsupportedTemporalType(f"Unsupported unit: {unit.label}")
        first, second = self._line(), end._line()
        return truncated((second[0] - first[0]) * NANOS_PER_DAY + second[1] - first[1], UNIT_NANOS[name])

    def _line(self) -> tuple[int, int]:
        return (self.days if self.has_date else 0, self.nanos if self.has_time else 0)

    def _period_until(self, end: Any) -> Period:
        a, b = calendar.civil(self.days), calendar.civil(end.days)
        months = (b[0] - a[0]) * 12 + b[1] - a[1]
        days = b[2] - a[2]
        if months > 0 and days < 0:
            months -= 1
            days = end.days - _months_later(self.days, months)
        elif months < 0 and days > 0:
            months += 1
            days -= calendar.month_length(b[0], b[1])
        years = truncated(months, 12)
        return Period(years, months - years * 12, days)

    # -- comparing

    def _other(self, other: Any) -> Any:
        if other is None:
            raise t.NullPointer(_READS_OTHER.get(type(self).__name__))
        return other._rank()

    def j_isBefore(self, other: Any) -> bool:
        return self._rank() < self._other(other)

    def j_isAfter(self, other: Any) -> bool:
        return self._rank() > self._other(other)

    def j_isEqual(self, other: Any) -> bool:
        return self._rank() == self._other(other)

    def j_compareTo(self, other: Any) -> int:
        return (self._rank() > self._other(other)) - (self._rank() < other._rank())

    def j_equals(self, other: Any) -> bool:
        return type(self) is type(other) and self._rank() == other._rank()

    def j_hashCode(self) -> int:
        return wrap_int(hash(self._rank()))

    def j_format(self, formatter: Any) -> str:
        return str(formatter.j_format(self))

    def epoch_ns(self) -> int:
        """Nanoseconds since 1970, as if the local time were UTC where there is no zone."""
        return self._line()[0] * NANOS_PER_DAY + self._line()[1]

    zone: Zone | None = None


_UNIT_NAMES = {"Days": "DAYS", "Weeks": "WEEKS", "Months": "MONTHS", "Years": "YEARS", "Hours": "HOURS"}
_UNIT_NAMES |= {"Minutes": "MINUTES", "Seconds": "SECONDS", "Nanos": "NANOS", "Millis": "MILLIS"}
for _suffix, _unit in _UNIT_NAMES.items():
    setattr(Moment, "j_plus" + _suffix, lambda self, n, unit=_unit: self._moved(n, unit))
    setattr(Moment, "j_minus" + _suffix, lambda self, n, unit=_unit: self._moved(-n, unit))
for _suffix, _field in (
    ("Year", "YEAR"),
    ("Month", "MONTH_OF_YEAR"),
    ("DayOfMonth", "DAY_OF_MONTH"),
    ("DayOfYear", "DAY_OF_YEAR"),
    ("Hour", "HOUR_OF_DAY"),
    ("Minute", "MINUTE_OF_HOUR"),
    ("Second", "SECOND_OF_MINUTE"),
    ("Nano", "NANO_OF_SECOND"),
):
    setattr(Moment, "j_with" + _suffix, lambda self, n, field=_field: self.j_with(FIELDS[field], n))
