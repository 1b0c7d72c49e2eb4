"""Snapshots as the snapshot APIs print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.shape.index import instant
from esmock.state import stats
from esmock.state.deciders import INDEX_VERSIONS

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.snapshots import Snapshot

Json = Any


def snapshot(
    cluster: Cluster,
    repository: str,
    one: Snapshot,
    *,
    verbose: bool = True,
    index_names: bool = True,
    index_details: bool = False,
    with_repository: bool = True,
) -> dict[str, Json]:
    """A finished snapshot."""
    behaviour = cluster.behaviour
    created = behaviour.build.index_created
    out: dict[str, Json] = {"snapshot": one.name, "uuid": one.uuid}
    if behaviour.product_header and with_repository:
        out["repository"] = repository
    if verbose:
        out["version_id"] = int(created)
        out["version"] = INDEX_VERSIONS.get(created, str(behaviour.version))
    if index_names:
        out["indices"] = list(one.indices)
    if index_details:
        out["index_details"] = {name: _details(cluster, index) for name, index in one.indices.items()}
    out["data_streams"] = list(one.data_streams)
    if verbose:
        out["include_global_state"] = one.include_global_state
        if one.metadata is not None:
            out["metadata"] = one.metadata
    out["state"] = "SUCCESS"
    if verbose:
        out["start_time"] = instant(one.started_ms)
        out["start_time_in_millis"] = one.started_ms
        out["end_time"] = instant(one.started_ms)
        out["end_time_in_millis"] = one.started_ms
        out["duration_in_millis"] = 0
        out["failures"] = []
        counted = one.counted_shards(behaviour)
        out["shards"] = {"total": counted, "failed": 0, "successful": counted}
        if behaviour.newer_jackson:
            out["feature_states"] = []
    return out


def _details(cluster: Cluster, index: Index) -> dict[str, Json]:
    return {
        "shard_count": index.n_shards,
        "size_in_bytes": sum(stats.store_size(shard, cluster.behaviour) for shard in index.shards),
        "max_segments_per_shard": max((len(shard.layout) for shard in index.shards), default=0),
    }


def status(cluster: Cluster, repository: str, one: Snapshot) -> dict[str, Json]:
    """How far a snapshot is: it is done."""
    each = {name: _index(cluster, one, index) for name, index in one.indices.items()}
    return {
        "snapshot": one.name,
        "repository": repository,
        "uuid": one.uuid,
        "state": "SUCCESS",
        "include_global_state": one.include_global_state,
        "shards_stats": _done(one.n_shards),
        "stats": _sum([index["stats"] for index in each.values()], one),
        "indices": each,
    }


def _done(count: int) -> dict[str, Json]:
    return {"initializing": 0, "started": 0, "finalizing": 0, "done": count, "failed": 0, "total": count}


def _stats(files: int, size: int, one: Snapshot) -> dict[str, Json]:
    total = {"file_count": files, "size_in_bytes": size}
    added = dict.fromkeys(total, 0) if one.is_clone else dict(total)
    return {"incremental": added, "total": total, "start_time_in_millis": one.started_ms, "time_in_millis": 0}


def _sum(parts: list[dict[str, Json]], one: Snapshot) -> dict[str, Json]:
    totals = [part["total"] for part in parts]
    return _stats(sum(each["file_count"] for each in totals), sum(each["size_in_bytes"] for each in totals), one)


def _index(cluster: Cluster, one: Snapshot, index: Index) -> dict[str, Json]:
    shards: dict[str, dict[str, Json]] = {
        str(shard.number): {
            "stage": "DONE",
            "stats": _stats(1 + 3 * len(shard.layout), stats.store_size(shard, cluster.behaviour), one),
        }
        for shard in index.shards
    }
    return {
        "shards_stats": _done(index.n_shards),
        "stats": _sum([shard["stats"] for shard in shards.values()], one),
        "shards": shards,
    }
