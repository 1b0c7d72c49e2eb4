"""Distances on the earth as Lucene computes them: tables of cosine and arc sine, a sphere of the mean radius.

Source: recordings of 7.10.2 (sort values of ``_geo_distance``).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.mapping import fdlibm
from esmock.mapping.distance import parse_distance, unit_metres

__all__ = ["MEAN_RADIUS", "TYPES", "arc_metres", "distance_type", "metres", "parse_distance", "unit_metres", "within"]

MEAN_RADIUS = 6_371_008.7714
"""Metres."""

TYPES = ("arc", "plane")


def distance_type(name: str) -> str:
    """``arc`` or ``plane``. Raises IllegalArgument."""
    if name.lower() not in TYPES:
        raise IllegalArgument(f"No geo distance for [{name}]")
    return name.lower()


_COS_STEPS = 2048
_ASIN_STEPS = 8192
_ASIN_TOP = math.sin(math.radians(73.0))
_HALF_PI_HIGH = float.fromhex("0x1.921fb544p+0")
_HALF_PI_LOW = float.fromhex("0x1.0b4611a626331p-34")


@cache
def _cos_tables() -> tuple[Any, Any, float, float]:
    high, low = 4 * _HALF_PI_HIGH / _COS_STEPS, 4 * _HALF_PI_LOW / _COS_STEPS
    angles = [at * high + at * low for at in range(_COS_STEPS + 1)]
    sines = np.array([fdlibm.sine(one) for one in angles])
    cosines = np.array([fdlibm.cosine(one) for one in angles])
    sines[[_COS_STEPS // 2, _COS_STEPS]] = 0.0
    cosines[[_COS_STEPS // 4, 3 * _COS_STEPS // 4]] = 0.0
    return sines, cosines, high, low


@cache
def _asin_tables() -> tuple[Any, ...]:
    x = np.arange(_ASIN_STEPS + 1) * (_ASIN_TOP / _ASIN_STEPS)
    values = np.array([fdlibm.arc_sine(one) for one in x.tolist()])
    inverse = 1 / (1 - x * x)
    first = np.sqrt(inverse)
    second = first * inverse
    third = second * inverse
    fourth = third * inverse
    return (
        values,
        first,
        x * second * (1 / 2.0),
        (1 + 2 * x * x) * third * (1 / 6.0),
        (5 + 2 * x * (2 + x * (5 - 2 * x))) * fourth * (1 / 24.0),
    )


def cosine(angle: Any) -> Any:
    """The cosine by table and Taylor series, float64[n]."""
    sines, cosines, high, low = _cos_tables()
    angle = np.abs(angle)
    at = (angle * (1 / (high + low)) + 0.5).astype(np.int64)
    rest = (angle - at * high) - at * low
    at &= _COS_STEPS - 1
    cos, sin = cosines[at], sines[at]
    return cos + rest * (-sin + rest * (-cos * (1 / 2.0) + rest * (sin * (1 / 6.0) + rest * cos * (1 / 24.0))))


def arc_sine(value: Any) -> Any:
    """The arc sine of numbers from 0 to 1: by table, above 73 degrees by fdlibm's quotient."""
    tables = _asin_tables()
    step = _ASIN_TOP / _ASIN_STEPS
    low = np.minimum(value, _ASIN_TOP)
    at = (low * (1 / step) + 0.5).astype(np.int64)
    rest = low - at * step
    near = tables[0][at] + rest * (
        tables[1][at] + rest * (tables[2][at] + rest * (tables[3][at] + rest * tables[4][at]))
    )
    if not (value > _ASIN_TOP).any():
        return near
    return np.where(value > _ASIN_TOP, _steep(value), near)


_P = (
    1.66666666666666657415e-01, -3.25565818622400915405e-01, 2.01212532134862925881e-01, -4.00555345006794114027e-02,
    7.91534994289814532176e-04, 3.47933107596021167570e-05,
)
_Q = (-2.40339491173441421878e00, 2.02094576023350569471e00, -6.88283971605453293030e-01, 7.70381505559019352791e-02)


def _steep(value: Any) -> Any:
    t = (1.0 - np.minimum(value, 1.0)) * 0.5
    p = t * (_P[0] + t * (_P[1] + t * (_P[2] + t * (_P[3] + t * (_P[4] + t * _P[5])))))
    q = 1.0 + t * (_Q[0] + t * (_Q[1] + t * (_Q[2] + t * _Q[3])))
    s = np.sqrt(t)
    z = s + s * (p / q)
    out = 1.57079632679489655800e00 - ((z + z) - 6.12323399573676603587e-17)
    return np.where(value >= 1.0, math.pi / 2, out)


def arc_metres(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Metres along the sphere from one point to others, or between points in pairs, float64[n]."""
    radians = np.pi / 180.0
    x1, x2 = np.asarray(lat, np.float64) * radians, np.asarray(lats, np.float64) * radians
    h1 = 1 - cosine(x1 - x2)
    h2 = 1 - cosine((np.asarray(lon) - np.asarray(lons)) * radians)
    key = np.ascontiguousarray(h1 + cosine(np.atleast_1d(x1)) * cosine(x2) * h2)
    # Lucene: the last three bits of the key are cut, so that equal points are at distance 0
    key = (key.view(np.int64) & ~np.int64(7)).view(np.float64)
    return MEAN_RADIUS * 2 * arc_sine(np.minimum(1.0, np.sqrt(key * 0.5)))


_SLACK = 1.000001
"""More than what tables and rounding can take from a distance."""


def within(radius: float, lat: float, lon: float, lats: Any, lons: Any) -> Any:
    """bool[n]: the points at most so many metres away. Those too far north or south are left out before anything is computed."""
    lats, lons = np.asarray(lats), np.asarray(lons)
    band = np.flatnonzero(np.abs(lats - lat) <= math.degrees((radius * _SLACK + 1.0) / MEAN_RADIUS))
    out = np.zeros(len(lats), bool)
    out[band] = arc_metres(lat, lon, lats[band], lons[band]) <= radius
    return out


def plane_metres(lat: float, lon: float, lats: Any, lons: Any) -> Any:
    """Metres on a plane, float64[n]; wrong far away, at the poles and across the date line, as documented."""
    lats, lons = np.asarray(lats), np.asarray(lons)
    x = np.radians(lons - lon) * np.cos(np.radians((lats + lat) / 2.0))
    y = np.radians(lats - lat)
    return np.sqrt(x * x + y * y) * MEAN_RADIUS


def metres(kind: str, lat: float, lon: float, lats: Any, lons: Any) -> Any:
    """Metres from one point to others by distance type."""
    return (plane_metres if kind == "plane" else arc_metres)(lat, lon, lats, lons)
