"""Cron expressions as Elasticsearch's scheduler reads them, and their next time. Evaluated in UTC, to the second.

Source: recordings of 6.8.23 (rollup put with crons made at random); the cron-expressions page.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from esmock.errors import IllegalArgument, StringIndexOutOfBounds
from esmock.features.cron_field import BOUNDS, Field, NoDays, Part

LAST_YEAR = 2999
_NAMES = ("second", "minute", "hour", "day", "month", "weekday", "year")


class Cron:
    """A parsed expression.

    Raises:
        IllegalArgument: ``invalid cron expression [...]`` with the reason as its causes.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._fields: dict[str, Field] = {}
        try:
            self._parse(expression.upper())
        except NoDays:
            raise self._refusal("java.util.NoSuchElementException") from None
        except (IllegalArgument, StringIndexOutOfBounds) as detail:
            raise self._refusal(f"java.lang.{detail.java}: {detail.reason}") from None

    def _refusal(self, why: str) -> IllegalArgument:
        cause = IllegalArgument(f"illegal cron expression format [{why}]")
        return IllegalArgument(f"invalid cron expression [{self.expression}]", cause=cause)

    def _parse(self, text: str) -> None:
        parts = re.split(r"[ \t]+", text.strip(" \t"))
        parts = [part for part in parts if part]
        for name, part in zip(_NAMES, parts, strict=False):
            if name == "day" and "L" in part and len(part) > 1 and "," in part:
                raise IllegalArgument("support for specifying 'L' and 'LW' with other days of the month is not implemented")
            if name == "weekday" and "L" in part and len(part) > 1 and "," in part:
                raise IllegalArgument("support for specifying 'L' with other days of the week is not implemented")
            if name == "weekday" and part.count("#") > 1:
                raise IllegalArgument('support for specifying multiple "nth" days is not implemented.')
            found = Field()
            for piece in part.split(","):
                if piece:
                    Part(name, piece, found, self._fields.get("day")).read()
            self._fields[name] = found
        if len(self._fields) < 6:
            raise IllegalArgument(f"unexpected end of expression at pos [{len(text)}].")
        if "year" not in self._fields:
            self._fields["year"] = Field(any=True)
        if self._fields["day"].unspecified == self._fields["weekday"].unspecified:
            raise IllegalArgument(
                "support for specifying both a day-of-week AND a day-of-month parameter is not implemented."
            )

    def next_ms(self, after_ms: int) -> int | None:
        """The first match strictly after an instant; None when there is none."""
        start = datetime.fromtimestamp(after_ms // 1000 + 1, UTC)
        for day in self._days(start):
            is_first = day.date() == start.date()
            for hour in self._sorted("hour"):
                if is_first and hour < start.hour:
                    continue
                for minute in self._sorted("minute"):
                    if is_first and (hour, minute) < (start.hour, start.minute):
                        continue
                    for second in self._sorted("second"):
                        if not is_first or (hour, minute, second) >= (start.hour, start.minute, start.second):
                            moment = day.replace(hour=hour, minute=minute, second=second)
                            return int(moment.timestamp()) * 1000
        return None

    def _sorted(self, name: str) -> list[int]:
        found = self._fields[name]
        low, high = BOUNDS[name]
        return list(range(low, high + 1)) if found.any else sorted(found.values)

    def _days(self, start: datetime) -> Iterator[datetime]:
        """Matching days from ``start`` on, at midnight."""
        years = self._fields["year"]
        months = self._sorted("month")
        candidates = range(start.year, LAST_YEAR + 1) if years.any else sorted(years.values)
        for year in candidates:
            if year < start.year or year > LAST_YEAR:
                continue
            for month in months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in self._month_days(year, month):
                    if (year, month, day) >= (start.year, start.month, start.day):
                        yield datetime(year, month, day, tzinfo=UTC)

    def _month_days(self, year: int, month: int) -> list[int]:
        length = calendar.monthrange(year, month)[1]
        days, weekdays = self._fields["day"], self._fields["weekday"]
        if weekdays.unspecified:
            return self._by_day(days, year, month, length)
        return self._by_weekday(weekdays, year, month, length)

    @staticmethod
    def _by_day(days: Field, year: int, month: int, length: int) -> list[int]:
        if days.last:
            day = max(1, length - days.last_offset)
            return [_nearest_weekday(year, month, day, length)] if days.nearest_weekday else [day]
        if days.any:
            return list(range(1, length + 1))
        found = sorted(day for day in days.values if day <= length)
        if days.nearest_weekday:
            return [_nearest_weekday(year, month, min(day, length), length) for day in sorted(days.values)]
        return found

    @staticmethod
    def _by_weekday(weekdays: Field, year: int, month: int, length: int) -> list[int]:
        every = range(1, length + 1)
        if weekdays.any:
            return list(every)
        matching = [day for day in every if _weekday(year, month, day) in weekdays.values]
        if weekdays.last:
            return matching[-1:]
        if weekdays.nth:
            return matching[weekdays.nth - 1 : weekdays.nth]
        return matching


def _weekday(year: int, month: int, day: int) -> int:
    """1 is Sunday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def _nearest_weekday(year: int, month: int, day: int, length: int) -> int:
    weekday = _weekday(year, month, day)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day
