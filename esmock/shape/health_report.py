"""Indicators of the health report.

Source: an answer of 8.19.21 for a healthy core; documentation (health-api) for the shards that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.state import health
from esmock.state.repositories import repositories

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
_COLOURS = ("green", "unknown", "yellow", "red")


def worst(indicators: Iterable[dict[str, Json]]) -> str:
    """The colour of several indicators together."""
    return max((one["status"] for one in indicators), key=_COLOURS.index)


def indicators(cluster: Cluster, *, verbose: bool) -> dict[str, dict[str, Json]]:
    """Indicator to what it says.

    Args:
        verbose: with details, impacts and diagnoses.
    """
    made = {
        "master_is_stable": _master(cluster),
        "repository_integrity": _repositories(cluster),
        "disk": _disk(cluster),
        "shards_capacity": _capacity(cluster),
        "shards_availability": _availability(cluster),
    }
    if not verbose:
        made = {name: {key: one[key] for key in ("status", "symptom")} for name, one in made.items()}
    return made


def _master(cluster: Cluster) -> dict[str, Json]:
    master = {"node_id": cluster.node_id, "name": cluster.node_name}
    return {
        "status": "green",
        "symptom": "The cluster has a stable master node",
        "details": {"current_master": master, "recent_masters": [master]},
    }


def _repositories(cluster: Cluster) -> dict[str, Json]:
    count = len(repositories(cluster).repositories)
    if not count:
        return {"status": "green", "symptom": "No snapshot repositories configured.", "details": {"total_repositories": 0}}
    return {"status": "green", "symptom": "All repositories are healthy.", "details": {"total_repositories": count}}


def _disk(cluster: Cluster) -> dict[str, Json]:
    blocked = sum(
        index.settings.get("index.blocks.read_only_allow_delete") == "true" for index in cluster.indices.values()
    )
    details = {
        "indices_with_readonly_block": blocked,
        "nodes_with_enough_disk_space": len(cluster.nodes),
        "nodes_with_unknown_disk_status": 0,
        "nodes_over_high_watermark": 0,
        "nodes_over_flood_stage_watermark": 0,
    }
    if not blocked:
        return {"status": "green", "symptom": "The cluster has enough available disk space.", "details": details}
    some = "index is" if blocked == 1 else "indices are"
    return {
        "status": "red",
        "symptom": f"{blocked} {some} not allowed to be updated.",
        "details": details,
    }


def _capacity(cluster: Cluster) -> dict[str, Json]:
    most = int(cluster.setting("cluster.max_shards_per_node", "1000")) * cluster.n_data_nodes
    return {
        "status": "green",
        "symptom": "The cluster has enough room to add new shards.",
        "details": {
            "data": {"max_shards_in_cluster": most},
            "frozen": {"max_shards_in_cluster": 3000 * cluster.n_data_nodes},
        },
    }


def _availability(cluster: Cluster) -> dict[str, Json]:
    total = health.of_indices(cluster.indices.values())
    replicas = total.unassigned - total.unassigned_primaries
    details = {
        "unassigned_primaries": total.unassigned_primaries,
        "initializing_primaries": 0,
        "creating_primaries": 0,
        "restarting_primaries": 0,
        "started_primaries": total.active_primaries,
        "unassigned_replicas": replicas,
        "initializing_replicas": 0,
        "creating_replicas": 0,
        "restarting_replicas": 0,
        "started_replicas": total.active - total.active_primaries,
    }
    if total.status == "green":
        return {"status": "green", "symptom": "This cluster has all shards available.", "details": details}
    parts = []
    for count, what in ((total.unassigned_primaries, "primary"), (replicas, "replica")):
        if count:
            parts.append(f"{count} unavailable {what} shard{'s' if count > 1 else ''}")
    touched = sorted(
        index.name for index in cluster.indices.values() if health.of_index(index).status != "green"
    )
    return {
        "status": total.status,
        "symptom": f"This cluster has {', '.join(parts)}.",
        "details": details,
        "impacts": [_impact(len(touched), touched, is_red=total.status == "red")],
        "diagnosis": [_diagnosis(cluster, touched)],
    }


def _impact(count: int, touched: list[str], *, is_red: bool) -> dict[str, Json]:
    noun = "index" if count == 1 else "indices"
    names = ", ".join(touched)
    if is_red:
        return {
            "id": "elasticsearch:health:shards_availability:impact:primary_unassigned",
            "severity": 1,
            "description": f"Cannot add data to {count} {noun} [{names}]. Searches might return incomplete results.",
            "impact_areas": ["ingest", "search"],
        }
    return {
        "id": "elasticsearch:health:shards_availability:impact:replica_unassigned",
        "severity": 2,
        "description": (
            f"Searches might be slower than usual. Fewer redundant copies of the data exist on {count} {noun} [{names}]."
        ),
        "impact_areas": ["search"],
    }


def _diagnosis(cluster: Cluster, touched: list[str]) -> dict[str, Json]:
    filtered = any(cluster.indices[name].lacks_primary for name in touched)
    cause = (
        "Elasticsearch isn't allowed to allocate some shards from these indices because no node fits their allocation filters."
        if filtered
        else "Elasticsearch isn't allowed to allocate some shards from these indices because there are not enough nodes."
    )
    return {
        "id": "elasticsearch:health:shards_availability:diagnosis:explain_allocations",
        "cause": cause,
        "action": "Diagnose the issue by calling the allocation explain API for an index.",
        "help_url": "https://ela.st/diagnose-shards",
        "affected_resources": {"indices": touched},
    }
