"""JSON trees on their way into scripts and back."""

from __future__ import annotations

from typing import Any

from esmock.errors import IllegalArgument
from esmock.script.painless.runtime import values
from esmock.script.painless.runtime.containers import FrozenMap

Json = Any


class SelfReference(IllegalArgument):
    """A tree that holds itself."""

    java = "IllegalArgumentException"


def check_self_references(tree: Any, where: str = "", above: tuple[int, ...] = ()) -> None:
    """Refuse a tree that holds itself. Raises SelfReference."""
    if isinstance(tree, dict | list):
        if id(tree) in above:
            raise SelfReference("Iterable object is self-referencing itself" + (f" ({where})" if where else ""))
        for one in tree.values() if isinstance(tree, dict) else tree:
            if type(one) not in values.FLAT:
                check_self_references(one, where, (*above, id(tree)))


def fixed_params(params: dict[str, Json]) -> dict[str, Json]:
    """``params`` of scripts that must not change them: the entries in the order of a hash map."""
    return FrozenMap((key, params[key]) for key in values.map_keys(values.HashMap(params)))


def to_script(tree: dict[str, Json]) -> dict[str, Json]:
    """A context map: itself a hash map; objects below it keep their order."""
    return values.HashMap(tree)


def from_script(value: Any) -> Json:
    """What a script left, as JSON: hash maps in their order, Java's own classes as JSON values."""
    if isinstance(value, dict):
        keys = values.map_keys(value) if isinstance(value, values.HashMap) else list(value)
        return {values.to_text(key): from_script(value[key]) for key in keys}
    kind = type(value)
    if kind in (str, int, float, bool) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [from_script(one) for one in value]
    if isinstance(value, values.Char):
        return chr(value)
    if isinstance(value, values.Float):
        from esmock.xcontent.json_writer import F32

        return F32(value)
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else values.to_text(value)
