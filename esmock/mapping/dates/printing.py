"""Printing instants as a pattern says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from esmock.mapping.dates.calendar import civil, day_of_week, day_of_year, week_of
from esmock.mapping.dates.pattern import NANOS, TEXTS, Part, local_fields

_PLACES = {"year": (0, 4), "year_of_era": (0, 4), "month": (5, 2), "day": (8, 2), "hour": (11, 2), "minute": (14, 2), "second": (17, 2)}
"""Where the parts stand in the ISO form of a date, and how many digits they have."""


class Printer:
    """What a pattern writes.

    Most patterns have numbers of fixed places alone, at most one fraction and one zone: the ISO form of the date, the fraction and the
    zone are put into a layout at once.
    """

    __slots__ = ("_fraction", "_layout", "_parts", "_utc", "_zone")

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        fractions = [part for part in parts if part.kind == "fraction"]
        zones = [part.style for part in parts if part.kind == "zone"]
        self._fraction = fractions[0] if fractions else None
        self._zone = zones[0] if zones else None
        self._utc = print_zone(zones[0], 0, UTC) if zones else ""
        self._layout = _layout(parts) if len(fractions) < 2 and len(zones) < 2 else None

    def print(self, epoch_ns: int, zone: tzinfo | None) -> str:
        """An instant in a zone."""
        if self._layout is None:
            return _print_parts(self._parts, epoch_ns, zone)
        second, nano = divmod(epoch_ns, NANOS)
        try:
            moment = datetime.fromtimestamp(second, zone or UTC)
        except (OverflowError, ValueError, OSError):
            return _print_parts(self._parts, epoch_ns, zone)
        fraction = "" if self._fraction is None else _fraction(nano, self._fraction)
        shown = self._utc
        if self._zone is not None and zone is not None and zone is not UTC:
            shown = print_zone(self._zone, int((moment.utcoffset() or timedelta()).total_seconds()), zone)
        return self._layout.format(moment.isoformat()[:19], fraction, shown)


def _layout(parts: tuple[Part, ...]) -> str | None:
    """A format for the ISO form, the fraction and the zone; None where a part is neither of these nor text."""
    out = ""
    for part in parts:
        if part.kind == "text":
            out += part.literal.replace("{", "{{").replace("}", "}}")
        elif part.kind in ("fraction", "zone"):
            out += "{1}" if part.kind == "fraction" else "{2}"
        else:
            start, width = _PLACES.get(part.kind, (0, 0))
            if part.style == "reduced" or part.low != width:
                return None
            out += _digits(start, width)
    whole = "".join(_digits(*place) + sign for place, sign in zip([*_PLACES.values()][1:], "--T::\0", strict=True))
    return out.replace(whole.rstrip("\0"), "{0}")


def _digits(start: int, width: int) -> str:
    return "".join(f"{{0[{at}]}}" for at in range(start, start + width))


_CLOCK: dict[str, Callable[[int], int]] = {
    "hour": lambda second: second // 3600,
    "minute": lambda second: second // 60 % 60,
    "second": lambda second: second % 60,
}


def _print_parts(parts: tuple[Part, ...], epoch_ns: int, zone: tzinfo | None) -> str:
    """An instant in a zone as the pattern writes it."""
    days, of_day, offset = local_fields(epoch_ns, zone)
    year, month, day = civil(days)
    second_of_day, nano = divmod(of_day, NANOS)
    out = []
    for part in parts:
        kind = part.kind
        if kind == "text":
            out.append(part.literal)
        elif kind == "optional":
            out.append(_print_parts(part.parts, epoch_ns, zone))
        elif kind in ("year", "year_of_era"):
            shown = year if kind == "year" else (year if year > 0 else 1 - year)
            out.append(_year(shown, part))
        elif kind == "month":
            out.append(f"{month:0{part.low}d}")
        elif kind == "day":
            out.append(f"{day:0{part.low}d}")
        elif kind in _CLOCK:
            out.append(f"{_CLOCK[kind](second_of_day):0{part.low}d}")
        elif kind == "fraction":
            out.append(_fraction(nano, part))
        elif kind == "zone":
            out.append(print_zone(part.style, offset, zone))
        else:
            out.append(_print_other(part, days, second_of_day, nano, of_day))
    return "".join(out)


def _fraction(nano: int, part: Part) -> str:
    digits = f"{nano:09d}"
    if part.style == "least":
        digits = digits.rstrip("0")
        return digits + "0" * (part.low - len(digits))
    return digits[: part.high]


def _year(year: int, part: Part) -> str:
    if part.style == "reduced":
        return f"{year % 100:02d}"
    text = f"{abs(year):0{part.low}d}"
    if year < 0:
        return "-" + text
    return "+" + text if part.style == "exceeds" and len(text) > part.low else text


def _print_other(part: Part, days: int, second: int, nano: int, of_day: int) -> str:
    kind, width = part.kind, part.low
    year, month, _ = civil(days)
    hour = second // 3600
    if kind == "weekday":
        return (part.words or TEXTS[kind, part.style])[day_of_week(days) - 1]
    if kind == "month_name":
        return (part.words or TEXTS[kind, part.style])[month - 1]
    if kind == "half":
        return (part.words or ("AM", "PM"))[hour >= 12]
    if kind == "era":
        return (part.words or ("BC", "AD"))[year > 0]
    week_year, week = week_of(days)
    if kind == "week_year":
        return _year(week_year, part)
    number = {
        "clock_hour": hour or 24,
        "hour12": hour % 12,
        "clock_hour12": hour % 12 or 12,
        "nano": nano,
        "milli_of_day": of_day // 1_000_000,
        "nano_of_day": of_day,
        "day_of_year": day_of_year(days),
        "week": week,
        "weekday_number": day_of_week(days),
        "week_of_month": (civil(days)[2] - 1) // 7 + 1,
    }[kind]
    return f"{number:0{width}d}"


def print_zone(style: str, offset: int, zone: tzinfo | None) -> str:
    """An offset or zone name in one of Java's styles."""
    if style[0] in "Vvz":
        if zone is None or zone is UTC:
            return "Z" if style[0] == "V" else "UTC"
        return getattr(zone, "key", None) or print_zone("XXX", offset, zone)
    if offset == 0 and (style[0] == "X" or style in ("ZZZZZ", "iso")):
        return "Z"
    sign = "-" if offset < 0 else "+"
    hours, rest = divmod(abs(offset), 3600)
    minutes, seconds = divmod(rest, 60)
    if style[0] == "O" or style == "ZZZZ":
        if offset == 0:
            return "GMT"
        return f"GMT{sign}{hours:02d}:{minutes:02d}" if len(style) == 4 else f"GMT{sign}{hours}" + (f":{minutes:02d}" if minutes else "")
    if style in ("X", "x"):
        return f"{sign}{hours:02d}" + (f"{minutes:02d}" if minutes else "")
    colon = ":" if style in ("XXX", "xxx", "XXXXX", "xxxxx", "ZZZZZ", "iso") else ""
    text = f"{sign}{hours:02d}{colon}{minutes:02d}"
    return text + f"{colon}{seconds:02d}" if seconds and len(style) > 3 else text
