"""The ISO chronology's way from fields to a date."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField
from esmock.script.painless.runtime.time.local import LocalDate
from esmock.script.painless.runtime.time.value import exact_long
from esmock.script.painless.runtime.time.week_fields import (
    DAY_OF_QUARTER,
    QUARTER_OF_YEAR,
    WEEK_BASED_YEAR,
    WEEK_OF_WEEK_BASED_YEAR,
    JulianField,
    weeks_of,
)

_F = FIELDS


def _add(values: dict[Any, int], name: str, value: int) -> None:
    field = _F[name]
    old = values.get(field)
    if old is not None and old != value:
        raise t.DateTime(f"Conflict found: {field.label} {old} differs from {field.label} {value}")
    values[field] = value


def resolve_date(values: dict[Any, int], *, lenient: bool, strict: bool) -> LocalDate | None:
    """The date that the fields make, which are taken out; None when they do not suffice. Raises DateTime."""
    if _F["EPOCH_DAY"] in values:
        return LocalDate(a.valid_days(values.pop(_F["EPOCH_DAY"])))
    months = values.pop(_F["PROLEPTIC_MONTH"], None)
    if months is not None:
        if not lenient:
            _F["PROLEPTIC_MONTH"].check(months)
        _add(values, "MONTH_OF_YEAR", months % 12 + 1)
        _add(values, "YEAR", months // 12)
    _era(values, lenient=lenient, strict=strict)
    if _F["YEAR"] not in values:
        return None
    for names, resolve in _RULES:
        if all(_F[name] in values for name in names):
            year = _F["YEAR"].check(values.pop(_F["YEAR"]))
            return resolve(year, *(values.pop(_F[name]) for name in names), _Style(lenient, strict))
    return None


def _era(values: dict[Any, int], *, lenient: bool, strict: bool) -> None:
    number = values.pop(_F["YEAR_OF_ERA"], None)
    if number is None:
        if _F["ERA"] in values:
            _F["ERA"].check(values[_F["ERA"]])
        return
    if not lenient:
        _F["YEAR_OF_ERA"].check(number)
    era, year = values.pop(_F["ERA"], None), values.get(_F["YEAR"])
    if era is None:
        if strict and year is None:
            values[_F["YEAR_OF_ERA"]] = number
        else:
            _add(values, "YEAR", number if year is None or year > 0 else exact_long(1 - number))
    elif era in (0, 1):
        _add(values, "YEAR", number if era == 1 else exact_long(1 - number))
    else:
        raise t.DateTime(f"Invalid value for era: {era}")


class _Style:
    """How strictly fields are taken: ``check`` a value, ``same`` refuses a date that left its month or year."""

    def __init__(self, lenient: bool, strict: bool) -> None:
        self.lenient, self.strict = lenient, strict

    def check(self, name: str, value: int) -> int:
        return value if self.lenient else _F[name].check(value)

    def same(self, days: int, field: ChronoField, value: int, what: str) -> LocalDate:
        if self.strict and a.date_number(days, field) != value:
            raise t.DateTime(f"Strict mode rejected resolved date as it is in a different {what}")
        return LocalDate(days)


def _month_day(year: int, month: int, day: int, style: _Style) -> LocalDate:
    if style.lenient:
        return LocalDate(a.plus_days(a.plus_months(calendar.days_of(year, 1, 1), exact_long(month - 1)), exact_long(day - 1)))
    month, day = _F["MONTH_OF_YEAR"].check(month), _F["DAY_OF_MONTH"].check(day)
    if not style.strict:
        day = min(day, calendar.month_length(year, month))
    return LocalDate(a.date_days(year, month, day))


def _year_day(year: int, day: int, style: _Style) -> LocalDate:
    if style.lenient:
        return LocalDate(a.plus_days(calendar.days_of(year, 1, 1), exact_long(day - 1)))
    return LocalDate(a.year_days(year, day))


def _month_week_day(year: int, month: int, week: int, day: int, style: _Style) -> LocalDate:
    month, week = style.check("MONTH_OF_YEAR", month), style.check("ALIGNED_WEEK_OF_MONTH", week)
    day = style.check("ALIGNED_DAY_OF_WEEK_IN_MONTH", day)
    first = a.plus_months(calendar.days_of(year, 1, 1), month - 1)
    return style.same(a.plus_days(first, (week - 1) * 7 + day - 1), _F["MONTH_OF_YEAR"], month, "month")


def _month_week_weekday(year: int, month: int, week: int, weekday: int, style: _Style) -> LocalDate:
    month, week = style.check("MONTH_OF_YEAR", month), style.check("ALIGNED_WEEK_OF_MONTH", week)
    start = a.plus_days(a.plus_months(calendar.days_of(year, 1, 1), month - 1), (week - 1) * 7)
    weekday = style.check("DAY_OF_WEEK", weekday)
    days = a.plus_days(start, (weekday - calendar.day_of_week(start)) % 7 if not style.lenient else _lenient(start, weekday))
    return style.same(days, _F["MONTH_OF_YEAR"], month, "month")


def _lenient(start: int, weekday: int) -> int:
    weeks, rest = divmod(weekday - 1, 7)
    return weeks * 7 + (rest + 1 - calendar.day_of_week(start)) % 7


def _year_week_day(year: int, week: int, day: int, style: _Style) -> LocalDate:
    week = style.check("ALIGNED_WEEK_OF_YEAR", week)
    day = style.check("ALIGNED_DAY_OF_WEEK_IN_YEAR", day)
    days = a.plus_days(calendar.days_of(year, 1, 1), (week - 1) * 7 + day - 1)
    return style.same(days, _F["YEAR"], year, "year")


def _year_week_weekday(year: int, week: int, weekday: int, style: _Style) -> LocalDate:
    week = style.check("ALIGNED_WEEK_OF_YEAR", week)
    start = a.plus_days(calendar.days_of(year, 1, 1), (week - 1) * 7)
    weekday = style.check("DAY_OF_WEEK", weekday)
    days = a.plus_days(start, _lenient(start, weekday))
    return style.same(days, _F["YEAR"], year, "year")


_RULES: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("MONTH_OF_YEAR", "DAY_OF_MONTH"), _month_day),
    (("MONTH_OF_YEAR", "ALIGNED_WEEK_OF_MONTH", "ALIGNED_DAY_OF_WEEK_IN_MONTH"), _month_week_day),
    (("MONTH_OF_YEAR", "ALIGNED_WEEK_OF_MONTH", "DAY_OF_WEEK"), _month_week_weekday),
    (("DAY_OF_YEAR",), _year_day),
    (("ALIGNED_WEEK_OF_YEAR", "ALIGNED_DAY_OF_WEEK_IN_YEAR"), _year_week_day),
    (("ALIGNED_WEEK_OF_YEAR", "DAY_OF_WEEK"), _year_week_weekday),
)


# -- fields beside ChronoField


def resolve_other(field: Any, values: dict[Any, int], style: str) -> LocalDate | None:
    """The date that a field of IsoFields, JulianFields or WeekFields makes with others. Raises DateTime."""
    lenient, strict = style == "LENIENT", style == "STRICT"
    if isinstance(field, JulianField):
        value = values.pop(field)
        if not lenient:
            field.j_range().check(value, field)
        return LocalDate(a.valid_days(value - field.shift))
    if field is DAY_OF_QUARTER and _F["YEAR"] in values and QUARTER_OF_YEAR in values:
        return _quarter(values, lenient=lenient, strict=strict)
    if field is WEEK_OF_WEEK_BASED_YEAR and WEEK_BASED_YEAR in values and _F["DAY_OF_WEEK"] in values:
        return _iso_week(values, lenient=lenient, strict=strict)
    if getattr(field, "weeks", None) is not None:
        return _locale_weeks(field, values, lenient=lenient)
    return None


def _quarter(values: dict[Any, int], *, lenient: bool, strict: bool) -> LocalDate:
    year = _F["YEAR"].check(values.pop(_F["YEAR"]))
    quarter, day = values.pop(QUARTER_OF_YEAR), values.pop(DAY_OF_QUARTER)
    if lenient:
        return LocalDate(a.plus_days(a.plus_months(calendar.days_of(year, 1, 1), (quarter - 1) * 3), day - 1))
    first = calendar.days_of(year, (QUARTER_OF_YEAR.j_range().check_int(quarter, QUARTER_OF_YEAR) - 1) * 3 + 1, 1)
    limits = DAY_OF_QUARTER.refined(LocalDate(first)) if strict else DAY_OF_QUARTER.j_range()
    if not strict and not 1 <= day <= 92:
        limits.check(day, DAY_OF_QUARTER)
    if strict:
        limits.check(day, DAY_OF_QUARTER)
    return LocalDate(first + day - 1)


def _iso_week(values: dict[Any, int], *, lenient: bool, strict: bool) -> LocalDate:
    year = _F["YEAR"].range.check_int(values.pop(WEEK_BASED_YEAR), WEEK_BASED_YEAR)
    week, weekday = values.pop(WEEK_OF_WEEK_BASED_YEAR), values.pop(_F["DAY_OF_WEEK"])
    if not lenient:
        _F["DAY_OF_WEEK"].check(weekday)
        if strict and week == 53 and weeks_of(year) == 52:
            WEEK_OF_WEEK_BASED_YEAR.j_range().check(54 if week > 53 else week, WEEK_OF_WEEK_BASED_YEAR)
            raise t.DateTime(f"Invalid value for WeekOfWeekBasedYear (valid values 1 - 52): {week}")
        WEEK_OF_WEEK_BASED_YEAR.j_range().check(week, WEEK_OF_WEEK_BASED_YEAR)
    return LocalDate(calendar.days_of_week(year, week, weekday))


def _locale_weeks(field: Any, values: dict[Any, int], *, lenient: bool) -> LocalDate | None:
    weeks = field.weeks
    if field.kind == "DayOfWeek":
        value = field.j_range().check_int(values.pop(field), field)
        values[_F["DAY_OF_WEEK"]] = (weeks.first.ordinal + value - 1) % 7 + 1
        return None
    if _F["DAY_OF_WEEK"] not in values:
        return None
    weekday = _F["DAY_OF_WEEK"].check(values[_F["DAY_OF_WEEK"]])
    local = (weekday - 1 - weeks.first.ordinal) % 7 + 1
    year_field = weeks.j_weekBasedYear()
    if field.kind in ("WeekOfWeekBasedYear", "WeekBasedYear"):
        week_field = weeks.j_weekOfWeekBasedYear()
        if year_field not in values or week_field not in values:
            return None
        year, week = values.pop(year_field), values.pop(week_field)
        if not lenient:
            week_field.j_range().check(week, week_field)
        del values[_F["DAY_OF_WEEK"]]
        return weeks.j_weekBasedYear()._of_week_year(year, week, local)  # type: ignore[no-any-return]
    if _F["YEAR"] not in values:
        return None
    year = _F["YEAR"].check(values[_F["YEAR"]])
    if field.kind == "WeekOfMonth":
        if _F["MONTH_OF_YEAR"] not in values:
            return None
        month = _F["MONTH_OF_YEAR"].check(values.pop(_F["MONTH_OF_YEAR"]))
        first = calendar.days_of(year, month, 1)
    else:
        first = calendar.days_of(year, 1, 1)
    week = field.j_range().check(values.pop(field), field)
    del values[_F["YEAR"]], values[_F["DAY_OF_WEEK"]]
    current = weeks.week(1, weeks.weekday(first))
    return LocalDate(a.plus_days(first, (week - current) * 7 + local - weeks.weekday(first)))
