"""Health: counts of shard copies and the colour they give.

Source: recordings of 7.10.2 and 8.19.21; docs page cluster-health.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def of_shard(index: Index, shard: int) -> Health:
    """The health of a shard."""
    held = index.places[shard]
    lacks_primary, unassigned = int(held[0] is None), held.count(None)
    return Health(1 - lacks_primary, len(held) - unassigned, unassigned, lacks_primary)


def of_index(index: Index) -> Health:
    """The health of an index."""
    if not index.n_unassigned:
        return Health(index.n_shards, index.n_shards * (1 + index.n_replicas))
    return sum((of_shard(index, shard) for shard in range(index.n_shards)), Health())


def of_indices(indices: Iterable[Index]) -> Health:
    """The health of several indices together."""
    return sum(map(of_index, indices), Health())
