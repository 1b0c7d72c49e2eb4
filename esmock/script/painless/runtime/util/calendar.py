"""java.util.Calendar and GregorianCalendar: reading, setting and moving."""

from __future__ import annotations

import copy
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.time.instants import Instant
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.value import wrap_long
from esmock.script.painless.runtime.time.zoned import zoned_instant
from esmock.script.painless.runtime.util.calendar_time import (
    AM_PM,
    DATE,
    DAY,
    DAY_OF_WEEK,
    DAY_OF_WEEK_IN_MONTH,
    DAY_OF_YEAR,
    ERA,
    HOUR,
    HOUR_OF_DAY,
    LEAST_MAXIMA,
    MAXIMA,
    MILLISECOND,
    MINIMA,
    MINUTE,
    MONTH,
    NAMES,
    SECOND,
    WEEK_OF_MONTH,
    WEEK_OF_YEAR,
    YEAR,
    ZONE_OFFSET,
    CalendarTime,
    weekday_of,
)
from esmock.script.painless.runtime.util.date import Date
from esmock.script.painless.runtime.util.julian import civil_of, days_at, is_leap
from esmock.script.painless.runtime.util.locale import DEFAULT, available_locales
from esmock.script.painless.runtime.util.time_zone import UTC, TimeZone, time_zone
from esmock.script.painless.runtime.values import HashMap, JavaArray, wrap_int

_MOVES = {HOUR: 3_600_000, HOUR_OF_DAY: 3_600_000, MINUTE: 60_000, SECOND: 1000, MILLISECOND: 1, AM_PM: 43_200_000}


class GregorianCalendar(CalendarTime):
    """A calendar as scripts see it."""

    java_class = "java.util.GregorianCalendar"

    @classmethod
    def of_fields(cls, *parts: int) -> Any:
        made = cls()
        made.j_clear()
        hour = parts[3] if len(parts) > 3 else 0
        # ES: Java does not look whether the hour is one
        made.fields = {HOUR: hour - 12, AM_PM: 1} if 12 <= hour < 24 else {HOUR: hour, AM_PM: 0}
        made._turns = {HOUR: 1, AM_PM: 1}
        made.j_set(*((*parts, 0, 0, 0)[:6]))
        return made

    # -- reading and setting

    def j_get(self, field: int) -> int:
        found = self.get(self._field(field))
        self._settle()
        return found

    def j_set(self, *parts: int) -> None:
        pairs = [parts] if len(parts) == 2 else list(zip((YEAR, MONTH, DATE, HOUR_OF_DAY, MINUTE, SECOND), parts, strict=False))
        for field, value in pairs:
            self._put(self._field(field), value)

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
        self.time = self._known = wrap_long(millis)
        self.fields, self._turns, self._partial = {}, {}, None

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
        return Date(self.cutover * DAY)

    def j_setGregorianChange(self, date: Date) -> None:
        self._settle()
        self.cutover = date.millis // DAY

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
            self._move_local(amount * halves * (DAY // 2))

    def _move_local(self, millis: int) -> None:
        """Move by days of the wall's time: the hour stays when the offset changes."""
        before = self.millis()
        moved = before + millis
        self.j_setTimeInMillis(moved + self.zone.offset(before) - self.zone.offset(moved))

    def _add_months(self, months: int) -> None:
        days, of_day = divmod(self.wall(), DAY)
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
            days, of_day = divmod(self.wall(), DAY)
            year, month, day = civil_of(days, self.cutover)
            self._to_local(new if field == YEAR else year, new + 1 if field == MONTH else month, day, of_day)
        elif field in _MOVES:
            self.j_setTimeInMillis(self.millis() + (new - old) * _MOVES[field])
        elif field == ERA:
            self._put(ERA, new)
        elif field == DAY_OF_WEEK:
            first = (old - self.first) % 7
            self._move_local((((first + amount) % 7) - first) * DAY)
        elif field == WEEK_OF_MONTH:
            self._roll_week(amount)
        else:
            self._move_local((new - old) * (7 if field in (WEEK_OF_YEAR, DAY_OF_WEEK_IN_MONTH) else 1) * DAY)
        if field not in (HOUR, HOUR_OF_DAY):
            self._put(field, self.get(field))

    def _roll_week(self, amount: int) -> None:
        days = self.wall() // DAY
        year, month, _ = civil_of(days, self.cutover)
        start, length = days_at(year, month, 1, self.cutover), self.j_getActualMaximum(DATE)
        first = start - (weekday_of(start) - self.first) % 7
        if first + 7 - start < self.minimal:
            first += 7
        last = start + length - 1
        limit = last + 7 - ((last - first) % 7)
        moved = (days + amount * 7 - first) % (limit - first) + first
        self._move_local((min(max(moved, start), last) - days) * DAY)

    # -- limits

    def j_getMinimum(self, field: int) -> int:
        return MINIMA[self._field(field)]

    def j_getGreatestMinimum(self, field: int) -> int:
        return 1 if field == DATE else MINIMA[self._field(field)]

    def j_getMaximum(self, field: int) -> int:
        return MAXIMA[self._field(field)]

    def j_getLeastMaximum(self, field: int) -> int:
        return LEAST_MAXIMA[self._field(field)]

    def j_getActualMinimum(self, field: int) -> int:
        return MINIMA[self._field(field)]

    def j_getActualMaximum(self, field: int) -> int:
        days = self.wall() // DAY
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
            at = (weekday_of(days) - weekday_of(start)) % 7
            return (length - 1 - at) // 7 + 1
        return MAXIMA[self._field(field)]

    def _weeks_in(self, year: int) -> int:
        """The highest week number that a day of the year has."""
        last = days_at(year + 1, 1, 1, self.cutover) - 1
        of, week = self._week(last, year)
        return week if of == year else self._week(last - 7, year)[1]

    # -- week dates

    def j_isWeekDateSupported(self) -> bool:
        return True

    def j_getWeekYear(self) -> int:
        days = self.wall() // DAY
        return self._week(days, civil_of(days, self.cutover)[0])[0]

    def j_getWeeksInWeekYear(self) -> int:
        year = self.j_getWeekYear()
        return (self._first_week(days_at(year + 1, 1, 1)) - self._first_week(days_at(year, 1, 1))) // 7

    def j_setWeekDate(self, year: int, week: int, weekday: int) -> None:
        if not 1 <= weekday <= 7:
            raise t.IllegalArgument(f"invalid dayOfWeek: {weekday}")
        of_day = self.wall() % DAY
        days = self._first_week(days_at(year, 1, 1)) + (week - 1) * 7 + (weekday - self.first) % 7
        self._to_local(*civil_of(days, self.cutover), of_day)

    # -- names

    def j_getDisplayName(self, field: int, style: int, locale: Any) -> str | None:
        names = display_names(field, style, locale)
        value = self.get(self._field(field))
        return next((name for name, number in names if number == value), None)

    def j_getDisplayNames(self, field: int, style: int, locale: Any) -> Any:
        styles = (1, 2) if style == 0 else (style,)
        out = HashMap()
        for one in styles:
            out.update(display_names(field, one, locale))
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
        return wrap_int(bits ^ millis ^ millis >> 32) ^ wrap_int((self.cutover * DAY) ^ (self.cutover * DAY) >> 32)

    def j_clone(self) -> Any:
        made = copy.copy(self)
        made.fields, made._turns = dict(self.fields), dict(self._turns)
        return made

    def j_toString(self) -> str:
        known = self._known is not None
        shown = []
        for field, name in enumerate(NAMES):
            is_computed = known and (self._partial is None or field in self._partial)
            value = self.get(field) if is_computed else None if known else self.fields.get(field)
            shown.append(f"{name}={'?' if value is None else value}")
        state, all_state = str(known).lower(), str(known and self._partial is None).lower()
        return (
            f"java.util.GregorianCalendar[time={self.time if known else '?'},areFieldsSet={state},areAllFieldsSet={all_state},"
            f"lenient={str(self.lenient).lower()},zone={self.zone.j_toString()},firstDayOfWeek={self.first},"
            f"minimalDaysInFirstWeek={self.minimal},{','.join(shown)}]"
        )


_TEXTS = {ERA: ("eras", 0), MONTH: ("months", 0), DAY_OF_WEEK: ("days", 0), AM_PM: ("ampm", 0)}
_STYLES = {1: "SHORT", 2: "FULL", 4: "NARROW", 32769: "SHORT_STANDALONE", 32770: "FULL_STANDALONE", 32772: "NARROW_STANDALONE"}


def display_names(field: int, style: int, locale: Any) -> list[tuple[str, int]]:
    """The names of a field's values in a style."""
    if locale is None:
        raise t.NullPointer(None)
    if style not in _STYLES or not 0 <= field < len(NAMES):
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


def calendar_now(zone: TimeZone = UTC, locale: Any = DEFAULT) -> GregorianCalendar:
    """The time it is."""
    import time

    return GregorianCalendar(zone, locale, time.time_ns() // 1_000_000)


def _from(moment: Any) -> GregorianCalendar:
    made = GregorianCalendar(time_zone(_zone_name(moment.zone)), DEFAULT, moment.epoch_ns() // 1_000_000)
    made.first, made.minimal, made.cutover = 2, 4, -(1 << 60)
    return made


def _zone_name(zone: Any) -> str:
    return "UTC" if zone.name == "Z" else f"GMT{zone.name}" if zone.name[0] in "+-" else zone.name


STATICS: dict[str, Any] = {
    "Calendar.getInstance/0": calendar_now,
    "Calendar.getInstance/1": lambda of: calendar_now(of) if isinstance(of, TimeZone) else calendar_now(UTC, of),
    "Calendar.getInstance/2": calendar_now,
    "Calendar.getAvailableCalendarTypes/0": lambda: JavaSet(("gregory", "buddhist", "japanese")),
    "Calendar.getAvailableLocales/0": lambda: JavaArray("java.util.Locale", available_locales()),
    "GregorianCalendar.from/1": _from,
}
CONSTRUCTORS: dict[str, Any] = {
    "GregorianCalendar/0": calendar_now,
    "GregorianCalendar/1": lambda of: calendar_now(of) if isinstance(of, TimeZone) else calendar_now(UTC, of),
    "GregorianCalendar/2": calendar_now,
    "GregorianCalendar/3": GregorianCalendar.of_fields,
    "GregorianCalendar/5": GregorianCalendar.of_fields,
    "GregorianCalendar/6": GregorianCalendar.of_fields,
}
