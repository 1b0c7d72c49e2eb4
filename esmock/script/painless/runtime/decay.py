"""Decay functions over dates and places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t

_UNITS = {
    "mm": 0.001,
    "millimeters": 0.001,
    "cm": 0.01,
    "centimeters": 0.01,
    "m": 1.0,
    "meters": 1.0,
    "km": 1000.0,
    "kilometers": 1000.0,
    "in": 0.0254,
    "inch": 0.0254,
    "ft": 0.3048,
    "feet": 0.3048,
    "yd": 0.9144,
    "yards": 0.9144,
    "mi": 1609.344,
    "miles": 1609.344,
    "NM": 1852.0,
    "nmi": 1852.0,
    "nauticalmiles": 1852.0,
}
_TIMES = {"nanos": 1e-6, "micros": 1e-3, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def metres(text: str) -> float:
    """A distance like ``2km`` in metres."""
    found = re.fullmatch(r"\s*([\d.eE+-]+?)\s*([a-zA-Z]*)\s*", text)
    if not found or (found[2] and found[2] not in _UNITS):
        raise t.NumberFormat(f'For input string: "{text}"')
    return float(found[1]) * _UNITS.get(found[2] or "m", 1.0)


def millis(text: str) -> float:
    """A time like ``10d`` in milliseconds."""
    found = re.fullmatch(r"([\d.]+)(nanos|micros|ms|s|m|h|d)", text.strip().lower())
    if text.strip() == "0":
        return 0.0
    if not found:
        raise t.IllegalArgument(
            f"failed to parse setting [scale] with value [{text}] as a time value: unit is missing or unrecognized"
        )
    return float(found[1]) * _TIMES[found[2]]


def arc_distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance of two places on the sphere in metres."""
    from esmock.mapping.sphere import arc_metres

    return float(arc_metres(lat1, lon1, [lat2], [lon2])[0])


def geo(shape: Any) -> Callable[..., float]:
    """decayGeo*: (origin, scale, offset, decay, point)."""

    def apply(origin: str, scale: str, offset: str, decay: float, point: Any) -> float:
        lat, _, lon = origin.partition(",")
        distance = arc_distance(float(lat), float(lon), point.lat, point.lon)
        return float(shape(metres(scale), decay)(max(0.0, distance - metres(offset))))

    return apply


def dates(shape: Any) -> Callable[..., float]:
    """decayDate*: (origin, scale, offset, decay, date)."""

    def apply(origin: str, scale: str, offset: str, decay: float, date: Any) -> float:
        from esmock.mapping.dates.formatter import date_formatter

        start = date_formatter("strict_date_optional_time||epoch_millis").parse_ms(origin)
        distance = max(0.0, abs(date.epoch_ns() // 1_000_000 - start) - millis(offset))
        return float(shape(millis(scale), decay)(distance))

    return apply
