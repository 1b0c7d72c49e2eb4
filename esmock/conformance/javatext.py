"""Values as Java turns them into text; the forms that regexes, truth tests and embedded marks look at."""

from __future__ import annotations

import math
from typing import Any

Json = Any

_PLAIN_FROM, _PLAIN_BELOW = 1e-3, 1e7


def java_text(value: Json) -> str:
    """``String.valueOf`` of a JSON value: ``null``, ``true``, ``1.0E10``, ``[a, b]``, ``{k=v}``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(java_text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(item)}" for key, item in value.items()) + "}"
    return str(value)


def double_text(number: float) -> str:
    """``Double.toString``: shortest digits, scientific below 10^-3 and from 10^7."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "-0.0" if math.copysign(1, number) < 0 else "0.0"
    sign, digits, point = _shortest(number)
    if _PLAIN_FROM <= abs(number) < _PLAIN_BELOW:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        whole = digits[:point].ljust(point, "0")
        return f"{sign}{whole}.{digits[point:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def _shortest(number: float) -> tuple[str, str, int]:
    """Sign, significant digits, and the position of the point relative to their start."""
    mantissa, _, exponent = repr(number).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    point = len(whole) + int(exponent or 0) - leading
    return sign, digits.strip("0"), point
