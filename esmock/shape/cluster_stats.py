"""The statistics of the whole cluster.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.shape import nodes as node_shape
from esmock.state import health, stats
from esmock.state.nodes import known_roles

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

Json = Any
_SECTIONS = ("docs", "store", "fielddata", "query_cache", "completion", "segments")


def body(cluster: Cluster, nodes: Sequence[ClusterNode]) -> dict[str, Json]:
    """The answer of ``GET _cluster/stats``.

    Args:
        nodes: those that were meant.
    """
    count = len(nodes)
    indices = list(cluster.indices.values()) if nodes else []
    indices.sort(key=lambda one: one.name)
    out: dict[str, Json] = {
        "_nodes": {"total": count, "successful": count, "failed": 0},
        "cluster_name": cluster.name,
        "cluster_uuid": cluster.uuid,
        "timestamp": cluster.clock.now_ms(),
        "status": health.of_indices(cluster, cluster.indices.values()).status,
        "indices": _indices(cluster, indices),
        "nodes": _nodes(cluster, nodes),
    }
    if cluster.behaviour.major >= 8:
        nothing = ("snapshots", "shard_snapshots", "snapshot_deletions", "concurrent_operations", "cleanups")
        out["snapshots"] = {"current_counts": dict.fromkeys(nothing, 0), "repositories": {}}
        out["repositories"] = {}
    return out


def _spread(values: Sequence[float]) -> dict[str, Json]:
    return {"min": min(values), "max": max(values), "avg": sum(values) / len(values)}


def _indices(cluster: Cluster, indices: list[Index]) -> dict[str, Json]:
    behaviour = cluster.behaviour
    found = stats.total((stats.of_index(index, behaviour) for index in indices), behaviour)
    shards: dict[str, Json] = {}
    if indices:
        copies = [float(1 + cluster.assigned_replicas(index)) for index in indices]
        totals = [index.n_shards * int(copy) for index, copy in zip(indices, copies, strict=True)]
        primaries = [index.n_shards for index in indices]
        replication = [copy - 1 for copy in copies]
        shards = {
            "total": sum(totals),
            "primaries": sum(primaries),
            "replication": (sum(totals) - sum(primaries)) / sum(primaries),
            "index": {
                "shards": _spread(totals),
                "primaries": _spread(primaries),
                "replication": _spread(replication),
            },
        }
    out: dict[str, Json] = {"count": len(indices), "shards": shards}
    out.update({name: found[name] for name in _SECTIONS})
    out["mappings"] = _mappings(cluster, indices)
    kinds = ("char_filter_types", "tokenizer_types", "filter_types", "analyzer_types")
    built_in = ("built_in_char_filters", "built_in_tokenizers", "built_in_filters", "built_in_analyzers")
    out["analysis"] = {name: [] for name in (*kinds, *built_in)}
    return out


def _mappings(cluster: Cluster, indices: list[Index]) -> dict[str, Json]:
    from esmock.mapping.field import Field

    is_eight = cluster.behaviour.major >= 8
    counts: Counter[str] = Counter()
    holders: Counter[str] = Counter()
    for index in indices:
        kinds: Counter[str] = Counter()
        for one in index.mapping.root.walk():
            if isinstance(one, Field):
                kinds[one.type_name] += 1
            else:
                kinds["nested" if one.nested else "object"] += 1
        counts.update(kinds)
        holders.update(set(kinds))
    types = []
    for name in sorted(counts):
        entry: dict[str, Json] = {"name": name, "count": counts[name], "index_count": holders[name]}
        if is_eight:
            entry["script_count"] = 0
        types.append(entry)
    if not is_eight:
        return {"field_types": types}
    total = sum(counts.values())
    return {
        "total_field_count": total,
        "total_deduplicated_field_count": total,
        "total_deduplicated_mapping_size_in_bytes": 0,
        "field_types": types,
        "runtime_field_types": [],
        "source_modes": {"stored": len(indices)} if indices else {},
    }


def _role_names(cluster: Cluster) -> list[str]:
    """The roles that are counted: since 8.0 also those that no node plays."""
    own = {role for node in cluster.nodes for role in node.roles} | set(known_roles(cluster.behaviour))
    return sorted(own | {"index", "search", "voting_only"} if cluster.behaviour.major >= 8 else own)


def _nodes(cluster: Cluster, nodes: Sequence[ClusterNode]) -> dict[str, Json]:
    count = len(nodes)
    if not count:
        return {"count": {"total": 0, "coordinating_only": 0, **dict.fromkeys(_role_names(cluster), 0)}}
    now = cluster.clock.now_ms()
    heap, disk = node_shape.HEAP_BYTES, node_shape.DISK_BYTES
    half = count * node_shape.MEMORY_BYTES // 2
    roles = Counter(role for node in nodes for role in node.roles)
    return {
        "count": {
            "total": count,
            "coordinating_only": sum(not node.roles for node in nodes),
            **{role: roles[role] for role in _role_names(cluster)},
        },
        "versions": [str(cluster.behaviour.version)],
        "os": {
            "available_processors": 2 * count,
            "allocated_processors": 2 * count,
            "names": [{"name": "Linux", "count": count}],
            "pretty_names": [{"pretty_name": "Linux", "count": count}],
            "mem": {
                "total_in_bytes": count * node_shape.MEMORY_BYTES,
                "free_in_bytes": half,
                "used_in_bytes": half,
                "free_percent": 50,
                "used_percent": 50,
            },
        },
        "process": {"cpu": {"percent": 1}, "open_file_descriptors": {"min": 200, "max": 200, "avg": 200}},
        "jvm": {
            "max_uptime_in_millis": now - cluster.started_ms,
            "versions": [
                {
                    "version": "17.0.15",
                    "vm_name": "OpenJDK 64-Bit Server VM",
                    "vm_version": "17.0.15+6",
                    "vm_vendor": "Eclipse Adoptium",
                    "bundled_jdk": True,
                    "using_bundled_jdk": True,
                    "count": count,
                }
            ],
            "mem": {"heap_used_in_bytes": count * heap // 4, "heap_max_in_bytes": count * heap},
            "threads": 40 * count,
        },
        "fs": {
            "total_in_bytes": count * disk,
            "free_in_bytes": count * disk // 2,
            "available_in_bytes": count * disk // 2,
        },
        "plugins": [],
        "network_types": {"transport_types": {"netty4": count}, "http_types": {"netty4": count}},
        "discovery_types": {"single-node": 1} if count == 1 else {"multi-node": count},
        "packaging_types": [{"flavor": "default", "type": "docker", "count": count}],
        "ingest": {"number_of_pipelines": 0, "processor_stats": {}},
    }
