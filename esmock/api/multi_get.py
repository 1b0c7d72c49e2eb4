"""Many reads in one request. Docs: docs-multi-get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.api import source_params
from esmock.api.declare import Endpoints, typed
from esmock.api.params import boolean, names, string
from esmock.api.request import Request, Response
from esmock.api.source_params import SourceFilter
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    NullPointer,
    Parsing,
    RoutingMissing,
)
from esmock.shape import document as shape
from esmock.state import documents
from esmock.xcontent.located import at_start, at_value, token

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in multi get requests is deprecated."


@dataclass(slots=True)
class Item:
    """One document to read."""

    index: str | None
    doc_id: str | None = None
    routing: str | None = None
    type: str | None = None
    stored_fields: list[str] | None = None
    version: int | None = None
    version_type: str = "internal"
    source: SourceFilter = field(default_factory=SourceFilter)


def _parse(request: Request) -> list[Item]:
    content, kind = request.content_or_source()
    body = request.read(content, kind, label="stream")
    if not isinstance(body, dict):
        raise Parsing(f"unexpected token [{token(body)}], expected [START_OBJECT]", at_start(body))
    items: list[Item] = []
    for key, value in body.items():
        if not isinstance(value, list):
            raise Parsing(
                f"unexpected token [{token(value)}], expected [FIELD_NAME] or [START_ARRAY]", at_value(body, key)
            )
        if key == "docs":
            items.extend(_doc(request, value, number) for number in range(len(value)))
        elif key == "ids":
            items.extend(_with_defaults(request, Item(None, doc_id=_id(value, one))) for one in range(len(value)))
        else:
            raise Parsing(f"unknown key [{key}] for a START_ARRAY, expected [docs] or [ids]", at_value(body, key))
    return items


def _id(values: list[Json], position: int) -> str:
    value = values[position]
    if isinstance(value, dict | list) or value is None:
        raise IllegalArgument("ids array element should only contain ids")
    return str(value)


def _with_defaults(request: Request, item: Item) -> Item:
    item.index = item.index or request.part("index")
    item.type = item.type or request.mapping_type
    item.routing = item.routing or request.param("routing")
    if item.stored_fields is None:
        item.stored_fields = request.param("stored_fields")
    if item.source.fetch is None:
        item.source = source_params.of_request(request)
    return item


def _doc(request: Request, docs: list[Json], position: int) -> Item:
    body = docs[position]
    if not isinstance(body, dict):
        raise IllegalArgument("docs array element should include an object")
    item = Item(None)
    for key, value in body.items():
        if key == "_index":
            item.index = str(value)
        elif key == "_type" and request.typed:
            item.type = value
            request.warn(_TYPES)
        elif key == "_id":
            item.doc_id = None if value is None else str(value)
        elif key in ("routing", "_routing"):
            item.routing = None if value is None else str(value)
        elif key in ("stored_fields", "_stored_fields"):
            item.stored_fields = [value] if isinstance(value, str) else [str(one) for one in value]
        elif key == "fields":
            raise Parsing(
                "Unsupported field [fields] used, expected [stored_fields] instead", at_value(body, key)
            )
        elif key in ("version", "_version"):
            item.version = int(value)
        elif key in ("version_type", "_version_type"):
            item.version_type = str(value)
        elif key == "_source":
            item.source = source_params.of_body(value)
        else:
            raise ElasticsearchParse(f"failed to parse multi get request. unknown field [{key}]")
    return _with_defaults(request, item)


@endpoint(
    "mget",
    "GET,POST /_mget",
    "GET,POST /{index}/_mget",
    typed("GET,POST /{index}/{type}/_mget", warning=_TYPES),
    params={
        "refresh": boolean(),
        "preference": string(),
        "realtime": boolean(True),
        "routing": string(),
        "stored_fields": names(),
        **source_params.SOURCE_PARAMS,
        "force_synthetic_source": boolean(since=(8, 4)),
    },
    docs="docs-multi-get",
    body=_parse,
    action="indices:data/read/mget",
)
def mget(cluster: Cluster, request: Request) -> Response:
    """Read each document; an error is the document's own."""
    items: list[Item] = request.parsed
    problems = []
    for position, item in enumerate(items):
        if item.index is None:
            problems.append(f"index is missing for doc {position}")
        if item.doc_id is None:
            problems.append(f"id is missing for doc {position}")
    if not items:
        problems.append("no documents to get")
    if problems:
        raise ActionRequestValidation(*problems)
    return Response(200, {"docs": [_read(cluster, request, item) for item in items]})


def _read(cluster: Cluster, request: Request, item: Item) -> dict[str, Json]:
    try:
        found = documents.get(
            cluster,
            item.index or "",
            item.doc_id or "",
            routing=item.routing,
            realtime=request.param("realtime"),
            refresh=request.param("refresh"),
            version=item.version,
            version_type=item.version_type,
        )
    except ApiError as error:
        if isinstance(error, RoutingMissing) and cluster.behaviour.mapping_types and item.type is None:
            error = NullPointer("type must not be null")  # ES: a bug of 7.10.2 (recording W56)
        body: dict[str, Json] = {"_index": item.index}
        if request.typed:
            body["_type"] = item.type if cluster.behaviour.mapping_types else "_doc"
        return {**body, "_id": item.doc_id, "error": error.error_body()}
    if item.type not in (None, "_doc", "_all", found.index.type_name):
        found.doc = None
    kind = (item.type or "_doc") if request.typed else None
    if found.doc is None:
        return shape.found(found, type_=kind, source=None)
    wanted, fields = item.source, item.stored_fields
    show = wanted.fetch if wanted.fetch is not None else fields is None or "_source" in fields
    source = None
    if show and found.index.mapping.source_enabled:
        source = wanted.apply(found.doc.visible_source, cluster.behaviour)
    values = source_params.stored_fields(found, fields, cluster.behaviour) if fields else None
    return shape.found(found, type_=kind, source=source, fields=values)
