"""java.time's Year, YearMonth and MonthDay."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.enums import MONTHS, month_of
from esmock.script.painless.runtime.time.fields import (
    FIELDS,
    MAX_YEAR,
    MIN_YEAR,
    UNIT_MONTHS,
    ChronoField,
    ChronoUnit,
    ValueRange,
)
from esmock.script.painless.runtime.time.local import LocalDate
from esmock.script.painless.runtime.time.temporal import Accessor, Temporal, mover, setter, unobtainable
from esmock.script.painless.runtime.time.value import exact_long, required, truncated, wrap_long
from esmock.script.painless.runtime.values import wrap_int

_YEAR_FIELDS = ("YEAR", "YEAR_OF_ERA", "ERA")


class YearMonth(Temporal):
    """Months since the start of year 0."""

    java_class = "java.time.YearMonth"
    precision, iso, too_wide = "MONTHS", True, None
    fields: tuple[str, ...] = (*_YEAR_FIELDS, "MONTH_OF_YEAR", "PROLEPTIC_MONTH")
    smallest = 1
    __slots__ = ("months",)

    def __init__(self, months: int) -> None:
        self.months = months

    @classmethod
    def of(cls, year: int, month: Any = 1) -> Any:
        """Raises DateTime for a year or a month that does not exist."""
        FIELDS["YEAR"].check(year)
        return cls(year * 12 + FIELDS["MONTH_OF_YEAR"].check(month_of(required(month, "month"))) - 1)

    def _key(self) -> int:
        return self.months

    def supports(self, field: ChronoField) -> bool:
        return field.name in self.fields

    def j_isSupported(self, what: Any) -> bool:
        if isinstance(what, ChronoUnit):
            return what.name == "ERAS" or UNIT_MONTHS.get(what.name, 0) >= self.smallest
        return super().j_isSupported(what)

    def number(self, field: ChronoField) -> int:
        year = self.months // 12
        values = {
            "YEAR": year,
            "YEAR_OF_ERA": year if year >= 1 else 1 - year,
            "ERA": int(year >= 1),
            "MONTH_OF_YEAR": self.months % 12 + 1,
            "PROLEPTIC_MONTH": self.months,
        }
        return values[field.name]

    def limits(self, field: ChronoField) -> ValueRange:
        return a.era_years(self.months // 12) if field.name == "YEAR_OF_ERA" else field.range

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        if not self.j_isSupported(unit):
            raise a.unsupported_unit(unit)
        if unit.name == "ERAS":
            return self.replaced(FIELDS["ERA"], exact_long(self.number(FIELDS["ERA"]) + amount))
        if unit.name == "MONTHS":
            return self._at(wrap_long(self.months + amount))
        years = exact_long(amount * (UNIT_MONTHS[unit.name] // 12))
        return self._at(wrap_long(self.months // 12 + years) * 12 + self.months % 12) if years else self

    def _at(self, months: int) -> Any:
        a.valid_year(months // 12)
        return type(self)(months)

    def replaced(self, field: ChronoField, value: int) -> Any:
        field.check(value)
        self.require(field)
        if field.name == "MONTH_OF_YEAR":
            return type(self)(self.months // 12 * 12 + value - 1)
        if field.name == "PROLEPTIC_MONTH":
            return type(self)(value)
        return type(self)(a.with_year(self.months // 12, field, value) * 12 + self.months % 12)

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["PROLEPTIC_MONTH"], self.months)

    def j_until(self, end: Any, unit: Any) -> int:
        end = _from(type(self))(end)
        if not isinstance(unit, ChronoUnit):
            return int(unit.j_between(self, end))
        if not self.j_isSupported(unit):
            raise a.unsupported_unit(unit)
        if unit.name == "ERAS":
            return end.number(FIELDS["ERA"]) - self.number(FIELDS["ERA"])
        return truncated(end.months - self.months, UNIT_MONTHS[unit.name])

    def j_getYear(self) -> int:
        return self.months // 12

    def j_getMonthValue(self) -> int:
        return self.months % 12 + 1

    def j_getMonth(self) -> Any:
        return MONTHS[self.months % 12]

    def j_isLeapYear(self) -> bool:
        return calendar.is_leap(self.j_getYear())

    def j_lengthOfMonth(self) -> int:
        return calendar.month_length(self.j_getYear(), self.j_getMonthValue())

    def j_lengthOfYear(self) -> int:
        return 366 if self.j_isLeapYear() else 365

    def j_isValidDay(self, day: int) -> bool:
        return 1 <= day <= self.j_lengthOfMonth()

    def j_atDay(self, day: int) -> LocalDate:
        return LocalDate(a.date_days(self.j_getYear(), self.j_getMonthValue(), day))

    def j_atEndOfMonth(self) -> LocalDate:
        return self.j_atDay(self.j_lengthOfMonth())

    j_plusMonths, j_minusMonths = mover("MONTHS"), mover("MONTHS", -1)
    j_plusYears, j_minusYears = mover("YEARS"), mover("YEARS", -1)
    j_withMonth, j_withYear = setter("MONTH_OF_YEAR"), setter("YEAR")

    def j_compareTo(self, other: Any) -> int:
        return (self.j_getYear() - other.j_getYear()) or (self.months % 12 - other.months % 12)

    def j_hashCode(self) -> int:
        return wrap_int(self.j_getYear() ^ (self.j_getMonthValue() << 27))

    def j_toString(self) -> str:
        year = self.j_getYear()
        shown = f"{year:04d}" if 0 <= year <= 9999 else f"-{-year:04d}" if year < 0 else str(year)
        return f"{shown}-{self.j_getMonthValue():02d}"


class Year(YearMonth):
    """The January of its year."""

    java_class = "java.time.Year"
    precision = "YEARS"
    fields = _YEAR_FIELDS
    smallest = 12
    __slots__ = ()

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["YEAR"], self.j_getYear())

    def j_getValue(self) -> int:
        return self.j_getYear()

    def j_isLeap(self) -> bool:
        return self.j_isLeapYear()

    def j_length(self) -> int:
        return self.j_lengthOfYear()

    def j_atDay(self, day: int) -> LocalDate:
        return LocalDate(a.year_days(self.j_getYear(), day))

    def j_atMonth(self, month: Any) -> YearMonth:
        return YearMonth.of(self.j_getYear(), month)  # type: ignore[no-any-return]

    def j_atMonthDay(self, month_day: MonthDay) -> LocalDate:
        return month_day.j_atYear(self.j_getYear())

    def j_isValidMonthDay(self, month_day: MonthDay) -> bool:
        return month_day is not None and month_day.j_isValidYear(self.j_getYear())

    def j_hashCode(self) -> int:
        return self.j_getYear()

    def j_toString(self) -> str:
        return str(self.j_getYear())


class MonthDay(Accessor):
    java_class = "java.time.MonthDay"
    iso, too_wide = True, None
    __slots__ = ("day", "month")

    def __init__(self, month: int, day: int) -> None:
        self.month, self.day = month, day

    @classmethod
    def of(cls, month: Any, day: int) -> MonthDay:
        """Raises DateTime for a day that the month never has."""
        number = month_of(required(month, "month"))
        if not 1 <= number <= 12:
            raise t.DateTime(f"Invalid value for MonthOfYear: {number}")
        FIELDS["DAY_OF_MONTH"].check(day)
        if day > calendar.month_length(2000, number):
            raise t.DateTime(f"Illegal value for DayOfMonth field, value {day} is not valid for month {MONTHS[number - 1].name}")
        return cls(number, day)

    def _key(self) -> tuple[int, int]:
        return (self.month, self.day)

    def supports(self, field: ChronoField) -> bool:
        return field.name in ("MONTH_OF_YEAR", "DAY_OF_MONTH")

    def number(self, field: ChronoField) -> int:
        return self.month if field.name == "MONTH_OF_YEAR" else self.day

    def limits(self, field: ChronoField) -> ValueRange:
        if field.name == "MONTH_OF_YEAR":
            return field.range
        length = calendar.month_length(2000, self.month)
        return ValueRange(1, length, smallest_high=calendar.month_length(2001, self.month))

    def j_get(self, field: Any) -> int:
        return self.j_range(field).check_int(self.j_getLong(field), field)

    def j_adjustInto(self, temporal: Any) -> Any:
        moved = temporal.j_with(FIELDS["MONTH_OF_YEAR"], self.month)
        day = FIELDS["DAY_OF_MONTH"]
        return moved.j_with(day, min(moved.j_range(day).high, self.day))

    def j_getMonthValue(self) -> int:
        return self.month

    def j_getMonth(self) -> Any:
        return MONTHS[self.month - 1]

    def j_getDayOfMonth(self) -> int:
        return self.day

    def j_isValidYear(self, year: int) -> bool:
        return not (self.day == 29 and self.month == 2 and not calendar.is_leap(year))

    def j_atYear(self, year: int) -> LocalDate:
        return LocalDate(a.date_days(year, self.month, self.day if self.j_isValidYear(year) else 28))

    def j_withMonth(self, month: int) -> MonthDay:
        if not 1 <= month <= 12:
            raise t.DateTime(f"Invalid value for MonthOfYear: {month}")
        return self.j_with(MONTHS[month - 1])

    def j_with(self, month: Any) -> MonthDay:
        number = required(month, "month").ordinal + 1
        return MonthDay(number, min(self.day, calendar.month_length(2000, number)))

    def j_withDayOfMonth(self, day: int) -> MonthDay:
        return self if day == self.day else MonthDay.of(self.month, day)

    def j_format(self, formatter: Any) -> str:
        return str(required(formatter, "formatter").j_format(self))

    def j_compareTo(self, other: Any) -> int:
        return int((self.month - other.month) or (self.day - other.day))

    def j_isBefore(self, other: Any) -> bool:
        return self.j_compareTo(other) < 0

    def j_isAfter(self, other: Any) -> bool:
        return self.j_compareTo(other) > 0

    def j_hashCode(self) -> int:
        return int(self.month << 6) + self.day

    def j_toString(self) -> str:
        return f"--{self.month:02d}-{self.day:02d}"


_PARTS: dict[type[Any], tuple[str, ...]] = {
    Year: ("YEAR",),
    YearMonth: ("YEAR", "MONTH_OF_YEAR"),
    MonthDay: ("MONTH_OF_YEAR", "DAY_OF_MONTH"),
}


def _from(kind: type[Any]) -> Any:
    """``from`` of a class. Raises DateTime."""

    def find(temporal: Any) -> Any:
        if type(temporal) is kind:
            return temporal
        required(temporal, "temporal")
        try:
            return kind.of(*(temporal.j_get(FIELDS[name]) for name in _PARTS[kind]))
        except t.DateTime as cause:
            raise unobtainable(kind.__name__, temporal, cause) from None

    return find


year_from, year_month_from, month_day_from = _from(Year), _from(YearMonth), _from(MonthDay)

STATICS: dict[str, Any] = {
    "Year.of/1": Year.of,
    "Year.isLeap/1": calendar.is_leap,
    "Year.from/1": year_from,
    "YearMonth.of/2": YearMonth.of,
    "YearMonth.from/1": year_month_from,
    "MonthDay.of/2": MonthDay.of,
    "MonthDay.from/1": month_day_from,
}
CONSTANTS: dict[str, Any] = {"Year.MAX_VALUE": MAX_YEAR, "Year.MIN_VALUE": MIN_YEAR}
