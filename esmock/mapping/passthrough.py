"""Pass-through objects: their fields may be named without them. Docs: passthrough (from 8.13). Source: answers of 8.19.21."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.errors import NumberFormat
from esmock.mapping.flat import MapperException
from esmock.mapping.parameter import java_text, named_boolean, read_integer

if TYPE_CHECKING:
    from esmock.mapping.objects import ObjectMapper

Json = Any
SINCE = (8, 13)


class PassThrough(NamedTuple):
    """What makes an object one.

    Args:
        priority: of two fields of one name that of the object with the higher one is meant.
        is_dimension: the fields are dimensions of a time series.
    """

    priority: int
    is_dimension: bool

    def to_json(self) -> dict[str, Json]:
        return {"type": "passthrough", **({"time_series_dimension": True} if self.is_dimension else {}), "priority": self.priority}


def read_pass_through(path: str, rest: dict[str, Json]) -> PassThrough:
    """Take the parameters out of a definition. Raises MapperException, NumberFormat."""
    given = rest.pop("priority", None)
    try:
        priority = -1 if given is None else read_integer(given)
    except NumberFormat:
        raise NumberFormat(f'For input string: "{java_text(given)}"') from None
    is_dimension = named_boolean(rest.pop("time_series_dimension", False), f"{path}time_series_dimension")  # ES: so it is named
    if priority < 0:
        raise MapperException(f"Pass-through object [{path}] is missing a non-negative value for parameter [priority]")
    return PassThrough(priority, is_dimension)


def as_dimensions(properties: Json) -> Json:
    """The definitions of fields, each of them a dimension."""
    if not isinstance(properties, dict):
        return properties
    out = {}
    for name, node in properties.items():
        if isinstance(node, dict) and "properties" in node:
            out[name] = {**node, "properties": as_dimensions(node["properties"])}
        elif isinstance(node, dict):
            out[name] = {**node, "time_series_dimension": True}
        else:
            out[name] = node
    return out


def synonyms(objects: Iterable[ObjectMapper], taken: Iterable[str]) -> dict[str, str]:
    """The shorter names of fields with their full names; a field that bears the name already keeps it."""
    found: dict[str, tuple[int, str]] = {}
    known = frozenset(taken)
    for one in objects:
        if one.passthrough is None:
            continue
        for path in one.paths_in_order():
            name = path[len(one.path) + 1 :]
            if name not in known and found.get(name, (-1, ""))[0] < one.passthrough.priority:
                found[name] = one.passthrough.priority, path
    return {name: path for name, (_, path) in found.items()}


def check_priorities(objects: Iterable[ObjectMapper]) -> None:
    """Refuse two objects of one priority. Raises MapperException."""
    met: dict[int, str] = {}
    for one in objects:
        if one.passthrough is None:
            continue
        other = met.setdefault(one.passthrough.priority, one.path)
        if other != one.path:
            priority = one.passthrough.priority
            raise MapperException(f"Pass-through object [{other}] has a conflicting param [priority={priority}] with object [{one.path}]")
