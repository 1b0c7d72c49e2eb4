"""Cron expressions as Elasticsearch's scheduler reads them, and their next time. Evaluated in UTC, to the second.

Source: recordings of 6.8.23 (rollup put with bad crons); the cron-expressions page.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from esmock.errors import IllegalArgument

LAST_YEAR = 2999
_MONTHS = {name: n for n, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)}
_DAYS = {name: n for n, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_BOUNDS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (1, 7)}
_OUT_OF_RANGE = {
    "second": "Minute and Second values must be between 0 and 59",
    "minute": "Minute and Second values must be between 0 and 59",
    "hour": "Hour values must be between 0 and 23",
    "day": "Day of month values must be between 1 and 31",
    "month": "Month values must be between 1 and 12",
    "weekday": "Day-of-Week values must be between 1 and 7",
}
_INCREMENTS = {
    "second": (59, "increment [%d] > 60 at pos [%d]"),
    "minute": (59, "increment [%d] > 60 at pos [%d]"),
    "hour": (23, "increment [%d] > 24 at pos [%d]"),
    "day": (31, "increment [%d] > 31 at pos [%d] "),
    "weekday": (7, "increment [%d] > 7 at pos [%d] "),
    "month": (12, "increment [%d] > 12 at pos [%d]"),
}
_NAMES = ("second", "minute", "hour", "day", "month", "weekday", "year")


@dataclass(slots=True)
class _Field:
    values: set[int] = field(default_factory=set)
    any: bool = False
    unspecified: bool = False
    last: bool = False
    last_offset: int = 0
    nearest_weekday: bool = False
    nth: int = 0


class Cron:
    """A parsed expression.

    Raises:
        IllegalArgument: ``invalid cron expression [...]`` with the reason as its causes.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._fields: dict[str, _Field] = {}
        try:
            self._parse(expression.upper())
        except IllegalArgument as detail:
            cause = IllegalArgument(
                f"illegal cron expression format [java.lang.IllegalArgumentException: {detail.reason}]"
            )
            raise IllegalArgument(f"invalid cron expression [{expression}]", cause=cause) from None

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
            found = _Field()
            for piece in part.split(","):
                if piece:
                    _Piece(name, piece, found, self._fields.get("day")).read()
            self._fields[name] = found
        if len(self._fields) < 6:
            raise IllegalArgument(f"unexpected end of expression at pos [{len(text)}].")
        if "year" not in self._fields:
            self._fields["year"] = _Field(any=True)
        if not self._fields["day"].unspecified and not self._fields["weekday"].unspecified:
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
        low, high = _BOUNDS[name]
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
    def _by_day(days: _Field, year: int, month: int, length: int) -> list[int]:
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
    def _by_weekday(weekdays: _Field, year: int, month: int, length: int) -> list[int]:
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


class _Piece:
    """Reads one comma-separated part of one field."""

    def __init__(self, name: str, text: str, out: _Field, day: _Field | None) -> None:
        self.name = name
        self.text = text
        self.out = out
        self.day = day

    def read(self) -> None:
        text = self.text
        if text[0].isalpha() and text not in ("L", "LW") and not re.match(r"L-\d+W?$", text):
            self._named()
        elif text[0] == "?":
            self._question()
        elif text[0] in "*/":
            self._star()
        elif text[0] == "L":
            self._last()
        elif text[0].isdigit():
            self._number()
        else:
            raise IllegalArgument(f"Unexpected character [{text[0]}] at pos [0] ")

    def _named(self) -> None:
        text = self.text
        table = {"month": _MONTHS, "weekday": _DAYS}.get(self.name)
        if table is None:
            raise IllegalArgument(f"illegal characters [{text[:3]}] at pos [0] '")
        label = "Month" if self.name == "month" else "Day-of-Week"
        first = table.get(text[:3])
        if first is None:
            raise IllegalArgument(f"invalid {label} value [{text[:3]}] at pos [0]")
        rest = text[3:]
        if rest.startswith("-"):
            last = table.get(rest[1:4])
            if last is None:
                raise IllegalArgument(f"invalid {label} value [{rest[1:4]}] at pos [4]")
            self._span(first, last, 1)
        elif rest.startswith("#") and self.name == "weekday":
            self._nth(first, rest[1:], 4)
        elif rest == "L" and self.name == "weekday":
            self.out.last = True
            self.out.values.add(first)
        else:
            self.out.values.add(first)

    def _nth(self, weekday: int, text: str, position: int) -> None:
        if not text.isdigit() or not 1 <= int(text) <= 5:
            raise IllegalArgument(f"a numeric value between 1 and 5 must follow the '#' option at pos [{position}]")
        self.out.nth = int(text)
        self.out.values.add(weekday)

    def _question(self) -> None:
        if len(self.text) > 1 and self.text[1] not in " \t":
            raise IllegalArgument(f"illegal character [{self.text[1]}] after '?' at pos [1]")
        if self.name not in ("day", "weekday"):
            raise IllegalArgument("'?' can only be specified for Day-of-Month or Day-of-Week. at pos [1]")
        if self.name == "weekday" and self.day is not None and self.day.unspecified:
            raise IllegalArgument("'?' can only be specified for Day-of-Month -OR- Day-of-Week. at pos [1]")
        self.out.unspecified = True

    def _star(self) -> None:
        text = self.text
        if text == "*":
            self.out.any = True
            return
        position = 1 if text[0] == "*" else 0
        if text[position] != "/":
            raise IllegalArgument(f"Unexpected character [{text[position]}] at pos [{position}] ")
        step = self._increment(position)
        low, high = self._bounds()
        self.out.values.update(range(low, high + 1, step))

    def _increment(self, slash: int) -> int:
        rest = self.text[slash + 1 :]
        if not rest:
            raise IllegalArgument(f"'/' must be followed by an integer. at pos [{slash}]")
        if not rest[0].isdigit():
            raise IllegalArgument(f"Unexpected character [{rest[0]}] after '/' at pos [{slash + 1}]")
        digits = re.match(r"\d+", rest)
        assert digits is not None
        step = int(digits[0])
        limit = _INCREMENTS.get(self.name)
        if limit is not None and step > limit[0]:
            raise IllegalArgument(limit[1] % (step, slash + 1))
        return max(step, 1)

    def _last(self) -> None:
        if self.name == "weekday":
            self.out.values.add(7)
            return
        if self.name != "day":
            raise IllegalArgument("'L' option is not valid here. at pos [1]")
        self.out.last = True
        match = re.fullmatch(r"L(?:-(\d+))?(W)?", self.text)
        if match is None:
            raise IllegalArgument(f"Unexpected character [{self.text[1]}] at pos [1] ")
        if match[1] is not None:
            self.out.last_offset = int(match[1])
            if self.out.last_offset > 30:
                raise IllegalArgument("offset from last day must be <= 30 at pos [2]")
        self.out.nearest_weekday = match[2] is not None

    def _number(self) -> None:
        match = re.match(r"\d+", self.text)
        assert match is not None
        first, rest, end = int(match[0]), self.text[match.end() :], match.end()
        self._check(first)
        if not rest:
            self.out.values.add(first)
        elif rest == "L":
            if self.name != "weekday":
                raise IllegalArgument(f"'L' option is not valid here. at pos [{end}]")
            self.out.last = True
            self.out.values.add(first)
        elif rest == "W":
            if self.name != "day":
                raise IllegalArgument(f"'W' option is not valid here. at pos [{end}]")
            self.out.nearest_weekday = True
            self.out.values.add(first)
        elif rest[0] == "#":
            if self.name != "weekday":
                raise IllegalArgument(f"'#' option is not valid here. at pos [{end}]")
            self._nth(first, rest[1:], end + 1)
        elif rest[0] == "-":
            self._range(first, rest, end)
        elif rest[0] == "/":
            step = self._increment(end)
            self.out.values.update(range(first, self._bounds()[1] + 1, step))
        else:
            raise IllegalArgument(f"Unexpected character [{rest[0]}] at pos [{end}] ")

    def _range(self, first: int, rest: str, end: int) -> None:
        match = re.match(r"-(\d+)", rest)
        if match is None:
            raise IllegalArgument(f"Unexpected end of string. at pos [{end}]")
        last = int(match[1])
        self._check(last)
        step = 1
        if rest[match.end() : match.end() + 1] == "/":
            step = self._increment(end + match.end())
        self._span(first, last, step)

    def _span(self, first: int, last: int, step: int) -> None:
        low, high = self._bounds()
        if last >= first:
            self.out.values.update(range(first, last + 1, step))
        elif self.name == "year":
            raise IllegalArgument("Start year must be less than stop year")
        else:
            width = high - low + 1
            self.out.values.update((value - low) % width + low for value in range(first, last + width + 1, step))

    def _check(self, value: int) -> None:
        if self.name == "year":
            return
        low, high = _BOUNDS[self.name]
        if not low <= value <= high:
            raise IllegalArgument(_OUT_OF_RANGE[self.name])

    def _bounds(self) -> tuple[int, int]:
        if self.name == "year":
            return 1970, (datetime.now(UTC) + timedelta(days=36525)).year
        return _BOUNDS[self.name]
