"""Where the copies of shards lie. Who puts them there is ``allocation``."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

Places = tuple[tuple[int | None, ...], ...]
"""For each shard the positions of the nodes that hold its copies, the primary first; None for a copy without a node."""


def resized(places: Places, n_shards: int, n_replicas: int) -> Places:
    """Places for another number of copies: what is too many goes, those without a node first."""
    wanted = 1 + n_replicas
    out = []
    for held in places or ((),) * n_shards:
        replicas = sorted(held[1:], key=lambda position: position is None)
        kept = (*held[:1], *replicas)[:wanted]
        out.append((*kept, *(None,) * (wanted - len(kept))))
    return tuple(out)


def copies(cluster: Cluster, index: Index, shard: int) -> list[ClusterNode | None]:
    """The node of each copy of a shard, the primary first; None where no node has it."""
    nodes = cluster.nodes
    return [None if position is None else nodes[position] for position in index.places[shard]]


def allocation_id(index: Index, shard: int, copy: int = 0) -> str:
    """A stable id of a copy of a shard; 0 is the primary."""
    text = f"{index.uuid}/{shard}{f'/{copy}' if copy else ''}"
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
