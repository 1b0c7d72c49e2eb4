"""java.math.BigDecimal, MathContext and RoundingMode."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum
from esmock.script.painless.runtime.enums import value_of as enum_value_of
from esmock.script.painless.runtime.operators import MAX_TEXT
from esmock.script.painless.runtime.values import BigDecimal, BigInteger, JavaArray, double_text

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


ROUNDINGS = {name: RoundingMode(name, at) for at, name in enumerate((*_MODES, "UNNECESSARY"))}


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


class MathContext:
    """java.math.MathContext: significant digits (0: as many as it takes) and how to round."""

    java_class = "java.math.MathContext"
    __slots__ = ("digits", "mode")

    def __init__(self, digits: int, mode: RoundingMode | None = None) -> None:
        if digits < 0:
            raise t.IllegalArgument("Digits < 0")
        self.digits, self.mode = digits, mode or ROUNDINGS["HALF_UP"]

    def j_getPrecision(self) -> int:
        return self.digits

    def j_getRoundingMode(self) -> RoundingMode:
        return self.mode

    def j_toString(self) -> str:
        return f"precision={self.digits} roundingMode={self.mode.name}"


def rounding_of(mode: RoundingMode) -> str:
    """Python's name of a rounding mode; UNNECESSARY has none of its own."""
    return _MODES.get(mode.name, decimal.ROUND_DOWN)


def _context(mode: RoundingMode, digits: int = 2000) -> decimal.Context:
    """Python's context of a rounding mode; UNNECESSARY traps whatever is not exact."""
    exact = mode.name == "UNNECESSARY"
    return decimal.Context(
        prec=digits,
        rounding=decimal.ROUND_DOWN if exact else _MODES[mode.name],
        traps=[decimal.Inexact] if exact else [],
        Emax=999999,
        Emin=-999999,
    )


def _rounded(value: decimal.Decimal, context: MathContext | None) -> BigDecimal:
    if context is None or context.digits == 0:
        return BigDecimal(value)
    try:
        return BigDecimal(_context(context.mode, context.digits).plus(value))
    except decimal.Inexact:
        raise t.ArithmeticError_("Rounding necessary") from None


def _then_round(operation: Callable[..., decimal.Decimal]) -> Callable[..., BigDecimal]:
    """An exact operation, rounded by the MathContext that may follow its operands."""

    def apply(*values: Any) -> BigDecimal:
        context = values[-1] if isinstance(values[-1], MathContext) else None
        return _rounded(operation(*(values[:-1] if context is not None else values)), context)

    return apply


def _divide(a: BigDecimal, b: BigDecimal, how: Any = None) -> BigDecimal:
    """BigDecimal.divide: exactly, by a MathContext, or to the scale of ``a`` by a RoundingMode."""
    if not b:
        raise t.ArithmeticError_(_BY_ZERO if isinstance(how, RoundingMode) or a else "Division undefined")
    if isinstance(how, RoundingMode):
        return _divide_to(a, b, _scale(a), how)
    preferred = _scale(a) - _scale(b)
    try:
        if how is None or how.digits == 0:
            quotient = decimal.Context(prec=2000, traps=[decimal.Inexact], Emax=999999, Emin=-999999).divide(a, b)
        else:
            quotient = _context(how.mode, how.digits).divide(a, b)
    except decimal.Inexact:
        reason = "Rounding necessary" if how is not None and how.digits else _ENDLESS
        raise t.ArithmeticError_(reason) from None
    least = quotient.normalize(_EXACT)
    wanted = max(-int(least.as_tuple().exponent), preferred)
    if how is not None and how.digits:
        wanted = min(wanted, how.digits - len(least.as_tuple().digits) - int(least.as_tuple().exponent))
    return BigDecimal(least.quantize(decimal.Decimal(1).scaleb(-wanted), context=_EXACT))


def _divide_to(a: BigDecimal, b: BigDecimal, scale: int, mode: RoundingMode) -> BigDecimal:
    if not b:
        raise t.ArithmeticError_(_BY_ZERO)
    quotient = decimal.Context(prec=2000, rounding=decimal.ROUND_DOWN, Emax=999999, Emin=-999999).divide(a, b)
    sticky = decimal.Decimal(1).scaleb(-1990 + quotient.adjusted()).copy_sign(quotient)
    if _EXACT.multiply(quotient, b) != a:
        quotient = _EXACT.add(quotient, sticky)
    return _set_scale(BigDecimal(quotient), scale, mode)


def _whole_quotient(a: decimal.Decimal, b: decimal.Decimal) -> decimal.Decimal:
    """divideToIntegralValue: what is left of the point, at the preferred scale where that can be."""
    if not b:
        raise t.ArithmeticError_(_BY_ZERO)
    preferred = -int(a.as_tuple().exponent) + int(b.as_tuple().exponent)
    whole = _EXACT.divide_int(a, b).normalize(_EXACT)
    scale = max(-int(whole.as_tuple().exponent), preferred)
    return whole.quantize(decimal.Decimal(1).scaleb(-scale), context=_EXACT)


def _rest(a: BigDecimal, b: BigDecimal) -> decimal.Decimal:
    """What is left of a division, in the scale that Java's subtraction of quotient times divisor has."""
    whole = _whole_quotient(a, b)
    left = _EXACT.subtract(a, _EXACT.multiply(whole, b))
    scale, other = _scale(a), _scale(b)
    if whole and scale < other:
        digits = str(abs(int(whole)))
        zeros = len(digits) - len(digits.rstrip("0"))
        scale = max(scale, other - min(zeros, other - scale))
    return left.quantize(decimal.Decimal(1).scaleb(-scale), context=_EXACT)


def _both(a: BigDecimal, b: BigDecimal, context: MathContext | None = None) -> JavaArray:
    whole = BigDecimal(_whole_quotient(a, b))
    return JavaArray("java.math.BigDecimal", [whole, BigDecimal(_rest(a, b))])


def _power(value: BigDecimal, exponent: int, context: MathContext | None = None) -> BigDecimal:
    if exponent < 0 and context is not None and context.digits:
        return _divide(BigDecimal(1), _power(value, -exponent, context), context)
    if not 0 <= exponent <= 999999999:
        raise t.ArithmeticError_("Invalid operation")
    if exponent * len(value.as_tuple().digits) > 2000:
        raise t.ArithmeticError_("Overflow")
    if exponent == 0:
        return BigDecimal(1)
    result: decimal.Decimal = value
    for _ in range(exponent - 1):
        result = _EXACT.multiply(result, value)
    return _rounded(result, context)


def _shifted(value: BigDecimal, places: int) -> BigDecimal:
    """movePointRight: the scale never gets negative."""
    moved = value.scaleb(places, _EXACT)
    return BigDecimal(moved.quantize(decimal.Decimal(1), context=_EXACT) if _scale(BigDecimal(moved)) < 0 else moved)


def _set_scale(value: BigDecimal, scale: int, mode: Any = None) -> BigDecimal:
    if isinstance(mode, int):
        mode = list(ROUNDINGS.values())[mode]
    unit = decimal.Decimal(1).scaleb(-scale)
    try:
        return BigDecimal(value.quantize(unit, context=_context(mode or ROUNDINGS["UNNECESSARY"])))
    except decimal.Inexact:
        raise t.ArithmeticError_("Rounding necessary") from None


def _whole(value: BigDecimal) -> BigInteger:
    if value != value.to_integral_value(decimal.ROUND_DOWN):
        raise t.ArithmeticError_("Rounding necessary")
    return BigInteger(int(value))


def _exact(bits: int) -> Callable[[BigDecimal], int]:
    def apply(value: BigDecimal) -> int:
        number = int(_whole(value))
        if not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise t.ArithmeticError_("Overflow")
        return number

    return apply


def _engineering(value: BigDecimal) -> str:
    return value.to_eng_string(decimal.Context(capitals=1))


def _stripped(value: BigDecimal) -> BigDecimal:
    return BigDecimal(value.normalize(_EXACT)) if value else BigDecimal(0)


_BY_ZERO = "Division by zero"
_ENDLESS = "Non-terminating decimal expansion; no exact representable decimal result."
_CONTEXTS = {
    "DECIMAL32": MathContext(7, ROUNDINGS["HALF_EVEN"]),
    "DECIMAL64": MathContext(16, ROUNDINGS["HALF_EVEN"]),
    "DECIMAL128": MathContext(34, ROUNDINGS["HALF_EVEN"]),
    "UNLIMITED": MathContext(0, ROUNDINGS["HALF_UP"]),
}


def _context_of(text: str) -> MathContext:
    """new MathContext("precision=3 roundingMode=UP"). Raises IllegalArgument."""
    found = re.fullmatch(r"precision=(\d+) roundingMode=(\w+)", text)
    if found is None or found[2] not in ROUNDINGS:
        raise t.IllegalArgument("bad string format")
    return MathContext(int(found[1]), ROUNDINGS[found[2]])


def _compare(a: BigDecimal, b: BigDecimal) -> int:
    return int(a.compare(b))


def _plain(value: BigDecimal) -> str:
    if abs(int(value.as_tuple().exponent)) > MAX_TEXT:
        raise t.OutOfMemory("Java heap space")
    return f"{value:f}"


METHODS: dict[str, Any] = {
    "BigDecimal.compareTo/1": _compare,
    "BigDecimal.max/1": lambda a, b: a if a >= b else b,
    "BigDecimal.min/1": lambda a, b: a if a <= b else b,
    "BigDecimal.scale/0": _scale,
    "BigDecimal.precision/0": lambda a: len(a.as_tuple().digits),
    "BigDecimal.setScale/1": _set_scale,
    "BigDecimal.setScale/2": _set_scale,
    "BigDecimal.signum/0": lambda a: (a > 0) - (a < 0),
    "BigDecimal.toPlainString/0": _plain,
    "BigDecimal.toEngineeringString/0": _engineering,
    "BigDecimal.stripTrailingZeros/0": _stripped,
    "BigDecimal.toBigInteger/0": lambda a: BigInteger(int(a)),
    "BigDecimal.toBigIntegerExact/0": _whole,
    "BigDecimal.byteValueExact/0": _exact(8),
    "BigDecimal.shortValueExact/0": _exact(16),
    "BigDecimal.intValueExact/0": _exact(32),
    "BigDecimal.longValueExact/0": _exact(64),
    "BigDecimal.divide/1": _divide,
    "BigDecimal.divide/2": _divide,
    "BigDecimal.divide/3": _divide_to,
    "BigDecimal.remainder/1": lambda a, b: BigDecimal(_rest(a, b)),
    "BigDecimal.remainder/2": lambda a, b, context: _both(a, b, context)[1],
    "BigDecimal.divideAndRemainder/1": _both,
    "BigDecimal.divideAndRemainder/2": _both,
    "BigDecimal.pow/1": _power,
    "BigDecimal.pow/2": _power,
    "BigDecimal.round/1": _rounded,
    "BigDecimal.movePointRight/1": _shifted,
    "BigDecimal.movePointLeft/1": lambda a, n: _shifted(a, -n),
    "BigDecimal.scaleByPowerOfTen/1": lambda a, n: BigDecimal(a.scaleb(n, _EXACT)),
    "BigDecimal.ulp/0": lambda a: BigDecimal(decimal.Decimal(1).scaleb(-_scale(a))),
}
for _name, _arguments, _operation in (
    ("add", 1, _EXACT.add),
    ("subtract", 1, _EXACT.subtract),
    ("multiply", 1, _EXACT.multiply),
    ("divideToIntegralValue", 1, _whole_quotient),
    ("negate", 0, lambda value: value.copy_negate() if value else value.copy_abs()),
    ("plus", 0, decimal.Decimal),
    ("abs", 0, decimal.Decimal.copy_abs),
):
    _rounding = _then_round(_operation)
    METHODS |= {f"BigDecimal.{_name}/{_arguments}": _rounding, f"BigDecimal.{_name}/{_arguments + 1}": _rounding}
STATICS: dict[str, Any] = {
    "BigDecimal.valueOf/1": value_of,
    "BigDecimal.valueOf/2": value_of,
    "RoundingMode.valueOf/1": enum_value_of(ROUNDINGS, "java.math.RoundingMode"),
    "RoundingMode.values/0": lambda: JavaArray("java.math.RoundingMode", list(ROUNDINGS.values())),
}
CONSTRUCTORS: dict[str, Any] = {
    "BigDecimal/1": of_text,
    "BigDecimal/2": lambda text, context: _rounded(of_text(text), context),
    "MathContext/1": lambda digits: MathContext(digits) if isinstance(digits, int) else _context_of(digits),
    "MathContext/2": MathContext,
}
CONSTANTS: dict[str, Any] = {
    "BigDecimal.ONE": BigDecimal(1),
    "BigDecimal.TEN": BigDecimal(10),
    "BigDecimal.ZERO": BigDecimal(0),
}
CONSTANTS |= {f"RoundingMode.{name}": mode for name, mode in ROUNDINGS.items()}
CONSTANTS |= {f"MathContext.{name}": context for name, context in _CONTEXTS.items()}
