"""Health: counts of shard copies and the colour they give.

Source: recordings of 7.10.2 and 8.19.21; docs page cluster-health.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.state.placement import is_allocatable

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index


@dataclass(frozen=True, slots=True)
class Health:
    """Copies of shards: active primaries, active copies, copies without a node."""

    active_primaries: int = 0
    active: int = 0
    unassigned: int = 0
    unassigned_primaries: int = 0

    @property
    def status(self) -> str:
        """``green``, ``yellow`` or ``red``."""
        if self.unassigned_primaries:
            return "red"
        return "yellow" if self.unassigned else "green"

    @property
    def active_percent(self) -> float:
        """Of all copies; 100 where there are none."""
        every = self.active + self.unassigned
        return self.active / every * 100.0 if every else 100.0

    def __add__(self, other: Health) -> Health:
        return Health(
            self.active_primaries + other.active_primaries,
            self.active + other.active,
            self.unassigned + other.unassigned,
            self.unassigned_primaries + other.unassigned_primaries,
        )


def of_shard(cluster: Cluster, index: Index) -> Health:
    """The health of each of an index's shards; they are all alike."""
    copies = 1 + index.n_replicas
    active = 1 + cluster.assigned_replicas(index) if is_allocatable(cluster, index) else 0
    return Health(min(active, 1), active, copies - active, 1 - min(active, 1))


def of_index(cluster: Cluster, index: Index) -> Health:
    """The health of an index."""
    one = of_shard(cluster, index)
    n = index.n_shards
    return Health(one.active_primaries * n, one.active * n, one.unassigned * n, one.unassigned_primaries * n)


def of_indices(cluster: Cluster, indices: Iterable[Index]) -> Health:
    """The health of several indices together."""
    return sum((of_index(cluster, index) for index in indices), Health())
