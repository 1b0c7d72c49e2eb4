"""Reading numbers out of documents as Elasticsearch's parsers do: text is accepted, decimals are cut or refused."""

from __future__ import annotations

import math
import re
import struct
from typing import Any

from esmock.errors import ApiError, IllegalArgument, InputCoercion, JsonParse, NumberFormat

Json = Any

_JAVA_DOUBLE = re.compile(
    r"[\x00-\x20]*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fFdD]?)[\x00-\x20]*\Z"
)
_NO_DECIMAL = re.compile(r"^[\x00-\x20]|[\x00-\x20fFdDNy]\Z")
"""What ``Double.parseDouble`` reads and ``new BigDecimal`` does not."""
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}


class TokenError(Exception):
    """A value of the wrong token for a number reader; the document parser words it with its position.

    Args:
        kind: ``range`` (a number too big), ``token`` (no number at all).
        text: Jackson's text without its location.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text

    def plain(self) -> ApiError:
        """The error without a location, for callers that have none."""
        return InputCoercion(self.text) if self.kind == "range" else JsonParse(self.text)


def java_double(text: str) -> float:
    """``Double.parseDouble``. Raises NumberFormat."""
    if _JAVA_DOUBLE.match(text) is None:
        stripped = text.strip("".join(map(chr, range(33))))
        if re.match(r"[+-]?\d*\.\d*\.", stripped):
            raise NumberFormat("multiple points")
        raise NumberFormat(f'For input string: "{stripped}"' if stripped else "empty String")
    stripped = text.strip("".join(map(chr, range(33))))
    special = _SPECIAL.get(stripped)
    return special if special is not None else float(stripped.rstrip("fFdD"))


def java_float(value: float) -> float:
    """Rounded to 32 bits; infinite where it does not fit."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def half_float(value: float) -> float:
    """Rounded to 16 bits; infinite where it does not fit."""
    try:
        return float(struct.unpack("<e", struct.pack("<e", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


_INTEGERS = {
    "byte": (-(2**7), 2**7 - 1, "a byte", "Byte"),
    "short": (-(2**15), 2**15 - 1, "a short", "Short"),
    "integer": (-(2**31), 2**31 - 1, "an integer", "Integer"),
    "long": (-(2**63), 2**63 - 1, "a long", "Long"),
}
_TOKENS = {"byte": "int", "short": "short", "integer": "int", "long": "long"}


def bounds(type_: str) -> tuple[int, int]:
    """Least and greatest value of an integer type."""
    return _INTEGERS[type_][:2]


def article(type_: str) -> str:
    """A type of whole numbers with its article, as errors name it."""
    return _INTEGERS[type_][2]


def read_integer(value: Json, type_: str, *, coerce: bool) -> int:
    """A document's value as an integer of ``type_``.

    Raises:
        IllegalArgument, NumberFormat, TokenError.
    """
    low, high, a_type, java = _INTEGERS[type_]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise not_numeric(value)
    if isinstance(value, str):
        return _integer_text(value, type_, coerce=coerce)
    wide_low, wide_high = (-(2**31), 2**31 - 1) if type_ == "byte" else (low, high)
    if type_ == "short":
        wide_low, wide_high = -(2**15), 2**15 - 1
    if not wide_low <= value <= wide_high or value != value:
        shown = value if isinstance(value, int) else _shown_float(value)
        kind = _TOKENS[type_]
        if kind == "short" and -(2**31) <= value < 2**31:
            raise TokenError("token", f"Numeric value ({shown}) out of range of Java short")
        if kind == "short":
            kind, wide_low, wide_high = "int", -(2**31), 2**31 - 1
        raise TokenError("range", f"Numeric value ({shown}) out of range of {kind} ({wide_low} - {wide_high})")
    number = int(value)
    if not coerce and number != value:
        raise IllegalArgument(f"{_shown_float(value)} cannot be converted to {java} without data loss")
    if not low <= number <= high:
        raise IllegalArgument(f"Value [{number}] is out of range for {a_type}")
    return number


def _integer_text(text: str, type_: str, *, coerce: bool) -> int:
    low, high, a_type, java = _INTEGERS[type_]
    if not coerce:
        raise IllegalArgument(f"{'Integer' if type_ == 'byte' else java} value passed as String")
    if type_ == "long":
        try:
            number = int(text) if re.fullmatch(r"[+-]?\d+", text) else None
        except ValueError:
            number = None
        if number is not None and low <= number <= high:
            return number
    try:
        if type_ == "long" and _NO_DECIMAL.search(text):
            raise NumberFormat(text)
        double = java_double(text)
    except NumberFormat:
        if type_ == "long":  # ES: longs are read as decimals, whose failure is worded anew (recorded on 7.10.2 and 8.19.21)
            raise IllegalArgument(f'For input string: "{text}"') from None
        raise
    if type_ == "byte":
        # ES: read as an int first
        wide_low, wide_high, an_int, _ = _INTEGERS["integer"]
        if not wide_low <= double <= wide_high:
            raise IllegalArgument(f"Value [{text}] is out of range for {an_int}")
        text = str(int(double))
    if not low <= double <= high:
        raise IllegalArgument(f"Value [{text}] is out of range for {a_type}")
    return int(double)


def read_float(value: Json, *, coerce: bool) -> float:
    """A document's value as a double. Raises IllegalArgument, NumberFormat, TokenError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise not_numeric(value)
    if isinstance(value, str):
        if not coerce:
            raise IllegalArgument("Double value passed as String")
        return java_double(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def not_numeric(value: Json) -> TokenError:
    """What Jackson says of a token that is no number."""
    token = {True: "VALUE_TRUE", False: "VALUE_FALSE"}.get(value) if isinstance(value, bool) else None
    if token is None:
        token = "START_OBJECT" if isinstance(value, dict) else "START_ARRAY" if isinstance(value, list) else "VALUE_NULL"
    return TokenError("token", f"Current token ({token}) not numeric, can not use numeric value accessors")


def _shown_float(value: float) -> str:
    from esmock.mapping.parameter import java_text

    return java_text(value)
