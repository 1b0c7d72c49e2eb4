"""What data streams can be told beside their template: lifecycle, options, settings, mappings. Docs: data-stream-apis.

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
from esmock.errors import IllegalArgument, Unsupported, XContentParse
from esmock.shape import data_streams as shape
from esmock.shape import index as index_shape
from esmock.state import data_streams as state
from esmock.state import index_settings
from esmock.state.resolve import LENIENT, resolve
from esmock.state.templates import merge_mappings
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream

endpoint = Endpoints()
Json = Any
_PUT = {**EXPAND, "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}
_GET = {**EXPAND, "master_timeout": MASTER_TIMEOUT, "include_defaults": boolean(False)}
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
    return body


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
    for stream in found(cluster, request):
        state.data_streams(cluster).put(replace(stream, lifecycle=dict(request.parsed)))
    cluster.changed()
    return acknowledged()


@endpoint(
    "indices.get_data_lifecycle",
    "GET /_data_stream/{name}/_lifecycle",
    params=_GET,
    docs="data-stream-get-lifecycle",
    action="indices:admin/data_stream/lifecycle/get",
    since=(8, 11),
)
def get_data_lifecycle(cluster: Cluster, request: Request) -> Response:
    """How long data is kept."""
    shown = []
    for stream in found(cluster, request):
        entry: dict[str, Json] = {"name": stream.name}
        if stream.lifecycle is not None:
            entry["lifecycle"] = shape.lifecycle(stream.lifecycle)
        shown.append(entry)
    return Response(200, {"data_streams": shown, "global_retention": {}})


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
    for stream in found(cluster, request):
        state.data_streams(cluster).put(replace(stream, lifecycle=None))
    cluster.changed()
    return acknowledged()


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
    body=lambda request: _known(map_body(request), ("failure_store",), "options"),
    action="indices:admin/data_stream/options/put",
    since=(8, 19),
)
def put_data_stream_options(cluster: Cluster, request: Request) -> Response:
    """Options: whether failed documents are kept."""
    if (request.parsed.get("failure_store") or {}).get("enabled"):
        raise Unsupported("failure stores of data streams")
    for stream in found(cluster, request):
        state.data_streams(cluster).put(replace(stream, options=dict(request.parsed)))
    return acknowledged()


@endpoint(
    "indices.get_data_stream_options",
    "GET /_data_stream/{name}/_options",
    params={**EXPAND, "master_timeout": MASTER_TIMEOUT},
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
    for stream in found(cluster, request):
        state.data_streams(cluster).put(replace(stream, options=None))
    return acknowledged()


def _effective(cluster: Cluster, stream: DataStream) -> tuple[dict[str, Any], dict[str, Json]]:
    """Settings and mappings that the next write index will have."""
    template = state.template_for(cluster, stream.name)
    if template is None:
        raise IllegalArgument(f"no matching index template found for data stream [{stream.name}]")
    applied = state.applied_to(cluster, template, stream)
    return applied.settings, merge_mappings(applied.mappings)


@endpoint(
    "indices.get_data_stream_settings",
    "GET /_data_stream/{name}/_settings",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="data-stream-settings",
    action="indices:monitor/data_stream/settings/get",
    since=(9, 1),
)
def get_data_stream_settings(cluster: Cluster, request: Request) -> Response:
    """Settings of streams, and those of their next write index."""
    streams = []
    for one in found(cluster, request):
        effective, _ = _effective(cluster, one)
        streams.append(
            {
                "name": one.name,
                "settings": index_shape.settings(one.settings),
                "effective_settings": index_shape.settings(effective),
            }
        )
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.put_data_stream_settings",
    "PUT /_data_stream/{name}/_settings",
    params={"dry_run": boolean(False), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="data-stream-settings",
    body=map_body,
    action="indices:admin/data_stream/settings/update",
    since=(9, 1),
)
def put_data_stream_settings(cluster: Cluster, request: Request) -> Response:
    """Settings over the template's; they hold for write indices that are made from now on."""
    given = index_settings.normalise(request.parsed)
    index_settings.check_values({key: value for key, value in given.items() if value is not None}, cluster.behaviour)
    streams = []
    for one in found(cluster, request):
        settings = {key: value for key, value in {**one.settings, **given}.items() if value is not None}
        changed = replace(one, settings=settings)
        if not request.param("dry_run"):
            state.data_streams(cluster).put(changed)
        effective, _ = _effective(cluster, changed)
        streams.append(
            {
                "name": one.name,
                "applied_to_data_stream": True,
                "settings": index_shape.settings(settings),
                "effective_settings": index_shape.settings(effective),
                "index_settings_results": {
                    "applied_to_data_stream_only": sorted(given),
                    "applied_to_data_stream_and_backing_indices": [],
                },
            }
        )
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.get_data_stream_mappings",
    "GET /_data_stream/{name}/_mappings",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="data-stream-mappings",
    action="indices:monitor/data_stream/mappings/get",
    since=(9, 2),
)
def get_data_stream_mappings(cluster: Cluster, request: Request) -> Response:
    """Mappings of streams, and those of their next write index."""
    streams = []
    for one in found(cluster, request):
        _, effective = _effective(cluster, one)
        streams.append({"name": one.name, "mappings": one.mappings, "effective_mappings": effective})
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.put_data_stream_mappings",
    "PUT /_data_stream/{name}/_mappings",
    params={"dry_run": boolean(False), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="data-stream-mappings",
    body=map_body,
    action="indices:admin/data_stream/mappings/update",
    since=(9, 2),
)
def put_data_stream_mappings(cluster: Cluster, request: Request) -> Response:
    """Mappings over the template's; they hold for write indices that are made from now on."""
    from esmock.state.put_template import check_mapping

    streams = []
    for one in found(cluster, request):
        changed = replace(one, mappings=dict(request.parsed))
        settings, effective = _effective(cluster, changed)
        check_mapping(effective, settings, cluster, request.warn)
        if not request.param("dry_run"):
            state.data_streams(cluster).put(changed)
        streams.append(
            {
                "name": one.name,
                "applied_to_data_stream": True,
                "mappings": changed.mappings,
                "effective_mappings": effective,
            }
        )
    return Response(200, {"data_streams": streams})
