"""Bodies of update by query, delete by query and reindex."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NullPointer, Unsupported
from esmock.features.by_query.job import Destination
from esmock.xcontent import json_writer, value_reader
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.java_map import as_hash_map
from esmock.xcontent.located import copy_plain, located
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.version import Behaviour

Json = Any
_SORT_WARNING = (
    "The sort option in reindex is deprecated. Instead consider using query filtering to find the desired subset of data."
)


def search_of(body: dict[str, Json], behaviour: Behaviour, warn: Callable[[str], None], size: int) -> SearchRequest:
    """The search in a body whose own keys have been taken out: places in its errors are those of the rest alone."""
    from esmock.search.request import SearchRequest

    rest = as_hash_map({"sort": ["_doc"], **copy_plain(body)})
    tree = located(json_writer.dumps(rest), jackson_for(behaviour))
    parsed = SearchRequest.parse(tree, behaviour, warn=warn)
    if "size" not in body:
        parsed.size = size
    return parsed


def conflicts(text: str) -> bool:
    """Whether ``conflicts`` says to go on. Raises IllegalArgument."""
    if text not in ("proceed", "abort"):
        raise IllegalArgument(f'conflicts may only be "proceed" or "abort" but was [{text}]')
    return text == "proceed"


def max_docs(value: int, slices: int = 1) -> int:
    """Check ``max_docs``. Raises IllegalArgument."""
    if value < 0:
        raise IllegalArgument(f"[max_docs] parameter cannot be negative, found [{value}]")
    if value < slices:
        raise IllegalArgument("[max_docs] should be >= [slices]")
    return value


def _source(body: Json, key: Key, reading: Reading) -> dict[str, Json]:
    """``source`` of a reindex: names, and a search."""
    given = dict(copy_plain(body[key]))
    names = given.pop("index", None)
    given.pop("type", None)
    remote = given.pop("remote", None)
    if remote is not None:
        if not remote.get("host"):
            raise NullPointer("[host] must be specified to reindex from a remote cluster", status=400)
        raise Unsupported("reindex from a remote cluster")
    if "sort" in given:
        reading.warn(_SORT_WARNING)
    listed = [] if names is None else [str(one) for one in names] if isinstance(names, list) else str(names).split(",")
    return {"names": listed, "search": search_of(given, reading.behaviour, reading.warn, 1000), "body": given}


def _script(body: Json, key: Key, reading: Reading) -> Any:
    from esmock.script.script import Script

    return Script.parse(body, key, reading)


def _op_type(value: str) -> str:
    if value.lower() not in ("index", "create"):
        raise IllegalArgument(f"opType must be 'create' or 'index', found: [{value}]")
    return value.lower()


_VERSION_TYPES = {
    "internal": "internal",
    "external": "external",
    "external_gt": "external",
    "external_gte": "external_gte",
}


def _version_type(value: str) -> str:
    if value.lower() not in _VERSION_TYPES:
        raise IllegalArgument(f"No version type match [{value}]")
    return _VERSION_TYPES[value.lower()]


def _destination(found: dict[str, Any]) -> Destination:
    found.pop("type", None)
    return Destination(**found, has_version_type="version_type" in found)


_DEST = Parser(
    "dest",
    parsing.string("index"),
    parsing.string("type"),
    parsing.string("routing"),
    parsing.string("op_type", then=_op_type),
    parsing.string("pipeline"),
    parsing.string("version_type", then=_version_type),
)

REINDEX = Parser(
    "reindex",
    parsing.custom("source", ("START_OBJECT",), _source),
    parsing.object_("dest", _DEST, then=_destination),
    parsing.integer("max_docs", deprecated=("size",), then=max_docs),
    parsing.custom("script", ("START_OBJECT", "VALUE_STRING"), _script),
    parsing.string("conflicts", then=conflicts),
)


def by_query_body(body: Json, reading: Reading) -> dict[str, Any]:
    """Take ``conflicts``, ``script`` and ``max_docs`` out of a body; what is left is ``search``."""
    rest = dict(body)
    out: dict[str, Any] = {}
    if "conflicts" in rest:
        out["proceed"] = conflicts(value_reader.text(body, "conflicts", reading))
        del rest["conflicts"]
    if "script" in rest:
        out["script"] = _script(body, "script", reading)
        del rest["script"]
    if "max_docs" in rest:
        out["max_docs"] = max_docs(value_reader.integer(body, "max_docs", reading))
        del rest["max_docs"]
    out["search"] = rest
    return out
