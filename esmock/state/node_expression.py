"""Node expressions: ids, names, addresses, roles and attributes. Docs: cluster, node specification."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from esmock.state.nodes import HOST
from esmock.state.resolve import glob

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.nodes import ClusterNode


def meant(cluster: Cluster, expression: Sequence[str]) -> list[ClusterNode]:
    """The nodes that an expression means, in the cluster's order."""
    if not expression or list(expression) == ["_all"]:
        return list(cluster.nodes)
    chosen: set[int] = set()
    for one in expression:
        key, colon, value = one.partition(":")
        if colon and key in _ROLE_FILTERS:
            found = {node.position for node in cluster.nodes if _ROLE_FILTERS[key](node)}
            chosen = chosen | found if value == "true" else chosen - found
        else:
            chosen |= {node.position for node in cluster.nodes if _is_named(node, one)}
    return [node for node in cluster.nodes if node.position in chosen]


_ROLE_FILTERS: dict[str, Callable[[ClusterNode], bool]] = {
    "master": lambda node: node.has_role("master"),
    "data": lambda node: node.is_data,
    "ingest": lambda node: node.has_role("ingest"),
    "voting_only": lambda node: node.has_role("voting_only"),
    "ml": lambda node: node.has_role("ml"),
    "coordinating_only": lambda node: not node.roles,
}


def _is_named(node: ClusterNode, text: str) -> bool:
    if text == "_all" or (text in ("_local", "_master") and node.position == 0):
        return True
    key, colon, value = text.partition(":")
    if colon:
        own = node.attributes.get(key)
        return own is not None and glob(value).match(own) is not None
    pattern = glob(text)
    return any(pattern.match(name) for name in (node.id, node.name, HOST))
