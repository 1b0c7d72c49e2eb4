"""The nodes that an operator announces a cluster will have (``_internal/desired_nodes``).

Source: answers of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument, VersionConflict

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

_BUCKETS = 16


@dataclass(frozen=True, slots=True)
class DesiredNode:
    """One announced node.

    Args:
        settings: flat.
        processors: a number, or least and most (None: no bound).
        memory: bytes, like ``storage``.
        version: what older clients still tell.
    """

    settings: Mapping[str, Any]
    processors: float | tuple[float, float | None]
    memory: int
    storage: int
    version: str | None = None

    @property
    def external_id(self) -> str:
        """What tells it from the others."""
        return str(self.settings.get("node.external_id") or self.settings.get("node.name") or "")

    @property
    def is_master(self) -> bool:
        """Whether it may be elected."""
        roles = self.settings.get("node.roles")
        return roles is None or "master" in roles


@dataclass(frozen=True, slots=True)
class DesiredNodes:
    """One version of the announcement."""

    history: str
    version: int
    nodes: tuple[DesiredNode, ...]


class Announced:
    """The announcement in force."""

    def __init__(self) -> None:
        self.latest: DesiredNodes | None = None

    def clone(self, cluster: Cluster) -> Announced:
        """For a copy of the cluster."""
        twin = Announced()
        twin.latest = self.latest
        return twin


def announced(cluster: Cluster) -> Announced:
    """The cluster's announcement."""
    found: Announced = cluster.slot("desired_nodes", Announced)
    return found


def update(cluster: Cluster, given: DesiredNodes, *, is_dry: bool) -> bool:
    """Announce nodes.

    Returns:
        Whether another history was replaced.

    Raises:
        ActionRequestValidation, IllegalArgument, VersionConflict: for what does not fit by itself or to what is in force.
    """
    _check(given)
    holder = announced(cluster)
    before = holder.latest
    nodes = tuple(sorted(given.nodes, key=lambda node: _bucket(node.external_id)))
    after = DesiredNodes(given.history, given.version, nodes)
    if before is not None and before.history == after.history:
        if before.version == after.version and before.nodes != after.nodes:
            raise IllegalArgument(
                f"Desired nodes with history [{after.history}] and version [{after.version}] already exists with a different "
                "definition"
            )
        if before.version > after.version:
            raise VersionConflict(
                f"version [{after.version}] has been superseded by version [{before.version}] for history [{after.history}]"
            )
    if not is_dry:
        holder.latest = after
    return before is not None and before.history != after.history


def _check(given: DesiredNodes) -> None:
    problems = []
    if not given.history.strip():
        problems.append("historyID should not be empty")
    if given.version < 0:
        problems.append("version must be positive")
    if not any(node.is_master for node in given.nodes):
        problems.append("nodes must contain at least one master node")
    if problems:
        raise ActionRequestValidation(*problems)
    names = [node.external_id for node in given.nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise IllegalArgument(
            f"Some nodes contain the same setting value {twice} for [node.external_id]".replace("'", "")
        )


def _bucket(text: str) -> int:
    # ES: they stand in a HashMap by their id
    code = 0
    for char in text:
        code = (31 * code + ord(char)) & 0xFFFFFFFF
    return (code ^ code >> 16) % _BUCKETS
