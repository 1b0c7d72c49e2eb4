"""The numeric field types."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NumberFormat
from esmock.mapping import coercion
from esmock.mapping.field import DOUBLE, LONG, Field
from esmock.mapping.parameter import Parameter, Place, boolean, java_text, meta, read_double, script, time_series_metric
from esmock.xcontent.java_number import java_float
from esmock.xcontent.java_old_number import java_float_old

Json = Any


def _null_value(value: Json, place: Place) -> Any:
    if value is None:
        return None
    cls = place.context.type(place.type)
    return cls.parse_null(java_text(value) if isinstance(value, list | dict | bool) else value)


def _common(*before: Parameter) -> tuple[Parameter, ...]:
    """The parameters of all numbers, in the order of the answers."""
    return (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        boolean("ignore_malformed", False, updateable=True, is_explicit=True),
        *before,
        boolean("coerce", True, updateable=True, is_explicit=True),
        Parameter("null_value", None, _null_value, allows_null=True),
        *script(),
        meta(),
        boolean("time_series_dimension", False),
        time_series_metric(),
    )


class Number(Field):
    """Values are numbers; text is accepted unless ``coerce`` is off."""

    parameters = _common()
    __slots__ = ("coerce", "ignores_malformed")

    def setup(self) -> None:
        self.coerce = self.flag("coerce", True)
        self.ignores_malformed = self.flag("ignore_malformed", False)

    @classmethod
    def parse_null(cls, value: Json) -> Any:
        """The ``null_value`` parameter."""
        raise NotImplementedError

    def parse(self, value: Json) -> Any:
        """A value of the source as the column holds it; None for an empty text, which counts as null."""
        raise NotImplementedError

    def check(self, value: Json) -> None:
        self.parse(value)

    def limit(self, value: Json) -> int | float:
        """The bound of a query's range. Raises NumberFormat, IllegalArgument where the type has no such number."""
        return query_number(value)

    def listed(self, value: Json) -> Any:
        """One of several values of a query, as ``term``; what the type cannot have is refused in every version."""
        return self.term(value)

    def why_none(self, value: Json) -> str:
        """Why a value has no term."""
        number = query_number(value)
        has_decimals = not math.isfinite(number) or (isinstance(self, WholeNumber) and number != math.floor(number))
        return f"Value [{query_shown(value)}] {'has a decimal part' if has_decimals else 'is out of range'}"

    def column_values(self, values: list[Json]) -> list[Any]:
        out = []
        for value in values:
            try:
                parsed = self.parse(value)
            except (ApiError, coercion.TokenError):
                continue
            if parsed is None:
                parsed = self.null_value
            if parsed is not None:
                out.append(parsed)
        return out


class WholeNumber(Number):
    """Integers of some width; ``queried`` is the type whose width the values of queries have."""

    column_kind = LONG
    low: ClassVar[int]
    high: ClassVar[int]
    queried: ClassVar[str]
    __slots__ = ()

    @classmethod
    def parse_null(cls, value: Json) -> int:
        number = query_number(value)
        if number != math.floor(number):
            raise IllegalArgument(f"Value [{java_text(value)}] has a decimal part")
        return cls.in_width(int(number), value)

    @classmethod
    def in_width(cls, number: int, value: Json) -> int:
        """The number, where the type has it. Raises IllegalArgument."""
        if not cls.low <= number <= cls.high:
            raise IllegalArgument(f"Value [{java_text(value)}] is out of range for {coercion.article(cls.name)}")
        return number

    def check(self, value: Json) -> None:
        if type(value) is int and self.low <= value <= self.high:
            return
        self.parse(value)

    def parse(self, value: Json) -> int | None:
        if value == "" and isinstance(value, str) and self.coerce:
            return None
        if value == "NaN" and self.coerce and self.name != "long":
            # ES: no number is neither too small nor too great, and as a whole number zero
            return 0
        return coercion.read_integer(value, self.name, coerce=self.coerce)

    def is_out_of_range(self, number: int | float) -> bool:
        """Whether the queries of the type have no such number."""
        low, high = coercion.bounds(self.queried)
        return not low <= number <= high

    def limit(self, value: Json) -> int | float:
        number = query_number(value)
        if self.is_out_of_range(number):
            raise IllegalArgument(f"Value [{query_shown(value)}] is out of range for {coercion.article(self.queried)}")
        return number

    def strict(self, value: Json) -> int:
        """A bound of a query on ranges of the type. Raises IllegalArgument for a decimal, too."""
        number = query_number(value)
        if not math.isinf(number) and number != math.floor(number):
            raise IllegalArgument(f"Value [{query_shown(value)}] has a decimal part")
        return int(self.limit(value))

    def term(self, value: Json) -> int | None:
        """The value as an integer; None for what matches nothing: a decimal, and from 8.0 a number beyond the type."""
        if self.context.behaviour.major >= 8 and self.is_out_of_range(query_number(value)):
            return None
        return self.listed(value)

    def listed(self, value: Json) -> int | None:
        number = query_number(value)
        return None if isinstance(number, float) and number != math.floor(number) else int(self.limit(value))

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        if format is not None:
            from esmock.mapping.decimal_format import format_decimal

            return format_decimal(int(value), format)
        return int(value)


def bytes_shown(text: str) -> str:
    """A text as Lucene shows the bytes of a term."""
    return f"[{text.encode().hex(' ')}]"


def query_shown(value: Json) -> str:
    """A query's value as errors name it: texts, and numbers beyond a long, come as the bytes of a term."""
    is_term = isinstance(value, str) or (type(value) is int and not -(2**63) <= value < 2**63)
    return bytes_shown(str(value)) if is_term else java_text(value)


def query_number(value: Json) -> int | float:
    """A query's value as a number. Raises NumberFormat."""
    if isinstance(value, bool):
        raise NumberFormat(f'For input string: "{java_text(value)}"')
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        digits = value[1:] if value[:1] in "+-" else value
        if digits.isascii() and digits.isdigit():
            return int(value)
        return coercion.java_double(value)
    raise IllegalArgument(f"Cannot parse [{java_text(value)}] as a number")


class Byte(WholeNumber):
    """8 bits. Docs: number."""

    name = "byte"
    low, high = coercion.bounds("byte")
    queried = "integer"
    __slots__ = ()


class Short(WholeNumber):
    """16 bits. Docs: number."""

    name = "short"
    low, high = coercion.bounds("short")
    queried = "integer"
    __slots__ = ()


class Integer(WholeNumber):
    """32 bits. Docs: number."""

    name = "integer"
    low, high = coercion.bounds("integer")
    queried = "integer"
    __slots__ = ()


class Long(WholeNumber):
    """64 bits. Docs: number."""

    name = "long"
    low, high = coercion.bounds("long")
    queried = "long"
    __slots__ = ()

    def term(self, value: Json) -> int | None:
        """As of other integers. Raises NumberFormat for a boolean, in words of its own."""
        if self.context.behaviour.major >= 8 and isinstance(value, bool):
            raise NumberFormat(
                f'Character {java_text(value)[0]} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
            )
        return super().term(value)


class Decimal(Number):
    """Floating point of some width."""

    column_kind = DOUBLE
    __slots__ = ()

    @classmethod
    def parse_null(cls, value: Json) -> float:
        number = read_double(value)
        return cls.finite(cls.rounded(number), coercion.java_float(number) if cls.name == "half_float" else number)

    @classmethod
    def finite(cls, out: float, number: float, written: Callable[[float], str] = java_float) -> float:
        """What ``number`` was rounded to. Raises IllegalArgument where that is infinite."""
        if not math.isfinite(out):
            # ES: a half float is read as a float first
            shown = coercion.java_float(number) if cls.name == "half_float" else out
            raise IllegalArgument(f"[{cls.name}] supports only finite values, but got [{written(shown)}]")
        return out

    def _finite(self, number: float) -> float:
        """The number rounded. Raises IllegalArgument where that is infinite."""
        return self.finite(self.rounded(number), number, java_float if self.context.behaviour.shortest_decimals else java_float_old)

    @staticmethod
    def rounded(value: float) -> float:
        """To the type's precision."""
        return value

    def parse(self, value: Json) -> float | None:
        if isinstance(value, str) and value == "" and self.coerce:
            return None
        if isinstance(value, str) and not self.coerce:
            raise IllegalArgument(f"{'Double' if self.name == 'double' else 'Float'} value passed as String")
        number = coercion.read_float(value, coerce=True)
        return self._finite(number)

    def limit(self, value: Json) -> float:
        number = float(query_number(value))
        if self.name != "double" and self.context.behaviour.major < 8:
            self._finite(number)
        return number

    def strict(self, value: Json) -> float:
        """A bound of a query on ranges of the type. Raises IllegalArgument where it is not finite."""
        number = float(query_number(value))
        return self._finite(number)

    def term(self, value: Json) -> float | None:
        """The value as the type holds it; None, from 8.0, for one that is not finite and matches nothing."""
        number = float(query_number(value))
        out = self.rounded(number)
        if not math.isfinite(out) and self.context.behaviour.major >= 8:
            return None
        return self._finite(number)

    def listed(self, value: Json) -> float:
        return self.strict(value)

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        if format is not None:
            from esmock.mapping.decimal_format import format_decimal

            return format_decimal(float(value), format)
        return float(value)


class Double(Decimal):
    """64 bits. Docs: number."""

    name = "double"
    low, high = -sys.float_info.max, sys.float_info.max
    __slots__ = ()


class Float(Decimal):
    """32 bits. Docs: number."""

    name = "float"
    rounded = staticmethod(coercion.java_float)
    __slots__ = ()


class HalfFloat(Decimal):
    """16 bits. Docs: number."""

    name = "half_float"
    rounded = staticmethod(coercion.half_float)
    __slots__ = ()


def _scaling_factor(value: Json, place: Place) -> float:
    factor = read_double(value)
    if factor <= 0 or not math.isfinite(factor):
        raise IllegalArgument(f"[scaling_factor] must be a positive number, got [{java_text(factor)}]")
    return factor


class ScaledFloat(Number):
    """A decimal kept as a long: the value times ``scaling_factor``. Docs: number."""

    name = "scaled_float"
    parameters = _common(Parameter("scaling_factor", None, _scaling_factor))
    column_kind = DOUBLE
    __slots__ = ("factor",)

    def setup(self) -> None:
        super().setup()
        factor = self.given.get("scaling_factor")
        if factor is None:
            if self.context.behaviour.major >= 8:
                raise MapperParsing(f"Field [{self.path}] misses required parameter [scaling_factor]")
            raise IllegalArgument("Field [scaling_factor] is required")
        self.factor = factor

    @classmethod
    def parse_null(cls, value: Json) -> float:
        return read_double(value)

    def parse(self, value: Json) -> float | None:
        if isinstance(value, str) and value == "" and self.coerce:
            return None
        if isinstance(value, str) and not self.coerce:
            raise IllegalArgument("Double value passed as String")
        number = coercion.read_float(value, coerce=True)
        if not math.isfinite(number):
            raise IllegalArgument(f"[scaled_float] only supports finite values, but got [{java_text(number)}]")
        return self.scaled(number) * (1.0 / self.factor)

    def column_values(self, values: list[Json]) -> list[Any]:
        null = self.null_value
        return [
            self.scaled(null) * (1.0 / self.factor) if value is None and null is not None else value
            for value in super().column_values(values)
        ]

    def scaled(self, number: float) -> int:
        """The long that is kept: rounded half up, as Java's Math.round."""
        return math.floor(number * self.factor + 0.5)

    def term(self, value: Json) -> float:
        return self.scaled(float(query_number(value))) * (1.0 / self.factor)

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        if format is not None:
            from esmock.mapping.decimal_format import format_decimal

            return format_decimal(float(value), format)
        return float(value)


FIELDS = (Byte, Short, Integer, Long, Double, Float, HalfFloat, ScaledFloat)
