"""Finds nodes for copies of shards, and moves those that may not stay or lie badly.

The deciders say where a copy may be; among those nodes the one with the least load takes it, and of equal ones the one that the
index's uuid chooses. Everything happens at once: a copy is never seen on its way. Docs: modules-cluster.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from esmock.state.auto_expand import expand_replicas
from esmock.state.deciders import Question, may_hold, may_rebalance, may_stay

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

_OF_ALL, _OF_INDEX, _THRESHOLD = 0.45, 0.55, 1.0
"""How much the shards of a node count, those of the same index, and from which difference on copies move."""


def allocate(cluster: Cluster, index: Index) -> None:
    """Nodes for the copies of an index that has just come, by others' leave to stay where they are."""
    _assign(cluster, [index])


def reallocate(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Take copies off their nodes and start them again where their data is."""
    listed = list(indices)
    for index in listed:
        index.held = index.places
        index.put(tuple((None,) * len(one) for one in index.places))
    _assign(cluster, listed)
    for index in listed:
        index.held = None
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


def _assign(cluster: Cluster, indices: Iterable[Index]) -> None:
    waiting = [index for index in indices if index.n_unassigned]
    for of_primaries in (True, False):
        for index in waiting:
            for shard, held in enumerate(index.places):
                for copy, position in enumerate(held):
                    if position is None and (copy == 0) == of_primaries:
                        _find_node(cluster, index, shard, copy)


def _find_node(cluster: Cluster, index: Index, shard: int, copy: int, *, is_move: bool = False) -> None:
    before = index.held[shard][copy] if index.held is not None else None
    if before is not None and copy == 0:
        index.place(shard, copy, before)  # ES: a primary starts where its data is, whatever the deciders say
        return
    fit = [
        node for node in cluster.data_nodes if may_hold(Question(cluster, index, shard, copy, node, is_move=is_move))
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


def weights(cluster: Cluster, index: Index) -> dict[int, float]:
    """How heavy each data node is for another copy of an index, by position."""
    of_all: Counter[int | None] = Counter()
    for one in cluster.indices.values():
        for held in one.places:
            of_all.update(held)
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
    for index in indices:
        for _ in range(index.n_shards * (1 + index.n_replicas)):
            if not _lift(cluster, index):
                break


def _lift(cluster: Cluster, index: Index) -> bool:
    load = weights(cluster, index)
    for shard, copy, position in sorted(_placed(index), key=lambda one: -load[one[2]]):
        for light in sorted(load, key=lambda one: load[one]):
            if load[position] - load[light] <= _THRESHOLD + 1e-6:
                break
            question = Question(cluster, index, shard, copy, cluster.nodes[light], is_move=True)
            if may_rebalance(question) and may_hold(question):
                index.place(shard, copy, light)
                return True
    return False
