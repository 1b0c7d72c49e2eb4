"""Numbers as Java reads and prints them.

Source: the documented behaviour of ``Integer.parseInt``, ``Double.parseDouble``, ``Double.toString`` and
``Float.toString`` (JDK 19 and later for printing), held against recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import functools
import math
import re
import struct

from esmock.errors import NumberFormat

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1

_INTEGER = re.compile(r"[+-]?\d+\Z")
_REAL = re.compile(
    r"[+-]?(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?|(?P<word>NaN|Infinity))\Z", re.ASCII
)
_HEX_REAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?\d+[fFdD]?\Z", re.ASCII)
_JAVA_BLANKS = "".join(map(chr, range(33)))
_SINGLE = struct.Struct("<f")
_FLOAT_MAX = 3.4028234663852886e38
_FLOAT_NORMAL = 1.1754943508222875e-38


def for_input(text: str) -> NumberFormat:
    """The error of Java's number parsers."""
    return NumberFormat(f'For input string: "{text}"')


def parse_int(text: str) -> int:
    """``Integer.parseInt``. Raises NumberFormat."""
    if _INTEGER.match(text) and INT_MIN <= (value := int(text)) <= INT_MAX:
        return value
    raise for_input(text)


def parse_long(text: str) -> int:
    """``Long.parseLong``. Raises NumberFormat."""
    if _INTEGER.match(text) and LONG_MIN <= (value := int(text)) <= LONG_MAX:
        return value
    raise for_input(text)


def parse_double(text: str) -> float:
    """``Double.parseDouble``: blanks around, a type suffix, hexadecimal, NaN and Infinity. Raises NumberFormat."""
    trimmed = text.strip(_JAVA_BLANKS)
    if not trimmed:
        raise NumberFormat("empty String")
    found = _REAL.match(trimmed)
    if found:
        sign = -1.0 if trimmed[0] == "-" else 1.0
        if found["number"]:
            return sign * float(found["number"])
        return sign * (math.nan if found["word"] == "NaN" else math.inf)
    if _HEX_REAL.match(trimmed):
        return float.fromhex(trimmed.rstrip("fFdD") if trimmed[-1] in "fFdD" and "p" in trimmed.lower() else trimmed)
    if re.match(r"[+-]?\d*\.\d*\.", trimmed, re.ASCII):
        raise NumberFormat("multiple points")
    raise for_input(trimmed)


def parse_float(text: str) -> float:
    """``Float.parseFloat``: the nearest 32-bit value. Raises NumberFormat."""
    return to_float(parse_double(text))


def to_float(value: float) -> float:
    """Java's cast from double to float."""
    if value != value or abs(value) <= _FLOAT_MAX:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def to_long(value: float) -> int:
    """Java's cast from double to long: truncates, saturates, NaN is 0."""
    if value != value:
        return 0
    if value >= LONG_MAX:
        return LONG_MAX
    return LONG_MIN if value <= LONG_MIN else int(value)


def to_int(value: float) -> int:
    """Java's cast from double to int: truncates, saturates, NaN is 0."""
    return max(INT_MIN, min(INT_MAX, to_long(value)))


def java_double(value: float) -> str:
    """``Double.toString``."""
    if 1e-3 <= value < 1e7 or -1e7 < value <= -1e-3:
        return repr(value)
    if value != value:
        return "NaN"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    return _scientific(value, float.__repr__(value))


def java_float(value: float) -> str:
    """``Float.toString`` of a double that holds a 32-bit value."""
    if value != value or value == 0 or value in (math.inf, -math.inf):
        return java_double(value)
    return _shortest_single(value)


@functools.lru_cache(4096)
def _shortest_single(value: float) -> str:
    packed = _SINGLE.pack(value)
    number = _SINGLE.unpack(packed)[0]
    text = ""
    # up to six digits always survive, except in the smallest numbers, which hold fewer
    for digits in (6, 7, 8, 9) if abs(number) >= _FLOAT_NORMAL else range(1, 10):
        text = f"{number:.{digits}g}"
        if _packs_to(text, packed):
            break
        # below a power of two the next value is nearer, so the farther decimal may be the one that reads back
        if packed[:2] == b"\0\0" and packed[2] & 0x7F == 0:
            mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
            text = f"{float(mantissa) + math.copysign(10.0 ** (1 - digits), number):.{digits - 1}f}e{exponent}"
            if _packs_to(text, packed):
                break
    if 1e-3 <= abs(number) < 1e7:
        return repr(float(text))
    return _scientific(number, text)


def _packs_to(text: str, packed: bytes) -> bool:
    try:
        return _SINGLE.pack(float(text)) == packed
    except OverflowError:
        return False


def _scientific(value: float, shortest: str) -> str:
    """``d.dddE-n`` from any decimal text of the value."""
    mantissa, _, exponent = shortest.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = int(exponent or 0) + len(whole) - 1
    if whole == "0":
        power -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) < 2:
        # Java prints at least two digits and chooses the second one too, which shows in the smallest numbers only
        mantissa, _, exponent = f"{abs(value):.1e}".partition("e")
        digits, power = mantissa.replace(".", ""), int(exponent)
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:].rstrip('0') or '0'}E{power}"
