"""Filters by node: which nodes an index, or all indices, may be on.

Docs: shard-allocation-filtering, modules-cluster. Texts as 7.10.2 has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.state.nodes import HOST, ClusterNode
from esmock.state.resolve import glob
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

INDEX = "index.routing.allocation."
CLUSTER = "cluster.routing.allocation."
KINDS = ("require", "include", "exclude")
_ADDRESSES = ("_ip", "_host", "_host_ip", "_publish_ip")


class Filter(NamedTuple):
    """``require``, ``include`` or ``exclude`` of one place of settings: attributes, and patterns of their values.

    Args:
        prefix: ``index.routing.allocation.`` or ``cluster.routing.allocation.``.
    """

    prefix: str
    kind: str
    patterns: tuple[tuple[str, tuple[str, ...]], ...]

    def fits(self, node: ClusterNode) -> bool:
        """Whether a node has the values: of ``require`` every one, of others any."""
        if self.kind == "require":
            return all(_fits(node, name, one) for name, wanted in self.patterns for one in wanted)
        return any(_fits(node, name, one) for name, wanted in self.patterns for one in wanted)

    def allows(self, node: ClusterNode) -> bool:
        """Whether a node passes."""
        return self.fits(node) != (self.kind == "exclude")

    def __str__(self) -> str:
        word = " AND " if self.kind == "require" else " OR "
        return ",".join(f'{name}:"{word.join(wanted)}"' for name, wanted in self.patterns)

    def refusal(self, major: int) -> str:
        """Why a node does not pass, with the slips of the original."""
        of_index = self.prefix == INDEX
        slips = self.kind == "include" and not of_index and major < 8
        verb = "matches" if self.kind == "exclude" else "does not" if slips else "does not match"
        dot = "." if of_index and self.kind == "exclude" else ""
        what = "index" if of_index else "cluster"
        return f"node {verb} {what} setting [{self.prefix}{self.kind}{dot}] filters [{self}]"


def filters_of(settings: Mapping[str, Any], prefix: str) -> tuple[Filter, ...]:
    """The filters that settings hold, in the order in which they are asked."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, value in settings.items():
        if key.startswith(prefix) and value not in (None, ""):
            kind, _, name = key[len(prefix) :].partition(".")
            if kind in KINDS and name and not name.startswith("_tier"):
                found.setdefault(kind, {})[name] = listed(value)
    return tuple(
        Filter(prefix, kind, tuple((name, found[kind][name]) for name in hash_order(found[kind])))
        for kind in KINDS
        if kind in found
    )


def cluster_filters(cluster: Cluster) -> tuple[Filter, ...]:
    """The filters of the cluster's settings."""
    settings = {**cluster.server_settings.node_settings, **cluster.persistent_settings, **cluster.transient_settings}
    return filters_of(settings, CLUSTER)


def listed(value: Any) -> tuple[str, ...]:
    """The parts of a setting that is a list, or a text with commas."""
    parts = value if isinstance(value, list) else str(value).split(",")
    return tuple(text for one in parts if (text := str(one).strip()))


def _fits(node: ClusterNode, name: str, pattern: str) -> bool:
    if name in _ADDRESSES:
        value: str | None = HOST
    else:
        value = {"_name": node.name, "_id": node.id}.get(name) or node.attributes.get(name)
    return value is not None and bool(glob(pattern).match(value))
