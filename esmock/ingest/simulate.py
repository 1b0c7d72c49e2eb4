"""Running a pipeline on documents that are not stored, and telling what became of them.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ClassCast, IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import METADATA, cast_message, text
from esmock.ingest.processor import Escaped, Failure, Result, Results
from esmock.ingest.service import pipelines
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.ingest.pipeline import Pipeline
    from esmock.state.cluster import Cluster

Json = Any
ID = "_simulate_pipeline"
_TYPES = "[types removal] specifying _type in pipeline simulation requests is deprecated"


def simulate(
    cluster: Cluster, id_: str | None, body: dict[str, Json], *, verbose: bool, warn: Callable[[str], None], user: Json = None
) -> dict[str, Json]:
    """The answer of the simulate API. Raises ElasticsearchParse, IllegalArgument, errors.Script."""
    registry = pipelines(cluster)
    config = Configuration(None, body, registry.environment)
    if id_ is not None:
        found = registry.pipeline(id_)
        if found is None:
            raise IllegalArgument(f"pipeline [{id_}] does not exist")
        pipeline = found
    else:
        pipeline = registry.read(ID, config.map("pipeline"))
    documents = [_document(cluster, one, warn, user) for one in _docs(config)]
    results = [_verbose(pipeline, one) if verbose else _plain(pipeline, one) for one in documents]
    return {"docs": results}


def _docs(config: Configuration) -> list[Json]:
    docs: list[Json] = config.list("docs")
    if not docs:
        raise IllegalArgument("must specify at least one document in [docs]")
    return docs


def _document(cluster: Cluster, body: Json, warn: Callable[[str], None], user: Json) -> IngestDocument:
    if not isinstance(body, dict):
        raise IllegalArgument("malformed [docs] section, should include an inner object")
    has_types = cluster.behaviour.mapping_types
    config = Configuration(None, dict(body), pipelines(cluster).environment)
    source = hash_ordered(config.map("_source"))
    metadata: dict[str, Json] = {"_index": config.string_or_number("_index", "_index")}
    if has_types and config.has("_type"):
        warn(_TYPES)
    if has_types:
        metadata["_type"] = config.string_or_number("_type", "_doc")
    metadata["_id"] = config.string_or_number("_id", "_id")
    routing = config.string_or_number("_routing", None)
    if routing is not None:
        metadata["_routing"] = routing
    _read_version(config, metadata, needs_long=has_types and not cluster.behaviour.has((7, 14)))
    return IngestDocument(source, metadata, cluster.clock.now_ms(), user)


def _read_version(config: Configuration, metadata: dict[str, Json], *, needs_long: bool) -> None:
    if config.has("_version"):
        version = config.any("_version", None)
        if needs_long and (not isinstance(version, int) or -(2**31) <= version < 2**31):
            raise ClassCast(cast_message(version, "java.lang.Long"))
        metadata["_version"] = version
    elif not config.environment.behaviour.mapping_types:
        metadata["_version"] = -3
    if config.has("_version_type"):
        kind = config.string("_version_type", None)
        if kind not in ("internal", "external", "external_gt", "external_gte"):
            raise IllegalArgument(f"No version type match [{kind}]")
        metadata["_version_type"] = kind
    for name in ("_if_seq_no", "_if_primary_term"):
        if config.has(name):
            number = config.any(name)
            if not isinstance(number, int) or -(2**31) <= number < 2**31:
                raise ClassCast(cast_message(number, "java.lang.Long"))
            metadata[name] = number


def _plain(pipeline: Pipeline, document: IngestDocument) -> Json:
    try:
        kept = pipeline.execute(document)
    except Escaped:
        raise
    except ApiError as error:
        return {"error": error.error_body()}
    return {"doc": _shown(document)} if kept else None


def _verbose(pipeline: Pipeline, document: IngestDocument) -> Json:
    results: Results = []
    try:
        pipeline.execute(document, results)
    except Failure:
        if not results:
            raise
    return {"processor_results": [_step(one) for one in results]}


def _step(result: Result) -> dict[str, Json]:
    step = result.step
    body: dict[str, Json] = {"processor_type": step.kind, "status": result.status}
    if step.description is not None:
        body["description"] = step.description
    if step.tag is not None:
        body["tag"] = step.tag
    if result.condition_held is not None and step.condition is not None:
        body["if"] = {"condition": step.condition.source, "result": result.condition_held}
    if result.error is not None:
        error = {"error": result.error.error_body()}
        body.update({"ignored_error": error} if result.document is not None else error)
    if result.document is not None:
        body["doc"] = _shown(result.document)
    return body


def _shown(document: IngestDocument) -> dict[str, Json]:
    fields = document.fields
    body: dict[str, Json] = {}
    for name in METADATA:
        if fields.get(name) is not None:
            body[name] = text(fields[name])
    body["_source"] = document.source(copied=True)
    body["_ingest"] = document.shown_metadata()
    return body
