"""Slices of a scroll or point in time. Docs: paginate-search-results, slice-scroll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, Unsupported, XContentParse
from esmock.search.query.base import ParseContext
from esmock.search.query.parse import int_value, text
from esmock.xcontent.located import at_name
from esmock.xcontent.similar import suggestion

Json = Any


@dataclass(frozen=True, slots=True)
class Slice:
    """One of ``maximum`` parts."""

    number: int
    maximum: int
    field: str = "_id"


def parse_slice(body: Json, key: str, ctx: ParseContext) -> Slice:
    """Read ``slice``. Raises XContentParse, IllegalArgument."""
    value = body[key]
    found: dict[str, Any] = {}
    for name in value:
        if name not in ("id", "max", "field"):
            raise XContentParse(f"[slice] unknown field [{name}]{suggestion(name, ('id', 'max', 'field'))}", at_name(value, name))
        found[name] = text(value, name, ctx) if name == "field" else int_value(value, name)
    number, maximum = found.get("id", -1), found.get("max", -1)
    if number < 0:
        raise IllegalArgument("id must be greater than or equal to 0")
    if maximum <= 1:
        raise IllegalArgument("max must be greater than 1")
    if number >= maximum:
        raise IllegalArgument("max must be greater than id")
    if found.get("field", "_id") != "_id":
        raise Unsupported("slices by a field")
    return Slice(number, maximum, found.get("field", "_id"))


def slice_hash(doc_id: str) -> int:
    """The number that decides about a document's slice: murmur3 of the id as it is indexed."""
    from esmock.state.routing import murmur3

    return murmur3(doc_id.encode())
