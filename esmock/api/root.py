"""``GET /`` and ``HEAD /``. Docs: rest-api-root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.request import Request, Response

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


@endpoint("info", "GET /", docs="rest-api-root", action="cluster:monitor/main")
def info(cluster: Cluster, request: Request) -> Response:
    """Name, version and build of the node."""
    behaviour = cluster.behaviour
    build = behaviour.build
    return Response(
        200,
        {
            "name": cluster.node_name,
            "cluster_name": cluster.name,
            "cluster_uuid": cluster.uuid,
            "version": {
                "number": str(behaviour.version),
                "build_flavor": cluster.setting("esmock.build_flavor", "default"),
                "build_type": cluster.setting("esmock.build_type", "tar"),
                "build_hash": build.hash,
                "build_date": build.date,
                "build_snapshot": False,
                "lucene_version": build.lucene,
                "minimum_wire_compatibility_version": build.minimum_wire,
                "minimum_index_compatibility_version": build.minimum_index,
            },
            "tagline": "You Know, for Search",
        },
        is_indented=not request.has_param("pretty"),
    )


@endpoint("ping", "HEAD /", docs="rest-api-root", action="cluster:monitor/main")
def ping(cluster: Cluster, request: Request) -> Response:
    """The answer of ``info``, whose body stays behind."""
    return info(cluster, request)
