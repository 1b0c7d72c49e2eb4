"""How long data streams keep their data, and whether they keep documents that fail. Docs: data-stream-lifecycle.

Source: documentation of 8.11 to 9.5 and the published specification.
Differs: nothing is deleted when a retention has passed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.data_streams import EXPAND, found
from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response, map_body, optional_map_body
from esmock.errors import IllegalArgument, XContentParse
from esmock.shape import data_streams as shape
from esmock.state import data_streams as state
from esmock.state.resolve import LENIENT, resolve
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_PUT = {**EXPAND, "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}
_GET = {**EXPAND, "master_timeout": MASTER_TIMEOUT}
_MOST_ROUNDS = 10
_LEAST_ROUND_MS = 300_000
_RETENTION_KEYS = ("enabled", "data_retention", "downsampling", "downsampling_method", "frozen_after")


def _known(body: dict[str, Json], keys: tuple[str, ...], what: str) -> dict[str, Json]:
    for key in body:
        if key not in keys:
            raise XContentParse(f"[{what}] unknown field [{key}]")
    return body


def _lifecycle_body(request: Request) -> dict[str, Json]:
    body = _known(optional_map_body(request) or {}, _RETENTION_KEYS, "lifecycle")
    if body.get("data_retention") is not None:
        parse_time_ms(str(body["data_retention"]), "data_retention")
    if isinstance(body.get("downsampling"), list):
        try:
            _check_rounds(body["downsampling"])
        except IllegalArgument as error:
            raise XContentParse("[lifecycle] failed to parse field [downsampling]", cause=error) from None
    return body


def _check_rounds(rounds: list[dict[str, Json]]) -> None:
    """Refuse rounds of downsampling of which a later one does not come later, or is not coarser. Raises IllegalArgument."""
    if not rounds:
        raise IllegalArgument("Downsampling configuration should have at least one round configured.")
    if len(rounds) > _MOST_ROUNDS:
        raise IllegalArgument(f"Downsampling configuration supports maximum {_MOST_ROUNDS} configured rounds. Found: {len(rounds)}")
    read = []
    for one in rounds:
        after, interval = str(one.get("after")), str(one.get("fixed_interval"))
        width = parse_time_ms(interval, "fixed_interval")
        if width < _LEAST_ROUND_MS:
            raise IllegalArgument(f"A downsampling round must have a fixed interval of at least five minutes but found: {interval}")
        read.append((after, parse_time_ms(after, "after"), interval, width))
    first = read[0]
    for after, later, interval, width in read[1:]:
        if later < first[1]:
            raise IllegalArgument(
                f"A downsampling round must have a later 'after' value than the proceeding, {after} is not after {first[0]}."
            )
        if width <= first[3]:
            raise IllegalArgument(f"Downsampling interval [{interval}] must be greater than the source index interval [{first[2]}].")
        if width % first[3]:
            raise IllegalArgument(
                f"Downsampling interval [{interval}] must be a multiple of the source index interval [{first[2]}]."
            )


def _options_body(request: Request) -> dict[str, Json]:
    return _known(map_body(request), ("failure_store",), "options")


def _change(cluster: Cluster, request: Request, **to: Json) -> Response:
    for stream in found(cluster, request):
        state.data_streams(cluster).put(replace(stream, **to))
    cluster.changed()
    return acknowledged()


@endpoint(
    "indices.put_data_lifecycle",
    "PUT /_data_stream/{name}/_lifecycle",
    params=_PUT,
    docs="data-stream-put-lifecycle",
    body=_lifecycle_body,
    action="indices:admin/data_stream/lifecycle/put",
    since=(8, 11),
)
def put_data_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Say how long data is kept."""
    return _change(cluster, request, lifecycle=dict(request.parsed))


@endpoint(
    "indices.delete_data_lifecycle",
    "DELETE /_data_stream/{name}/_lifecycle",
    params=_PUT,
    docs="data-stream-delete-lifecycle",
    action="indices:admin/data_stream/lifecycle/delete",
    since=(8, 11),
)
def delete_data_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Keep data for ever."""
    return _change(cluster, request, lifecycle=None)


@endpoint(
    "indices.get_data_lifecycle",
    "GET /_data_stream/{name}/_lifecycle",
    params={**_GET, "include_defaults": boolean(False)},
    docs="data-stream-get-lifecycle",
    action="indices:admin/data_stream/lifecycle/get",
    since=(8, 11),
)
def get_data_lifecycle(cluster: Cluster, request: Request) -> Response:
    """How long data is kept."""
    streams = [
        {"name": one.name, **({} if one.lifecycle is None else {"lifecycle": shape.lifecycle(one.lifecycle)})}
        for one in found(cluster, request)
    ]
    return Response(200, {"data_streams": streams, "global_retention": {}})


@endpoint(
    "indices.explain_data_lifecycle",
    "GET /{index}/_lifecycle/explain",
    params={"include_defaults": boolean(False), "master_timeout": MASTER_TIMEOUT},
    docs="data-stream-explain-lifecycle",
    action="indices:admin/data_stream/lifecycle/explain",
    since=(8, 11),
)
def explain_data_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Whether a lifecycle manages indices, and how old they are."""
    now = cluster.clock.now_ms()
    out: dict[str, Json] = {}
    for index in resolve(cluster, request.part_list("index"), LENIENT):
        stream = state.stream_of(cluster, index.name)
        managed = stream is not None and stream.lifecycle is not None and stream.lifecycle.get("enabled", True)
        entry: dict[str, Json] = {"index": index.name, "managed_by_lifecycle": bool(managed)}
        if managed and stream is not None:
            entry["index_creation_date_millis"] = index.created_ms
            entry["time_since_index_creation"] = f"{now - index.created_ms}ms"
            entry["lifecycle"] = shape.lifecycle(stream.lifecycle or {})
        out[index.name] = entry
    return Response(200, {"indices": out})


@endpoint(
    "indices.get_data_lifecycle_stats",
    "GET /_lifecycle/stats",
    docs="data-stream-get-lifecycle-stats",
    action="cluster:monitor/data_stream/lifecycle/stats",
    since=(8, 12),
)
def get_data_lifecycle_stats(cluster: Cluster, request: Request) -> Response:
    """The streams that a lifecycle manages; no run has gone wrong."""
    managed = [one for one in state.data_streams(cluster).streams.values() if one.lifecycle is not None]
    streams = [
        {"name": one.name, "backing_indices_in_total": len(one.indices), "backing_indices_in_error": 0} for one in managed
    ]
    return Response(200, {"data_stream_count": len(managed), "data_streams": streams})


@endpoint(
    "indices.put_data_stream_options",
    "PUT /_data_stream/{name}/_options",
    params=_PUT,
    docs="data-stream-options",
    body=_options_body,
    action="indices:admin/data_stream/options/put",
    since=(8, 19),
)
def put_data_stream_options(cluster: Cluster, request: Request) -> Response:
    """Options: whether failed documents are kept."""
    return _change(cluster, request, options=dict(request.parsed))


@endpoint(
    "indices.delete_data_stream_options",
    "DELETE /_data_stream/{name}/_options",
    params=_PUT,
    docs="data-stream-options",
    action="indices:admin/data_stream/options/delete",
    since=(8, 19),
)
def delete_data_stream_options(cluster: Cluster, request: Request) -> Response:
    """Back to the defaults."""
    return _change(cluster, request, options=None)


@endpoint(
    "indices.get_data_stream_options",
    "GET /_data_stream/{name}/_options",
    params=_GET,
    docs="data-stream-options",
    action="indices:admin/data_stream/options/get",
    since=(8, 19),
)
def get_data_stream_options(cluster: Cluster, request: Request) -> Response:
    """Options as put."""
    streams = [
        {"name": one.name, **({} if one.options is None else {"options": one.options})} for one in found(cluster, request)
    ]
    return Response(200, {"data_streams": streams})
