"""JodaCompatibleZonedDateTime: what date doc values give on 7.x."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.deprecation import deprecated
from esmock.script.painless.runtime.time.enums import DAYS
from esmock.script.painless.runtime.time.parts import date_text, time_text
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND
from esmock.script.painless.runtime.time.zoned import ZonedDateTime
from esmock.script.painless.runtime.time.zones import UTC_OFFSET


def _of_joda(method: str, instead: str) -> None:
    deprecated(f"Use of the joda time method [{method}] is deprecated. Use [{instead}] instead.")


def _instead(wanted: str) -> Callable[[Callable[[Any], int]], Callable[[Any], int]]:
    """A getter that warns of being Joda's. Source: answers of 7.10.2."""

    def decorate(getter: Callable[[Any], int]) -> Callable[[Any], int]:
        @functools.wraps(getter)
        def warning(self: Any) -> int:
            _of_joda(f"{getter.__name__.removeprefix('j_')}()", wanted)
            return getter(self)

        return warning

    return decorate


class JodaDate(ZonedDateTime):
    """A ZonedDateTime in UTC with the getters of Joda's dates."""

    java_class = "org.elasticsearch.script.JodaCompatibleZonedDateTime"
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ZonedDateTime) and self._key() == other._key()

    __hash__ = ZonedDateTime.__hash__

    def j_getDayOfWeekEnum(self) -> Any:
        return DAYS[calendar.day_of_week(self.days) - 1]

    @_instead("toInstant().toEpochMilli()")
    def j_getMillis(self) -> int:
        return self.epoch_ns() // 1_000_000

    @_instead("get(ChronoField.YEAR_OF_ERA) / 100")
    def j_getCenturyOfEra(self) -> int:
        return self.j_getYear() // 100

    @_instead("get(ChronoField.ERA)")
    def j_getEra(self) -> int:
        return int(self.j_getYear() > 0)

    @_instead("get(ChronoField.YEAR_OF_ERA)")
    def j_getYearOfEra(self) -> int:
        return self.j_getYear()

    @_instead("get(ChronoField.YEAR_OF_ERA) % 100")
    def j_getYearOfCentury(self) -> int:
        return self.j_getYear() % 100

    @_instead("getMonthValue()")
    def j_getMonthOfYear(self) -> int:
        return self.j_getMonthValue()

    def j_getDayOfWeek(self) -> Any:
        deprecated("The return type of [getDayOfWeek()] will change to an enum in 7.0. Use getDayOfWeekEnum().getValue().")
        return calendar.day_of_week(self.days)

    @_instead("get(DateFormatters.WEEK_FIELDS_ROOT.weekOfWeekBasedYear())")
    def j_getWeekOfWeekyear(self) -> int:
        return calendar.week_of(self.days)[1]

    @_instead("get(DateFormatters.WEEK_FIELDS_ROOT.weekBasedYear())")
    def j_getWeekyear(self) -> int:
        return calendar.week_of(self.days)[0]

    @_instead("getHour()")
    def j_getHourOfDay(self) -> int:
        return self.j_getHour()

    @_instead("getMinute()")
    def j_getMinuteOfHour(self) -> int:
        return self.j_getMinute()

    @_instead("get(ChronoField.MINUTE_OF_DAY)")
    def j_getMinuteOfDay(self) -> int:
        return self.nanos // (60 * SECOND)

    @_instead("getSecond()")
    def j_getSecondOfMinute(self) -> int:
        return self.j_getSecond()

    @_instead("get(ChronoField.SECOND_OF_DAY)")
    def j_getSecondOfDay(self) -> int:
        return self.nanos // SECOND

    @_instead("get(ChronoField.MILLI_OF_SECOND)")
    def j_getMillisOfSecond(self) -> int:
        return self.nanos % SECOND // 1_000_000

    @_instead("get(ChronoField.MILLI_OF_DAY)")
    def j_getMillisOfDay(self) -> int:
        return self.nanos // 1_000_000

    def j_toString(self, pattern: str | None = None, locale: Any = None) -> str:
        if pattern is not None:
            _of_joda("toString(String)" if locale is None else "toString(String,Locale)", "a DateTimeFormatter")
            from esmock.script.painless.runtime.time.builder import Builder
            from esmock.script.painless.runtime.time.formatter import Formatter

            return Formatter(Builder().j_appendPattern(pattern).composite(), locale).j_format(self)
        text = time_text(self.nanos)
        text = text if len(text) > 5 else text + ":00"
        text = text if "." in text else text + ".000"
        return f"{date_text(self.days)}T{text}{self.offset.name}"


def joda_date(epoch_ns: int) -> JodaDate:
    """The date of a doc value."""
    days, nanos = divmod(int(epoch_ns), NANOS_PER_DAY)
    return JodaDate(days, nanos, UTC_OFFSET, UTC_OFFSET)
