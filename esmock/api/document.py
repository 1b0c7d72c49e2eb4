"""Index, create, get, exists, source, delete, update: one document each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from esmock.api import source_params
from esmock.api.declare import Endpoints, typed
from esmock.api.params import (
    REFRESH,
    TIMEOUT,
    VERSION_TYPE,
    WAIT_FOR_ACTIVE_SHARDS,
    Param,
    boolean,
    integer,
    long,
    names,
    one_of,
    string,
)
from esmock.api.request import Request, Response, needs_content
from esmock.api.update_body import parse_update, update_script
from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument, ResourceNotFound
from esmock.shape import document as shape
from esmock.state import documents
from esmock.state.get import Found, get_document
from esmock.state.write_request import WriteRequest, primary_term, sequence_number

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()

_INDEX_TYPES = (
    "[types removal] Specifying types in document index requests is deprecated, use the typeless endpoints instead "
    "(/{index}/_doc/{id}, /{index}/_doc, or /{index}/_create/{id})."
)
_GET_TYPES = (
    "[types removal] Specifying types in document get requests is deprecated, use the /{index}/_doc/{id} endpoint "
    "instead."
)
_SOURCE_TYPES = "[types removal] Specifying types in get_source and exist_sourcerequests is deprecated."
_SOURCE_TYPES_EIGHT = "[types removal] Specifying types in get_source and exist_source requests is deprecated."
_DELETE_TYPES = (
    "[types removal] Specifying types in document index requests is deprecated, use the /{index}/_doc/{id} endpoint "
    "instead."
)
_UPDATE_TYPES = (
    "[types removal] Specifying types in document update requests is deprecated, use the endpoint "
    "/{index}/_update/{id} instead."
)

_OP_TYPE = one_of(
    lambda text: f"opType must be 'create' or 'index', found: [{text}]",
    {"index": "index", "create": "create"},
    any_case=True,
)
_CREATE_OP_TYPE = one_of(lambda text: f"opType must be 'create', found: [{text}]", {"create": "create"}, any_case=True)
def _checked(check: Callable[[int], int | None]) -> Param:
    """A long that is looked at as soon as it is read."""
    plain = long()
    return Param(lambda name, text: check(plain.parse(name, text)), None)


def _no_version(name: str, text: str) -> NoReturn:
    raise ActionRequestValidation(
        "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and "
        "`if_primary_term` instead"
    )


_IF_SEQ_NO, _IF_PRIMARY_TERM = _checked(sequence_number), _checked(primary_term)
_NO_VERSION = Param(_no_version, None)
"""ES: an update takes none, and says so before it reads on."""
_WRITE_PARAMS = {
    "routing": string(),
    "pipeline": string(),
    "timeout": TIMEOUT,
    "refresh": REFRESH,
    "version": long(),
    "version_type": VERSION_TYPE,
    "if_seq_no": _IF_SEQ_NO,
    "if_primary_term": _IF_PRIMARY_TERM,
    "require_alias": boolean(since=(7, 10)),
    "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
    "op_type": _OP_TYPE,
    "include_source_on_error": boolean(True, since=(8, 15)),
    "require_data_stream": boolean(since=(8, 13)),
}


def _check_creation(request: Request) -> None:
    """The kind of operation is looked at before anything is read. Raises IllegalArgument, ElasticsearchParse."""
    if request.has_param("op_type"):
        _CREATE_OP_TYPE.read("op_type", request.raw["op_type"], request)
    needs_content(request)


def _source_body(request: Request) -> bytes:
    is_json = request.content_format == "json"
    # ES: to 7.x the document's own first byte says what it is
    if is_json or (request.typed and request.content_format == "yaml" and request.content.startswith(b"{")):
        return request.content
    from esmock.xcontent.formats import ForeignSource

    return ForeignSource.read(request.content, request.content_format or "json", request.behaviour)


@endpoint(
    "index",
    "PUT,POST /{index}/_doc/{id}",
    "POST /{index}/_doc",
    typed("PUT,POST /{index}/{type}/{id}", warning=_INDEX_TYPES),
    typed("POST /{index}/{type}", warning=_INDEX_TYPES),
    params=_WRITE_PARAMS,
    docs="docs-index_",
    path=needs_content,
    body=_source_body,
    action="indices:data/write/index",
)
def index(cluster: Cluster, request: Request) -> Response:
    """Write a document, making its index where that is allowed."""
    op = request.param("op_type") or "index"
    if request.part("id") is None and not request.has_param("op_type"):
        op = "create"
    return _write(cluster, request, op)


@endpoint(
    "create",
    "PUT,POST /{index}/_create/{id}",
    typed("PUT,POST /{index}/_doc/{id}/_create", warning=None),
    typed("PUT,POST /{index}/{type}/{id}/_create", warning=_INDEX_TYPES),
    params=_WRITE_PARAMS | {"op_type": _CREATE_OP_TYPE},
    docs="docs-index_",
    path=_check_creation,
    body=_source_body,
    action="indices:data/write/index",
)
def create(cluster: Cluster, request: Request) -> Response:
    """Write a document that must not exist yet."""
    return _write(cluster, request, "create")


def _write_request(request: Request, op: str) -> WriteRequest:
    params = request.params
    write = WriteRequest(
        op=op,
        index=request.part("index"),
        doc_id=request.part("id"),
        routing=params["routing"] or None,
        version=params["version"],
        version_type=params["version_type"],
        if_seq_no=params["if_seq_no"],
        if_primary_term=params["if_primary_term"],
        pipeline=params.get("pipeline"),
        require_alias=params.get("require_alias", False),
        require_data_stream=params.get("require_data_stream", False),
        type=request.mapping_type,
        timeout=params["timeout"],
        active_shards=params["wait_for_active_shards"],
        warn=request.warn,
    )
    write.check_numbers()
    return write


def _write(cluster: Cluster, request: Request, op: str) -> Response:
    write = _write_request(request, op)
    write.source = request.parsed
    write.is_alone = True
    write.validate(request.behaviour)
    return _written(cluster, request, write)


def _written(cluster: Cluster, request: Request, write: WriteRequest, get: Any = None) -> Response:
    kind = (request.mapping_type or "_doc") if request.typed else None
    of_pipeline = True
    try:
        if _ingest(cluster, write, request.ingest_user):
            typed = not cluster.behaviour.mapping_types
            return Response(200, shape.dropped(write, type_=kind, typed=typed))
        of_pipeline = False
        outcome = documents.write(cluster, write)
    except ApiError as error:
        outcome = documents.keep_failed(cluster, write, error, of_pipeline=of_pipeline)
    refresh = request.param("refresh")
    if refresh != "false" and outcome.written.result != "noop":
        outcome.shard.refresh()
    body = shape.written(
        cluster,
        outcome,
        type_=kind,
        typed=not cluster.behaviour.mapping_types,
        forced_refresh=refresh == "true",
    )
    if get is not None and get.fetch and outcome.source is not None:
        body["get"] = {
            "_seq_no": outcome.written.seq_no,
            "_primary_term": outcome.written.primary_term,
            "found": True,
        }
        if outcome.source:
            body["get"]["_source"] = get.apply(outcome.source, cluster.behaviour, streamed=False)
    if outcome.is_absent:
        body["get"] = {"found": False}
    headers = []
    if outcome.status == 201:
        headers.append(("Location", shape.location(outcome, request.mapping_type)))
    return Response(outcome.status, body, headers)


def _ingest(cluster: Cluster, write: WriteRequest, user: Any) -> bool:
    """Run the write's pipelines; whether they dropped it. An update's run when its document is known."""
    from esmock.ingest.service import Chain, prepare, prepare_update

    if write.op == "update":
        prepare_update(cluster, write, user)
        return False
    return prepare(cluster, write, Chain(cluster, user))[1]


_READ_PARAMS = {
    "refresh": boolean(),
    "routing": string(),
    "preference": string(),
    "realtime": boolean(True),
    "stored_fields": names(),
    "version": long(lazy=True),
    "version_type": VERSION_TYPE,
    "force_synthetic_source": boolean(False, since=(8, 4)),
    **source_params.SOURCE_PARAMS,
}


_LEFT_OUT = ("stored_fields", "version", "version_type", "force_synthetic_source")
_SOURCE_PARAMS = {name: param for name, param in _READ_PARAMS.items() if name not in _LEFT_OUT}


def _read(cluster: Cluster, request: Request) -> Found:
    params = request.params
    version = params.get("version")
    if version is not None and version < 0:
        kind = params["version_type"].upper()
        raise ActionRequestValidation(f"illegal version value [{version}] for version type [{kind}]")
    found = get_document(
        cluster,
        request.part("index"),
        request.part("id"),
        routing=params["routing"],
        preference=params["preference"],
        realtime=params["realtime"],
        refresh=params["refresh"],
        version=version,
        version_type=params.get("version_type", "internal"),
    )
    kind = request.mapping_type
    if kind is not None and kind not in ("_doc", "_all", found.index.type_name):
        found.doc = None
    if found.doc is not None and params.get("force_synthetic_source"):
        from esmock.mapping.synthetic import forced

        found.doc = forced(found.doc)
    return found


def _type_shown(request: Request, found: Found) -> str:
    """The type that was asked for; ``_all`` stands for the one of the index."""
    asked = request.mapping_type or "_doc"
    return found.index.type_name or "_doc" if asked == "_all" and found.doc is not None else asked


@endpoint(
    "get",
    "GET /{index}/_doc/{id}",
    typed("GET /{index}/{type}/{id}", warning=_GET_TYPES),
    params=_READ_PARAMS | {"fields": string(lazy=True)},
    docs="docs-get",
    action="indices:data/read/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """Read a document."""
    if request.has_param("fields"):
        raise IllegalArgument(
            "the parameter [fields] is no longer supported, please use [stored_fields] to retrieve stored fields or "
            "[_source] to load the field from _source"
        )
    found = _read(cluster, request)
    kind = _type_shown(request, found) if request.typed else None
    if found.doc is None:
        return Response(404, shape.found(found, type_=kind, source=None))
    if not request.raw:
        source = source_params.NOT_ASKED.of_document(found.doc, cluster.behaviour) if found.index.mapping.source_enabled else None
        return Response(200, shape.found(found, type_=kind, source=source))
    wanted = source_params.of_request(request)
    fields = request.param("stored_fields")
    show = wanted.fetch if wanted.fetch is not None else fields is None or "_source" in fields
    source = None
    if show and found.index.mapping.source_enabled:
        source = wanted.of_document(found.doc, cluster.behaviour)
    values = source_params.stored_fields(found, fields, cluster.behaviour) if fields else None
    reads = show or bool(fields)
    return Response(200, shape.found(found, type_=kind, source=source, fields=values, reads_document=reads))


@endpoint(
    "exists",
    "HEAD /{index}/_doc/{id}",
    typed("HEAD /{index}/{type}/{id}", warning=_GET_TYPES),
    params=_READ_PARAMS,
    docs="docs-get",
    action="indices:data/read/get",
)
def exists(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get``, whose body stays behind."""
    return get(cluster, request)


@endpoint(
    "get_source",
    "GET /{index}/_source/{id}",
    typed("GET /{index}/{type}/{id}/_source", warning=_SOURCE_TYPES_EIGHT, since=(8, 0)),
    typed("GET /{index}/{type}/{id}/_source", warning=_SOURCE_TYPES),
    params=_SOURCE_PARAMS,
    docs="docs-get",
    action="indices:data/read/get",
)
def get_source(cluster: Cluster, request: Request) -> Response:
    """The source alone."""
    wanted = source_params.of_request(request)
    if wanted.fetch is False:
        raise ActionRequestValidation("fetching source can not be disabled")
    found = _read(cluster, request)
    shown = f"[{found.index.name}]/" + (f"[{request.part('type') or '_doc'}]/" if request.typed else "")
    if found.doc is None:
        raise ResourceNotFound(f"Document not found {shown}[{found.doc_id}]")
    if not found.index.mapping.source_enabled:
        raise ResourceNotFound(f"Source not found {shown}[{found.doc_id}]")
    return Response(200, wanted.of_document(found.doc, cluster.behaviour), unfiltered=True)


@endpoint(
    "exists_source",
    "HEAD /{index}/_source/{id}",
    typed("HEAD /{index}/{type}/{id}/_source", warning=_SOURCE_TYPES_EIGHT, since=(8, 0)),
    typed("HEAD /{index}/{type}/{id}/_source", warning=_SOURCE_TYPES),
    params=_SOURCE_PARAMS,
    docs="docs-get",
    action="indices:data/read/get",
)
def exists_source(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get_source``, whose body stays behind."""
    return get_source(cluster, request)


@endpoint(
    "delete",
    "DELETE /{index}/_doc/{id}",
    typed("DELETE /{index}/{type}/{id}", warning=_DELETE_TYPES),
    params={
        "routing": string(),
        "timeout": TIMEOUT,
        "refresh": REFRESH,
        "version": long(),
        "version_type": VERSION_TYPE,
        "if_seq_no": _IF_SEQ_NO,
        "if_primary_term": _IF_PRIMARY_TERM,
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
    },
    docs="docs-delete",
    action="indices:data/write/delete",
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Delete a document."""
    write = _write_request(request, "delete")
    write.validate(request.behaviour)
    return _written(cluster, request, write)


def _update_request(request: Request) -> WriteRequest:
    """The write of an update. Raises ActionRequestValidation for one that makes no sense."""
    write = _write_request(request, "update")
    write.is_alone = True
    write.take(request.parsed)
    write.retry_on_conflict = request.param("retry_on_conflict")
    if request.param("doc_as_upsert"):
        request.parsed.doc_as_upsert = True
    write.validate(request.behaviour)
    return write


def _check_update(request: Request) -> None:
    _update_request(request)


@endpoint(
    "update",
    "POST /{index}/_update/{id}",
    typed("POST /{index}/{type}/{id}/_update", warning=_UPDATE_TYPES),
    params={
        "routing": string(),
        "timeout": TIMEOUT,
        "refresh": REFRESH,
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
        "doc_as_upsert": boolean(),
        **source_params.SOURCE_PARAMS,
        "retry_on_conflict": integer(0),
        "version": _NO_VERSION,
        "version_type": replace(_NO_VERSION, default="internal"),
        "if_seq_no": _IF_SEQ_NO,
        "if_primary_term": _IF_PRIMARY_TERM,
        "require_alias": boolean(since=(7, 10)),
        "include_source_on_error": boolean(True, since=(8, 15)),
    },
    docs="docs-update",
    body=parse_update,
    check=_check_update,
    action="indices:data/write/update",
)
def update(cluster: Cluster, request: Request) -> Response:
    """Change a document by a partial document or script, or insert one."""
    write = _update_request(request)
    if write.update is not None and write.update.script is not None:
        write.script = update_script(cluster, write.update.script)
    wanted = source_params.of_request(request)
    if request.parsed.source_filter is not None:
        wanted = request.parsed.source_filter
    return _written(cluster, request, write, wanted)
