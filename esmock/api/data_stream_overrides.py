"""Settings and mappings that a data stream lays over its template's. Docs: data-stream-settings, data-stream-mappings.

They hold for write indices that are made from now on; settings that can be changed, for those that there are, too.
Source: documentation of 9.1 to 9.5 and the published specification; the makers' test data_stream/240.
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
from esmock.state import index_settings, update_settings
from esmock.state.template_checks import check_mapping
from esmock.state.templates import merge_mappings

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream
    from esmock.version import Behaviour

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
    unknown = [name for name in given if index_settings.find(name, cluster.behaviour) is None]
    if unknown:
        shown = [_refused(one, f"Cannot set the following settings on a data stream: [{','.join(unknown)}]") for one in found(cluster, request)]
        return Response(200, {"data_streams": shown})
    index_settings.check_values({key: value for key, value in given.items() if value is not None}, cluster.behaviour)
    streams = [
        replace(one, settings={key: value for key, value in {**one.settings, **given}.items() if value is not None})
        for one in found(cluster, request)
    ]
    at_once = {name: value for name, value in given.items() if _is_dynamic(name, cluster.behaviour)}
    results = _results([name for name in sorted(given) if name not in at_once], sorted(at_once))
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
    if at_once and not request.param("dry_run"):
        held = [cluster.indices[name] for stream in streams for name in stream.indices]
        update_settings.update(cluster, held, at_once, preserve=False, reopen=False, lifts_block=False, warn=request.warn)
    return Response(200, {"data_streams": shown})


def _is_dynamic(name: str, behaviour: Behaviour) -> bool:
    setting = index_settings.find(name, behaviour)
    return setting is not None and setting.scope == "dynamic"


def _results(only: list[str], also: list[str]) -> dict[str, Json]:
    return {"applied_to_data_stream_only": only, "applied_to_data_stream_and_backing_indices": also}


def _refused(stream: DataStream, reason: str) -> dict[str, Json]:
    empty = {"settings": {}, "effective_settings": {}, "index_settings_results": _results([], [])}
    return {"name": stream.name, "applied_to_data_stream": False, "error": reason, **empty}


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
