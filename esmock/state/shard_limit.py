"""The limit of open shards: ``cluster.max_shards_per_node`` for each data node.

Source: answers of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import Validation

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

_KEY = "cluster.max_shards_per_node"


def check_shard_limit(cluster: Cluster, adds: int) -> None:
    """Refuse what would open too many shards, replicas included.

    Args:
        adds: how many copies of shards would be added.

    Raises:
        Validation.
    """
    most = int(cluster.setting(_KEY, "1000")) * max(1, cluster.n_data_nodes)
    if adds <= 0:
        return
    now = _open(cluster)
    if now + adds <= most:
        return
    version = cluster.behaviour.version
    if version.major >= 8:
        raise Validation(
            f"this action would add [{adds}] shards, but this cluster currently has [{now}]/[{most}] maximum normal shards open; "
            f"for more information, see https://www.elastic.co/guide/en/elasticsearch/reference/{version.major}.{version.minor}/"
            "size-your-shards.html#troubleshooting-max-shards-open"
        )
    raise Validation(
        f"this action would add [{adds}] total shards, but this cluster currently has [{now}]/[{most}] maximum shards open"
    )


def _open(cluster: Cluster) -> int:
    return sum(index.n_shards * (1 + index.n_replicas) for index in cluster.indices.values() if not index.is_closed)
