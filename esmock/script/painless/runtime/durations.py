"""java.time.Duration and Period."""

from __future__ import annotations

import re
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import UNIT_NANOS
from esmock.script.painless.runtime.values import hash_code, wrap_int

SECOND = 1_000_000_000
_DURATION = re.compile(
    r"([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.I
)
_PERIOD = re.compile(r"([-+]?)P(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?", re.I)


def truncated(value: int, by: int) -> int:
    """Division toward zero."""
    return value // by if value >= 0 else -(-value // by)


class Duration:
    """A length of time in nanoseconds."""

    java_class = "java.time.Duration"

    def __init__(self, nanos: int) -> None:
        self.nanos = nanos

    @classmethod
    def parse(cls, text: str) -> Duration:
        found = _DURATION.fullmatch(text)
        if not found or text.upper().endswith(("P", "T")):
            raise t.DateTimeParse("Text cannot be parsed to a Duration")
        sign, days, _, hours, minutes, seconds, fraction = found.groups()
        total = (int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)) * SECOND
        part = int((fraction or "0").ljust(9, "0"))
        total += -part if (seconds or "").startswith("-") else part
        return cls(-total if sign == "-" else total)

    def j_toNanos(self) -> int:
        return self.nanos

    def j_toMillis(self) -> int:
        return self.nanos // 1_000_000

    def j_getSeconds(self) -> int:
        return self.nanos // SECOND

    def j_getNano(self) -> int:
        return self.nanos % SECOND

    def j_toMinutes(self) -> int:
        return truncated(self.nanos // SECOND, 60)

    def j_toHours(self) -> int:
        return truncated(self.nanos // SECOND, 3600)

    def j_toDays(self) -> int:
        return truncated(self.nanos // SECOND, 86400)

    def j_isZero(self) -> bool:
        return self.nanos == 0

    def j_isNegative(self) -> bool:
        return self.nanos < 0

    def j_plus(self, amount: Any, unit: Any = None) -> Duration:
        return _bounded(self.nanos + (amount.nanos if unit is None else amount * exact_nanos(unit)))

    def j_minus(self, amount: Any, unit: Any = None) -> Duration:
        return _bounded(self.nanos - (amount.nanos if unit is None else amount * exact_nanos(unit)))

    def j_multipliedBy(self, by: int) -> Duration:
        return _bounded(self.nanos * by)

    def j_withSeconds(self, seconds: int) -> Duration:
        return Duration(seconds * SECOND + self.nanos % SECOND)

    def j_withNanos(self, nanos: int) -> Duration:
        if not 0 <= nanos < SECOND:
            raise t.DateTime(f"Invalid value for NanoOfSecond (valid values 0 - 999999999): {nanos}")
        return Duration(self.nanos // SECOND * SECOND + nanos)

    def j_dividedBy(self, by: int) -> Duration:
        if by == 0:
            raise t.ArithmeticError_("Cannot divide by zero")
        return Duration(truncated(self.nanos, by))

    def j_negated(self) -> Duration:
        return Duration(-self.nanos)

    def j_abs(self) -> Duration:
        return Duration(abs(self.nanos))

    def j_compareTo(self, other: Duration) -> int:
        return (self.nanos > other.nanos) - (self.nanos < other.nanos)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Duration) and other.nanos == self.nanos

    def j_hashCode(self) -> int:
        return hash_code(self.nanos)

    def j_toString(self) -> str:
        if not self.nanos:
            return "PT0S"
        seconds = truncated(self.nanos, SECOND)
        rest = self.nanos - seconds * SECOND
        hours, seconds = truncated(seconds, 3600), seconds - truncated(seconds, 3600) * 3600
        minutes, seconds = truncated(seconds, 60), seconds - truncated(seconds, 60) * 60
        out = "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or rest or out == "PT":
            sign = "-" if rest < 0 and seconds == 0 else ""
            fraction = f".{abs(rest):09d}".rstrip("0") if rest else ""
            out += f"{sign}{seconds}{fraction}S"
        return out


def _bounded(nanos: int) -> Duration:
    """A Duration. Raises ArithmeticError_ when its seconds are beyond a long."""
    if not -(1 << 63) <= nanos // SECOND < 1 << 63:
        raise t.ArithmeticError_("long overflow")
    return Duration(nanos)


def exact_nanos(unit: Any) -> int:
    """The length of a ChronoUnit. Raises UnsupportedTemporalType for those that have none of their own."""
    if unit.name not in UNIT_NANOS or unit.name == "WEEKS":
        raise t.UnsupportedTemporalType("Unit must not have an estimated duration")
    return UNIT_NANOS[unit.name]


for _unit in ("Days", "Hours", "Minutes", "Seconds", "Millis", "Nanos"):
    _size = UNIT_NANOS[_unit.upper()]
    setattr(Duration, "j_plus" + _unit, lambda self, n, size=_size: _bounded(self.nanos + n * size))
    setattr(Duration, "j_minus" + _unit, lambda self, n, size=_size: _bounded(self.nanos - n * size))


def _int(value: int) -> int:
    """A part of a Period. Raises ArithmeticError_ beyond an int, and beyond a long."""
    if not -(1 << 63) <= value < 1 << 63:
        raise t.ArithmeticError_("long overflow")
    if not -(1 << 31) <= value < 1 << 31:
        raise t.ArithmeticError_("integer overflow")
    return value


class Period:
    """Years, months and days."""

    java_class = "java.time.Period"

    def __init__(self, years: int = 0, months: int = 0, days: int = 0) -> None:
        self.years, self.months, self.days = years, months, days

    @classmethod
    def parse(cls, text: str) -> Period:
        found = _PERIOD.fullmatch(text)
        if not found or text.upper().endswith("P"):
            raise t.DateTimeParse("Text cannot be parsed to a Period")
        sign = -1 if found[1] == "-" else 1
        years, months, weeks, days = (int(part or 0) * sign for part in found.groups()[1:])
        return cls(years, months, weeks * 7 + days)

    def j_getYears(self) -> int:
        return self.years

    def j_getMonths(self) -> int:
        return self.months

    def j_getDays(self) -> int:
        return self.days

    def j_toTotalMonths(self) -> int:
        return self.years * 12 + self.months

    def j_isZero(self) -> bool:
        return not (self.years or self.months or self.days)

    def j_isNegative(self) -> bool:
        return min(self.years, self.months, self.days) < 0

    def _plus(self, years: int = 0, months: int = 0, days: int = 0) -> Period:
        return Period(_int(self.years + years), _int(self.months + months), _int(self.days + days))

    def j_plusDays(self, days: int) -> Period:
        return self._plus(days=days)

    def j_plusMonths(self, months: int) -> Period:
        return self._plus(months=months)

    def j_plusYears(self, years: int) -> Period:
        return self._plus(years)

    def j_minusDays(self, days: int) -> Period:
        return self._plus(days=-days)

    def j_minusMonths(self, months: int) -> Period:
        return self._plus(months=-months)

    def j_minusYears(self, years: int) -> Period:
        return self._plus(-years)

    def j_plus(self, amount: Any) -> Period:
        other = Period.of(amount)
        return self._plus(other.years, other.months, other.days)

    def j_minus(self, amount: Any) -> Period:
        other = Period.of(amount)
        return self._plus(-other.years, -other.months, -other.days)

    def j_multipliedBy(self, by: int) -> Period:
        return Period(_int(self.years * by), _int(self.months * by), _int(self.days * by))

    def j_negated(self) -> Period:
        return self.j_multipliedBy(-1)

    def j_normalized(self) -> Period:
        years = truncated(self.j_toTotalMonths(), 12)
        return Period(years, self.j_toTotalMonths() - years * 12, self.days)

    def j_withYears(self, years: int) -> Period:
        return Period(years, self.months, self.days)

    def j_withMonths(self, months: int) -> Period:
        return Period(self.years, months, self.days)

    def j_withDays(self, days: int) -> Period:
        return Period(self.years, self.months, days)

    @staticmethod
    def of(amount: Any) -> Period:
        """Period.from. Raises DateTime for an amount of seconds."""
        if not isinstance(amount, Period):
            raise t.DateTime("Unit must be Years, Months or Days, but was Seconds")
        return amount

    def j_hashCode(self) -> int:
        months, days = self.months & 0xFFFFFFFF, self.days & 0xFFFFFFFF
        rotated = (months << 8 | months >> 24) & 0xFFFFFFFF, (days << 16 | days >> 16) & 0xFFFFFFFF
        return wrap_int(self.years + rotated[0] + rotated[1])

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Period) and vars(self) == vars(other)

    def j_toString(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{value}{letter}" for value, letter in parts if value) or "0D")
