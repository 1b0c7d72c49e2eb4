"""Statistics and internals of indices: stats, segments, recovery, shard stores, upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.indices import OPEN, OPEN_OR_NAMED
from esmock.api.params import INDICES_OPTIONS, boolean, names, string
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.shape import cluster_state, human
from esmock.shape import index as index_shape
from esmock.state import health, stats
from esmock.state.nodes import HOST
from esmock.state.placement import allocation_id, copies, is_allocatable
from esmock.state.resolve import IndicesOptions, glob, resolve
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode
    from esmock.state.shard import Shard
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any

_METRICS = {
    "docs": "docs", "store": "store", "indexing": "indexing", "get": "get", "search": "search", "merge": "merges",
    "refresh": "refresh", "flush": "flush", "warmer": "warmer", "query_cache": "query_cache", "fielddata": "fielddata",
    "completion": "completion", "segments": "segments", "translog": "translog", "request_cache": "request_cache",
    "recovery": "recovery", "suggest": "suggest",
}
_METRICS_EIGHT = {
    "bulk": "bulk", "shard_stats": "shard_stats", "dense_vector": "dense_vector", "sparse_vector": "sparse_vector",
    "mappings": "mappings",
}


def known_metrics(behaviour: Behaviour) -> dict[str, str]:
    """Metric to section, of a version."""
    return _METRICS | (_METRICS_EIGHT if behaviour.major >= 8 else {})


def sections(request: Request, metrics: list[str]) -> set[str] | None:
    """The sections that metrics name; None: all. Raises IllegalArgument for unknown metrics."""
    if not metrics or metrics == ["_all"]:
        return None
    if "_all" in metrics:
        raise IllegalArgument(
            f"request [{request.path}] contains _all and individual metrics [{request.part('metric')}]"
        )
    known = known_metrics(request.behaviour)
    unknown = sorted(set(metrics) - set(known))
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        shown = ", ".join(f"[{one}]{suggestion(one, known, arrow=True)}" for one in unknown)
        raise IllegalArgument(f"request [{request.path}] contains unrecognized metric{plural}: {shown}")
    return {known[one] for one in metrics}


@endpoint(
    "indices.stats",
    "GET /_stats",
    "GET /_stats/{metric}",
    "GET /{index}/_stats",
    "GET /{index}/_stats/{metric}",
    params={
        "forbid_closed_indices": boolean(True),
        **INDICES_OPTIONS,
        "types": names(until=(7, 99)),
        "groups": names(),
        "completion_fields": names(),
        "fielddata_fields": names(),
        "fields": names(),
        "include_segment_file_sizes": boolean(False),
        "include_unloaded_segments": boolean(False),
        "level": string("indices", response=True),
    },
    docs="indices-stats",
    action="indices:monitor/stats",
)
def get_stats(cluster: Cluster, request: Request) -> Response:
    """Statistics of indices."""
    level = request.param("level")
    if level not in ("cluster", "indices", "shards"):
        raise IllegalArgument(f"level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]")
    wanted = sections(request, request.part_list("metric"))
    options = OPEN if request.param("forbid_closed_indices") else OPEN_OR_NAMED
    found = resolve(cluster, request.part_list("index"), request.indices_options(options))
    found = sorted((index for index in found if is_allocatable(cluster, index)), key=lambda one: one.name)
    body: dict[str, Json] = {"_shards": index_shape.shards(cluster, found)}
    behaviour = cluster.behaviour
    per_index = {index.name: [stats.of_shard(index, shard, behaviour) for shard in index.shards] for index in found}
    everything = stats.total((one for shards in per_index.values() for one in shards), behaviour)
    primaries = _shown(request, everything, wanted)
    _add_types(request, primaries, found, per_index)
    every = {index.name: _of_copies(cluster, index, per_index[index.name]) for index in found}
    total = _shown(request, stats.total((one for shards in every.values() for one in shards), behaviour), wanted)
    _add_types(request, total, found, every)
    body["_all"] = {"primaries": primaries, "total": total}
    if level != "cluster":
        body["indices"] = {
            index.name: _index(cluster, request, index, per_index[index.name], wanted) for index in found
        }
    return Response(200, human.with_twins(body) if request.human else body)


def _index(
    cluster: Cluster, request: Request, index: Index, shards: list[stats.Stats], wanted: set[str] | None
) -> dict[str, Json]:
    out: dict[str, Json] = {"uuid": index.uuid}
    if cluster.behaviour.major >= 8:
        out["health"] = health.of_index(cluster, index).status
        out["status"] = "close" if index.is_closed else "open"
    for name, parts in (("primaries", shards), ("total", _of_copies(cluster, index, shards))):
        out[name] = _shown(request, stats.total(parts, cluster.behaviour), wanted)
        _add_types(request, out[name], [index], {index.name: parts})
    if request.param("level") == "shards":
        out["shards"] = {
            str(shard.number): [
                _shard(cluster, request, index, shard, routing, shards[shard.number], wanted)
                for routing in _routings(cluster, index, shard, relocating=True)
            ]
            for shard in index.shards
        }
    return out


def _of_copies(cluster: Cluster, index: Index, shards: list[stats.Stats]) -> list[stats.Stats]:
    """The statistics of all copies that a node has: a replica has counted what its primary has."""
    return [
        shards[shard.number] for shard in index.shards for node in copies(cluster, index, shard.number) if node is not None
    ]


def _routings(cluster: Cluster, index: Index, shard: Shard, *, relocating: bool = False) -> list[dict[str, Json]]:
    """Where the assigned copies of a shard are."""
    more = {"relocating_node": None} if relocating else {}
    return [
        {"state": "STARTED", "primary": number == 0, "node": node.id, **more}
        for number, node in enumerate(copies(cluster, index, shard.number))
        if node is not None
    ]


def _shown(request: Request, found: stats.Stats, wanted: set[str] | None) -> dict[str, Json]:
    sections_ = found if wanted is None else {name: body for name, body in found.items() if name in wanted}
    if wanted is not None and "suggest" in wanted and "search" not in wanted:
        sections_["search"] = found["search"]
    out = {name: dict(body) for name, body in sections_.items()}
    _add_fields(request, out)
    return out


def _add_types(
    request: Request, out: dict[str, Json], indices: list[Index], shards: dict[str, list[stats.Stats]]
) -> None:
    """Indexing by mapping type (7.x), for the types that were asked for."""
    patterns = request.params.get("types")
    if "indexing" not in out or not patterns:
        return
    found: dict[str, dict[str, Json]] = {}
    for index in indices:
        kind = index.type_name or "_doc"
        if not any(one == "_all" or glob(one).match(kind) for one in patterns):
            continue
        into = found.setdefault(kind, {})
        for part in shards[index.name]:
            for key, value in part["indexing"].items():
                into[key] = value if isinstance(value, bool) else into.get(key, 0) + value
    if found:
        out["indexing"]["types"] = found


def _add_fields(request: Request, out: dict[str, Json]) -> None:
    shared = request.param("fields")
    for section, own in (("fielddata", "fielddata_fields"), ("completion", "completion_fields")):
        if section in out and (request.param(own) or shared):
            fields = _loaded_fields(request, section, [*(request.param(own) or []), *(shared or [])])
            if fields:
                out[section]["fields"] = fields


def _loaded_fields(request: Request, section: str, patterns: list[str]) -> dict[str, Json]:
    """Fields whose values were loaded: esmock keeps no such account."""
    return {}


def _shard(
    cluster: Cluster,
    request: Request,
    index: Index,
    shard: Shard,
    routing: dict[str, Json],
    found: stats.Stats,
    wanted: set[str] | None,
) -> dict[str, Json]:
    is_eight = cluster.behaviour.major >= 8
    out: dict[str, Json] = {"routing": routing}
    out.update(_shown(request, found, wanted))
    version = {"es_version": cluster.behaviour.build.index_created if is_eight else str(cluster.behaviour.version)}
    out["commit"] = {
        "id": allocation_id(index, shard.number) + "==",
        "generation": 2 + shard.counters.get("flush_total", 0),
        "user_data": {
            "translog_uuid": allocation_id(index, shard.number + 1000),
            "history_uuid": allocation_id(index, shard.number + 2000),
            **(version if cluster.behaviour.newer_jackson else {}),
            "local_checkpoint": "-1",
            "max_seq_no": "-1",
            "max_unsafe_auto_id_timestamp": "-1",
        },
        "num_docs": shard.n_live if shard.counters.get("flush_total") else 0,
    }
    out["seq_no"] = dict.fromkeys(("max_seq_no", "local_checkpoint", "global_checkpoint"), shard.seq_no)
    out["retention_leases"] = {
        "primary_term": 1,
        "version": 1,
        "leases": [
            {
                "id": f"peer_recovery/{routing['node']}",
                "retaining_seq_no": 0,
                "timestamp": index.created_ms,
                "source": "peer recovery",
            }
        ],
    }
    path = "/usr/share/elasticsearch/data" + ("" if is_eight else "/nodes/0")
    out["shard_path"] = {"state_path": path, "data_path": path, "is_custom_data_path": False}
    if is_eight:
        out["search_idle"] = False
        out["search_idle_time"] = 0
    return out


@endpoint(
    "indices.segments",
    "GET /_segments",
    "GET /{index}/_segments",
    params={"verbose": boolean(False, until=(7, 99)), **INDICES_OPTIONS},
    docs="indices-segments",
    action="indices:monitor/segments",
)
def segments(cluster: Cluster, request: Request) -> Response:
    """Segments of every shard."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    found = sorted(found, key=lambda one: one.name)
    indices = {index.name: {"shards": {str(s.number): _segments(cluster, index, s) for s in index.shards}} for index in found}
    return Response(200, {"_shards": index_shape.shards(cluster, found), "indices": indices})


def _segments(cluster: Cluster, index: Index, shard: Shard) -> list[dict[str, Json]]:
    flushed = shard.counters.get("flush_total", 0) > 0
    body: dict[str, Json] = {}
    for number, (segment, deleted) in enumerate(shard.views):
        body[segment_name(number)] = {
            "generation": number,
            "num_docs": segment.n_docs - len(deleted),
            "deleted_docs": len(deleted),
            "size_in_bytes": stats.segment_size(segment, cluster.behaviour),
            "memory_in_bytes": 852 if cluster.behaviour.major < 8 else 0,
            "committed": flushed,
            "search": True,
            "version": cluster.behaviour.build.lucene,
            "compound": True,
            "attributes": dict([_stored_mode(cluster)]),
        }
    counts = {"num_committed_segments": len(shard.views) if flushed else 0, "num_search_segments": len(shard.views)}
    return [{"routing": routing, **counts, "segments": body} for routing in _routings(cluster, index, shard)]


def _stored_mode(cluster: Cluster) -> tuple[str, str]:
    if cluster.behaviour.major >= 8:
        return "Lucene90StoredFieldsFormat.mode", "BEST_SPEED"
    return "Lucene87StoredFieldsFormat.mode", "BEST_SPEED"


def segment_name(number: int) -> str:
    """``_0`` to ``_z``, then two digits to base 36."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    out = ""
    while True:
        out = digits[number % 36] + out
        number //= 36
        if not number:
            return "_" + out


RECOVERY = IndicesOptions(forbid_closed=False)


@endpoint(
    "indices.recovery",
    "GET /_recovery",
    "GET /{index}/_recovery",
    params={"detailed": boolean(False), "active_only": boolean(False), **INDICES_OPTIONS},
    docs="indices-recovery",
    action="indices:monitor/recovery",
)
def recovery(cluster: Cluster, request: Request) -> Response:
    """How shards came to be here."""
    if request.param("active_only"):
        resolve(cluster, request.part_list("index"), request.indices_options(RECOVERY))
        return Response(200, {})
    found = resolve(cluster, request.part_list("index"), request.indices_options(RECOVERY))
    body = {
        index.name: {
            "shards": [
                _recovery(cluster, index, shard, number, detailed=request.param("detailed"))
                for shard in index.shards
                for number, node in enumerate(copies(cluster, index, shard.number))
                if node is not None
            ]
        }
        for index in sorted(found, key=lambda one: one.name)
    }
    return Response(200, human.with_twins(body) if request.human else body)


def recovery_type(index: Index) -> str:
    """``EMPTY_STORE``, ``EXISTING_STORE`` after a close, ``LOCAL_SHARDS`` after a resize, ``SNAPSHOT`` after a restore."""
    if index.restored_from is not None:
        return "SNAPSHOT"
    if index.resized_from is not None:
        return "LOCAL_SHARDS"
    return "EXISTING_STORE" if index.was_closed else "EMPTY_STORE"


def _recovery(cluster: Cluster, index: Index, shard: Shard, copy: int, *, detailed: bool) -> dict[str, Json]:
    nodes = copies(cluster, index, shard.number)
    kind = "PEER" if copy else recovery_type(index)
    reused = 0 if kind == "EMPTY_STORE" else len(shard.views)
    files: dict[str, Json] = {"total": reused, "reused": reused, "recovered": 0}
    files["percent"] = "100.0%" if reused else "0.0%"
    if detailed:
        files["details"] = []
    size: dict[str, Json] = {"total_in_bytes": 0, "reused_in_bytes": 0, "recovered_in_bytes": 0}
    if cluster.behaviour.newer_jackson:
        size["recovered_from_snapshot_in_bytes"] = 0
    size["percent"] = "100.0%" if reused else "0.0%"
    return {
        "id": shard.number,
        "type": kind,
        "stage": "DONE",
        "primary": copy == 0,
        "start_time_in_millis": index.created_ms,
        "stop_time_in_millis": index.created_ms,
        "total_time_in_millis": 0,
        "source": _node(nodes[0]) if copy else _recovery_source(index, kind),
        "target": _node(nodes[copy]),
        "index": {
            "size": size,
            "files": files,
            "total_time_in_millis": 0,
            "source_throttle_time_in_millis": 0,
            "target_throttle_time_in_millis": 0,
        },
        "translog": {"recovered": 0, "total": 0, "percent": "100.0%", "total_on_start": 0, "total_time_in_millis": 0},
        "verify_index": {"check_index_time_in_millis": 0, "total_time_in_millis": 0},
    }


def _node(node: ClusterNode | None) -> dict[str, Json]:
    if node is None:
        return {}
    return {
        "id": node.id,
        "host": HOST,
        "transport_address": node.transport_address,
        "ip": HOST,
        "name": node.name,
    }


def _recovery_source(index: Index, kind: str) -> dict[str, Json]:
    if index.restored_from is not None and kind == "SNAPSHOT":
        repository, snapshot = index.restored_from
        return {"repository": repository, "snapshot": snapshot, "index": index.restored_index}
    return {"bootstrap_new_history_uuid": False} if kind == "EXISTING_STORE" else {}


STORES = IndicesOptions(expand=("open", "closed"), forbid_closed=False)


@endpoint(
    "indices.shard_stores",
    "GET /_shard_stores",
    "GET /{index}/_shard_stores",
    params={"status": names(), **INDICES_OPTIONS},
    docs="indices-shards-stores",
    action="indices:monitor/shard_stores",
)
def shard_stores(cluster: Cluster, request: Request) -> Response:
    """Where copies of shards lie; without ``status`` only those of shards that lack a copy."""
    wanted = request.param("status") or ["yellow", "red"]
    for one in wanted:
        if one not in ("green", "yellow", "red", "all"):
            raise IllegalArgument(f"unknown cluster health status [{one}]")
    found = resolve(cluster, request.part_list("index"), request.indices_options(STORES))
    indices: dict[str, Json] = {}
    for index in sorted(found, key=lambda one: one.name):
        status = health.of_index(cluster, index).status
        if "all" not in wanted and status not in wanted:
            continue
        shards = {
            str(shard.number): {
                "stores": [
                    {
                        node.id: cluster_state.node(cluster, node),
                        "allocation_id": allocation_id(index, shard.number, number),
                        "allocation": "replica" if number else "primary",
                    }
                    for number, node in enumerate(copies(cluster, index, shard.number))
                    if node is not None
                ]
            }
            for shard in index.shards
        }
        indices[index.name] = {"shards": shards}
    return Response(200, {"indices": indices})


@endpoint(
    "indices.upgrade",
    until(8, "POST /_upgrade"),
    until(8, "POST /{index}/_upgrade"),
    params={**INDICES_OPTIONS, "only_ancient_segments": boolean(False), "wait_for_completion": boolean(True, lazy=True)},
    docs="indices-upgrade",
    action="indices:admin/upgrade",
)
def upgrade(cluster: Cluster, request: Request) -> Response:
    """Rewrite old segments: there are none."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    each = {
        index.name: {
            "upgrade_version": str(cluster.behaviour.version),
            "oldest_lucene_segment_version": cluster.behaviour.build.lucene,
        }
        for index in sorted(found, key=lambda one: one.name)
    }
    return Response(200, {"_shards": index_shape.shards(cluster, found), "upgraded_indices": each})


@endpoint(
    "indices.get_upgrade",
    until(8, "GET /_upgrade"),
    until(8, "GET /{index}/_upgrade"),
    params=INDICES_OPTIONS,
    docs="indices-upgrade",
    action="indices:monitor/upgrade",
)
def get_upgrade(cluster: Cluster, request: Request) -> Response:
    """How much would be rewritten: nothing."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    sizes = {
        index.name: sum(
            stats.segment_size(segment, cluster.behaviour) for shard in index.shards for segment, _ in shard.views
        )
        for index in found
    }
    none = {"size_to_upgrade_in_bytes": 0, "size_to_upgrade_ancient_in_bytes": 0}
    body: dict[str, Json] = {"size_in_bytes": sum(sizes.values()), **none}
    body["indices"] = {name: {"size_in_bytes": sizes[name], **none} for name in sorted(sizes)}
    return Response(200, human.with_twins(body) if request.human else body)
