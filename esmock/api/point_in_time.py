"""Points in time: readers that searches share. Docs: point-in-time-api."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.index_filter import index_filter
from esmock.api.params import INDICES_OPTIONS, boolean, string, time_text
from esmock.api.request import Request, Response
from esmock.api.search_body import SearchCall
from esmock.api.search_params import at_least
from esmock.errors import (
    ActionRequestValidation,
    IllegalArgument,
    NullPointer,
    SearchContextMissing,
    SearchPhaseExecution,
)
from esmock.mapping.parameter import java_text
from esmock.search.point_in_time import check_encoded, check_id
from esmock.state.contexts import contexts
from esmock.state.resolve import OPEN, resolve
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.result import SearchResult
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_PARAMS = {
    **INDICES_OPTIONS,
    "routing": string(),
    "preference": string(),
    "keep_alive": time_text(),
    "max_concurrent_shard_requests": at_least(1, "maxConcurrentShardRequests must be >= 1", since=(8, 0)),
    "allow_partial_search_results": boolean(False, since=(8, 16)),
}


def _check_open(request: Request) -> None:
    if request.param("keep_alive") is None:
        raise ActionRequestValidation("[keep_alive] is not specified")


_OPEN = Parser("open_point_in_time_request", index_filter())


def _open_body(request: Request) -> Any:
    """The ``index_filter``. Raises XContentParse and what is wrong with the query."""
    if request.behaviour.announces_eight and request.param("keep_alive") is None:
        raise NullPointer("[keep_alive] parameter must be non null")
    if request.behaviour.point_bodies:
        content, kind = request.optional_content()
        if content is not None:
            return _OPEN.parse(request.read(content, kind), Reading(request.behaviour, request.warn)).get("index_filter")
    elif request.content and request.behaviour.body_check:
        raise IllegalArgument(f"request [{request.method} {request.path}] does not support having a body")
    return None


@endpoint(
    "open_point_in_time",
    "POST /{index}/_pit",
    params=_PARAMS,
    docs="point-in-time-api",
    body=_open_body,
    since=(7, 12),
    check=_check_open,
    action="indices:data/read/open_point_in_time",
)
def open_point_in_time(cluster: Cluster, request: Request) -> Response:
    """Keep the readers of some indices."""
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import shard_search
    from esmock.search.service import environment

    keep_alive = request.param("keep_alive")
    names = request.part_list("index")
    targets = shard_targets(
        cluster,
        resolve(cluster, names, request.indices_options(OPEN)),
        names,
        request.routings,
    )
    count = len(targets)
    if request.parsed is not None:
        env = environment(cluster, warn=request.warn)
        targets = [one for one in targets if not request.parsed.matches_none(shard_search(None, one, env))]  # type: ignore[arg-type]
    expires = cluster.clock.now_ms() + parse_time_ms(keep_alive, "keep_alive")
    point = contexts(cluster).open_point(cluster, tuple(targets), expires, ((one.index, one.number) for one in targets))
    body: dict[str, Json] = {"id": point}
    if cluster.behaviour.bulk_errors_first:
        body["_shards"] = {"total": count, "successful": count, "skipped": count - len(targets), "failed": 0}
    return Response(200, body)


def _close_body(request: Request) -> str | None:
    content, kind = request.content_or_source()
    body = request.read(content, kind)
    if not isinstance(body, dict):
        raise IllegalArgument("Malformed content, must start with an object")
    for key, value in body.items():
        if key != "id":
            raise IllegalArgument(f"Unknown parameter [{key}] in request body or parameter is of the wrong type[FIELD_NAME] ")
        if value is None or isinstance(value, list | dict):
            raise IllegalArgument("the request must contain only [id field")  # ES: the bracket is left open
        if request.behaviour.major >= 8:
            check_encoded(java_text(value))
    return java_text(body["id"]) if "id" in body else None


@endpoint(
    "close_point_in_time",
    "DELETE /_pit",
    docs="point-in-time-api",
    body=_close_body,
    since=(7, 12),
    action="indices:data/read/close_point_in_time",
)
def close_point_in_time(cluster: Cluster, request: Request) -> Response:
    """Let a point in time go."""
    if not request.parsed:
        raise IllegalArgument("search context id is is not provided")  # ES: the word is doubled
    found = contexts(cluster)
    freed = found.point(request.parsed, cluster.sender)
    if freed is None:
        check_id(request.parsed, cluster.behaviour)
        return Response(404, {"succeeded": False, "num_freed": 0})
    found.close_point(cluster, request.parsed)
    return Response(200, {"succeeded": True, "num_freed": len(freed.kept)})


def run_point(cluster: Cluster, request: Request, call: SearchCall) -> SearchResult:
    """Search a kept point in time. Raises SearchPhaseExecution when it is gone."""
    from esmock.search.execute import execute
    from esmock.search.service import environment, tell_shards

    pit = call.request.pit
    if "id" not in pit:
        word = "in" if cluster.behaviour.points_in_time_advise else "int"  # ES: misspelt until it was noticed
        raise IllegalArgument(f"point {word} time id is not provided")
    point_id = str(pit["id"])
    context = contexts(cluster).point(point_id, cluster.sender)
    if context is None:
        check_id(point_id, cluster.behaviour)
        missing = SearchContextMissing("No search context found for id [1]")
        raise SearchPhaseExecution("query", "all shards failed", [(0, None, cluster.node_id, missing)])
    if isinstance(pit, dict) and pit.get("keep_alive"):
        context.expires_ms = cluster.clock.now_ms() + parse_time_ms(pit["keep_alive"], "keep_alive")
    started = cluster.clock.monotonic_ns()
    env = environment(cluster, warn=request.warn, typed_keys=call.typed_keys)
    result = execute(_told_apart(call.request), context.kept, env)
    tell_shards(cluster, call.request, env, result)
    result.took_ms = (cluster.clock.monotonic_ns() - started) // 1_000_000
    result.pit_id = point_id
    return result


def _told_apart(request: SearchRequest) -> SearchRequest:
    """A sorted search of a point in time, in which hits that are sorted alike are told apart: their places are sorted by, too."""
    from esmock.search.sort import SHARD_DOC, Sort

    sort = request.sort
    if not sort or sort[-1].field == SHARD_DOC or not request.behaviour.has((7, 12)):
        return request
    if request.search_after is not None and len(request.search_after) != len(sort) + 1:
        return request
    return replace(request, sort=[*sort, Sort(SHARD_DOC)])
