"""What every object has, exceptions, Objects, Optional, UUID, System, Debug."""

from __future__ import annotations

import time
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.ordering import compare
from esmock.script.painless.runtime.values import class_of, equal, hash_code, miscast, to_text


class Optional:
    """java.util.Optional and its primitive relatives."""

    java_class = "java.util.Optional"

    def __init__(self, value: Any, kind: str = "Optional") -> None:
        self.value = value
        self.kind = kind

    def j_isPresent(self) -> bool:
        return self.value is not None

    def j_get(self) -> Any:
        if self.value is None:
            raise t.NoSuchElement("No value present")
        return self.value

    j_getAsDouble = j_getAsInt = j_getAsLong = j_get

    def j_orElse(self, other: Any) -> Any:
        return other if self.value is None else self.value

    def j_orElseGet(self, supplier: Any) -> Any:
        return supplier() if self.value is None else self.value

    def j_orElseThrow(self, supplier: Any) -> Any:
        if self.value is None:
            raise _throwable(supplier())
        return self.value

    def j_ifPresent(self, consumer: Any) -> None:
        if self.value is not None:
            consumer(self.value)

    def j_map(self, function: Any) -> Optional:
        return Optional(None if self.value is None else function(self.value))

    def j_flatMap(self, function: Any) -> Any:
        if self.value is None:
            return self
        found = function(self.value)
        if not isinstance(found, Optional):
            raise _miscast(found, "java.util.Optional")
        return found

    def j_filter(self, predicate: Any) -> Optional:
        return self if self.value is None or predicate(self.value) else Optional(None)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Optional) and equal(self.value, other.value)

    def j_hashCode(self) -> int:
        return hash_code(self.value)

    def j_toString(self) -> str:
        return f"{self.kind}.empty" if self.value is None else f"{self.kind}[{to_text(self.value)}]"


class OptionalInt(Optional):
    java_class = "java.util.OptionalInt"


class OptionalLong(Optional):
    java_class = "java.util.OptionalLong"


class OptionalDouble(Optional):
    java_class = "java.util.OptionalDouble"


def _throwable(value: Any) -> t.Throwable:
    if not isinstance(value, t.Throwable):
        raise _miscast(value, "java.lang.Throwable")
    return value


def _miscast(value: Any, wanted: str) -> t.Throwable:
    """The ClassCast of a library class that stands for another one."""
    if value is None:
        return t.NullPointer(None)
    return miscast(class_of(value), wanted)


def optional_of(kind: str, value: Any) -> Optional:
    """An Optional, OptionalInt, OptionalLong or OptionalDouble."""
    classes = {"OptionalInt": OptionalInt, "OptionalLong": OptionalLong, "OptionalDouble": OptionalDouble}
    return classes.get(kind, Optional)(value, kind)



def explain(value: Any) -> None:
    """Debug.explain."""
    raised = t.PainlessExplain(None)
    raised.explained = value  # type: ignore[attr-defined]
    raise raised


def _required(value: Any, message: str | None = None) -> Any:
    if value is None:
        raise t.NullPointer(message)
    return value


def _of(value: Any) -> Optional:
    return Optional(_required(value))


def _hash(values: Any) -> int:
    return hash_code(list(values))


def _message(error: t.Throwable) -> Any:
    return error.message


METHODS: dict[str, Any] = {
    "Object.equals/1": equal,
    "Object.hashCode/0": hash_code,
    "Object.toString/0": to_text,
    "Comparable.compareTo/1": compare,
    "Throwable.getMessage/0": _message,
    "Exception.getMessage/0": _message,
    "Exception.getLocalizedMessage/0": _message,
    "Throwable.getLocalizedMessage/0": _message,
    "Boolean.booleanValue/0": bool,
    "Boolean.compareTo/1": compare,
}
STATICS: dict[str, Any] = {
    "Objects.equals/2": equal,
    "Objects.hashCode/1": hash_code,
    "Objects.hash/1": _hash,
    "Objects.isNull/1": lambda value: value is None,
    "Objects.nonNull/1": lambda value: value is not None,
    "Objects.toString/1": to_text,
    "Objects.toString/2": lambda value, other: other if value is None else to_text(value),
    "Objects.requireNonNull/1": _required,
    "Objects.requireNonNull/2": _required,
    "Objects.compare/3": lambda a, b, comparator: 0 if a is b else comparator(a, b),
    "Optional.of/1": _of,
    "Optional.ofNullable/1": Optional,
    "Optional.empty/0": lambda: Optional(None),
    "OptionalInt.of/1": lambda v: optional_of("OptionalInt", v),
    "OptionalInt.empty/0": lambda: optional_of("OptionalInt", None),
    "OptionalLong.of/1": lambda v: optional_of("OptionalLong", v),
    "OptionalLong.empty/0": lambda: optional_of("OptionalLong", None),
    "OptionalDouble.of/1": lambda v: optional_of("OptionalDouble", v),
    "OptionalDouble.empty/0": lambda: optional_of("OptionalDouble", None),
    "System.currentTimeMillis/0": lambda: int(time.time() * 1000),
    "System.nanoTime/0": time.monotonic_ns,
    "Boolean.parseBoolean/1": lambda text: text is not None and text.lower() == "true",
    "Boolean.valueOf/1": bool,
    "Boolean.toString/1": to_text,
    "Boolean.compare/2": lambda a, b: int(a) - int(b),
    "Boolean.logicalAnd/2": lambda a, b: a and b,
    "Boolean.logicalOr/2": lambda a, b: a or b,
    "Boolean.logicalXor/2": lambda a, b: a != b,
    "Boolean.hashCode/1": hash_code,
    "Debug.explain/1": explain,
}
CONSTANTS: dict[str, Any] = {"Boolean.TRUE": True, "Boolean.FALSE": False}

