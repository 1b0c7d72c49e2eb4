"""``field('a.b')`` of scripts that see a document as its source and may not change it: conditions of processors, from 9.2 on.

Source: the behaviour of the class SourceMapField of the package org.elasticsearch.script.field in 9.x; no engine at hand has it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from esmock.script.painless.allowlist import ClassInfo, Method

_STRING, _DEF = "java.lang.String", "def"
MISSING: Any = object()

Root = Callable[[], dict[str, Any]]


class SourceMapField:
    """A path into a document, which need not be there.

    Args:
        path: names joined by dots. They are followed from object to object; where one is no object, the rest is one name.
        root: gives the object in which the path begins.
    """

    java_class = "org.elasticsearch.script.field.SourceMapField"
    java_parents = ("java.lang.Iterable",)

    def __init__(self, path: str, root: Root) -> None:
        self._path, self._root = path, root
        self._holder: dict[str, Any] = {}
        self._leaf: str | None = None
        self._resolve()

    def _resolve(self) -> None:
        self._holder, rest = self._root(), self._path
        while "." in rest:
            name, _, behind = rest.partition(".")
            inner = self._holder.get(name)
            if not isinstance(inner, dict):
                self._leaf = rest if rest in self._holder else None
                return
            self._holder, rest = inner, behind
        self._leaf = rest

    def _value(self) -> Any:
        return MISSING if self._leaf is None else self._holder.get(self._leaf, MISSING)

    def java_elements(self) -> list[Any]:
        value = self._value()
        if value is MISSING:
            return []
        return value if isinstance(value, list) else [value]

    def j_iterator(self) -> Iterator[Any]:
        from esmock.script.painless.runtime.containers import JavaIterator

        return JavaIterator(self.java_elements())  # type: ignore[return-value]

    def j_getName(self) -> str:
        return self._path

    def j_exists(self) -> bool:
        return self._leaf is not None and self._leaf in self._holder

    def j_isEmpty(self) -> bool:
        return not self.j_size()

    def j_size(self) -> int:
        return len(self.java_elements())

    def j_get(self, *arguments: Any) -> Any:
        """``get(default)`` or ``get(index, default)``."""
        value = self._value()
        if len(arguments) == 1:
            return arguments[0] if value is MISSING else value
        index, default = arguments
        found = self.java_elements()
        return found[index] if index < len(found) else default

    def j_hasValue(self, predicate: Any) -> bool:
        return any(predicate(one) for one in self.java_elements())


READERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("getName", _STRING, ()),
    ("exists", "boolean", ()),
    ("isEmpty", "boolean", ()),
    ("size", "int", ()),
    ("iterator", "java.util.Iterator", ()),
    ("get", _DEF, (_DEF,)),
    ("get", _DEF, ("int", _DEF)),
    ("hasValue", "boolean", ("java.util.function.Predicate",)),
)
"""Methods that read: name, what is returned, parameters."""


def class_info(name: str, parent: str, members: tuple[tuple[str, str, tuple[str, ...]], ...]) -> ClassInfo:
    """A class of the allow list that scripts cannot name."""
    info = ClassInfo(name, "c", False, (parent,), None)
    for method, returns, parameters in members:
        info.methods[method, len(parameters)] = Method(name, method, returns, parameters, name)
    return info


def functions() -> dict[tuple[str, int], tuple[Method, Callable[..., Any], str]]:
    """What conditions call by its bare name: signature, function, the variable it is given first."""
    return {("field", 1): (Method("", "field", SourceMapField.java_class, (_STRING,), ""), _field, "ctx")}


def _field(ctx: dict[str, Any], path: str) -> SourceMapField:
    return SourceMapField(path, lambda: ctx)


@functools.cache
def classes() -> dict[str, ClassInfo]:
    """What reading adds to the allow list."""
    return {SourceMapField.java_class: class_info(SourceMapField.java_class, "java.lang.Iterable", READERS)}
