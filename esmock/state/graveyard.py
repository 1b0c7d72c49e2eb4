"""What is left of deleted indices: tombstones, and what their shards had done.

Source: cluster states and node statistics of 7.10.2 and 8.19.21 after deletions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esmock.state.allocation import reroute
from esmock.state.placement import copies

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

_KEPT = 500
"""``cluster.indices.tombstones.size``: older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That an index was deleted, and when."""

    name: str
    uuid: str
    deleted_ms: int


@dataclass(slots=True)
class Graveyard:
    """The slot ``graveyard`` of a cluster.

    Args:
        tombstones: the oldest first.
        done: node id to the counters of all shards that it has had; ``shards`` tells how many those were.
    """

    tombstones: tuple[Tombstone, ...] = ()
    done: dict[str, Counter[str]] = field(default_factory=dict)

    def clone(self, cluster: Cluster) -> Graveyard:
        """The same for another cluster."""
        return Graveyard(self.tombstones, {node: Counter(done) for node, done in self.done.items()})


def graveyard(cluster: Cluster) -> Graveyard:
    """The cluster's graveyard."""
    found: Graveyard = cluster.slot("graveyard", Graveyard)
    return found


def bury(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Take indices out of the cluster, and note that they were there."""
    yard, now = graveyard(cluster), cluster.clock.now_ms()
    added = []
    for index in indices:
        if cluster.indices.pop(index.name, None) is None:
            continue
        added.append(Tombstone(index.name, index.uuid, now))
        if index.is_closed:
            continue
        for shard in index.shards:
            for node in copies(cluster, index, shard.number):
                if node is not None:
                    yard.done.setdefault(node.id, Counter()).update(shard.counters, shards=1)
    yard.tombstones = (*yard.tombstones, *added)[-_KEPT:]
    if cluster.n_data_nodes > 1:
        reroute(cluster)  # ES: there is room again
