"""Tasks: numbers for all of them, and the results of those that nobody waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Args:
        kind: ``transport`` or ``direct``.
        parent: ``node:number`` of the task that started it.
        response, error: what it ended with.
    """

    id: int
    action: str
    kind: str
    started_ms: int
    parent: str | None = None
    description: str = ""
    status: Json = None
    cancellable: bool = False
    running_ns: int = 100_000
    headers: dict[str, str] = field(default_factory=dict)
    response: Json = None
    error: Json = None


class Running(Protocol):
    """What runs behind a task."""

    def task(self, *, joined: bool = False) -> Task: ...

    def children(self) -> list[Task]: ...

    def rethrottle(self, rate: float) -> None: ...

    def cancel(self) -> None: ...


class Tasks:
    """The tasks of a cluster.

    Attributes:
        running: by number; only jobs that nobody waits for are here.
        ended: results that were kept.
    """

    def __init__(self) -> None:
        self.last_id = 0
        self.ended: dict[int, Task] = {}
        self.running: dict[int, Running] = {}

    def clone(self, cluster: Cluster) -> Tasks:
        """The same results for another cluster; what runs stays behind, as with a restart."""
        twin = Tasks()
        twin.last_id = self.last_id
        twin.ended = dict(self.ended)
        return twin

    def next_id(self) -> int:
        """A number for a new task."""
        self.last_id += 1
        return self.last_id

    def live(self) -> list[Task]:
        """The tasks of what runs, slices before their parents."""
        return [task for one in self.running.values() for task in (*one.children(), one.task())]

    def body_of(self, cluster: Cluster, task: Task, *, detailed: bool) -> dict[str, Json]:
        """A task as listings show it."""
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
            out["cancelled"] = isinstance(task.status, dict) and "canceled" in task.status
        if task.parent is not None:
            out["parent_task_id"] = task.parent
        out["headers"] = dict(task.headers)
        return out

    def keep(self, task: Task) -> None:
        """Remember what a task ended with."""
        self.ended[task.id] = task


def tasks(cluster: Cluster) -> Tasks:
    """The cluster's tasks."""
    found: Tasks = cluster.slot("tasks", Tasks)
    return found
