"""Statistics and internals of indices: stats, segments, recovery, shard stores, upgrade."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import OPEN, OPEN_OR_NAMED
from esmock.api.params import INDICES_OPTIONS, Param, boolean, names
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.shape import human
from esmock.shape import index as index_shape
from esmock.state import health, stats
from esmock.state.placement import allocation_id, copies
from esmock.state.resolve import glob, in_hash_order, resolve
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any

_METRICS = {
    "docs": "docs", "store": "store", "indexing": "indexing", "get": "get", "search": "search", "merge": "merges",
    "refresh": "refresh", "flush": "flush", "warmer": "warmer", "query_cache": "query_cache", "fielddata": "fielddata",
    "completion": "completion", "segments": "segments", "translog": "translog", "request_cache": "request_cache",
    "recovery": "recovery",
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


def _sections(request: Request) -> set[str] | None:
    return sections(request, request.part_list("metric"))


def level_of(name: str, text: str) -> str:
    """A level of detail. Raises IllegalArgument for what there is not."""
    if text not in ("cluster", "indices", "shards"):
        raise IllegalArgument(f"level parameter must be one of [cluster] or [indices] or [shards] but was [{text}]")
    return text


def _about(*metrics: str) -> Callable[[Request], bool]:
    """Whether a request asks for one of some metrics."""

    def holds(request: Request) -> bool:
        asked = request.part_list("metric")
        return not asked or "_all" in asked or any(one in asked for one in metrics)

    return holds


@endpoint(
    "indices.stats",
    "GET /_stats",
    "GET /_stats/{metric}",
    "GET /{index}/_stats",
    "GET /{index}/_stats/{metric}",
    params={
        "forbid_closed_indices": boolean(True),
        **INDICES_OPTIONS,
        "level": Param(level_of, "indices", response=True, told_since=(8, 0)),
        "types": names(until=(7, 99)),
        "groups": names(),
        "completion_fields": names(needs=_about("completion")),
        "fielddata_fields": names(needs=_about("fielddata")),
        "fields": names(needs=_about("completion", "fielddata")),
        "include_segment_file_sizes": boolean(False, needs=_about("segments")),
        "include_unloaded_segments": boolean(False, needs=_about("segments")),
    },
    docs="indices-stats",
    prepare=_sections,
    action="indices:monitor/stats",
)
def get_stats(cluster: Cluster, request: Request) -> Response:
    """Statistics of indices."""
    wanted = _sections(request)
    options = OPEN if request.param("forbid_closed_indices") else OPEN_OR_NAMED
    found = resolve(cluster, request.part_list("index"), request.indices_options(options))
    found = in_hash_order(found)
    level = (request.param_while_rendering if cluster.behaviour.announces_eight else request.param)("level")
    body: dict[str, Json] = {"_shards": index_shape.shards(cluster, found)}
    behaviour = cluster.behaviour
    found = [index for index in found if any(one[0] is not None for one in index.places)]
    files = bool(request.param("include_segment_file_sizes"))
    per_index = {
        index.name: [stats.of_shard(index, shard, behaviour, files=files) for shard in index.shards] for index in found
    }
    first = {index.name: _of_primaries(index, per_index[index.name]) for index in found}
    primaries = _shown(request, stats.total((one for shards in first.values() for one in shards), behaviour), wanted)
    _add_types(request, primaries, found, first)
    every = {index.name: _of_copies(cluster, index, per_index[index.name]) for index in found}
    total = _shown(request, stats.total((one for shards in every.values() for one in shards), behaviour), wanted)
    _add_types(request, total, found, every)
    body["_all"] = {"primaries": primaries, "total": total} if found else {"primaries": {}, "total": {}}
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
        out["health"] = health.of_index(index).status
        out["status"] = "close" if index.is_closed else "open"
    for name, parts in (("primaries", _of_primaries(index, shards)), ("total", _of_copies(cluster, index, shards))):
        out[name] = _shown(request, stats.total(parts, cluster.behaviour), wanted)
        _add_types(request, out[name], [index], {index.name: parts})
    if request.param("level") == "shards":
        out["shards"] = {
            str(shard.number): [
                _shard(cluster, request, index, shard, routing, shards[shard.number], wanted)
                for routing in routings(cluster, index, shard, relocating=True)
            ]
            for shard in index.shards
        }
    return out


def _of_primaries(index: Index, shards: list[stats.Stats]) -> list[stats.Stats]:
    return [shard for shard, held in zip(shards, index.places, strict=True) if held[0] is not None]


def _of_copies(cluster: Cluster, index: Index, shards: list[stats.Stats]) -> list[stats.Stats]:
    """The statistics of all copies that a node has: a replica has counted what its primary has."""
    return [
        shards[shard.number] for shard in index.shards for node in copies(cluster, index, shard.number) if node is not None
    ]


def routings(cluster: Cluster, index: Index, shard: Shard, *, relocating: bool = False) -> list[dict[str, Json]]:
    """Where the assigned copies of a shard are."""
    more = {"relocating_node": None} if relocating else {}
    return [
        {"state": "STARTED", "primary": number == 0, "node": node.id, **more}
        for number, node in enumerate(copies(cluster, index, shard.number))
        if node is not None
    ]


def _shown(request: Request, found: stats.Stats, wanted: set[str] | None) -> dict[str, Json]:
    return stats.shown(found, wanted, fields_by_section(request))


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
        for part in shards[index.name]:
            if not part["indexing"]["index_total"] and not part["indexing"]["delete_total"]:
                continue  # ES: a type is known from its first write on
            into = found.setdefault(kind, {})
            for key, value in part["indexing"].items():
                into[key] = value if isinstance(value, bool) else into.get(key, 0) + value
    if found:
        out["indexing"]["types"] = found


def fields_by_section(request: Request) -> dict[str, list[str]]:
    """The patterns of the fields, and groups of searches, that are told apart in a section of the statistics."""
    shared = request.param("fields") or []
    fields = {section: request.param(f"{section}_fields") or shared for section in ("fielddata", "completion")}
    return {**fields, "search": request.param("groups") or []}


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
        "generation": 2 + shard.counters.get("commit_total", 0),
        "user_data": {
            "translog_uuid": allocation_id(index, shard.number + 1000),
            "history_uuid": allocation_id(index, shard.number + 2000),
            **(version if cluster.behaviour.newer_jackson else {}),
            "local_checkpoint": "-1",
            "max_seq_no": "-1",
            "max_unsafe_auto_id_timestamp": "-1",
        },
        "num_docs": shard.n_live if shard.counters.get("commit_total") else 0,
    }
    out["seq_no"] = dict.fromkeys(("max_seq_no", "local_checkpoint", "global_checkpoint"), shard.seq_no)
    out["retention_leases"] = {
        "primary_term": shard.primary_term,
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


