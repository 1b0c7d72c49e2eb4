"""What the classes with a date (``days`` since 1970) and with a time (``nanos`` of the day) offer by name."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime.time.enums import DAYS, MONTHS
from esmock.script.painless.runtime.time.temporal import mover, setter
from esmock.script.painless.runtime.time.value import SECOND


class DatePart:
    """Getters of a date, and its moves and replacements by name."""

    __slots__ = ()
    days: int

    def j_getYear(self) -> int:
        return calendar.civil(self.days)[0]

    def j_getMonthValue(self) -> int:
        return calendar.civil(self.days)[1]

    def j_getMonth(self) -> Any:
        return MONTHS[calendar.civil(self.days)[1] - 1]

    def j_getDayOfMonth(self) -> int:
        return calendar.civil(self.days)[2]

    def j_getDayOfYear(self) -> int:
        return calendar.day_of_year(self.days)

    def j_getDayOfWeek(self) -> Any:
        return DAYS[calendar.day_of_week(self.days) - 1]

    j_plusDays, j_minusDays = mover("DAYS"), mover("DAYS", -1)
    j_plusWeeks, j_minusWeeks = mover("WEEKS"), mover("WEEKS", -1)
    j_plusMonths, j_minusMonths = mover("MONTHS"), mover("MONTHS", -1)
    j_plusYears, j_minusYears = mover("YEARS"), mover("YEARS", -1)
    j_withDayOfMonth, j_withDayOfYear = setter("DAY_OF_MONTH"), setter("DAY_OF_YEAR")
    j_withMonth, j_withYear = setter("MONTH_OF_YEAR"), setter("YEAR")


class TimePart:
    """Getters of a time, and its moves and replacements by name."""

    __slots__ = ()
    nanos: int

    def j_getHour(self) -> int:
        return self.nanos // (3600 * SECOND)

    def j_getMinute(self) -> int:
        return self.nanos // (60 * SECOND) % 60

    def j_getSecond(self) -> int:
        return self.nanos // SECOND % 60

    def j_getNano(self) -> int:
        return self.nanos % SECOND

    j_plusHours, j_minusHours = mover("HOURS"), mover("HOURS", -1)
    j_plusMinutes, j_minusMinutes = mover("MINUTES"), mover("MINUTES", -1)
    j_plusSeconds, j_minusSeconds = mover("SECONDS"), mover("SECONDS", -1)
    j_plusNanos, j_minusNanos = mover("NANOS"), mover("NANOS", -1)
    j_withHour, j_withMinute = setter("HOUR_OF_DAY"), setter("MINUTE_OF_HOUR")
    j_withSecond, j_withNano = setter("SECOND_OF_MINUTE"), setter("NANO_OF_SECOND")


def time_text(nanos: int) -> str:
    """A time as LocalTime prints it: ``12:30``, ``12:30:01.500``."""
    seconds, rest = divmod(nanos, SECOND)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if second or rest:
        text += f":{second:02d}"
    if rest:
        digits = f"{rest:09d}"
        text += "." + (digits[:3] if rest % 1_000_000 == 0 else digits[:6] if rest % 1000 == 0 else digits)
    return text


def year_text(year: int) -> str:
    return f"{year:04d}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):04d}"


def date_text(days: int) -> str:
    year, month, day = calendar.civil(days)
    shown = f"-{-year:04d}" if year < 0 else year_text(year)
    return f"{shown}-{month:02d}-{day:02d}"
