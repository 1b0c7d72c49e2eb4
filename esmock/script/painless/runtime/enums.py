"""Java enums that scripts meet: units and fields of time, days, months."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t

NANOS_PER_DAY = 86_400_000_000_000


class JavaEnum:
    """A constant of an enum; ``java_class`` is set by the subclass."""

    java_class = "java.lang.Enum"
    __slots__ = ("label", "name", "ordinal")

    def __init__(self, name: str, ordinal: int, label: str | None = None) -> None:
        self.name, self.ordinal, self.label = name, ordinal, label or name

    def j_toString(self) -> str:
        return self.label

    def j_name(self) -> str:
        return self.name

    def j_ordinal(self) -> int:
        return self.ordinal

    def j_compareTo(self, other: JavaEnum) -> int:
        return self.ordinal - other.ordinal

    def j_equals(self, other: Any) -> bool:
        return self is other


class ChronoUnit(JavaEnum):
    java_class = "java.time.temporal.ChronoUnit"
    __slots__ = ()

    def j_between(self, start: Any, end: Any) -> int:
        return int(start.j_until(end, self))


class ChronoField(JavaEnum):
    java_class = "java.time.temporal.ChronoField"
    __slots__ = ()


class _Cycle(JavaEnum):
    __slots__ = ()

    def j_getValue(self) -> int:
        return self.ordinal + 1

    def j_getDisplayName(self, style: Any, locale: Any) -> str:
        name = self.name.capitalize()
        return name if style.name.startswith("FULL") else name[:3] if style.name.startswith("SHORT") else name[0]

    def _moved(self, by: int) -> Any:
        table = MONTHS if isinstance(self, Month) else DAYS
        return table[(self.ordinal + by) % len(table)]

    def j_plus(self, by: int) -> Any:
        return self._moved(by)

    def j_minus(self, by: int) -> Any:
        return self._moved(-by)


class DayOfWeek(_Cycle):
    java_class = "java.time.DayOfWeek"
    __slots__ = ()


class Month(_Cycle):
    java_class = "java.time.Month"
    __slots__ = ()

    def j_length(self, leap: bool) -> int:
        return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[self.ordinal]

    def j_maxLength(self) -> int:
        return self.j_length(True)

    def j_minLength(self) -> int:
        return self.j_length(False)


class TextStyle(JavaEnum):
    java_class = "java.time.format.TextStyle"
    __slots__ = ()


DAYS = tuple(
    DayOfWeek(name, at)
    for at, name in enumerate("MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY".split())
)
MONTHS = tuple(
    Month(name, at)
    for at, name in enumerate(
        "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER".split()
    )
)
_UNITS = (
    "NANOS:Nanos MICROS:Micros MILLIS:Millis SECONDS:Seconds MINUTES:Minutes HOURS:Hours HALF_DAYS:HalfDays DAYS:Days "
    "WEEKS:Weeks MONTHS:Months YEARS:Years DECADES:Decades CENTURIES:Centuries MILLENNIA:Millennia ERAS:Eras FOREVER:Forever"
)
UNITS = {
    part.split(":")[0]: ChronoUnit(part.split(":")[0], at, part.split(":")[1]) for at, part in enumerate(_UNITS.split())
}
UNIT_NANOS = {
    "NANOS": 1,
    "MICROS": 1000,
    "MILLIS": 1_000_000,
    "SECONDS": 1_000_000_000,
    "MINUTES": 60_000_000_000,
    "HOURS": 3_600_000_000_000,
    "HALF_DAYS": NANOS_PER_DAY // 2,
    "DAYS": NANOS_PER_DAY,
    "WEEKS": 7 * NANOS_PER_DAY,
}
UNIT_MONTHS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200, "MILLENNIA": 12000}
_FIELDS = (
    "NANO_OF_SECOND:NanoOfSecond NANO_OF_DAY:NanoOfDay MICRO_OF_SECOND:MicroOfSecond MICRO_OF_DAY:MicroOfDay "
    "MILLI_OF_SECOND:MilliOfSecond MILLI_OF_DAY:MilliOfDay SECOND_OF_MINUTE:SecondOfMinute SECOND_OF_DAY:SecondOfDay "
    "MINUTE_OF_HOUR:MinuteOfHour MINUTE_OF_DAY:MinuteOfDay HOUR_OF_AMPM:HourOfAmPm CLOCK_HOUR_OF_AMPM:ClockHourOfAmPm "
    "HOUR_OF_DAY:HourOfDay CLOCK_HOUR_OF_DAY:ClockHourOfDay AMPM_OF_DAY:AmPmOfDay DAY_OF_WEEK:DayOfWeek "
    "ALIGNED_DAY_OF_WEEK_IN_MONTH:AlignedDayOfWeekInMonth ALIGNED_DAY_OF_WEEK_IN_YEAR:AlignedDayOfWeekInYear "
    "DAY_OF_MONTH:DayOfMonth DAY_OF_YEAR:DayOfYear EPOCH_DAY:EpochDay ALIGNED_WEEK_OF_MONTH:AlignedWeekOfMonth "
    "ALIGNED_WEEK_OF_YEAR:AlignedWeekOfYear MONTH_OF_YEAR:MonthOfYear PROLEPTIC_MONTH:ProlepticMonth YEAR_OF_ERA:YearOfEra "
    "YEAR:Year ERA:Era INSTANT_SECONDS:InstantSeconds OFFSET_SECONDS:OffsetSeconds"
)
FIELDS = {
    part.split(":")[0]: ChronoField(part.split(":")[0], at, part.split(":")[1])
    for at, part in enumerate(_FIELDS.split())
}
STYLES = {
    name: TextStyle(name, at)
    for at, name in enumerate("FULL FULL_STANDALONE SHORT SHORT_STANDALONE NARROW NARROW_STANDALONE".split())
}


def of_number(table: tuple[Any, ...], number: int, what: str) -> Any:
    """DayOfWeek.of, Month.of."""
    if not 1 <= number <= len(table):
        raise t.DateTime(f"Invalid value for {what}: {number}")
    return table[number - 1]


def value_of(table: Any, java_class: str) -> Any:
    """``valueOf`` of an enum."""
    names = table if isinstance(table, dict) else {one.name: one for one in table}

    def find(name: str) -> Any:
        if name not in names:
            raise t.IllegalArgument(f"No enum constant {java_class}.{name}")
        return names[name]

    return find
