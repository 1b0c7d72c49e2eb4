"""Objects without subobjects: names with dots stay as they are. Docs: subobjects. Source: recordings of 8.19.21."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, MapperParsing
from esmock.mapping.field import Field
from esmock.mapping.parameter import java_text

if TYPE_CHECKING:
    from esmock.mapping.objects import ObjectMapper

Json = Any
SINCE = (8, 3)
Properties = dict[str, "Field | ObjectMapper"]


class MapperException(ApiError):
    """What is wrong with a mapping beyond its definitions."""

    java = "MapperException"
    type = "mapper_exception"


def read_subobjects(value: Json) -> bool | None:
    """The parameter ``subobjects``; None where it is not given. Raises ElasticsearchParse."""
    if value is None:
        return None
    text = java_text(value)
    if text not in ("true", "false"):
        raise ElasticsearchParse(f"unknown subobjects value: {text}")
    return text == "true"


def flattened(owner: ObjectMapper, properties: Properties) -> Properties:
    """Children with those of the objects among them in their place, by their dotted names below ``owner``.

    Raises:
        MapperParsing, IllegalArgument: objects that cannot be taken apart.
    """
    out: Properties = {}
    for child in _leaves(owner, properties):
        out[child.path[len(owner.path) + 1 :] if owner.path else child.path] = child
    return out


def _leaves(owner: ObjectMapper, properties: Properties) -> Iterator[Field]:
    for child in properties.values():
        if isinstance(child, Field):
            yield child
            continue
        if child.nested and child.path.count(".") > owner.path.count(".") + bool(owner.path):
            continue  # ES: in an object that is taken apart they are forgotten
        if child.nested:
            raise no_nested(child.leaf, owner)
        where = (
            f"Object mapper [{child.path}] was found in a context where subobjects is set to false. "
            f"Auto-flattening [{child.path}] failed because "
        )
        if child.dynamic is not None and child.dynamic != (owner.dynamic or "true"):
            mine, theirs = child.dynamic.upper(), (owner.dynamic or "true").upper()
            raise IllegalArgument(f"{where}the value of [dynamic] ({mine}) is not compatible with the value from its parent context ({theirs})")
        if not child.enabled:
            raise IllegalArgument(f"{where}the value of [enabled] is [false]")
        yield from _leaves(owner, child.properties)


def no_nested(path: str, owner: ObjectMapper) -> MapperParsing:
    """The error of a nested object in an object that has no subobjects."""
    return MapperParsing(f"Tried to add nested object [{path}] to object [{owner.path or '_doc'}] which does not support subobjects")
