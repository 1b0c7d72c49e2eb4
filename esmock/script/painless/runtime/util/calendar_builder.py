"""java.util.Calendar.Builder."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.util.calendar import GregorianCalendar
from esmock.script.painless.runtime.util.calendar_time import (
    DATE,
    HOUR_OF_DAY,
    MILLISECOND,
    MINUTE,
    MONTH,
    NAMES,
    SECOND,
    YEAR,
)
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.util.time_zone import UTC, TimeZone


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
        if not 0 <= field < len(NAMES):
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
        made._settle()
        return made


CONSTRUCTORS: dict[str, Any] = {"Calendar.Builder/0": CalendarBuilder}
