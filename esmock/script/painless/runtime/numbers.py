"""Math, Number, Double and Float."""

from __future__ import annotations

import decimal
import math
import random
import struct
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.convert import number_as
from esmock.script.painless.runtime.integers import bad_number
from esmock.script.painless.runtime.ordering import compare, compare_double
from esmock.script.painless.runtime.values import Float, double_text, float_text, hash_code


def _total(function: Callable[..., float]) -> Callable[..., float]:
    """A function of Python's math that answers NaN or infinity where Python raises."""

    def apply(*values: float) -> float:
        try:
            return float(function(*values))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return apply


def power(base: float, exponent: float) -> float:
    """Math.pow."""
    if exponent == 0:
        return 1.0
    if exponent != exponent or (abs(base) == 1 and abs(exponent) == math.inf):
        return math.nan
    odd = float(exponent).is_integer() and int(exponent) % 2 == 1 if abs(exponent) < 1e16 else False
    try:
        result = math.pow(base, exponent)
    except ZeroDivisionError:
        return -math.inf if odd and math.copysign(1, base) < 0 else math.inf
    except OverflowError:
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        if base == 0:
            return -math.inf if odd and math.copysign(1, base) < 0 else math.inf
        return math.nan
    return result


def _log(value: float) -> float:
    if value == 0:
        return -math.inf
    return math.log(value) if value > 0 else math.nan


def _log10(value: float) -> float:
    if value == 0:
        return -math.inf
    return math.log10(value) if value > 0 else math.nan


def _log1p(value: float) -> float:
    if value == -1:
        return -math.inf
    return math.log1p(value) if value > -1 else math.nan


def round_half_up(value: float) -> int:
    """Math.round of a double."""
    if value != value:
        return 0
    if abs(value) >= 1 << 52:
        return o.to_long(value)
    return 0 if value == 0.49999999999999994 else math.floor(value + 0.5)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        if value != value or abs(value) >= 1 << 52:
            return value
        return math.copysign(float(function(value)), value)

    return apply


def maximum(a: Any, b: Any) -> Any:
    if a != a or b != b:
        return math.nan
    return a if a > b or (a == b and math.copysign(1, a) > 0) else b


def minimum(a: Any, b: Any) -> Any:
    if a != a or b != b:
        return math.nan
    return a if a < b or (a == b and math.copysign(1, a) < 0) else b


def _signum(value: float) -> float:
    return value if value == 0 or value != value else math.copysign(1.0, value)


def _cube_root(value: float) -> float:
    """Math.cbrt: the nearest double, which C's function is not always."""
    if value == 0 or not math.isfinite(value):
        return value
    context = decimal.Context(prec=40)
    root = context.power(decimal.Decimal(abs(value)), context.divide(decimal.Decimal(1), decimal.Decimal(3)))
    return math.copysign(float(root), value)


_MATH: dict[str, Callable[..., Any]] = {
    "abs/1": abs,
    "acos/1": _total(math.acos),
    "asin/1": _total(math.asin),
    "atan/1": math.atan,
    "atan2/2": math.atan2,
    "cbrt/1": _cube_root,
    "ceil/1": _whole(math.ceil),
    "copySign/2": math.copysign,
    "cos/1": _total(math.cos),
    "cosh/1": _total(math.cosh),
    "exp/1": _total(math.exp),
    "expm1/1": _total(math.expm1),
    "floor/1": _whole(math.floor),
    "hypot/2": math.hypot,
    "IEEEremainder/2": _total(math.remainder),
    "log/1": _log,
    "log10/1": _log10,
    "log1p/1": _log1p,
    "max/2": maximum,
    "min/2": minimum,
    "nextAfter/2": math.nextafter,
    "nextDown/1": lambda v: math.nextafter(v, -math.inf),
    "nextUp/1": lambda v: math.nextafter(v, math.inf),
    "pow/2": power,
    "random/0": random.random,
    "rint/1": _whole(round),
    "round/1": round_half_up,
    "scalb/2": _total(lambda v, n: math.ldexp(v, n)),
    "signum/1": _signum,
    "sin/1": _total(math.sin),
    "sinh/1": lambda v: _total(math.sinh)(v) if v >= 0 else -_total(math.sinh)(-v),
    "sqrt/1": lambda v: math.sqrt(v) if v >= 0 else math.nan,
    "tan/1": _total(math.tan),
    "tanh/1": math.tanh,
    "toDegrees/1": lambda v: v * (180.0 / math.pi),
    "toRadians/1": lambda v: v * (math.pi / 180.0),
    "ulp/1": math.ulp,
}


def parse_double(text: Any) -> float:
    """Double.parseDouble."""
    if text is None:
        raise t.NullPointer(None)
    body = text.strip("".join(map(chr, range(33))))
    text = body
    if not body:
        raise t.NumberFormat("empty String")
    clean = body[:-1] if body[-1] in "dDfF" and body[-2:-1].isdigit() else body
    if "_" in clean or (clean.lstrip("+-").lower() in ("inf", "nan", "infinity") and clean.lstrip("+-") not in (
        "NaN",
        "Infinity",
    )):
        raise bad_number(text)
    try:
        return float(clean)
    except ValueError:
        raise bad_number(text) from None


def _double_bits(value: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", value))[0])


def _float_bits(value: float) -> int:
    return int(struct.unpack("<i", struct.pack("<f", value))[0])


def _hex_text(least: int, places: int) -> Callable[[float], str]:
    """Double.toHexString for numbers whose exponent is at least ``-least`` when they are normal."""

    def apply(value: float) -> str:
        if value != value or math.isinf(value):
            return double_text(value)
        sign = "-" if math.copysign(1, value) < 0 else ""
        if value == 0:
            return sign + "0x0.0p0"
        mantissa, exponent = math.frexp(abs(value))
        mantissa, exponent = mantissa * 2, exponent - 1
        if exponent < -least:
            mantissa, exponent = math.ldexp(mantissa, exponent + least), -least
        whole = int(mantissa)
        digits = f"{round((mantissa - whole) * (1 << 52)):013x}"[:places].rstrip("0") or "0"
        return f"{sign}0x{whole}.{digits}p{exponent}"

    return apply


def _real_statics(name: str) -> dict[str, Any]:
    single = name == "Float"
    narrow: Any = o.float32 if single else float
    box: Any = Float if single else float
    text = float_text if single else double_text
    return {
        f"{name}.parse{name}/1": lambda s: narrow(parse_double(s)),
        f"{name}.valueOf/1": lambda v: box(narrow(parse_double(v) if isinstance(v, str) else v)),
        f"{name}.toString/1": text,
        f"{name}.toHexString/1": _hex_text(1022 if not single else 126, 13 if not single else 6),
        f"{name}.compare/2": compare_double,
        f"{name}.isNaN/1": lambda v: v != v,
        f"{name}.isInfinite/1": math.isinf,
        f"{name}.isFinite/1": math.isfinite,
        f"{name}.max/2": maximum,
        f"{name}.min/2": minimum,
        f"{name}.sum/2": lambda a, b: narrow(a + b),
        f"{name}.hashCode/1": lambda v: hash_code(box(v)),
    }


def _joined(*parts: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for part in parts:
        out |= {key: value for key, value in part.items() if value is not None}
    return out


STATICS: dict[str, Any] = _joined(
    {f"Math.{key}": function for key, function in _MATH.items()},
    {f"StrictMath.{key}": function for key, function in _MATH.items()},
    _real_statics("Double"),
    _real_statics("Float"),
    {
        "Double.doubleToLongBits/1": _double_bits,
        "Double.doubleToRawLongBits/1": _double_bits,
        "Double.longBitsToDouble/1": lambda v: struct.unpack("<d", struct.pack("<q", v))[0],
        "Float.floatToIntBits/1": _float_bits,
        "Float.floatToRawIntBits/1": _float_bits,
        "Float.intBitsToFloat/1": lambda v: struct.unpack("<f", struct.pack("<i", v))[0],
        },
)


METHODS: dict[str, Any] = {
    "Number.intValue/0": lambda v: number_as(v, "int"),
    "Number.longValue/0": lambda v: number_as(v, "long"),
    "Number.doubleValue/0": float,
    "Number.floatValue/0": lambda v: number_as(v, "float"),
    "Number.shortValue/0": lambda v: number_as(v, "short"),
    "Number.byteValue/0": lambda v: number_as(v, "byte"),
    "Double.compareTo/1": compare,
    "Float.compareTo/1": compare,
    "Double.isNaN/0": lambda v: v != v,
    "Double.isInfinite/0": math.isinf,
    "Float.isNaN/0": lambda v: v != v,
    "Float.isInfinite/0": math.isinf,
}
CONSTANTS: dict[str, Any] = {
    "Math.E": math.e,
    "Math.PI": math.pi,
    "StrictMath.E": math.e,
    "StrictMath.PI": math.pi,
    "Double.MAX_VALUE": 1.7976931348623157e308,
    "Double.MIN_VALUE": 5e-324,
    "Double.MIN_NORMAL": 2.2250738585072014e-308,
    "Double.NaN": math.nan,
    "Double.POSITIVE_INFINITY": math.inf,
    "Double.NEGATIVE_INFINITY": -math.inf,
    "Double.BYTES": 8,
    "Double.SIZE": 64,
    "Double.MAX_EXPONENT": 1023,
    "Double.MIN_EXPONENT": -1022,
    "Float.MAX_VALUE": 3.4028234663852886e38,
    "Float.MIN_VALUE": 1.401298464324817e-45,
    "Float.NaN": math.nan,
    "Float.POSITIVE_INFINITY": math.inf,
    "Float.NEGATIVE_INFINITY": -math.inf,
    "Float.BYTES": 4,
    "Float.SIZE": 32,
    "Float.MAX_EXPONENT": 127,
    "Float.MIN_EXPONENT": -126,
    "Float.MIN_NORMAL": 1.1754943508222875e-38,
}
