"""Nodes that are told to go: the records of the shutdown API, until somebody takes them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Shutdown:
    """One announced shutdown.

    Args:
        kind: ``RESTART``, ``REMOVE``, ``REPLACE`` or ``SIGTERM``.
        allocation_delay: as given; ``RESTART`` only.
        target: the node that takes over; ``REPLACE`` only.
    """

    node_id: str
    kind: str
    reason: str
    started_ms: int
    allocation_delay: str | None = None
    target: str | None = None
    grace_period: str | None = None


@dataclass(slots=True)
class Shutdowns:
    """The slot ``shutdown`` of a cluster, by node id."""

    announced: dict[str, Shutdown] = field(default_factory=dict)

    def clone(self, cluster: Cluster) -> Shutdowns:
        """The same for another cluster."""
        return Shutdowns(dict(self.announced))


def shutdowns(cluster: Cluster) -> Shutdowns:
    """The cluster's announced shutdowns."""
    found: Shutdowns = cluster.slot("shutdown", Shutdowns)
    return found
