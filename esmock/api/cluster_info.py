"""What a cluster says of itself beside its state: health report, features, capabilities, node facts by target.

Source: answers of 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, Param, boolean, integer, names, string, time
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, NullPointer, ResourceNotFound
from esmock.shape import health_report, node_stats

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "CONNECT")
_TARGETS = ("thread_pool", "script", "ingest", "http")


def _wanted(request: Request) -> list[str]:
    """What is asked for. Raises IllegalArgument for what there is not."""
    targets = request.part_list("target")
    if len(targets) > 1 and "_all" in targets:
        raise IllegalArgument(f"request [{request.path}] contains _all and individual target [{','.join(targets)}]")
    wanted = list(_TARGETS) if targets == ["_all"] else targets
    unknown = sorted(set(wanted) - set(_TARGETS))
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        shown = ", ".join(f"[{one}]" for one in unknown)
        raise IllegalArgument(f"request [{request.path}] contains unrecognized target{plural}: {shown}")
    return wanted


def _check_targets(request: Request) -> None:
    _wanted(request)


@endpoint(
    "cluster.info",
    "GET /_info/{target}",
    docs="cluster-info",
    prepare=_check_targets,
    action="cluster:monitor/nodes/stats",
    since=(8, 9),
)
def info(cluster: Cluster, request: Request) -> Response:
    """Figures of all nodes together."""
    wanted = _wanted(request)
    stats = node_stats.statistics(cluster, cluster.local_node, set(wanted), "node", dict)
    return Response(200, {"cluster_name": cluster.name, **{name: stats[name] for name in wanted if name in stats}})


@endpoint(
    "health_report",
    "GET /_health_report",
    "GET /_health_report/{feature}",
    params={"verbose": boolean(True), "size": integer(1000), "timeout": Param(time("30s").parse, None, since=(9, 0))},
    docs="health-api",
    spelt={"feature": "indicator"},
    action="cluster:monitor/health_api",
    since=(8, 7),
)
def report(cluster: Cluster, request: Request) -> Response:
    """The health by indicators, with what is wrong and what it touches."""
    if request.param("size") < 0:
        raise ActionRequestValidation("The size parameter must be a positive integer")
    wanted = request.part("feature")
    found = health_report.indicators(cluster, verbose=request.param("verbose"))
    if wanted is not None and wanted not in found:
        raise ResourceNotFound(f"Did not find indicator {wanted}")
    body: dict[str, Json] = {}
    if wanted is None:
        body["status"] = health_report.worst(found.values())
    body["cluster_name"] = cluster.name
    body["indicators"] = found if wanted is None else {wanted: found[wanted]}
    return Response(200, body)


FEATURES = (
    ("synonyms", "Manages synonyms"),
    ("tasks", "Manages task results"),
    ("security", "Manages configuration for Security features, such as users and roles"),
)


@endpoint(
    "features.get_features",
    "GET /_features",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="get-features-api",
    action="cluster:admin/features/get",
    since=(7, 12),
)
def get_features(cluster: Cluster, request: Request) -> Response:
    """Features that keep state of their own in system indices."""
    return Response(200, {"features": [{"name": name, "description": text} for name, text in FEATURES]})


@endpoint(
    "features.reset_features",
    "POST /_features/_reset",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="reset-features-api",
    action="cluster:admin/features/reset",
    since=(7, 12),
)
def reset_features(cluster: Cluster, request: Request) -> Response:
    """Forget what features keep: esmock keeps none of it in indices."""
    done = [{"feature_name": name, "status": "SUCCESS"} for name in sorted(name for name, _ in FEATURES)]
    return Response(200, {"features": done})


def _check_method(request: Request) -> None:
    method = request.raw.get("method", "GET")
    if method not in _METHODS:
        raise IllegalArgument(f"No enum constant org.elasticsearch.rest.RestRequest.Method.{method}")


def _check_capability(request: Request) -> None:
    if request.param("path") is None:
        raise NullPointer('Cannot invoke "String.length()" because "s" is null')


@endpoint(
    "capabilities",
    "GET /_capabilities",
    params={
        "method": string("GET"),
        "path": string(),
        "parameters": names(),
        "capabilities": names(),
        "local_only": boolean(False),
        "timeout": Param(time("30s").parse, None),
    },
    docs="capabilities",
    path=_check_method,
    check=_check_capability,
    action="cluster:monitor/nodes/capabilities",
    since=(8, 15),
)
def capabilities(cluster: Cluster, request: Request) -> Response:
    """Whether all nodes can do something."""
    from esmock.shape.capabilities import supports

    header = {"total": len(cluster.nodes), "successful": len(cluster.nodes), "failed": 0}
    names = request.param("capabilities") or []
    supported = supports(request.raw.get("method", "GET"), request.param("path"), names, cluster.behaviour)
    return Response(200, {"_nodes": header, "cluster_name": cluster.name, "supported": supported})
