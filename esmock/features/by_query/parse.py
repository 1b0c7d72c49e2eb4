"""Bodies of update by query, delete by query and reindex."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, NullPointer
from esmock.errors.network import URISyntax
from esmock.features.by_query.job import Destination
from esmock.mapping.parameter import java_text
from esmock.xcontent import json_writer, value_reader
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.java_order import hash_order, hash_ordered
from esmock.xcontent.located import copy_plain, located, standing
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Key, Reading, after_value

if TYPE_CHECKING:
    from esmock.features.by_query.remote import Remote
    from esmock.search.request import SearchRequest
    from esmock.version import Behaviour

Json = Any
SORT_WARNING = (
    "The sort option in reindex is deprecated. Instead consider using query filtering to find the desired subset of data."
)


def search_of(body: dict[str, Json], behaviour: Behaviour, warn: Callable[[str], None], size: int) -> SearchRequest:
    """The search in a body whose own keys have been taken out: places in its errors are those of the rest alone."""
    from esmock.search.request import SearchRequest

    rest = hash_ordered(copy_plain(body))
    tree = located(json_writer.dumps(rest), jackson_for(behaviour))
    parsed = SearchRequest.parse(tree, behaviour, warn=warn)
    if parsed.sort is None:
        parsed.sort = SearchRequest.parse({"sort": ["_doc"]}, behaviour).sort
    if "size" not in body:
        parsed.size = size
    return parsed


TYPES_WARNING = "[types removal] Specifying types in reindex requests is deprecated."


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
    types = _listed(given.pop("type", None))
    if types:
        reading.warn(TYPES_WARNING)
    remote = given.pop("remote", None)
    other = None
    if remote is not None:
        # the other server reads the query
        other = read_remote(dict(remote), copy_plain(given.pop("query", None)))
    listed = _listed(names)
    try:
        search = search_of(given, reading.behaviour, reading.warn, 1000)
    except ApiError as error:
        # ES: the search is read from a copy, whose places are its own
        raise standing(error, after_value(body, key)) from None
    search.types = tuple(types)
    return {"remote": other, "names": listed, "search": search, "body": given}


def _listed(names: Json) -> list[str]:
    """``index`` of a reindex: a list, or names with commas between."""
    if names is None:
        return []
    if isinstance(names, list):
        return [str(one) for one in names]
    if not isinstance(names, str):
        raise IllegalArgument(f"Expected [index] to be a list or a string but was [{java_text(names)}]")
    return names.split(",")


_DEFAULT_SECONDS = 30.0
_HOST = re.compile(r"([^:]+)://(\[.+\]|[^:]+):(\d+)(/.*)?\Z")


def read_remote(remote: dict[str, Json], query: Json) -> Remote:
    """Another server to search. Raises NullPointer, IllegalArgument."""
    from esmock.features.by_query.remote import Remote

    username, password = (_remote_text(remote, name) for name in ("username", "password"))
    host = _remote_text(remote, "host")
    if host is None:
        raise NullPointer("[host] must be specified to reindex from a remote cluster", status=400)
    match = _HOST.match(host)
    if match is None:
        cause = URISyntax(f"The port was not defined in the [host]: {host}")
        raise IllegalArgument(
            f"[host] must be of the form [scheme]://[host]:[port](/[pathPrefix])? but was [{host}]", cause=cause
        )
    headers = remote.pop("headers", None) or {}
    if any(not isinstance(value, str) for value in headers.values()):
        raise IllegalArgument(f"Expected [headers] to be an object containing strings but has [{headers_text(headers)}]")
    seconds = {}
    for name in ("socket_timeout", "connect_timeout"):
        given = _remote_text(remote, name)
        seconds[name] = _DEFAULT_SECONDS if given is None else _seconds(parse_time_ms(given, name))
    if remote:
        raise IllegalArgument(f"Unsupported fields in [remote]: [{','.join(hash_order(remote))}]")
    prefix = (match[4] or "").rstrip("/")
    return Remote(match[1], match[2], int(match[3]), prefix, headers, username, password, **seconds, query=query)


def _seconds(millis: int) -> float | None:
    """A timeout as sockets take it: none at all where it is not positive."""
    return millis / 1000 if millis > 0 else None


def headers_text(headers: dict[str, Json]) -> str:
    """The first header that is no string, as Java prints it."""
    name = next(name for name, value in headers.items() if not isinstance(value, str))
    return f"{name}={headers[name]}"


def _remote_text(remote: dict[str, Json], name: str) -> str | None:
    value = remote.pop(name, None)
    if value is not None and not isinstance(value, str):
        raise IllegalArgument(f"Expected [{name}] to be a string but was [{value}]")
    return value


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
    parsing.custom("script", ("START_OBJECT",), _script),
    parsing.string("conflicts", then=conflicts),
)


def by_query_body(body: Json, reading: Reading, *, has_script: bool) -> dict[str, Any]:
    """Take ``conflicts``, ``script`` and ``max_docs`` out of a body; what is left is ``search``."""
    from esmock.script.script import Script

    rest = dict(body)
    out: dict[str, Any] = {}
    if "conflicts" in rest:
        out["proceed"] = conflicts(value_reader.text(body, "conflicts", reading))
        del rest["conflicts"]
    if has_script and "script" in rest:
        script = rest.pop("script")
        if script is not None:
            out["script"] = Script.of_map(copy_plain(script), reading)
    if "max_docs" in rest:
        out["max_docs"] = max_docs(value_reader.integer(body, "max_docs", reading))
        del rest["max_docs"]
    out["search"] = rest
    return out
