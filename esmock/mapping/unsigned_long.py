"""Whole numbers from 0 to 2^64 - 1. Docs: unsigned-long. Source: the documentation and the makers' tests."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, MapperParsing, NumberFormat
from esmock.mapping.coercion import java_double
from esmock.mapping.exact import need_scalar
from esmock.mapping.field import LONG, Field
from esmock.mapping.parameter import Parameter, Place, boolean, java_text, meta, time_series_metric

if TYPE_CHECKING:
    import numpy as np

Json = Any
HALF = 2**63
MOST = 2**64 - 1


def read_unsigned(value: Json) -> int:
    """A value of a document or a mapping. Raises IllegalArgument."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _in_range(value, value)
    if isinstance(value, float):
        if value != value // 1:
            raise IllegalArgument(f'Value "{java_text(value)}" has a decimal part')
        return _in_range(int(value), min(int(value), HALF - 1))
    text = java_text(value)
    digits = text.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return _in_range(int(digits), int(digits))
    number = _decimal(text)
    if number is None:
        raise IllegalArgument(f'For input string: "{text}"')
    if number != number.to_integral_value():
        raise IllegalArgument(f'Value "{text}" has a decimal part')
    return _in_range(int(number), HALF)


def _in_range(number: int, read_as: int) -> int:
    if not 0 <= number <= MOST:
        # ES: the sentence ends in a stop where the number was a long
        stop = "." if -HALF <= read_as < HALF else ""
        raise IllegalArgument(f"Value [{number}] is out of range for unsigned long{stop}")
    return number


def _decimal(text: str) -> Decimal | None:
    """``new BigDecimal``; None: it is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and "_" not in text and text == text.strip() else None


def _null_value(value: Json, place: Place) -> str | None:
    if value is None:
        return None
    try:
        read_unsigned(value)
    except IllegalArgument as error:
        leaf = place.path.rsplit(".", 1)[-1]
        raise MapperParsing(f"Error parsing [null_value] on field [{leaf}]: {error.reason}", cause=error) from None
    return java_text(value)


class UnsignedLong(Field):
    """A column holds the numbers less 2^63, which keeps their order in int64."""

    name = "unsigned_long"
    column_kind = LONG
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        boolean("ignore_malformed", False, updateable=True),
        Parameter("null_value", None, _null_value, allows_null=True),
        meta(),
        boolean("time_series_dimension", False),
        time_series_metric(),
    )
    __slots__ = ("ignores_malformed",)

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)

    def check(self, value: Json) -> None:
        need_scalar(value)
        if value != "":
            read_unsigned(value)

    def column_values(self, values: list[Json]) -> list[int]:
        out = []
        for value in values:
            given = self.null_value if value == "" else value
            try:
                if given is not None:
                    out.append(read_unsigned(given) - HALF)
            except IllegalArgument:
                continue
        return out

    def term(self, value: Json) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value - HALF if 0 <= value <= MOST else None
        if isinstance(value, float):
            return None
        text = java_text(value)
        digits = text.removeprefix("+")
        if digits.isascii() and digits.isdigit() and int(digits) <= MOST:
            return int(digits) - HALF
        java_double(text)
        return None

    def bounds(self, lower: Json, upper: Json, *, include_lower: bool, include_upper: bool) -> tuple[int, int]:
        """The least and the greatest number of a range, as columns hold them; the first above the second: none is in it.

        Raises:
            NumberFormat: a bound is no number.
        """
        low, high = 0, MOST
        if lower is not None:
            number = self._bound(lower)
            low = int(number.to_integral_value(ROUND_CEILING))
            low = max(low + (not include_lower and low == number), 0)
        if upper is not None:
            number = self._bound(upper)
            high = int(number.to_integral_value(ROUND_FLOOR))
            high = min(high - (not include_upper and high == number), MOST)
        return (low - HALF, high - HALF) if low <= MOST and high >= 0 else (1, 0)

    @staticmethod
    def _bound(value: Json) -> Decimal:
        number = _decimal(java_text(value))
        if number is None:
            text = java_text(value)
            strange = next((char for char in text if char not in "0123456789.eE+-"), None)
            raise NumberFormat(
                None if strange is None else f"Character {strange} is neither a decimal digit number, decimal point, nor "
                '"e" notation exponential mark.'
            )
        return number

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        return int(value) + HALF

    def stored_form(self, value: Any) -> Json:
        return str(int(value) + HALF)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """float64[n]."""
        import numpy as np

        return (values.view(np.uint64) ^ np.uint64(HALF)).astype(np.float64)

    def script_numbers(self, values: np.ndarray) -> np.ndarray:
        """int64[n]: ES gives scripts the bits as a signed long."""
        import numpy as np

        return (values.view(np.uint64) ^ np.uint64(HALF)).view(np.int64)


FIELDS = (UnsignedLong,)
