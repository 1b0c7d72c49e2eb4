"""Failure stores: documents that a data stream could not take, kept beside it. Docs: failure-store.

Source: the docs page (names, documents and answers); answers of 8.19.21 to selectors.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import Trace
from esmock.mapping.date import instant_text
from esmock.state.create import build_index
from esmock.state.data_streams import DataStream, backing_name, create, data_streams, said_of, template_for
from esmock.state.date_math_name import concrete_name
from esmock.state.failure_place import place_of
from esmock.state.templates import Applied
from esmock.state.write_request import WriteRequest
from esmock.xcontent import json_reader, json_writer

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
PREFIX = ".fs-"
_KEYWORD = {"type": "keyword", "ignore_above": 1024}
_MAPPINGS: dict[str, Json] = {
    "dynamic": "false",
    "_data_stream_timestamp": {"enabled": True},
    "properties": {
        "@timestamp": {"type": "date"},
        "document": {"properties": {"id": _KEYWORD, "routing": _KEYWORD, "index": _KEYWORD}},
        "error": {
            "properties": {
                "message": {"type": "match_only_text"},
                "stack_trace": {"type": "text"},
                "type": _KEYWORD,
                "pipeline": _KEYWORD,
                "pipeline_trace": _KEYWORD,
                "processor_tag": _KEYWORD,
                "processor_type": _KEYWORD,
            }
        },
    },
}
_KEPT_STATUS = 400
"""Conflicts, blocks and overload are the client's business: he may try again."""
_CONFLICT = 409


def is_enabled(stream: DataStream) -> bool:
    """Whether a stream keeps the documents that it cannot take."""
    return bool(((stream.options or {}).get("failure_store") or {}).get("enabled"))


def store_for(cluster: Cluster, write: WriteRequest, error: ApiError | None) -> DataStream | None:
    """The stream in whose failure store a document goes; None: the error is told. What a pipeline fails with, it is kept for any.

    A stream that is not there yet is made, where its template says that failures are kept.
    """
    if write.op != "create" or not cluster.behaviour.has((8, 15)):
        return None
    if error is not None and error.peeled().status != _KEPT_STATUS:
        return None
    name = concrete_name(cluster, write.index or "")
    stream = cluster.streams.get(name)
    if stream is not None:
        return stream if is_enabled(stream) else None
    template = None if cluster.exists(name) else template_for(cluster, name)
    if template is None or not is_enabled(DataStream(name, (), options=said_of(cluster, template, "data_stream_options"))):
        return None
    stream = create(cluster, name)
    first = backing_name(cluster, name, stream.generation, prefix=PREFIX)
    _make(cluster, replace(stream, generation=stream.generation - 1), first)
    return cluster.streams[name]


def tells_disabled(cluster: Cluster, write: WriteRequest, error: ApiError, *, of_pipeline: bool) -> bool:
    """Whether the error of a write is told with the note that its stream keeps no failures."""
    if write.op != "create" or not cluster.streams or not cluster.behaviour.has((8, 18)):
        return False
    stream = cluster.streams.get(concrete_name(cluster, write.index or ""))
    return stream is not None and not is_enabled(stream) and (of_pipeline or error.peeled().status != _CONFLICT)


def failed_write(cluster: Cluster, stream: DataStream, write: WriteRequest, error: ApiError) -> WriteRequest:
    """The write that keeps a failed one in its stream's failure store, which is made where there is none yet."""
    index = _failure_index(cluster, stream)
    return WriteRequest("create", index.name, source=json_writer.dumps(_document(cluster, stream, write, error)), warn=write.warn)


def _document(cluster: Cluster, stream: DataStream, write: WriteRequest, error: ApiError) -> dict[str, Json]:
    found = error.peeled()
    sent = write.sent or write
    told = {} if sent.doc_id is None else {"id": sent.doc_id}
    if sent.routing is not None:
        told["routing"] = sent.routing
    name = concrete_name(cluster, sent.index or stream.name)
    return {
        "@timestamp": instant_text(cluster.clock.now_ms() * 1_000_000),
        "document": {**told, "index": name, "source": json_reader.parse_stored(sent.source or b"{}")},
        "error": {
            "type": found.type,
            "message": found.reason,
            "stack_trace": Trace(qualified=True, module="").text(found),
            **place_of(error),
        },
    }


def _failure_index(cluster: Cluster, stream: DataStream) -> Index:
    """The index that failed documents are written to."""
    current = data_streams(cluster).streams[stream.name]
    if current.failure_indices and not current.failure_rollover_on_write:
        return cluster.indices[current.failure_indices[-1]]
    return roll_over(cluster, current)


def next_index(cluster: Cluster, stream: DataStream) -> str:
    """The name of the next index of a failure store."""
    return backing_name(cluster, stream.name, stream.generation + 1, prefix=PREFIX)


def roll_over(cluster: Cluster, stream: DataStream) -> Index:
    """Make the next index of a failure store."""
    return _make(cluster, stream, next_index(cluster, stream))


def _make(cluster: Cluster, stream: DataStream, name: str) -> Index:
    settings: dict[str, Any] = {"index.hidden": "true"}
    index = build_index(cluster, name, settings, _MAPPINGS, {}, Applied(), lambda text: None)
    grown = replace(
        stream, failure_indices=(*stream.failure_indices, name), generation=stream.generation + 1, failure_rollover_on_write=False
    )
    data_streams(cluster).put(grown)
    cluster.changed()
    return index


