"""Data streams: create, look at, change, remove. Docs: data-stream-apis.

Source: answers of 8.19.21, whose core knows data streams but not these endpoints; their shapes follow the documentation and the
published specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, TIMEOUT, Param, boolean
from esmock.api.request import Request, Response, map_body
from esmock.errors import IllegalArgument, ResourceNotFound
from esmock.shape import data_streams as shape
from esmock.state import data_stream_changes, stats
from esmock.state import data_streams as state
from esmock.xcontent.units import print_byte_size

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream

endpoint = Endpoints()
Json = Any
EXPAND = {"expand_wildcards": INDICES_OPTIONS["expand_wildcards"]}
_MASTER = {"master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(7, 16))}
_TIMES = {**_MASTER, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, since=(8, 0))}


def found(cluster: Cluster, request: Request) -> list[DataStream]:
    """The streams that the request names. Raises IndexNotFound."""
    return state.find(cluster, request.part_list("name"), request.params.get("expand_wildcards") or ("open",))


@endpoint(
    "indices.create_data_stream",
    "PUT /_data_stream/{name}",
    params=_TIMES,
    docs="data-stream-create",
    action="indices:admin/data_stream/create",
    since=(7, 9),
)
def create(cluster: Cluster, request: Request) -> Response:
    """Make a data stream of which a template knows how."""
    state.create(cluster, request.part("name"), warn=request.warn)
    return acknowledged()


@endpoint(
    "indices.get_data_stream",
    "GET /_data_stream",
    "GET /_data_stream/{name}",
    params={**EXPAND, **_MASTER, "include_defaults": boolean(False, since=(8, 11)), "verbose": boolean(False, since=(8, 16))},
    docs="data-stream-get",
    action="indices:admin/data_stream/get",
    since=(7, 9),
)
def get(cluster: Cluster, request: Request) -> Response:
    """Data streams with their backing indices."""
    streams = [shape.stream(cluster, one, verbose=bool(request.params.get("verbose"))) for one in found(cluster, request)]
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.delete_data_stream",
    "DELETE /_data_stream/{name}",
    params={**EXPAND, **_MASTER},
    docs="data-stream-delete",
    action="indices:admin/data_stream/delete",
    since=(7, 9),
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Remove data streams with everything in them."""
    state.delete(cluster, found(cluster, request))
    return acknowledged()


@endpoint(
    "indices.data_streams_stats",
    "GET /_data_stream/_stats",
    "GET /_data_stream/{name}/_stats",
    params=EXPAND,
    docs="data-stream-stats-api",
    action="indices:monitor/data_stream/stats",
    since=(7, 9),
)
def data_streams_stats(cluster: Cluster, request: Request) -> Response:
    """How big data streams are, and how far they have come."""
    items, shards = [], 0
    for stream in found(cluster, request):
        indices = [cluster.indices[name] for name in stream.indices]
        size = sum(stats.store_size(shard, cluster.behaviour) for index in indices for shard in index.shards)
        shards += sum(index.n_active_copies for index in indices)
        item: dict[str, Json] = {"data_stream": stream.name, "backing_indices": len(indices)}
        if request.human:
            item["store_size"] = print_byte_size(size)
        items.append({**item, "store_size_bytes": size, "maximum_timestamp": _latest(cluster, stream)})
    total = sum(item["store_size_bytes"] for item in items)
    body: dict[str, Json] = {
        "_shards": {"total": shards, "successful": shards, "failed": 0},
        "data_stream_count": len(items),
        "backing_indices": sum(item["backing_indices"] for item in items),
    }
    if request.human:
        body["total_store_sizes" if cluster.behaviour.major < 8 else "total_store_size"] = print_byte_size(total)
    return Response(200, {**body, "total_store_size_bytes": total, "data_streams": items})


def _latest(cluster: Cluster, stream: DataStream) -> int:
    """The greatest timestamp, in milliseconds; 0 where there is no document."""
    from esmock.search.service import search

    body = {"size": 1, "sort": [{state.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}], "_source": False}
    hits = search(cluster, [stream.name], body).hits
    return int(hits[0].sort[0]) if hits and hits[0].sort else 0


@endpoint(
    "indices.migrate_to_data_stream",
    "POST /_data_stream/_migrate/{name}",
    params=_TIMES,
    docs="data-stream-migrate",
    action="indices:admin/data_stream/migrate",
    since=(7, 9),
)
def migrate_to_data_stream(cluster: Cluster, request: Request) -> Response:
    """Turn an alias into a data stream."""
    data_stream_changes.migrate(cluster, request.part("name"))
    return acknowledged()


@endpoint(
    "indices.promote_data_stream",
    "POST /_data_stream/_promote/{name}",
    params=_MASTER,
    docs="data-stream-promote",
    action="indices:admin/data_stream/promote",
    since=(7, 9),
)
def promote_data_stream(cluster: Cluster, request: Request) -> Response:
    """Make a replicated data stream a normal one: there are none that follow another cluster."""
    name = request.part("name")
    stream = state.data_streams(cluster).streams.get(name)
    if stream is None:
        raise ResourceNotFound(f"data stream [{name}] does not exist")
    raise IllegalArgument(f"data stream [{name}] is not replicated")


_ACTIONS = ("add_backing_index", "remove_backing_index")


def _modify_body(request: Request) -> list[data_stream_changes.Change]:
    body = map_body(request)
    actions = body.get("actions")
    for key in body:
        if key != "actions":
            raise IllegalArgument(f"[data_stream_actions] unknown field [{key}]")
    if not isinstance(actions, list) or not actions:
        raise IllegalArgument("must specify at least one data stream modification action")
    out = []
    for action in actions:
        kind, given = next(iter(action.items())) if isinstance(action, dict) and action else ("", None)
        if kind not in _ACTIONS or not isinstance(given, dict):
            raise IllegalArgument(f"[data_stream_action] unknown field [{kind}]")
        for name in ("data_stream", "index"):
            if not given.get(name):
                raise IllegalArgument(f"Required [{name}]")
        in_failures = str(given.get("failure_store", "")).lower() == "true"
        out.append(data_stream_changes.Change(kind, str(given["data_stream"]), str(given["index"]), in_failures))
    return out


@endpoint(
    "indices.modify_data_stream",
    "POST /_data_stream/_modify",
    params=_TIMES,
    docs="modify-data-streams-api",
    body=_modify_body,
    action="indices:admin/data_stream/modify",
    since=(7, 16),
)
def modify_data_stream(cluster: Cluster, request: Request) -> Response:
    """Add and remove backing indices."""
    data_stream_changes.modify(cluster, request.parsed)
    return acknowledged()
