"""Numbers in Java's DecimalFormat patterns (``#,##0.00``, ``0.###E0``, ``00.0%``), rounded half to even on the exact binary value.

Source: the grammar and the rules in the documentation of ``java.text.DecimalFormat``; answers of JDK 17.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from esmock.errors import IllegalArgument, RuntimeError_, TextParse
from esmock.xcontent.java_number import java_double

_MOST_FRACTION = 340
_WIDE = Context(prec=700)
"""Digits enough for every double."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern as parsed.

    Attributes:
        exponent: least digits of the exponent; 0: none is written.
        shows_point: a point stands behind whole numbers too.
        negative: prefix and suffix of numbers below zero, where the pattern has them.
    """

    prefix: str
    suffix: str
    least_integer: int
    most_integer: int
    least_fraction: int
    most_fraction: int
    grouping: int
    scale: int
    exponent: int
    shows_point: bool
    negative: tuple[str, str] | None

    def signed(self, *, is_negative: bool) -> tuple[str, str]:
        """What stands around the digits."""
        if not is_negative:
            return self.prefix, self.suffix
        return self.negative or ("-" + self.prefix, self.suffix)


def format_decimal(value: float | int, pattern: str) -> str:
    """A number by a pattern. Raises IllegalArgument for a malformed one."""
    parsed = _parse(pattern)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    before, after = parsed.signed(is_negative=value < 0 or (isinstance(value, float) and math.copysign(1.0, value) < 0))
    if isinstance(value, float) and math.isinf(value):
        return f"{before}∞{after}"
    number = abs(value) * 10**parsed.scale
    # Java writes the digits of its texts, but rounds by the exact value; great numbers have zeros behind their digits
    shortest = Decimal(java_double(number) if isinstance(number, float) else number)
    exact = shortest if number >= 2**53 else Decimal(number)
    digits = _scientific(shortest, exact, parsed) if parsed.exponent else _plain(shortest, exact, parsed)
    return f"{before}{digits}{after}"


def parse_decimal(text: str, pattern: str, *, names_pattern: bool = False) -> float:
    """A number written by a pattern: its prefix, and digits as far as they go.

    Args:
        names_pattern: errors name the pattern (8.x).

    Raises:
        RuntimeError_: there are no digits.
    """
    parsed = _parse(pattern)
    below_zero = parsed.signed(is_negative=True)[0]
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


def _rounded(shortest: Decimal, exact: Decimal, place: int) -> Decimal:
    """Cut to a power of ten: the shortest digits where they do not reach further, else the exact value rounded."""
    exponent = shortest.as_tuple().exponent
    return shortest if isinstance(exponent, int) and exponent >= place else exact.quantize(Decimal((0, (1,), place)), ROUND_HALF_EVEN, _WIDE)


def _plain(shortest: Decimal, exact: Decimal, parsed: _Pattern) -> str:
    whole, _, fraction = f"{_rounded(shortest, exact, -parsed.most_fraction):f}".partition(".")
    fraction = fraction.rstrip("0").ljust(parsed.least_fraction, "0")
    whole = whole.lstrip("0").rjust(parsed.least_integer, "0")
    if not whole and not fraction:
        whole = "0"
    return _pointed(_grouped(whole, parsed.grouping), fraction, parsed)


def _pointed(whole: str, fraction: str, parsed: _Pattern) -> str:
    return f"{whole}.{fraction}" if fraction or parsed.shows_point else whole


def _grouped(whole: str, size: int) -> str:
    if not size:
        return whole
    first = len(whole) % size or size
    return ",".join([whole[:first], *(whole[at : at + size] for at in range(first, len(whole), size))])


def _scientific(shortest: Decimal, exact: Decimal, parsed: _Pattern) -> str:
    least, most = parsed.least_integer, parsed.most_integer
    wanted = most + parsed.most_fraction
    number = _rounded(shortest, exact, shortest.adjusted() + 1 - wanted) if wanted and shortest else shortest
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    point = number.adjusted() + 1 if number else 0
    exponent, shown = point - least, least
    if most > 1 and most > least:
        exponent = (point - 1) // most * most
        shown = 1
    whole_digits = point - exponent if number else shown
    total = max(len(digits), least + parsed.least_fraction, whole_digits)
    digits = digits.ljust(total, "0")
    mantissa = _pointed(digits[:whole_digits], digits[whole_digits:], parsed)
    exponent = exponent if number else 0
    return f"{mantissa}E{'-' if exponent < 0 else ''}{str(abs(exponent)).rjust(parsed.exponent, '0')}"


class _Section:
    """A part of a pattern as it is read: that of all numbers, or that of those below zero, whose digits are passed over."""

    def __init__(self, pattern: str, start: int, *, has_digits: bool) -> None:
        self.pattern = pattern
        self.has_digits = has_digits
        self.affixes: tuple[list[str], list[str]] = ([], [])
        self.left = self.zeros = self.right = 0
        self.point = self.grouping = -1
        self.exponent = self.scale = 0
        self.end: int | None = None
        self._is_behind = self._is_quoted = False
        self._place = start
        while self._place < len(pattern) and self.end is None:
            self._step()
        if has_digits:
            self._settle()
        if self._is_quoted:
            raise IllegalArgument(f'Malformed pattern "{pattern}"')

    def refused(self, reason: str) -> IllegalArgument:
        return IllegalArgument(f'{reason} in pattern "{self.pattern}"')

    def _step(self) -> None:
        char = self.pattern[self._place]
        self._place += 1
        if char == "'":
            self._quote()
        elif not self._is_quoted and char in "#0,.":
            self._digits()
        elif not self._is_quoted and char == ";":
            if not self.has_digits or not (self._is_behind or self._has_seen_digits):
                raise self.refused("Unquoted special character ';'")
            self.end = self._place
        else:
            self._literal(char)

    @property
    def _has_seen_digits(self) -> bool:
        return bool(self.left or self.zeros or self.right) or self.point >= 0 or self.grouping >= 0

    def _quote(self) -> None:
        if self.pattern[self._place : self._place + 1] == "'":
            self._place += 1
            self._literal("'")
        else:
            self._is_quoted = not self._is_quoted

    def _literal(self, char: str) -> None:
        if not self._is_quoted and char in "%‰":
            if self.scale:
                raise IllegalArgument(f'Too many percent/per mille characters in pattern "{self.pattern}"')
            self.scale = 2 if char == "%" else 3
        self.affixes[self._is_behind].append(char)

    def _digits(self) -> None:
        """A run of digits, and what else stands among them; behind it the suffix goes on."""
        self._place -= 1
        while self._place < len(self.pattern) and self.pattern[self._place] in "#0,.":
            if self.has_digits:
                self._digit(self.pattern[self._place])
            self._place += 1
        self._is_behind = True
        if self.pattern.startswith("E", self._place):
            self._exponent()

    def _digit(self, char: str) -> None:
        if char == ",":
            self.grouping = 0
        elif char == ".":
            if self.point >= 0:
                raise IllegalArgument(f'Multiple decimal separators in pattern "{self.pattern}"')
            self.point = self.left + self.zeros + self.right
        else:
            if char == "#":
                self.right, self.left = (self.right + 1, self.left) if self.zeros else (self.right, self.left + 1)
            elif self.right:
                raise self.refused("Unexpected '0'")
            else:
                self.zeros += 1
            if self.grouping >= 0 and self.point < 0:
                self.grouping += 1

    def _exponent(self) -> None:
        self._place += 1
        if not self.has_digits:
            return
        if self.exponent:
            raise IllegalArgument(f'Multiple exponential symbols in pattern "{self.pattern}"')
        while self.pattern.startswith("0", self._place):
            self.exponent += 1
            self._place += 1
        if self.left + self.zeros < 1 or not self.exponent:
            raise IllegalArgument(f'Malformed exponential pattern "{self.pattern}"')

    def _settle(self) -> None:
        """Digits where there are no zeros: ``##.##`` is ``#0.##``, ``.##`` is ``.0#``. Raises IllegalArgument."""
        if not self.zeros and self.left and self.point >= 0:
            whole = self.point or 1
            self.left, self.zeros, self.right = whole - 1, 1, self.left - whole
        is_wrong = self.right > 0 if self.point < 0 else not self.left <= self.point <= self.left + self.zeros
        if is_wrong or self.grouping == 0:
            raise IllegalArgument(f'Malformed pattern "{self.pattern}"')

    def texts(self) -> tuple[str, str]:
        """Prefix and suffix."""
        return "".join(self.affixes[0]), "".join(self.affixes[1])


_EVERYTHING = _Pattern("", "", 0, 0, 0, _MOST_FRACTION, 3, 0, 0, shows_point=False, negative=None)


@functools.lru_cache(maxsize=256)
def _parse(pattern: str) -> _Pattern:
    if not pattern:
        return _EVERYTHING
    section = _Section(pattern, 0, has_digits=True)
    negative = None if section.end in (None, len(pattern)) else _Section(pattern, section.end or 0, has_digits=False).texts()
    total = section.left + section.zeros + section.right
    point = total if section.point < 0 else section.point
    least = point - section.left
    has_point = section.point >= 0
    return _Pattern(
        *section.texts(),
        least_integer=least,
        most_integer=section.left + least,
        least_fraction=section.left + section.zeros - point if has_point else 0,
        most_fraction=total - point if has_point else 0,
        grouping=max(section.grouping, 0),
        scale=section.scale,
        exponent=section.exponent,
        shows_point=has_point and section.point in (0, total),
        negative=None if negative == section.texts() else negative,
    )
