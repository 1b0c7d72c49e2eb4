"""Aliases of indices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.acknowledgement import in_time
from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, TIMEOUT, Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument
from esmock.shape import index as shape
from esmock.state import alias_actions
from esmock.state.alias_actions import ActionResult, AliasAction
from esmock.state.blocks import check_blocks
from esmock.state.data_streams import stream_of
from esmock.state.resolve import IndicesOptions, glob, in_hash_order, matches, resolve
from esmock.state.stream_aliases import aliases_of
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_order import sized_order
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any

ALL = IndicesOptions(expand=("open", "closed", "hidden"), forbid_closed=False, selectors=False)
_GET = {
    **INDICES_OPTIONS,
    "local": boolean(False, until=(9, 0)),
    "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(9, 0)),
}


@endpoint(
    "indices.get_alias",
    "GET /_alias",
    "GET /_aliases",
    "GET /_alias/{name}",
    "GET /{index}/_alias",
    "GET /{index}/_alias/{name}",
    params=_GET,
    docs="indices-get-alias",
    action="indices:admin/aliases/get",
)
def get_alias(cluster: Cluster, request: Request) -> Response:
    """Aliases by index; names without a match make it a 404 that still tells the others."""
    if request.has_param("local") and cluster.behaviour.major >= 8:
        request.warn(
            f"the [?local={request.raw['local']}] query parameter to get-aliases requests has no effect and will be removed in a "
            "future version"
        )
    wanted = request.part_list("name")
    found = resolve(cluster, request.part_list("index"), request.indices_options(ALL))
    check_blocks(cluster, found, "metadata_read")
    all_indices = not wanted
    out: dict[str, Json] = {}
    named = request.part_list("index")
    for index in in_hash_order(found, sized_order):
        if stream_of(cluster, index.name) is not None and index.name not in named:
            continue  # ES: aliases are those of the data stream
        shown = _chosen(cluster, shape.aliases(index), wanted)
        if shown or all_indices:
            out[index.name] = {"aliases": shown}
    for stream in _streams(cluster, named):
        kept = _chosen(cluster, aliases_of(cluster, stream), wanted)
        if kept:
            out[stream] = {"aliases": kept}
    missing = _missing(wanted, {name for body in out.values() for name in body["aliases"]})
    if missing:
        plural = "es" if len(missing) > 1 else ""
        text = f"alias{plural} [{','.join(missing)}] missing"
        return Response(404, {"error": text, "status": 404, **out})
    return Response(200, out)


def _chosen(cluster: Cluster, aliases: Mapping[str, Json], wanted: list[str]) -> dict[str, Json]:
    """Those of some aliases that are asked for and that the sender may know of."""
    gate = cluster.gate
    return {
        name: body
        for name, body in aliases.items()
        if (not wanted or _wants(wanted, name)) and (gate is None or gate.shows_alias(name))
    }


def _streams(cluster: Cluster, named: list[str]) -> list[str]:
    """The data streams that a request means, by name."""
    if not named or "_all" in named:
        return list(cluster.streams)
    return [name for name in cluster.streams if matches(named, name)]


def _wants(patterns: list[str], name: str) -> bool:
    """Whether a name is meant: patterns apply in order, those with a minus take away."""
    chosen = "_all" in patterns
    for pattern in patterns:
        if pattern.startswith("-"):
            chosen = chosen and not glob(pattern[1:]).match(name)
        elif not chosen:
            chosen = glob(pattern).match(name) is not None
    return chosen


def _missing(wanted: list[str], found: set[str]) -> list[str]:
    """Names that were asked for plainly and that nothing has, unless a later pattern takes them away."""
    wildcards = [position for position, name in enumerate(wanted) if "*" in name]
    first = wildcards[0] if wildcards else len(wanted)
    out: set[str] = set()
    for position, name in enumerate(wanted):
        if "*" in name or name == "_all" or (position > first and name.startswith("-")):
            continue
        later = [one[1:] for one in wanted[max(position + 1, first) :] if one.startswith("-")]
        if name not in found and not any(one == "_all" or glob(one).match(name) for one in later):
            out.add(name)
    return sorted(out)


@endpoint(
    "indices.exists_alias",
    "HEAD /_alias/{name}",
    "HEAD /{index}/_alias",
    "HEAD /{index}/_alias/{name}",
    params=_GET,
    docs="indices-alias-exists",
    action="indices:admin/aliases/get",
)
def exists_alias(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get_alias``, whose body stays behind."""
    return get_alias(cluster, request)


def _changed(cluster: Cluster, actions: list[AliasAction]) -> Response:
    results = alias_actions.apply(cluster, actions, alias_filter.checks(cluster))
    if cluster.behaviour.mapping_types:
        return acknowledged()
    if all(one.is_done for one in results):
        return acknowledged(errors=False)
    return acknowledged(errors=True, action_results=[_result(one) for one in results])


def _result(result: ActionResult) -> dict[str, Json]:
    action = result.action
    shown = {"type": action.kind, "indices": result.names, "aliases": action.aliases}
    if result.is_done:
        return {"action": shown, "status": 200}
    return {"action": shown, "status": 404, "error": alias_actions.aliases_missing(action.aliases).cause_body()}


def _actions_body(request: Request) -> list[AliasAction]:
    if not request.content:
        raise ElasticsearchParse("request body is required")
    body = request.read(request.content, request.content_format or "json")
    return alias_actions.parse_actions(body, Reading(request.behaviour, request.warn))


@endpoint(
    "indices.update_aliases",
    "POST /_aliases",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="indices-aliases",
    body=_actions_body,
    action="indices:admin/aliases",
)
@in_time()
def update_aliases(cluster: Cluster, request: Request) -> Response:
    """Add and remove aliases, all or none."""
    return _changed(cluster, request.parsed)


def _alias_body(request: Request) -> dict[str, Json]:
    if not request.content:
        return {}
    body = request.read(request.content, request.content_format or "json")
    rest = getattr(body, "after", None)
    if isinstance(rest, ApiError):
        raise rest
    # ES: tokens are looked at one by one up to the end of the text, whatever holds them
    objects = [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, dict)]
    reading = Reading(request.behaviour, request.warn)
    out: dict[str, Json] = {}
    for one in objects:
        for key, value in one.items():
            # ES: a single alias cannot be made hidden here
            if key == "is_write_index" and not isinstance(value, dict | list):
                out[key] = None if value is None else values.boolean(one, key)
            elif key == "filter" and isinstance(value, dict):
                out[key] = value
            elif key in ("index", "alias") and isinstance(value, str | int | float):
                out[key] = values.text(one, key, reading)
            elif key in _ROUTINGS and isinstance(value, str | int) and not isinstance(value, bool):
                out[_ROUTINGS[key]] = str(value)
    return out


_ROUTINGS = {
    "routing": "routing",
    "index_routing": "index_routing",
    "indexRouting": "index_routing",
    "index-routing": "index_routing",
    "search_routing": "search_routing",
    "searchRouting": "search_routing",
    "search-routing": "search_routing",
}


def _target(request: Request) -> tuple[list[str], str]:
    """The indices and the alias of a request, where the body's names come first. Raises IllegalArgument where one is missing."""
    body = request.parsed
    indices = body["index"].split(",") if "index" in body else request.part_list("index")
    name = body.get("alias", request.part("name"))
    if not indices:
        raise IllegalArgument("[indices] can't be empty")
    if not name:
        raise IllegalArgument("[alias] can't be empty string")
    return indices, name


@endpoint(
    "indices.put_alias",
    "PUT,POST /{index}/_alias/{name}",
    "PUT,POST /_alias/{name}",
    "PUT,POST /{index}/_aliases/{name}",
    "PUT,POST /_aliases/{name}",
    "PUT /{index}/_alias",
    "PUT /{index}/_aliases",
    "PUT /_alias",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="indices-add-alias",
    body=_alias_body,
    body_first=ALWAYS,
    prepare=_target,
    action="indices:admin/aliases",
)
@in_time()
def put_alias(cluster: Cluster, request: Request) -> Response:
    """Give indices an alias."""
    indices, name = _target(request)
    return _changed(cluster, [AliasAction("add", indices, [name], alias_actions.alias_body(request.parsed))])


@endpoint(
    "indices.delete_alias",
    "DELETE /{index}/_alias/{name}",
    "DELETE /{index}/_aliases/{name}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="indices-delete-alias",
    action="indices:admin/aliases",
)
@in_time()
def delete_alias(cluster: Cluster, request: Request) -> Response:
    """Take aliases from indices."""
    return _changed(cluster, [AliasAction("remove", request.part_list("index"), request.part_list("name"))])


