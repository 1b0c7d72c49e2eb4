"""Integer, Long, Short, Byte and BigInteger: parsing, radixes, bits, unsigned arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.characters import digit
from esmock.script.painless.runtime.encoding import byte_array
from esmock.script.painless.runtime.ordering import compare
from esmock.script.painless.runtime.values import BigInteger, Byte, JavaArray, Long, Short, hash_code

_BITS = {"Integer": 32, "Long": 64, "Short": 16, "Byte": 8}
_BOXES: dict[str, Any] = {"Integer": int, "Long": Long, "Short": Short, "Byte": Byte}
_PARSERS = {"Integer": "parseInt", "Long": "parseLong", "Short": "parseShort", "Byte": "parseByte"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_BITS = 1_000_000


def bad_number(text: str, radix: int = 10) -> t.Throwable:
    """The NumberFormat of a text."""
    return t.NumberFormat(f'For input string: "{text}"' + (f" under radix {radix}" if radix != 10 else ""))


def _value(digits: str, radix: int) -> int | None:
    """The value of digits of any script, or None."""
    value = 0
    for char in digits:
        found = digit(ord(char), radix)
        if found < 0:
            return None
        value = value * radix + found
    return value if digits else None


def _check_radix(radix: int) -> None:
    if radix < 2:
        raise t.NumberFormat(f"radix {radix} less than Character.MIN_RADIX")
    if radix > 36:
        raise t.NumberFormat(f"radix {radix} greater than Character.MAX_RADIX")


def parse_integer(text: Any, kind: str, radix: int = 10) -> int:
    """Integer.parseInt and its relatives. Raises NumberFormat."""
    if text is None:
        raise t.NumberFormat("null" if kind == "Long" else "Cannot parse null string")
    _check_radix(radix)
    value = _value(text[1:] if text[:1] in ("+", "-") else text, radix)
    if value is None:
        raise bad_number(text, radix if text and text not in ("+", "-") else 10)
    value = -value if text[0] == "-" else value
    room = 1 << _BITS[kind] - 1
    if not -room <= value < room:
        if kind in ("Short", "Byte"):
            raise t.NumberFormat(f'Value out of range. Value:"{text}" Radix:{radix}')
        raise bad_number(text, radix)
    return value


def _parse_unsigned(text: Any, kind: str, radix: int = 10) -> int:
    """Integer.parseUnsignedInt, Long.parseUnsignedLong. Raises NumberFormat."""
    bits = _BITS[kind]
    if text is None:
        raise t.NumberFormat("null" if kind == "Long" else "Cannot parse null string")
    if not text:
        raise bad_number(text, radix)
    if text[0] == "-":
        raise t.NumberFormat(f'Illegal leading minus sign on unsigned string {text}.')
    _check_radix(radix)
    value = _value(text[1:] if text[0] == "+" else text, radix)
    if value is None:
        raise bad_number(text, radix)
    if value >> bits:
        what = "int" if kind == "Integer" else "long"
        raise t.NumberFormat(f"String value {text} exceeds range of unsigned {what}.")
    return _wrapped(value, bits)


def _decode(kind: str) -> Callable[[str], Any]:
    """Integer.decode: decimal, 0x, # or octal."""

    def decode(text: str) -> Any:
        if not text:
            raise t.NumberFormat("Zero length string")
        sign, rest = (text[0], text[1:]) if text[0] in "+-" else ("", text)
        radix = 10
        if rest[:2].lower() == "0x":
            radix, rest = 16, rest[2:]
        elif rest[:1] == "#":
            radix, rest = 16, rest[1:]
        elif rest[:1] == "0" and len(rest) > 1:
            radix, rest = 8, rest[1:]
        if rest[:1] in ("+", "-") and rest:
            raise t.NumberFormat("Sign character in wrong position")
        if kind in ("Short", "Byte"):
            value = parse_integer(("-" if sign == "-" else "") + rest, "Integer", radix)
            room = 1 << _BITS[kind] - 1
            if not -room <= value < room:
                raise t.NumberFormat(f"Value {value} out of range from input {text}")
        else:
            value = parse_integer(("-" if sign == "-" else "") + rest, kind, radix)
        return _BOXES[kind](value)

    return decode


def _wrapped(value: int, bits: int) -> int:
    half = 1 << bits - 1
    return (value + half) % (1 << bits) - half


def in_radix(value: int, radix: int) -> str:
    """Integer.toString(value, radix)."""
    if not 2 <= radix <= 36:
        radix = 10
    digits = ""
    number = abs(value)
    while number:
        number, rest = divmod(number, radix)
        digits = _DIGITS[rest] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _divided(a: int, b: int, bits: int, *, rest: bool) -> int:
    mask = (1 << bits) - 1
    if b & mask == 0:
        raise t.ArithmeticError_("/ by zero")
    return _wrapped(divmod(a & mask, b & mask)[rest], bits)


def _shared_statics(name: str) -> dict[str, Any]:
    """What all four classes have."""
    box, bits = _BOXES[name], _BITS[name]
    out: dict[str, Any] = {
        f"{name}.{_PARSERS[name]}/1": lambda s: parse_integer(s, name),
        f"{name}.{_PARSERS[name]}/2": lambda s, radix: parse_integer(s, name, radix),
        f"{name}.valueOf/1": lambda v: box(parse_integer(v, name) if isinstance(v, str) else v),
        f"{name}.valueOf/2": lambda s, radix: box(parse_integer(s, name, radix)),
        f"{name}.decode/1": _decode(name),
        f"{name}.toString/1": int.__repr__,
        f"{name}.hashCode/1": lambda v: hash_code(box(v)),
        f"{name}.toUnsignedLong/1": lambda v: v & (1 << bits) - 1,
    }
    if bits < 32:
        out[f"{name}.compare/2"] = lambda a, b: int(a) - int(b)
        out[f"{name}.toUnsignedInt/1"] = lambda v: v & (1 << bits) - 1
    return out


def _wide_statics(name: str) -> dict[str, Any]:
    """What Integer and Long have besides."""
    bits = _BITS[name]
    mask = (1 << bits) - 1
    unsigned = "parseUnsignedInt" if bits == 32 else "parseUnsignedLong"

    def wrap(value: int) -> int:
        return _wrapped(value, bits)

    return {
        f"{name}.{unsigned}/1": lambda s: _parse_unsigned(s, name),
        f"{name}.{unsigned}/2": lambda s, radix: _parse_unsigned(s, name, radix),
        f"{name}.toString/2": in_radix,
        f"{name}.toHexString/1": lambda v: format(v & mask, "x"),
        f"{name}.toBinaryString/1": lambda v: format(v & mask, "b"),
        f"{name}.toOctalString/1": lambda v: format(v & mask, "o"),
        f"{name}.toUnsignedString/1": lambda v: str(v & mask),
        f"{name}.toUnsignedString/2": lambda v, radix: in_radix(v & mask, radix),
        f"{name}.compare/2": lambda a, b: (a > b) - (a < b),
        f"{name}.compareUnsigned/2": lambda a, b: ((a & mask) > (b & mask)) - ((a & mask) < (b & mask)),
        f"{name}.divideUnsigned/2": lambda a, b: _divided(a, b, bits, rest=False),
        f"{name}.remainderUnsigned/2": lambda a, b: _divided(a, b, bits, rest=True),
        f"{name}.max/2": max,
        f"{name}.min/2": min,
        f"{name}.sum/2": lambda a, b: wrap(a + b),
        f"{name}.signum/1": lambda v: (v > 0) - (v < 0),
        f"{name}.bitCount/1": lambda v: (v & mask).bit_count(),
        f"{name}.reverse/1": lambda v: wrap(int(format(v & mask, f"0{bits}b")[::-1], 2)),
        f"{name}.reverseBytes/1": lambda v: int.from_bytes((v & mask).to_bytes(bits // 8, "little"), "big", signed=True),
        f"{name}.highestOneBit/1": lambda v: wrap(1 << ((v & mask).bit_length() - 1)) if v else 0,
        f"{name}.lowestOneBit/1": lambda v: wrap(v & -v),
        f"{name}.numberOfLeadingZeros/1": lambda v: bits - (v & mask).bit_length(),
        f"{name}.numberOfTrailingZeros/1": lambda v: (v & -v).bit_length() - 1 if v else bits,
        f"{name}.rotateLeft/2": lambda v, n: wrap((v & mask) << (n % bits) | (v & mask) >> (bits - n % bits)),
        f"{name}.rotateRight/2": lambda v, n: wrap((v & mask) >> (n % bits) | (v & mask) << (bits - n % bits)),
    }


def _big(operation: Callable[..., int]) -> Callable[..., BigInteger]:
    def apply(*values: Any) -> BigInteger:
        result = operation(*map(int, values))
        if abs(result).bit_length() > _MAX_BITS:
            raise t.ArithmeticError_("BigInteger would overflow supported range")
        return BigInteger(result)

    return apply


def _big_power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise t.ArithmeticError_("Negative exponent")
    if abs(base).bit_length() * exponent > _MAX_BITS:
        raise t.ArithmeticError_("BigInteger would overflow supported range")
    return int(base**exponent)


def _both(a: int, b: int) -> JavaArray:
    """The quotient and the remainder."""
    whole = _big_divide(a, b)
    return JavaArray("java.math.BigInteger", [BigInteger(whole), BigInteger(a - whole * b)])


def _big_divide(a: int, b: int) -> int:
    if b == 0:
        raise t.ArithmeticError_("BigInteger divide by zero")
    return o.integer_divide(a, b)


def _big_rest(a: int, b: int) -> int:
    if b == 0:
        raise t.ArithmeticError_("BigInteger divide by zero")
    return o.integer_remainder(a, b)


def _big_modulus(a: int, b: int) -> int:
    if b <= 0:
        raise t.ArithmeticError_("BigInteger: modulus not positive")
    return a % b


def _modular_power(base: int, exponent: int, modulus: int) -> int:
    if modulus <= 0:
        raise t.ArithmeticError_("BigInteger: modulus not positive")
    return pow(base, exponent, modulus) if exponent >= 0 else pow(_inverse(base, modulus), -exponent, modulus)


def _inverse(value: int, modulus: int) -> int:
    if modulus <= 0:
        raise t.ArithmeticError_("BigInteger: modulus not positive")
    try:
        return pow(value, -1, modulus)
    except ValueError:
        raise t.ArithmeticError_("BigInteger not invertible.") from None


def _bit(change: Callable[[int, int], int]) -> Callable[..., BigInteger]:
    def apply(value: int, at: int) -> int:
        if at < 0:
            raise t.ArithmeticError_("Negative bit address")
        return change(value, min(at, 2 * _MAX_BITS))

    return _big(apply)


def _test_bit(value: int, at: int) -> bool:
    if at < 0:
        raise t.ArithmeticError_("Negative bit address")
    return bool(value >> at & 1)


def _exact(kind: str, what: str) -> Callable[[int], int]:
    room = 1 << _BITS[kind] - 1

    def apply(value: int) -> int:
        if not -room <= value < room:
            raise t.ArithmeticError_(f"BigInteger out of {what} range")
        return int(value)

    return apply


def _bytes(value: int) -> Any:
    return byte_array(int(value).to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True))


def parse_big(text: str, radix: int = 10) -> int:
    """BigInteger of a text. Raises NumberFormat."""
    if not 2 <= radix <= 36:
        raise t.NumberFormat("Radix out of range")
    if not text:
        raise t.NumberFormat("Zero length BigInteger")
    digits = text[1:] if text[0] in "+-" else text
    if "-" in digits or "+" in digits:
        raise t.NumberFormat("Illegal embedded sign character")
    if not digits:
        raise t.NumberFormat("Zero length BigInteger")
    value = _value(digits, radix) if len(digits) <= 100_000 else None
    if value is None:
        raise _bad_group(digits.lstrip("0"), radix)
    return -value if text[0] == "-" else value


def _bad_group(digits: str, radix: int) -> t.Throwable:
    """Java reads groups of as many digits as an int holds, the first one shorter: the first bad group is named."""
    size = {2: 30, 3: 19, 4: 15, 5: 13, 6: 11, 7: 11, 8: 10, 9: 9, 10: 9}.get(radix, 31 // radix.bit_length() + 1)
    first = len(digits) % size or size
    groups = [digits[:first], *(digits[at : at + size] for at in range(first, len(digits), size))]
    for at, group in enumerate(groups):
        if _value(group, radix) is None:
            return bad_number(group, radix) if at == 0 else t.NumberFormat("Illegal digit")
    return t.NumberFormat("Illegal digit")


def _big_of_bytes(*args: Any) -> BigInteger:
    """new BigInteger(text), new BigInteger(text, radix)."""
    return BigInteger(parse_big(*args))


METHODS: dict[str, Any] = {
    "Integer.compareTo/1": compare,
    "Long.compareTo/1": compare,
    "Short.compareTo/1": lambda a, b: int(a) - int(b),
    "Byte.compareTo/1": lambda a, b: int(a) - int(b),
    "BigInteger.add/1": _big(lambda a, b: a + b),
    "BigInteger.subtract/1": _big(lambda a, b: a - b),
    "BigInteger.multiply/1": _big(lambda a, b: a * b),
    "BigInteger.divide/1": _big(_big_divide),
    "BigInteger.remainder/1": _big(_big_rest),
    "BigInteger.mod/1": _big(_big_modulus),
    "BigInteger.modPow/2": _big(_modular_power),
    "BigInteger.modInverse/1": _big(_inverse),
    "BigInteger.pow/1": _big(_big_power),
    "BigInteger.divideAndRemainder/1": _both,
    "BigInteger.gcd/1": _big(math.gcd),
    "BigInteger.abs/0": _big(abs),
    "BigInteger.negate/0": _big(lambda a: -a),
    "BigInteger.and/1": _big(lambda a, b: a & b),
    "BigInteger.andNot/1": _big(lambda a, b: a & ~b),
    "BigInteger.or/1": _big(lambda a, b: a | b),
    "BigInteger.xor/1": _big(lambda a, b: a ^ b),
    "BigInteger.not/0": _big(lambda a: ~a),
    "BigInteger.setBit/1": _bit(lambda a, at: a | 1 << at),
    "BigInteger.clearBit/1": _bit(lambda a, at: a & ~(1 << at)),
    "BigInteger.flipBit/1": _bit(lambda a, at: a ^ 1 << at),
    "BigInteger.testBit/1": _test_bit,
    "BigInteger.getLowestSetBit/0": lambda a: (a & -a).bit_length() - 1,
    "BigInteger.shiftLeft/1": _big(lambda a, n: a << min(n, 2 * _MAX_BITS) if n >= 0 else a >> -n),
    "BigInteger.shiftRight/1": _big(lambda a, n: a >> n if n >= 0 else a << min(-n, 2 * _MAX_BITS)),
    "BigInteger.max/1": _big(max),
    "BigInteger.min/1": _big(min),
    "BigInteger.signum/0": lambda a: (a > 0) - (a < 0),
    "BigInteger.bitLength/0": lambda a: (a if a >= 0 else ~a).bit_length(),
    "BigInteger.bitCount/0": lambda a: (a if a >= 0 else ~a).bit_count(),
    "BigInteger.compareTo/1": lambda a, b: (a > b) - (a < b),
    "BigInteger.toString/1": in_radix,
    "BigInteger.toByteArray/0": _bytes,
    "BigInteger.byteValueExact/0": _exact("Byte", "byte"),
    "BigInteger.shortValueExact/0": _exact("Short", "short"),
    "BigInteger.intValueExact/0": _exact("Integer", "int"),
    "BigInteger.longValueExact/0": _exact("Long", "long"),
}
STATICS: dict[str, Any] = {
    "Short.reverseBytes/1": lambda v: _wrapped((v & 0xFF) << 8 | v >> 8 & 0xFF, 16),
    "BigInteger.valueOf/1": BigInteger,
}
for _name in _BITS:
    STATICS |= _shared_statics(_name)
for _name in ("Integer", "Long"):
    STATICS |= _wide_statics(_name)
CONSTRUCTORS: dict[str, Any] = {"BigInteger/1": _big_of_bytes, "BigInteger/2": _big_of_bytes}
CONSTANTS: dict[str, Any] = {
    "BigInteger.ONE": BigInteger(1),
    "BigInteger.TEN": BigInteger(10),
    "BigInteger.ZERO": BigInteger(0),
} | {
    f"{name}.{field}": value
    for name, bits in _BITS.items()
    for field, value in (
        ("MIN_VALUE", -(1 << bits - 1)),
        ("MAX_VALUE", (1 << bits - 1) - 1),
        ("BYTES", bits // 8),
        ("SIZE", bits),
    )
}
