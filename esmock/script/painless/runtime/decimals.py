"""java.math.BigDecimal and UUID."""

from __future__ import annotations

import decimal
import uuid
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.convert import number_as
from esmock.script.painless.runtime.enums import JavaEnum
from esmock.script.painless.runtime.values import BigDecimal, BigInteger, double_text

_EXACT = decimal.Context(prec=2000, rounding=decimal.ROUND_HALF_UP, Emax=999999, Emin=-999999)
_MODES = {
    "UP": decimal.ROUND_UP,
    "DOWN": decimal.ROUND_DOWN,
    "CEILING": decimal.ROUND_CEILING,
    "FLOOR": decimal.ROUND_FLOOR,
    "HALF_UP": decimal.ROUND_HALF_UP,
    "HALF_DOWN": decimal.ROUND_HALF_DOWN,
    "HALF_EVEN": decimal.ROUND_HALF_EVEN,
}


class RoundingMode(JavaEnum):
    java_class = "java.math.RoundingMode"
    __slots__ = ()


_ROUNDINGS = {name: RoundingMode(name, at) for at, name in enumerate((*_MODES, "UNNECESSARY"))}


def of_text(text: str) -> BigDecimal:
    """new BigDecimal(String). Raises NumberFormat."""
    try:
        value = decimal.Decimal(text) if text and text.strip() == text and "_" not in text else None
    except decimal.InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        bad = next((char for char in text if char not in "0123456789.+-eE"), None)
        if bad is None:
            raise t.NumberFormat(None)
        reason = f'Character {bad} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
        raise t.NumberFormat(reason)
    return BigDecimal(value)


def value_of(value: Any, scale: int = 0) -> BigDecimal:
    """BigDecimal.valueOf of a double or a long with its scale."""
    if isinstance(value, float):
        return of_text(double_text(value))
    return BigDecimal(decimal.Decimal(int(value)).scaleb(-scale, _EXACT))


def _scale(value: BigDecimal) -> int:
    return -int(value.as_tuple().exponent)


def _divide(a: BigDecimal, b: BigDecimal) -> BigDecimal:
    if not b:
        raise t.ArithmeticError_("Division by zero" if a else "Division undefined")
    context = decimal.Context(prec=2000, traps=[decimal.Inexact], Emax=999999, Emin=-999999)
    try:
        exact = context.divide(a, b)
    except decimal.Inexact:
        raise t.ArithmeticError_(
            "Non-terminating decimal expansion; no exact representable decimal result."
        ) from None
    preferred = _scale(a) - _scale(b)
    least = exact.normalize(_EXACT)
    wanted = max(-int(least.as_tuple().exponent), preferred)
    return BigDecimal(least.quantize(decimal.Decimal(1).scaleb(-wanted), context=_EXACT))


def _set_scale(value: BigDecimal, scale: int, mode: RoundingMode | None = None) -> BigDecimal:
    unit = decimal.Decimal(1).scaleb(-scale)
    rounding = _MODES.get(mode.name) if mode is not None else None
    rounded = value.quantize(unit, rounding or decimal.ROUND_HALF_UP, _EXACT)
    if rounding is None and rounded != value:
        raise t.ArithmeticError_("Rounding necessary")
    return BigDecimal(rounded)


def _compare(a: BigDecimal, b: BigDecimal) -> int:
    return int(a.compare(b))


class UUID:
    java_class = "java.util.UUID"

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def j_toString(self) -> str:
        return str(self.value)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, UUID) and other.value == self.value

    def j_version(self) -> int:
        return self.value.version or 0


def _uuid(text: str) -> UUID:
    try:
        return UUID(uuid.UUID(text))
    except ValueError:
        raise t.IllegalArgument(f"Invalid UUID string: {text}") from None


def _plain(value: BigDecimal) -> str:
    return f"{value:f}"


METHODS: dict[str, Any] = {
    "BigDecimal.add/1": lambda a, b: BigDecimal(_EXACT.add(a, b)),
    "BigDecimal.subtract/1": lambda a, b: BigDecimal(_EXACT.subtract(a, b)),
    "BigDecimal.multiply/1": lambda a, b: BigDecimal(_EXACT.multiply(a, b)),
    "BigDecimal.divide/1": _divide,
    "BigDecimal.negate/0": lambda a: BigDecimal(a.copy_negate()),
    "BigDecimal.abs/0": lambda a: BigDecimal(a.copy_abs()),
    "BigDecimal.compareTo/1": _compare,
    "BigDecimal.max/1": lambda a, b: a if a >= b else b,
    "BigDecimal.min/1": lambda a, b: a if a <= b else b,
    "BigDecimal.scale/0": _scale,
    "BigDecimal.precision/0": lambda a: len(a.as_tuple().digits),
    "BigDecimal.setScale/1": _set_scale,
    "BigDecimal.setScale/2": _set_scale,
    "BigDecimal.signum/0": lambda a: (a > 0) - (a < 0),
    "BigDecimal.toPlainString/0": _plain,
    "BigDecimal.stripTrailingZeros/0": lambda a: BigDecimal(a.normalize(_EXACT)),
    "BigDecimal.toBigInteger/0": lambda a: BigInteger(int(a)),
    "BigDecimal.intValueExact/0": lambda a: number_as(int(a), "int"),
    "BigDecimal.longValueExact/0": lambda a: number_as(int(a), "long"),
}
STATICS: dict[str, Any] = {
    "BigDecimal.valueOf/1": value_of,
    "BigDecimal.valueOf/2": value_of,
    "UUID.fromString/1": _uuid,
    "UUID.randomUUID/0": lambda: UUID(uuid.uuid4()),
}
CONSTRUCTORS: dict[str, Any] = {"BigDecimal/1": of_text}
CONSTANTS: dict[str, Any] = {
    "BigDecimal.ONE": BigDecimal(1),
    "BigDecimal.TEN": BigDecimal(10),
    "BigDecimal.ZERO": BigDecimal(0),
} | {f"RoundingMode.{name}": mode for name, mode in _ROUNDINGS.items()}
