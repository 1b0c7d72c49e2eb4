"""Where a write goes: the index of a name, made when it may be, its one type, its routing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import (
    ApiError,
    IllegalArgument,
    IndexNotFound,
    ResourceNotFound,
    RoutingMissing,
    StringIndexOutOfBounds,
)
from esmock.state import data_streams
from esmock.state.create import create_index, may_create
from esmock.state.date_math_name import concrete_name
from esmock.state.resolve import write_index
from esmock.state.stream_aliases import writes_to

if TYPE_CHECKING:
    from collections.abc import Container

    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest


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


def require_routing(index: Index, doc_id: str, routing: str | None) -> None:
    if routing is None and index.mapping.routing_required:
        raise routing_missing(index, doc_id)


def routing_missing(index: Index, doc_id: str) -> RoutingMissing:
    """The error of an index whose mapping demands a routing."""
    typed = "[_doc]/" if index.mapping.behaviour.mapping_types else ""
    shown = f"[{index.name}]/{typed}[{doc_id}]"
    return RoutingMissing(f"routing is required for {shown}", metadata={"index_uuid": "_na_", "index": index.name})
