"""Math, the number classes, BigInteger."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.convert import number_as
from esmock.script.painless.runtime.formatting import DecimalFormat
from esmock.script.painless.runtime.ordering import compare, compare_double
from esmock.script.painless.runtime.values import (
    BigInteger,
    Byte,
    Float,
    Long,
    Short,
    double_text,
    float_text,
    hash_code,
)

_INT = (-0x80000000, 0x7FFFFFFF)
_LONG = (-(1 << 63), (1 << 63) - 1)
_RANGES = {"Integer": _INT, "Long": _LONG, "Short": (-32768, 32767), "Byte": (-128, 127)}


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


_MATH: dict[str, Callable[..., Any]] = {
    "abs/1": abs,
    "acos/1": _total(math.acos),
    "asin/1": _total(math.asin),
    "atan/1": math.atan,
    "atan2/2": math.atan2,
    "cbrt/1": lambda v: math.copysign(round(abs(v) ** (1 / 3), 15), v) if abs(v) < math.inf else v,
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


def _bad_number(text: str, radix: int = 10) -> t.Throwable:
    return t.NumberFormat(f'For input string: "{text}"' + (f" under radix {radix}" if radix != 10 else ""))


def parse_integer(text: Any, kind: str, radix: int = 10) -> int:
    """Integer.parseInt and its relatives."""
    if text is None:
        raise t.NumberFormat('Cannot parse null string' if kind == "Integer" else "null")
    digits = text[1:] if text[:1] in ("+", "-") else text
    low, high = _RANGES[kind]
    value = None
    if digits and digits[0] not in "+-_ \t\n" and "_" not in digits and not digits[-1].isspace():
        try:
            value = int(text, radix)
        except ValueError:
            value = None
    if value is None:
        raise _bad_number(text) if digits or text else t.NumberFormat('For input string: ""')
    if not low <= value <= high:
        if kind in ("Short", "Byte"):
            raise t.NumberFormat(f'Value out of range. Value:"{text}" Radix:{radix}')
        raise _bad_number(text)
    return value


def parse_double(text: Any) -> float:
    """Double.parseDouble."""
    if text is None:
        raise t.NullPointer(None)
    body = text.strip("".join(map(chr, range(33))))
    if not body:
        raise t.NumberFormat("empty String")
    clean = body[:-1] if body[-1] in "dDfF" and body[-2:-1].isdigit() else body
    if "_" in clean or (clean.lstrip("+-").lower() in ("inf", "nan", "infinity") and clean.lstrip("+-") not in (
        "NaN",
        "Infinity",
    )):
        raise _bad_number(text)
    try:
        return float(clean)
    except ValueError:
        raise _bad_number(text) from None


def _unsigned(value: int, bits: int, base: str) -> str:
    return format(value & ((1 << bits) - 1), base)


def in_radix(value: int, radix: int) -> str:
    """Integer.toString(value, radix)."""
    if not 2 <= radix <= 36:
        radix = 10
    digits = ""
    number = abs(value)
    while number:
        number, digit = divmod(number, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _integer_statics(name: str, bits: int) -> dict[str, Any]:
    kind = name
    parse = f"parse{'Int' if name == 'Integer' else 'Long'}"
    wrap = o.int32 if bits == 32 else o.int64
    box: Any = int if bits == 32 else Long
    mask = (1 << bits) - 1
    return {
        f"{name}.{parse}/1": lambda s: parse_integer(s, kind),
        f"{name}.{parse}/2": lambda s, radix: parse_integer(s, kind, radix),
        f"{name}.valueOf/1": lambda v: box(parse_integer(v, kind) if isinstance(v, str) else v),
        f"{name}.valueOf/2": lambda s, radix: box(parse_integer(s, kind, radix)),
        f"{name}.decode/1": lambda s: box(int(s, 0)),
        f"{name}.toString/1": int.__repr__,
        f"{name}.toString/2": in_radix,
        f"{name}.toHexString/1": lambda v: _unsigned(v, bits, "x"),
        f"{name}.toBinaryString/1": lambda v: _unsigned(v, bits, "b"),
        f"{name}.toOctalString/1": lambda v: _unsigned(v, bits, "o"),
        f"{name}.compare/2": lambda a, b: (a > b) - (a < b),
        f"{name}.compareUnsigned/2": lambda a, b: ((a & mask) > (b & mask)) - ((a & mask) < (b & mask)),
        f"{name}.max/2": max,
        f"{name}.min/2": min,
        f"{name}.sum/2": lambda a, b: wrap(a + b),
        f"{name}.signum/1": lambda v: (v > 0) - (v < 0),
        f"{name}.bitCount/1": lambda v: (v & mask).bit_count(),
        f"{name}.reverse/1": lambda v: wrap(int(format(v & mask, f"0{bits}b")[::-1], 2)),
        f"{name}.reverseBytes/1": lambda v: int.from_bytes(
            (v & mask).to_bytes(bits // 8, "little"), "big", signed=True
        ),
        f"{name}.highestOneBit/1": lambda v: wrap(1 << ((v & mask).bit_length() - 1)) if v else 0,
        f"{name}.lowestOneBit/1": lambda v: wrap(v & -v),
        f"{name}.numberOfLeadingZeros/1": lambda v: bits - (v & mask).bit_length(),
        f"{name}.numberOfTrailingZeros/1": lambda v: (v & -v).bit_length() - 1 if v else bits,
        f"{name}.rotateLeft/2": lambda v, n: wrap((v & mask) << (n % bits) | (v & mask) >> (bits - n % bits)),
        f"{name}.rotateRight/2": lambda v, n: wrap((v & mask) >> (n % bits) | (v & mask) << (bits - n % bits)),
        f"{name}.hashCode/1": lambda v: hash_code(box(v)),
        f"{name}.toUnsignedString/1": lambda v: str(v & mask),
        f"{name}.divideUnsigned/2": lambda a, b: wrap((a & mask) // (b & mask)),
        f"{name}.remainderUnsigned/2": lambda a, b: wrap((a & mask) % (b & mask)),
        f"{name}.{'toUnsignedLong' if bits == 32 else 'parseUnsignedLong'}/1": (
            (lambda v: v & mask) if bits == 32 else (lambda s: wrap(int(s)))
        ),
    }


def _double_bits(value: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", value))[0])


def _real_statics(name: str) -> dict[str, Any]:
    single = name == "Float"
    narrow: Any = o.float32 if single else float
    box: Any = Float if single else float
    text = float_text if single else double_text
    return {
        f"{name}.parse{name}/1": lambda s: narrow(parse_double(s)),
        f"{name}.valueOf/1": lambda v: box(narrow(parse_double(v) if isinstance(v, str) else v)),
        f"{name}.toString/1": text,
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
    _integer_statics("Integer", 32),
    _integer_statics("Long", 64),
    _real_statics("Double"),
    _real_statics("Float"),
    {
        "Double.doubleToLongBits/1": _double_bits,
        "Double.doubleToRawLongBits/1": _double_bits,
        "Double.longBitsToDouble/1": lambda v: struct.unpack("<d", struct.pack("<q", v))[0],
        "Float.floatToIntBits/1": lambda v: struct.unpack("<i", struct.pack("<f", v))[0],
        "Float.intBitsToFloat/1": lambda v: struct.unpack("<f", struct.pack("<i", v))[0],
        "Short.parseShort/1": lambda s: parse_integer(s, "Short"),
        "Byte.parseByte/1": lambda s: parse_integer(s, "Byte"),
        "Short.valueOf/1": Short,
        "Byte.valueOf/1": Byte,
        "Short.toString/1": int.__repr__,
        "Byte.toString/1": int.__repr__,
        "Short.compare/2": lambda a, b: a - b,
        "Byte.compare/2": lambda a, b: a - b,
        "BigInteger.valueOf/1": BigInteger,
    },
)


def _big(operation: Callable[..., int]) -> Callable[..., BigInteger]:
    def apply(*values: Any) -> BigInteger:
        result = operation(*map(int, values))
        if abs(result).bit_length() > 1_000_000:
            raise t.ArithmeticError_("BigInteger would overflow supported range")
        return BigInteger(result)

    return apply


def _big_power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise t.ArithmeticError_("Negative exponent")
    if abs(base).bit_length() * exponent > 1_000_000:
        raise t.ArithmeticError_("BigInteger would overflow supported range")
    return int(base**exponent)


def _big_divide(a: int, b: int) -> int:
    if b == 0:
        raise t.ArithmeticError_("BigInteger divide by zero")
    return o.integer_divide(a, b)


METHODS: dict[str, Any] = {
    "Number.intValue/0": lambda v: number_as(v, "int"),
    "Number.longValue/0": lambda v: number_as(v, "long"),
    "Number.doubleValue/0": float,
    "Number.floatValue/0": lambda v: number_as(v, "float"),
    "Number.shortValue/0": lambda v: number_as(v, "short"),
    "Number.byteValue/0": lambda v: number_as(v, "byte"),
    "Integer.compareTo/1": compare,
    "Long.compareTo/1": compare,
    "Short.compareTo/1": compare,
    "Byte.compareTo/1": compare,
    "Double.compareTo/1": compare,
    "Float.compareTo/1": compare,
    "Double.isNaN/0": lambda v: v != v,
    "Double.isInfinite/0": math.isinf,
    "Float.isNaN/0": lambda v: v != v,
    "Float.isInfinite/0": math.isinf,
    "BigInteger.add/1": _big(lambda a, b: a + b),
    "BigInteger.subtract/1": _big(lambda a, b: a - b),
    "BigInteger.multiply/1": _big(lambda a, b: a * b),
    "BigInteger.divide/1": _big(_big_divide),
    "BigInteger.remainder/1": _big(o.integer_remainder),
    "BigInteger.mod/1": _big(lambda a, b: a % b),
    "BigInteger.pow/1": _big(_big_power),
    "BigInteger.gcd/1": _big(math.gcd),
    "BigInteger.abs/0": _big(abs),
    "BigInteger.negate/0": _big(lambda a: -a),
    "BigInteger.and/1": _big(lambda a, b: a & b),
    "BigInteger.or/1": _big(lambda a, b: a | b),
    "BigInteger.xor/1": _big(lambda a, b: a ^ b),
    "BigInteger.not/0": _big(lambda a: ~a),
    "BigInteger.shiftLeft/1": _big(lambda a, n: a << min(n, 2_000_000) if n >= 0 else a >> -n),
    "BigInteger.shiftRight/1": _big(lambda a, n: a >> n if n >= 0 else a << min(-n, 2_000_000)),
    "BigInteger.max/1": _big(max),
    "BigInteger.min/1": _big(min),
    "BigInteger.signum/0": lambda a: (a > 0) - (a < 0),
    "BigInteger.bitLength/0": lambda a: (a if a >= 0 else ~a).bit_length(),
    "BigInteger.bitCount/0": lambda a: (a if a >= 0 else ~a).bit_count(),
    "BigInteger.compareTo/1": lambda a, b: (a > b) - (a < b),
    "BigInteger.toString/1": in_radix,
    "NumberFormat.format/1": DecimalFormat.j_format,
}
CONSTRUCTORS: dict[str, Any] = {
    "BigInteger/1": lambda s: BigInteger(parse_big(s)),
    "BigInteger/2": lambda s, radix: BigInteger(int(s, radix)),
    "DecimalFormat/0": DecimalFormat,
    "DecimalFormat/1": DecimalFormat,
}


def parse_big(text: str) -> int:
    """BigInteger of a text."""
    if not text:
        raise t.NumberFormat("Zero length BigInteger")
    if not text.lstrip("+-").isdigit() or len(text) > 100_000:
        raise _bad_number(text)
    return int(text)


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
    "BigInteger.ONE": BigInteger(1),
    "BigInteger.TEN": BigInteger(10),
    "BigInteger.ZERO": BigInteger(0),
} | {
    f"{name}.{field}": value
    for name, (low, high) in _RANGES.items()
    for field, value in (
        ("MIN_VALUE", low),
        ("MAX_VALUE", high),
        ("BYTES", {"Integer": 4, "Long": 8, "Short": 2, "Byte": 1}[name]),
        ("SIZE", {"Integer": 32, "Long": 64, "Short": 16, "Byte": 8}[name]),
    )
}
