"""Types of values: which belong together, what two of them have in common, how texts become values of them.

Source: answers of 8.19.21 to every function with arguments of every type.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from esmock.mapping.exact import parse_ip, printed_ip, sortable_ip

Json = Any
WHOLE = ("integer", "long")
NUMERIC = ("integer", "long", "double", "unsigned_long")
STRINGS = ("keyword", "text")
DATES = ("datetime", "date_nanos")
POINTS = ("geo_point", "cartesian_point")
SHAPES = ("geo_point", "cartesian_point", "geo_shape", "cartesian_shape")
SPANS = ("date_period", "time_duration")
SHOWN = {"datetime": "date"}
"""Types that columns name otherwise."""


class Accepts(NamedTuple):
    """The types that an argument may have, and how an error names them."""

    types: tuple[str, ...]
    shown: str


LIMITS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1), "unsigned_long": (0, 2**64 - 1)}
"""The least and the greatest value of whole numbers."""
ANY = Accepts((), "any")
NUMBER = Accepts(NUMERIC, "numeric")
PLAIN_NUMBER = Accepts(("integer", "long", "double"), "numeric except unsigned_long")
WHOLE_NUMBER = Accepts(WHOLE, "whole number except unsigned_long or counter types")
STRING = Accepts(STRINGS, "string")
INTEGER = Accepts(("integer",), "integer")
BOOLEAN = Accepts(("boolean",), "boolean")
DATE_FIRST = Accepts(DATES, "datetime or date_nanos")
NANOS_FIRST = Accepts(DATES, "date_nanos or datetime")
IP = Accepts(("ip",), "ip")
POINT = Accepts(POINTS, "geo_point or cartesian_point")
SPATIAL = Accepts(SHAPES, "geo_point, cartesian_point, geo_shape or cartesian_shape")
NOT_SPATIAL = Accepts(
    (*NUMERIC, *STRINGS, *DATES, "boolean", "ip", "version"), "representableNonSpatial"
)


def is_string(kind: str) -> bool:
    return kind in STRINGS


def common(left: str, right: str) -> str | None:
    """The type that holds values of both; None: there is none."""
    if left == right or right == "null":
        return left
    if left == "null":
        return right
    if is_string(left) and is_string(right):
        return "keyword"
    if left in DATES and right in DATES:
        return "date_nanos"
    if left in NUMERIC and right in NUMERIC:
        if "double" in (left, right):
            return "double"
        if "unsigned_long" in (left, right):
            return "unsigned_long"
        return "long"
    return None


def wider_number(left: str, right: str) -> str | None:
    """``common`` for arithmetic: an unsigned long goes with its like only."""
    if "unsigned_long" in (left, right) and not {left, right} <= {"unsigned_long", "null"}:
        return None
    return common(left, right)


def without_text(kind: str) -> str:
    """The type of what a function makes of a text."""
    return "keyword" if kind == "text" else kind


def shown(kind: str) -> str:
    """The name of a type in a column."""
    return SHOWN.get(kind, kind)


def ip_bytes(text: str) -> bytes:
    """An address as 16 bytes. Raises IllegalArgument."""
    return bytes.fromhex(sortable_ip(parse_ip(text)))


def ip_text(value: bytes) -> str:
    """An address as it is printed."""
    return printed_ip(value.hex())


_POINT = re.compile(r"\s*POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)\s*", re.IGNORECASE)


def point_of(text: str) -> tuple[float, float] | None:
    """A point of well-known text; None: it is none."""
    found = _POINT.fullmatch(text)
    try:
        return None if found is None else (float(found[1]), float(found[2]))
    except ValueError:
        return None


def point_text(value: Any) -> str:
    """A point as well-known text."""
    from esmock.xcontent.java_number import java_double

    return f"POINT ({java_double(value[0])} {java_double(value[1])})"
