"""The fields of a cron expression, read with all the leniency of Elasticsearch's reader: what it does not expect it passes over.

Source: asked of 6.8.23, which reads the cron when a rollup job is put: thousands of expressions made at random
(``fixtures/recorded/6.8.23/cron.json``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from esmock.errors import IllegalArgument, NumberFormat, StringIndexOutOfBounds

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
_NAMES = {
    "month": ("Month", {name: n for n, name in enumerate(_MONTHS, 1)}),
    "weekday": ("Day-of-Week", {name: n for n, name in enumerate(_DAYS, 1)}),
}
BOUNDS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (1, 7)}
_SIXTY = "Minute and Second values must be between 0 and 59"
_OUT_OF_RANGE = {
    "second": _SIXTY,
    "minute": _SIXTY,
    "hour": "Hour values must be between 0 and 23",
    "day": "Day of month values must be between 1 and 31",
    "month": "Month values must be between 1 and 12",
    "weekday": "Day-of-Week values must be between 1 and 7",
}
_STEPS = {
    "second": (59, "increment [%d] > 60 at pos [%d]"),
    "minute": (59, "increment [%d] > 60 at pos [%d]"),
    "hour": (23, "increment [%d] > 24 at pos [%d]"),
    "day": (31, "increment [%d] > 31 at pos [%d] "),
    "weekday": (7, "increment [%d] > 7 at pos [%d] "),
    "month": (12, "increment [%d] > 12 at pos [%d]"),
}
_NO_NAMES = re.compile("L|LW|L-[0-9]*W?")
_INT_MAX = 2**31 - 1


@dataclass(slots=True)
class Field:
    """What the parts of one field say together.

    Attributes:
        any: ``*``.
        unspecified: ``?``.
        nth: of the weekday in its month; 0: every one.
    """

    values: set[int] = field(default_factory=set)
    any: bool = False
    unspecified: bool = False
    last: bool = False
    last_offset: int = 0
    nearest_weekday: bool = False
    nth: int = 0


class NoDays(Exception):
    """The field of days is empty, which nobody expects who looks for its last one."""


class Part:
    """Reads one comma-separated part of one field.

    Args:
        name: ``second``, ``minute``, ``hour``, ``day``, ``month``, ``weekday`` or ``year``.
        out: gets what is read.
        day: the field of days, once it has been read.
    """

    def __init__(self, name: str, text: str, out: Field, day: Field | None) -> None:
        self.name = name
        self.text = text
        self.out = out
        self.day = day

    def read(self) -> None:
        """Raises IllegalArgument, NumberFormat, StringIndexOutOfBounds."""
        first = self.text[0]
        if "A" <= first <= "Z" and not _NO_NAMES.fullmatch(self.text):
            self._named()
        elif first == "?":
            self._question()
        elif first in "*/":
            self._star()
        elif first == "L":
            self._last()
        elif first in "0123456789":
            self._number()
        else:
            raise IllegalArgument(f"Unexpected character [{first}] at pos [0] ")

    # what the text holds

    def _at(self, place: int) -> str:
        if place >= len(self.text):
            raise StringIndexOutOfBounds(f"String index out of range: {place}")
        return self.text[place]

    def _follows(self, place: int, wanted: str) -> bool:
        return self.text[place : place + 1] == wanted

    def _run(self, place: int, *, least: int = 1) -> tuple[int, int]:
        """A number and the place behind it; the digits before ``least`` must be there. Raises NumberFormat."""
        end = place
        for n in range(least):
            _java_int(self._at(place + n))
            end = place + n + 1
        while end < len(self.text) and self.text[end] in "0123456789":
            end += 1
        return _java_int(self.text[place:end] or "0"), end

    # the forms

    def _named(self) -> None:
        text = self.text
        if len(text) < 3:
            raise StringIndexOutOfBounds(f"begin 0, end 3, length {len(text)}")
        if self.name not in _NAMES:
            raise IllegalArgument(f"illegal characters [{text[:3]}] at pos [0] '")
        first = self._by_name(0)
        if self._follows(3, "-"):
            self._add(first, self._by_name(4), 1)
            return
        if self.name == "weekday" and self._follows(3, "#"):
            self.out.nth = self._nth(4)
        elif self.name == "weekday" and self._follows(3, "L"):
            self.out.last = True
        self._add(first, None, 0)

    def _by_name(self, place: int) -> int:
        label, table = _NAMES[self.name]
        if place + 3 > len(self.text):
            raise StringIndexOutOfBounds(f"begin {place}, end {place + 3}, length {len(self.text)}")
        name = self.text[place : place + 3]
        if name not in table:
            raise IllegalArgument(f"invalid {label} value [{name}] at pos [{place}]")
        return table[name]

    def _nth(self, place: int) -> int:
        rest = self.text[place:]
        if not re.fullmatch(r"\+?0*[1-5]", rest):
            raise IllegalArgument(f"a numeric value between 1 and 5 must follow the '#' option at pos [{place}]")
        return int(rest)

    def _question(self) -> None:
        if len(self.text) > 2:
            raise IllegalArgument(f"illegal character [{self.text[1]}] after '?' at pos [1]")
        if self.name not in ("day", "weekday"):
            raise IllegalArgument("'?' can only be specified for Day-of-Month or Day-of-Week. at pos [1]")
        if self.name == "weekday" and self.day is not None and not self.day.last:
            self._check_days(self.day)
        self.out.unspecified = True

    @staticmethod
    def _check_days(day: Field) -> None:
        if not (day.values or day.any or day.unspecified):
            raise NoDays
        if day.unspecified and not day.any:
            raise IllegalArgument("'?' can only be specified for Day-of-Month -OR- Day-of-Week. at pos [1]")

    def _star(self) -> None:
        if self.text == "*":
            self._add(None, None, 0)
            return
        if self.text == "/":
            raise IllegalArgument("'/' must be followed by an integer. at pos [0]")
        slash = 1 if self.text[0] == "*" else 0
        if not self._follows(slash, "/"):
            self._add(None, None, 1)
            return
        if slash + 1 == len(self.text):
            raise IllegalArgument(f"Unexpected end of string. at pos [{slash + 1}]")
        step = _java_int(self.text[slash + 1 :])
        most, message = _STEPS.get(self.name, (_INT_MAX, ""))
        if step > most:
            raise IllegalArgument(message % (step, slash + (3 if step > 10 else 2)))
        self._add(None, None, step)

    def _last(self) -> None:
        if self.name == "weekday":
            self._add(7, None, 0)
        if self.name != "day":
            return
        self.out.last = True
        place = 1
        if self._follows(1, "-"):
            self._at(2)
            self.out.last_offset, place = self._run(2, least=0)
            if self.out.last_offset > 30:
                raise IllegalArgument("offset from last day must be <= 30 at pos [2]")
        if self._follows(place, "W"):
            self.out.nearest_weekday = True

    def _number(self) -> None:
        value, place = self._run(0)
        found: Callable[[int, int], None] = {
            "L": self._last_weekday, "W": self._nearest, "#": self._nth_weekday, "-": self._range, "/": self._stepped,
        }.get(self.text[place : place + 1], lambda value, place: self._add(value, None, 0))  # fmt: skip
        found(value, place)

    def _last_weekday(self, value: int, place: int) -> None:
        self._only("weekday", "L", place)
        if not 1 <= value <= 7:
            raise IllegalArgument(_OUT_OF_RANGE["weekday"])
        self.out.last = True
        self.out.values.add(value)

    def _nearest(self, value: int, place: int) -> None:
        self._only("day", "W", place)
        if value > 31:
            raise IllegalArgument(
                f"the 'W' option does not make sense with values larger than 31 (max number of days in a month) at pos [{place}]"
            )
        self.out.nearest_weekday = True
        self.out.values.add(value)

    def _nth_weekday(self, value: int, place: int) -> None:
        self._only("weekday", "#", place)
        self.out.nth = self._nth(place + 1)
        self.out.values.add(value)

    def _only(self, name: str, option: str, place: int) -> None:
        if self.name != name:
            raise IllegalArgument(f"'{option}' option is not valid here. at pos [{place}]")

    def _range(self, first: int, dash: int) -> None:
        last, place = self._run(dash + 1)
        step = self._run(place + 1)[0] if self._follows(place, "/") else 1
        self._add(first, last, step)

    def _stepped(self, first: int, slash: int) -> None:
        step, place = self._run(slash + 1)
        if place == slash + 2 and place < len(self.text):
            raise IllegalArgument(f"Unexpected character [{self.text[place]}] after '/' at pos [{place}]")
        self._add(first, None, step)

    # what they mean

    def _add(self, first: int | None, last: int | None, step: int) -> None:
        """Take values from the first (None: all) to the last (None: the greatest there is, unless there is no step)."""
        low, high = self._bounds()
        if first is not None and self.name != "year" and not (low <= first <= high and (last or low) <= high):
            raise IllegalArgument(_OUT_OF_RANGE[self.name])
        if first is None:
            self.out.any = self.out.any or step <= 0
            self.out.values.update(range(low, high + 1, max(step, 1)))
        elif step <= 0:
            self.out.values.add(first)
        elif last is None or last >= first:
            self.out.values.update(range(first, (high if last is None else last) + 1, step))
        elif self.name == "year":
            raise IllegalArgument("Start year must be less than stop year")
        else:
            width = high - low + 1
            self.out.values.update((value - low) % width + low for value in range(first, last + width + 1, step))

    def _bounds(self) -> tuple[int, int]:
        if self.name == "year":
            return 1970, (datetime.now(UTC) + timedelta(days=36525)).year
        return BOUNDS[self.name]


def _java_int(text: str) -> int:
    """``Integer.parseInt``. Raises NumberFormat."""
    if not re.fullmatch("[+-]?[0-9]+", text) or abs(int(text)) > _INT_MAX:
        raise NumberFormat(f'For input string: "{text}"')
    return int(text)
