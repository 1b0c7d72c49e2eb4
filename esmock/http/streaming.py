"""Answers that late 8.x and later stream in chunks instead of telling their length.

Source: headers of every readable endpoint of 8.19.21. What is not named here has a length there, and so has every error.
"""

from __future__ import annotations

from collections.abc import Mapping

STREAMED = frozenset(
    {
        "bulk", "cluster.allocation_explain", "cluster.pending_tasks", "cluster.reroute", "cluster.state", "esql.query",
        "field_caps", "health_report", "indices.exists", "indices.field_usage_stats", "indices.get", "indices.get_mapping",
        "indices.get_settings", "indices.recovery", "indices.segments", "indices.shard_stores", "indices.stats", "msearch",
        "msearch_template", "nodes.hot_threads", "nodes.stats", "scroll", "search", "search_template", "snapshot.get",
        "tasks.list",
    }
)  # fmt: skip


def is_streamed(endpoint: str, status: int, raw_params: Mapping[str, str]) -> bool:
    """Whether an endpoint's answer comes in chunks."""
    if status != 200:
        return False
    if endpoint.startswith("cat."):
        return endpoint != "cat.help" and "help" not in raw_params
    return endpoint in STREAMED
