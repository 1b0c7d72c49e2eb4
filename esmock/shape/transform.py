"""Transforms as the APIs print them. Docs: get-transform, get-transform-stats.

Source: the classes TransformConfig, TransformStats, TransformCheckpointingInfo and TransformHealth.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from esmock.features.transform.config import Pivot
from esmock.features.transform.transform import FAILED
from esmock.shape.index import instant

if TYPE_CHECKING:
    from esmock.features.transform.config import TransformConfig
    from esmock.features.transform.transform import Transform
    from esmock.state.cluster import Cluster

Json = Any


def _moment(name: str, text: str, millis: int, *, human: bool) -> dict[str, Json]:
    return {**({text: instant(millis)} if human else {}), name: millis}


def config(one: TransformConfig, *, human: bool = False, exclude_generated: bool = False) -> dict[str, Json]:
    """A configuration; ``exclude_generated``: only what can be put again."""
    out: dict[str, Json] = {"id": one.id}
    if not exclude_generated:
        if one.roles is not None:
            out["authorization"] = {"roles": list(one.roles)}
        out["version"] = one.version
        out |= _moment("create_time", "create_time_string", one.created_ms, human=human)
    out |= {"source": one.source, "dest": one.dest}
    for name, value in (
        ("frequency", one.frequency),
        ("sync", one.sync),
        ("pivot" if isinstance(one.function, Pivot) else "latest", function(one)),
        ("description", one.description),
        ("settings", {name: value for name, value in one.settings.items() if value is not None}),
        ("_meta", one.meta),
        ("retention_policy", one.retention),
    ):
        if value is not None:
            out[name] = value
    return out


def function(one: TransformConfig) -> dict[str, Json]:
    """What it computes."""
    pivot = one.function
    if not isinstance(pivot, Pivot):
        return {"unique_key": list(pivot.unique_key), "sort": pivot.sort}
    out: dict[str, Json] = {"group_by": dict(pivot.groups), "aggregations": dict(pivot.aggregations)}
    if pivot.max_page_search_size is not None:
        out["max_page_search_size"] = pivot.max_page_search_size
    return out


def stats(cluster: Cluster, one: Transform, *, human: bool) -> dict[str, Json]:
    """State, counts, checkpoints."""
    out: dict[str, Json] = {"id": one.config.id, "state": one.state}
    if one.reason is not None:
        out["reason"] = one.reason
    if one.is_running:
        out["node"] = _node(cluster)
    counts = asdict(one.counts)
    if not cluster.behaviour.has((7, 12)):
        del counts["documents_deleted"], counts["delete_time_in_ms"]
    out["stats"] = counts
    out["checkpointing"] = _checkpointing(cluster, one, human=human)
    if cluster.behaviour.has((8, 6)):
        out["health"] = _health(one)
    return out


def _node(cluster: Cluster) -> dict[str, Json]:
    node = cluster.local_node
    return {
        "id": node.id,
        "name": node.name,
        "ephemeral_id": node.ephemeral_id,
        "transport_address": node.transport_address,
        "attributes": {},
    }


def _checkpointing(cluster: Cluster, one: Transform, *, human: bool) -> dict[str, Json]:
    last: dict[str, Json] = {"checkpoint": one.last.number}
    if one.last.at_ms:
        last |= _moment("timestamp_millis", "timestamp", one.last.at_ms, human=human)
    if one.last.upper_ms:
        last |= _moment("time_upper_bound_millis", "time_upper_bound", one.last.upper_ms, human=human)
    out: dict[str, Json] = {"last": last}
    behind = one.operations_behind(cluster)
    if behind:
        out["operations_behind"] = behind
    if one.is_running:
        if one.changed_ms is not None:
            out |= _moment("changes_last_detected_at", "changes_last_detected_at_string", one.changed_ms, human=human)
        if one.searched_ms is not None and cluster.behaviour.has((7, 12)):
            out |= _moment("last_search_time", "last_search_time_string", one.searched_ms, human=human)
    return out


def _health(one: Transform) -> dict[str, Json]:
    if one.state != FAILED:
        return {"status": "green"}
    return {
        "status": "red",
        "issues": [{"type": "transform_task_failed", "issue": "Transform task state is [failed]", "details": one.reason, "count": 1}],
    }
