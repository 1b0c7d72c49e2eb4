"""Where the copies of shards lie: which nodes may hold an index, and which of them hold which copy.

The answer is a function of the state, so nothing moves by itself: copies go round robin over the nodes that the index's
filters allow, from a node that the index's uuid chooses. What ``cluster.reroute`` moved stays where it was put.
Docs: shard-allocation-filtering.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.state.nodes import HOST, ClusterNode
from esmock.state.resolve import glob

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

_PREFIX = "index.routing.allocation."
_ADDRESSES = ("_ip", "_host", "_host_ip", "_publish_ip")


class Rule(NamedTuple):
    """One ``index.routing.allocation`` filter: ``include``, ``exclude`` or ``require``, an attribute, patterns of its value."""

    kind: str
    name: str
    patterns: tuple[str, ...]


def rules_of(settings: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The filters that an index's settings hold."""
    out = []
    for key, value in settings.items():
        if key.startswith(_PREFIX) and value not in (None, ""):
            kind, _, name = key[len(_PREFIX) :].partition(".")
            if kind in ("include", "exclude", "require") and not name.startswith("_tier"):
                out.append(Rule(kind, name, tuple(one.strip() for one in str(value).split(","))))
    return tuple(out)


def allowed_nodes(cluster: Cluster, index: Index) -> tuple[ClusterNode, ...]:
    """The data nodes on which the settings let the index be."""
    rules = index.allocation_rules
    return cluster.data_nodes if not rules else tuple(node for node in cluster.data_nodes if is_allowed(node, rules))


def is_allowed(node: ClusterNode, rules: tuple[Rule, ...]) -> bool:
    """Whether a node passes the filters: one ``include`` is enough, every ``require`` must fit, no ``exclude`` may."""
    included: list[bool] = []
    for rule in rules:
        value = _value_of(node, rule.name)
        fits = value is not None and any(glob(one).match(value) for one in rule.patterns)
        if rule.kind == "include":
            included.append(fits)
        elif fits != (rule.kind == "require"):
            return False
    return any(included) if included else True


def _value_of(node: ClusterNode, name: str) -> str | None:
    if name in _ADDRESSES:
        return HOST
    return {"_name": node.name, "_id": node.id}.get(name) or node.attributes.get(name)


def copies(cluster: Cluster, index: Index, shard: int) -> list[ClusterNode | None]:
    """The node of each copy of a shard, the primary first; None where no node has it."""
    nodes = allowed_nodes(cluster, index)
    wanted = 1 + index.n_replicas
    if not nodes:
        return [None] * wanted
    if len(nodes) == 1:
        return [nodes[0], *[None] * index.n_replicas]
    start = zlib.crc32(index.uuid.encode()) + shard
    chosen: list[ClusterNode | None] = [nodes[(start + n) % len(nodes)] for n in range(min(wanted, len(nodes)))]
    for n, node_id in index.moved.get(shard, {}).items():
        if n < len(chosen):
            chosen[n] = next((node for node in nodes if node.id == node_id), chosen[n])
    return [*chosen, *[None] * (wanted - len(chosen))]


def allocation_id(index: Index, shard: int, copy: int = 0) -> str:
    """A stable id of a copy of a shard; 0 is the primary."""
    text = f"{index.uuid}/{shard}{f'/{copy}' if copy else ''}"
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def is_allocatable(cluster: Cluster, index: Index) -> bool:
    """Whether some node may hold the index."""
    return bool(allowed_nodes(cluster, index))
