"""Nodes info and nodes stats of the one node. Docs: cluster-nodes-info, cluster-nodes-stats.

Keys and their order: recordings of 7.10.2. Values that a double has none of its own for are those of an idle node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.shape.cluster_state import roles, transport_address
from esmock.xcontent.units import print_byte_size, print_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
HEAP_BYTES = 512 * 1024**2
DISK_BYTES = 100 * 1024**3
MEMORY_BYTES = 8 * 1024**3
MODULES = (
    "aggs-matrix-stats",
    "analysis-common",
    "ingest-common",
    "lang-expression",
    "lang-mustache",
    "lang-painless",
    "mapper-extras",
    "parent-join",
    "percolator",
    "rank-eval",
    "reindex",
    "repository-url",
    "x-pack-core",
    "x-pack-rollup",
)
PROCESSORS = (
    "append", "bytes", "convert", "csv", "date", "date_index_name", "dissect", "dot_expander", "drop", "fail", "foreach", "grok",
    "gsub", "html_strip", "join", "json", "kv", "lowercase", "pipeline", "remove", "rename", "script", "set", "sort", "split",
    "trim", "uppercase", "urldecode",
)  # fmt: skip
INFO_METRICS = (
    "settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "aggregations", "indices",
)  # fmt: skip
STATS_METRICS = (
    "indices", "os", "process", "jvm", "thread_pool", "fs", "transport", "http", "breaker", "script", "discovery", "ingest",
    "adaptive_selection", "script_cache", "indexing_pressure",
)  # fmt: skip
THREAD_POOLS = ("force_merge", "generic", "get", "management", "refresh", "search", "snapshot", "write")


def sized(name: str, value: int, human: bool) -> dict[str, Json]:
    """A size, its readable twin first where it is wanted."""
    shown = {name: print_byte_size(value)} if human else {}
    return {**shown, f"{name}_in_bytes": value}


def timed(name: str, value: int, human: bool) -> dict[str, Json]:
    """A duration in milliseconds, its readable twin first where it is wanted."""
    shown = {name: print_time_ms(value)} if human else {}
    return {**shown, f"{name}_in_millis": value}


def header(cluster: Cluster, nodes: dict[str, Json]) -> dict[str, Json]:
    """What every nodes API begins with."""
    count = len(nodes)
    return {
        "_nodes": {"total": count, "successful": count, "failed": 0},
        "cluster_name": cluster.name,
        "nodes": nodes,
    }


def _head(cluster: Cluster) -> dict[str, Json]:
    return {"name": cluster.node_name, "transport_address": transport_address(cluster), "host": "127.0.0.1"}


def attributes(cluster: Cluster) -> dict[str, str]:
    """``node.attr.*``, and what the default distribution adds."""
    own = {
        key.removeprefix("node.attr."): str(value)
        for key, value in cluster.server_settings.node_settings.items()
        if key.startswith("node.attr.")
    }
    return {**own, "xpack.installed": "true", "transform.node": "true"} if cluster.behaviour.major == 7 else {
        **own,
        "xpack.installed": "true",
    }


def info(cluster: Cluster, metrics: set[str], *, human: bool) -> dict[str, Json]:
    """One node of ``GET /_nodes``."""
    build = cluster.behaviour.build
    out: dict[str, Json] = {**_head(cluster), "ip": "127.0.0.1", "version": str(cluster.behaviour.version)}
    if build.transport_version is not None:
        out |= {"transport_version": build.transport_version, "index_version": build.index_version}
    out |= {
        "build_flavor": "default",
        "build_type": "tar",
        "build_hash": build.hash,
        **sized("total_indexing_buffer", HEAP_BYTES // 10, human),
        "roles": list(roles(cluster)),
        "attributes": attributes(cluster),
    }
    for name, section in _INFO.items():
        if name in metrics:
            out |= section(cluster, human)
    return out


def _settings(cluster: Cluster, human: bool) -> dict[str, Json]:
    from esmock.state.index_settings import tree

    flat = {
        "cluster.name": cluster.name,
        "node.name": cluster.node_name,
        "client.type": "node",
        "http.type": "netty4",
        "transport.type": "netty4",
        **cluster.server_settings.node_settings,
    }
    return {"settings": tree(flat)}


def _os(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {
        "os": {
            **timed("refresh_interval", 1000, human),
            "name": "Linux",
            "pretty_name": "Linux",
            "arch": "amd64",
            "version": "6.0",
            "available_processors": 2,
            "allocated_processors": 2,
        }
    }


def _process(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"process": {**timed("refresh_interval", 1000, human), "id": 1, "mlockall": False}}


def _jvm(cluster: Cluster, human: bool) -> dict[str, Json]:
    memory: dict[str, Json] = {}
    for name, value in (
        ("heap_init", HEAP_BYTES),
        ("heap_max", HEAP_BYTES),
        ("non_heap_init", 7667712),
        ("non_heap_max", 0),
        ("direct_max", 0),
    ):
        memory |= sized(name, value, human)
    return {
        "jvm": {
            "pid": 1,
            "version": "17.0.15",
            "vm_name": "OpenJDK 64-Bit Server VM",
            "vm_version": "17.0.15+6",
            "vm_vendor": "Eclipse Adoptium",
            "bundled_jdk": True,
            "using_bundled_jdk": True,
            "start_time_in_millis": cluster.started_ms,
            "mem": memory,
            "gc_collectors": ["G1 Young Generation", "G1 Old Generation"],
            "memory_pools": ["CodeHeap 'non-nmethods'", "Metaspace", "G1 Eden Space", "G1 Survivor Space", "G1 Old Gen"],
            "using_compressed_ordinary_object_pointers": "true",
            "input_arguments": [],
        }
    }


def _thread_pool(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"thread_pool": {name: {"type": "fixed", "size": 1, "queue_size": 1000} for name in THREAD_POOLS}}


def _transport(cluster: Cluster, human: bool) -> dict[str, Json]:
    address = transport_address(cluster)
    return {"transport": {"bound_address": [address], "publish_address": address, "profiles": {}}}


def _http(cluster: Cluster, human: bool) -> dict[str, Json]:
    address = f"127.0.0.1:{cluster.http_port}"
    return {
        "http": {
            "bound_address": [address],
            "publish_address": address,
            **sized("max_content_length", 100 * 1024**2, human),
        }
    }


def _plugins(cluster: Cluster, human: bool) -> dict[str, Json]:
    number = str(cluster.behaviour.version)
    modules = [
        {
            "name": name,
            "version": number,
            "elasticsearch_version": number,
            "java_version": "1.8" if cluster.behaviour.major < 8 else "17",
            "description": f"esmock plays {name}",
            "classname": f"org.elasticsearch.esmock.{name}",
            "extended_plugins": [],
            "has_native_controller": False,
        }
        for name in MODULES
    ]
    return {"plugins": [], "modules": modules}


def _ingest(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"ingest": {"processors": [{"type": name} for name in PROCESSORS]}}


def _aggregations(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"aggregations": {name: {"types": ["other"]} for name in ("avg", "max", "min", "sum", "terms", "value_count")}}


_INFO: dict[str, Callable[[Cluster, bool], dict[str, Json]]] = {
    "settings": _settings,
    "os": _os,
    "process": _process,
    "jvm": _jvm,
    "thread_pool": _thread_pool,
    "transport": _transport,
    "http": _http,
    "plugins": _plugins,
    "ingest": _ingest,
    "aggregations": _aggregations,
}


def stats(cluster: Cluster, metrics: set[str], indices: dict[str, Json] | None, *, human: bool) -> dict[str, Json]:
    """One node of ``GET /_nodes/stats``.

    Args:
        indices: the section of that name; None where it is not wanted.
    """
    out: dict[str, Json] = {"timestamp": cluster.clock.now_ms(), **_head(cluster), "ip": transport_address(cluster)}
    out |= {"roles": list(roles(cluster)), "attributes": attributes(cluster)}
    if indices is not None:
        out["indices"] = indices
    for name, section in _STATS.items():
        if name in metrics:
            out |= section(cluster, human)
    return out


def _os_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    half = MEMORY_BYTES // 2
    memory = {**sized("total", MEMORY_BYTES, human), **sized("free", half, human), **sized("used", half, human)}
    return {
        "os": {
            "timestamp": cluster.clock.now_ms(),
            "cpu": {"percent": 1, "load_average": {"1m": 0.1, "5m": 0.1, "15m": 0.1}},
            "mem": {**memory, "free_percent": 50, "used_percent": 50},
            "swap": {**sized("total", 0, human), **sized("free", 0, human), **sized("used", 0, human)},
        }
    }


def _process_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {
        "process": {
            "timestamp": cluster.clock.now_ms(),
            "open_file_descriptors": 200,
            "max_file_descriptors": 65535,
            "cpu": {"percent": 0, **timed("total", 0, human)},
            "mem": sized("total_virtual", HEAP_BYTES * 4, human),
        }
    }


def _jvm_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    half = HEAP_BYTES // 2
    memory = {**sized("heap_used", half, human), "heap_used_percent": 50, **sized("heap_committed", HEAP_BYTES, human)}
    memory |= {**sized("heap_max", HEAP_BYTES, human), **sized("non_heap_used", half, human)}
    memory |= sized("non_heap_committed", half, human)
    pool = {**sized("used", 0, human), **sized("max", 0, human), **sized("peak_used", 0, human), **sized("peak_max", 0, human)}
    collector = {"collection_count": 0, **timed("collection_time", 0, human)}
    return {
        "jvm": {
            "timestamp": cluster.clock.now_ms(),
            **timed("uptime", cluster.clock.now_ms() - cluster.started_ms, human),
            "mem": {**memory, "pools": {"young": dict(pool), "old": dict(pool), "survivor": dict(pool)}},
            "threads": {"count": 40, "peak_count": 40},
            "gc": {"collectors": {"young": dict(collector), "old": dict(collector)}},
            "buffer_pools": {
                name: {"count": 0, **sized("used", 0, human), **sized("total_capacity", 0, human)}
                for name in ("mapped", "direct", "mapped - 'non-volatile memory'")
            },
            "classes": {"current_loaded_count": 20000, "total_loaded_count": 20000, "total_unloaded_count": 0},
        }
    }


def _thread_pool_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    idle = {"threads": 0, "queue": 0, "active": 0, "rejected": 0, "largest": 0, "completed": 0}
    return {"thread_pool": {name: dict(idle) for name in THREAD_POOLS}}


def _fs_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    half = DISK_BYTES // 2
    sizes = {**sized("total", DISK_BYTES, human), **sized("free", half, human), **sized("available", half, human)}
    data = {"path": "/data/nodes/0", "mount": "/", "type": "ext4", **sizes}
    return {"fs": {"timestamp": cluster.clock.now_ms(), "total": sizes, "data": [data]}}


def _transport_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    sizes = {"rx_count": 0, **sized("rx_size", 0, human), "tx_count": 0, **sized("tx_size", 0, human)}
    return {"transport": {"server_open": 0, "total_outbound_connections": 0, **sizes}}


def _http_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"http": {"current_open": 1, "total_opened": 1}}


def _breaker_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    def breaker(share: float, overhead: float) -> dict[str, Json]:
        limit = int(HEAP_BYTES * share)
        return {
            "limit_size_in_bytes": limit,
            "limit_size": print_byte_size(limit),
            "estimated_size_in_bytes": 0,
            "estimated_size": "0b",
            "overhead": overhead,
            "tripped": 0,
        }

    return {
        "breakers": {
            "request": breaker(0.6, 1.0),
            "fielddata": breaker(0.4, 1.03),
            "in_flight_requests": breaker(1.0, 2.0),
            "accounting": breaker(1.0, 1.0),
            "parent": breaker(0.95, 1.0),
        }
    }


def _script_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"script": {"compilations": 0, "cache_evictions": 0, "compilation_limit_triggered": 0}}


def _discovery_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {
        "discovery": {
            "cluster_state_queue": {"total": 0, "pending": 0, "committed": 0},
            "published_cluster_states": {
                "full_states": 1,
                "incompatible_diffs": 0,
                "compatible_diffs": cluster.state_version,
            },
        }
    }


def _ingest_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    return {"ingest": {"total": {"count": 0, **timed("time", 0, human), "current": 0, "failed": 0}, "pipelines": {}}}


def _pressure_stats(cluster: Cluster, human: bool) -> dict[str, Json]:
    names = ("combined_coordinating_and_primary", "coordinating", "primary", "replica", "all")
    current: dict[str, Json] = {}
    for name in names:
        current |= sized(name, 0, human)
    rejections = {"coordinating_rejections": 0, "primary_rejections": 0, "replica_rejections": 0}
    memory = {"current": current, "total": {**current, **rejections}, **sized("limit", HEAP_BYTES // 10, human)}
    return {"indexing_pressure": {"memory": memory}}


_STATS: dict[str, Callable[[Cluster, bool], dict[str, Json]]] = {
    "os": _os_stats,
    "process": _process_stats,
    "jvm": _jvm_stats,
    "thread_pool": _thread_pool_stats,
    "fs": _fs_stats,
    "transport": _transport_stats,
    "http": _http_stats,
    "breaker": _breaker_stats,
    "script": _script_stats,
    "discovery": _discovery_stats,
    "ingest": _ingest_stats,
    "adaptive_selection": lambda cluster, human: {"adaptive_selection": {}},
    "script_cache": lambda cluster, human: {
        "script_cache": {"sum": {"compilations": 0, "cache_evictions": 0, "compilation_limit_triggered": 0}, "contexts": []}
    },
    "indexing_pressure": _pressure_stats,
}
