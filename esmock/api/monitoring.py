"""Monitoring data that others send: refused unless it says whose it is, and dropped, since none is collected. Docs: monitor-elasticsearch-cluster.

Source: answers of 6.8.23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.params import string
from esmock.api.request import Request, Response
from esmock.errors import ElasticsearchParse, IllegalArgument

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_SYSTEMS = ("kibana", "logstash", "beats")
_VERSIONS = ("6", "7")


def _body(request: Request) -> None:
    """Raises IllegalArgument for what is not said, ElasticsearchParse for no body."""
    for name in ("system_id", "system_api_version", "interval"):
        if not request.raw.get(name):
            raise IllegalArgument(f"no [{name}] for monitoring bulk request")
    if not request.content:
        raise ElasticsearchParse("no body content for monitoring bulk request")
    system, version = request.raw["system_id"], request.raw["system_api_version"]
    if system in _SYSTEMS and version not in _VERSIONS:
        raise IllegalArgument(f"system_api_version [{version}] is not supported by system_id [{system}]")


@endpoint(
    "monitoring.bulk",
    "POST,PUT /_monitoring/bulk",
    params={"system_id": string(), "system_api_version": string(), "interval": string()},
    docs="monitor-elasticsearch-cluster",
    body=_body,
    action="cluster:admin/xpack/monitoring/bulk",
    streams=True,
)
def bulk(cluster: Cluster, request: Request) -> Response:
    """Nothing is kept: collection is off."""
    return Response(200, {"took": 0, "ignored": True, "errors": False})
