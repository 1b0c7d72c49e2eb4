"""The nodes of a cluster: one that does the work, and others that it is an illusion to have.

All nodes share one state; what differs is how the cluster describes itself: who there is, where copies of shards lie, which
copies find no place. Docs: modules-node, modules-cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from esmock.settings import NodeSettings, ServerSettings
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from esmock.version import Behaviour

HOST = "127.0.0.1"
TRANSPORT_PORT = 9300
ROLES_SEVEN = ("data", "ingest", "master", "remote_cluster_client")
ROLES_EIGHT = (
    "data", "data_cold", "data_content", "data_frozen", "data_hot", "data_warm", "ingest", "master", "ml",
    "remote_cluster_client", "transform",
)  # fmt: skip
_LETTERS = {
    "data": "d", "data_cold": "c", "data_content": "s", "data_frozen": "f", "data_hot": "h", "data_warm": "w", "ingest": "i",
    "master": "m", "ml": "l", "remote_cluster_client": "r", "transform": "t", "voting_only": "v",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """One node.

    Args:
        position: its place in the cluster; 0 is the elected master, which answers all requests.
        roles: sorted names.
        attributes: ``node.attr.*``.
    """

    position: int
    name: str
    id: str
    ephemeral_id: str
    roles: tuple[str, ...]
    attributes: Mapping[str, str]

    @property
    def is_data(self) -> bool:
        """Whether it may hold shards."""
        return any(role == "data" or role.startswith("data_") for role in self.roles)

    @property
    def transport_address(self) -> str:
        """Where it would listen for others."""
        return f"{HOST}:{TRANSPORT_PORT + self.position}"

    @property
    def role_letters(self) -> str:
        """The roles as the cat tables print them; ``-`` for a node that only coordinates."""
        return "".join(sorted(_LETTERS[role] for role in self.roles)) or "-"

    def has_role(self, name: str) -> bool:
        """Whether it plays a role; any data tier is ``data``."""
        return name in self.roles or (name == "data" and self.is_data)


def make_nodes(settings: ServerSettings, new_uuid: Callable[[], str]) -> tuple[ClusterNode, ...]:
    """The nodes that a server is told to have; the first one is the one that ``node_name`` names. Raises ValueError."""
    wanted = settings.nodes if not isinstance(settings.nodes, int) else [NodeSettings() for _ in range(settings.nodes)]
    if not wanted:
        raise ValueError("a cluster has at least one node")
    own = {
        key.removeprefix("node.attr."): value
        for key, value in settings.node_settings.items()
        if key.startswith("node.attr.")
    }
    known = known_roles(settings.behaviour)
    made = []
    for position, one in enumerate(wanted):
        name = one.name or (settings.node_name if position == 0 else _next_name(settings.node_name, position))
        roles = known if one.roles is None else _checked(one.roles)
        attributes = {**own, **one.attributes} if position == 0 else dict(one.attributes or own)
        if settings.behaviour.newer_jackson:
            attributes.setdefault("xpack.installed", "true")
        node_id = new_uuid()
        if position == 0:
            node_id = settings.node_settings.get("esmock.node_id", node_id)
        made.append(
            ClusterNode(position, name, node_id, new_uuid(), tuple(sorted(roles)), MappingProxyType(hash_ordered(attributes)))
        )
    if not made[0].has_role("master"):
        raise ValueError("the first node is the elected master: it needs the role [master]")
    return tuple(made)


def known_roles(behaviour: Behaviour) -> tuple[str, ...]:
    """The roles that a node of a version has when nothing else is said."""
    return ROLES_EIGHT if behaviour.has((7, 16)) else ROLES_SEVEN


def _next_name(first: str, position: int) -> str:
    stem, dash, number = first.rpartition("-")
    return f"{stem}-{int(number) + position}" if dash and number.isdecimal() else f"{first}-{position}"


def _checked(roles: Sequence[str]) -> Sequence[str]:
    unknown = sorted(set(roles) - set(_LETTERS))
    if unknown:
        raise ValueError(f"unknown role [{unknown[0]}]; known are {', '.join(sorted(_LETTERS))}")
    return roles
