"""java.time's amounts: Duration and Period."""

from __future__ import annotations

import re
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.arithmetic import period_between, unsupported_unit
from esmock.script.painless.runtime.time.fields import UNITS
from esmock.script.painless.runtime.time.value import (
    SECOND,
    Value,
    compared,
    exact_int,
    exact_long,
    required,
    seconds_hash,
    truncated,
)
from esmock.script.painless.runtime.values import text_of, wrap_int

_DURATION = re.compile(
    r"([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.I
)
_PERIOD = re.compile(r"([-+]?)P(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?", re.I)


def unparsable(message: str, text: str, index: int = 0, cause: t.Throwable | None = None) -> t.Throwable:
    """A DateTimeParse that knows its text and where it fails."""
    raised = t.DateTimeParse(message, cause)
    raised.parsed, raised.index = text, index  # type: ignore[attr-defined]
    return raised


class Amount(Value):
    """TemporalAmount: ``parts`` are its units with their numbers, in order."""

    __slots__ = ()

    def parts(self) -> list[tuple[str, int]]:
        raise NotImplementedError

    def j_getUnits(self) -> list[Any]:
        return [UNITS[name] for name, _ in self.parts()]

    def j_get(self, unit: Any) -> int:
        for name, count in self.parts():
            if UNITS[name] is unit:
                return count
        raise unsupported_unit(unit)


class Duration(Amount):
    """A length of time in nanoseconds."""

    java_class = "java.time.Duration"
    __slots__ = ("nanos",)

    def __init__(self, nanos: int) -> None:
        self.nanos = nanos

    def _key(self) -> int:
        return self.nanos

    @classmethod
    def parse(cls, given: Any) -> Duration:
        text = text_of(required(given, "text"))
        found = _DURATION.fullmatch(text)
        if not found or text.upper().endswith(("P", "T")):
            raise unparsable("Text cannot be parsed to a Duration", text)
        sign, days, _, hours, minutes, seconds, fraction = found.groups()
        total = 0
        for part, size, name in ((days, 86400, "days"), (hours, 3600, "hours"), (minutes, 60, "minutes"), (seconds, 1, "seconds")):
            count = int(part or 0) * size
            if not -(1 << 63) <= count < 1 << 63:
                raise unparsable(f"Text cannot be parsed to a Duration: {name}", text, 0, t.ArithmeticError_("long overflow"))
            total += count * SECOND
        part = int((fraction or "0").ljust(9, "0"))
        total += -part if (seconds or "").startswith("-") else part
        try:
            return bounded(-total if sign == "-" else total)
        except t.ArithmeticError_ as cause:
            raise unparsable("Text cannot be parsed to a Duration: overflow", text, 0, cause) from None

    @classmethod
    def of(cls, amount: int, unit: Any) -> Duration:
        return bounded(amount * exact_nanos(unit))

    @classmethod
    def of_amount(cls, amount: Any) -> Duration:
        """Duration.from. Raises UnsupportedTemporalType for a Period."""
        total = cls(0)
        for unit in required(amount, "amount").j_getUnits():
            total = total.j_plus(amount.j_get(unit), unit)
        return total

    def parts(self) -> list[tuple[str, int]]:
        return [("SECONDS", self.nanos // SECOND), ("NANOS", self.nanos % SECOND)]

    def j_addTo(self, temporal: Any) -> Any:
        for name, count in self.parts():
            temporal = temporal.j_plus(count, UNITS[name]) if count else temporal
        return temporal

    def j_subtractFrom(self, temporal: Any) -> Any:
        for name, count in self.parts():
            temporal = temporal.j_minus(count, UNITS[name]) if count else temporal
        return temporal

    def j_toNanos(self) -> int:
        return exact_long(self.nanos)

    def j_toMillis(self) -> int:
        return exact_long(self.nanos // 1_000_000)

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
        return bounded(self.nanos + (required(amount, None).nanos if unit is None else _times(amount, unit)))

    def j_minus(self, amount: Any, unit: Any = None) -> Duration:
        return bounded(self.nanos - (required(amount, None).nanos if unit is None else _times(amount, unit)))

    def j_multipliedBy(self, by: int) -> Duration:
        return _from_nanos(self.nanos * by)

    def j_withSeconds(self, seconds: int) -> Duration:
        return Duration(seconds * SECOND + self.nanos % SECOND)

    def j_withNanos(self, nanos: int) -> Duration:
        if not 0 <= nanos < SECOND:
            raise t.DateTime(f"Invalid value for NanoOfSecond (valid values 0 - 999999999): {nanos}")
        return Duration(self.nanos // SECOND * SECOND + nanos)

    def j_dividedBy(self, by: int) -> Duration:
        if by == 0:
            raise t.ArithmeticError_("Cannot divide by zero")
        return _from_nanos(-truncated(self.nanos, -by) if by < 0 else truncated(self.nanos, by))

    def j_negated(self) -> Duration:
        return _from_nanos(-self.nanos)

    def j_abs(self) -> Duration:
        return _from_nanos(abs(self.nanos))

    def j_compareTo(self, other: Duration) -> int:
        return compared(self.nanos, other.nanos)

    def j_hashCode(self) -> int:
        return seconds_hash(self.nanos)

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


def bounded(nanos: int) -> Duration:
    """A Duration. Raises ArithmeticError_ when its seconds are beyond a long."""
    exact_long(nanos // SECOND)
    return Duration(nanos)


def _from_nanos(nanos: int) -> Duration:
    """A Duration of Java's BigDecimal arithmetic, which words an overflow otherwise."""
    if not -(1 << 63) <= nanos // SECOND < 1 << 63:
        raise t.ArithmeticError_(f"Exceeds capacity of Duration: {nanos}")
    return Duration(nanos)


def exact_nanos(unit: Any) -> int:
    """The length of a unit. Raises UnsupportedTemporalType for those that are estimated."""
    if required(unit, "unit").j_isDurationEstimated() and unit is not UNITS["DAYS"]:
        raise t.UnsupportedTemporalType("Unit must not have an estimated duration")
    return int(unit.j_getDuration().nanos)


def _times(amount: int, unit: Any) -> int:
    size = exact_nanos(unit)
    if unit.name in ("MINUTES", "HOURS", "HALF_DAYS", "DAYS"):
        exact_long(amount * (size // SECOND))
    return amount * size


def between(start: Any, end: Any) -> Duration:
    """Duration.between. Raises UnsupportedTemporalType, DateTime."""
    required(start, "startInclusive")
    try:
        return Duration(exact_long(start.j_until(end, UNITS["NANOS"])))
    except (t.DateTime, t.ArithmeticError_):
        from esmock.script.painless.runtime.time.fields import FIELDS

        nano = FIELDS["NANO_OF_SECOND"]
        seconds = start.j_until(end, UNITS["SECONDS"])
        try:
            nanos = end.j_getLong(nano) - start.j_getLong(nano)
        except t.DateTime:
            return Duration(seconds * SECOND)
        seconds += 1 if seconds > 0 > nanos else -1 if seconds < 0 < nanos else 0
        return bounded(seconds * SECOND + nanos)


class Period(Amount):
    """Years, months and days."""

    java_class = "java.time.Period"
    __slots__ = ("days", "months", "years")

    def __init__(self, years: int = 0, months: int = 0, days: int = 0) -> None:
        self.years, self.months, self.days = years, months, days

    def _key(self) -> tuple[int, ...]:
        return (self.years, self.months, self.days)

    def parts(self) -> list[tuple[str, int]]:
        return [("YEARS", self.years), ("MONTHS", self.months), ("DAYS", self.days)]

    @classmethod
    def parse(cls, given: Any) -> Period:
        text = text_of(required(given, "text"))
        found = _PERIOD.fullmatch(text)
        if not found or text.upper().endswith("P"):
            raise unparsable("Text cannot be parsed to a Period", text)
        sign = -1 if found[1] == "-" else 1
        try:
            years, months, weeks, days = (_parsed_int(part, sign) for part in found.groups()[1:])
            return cls(years, months, exact_int(days + exact_int(weeks * 7)))
        except (t.ArithmeticError_, t.NumberFormat) as cause:
            raise unparsable("Text cannot be parsed to a Period", text, 0, cause) from None

    @classmethod
    def between(cls, start: Any, end: Any) -> Period:
        return cls(*period_between(required(start, None).days, end.days))

    @staticmethod
    def of_amount(amount: Any) -> Period:
        """Period.from. Raises DateTime for an amount of seconds."""
        if not isinstance(required(amount, "amount"), Period):
            raise t.DateTime("Unit must be Years, Months or Days, but was Seconds")
        return amount

    def j_getChronology(self) -> Any:
        from esmock.script.painless.runtime.time.chrono import ISO

        return ISO

    def _steps(self) -> list[tuple[str, int]]:
        months = ("MONTHS", self.j_toTotalMonths()) if self.months else ("YEARS", self.years)
        return [(name, count) for name, count in (months, ("DAYS", self.days)) if count]

    def j_addTo(self, temporal: Any) -> Any:
        for name, count in self._steps():
            temporal = temporal.j_plus(count, UNITS[name])
        return temporal

    def j_subtractFrom(self, temporal: Any) -> Any:
        for name, count in self._steps():
            temporal = temporal.j_minus(count, UNITS[name])
        return temporal

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

    def _sum(self, years: int = 0, months: int = 0, days: int = 0) -> Period:
        return Period(_part(self.years + years), _part(self.months + months), _part(self.days + days))

    def j_plusDays(self, days: int) -> Period:
        return self._sum(days=days)

    def j_plusMonths(self, months: int) -> Period:
        return self._sum(months=months)

    def j_plusYears(self, years: int) -> Period:
        return self._sum(years)

    def j_minusDays(self, days: int) -> Period:
        return self._sum(days=-days)

    def j_minusMonths(self, months: int) -> Period:
        return self._sum(months=-months)

    def j_minusYears(self, years: int) -> Period:
        return self._sum(-years)

    def j_plus(self, amount: Any) -> Period:
        other = Period.of_amount(amount)
        return Period(*(exact_int(a + b) for a, b in zip(self._key(), other._key(), strict=True)))

    def j_minus(self, amount: Any) -> Period:
        other = Period.of_amount(amount)
        return Period(*(exact_int(a - b) for a, b in zip(self._key(), other._key(), strict=True)))

    def j_multipliedBy(self, by: int) -> Period:
        return self if self.j_isZero() or by == 1 else Period(*(exact_int(one * by) for one in self._key()))

    def j_negated(self) -> Period:
        return self.j_multipliedBy(-1)

    def j_normalized(self) -> Period:
        years = truncated(self.j_toTotalMonths(), 12)
        return Period(exact_int(years), self.j_toTotalMonths() - years * 12, self.days)

    def j_withYears(self, years: int) -> Period:
        return Period(years, self.months, self.days)

    def j_withMonths(self, months: int) -> Period:
        return Period(self.years, months, self.days)

    def j_withDays(self, days: int) -> Period:
        return Period(self.years, self.months, days)

    def j_hashCode(self) -> int:
        months, days = self.months & 0xFFFFFFFF, self.days & 0xFFFFFFFF
        rotated = (months << 8 | months >> 24) & 0xFFFFFFFF, (days << 16 | days >> 16) & 0xFFFFFFFF
        return wrap_int(self.years + rotated[0] + rotated[1])

    def j_toString(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{value}{letter}" for value, letter in parts if value) or "0D")


def _part(value: int) -> int:
    """A part of a Period. Raises ArithmeticError_ beyond a long, and beyond an int."""
    return exact_int(exact_long(value))


def _parsed_int(text: str | None, sign: int) -> int:
    value = int(text or 0)
    if not -(1 << 31) <= value < 1 << 31:
        raise t.NumberFormat(f'For input string: "{text}"')
    return exact_int(value * sign)


def _whole(unit: str) -> Any:
    size = UNITS[unit].nanos
    if size < SECOND:
        return lambda count: Duration(count * size)
    return lambda count: Duration(exact_long(count * (size // SECOND)) * SECOND)


STATICS: dict[str, Any] = {
    "Duration.parse/1": Duration.parse,
    "Duration.between/2": between,
    "Duration.of/2": lambda amount, unit: Duration(_times(amount, unit)),
    "Duration.from/1": Duration.of_amount,
    "Duration.ofSeconds/2": lambda seconds, nanos: bounded(seconds * SECOND + nanos),
    "Period.from/1": Period.of_amount,
    "Period.of/3": Period,
    "Period.ofDays/1": lambda count: Period(0, 0, count),
    "Period.ofWeeks/1": lambda count: Period(0, 0, exact_int(count * 7)),
    "Period.ofMonths/1": lambda count: Period(0, count, 0),
    "Period.ofYears/1": Period,
    "Period.parse/1": Period.parse,
    "Period.between/2": Period.between,
    "ChronoPeriod.between/2": lambda start, end: start.j_until(end),
} | {f"Duration.of{unit.title()}/1": _whole(unit) for unit in ("DAYS", "HOURS", "MINUTES", "SECONDS", "MILLIS", "NANOS")}
CONSTANTS: dict[str, Any] = {"Duration.ZERO": Duration(0), "Period.ZERO": Period()}


def _mover(unit: str, sign: int) -> Any:
    size = UNITS[unit].nanos

    def move(self: Duration, count: int) -> Duration:
        if size > SECOND:
            exact_long(count * (size // SECOND))
        if count == -(1 << 63) and sign < 0:
            return bounded(bounded(self.nanos + ((1 << 63) - 1) * size).nanos + size)
        return bounded(self.nanos + sign * count * size)

    return move


for _unit in ("Days", "Hours", "Minutes", "Seconds", "Millis", "Nanos"):
    setattr(Duration, "j_plus" + _unit, _mover(_unit.upper(), 1))
    setattr(Duration, "j_minus" + _unit, _mover(_unit.upper(), -1))
