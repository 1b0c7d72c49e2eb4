"""Arrays, and the shortcuts that index lists and maps."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import Char, JavaArray, class_of

_DEFAULTS: dict[str, Any] = {
    "boolean": False,
    "byte": 0,
    "short": 0,
    "int": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "char": Char(0),
}
MAX_ARRAY = 50_000_000


@functools.cache
def null_pointer(message: str) -> Callable[[], NoReturn]:
    """A function that raises NullPointer with the message."""

    def fail() -> NoReturn:
        raise t.NullPointer(message)

    return fail


def new_filled(component: str, values: list[Any]) -> JavaArray:
    """An array from an initialiser."""
    return JavaArray(component, values)


def new_array(component: str, *sizes: int) -> JavaArray:
    """``new type[a][b]``: component is the innermost type."""
    for size in sizes:
        if size < 0:
            raise t.NegativeArraySize(str(size))
        if size > MAX_ARRAY:
            raise t.OutOfMemory("Java heap space")
    first, *rest = sizes
    inner = component + "[]" * len(rest)
    if not rest:
        return JavaArray(inner, [_DEFAULTS.get(inner)] * first)
    return JavaArray(inner, [new_array(component, *rest) for _ in range(first)])


def refused(values: Any, method: str = "") -> Exception:
    """The error of a collection that must not be changed; its class may have a text for it, ``refusal``, and Java frames."""
    error = t.UnsupportedOperation(getattr(type(values), "refusal", None))
    error.frames = getattr(type(values), "refusal_frames", ())
    line = getattr(type(values), "refusal_lines", {}).get(method)
    if line is not None:
        error.frames = (f"java.base/java.util.Collections$UnmodifiableMap.{method}(Collections.java:{line})",)
    return error


def out_of_bounds(index: int, length: int) -> str:
    return f"Index {index} out of bounds for length {length}"


def array_get(array: Any, index: int) -> Any:
    length = len(array)
    at = index + length if index < 0 else index
    if 0 <= at < length:
        return array[at]
    raise t.ArrayIndexOutOfBounds(out_of_bounds(at, length))


def array_set(array: Any, index: int, value: Any) -> Any:
    length = len(array)
    at = index + length if index < 0 else index
    if not 0 <= at < length:
        raise t.ArrayIndexOutOfBounds(out_of_bounds(at, length))
    array[at] = value
    return value


def list_get(values: Any, index: int) -> Any:
    """``list[i]`` of a list, flipping negative indexes."""
    length = len(values)
    at = index + length if index < 0 else index
    if 0 <= at < length:
        return values[at]
    own = getattr(type(values), "at", None)
    if own is not None:
        return own(values, at)
    raise t.IndexOutOfBounds(out_of_bounds(at, length))


def list_set(values: Any, index: int, value: Any) -> Any:
    length = len(values)
    at = index + length if index < 0 else index
    if not 0 <= at < length:
        raise t.IndexOutOfBounds(out_of_bounds(at, length))
    if not isinstance(values, list) or type(values).__dict__.get("frozen"):
        raise refused(values)
    values[at] = value
    return value


def map_get(values: Any, key: Any) -> Any:
    return values.get(key)


def map_put(values: Any, key: Any, value: Any) -> Any:
    if type(values).__dict__.get("frozen"):
        raise refused(values, "put")
    values[key] = value
    return value


def kind_text(values: Any) -> str:
    """The kind of an array as arraycopy's messages name it."""
    component = getattr(values, "component", "def")
    return component if component in ("int", "long", "double", "byte", "char") else "object array"


def array_copy(source: Any, start: int, target: Any, at: int, count: int) -> None:
    """System.arraycopy. Raises ArrayIndexOutOfBounds, ArrayStore with Java's messages."""
    for name, values in (("source", source), ("destination", target)):
        if values is not None and not hasattr(values, "component"):
            raise t.CLASSES["java.lang.ArrayStoreException"](f"arraycopy: {name} type {class_of(values)} is not an array")
    if count < 0:
        raise t.ArrayIndexOutOfBounds(f"arraycopy: length {count} is negative")
    for name, values, index in (("source", source, start), ("destination", target, at)):
        shown = f"{kind_text(values)}[{len(values)}]"
        if index < 0:
            raise t.ArrayIndexOutOfBounds(f"arraycopy: {name} index {index} out of bounds for {shown}")
        if index + count > len(values):
            raise t.ArrayIndexOutOfBounds(f"arraycopy: last {name} index {index + count} out of bounds for {shown}")
    target[at : at + count] = source[start : start + count]
