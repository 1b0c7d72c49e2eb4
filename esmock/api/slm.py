"""Snapshot lifecycle management. Docs: slm-apis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.operation_mode import TIMES, declare
from esmock.api.request import Request, Response
from esmock.features.snapshot_lifecycle import policy as policies
from esmock.features.snapshot_lifecycle.policies import snapshot_lifecycles
from esmock.shape import snapshot_lifecycle as shape
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.snapshot_lifecycle.policy import SnapshotPolicy
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _policy_body(request: Request) -> SnapshotPolicy:
    body = request.required_json()
    return policies.parse(request.part("policy_id"), body, Reading(request.behaviour, request.warn))


@endpoint(
    "slm.put_lifecycle",
    "PUT /_slm/policy/{policy_id}",
    params=TIMES,
    docs="slm-api-put-policy",
    body=_policy_body,
    action="cluster:admin/slm/put",
)
def put_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Store a policy."""
    snapshot_lifecycles(cluster).put(request.parsed)
    return acknowledged()


@endpoint(
    "slm.get_lifecycle",
    "GET /_slm/policy",
    "GET /_slm/policy/{policy_id}",
    params=TIMES,
    docs="slm-api-get-policy",
    action="cluster:admin/slm/get",
)
def get_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Policies with what they did and when they do it again."""
    found = snapshot_lifecycles(cluster).find(request.part_list("policy_id"))
    return Response(200, {one.policy.id: shape.entry(one, cluster.behaviour, human=request.human) for one in found})


@endpoint(
    "slm.delete_lifecycle",
    "DELETE /_slm/policy/{policy_id}",
    params=TIMES,
    docs="slm-api-delete-policy",
    action="cluster:admin/slm/delete",
)
def delete_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Forget a policy; its snapshots stay."""
    snapshot_lifecycles(cluster).delete(request.part("policy_id"))
    return acknowledged()


@endpoint(
    "slm.execute_lifecycle",
    "PUT,POST /_slm/policy/{policy_id}/_execute",
    params=TIMES,
    docs="slm-api-execute-lifecycle",
    action="cluster:admin/slm/execute",
)
def execute_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Take a policy's snapshot now."""
    return Response(200, {"snapshot_name": snapshot_lifecycles(cluster).execute(request.part("policy_id"))})


@endpoint(
    "slm.execute_retention",
    "POST /_slm/_execute_retention",
    params=TIMES,
    docs="slm-api-execute-retention",
    action="cluster:admin/slm/execute-retention",
)
def execute_retention(cluster: Cluster, request: Request) -> Response:
    """Remove old snapshots now."""
    snapshot_lifecycles(cluster).retain()
    return acknowledged()


@endpoint(
    "slm.get_stats", "GET /_slm/stats", params=TIMES, docs="slm-api-get-stats", action="cluster:admin/slm/stats"
)
def get_stats(cluster: Cluster, request: Request) -> Response:
    """What all policies did."""
    return Response(200, shape.statistics(snapshot_lifecycles(cluster)))


declare(
    endpoint,
    "slm",
    snapshot_lifecycles,
    docs="slm-api",
    status_docs="slm-api-get-status",
    status_params=TIMES,
    status_action="cluster:admin/slm/status",
    action="cluster:admin/slm/{what}",
)
