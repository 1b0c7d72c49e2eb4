"""Tasks: numbers for all of them, and the results of those that nobody waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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


class Tasks:
    """The tasks of a cluster."""

    def __init__(self) -> None:
        self.last_id = 0
        self.ended: dict[int, Task] = {}

    def clone(self, cluster: Cluster) -> Tasks:
        """The same results for another cluster."""
        twin = Tasks()
        twin.last_id = self.last_id
        twin.ended = dict(self.ended)
        return twin

    def next_id(self) -> int:
        """A number for a new task."""
        self.last_id += 1
        return self.last_id

    def keep(self, task: Task) -> None:
        """Remember what a task ended with."""
        self.ended[task.id] = task


def tasks(cluster: Cluster) -> Tasks:
    """The cluster's tasks."""
    found: Tasks = cluster.slot("tasks", Tasks)
    return found
