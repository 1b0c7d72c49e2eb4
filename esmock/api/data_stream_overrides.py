"""Settings and mappings that a data stream lays over its template's. Docs: data-stream-settings, data-stream-mappings.

They hold for write indices that are made from now on.
Source: documentation of 9.1 to 9.5 and the published specification.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.data_streams import found
from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response, map_body
from esmock.errors import IllegalArgument
from esmock.shape import index as index_shape
from esmock.state import data_streams as state
from esmock.state import index_settings
from esmock.state.template_checks import check_mapping
from esmock.state.templates import merge_mappings

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream

endpoint = Endpoints()
Json = Any
_GET = {"master_timeout": MASTER_TIMEOUT}
_PUT = {"dry_run": boolean(False), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}


def _effective(cluster: Cluster, stream: DataStream) -> tuple[dict[str, Any], dict[str, Json]]:
    """Settings and mappings that the next write index will have."""
    template = state.template_for(cluster, stream.name)
    if template is None:
        raise IllegalArgument(f"no matching index template found for data stream [{stream.name}]")
    applied = state.applied_to(cluster, template, stream)
    return applied.settings, merge_mappings(applied.mappings)


def _settings(cluster: Cluster, stream: DataStream) -> dict[str, Json]:
    effective, _ = _effective(cluster, stream)
    return {
        "settings": index_shape.settings(stream.settings),
        "effective_settings": index_shape.settings(effective),
    }


def _mappings(cluster: Cluster, stream: DataStream) -> dict[str, Json]:
    _, effective = _effective(cluster, stream)
    return {"mappings": stream.mappings, "effective_mappings": effective}


def _changed(cluster: Cluster, request: Request, streams: list[DataStream]) -> None:
    if request.param("dry_run"):
        return
    for stream in streams:
        state.data_streams(cluster).put(stream)
    cluster.changed()


@endpoint(
    "indices.get_data_stream_settings",
    "GET /_data_stream/{name}/_settings",
    params=_GET,
    docs="data-stream-settings",
    action="indices:monitor/data_stream/settings/get",
    since=(8, 19),
)
def get_data_stream_settings(cluster: Cluster, request: Request) -> Response:
    """Settings of streams, and those of their next write index."""
    streams = [{"name": one.name, **_settings(cluster, one)} for one in found(cluster, request)]
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.get_data_stream_mappings",
    "GET /_data_stream/{name}/_mappings",
    params=_GET,
    docs="data-stream-mappings",
    action="indices:monitor/data_stream/mappings/get",
    since=(9, 2),
)
def get_data_stream_mappings(cluster: Cluster, request: Request) -> Response:
    """Mappings of streams, and those of their next write index."""
    streams = [{"name": one.name, **_mappings(cluster, one)} for one in found(cluster, request)]
    return Response(200, {"data_streams": streams})


@endpoint(
    "indices.put_data_stream_settings",
    "PUT /_data_stream/{name}/_settings",
    params=_PUT,
    docs="data-stream-settings",
    body=map_body,
    action="indices:admin/data_stream/settings/update",
    since=(8, 19),
)
def put_data_stream_settings(cluster: Cluster, request: Request) -> Response:
    """Settings over the template's; null takes one away."""
    given = index_settings.normalise(request.parsed)
    index_settings.check_values({key: value for key, value in given.items() if value is not None}, cluster.behaviour)
    streams = [
        replace(one, settings={key: value for key, value in {**one.settings, **given}.items() if value is not None})
        for one in found(cluster, request)
    ]
    results = {"applied_to_data_stream_only": sorted(given), "applied_to_data_stream_and_backing_indices": []}
    shown = [
        {
            "name": one.name,
            "applied_to_data_stream": True,
            **_settings(cluster, one),
            "index_settings_results": results,
        }
        for one in streams
    ]
    _changed(cluster, request, streams)
    return Response(200, {"data_streams": shown})


@endpoint(
    "indices.put_data_stream_mappings",
    "PUT /_data_stream/{name}/_mappings",
    params=_PUT,
    docs="data-stream-mappings",
    body=map_body,
    action="indices:admin/data_stream/mappings/update",
    since=(9, 2),
)
def put_data_stream_mappings(cluster: Cluster, request: Request) -> Response:
    """Mappings over the template's, in place of those put before."""
    streams = [replace(one, mappings=dict(request.parsed)) for one in found(cluster, request)]
    for one in streams:
        settings, effective = _effective(cluster, one)
        check_mapping(effective, settings, cluster, request.warn)
    shown = [{"name": one.name, "applied_to_data_stream": True, **_mappings(cluster, one)} for one in streams]
    _changed(cluster, request, streams)
    return Response(200, {"data_streams": shown})
