"""Nodes that are kept out of elections.

Source: answers of 7.10.2 and 8.19.21; docs page voting-config-exclusions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, Timeout

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.nodes import ClusterNode

_ABSENT = "_absent_"
_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A node that may not vote; what is not known of it is ``_absent_``."""

    node_id: str
    node_name: str

    def __str__(self) -> str:
        return f"{{{self.node_name}}}{{{self.node_id}}}"


class Exclusions:
    """The slot ``voting`` of a cluster."""

    def __init__(self, listed: tuple[Exclusion, ...] = ()) -> None:
        self.listed = listed

    def clone(self, cluster: Cluster) -> Exclusions:
        return Exclusions(self.listed)


def exclusions(cluster: Cluster) -> Exclusions:
    """The cluster's exclusions."""
    found: Exclusions = cluster.slot("voting", Exclusions)
    return found


def voters(cluster: Cluster) -> list[ClusterNode]:
    """The nodes that elect: an odd number of those that may be master and are not excluded."""
    excluded = {one.node_id for one in exclusions(cluster).listed}
    eligible = [one for one in cluster.nodes if one.has_role("master")]
    voting = [one for one in eligible if one.id not in excluded] or eligible
    return voting[: len(voting) - 1 + len(voting) % 2]


def exclude(cluster: Cluster, *, ids: list[str] | None, names: list[str] | None) -> None:
    """Keep nodes out of elections.

    Raises:
        IllegalArgument: more than ten. Timeout: nobody would be left.
    """
    masters = [one for one in cluster.nodes if one.has_role("master")]
    known = {(one.id if ids else one.name): Exclusion(one.id, one.name) for one in masters}
    wanted = [
        known.get(one) or (Exclusion(one, _ABSENT) if ids else Exclusion(_ABSENT, one)) for one in ids or names or ()
    ]
    state = exclusions(cluster)
    added = [one for one in wanted if one not in state.listed]
    if len(state.listed) + len(added) > _LIMIT:
        raise IllegalArgument(
            f"add voting config exclusions request for [{', '.join(ids or names or ())}] would add [{len(added)}] exclusions to "
            f"the existing [{len(state.listed)}] which would exceed the maximum of [{_LIMIT}] set by "
            "[cluster.max_voting_config_exclusions]"
        )
    state.listed = (*state.listed, *added)
    cluster.changed()
    by_name = {one.node_name: one for one in wanted if one.node_id != _ABSENT}  # ES: those that are no nodes are not waited for
    if (by_name or not cluster.behaviour.mapping_types) and {one.id for one in masters} <= {one.node_id for one in state.listed}:
        shown = "" if cluster.behaviour.newer_jackson else f" [{', '.join(map(str, by_name.values()))}]"
        raise Timeout(
            f"timed out waiting for voting config exclusions{shown} to take effect", told=cluster.behaviour.timeouts_are_told
        )


def clear(cluster: Cluster, *, wait_for_removal: bool) -> None:
    """Forget all exclusions. Raises Timeout where an excluded node is still there and that is waited for."""
    state = exclusions(cluster)
    here = {one.id for one in cluster.nodes}
    present = [one for one in state.listed if one.node_id in here]
    if present and wait_for_removal:
        shown = ", ".join(str(one) for one in present)
        raise Timeout(
            "timed out waiting for removal of nodes; if nodes should not be removed, set waitForRemoval to false. "
            f"[{shown}]",
            told=cluster.behaviour.timeouts_are_told,
        )
    state.listed = ()
    cluster.changed()
