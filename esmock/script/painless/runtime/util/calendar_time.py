"""The fields of java.util.Calendar, and the time that fields make."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar as days_math
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.value import wrap_long
from esmock.script.painless.runtime.util.julian import CUTOVER, civil_of, days_at
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.util.time_zone import UTC, TimeZone

NAMES = (
    "ERA YEAR MONTH WEEK_OF_YEAR WEEK_OF_MONTH DAY_OF_MONTH DAY_OF_YEAR DAY_OF_WEEK DAY_OF_WEEK_IN_MONTH AM_PM HOUR "
    "HOUR_OF_DAY MINUTE SECOND MILLISECOND ZONE_OFFSET DST_OFFSET"
).split()
(
    ERA, YEAR, MONTH, WEEK_OF_YEAR, WEEK_OF_MONTH, DATE, DAY_OF_YEAR, DAY_OF_WEEK, DAY_OF_WEEK_IN_MONTH, AM_PM, HOUR,
    HOUR_OF_DAY, MINUTE, SECOND, MILLISECOND, ZONE_OFFSET, DST_OFFSET,
) = range(17)  # fmt: skip
DAY = 86_400_000
MINIMA = (0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -46_800_000, 0)
LEAST_MAXIMA = (1, 292269054, 11, 52, 4, 28, 365, 7, 4, 1, 11, 23, 59, 59, 999, 50_400_000, 1_200_000)
MAXIMA = (1, 292278994, 11, 53, 6, 31, 366, 7, 6, 1, 11, 23, 59, 59, 999, 50_400_000, 7_200_000)

def weekday_of(days: int) -> int:
    """1 for Sunday to 7 for Saturday."""
    return days_math.day_of_week(days) % 7 + 1


class CalendarTime:
    """A time in a zone.

    Attributes:
        time: milliseconds since 1970, or None when fields were set since it was known.
        fields: the fields that were set, each with the turn in which it was.
    """

    def __init__(self, zone: TimeZone = UTC, locale: Any = DEFAULT, time: int = 0) -> None:
        self.zone, self.time = zone, time
        self._known: int | None = time
        first, minimal = words(locale, "week")[:2]
        self.first, self.minimal = int(first), int(minimal)
        self.lenient, self.cutover = True, CUTOVER
        self.fields: dict[int, int] = {}
        self._turns: dict[int, int] = {}
        self._turn = 0
        self._partial: frozenset[int] | None = None
        """The fields that were set where only the time has been worked out since; None: all of them are known."""

    def wall(self) -> int:
        """The milliseconds since 1970 of the wall's clock."""
        return self.millis() + self.zone.offset(self.millis())

    def millis(self) -> int:
        """The time. Raises IllegalArgument when it is not lenient and a field is out of range."""
        if self._known is None:
            if not self.lenient:
                self._check()
            self.time = self._known = wrap_long(self._computed())
            if not self.lenient:
                self._compare()
            self._partial = frozenset(self.fields)
            self.fields, self._turns = {}, {}
        return self.time

    def _check(self) -> None:
        for field, value in self.fields.items():
            if not MINIMA[field] <= value <= MAXIMA[field]:
                raise t.IllegalArgument(NAMES[field])

    def _compare(self) -> None:
        given = dict(self.fields)
        self.fields = {}
        for field, value in given.items():
            if self.get(field) != value:
                raise t.IllegalArgument(f"{NAMES[field]}: {value} -> {self.get(field)}")

    def _computed(self) -> int:
        given = self.fields
        days, of_day = self._days(), self._of_day()
        local = days * DAY + of_day
        if ZONE_OFFSET in given or DST_OFFSET in given:
            return local - given.get(ZONE_OFFSET, self.zone.raw()) - given.get(DST_OFFSET, 0)
        raw = local - self.zone.raw()
        offset = self.zone.offset(raw)
        first = local - offset
        return first if self.zone.offset(first) == offset else raw

    def _of_day(self) -> int:
        given = self.fields
        half_turn = max(self._turns.get(HOUR, 0), self._turns.get(AM_PM, 0))
        if HOUR_OF_DAY in given and self._turns[HOUR_OF_DAY] >= half_turn:
            hour = given[HOUR_OF_DAY]
        else:
            hour = given.get(HOUR, 0) + 12 * given.get(AM_PM, 0)
        return ((hour * 60 + given.get(MINUTE, 0)) * 60 + given.get(SECOND, 0)) * 1000 + given.get(MILLISECOND, 0)

    def _days(self) -> int:
        given = self.fields
        year, era = given.get(YEAR, 1970), given.get(ERA, 1)
        if era not in (0, 1):
            raise t.IllegalArgument("Invalid era")
        year = year if era == 1 else 1 - year
        return self._by(self._way(), year)

    def _way(self) -> str:
        """Which fields decide the day: those that were set last and suffice, as Calendar's documentation has it."""
        turn = self._turns.get
        weekday = turn(DAY_OF_WEEK, 0)

        def together(field: int) -> int:
            own = turn(field, 0)
            return max(own, weekday) if own and weekday else 0

        date, of_year = turn(DATE, 0), turn(DAY_OF_YEAR, 0)
        week, ordinal, year_week = together(WEEK_OF_MONTH), together(DAY_OF_WEEK_IN_MONTH), together(WEEK_OF_YEAR)
        best = max(date, week, ordinal, of_year, year_week)
        if not best:
            week, ordinal, year_week = turn(WEEK_OF_MONTH, 0), max(turn(DAY_OF_WEEK_IN_MONTH, 0), weekday), turn(WEEK_OF_YEAR, 0)
            best = max(week, ordinal, year_week)
        if best == date:
            return "date"
        by_week = best == week and turn(WEEK_OF_MONTH, 0) >= turn(WEEK_OF_YEAR, 0)
        if by_week or (best == ordinal and turn(DAY_OF_WEEK_IN_MONTH, 0) >= turn(WEEK_OF_YEAR, 0)):
            if week == ordinal:
                return "week_month" if turn(WEEK_OF_MONTH, 0) >= turn(DAY_OF_WEEK_IN_MONTH, 0) else "weekday_month"
            return "week_month" if best == week else "weekday_month"
        return "day_year" if best == of_year else "week_year"

    def _by(self, kind: str, year: int) -> int:
        given = self.fields
        month = given.get(MONTH, 0) + 1
        if kind == "day_year":
            return days_at(year, 1, 1, self.cutover) + given[DAY_OF_YEAR] - 1
        if kind == "date":
            return days_at(year, month, given.get(DATE, 1), self.cutover)
        weekday = given.get(DAY_OF_WEEK, self.first)
        start = days_at(year, month if kind != "week_year" else 1, 1, self.cutover)
        if kind == "weekday_month":
            ordinal = given.get(DAY_OF_WEEK_IN_MONTH, 1)
            if ordinal >= 0:
                return start + (weekday - weekday_of(start)) % 7 + 7 * (ordinal - 1)
            last = days_at(year, month + 1, 1, self.cutover) - 1
            return last - (weekday_of(last) - weekday) % 7 + 7 * (ordinal + 1)
        week = given.get(WEEK_OF_MONTH if kind == "week_month" else WEEK_OF_YEAR, 1)
        return self._first_week(start) + (week - 1) * 7 + (weekday - self.first) % 7

    def _first_week(self, start: int) -> int:
        """The first day of the first week of a month or year that begins with a day."""
        begin = start - (weekday_of(start) - self.first) % 7
        return begin if begin + 7 - start >= self.minimal else begin + 7

    def get(self, field: int) -> int:
        """A field of the time."""
        millis = self.millis()
        offset = self.zone.offset(millis)
        days, of_day = divmod(millis + offset, DAY)
        if field >= AM_PM:
            raw = self.zone.raw()
            clock = (
                of_day // 43_200_000, of_day // 3_600_000 % 12, of_day // 3_600_000, of_day // 60_000 % 60,
                of_day // 1000 % 60, of_day % 1000, raw, offset - raw,
            )  # fmt: skip
            return clock[field - AM_PM]
        year, month, day = civil_of(days, self.cutover)
        if field == WEEK_OF_YEAR:
            return self._week(days, year)[1]
        if field == DAY_OF_YEAR:
            return days - days_at(year, 1, 1, self.cutover) + 1
        if field == WEEK_OF_MONTH:
            return (days - self._first_week(days_at(year, month, 1, self.cutover))) // 7 + 1
        values = {
            ERA: int(year > 0),
            YEAR: year if year > 0 else 1 - year,
            MONTH: month - 1,
            DATE: day,
            DAY_OF_WEEK: weekday_of(days),
            DAY_OF_WEEK_IN_MONTH: (day - 1) // 7 + 1,
        }
        return values[field]

    def _week(self, days: int, year: int) -> tuple[int, int]:
        """The week-based year of a day and its week."""
        for candidate in (year + 1, year, year - 1):
            first = self._first_week(days_at(candidate, 1, 1, self.cutover))
            if days >= first:
                return candidate, (days - first) // 7 + 1
        raise AssertionError("a day is in the week-based year of its year or of the one before")

    def _settle(self) -> None:
        """Turn what was set into a time and all fields."""
        self.millis()
        self._partial = None

    def _field(self, field: int) -> int:
        if not 0 <= field < len(NAMES):
            raise t.ArrayIndexOutOfBounds(f"Index {field} out of bounds for length 17")
        return field

    # -- reading and setting
    def _put(self, field: int, value: int) -> None:
        if self._known is not None:
            base = {one: self.get(one) for one in range(len(NAMES) - 2)}
            self._known = None
            self.fields = base
            self._turns = dict.fromkeys(base, 1)
            self._turn = 2
        self._turn += 1
        self.fields[field], self._turns[field] = value, self._turn


_NUMBERS = {name: at for at, name in enumerate(NAMES)} | {
    name: at
    for at, name in enumerate(
        "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER UNDECIMBER".split()
    )
}
_NUMBERS |= {
    name: at + 1 for at, name in enumerate("SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY".split())
}
_NUMBERS |= {
    "DATE": DATE, "AM": 0, "PM": 1, "FIELD_COUNT": 17, "ALL_STYLES": 0, "SHORT": 1, "LONG": 2, "SHORT_FORMAT": 1,
    "LONG_FORMAT": 2, "NARROW_FORMAT": 4, "SHORT_STANDALONE": 32769, "LONG_STANDALONE": 32770, "NARROW_STANDALONE": 32772,
}  # fmt: skip
CONSTANTS: dict[str, Any] = {f"Calendar.{name}": value for name, value in _NUMBERS.items()} | {
    "GregorianCalendar.BC": 0,
    "GregorianCalendar.AD": 1,
}
