"""What a bulk of documents would become: the pipelines that run, and whether the mapping takes the result.

Everything happens in a clone of the cluster, in which substitutes have been put.

Source: 8.19.21, asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ClassCast,
    DocumentParsing,
    IllegalArgument,
    IllegalState,
    RuntimeError_,
    Unsupported,
)
from esmock.ingest.configuration import Configuration
from esmock.ingest.java import cast_message
from esmock.ingest.service import Chain, pipelines, run_pipelines
from esmock.state.write_request import WriteRequest
from esmock.state.write_target import target_index
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
_NO_ID = "<n/a>"
_UNSET = "_id should have been set on the coordinating node"


@dataclass(slots=True)
class Simulation:
    """A request.

    Args:
        mapping: to be added to the mapping of every document's index.
        from_templates: whether indices are looked at as if they were to be made anew from templates.
    """

    docs: list[WriteRequest] = field(default_factory=list)
    mapping: dict[str, Json] = field(default_factory=dict)
    from_templates: bool = False


def read_docs(config: Configuration, index: str | None, pipeline: str | None) -> list[WriteRequest]:
    """The documents of a body. Raises ElasticsearchParse, IllegalArgument, ClassCast, ActionRequestValidation."""
    given = config.list("docs")
    if not given:
        raise IllegalArgument("must specify at least one document in [docs]")
    out = []
    for one in given:
        if not isinstance(one, dict):
            raise ClassCast(cast_message(one, "java.util.Map"))
        each = Configuration(None, dict(one), config.environment)
        source = each.map("_source")
        name, id_ = each.string("_index", index), each.string("_id", None)
        routing = each.string_or_number("_routing", None)
        out.append(WriteRequest("index", name, id_, routing, source=json_writer.dumps(source), pipeline=pipeline))
    if any(one.index is None for one in out):
        raise ActionRequestValidation("index is missing")
    return out


def substitute_pipelines(twin: Cluster, bodies: dict[str, Json]) -> None:
    """Put pipelines in place of those that are stored. Raises RuntimeError_ for one that is not well formed; from 9.2 on its own error."""
    for id_, body in bodies.items():
        try:
            pipelines(twin).put(id_, body)
        except ApiError as cause:
            if twin.behaviour.substitutes_fail_bare:
                raise
            raise RuntimeError_(f"org.elasticsearch.{cause.java}: {cause.reason}", cause=cause) from None


def run(twin: Cluster, simulation: Simulation, user: Json) -> dict[str, Json]:
    """The answer. ``twin`` is a clone of the cluster, which changes."""
    if simulation.from_templates:
        for write in simulation.docs:
            twin.indices.pop(write.index or "", None)
        twin.changed()
    chain = Chain(twin, user)
    return {"docs": [{"doc": _one(twin, write, chain, simulation)} for write in simulation.docs]}


def _one(twin: Cluster, write: WriteRequest, chain: Chain, simulation: Simulation) -> dict[str, Json]:
    wanted = write.index
    try:
        executed = run_pipelines(twin, write, chain.ids(write), chain)
    except ApiError as error:
        return {"_id": write.doc_id or "auto-generated", "_index": wanted, "error": error.cause_body()}
    if executed is None:
        raise Unsupported("a pipeline that drops the document of _ingest/_simulate")
    ignored, failure = _checked(twin, write, simulation.mapping)
    source = hash_ordered(json_reader.parse_stored(write.source))
    body = {"_id": write.doc_id or _NO_ID, "_index": write.index, "_version": -3, "_source": source}
    body["executed_pipelines"] = executed
    if ignored:
        body["ignored_fields"] = [{"field": name} for name in ignored]
    if failure is not None:
        body["error"] = failure.cause_body()
    return body


def _checked(twin: Cluster, write: WriteRequest, addition: dict[str, Json]) -> tuple[tuple[str, ...], ApiError | None]:
    """The fields of which a value would be left out, and what the mapping has against the document.

    An index that does not exist and that no template would make takes everything.
    """
    from esmock.mapping.mapping import Mapping
    from esmock.state.create import NO_TEMPLATES, find_templates
    from esmock.state.templates import merge_mappings

    exists = write.index in twin.indices or write.index in twin.aliases() or write.index in twin.streams
    if not exists and not addition and find_templates(twin, write.index or "", {}, lambda _text: None) is NO_TEMPLATES:
        return (), None
    try:
        mapping = target_index(twin, write).mapping
        if addition:
            merged = merge_mappings((mapping.to_json(), addition))
            mapping = Mapping.parse(merged, mapping.analysis, twin.behaviour, settings=mapping.context.settings)
        if write.doc_id is None:
            raise DocumentParsing(f"[1:2] failed to parse: {_UNSET}", cause=IllegalState(_UNSET))
        return mapping.parse_document(write.source, write.doc_id, write.routing).ignored, None
    except ApiError as error:
        return (), error
