"""Casts at run time: from ``def``, from boxes, and checked casts between classes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import Byte, Char, Float, Long, Short, class_of, unboxed_name

Subtype = Callable[[str, str], bool]

NOT_ONE_CHARACTER = "cannot cast java.lang.String with length not equal to one to char"
_LEVEL = {"byte": 1, "short": 2, "char": 2, "int": 3, "long": 4, "float": 5, "double": 6}
_BOX_NAMES = {
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Character": "char",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
    "java.lang.Boolean": "boolean",
}
_WIDENS = {
    "byte": {"byte"},
    "short": {"byte", "short"},
    "char": {"char"},
    "int": {"byte", "short", "char", "int"},
    "long": {"byte", "short", "char", "int", "long"},
    "float": {"byte", "short", "char", "int", "long", "float"},
    "double": {"byte", "short", "char", "int", "long", "float", "double"},
}


def number_as(value: Any, kind: str) -> Any:
    """A number or char converted as a Java cast to that primitive does, unboxed."""
    if kind == "double":
        return float(value)
    if kind == "float":
        return o.float32(float(value))
    if kind == "long":
        return o.int64(int(value)) if isinstance(value, int) else o.to_long(value)
    whole = o.int32(int(value)) if isinstance(value, int) else o.to_int(value)
    narrow: dict[str, Any] = {"int": int, "short": o.to_short, "byte": o.to_byte, "char": o.to_char}
    return narrow[kind](whole)


def boxed(value: Any, kind: str) -> Any:
    """An unboxed primitive as its box."""
    return {"long": Long, "float": Float, "byte": Byte, "short": Short, "char": Char}.get(kind, lambda v: v)(value)


def _null() -> Exception:
    return t.NullPointer('Cannot invoke "Object.getClass()" because "value" is null')


def _to_boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    if value is None:
        raise _null()
    raise t.ClassCast(f"cannot cast def [{unboxed_name(value)}] to boolean")


def _to_number(kind: str, *, explicit: bool, box: bool) -> Callable[[Any], Any]:
    name = {v: k for k, v in _BOX_NAMES.items()}[kind] if box else kind
    manner = "explicitly" if explicit else "implicitly"

    def apply(value: Any) -> Any:
        if value is None:
            if box:
                return None
            raise _null()
        actual = _BOX_NAMES.get(class_of(value))
        if explicit and kind == "char" and isinstance(value, str):
            return string_to_char(value)
        if actual is None or actual == "boolean" or not (explicit or actual in _WIDENS[kind]):
            raise t.ClassCast(f"cannot {manner} cast def [{unboxed_name(value)}] to {name}")
        number = number_as(value, kind)
        return boxed(number, kind) if box else number

    return apply


def _to_string(*, explicit: bool) -> Callable[[Any], Any]:
    manner = "explicitly" if explicit else "implicitly"

    def apply(value: Any) -> Any:
        if value is None or type(value) is str:
            return value
        if explicit and type(value) is Char:
            return chr(value)
        raise t.ClassCast(f"cannot {manner} cast def [{unboxed_name(value)}] to java.lang.String")

    return apply


def _to_boolean_box(value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    raise t.ClassCast(f"cannot implicitly cast def [{unboxed_name(value)}] to java.lang.Boolean")


@functools.cache
def from_def(expected: str, explicit: bool) -> Callable[[Any], Any] | None:
    """The cast from ``def`` to a primitive, a box or String; None for other types."""
    if expected == "boolean":
        return _to_boolean
    if expected == "java.lang.Boolean":
        return _to_boolean_box
    if expected in _LEVEL:
        return _to_number(expected, explicit=explicit, box=False)
    if expected in _BOX_NAMES:
        return _to_number(_BOX_NAMES[expected], explicit=explicit, box=True)
    if expected == "java.lang.String":
        return _to_string(explicit=explicit)
    return None


def string_to_char(value: str) -> Char:
    """(char) of a String. Raises ClassCast unless it has one character."""
    if value is None:
        raise t.NullPointer('Cannot invoke "String.length()" because "value" is null')
    if len(value) != 1:
        raise t.ClassCast(NOT_ONE_CHARACTER)
    return Char(ord(value))


@functools.cache
def unboxer(box: str, primitive: str, because: str) -> Callable[[Any], Any]:
    """From a static box type to a primitive; ``because`` names the null value in the message."""
    reader = {"java.lang.Boolean": "java.lang.Boolean.booleanValue", "java.lang.Character": "java.lang.Character.charValue"}
    method = reader.get(box, f"java.lang.Number.{_BOX_NAMES[box]}Value")
    tail = f" because {because} is null" if because else ""

    def apply(value: Any) -> Any:
        if value is None:
            raise t.NullPointer(f'Cannot invoke "{method}()"{tail}')
        return value if primitive == "boolean" else number_as(value, primitive)

    return apply


def instance_of(value: Any, name: str, is_subtype: Subtype) -> bool:
    """``instanceof`` for a value that may be anything."""
    if name == "def":
        return True
    if value is None:
        return False
    if name == "java.lang.Object":
        return True
    actual = class_of(value)
    if actual == name:
        return True
    if callable(value) and actual == "java.lang.Object":
        return True
    return is_subtype(actual, name) or any(is_subtype(parent, name) for parent in _parents(type(value)))


def _parents(kind: type) -> tuple[str, ...]:
    """What a class that scripts cannot name extends."""
    return next((base.__dict__["java_parents"] for base in kind.__mro__ if "java_parents" in base.__dict__), ())


def _module(name: str) -> str:
    if name.startswith("java."):
        return "module java.base of loader 'bootstrap'"
    return "unnamed module of loader 'app'"


@functools.cache
def checked(name: str, is_subtype: Subtype) -> Callable[[Any], Any]:
    """The cast to a class: the value itself or ClassCast."""

    def apply(value: Any) -> Any:
        if value is None or instance_of(value, name, is_subtype):
            return value
        actual = class_of(value)
        first, second = _module(actual), _module(name)
        where = f"{actual} and {name} are in {first}" if first == second else (
            f"{actual} is in {first}; {name} is in {second}"
        )
        raise t.ClassCast(f"class {actual} cannot be cast to class {name} ({where})")

    return apply
