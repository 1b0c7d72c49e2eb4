"""Copies of a shard that a request waits for, and what it is told where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import NoShardAvailableAction, UnavailableShards

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest
    from esmock.version import Behaviour


def require_copies(cluster: Cluster, index: Index, request: WriteRequest) -> None:
    """Refuse a write to a shard without a primary, and one that waits for more copies than there are."""
    wanted = request.active_shards
    if wanted is None and not index.lacks_primary:
        return
    shard = index.shard_for(request.doc_id or "", request.routing).number
    if index.places[shard][0] is None:
        raise no_primary(index, shard, request, typed=cluster.behaviour.mapping_types)
    if wanted is None:
        return
    have = index.n_active(shard)
    needed = 1 + index.n_replicas if wanted == "all" else int(wanted)
    if have < needed:
        shown = request.shown(index.name, typed=cluster.behaviour.mapping_types)
        requests = f"[{request.companions}] requests" if request.companions > 1 else f"[{shown}]"
        raise UnavailableShards(
            f"[{index.name}][{shard}] Not enough active copies to meet shard count of [{str(wanted).upper()}] (have {have}, "
            f"needed {needed}). Timeout: [{request.timeout}], request: [BulkShardRequest "
            f"[[{index.name}][{shard}]] containing {requests}]"
        )


def no_primary(index: Index, shard: int, request: WriteRequest, *, typed: bool) -> UnavailableShards:
    """The refusal of a write to a shard whose primary has no node."""
    source = "" if request.op == "delete" else "_na_" if request.companions else None
    return UnavailableShards(
        f"[{index.name}][{shard}] primary shard is not active Timeout: [{request.timeout}], request: [BulkShardRequest "
        f"[[{index.name}][{shard}]] containing [{request.shown(index.name, typed=typed, source=source)}]]"
    )


def no_copy(behaviour: Behaviour, index: str, doc_id: str, routing: str | None = None) -> NoShardAvailableAction:
    """The refusal of a read of a document whose shard has no node."""
    place = f"[{index}]{'[_doc]' if behaviour.mapping_types else ''}[{doc_id}]"
    return NoShardAvailableAction(f"No shard available for [get {place}: routing [{'null' if routing is None else routing}]]")
