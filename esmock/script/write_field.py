"""``field('a.b')`` and ``metadata()`` of scripts that change a document, from 8.x on: ingest, update, by query, reindex.

Source: the behaviour of the classes WriteField, NestedDocument and Metadata of the package org.elasticsearch.script in 8.x; no engine
at hand has it.
Differs: ``metadata()`` writes what it is given; what may not be changed is refused when the script has ended, as for ``ctx``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.script.painless.allowlist import ClassInfo, Method
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.values import HashMap, binary_name, class_of, to_text
from esmock.script.source_field import MISSING, READERS, SourceMapField, class_info

_PACKAGE = "org.elasticsearch.script."
_STRING, _LONG, _DEF = "java.lang.String", "long", "def"


class WriteField(SourceMapField):
    """A path that can be written, too."""

    java_class = _PACKAGE + "field.WriteField"

    def _create(self) -> str:
        """The leaf's name, after the objects on the way have been made. Raises IllegalArgument: one is no object."""
        if self._leaf is None:
            self._resolve()
        if self._leaf is None:
            self._holder = self._root()
            *above, self._leaf = self._path.split(".")
            for at, name in enumerate(above):
                inner = self._holder.get(name, MISSING)
                if inner is MISSING:
                    inner = self._holder[name] = HashMap()
                elif not isinstance(inner, dict):
                    raise t.IllegalArgument(f"Segment [{at}:'{name}'] has value [{to_text(inner)}] of type [{_type(inner)}]")
                self._holder = inner
        return self._leaf

    # -- the path

    def j_move(self, target: Any) -> WriteField:
        """Raises IllegalArgument: something is there."""
        place = self._target("move", target)
        if place.j_size():
            raise t.IllegalArgument(f"Cannot move to non-empty destination [{place._path}]")
        return self.j_overwrite(target)

    def j_overwrite(self, target: Any) -> WriteField:
        """Move; where this has no value, the other's is taken away too."""
        place = self._target("overwrite", target)
        value = self._value()
        self.j_remove()
        self._path, self._root, self._leaf = place._path, place._root, None
        if value is MISSING:
            self.j_remove()
        else:
            self.j_set(value)
        place._resolve()
        return self

    def _target(self, method: str, target: Any) -> WriteField:
        if isinstance(target, WriteField):
            return target
        if isinstance(target, str):
            return WriteField(target, self._root)
        raise t.IllegalArgument(
            f"Cannot call {method} with [{to_text(target)}], must be String or WriteField, not [{_type(target)}]"
        )

    def j_remove(self) -> None:
        self._resolve()
        if self._leaf is not None:
            self._holder.pop(self._leaf, None)

    # -- writing

    def j_set(self, value: Any) -> WriteField:
        leaf = self._create()
        if isinstance(value, NestedDocument):
            raise t.IllegalArgument(f"cannot set NestedDocument [{to_text(value.tree)}] as path [{self._path}]")
        self._holder[leaf] = value
        return self

    def j_append(self, value: Any) -> WriteField:
        leaf = self._create()
        if isinstance(value, NestedDocument):
            raise t.IllegalArgument(f"cannot append NestedDocument [{to_text(value.tree)}] to path [{self._path}]")
        before = self._holder.get(leaf)
        values = before if isinstance(before, list) else [] if before is None else [before]
        values.append(value)
        self._holder[leaf] = values
        return self

    def j_transform(self, function: Any) -> WriteField:
        value = self._value()
        if isinstance(value, list):
            value[:] = [function(one) for one in value]
        elif value is not MISSING:
            self._holder[self._create()] = function(value)
        return self

    def j_deduplicate(self) -> WriteField:
        value = self._value()
        if isinstance(value, list):
            value[:] = list(JavaSet(value).ordered())
        return self

    def j_removeValuesIf(self, predicate: Any) -> WriteField:
        value = self._value()
        if isinstance(value, list):
            value[:] = [one for one in value if not predicate(one)]
        elif value is not MISSING and predicate(value):
            del self._holder[self._create()]
        return self

    def j_removeValue(self, index: int) -> WriteField:
        value = self._value()
        if isinstance(value, list):
            if index < len(value):
                del value[index]
        elif value is not MISSING and index == 0:
            del self._holder[self._create()]
        return self

    # -- objects in lists

    def j_doc(self, index: int | None = None) -> NestedDocument:
        """A new object at the end; or that at an index, with empty ones up to it where the list is shorter."""
        trees = self._trees()
        if trees is None:
            if not index:
                made = HashMap()
                self.j_set(made)
                return NestedDocument(self, made)
            trees = []
            self.j_set(trees)
        at = len(trees) if index is None else index
        while len(trees) <= at:
            trees.append(HashMap())
        return NestedDocument(self, trees[at])

    def _trees(self) -> list[Any] | None:
        """The objects; one that stands alone becomes a list. Raises IllegalState: there is something else."""
        value = self._value()
        if value is MISSING or isinstance(value, list):
            return None if value is MISSING else value
        if not isinstance(value, dict):
            shown = f"Unexpected value [{to_text(value)}] of type [{_type(value)}] at path [{self._path}]"
            raise t.IllegalState(f"{shown}, expected Map or List of Map")
        trees = [value]
        self.j_set(trees)
        return trees

    def j_docs(self) -> list[NestedDocument]:
        """Raises IllegalState: something there is no object."""
        value = self._value()
        if value is not MISSING and not isinstance(value, dict | list):
            raise t.IllegalState(f"Unexpected value [{to_text(value)}] of type [{_type(value)}] at [{self._path}] for docs()")
        out = []
        for at, one in enumerate(self.java_elements()):
            if not isinstance(one, dict):
                shown = f"Unexpected value [{to_text(one)}] of type [{_type(one)}] at [{self._path}]"
                raise t.IllegalState(f"{shown} and index [{at}] for docs() iterator")
            out.append(NestedDocument(self, one))
        return out

    def drop(self, tree: dict[str, Any]) -> None:
        """Take away an object of the list, or the one that stands alone."""
        value = self._value()
        if isinstance(value, list):
            at = next((at for at, one in enumerate(value) if one is tree), None)
            if at is not None:
                del value[at]
        elif value is tree:
            del self._holder[self._create()]

    def has(self, tree: dict[str, Any]) -> bool:
        return any(one is tree for one in self.java_elements())


class NestedDocument:
    """An object that a field holds, alone or in a list."""

    java_class = _PACKAGE + "field.NestedDocument"

    def __init__(self, parent: WriteField, tree: dict[str, Any]) -> None:
        self._parent, self.tree = parent, tree

    def j_field(self, path: str) -> WriteField:
        return WriteField(path, lambda: self.tree)

    def j_isEmpty(self) -> bool:
        return not self.tree

    def j_size(self) -> int:
        return len(self.tree)

    def j_exists(self) -> bool:
        return self._parent.has(self.tree)

    def j_remove(self) -> None:
        self._parent.drop(self.tree)


class Metadata:
    """What a document says of itself beside its fields, as ``ctx`` has it."""

    java_class = _PACKAGE + "Metadata"

    def __init__(self, ctx: dict[str, Any]) -> None:
        self._ctx = ctx

    def j_getNow(self) -> Any:
        """The time of the update, or that of the pipeline's run, which ``timestamp`` of an ingest document's map tells."""
        from esmock.script.painless.runtime.time.formatter import STATICS
        from esmock.script.painless.runtime.time.zoned import zoned_instant
        from esmock.script.painless.runtime.time.zones import UTC_OFFSET

        if "_now" in self._ctx:
            return zoned_instant(int(self._ctx["_now"]) * 1_000_000, UTC_OFFSET)
        return STATICS["ZonedDateTime.parse/1"](str(self._ctx.timestamp))  # type: ignore[attr-defined]


def _accessors() -> None:
    """Getters and setters of ``Metadata``."""
    for name, (key, _) in _METADATA.items():
        setattr(Metadata, f"j_get{name}", lambda self, key=key: self._ctx.get(key))
        setattr(Metadata, f"j_set{name}", lambda self, value, key=key: self._ctx.__setitem__(key, value))


_METADATA = {
    "Index": ("_index", _STRING),
    "Id": ("_id", _STRING),
    "Routing": ("_routing", _STRING),
    "Version": ("_version", _LONG),
    "VersionType": ("_version_type", _STRING),
    "Op": ("op", _STRING),
}
"""Members by their Java name: the key in ``ctx`` and the type."""
_accessors()


def _type(value: Any) -> str:
    return "null" if value is None else binary_name(class_of(value))


def functions(context: str) -> dict[tuple[str, int], tuple[Method, Callable[..., Any], str]]:
    """What scripts of a context call by its bare name: signature, function, the variable it is given first."""
    make = _field_of_ingest if context == "ingest" else _field_of_update
    return {
        ("field", 1): (Method("", "field", WriteField.java_class, (_STRING,), ""), make, "ctx"),
        ("metadata", 0): (Method("", "metadata", Metadata.java_class, (), ""), Metadata, "ctx"),
    }


def _field_of_ingest(ctx: dict[str, Any], path: str) -> WriteField:
    return WriteField(path, lambda: ctx)


def _field_of_update(ctx: dict[str, Any], path: str) -> WriteField:
    return WriteField(path, lambda: ctx["_source"])


_FIELD = WriteField.java_class
_MEMBERS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    _FIELD: (
        *READERS,
        ("move", _FIELD, (_DEF,)),
        ("overwrite", _FIELD, (_DEF,)),
        ("remove", "void", ()),
        ("set", _FIELD, (_DEF,)),
        ("append", _FIELD, (_DEF,)),
        ("transform", _FIELD, ("java.util.function.Function",)),
        ("deduplicate", _FIELD, ()),
        ("removeValuesIf", _FIELD, ("java.util.function.Predicate",)),
        ("removeValue", _FIELD, ("int",)),
        ("doc", NestedDocument.java_class, ()),
        ("doc", NestedDocument.java_class, ("int",)),
        ("docs", "java.lang.Iterable", ()),
    ),
    NestedDocument.java_class: (
        ("field", _FIELD, (_STRING,)),
        ("isEmpty", "boolean", ()),
        ("size", "int", ()),
        ("exists", "boolean", ()),
        ("remove", "void", ()),
    ),
    Metadata.java_class: (
        *((f"get{name}", kind, ()) for name, (_, kind) in _METADATA.items()),
        *((f"set{name}", "void", (kind,)) for name, (_, kind) in _METADATA.items()),
        ("getNow", "java.time.ZonedDateTime", ()),
    ),
}


@functools.cache
def classes() -> dict[str, ClassInfo]:
    """What writing adds to the allow list."""
    parents = {_FIELD: "java.lang.Iterable"}
    return {name: class_info(name, parents.get(name, "java.lang.Object"), members) for name, members in _MEMBERS.items()}
