"""Tasks: what runs, and what ran and kept its result.

Only tasks that a client asked not to wait for outlive their request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.nodes import meant
from esmock.api.params import Param, boolean, names, string, time
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    IllegalArgument,
    IndexNotFound,
    NumberFormat,
    ResourceNotFound,
    Timeout,
)
from esmock.shape import human
from esmock.shape.nodes import base
from esmock.state.resolve import glob
from esmock.state.task_index import NAME, result_body
from esmock.state.tasks import Running, Task, tasks
from esmock.xcontent.java_number import parse_long

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_HEALTH_NODE_ID = 13
_DEFAULT_TIMEOUT_MS = 30_000
_POLL_SECONDS = 0.02
_TIMEOUT = Param(time("30s").parse, None)


def parse_task_id(text: str) -> tuple[str, int]:
    """Node and number of ``node:12``. Raises IllegalArgument."""
    node, colon, number = text.rpartition(":")
    if not colon:
        raise IllegalArgument(f"malformed task id {text}")
    try:
        return node, parse_long(number)
    except NumberFormat as cause:
        raise IllegalArgument(f"malformed task id {text}", cause=cause) from None


def _parent(name: str, text: str) -> str:
    if text:
        parse_task_id(text)
    return text


PARENT = Param(_parent, None)
_LIST = {
    "detailed": boolean(False),
    "nodes": names(),
    "actions": names(),
    "parent_task_id": PARENT,
    "wait_for_completion": boolean(False),
    "timeout": _TIMEOUT,
}


def _check_task_id(request: Request) -> None:
    text = request.part("task_id")
    if text is not None:
        parse_task_id(text)


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
    found = [*tasks(cluster).live(), *_own_tasks(cluster, request, "cluster:monitor/tasks/lists")]
    if cluster.local_node not in meant(cluster, request.param("nodes") or []):
        return []
    return [one for one in found if _matches(request, one)]


def _body(cluster: Cluster, task: Task, *, detailed: bool) -> dict[str, Json]:
    return tasks(cluster).body_of(cluster, task, detailed=detailed)


def grouped(cluster: Cluster, found: list[Task], group_by: str, *, detailed: bool) -> dict[str, Json]:
    """Tasks in the form that ``group_by`` names."""
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
    """Running tasks: the one that lists them too."""
    _check_group_by(request)
    found = listed(cluster, request)
    return _shown(request, grouped(cluster, found, request.param("group_by"), detailed=request.param("detailed")))


def _check_group_by(request: Request) -> None:
    group_by = request.param("group_by")
    if group_by not in ("nodes", "parents", "none"):
        raise IllegalArgument(f"[group_by] must be one of [nodes], [parents] or [none] but was [{group_by}]")


def _shown(request: Request, body: dict[str, Json]) -> Response:
    return Response(200, human.with_twins(body) if request.human else body)


def _no_task(cluster: Cluster, node: str, number: int) -> ResourceNotFound:
    resource = "index_expression" if cluster.behaviour.mapping_types else "index_or_alias"
    no_index = None if NAME in cluster.indices else IndexNotFound(NAME, resource=resource)
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
    params={"wait_for_completion": boolean(False), "timeout": _TIMEOUT},
    docs="tasks",
    path=_check_task_id,
    action="cluster:monitor/task/get",
)
def get(cluster: Cluster, request: Request) -> Response | Awaitable[Response]:
    """A task that runs, or that has ended and kept its result."""
    node, number = parse_task_id(request.part("task_id"))
    registry = tasks(cluster)
    running = registry.running.get(number) if node == cluster.node_id else None
    if running is not None:
        if request.param("wait_for_completion"):
            return _wait(cluster, number, request.param("timeout"))
        return _shown(request, {"completed": False, "task": _body(cluster, running.task(), detailed=True)})
    found = registry.ended.get(number) if node == cluster.node_id else None
    if found is None:
        raise _no_task(cluster, node, number)
    return Response(200, result_body(cluster, found))


async def _wait(cluster: Cluster, number: int, timeout_ms: int | None) -> Response:
    """Poll until the task has ended or the timeout is used up, on the clock; on a frozen one real time counts too."""
    registry = tasks(cluster)
    timeout_ms = _DEFAULT_TIMEOUT_MS if timeout_ms is None else timeout_ms
    deadline_ms = cluster.clock.now_ms() + timeout_ms
    real_deadline = monotonic() + timeout_ms / 1000
    while number in registry.running:
        if cluster.clock.now_ms() >= deadline_ms or (cluster.clock.is_frozen and monotonic() >= real_deadline):
            shown = "org.elasticsearch.index.reindex.BulkByScrollTask@0"
            raise Timeout(f"Timed out waiting for completion of [{shown}]", told=cluster.behaviour.timeouts_are_told)
        await asyncio.sleep(_POLL_SECONDS)
        cluster.clock.run_due()
    return Response(200, result_body(cluster, registry.ended[number]))


@endpoint(
    "tasks.cancel",
    "POST /_tasks/_cancel",
    "POST /_tasks/{task_id}/_cancel",
    params={
        "nodes": names(),
        "actions": names(),
        "parent_task_id": PARENT,
        "wait_for_completion": boolean(False),
        "group_by": string("nodes"),
    },
    docs="tasks",
    path=_check_task_id,
    action="cluster:admin/tasks/cancel",
)
def cancel(cluster: Cluster, request: Request) -> Response:
    """End running jobs."""
    registry = tasks(cluster)
    text = request.part("task_id")
    _check_group_by(request)
    group_by, parent = request.param("group_by"), request.param("parent_task_id")
    if text is not None and request.param("nodes"):
        raise ActionRequestValidation("task id cannot be used together with node ids")
    if text is None:
        here = cluster.local_node in meant(cluster, request.param("nodes") or [])
        chosen = [one for one in registry.running.values() if here and _matches(request, one.task())]
        body = _cancelled(cluster, chosen, group_by)
        if here and cluster.behaviour.major >= 8 and not parent and not request.param("actions"):
            body = {"node_failures": [_cancelled_itself(cluster)], **body}
        return Response(200, body)
    node, number = parse_task_id(text)
    if node == cluster.node_id and number in registry.running:
        return Response(200, _cancelled(cluster, [registry.running[number]], group_by))
    nothing = grouped(cluster, [], group_by, detailed=False)
    if node != cluster.node_id:
        failure = {
            "type": "failed_node_exception",
            "reason": f"Failed node [{node}]",
            "node_id": node,
            "caused_by": {"type": "no_such_node_exception", "reason": f"No such node [{node}]", "node_id": node},
        }
        return Response(200, {"node_failures": [failure], **nothing})
    missing = {"type": "resource_not_found_exception", "reason": f"task [{text}] is not found"}
    caused = {
        "type": "failed_node_exception",
        "reason": f"Failed node [{node}]",
        "node_id": node,
        "caused_by": missing,
    }
    return Response(200, {"node_failures": [caused], **nothing})


def _cancelled_itself(cluster: Cluster) -> dict[str, Json]:
    """Since 8.0 a request that cancels everything is among what it cancels."""
    node = cluster.node_id
    cause = {"type": "task_cancelled_exception", "reason": "task cancelled [by user request]"}
    return {"type": "failed_node_exception", "reason": f"Failed node [{node}]", "node_id": node, "caused_by": cause}


def _cancelled(cluster: Cluster, chosen: list[Running], group_by: str) -> dict[str, Json]:
    shown = grouped(cluster, [one.task() for one in chosen], group_by, detailed=False)
    for one in chosen:
        one.cancel()
    return shown
