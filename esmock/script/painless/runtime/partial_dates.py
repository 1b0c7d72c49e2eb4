"""java.time's Year, YearMonth and MonthDay, IsoFields, and the adjusters of dates."""

from __future__ import annotations

import re
from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import DAYS, MONTHS, UNIT_MONTHS, JavaEnum
from esmock.script.painless.runtime.moment import date_days
from esmock.script.painless.runtime.moments import LocalDate
from esmock.script.painless.runtime.values import wrap_int


class YearMonth:
    """java.time.YearMonth, as a number of months since year 0."""

    java_class = "java.time.YearMonth"
    __slots__ = ("months",)

    def __init__(self, months: int) -> None:
        self.months = months

    @classmethod
    def of(cls, year: int, month: Any) -> Any:
        """Raises DateTime for a month that does not exist."""
        number = month if isinstance(month, int) else month.ordinal + 1
        date_days(year, number, 1)
        return cls(year * 12 + number - 1)

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
        return LocalDate(date_days(self.j_getYear(), self.j_getMonthValue(), day))

    def j_atEndOfMonth(self) -> LocalDate:
        return self.j_atDay(self.j_lengthOfMonth())

    def j_plus(self, amount: Any, unit: Any = None) -> Any:
        if unit is None:
            return type(self)(self.months + amount.years * 12 + amount.months)
        if unit.name not in UNIT_MONTHS:
            raise t.UnsupportedTemporalType(f"Unsupported unit: {unit.label}")
        return type(self)(self.months + amount * UNIT_MONTHS[unit.name])

    def j_minus(self, amount: Any, unit: Any = None) -> Any:
        return self.j_plus(amount.j_negated()) if unit is None else self.j_plus(-amount, unit)

    def j_plusMonths(self, count: int) -> Any:
        return type(self)(self.months + count)

    def j_minusMonths(self, count: int) -> Any:
        return type(self)(self.months - count)

    def j_plusYears(self, count: int) -> Any:
        return type(self)(self.months + 12 * count)

    def j_minusYears(self, count: int) -> Any:
        return type(self)(self.months - 12 * count)

    def j_withMonth(self, month: int) -> Any:
        return YearMonth.of(self.j_getYear(), month)

    def j_withYear(self, year: int) -> Any:
        return YearMonth(year * 12 + self.months % 12)

    def j_compareTo(self, other: Any) -> int:
        return (self.j_getYear() - other.j_getYear()) or (self.months % 12 - other.months % 12)

    def j_isBefore(self, other: Any) -> bool:
        return bool(self.months < other.months)

    def j_isAfter(self, other: Any) -> bool:
        return bool(self.months > other.months)

    def j_equals(self, other: Any) -> bool:
        return type(other) is type(self) and self.months == other.months

    def j_hashCode(self) -> int:
        return wrap_int(self.j_getYear() ^ (self.j_getMonthValue() << 27))

    def j_toString(self) -> str:
        return f"{_year_text(self.j_getYear())}-{self.j_getMonthValue():02d}"


class Year(YearMonth):
    """java.time.Year: the January of its year."""

    java_class = "java.time.Year"
    __slots__ = ()

    def j_getValue(self) -> int:
        return self.j_getYear()

    def j_isLeap(self) -> bool:
        return self.j_isLeapYear()

    def j_length(self) -> int:
        return self.j_lengthOfYear()

    def j_atDay(self, day: int) -> LocalDate:
        if day == 366 and not self.j_isLeap():
            raise t.DateTime(f"Invalid date 'DayOfYear 366' as '{self.j_getYear()}' is not a leap year")
        if not 1 <= day <= 366:
            raise t.DateTime(f"Invalid value for DayOfYear (valid values 1 - 365/366): {day}")
        return LocalDate(calendar.days_of(self.j_getYear(), 1, 1) + day - 1)

    def j_atMonth(self, month: Any) -> YearMonth:
        return YearMonth.of(self.j_getYear(), month)  # type: ignore[no-any-return]

    def j_hashCode(self) -> int:
        return self.j_getYear()

    def j_toString(self) -> str:
        return str(self.j_getYear())


class MonthDay:
    """java.time.MonthDay."""

    java_class = "java.time.MonthDay"
    __slots__ = ("day", "month")

    def __init__(self, month: Any, day: int) -> None:
        self.month = month if isinstance(month, int) else month.ordinal + 1
        self.day = day
        date_days(2000, self.month, day)

    def j_getMonthValue(self) -> int:
        return self.month

    def j_getMonth(self) -> Any:
        return MONTHS[self.month - 1]

    def j_getDayOfMonth(self) -> int:
        return self.day

    def j_isValidYear(self, year: int) -> bool:
        return self.day <= calendar.month_length(year, self.month)

    def j_atYear(self, year: int) -> LocalDate:
        return LocalDate(date_days(year, self.month, min(self.day, calendar.month_length(year, self.month))))

    def j_compareTo(self, other: Any) -> int:
        return int((self.month - other.month) or (self.day - other.day))

    def j_isBefore(self, other: Any) -> bool:
        return self.j_compareTo(other) < 0

    def j_isAfter(self, other: Any) -> bool:
        return self.j_compareTo(other) > 0

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, MonthDay) and self.j_compareTo(other) == 0

    def j_hashCode(self) -> int:
        return int(self.month << 6) + self.day

    def j_toString(self) -> str:
        return f"--{self.month:02d}-{self.day:02d}"


class IsoField(JavaEnum):
    java_class = "java.time.temporal.IsoFields.Field"
    java_parents = ("java.time.temporal.TemporalField",)
    __slots__ = ()


def _year_text(year: int) -> str:
    return f"{year:04d}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):04d}"


def _parsed(pattern: str, make: Any) -> Any:
    form = re.compile(pattern)

    def parse(text: str) -> Any:
        found = form.fullmatch(text)
        if not found:
            raise t.DateTimeParse(f"Text '{text}' could not be parsed at index 0")
        try:
            return make(*map(int, found.groups()))
        except t.DateTime as e:
            raise t.DateTimeParse(f"Text '{text}' could not be parsed: {e.message}", e) from None

    return parse


def _weekday(moment: Any) -> int:
    return calendar.day_of_week(moment.days) - 1


def _in_month(ordinal: int, day: Any) -> Any:
    """The ordinal-th such weekday of the month; negative ones count from its end."""

    def adjust(moment: Any) -> Any:
        if ordinal >= 0:
            first = moment.j_withDayOfMonth(1)
            return first.j_plusDays((day.ordinal - _weekday(first)) % 7 + 7 * (ordinal - 1))
        last = moment.j_withDayOfMonth(moment.j_lengthOfMonth())
        return last.j_minusDays((_weekday(last) - day.ordinal) % 7 + 7 * (-ordinal - 1))

    return adjust


STATICS: dict[str, Any] = {
    "Year.of/1": lambda year: Year(year * 12),
    "Year.from/1": lambda moment: Year(moment.j_getYear() * 12),
    "Year.parse/1": _parsed(r"([+-]?\d{4,9})", lambda year: Year(year * 12)),
    "YearMonth.of/2": YearMonth.of,
    "YearMonth.from/1": lambda moment: YearMonth.of(moment.j_getYear(), moment.j_getMonthValue()),
    "YearMonth.parse/1": _parsed(r"([+-]?\d{4,9})-(\d\d)", YearMonth.of),
    "MonthDay.of/2": MonthDay,
    "MonthDay.from/1": lambda moment: MonthDay(moment.j_getMonthValue(), moment.j_getDayOfMonth()),
    "MonthDay.parse/1": _parsed(r"--(\d\d)-(\d\d)", MonthDay),
    "DayOfWeek.values/0": lambda: list(DAYS),
    "Month.values/0": lambda: list(MONTHS),
    "TemporalAdjusters.firstDayOfMonth/0": lambda: lambda m: m.j_withDayOfMonth(1),
    "TemporalAdjusters.lastDayOfMonth/0": lambda: lambda m: m.j_withDayOfMonth(m.j_lengthOfMonth()),
    "TemporalAdjusters.firstDayOfYear/0": lambda: lambda m: m.j_withDayOfYear(1),
    "TemporalAdjusters.lastDayOfYear/0": lambda: lambda m: m.j_withDayOfYear(m.j_lengthOfYear()),
    "TemporalAdjusters.firstDayOfNextMonth/0": lambda: lambda m: m.j_withDayOfMonth(1).j_plusMonths(1),
    "TemporalAdjusters.firstDayOfNextYear/0": lambda: lambda m: m.j_withDayOfYear(1).j_plusYears(1),
    "TemporalAdjusters.firstInMonth/1": lambda day: _in_month(1, day),
    "TemporalAdjusters.lastInMonth/1": lambda day: _in_month(-1, day),
    "TemporalAdjusters.dayOfWeekInMonth/2": _in_month,
    "TemporalAdjusters.next/1": lambda day: lambda m: m.j_plusDays((day.ordinal - _weekday(m) - 1) % 7 + 1),
    "TemporalAdjusters.nextOrSame/1": lambda day: lambda m: m.j_plusDays((day.ordinal - _weekday(m)) % 7),
    "TemporalAdjusters.previous/1": lambda day: lambda m: m.j_minusDays((_weekday(m) - day.ordinal - 1) % 7 + 1),
    "TemporalAdjusters.previousOrSame/1": lambda day: lambda m: m.j_minusDays((_weekday(m) - day.ordinal) % 7),
    "TemporalAdjusters.ofDateAdjuster/1": lambda function: lambda m: m.j_with(function(LocalDate(m.days))),
}
CONSTANTS: dict[str, Any] = {
    "Year.MAX_VALUE": 999_999_999,
    "Year.MIN_VALUE": -999_999_999,
} | {
    f"IsoFields.{name}": IsoField(name, at, name.title().replace("_", ""))
    for at, name in enumerate(("DAY_OF_QUARTER", "QUARTER_OF_YEAR", "WEEK_OF_WEEK_BASED_YEAR", "WEEK_BASED_YEAR"))
}
