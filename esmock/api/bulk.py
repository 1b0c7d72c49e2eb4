"""Many writes in one request. Docs: docs-bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import source_params
from esmock.api.declare import Endpoints, typed
from esmock.api.params import REFRESH, TIMEOUT, WAIT_FOR_ACTIVE_SHARDS, boolean, string
from esmock.api.request import Request, Response
from esmock.api.update_body import read_update, update_script
from esmock.errors import ActionRequestValidation, ApiError, ElasticsearchParse
from esmock.shape import document as shape
from esmock.state import documents
from esmock.state.bulk_lines import BulkDefaults, BulkReader
from esmock.state.date_math_name import concrete_name
from esmock.state.failure_store import tells_disabled
from esmock.state.gate import shard_denials
from esmock.state.outcome import Outcome
from esmock.state.write_request import WriteRequest
from esmock.state.write_target import make_indices

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.shard import Shard

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in bulk requests is deprecated."


def _require_body(request: Request) -> None:
    if not request.content:
        raise ElasticsearchParse("request body is required")


def _parse(request: Request) -> list[WriteRequest]:
    body = request.content
    if request.content and request.content_format != "json":
        from esmock.xcontent.formats import json_lines

        body = json_lines(body, request.content_format or "json", request.behaviour)
    wanted = source_params.of_request(request)
    defaults = BulkDefaults(
        request.part("index"),
        _type(request),
        request.param("routing") or None,
        request.param("pipeline"),
        request.param("require_alias") and bool(request.raw.get("require_alias") or request.behaviour.bare_require_alias),
        request.typed,
        wanted if wanted.fetch is not None else None,
        require_data_stream=request.param("require_data_stream"),
    )
    reader = BulkReader(
        defaults,
        request.behaviour,
        lambda line: read_update(request, line),
        request.warn,
        is_located=request.is_located,
        is_strict=request.behaviour.strict_bulk_actions and request.rest_major >= 9,
    )
    return reader.read(body)


def _type(request: Request) -> str | None:
    """The type for lines without one: the path's, or ``type`` (7.x)."""
    given: str | None = request.param("type")
    if given is not None:
        request.warn(_TYPES)
    return request.mapping_type or given


@endpoint(
    "bulk",
    "POST,PUT /_bulk",
    "POST,PUT /{index}/_bulk",
    typed("POST,PUT /{index}/{type}/_bulk", warning=_TYPES),
    params={
        "routing": string(),
        **source_params.SOURCE_PARAMS,
        "pipeline": string(),
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
        "require_alias": boolean(since=(7, 10)),
        "require_data_stream": boolean(since=(8, 13)),
        "timeout": TIMEOUT,
        "refresh": REFRESH,
        "type": string(until=(8, 0)),
        "list_executed_pipelines": boolean(since=(8, 11)),
        "include_source_on_error": boolean(True, since=(8, 15)),
    },
    docs="docs-bulk",
    body=_parse,
    body_last=(8, 16),
    prepare=_require_body,
    action="indices:data/write/bulk",
    streams=True,
)
def bulk(cluster: Cluster, request: Request) -> Response:
    """Carry out every write in order; an item's error is its own."""
    writes: list[WriteRequest] = request.parsed
    problems = [problem for write in writes for problem in write.problems(of_update_ids=cluster.behaviour.major >= 8)]
    if not writes:
        problems = ["no requests added"]
    if problems:
        raise ActionRequestValidation(*problems)
    for write in writes:
        write.index = concrete_name(cluster, write.index or "")
        write.active_shards, write.warn = request.param("wait_for_active_shards"), request.warn
        write.timeout = request.param("timeout")
    started = cluster.clock.monotonic_ns()
    ingested = _ingest(cluster, writes, request.ingest_user)
    ingest_took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    items, touched, has_errors = _carry_out(cluster, request, writes, ingested or {})
    if request.param("refresh") != "false":
        for shard in touched.values():
            shard.refresh()
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    extra = {"ingest_took": ingest_took} if ingested is not None else {}
    if cluster.behaviour.bulk_errors_first:
        return Response(200, {"errors": has_errors, "took": took, **extra, "items": items})
    return Response(200, {"took": took, **extra, "errors": has_errors, "items": items})


def _ingest(cluster: Cluster, writes: list[WriteRequest], user: Json) -> dict[int, ApiError | None] | None:
    """Run pipelines before anything is written.

    Returns:
        By position, the error of a write, or None for a dropped one; None: no pipeline took part.
    """
    from esmock.ingest.processor import Escaped
    from esmock.ingest.service import Chain, prepare

    chain = Chain(cluster, user)
    out: dict[int, ApiError | None] = {}
    took_part = False
    for number, write in enumerate(writes):
        if write.pipeline is None and chain.is_idle(write.index):
            continue
        try:
            ran, dropped = prepare(cluster, write, chain)
        except Escaped:
            raise
        except ApiError as error:
            ran, dropped = True, False
            out[number] = error
        took_part = took_part or ran
        if dropped:
            out[number] = None
    return out if took_part else None


def _carry_out(
    cluster: Cluster, request: Request, writes: list[WriteRequest], ingested: dict[int, ApiError | None]
) -> tuple[list[Json], dict[tuple[str, int], Shard], bool]:
    if request.param("wait_for_active_shards") is not None:
        _count_companions(cluster, writes)
    unmade = make_indices(cluster, writes, ingested)
    places = [(write.index or "", write.doc_id or "", write.routing) for write in writes]
    denials = shard_denials(cluster, "indices:data/write/bulk[s]", places)
    forced = request.param("refresh") == "true"
    has_types = request.typed
    after = has_types and not cluster.behaviour.mapping_types
    items: list[Json] = []
    touched: dict[tuple[str, int], Shard] = {}
    has_errors = False
    for number, write in enumerate(writes):
        kind = (write.type or "_doc") if has_types else None
        if number in ingested:
            error_found = ingested[number]
            if error_found is None:
                done = shape.dropped(write, type_=kind, typed=after)
                items.append({write.op: {**done, "status": 200}})
                continue
            if write.op == "update" and cluster.behaviour.mapping_types:
                # ES: the document to insert fails, which knows neither its index nor its id
                has_errors = True
                items.append({"index": {**_failed(write, error_found, kind), "_index": None, "_id": None}})
                continue
        try:
            if failed_before := ingested.get(number):
                raise failed_before
            if write.index in unmade:
                raise unmade[write.index]
            if (denial := denials[number]) is not None:
                raise denial[1]
            if write.update is not None and write.update.script is not None:
                write.script = update_script(cluster, write.update.script)
            outcome = documents.write(cluster, write)
        except ApiError as error:
            try:
                outcome = documents.keep_failed(cluster, write, error, of_pipeline=error is ingested.get(number))
            except ApiError:
                has_errors = True
                item = _failed(write, error, kind)
                if tells_disabled(cluster, write, error, of_pipeline=error is ingested.get(number)):
                    item["failure_store"] = "not_enabled"
                items.append({write.op: item})
                continue
        shard = outcome.shard
        touched[(outcome.index.name, shard.number)] = shard
        item = shape.written(cluster, outcome, type_=kind, typed=after, forced_refresh=forced, in_bulk=True)
        if outcome.written.result == "noop":
            item["_shards"] = outcome.shard_header()
        _add_source(cluster, write, outcome, item)
        item["status"] = outcome.status
        items.append({write.op: item})
    return items, touched, has_errors


def _count_companions(cluster: Cluster, writes: list[WriteRequest]) -> None:
    """Tell every write how many of the bulk go to its shard, which waits for copies once for all of them."""
    places: list[tuple[str, int] | None] = []
    for write in writes:
        found = cluster.concrete(write.index or "")
        index = found[0] if len(found) == 1 else None
        is_told = index is not None and not index.is_time_series
        places.append((index.name, index.shard_for(write.doc_id or "", write.routing).number) if index and is_told else None)
    for write, place in zip(writes, places, strict=True):
        write.companions = places.count(place) if place is not None else 1


def _add_source(cluster: Cluster, write: WriteRequest, outcome: Outcome, item: dict[str, Json]) -> None:
    if outcome.is_absent:
        item["get"] = {"found": False}
    if write.update is None or write.update.source_filter is None or outcome.source is None:
        return
    wanted = write.update.source_filter
    if not isinstance(wanted, source_params.SourceFilter):
        wanted = source_params.of_body(wanted)
    if wanted.fetch:
        item["get"] = {
            "_seq_no": outcome.written.seq_no,
            "_primary_term": outcome.written.primary_term,
            "found": True,
        }
        if outcome.source:
            item["get"]["_source"] = wanted.apply(outcome.source, cluster.behaviour, streamed=False)


def _failed(write: WriteRequest, error: ApiError, kind: str | None) -> dict[str, Json]:
    item: dict[str, Json] = {"_index": write.reached or write.index}
    if kind is not None:
        item["_type"] = kind
    item["_id"] = write.doc_id
    peeled = error.peeled()
    item["status"] = peeled.status
    item["error"] = peeled.cause_body()
    return item


