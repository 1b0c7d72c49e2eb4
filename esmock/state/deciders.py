"""Allocation deciders: why a copy of a shard may or may not be on a node.

Source: answers of 7.10.2 and 8.19.21, also of clusters of three, to ``cluster.reroute`` and ``cluster.allocation_explain``.
Differs: what esmock never does (snapshots in progress, throttling, failed attempts, shutdowns) is always allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from esmock.state.allocation_filters import cluster_filters, listed
from esmock.state.awareness import awareness
from esmock.state.enabling import enable_allocation, enable_rebalance
from esmock.state.nodes import HOST
from esmock.state.placement import allocation_id, copies

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

INDEX_VERSIONS = {"8537000": "8.19.9-8.19.21"}
"""Index versions that stand for several releases."""


class Decision(NamedTuple):
    """What one decider says."""

    decider: str
    allows: bool
    explanation: str

    @property
    def word(self) -> str:
        """``YES`` or ``NO``."""
        return "YES" if self.allows else "NO"

    def __str__(self) -> str:
        return f"[{self.word}({self.explanation})]"


@dataclass(frozen=True, slots=True)
class Question:
    """May this copy be on this node?

    Args:
        copy: 0 is the primary.
        is_move: it is on another node now, otherwise on none.
        is_manual: a command of a person asks.
    """

    cluster: Cluster
    index: Index
    shard: int
    copy: int
    node: ClusterNode
    is_move: bool = False
    is_manual: bool = False

    @property
    def is_primary(self) -> bool:
        return self.copy == 0


def decide(question: Question) -> Iterator[Decision]:
    """What every decider says, in the order in which a node asks them."""
    is_eight = question.cluster.behaviour.major >= 8
    yield Decision("max_retry", True, "shard has no previous failures")
    yield _replica_after_primary(question)
    yield Decision("enable", *enable_allocation(question))
    if is_eight:
        yield _version(question, "index version", index_version(question.cluster))
    yield _version(question, "version", str(question.cluster.behaviour.version))
    yield _snapshot(question)
    yield Decision("restore_in_progress", True, "ignored as shard is not being recovered from a snapshot")
    yield from _nodes_stay(question.cluster)
    yield _filter(question)
    yield _same_shard(question)
    yield _disk(question)
    yield _throttling(question)
    yield _limit(question, is_there=False)
    yield Decision("awareness", *awareness(question, is_there=False))
    if question.cluster.behaviour.newer_jackson:
        yield Decision("data_tier", *_tier(question))


_NODES_STAY = (
    Decision("node_shutdown", True, "no nodes are shutting down"),
    Decision("node_replacement", True, "there are no ongoing node replacements"),
)


_NODES_STAY_SEVEN = (
    Decision("node_shutdown", True, "this node is not currently shutting down"),
    Decision(
        "node_replacement",
        True,
        "neither the source nor target node are part of an ongoing node replacement (no replacements)",
    ),
)


def _nodes_stay(cluster: Cluster) -> tuple[Decision, ...]:
    if cluster.behaviour.major >= 8:
        return _NODES_STAY
    return _NODES_STAY_SEVEN if cluster.behaviour.newer_jackson else ()


def may_hold(question: Question) -> bool:
    """Whether the copy can be given to the node."""
    return all(one.allows for one in decide(question))


def stay(question: Question) -> Iterator[Decision]:
    """What those deciders say that can take a copy from its node."""
    yield from _nodes_stay(question.cluster)
    yield _filter(question)
    yield _disk(question)
    yield _limit(question, is_there=True)
    yield Decision("awareness", *awareness(question, is_there=True))
    if question.cluster.behaviour.newer_jackson:
        yield Decision("data_tier", *_tier(question))


def may_stay(question: Question) -> bool:
    """Whether the copy can be left where it is."""
    return all(one.allows for one in stay(question))


def may_rebalance(question: Question) -> bool:
    """Whether the copy can be moved for the sake of balance."""
    return all(one.allows for one in rebalance(question))


def rebalance(question: Question) -> Iterator[Decision]:
    """What each decider says of moving a copy for the sake of balance."""
    cluster = question.cluster
    is_eight = cluster.behaviour.major >= 8
    if None in question.index.places[question.shard]:
        whole = "copies of this shard" if is_eight else "replicas in the cluster"
        yield Decision("rebalance_only_when_active", False, f"rebalancing is not allowed until all {whole} are active")
    else:
        whole = "copies of this shard are active" if is_eight else "replicas are active in the cluster"
        yield Decision("rebalance_only_when_active", True, f"rebalancing is allowed as all {whole}")
    yield _cluster_rebalance(cluster)
    limit = int(str(cluster.setting("cluster.routing.allocation.cluster_concurrent_rebalance", "2")))
    yield Decision(
        "concurrent_rebalance",
        True,
        f"below threshold [{limit}] for concurrent rebalances, current rebalance shard count [0]",
    )
    yield Decision("enable", *enable_rebalance(question))
    yield _snapshot(question)


def _snapshot(question: Question) -> Decision:
    text = "no snapshots are currently running" if question.is_primary else "the shard is not being snapshotted"
    return Decision("snapshot_in_progress", True, text)


def _cluster_rebalance(cluster: Cluster) -> Decision:
    name = "cluster_rebalance"
    default = "always" if cluster.behaviour.major >= 8 else "indices_all_active"
    allowed = str(cluster.setting("cluster.routing.allocation.allow_rebalance", default)).lower()
    setting = "and cluster setting [cluster.routing.allocation.allow_rebalance] is set to"
    if allowed == "indices_primaries_active":
        if any(index.lacks_primary for index in cluster.indices.values()):
            return Decision(name, False, f"the cluster has unassigned primary shards {setting} [{allowed}]")
        return Decision(name, True, "all primary shards are active")
    if allowed == "indices_all_active" and any(index.n_unassigned for index in cluster.indices.values()):
        return Decision(name, False, f"the cluster has unassigned shards {setting} [{allowed}]")
    return Decision(name, True, "all shards are active")


def _replica_after_primary(question: Question) -> Decision:
    name = "replica_after_primary_active"
    if question.is_primary:
        return Decision(name, True, "shard is primary and can be allocated")
    if question.index.places[question.shard][0] is None:
        return Decision(name, False, "primary shard for this replica is not yet active")
    return Decision(name, True, "primary shard for this replica is already active")


def index_version(cluster: Cluster) -> str:
    """The releases that write indices as the cluster does, as Elasticsearch names them."""
    return INDEX_VERSIONS.get(cluster.behaviour.build.index_created, str(cluster.behaviour.version))


def _version(question: Question, what: str, number: str) -> Decision:
    name = f"{'index' if what == 'index version' else 'node'}_version"
    if question.is_primary and question.is_move:
        text = f"can relocate primary shard from a node with {what} [{number}] to a node with equal-or-newer {what} [{number}]"
    elif question.is_primary and what == "index version":
        text = "no existing allocation, assuming compatible"
    elif question.is_primary:
        text = "the primary shard is new or already existed on the node"
    elif question.index.places[question.shard][0] is None:
        text = "no active primary shard yet"
    else:
        text = (
            f"can allocate replica shard to a node with {what} [{number}] since this is equal-or-newer than the primary "
            f"{what} [{number}]"
        )
    return Decision(name, True, text)


def _filter(question: Question) -> Decision:
    for one in chain(cluster_filters(question.cluster), question.index.allocation_filters):
        if not one.allows(question.node):
            return Decision("filter", False, one.refusal(question.cluster.behaviour.major))
    return Decision("filter", True, "node passes include/exclude/require filters")


def _same_shard(question: Question) -> Decision:
    holders = copies(question.cluster, question.index, question.shard)
    for number, node in enumerate(holders):
        if node == question.node:
            failures = ", failed_attempts[0]" if question.cluster.behaviour.major >= 8 else ""
            described = (
                f"[{question.index.name}][{question.shard}], node[{node.id}], [{'R' if number else 'P'}], s[STARTED], "
                f"a[id={allocation_id(question.index, question.shard, number)}]{failures}"
            )
            what = "this shard" if number == question.copy else "a copy of this shard"
            return Decision("same_shard", False, f"{what} is already allocated to this node [{described}]")
    others = [node for number, node in enumerate(holders) if node is not None and number != question.copy]
    if others and str(question.cluster.setting(_SAME_HOST)) == "true":
        text = (
            f"a copy of this shard is already allocated to host address [{HOST}], on node [{others[0].id}], and [{_SAME_HOST}] is "
            "[true] which forbids more than one node on this host from holding a copy of this shard"
        )
        return Decision("same_shard", False, text)
    return Decision("same_shard", True, "this node does not hold a copy of this shard")


_SAME_HOST = "cluster.routing.allocation.same_shard.host"


def _throttling(question: Question) -> Decision:
    if question.index.places[question.shard][0] is None and not question.is_primary:
        return Decision("throttling", False, "primary shard for this replica is not yet active")
    if question.is_primary and not question.is_move:
        return Decision("throttling", True, "below primary recovery limit of [4]")
    return Decision("throttling", True, "below shard recovery limit of outgoing: [0 < 2] incoming: [0 < 2]")


def _limit(question: Question, *, is_there: bool) -> Decision:
    """The limits of shards on a node: those in place may be as many, before one more comes they must be fewer."""
    name, cluster, index = "shards_limit", question.cluster, question.index
    of_index, of_cluster = f"index.{_LIMIT}", f"cluster.{_LIMIT}"
    for_index = int(index.settings.get(of_index) or -1)
    for_all = int(str(cluster.setting(of_cluster, "-1")))
    if for_index <= 0 and for_all <= 0:
        return Decision(name, True, f"total shard limits are disabled: [index: {for_index}, cluster: {for_all}] <= 0")
    here = question.node.position
    every = sum(held.count(here) for one in cluster.indices.values() for held in one.places)
    own = sum(held.count(here) for held in index.places)
    more = 0 if is_there else 1
    if 0 < for_all < every + more:
        return Decision(
            name, False, f"too many shards [{every}] allocated to this node, cluster setting [{of_cluster}={for_all}]"
        )
    if 0 < for_index < own + more:
        text = f"too many shards [{own}] allocated to this node for index [{index.name}], index setting [{of_index}={for_index}]"
        return Decision(name, False, text)
    text = f"the shard count [{every}] for this node is under the index limit [{for_index}] and cluster level node limit [{for_all}]"
    return Decision(name, True, text)


_LIMIT = "routing.allocation.total_shards_per_node"


def _disk(question: Question) -> Decision:
    setting = str(question.cluster.setting("cluster.routing.allocation.disk.threshold_enabled", "true"))
    if setting == "false":
        text = "the disk threshold decider is disabled"
    elif question.cluster.n_data_nodes == 1 and question.cluster.behaviour.major < 8:
        text = "there is only a single data node present"
    else:
        text = "enough disk for shard on node, free: [50gb], used: [50%], shard size: [0b], free after allocating shard: [50gb]"
    return Decision("disk_threshold", True, text)


def _tier(question: Question) -> tuple[bool, str]:
    wanted = question.index.settings.get("index.routing.allocation.include._tier_preference")
    if not wanted:
        return True, "index has no preference for tiers"
    there = next(
        (one for one in listed(wanted) if any(is_of_tier(node, one) for node in question.cluster.data_nodes)), None
    )
    has = f"index has a preference for tiers [{wanted}]"
    if there is None:
        return False, f"{has} but no nodes for any of those tiers are available in the cluster"
    if not is_of_tier(question.node, there):
        return False, f"{has} and node does not meet the required [{there}] tier"
    return True, f"{has} and node has tier [{'data' if 'data' in question.node.roles else there}]"


def is_of_tier(node: ClusterNode, tier: str) -> bool:
    """Whether a node is of a tier: one that holds any data is of all."""
    return tier in node.roles or "data" in node.roles
