"""Finds nodes for copies of shards, and moves those that may not stay or lie badly.

The deciders say where a copy may be; among those nodes the one with the least load takes it, and of equal ones the one that the
index's uuid chooses. Everything happens at once: a copy is never seen on its way. Docs: modules-cluster.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from esmock.state.auto_expand import expand_replicas
from esmock.state.deciders import Question, may_hold, may_rebalance, may_stay

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode
    from esmock.state.placement import Places

    Loads = Counter[int | None]

_OF_ALL, _OF_INDEX, _THRESHOLD = 0.45, 0.55, 1.0
"""How much the shards of a node count, those of the same index, and from which difference on copies move."""


def allocate(cluster: Cluster, index: Index) -> None:
    """Nodes for the copies of an index that has just come, by others' leave to stay where they are."""
    _assign(cluster, [index])


def reallocate(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Take copies off their nodes and start them again where their data is."""
    listed = list(indices)
    held = {index.name: index.places for index in listed}
    for index in listed:
        index.put(tuple((None,) * len(one) for one in index.places))
    _assign(cluster, listed, held)
    reroute(cluster)


def reroute(cluster: Cluster) -> None:
    """After a change: what waits finds a node, what may not stay moves, and the load is levelled."""
    expand_replicas(cluster)
    indices = sorted(cluster.indices.values(), key=urgency, reverse=True)
    _assign(cluster, indices)
    if cluster.n_data_nodes > 1:
        _move(cluster, indices)
        _level(cluster, indices)


def urgency(index: Index) -> tuple[int, int, str]:
    """By which of several indices the greatest finds nodes first."""
    return int(index.settings.get("index.priority") or 1), index.created_ms, index.name


def _assign(cluster: Cluster, indices: Iterable[Index], before: Mapping[str, Places] | None = None) -> None:
    """Find nodes for all copies that have none.

    Args:
        before: by index, where copies were that start again.
    """
    waiting = [index for index in indices if index.n_unassigned]
    for of_primaries in (True, False):
        for index in waiting:
            had = before.get(index.name) if before is not None else None
            for shard, held in enumerate(index.places):
                for copy, position in enumerate(held):
                    if position is None and (copy == 0) == of_primaries:
                        _find_node(cluster, index, shard, copy, None if had is None else had[shard][copy])


def _find_node(
    cluster: Cluster, index: Index, shard: int, copy: int, before: int | None = None, *, is_move: bool = False
) -> None:
    """Put a copy on the best node that may hold it; one that has a copy of the shard may not."""
    if before is not None and copy == 0:
        index.place(shard, copy, before)  # ES: a primary starts where its data is, whatever the deciders say
        return
    held = index.places[shard]
    fit = [
        node
        for node in cluster.data_nodes
        if node.position not in held and may_hold(Question(cluster, index, shard, copy, node, is_move=is_move))
    ]
    fit = [node for node in fit if node.position == before] or fit
    if fit:
        index.place(shard, copy, _lightest(cluster, index, shard + copy, fit).position)


def _lightest(cluster: Cluster, index: Index, turn: int, nodes: list[ClusterNode]) -> ClusterNode:
    if len(nodes) == 1:
        return nodes[0]
    load = weights(cluster, index)
    start, round_ = zlib.crc32(index.uuid.encode()) + turn, len(cluster.nodes)
    return min(nodes, key=lambda node: (round(load[node.position], 6), (node.position - start) % round_))


def _loads(cluster: Cluster) -> Loads:
    """How many copies of all indices each node has."""
    return Counter(position for index in cluster.indices.values() for held in index.places for position in held)


def weights(cluster: Cluster, index: Index, loads: Loads | None = None) -> dict[int, float]:
    """How heavy each data node is for another copy of an index, by position.

    Args:
        loads: how many copies each node has, where they are counted already.
    """
    of_all = _loads(cluster) if loads is None else loads
    of_index = Counter(position for held in index.places for position in held)
    return {
        node.position: _OF_ALL * of_all[node.position] + _OF_INDEX * of_index[node.position]
        for node in cluster.data_nodes
    }


def _placed(index: Index) -> Iterator[tuple[int, int, int]]:
    for shard, held in enumerate(index.places):
        for copy, position in enumerate(held):
            if position is not None:
                yield shard, copy, position


def _move(cluster: Cluster, indices: Iterable[Index]) -> None:
    for index in indices:
        for shard, copy, position in _placed(index):
            if not may_stay(Question(cluster, index, shard, copy, cluster.nodes[position], is_move=True)):
                _find_node(cluster, index, shard, copy, is_move=True)


def _level(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Move copies from heavy nodes to light ones, as long as that makes a difference."""
    loads = _loads(cluster)
    for index in indices:
        for _ in range(index.n_shards * (1 + index.n_replicas)):
            if not _lift(cluster, index, loads):
                break


def _lift(cluster: Cluster, index: Index, loads: Loads) -> bool:
    """Move one copy of an index, if any should; the loads stay true."""
    load = weights(cluster, index, loads)
    for shard, copy, position in sorted(_placed(index), key=lambda one: -load[one[2]]):
        for light in sorted(load, key=lambda one: load[one]):
            if load[position] - load[light] <= _THRESHOLD + 1e-6:
                break
            if light in index.places[shard]:
                continue
            question = Question(cluster, index, shard, copy, cluster.nodes[light], is_move=True)
            if may_rebalance(question) and may_hold(question):
                index.place(shard, copy, light)
                loads[position] -= 1
                loads[light] += 1
                return True
    return False
