"""How much each feature of the distribution is used. Docs: usage-api.

Source: the docs pages of 7.10 to 9.5 and the published specification; the cores that could be asked lack the features.
Differs: features that are not built count nothing; usage of single functions of SQL, EQL and analytics is not counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT
from esmock.api.request import Request, Response
from esmock.api.xpack import features
from esmock.features.lifecycle.lifecycles import POLICY, lifecycles
from esmock.state import stats
from esmock.state.data_streams import TIER, data_streams
from esmock.state.deciders import is_of_tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_TIERS = ("data_content", "data_hot", "data_warm", "data_cold", "data_frozen")
_ANALYTICS = (
    "boxplot", "cumulative_cardinality", "t_test", "top_metrics", "string_stats", "normalize", "moving_percentiles", "rate",
    "multi_terms",
)  # fmt: skip
_QUERIES = {"total": 0, "paging": 0, "failed": 0, "count": 0}


@endpoint(
    "xpack.usage",
    "GET /_xpack/usage",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="usage-api",
    action="cluster:monitor/xpack/usage",
)
def usage(cluster: Cluster, request: Request) -> Response:
    """Feature by feature: whether it may be used, whether it is on, and how much it is."""
    found = features(cluster)
    return Response(200, {name: {**state, **(_MORE[name](cluster) if name in _MORE else {})} for name, state in found.items()})


def _analytics(cluster: Cluster) -> dict[str, Json]:
    return {"stats": {f"{name}_usage": 0 for name in _ANALYTICS}}


def _streams(cluster: Cluster) -> dict[str, Json]:
    streams = data_streams(cluster).streams.values()
    return {"data_streams": len(streams), "indices_count": sum(len(one.indices) for one in streams)}


def _tiers(cluster: Cluster) -> dict[str, Json]:
    return {tier: _tier(cluster, tier) for tier in _TIERS if tier != "data_frozen" or cluster.behaviour.has((7, 12))}


def _tier(cluster: Cluster, tier: str) -> dict[str, Json]:
    """ES: an index is of the first tier that it prefers."""
    nodes = [node for node in cluster.nodes if is_of_tier(node, tier)]
    found = [index for index in cluster.indices.values() if str(index.settings.get(TIER, "")).split(",")[0] == tier]
    sizes = sorted(size for index in found for size in _shard_sizes(cluster, index))
    middle = _median(sizes)
    return {
        "node_count": len(nodes),
        "index_count": len(found),
        "total_shard_count": len(sizes),
        "primary_shard_count": len(sizes),
        "doc_count": sum(shard.n_live for index in found for shard in index.shards),
        "total_size_bytes": sum(sizes),
        "primary_size_bytes": sum(sizes),
        "primary_shard_size_avg_bytes": sum(sizes) // len(sizes) if sizes else 0,
        "primary_shard_size_median_bytes": middle,
        "primary_shard_size_mad_bytes": _median(sorted(abs(size - middle) for size in sizes)),
    }


def _shard_sizes(cluster: Cluster, index: Index) -> list[int]:
    return [
        sum(stats.segment_size(segment, cluster.behaviour) for segment, _, _ in shard.segments()) for shard in index.shards
    ]


def _median(ordered: list[int]) -> int:
    return ordered[len(ordered) // 2] if ordered else 0


def _ilm(cluster: Cluster) -> dict[str, Json]:
    managed = Counter(index.settings.get(POLICY) for index in cluster.indices.values())
    policies = lifecycles(cluster).policies
    each = [
        {
            "phases": {
                phase.name: {"min_age": phase.min_age_ms, "actions": phase.ordered_actions()} for phase in policy.ordered_phases()
            },
            "indices_managed": managed[policy.name],
        }
        for policy in policies.values()
    ]
    return {"policy_count": len(policies), "policy_stats": each}


_SIZES = ("two", "three", "four", "five_or_more")
_EQL_FEATURES = {
    "joins": (*(f"join_queries_{size}" for size in _SIZES), "join_until"),
    "keys": tuple(f"join_keys_{size}" for size in ("one", *_SIZES)),
    "pipes": ("pipe_tail", "pipe_head"),
    "sequences": (*(f"sequence_queries_{size}" for size in _SIZES), "sequence_until", "sequence_maxspan"),
}


def _eql(cluster: Cluster) -> dict[str, Json]:
    features: dict[str, Json] = dict.fromkeys(("event", "join", "sequence"), 0)
    features |= {group: dict.fromkeys(names, 0) for group, names in _EQL_FEATURES.items()}
    return {"features": features, "queries": {"_all": {"total": 0, "failed": 0}}}


def _sql(cluster: Cluster) -> dict[str, Json]:
    return {"features": {}, "queries": {"_all": dict(_QUERIES)}}


def _ml(cluster: Cluster) -> dict[str, Json]:
    sizes = dict.fromkeys(("total", "min", "max", "avg"), 0.0)
    job = {"count": 0, "detectors": sizes, "created_by": {}, "model_size": sizes, "forecasts": {"total": 0, "forecasted_jobs": 0}}
    return {
        "jobs": {"_all": job},
        "datafeeds": {"_all": {"count": 0}},
        "data_frame_analytics_jobs": {"_all": {"count": 0}, "analysis_counts": {}, "memory_usage": {"peak_usage_bytes": sizes}},
        "inference": {"ingest_processors": {}, "trained_models": {"_all": {"count": 1}}},
        "node_count": sum("ml" in node.roles for node in cluster.nodes),
    }


def _monitoring(cluster: Cluster) -> dict[str, Json]:
    return {"collection_enabled": False, "enabled_exporters": {}}


def _watcher(cluster: Cluster) -> dict[str, Json]:
    from esmock.api.watcher import watches

    count = len(watches(cluster).entries)
    totals = {"active": count, "total": count}
    return {
        "count": totals,
        "execution": {"actions": {"_all": {"total": 0, "total_time_in_ms": 0}}},
        "watch": {"input": {"_all": totals}, "trigger": {"_all": totals}},
    }


def _transforms(cluster: Cluster) -> dict[str, Json]:
    from esmock.features.transform.transforms import transforms

    found = Counter(str(one.state) for one in transforms(cluster).transforms.values())
    return {"transforms": {"_all": found.total(), **found}} if found else {}


_MORE: dict[str, Callable[[Cluster], dict[str, Json]]] = {
    "analytics": _analytics,
    "archive": lambda cluster: {"indices_count": 0},
    "ccr": lambda cluster: {"follower_indices_count": 0, "auto_follow_patterns_count": 0},
    "data_streams": _streams,
    "data_tiers": _tiers,
    "eql": _eql,
    "flattened": lambda cluster: {"field_count": 0},
    "gpu_vector_indexing": lambda cluster: {"index_build_count": 0, "nodes_with_gpu": 0, "nodes": []},
    "frozen_indices": lambda cluster: {"indices_count": 0},
    "ilm": _ilm,
    "ml": _ml,
    "monitoring": _monitoring,
    "searchable_snapshots": lambda cluster: {
        "indices_count": 0, "full_copy_indices_count": 0, "shared_cache_indices_count": 0
    },
    "sql": _sql,
    "transform": _transforms,
    "watcher": _watcher,
}  # fmt: skip
