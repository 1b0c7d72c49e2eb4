"""``index.auto_expand_replicas``: as many replicas as there are nodes that may hold the index. Docs: index-modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.state.allocation_filters import INDEX, cluster_filters, filters_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

_REPLICAS = "index.number_of_replicas"


def expanded(cluster: Cluster, settings: dict[str, Any]) -> str | None:
    """The number of replicas that settings ask for by the nodes there are; None: they ask for none."""
    text = settings.get("index.auto_expand_replicas")
    if text in (None, "false"):
        return None
    least, _, greatest = str(text).partition("-")
    filters = (*cluster_filters(cluster), *filters_of(settings, INDEX))
    others = sum(all(one.allows(node) for one in filters) for node in cluster.data_nodes) - 1
    if others < 0:
        return None  # ES: where no node may hold the index, its copies stay as many as they are
    high = others if greatest == "all" else min(int(greatest), others)
    return str(max(int(least), high)) if int(least) <= high else least


def expand_replicas(cluster: Cluster) -> None:
    """Follow a change of the cluster."""
    for index in cluster.indices.values():
        if "index.auto_expand_replicas" in index.settings:
            wanted = expanded(cluster, index.settings)
            if wanted is not None and wanted != index.settings.get(_REPLICAS):
                index.change_settings({**index.settings, _REPLICAS: wanted})
