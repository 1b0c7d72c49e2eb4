"""Reading and writing single documents: target resolution, routing, parsing, versions, partial updates.

Bulk and the single-document endpoints share all of it; both see the same errors, in a response or in an item.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    ClassCast,
    ClusterBlock,
    DocumentMissing,
    DocumentSourceMissing,
    IllegalArgument,
    IndexClosed,
    IndexNotFound,
    InvalidTypeName,
    NoShardAvailableAction,
    NullPointer,
    ResourceNotFound,
    RoutingMissing,
    StringIndexOutOfBounds,
    UnavailableShards,
)
from esmock.mapping.parameter import cast_message
from esmock.state import data_streams
from esmock.state.blocks import check_blocks
from esmock.state.create import create_index, may_create
from esmock.state.date_math_name import concrete_name
from esmock.state.preference import preferred
from esmock.state.resolve import single, write_index
from esmock.state.shard import NO_CONDITION, Condition, Written
from esmock.state.stream_aliases import writes_to
from esmock.state.write_request import UpdateBody, WriteRequest
from esmock.xcontent import json_writer, reading
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard
    from esmock.store.segment import StoredDoc
    from esmock.version import Behaviour

Json = Any


@dataclass(slots=True)
class Outcome:
    """What a write did.

    Attributes:
        status: HTTP status of the write.
        source: the document after an update that asked for it; empty for one that the update deleted.
        is_absent: an upsert that its script called off.
    """

    index: Index
    doc_id: str
    routing: str | None
    written: Written
    status: int
    source: bytes | None = None
    is_absent: bool = False
    is_failure: bool = False
    """The document was kept in a failure store."""
    _shard: Shard | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def shard(self) -> Shard:
        """Where the document is."""
        if self._shard is None:
            self._shard = self.index.shard_for(self.doc_id, self.routing)
        return self._shard

    def shard_header(self) -> dict[str, int]:
        """The ``_shards`` object of the write."""
        return self.index.shard_header(self.shard.number)


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
    if index.type_name is None or (request.type is not None and request.type != index.type_name):
        _settle_type(index, request.type or "_doc")
    if request.op != "update" or request.companions:
        _require_copies(cluster, index, request)
    routing = resolve_routing(index, request.index or "", request.routing)
    if index.is_closed:
        if request.op == "update" and request.is_alone and cluster.behaviour.major >= 8:
            raise ClusterBlock(f"index [{index.name}] blocked by: [FORBIDDEN/4/index closed];")  # ES: 8.19.21 says so of an update alone
        raise IndexClosed(index.name, index.uuid)
    if request.doc_id == "":
        request.reached = index.name if cluster.behaviour.mapping_types else None
        raise IllegalArgument("if _id is specified it must not be empty")
    if request.doc_id is None:
        request.doc_id, request.has_own_id = cluster.new_doc_id(), True
    if index.has_blocks:
        request.reached = index.name if cluster.behaviour.mapping_types else None
        check_blocks(cluster, (index,), "write")
    if request.op == "update":
        return update(cluster, index, request, routing)
    if request.op == "delete":
        _require_routing(index, request.doc_id or "", routing)
        request.reached = index.name
        return _delete(cluster, index, request, routing)
    return _index(cluster, index, request, routing)


def _is_other_type(index: Index, type_: str | None) -> bool:
    return type_ not in (None, "_doc", index.type_name) and index.type_name is not None


def _inserts(request: WriteRequest) -> bool:
    body = request.update
    return body is not None and (body.upsert is not None or body.doc_as_upsert)


def target_index(cluster: Cluster, request: WriteRequest) -> Index:
    """The index that the write goes to, made when it may be."""
    name = request.index = concrete_name(cluster, request.index or "")
    if request.require_data_stream and name not in cluster.streams and data_streams.template_for(cluster, name) is None:
        raise ResourceNotFound(f"[require_data_stream] request flag is [true] and [{name}] is not a data stream")
    index = cluster.indices.get(name)
    if index is not None and not request.require_alias:
        if cluster.streams:
            data_streams.check_backing(cluster, index, request)
        return index
    if cluster.streams and name in cluster.streams and not request.require_alias:
        return data_streams.write_target(cluster, cluster.streams[name], request)
    if name in cluster.stream_aliases:
        return data_streams.write_target(cluster, writes_to(cluster, name), request)
    holders = cluster.aliases().get(name)
    if holders is not None:
        return write_index(cluster, name, holders)
    if request.require_alias:
        raise IndexNotFound(
            name, resource=None, suffix=f" and [require_alias] request flag is [true] and [{name}] is not an alias"
        )
    if request.op == "delete" and request.version_type == "internal":
        if name == "_all" and not cluster.behaviour.mapping_types:
            raise IllegalArgument(
                "unable to return a single target as the provided expression and options got resolved to multiple targets"
            )
        resource = "index_expression" if cluster.behaviour.mapping_types else "index_or_alias"
        raise IndexNotFound(name, resource=resource, suffix=" and no indices exist" if name == "_all" else "")
    if not name and cluster.behaviour.mapping_types:
        raise StringIndexOutOfBounds("String index out of range: 0")
    may_create(cluster, name)
    if data_streams.template_for(cluster, name) is not None:
        return data_streams.write_target(cluster, data_streams.create(cluster, name), request)
    return create_index(cluster, name, {}, auto=True, warn=request.warn)


def make_indices(cluster: Cluster, writes: list[WriteRequest], left_out: Container[int] = ()) -> dict[str | None, ApiError]:
    """Where a delete names an index that another item makes, make it first: a bulk makes all its indices beforehand.

    Args:
        left_out: places of writes that make none.

    Returns: by name, why an index could not be made; all items that name it fail with that.
    """
    missing = {write.index for write in writes if write.op == "delete" and not cluster.exists(write.index or "")}
    failed: dict[str | None, ApiError] = {}
    for number, write in enumerate(writes if missing else ()):
        if write.index in missing and write.index not in failed and write.op != "delete" and number not in left_out:
            try:
                if cluster.gate is not None:
                    cluster.gate.permit(cluster.behaviour.auto_create_action, write.index or "")
                target_index(cluster, write)
            except ApiError as error:
                failed[write.index] = error
    return failed


def _settle_type(index: Index, type_: str) -> None:
    """The first typed write names the index's one type; ``_doc`` stands for it ever after."""
    if type_.startswith("_") and type_ != "_doc":
        raise InvalidTypeName(f"mapping type name [{type_}] can't start with '_' unless it is called [_doc]")
    if index.type_name is None:
        index.type_name = type_
    elif type_ != "_doc":
        raise IllegalArgument(
            f"Rejecting mapping update to [{index.name}] as the final mapping would have more than 1 type: "
            f"[{index.type_name}, {type_}]"
        )


def _require_copies(cluster: Cluster, index: Index, request: WriteRequest) -> None:
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


def resolve_routing(index: Index, name: str, routing: str | None) -> str | None:
    """The routing of a write: the alias's own takes part. Raises IllegalArgument where the two differ."""
    alias = index.aliases.get(name) if name != index.name else None
    if alias is None or "index_routing" not in alias:
        return routing
    own = str(alias["index_routing"])
    if "," in own:
        raise IllegalArgument(
            f"index/alias [{name}] provided with routing value [{own}] that resolved to several routing values, "
            "rejecting operation"
        )
    if routing is not None and routing != own:
        raise IllegalArgument(
            f"Alias [{name}] has index routing associated with it [{own}], and was provided with routing value "
            f"[{routing}], rejecting operation"
        )
    return own


def _require_routing(index: Index, doc_id: str, routing: str | None) -> None:
    if routing is None and index.mapping.routing_required:
        raise routing_missing(index, doc_id)


def routing_missing(index: Index, doc_id: str) -> RoutingMissing:
    """The error of an index whose mapping demands a routing."""
    typed = "[_doc]/" if index.mapping.behaviour.mapping_types else ""
    shown = f"[{index.name}]/{typed}[{doc_id}]"
    return RoutingMissing(f"routing is required for {shown}", metadata={"index_uuid": "_na_", "index": index.name})


def _index(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    doc_id = request.doc_id or cluster.new_doc_id()
    condition = NO_CONDITION if request.has_own_id else request.condition()
    _require_routing(index, doc_id, routing)
    request.reached = index.name
    before = index.mapping
    written = put_source(cluster, index, doc_id, request.source, routing, condition)
    if index.mapping is not before:
        before.warn_of_templates(request.warn)
    return Outcome(index, doc_id, routing, written, 201 if written.result == "created" else 200)


def put_source(
    cluster: Cluster, index: Index, doc_id: str, source: bytes, routing: str | None, condition: Condition
) -> Written:
    """Parse and write a source; dynamic fields enter the mapping even where the version then conflicts."""
    parsed = index.mapping.parse_document(source, doc_id, routing)
    source = bytes(source)  # what came in another format is kept in JSON alone
    if parsed.mapping.percolator_paths and cluster.query_checker is not None:
        cluster.query_checker(cluster, index, source, parsed.mapping)
    if parsed.mapping is not index.mapping:
        check_blocks(cluster, (index,), "metadata_write")
        index.set_mapping(parsed.mapping)
        cluster.changed()
    now = cluster.clock.now_ms()
    shard = index.shard_for(doc_id, routing)
    written = shard.index(doc_id, source, routing, parsed.mapping, condition, now)
    index.wrote(now)
    return written


def _delete(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    doc_id = request.doc_id or ""
    now = cluster.clock.now_ms()
    written = index.shard_for(doc_id, routing).delete(doc_id, request.condition(), now)
    index.wrote(now)
    return Outcome(index, doc_id, routing, written, 404 if written.result == "not_found" else 200)


def update(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    """A partial update or upsert."""
    body = request.update or UpdateBody()
    doc_id = request.doc_id or ""
    _require_routing(index, doc_id, routing)
    request.reached = index.name
    shard = index.shard_for(doc_id, routing)
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
    changed = merge_source(merged, body.doc or {}, detect_noop=body.detect_noop)
    if routing is None or (not request.is_alone and index.shard_for(doc_id, current.routing) is shard):
        # ES: the routing of an action in a bulk only leads to the shard; the document keeps its own
        routing = current.routing
    if not changed and body.detect_noop:
        shard.count("noop_update_total")
        written = Written("noop", current.version, current.seq_no, current.primary_term)
        return Outcome(index, doc_id, routing, written, 200, current.visible_source)
    source = json_writer.dumps(merged)
    if request.active_shards is not None and not request.companions:
        _require_copies(cluster, index, replace(request, op="index", source=source))
    written = put_source(cluster, index, doc_id, request.transformed(source, -3), routing, NO_CONDITION)
    return Outcome(index, doc_id, routing, written, 200, source)


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
        raise document_missing(cluster, shard, doc_id)
    if body.scripted_upsert and body.script is not None:
        return _scripted(cluster, index, request, body, routing, shard, None)
    source = json_writer.dumps(upsert)
    if request.active_shards is not None and not request.companions:
        _require_copies(cluster, index, replace(request, op="index", source=source))
    written = put_source(cluster, index, doc_id, request.transformed(source, -4), routing, Condition(create=True))
    return Outcome(index, doc_id, routing, written, 201, source)


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
        if index.shard_for(doc_id, current.routing) is shard:
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
        condition = Condition(create=True) if current is None else NO_CONDITION
        version = -4 if current is None else -3
        written = put_source(cluster, index, doc_id, request.transformed(source, version), routing, condition)
        return Outcome(index, doc_id, routing, written, 201 if current is None else 200, source)
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


@dataclass(slots=True)
class Found:
    """A document read: ``doc`` is None where there is none."""

    index: Index
    doc_id: str
    doc: StoredDoc | None
    routing: str | None = None


def get(
    cluster: Cluster,
    name: str,
    doc_id: str,
    *,
    routing: str | None = None,
    preference: str | None = None,
    realtime: bool = True,
    refresh: bool = False,
    version: int | None = None,
    version_type: str = "internal",
) -> Found:
    """Read a document, from what was written (realtime) or from what is searchable.

    Raises:
        IndexNotFound, IndexClosed, RoutingMissing, VersionConflictEngine.
    """
    index = single(cluster, name)
    if index.is_closed:
        raise IndexClosed(index.name, index.uuid)
    if index.has_blocks:
        check_blocks(cluster, (index,), "read")
    alias = index.aliases.get(name)
    if alias is not None and routing is None:
        routing = alias.get("search_routing")
    if routing is None and index.mapping.routing_required:
        raise routing_missing(index, doc_id)
    if refresh:
        index.refresh()
    shard = index.shard_for(doc_id, routing)
    preferred(cluster, index.name, [shard], preference)
    if index.places[shard.number][0] is None:
        raise no_copy(cluster.behaviour, index.name, doc_id, routing)
    doc = shard.current(doc_id) if realtime else _searchable(index, shard, doc_id, cluster.clock.now_ms())
    if doc is not None and cluster.gate is not None:
        doc = cluster.gate.seen(index, doc)
    shard.count_get(doc)
    if doc is not None and version is not None:
        _check_read_version(shard, doc, version, version_type)
    return Found(index, doc_id, doc, routing)


def _searchable(index: Index, shard: Shard, doc_id: str, now_ms: int) -> StoredDoc | None:
    index.prepare_search(now_ms)
    for segment, deleted in reversed(shard.views):
        ordinal = segment.ordinal_of(doc_id)
        if ordinal is not None and ordinal not in deleted:
            return segment.docs[ordinal]
    return None


def _check_read_version(shard: Shard, doc: StoredDoc, version: int, version_type: str) -> None:
    if doc.version < version if version_type == "external_gte" else doc.version != version:
        raise shard._conflict(
            doc.doc_id, f"current version [{doc.version}] is different than the one provided [{version}]"
        )
