"""The document on its way through a pipeline: source and metadata in one map, and paths into it.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
from typing import Any

from esmock.errors import ArrayIndexOutOfBounds, IllegalArgument
from esmock.ingest import java
from esmock.ingest.java import Timestamp, class_name
from esmock.script.painless.runtime.values import equal
from esmock.xcontent.java_number import parse_int
from esmock.xcontent.java_order import table_size

Json = Any
_MISSING = object()


class IngestDocument:
    """A document in the making.

    Attributes:
        fields: the source's fields, beside them ``_index``, ``_id``, ``_type``, ``_routing``, ``_version`` ...
        metadata: what ``_ingest`` leads to.
        pipelines: ids of the pipelines being run, outermost first.
        capacity: buckets that Java's map of the fields begins with.
        is_copy: Java would have made its maps anew, which decides about their order.
        user: what is known of who sends it, where security is on.
    """

    __slots__ = ("capacity", "fields", "is_copy", "metadata", "most_keys", "pipelines", "rerouted", "terminated", "user")

    def __init__(self, source: dict[str, Json], metadata: dict[str, Json], now_ms: int, user: Json = None) -> None:
        self.fields: dict[str, Json] = {**source, **metadata}
        self.metadata: dict[str, Json] = {"timestamp": timestamp(now_ms)}
        self.pipelines: list[str] = []
        self.most_keys = len(self.fields)
        self.capacity = table_size(0, int(len(source) / 0.75 + 1)) if source else 16
        self.is_copy = False
        self.rerouted = False
        self.terminated = False
        self.user = user

    def copy(self) -> IngestDocument:
        """A document that changes alone."""
        twin = IngestDocument.__new__(IngestDocument)
        twin.fields = java.copy(self.fields)
        twin.metadata = java.copy(self.metadata)
        twin.pipelines = list(self.pipelines)
        twin.most_keys = len(twin.fields)
        twin.is_copy = True
        twin.capacity = len(twin.fields)
        twin.rerouted, twin.terminated, twin.user = self.rerouted, self.terminated, self.user
        return twin

    @property
    def table(self) -> int:
        """Buckets of Java's map of the fields."""
        return table_size(max(self.most_keys, len(self.fields)), self.capacity)

    def source(self, *, copied: bool = False) -> dict[str, Json]:
        """The source without metadata, in the order in which it is written; simulations write a deep copy."""
        fields = self.fields
        source = {}
        for key in _names(tuple(fields), self.table, copied=copied):
            value = fields[key]
            source[key] = value if type(value) in java.PLAIN else java.plain(value, is_copy=copied)
        return source

    def shown_metadata(self) -> dict[str, Json]:
        """``_ingest`` as it is written."""
        names = java.ordered(self.metadata)
        if self.is_copy:
            names = java.ordered(names, len(self.metadata))
        return {key: java.plain(self.metadata[key], is_copy=self.is_copy) for key in names}

    def model(self) -> dict[str, Json]:
        """What templates see."""
        return {**self.fields, "_source": self.fields, "_ingest": self.metadata}

    # -- paths

    def _start(self, path: str) -> tuple[Any, tuple[str, ...]]:
        in_metadata, parts = _place(path)
        return self.metadata if in_metadata else self.fields, parts

    def get(self, path: str, kind: str | None = None, *, ignore_missing: bool = False) -> Any:
        """The value at a path; None for null, and for a missing one that may be.

        Args:
            kind: the Java class that it must have: String, List, Map, Object.

        Raises:
            IllegalArgument: no such place, or a value of another class.
        """
        value, parts = self._start(path)
        try:
            for part in parts:
                value = value[part] if isinstance(value, dict) and part in value else _resolve(part, path, value)
        except IllegalArgument:
            if ignore_missing:
                return None
            raise
        if value is None or kind is None or type(value) is _CLASSES[kind]:
            return value
        return self._cast(path, value, kind)

    @staticmethod
    def _cast(path: str, value: Any, kind: str) -> Any:
        if isinstance(value, _CLASSES[kind]) and not (kind != _ANY and isinstance(value, bool | Timestamp)):
            return value
        raise IllegalArgument(f"field [{path}] of type [{class_name(value)}] cannot be cast to [{kind}]")

    def text(self, path: str, *, ignore_missing: bool = False) -> Any:
        """The string at a path."""
        return self.get(path, "java.lang.String", ignore_missing=ignore_missing)

    def has(self, path: str, *, fail_out_of_range: bool = False) -> bool:
        """Whether the path leads to a value, null included."""
        context, parts = self._start(path)
        for part in parts:
            if isinstance(context, dict):
                context = context.get(part, _MISSING)
            elif isinstance(context, list):
                try:
                    index = parse_int(part)
                except IllegalArgument:
                    return False
                if not 0 <= index < len(context):
                    if fail_out_of_range:
                        raise IllegalArgument(_out_of_bounds(index, context, path))
                    return False
                context = context[index]
            else:
                return False
            if context is _MISSING:
                return False
        return True

    def remove(self, path: str) -> None:
        """Take a field away. Raises IllegalArgument where there is none."""
        context, parts = self._start(path)
        for part in parts[:-1]:
            context = _resolve(part, path, context)
        leaf = parts[-1]
        if isinstance(context, dict):
            if leaf not in context:
                raise IllegalArgument(f"field [{leaf}] not present as part of path [{path}]")
            del context[leaf]
        elif isinstance(context, list):
            context.pop(_index(leaf, path, context))
        elif context is None:
            raise IllegalArgument(f"cannot remove [{leaf}] from null as part of path [{path}]")
        else:
            raise IllegalArgument(
                f"cannot remove [{leaf}] from object of type [{class_name(context)}] as part of path [{path}]"
            )

    def set(self, path: str, value: Any) -> None:
        """Put a value, making the objects on the way."""
        in_metadata, parts = _place(path)
        fields = self.fields
        if len(parts) == 1 and not in_metadata:
            fields[parts[0]] = value
            if len(fields) > self.most_keys:
                self.most_keys = len(fields)
            return
        context, leaf = self._parent(path)
        if isinstance(context, dict):
            context[leaf] = value
            self.count()
        elif isinstance(context, list):
            context[_index(leaf, path, context)] = value
        else:
            raise _no_parent(leaf, path, context)

    def append(self, path: str, value: Any, *, allow_duplicates: bool = True) -> None:
        """Add to the list at a path, making it, or making one of what is there."""
        context, leaf = self._parent(path)
        if isinstance(context, dict):
            if leaf not in context:
                context[leaf] = []
                _add(context[leaf], value, allow_duplicates)
                self.count()
            else:
                context[leaf] = _appended(context[leaf], value, allow_duplicates)
        elif isinstance(context, list):
            index = _index(leaf, path, context)
            context[index] = _appended(context[index], value, allow_duplicates)
        else:
            raise _no_parent(leaf, path, context)

    def _parent(self, path: str) -> tuple[Any, str]:
        context, parts = self._start(path)
        if len(parts) == 1:
            return context, parts[0]
        for part in parts[:-1]:
            if isinstance(context, dict):
                if part not in context:
                    context[part] = {}
                context = context[part]
            else:
                context = _resolve(part, path, context)
        return context, parts[-1]

    def count(self) -> None:
        """Take note of how many fields there are: Java's maps grow, and never shrink."""
        if len(self.fields) > self.most_keys:
            self.most_keys = len(self.fields)


_ANY = "java.lang.Object"
_CLASSES: dict[str, type] = {
    _ANY: object,
    "java.lang.Integer": int,
    "java.lang.String": str,
    "java.util.List": list,
    "java.util.Map": dict,
}


@functools.lru_cache(maxsize=1024)
def _place(path: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a path leads into ``_ingest``, and the names on it. Raises IllegalArgument, ArrayIndexOutOfBounds."""
    if not path:
        raise IllegalArgument("path cannot be null nor empty")
    in_metadata = path.startswith("_ingest.")
    parts = (path[8:] if in_metadata else path.removeprefix("_source.")).split(".")
    if parts == [""]:
        raise IllegalArgument(f"path [{path}] is not valid")
    while parts and not parts[-1]:
        parts.pop()
    if not parts:
        raise ArrayIndexOutOfBounds("Index -1 out of bounds for length 0")
    return in_metadata, tuple(parts)


@functools.lru_cache(maxsize=1024, typed=True)
def _names(keys: tuple[Any, ...], capacity: int, *, copied: bool) -> tuple[str, ...]:
    """The names of a source among those of all fields, in the order in which they are written."""
    names = java.ordered(keys, capacity)
    if copied:
        names = java.ordered(names, len(keys))
    return tuple(name for name in names if name not in java.METADATA)


@functools.lru_cache(maxsize=16)
def timestamp(now_ms: int) -> Timestamp:
    """The text of an instant in UTC."""
    from esmock.mapping.dates.calendar import civil

    seconds, millis = divmod(now_ms, 1000)
    days, second = divmod(seconds, 86400)
    year, month, day = civil(days)
    tail = f".{millis:03}" if millis else ""
    return Timestamp(f"{year:04}-{month:02}-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{tail}Z")


def _out_of_bounds(index: int, values: list[Any], path: str) -> str:
    return f"[{index}] is out of bounds for array with length [{len(values)}] as part of path [{path}]"


def _index(part: str, path: str, values: list[Any]) -> int:
    try:
        index = parse_int(part)
    except IllegalArgument as cause:
        raise IllegalArgument(
            f"[{part}] is not an integer, cannot be used as an index as part of path [{path}]", cause=cause
        ) from None
    if not 0 <= index < len(values):
        raise IllegalArgument(_out_of_bounds(index, values, path))
    return index


def _resolve(part: str, path: str, context: Any) -> Any:
    if isinstance(context, dict):
        if part in context:
            return context[part]
        raise IllegalArgument(f"field [{part}] not present as part of path [{path}]")
    if isinstance(context, list):
        return context[_index(part, path, context)]
    if context is None:
        raise IllegalArgument(f"cannot resolve [{part}] from null as part of path [{path}]")
    raise IllegalArgument(
        f"cannot resolve [{part}] from object of type [{class_name(context)}] as part of path [{path}]"
    )


def _no_parent(leaf: str, path: str, context: Any) -> IllegalArgument:
    if context is None:
        return IllegalArgument(f"cannot set [{leaf}] with null parent as part of path [{path}]")
    return IllegalArgument(
        f"cannot set [{leaf}] with parent object of type [{class_name(context)}] as part of path [{path}]"
    )


def _add(target: list[Any], value: Any, allow_duplicates: bool) -> None:
    for one in value if isinstance(value, list) else [value]:
        if allow_duplicates or not any(equal(one, other) for other in target):
            target.append(one)


def _appended(old: Any, value: Any, allow_duplicates: bool) -> list[Any]:
    target = old if isinstance(old, list) else [old]
    _add(target, value, allow_duplicates)
    return target
