"""Tasks: what runs, and what ran and kept its result.

Only tasks that a client asked not to wait for outlive their request; they have ended when the answer is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.nodes import meant
from esmock.api.params import Param, boolean, names, string, time
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, IndexNotFound, NumberFormat, ResourceNotFound
from esmock.shape.nodes import base
from esmock.state.resolve import glob
from esmock.state.tasks import Task, tasks
from esmock.xcontent.java_number import parse_long

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_HEALTH_NODE_ID = 13
_TIMEOUT = Param(time("30s").parse, None)
_LIST = {
    "detailed": boolean(False),
    "nodes": names(),
    "actions": names(),
    "parent_task_id": string(),
    "wait_for_completion": boolean(False),
    "timeout": _TIMEOUT,
}


def parse_task_id(text: str) -> tuple[str, int]:
    """Node and number of ``node:12``. Raises IllegalArgument."""
    node, colon, number = text.rpartition(":")
    if not colon:
        raise IllegalArgument(f"malformed task id {text}")
    try:
        return node, parse_long(number)
    except NumberFormat as cause:
        raise IllegalArgument(f"malformed task id {text}", cause=cause) from None


def _own_tasks(cluster: Cluster, request: Request, action: str) -> list[Task]:
    """The request's own task and its part on the node."""
    registry = tasks(cluster)
    now = cluster.clock.now_ms()
    first = registry.next_id()
    parent = Task(first, action, "transport", now, cancellable=cluster.behaviour.major >= 8)
    newer = cluster.behaviour.major >= 8
    kind = "transport" if newer else "direct"
    child = Task(registry.next_id(), f"{action}[n]", kind, now, f"{cluster.node_id}:{first}", cancellable=newer)
    return [child, parent, _health_node(cluster)] if newer else [parent, child]


def _health_node(cluster: Cluster) -> Task:
    """The task that makes a node the one that watches the cluster's health: it never ends."""
    return Task(
        _HEALTH_NODE_ID,
        "health-node[c]",
        "persistent",
        cluster.started_ms,
        "cluster:1",
        description="id=health-node",
        status={"state": "STARTED"},
        cancellable=True,
        running_ns=max(0, cluster.clock.now_ms() - cluster.started_ms) * 1_000_000,
    )


def _matches(request: Request, task: Task) -> bool:
    actions = request.param("actions")
    parent = request.param("parent_task_id")
    if parent and task.parent != parent:
        return False
    return not actions or any(glob(one).match(task.action) for one in actions)


def listed(cluster: Cluster, request: Request) -> list[Task]:
    """The tasks that a listing shows: on the nodes, of the actions, with the parent that it names."""
    parent = request.param("parent_task_id")
    if parent:
        parse_task_id(parent)
    found = _own_tasks(cluster, request, "cluster:monitor/tasks/lists")
    if cluster.local_node not in meant(cluster, request.param("nodes") or []):
        return []
    return [one for one in found if _matches(request, one)]


def _body(cluster: Cluster, task: Task, *, detailed: bool) -> dict[str, Json]:
    out: dict[str, Json] = {
        "node": cluster.node_id,
        "id": task.id,
        "type": task.kind,
        "action": task.action,
    }
    if detailed:
        if task.status is not None:
            out["status"] = task.status
        out["description"] = task.description
    out["start_time_in_millis"] = task.started_ms
    out["running_time_in_nanos"] = task.running_ns
    out["cancellable"] = task.cancellable
    if task.cancellable and cluster.behaviour.newer_jackson:
        out["cancelled"] = False
    if task.parent is not None:
        out["parent_task_id"] = task.parent
    out["headers"] = dict(task.headers)
    return out


def _grouped(cluster: Cluster, found: list[Task], group_by: str, *, detailed: bool) -> dict[str, Json]:
    bodies = {f"{cluster.node_id}:{task.id}": _body(cluster, task, detailed=detailed) for task in found}
    if group_by == "none":
        return {"tasks": list(bodies.values())}
    if group_by == "parents":
        out: dict[str, Json] = {}
        for name, body in bodies.items():
            if body.get("parent_task_id") not in bodies:
                out[name] = body
        for body in bodies.values():
            parent = body.get("parent_task_id")
            if parent in bodies:
                bodies[parent].setdefault("children", []).append(body)
        return {"tasks": out}
    if not bodies:
        return {"nodes": {}}
    node = cluster.local_node
    entry = {
        **base(node),
        "ip": node.transport_address,
        "roles": list(node.roles),
        "attributes": dict(node.attributes),
        "tasks": bodies,
    }
    return {"nodes": {cluster.node_id: entry}}


@endpoint(
    "tasks.list",
    "GET /_tasks",
    params={**_LIST, "group_by": string("nodes")},
    docs="tasks",
    action="cluster:monitor/tasks/lists",
)
def list_(cluster: Cluster, request: Request) -> Response:
    """Running tasks: only the one that lists them."""
    group_by = request.param("group_by")
    if group_by not in ("nodes", "parents", "none"):
        raise IllegalArgument(f"[group_by] must be one of [nodes], [parents] or [none] but was [{group_by}]")
    found = listed(cluster, request)
    return Response(200, _grouped(cluster, found, group_by, detailed=request.param("detailed")))


def _no_task(cluster: Cluster, node: str, number: int) -> ResourceNotFound:
    resource = "index_expression" if cluster.behaviour.mapping_types else "index_or_alias"
    no_index = IndexNotFound(".tasks", resource=resource)
    missing = ResourceNotFound(f"task [{node}:{number}] isn't running and hasn't stored its results", cause=no_index)
    if node == cluster.node_id:
        return missing
    return ResourceNotFound(
        f"task [{node}:{number}] belongs to the node [{node}] which isn't part of the cluster and there is no record of "
        "the task",
        cause=missing,
    )


@endpoint(
    "tasks.get",
    "GET /_tasks/{task_id}",
    params={"timeout": _TIMEOUT, "wait_for_completion": boolean(False)},
    docs="tasks",
    action="cluster:monitor/task/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """A task that has ended and kept its result."""
    node, number = parse_task_id(request.part("task_id"))
    found = tasks(cluster).ended.get(number) if node == cluster.node_id else None
    if found is None:
        raise _no_task(cluster, node, number)
    body = {"completed": True, "task": _body(cluster, found, detailed=True)}
    if found.error is not None:
        body["error"] = found.error
    if found.response is not None:
        body["response"] = found.response
    return Response(200, body)


@endpoint(
    "tasks.cancel",
    "POST /_tasks/_cancel",
    "POST /_tasks/{task_id}/_cancel",
    params={
        "nodes": names(),
        "actions": names(),
        "parent_task_id": string(),
        "wait_for_completion": boolean(False),
        "group_by": string("nodes"),
    },
    docs="tasks",
    action="cluster:admin/tasks/cancel",
)
def cancel(cluster: Cluster, request: Request) -> Response:
    """End running tasks: none can be."""
    text = request.part("task_id")
    if text is None:
        return Response(200, {"nodes": {}})
    node, _ = parse_task_id(text)
    if node != cluster.node_id:
        failure = {
            "type": "failed_node_exception",
            "reason": f"Failed node [{node}]",
            "node_id": node,
            "caused_by": {"type": "no_such_node_exception", "reason": f"No such node [{node}]", "node_id": node},
        }
        return Response(200, {"node_failures": [failure], "nodes": {}})
    missing = {"type": "resource_not_found_exception", "reason": f"task [{text}] is not found"}
    caused = {
        "type": "failed_node_exception",
        "reason": f"Failed node [{node}]",
        "node_id": node,
        "caused_by": missing,
    }
    return Response(200, {"node_failures": [caused], "nodes": {}})
