"""Downsampling an index of a time series. Docs: indices-downsample-data-stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.indices import acknowledged
from esmock.api.request import Request, Response, needs_content
from esmock.errors import Unsupported
from esmock.xcontent.object_parser import Parser, string
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


def _config(found: dict[str, Any]) -> dict[str, Any]:
    """The configuration, once its interval can be read. Raises IllegalArgument."""
    parse_time_ms(found["fixed_interval"], "DownsampleConfig.ROUNDING")
    return found


_CONFIG = Parser(
    "downsample/action/config",
    string("fixed_interval", required=True),
    string("sampling_method", in_version=lambda behaviour: behaviour.major >= 9),
    build=_config,
)


def _body(request: Request) -> dict[str, Any]:
    body = request.read(request.content, request.content_format or "json")
    found: dict[str, Any] = _CONFIG.parse(body, Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "indices.downsample",
    "POST /{index}/_downsample/{target_index}",
    docs="indices-downsample-data-stream",
    path=needs_content,
    body=_body,
    body_first=ALWAYS,
    action="indices:admin/xpack/downsample",
    since=(8, 7),
)
def downsample(cluster: Cluster, request: Request) -> Response:
    """A coarser index of a time series."""
    from esmock.features.downsample.target import downsample as run

    if request.parsed.get("sampling_method", "aggregate") != "aggregate":
        raise Unsupported("[sampling_method] of indices.downsample other than [aggregate]")
    run(cluster, request.part("index"), request.part("target_index"), request.parsed["fixed_interval"], request.warn)
    return acknowledged()
