"""Answers of the document APIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from esmock.xcontent.json_writer import RawJson

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.get import Found
    from esmock.state.outcome import Outcome
    from esmock.state.write_request import WriteRequest

Json = Any


def written(
    cluster: Cluster, outcome: Outcome, *, type_: str | None, typed: bool, forced_refresh: bool, in_bulk: bool = False
) -> dict[str, Json]:
    """The answer to a write.

    Args:
        type_: the type of 7.x, printed after ``_index``; None: none.
        typed: version 7 form on a later server, which prints ``_type`` last.
        in_bulk: a bulk tells of its refresh also where nothing was written.
    """
    done = outcome.written
    body: dict[str, Json] = {"_index": outcome.index.name}
    if type_ is not None and not typed:
        body["_type"] = type_
    body["_id"] = outcome.doc_id
    body["_version"] = done.version
    body["result"] = done.result
    is_noop = done.result == "noop"
    if forced_refresh and (not is_noop or in_bulk):
        body["forced_refresh"] = True
    if is_noop:
        body["_shards"] = {"total": 0, "successful": 0, "failed": 0}
    else:
        body["_shards"] = outcome.shard_header()
    if done.seq_no >= 0:
        body["_seq_no"] = done.seq_no
        body["_primary_term"] = done.primary_term
    if outcome.is_failure:
        body["failure_store"] = "used"
    if type_ is not None and typed:
        body["_type"] = type_
    return body


def dropped(write: WriteRequest, *, type_: str | None, typed: bool) -> dict[str, Json]:
    """The answer to a write whose document a pipeline dropped."""
    body: dict[str, Json] = {"_index": write.index}
    if type_ is not None and not typed:
        body["_type"] = type_
    body["_id"] = "auto-generated" if write.doc_id is None else write.doc_id
    body["_version"] = write.wanted_version
    body["result"] = "noop"
    body["_shards"] = {"total": 0, "successful": 0, "failed": 0}
    if type_ is not None and typed:
        body["_type"] = type_
    return body


def location(outcome: Outcome, type_: str | None) -> str:
    """The ``Location`` header of a created document."""
    kind = quote_plus(type_, safe="*") if type_ is not None else "_doc"
    path = f"/{_form(outcome.index.name)}/{kind}/{_form(outcome.doc_id)}"
    return path if outcome.routing is None else f"{path}?routing={_form(outcome.routing)}"


def _form(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")


def found(
    read: Found,
    *,
    type_: str | None,
    source: Json | None,
    fields: Mapping[str, Sequence[Json]] | None = None,
    reads_document: bool = True,
) -> dict[str, Json]:
    """The answer to a read.

    Args:
        reads_document: source or stored fields were asked for; without them the routing is not looked at, either.
        source: a tree, ``RawJson``, or None for no ``_source``.
        fields: stored fields.
    """
    body: dict[str, Json] = {"_index": read.index.name}
    if type_ is not None:
        body["_type"] = type_
    body["_id"] = read.doc_id
    doc = read.doc
    if doc is None:
        body["found"] = False
        return body
    body["_version"] = doc.version
    body["_seq_no"] = doc.seq_no
    body["_primary_term"] = doc.primary_term
    if doc.routing is not None and reads_document:
        body["_routing"] = doc.routing
    body["found"] = True
    if source is not None:
        body["_source"] = source
    if fields:
        body["fields"] = fields
    return body


def raw_source(source: bytes) -> RawJson:
    """A stored source, copied byte for byte where the answer is compact JSON."""
    return RawJson(source)
