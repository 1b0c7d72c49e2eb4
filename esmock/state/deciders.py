"""Allocation deciders: why a copy of a shard may or may not be on a node.

Source: answers of 7.10.2 and 8.19.21 to ``cluster.reroute`` and ``cluster.allocation_explain``.
Differs: what esmock never does (snapshots in progress, throttling, limits, shutdowns) is always allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from esmock.state.placement import allocation_id, copies, is_allowed

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
    yield Decision("enable", True, _MANUAL if question.is_manual else "all allocations are allowed")
    if is_eight:
        yield _version(question, "index version", index_version(question.cluster))
    yield _version(question, "version", str(question.cluster.behaviour.version))
    yield Decision("snapshot_in_progress", True, _NO_SNAPSHOTS if question.is_primary else "the shard is not being snapshotted")
    yield Decision("restore_in_progress", True, "ignored as shard is not being recovered from a snapshot")
    if is_eight:
        yield Decision("node_shutdown", True, "no nodes are shutting down")
        yield Decision("node_replacement", True, "there are no ongoing node replacements")
    yield _filter(question)
    yield _same_shard(question)
    yield _disk(question)
    yield Decision("throttling", True, "below shard recovery limit of outgoing: [0 < 2] incoming: [0 < 2]")
    yield Decision("shards_limit", True, "total shard limits are disabled: [index: -1, cluster: -1] <= 0")
    yield Decision("awareness", True, _AWARENESS)
    if is_eight:
        yield Decision("data_tier", True, _tier(question))


_MANUAL = "explicitly ignoring any disabling of allocation due to manual allocation commands via the reroute API"
_NO_SNAPSHOTS = "no snapshots are currently running"
_AWARENESS = (
    "allocation awareness is not enabled, set cluster setting [cluster.routing.allocation.awareness.attributes] to enable it"
)


def _replica_after_primary(question: Question) -> Decision:
    name = "replica_after_primary_active"
    if question.is_primary:
        return Decision(name, True, "shard is primary and can be allocated")
    if copies(question.cluster, question.index, question.shard)[0] is None:
        return Decision(name, False, "primary shard for this replica is not yet active")
    return Decision(name, True, "primary shard for this replica is already active")


def index_version(cluster: Cluster) -> str:
    """The releases that write indices as the cluster does, as Elasticsearch names them."""
    return INDEX_VERSIONS.get(cluster.behaviour.build.index_created, str(cluster.behaviour.version))


def _version(question: Question, what: str, number: str) -> Decision:
    name = f"{'index' if what == 'index version' else 'node'}_version"
    if question.is_primary and question.is_move:
        text = f"can relocate primary shard from a node with {what} [{number}] to a node with equal-or-newer {what} [{number}]"
    elif question.is_primary:
        text = "the primary shard is new or already existed on the node"
    else:
        text = (
            f"can allocate replica shard to a node with {what} [{number}] since this is equal-or-newer than the primary "
            f"{what} [{number}]"
        )
    return Decision(name, True, text)


def _filter(question: Question) -> Decision:
    for rule in question.index.allocation_rules:
        if not is_allowed(question.node, (rule,)):
            shown = f'{rule.name}:"{" OR ".join(rule.patterns)}"'
            verb = "matches" if rule.kind == "exclude" else "does not match"
            text = f"node {verb} index setting [index.routing.allocation.{rule.kind}] filters [{shown}]"
            return Decision("filter", False, text)
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
    return Decision("same_shard", True, "none of the nodes contains a copy of this shard" if not any(holders) else _NOT_HERE)


_NOT_HERE = "this node does not hold a copy of this shard"


def _disk(question: Question) -> Decision:
    setting = str(question.cluster.setting("cluster.routing.allocation.disk.threshold_enabled", "true"))
    if setting == "false":
        text = "the disk threshold decider is disabled"
    elif question.cluster.n_data_nodes == 1 and question.cluster.behaviour.major < 8:
        text = "there is only a single data node present"
    else:
        text = "enough disk for shard on node, free: [50gb], used: [50%], shard size: [0b], free after allocating shard: [50gb]"
    return Decision("disk_threshold", True, text)


def _tier(question: Question) -> str:
    wanted = question.index.settings.get("index.routing.allocation.include._tier_preference")
    if not wanted:
        return "index has no preference for tiers"
    return f"index has a preference for tiers [{wanted}] and node has tier [{_first_tier(question.node, str(wanted))}]"


def _first_tier(node: ClusterNode, wanted: str) -> str:
    return "data" if "data" in node.roles else next((one for one in wanted.split(",") if one in node.roles), "data")
