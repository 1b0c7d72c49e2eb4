"""How values of a document look to Java: class names for messages, text, order of maps."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from esmock.errors import IllegalArgument
from esmock.xcontent.java_order import hash_order

Json = Any
METADATA = ("_index", "_type", "_id", "_routing", "_version", "_version_type", "_if_seq_no", "_if_primary_term")


class Timestamp(str):
    """``_ingest.timestamp``: a date with zone, whose text has three digits of a second or none."""

    __slots__ = ()
    java_class = "java.time.ZonedDateTime"

    @property
    def shown(self) -> str:
        """As JSON shows it: without zeros at the end of the fraction."""
        whole, dot, fraction = self[:-1].partition(".")
        fraction = fraction.rstrip("0")
        return f"{whole}{dot}{fraction}Z" if fraction else f"{whole}Z"


_NAMES: dict[type, str] = {
    bool: "java.lang.Boolean",
    float: "java.lang.Double",
    str: "java.lang.String",
    list: "java.util.ArrayList",
    dict: "java.util.HashMap",
    bytes: "[B",
    Timestamp: Timestamp.java_class,
}


def class_name(value: Any) -> str:
    """``value.getClass().getName()`` of a value that is not null."""
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    from esmock.script.painless.runtime.values import class_of

    return class_of(value)


def text(value: Any) -> str:
    """``String.valueOf(value)``."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, Timestamp):
        return str(value)
    from esmock.script.painless.runtime.values import to_text

    return to_text(value)


def cast_message(value: Any, wanted: str) -> str:
    """The text of a ClassCastException between classes of the JDK."""
    found = class_name(value)
    tail = "are in module java.base of loader 'bootstrap'"
    return f"class {found} cannot be cast to class {wanted} ({found} and {wanted} {tail})"


PLAIN = frozenset((str, int, float, bool, type(None)))
"""Kinds of values that are written as they are."""


def plain(value: Any, *, is_copy: bool = False) -> Json:
    """A document as it is written: maps in the order of Java's hash maps, values that JSON has.

    Args:
        is_copy: the maps were copied into maps made for the number of their keys.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, dict):
        names = ordered(value)
        if is_copy:
            names = ordered(names, len(value))
        return {key: plain(value[key], is_copy=is_copy) for key in names}
    if isinstance(value, Timestamp):
        return value.shown
    if is_copy:
        _check_copied(value)
    if getattr(value, "component", "") == "byte":
        return base64.b64encode(bytes(one & 0xFF for one in value)).decode("ascii")
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one, is_copy=is_copy) for one in value]
    return _odd(value)


_VIEWS = {"keys": "KeySet", "values": "Values", "entries": "EntrySet"}


_COPIED = frozenset(
    f"java.{name}" for name in ("lang.Long", "lang.Float", "lang.Double", "time.ZonedDateTime", "util.Date", "util.LinkedList")
)


def _check_copied(value: Any) -> None:
    """Refuse what documents cannot be copied with: only JSON's kinds of values, dates and bytes can. Raises IllegalArgument."""
    from esmock.script.painless.runtime.containers import MapView
    from esmock.script.painless.runtime.values import array_class, binary_name, class_of

    component = getattr(value, "component", None)
    name = class_of(value)
    if component == "byte" or name in _COPIED or (isinstance(value, list) and component is None and name != "java.util.ArrayDeque"):
        return
    if component is not None:
        name = array_class(component)
    elif isinstance(value, MapView):
        owner = class_of(value.owner)
        name = f"{owner}${'Linked' if owner == 'java.util.LinkedHashMap' else ''}{_VIEWS[value.kind]}"
    else:
        name = binary_name(name)
    raise IllegalArgument(f"unexpected value type [class {name}]")


def ordered(keys: Any, capacity: int = 16) -> list[str]:
    """Keys in the order of a hash map made with a capacity."""
    return hash_order([key if type(key) is str else text(key) for key in keys], capacity)


def _odd(value: Any) -> Json:
    from esmock.script.painless.runtime import values

    if isinstance(value, values.Char):
        return chr(value)
    if class_name(value) == "java.util.Date":
        moment = datetime.fromtimestamp(value.millis / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, values.Float):
        from esmock.xcontent.json_writer import F32

        return F32(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bytes):
        return value
    return values.to_text(value)


def copy(value: Any) -> Any:
    """A deep copy of a document's tree. Raises IllegalArgument for what cannot be copied."""
    if isinstance(value, dict):
        return {key: copy(one) for key, one in value.items()}
    if isinstance(value, list) and type(value) is not list:
        _check_copied(value)
    if isinstance(value, list) and not hasattr(value, "component"):
        return [copy(one) for one in value]
    return value
