"""Date patterns as Java writes them, compiled to a regular expression for reading and a list of parts for printing.

Source: the ``format`` and ``mapping-date-format`` pages; letters as in java.time.format.DateTimeFormatter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from esmock.errors import IllegalArgument
from esmock.mapping.dates.calendar import (
    DAYS,
    DAYS_SHORT,
    MONTHS,
    MONTHS_SHORT,
)

NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a pattern.

    Args:
        kind: a field (``year``, ``month`` ...), ``text`` for literals, ``optional`` for a bracketed group.
        low, high: digits read at least and at most.
        style: how text and zones are written.
        literal: of ``text``.
        parts: of ``optional``.
        words: of names in another language than English, in order.
    """

    kind: str
    low: int = 1
    high: int = 1
    style: str = ""
    literal: str = ""
    parts: tuple[Part, ...] = ()
    words: tuple[str, ...] = ()


_NUMERIC = {
    "y": "year_of_era", "u": "year", "D": "day_of_year", "d": "day", "H": "hour", "k": "clock_hour", "K": "hour12",
    "h": "clock_hour12", "m": "minute", "s": "second", "n": "nano", "A": "milli_of_day", "N": "nano_of_day", "w": "week",
    "x_": "week_year", "Y": "week_year", "F": "week_of_month", "W": "week_of_month",
}
_WIDTHS = {"D": 3, "n": 9, "A": 19, "N": 19}


def parse_pattern(pattern: str, locale: str = "") -> tuple[Part, ...]:
    """Read a Java pattern.

    Args:
        locale: as ``read_locale`` gives it; whose words names are written in.

    Raises:
        IllegalArgument: Java's text (``Unknown pattern letter: f`` ...).
    """
    found = _parts(pattern, 0, depth=0)[0]
    return found if locale.partition("_")[0] in ("", "en") else _in_language(found, locale.replace("_", "-"))


_WORDS = {"month_name": "months", "weekday": "days", "half": "ampm", "era": "eras"}


def _in_language(parts: tuple[Part, ...], tag: str) -> tuple[Part, ...]:
    from esmock.mapping.dates.words import words_of

    def one(part: Part) -> Part:
        if part.kind == "optional":
            return replace(part, parts=_in_language(part.parts, tag))
        if part.kind not in _WORDS:
            return part
        length = "FULL" if part.style == "long" else "SHORT"
        found = words_of(tag, f"{length}{part.literal}.{_WORDS[part.kind]}")
        return replace(part, words=tuple(filter(None, found)))

    return tuple(map(one, parts))


def _parts(pattern: str, at: int, depth: int) -> tuple[tuple[Part, ...], int]:
    out: list[Part] = []
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            literal, at = _quoted(pattern, at)
            out.append(Part("text", literal=literal))
        elif char == "[":
            inner, at = _parts(pattern, at + 1, depth + 1)
            at += 1
            out.append(Part("optional", parts=inner))
        elif char == "]":
            if depth == 0:
                raise IllegalArgument("Pattern invalid as it contains ] without previous [")
            return tuple(out), at
        elif char in "{}#":
            raise IllegalArgument(f"Pattern includes reserved character: '{char}'")
        elif char.isascii() and char.isalpha():
            end = at
            while end < len(pattern) and pattern[end] == char:
                end += 1
            out.append(_field(char, end - at))
            at = end
        else:
            out.append(Part("text", literal=char))
            at += 1
    return tuple(out), at


def _quoted(pattern: str, at: int) -> tuple[str, int]:
    end = at + 1
    literal = ""
    while end < len(pattern):
        if pattern[end] == "'":
            if pattern[end + 1 : end + 2] == "'":
                literal += "'"
                end += 2
                continue
            break
        literal += pattern[end]
        end += 1
    if end >= len(pattern):
        raise IllegalArgument(f"Pattern ends with an incomplete string literal: {pattern}")
    return (literal or "'"), end + 1


def _field(char: str, count: int) -> Part:
    if char == "S":
        return Part("fraction", count, count)
    if char in "ML":
        return _text_or_number("month", count, alone=char == "L")
    if char == "E":
        return Part("weekday", style="long" if count == 4 else "short")
    if char in "ec":
        return Part("weekday_number", count, count) if count < 3 else Part("weekday", style="long" if count == 4 else "short")
    if char == "a":
        return Part("half", style="text")
    if char == "G":
        return Part("era", style="text")
    if char in "QqBgp":
        raise IllegalArgument(f"Unknown pattern letter: {char}") if char in "g" else _unsupported(char)
    if char in "ZXxOzVv":
        return Part("zone", style=char * count)
    if char not in _NUMERIC:
        raise IllegalArgument(f"Unknown pattern letter: {char}")
    kind = _NUMERIC[char]
    if kind in ("year", "year_of_era", "week_year"):
        if count == 2:
            return Part(kind, 2, 2, style="reduced")
        return Part(kind, count, 19 if count < 4 else max(count, 10), style="exceeds" if count >= 4 else "")
    limit = _WIDTHS.get(char, 2)
    if count > limit:
        raise IllegalArgument(f"Too many pattern letters: {char}")
    if char == "D":
        return Part(kind, count, 3)
    return Part(kind, count, limit if count == 1 else count)


def _unsupported(char: str) -> Exception:
    from esmock.errors import Unsupported

    return Unsupported(f"date pattern letter [{char}]")


def _text_or_number(kind: str, count: int, *, alone: bool) -> Part:
    if count <= 2:
        return Part(kind, count, 2)
    return Part(kind + "_name", style="long" if count == 4 else "short", literal="_STANDALONE" if alone else "")


TEXTS = {
    ("month_name", "short"): MONTHS_SHORT,
    ("month_name", "long"): MONTHS,
    ("weekday", "short"): DAYS_SHORT,
    ("weekday", "long"): DAYS,
}
_OFFSETS = {
    "X": r"Z|[+-]\d\d(?:\d\d)?", "XX": r"Z|[+-]\d{4}", "XXX": r"Z|[+-]\d\d:\d\d", "XXXX": r"Z|[+-]\d{4}(?:\d\d)?",
    "XXXXX": r"Z|[+-]\d\d:\d\d(?::\d\d)?", "x": r"[+-]\d\d(?:\d\d)?", "xx": r"[+-]\d{4}", "xxx": r"[+-]\d\d:\d\d",
    "xxxx": r"[+-]\d{4}(?:\d\d)?", "xxxxx": r"[+-]\d\d:\d\d(?::\d\d)?", "Z": r"[+-]\d{4}", "ZZ": r"[+-]\d{4}",
    "ZZZ": r"[+-]\d{4}", "ZZZZ": r"GMT(?:[+-]\d\d:\d\d)?", "ZZZZZ": r"Z|[+-]\d\d:\d\d(?::\d\d)?", "O": r"GMT(?:[+-]\d{1,2}(?::\d\d)?)?",
    "OOOO": r"GMT(?:[+-]\d\d:\d\d)?", "iso": r"Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?",
}
_ZONE_ID = r"Z|[+-]\d\d(?::?\d\d)?|[A-Za-z][A-Za-z0-9_+\-/:]*"


class Regex:
    """Builds the regular expression of a pattern; groups are numbered in order."""

    def __init__(self) -> None:
        self.kinds: list[Part] = []

    def build(self, parts: tuple[Part, ...], *, lenient: bool = False) -> str:
        """The expression of a sequence of parts."""
        out = []
        for index, part in enumerate(parts):
            follows = parts[index + 1] if index + 1 < len(parts) else None
            out.append(self._one(part, lenient=lenient, adjacent=follows is not None and _is_digits(follows)))
        return "".join(out)

    def _one(self, part: Part, *, lenient: bool, adjacent: bool) -> str:
        if part.kind == "text":
            return re.escape(part.literal)
        if part.kind == "optional":
            return f"(?:{self.build(part.parts, lenient=lenient)})?"
        self.kinds.append(part)
        return f"({self._body(part, lenient=lenient, adjacent=adjacent)})"

    def _body(self, part: Part, *, lenient: bool, adjacent: bool) -> str:
        if part.words:
            return "|".join(map(re.escape, sorted(part.words, key=len, reverse=True)))
        names = TEXTS.get((part.kind, part.style))
        if names is not None:
            return "|".join(names)
        if part.kind == "half":
            return "AM|PM"
        if part.kind == "era":
            return "AD|BC|Anno Domini|Before Christ"
        if part.kind == "zone":
            return _OFFSETS.get(part.style, _ZONE_ID)
        if part.kind == "fraction":
            return rf"\d{{{part.low},{part.high}}}"
        if part.style == "exceeds":
            low = 1 if lenient else part.low
            if adjacent:
                return rf"\d{{{part.low}}}"
            return rf"\d{{{low},{part.low}}}|[+-]\d{{{part.low},{part.high}}}"
        low = 1 if lenient and not adjacent and part.style != "reduced" else part.low
        return rf"\d{{{low},{part.high}}}" if low != part.high else rf"\d{{{low}}}"


def _is_digits(part: Part) -> bool:
    if part.kind == "optional":
        return bool(part.parts) and _is_digits(part.parts[0])
    return part.kind not in ("text", "zone", "month_name", "weekday", "half", "era")


def local_fields(epoch_ns: int, zone: tzinfo | None) -> tuple[int, int, int]:
    """Split an instant: (days since 1970, nanoseconds of the day, offset in seconds) in a zone."""
    offset = offset_seconds(epoch_ns // NANOS, zone)
    seconds, nanos = divmod(epoch_ns, NANOS)
    days, of_day = divmod(seconds + offset, 86400)
    return days, of_day * NANOS + nanos, offset


def offset_seconds(epoch_s: int, zone: tzinfo | None) -> int:
    """A zone's distance from UTC at an instant."""
    if zone is None or zone is UTC:
        return 0
    try:
        moment = datetime.fromtimestamp(epoch_s, zone)
    except (OverflowError, ValueError, OSError):
        moment = datetime(2000, 1, 1, tzinfo=zone)
    delta = moment.utcoffset() or timedelta()
    return delta.days * 86400 + delta.seconds
