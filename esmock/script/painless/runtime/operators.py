"""Java's arithmetic: exact for static types, and by the classes of the operands for ``def``."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import (
    Byte,
    Char,
    Float,
    Long,
    Short,
    class_of,
    equal,
    miscast,
    to_text,
    unboxed_name,
)

MAX_TEXT = 10_000_000
"""Characters that concatenation may build; a real server runs out of heap at a similar place."""


def int32(value: int) -> int:
    """The low 32 bits, signed."""
    return ((value + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def int64(value: int) -> int:
    """The low 64 bits, signed."""
    return ((value + 0x8000000000000000) & 0xFFFFFFFFFFFFFFFF) - 0x8000000000000000


def float32(value: float) -> float:
    """Round to a Java float."""
    try:
        return struct.unpack("f", struct.pack("f", value))[0]  # type: ignore[no-any-return]
    except OverflowError:
        return math.copysign(math.inf, value)


def integer_divide(left: int, right: int) -> int:
    """Truncating division, before wrapping."""
    if right == 0:
        raise t.ArithmeticError_("/ by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def integer_remainder(left: int, right: int) -> int:
    """The remainder with the sign of the dividend."""
    if right == 0:
        raise t.ArithmeticError_("/ by zero")
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def int_divide(left: int, right: int) -> int:
    return int32(integer_divide(left, right))


def long_divide(left: int, right: int) -> int:
    return int64(integer_divide(left, right))


def double_divide(left: float, right: float) -> float:
    """IEEE division."""
    if right:
        return left / right
    if left != left or left == 0 or right != right:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def double_remainder(left: float, right: float) -> float:
    """Java's ``%`` on doubles."""
    if right == 0 or left in (math.inf, -math.inf) or left != left or right != right:
        return math.nan
    return math.fmod(left, right)


def float_divide(left: float, right: float) -> float:
    return float32(double_divide(left, right))


def float_remainder(left: float, right: float) -> float:
    return float32(double_remainder(left, right))


def concat(left: Any, right: Any) -> str:
    """String concatenation. Raises OutOfMemory beyond ``MAX_TEXT`` characters."""
    text = (left if type(left) is str else to_text(left)) + (right if type(right) is str else to_text(right))
    if len(text) > MAX_TEXT:
        raise t.OutOfMemory("Java heap space")
    return text


def to_int(value: float) -> int:
    """(int) of a double or float."""
    if value != value:
        return 0
    if value >= 2147483647:
        return 2147483647
    if value <= -2147483648:
        return -2147483648
    return int(value)


def to_long(value: float) -> int:
    """(long) of a double or float."""
    if value != value:
        return 0
    if value >= 9223372036854775807:
        return 9223372036854775807
    if value <= -9223372036854775808:
        return -9223372036854775808
    return int(value)


def narrow(bits: int) -> Callable[[int], int]:
    """A cast of an integer to a signed type of that many bits."""
    half, mask = 1 << (bits - 1), (1 << bits) - 1
    return lambda value: ((value + half) & mask) - half


to_byte = narrow(8)
to_short = narrow(16)


def to_char(value: int) -> Char:
    return Char(value & 0xFFFF)


_RANKS: dict[type, int] = {bool: -1, Byte: 1, Short: 1, Char: 1, int: 1, Long: 2, Float: 3, float: 4}


def rank(value: Any) -> int:
    """1 int, 2 long, 3 float, 4 double; 0 for what is no number, -1 for a boolean."""
    kind = type(value)
    found = _RANKS.get(kind, 0)
    if kind is int and not -0x80000000 <= value <= 0x7FFFFFFF:
        return 2
    return found


def _null(side: str) -> Exception:
    return t.NullPointer(f'Cannot invoke "Object.getClass()" because "{side}" is null')


_ORDERS = ("<", "<=", ">", ">=")


def _no_binary(symbol: str, left: Any, right: Any) -> Exception:
    if left is None:
        return _null("left")
    if right is None:
        return _null("right")
    if type(left) is bool or type(right) is bool:
        other = right if type(left) is bool else left
        if rank(other) > 0:
            shown = "java.lang.Integer" if rank(other) == 1 else class_of(other)
            return t.ClassCast(f"Cannot cast java.lang.Boolean to {shown}")
        if type(other) is bool and symbol in _ORDERS:
            return t.ClassCast(f"Cannot apply [{symbol}] operation to type [boolean]")
    return t.ClassCast(f"Cannot apply [{symbol}] operation to types [{class_of(left)}] and [{class_of(right)}].")


def _arithmetic(symbol: str, whole: Callable[[int, int], int], real: Callable[[float, float], float]) -> Any:
    def apply(left: Any, right: Any) -> Any:
        first, second = type(left), type(right)
        if first is float and second is float:
            return real(left, right)
        level = max(a, b) if (a := rank(left)) > 0 and (b := rank(right)) > 0 else 0
        if level == 1:
            return int32(whole(int(left), int(right)))
        if level == 2:
            return Long(int64(whole(int(left), int(right))))
        if level == 4:
            return real(float(left), float(right))
        if level == 3:
            return Float(float32(real(float32(left), float32(right))))
        raise _no_binary(symbol, left, right)

    return apply


_plus = _arithmetic("+", lambda a, b: a + b, lambda a, b: a + b)
subtract = _arithmetic("-", lambda a, b: a - b, lambda a, b: a - b)
multiply = _arithmetic("*", lambda a, b: a * b, lambda a, b: a * b)
divide = _arithmetic("/", integer_divide, double_divide)
remainder = _arithmetic("%", integer_remainder, double_remainder)


def add(left: Any, right: Any) -> Any:
    """``+`` of two values of type def: numbers, or text when either is a String."""
    if type(left) is str or type(right) is str:
        return concat(left, right)
    return _plus(left, right)


def _no_integral(left: Any) -> Exception:
    if left is None or rank(left) in (1, 2):
        return t.NullPointer('Cannot invoke "Object.getClass()" because "o" is null')
    return t.ClassCast(f"Cannot convert [{class_of(left)}] to an integral value.")


def _bitwise(symbol: str, apply_ints: Callable[[int, int], int]) -> Any:
    def apply(left: Any, right: Any) -> Any:
        if type(left) is bool and type(right) is bool:
            return bool(apply_ints(left, right))
        a, b = rank(left), rank(right)
        if left is None or right is None:
            raise _no_integral(left)
        if (a > 2 or b > 2) and a > 0 and b > 0:
            # ES: names float for doubles too
            raise t.ClassCast(f"Cannot apply [{symbol}] operation to type [float]")
        level = max(a, b) if a > 0 and b > 0 else 0
        if level == 1:
            return apply_ints(int(left), int(right))
        if level == 2:
            return Long(apply_ints(int(left), int(right)))
        for side, level in ((left, a), (right, b)):
            if level == 0:
                raise _no_integral(side)
        raise _no_binary(symbol, left, right)

    return apply


bit_and = _bitwise("&", lambda a, b: a & b)
bit_or = _bitwise("|", lambda a, b: a | b)
bit_xor = _bitwise("^", lambda a, b: a ^ b)


def int_shift_left(left: int, right: int) -> int:
    return int32(left << (right & 31))


def long_shift_left(left: int, right: int) -> int:
    return int64(left << (right & 63))


def int_shift_right(left: int, right: int) -> int:
    return left >> (right & 31)


def long_shift_right(left: int, right: int) -> int:
    return left >> (right & 63)


def int_unsigned_shift(left: int, right: int) -> int:
    return int32((left & 0xFFFFFFFF) >> (right & 31))


def long_unsigned_shift(left: int, right: int) -> int:
    return int64((left & 0xFFFFFFFFFFFFFFFF) >> (right & 63))


def _shift(symbol: str, ints: Callable[[int, int], int], longs: Callable[[int, int], int]) -> Any:
    def apply(left: Any, right: Any) -> Any:
        a, b = rank(left), rank(right)
        if a == 1 and b in (1, 2):
            return ints(int(left), int(right))
        if a == 2 and b in (1, 2):
            return Long(longs(int(left), int(right)))
        if left is None:
            raise t.NullPointer('Cannot invoke "Object.getClass()" because "args[0]" is null')
        if a == 0 and b > 0:
            raise _no_integral(left)
        if b == 0 and right is not None:
            raise miscast(class_of(right), "java.lang.Number")
        raise t.ClassCast(f"Cannot apply [{symbol}] operation to type [{unboxed_name(left)}]")

    return apply


shift_left = _shift("<<", int_shift_left, long_shift_left)
shift_right = _shift(">>", int_shift_right, long_shift_right)
unsigned_shift = _shift(">>>", int_unsigned_shift, long_unsigned_shift)


def _compare(symbol: str, apply_numbers: Callable[[Any, Any], bool]) -> Any:
    def apply(left: Any, right: Any) -> bool:
        if rank(left) > 0 and rank(right) > 0:
            return apply_numbers(left, right)
        raise _no_binary(symbol, left, right)

    return apply


less = _compare("<", lambda a, b: a < b)
less_equal = _compare("<=", lambda a, b: a <= b)
greater = _compare(">", lambda a, b: a > b)
greater_equal = _compare(">", lambda a, b: a >= b)


def def_equal(left: Any, right: Any) -> bool:
    """``==`` where an operand is of type def: numbers compare by value whatever their class."""
    if rank(left) > 0 and rank(right) > 0:
        return bool(left == right)
    return equal(left, right)




def same(left: Any, right: Any) -> bool:
    """``===``: identity, which for small boxes and literals is equality."""
    if isinstance(left, int | float | str) and isinstance(right, int | float | str):
        if type(left) is not type(right) or left != left:
            return False
        if isinstance(left, float) or (isinstance(left, int) and not -128 <= left <= 127):
            return left is right or (isinstance(left, int) and False)
        return bool(left == right)
    return left is right


def negate(value: Any) -> Any:
    """Unary minus of a def."""
    level = rank(value)
    if level == 1:
        return int32(-int(value))
    if level == 2:
        return Long(int64(-int(value)))
    if level == 3:
        return Float(-value)
    if level == 4:
        return -value
    raise _no_unary("-", value)


def plus(value: Any) -> Any:
    """Unary plus of a def."""
    level = rank(value)
    if level == 1:
        return int(value)
    if level > 1:
        return value
    raise _no_unary("+", value)


def bit_not(value: Any) -> Any:
    """``~`` of a def."""
    level = rank(value)
    if level == 1:
        return ~int(value)
    if level == 2:
        return Long(~int(value))
    if isinstance(value, bool | float):
        raise t.ClassCast(f"Cannot apply not [~] to type [{unboxed_name(value)}]")
    raise _no_unary("~", value)


def _no_unary(symbol: str, value: Any) -> Exception:
    if value is None:
        return t.NullPointer('Cannot invoke "Object.getClass()" because "args[0]" is null')
    if isinstance(value, bool):
        # ES: a primitive that stands there first links the operator, which then has no form for it
        return t.ClassCast(f"Cannot apply [{symbol}] operation to type [boolean]")
    return t.ClassCast(f"Cannot apply [{symbol}] operation to type [{class_of(value)}].")


def as_class_of(value: Any, model: Any) -> Any:
    """The value cast to the class of the model: what ``x += y`` does when x is a def holding a number."""
    kind = type(model)
    if type(value) is kind or rank(model) <= 0 or rank(value) <= 0:
        return value
    number = value if isinstance(value, int) else to_long(value)
    if kind is float:
        return float(value)
    if kind is Float:
        return Float(float32(value))
    if rank(model) == 2:
        return Long(int64(number))
    if kind is int:
        return int32(int(value)) if isinstance(value, int) else to_int(value)
    whole = int32(int(value)) if isinstance(value, int) else to_int(value)
    return {Byte: lambda v: Byte(to_byte(v)), Short: lambda v: Short(to_short(v)), Char: to_char}[kind](whole)
