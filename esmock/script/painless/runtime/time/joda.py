"""JodaCompatibleZonedDateTime: what date doc values give on 7.x."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime.time.enums import DAYS
from esmock.script.painless.runtime.time.parts import date_text, time_text
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND
from esmock.script.painless.runtime.time.zoned import ZonedDateTime
from esmock.script.painless.runtime.time.zones import UTC_OFFSET


class JodaDate(ZonedDateTime):
    """A ZonedDateTime in UTC with the getters of Joda's dates."""

    java_class = "org.elasticsearch.script.JodaCompatibleZonedDateTime"
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ZonedDateTime) and self._key() == other._key()

    __hash__ = ZonedDateTime.__hash__

    def j_getDayOfWeekEnum(self) -> Any:
        return DAYS[calendar.day_of_week(self.days) - 1]

    def j_getMillis(self) -> int:
        return self.epoch_ns() // 1_000_000

    def j_getCenturyOfEra(self) -> int:
        return self.j_getYear() // 100

    def j_getEra(self) -> int:
        return int(self.j_getYear() > 0)

    def j_getYearOfEra(self) -> int:
        return self.j_getYear()

    def j_getYearOfCentury(self) -> int:
        return self.j_getYear() % 100

    def j_getMonthOfYear(self) -> int:
        return self.j_getMonthValue()

    def j_getDayOfWeek(self) -> Any:
        return calendar.day_of_week(self.days)

    def j_getWeekOfWeekyear(self) -> int:
        return calendar.week_of(self.days)[1]

    def j_getWeekyear(self) -> int:
        return calendar.week_of(self.days)[0]

    def j_getHourOfDay(self) -> int:
        return self.j_getHour()

    def j_getMinuteOfHour(self) -> int:
        return self.j_getMinute()

    def j_getMinuteOfDay(self) -> int:
        return self.nanos // (60 * SECOND)

    def j_getSecondOfMinute(self) -> int:
        return self.j_getSecond()

    def j_getSecondOfDay(self) -> int:
        return self.nanos // SECOND

    def j_getMillisOfSecond(self) -> int:
        return self.nanos % SECOND // 1_000_000

    def j_getMillisOfDay(self) -> int:
        return self.nanos // 1_000_000

    def j_toString(self, pattern: str | None = None, locale: Any = None) -> str:
        if pattern is not None:
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
