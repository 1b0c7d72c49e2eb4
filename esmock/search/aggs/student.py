"""Student's t distribution.

Source: the incomplete beta function by its continued fraction (Lentz), as in any table of special functions.
"""

from __future__ import annotations

import math

_LEAST = 1e-300
_PRECISION = 1e-15


def two_sided(t: float, freedom: float) -> float:
    """The probability of a value at least as far from zero as ``t``."""
    if math.isinf(t):
        return 0.0
    return _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(1.0 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > _LEAST else _LEAST)
    out = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + numerator * d
            c = 1.0 + numerator / c
            d = 1.0 / (d if abs(d) > _LEAST else _LEAST)
            c = c if abs(c) > _LEAST else _LEAST
            out *= d * c
        if abs(d * c - 1.0) < _PRECISION:
            return out
    return out
