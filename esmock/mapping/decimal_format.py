"""Numbers in Java's DecimalFormat patterns (``#,##0.00``, ``0.###E0``, ``00.0%``), rounded half to even on the exact binary value."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from esmock.errors import IllegalArgument, RuntimeError_, TextParse

_SYMBOLS = "#0.,"


@dataclass(frozen=True, slots=True)
class _Pattern:
    prefix: str
    suffix: str
    least_integer: int
    least_fraction: int
    most_fraction: int
    most_integer: int
    grouping: int
    scale: int
    exponent: int
    negative: tuple[str, str] | None


_WIDE = Context(prec=700)
"""Digits enough for every double."""


def format_decimal(value: float | int, pattern: str) -> str:
    """A number by a pattern. Raises IllegalArgument for a malformed one."""
    parsed = _parse(pattern)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    is_negative = value < 0 or (isinstance(value, float) and math.copysign(1.0, value) < 0)
    before, after = parsed.prefix, parsed.suffix
    if is_negative:
        before, after = parsed.negative or ("-" + parsed.prefix, parsed.suffix)
    if isinstance(value, float) and math.isinf(value):
        return f"{before}∞{after}"
    # Java writes the shortest digits of great numbers, and zeros behind them
    exact = Decimal(repr(value)) if isinstance(value, float) and abs(value) >= 2**53 else Decimal(value)
    number = abs(exact).scaleb(parsed.scale, _WIDE)
    digits = _scientific(number, parsed) if parsed.exponent else _plain(number, parsed)
    return f"{before}{digits}{after}"


def parse_decimal(text: str, pattern: str, *, names_pattern: bool = False) -> float:
    """A number written by a pattern: its prefix, and digits as far as they go.

    Args:
        names_pattern: errors name the pattern (8.x).

    Raises:
        RuntimeError_: there are no digits.
    """
    parsed = _parse(pattern)
    below_zero = parsed.negative[0] if parsed.negative else "-" + parsed.prefix
    for prefix, sign in ((parsed.prefix, 1.0), (below_zero, -1.0)):
        if text.startswith(prefix):
            digits = "[0-9,]*" if parsed.grouping else "[0-9]*"
            found = re.match(digits + r"(?:\.[0-9]*)?(?:E-?[0-9]+)?", text[len(prefix) :])
            number = found[0].replace(",", "") if found else ""
            if any(char.isdigit() for char in number):
                return sign * float(Decimal(number).scaleb(-parsed.scale))
    cause = TextParse(f'Unparseable number: "{text}"')
    shown = f"Cannot parse the value [{text}] using the pattern [{pattern}]" if names_pattern else f"java.text.ParseException: {cause.reason}"
    raise RuntimeError_(shown, cause=cause)


def _plain(number: Decimal, parsed: _Pattern) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-parsed.most_fraction), ROUND_HALF_EVEN, _WIDE)
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(parsed.least_fraction, "0")
    whole = whole.lstrip("0").rjust(parsed.least_integer, "0")
    if not whole and not fraction:
        whole = "0"
    if parsed.grouping:
        parts = []
        while len(whole) > parsed.grouping:
            parts.append(whole[-parsed.grouping :])
            whole = whole[: -parsed.grouping]
        whole = ",".join([whole, *reversed(parts)])
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(number: Decimal, parsed: _Pattern) -> str:
    exponent = number.adjusted() if number else 0
    if parsed.most_integer > 1 and parsed.most_integer > parsed.least_integer:
        exponent = exponent // parsed.most_integer * parsed.most_integer
    else:
        exponent -= max(parsed.least_integer, 1) - 1
    mantissa = _plain(number.scaleb(-exponent), parsed)
    if exponent < 0:
        return f"{mantissa}E-{str(-exponent).rjust(parsed.exponent, '0')}"
    return f"{mantissa}E{str(exponent).rjust(parsed.exponent, '0')}"


@functools.lru_cache(maxsize=256)
def _parse(pattern: str) -> _Pattern:
    positive, negative = _split(pattern)
    prefix, body, suffix, scale = _affixes(positive, pattern)
    exponent = 0
    if "E" in body:
        body, _, zeros = body.partition("E")
        exponent = len(zeros)
    whole, _, fraction = body.partition(".")
    grouping = len(whole) - whole.rfind(",") - 1 if "," in whole else 0
    whole = whole.replace(",", "")
    if ("#" in whole[whole.find("0") :] and "0" in whole) or ("0" in fraction[fraction.find("#") :] and "#" in fraction):
        raise IllegalArgument(f'Unexpected "0" in pattern "{pattern}"' if "#" in fraction else f'Malformed pattern "{pattern}"')
    pair = None
    if negative is not None:
        before, _, after, _ = _affixes(negative, pattern)
        pair = (before, after)
    least = whole.count("0")
    if not least and not fraction.count("0") and whole and not exponent:
        least = 0 if fraction else 1
    return _Pattern(prefix, suffix, least, fraction.count("0"), len(fraction), len(whole), grouping, scale, exponent, pair)


def _split(pattern: str) -> tuple[str, str | None]:
    quoted = False
    for place, char in enumerate(pattern):
        if char == "'":
            quoted = not quoted
        elif char == ";" and not quoted:
            return pattern[:place], pattern[place + 1 :]
    return pattern, None


def _affixes(text: str, pattern: str) -> tuple[str, str, str, int]:
    """Prefix, digits, suffix and the power of ten of percent and per mille."""
    parts = ["", "", ""]
    phase, scale, quoted, place = 0, 0, False, 0
    while place < len(text):
        char = text[place]
        place += 1
        if char == "'":
            if text[place : place + 1] == "'":
                parts[phase] += "'"
                place += 1
            else:
                quoted = not quoted
            continue
        is_digit = not quoted and (char in _SYMBOLS or (char == "E" and phase == 1))
        if is_digit and phase == 2:
            raise IllegalArgument(f'Unquoted special character \'{char}\' in pattern "{pattern}"')
        if is_digit:
            phase = 1
        elif phase == 1:
            phase = 2
        if not quoted and char in "%‰":
            scale = 2 if char == "%" else 3
        parts[phase] += "¤" if char == "¤" and not quoted else char
    return parts[0], parts[1], parts[2], scale
