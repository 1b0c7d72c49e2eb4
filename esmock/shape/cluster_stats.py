"""The statistics of the whole cluster.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.ingest.service import pipelines
from esmock.shape import nodes as node_shape
from esmock.shape.analysis_stats import analysis
from esmock.state import health, stats
from esmock.state.nodes import known_roles
from esmock.state.resolve import by_name

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

Json = Any
_SECTIONS = ("docs", "store", "fielddata", "query_cache", "completion", "segments")


_NO_TIMES = {"max": 0, "avg": 0, "p90": 0}
_REMOTE_SEARCHES = {
    "total": 0,
    "success": 0,
    "skipped": 0,
    "took": _NO_TIMES,
    "took_mrt_true": _NO_TIMES,
    "took_mrt_false": _NO_TIMES,
    "remotes_per_search_max": 0,
    "remotes_per_search_avg": 0.0,
    "failure_reasons": {},
    "features": {},
    "clients": {},
    "clusters": {},
}
"""Differs: searches of remote clusters are not counted."""


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
        **({"status": health.of_indices(cluster.indices.values()).status} if nodes else {}),
        "indices": _indices(cluster, indices),
        "nodes": _nodes(cluster, nodes),
    }
    if cluster.behaviour.major >= 8:
        nothing = ("snapshots", "shard_snapshots", "snapshot_deletions", "concurrent_operations", "cleanups")
        out["snapshots"] = {"current_counts": dict.fromkeys(nothing, 0), "repositories": {}}
        out["repositories"] = {}
        out["ccs"] = {"_search": _REMOTE_SEARCHES}
    return out


def _spread(values: Sequence[float]) -> dict[str, Json]:
    return {"min": min(values), "max": max(values), "avg": sum(values) / len(values)}


def _indices(cluster: Cluster, indices: list[Index]) -> dict[str, Json]:
    behaviour = cluster.behaviour
    found = stats.total((stats.of_index(index, behaviour) for index in indices), behaviour)
    shards: dict[str, Json] = {}
    if indices:
        copies = [index.n_active_copies / index.n_shards for index in indices]
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
    everything = by_name(cluster.indices.values())
    out["mappings"] = _mappings(cluster, everything)
    out["analysis"] = analysis(everything, with_synonyms=cluster.behaviour.major >= 8)
    out.update({name: found[name] for name in ("dense_vector", "sparse_vector") if name in found})
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


def _ingest(cluster: Cluster, count: int) -> dict[str, Json]:
    """How many pipelines there are, and what their processors did, by type."""
    found = pipelines(cluster)
    totals: dict[str, dict[str, int]] = {}
    for pipeline in found.statistics()["pipelines"].values() if count else ():
        for processor in pipeline["processors"]:
            for body in processor.values():
                into = totals.setdefault(body["type"], dict.fromkeys(("count", "failed", "current", "time_in_millis"), 0))
                for name in into:
                    into[name] += body["stats"][name]
    return {"number_of_pipelines": len(found.bodies) if count else 0, "processor_stats": dict(sorted(totals.items()))}


def _nodes(cluster: Cluster, nodes: Sequence[ClusterNode]) -> dict[str, Json]:
    count = len(nodes)
    is_late = cluster.behaviour.major >= 8
    used = 50 if count else 0
    heap, disk = count * node_shape.HEAP_BYTES, count * node_shape.DISK_BYTES
    half = count * node_shape.MEMORY_BYTES // 2
    roles = Counter(role for node in nodes for role in node.roles)
    uptime = cluster.clock.now_ms() - cluster.started_ms if count else 0
    files = {"open_file_descriptors": {"min": 200, "max": 200, "avg": 200}} if count else {}
    space = {"total_in_bytes": disk, "free_in_bytes": disk // 2, "available_in_bytes": disk // 2}

    def each(**facts: Json) -> list[Json]:
        """What all nodes have in common, counted."""
        return [{**facts, "count": count}] if count else []

    def kinds(name: str) -> dict[str, int]:
        return {name: count} if count else {}

    return {
        "count": {
            "total": count,
            "coordinating_only": sum(not node.roles for node in nodes),
            **{role: roles[role] for role in _role_names(cluster)},
        },
        "versions": [str(cluster.behaviour.version)] if count else [],
        "os": {
            "available_processors": 2 * count,
            "allocated_processors": 2 * count,
            "names": each(name="Linux"),
            "pretty_names": each(pretty_name="Linux"),
            **({"architectures": each(arch="amd64")} if is_late else {}),
            "mem": {
                "total_in_bytes": 2 * half,
                **({"adjusted_total_in_bytes": 2 * half} if is_late else {}),
                "free_in_bytes": half,
                "used_in_bytes": half,
                "free_percent": used,
                "used_percent": used,
            },
        },
        "process": {"cpu": {"percent": 1 if count else 0}, **files},
        "jvm": {
            "max_uptime_in_millis": uptime,
            "versions": each(
                version="17.0.15",
                vm_name="OpenJDK 64-Bit Server VM",
                vm_version="17.0.15+6",
                vm_vendor="Eclipse Adoptium",
                bundled_jdk=True,
                using_bundled_jdk=True,
            ),
            "mem": {"heap_used_in_bytes": heap // 4, "heap_max_in_bytes": heap},
            "threads": 40 * count,
        },
        "fs": space if count or is_late else {},
        "plugins": [],
        "network_types": {"transport_types": kinds("netty4"), "http_types": kinds("netty4")},
        "discovery_types": kinds("single-node" if count == 1 else "multi-node"),
        "packaging_types": each(flavor="default", type="docker"),
        "ingest": _ingest(cluster, count),
        **({"indexing_pressure": _pressure(count)} if is_late else {}),
    }


_PRESSURES = ("combined_coordinating_and_primary", "coordinating", "primary", "replica", "all")
_REJECTIONS = ("coordinating", "primary", "replica", "primary_document")


def _pressure(count: int) -> dict[str, Json]:
    """How much indexing is held in memory: nothing, between two requests."""
    held = {f"{name}_in_bytes": 0 for name in _PRESSURES}
    rejected = {f"{name}_rejections": 0 for name in _REJECTIONS}
    limit = count * node_shape.HEAP_BYTES // 10
    return {"memory": {"current": held, "total": {**held, **rejected}, "limit_in_bytes": limit}}
