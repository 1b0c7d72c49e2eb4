"""The built-in date formats by name. Docs: mapping-date-format."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from esmock.mapping.dates.pattern import Part, parse_pattern


@dataclass(frozen=True, slots=True)
class Named:
    """A built-in format: how it reads and how it writes; lenient ones take fewer digits."""

    read: tuple[Part, ...]
    write: tuple[Part, ...]
    lenient: bool


_ZONE = Part("zone", style="iso")
_READ_FRACTION = Part("fraction", 1, 9)


def _optional(*parts: Part | tuple[Part, ...]) -> Part:
    flat: list[Part] = []
    for part in parts:
        flat.extend(part) if isinstance(part, tuple) else flat.append(part)
    return Part("optional", parts=tuple(flat))


def _text(literal: str) -> Part:
    return Part("text", literal=literal)


def _date_optional_time(*, to_nanos: bool) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    year = Part("year", 4, 10, style="exceeds")
    two = {kind: Part(kind, 2, 2) for kind in ("month", "day", "hour", "minute", "second")}
    # the zone stands after any part of the time, and after nothing but the date only where a T came first
    seconds = _optional(_text(":"), two["second"], _optional(_text("."), _READ_FRACTION), _optional(_text(","), _READ_FRACTION))
    time = _optional(two["hour"], _optional(_text(":"), two["minute"], seconds), _optional(_ZONE))
    read = (year, _optional(_text("-"), two["month"], _optional(_text("-"), two["day"], _optional(_text("T"), time))))
    write = (
        *parse_pattern("uuuu-MM-dd'T'HH:mm:ss."),
        _TO_NANOS if to_nanos else _MILLIS,
        _ZONE,
    )
    return read, write


_TABLE = {
    "basic_date": "uuuuMMdd",
    "basic_date_time": "uuuuMMdd'T'HHmmss.fz",
    "basic_date_time_no_millis": "uuuuMMdd'T'HHmmssz",
    "basic_ordinal_date": "uuuuDDD",
    "basic_ordinal_date_time": "uuuuDDD'T'HHmmss.fz",
    "basic_ordinal_date_time_no_millis": "uuuuDDD'T'HHmmssz",
    "basic_time": "HHmmss.fz",
    "basic_time_no_millis": "HHmmssz",
    "basic_t_time": "'T'HHmmss.fz",
    "basic_t_time_no_millis": "'T'HHmmssz",
    "basic_week_date": "YYYY'W'wwe",
    "basic_week_date_time": "YYYY'W'wwe'T'HHmmss.fz",
    "basic_week_date_time_no_millis": "YYYY'W'wwe'T'HHmmssz",
    "date": "uuuu-MM-dd",
    "date_hour": "uuuu-MM-dd'T'HH",
    "date_hour_minute": "uuuu-MM-dd'T'HH:mm",
    "date_hour_minute_second": "uuuu-MM-dd'T'HH:mm:ss",
    "date_hour_minute_second_fraction": "uuuu-MM-dd'T'HH:mm:ss.f",
    "date_hour_minute_second_millis": "uuuu-MM-dd'T'HH:mm:ss.SSS",
    "date_time": "uuuu-MM-dd'T'HH:mm:ss.fz",
    "date_time_no_millis": "uuuu-MM-dd'T'HH:mm:ssz",
    "hour": "HH",
    "hour_minute": "HH:mm",
    "hour_minute_second": "HH:mm:ss",
    "hour_minute_second_fraction": "HH:mm:ss.f",
    "hour_minute_second_millis": "HH:mm:ss.SSS",
    "ordinal_date": "uuuu-DDD",
    "ordinal_date_time": "uuuu-DDD'T'HH:mm:ss.fz",
    "ordinal_date_time_no_millis": "uuuu-DDD'T'HH:mm:ssz",
    "time": "HH:mm:ss.fz",
    "time_no_millis": "HH:mm:ssz",
    "t_time": "'T'HH:mm:ss.fz",
    "t_time_no_millis": "'T'HH:mm:ssz",
    "week_date": "YYYY-'W'ww-e",
    "week_date_time": "YYYY-'W'ww-e'T'HH:mm:ss.fz",
    "week_date_time_no_millis": "YYYY-'W'ww-e'T'HH:mm:ssz",
    "weekyear": "YYYY",
    "week_year": "YYYY",
    "weekyear_week": "YYYY-'W'ww",
    "weekyear_week_day": "YYYY-'W'ww-e",
    "year": "uuuu",
    "year_month": "uuuu-MM",
    "year_month_day": "uuuu-MM-dd",
}
"""Patterns in Java's letters; ``f`` is a fraction of one to nine digits, ``z`` an offset."""


_MILLIS = Part("fraction", 3, 3)
_TO_NANOS = Part("fraction", 3, 9, style="least")
_EXACT = ("strict_date_time", "ordinal_date_time", "strict_ordinal_date_time")
"""Formats that print all digits of a second; ES: the others, but those for nanoseconds, print three."""


def _has_strict(name: str) -> bool:
    return name != "week_year" and (not name.startswith("basic_") or name.startswith("basic_week_"))


def _expand(pattern: str, fraction: Part) -> tuple[Part, ...]:
    head, has_fraction, _ = pattern.partition("f")
    has_zone = pattern.endswith("z")
    head = head.removesuffix("z") if not has_fraction else head
    parts = parse_pattern(head)
    if has_fraction:
        parts = (*parts, fraction)
    return (*parts, _ZONE) if has_zone else parts


def _table() -> dict[str, Named]:
    out: dict[str, Named] = {}
    for name, pattern in _TABLE.items():
        read = _expand(pattern, _READ_FRACTION)
        for prefix in ("", "strict_") if _has_strict(name) else ("",):
            fraction = _TO_NANOS if prefix + name in _EXACT else _MILLIS
            out[prefix + name] = Named(read, _expand(pattern, fraction), lenient=not prefix)
    for name, to_nanos in (("date_optional_time", False), ("date_optional_time_nanos", True)):
        read, write = _date_optional_time(to_nanos=to_nanos)
        out[name] = Named(read, write, lenient=True)
        out["strict_" + name] = Named(read, write, lenient=False)
    out["iso8601"] = out["strict_date_optional_time"]
    return out


NAMED = MappingProxyType(_table())
