"""Indices made from others: shrink, split, clone, rollover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.acknowledgement import in_time
from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.indices import acknowledged, typed_in, typed_mapping, untyped_mapping, wants_types
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, WAIT_FOR_ACTIVE_SHARDS, Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, IndexClosed, IndexNotFound
from esmock.state import admin, index_settings
from esmock.state import resize as resizing
from esmock.state import rollover as rolling
from esmock.state.aliases import parse_aliases
from esmock.state.blocks import check_blocks, check_new
from esmock.state.date_math_name import concrete_name
from esmock.state.resolve import resolve
from esmock.state.rollover_conditions import CONDITIONS
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser, custom, object_
from esmock.xcontent.units import parse_byte_size
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_OBJECT = ("START_OBJECT",)
_STRING = ("VALUE_STRING",)


def _plain(body: Json, key: Any, reading: Reading) -> Json:
    return body[key]


def _size(body: Json, key: Any, reading: Reading) -> int:
    return parse_byte_size(values.text(body, key, reading), str(key))


def _since_eight(behaviour: Any) -> bool:
    return bool(behaviour.newer_jackson)


_RESIZE = Parser(
    "resize_request",
    custom("settings", _OBJECT, lambda body, key, reading: index_settings.flatten(body[key])),
    custom("aliases", _OBJECT, lambda body, key, reading: parse_aliases(body[key], reading.behaviour)),
    custom("max_primary_shard_size", _STRING, _size, in_version=_since_eight),
)


def _resize_body(request: Request) -> dict[str, Json]:
    if not request.content:
        return {}
    body = request.read(request.content, request.content_format or "json")
    found: dict[str, Json] = _RESIZE.parse(body, Reading(request.behaviour, request.warn))
    return found


def _copy_settings(name: str, text: str) -> bool:
    if text == "false":
        raise IllegalArgument("parameter [copy_settings] can not be explicitly set to [false]")
    if text not in ("", "true"):
        raise IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")
    return True


_PARAMS = {
    "copy_settings": Param(
        _copy_settings,
        True,
        until=(7, 99),
        warning="parameter [copy_settings] is deprecated and will be removed in 8.0.0",
    ),
    "timeout": TIMEOUT,
    "master_timeout": MASTER_TIMEOUT,
    "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
}


def _check(request: Request) -> None:
    """Raises ActionRequestValidation for what no resize of the kind may ask for."""
    body, problems = request.parsed, []
    settings = index_settings.with_prefix(body.get("settings") or {})
    if any(key.startswith("index.sort.") for key in settings):
        problems.append("can't override index sort when resizing an index")
    if request.endpoint.name == "indices.split" and settings.get("index.number_of_shards") is None:
        problems.append("index.number_of_shards is required for split operations")
    if body.get("max_primary_shard_size", 1) <= 0:
        problems.append("max_primary_shard_size must be greater than 0")
    if problems:
        raise ActionRequestValidation(*problems)


def _source(cluster: Cluster, name: str, kind: str) -> Index:
    """The index of a name. Raises IndexNotFound, IndexClosed.

    ES: 7.10 asks for statistics first, which wildcards and aliases pass, and those of a closed index are refused.
    """
    name = concrete_name(cluster, name)
    if not cluster.behaviour.newer_jackson:
        check_blocks(cluster, resolve(cluster, [name]), "metadata_read")
    source = cluster.indices.get(name)
    if source is None:
        raise IndexNotFound(name, resource=None)
    if kind == "shrink" and source.is_closed:
        raise IndexClosed(source.name, source.uuid)
    return source


def _resize(cluster: Cluster, request: Request, kind: str) -> Response:
    body = request.parsed
    wanted = request.param("wait_for_active_shards")
    check_new(cluster, request.part("target"))
    index = resizing.resize(
        cluster,
        kind,
        _source(cluster, request.part("index"), kind),
        request.part("target"),
        index_settings.with_prefix(body.get("settings") or {}),
        body.get("aliases") or {},
        max_shard_size=body.get("max_primary_shard_size"),
        active_shards=wanted,
        check_filter=alias_filter.checks(cluster),
        warn=request.warn,
    )
    return acknowledged(shards_acknowledged=admin.shards_active(index, wanted), index=index.name)


@endpoint(
    "indices.shrink",
    "PUT,POST /{index}/_shrink/{target}",
    params=_PARAMS,
    docs="indices-shrink-index",
    body=_resize_body,
    body_first=ALWAYS,
    check=_check,
    action="indices:admin/resize",
)
@in_time(since=(8, 0))
def shrink(cluster: Cluster, request: Request) -> Response:
    """A new index with fewer shards."""
    return _resize(cluster, request, "shrink")


@endpoint(
    "indices.split",
    "PUT,POST /{index}/_split/{target}",
    params=_PARAMS,
    docs="indices-split-index",
    body=_resize_body,
    body_first=ALWAYS,
    check=_check,
    action="indices:admin/resize",
)
@in_time(since=(8, 0))
def split(cluster: Cluster, request: Request) -> Response:
    """A new index with more shards."""
    return _resize(cluster, request, "split")


@endpoint(
    "indices.clone",
    "PUT,POST /{index}/_clone/{target}",
    params=_PARAMS,
    docs="indices-clone-index",
    body=_resize_body,
    body_first=ALWAYS,
    check=_check,
    action="indices:admin/resize",
)
@in_time(since=(8, 0))
def clone(cluster: Cluster, request: Request) -> Response:
    """A new index just like another."""
    return _resize(cluster, request, "clone")


def _rollover_parser(name: str) -> Parser:
    return Parser(
        "rollover",
        object_("conditions", Parser(name, *CONDITIONS)),
        custom("settings", _OBJECT, _plain),
        custom("mappings", _OBJECT, _plain),
        custom("aliases", _OBJECT, _plain),
    )


_ROLLOVER_SEVEN = _rollover_parser("conditions")
_ROLLOVER_EIGHT = _rollover_parser("rollover_conditions")


def _rollover_body(request: Request) -> dict[str, Json]:
    if not request.content:
        return {}
    body = request.read(request.content, request.content_format or "json")
    parser = _ROLLOVER_EIGHT if request.behaviour.document_parsing_exception else _ROLLOVER_SEVEN
    found: dict[str, Json] = parser.parse(body, Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "indices.rollover",
    "POST /{index}/_rollover",
    "POST /{index}/_rollover/{new_index}",
    params={
        "include_type_name": typed_in("rollover index"),
        "dry_run": boolean(False),
        "lazy": boolean(False, since=(8, 12)),
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
    },
    docs="indices-rollover-index",
    body=_rollover_body,
    body_first=ALWAYS,
    action="indices:admin/rollover",
    then=("indices:monitor/stats",),
)
def rollover(cluster: Cluster, request: Request) -> Response:
    """The next index of an alias."""
    typed = wants_types(request)
    body = {key: value for key, value in request.parsed.items() if key != "conditions"}
    type_name = None
    if "mappings" in body:
        if typed:
            type_name, body["mappings"] = typed_mapping(body["mappings"], cluster.behaviour)
        else:
            body["mappings"] = untyped_mapping(body["mappings"], cluster.behaviour)
    wanted = request.param("wait_for_active_shards")
    conditions = list((request.parsed.get("conditions") or {}).values())
    if conditions and not any(one.name.startswith("max_") for one in conditions):
        raise ActionRequestValidation("at least one max_* rollover condition must be set when using min_* conditions")
    done = rolling.rollover(
        cluster,
        request.part("index"),
        request.part("new_index"),
        body,
        conditions,
        dry_run=request.param("dry_run"),
        active_shards=wanted,
        warn=request.warn,
        type_name=type_name,
        lazy=bool(request.params.get("lazy")),
    )
    ready = done.index is not None and admin.shards_active(done.index, wanted)
    answer: dict[str, Json] = {
        "acknowledged": done.acknowledged,
        "shards_acknowledged": ready,
        "old_index": done.old,
        "new_index": done.new,
        "rolled_over": done.rolled_over,
        "dry_run": request.param("dry_run"),
    }
    if cluster.behaviour.bulk_errors_first:
        answer["lazy"] = bool(request.params.get("lazy"))
    answer["conditions"] = done.conditions
    return Response(200, answer)
