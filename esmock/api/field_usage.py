"""How often searches have read each structure of each field. Docs: field-usage-stats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices_stats import routings
from esmock.api.params import INDICES_OPTIONS, names
from esmock.api.request import Request, Response
from esmock.state.placement import allocation_id
from esmock.state.resolve import OPEN, in_hash_order, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any


@endpoint(
    "indices.field_usage_stats",
    "GET /{index}/_field_usage_stats",
    params={
        "expand_wildcards": INDICES_OPTIONS["expand_wildcards"],
        "allow_no_indices": INDICES_OPTIONS["allow_no_indices"],
        "ignore_unavailable": INDICES_OPTIONS["ignore_unavailable"],
        "fields": names(),
    },
    docs="field-usage-stats",
    action="indices:monitor/field_usage_stats",
    since=(7, 15),
)
def field_usage_stats(cluster: Cluster, request: Request) -> Response:
    """Counts by shard, of all fields together and of each."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    total = sum(index.n_shards for index in found)
    patterns = request.params.get("fields") or ["*"]
    each = {index.name: {"shards": _shards(cluster, index, patterns)} for index in in_hash_order(found)}
    return Response(200, {"_shards": {"total": total, "successful": total, "failed": 0}, **each})


def _shards(cluster: Cluster, index: Index, patterns: list[str]) -> list[Json]:
    from esmock.search.field_usage import shown

    return [
        {
            "tracking_id": allocation_id(index, shard.number),
            "tracking_started_at_millis": index.created_ms,
            "routing": routing,
            "stats": shown(shard.field_uses, patterns),
        }
        for shard in index.shards
        for routing in routings(cluster, index, shard, relocating=True)
    ]
