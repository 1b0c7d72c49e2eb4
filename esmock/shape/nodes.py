"""What a node is, as the nodes APIs describe it.

Source: recordings of 7.10.2 and 8.19.21. Differs: the machine and the JVM are made up once and stay.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from esmock.shape import index as index_shape
from esmock.state.nodes import HOST
from esmock.state.thread_pools import pools_by_hash

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.nodes import ClusterNode

Json = Any

HEAP_BYTES = 512 * 1024**2
MEMORY_BYTES = 8 * 1024**3
DISK_BYTES = 100 * 1024**3
_PID = 1
_PROCESSORS = 2
INFO_SECTIONS = (
    "settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "aggregations", "indices",
)


def base(node: ClusterNode) -> dict[str, Json]:
    """What stands first in every description."""
    return {
        "name": node.name,
        "transport_address": node.transport_address,
        "host": HOST,
    }


def info(cluster: Cluster, node: ClusterNode, wanted: set[str], *, flat: bool) -> dict[str, Json]:
    """A node's parts and settings.

    Args:
        wanted: of ``INFO_SECTIONS``.
    """
    behaviour = cluster.behaviour
    build = behaviour.build
    out = base(node)
    out["ip"] = HOST
    out["version"] = str(behaviour.version)
    if behaviour.major >= 8:
        out["transport_version"] = build.transport_version
        out["index_version"] = build.index_version
        out["component_versions"] = dict(build.components)
    out["build_flavor"] = "default"
    out["build_type"] = "docker"
    out["build_hash"] = build.hash
    if "indices" in wanted:
        out["total_indexing_buffer"] = HEAP_BYTES // 10
    out["roles"] = list(node.roles)
    out["attributes"] = dict(node.attributes)
    for name in INFO_SECTIONS:
        if name in wanted and name != "indices":
            out.update(_INFO[name](cluster, node, flat))
    return out


def _settings(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    own = {key: value for key, value in cluster.server_settings.node_settings.items() if not key.startswith("esmock.")}
    settings = {
        "cluster.name": cluster.name,
        "http.type.default": "netty4",
        "node.name": node.name,
        "path.home": "/usr/share/elasticsearch",
        "path.logs": "/usr/share/elasticsearch/logs",
        "transport.type.default": "netty4",
    }
    if cluster.behaviour.major < 8:
        settings |= {"client.type": "node", "http.type": "netty4", "transport.type": "netty4"}
    else:
        settings["node.attr.xpack.installed"] = "true"
    settings |= own
    return {"settings": index_shape.settings(settings, is_flat=flat)}


def _os(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
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


def _process(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    return {"process": {"refresh_interval_in_millis": 1000, "id": _PID, "mlockall": False}}


def _jvm(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
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


def _thread_pool(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    return {"thread_pool": {pool.name: pool.described() for pool in pools_by_hash(cluster.behaviour)}}


def _addresses(address: str) -> dict[str, Json]:
    return {"bound_address": [address], "publish_address": address}


def _transport(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    return {"transport": {**_addresses(node.transport_address), "profiles": {}}}


def _http(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    return {"http": {**_addresses(cluster.http_address(node)), "max_content_length_in_bytes": 104857600}}


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


def _plugins(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    number = str(cluster.behaviour.version)
    modules: list[dict[str, Json]] = [
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


def _ingest(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    return {"ingest": {"processors": [{"type": name} for name in PROCESSORS]}}


def _aggregations(cluster: Cluster, node: ClusterNode, flat: bool) -> dict[str, Json]:
    """Aggregations and the kinds of fields that their use is counted by.

    Source: answers of 7.10.2 and of the core of 8.19.21; Differs: without those of modules that were not there.
    """
    major = "7" if cluster.behaviour.major < 8 else "8"
    text = resources.files("esmock.shape").joinpath("aggregation_kinds.txt").read_text("utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    return {"aggregations": {row[1]: {"types": row[2].split(",")} for row in rows if row[0] == major}}


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
