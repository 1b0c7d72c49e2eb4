"""Where shards are and should be (``_internal/desired_balance``), and whether nodes may go.

Source: answers of 8.19.21. Differs: esmock places shards at once, so all of them are where they should be, and there is no
history of computations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.addition import in_order
from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, names
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, ResourceNotFound
from esmock.state import health
from esmock.state.data_streams import TIER
from esmock.state.placement import copies

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

endpoint = Endpoints()
Json = Any
_TIERS = ("data_warm", "data_frozen", "data", "data_cold", "data_content", "data_hot")
_COMPUTED = (
    "computation_converged_index", "computation_active", "computation_submitted", "computation_executed",
    "computation_converged", "computation_iterations", "computed_shard_movements", "computation_time_in_millis",
    "reconciliation_time_in_millis",
)  # fmt: skip


@endpoint(
    "_internal.get_desired_balance",
    "GET /_internal/desired_balance",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="get-desired-balance",
    action="cluster:admin/desired_balance/get",
    since=(8, 6),
)
def get_desired_balance(cluster: Cluster, request: Request) -> Response:
    """The shards by node, and the figures of the balance."""
    placed = {
        index.name: [copies(cluster, index, shard.number) for shard in index.shards]
        for index in cluster.indices.values()
    }
    every = [node for shards in placed.values() for shard in shards for node in shard]
    on = {node.id: sum(one is not None and one.id == node.id for one in every) for node in cluster.data_nodes}
    total, unassigned = sum(on.values()), sum(one is None for one in every)
    stats: dict[str, Json] = {name: False if name == "computation_active" else 0 for name in _COMPUTED}
    stats.update(
        unassigned_shards=unassigned, total_allocations=total, undesired_allocations=0, undesired_allocations_ratio=0.0
    )
    return Response(
        200,
        {
            "stats": stats,
            "cluster_balance_stats": {
                "shard_count": total,
                "undesired_shard_allocation_count": 0,
                "tiers": {name: _tier(on, _of_tier(cluster, name)) for name in _TIERS if _of_tier(cluster, name)},
                "nodes": {node.name: _node(node, on[node.id]) for node in cluster.data_nodes},
            },
            "routing_table": {
                name: {str(n): _shard(cluster.indices[name], n, shard) for n, shard in enumerate(shards)}
                for name, shards in placed.items()
            },
            "cluster_info": {
                "nodes": {}, "shard_sizes": {}, "shard_data_set_sizes": {}, "shard_paths": {}, "reserved_sizes": [],
            },
        },
    )  # fmt: skip


def _of_tier(cluster: Cluster, tier: str) -> list[ClusterNode]:
    return [node for node in cluster.data_nodes if tier in node.roles]


def _tier(on: dict[str, int], nodes: list[ClusterNode]) -> dict[str, Json]:
    return {
        "shard_count": _spread([on[node.id] for node in nodes]),
        **{
            name: _spread([0] * len(nodes))
            for name in (
                "undesired_shard_allocation_count", "forecast_write_load", "forecast_disk_usage", "actual_disk_usage",
            )
        },
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float]:
    average = in_order(values) / len(values)
    deviation = (in_order((value - average) ** 2 for value in values) / len(values)) ** 0.5
    return {
        "total": in_order(values),
        "min": float(min(values)),
        "max": float(max(values)),
        "average": average,
        "std_dev": deviation,
    }


def _node(node: ClusterNode, count: int) -> dict[str, Json]:
    return {
        "node_id": node.id,
        "roles": list(node.roles),
        "shard_count": count,
        "undesired_shard_allocation_count": 0,
        "forecast_write_load": 0.0,
        "forecast_disk_usage_bytes": 0,
        "actual_disk_usage_bytes": 0,
    }


def _shard(index: Index, number: int, nodes: Sequence[ClusterNode | None]) -> dict[str, Json]:
    tiers = [one for one in str(index.settings.get(TIER) or "").split(",") if one]
    missing = sum(node is None for node in nodes)
    return {
        "current": [
            {
                "index": index.name,
                "shard_id": number,
                "state": "UNASSIGNED" if node is None else "STARTED",
                "primary": n == 0,
                "node": None if node is None else node.id,
                "node_is_desired": node is not None,
                "relocating_node": None,
                "relocating_node_is_desired": None,
                "forecast_write_load": None,
                "forecast_shard_size_in_bytes": None,
                "tier_preference": tiers,
            }
            for n, node in enumerate(nodes)
        ],
        "desired": {
            "node_ids": [node.id for node in nodes if node is not None],
            "total": len(nodes),
            "unassigned": missing,
            "ignored": missing,
        },
    }


@endpoint(
    "_internal.delete_desired_balance",
    "DELETE /_internal/desired_balance",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="delete-desired-balance",
    action="cluster:admin/desired_balance/reset",
    since=(8, 6),
)
def delete_desired_balance(cluster: Cluster, request: Request) -> Response:
    """Compute the balance anew: there is nothing to compute."""
    return Response(200, "")


@endpoint(
    "_internal.prevalidate_node_removal",
    "POST /_internal/prevalidate_node_removal",
    params={
        "names": names(), "ids": names(), "external_ids": names(), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT,
    },
    docs="prevalidate-node-removal-api",
    action="cluster:admin/shutdown/prevalidate_removal",
    since=(8, 6),
)  # fmt: skip
def prevalidate_node_removal(cluster: Cluster, request: Request) -> Response:
    """Whether nodes may go without loss: they may while no primary is missing."""
    given = [name for name in ("names", "ids", "external_ids") if request.param(name)]
    if len(given) != 1:
        word = "only one" if given else "one"
        raise ActionRequestValidation(
            f"request must contain {word} of the parameters 'names', 'ids', or 'external_ids'"
        )
    kind = given[0]
    wanted = request.param(kind)
    known = {(node.id if kind == "ids" else node.name): node for node in cluster.nodes}
    unknown = [one for one in wanted if one not in known]
    if unknown:
        words = {"names": "names", "ids": "IDs", "external_ids": "external IDs"}[kind]
        raise ResourceNotFound(f"could not resolve node {words} [{', '.join(unknown)}]")
    is_safe = health.of_indices(cluster.indices.values()).status != "red"
    result = {"is_safe": is_safe, "reason": "no_problems" if is_safe else "no_red_shards_except_searchable_snapshots"}
    nodes = [
        {"name": node.name, "id": node.id, "external_id": node.name, "result": {**result, "message": ""}}
        for node in (known[one] for one in wanted)
    ]
    message = "cluster status is not RED" if is_safe else "cluster health is RED"
    return Response(200, {"is_safe": is_safe, "message": message, "nodes": nodes})
