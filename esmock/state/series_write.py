"""Writing into indices of mode ``time_series``, whose documents say themselves where they go and what their ids are. Docs: tsds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, DocumentParsing, IllegalArgument, VersionConflictEngine
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.series_id import document_id, routing_hash, series_of, shown
from esmock.state.outcome import Outcome, put_source
from esmock.state.setting_values import as_list
from esmock.xcontent import reading
from esmock.xcontent.located import at_end

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest

_NANOS = 1_000_000


def routing_path(index: Index) -> list[str]:
    """The patterns of the fields that documents are routed by; without a setting, all dimensions."""
    from esmock.mapping.series_id import dimensions

    return as_list(index.settings.get("index.routing_path")) or [name for name, _ in dimensions(index.mapping)]


def _moment(mapping: Mapping, tree: Any) -> str:
    """The time of a document as errors tell it; empty where that cannot be told."""
    from esmock.mapping.document_errors import Moment

    field: Any = mapping.own_field("@timestamp")
    value = tree.get("@timestamp") if isinstance(tree, dict) else None
    try:
        at = field.query_ns(value[0] if isinstance(value, list) else value, 0)
    except (ApiError, ValueError, TypeError, IndexError):
        return ""
    return Moment(date_formatter("strict_date_optional_time").format_ns(at))


def _identity(hashed: int, mapping: Mapping, tree: Any) -> tuple[str, bytes, int]:
    """The id of a document, its series, and its time in nanoseconds."""
    field: Any = mapping.own_field("@timestamp")
    series, at = series_of(mapping, tree), field.query_ns(tree["@timestamp"], 0)
    return document_id(hashed, series, at // _NANOS), series, at


def series_id(index: Index, doc: dict[str, Any]) -> str:
    """The id of a document that is made for an index, and so has all that an id needs."""
    hashed = routing_hash(routing_path(index), doc)
    return _identity(hashed or 0, index.mapping, doc)[0]


def write_in_series(cluster: Cluster, index: Index, request: WriteRequest, routing: str | None) -> Outcome:
    """Index or create a document. Raises IllegalArgument, DocumentParsing, VersionConflictEngine."""
    if routing is not None:
        raise index.no_series("specifying routing")
    tree = reading.read_all(request.source, "json", cluster.behaviour)
    hashed = routing_hash(routing_path(index), tree)
    if hashed is None:
        raise IllegalArgument("Error extracting routing: source didn't contain any routing fields")
    request.reached = index.name
    try:
        mapping = index.mapping.parse_document(request.source, _moment(index.mapping, tree), named=request.dynamic_templates).mapping
    except IllegalArgument:  # what the document adds to the mapping cannot be: by then it has its id
        request.doc_id = _identity(hashed, index.mapping, tree)[0]
        raise
    doc_id, series, at = _identity(hashed, mapping, tree)
    if request.doc_id not in (None, doc_id):
        wrong = f"_id must be unset or set to [{doc_id}] but was [{request.doc_id}] because [{index.name}] is in time_series mode"
        placed = reading.read(request.source, "json", cluster.behaviour, with_positions=True)
        raise DocumentParsing(f"failed to parse: {wrong}", at_end(placed), cause=IllegalArgument(wrong))
    request.doc_id = doc_id
    try:
        written = put_source(cluster, index, doc_id, request.source, None, request.condition(), type_=request.type, named=request.dynamic_templates)
    except VersionConflictEngine as error:
        moment = date_formatter("strict_date_optional_time").format_ns(at)
        error.reason = str(error.reason).replace(f"[{doc_id}]", f"[{doc_id}][{shown(series)}@{moment}]", 1)
        raise
    return Outcome(index, doc_id, None, written, 201 if written.result == "created" else 200)
