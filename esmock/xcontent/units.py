"""Time values and byte sizes: reading with Elasticsearch's errors, and printing.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21; the byte sizes of 9.x as documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal, InvalidOperation

from esmock.errors import Arithmetic, ElasticsearchParse, IllegalArgument, NumberFormat
from esmock.version import Behaviour
from esmock.xcontent.java_number import (
    LONG_MAX,
    LONG_MIN,
    java_double,
    java_float,
    parse_double,
    parse_float,
    parse_int,
    parse_long,
    to_long,
)

__all__ = [
    "ByteSize",
    "TimeValue",
    "byte_sizes",
    "java_double",
    "java_float",
    "parse_byte_size",
    "parse_double",
    "parse_float",
    "parse_int",
    "parse_long",
    "parse_time",
    "parse_time_ms",
    "print_byte_size",
    "print_time_ms",
]

_NANOS = {
    "nanos": 1,
    "micros": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_BYTES = {"pb": 2**50, "tb": 2**40, "gb": 2**30, "mb": 2**20, "kb": 2**10, "b": 1}
_SUFFIXES = ("k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb")

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A duration with the unit it was written in; ``str`` prints it for people, ``string_rep`` for re-reading."""

    duration: int
    unit: str = "ms"

    @property
    def nanos(self) -> int:
        """Saturates as Java's long does."""
        return max(LONG_MIN, min(LONG_MAX, self.duration * _NANOS[self.unit]))

    @property
    def millis(self) -> int:
        """Truncates towards zero, saturates."""
        nanos = abs(self.duration) * _NANOS[self.unit]
        millis = min(LONG_MAX, nanos // 1_000_000)
        return -millis if self.duration < 0 else millis

    @property
    def string_rep(self) -> str:
        """Number and own unit, unchanged: ``60s``."""
        return f"{self.duration}{self.unit}" if self.duration >= 0 else str(self.duration)

    def __str__(self) -> str:
        return self.human(1)

    def human(self, fraction_digits: int = 1) -> str:
        """The largest unit with a value of at least 1, cut (not rounded) after the fraction digits."""
        if self.duration < 0:
            return str(self.duration)
        nanos = self.nanos
        if nanos == 0:
            return "0s"
        for unit in ("d", "h", "m", "s", "ms", "micros", "nanos"):
            value = float(nanos) / _NANOS[unit]
            if value >= 1:
                return _cut(value, fraction_digits) + unit
        return f"{nanos}nanos"


def _cut(value: float, digits: int) -> str:
    """Java's text of the double, with at most so many fraction digits and no zeros at their end."""
    text, _, exponent = java_double(value).partition("E")
    whole, _, fraction = text.partition(".")
    kept = (fraction if exponent else fraction[:digits])[:digits].rstrip("0")
    return whole + (f".{kept}" if kept else "") + (f"E{exponent}" if exponent else "")


def parse_time(text: str, name: str) -> TimeValue:
    """Read ``5m``. Raises IllegalArgument naming the parameter or setting ``name``."""
    normalized = text.lower().strip()
    for unit in ("nanos", "micros", "ms", "s", "m", "h", "d"):
        # minutes are looked for in the text as given: M might be meant as months
        if (text if unit == "m" else normalized).endswith(unit):
            return TimeValue(_time_number(text, normalized[: -len(unit)].strip(), name), unit)
    if re.fullmatch("-0*1", normalized):
        return TimeValue(-1)
    if re.fullmatch("0+", normalized):
        return TimeValue(0)
    raise IllegalArgument(
        f"failed to parse setting [{name}] with value [{text}] as a time value: unit is missing or unrecognized"
    )


def _time_number(text: str, digits: str, name: str) -> int:
    try:
        value = parse_long(digits)
    except NumberFormat as cause:
        try:
            parse_double(digits)
        except NumberFormat:
            raise IllegalArgument(f"failed to parse [{text}]", cause=cause) from None
        reason = f"failed to parse [{text}], fractional time values are not supported"
        raise IllegalArgument(reason, cause=cause) from None
    if value < -1:
        what = f"failed to parse setting [{name}] with value [{text}] as a time value"
        raise IllegalArgument(f"{what}: negative durations are not supported")
    return value


def parse_time_ms(text: str, name: str) -> int:
    """``parse_time`` in whole milliseconds."""
    return parse_time(text, name).millis


def print_time_ms(millis: int) -> str:
    """``1500`` as ``1.5s``."""
    return str(TimeValue(millis))


def print_time_ns(nanos: int) -> str:
    """``231693`` as ``231.6micros``: one decimal, cut off."""
    if nanos >= 1_000_000_000 or not nanos:
        return print_time_ms(nanos // 1_000_000)
    for unit, size in (("ms", 1_000_000), ("micros", 1_000), ("nanos", 1)):
        if nanos >= size:
            tenths = nanos * 10 // size
            return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{unit}"
    return f"{nanos}nanos"


@dataclass(frozen=True, slots=True)
class ByteSize:
    """How byte sizes are read by a version; ``parse`` is what differs.

    Args:
        fractions: any fraction is accepted with a deprecation (7.x, 8.x); otherwise two decimals at most, rounded up.
        named: errors of the number name the setting (later 7.x and newer).
    """

    fractions: bool
    named: bool

    def parse(self, text: str, name: str, warn: Warn | None = None) -> int:
        """Bytes; raises ElasticsearchParse, NumberFormat (``xb`` on 7.10)."""
        if text in ("0", "0b", "-1", "-1b"):
            return int(text.rstrip("b"))
        lowered = text.lower().strip()
        for suffix in _SUFFIXES:
            if lowered.endswith(suffix):
                unit = suffix if suffix.endswith("b") else suffix + "b"
                return self._number(text, lowered[: -len(suffix)].strip(), unit, name, warn)
        if lowered.endswith("b"):
            return self._bytes(text, lowered[:-1].strip(), name)
        raise ElasticsearchParse(
            f"failed to parse setting [{name}] with value [{text}] as a size in bytes: unit is missing or unrecognized"
        )

    def _bytes(self, text: str, digits: str, name: str) -> int:
        try:
            return _sized(parse_long(digits), "b", text, name)
        except NumberFormat as cause:
            if not self.named:
                raise
            raise ElasticsearchParse(f"failed to parse setting [{name}] with value [{text}]", cause=cause) from None

    def _number(self, text: str, digits: str, unit: str, name: str, warn: Warn | None) -> int:
        try:
            return _sized(parse_long(digits), unit, text, name)
        except NumberFormat as cause:
            if not self.fractions:
                return _two_decimals(text, digits, unit, name, cause)
            try:
                value = parse_double(digits)
            except NumberFormat:
                what = f"setting [{name}] with value [{text}]" if self.named else f"[{text}]"
                raise ElasticsearchParse(f"failed to parse {what}", cause=cause) from None
        if warn is not None:
            warn(
                "Fractional bytes values are deprecated. Use non-fractional bytes values instead: "
                f"[{text}] found for setting [{name}]"
            )
        return _sized(to_long(value * _BYTES[unit]), "b", text, name)


def _sized(number: int, unit: str, text: str, name: str) -> int:
    size = _BYTES[unit]
    if number < -1 or (number == -1 and unit != "b"):
        bound = "less than -1"
    elif number > LONG_MAX // size:
        bound = f"greater than {LONG_MAX}"
    else:
        return number * size
    cause = IllegalArgument(f"Values {bound} bytes are not supported: {number}{unit}")
    raise ElasticsearchParse(f"failed to parse setting [{name}] with value [{text}] as a size in bytes", cause=cause)


def _two_decimals(text: str, digits: str, unit: str, name: str, cause: NumberFormat) -> int:
    try:
        value = Decimal(digits)
        if not value.is_finite() or "_" in digits:
            raise InvalidOperation
    except InvalidOperation:
        raise ElasticsearchParse(
            f"failed to parse setting [{name}] with value [{text}]", cause=cause, suppressed=[_big_decimal(digits)]
        ) from None
    if value < 0:
        raise ElasticsearchParse(f"failed to parse setting [{name}] with value [{text}]")
    if -int(value.as_tuple().exponent) > 2:
        raise ElasticsearchParse(f"failed to parse setting [{name}] with more than two decimals in value [{text}]")
    size = (value * _BYTES[unit]).to_integral_value(ROUND_UP)
    if size > LONG_MAX:
        raise ElasticsearchParse(
            f"failed to parse setting [{name}] with value beyond {LONG_MAX}: [{text}]",
            cause=Arithmetic("Overflow"),
        )
    return int(size)


def _big_decimal(digits: str) -> NumberFormat:
    """What Java's BigDecimal says of a text that is no number."""
    if not digits:
        return NumberFormat("Index 0 out of bounds for length 0")
    odd = next((char for char in digits if char not in "0123456789.eE+-"), digits[-1])
    return NumberFormat(
        f'Character {odd} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
    )


def parse_byte_size(text: str, name: str, *, sizes: ByteSize | None = None, warn: Warn | None = None) -> int:
    """Bytes of ``10kb``.

    Args:
        sizes: the version's reading (``byte_sizes(behaviour)``); without it as 8.x.
        warn: told of deprecated fractions.
    """
    return (sizes or _EIGHT).parse(text, name, warn)


_EIGHT = ByteSize(fractions=True, named=True)


def byte_sizes(behaviour: Behaviour) -> ByteSize:
    """How a version reads byte sizes."""
    return ByteSize(fractions=behaviour.fractional_byte_sizes, named=behaviour.newer_jackson)


def print_byte_size(size: int) -> str:
    """``1535`` as ``1.4kb``: one decimal, cut."""
    for unit, factor in _BYTES.items():
        if size >= factor:
            return _cut(float(size) / factor, 1) + unit
    return f"{size}b"
