"""Java's enums: what their constants have, and the static methods of their classes."""

from __future__ import annotations

from typing import Any, TypeVar

from esmock.script.painless.allowlist import short_name
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import JavaArray


class JavaEnum:
    """A constant of an enum; ``java_class`` is set by the subclass."""

    java_class = "java.lang.Enum"
    __slots__ = ("label", "name", "ordinal")

    def __init__(self, name: str, ordinal: int, label: str | None = None) -> None:
        self.name, self.ordinal, self.label = name, ordinal, label or name

    def j_toString(self) -> str:
        return self.label

    def j_name(self) -> str:
        return self.name

    def j_ordinal(self) -> int:
        return self.ordinal

    def j_compareTo(self, other: JavaEnum) -> int:
        return self.ordinal - other.ordinal

    def j_equals(self, other: Any) -> bool:
        return self is other


E = TypeVar("E", bound=JavaEnum)


def constants_of(kind: type[E], names: str) -> dict[str, E]:
    """The constants of an enum by name; ``names`` are divided by blanks, each with ``:label`` when its text differs."""
    out = {}
    for at, part in enumerate(names.split()):
        name, _, label = part.partition(":")
        out[name] = kind(name, at, label or None)
    return out


def value_of(names: dict[str, Any], java_class: str) -> Any:
    """``valueOf`` of an enum."""

    def find(name: str) -> Any:
        if name is None:
            raise t.NullPointer("Name is null")
        if name not in names:
            raise t.IllegalArgument(f"No enum constant {java_class}.{name}")
        return names[name]

    return find


def enum_constants(table: dict[str, Any]) -> dict[str, Any]:
    """The rows of a ``CONSTANTS`` table for an enum."""
    short = short_name(next(iter(table.values())).java_class)
    return {f"{short}.{name}": one for name, one in table.items()}


def enum_statics(table: dict[str, Any]) -> dict[str, Any]:
    """The rows of a ``STATICS`` table for an enum: ``valueOf`` and ``values``."""
    java_class = next(iter(table.values())).java_class
    short = short_name(java_class)
    return {
        f"{short}.valueOf/1": value_of(table, java_class),
        f"{short}.values/0": lambda: JavaArray(java_class, list(table.values())),
    }
