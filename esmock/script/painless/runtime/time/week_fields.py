"""java.time.temporal's IsoFields, JulianFields and WeekFields: fields and units beside ChronoField and ChronoUnit."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.enums import DAYS
from esmock.script.painless.runtime.time.fields import FIELDS, UNITS, YEAR_NANOS, ValueRange, field_name
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.temporal import local_date
from esmock.script.painless.runtime.time.value import Value, exact_long, required, truncated


class Field(JavaEnum):
    """A TemporalField of a date; a class says how it reads (``of_date``) and moves (``moved``)."""

    base, per = "DAYS", "FOREVER"
    __slots__ = ()
    needs: tuple[str, ...] = ("EPOCH_DAY",)
    limits: tuple[int, ...] = (1, 1)

    def of_date(self, date: Any) -> int:
        raise NotImplementedError

    def moved(self, temporal: Any, value: int) -> Any:
        """The temporal with another value, which has been checked."""
        raise NotImplementedError

    def refined(self, temporal: Any) -> ValueRange:
        return self.j_range()

    def j_getBaseUnit(self) -> Any:
        return _UNITS.get(self.base) or UNITS[self.base]

    def j_getRangeUnit(self) -> Any:
        return _UNITS.get(self.per) or UNITS[self.per]

    def j_isDateBased(self) -> bool:
        return True

    def j_isTimeBased(self) -> bool:
        return False

    def j_getDisplayName(self, locale: Any) -> str:
        return field_name("WEEK" if self.name == "WEEK_OF_WEEK_BASED_YEAR" else self.name, self.label, locale)

    def j_range(self) -> ValueRange:
        return ValueRange.of(*self.limits)

    def j_isSupportedBy(self, temporal: Any) -> bool:
        return all(temporal.j_isSupported(FIELDS[name]) for name in self.needs)

    def _require(self, temporal: Any) -> None:
        if not self.j_isSupportedBy(temporal):
            raise t.UnsupportedTemporalType(f"Unsupported field: {self.label}")

    def j_rangeRefinedBy(self, temporal: Any) -> ValueRange:
        self._require(temporal)
        return self.refined(temporal)

    def j_getFrom(self, temporal: Any) -> int:
        self._require(temporal)
        return self.of_date(temporal)

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        self.j_range().check_int(value, self)
        return self.moved(temporal, value)

    def j_resolve(self, values: Any, partial: Any, style: Any) -> Any:
        return None


class IsoField(Field):
    java_class = "java.time.temporal.IsoFields.Field"
    java_parents = ("java.time.temporal.TemporalField",)
    __slots__ = ()


def _quarter(temporal: Any) -> int:
    return (int(temporal.j_get(FIELDS["MONTH_OF_YEAR"])) - 1) // 3


class DayOfQuarter(IsoField):
    per, limits = "QuarterYears", (1, 90, 92)
    needs = ("DAY_OF_YEAR", "MONTH_OF_YEAR", "YEAR")
    __slots__ = ()

    def of_date(self, date: Any) -> int:
        year, quarter = date.j_getLong(FIELDS["YEAR"]), _quarter(date)
        return int(date.j_get(FIELDS["DAY_OF_YEAR"])) - calendar.day_of_year(calendar.days_of(year, quarter * 3 + 1, 1)) + 1

    def refined(self, temporal: Any) -> ValueRange:
        quarter = _quarter(temporal)
        if quarter == 0:
            return ValueRange(1, 91 if calendar.is_leap(temporal.j_getLong(FIELDS["YEAR"])) else 90)
        return ValueRange(1, 91 if quarter == 1 else 92)

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        old = self.j_getFrom(temporal)
        self.j_range().check(value, self)
        day = FIELDS["DAY_OF_YEAR"]
        return temporal.j_with(day, temporal.j_getLong(day) + value - old)


class QuarterOfYear(IsoField):
    base, per, limits = "QuarterYears", "YEARS", (1, 4)
    needs = ("MONTH_OF_YEAR",)
    __slots__ = ()

    def of_date(self, date: Any) -> int:
        return _quarter(date) + 1

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        old = self.j_getFrom(temporal)
        self.j_range().check(value, self)
        month = FIELDS["MONTH_OF_YEAR"]
        return temporal.j_with(month, temporal.j_getLong(month) + (value - old) * 3)


class WeekOfWeekBasedYear(IsoField):
    base, per, limits = "WEEKS", "WeekBasedYears", (1, 52, 53)
    __slots__ = ()

    def of_date(self, date: Any) -> int:
        return calendar.week_of(local_date(date).days)[1]

    def refined(self, temporal: Any) -> ValueRange:
        return ValueRange(1, weeks_of(calendar.week_of(local_date(temporal).days)[0]))

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        self.j_range().check(value, self)
        return temporal.j_plus(exact_long(value - self.j_getFrom(temporal)), UNITS["WEEKS"])


class WeekBasedYear(IsoField):
    base, per = "WeekBasedYears", "FOREVER"
    __slots__ = ()

    def of_date(self, date: Any) -> int:
        return calendar.week_of(local_date(date).days)[0]

    def j_range(self) -> ValueRange:
        return FIELDS["YEAR"].range

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        self._require(temporal)
        year = self.j_range().check_int(value, self)
        days = local_date(temporal).days
        weekday, (_, week) = calendar.day_of_week(days), calendar.week_of(days)
        week = min(week, weeks_of(year))
        resolved = calendar.days_of(year, 1, 4)
        resolved += weekday - calendar.day_of_week(resolved) + (week - 1) * 7
        return temporal.j_with(FIELDS["EPOCH_DAY"], resolved)


def weeks_of(year: int) -> int:
    """The number of ISO weeks of a year."""
    weekday = calendar.day_of_week(calendar.days_of(year, 1, 1))
    return 53 if weekday == 4 or (weekday == 3 and calendar.is_leap(year)) else 52


class JulianField(Field):
    java_class = "java.time.temporal.JulianFields.Field"
    java_parents = ("java.time.temporal.TemporalField",)
    __slots__ = ("shift",)

    def __init__(self, name: str, ordinal: int, label: str, shift: int) -> None:
        super().__init__(name, ordinal, label)
        self.shift = shift

    def of_date(self, date: Any) -> int:
        return int(date.j_getLong(FIELDS["EPOCH_DAY"])) + self.shift

    def j_getFrom(self, temporal: Any) -> int:
        return self.of_date(temporal)

    def j_rangeRefinedBy(self, temporal: Any) -> ValueRange:
        if not self.j_isSupportedBy(temporal):
            raise t.DateTime(f"Unsupported field: {self.label}")
        return self.j_range()

    def j_range(self) -> ValueRange:
        return ValueRange(-365243219162 + self.shift, 365241780471 + self.shift)

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        if not self.j_range().j_isValidValue(value):
            raise t.DateTime(f"Invalid value: {self.label} {value}")
        return temporal.j_with(FIELDS["EPOCH_DAY"], value - self.shift)


class IsoUnit(JavaEnum):
    """QuarterYears and WeekBasedYears."""

    java_class = "java.time.temporal.IsoFields.Unit"
    java_parents = ("java.time.temporal.TemporalUnit",)
    __slots__ = ()

    def j_getDuration(self) -> Any:
        from esmock.script.painless.runtime.time.amounts import Duration

        return Duration(YEAR_NANOS if self.name == "WEEK_BASED_YEARS" else YEAR_NANOS // 4)

    def j_isDurationEstimated(self) -> bool:
        return True

    def j_isDateBased(self) -> bool:
        return True

    def j_isTimeBased(self) -> bool:
        return False

    def j_isSupportedBy(self, temporal: Any) -> bool:
        return bool(temporal.j_isSupported(FIELDS["EPOCH_DAY"]))

    def j_addTo(self, temporal: Any, amount: int) -> Any:
        if self.name == "QUARTER_YEARS":
            years = temporal.j_plus(truncated(amount, 4), UNITS["YEARS"])
            return years.j_plus((amount - truncated(amount, 4) * 4) * 3, UNITS["MONTHS"])
        return temporal.j_with(WEEK_BASED_YEAR, exact_long(temporal.j_getLong(WEEK_BASED_YEAR) + amount))

    def j_between(self, start: Any, end: Any) -> int:
        if type(start) is not type(end):
            return int(start.j_until(end, self))
        if self.name == "QUARTER_YEARS":
            return truncated(start.j_until(end, UNITS["MONTHS"]), 3)
        return int(end.j_getLong(WEEK_BASED_YEAR)) - int(start.j_getLong(WEEK_BASED_YEAR))


class WeekFields(Value):
    """A first day of the week, and how many days of the first week must lie in the new year."""

    java_class = "java.time.temporal.WeekFields"
    __slots__ = ("first", "minimal")

    def __init__(self, first: Any, minimal: int) -> None:
        required(first, "firstDayOfWeek")
        if not 1 <= minimal <= 7:
            raise t.IllegalArgument("Minimal number of days is invalid")
        self.first, self.minimal = first, minimal

    def _key(self) -> tuple[int, int]:
        return (self.first.ordinal, self.minimal)

    def j_getFirstDayOfWeek(self) -> Any:
        return self.first

    def j_getMinimalDaysInFirstWeek(self) -> int:
        return self.minimal

    def j_dayOfWeek(self) -> Any:
        return WeekField("DayOfWeek", self)

    def j_weekOfMonth(self) -> Any:
        return WeekField("WeekOfMonth", self)

    def j_weekOfYear(self) -> Any:
        return WeekField("WeekOfYear", self)

    def j_weekOfWeekBasedYear(self) -> Any:
        return WeekField("WeekOfWeekBasedYear", self)

    def j_weekBasedYear(self) -> Any:
        return WeekField("WeekBasedYear", self)

    def j_hashCode(self) -> int:
        return int(self.first.ordinal * 7 + self.minimal)

    def j_toString(self) -> str:
        return f"WeekFields[{self.first.name},{self.minimal}]"

    # -- weeks of a date

    def weekday(self, days: int) -> int:
        return (calendar.day_of_week(days) - 1 - int(self.first.ordinal)) % 7 + 1

    def _start(self, day: int, weekday: int) -> int:
        """The day in front of the first week, counted from the start of the month or year."""
        start = (day - weekday) % 7
        return 7 - start if start + 1 > self.minimal else -start

    def week(self, day: int, weekday: int) -> int:
        """The week of a day of the month or year: 0 before the first."""
        return (7 + self._start(day, weekday) + day - 1) // 7

    def week_of_year(self, days: int) -> tuple[int, int]:
        """The week-based year of a date and its week."""
        year = calendar.civil(days)[0]
        day, weekday = calendar.day_of_year(days), self.weekday(days)
        week = self.week(day, weekday)
        length = 366 if calendar.is_leap(year) else 365
        if week == 0:
            before = days - day
            return year - 1, self.week_of_year(before)[1]
        if week > 50:
            new = (7 + self._start(day, weekday) + length + self.minimal - 1) // 7
            if week >= new:
                return year + 1, week - new + 1
        return year, week


_WEEK_KINDS = {
    "DayOfWeek": ("DAYS", "WEEKS", (1, 7)),
    "WeekOfMonth": ("WEEKS", "MONTHS", (0, 1, 4, 6)),
    "WeekOfYear": ("WEEKS", "YEARS", (0, 1, 52, 54)),
    "WeekOfWeekBasedYear": ("WEEKS", "WeekBasedYears", (1, 52, 53)),
    "WeekBasedYear": ("WeekBasedYears", "FOREVER", ()),
}


class WeekField(Value):
    """A field of a WeekFields."""

    java_class = "java.time.temporal.WeekFields.ComputedDayOfField"
    java_parents = ("java.time.temporal.TemporalField",)
    __slots__ = ("kind", "label", "weeks")

    def __init__(self, kind: str, weeks: WeekFields) -> None:
        self.kind, self.weeks = kind, weeks
        self.label = f"{kind}[{weeks.j_toString()}]"

    def _key(self) -> Any:
        return (self.kind, self.weeks)

    def j_toString(self) -> str:
        return self.label

    def j_getBaseUnit(self) -> Any:
        base = _WEEK_KINDS[self.kind][0]
        return _UNITS.get(base) or UNITS[base]

    def j_getRangeUnit(self) -> Any:
        per = _WEEK_KINDS[self.kind][1]
        return _UNITS.get(per) or UNITS[per]

    def j_isDateBased(self) -> bool:
        return True

    def j_isTimeBased(self) -> bool:
        return False

    def j_getDisplayName(self, locale: Any) -> str:
        return field_name("WEEK" if self.kind == "WeekOfYear" else "", self.kind, locale)

    def j_range(self) -> ValueRange:
        bounds = _WEEK_KINDS[self.kind][2]
        return ValueRange.of(*bounds) if bounds else FIELDS["YEAR"].range

    def j_isSupportedBy(self, temporal: Any) -> bool:
        needs = {"DayOfWeek": (), "WeekOfMonth": ("DAY_OF_MONTH",), "WeekOfYear": ("DAY_OF_YEAR",)}
        names = ("DAY_OF_WEEK", *needs.get(self.kind, ("DAY_OF_YEAR" if self.kind == "WeekOfWeekBasedYear" else "YEAR",)))
        return all(temporal.j_isSupported(FIELDS[name]) for name in names)

    def j_getFrom(self, temporal: Any) -> int:
        weekday = FIELDS["DAY_OF_WEEK"]
        local = (int(temporal.j_get(weekday)) - 1 - int(self.weeks.first.ordinal)) % 7 + 1
        if self.kind == "DayOfWeek":
            return local
        if self.kind == "WeekOfMonth":
            return self.weeks.week(temporal.j_get(FIELDS["DAY_OF_MONTH"]), local)
        if self.kind == "WeekOfYear":
            return self.weeks.week(temporal.j_get(FIELDS["DAY_OF_YEAR"]), local)
        temporal.j_get(FIELDS["DAY_OF_YEAR"])
        year, week = self.weeks.week_of_year(local_date(temporal).days)
        return year if self.kind == "WeekBasedYear" else week

    def j_rangeRefinedBy(self, temporal: Any) -> ValueRange:
        if self.kind in ("DayOfWeek", "WeekBasedYear"):
            return self.j_range()
        if self.kind == "WeekOfWeekBasedYear":
            days = local_date(temporal).days
            year = self.weeks.week_of_year(days)[0]
            fourth = calendar.days_of(year + 1, 1, 1)
            ends = [self.weeks.week_of_year(fourth - back) for back in range(1, 8)]
            return ValueRange(1, max(week for of, week in ends if of == year))
        field = FIELDS["DAY_OF_MONTH" if self.kind == "WeekOfMonth" else "DAY_OF_YEAR"]
        day, weekday = temporal.j_get(field), self.weeks.j_dayOfWeek().j_getFrom(temporal)
        limits = temporal.j_range(field)
        start = self.weeks._start(day, weekday)
        return ValueRange((7 + start + limits.low - 1) // 7, (7 + start + limits.high - 1) // 7)

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        checked = self.j_range().check_int(value, self)
        current = self.j_getFrom(temporal)
        if checked == current:
            return temporal
        if self.kind != "WeekBasedYear":
            return temporal.j_plus(checked - current, self.j_getBaseUnit())
        weekday = self.weeks.j_dayOfWeek().j_getFrom(temporal)
        week = self.weeks.week_of_year(local_date(temporal).days)[1]
        return self._of_week_year(checked, week, weekday)

    def _of_week_year(self, year: int, week: int, weekday: int) -> Any:
        from esmock.script.painless.runtime.time.local import LocalDate

        first = calendar.days_of(year, 1, 1)
        start = self.weeks._start(1, self.weeks.weekday(first))
        length = 366 if calendar.is_leap(year) else 365
        new = (7 + start + length + self.weeks.minimal - 1) // 7
        week = min(week, new - 1)
        return LocalDate(a.plus_days(first, -start + weekday - 1 + (week - 1) * 7))

    def j_resolve(self, values: Any, partial: Any, style: Any) -> Any:
        return None

    def j_hashCode(self) -> int:
        return hash(self.label) & 0x7FFFFFFF


_UNITS = {
    "WeekBasedYears": IsoUnit("WEEK_BASED_YEARS", 0, "WeekBasedYears"),
    "QuarterYears": IsoUnit("QUARTER_YEARS", 1, "QuarterYears"),
}
WEEK_BASED_YEAR = WeekBasedYear("WEEK_BASED_YEAR", 3, "WeekBasedYear")
WEEK_OF_WEEK_BASED_YEAR = WeekOfWeekBasedYear("WEEK_OF_WEEK_BASED_YEAR", 2, "WeekOfWeekBasedYear")
QUARTER_OF_YEAR = QuarterOfYear("QUARTER_OF_YEAR", 1, "QuarterOfYear")
DAY_OF_QUARTER = DayOfQuarter("DAY_OF_QUARTER", 0, "DayOfQuarter")
ISO_WEEKS = WeekFields(DAYS[0], 4)
SUNDAY_START = WeekFields(DAYS[6], 1)


def week_fields_of(locale: Any) -> WeekFields:
    """WeekFields.of a locale."""
    first, minimal = words(locale, "week")[2:]
    return WeekFields(DAYS[int(first) - 1], int(minimal))


STATICS: dict[str, Any] = {
    "WeekFields.of/1": lambda locale: week_fields_of(required(locale, "locale")),
    "WeekFields.of/2": WeekFields,
}
CONSTANTS: dict[str, Any] = {
    "IsoFields.DAY_OF_QUARTER": DAY_OF_QUARTER,
    "IsoFields.QUARTER_OF_YEAR": QUARTER_OF_YEAR,
    "IsoFields.WEEK_OF_WEEK_BASED_YEAR": WEEK_OF_WEEK_BASED_YEAR,
    "IsoFields.WEEK_BASED_YEAR": WEEK_BASED_YEAR,
    "IsoFields.QUARTER_YEARS": _UNITS["QuarterYears"],
    "IsoFields.WEEK_BASED_YEARS": _UNITS["WeekBasedYears"],
    "JulianFields.JULIAN_DAY": JulianField("JULIAN_DAY", 0, "JulianDay", 2440588),
    "JulianFields.MODIFIED_JULIAN_DAY": JulianField("MODIFIED_JULIAN_DAY", 1, "ModifiedJulianDay", 40587),
    "JulianFields.RATA_DIE": JulianField("RATA_DIE", 2, "RataDie", 719163),
    "WeekFields.ISO": ISO_WEEKS,
    "WeekFields.SUNDAY_START": SUNDAY_START,
    "WeekFields.WEEK_BASED_YEARS": _UNITS["WeekBasedYears"],
}
