"""What the values of java.time share: equality, hashing, Java's exact arithmetic."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import Long, hash_code, wrap_int

SECOND = 1_000_000_000
NANOS_PER_DAY = 86_400 * SECOND
LONG_MIN, LONG_MAX = -(1 << 63), (1 << 63) - 1


class Value:
    """Equal by ``_key`` among objects of one class."""

    java_class = "java.lang.Object"
    __slots__ = ()

    def _key(self) -> Any:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and bool(self._key() == other._key())  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._key())

    def j_equals(self, other: Any) -> bool:
        return bool(self == other)


def truncated(value: int, by: int) -> int:
    """Division toward zero."""
    return value // by if value >= 0 else -(-value // by)


def remainder(value: int, by: int) -> int:
    """Java's ``%``."""
    return value - truncated(value, by) * by


def exact_long(value: int) -> int:
    """Raises ArithmeticError_ beyond a long."""
    if not LONG_MIN <= value <= LONG_MAX:
        raise t.ArithmeticError_("long overflow")
    return value


def exact_int(value: int) -> int:
    """Raises ArithmeticError_ beyond an int."""
    if not -(1 << 31) <= value < 1 << 31:
        raise t.ArithmeticError_("integer overflow")
    return value


def wrap_long(value: int) -> int:
    """Keep the low 64 bits."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def long_hash(value: int) -> int:
    return hash_code(Long(value))


def seconds_hash(nanos: int) -> int:
    """The hash of a Duration or an Instant."""
    return wrap_int(long_hash(nanos // SECOND) + 51 * (nanos % SECOND))


def required(value: Any, name: str | None) -> Any:
    """Objects.requireNonNull."""
    if value is None:
        raise t.NullPointer(name)
    return value


def compared(a: Any, b: Any) -> int:
    return int(a > b) - int(a < b)
