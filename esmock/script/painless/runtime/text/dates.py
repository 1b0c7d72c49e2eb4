"""java.text.SimpleDateFormat, DateFormat and DateFormatSymbols."""

from __future__ import annotations

import copy
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.text.format import Format
from esmock.script.painless.runtime.text.numbers import DecimalFormat
from esmock.script.painless.runtime.text.symbols import DecimalFormatSymbols
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.zone_text import zone_table
from esmock.script.painless.runtime.time.zones import SHORT_IDS
from esmock.script.painless.runtime.util import calendar_time as c
from esmock.script.painless.runtime.util.calendar import GregorianCalendar, calendar_now
from esmock.script.painless.runtime.util.date import Date
from esmock.script.painless.runtime.util.locale import DEFAULT, available_locales
from esmock.script.painless.runtime.util.time_zone import UTC, time_zone
from esmock.script.painless.runtime.values import JavaArray, string_hash

_LETTERS = "GyMdkHmsSEDFwWahKzZYuXL"
_LISTS = ("eras", "months", "short_months", "weekdays", "short_weekdays", "ampm")
_TITLES = ("Eras", "Months", "ShortMonths", "Weekdays", "ShortWeekdays", "AmPmStrings")


class DateFormatSymbols:
    java_class = "java.text.DateFormatSymbols"

    def __init__(self, locale: Any = DEFAULT) -> None:
        self.locale = locale
        self.lists = {name: list(words(locale, f"symbols.{name}")) for name in _LISTS}
        self.letters = words(locale, "symbols.letters")[0]
        self.zones: Any = None

    def j_getLocalPatternChars(self) -> str:
        return self.letters

    def j_setLocalPatternChars(self, letters: str) -> None:
        self.letters = letters

    def j_getZoneStrings(self) -> Any:
        if self.zones is not None:
            return self.zones
        rows = [JavaArray("java.lang.String", [zone, *names]) for zone, names in zone_table().items()]
        return JavaArray("java.lang.String[]", rows)

    def j_setZoneStrings(self, rows: Any) -> None:
        for row in rows:
            if len(row) < 5:
                raise t.IllegalArgument(None)
        self.zones = rows

    def j_clone(self) -> Any:
        made = copy.copy(self)
        made.lists = {name: list(values) for name, values in self.lists.items()}
        return made

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, DateFormatSymbols) and self.lists == other.lists and self.letters == other.letters

    def j_hashCode(self) -> int:
        return string_hash("".join(text for texts in self.lists.values() for text in texts))


def _list_getter(name: str) -> Any:
    return lambda self: JavaArray("java.lang.String", self.lists[name])


def _list_setter(name: str) -> Any:
    def put(self: DateFormatSymbols, values: Any) -> None:
        self.lists[name] = list(values)

    return put


for _name, _title in zip(_LISTS, _TITLES, strict=True):
    setattr(DateFormatSymbols, "j_get" + _title, _list_getter(_name))
    setattr(DateFormatSymbols, "j_set" + _title, _list_setter(_name))


class SimpleDateFormat(Format):
    """A date format of a pattern, with the calendar it works on."""

    java_class = "java.text.SimpleDateFormat"

    def __init__(self, pattern: str | None = None, locale: Any = DEFAULT) -> None:
        if locale is None:
            raise t.NullPointer(None)
        self.locale = locale
        self.symbols = locale if isinstance(locale, DateFormatSymbols) else DateFormatSymbols(locale)
        self.calendar = calendar_now(UTC, self.symbols.locale)
        self.numbers = DecimalFormat("#", DecimalFormatSymbols(self.symbols.locale))
        self.start = self._hundred_years_of(None)
        self.pattern = ""
        self.j_applyPattern(_style_pattern(3, 3, locale) if pattern is None else pattern)

    def _hundred_years_of(self, date: Date | None) -> int:
        made = calendar_now()
        if date is not None:
            made.j_setTime(date)
            return made.millis()
        made.j_add(c.YEAR, -80)
        return made.millis()

    def j_applyPattern(self, pattern: str) -> None:
        if pattern is None:
            raise t.NullPointer(None)
        self.parts = _parts(pattern)
        self.pattern = pattern

    def j_applyLocalizedPattern(self, pattern: str) -> None:
        table = dict(zip(self.symbols.letters, _LETTERS, strict=False))
        for char in pattern:
            if char.isascii() and char.isalpha() and char not in table:
                raise t.IllegalArgument(f"Illegal pattern  character '{char}'")
        self.j_applyPattern("".join(table.get(char, char) for char in pattern))

    def j_toPattern(self) -> str:
        return self.pattern

    def j_toLocalizedPattern(self) -> str:
        table = dict(zip(_LETTERS, self.symbols.letters, strict=False))
        return "".join(table.get(char, char) for char in self.pattern)

    # -- printing

    def write(self, value: Any) -> str:
        if isinstance(value, Date):
            millis = value.millis
        elif isinstance(value, int | float) and not isinstance(value, bool):
            millis = int(value)
        else:
            raise t.IllegalArgument("Cannot format given Object as a Date")
        self.calendar.j_setTimeInMillis(millis)
        return "".join(text if count == 0 else self._one(text, count) for text, count in self.parts)

    def _one(self, letter: str, count: int) -> str:
        get, lists = self.calendar.get, self.symbols.lists
        if letter in _PLAIN:
            field, low = _PLAIN[letter]
            value = get(field)
            return self._number((value or low) if low else value, count)
        if letter == "G":
            return lists["eras"][get(c.ERA)]
        if letter in "yY":
            year = get(c.YEAR) if letter == "y" else self.calendar.j_getWeekYear()
            return self._number(year % 100 if count == 2 else year, count)
        if letter in "ML":
            month = get(c.MONTH)
            if count < 3:
                return self._number(month + 1, count)
            return lists["months" if count > 3 else "short_months"][month]
        if letter == "E":
            return lists["weekdays" if count > 3 else "short_weekdays"][get(c.DAY_OF_WEEK)]
        if letter == "u":
            return self._number((get(c.DAY_OF_WEEK) - 2) % 7 + 1, count)
        if letter == "a":
            return lists["ampm"][get(c.AM_PM)]
        return self._zone(letter, count)

    def _number(self, value: int, width: int) -> str:
        zero = ord(self.numbers.symbols.zero)
        text = str(value).rjust(width, "0")
        return text if zero == 48 else "".join(chr(zero + int(char)) for char in text)

    def _zone(self, letter: str, count: int) -> str:
        offset = self.calendar.get(c.ZONE_OFFSET) + self.calendar.get(c.DST_OFFSET)
        minutes = abs(offset) // 60_000
        sign = "-" if offset < 0 else "+"
        if letter == "Z":
            return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"
        if letter == "X":
            if not offset:
                return "Z"
            text = f"{sign}{minutes // 60:02d}"
            return text if count == 1 else f"{text}{':' if count == 3 else ''}{minutes % 60:02d}"
        return self.calendar.zone.j_getDisplayName(bool(self.calendar.get(c.DST_OFFSET)), 1 if count > 3 else 0)

    # -- parsing

    def unparsable(self, text: str) -> str:
        return f'Unparseable date: "{text}"'

    def read(self, text: str, at: int) -> tuple[Any, int]:
        calendar = self.calendar.j_clone()
        calendar.j_clear()
        state: dict[str, Any] = {"reduced": False}
        for index, (piece, count) in enumerate(self.parts):
            if count == 0:
                at = _literal(piece, text, at)
            else:
                follows = self.parts[index + 1] if index + 1 < len(self.parts) else ("", 0)
                digits = count if follows[1] and follows[0] in _NUMERIC and piece in _NUMERIC else 0
                at = self._read(piece, count, digits, text, at, calendar, state)
            if at < 0:
                return None, at
        try:
            if "week_year" in state:
                _week_date(calendar, state)
            if state["reduced"] and calendar.millis() < self.start:
                calendar.j_add(c.YEAR, 100)
            found = Date(calendar.millis())
        except t.IllegalArgument:
            return None, ~at
        return found, at

    def _read(self, letter: str, count: int, digits: int, text: str, at: int, calendar: Any, state: dict[str, Any]) -> int:
        start = at
        while at < len(text) and text[at] in " \t":
            at += 1
        if at >= len(text):
            return ~start
        lists = self.symbols.lists
        if letter in "ML" and count > 2:
            return _of_list(calendar, c.MONTH, (lists["months"], lists["short_months"]), text, at, 0)
        if letter in _TEXT_FIELDS:
            field, names, first = _TEXT_FIELDS[letter]
            return _of_list(calendar, field, tuple(lists[name] for name in names), text, at, first)
        if letter in "zZX":
            return self._read_zone(letter, count, text, at, calendar)
        value, end = _whole(text, at, digits)
        if end < 0:
            return ~start
        if letter in "yY":
            if count <= 2 and end - at == 2 and text[at:end].isdigit():
                base = Date(self.start)
                century = base.millis
                probe = GregorianCalendar(time=century)
                year = probe.get(c.YEAR)
                value += year // 100 * 100 + (100 if value < year % 100 else 0)
                state["reduced"] = value % 100 == year % 100
            if letter == "Y":
                state["week_year"] = value
            else:
                calendar._put(c.YEAR, value)
        elif letter in "ML":
            calendar._put(c.MONTH, value - 1)
        elif letter == "u":
            calendar._put(c.DAY_OF_WEEK, value % 7 + 1)
        elif letter in _PLAIN:
            field, low = _PLAIN[letter]
            calendar._put(field, 0 if low and value == low else value)
        return end

    def _read_zone(self, letter: str, count: int, text: str, at: int, calendar: Any) -> int:
        offset, end = _offset(letter, count, text, at)
        if end > 0:
            calendar._put(c.ZONE_OFFSET, offset)
            calendar._put(c.DST_OFFSET, 0)
            return end
        if letter == "X":
            return ~at
        own = self.calendar.zone.name
        names = [*zone_table().items()]
        names.sort(key=lambda one: (one[0] != own, one[0] not in ("America/Los_Angeles", "America/New_York", "UTC"), one[0]))
        best: tuple[int, str, bool] = (0, "", False)
        for zone, row in names:
            for at_name, name in enumerate(row[:4]):
                if len(name) > best[0] and text[at : at + len(name)].lower() == name.lower():
                    best = (len(name), zone, at_name >= 2 and row[at_name] != row[at_name - 2])
        if not best[0]:
            return ~at
        found = time_zone(SHORT_IDS.get(best[1], best[1]))
        calendar.j_setTimeZone(found)
        self.calendar.j_setTimeZone(found)
        if best[2]:
            calendar._put(c.ZONE_OFFSET, found.raw())
            calendar._put(c.DST_OFFSET, found.j_getDSTSavings())
        return at + best[0]

    # -- properties

    def j_get2DigitYearStart(self) -> Date:
        return Date(self.start)

    def j_set2DigitYearStart(self, date: Date) -> None:
        self.start = self._hundred_years_of(date)

    def j_getDateFormatSymbols(self) -> DateFormatSymbols:
        return self.symbols.j_clone()  # type: ignore[no-any-return]

    def j_setDateFormatSymbols(self, symbols: DateFormatSymbols) -> None:
        self.symbols = symbols.j_clone()

    def j_getCalendar(self) -> Any:
        return self.calendar

    def j_setCalendar(self, calendar: Any) -> None:
        self.calendar = calendar

    def j_getNumberFormat(self) -> Any:
        return self.numbers

    def j_setNumberFormat(self, numbers: Any) -> None:
        self.numbers = numbers

    def j_getTimeZone(self) -> Any:
        return self.calendar.zone

    def j_setTimeZone(self, zone: Any) -> None:
        self.calendar.j_setTimeZone(zone)

    def j_isLenient(self) -> bool:
        return self.calendar.lenient

    def j_setLenient(self, lenient: bool) -> None:
        self.calendar.j_setLenient(lenient)

    def j_clone(self) -> Any:
        made = copy.copy(self)
        made.calendar = self.calendar.j_clone()
        return made

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, SimpleDateFormat) and self.pattern == other.pattern and self.symbols.j_equals(other.symbols)

    def j_hashCode(self) -> int:
        return string_hash(self.pattern)


_PLAIN = {
    "d": (c.DATE, 0),
    "k": (c.HOUR_OF_DAY, 24),
    "H": (c.HOUR_OF_DAY, 0),
    "m": (c.MINUTE, 0),
    "s": (c.SECOND, 0),
    "S": (c.MILLISECOND, 0),
    "D": (c.DAY_OF_YEAR, 0),
    "F": (c.DAY_OF_WEEK_IN_MONTH, 0),
    "w": (c.WEEK_OF_YEAR, 0),
    "W": (c.WEEK_OF_MONTH, 0),
    "h": (c.HOUR, 12),
    "K": (c.HOUR, 0),
}
"""Letters that are numbers: the field, and what stands for its 0."""
_NUMERIC = "".join(_PLAIN) + "yYMLu"
_TEXT_FIELDS: dict[str, tuple[int, tuple[str, ...], int]] = {
    "G": (c.ERA, ("eras",), 0),
    "E": (c.DAY_OF_WEEK, ("weekdays", "short_weekdays"), 0),
    "a": (c.AM_PM, ("ampm",), 0),
}


def _parts(pattern: str) -> list[tuple[str, int]]:
    """Literals with 0, letters with their count. Raises IllegalArgument."""
    out: list[tuple[str, int]] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            end, literal = at + 1, ""
            while end < len(pattern) and (pattern[end] != "'" or pattern[end + 1 : end + 2] == "'"):
                end += pattern[end] == "'"
                literal += pattern[end]
                end += 1
            if end >= len(pattern):
                raise t.IllegalArgument("Unterminated quote")
            out.append((literal if end > at + 1 else "'", 0))
            at = end + 1
        elif char.isascii() and char.isalpha():
            end = at
            while end < len(pattern) and pattern[end] == char:
                end += 1
            if char not in _LETTERS:
                raise t.IllegalArgument(f"Illegal pattern character '{char}'")
            if char == "X" and end - at > 3:
                raise t.IllegalArgument(f"invalid ISO 8601 format: length={end - at}")
            out.append((char, end - at))
            at = end
        else:
            out.append((char, 0))
            at += 1
    return out


def _literal(piece: str, text: str, at: int) -> int:
    return at + len(piece) if text.startswith(piece, at) else ~at


def _whole(text: str, at: int, digits: int) -> tuple[int, int]:
    """A whole number, of so many digits when another number follows."""
    end = at + 1 if text[at] == "-" and not digits else at
    first = end
    while end < len(text) and text[end].isdigit() and (not digits or end - first < digits):
        end += 1
    if end == first or (digits and end - first < digits):
        return 0, -1
    return int(text[at:end]), end


def _of_list(calendar: Any, field: int, lists: tuple[list[str], ...], text: str, at: int, first: int) -> int:
    best, value = 0, 0
    for names in lists:
        for index, name in enumerate(names):
            if len(name) > best and text[at : at + len(name)].lower() == name.lower():
                best, value = len(name), index + first
    if not best:
        return ~at
    calendar._put(field, value)
    return at + best


def _offset(letter: str, count: int, text: str, at: int) -> tuple[int, int]:
    import re

    if letter == "X":
        if text[at] == "Z":
            return 0, at + 1
        form = (r"([+-])(\d\d)()", r"([+-])(\d\d)(\d\d)", r"([+-])(\d\d):(\d\d)")[count - 1]
    else:
        form = r"(?:GMT)?([+-])(\d\d?):(\d\d)" if text[at : at + 3].upper() == "GMT" else r"([+-])(\d\d?):?(\d\d)"
    found = re.compile(form, re.I).match(text, at)
    if found is None:
        return (0, at + 3) if text[at : at + 3].upper() == "GMT" and letter != "X" else (0, -1)
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 23 or minutes > 59:
        return 0, -1
    millis = (hours * 60 + minutes) * 60_000
    return (-millis if found[1] == "-" else millis), found.end()


def _week_date(calendar: Any, state: dict[str, Any]) -> None:
    week, weekday = calendar.fields.pop(c.WEEK_OF_YEAR, 1), calendar.fields.pop(c.DAY_OF_WEEK, calendar.first)
    of_day = calendar._of_day()
    days = calendar._first_week(c.days_at(state["week_year"], 1, 1)) + (week - 1) * 7 + (weekday - calendar.first) % 7
    calendar._to_local(*c.civil_of(days), of_day)


def _style_pattern(date: int | None, time: int | None, locale: Any) -> str:
    patterns = words(locale, "patterns")
    for style in (date, time):
        if style is not None and not 0 <= style <= 3:
            raise t.IllegalArgument(f"Illegal date style {style}" if style is date else f"Illegal time style {style}")
    if date is not None and time is not None:
        whole = str(patterns[8])
        return whole.replace(patterns[3], "\0").replace(patterns[7], patterns[4 + time]).replace("\0", patterns[date])
    return str(patterns[date] if date is not None else patterns[4 + (time or 0)])


def _instance(has_date: bool, has_time: bool) -> Any:
    def make(*given: Any) -> SimpleDateFormat:
        styles = [one for one in given if isinstance(one, int)]
        locale = given[-1] if given and not isinstance(given[-1], int) else DEFAULT
        styles = styles or [2] * (has_date + has_time)
        date = styles[0] if has_date else None
        time = styles[-1] if has_time else None
        return SimpleDateFormat(_style_pattern(date, time, locale), locale)

    return make


CONSTRUCTORS: dict[str, Any] = {f"SimpleDateFormat/{count}": SimpleDateFormat for count in (0, 1, 2)} | {
    "DateFormatSymbols/0": DateFormatSymbols,
    "DateFormatSymbols/1": DateFormatSymbols,
}
STATICS: dict[str, Any] = (
    {f"DateFormat.getDateInstance/{count}": _instance(True, False) for count in (0, 1, 2)}
    | {f"DateFormat.getTimeInstance/{count}": _instance(False, True) for count in (0, 1, 2)}
    | {f"DateFormat.getDateTimeInstance/{count}": _instance(True, True) for count in (0, 2, 3)}
    | {
        "DateFormat.getInstance/0": SimpleDateFormat,
        "DateFormatSymbols.getInstance/0": DateFormatSymbols,
        "DateFormatSymbols.getInstance/1": DateFormatSymbols,
    }
)
for _name in ("DateFormat", "DateFormatSymbols", "NumberFormat", "BreakIterator", "Collator"):
    STATICS[f"{_name}.getAvailableLocales/0"] = lambda: JavaArray("java.util.Locale", available_locales())
_NUMBERS = (
    "ERA YEAR MONTH DATE HOUR_OF_DAY1 HOUR_OF_DAY0 MINUTE SECOND MILLISECOND DAY_OF_WEEK DAY_OF_YEAR DAY_OF_WEEK_IN_MONTH "
    "WEEK_OF_YEAR WEEK_OF_MONTH AM_PM HOUR1 HOUR0 TIMEZONE"
).split()
CONSTANTS: dict[str, Any] = {f"DateFormat.{name}_FIELD": at for at, name in enumerate(_NUMBERS)} | {
    "DateFormat.FULL": 0,
    "DateFormat.LONG": 1,
    "DateFormat.MEDIUM": 2,
    "DateFormat.SHORT": 3,
    "DateFormat.DEFAULT": 2,
}
