"""Writing single documents: target, blocks, versions.

Bulk and the single-document endpoints share all of it; both see the same errors, in a response or in an item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, IndexClosed, OCCNotSupported
from esmock.state.active_copies import require_copies
from esmock.state.blocks import check_blocks, closed_block
from esmock.state.index_type import settle_type
from esmock.state.outcome import Outcome, put_source
from esmock.state.shard import NO_CONDITION, Condition
from esmock.state.update import document_missing, update
from esmock.state.write_target import require_routing, resolve_routing, target_index

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest


def keep_failed(cluster: Cluster, request: WriteRequest, error: ApiError, *, of_pipeline: bool = False) -> Outcome:
    """Keep a write that went wrong, there or in its pipeline, in the failure store of its stream. Raises the error where there is none."""
    from esmock.state.failure_store import failed_write, store_for

    stream = store_for(cluster, request, None if of_pipeline else error)
    if stream is None:
        raise error
    if cluster.gate is not None:
        cluster.gate.permit_write(request)
    kept = failed_write(cluster, stream, request, error)
    index = cluster.indices[kept.index or ""]
    return replace(_index(cluster, index, kept, None), is_failure=True)


def write(cluster: Cluster, request: WriteRequest) -> Outcome:
    """Carry out one validated write. Raises the ApiError of the item."""
    gate = cluster.gate
    if gate is not None:
        gate.permit_creation(request)
    index = target_index(cluster, request)
    if gate is not None:
        gate.permit_write(request)
    if request.op == "update" and _is_other_type(index, request.type) and not _inserts(request):
        raise document_missing(cluster, index.shard_for(request.doc_id or "", request.routing), request.doc_id or "", request.type)
    if request.op != "update" or request.companions:
        require_copies(cluster, index, request)
    routing = resolve_routing(index, request.index or "", request.routing or None)
    if index.is_closed:
        if request.op == "update" and request.is_alone and cluster.behaviour.major >= 8:
            raise closed_block([index])  # ES: 8.19.21 says so of an update alone
        raise IndexClosed(index.name, index.uuid)
    if request.doc_id == "":
        request.reached = index.name if cluster.behaviour.mapping_types else None
        raise IllegalArgument("if _id is specified it must not be empty")
    if index.is_time_series and request.op == "update":
        raise index.no_series("update")
    if request.doc_id is None and not index.is_time_series:
        request.doc_id, request.has_own_id = cluster.new_doc_id(), True
    if index.has_blocks:
        request.reached = index.name if cluster.behaviour.mapping_types else None
        check_blocks(cluster, (index,), "write")
    if request.op not in ("index", "create"):
        settle_type(index, request.type, cluster.behaviour)
    if request.op == "update":
        return update(cluster, index, request, routing)
    if request.op == "delete":
        require_routing(index, request.doc_id or "", routing)
        request.reached = index.name
        return _delete(cluster, index, request, routing)
    return _index(cluster, index, request, routing)


def _is_other_type(index: Index, type_: str | None) -> bool:
    return type_ not in (None, "_doc", index.type_name) and index.type_name is not None


def _inserts(request: WriteRequest) -> bool:
    body = request.update
    return body is not None and (body.upsert is not None or body.doc_as_upsert)


def _index(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    if index.is_time_series:
        from esmock.state.series_write import write_in_series

        return write_in_series(cluster, index, request, routing)
    doc_id = request.doc_id or cluster.new_doc_id()
    condition = NO_CONDITION if request.has_own_id else _condition(index, request, doc_id, routing)
    require_routing(index, doc_id, routing)
    request.reached = index.name
    before = index.mapping
    written = put_source(cluster, index, doc_id, request.source, routing, condition, type_=request.type, named=request.dynamic_templates)
    if index.mapping is not before:
        before.warn_of_templates(request.warn)
    return Outcome(index, doc_id, routing, written, 201 if written.result == "created" else 200)


def _condition(index: Index, request: WriteRequest, doc_id: str, routing: str | None) -> Condition:
    """What a write demands of its document. Raises OCCNotSupported where the index has no sequence numbers (9.4)."""
    condition = request.condition()
    if condition.if_seq_no is not None and index.mapping.context.lacks_seq_nos:
        wrong = "Optimistic concurrency control is not supported on indices with sequence numbers disabled"
        raise OCCNotSupported(wrong, metadata=index.shard_for(doc_id, routing).metadata)
    return condition


def _delete(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    doc_id = request.doc_id or ""
    now = cluster.clock.now_ms()
    written = index.shard_for(doc_id, routing).delete(doc_id, _condition(index, request, doc_id, routing), now)
    index.wrote(now)
    return Outcome(index, doc_id, routing, written, 404 if written.result == "not_found" else 200)
