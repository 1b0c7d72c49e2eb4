"""The one node as the nodes APIs describe it: what it is, and how it fares.

Machine figures are made up once and stay; counters that nothing counts are those of an idle node.
Source: recordings of 7.10.2 and 8.19.21. Differs: memory, disk, threads and the JVM are not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.shape import cluster_state
from esmock.shape import index as index_shape
from esmock.state import stats
from esmock.xcontent.units import print_byte_size

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any

HEAP_BYTES = 512 * 1024**2
MEMORY_BYTES = 8 * 1024**3
DISK_BYTES = 100 * 1024**3
_PID = 1
_PROCESSORS = 2
INFO_SECTIONS = (
    "settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "aggregations", "indices",
)
STATS_SECTIONS = (
    "indices", "os", "process", "jvm", "thread_pool", "fs", "transport", "http", "breaker", "script", "discovery",
    "ingest", "adaptive_selection", "script_cache", "indexing_pressure",
)
STATS_SECTIONS_EIGHT = (*STATS_SECTIONS, "repositories", "allocations")
_POOLS: dict[str, tuple[str, int, int]] = {
    "analyze": ("fixed", 1, 16),
    "fetch_shard_started": ("scaling", 4, -1),
    "fetch_shard_store": ("scaling", 4, -1),
    "flush": ("scaling", 1, -1),
    "force_merge": ("fixed", 1, -1),
    "generic": ("scaling", 128, -1),
    "get": ("fixed", 2, 1000),
    "listener": ("fixed", 1, -1),
    "management": ("scaling", 2, -1),
    "refresh": ("scaling", 1, -1),
    "search": ("fixed_auto_queue_size", 4, 1000),
    "search_throttled": ("fixed_auto_queue_size", 1, 100),
    "snapshot": ("scaling", 1, -1),
    "system_read": ("fixed", 1, 2000),
    "system_write": ("fixed", 1, 1000),
    "warmer": ("scaling", 1, -1),
    "write": ("fixed", 2, 10000),
}


def base(cluster: Cluster) -> dict[str, Json]:
    """What stands first in every description."""
    return {
        "name": cluster.node_name,
        "transport_address": cluster_state.transport_address(cluster),
        "host": "127.0.0.1",
    }


def info(cluster: Cluster, wanted: set[str], *, flat: bool) -> dict[str, Json]:
    """A node's parts and settings.

    Args:
        wanted: of ``INFO_SECTIONS``.
    """
    behaviour = cluster.behaviour
    build = behaviour.build
    out = base(cluster)
    out["ip"] = "127.0.0.1"
    out["version"] = str(behaviour.version)
    if behaviour.major >= 8:
        out["transport_version"] = build.transport_version
        out["index_version"] = build.index_version
        out["component_versions"] = {}
    out["build_flavor"] = "default"
    out["build_type"] = "docker"
    out["build_hash"] = build.hash
    if "indices" in wanted:
        out["total_indexing_buffer"] = HEAP_BYTES // 10
    out["roles"] = list(cluster_state.roles(cluster))
    out["attributes"] = cluster_state.node(cluster)["attributes"]
    for name in INFO_SECTIONS:
        if name in wanted and name != "indices":
            out.update(_INFO[name](cluster, flat))
    return out


def _settings(cluster: Cluster, flat: bool) -> dict[str, Json]:
    own = {key: value for key, value in cluster.server_settings.node_settings.items() if not key.startswith("esmock.")}
    settings = {
        "client.type": "node",
        "cluster.name": cluster.name,
        "http.type": "netty4",
        "http.type.default": "netty4",
        "node.name": cluster.node_name,
        "path.home": "/usr/share/elasticsearch",
        "path.logs": "/usr/share/elasticsearch/logs",
        "transport.type": "netty4",
        "transport.type.default": "netty4",
        **own,
    }
    return {"settings": index_shape.settings(settings, is_flat=flat)}


def _os(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {
        "os": {
            "refresh_interval_in_millis": 1000,
            "name": "Linux",
            "pretty_name": "Linux",
            "arch": "amd64",
            "version": "6.1.0",
            "available_processors": _PROCESSORS,
            "allocated_processors": _PROCESSORS,
        }
    }


def _process(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {"process": {"refresh_interval_in_millis": 1000, "id": _PID, "mlockall": False}}


def _jvm(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {
        "jvm": {
            "pid": _PID,
            "version": "17.0.15",
            "vm_name": "OpenJDK 64-Bit Server VM",
            "vm_version": "17.0.15+6",
            "vm_vendor": "Eclipse Adoptium",
            "bundled_jdk": True,
            "using_bundled_jdk": True,
            "start_time_in_millis": cluster.started_ms,
            "mem": {
                "heap_init_in_bytes": HEAP_BYTES,
                "heap_max_in_bytes": HEAP_BYTES,
                "non_heap_init_in_bytes": 7667712,
                "non_heap_max_in_bytes": 0,
                "direct_max_in_bytes": 0,
            },
            "gc_collectors": ["G1 Young Generation", "G1 Old Generation"],
            "memory_pools": [
                "CodeHeap 'non-nmethods'", "Metaspace", "CodeHeap 'profiled nmethods'", "Compressed Class Space",
                "G1 Eden Space", "G1 Old Gen", "G1 Survivor Space", "CodeHeap 'non-profiled nmethods'",
            ],
            "using_compressed_ordinary_object_pointers": "true",
            "input_arguments": [],
        }
    }


def _thread_pool(cluster: Cluster, flat: bool) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for name, (kind, size, queue) in _POOLS.items():
        if kind == "scaling":
            out[name] = {"type": kind, "core": 1, "max": size, "keep_alive": "5m", "queue_size": queue}
        else:
            out[name] = {"type": kind, "size": size, "queue_size": queue}
    return {"thread_pool": out}


def _addresses(address: str) -> dict[str, Json]:
    return {"bound_address": [address], "publish_address": address}


def _transport(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {"transport": {**_addresses(cluster_state.transport_address(cluster)), "profiles": {}}}


def _http(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {"http": {**_addresses(f"127.0.0.1:{cluster.http_port}"), "max_content_length_in_bytes": 104857600}}


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
"""What clients and test runners look for: esmock plays these modules, as far as it plays their APIs."""


def _plugins(cluster: Cluster, flat: bool) -> dict[str, Json]:
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


PROCESSORS = (
    "append", "bytes", "circle", "convert", "csv", "date", "date_index_name", "dissect", "dot_expander", "drop", "fail",
    "foreach", "grok", "gsub", "html_strip", "join", "json", "kv", "lowercase", "pipeline", "remove", "rename", "script",
    "set", "sort", "split", "trim", "uppercase", "urldecode", "user_agent",
)


def _ingest(cluster: Cluster, flat: bool) -> dict[str, Json]:
    return {"ingest": {"processors": [{"type": name} for name in PROCESSORS]}}


def _aggregations(cluster: Cluster, flat: bool) -> dict[str, Json]:
    numeric = {"types": ["boolean", "date", "numeric"]}
    names = ("avg", "cardinality", "histogram", "max", "min", "stats", "sum", "terms", "value_count")
    return {"aggregations": dict.fromkeys(names, numeric)}


_INFO = {
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


def statistics(cluster: Cluster, wanted: set[str], level: str, sections: set[str] | None) -> dict[str, Json]:
    """How the node fares.

    Args:
        wanted: of ``STATS_SECTIONS``.
        level: ``node``, ``indices`` or ``shards``.
        sections: of the indices part; None: all.
    """
    now = cluster.clock.now_ms()
    address = cluster_state.transport_address(cluster)
    out: dict[str, Json] = {"timestamp": now, **base(cluster), "ip": address}
    out["roles"] = list(cluster_state.roles(cluster))
    out["attributes"] = cluster_state.node(cluster)["attributes"]
    for name in STATS_SECTIONS_EIGHT if cluster.behaviour.major >= 8 else STATS_SECTIONS:
        if name in wanted:
            key = "breakers" if name == "breaker" else name
            out[key] = _indices(cluster, level, sections) if name == "indices" else _STATS[name](cluster, now)
    return out


def _indices(cluster: Cluster, level: str, sections: set[str] | None) -> dict[str, Json]:
    behaviour = cluster.behaviour

    def shown(found: stats.Stats) -> dict[str, Json]:
        return {name: body for name, body in found.items() if sections is None or name in sections}

    indices = sorted(cluster.indices.values(), key=lambda one: one.name)
    each = {index.name: [stats.of_shard(index, shard, behaviour) for shard in index.shards] for index in indices}
    out = shown(stats.total((one for shards in each.values() for one in shards), behaviour))
    if level == "indices":
        out["indices"] = {name: shown(stats.total(shards, behaviour)) for name, shards in each.items()}
    elif level == "shards":
        out["shards"] = {
            name: [{str(number): shown(one)} for number, one in enumerate(shards)] for name, shards in each.items()
        }
    return out


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
    return {name: dict(idle) for name in _POOLS}


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


def _breakers(cluster: Cluster, now: int) -> dict[str, Json]:
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
    return {"compilations": 0, "cache_evictions": 0, "compilation_limit_triggered": 0}


def _discovery(cluster: Cluster, now: int) -> dict[str, Json]:
    return {
        "cluster_state_queue": {"total": 0, "pending": 0, "committed": 0},
        "published_cluster_states": {"full_states": 1, "incompatible_diffs": 0, "compatible_diffs": cluster.state_version},
    }


def _ingest_stats(cluster: Cluster, now: int) -> dict[str, Json]:
    return {"total": {"count": 0, "time_in_millis": 0, "current": 0, "failed": 0}, "pipelines": {}}


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
    "breaker": _breakers,
    "script": _script_stats,
    "discovery": _discovery,
    "ingest": _ingest_stats,
    "adaptive_selection": _adaptive,
    "script_cache": _script_cache,
    "indexing_pressure": indexing_pressure,
    "repositories": _nothing,
    "allocations": _allocations,
}
