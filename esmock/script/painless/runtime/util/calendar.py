"""java.util.Calendar and GregorianCalendar: fields that are set, and a time that they make."""

from __future__ import annotations

import copy
from typing import Any

from esmock.mapping.dates import calendar as days_math
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.zoned import Instant, zoned_instant
from esmock.script.painless.runtime.util.date import Date
from esmock.script.painless.runtime.util.julian import CUTOVER, civil_of, days_at, is_leap
from esmock.script.painless.runtime.util.locale import DEFAULT, available_locales
from esmock.script.painless.runtime.util.time_zone import UTC, TimeZone, time_zone
from esmock.script.painless.runtime.values import HashMap, JavaArray, wrap_int

_FIELDS = (
    "ERA YEAR MONTH WEEK_OF_YEAR WEEK_OF_MONTH DAY_OF_MONTH DAY_OF_YEAR DAY_OF_WEEK DAY_OF_WEEK_IN_MONTH AM_PM HOUR "
    "HOUR_OF_DAY MINUTE SECOND MILLISECOND ZONE_OFFSET DST_OFFSET"
).split()
(
    ERA, YEAR, MONTH, WEEK_OF_YEAR, WEEK_OF_MONTH, DATE, DAY_OF_YEAR, DAY_OF_WEEK, DAY_OF_WEEK_IN_MONTH, AM_PM, HOUR,
    HOUR_OF_DAY, MINUTE, SECOND, MILLISECOND, ZONE_OFFSET, DST_OFFSET,
) = range(17)  # fmt: skip
_DAY = 86_400_000
_MINIMA = (0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -46_800_000, 0)
_LEAST_MAXIMA = (1, 292269054, 11, 52, 4, 28, 365, 7, 4, 1, 11, 23, 59, 59, 999, 50_400_000, 1_200_000)
_MAXIMA = (1, 292278994, 11, 53, 6, 31, 366, 7, 6, 1, 11, 23, 59, 59, 999, 50_400_000, 7_200_000)
_MOVES = {HOUR: 3_600_000, HOUR_OF_DAY: 3_600_000, MINUTE: 60_000, SECOND: 1000, MILLISECOND: 1, AM_PM: 43_200_000}


class GregorianCalendar:
    """A time in a zone.

    Attributes:
        time: milliseconds since 1970, or None when fields were set since it was known.
        fields: the fields that were set, each with the turn in which it was.
    """

    java_class = "java.util.GregorianCalendar"

    def __init__(self, zone: TimeZone = UTC, locale: Any = DEFAULT, time: int = 0) -> None:
        self.zone, self.time = zone, time
        self._known: int | None = time
        first, minimal = words(locale, "week")[:2]
        self.first, self.minimal = int(first), int(minimal)
        self.lenient, self.cutover = True, CUTOVER
        self.fields: dict[int, int] = {}
        self._turns: dict[int, int] = {}
        self._turn = 0

    @classmethod
    def of_fields(cls, *parts: int) -> GregorianCalendar:
        made = cls()
        made.j_clear()
        hour = parts[3] if len(parts) > 3 else 0
        made.fields = {HOUR: hour % 12, AM_PM: hour // 12}
        made._turns = {HOUR: 1, AM_PM: 1}
        made.j_set(*(parts if len(parts) != 3 else (*parts, 0, 0, 0)))
        return made

    # -- computing

    def millis(self) -> int:
        """The time. Raises IllegalArgument when it is not lenient and a field is out of range."""
        if self._known is None:
            if not self.lenient:
                self._check()
            self.time = self._known = self._computed()
            if not self.lenient:
                self._compare()
            self.fields, self._turns = {}, {}
        return self.time

    def _check(self) -> None:
        for field, value in self.fields.items():
            if not _MINIMA[field] <= value <= _MAXIMA[field]:
                raise t.IllegalArgument(_FIELDS[field])

    def _compare(self) -> None:
        given = dict(self.fields)
        self.fields = {}
        for field, value in given.items():
            if self.get(field) != value:
                raise t.IllegalArgument(f"{_FIELDS[field]}: {value} -> {self.get(field)}")

    def _computed(self) -> int:
        given = self.fields
        days, of_day = self._days(), self._of_day()
        local = days * _DAY + of_day
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
                return start + (weekday - _weekday(start)) % 7 + 7 * (ordinal - 1)
            last = days_at(year, month + 1, 1, self.cutover) - 1
            return last - (_weekday(last) - weekday) % 7 + 7 * (ordinal + 1)
        week = given.get(WEEK_OF_MONTH if kind == "week_month" else WEEK_OF_YEAR, 1)
        return self._first_week(start) + (week - 1) * 7 + (weekday - self.first) % 7

    def _first_week(self, start: int) -> int:
        """The first day of the first week of a month or year that begins with a day."""
        begin = start - (_weekday(start) - self.first) % 7
        return begin if begin + 7 - start >= self.minimal else begin + 7

    def get(self, field: int) -> int:
        """A field of the time."""
        millis = self.millis()
        offset = self.zone.offset(millis)
        days, of_day = divmod(millis + offset, _DAY)
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
            DAY_OF_WEEK: _weekday(days),
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
        """Turn what was set into a time."""
        self.millis()

    def _field(self, field: int) -> int:
        if not 0 <= field < len(_FIELDS):
            raise t.ArrayIndexOutOfBounds(f"Index {field} out of bounds for length 17")
        return field

    # -- reading and setting

    def j_get(self, field: int) -> int:
        return self.get(self._field(field))

    def j_set(self, *parts: int) -> None:
        pairs = [parts] if len(parts) == 2 else list(zip((YEAR, MONTH, DATE, HOUR_OF_DAY, MINUTE, SECOND), parts, strict=False))
        for field, value in pairs:
            self._put(self._field(field), value)

    def _put(self, field: int, value: int) -> None:
        if self._known is not None:
            base = {one: self.get(one) for one in range(len(_FIELDS) - 2)}
            self._known = None
            self.fields = base
            self._turns = dict.fromkeys(base, 1)
            self._turn = 2
        self._turn += 1
        self.fields[field], self._turns[field] = value, self._turn

    def j_clear(self, field: int | None = None) -> None:
        if field is None:
            self._known, self.fields, self._turns, self._turn = None, {}, {}, 1
            return
        if self._known is not None:
            self._put(field, 0)
        self.fields.pop(self._field(field), None)
        self._turns.pop(field, None)

    def j_isSet(self, field: int) -> bool:
        return self._known is not None or field in self.fields

    def j_getTimeInMillis(self) -> int:
        return self.millis()

    def j_setTimeInMillis(self, millis: int) -> None:
        self.time = self._known = millis
        self.fields, self._turns = {}, {}

    def j_getTime(self) -> Date:
        return Date(self.millis())

    def j_setTime(self, date: Date) -> None:
        self.j_setTimeInMillis(date.millis)

    def j_toInstant(self) -> Instant:
        return Instant(self.millis() * 1_000_000)

    def j_toZonedDateTime(self) -> Any:
        return zoned_instant(self.millis() * 1_000_000, self.zone.j_toZoneId())

    def j_getTimeZone(self) -> TimeZone:
        return self.zone

    def j_setTimeZone(self, zone: TimeZone) -> None:
        self.zone = zone

    def j_isLenient(self) -> bool:
        return self.lenient

    def j_setLenient(self, lenient: bool) -> None:
        self.lenient = lenient

    def j_getFirstDayOfWeek(self) -> int:
        return self.first

    def j_setFirstDayOfWeek(self, day: int) -> None:
        self.first = day

    def j_getMinimalDaysInFirstWeek(self) -> int:
        return self.minimal

    def j_setMinimalDaysInFirstWeek(self, days: int) -> None:
        self.minimal = days

    def j_getGregorianChange(self) -> Date:
        return Date(self.cutover * _DAY)

    def j_setGregorianChange(self, date: Date) -> None:
        self._settle()
        self.cutover = date.millis // _DAY

    def j_getCalendarType(self) -> str:
        return "gregory"

    def j_isLeapYear(self, year: int) -> bool:
        return is_leap(year, self.cutover)

    # -- moving

    def j_add(self, field: int, amount: int) -> None:
        if not amount:
            return
        if not 0 <= self._field(field) < ZONE_OFFSET:
            raise t.IllegalArgument(None)
        if field in (YEAR, MONTH):
            self._add_months(amount * (12 if field == YEAR else 1))
        elif field in _MOVES and field != AM_PM:
            self.j_setTimeInMillis(self.millis() + amount * _MOVES[field])
        elif field == ERA:
            self._put(ERA, min(max(self.get(ERA) + amount, 0), 1))
            self._settle()
        else:
            halves = {WEEK_OF_YEAR: 14, WEEK_OF_MONTH: 14, DAY_OF_WEEK_IN_MONTH: 14, AM_PM: 1}.get(field, 2)
            self._move_local(amount * halves * (_DAY // 2))

    def _move_local(self, millis: int) -> None:
        """Move by days of the wall's time: the hour stays when the offset changes."""
        before = self.millis()
        moved = before + millis
        self.j_setTimeInMillis(moved + self.zone.offset(before) - self.zone.offset(moved))

    def _add_months(self, months: int) -> None:
        days, of_day = divmod(self.millis() + self.zone.offset(self.millis()), _DAY)
        year, month, day = civil_of(days, self.cutover)
        total = year * 12 + month - 1 + months
        self._to_local(total // 12, total % 12 + 1, day, of_day)

    def _to_local(self, year: int, month: int, day: int, of_day: int) -> None:
        last = days_at(year, month + 1, 1, self.cutover) - 1
        days = min(days_at(year, month, 1, self.cutover) + day - 1, last)
        self.j_clear()
        target_year, target_month, target_day = civil_of(days, self.cutover)
        era_year = (1, target_year) if target_year > 0 else (0, 1 - target_year)
        for field, value in zip((ERA, YEAR, MONTH, DATE), (*era_year, target_month - 1, target_day), strict=True):
            self._put(field, value)
        for field, value in (
            (HOUR_OF_DAY, of_day // 3_600_000), (MINUTE, of_day // 60_000 % 60),
            (SECOND, of_day // 1000 % 60), (MILLISECOND, of_day % 1000),
        ):  # fmt: skip
            self._put(field, value)
        self._settle()

    def j_roll(self, field: int, amount: Any) -> None:
        amount = amount if not isinstance(amount, bool) else 1 if amount else -1
        if not amount:
            return
        if not 0 <= self._field(field) < ZONE_OFFSET:
            raise t.IllegalArgument(None)
        low, high = self.j_getActualMinimum(field), self.j_getActualMaximum(field)
        old = self.get(field)
        new = (old + amount - low) % (high - low + 1) + low
        if field in (YEAR, MONTH):
            days, of_day = divmod(self.millis() + self.zone.offset(self.millis()), _DAY)
            year, month, day = civil_of(days, self.cutover)
            self._to_local(new if field == YEAR else year, new + 1 if field == MONTH else month, day, of_day)
        elif field in _MOVES:
            self.j_setTimeInMillis(self.millis() + (new - old) * _MOVES[field])
        elif field == ERA:
            self._put(ERA, new)
        elif field == DAY_OF_WEEK:
            first = (old - self.first) % 7
            self._move_local((((first + amount) % 7) - first) * _DAY)
        elif field == WEEK_OF_MONTH:
            self._roll_week(amount)
        else:
            self._move_local((new - old) * (7 if field in (WEEK_OF_YEAR, DAY_OF_WEEK_IN_MONTH) else 1) * _DAY)
        if field not in (HOUR, HOUR_OF_DAY):
            self._put(field, self.get(field))

    def _roll_week(self, amount: int) -> None:
        days = (self.millis() + self.zone.offset(self.millis())) // _DAY
        year, month, _ = civil_of(days, self.cutover)
        start, length = days_at(year, month, 1, self.cutover), self.j_getActualMaximum(DATE)
        first = start - (_weekday(start) - self.first) % 7
        if first + 7 - start < self.minimal:
            first += 7
        last = start + length - 1
        limit = last + 7 - ((last - first) % 7)
        moved = (days + amount * 7 - first) % (limit - first) + first
        self._move_local((min(max(moved, start), last) - days) * _DAY)

    # -- limits

    def j_getMinimum(self, field: int) -> int:
        return _MINIMA[self._field(field)]

    def j_getGreatestMinimum(self, field: int) -> int:
        return 1 if field == DATE else _MINIMA[self._field(field)]

    def j_getMaximum(self, field: int) -> int:
        return _MAXIMA[self._field(field)]

    def j_getLeastMaximum(self, field: int) -> int:
        return _LEAST_MAXIMA[self._field(field)]

    def j_getActualMinimum(self, field: int) -> int:
        return _MINIMA[self._field(field)]

    def j_getActualMaximum(self, field: int) -> int:
        days = (self.millis() + self.zone.offset(self.millis())) // _DAY
        year, month, _ = civil_of(days, self.cutover)
        start, after = days_at(year, month, 1, self.cutover), days_at(year, month + 1, 1, self.cutover)
        length = after - start
        if field == DATE:
            return civil_of(after - 1, self.cutover)[2]
        if field == DAY_OF_YEAR:
            return days_at(year + 1, 1, 1, self.cutover) - days_at(year, 1, 1, self.cutover)
        if field == WEEK_OF_YEAR:
            return self._weeks_in(year)
        if field == WEEK_OF_MONTH:
            return (start + length - 1 - self._first_week(start)) // 7 + 1
        if field == DAY_OF_WEEK_IN_MONTH:
            at = (_weekday(days) - _weekday(start)) % 7
            return (length - 1 - at) // 7 + 1
        return _MAXIMA[self._field(field)]

    def _weeks_in(self, year: int) -> int:
        """The highest week number that a day of the year has."""
        last = days_at(year + 1, 1, 1, self.cutover) - 1
        of, week = self._week(last, year)
        return week if of == year else self._week(last - 7, year)[1]

    # -- week dates

    def j_isWeekDateSupported(self) -> bool:
        return True

    def j_getWeekYear(self) -> int:
        days = (self.millis() + self.zone.offset(self.millis())) // _DAY
        return self._week(days, civil_of(days, self.cutover)[0])[0]

    def j_getWeeksInWeekYear(self) -> int:
        year = self.j_getWeekYear()
        return (self._first_week(days_at(year + 1, 1, 1)) - self._first_week(days_at(year, 1, 1))) // 7

    def j_setWeekDate(self, year: int, week: int, weekday: int) -> None:
        if not 1 <= weekday <= 7:
            raise t.IllegalArgument(f"invalid dayOfWeek: {weekday}")
        of_day = (self.millis() + self.zone.offset(self.millis())) % _DAY
        days = self._first_week(days_at(year, 1, 1)) + (week - 1) * 7 + (weekday - self.first) % 7
        self._to_local(*civil_of(days, self.cutover), of_day)

    # -- names

    def j_getDisplayName(self, field: int, style: int, locale: Any) -> str | None:
        names = _names(field, style, locale)
        value = self.get(self._field(field))
        return next((name for name, number in names if number == value), None)

    def j_getDisplayNames(self, field: int, style: int, locale: Any) -> Any:
        styles = (1, 2) if style == 0 else (style,)
        out = HashMap()
        for one in styles:
            out.update(_names(field, one, locale))
        return out if out else None

    # -- comparing

    def j_after(self, other: Any) -> bool:
        return isinstance(other, GregorianCalendar) and self.millis() > other.millis()

    def j_before(self, other: Any) -> bool:
        return isinstance(other, GregorianCalendar) and self.millis() < other.millis()

    def j_compareTo(self, other: Any) -> int:
        return int(self.millis() > other.millis()) - int(self.millis() < other.millis())

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, GregorianCalendar) and (self.millis(), self.zone.name, self.first, self.minimal) == (
            other.millis(), other.zone.name, other.first, other.minimal
        )  # fmt: skip

    def j_hashCode(self) -> int:
        bits = int(self.lenient) | self.first << 1 | self.minimal << 4 | self.zone.j_hashCode() << 7
        millis = self.millis() & 0xFFFFFFFFFFFFFFFF
        return wrap_int(bits ^ millis ^ millis >> 32) ^ wrap_int((self.cutover * _DAY) ^ (self.cutover * _DAY) >> 32)

    def j_clone(self) -> Any:
        made = copy.copy(self)
        made.fields, made._turns = dict(self.fields), dict(self._turns)
        return made

    def j_toString(self) -> str:
        known = self._known is not None
        shown = []
        for field, name in enumerate(_FIELDS):
            value = self.get(field) if known else self.fields.get(field)
            shown.append(f"{name}={'?' if value is None else value}")
        state = str(known).lower()
        return (
            f"java.util.GregorianCalendar[time={self.time if known else '?'},areFieldsSet={state},areAllFieldsSet={state},"
            f"lenient={str(self.lenient).lower()},zone={self.zone.j_toString()},firstDayOfWeek={self.first},"
            f"minimalDaysInFirstWeek={self.minimal},{','.join(shown)}]"
        )


def _weekday(days: int) -> int:
    """1 for Sunday to 7 for Saturday."""
    return days_math.day_of_week(days) % 7 + 1


_TEXTS = {ERA: ("eras", 0), MONTH: ("months", 0), DAY_OF_WEEK: ("days", 0), AM_PM: ("ampm", 0)}
_STYLES = {1: "SHORT", 2: "FULL", 4: "NARROW", 32769: "SHORT_STANDALONE", 32770: "FULL_STANDALONE", 32772: "NARROW_STANDALONE"}


def _names(field: int, style: int, locale: Any) -> list[tuple[str, int]]:
    if locale is None:
        raise t.NullPointer(None)
    if style not in _STYLES or not 0 <= field < len(_FIELDS):
        raise t.IllegalArgument(None)
    if field not in _TEXTS:
        return []
    kind = _TEXTS[field][0]
    if field in (ERA, AM_PM) and style < 4:
        texts = words(locale, f"symbols.{kind}")
    else:
        texts = words(locale, f"{_STYLES[style]}.{kind}")
    if kind == "days":
        texts = [texts[-1], *texts[:-1]]
    return [(text, at + (1 if kind == "days" else 0)) for at, text in enumerate(texts) if text]


class CalendarBuilder:
    """Calendar.Builder."""

    java_class = "java.util.Calendar.Builder"

    def __init__(self) -> None:
        self._settings: list[tuple[Any, ...]] = []
        self._instant: int | None = None
        self._zone, self._locale, self._lenient = UTC, DEFAULT, True
        self._week: tuple[int, int] | None = None

    def j_setInstant(self, millis: Any) -> CalendarBuilder:
        if self._settings:
            raise t.IllegalState(None)
        self._instant = millis if isinstance(millis, int) else millis.millis
        return self

    def j_set(self, field: int, value: int) -> CalendarBuilder:
        if not 0 <= field < len(_FIELDS):
            raise t.IllegalArgument("field is invalid")
        self._settings.append(("set", field, value))
        return self

    def j_setFields(self, pairs: Any) -> CalendarBuilder:
        if len(pairs) % 2:
            raise t.IllegalArgument(None)
        for at in range(0, len(pairs), 2):
            self.j_set(pairs[at], pairs[at + 1])
        return self

    def j_setDate(self, year: int, month: int, day: int) -> CalendarBuilder:
        return self.j_set(YEAR, year).j_set(MONTH, month).j_set(DATE, day)

    def j_setTimeOfDay(self, hour: int, minute: int, second: int, millis: int = 0) -> CalendarBuilder:
        return self.j_set(HOUR_OF_DAY, hour).j_set(MINUTE, minute).j_set(SECOND, second).j_set(MILLISECOND, millis)

    def j_setWeekDate(self, year: int, week: int, weekday: int) -> CalendarBuilder:
        self._settings.append(("week", year, week, weekday))
        return self

    def j_setTimeZone(self, zone: TimeZone) -> CalendarBuilder:
        self._zone = zone
        return self

    def j_setLocale(self, locale: Any) -> CalendarBuilder:
        self._locale = locale
        return self

    def j_setLenient(self, lenient: bool) -> CalendarBuilder:
        self._lenient = lenient
        return self

    def j_setWeekDefinition(self, first: int, minimal: int) -> CalendarBuilder:
        if not 1 <= first <= 7 or not 1 <= minimal <= 7:
            raise t.IllegalArgument(None)
        self._week = (first, minimal)
        return self

    def j_setCalendarType(self, kind: str) -> CalendarBuilder:
        if kind in ("buddhist", "japanese"):
            from esmock.errors import Unsupported

            raise Unsupported(f"the calendar type [{kind}] of Calendar.Builder")
        if kind not in ("gregory", "gregorian", "iso8601"):
            raise t.IllegalArgument(f"unknown calendar type: {kind}")
        if kind == "iso8601":
            self._week = (2, 4)
        return self

    def j_build(self) -> GregorianCalendar:
        made = GregorianCalendar(self._zone, self._locale)
        if self._week is not None:
            made.first, made.minimal = self._week
        if self._instant is not None:
            made.j_setTimeInMillis(self._instant)
            return made
        made.j_clear()
        for kind, *values in self._settings:
            if kind == "set":
                made._put(*values)
            else:
                made.j_setWeekDate(*values)
        made.lenient = self._lenient
        made.millis()
        return made


def _now(zone: TimeZone = UTC, locale: Any = DEFAULT) -> GregorianCalendar:
    import time

    return GregorianCalendar(zone, locale, time.time_ns() // 1_000_000)


def _from(moment: Any) -> GregorianCalendar:
    made = GregorianCalendar(time_zone(_zone_name(moment.zone)), DEFAULT, moment.epoch_ns() // 1_000_000)
    made.first, made.minimal, made.cutover = 2, 4, -(1 << 60)
    return made


def _zone_name(zone: Any) -> str:
    return "UTC" if zone.name == "Z" else f"GMT{zone.name}" if zone.name[0] in "+-" else zone.name


STATICS: dict[str, Any] = {
    "Calendar.getInstance/0": _now,
    "Calendar.getInstance/1": lambda of: _now(of) if isinstance(of, TimeZone) else _now(UTC, of),
    "Calendar.getInstance/2": _now,
    "Calendar.getAvailableCalendarTypes/0": lambda: JavaSet(("gregory", "buddhist", "japanese")),
    "Calendar.getAvailableLocales/0": lambda: JavaArray("java.util.Locale", available_locales()),
    "GregorianCalendar.from/1": _from,
}
CONSTRUCTORS: dict[str, Any] = {
    "GregorianCalendar/0": _now,
    "GregorianCalendar/1": lambda of: _now(of) if isinstance(of, TimeZone) else _now(UTC, of),
    "GregorianCalendar/2": _now,
    "GregorianCalendar/3": GregorianCalendar.of_fields,
    "GregorianCalendar/5": GregorianCalendar.of_fields,
    "GregorianCalendar/6": GregorianCalendar.of_fields,
    "Calendar.Builder/0": CalendarBuilder,
}
_NUMBERS = {name: at for at, name in enumerate(_FIELDS)} | {
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
