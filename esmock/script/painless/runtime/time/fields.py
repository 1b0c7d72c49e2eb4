"""java.time.temporal: units, fields and the ranges of their values."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND, Value, required, wrap_long
from esmock.script.painless.runtime.values import wrap_int

MIN_YEAR, MAX_YEAR = -999_999_999, 999_999_999
YEAR_NANOS = 31_556_952 * SECOND
_INT = range(-(1 << 31), 1 << 31)


class ValueRange(Value):
    """The least and greatest values of a field, each with the bound that it may have elsewhere."""

    java_class = "java.time.temporal.ValueRange"
    __slots__ = ("high", "largest_low", "low", "smallest_high")

    def __init__(self, low: int, high: int, *, largest_low: int | None = None, smallest_high: int | None = None) -> None:
        self.low, self.high = low, high
        self.largest_low = low if largest_low is None else largest_low
        self.smallest_high = high if smallest_high is None else smallest_high

    @classmethod
    def of(cls, *bounds: int) -> ValueRange:
        """ValueRange.of with two, three or four bounds. Raises IllegalArgument for bounds out of order."""
        low, high = bounds[0], bounds[-1]
        largest_low = bounds[1] if len(bounds) == 4 else low
        smallest_high = bounds[-2] if len(bounds) > 2 else high
        least = "Smallest minimum" if len(bounds) == 4 else "Minimum"
        most = "maximum" if len(bounds) == 2 else "smallest maximum"
        for wrong, message in (
            (low > largest_low, "Smallest minimum value must be less than largest minimum value"),
            (smallest_high > high, "Smallest maximum value must be less than largest maximum value"),
            (low > smallest_high, f"{least} value must be less than {most} value"),
            (largest_low > high, "Largest minimum value must be less than largest maximum value"),
        ):
            if wrong:
                raise t.IllegalArgument(message)
        return cls(low, high, largest_low=largest_low, smallest_high=smallest_high)

    def _key(self) -> tuple[int, ...]:
        return (self.low, self.largest_low, self.smallest_high, self.high)

    def check(self, value: int, field: Any = None) -> int:
        """Raises DateTime for a value out of range."""
        if not self.low <= value <= self.high:
            where = "" if field is None else f" for {field.label}"
            raise t.DateTime(f"Invalid value{where} (valid values {self.j_toString()}): {value}")
        return value

    def check_int(self, value: int, field: Any = None) -> int:
        """Raises DateTime for a value out of range, or of a range that is wider than an int."""
        if not self.j_isValidIntValue(value):
            where = "" if field is None else f" for {field.label}"
            raise t.DateTime(f"Invalid value{where} (valid values {self.j_toString()}): {value}")
        return value

    def j_checkValidValue(self, value: int, field: Any) -> int:
        return self.check(value, field)

    def j_checkValidIntValue(self, value: int, field: Any) -> int:
        return self.check_int(value, field)

    def j_getMinimum(self) -> int:
        return self.low

    def j_getLargestMinimum(self) -> int:
        return self.largest_low

    def j_getSmallestMaximum(self) -> int:
        return self.smallest_high

    def j_getMaximum(self) -> int:
        return self.high

    def j_isFixed(self) -> bool:
        return self.low == self.largest_low and self.smallest_high == self.high

    def j_isIntValue(self) -> bool:
        return self.low in _INT and self.high in _INT

    def j_isValidValue(self, value: int) -> bool:
        return self.low <= value <= self.high

    def j_isValidIntValue(self, value: int) -> bool:
        return self.j_isIntValue() and self.j_isValidValue(value)

    def j_hashCode(self) -> int:
        _, b, c, d = (one & 0xFFFFFFFFFFFFFFFF for one in self._key())
        mixed = wrap_long(self.low + (b << 16) + (b >> 48) + (c << 32) + (c >> 32) + (d << 48) + (d >> 16))
        return wrap_int(mixed ^ (mixed & 0xFFFFFFFFFFFFFFFF) >> 32)

    def j_toString(self) -> str:
        low = f"{self.low}" + (f"/{self.largest_low}" if self.low != self.largest_low else "")
        high = f"{self.smallest_high}" + (f"/{self.high}" if self.smallest_high != self.high else "")
        return f"{low} - {high}"


class ChronoUnit(JavaEnum):
    """A unit; ``nanos`` is its length, estimated from the day on."""

    java_class = "java.time.temporal.ChronoUnit"
    __slots__ = ("date_based", "nanos", "time_based")

    def __init__(self, name: str, ordinal: int, label: str | None = None) -> None:
        super().__init__(name, ordinal, label)
        self.nanos = _LENGTHS[name]
        self.time_based = ordinal < 7
        self.date_based = 7 <= ordinal < 15

    def j_between(self, start: Any, end: Any) -> int:
        return int(start.j_until(end, self))

    def j_addTo(self, temporal: Any, amount: int) -> Any:
        return temporal.j_plus(amount, self)

    def j_getDuration(self) -> Any:
        from esmock.script.painless.runtime.time.amounts import Duration

        return Duration(self.nanos)

    def j_isDateBased(self) -> bool:
        return self.date_based

    def j_isTimeBased(self) -> bool:
        return self.time_based

    def j_isDurationEstimated(self) -> bool:
        return self.ordinal >= 7

    def j_isSupportedBy(self, temporal: Any) -> bool:
        return bool(temporal.j_isSupported(self))


_LENGTHS = {
    "NANOS": 1,
    "MICROS": 1000,
    "MILLIS": 1_000_000,
    "SECONDS": SECOND,
    "MINUTES": 60 * SECOND,
    "HOURS": 3600 * SECOND,
    "HALF_DAYS": NANOS_PER_DAY // 2,
    "DAYS": NANOS_PER_DAY,
    "WEEKS": 7 * NANOS_PER_DAY,
    "MONTHS": YEAR_NANOS // 12,
    "YEARS": YEAR_NANOS,
    "DECADES": 10 * YEAR_NANOS,
    "CENTURIES": 100 * YEAR_NANOS,
    "MILLENNIA": 1000 * YEAR_NANOS,
    "ERAS": 1_000_000_000 * YEAR_NANOS,
    "FOREVER": ((1 << 63) - 1) * SECOND + SECOND - 1,
}
UNITS = constants_of(
    ChronoUnit,
    "NANOS:Nanos MICROS:Micros MILLIS:Millis SECONDS:Seconds MINUTES:Minutes HOURS:Hours HALF_DAYS:HalfDays DAYS:Days "
    "WEEKS:Weeks MONTHS:Months YEARS:Years DECADES:Decades CENTURIES:Centuries MILLENNIA:Millennia ERAS:Eras "
    "FOREVER:Forever",
)
UNIT_MONTHS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200, "MILLENNIA": 12000}

_BOUNDS: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "NANO_OF_SECOND": ("NANOS", "SECONDS", (0, SECOND - 1)),
    "NANO_OF_DAY": ("NANOS", "DAYS", (0, NANOS_PER_DAY - 1)),
    "MICRO_OF_SECOND": ("MICROS", "SECONDS", (0, 999_999)),
    "MICRO_OF_DAY": ("MICROS", "DAYS", (0, 86_400_000_000 - 1)),
    "MILLI_OF_SECOND": ("MILLIS", "SECONDS", (0, 999)),
    "MILLI_OF_DAY": ("MILLIS", "DAYS", (0, 86_400_000 - 1)),
    "SECOND_OF_MINUTE": ("SECONDS", "MINUTES", (0, 59)),
    "SECOND_OF_DAY": ("SECONDS", "DAYS", (0, 86_399)),
    "MINUTE_OF_HOUR": ("MINUTES", "HOURS", (0, 59)),
    "MINUTE_OF_DAY": ("MINUTES", "DAYS", (0, 1439)),
    "HOUR_OF_AMPM": ("HOURS", "HALF_DAYS", (0, 11)),
    "CLOCK_HOUR_OF_AMPM": ("HOURS", "HALF_DAYS", (1, 12)),
    "HOUR_OF_DAY": ("HOURS", "DAYS", (0, 23)),
    "CLOCK_HOUR_OF_DAY": ("HOURS", "DAYS", (1, 24)),
    "AMPM_OF_DAY": ("HALF_DAYS", "DAYS", (0, 1)),
    "DAY_OF_WEEK": ("DAYS", "WEEKS", (1, 7)),
    "ALIGNED_DAY_OF_WEEK_IN_MONTH": ("DAYS", "WEEKS", (1, 7)),
    "ALIGNED_DAY_OF_WEEK_IN_YEAR": ("DAYS", "WEEKS", (1, 7)),
    "DAY_OF_MONTH": ("DAYS", "MONTHS", (1, 28, 31)),
    "DAY_OF_YEAR": ("DAYS", "YEARS", (1, 365, 366)),
    "EPOCH_DAY": ("DAYS", "FOREVER", (-365243219162, 365241780471)),
    "ALIGNED_WEEK_OF_MONTH": ("WEEKS", "MONTHS", (1, 4, 5)),
    "ALIGNED_WEEK_OF_YEAR": ("WEEKS", "YEARS", (1, 53)),
    "MONTH_OF_YEAR": ("MONTHS", "YEARS", (1, 12)),
    "PROLEPTIC_MONTH": ("MONTHS", "FOREVER", (MIN_YEAR * 12, MAX_YEAR * 12 + 11)),
    "YEAR_OF_ERA": ("YEARS", "FOREVER", (1, MAX_YEAR, MAX_YEAR + 1)),
    "YEAR": ("YEARS", "FOREVER", (MIN_YEAR, MAX_YEAR)),
    "ERA": ("ERAS", "FOREVER", (0, 1)),
    "INSTANT_SECONDS": ("SECONDS", "FOREVER", (-(1 << 63), (1 << 63) - 1)),
    "OFFSET_SECONDS": ("SECONDS", "FOREVER", (-64800, 64800)),
}
_SHOWN = (
    "SECOND_OF_MINUTE MINUTE_OF_HOUR HOUR_OF_DAY AMPM_OF_DAY DAY_OF_WEEK MONTH_OF_YEAR YEAR ERA WEEK".split()
)
"""Fields that the locales name, in the order of their ``fields``; the others show their own label."""


def field_name(name: str, label: str, locale: Any) -> str:
    """TemporalField.getDisplayName."""
    from esmock.script.painless.runtime.time.locales import words

    required(locale, "locale")
    return words(locale, "fields")[_SHOWN.index(name)] if name in _SHOWN else label


class ChronoField(JavaEnum):
    java_class = "java.time.temporal.ChronoField"
    __slots__ = ("base", "date_based", "per", "range", "time_based")

    def __init__(self, name: str, ordinal: int, label: str | None = None) -> None:
        super().__init__(name, ordinal, label or name.title().replace("_", "").replace("Ampm", "AmPm"))
        base, per, bounds = _BOUNDS[name]
        self.base, self.per, self.range = UNITS[base], UNITS[per], ValueRange.of(*bounds)
        self.time_based = ordinal < 15
        self.date_based = 15 <= ordinal < 28

    def check(self, value: int) -> int:
        return self.range.check(value, self)

    def j_checkValidValue(self, value: int) -> int:
        return self.range.check(value, self)

    def j_checkValidIntValue(self, value: int) -> int:
        return self.range.check_int(value, self)

    def j_getBaseUnit(self) -> ChronoUnit:
        return self.base

    def j_getRangeUnit(self) -> ChronoUnit:
        return self.per

    def j_range(self) -> ValueRange:
        return self.range

    def j_isDateBased(self) -> bool:
        return self.date_based

    def j_isTimeBased(self) -> bool:
        return self.time_based

    def j_getDisplayName(self, locale: Any) -> str:
        return field_name(self.name, self.label, locale)

    def j_isSupportedBy(self, temporal: Any) -> bool:
        return bool(temporal.j_isSupported(self))

    def j_rangeRefinedBy(self, temporal: Any) -> ValueRange:
        return temporal.j_range(self)  # type: ignore[no-any-return]

    def j_getFrom(self, temporal: Any) -> int:
        return int(temporal.j_getLong(self))

    def j_adjustInto(self, temporal: Any, value: int) -> Any:
        return temporal.j_with(self, value)

    def j_resolve(self, values: Any, partial: Any, style: Any) -> None:
        """Only other fields than these resolve themselves."""


FIELDS: dict[str, ChronoField] = constants_of(ChronoField, " ".join(_BOUNDS))

STATICS: dict[str, Any] = (
    enum_statics(UNITS)
    | enum_statics(FIELDS)
    | {f"ValueRange.of/{count}": ValueRange.of for count in (2, 3, 4)}
)
CONSTANTS: dict[str, Any] = enum_constants(UNITS) | enum_constants(FIELDS)
