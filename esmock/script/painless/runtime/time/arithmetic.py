"""Java's arithmetic of dates (days since 1970) and times (nanoseconds of a day), by field and unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.fields import FIELDS, UNIT_MONTHS, ChronoField, ChronoUnit, ValueRange
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND, exact_long, remainder, truncated, wrap_long

MONTH_NAMES = (
    "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
).split()
_MICROS_PER_DAY, _MILLIS_PER_DAY = 86_400_000_000, 86_400_000


def unsupported_field(field: ChronoField) -> t.Throwable:
    return t.UnsupportedTemporalType(f"Unsupported field: {field.label}")


def unsupported_unit(unit: ChronoUnit) -> t.Throwable:
    return t.UnsupportedTemporalType(f"Unsupported unit: {unit.label}")


def valid_year(year: int) -> int:
    """Raises DateTime for a year beyond nine digits."""
    return FIELDS["YEAR"].check(wrap_long(year))


def valid_days(days: int) -> int:
    return FIELDS["EPOCH_DAY"].check(days)


def date_days(year: int, month: int, day: int) -> int:
    """The days of a date. Raises DateTime as LocalDate.of does."""
    FIELDS["YEAR"].check(year)
    FIELDS["MONTH_OF_YEAR"].check(month)
    FIELDS["DAY_OF_MONTH"].check(day)
    if day > calendar.month_length(year, month):
        if day == 29:
            raise t.DateTime(f"Invalid date 'February 29' as '{year}' is not a leap year")
        raise t.DateTime(f"Invalid date '{MONTH_NAMES[month - 1]} {day}'")
    return calendar.days_of(year, month, day)


def year_days(year: int, day: int) -> int:
    """The days of a day of a year. Raises DateTime as LocalDate.ofYearDay does."""
    FIELDS["YEAR"].check(year)
    FIELDS["DAY_OF_YEAR"].check(day)
    if day == 366 and not calendar.is_leap(year):
        raise t.DateTime(f"Invalid date 'DayOfYear 366' as '{year}' is not a leap year")
    return calendar.days_of(year, 1, 1) + day - 1


def clipped_days(year: int, month: int, day: int) -> int:
    """The days of a date whose day is at most the last of its month."""
    return calendar.days_of(year, month, min(day, calendar.month_length(year, month)))


def day_nanos(hour: int, minute: int = 0, second: int = 0, nano: int = 0) -> int:
    """The nanoseconds of a time. Raises DateTime as LocalTime.of does."""
    FIELDS["HOUR_OF_DAY"].check(hour)
    FIELDS["MINUTE_OF_HOUR"].check(minute)
    FIELDS["SECOND_OF_MINUTE"].check(second)
    return ((hour * 60 + minute) * 60 + second) * SECOND + FIELDS["NANO_OF_SECOND"].check(nano)


# -- dates

_DATE_NUMBERS: dict[str, Callable[[int, int, int, int], int]] = {
    "DAY_OF_WEEK": lambda days, y, m, d: calendar.day_of_week(days),
    "ALIGNED_DAY_OF_WEEK_IN_MONTH": lambda days, y, m, d: (d - 1) % 7 + 1,
    "ALIGNED_DAY_OF_WEEK_IN_YEAR": lambda days, y, m, d: (days - calendar.days_of(y, 1, 1)) % 7 + 1,
    "DAY_OF_MONTH": lambda days, y, m, d: d,
    "DAY_OF_YEAR": lambda days, y, m, d: days - calendar.days_of(y, 1, 1) + 1,
    "EPOCH_DAY": lambda days, y, m, d: days,
    "ALIGNED_WEEK_OF_MONTH": lambda days, y, m, d: (d - 1) // 7 + 1,
    "ALIGNED_WEEK_OF_YEAR": lambda days, y, m, d: (days - calendar.days_of(y, 1, 1)) // 7 + 1,
    "MONTH_OF_YEAR": lambda days, y, m, d: m,
    "PROLEPTIC_MONTH": lambda days, y, m, d: y * 12 + m - 1,
    "YEAR_OF_ERA": lambda days, y, m, d: y if y >= 1 else 1 - y,
    "YEAR": lambda days, y, m, d: y,
    "ERA": lambda days, y, m, d: int(y >= 1),
}


def date_number(days: int, field: ChronoField) -> int:
    """The value of a field of a date."""
    return _DATE_NUMBERS[field.name](days, *calendar.civil(days))


def date_range(days: int, field: ChronoField) -> ValueRange:
    year, month, _ = calendar.civil(days)
    if field.name == "DAY_OF_MONTH":
        return ValueRange(1, calendar.month_length(year, month))
    if field.name == "DAY_OF_YEAR":
        return ValueRange(1, 366 if calendar.is_leap(year) else 365)
    if field.name == "ALIGNED_WEEK_OF_MONTH":
        return ValueRange(1, 4 if month == 2 and not calendar.is_leap(year) else 5)
    return era_years(year) if field.name == "YEAR_OF_ERA" else field.range


def era_years(year: int) -> ValueRange:
    """The years of the era that a year is in."""
    return ValueRange(1, 1_000_000_000 if year <= 0 else 999_999_999)


def date_plus(days: int, amount: int, unit: ChronoUnit) -> int:
    """A date some units later. Raises UnsupportedTemporalType, DateTime, ArithmeticError_."""
    name = unit.name
    if name == "DAYS":
        return plus_days(days, amount)
    if name == "WEEKS":
        return plus_days(days, exact_long(amount * 7))
    if name == "MONTHS":
        return plus_months(days, amount)
    if name in UNIT_MONTHS:
        return plus_years(days, exact_long(amount * (UNIT_MONTHS[name] // 12)))
    if name == "ERAS":
        era = FIELDS["ERA"]
        return date_with(days, era, exact_long(date_number(days, era) + amount))
    raise unsupported_unit(unit)


def plus_days(days: int, amount: int) -> int:
    if not amount:
        return days
    year, month, day = calendar.civil(days)
    if month == 12 and 31 < day + amount <= 59:
        valid_year(year + 1)
    return valid_days(exact_long(days + amount))


def plus_months(days: int, amount: int) -> int:
    if not amount:
        return days
    year, month, day = calendar.civil(days)
    total = wrap_long(year * 12 + month - 1 + amount)
    return clipped_days(valid_year(total // 12), total % 12 + 1, day)


def plus_years(days: int, amount: int) -> int:
    if not amount:
        return days
    year, month, day = calendar.civil(days)
    return clipped_days(valid_year(year + amount), month, day)


def date_with(days: int, field: ChronoField, value: int) -> int:
    """A date with another value of a field. Raises DateTime, UnsupportedTemporalType."""
    field.check(value)
    if not field.date_based:
        raise unsupported_field(field)
    name = field.name
    year, month, day = calendar.civil(days)
    if name in ("DAY_OF_WEEK", "ALIGNED_DAY_OF_WEEK_IN_MONTH", "ALIGNED_DAY_OF_WEEK_IN_YEAR"):
        return plus_days(days, value - date_number(days, field))
    if name in ("ALIGNED_WEEK_OF_MONTH", "ALIGNED_WEEK_OF_YEAR"):
        return plus_days(days, 7 * (value - date_number(days, field)))
    if name == "DAY_OF_MONTH":
        return date_days(year, month, value)
    if name == "DAY_OF_YEAR":
        return year_days(year, value)
    if name == "EPOCH_DAY":
        return value
    if name == "MONTH_OF_YEAR":
        return clipped_days(year, value, day)
    if name == "PROLEPTIC_MONTH":
        return plus_months(days, value - (year * 12 + month - 1))
    return clipped_days(with_year(year, field, value), month, day)


def with_year(year: int, field: ChronoField, value: int) -> int:
    """The year after its number, its number in the era or its era is set. Raises DateTime."""
    if field.name == "YEAR_OF_ERA":
        return valid_year(value if year >= 1 else 1 - value)
    if field.name == "ERA":
        return year if int(year >= 1) == value else valid_year(1 - year)
    return valid_year(value)


def months_until(start: int, end: int) -> int:
    """Whole months between two dates."""
    (a, b, c), (x, y, z) = calendar.civil(start), calendar.civil(end)
    return truncated((x * 12 + y) * 32 + z - (a * 12 + b) * 32 - c, 32)


def date_until(start: int, end: int, unit: ChronoUnit) -> int:
    """Whole units between two dates. Raises UnsupportedTemporalType."""
    name = unit.name
    if name == "DAYS":
        return end - start
    if name == "WEEKS":
        return truncated(end - start, 7)
    if name in UNIT_MONTHS:
        return truncated(months_until(start, end), UNIT_MONTHS[name])
    if name == "ERAS":
        return date_number(end, FIELDS["ERA"]) - date_number(start, FIELDS["ERA"])
    raise unsupported_unit(unit)


def period_between(start: int, end: int) -> tuple[int, int, int]:
    """Years, months and days between two dates."""
    (a, b, c), (x, y, z) = calendar.civil(start), calendar.civil(end)
    months, days = (x - a) * 12 + y - b, z - c
    if months > 0 and days < 0:
        months -= 1
        days = end - plus_months(start, months)
    elif months < 0 and days > 0:
        months += 1
        days -= calendar.month_length(x, y)
    years = truncated(months, 12)
    return years, months - years * 12, days


# -- times

_TIME_STEPS = {
    "NANO_OF_SECOND": (1, SECOND),
    "NANO_OF_DAY": (1, 0),
    "MICRO_OF_SECOND": (1000, 1_000_000),
    "MICRO_OF_DAY": (1000, 0),
    "MILLI_OF_SECOND": (1_000_000, 1000),
    "MILLI_OF_DAY": (1_000_000, 0),
    "SECOND_OF_MINUTE": (SECOND, 60),
    "SECOND_OF_DAY": (SECOND, 0),
    "MINUTE_OF_HOUR": (60 * SECOND, 60),
    "MINUTE_OF_DAY": (60 * SECOND, 0),
    "HOUR_OF_AMPM": (3600 * SECOND, 12),
    "CLOCK_HOUR_OF_AMPM": (3600 * SECOND, 12),
    "HOUR_OF_DAY": (3600 * SECOND, 0),
    "CLOCK_HOUR_OF_DAY": (3600 * SECOND, 0),
    "AMPM_OF_DAY": (12 * 3600 * SECOND, 0),
}
"""For each field of a time: the nanoseconds of one, and how many there are until it starts again."""


def time_number(nanos: int, field: ChronoField) -> int:
    """The value of a field of a time."""
    size, cycle = _TIME_STEPS[field.name]
    value = nanos // size % cycle if cycle else nanos // size
    if value == 0 and field.name.startswith("CLOCK_"):
        return field.range.high
    return value


def time_with(nanos: int, field: ChronoField, value: int) -> int:
    """A time with another value of a field. Raises DateTime, UnsupportedTemporalType."""
    field.check(value)
    if not field.time_based:
        raise unsupported_field(field)
    size, cycle = _TIME_STEPS[field.name]
    if field.name.startswith("CLOCK_"):
        value %= field.range.high
    if field.name in ("NANO_OF_DAY", "MICRO_OF_DAY", "MILLI_OF_DAY"):
        return value * size
    whole = nanos % size if size >= SECOND else 0
    if field.name.endswith("_OF_SECOND"):
        return nanos // SECOND * SECOND + value * size
    old = nanos // size % cycle if cycle else nanos // size
    return (nanos // size - old + value) * size + whole


def time_delta(amount: int, unit: ChronoUnit) -> int:
    """Nanoseconds of an amount of a unit of time. Raises UnsupportedTemporalType."""
    if not unit.time_based:
        raise unsupported_unit(unit)
    return amount * unit.nanos


def half_days_delta(amount: int) -> int:
    """ES: java.time moves a date-time by one day for 256 half days, and by hours for the rest."""
    return truncated(amount, 256) * NANOS_PER_DAY + remainder(amount, 256) * (NANOS_PER_DAY // 2)


def truncated_nanos(nanos: int, unit: Any) -> int:
    """Nanoseconds of a day cut to a unit. Raises UnsupportedTemporalType."""
    size = unit.j_getDuration().nanos
    if size > NANOS_PER_DAY:
        raise t.UnsupportedTemporalType("Unit is too large to be used for truncation")
    if NANOS_PER_DAY % size:
        raise t.UnsupportedTemporalType("Unit must divide into a standard day without remainder")
    return int(nanos // size * size)
