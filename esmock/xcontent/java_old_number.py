"""``Double.toString`` and ``Float.toString`` before JDK 19, which print a digit too many for some numbers.

All of them lie beyond 2^53 (2^24 for 32 bits) or are powers of two below 0.001: 2.0E23 is ``1.9999999999999998E23``.
Source: the behaviour of JDK 17, held against it for 120 000 numbers.
"""

from __future__ import annotations

import math
import struct

from esmock.xcontent.java_number import java_double, java_float

_MAX_EASY_EXPONENT = 62
_LONG_5_POWERS = 27
_BITS_OF_5_POWERS = (0, *((5**power).bit_length() for power in range(1, _LONG_5_POWERS)))


def java_double_old(value: float) -> str:
    """``Double.toString`` of JDK 17."""
    if 1e-3 <= value < 1e7 or -1e7 < value <= -1e-3 or value == 0 or not math.isfinite(value):
        return java_double(value)
    bits = int.from_bytes(struct.pack(">d", abs(value)), "big")
    exponent, fraction, significant = bits >> 52, bits & ((1 << 52) - 1), 53
    if exponent == 0:
        significant = fraction.bit_length()
        shift = 53 - significant
        fraction <<= shift
        exponent = 1 - shift
    else:
        fraction |= 1 << 52
    return _text(value, exponent - 1023, fraction, significant)


def java_float_old(value: float) -> str:
    """``Float.toString`` of JDK 17."""
    if value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e7:
        return java_float(value)
    bits = int.from_bytes(struct.pack(">f", abs(value)), "big")
    exponent, fraction, significant = bits >> 23, bits & ((1 << 23) - 1), 24
    if exponent == 0:
        significant = fraction.bit_length()
        shift = 24 - significant
        fraction <<= shift
        exponent = 1 - shift
    else:
        fraction |= 1 << 23
    return _text(value, exponent - 127, fraction << 29, significant)


def _text(value: float, exponent: int, fraction: int, significant: int) -> str:
    """Scientific form; ``fraction`` has 53 bits, its highest one set."""
    tail = (fraction & -fraction).bit_length() - 1
    fraction_bits = 53 - tail
    tiny = max(0, fraction_bits - exponent - 1)
    if tiny == 0 and exponent <= _MAX_EASY_EXPONENT and fraction_bits < 64:
        digits, power = _long_digits(fraction, exponent, significant)
    else:
        digits, power = _long_division(fraction >> tail, exponent, fraction_bits, significant, tiny)
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:].rstrip('0') or '0'}E{power}"


def _long_digits(fraction: int, exponent: int, significant: int) -> tuple[str, int]:
    """An integer below 2^63: all digits, but for those that the lost bits make meaningless."""
    number = fraction << (exponent - 52) if exponent >= 52 else fraction >> (52 - exponent)
    dropped = 0
    if exponent > significant:
        power = exponent - significant - 1
        # the table of the original: how many decimal digits a power of two can hold
        dropped = int(power * math.log10(2)) if power > 1 else 0
    if dropped:
        scale = 10**dropped
        number, rest = divmod(number, scale)
        number += rest >= scale >> 1
    digits = str(number)
    return digits, len(digits) - 1 + dropped


def _long_division(fraction: int, exponent: int, fraction_bits: int, significant: int, tiny: int) -> tuple[str, int]:
    """Digit by digit, until the rest is below half a unit in the last place - measured the same on both sides."""
    power = _estimate(fraction, exponent)
    b5 = max(0, -power)
    b2 = b5 + tiny + exponent
    s5 = max(0, power)
    s2 = s5 + tiny
    m2 = b2 - significant
    b2 -= fraction_bits - 1
    common = min(b2, s2)
    b2, s2, m2 = b2 - common, s2 - common, m2 - common
    if fraction_bits == 1:
        m2 -= 1
    if m2 < 0:
        b2, s2, m2 = b2 - m2, s2 - m2, 0
    rest = fraction * 5**b5 << b2
    scale = 5**s5 << s2
    half = 5**b5 << m2
    width = _width(fraction_bits, b2, b5, s2, s5)
    tens = scale * 10
    digits: list[int] = []
    digit, rest = divmod(rest, scale)
    rest *= 10
    half = _wrapped(half * 10, width)
    if digit == 0 and not _reaches(rest, half, tens, width):
        power -= 1
    else:
        digits.append(digit)
    low = high = False
    while not low and not high:
        digit, rest = divmod(rest, scale)
        rest *= 10
        half = _wrapped(half * 10, width)
        low = rest < half or half <= 0
        high = _reaches(rest, half, tens, width) or half <= 0
        digits.append(digit)
    difference = _wrapped((rest << 1) - tens, width)
    if high and (not low or difference > 0 or (difference == 0 and digits[-1] & 1)):
        power += _round_up(digits)
    return "".join(map(str, digits)), power


def _reaches(rest: int, half: int, tens: int, width: int) -> bool:
    """Whether the digit could be one higher; unlimited numbers are compared a little differently."""
    return _wrapped(rest + half, width) > tens if width else rest + half >= tens


def _width(fraction_bits: int, b2: int, b5: int, s2: int, s5: int) -> int:
    """The bits that the original computes in; 0: unlimited."""

    def bits(power: int) -> int:
        return _BITS_OF_5_POWERS[power] if power < _LONG_5_POWERS else power * 3

    needed = max(fraction_bits + b2 + bits(b5), s2 + 1 + bits(s5 + 1))
    return 32 if needed < 32 else 64 if needed < 64 else 0


def _wrapped(number: int, width: int) -> int:
    """A number as Java's int or long holds it."""
    if not width:
        return number
    number &= (1 << width) - 1
    return number - (1 << width) if number >> (width - 1) else number


def _estimate(fraction: int, exponent: int) -> int:
    """The decimal exponent, or one more."""
    mantissa = fraction / (1 << (fraction.bit_length() - 1))
    return math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)


def _round_up(digits: list[int]) -> int:
    """Add one to the last digit; returns what the exponent grows by."""
    for index in range(len(digits) - 1, -1, -1):
        if digits[index] < 9:
            digits[index] += 1
            return 0
        digits[index] = 0
    digits[0] = 1
    return 1
