"""Enrich policies. Docs: enrich-apis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, boolean
from esmock.api.request import Request, Response

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_PARAMS = {"master_timeout": MASTER_TIMEOUT}
_ACTION = "cluster:admin/xpack/enrich"


def _policy(request: Request) -> Any:
    from esmock.ingest.enrich.policy import Policy
    from esmock.xcontent.value_reader import Reading

    return Policy.read(request.required_json(), Reading(request.behaviour, request.warn))


@endpoint(
    "enrich.put_policy",
    "PUT /_enrich/policy/{name}",
    params=_PARAMS,
    docs="put-enrich-policy-api",
    body=_policy,
    action=f"{_ACTION}/put",
)
def put_policy(cluster: Cluster, request: Request) -> Response:
    """Keep a policy."""
    from esmock.ingest.enrich.policy import policies

    policies(cluster).put(request.part("name"), request.parsed)
    return Response(200, {"acknowledged": True})


@endpoint(
    "enrich.get_policy",
    "GET /_enrich/policy/{name}",
    "GET /_enrich/policy",
    params=_PARAMS,
    docs="get-enrich-policy-api",
    action=f"{_ACTION}/get",
)
def get_policy(cluster: Cluster, request: Request) -> Response:
    """Policies by name, or all."""
    from esmock.ingest.enrich.policy import policies

    return Response(200, {"policies": policies(cluster).find(request.part_list("name"))})


@endpoint(
    "enrich.delete_policy",
    "DELETE /_enrich/policy/{name}",
    params=_PARAMS,
    docs="delete-enrich-policy-api",
    action=f"{_ACTION}/delete",
)
def delete_policy(cluster: Cluster, request: Request) -> Response:
    """Remove a policy with its indices."""
    from esmock.ingest.enrich.policy import policies

    policies(cluster).delete(request.part("name"))
    return Response(200, {"acknowledged": True})


@endpoint(
    "enrich.execute_policy",
    "PUT,POST /_enrich/policy/{name}/_execute",
    params={**_PARAMS, "wait_for_completion": boolean(True)},
    docs="execute-enrich-policy-api",
    action=f"{_ACTION}/execute",
)
def execute_policy(cluster: Cluster, request: Request) -> Response:
    """Make a policy's index; who does not wait is told the task, which has ended by then."""
    from esmock.ingest.enrich.execute import execute
    from esmock.ingest.enrich.policy import policies
    from esmock.state.tasks import Task, tasks

    name, status = request.part("name"), {"phase": "COMPLETE"}
    started_ms = cluster.clock.now_ms()
    execute(policies(cluster), name)
    if request.param("wait_for_completion"):
        return Response(200, {"status": status})
    registry = tasks(cluster)
    number = registry.next_id()
    registry.keep(
        Task(number, "policy_execution", "enrich", started_ms, description=name, status=status, response=status)
    )
    return Response(200, {"task": f"{cluster.node_id}:{number}"})


@endpoint(
    "enrich.stats",
    "GET /_enrich/_stats",
    params=_PARAMS,
    docs="enrich-stats-api",
    action="cluster:monitor/xpack/enrich/stats",
)
def stats(cluster: Cluster, request: Request) -> Response:
    """What the searches of the processors came to."""
    from esmock.ingest.enrich.policy import policies

    state = policies(cluster)
    node, counted = cluster.node_id, state.counters
    coordinator = {
        "node_id": node,
        "queue_size": 0,
        "remote_requests_current": 0,
        "remote_requests_total": counted.misses,
        "executed_searches_total": counted.misses,
    }
    shown: dict[str, Any] = {"executing_policies": [], "coordinator_stats": [coordinator]}
    if cluster.behaviour.has((7, 16)):
        cache: dict[str, Any] = {"node_id": node, "count": len(state.found), "hits": counted.hits, "misses": counted.misses}
        cache["evictions"] = counted.evictions
        if cluster.behaviour.has((8, 15)):
            cache |= {"hits_time_in_millis": 0, "misses_time_in_millis": 0, "size_in_bytes": state.size_in_bytes()}
        shown["cache_stats"] = [cache]
    return Response(200, shown)
