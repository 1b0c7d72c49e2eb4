"""Segments of indices, and their upgrade (7.x). Docs: indices-segments, indices-upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.indices import OPEN
from esmock.api.indices_stats import routings
from esmock.api.params import INDICES_OPTIONS, boolean
from esmock.api.request import Request, Response
from esmock.shape import human
from esmock.shape import index as index_shape
from esmock.state import stats
from esmock.state.resolve import in_hash_order, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard

endpoint = Endpoints()
Json = Any


def _warn_of_verbose(request: Request) -> None:
    if request.behaviour.major >= 8 and request.has_param("verbose"):
        request.warn("The [verbose] query parameter for [indices_segments_action] has no effect and is deprecated")


@endpoint(
    "indices.segments",
    "GET /_segments",
    "GET /{index}/_segments",
    params={"verbose": boolean(False, until=(7, 99)), **INDICES_OPTIONS},
    docs="indices-segments",
    path=_warn_of_verbose,
    action="indices:monitor/segments",
)
def segments(cluster: Cluster, request: Request) -> Response:
    """Segments of every shard."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    found = in_hash_order(found)
    indices = {
        index.name: {"shards": {str(s.number): _segments(cluster, index, s) for s in index.shards if index.n_active(s.number)}}
        for index in found
        if index.n_active_copies
    }
    body = {"_shards": index_shape.shards(cluster, found), "indices": indices}
    return Response(200, human.with_twins(body) if request.human else body)


def _segments(cluster: Cluster, index: Index, shard: Shard) -> list[dict[str, Json]]:
    body: dict[str, Json] = {}
    for number, (segment, live, deleted) in enumerate(shard.segments()):
        body[segment_name(number)] = {
            "generation": number,
            "num_docs": live,
            "deleted_docs": deleted,
            "size_in_bytes": stats.segment_size(segment, cluster.behaviour),
            **({"memory_in_bytes": stats.segment_memory(cluster.behaviour)} if cluster.behaviour.major < 8 else {}),
            "committed": shard.is_committed(number),
            "search": True,
            "version": cluster.behaviour.build.lucene,
            "compound": True,
            "attributes": dict([_stored_mode(cluster)]),
        }
    n_committed = sum(one["committed"] for one in body.values())
    counts = {"num_committed_segments": n_committed, "num_search_segments": len(body)}
    return [{"routing": routing, **counts, "segments": body} for routing in routings(cluster, index, shard)]


def _stored_mode(cluster: Cluster) -> tuple[str, str]:
    if cluster.behaviour.major >= 8:
        return "Lucene90StoredFieldsFormat.mode", "BEST_SPEED"
    return "Lucene87StoredFieldsFormat.mode", "BEST_SPEED"


def segment_name(number: int) -> str:
    """``_0`` to ``_z``, then two digits to base 36."""
    return f"_{base_36(number)}"


def base_36(number: int) -> str:
    """A number as Lucene puts it into the names of files."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    out = ""
    while True:
        out = digits[number % 36] + out
        number //= 36
        if not number:
            return out


def _leaves(request: Request) -> None:
    if request.behaviour.announces_eight:
        request.warn("The _upgrade API is no longer useful and will be removed. Instead, see _reindex API.")


@endpoint(
    "indices.upgrade",
    until(8, "POST /_upgrade"),
    until(8, "POST /{index}/_upgrade"),
    params={**INDICES_OPTIONS, "only_ancient_segments": boolean(False), "wait_for_completion": boolean(True, lazy=True)},
    docs="indices-upgrade",
    path=_leaves,
    action="indices:admin/upgrade",
)
def upgrade(cluster: Cluster, request: Request) -> Response:
    """Rewrite old segments: there are none, but what is new is committed."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    for index in found:
        index.refresh()
        for shard in index.shards:
            shard.commit()
    upgraded = {
        "upgrade_version": str(cluster.behaviour.version),
        "oldest_lucene_segment_version": cluster.behaviour.build.lucene,
    }
    each = {index.name: dict(upgraded) for index in in_hash_order(found)}
    shards = index_shape.shards(cluster, found)
    shards["successful"] *= 2  # ES: each copy is counted for itself and with its index
    return Response(200, {"_shards": shards, "upgraded_indices": each})


@endpoint(
    "indices.get_upgrade",
    until(8, "GET /_upgrade"),
    until(8, "GET /{index}/_upgrade"),
    params=INDICES_OPTIONS,
    path=_leaves,
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
        for index in in_hash_order(found)
    }
    none = {"size_to_upgrade_in_bytes": 0, "size_to_upgrade_ancient_in_bytes": 0}
    body: dict[str, Json] = {"size_in_bytes": sum(sizes.values()), **none}
    body["indices"] = {name: {"size_in_bytes": sizes[name], **none} for name in sizes}
    return Response(200, human.with_twins(body) if request.human else body)
