"""How a node fares, as the nodes APIs tell it.

Counters that nothing counts are those of an idle node.
Source: recordings of 7.10.2 and 8.19.21. Differs: memory, disk, threads and the JVM are not measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.shape.nodes import DISK_BYTES, HEAP_BYTES, MEMORY_BYTES, base
from esmock.state import stats
from esmock.state.graveyard import graveyard
from esmock.state.placement import copies
from esmock.state.thread_pools import pools_of
from esmock.xcontent.units import print_byte_size

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

Json = Any
STATS_SECTIONS = (
    "indices",
    "os",
    "process",
    "jvm",
    "thread_pool",
    "fs",
    "transport",
    "http",
    "breaker",
    "script",
    "discovery",
    "ingest",
    "adaptive_selection",
    "script_cache",
    "indexing_pressure",
)
STATS_SECTIONS_EIGHT = (*STATS_SECTIONS, "repositories", "allocations")


def statistics(
    cluster: Cluster,
    node: ClusterNode,
    wanted: set[str],
    level: str,
    show: Callable[[stats.Stats], dict[str, dict[str, Json]]],
    *,
    files: bool = False,
) -> dict[str, Json]:
    """How the node fares.

    Args:
        wanted: of ``STATS_SECTIONS``.
        level: ``node``, ``indices`` or ``shards``.
        show: prints statistics of shards, ``stats.shown`` with what was asked for.
        files: with the sizes of the segments' files.
    """
    now = cluster.clock.now_ms()
    out: dict[str, Json] = {"timestamp": now, **base(node), "ip": node.transport_address}
    out["roles"] = list(node.roles)
    out["attributes"] = dict(node.attributes)
    for name in STATS_SECTIONS_EIGHT if cluster.behaviour.major >= 8 else STATS_SECTIONS:
        if name in wanted:
            key = "breakers" if name == "breaker" else name
            out[key] = _indices(cluster, node, level, show, files) if name == "indices" else _STATS[name](cluster, now)
    return out


def _indices(
    cluster: Cluster, node: ClusterNode, level: str, show: Callable[[stats.Stats], dict[str, dict[str, Json]]], files: bool
) -> dict[str, Json]:
    behaviour = cluster.behaviour
    indices = sorted(cluster.indices.values(), key=lambda one: one.name)
    each = {index.name: _shards_here(cluster, node, index, files) for index in indices}
    each = {name: found for name, found in each.items() if found}
    out: dict[str, Json] = dict(show(of_node(cluster, node, files)))
    if level == "indices":
        out["indices"] = {
            name: show(stats.total(shards.values(), behaviour)) for name, shards in each.items()
        }
    elif level == "shards":
        out["shards"] = {
            name: [{str(number): show(one)} for number, one in shards.items()] for name, shards in each.items()
        }
    return out


def of_node(cluster: Cluster, node: ClusterNode, files: bool = False) -> stats.Stats:
    """The statistics of all shards that a node holds, with what it did for those that are gone."""
    behaviour = cluster.behaviour
    parts = [one for index in cluster.indices.values() for one in _shards_here(cluster, node, index, files).values()]
    done = graveyard(cluster).done.get(node.id)
    if done is not None:
        parts.append(stats.of_deleted(done, behaviour))
    return stats.total(parts, behaviour)


def _shards_here(cluster: Cluster, node: ClusterNode, index: Index, files: bool) -> dict[int, stats.Stats]:
    """Shard number to statistics, of the copies that the node holds."""
    return {
        shard.number: stats.of_shard(index, shard, cluster.behaviour, files=files)
        for shard in index.shards
        if node in copies(cluster, index, shard.number)
    }


def _os_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    half = MEMORY_BYTES // 2
    memory: dict[str, Json] = {"total_in_bytes": MEMORY_BYTES}
    if cluster.behaviour.major >= 8:
        memory["adjusted_total_in_bytes"] = MEMORY_BYTES
    memory |= {"free_in_bytes": half, "used_in_bytes": half, "free_percent": 50, "used_percent": 50}
    return {
        "timestamp": now,
        "cpu": {"percent": 1, "load_average": {"1m": 0.1, "5m": 0.1, "15m": 0.1}},
        "mem": memory,
        "swap": {"total_in_bytes": 0, "free_in_bytes": 0, "used_in_bytes": 0},
    }


def _process_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    return {
        "timestamp": now,
        "open_file_descriptors": 200,
        "max_file_descriptors": 65535,
        "cpu": {"percent": 1, "total_in_millis": 1000},
        "mem": {"total_virtual_in_bytes": 4 * 1024**3},
    }


def _jvm_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    used = HEAP_BYTES // 4
    pool = {"used_in_bytes": used // 3, "max_in_bytes": 0, "peak_used_in_bytes": used // 3, "peak_max_in_bytes": 0}
    collector = {"collection_count": 0, "collection_time_in_millis": 0}
    buffers = {"count": 1, "used_in_bytes": 8192, "total_capacity_in_bytes": 8192}
    return {
        "timestamp": now,
        "uptime_in_millis": now - cluster.started_ms,
        "mem": {
            "heap_used_in_bytes": used,
            "heap_used_percent": 25,
            "heap_committed_in_bytes": HEAP_BYTES,
            "heap_max_in_bytes": HEAP_BYTES,
            "non_heap_used_in_bytes": 190000000,
            "non_heap_committed_in_bytes": 195000000,
            "pools": {"young": dict(pool), "old": {**pool, "max_in_bytes": HEAP_BYTES}, "survivor": dict(pool)},
        },
        "threads": {"count": 40, "peak_count": 40},
        "gc": {"collectors": {"young": collector, "old": collector}},
        "buffer_pools": {
            "mapped": dict(buffers),
            "direct": dict(buffers),
            "mapped - 'non-volatile memory'": {"count": 0, "used_in_bytes": 0, "total_capacity_in_bytes": 0},
        },
        "classes": {"current_loaded_count": 18000, "total_loaded_count": 18000, "total_unloaded_count": 0},
    }


def _pool_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    idle = {"threads": 0, "queue": 0, "active": 0, "rejected": 0, "largest": 0, "completed": 0}
    return {pool.name: dict(idle) for pool in pools_of(cluster.behaviour)}


def _fs_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    sizes = {"total_in_bytes": DISK_BYTES, "free_in_bytes": DISK_BYTES // 2, "available_in_bytes": DISK_BYTES // 2}
    path = {"path": "/usr/share/elasticsearch/data", "mount": "/ (overlay)", "type": "overlay"}
    return {"timestamp": now, "total": sizes, "data": [{**path, **sizes}]}


def _transport_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    out: dict[str, Json] = {
        "server_open": 0,
        "total_outbound_connections": 0,
        "rx_count": 0,
        "rx_size_in_bytes": 0,
        "tx_count": 0,
        "tx_size_in_bytes": 0,
    }
    if cluster.behaviour.major >= 8:
        out["inbound_handling_time_histogram"] = []
        out["outbound_handling_time_histogram"] = []
    return out


def _http_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    out: dict[str, Json] = {"current_open": 1, "total_opened": 1}
    if cluster.behaviour.newer_jackson:
        out["clients"] = []
    return out


def breakers(cluster: Cluster, now: int = 0) -> dict[str, Json]:
    """The circuit breakers of a node: nothing ever comes near their limits."""

    def one(limit: int, overhead: float) -> dict[str, Json]:
        return {
            "limit_size_in_bytes": limit,
            "limit_size": print_byte_size(limit),
            "estimated_size_in_bytes": 0,
            "estimated_size": "0b",
            "overhead": overhead,
            "tripped": 0,
        }

    out = {"request": one(HEAP_BYTES * 6 // 10, 1.0), "fielddata": one(HEAP_BYTES * 4 // 10, 1.03)}
    if cluster.behaviour.major >= 8:
        out = {"inflight_requests": one(HEAP_BYTES, 2.0), **out}
    else:
        out |= {"in_flight_requests": one(HEAP_BYTES, 2.0), "accounting": one(HEAP_BYTES, 1.0)}
    return {**out, "parent": one(HEAP_BYTES * 95 // 100, 1.0)}


def _script_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    out: dict[str, Json] = {"compilations": 0, "cache_evictions": 0, "compilation_limit_triggered": 0}
    return out | {"contexts": []} if cluster.behaviour.major >= 8 else out


def _discovery(cluster: Cluster, now: int) -> dict[str, Json]:
    return {
        "cluster_state_queue": {"total": 0, "pending": 0, "committed": 0},
        "published_cluster_states": {
            "full_states": 1,
            "incompatible_diffs": 0,
            "compatible_diffs": cluster.state_version,
        },
    }


def _ingest_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    from esmock.ingest.service import pipelines

    return pipelines(cluster).statistics()


def _adaptive(cluster: Cluster, now: int) -> dict[str, Json]:
    return {}


def _script_cache(cluster: Cluster, now: int) -> dict[str, Json]:
    return {"sum": _script_stats(cluster, now)}


def indexing_pressure(cluster: Cluster, now: int = 0) -> dict[str, Json]:
    """What writes in flight take: nothing."""
    current = ("combined_coordinating_and_primary", "coordinating", "primary", "replica", "all")
    rejections = ("coordinating_rejections", "primary_rejections", "replica_rejections")
    bytes_ = {f"{name}_in_bytes": 0 for name in current}
    return {
        "memory": {
            "current": bytes_,
            "total": {**bytes_, **dict.fromkeys(rejections, 0)},
            "limit_in_bytes": HEAP_BYTES // 10,
        }
    }


def _nothing(cluster: Cluster, now: int) -> dict[str, Json]:
    return {}


def _allocations(cluster: Cluster, now: int) -> dict[str, Json]:
    shards = sum(index.n_shards for index in cluster.indices.values())
    return {
        "shards": shards,
        "undesired_shards": 0,
        "forecasted_ingest_load": 0.0,
        "forecasted_disk_usage_in_bytes": 0,
        "current_disk_usage_in_bytes": 0,
    }


_STATS = {
    "os": _os_stats,
    "process": _process_stats,
    "jvm": _jvm_stats,
    "thread_pool": _pool_stats,
    "fs": _fs_stats,
    "transport": _transport_stats,
    "http": _http_stats,
    "breaker": breakers,
    "script": _script_stats,
    "discovery": _discovery,
    "ingest": _ingest_stats,
    "adaptive_selection": _adaptive,
    "script_cache": _script_cache,
    "indexing_pressure": indexing_pressure,
    "repositories": _nothing,
    "allocations": _allocations,
}
