"""Partial updates, upserts and scripted updates of single documents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ClassCast, DocumentMissing, DocumentSourceMissing, NullPointer, UpdateNotSupported
from esmock.mapping.parameter import cast_message
from esmock.state.active_copies import require_copies
from esmock.state.outcome import Outcome, put_source
from esmock.state.shard import NO_CONDITION, Condition, Written
from esmock.state.write_request import UpdateBody
from esmock.state.write_target import require_routing
from esmock.xcontent import json_writer, reading
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard
    from esmock.state.write_request import WriteRequest
    from esmock.store.segment import StoredDoc

Json = Any


def update(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    """A partial update or upsert."""
    body = request.update or UpdateBody()
    doc_id = request.doc_id or ""
    require_routing(index, doc_id, routing)
    request.reached = index.name
    shard = index.shard_for(doc_id, routing)
    if index.mapping.context.lacks_seq_nos:
        raise UpdateNotSupported("Updates are not supported on indices with sequence numbers disabled", metadata=shard.metadata)
    current = shard.current(doc_id)
    shard.count_get(current)
    if current is None:
        return _upsert(cluster, index, request, body, routing, shard)
    if request.if_seq_no is not None:
        shard._check(doc_id, current, current.version, request.condition())
    if body.script is not None:
        return _scripted(cluster, index, request, body, routing, shard, current)
    if not index.mapping.source_enabled:
        raise DocumentSourceMissing(_document_name(cluster, doc_id) + ": document source missing", metadata=shard.metadata)
    merged = reading.read_all(current.visible_source, "json", cluster.behaviour)
    changed = merge_source(merged, hash_ordered(body.doc or {}), detect_noop=body.detect_noop)
    if _keeps_routing(index, request, routing, shard, current):
        routing = current.routing
    if not changed and body.detect_noop:
        shard.count("noop_update_total")
        written = Written("noop", current.version, current.seq_no, current.primary_term)
        return Outcome(index, doc_id, routing, written, 200, current.visible_source)
    source = json_writer.dumps(merged)
    if request.active_shards is not None and not request.companions:
        require_copies(cluster, index, replace(request, op="index", source=source))
    return _put(cluster, index, request, source, routing, is_new=False)


def _put(
    cluster: Cluster, index: Index, request: WriteRequest, source: bytes, routing: str | None, *, is_new: bool
) -> Outcome:
    """Write what an update made of its document, or what it inserts."""
    doc_id = request.doc_id or ""
    version, condition, status = (-4, Condition(create=True), 201) if is_new else (-3, NO_CONDITION, 200)
    written = put_source(cluster, index, doc_id, request.transformed(source, version), routing, condition)
    return Outcome(index, doc_id, routing, written, status, source)


def _keeps_routing(index: Index, request: WriteRequest, routing: str | None, shard: Shard, current: StoredDoc) -> bool:
    """Whether a document keeps its own routing. ES: that of an action in a bulk only leads to the shard."""
    return routing is None or (not request.is_alone and index.shard_for(current.doc_id, current.routing) is shard)


def _upsert(
    cluster: Cluster,
    index: Index,
    request: WriteRequest,
    body: UpdateBody,
    routing: str | None,
    shard: Shard,
) -> Outcome:
    doc_id = request.doc_id or ""
    upsert = body.doc if body.doc_as_upsert else body.upsert
    if upsert is None:
        raise document_missing(cluster, shard, doc_id, request.type)
    request.validate_id()
    if body.scripted_upsert and body.script is not None:
        return _scripted(cluster, index, request, body, routing, shard, None)
    source = json_writer.dumps(upsert)
    if request.active_shards is not None and not request.companions:
        require_copies(cluster, index, replace(request, op="index", source=source))
    return _put(cluster, index, request, source, routing, is_new=True)


def _scripted(
    cluster: Cluster,
    index: Index,
    request: WriteRequest,
    body: UpdateBody,
    routing: str | None,
    shard: Shard,
    current: StoredDoc | None,
) -> Outcome:
    """Run the script on ``ctx`` and do what its ``op`` says."""
    assert request.script is not None
    doc_id = request.doc_id or ""
    now = cluster.clock.now_ms()
    if current is None:
        ctx: dict[str, Json] = {"op": "create", "_source": body.upsert, "_now": now}
    else:
        if not index.mapping.source_enabled:
            raise DocumentSourceMissing(
                _document_name(cluster, doc_id) + ": document source missing", metadata=shard.metadata
            )
        if _keeps_routing(index, request, routing, shard, current):
            routing = current.routing
        typed = {"_type": index.type_name or "_doc"} if cluster.behaviour.mapping_types else {}
        ctx = {
            "_index": index.name,
            **typed,
            "_id": doc_id,
            "_version": current.version,
            "_routing": current.routing,
            "op": "index",
            "_now": now,
            "_source": reading.read_all(current.visible_source, "json", cluster.behaviour),
        }
    request.script(ctx)
    op = ctx.get("op")
    if op is None:
        raise NullPointer('Cannot invoke "String.hashCode()" because "<local3>" is null')
    if not isinstance(op, str):
        raise ClassCast(cast_message(op, "java.lang.String"))
    if op == ("create" if current is None else "index"):
        left = ctx.get("_source")
        if left is not None and not isinstance(left, dict):
            raise ClassCast(cast_message(left))
        source = json_writer.dumps(hash_ordered(left) if current is None else left)
        return _put(cluster, index, request, source, routing, is_new=current is None)
    if current is None:
        return Outcome(index, doc_id, routing, Written("noop", -1, -2, 0), 200, is_absent=True)
    if op == "delete":
        written = shard.delete(doc_id, NO_CONDITION, now)
        index.wrote(now)
        return Outcome(index, doc_id, routing, written, 200, b"")
    shard.count("noop_update_total")
    written = Written("noop", current.version, current.seq_no, current.primary_term)
    return Outcome(index, doc_id, routing, written, 200, json_writer.dumps(ctx.get("_source")))


def document_missing(cluster: Cluster, shard: Shard, doc_id: str, type_: str | None = None) -> ApiError:
    """The error of an update without a document."""
    return DocumentMissing(f"{_document_name(cluster, doc_id, type_)}: document missing", metadata=shard.metadata)


def _document_name(cluster: Cluster, doc_id: str, type_: str | None = None) -> str:
    return f"[{type_ or '_doc'}][{doc_id}]" if cluster.behaviour.mapping_types else f"[{doc_id}]"


def merge_source(target: dict[str, Json], changes: dict[str, Json], *, detect_noop: bool = True) -> bool:
    """Merge ``changes`` into ``target``, objects key by key; returns whether anything changed."""
    modified = False
    for key, value in changes.items():
        if key not in target:
            target[key] = value
            modified = True
            continue
        old = target[key]
        if isinstance(old, dict) and isinstance(value, dict):
            modified |= merge_source(old, value, detect_noop=detect_noop)
            continue
        target[key] = value
        modified = modified or not detect_noop or not _same(old, value)
    return modified


def _same(left: Json, right: Json) -> bool:
    """Java equality: 1 is not 1.0 and true is not 1."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)
