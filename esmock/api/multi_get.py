"""Many reads in one request. Docs: docs-multi-get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.api import source_params
from esmock.api.declare import Endpoints, typed
from esmock.api.params import VERSION_TYPE, boolean, names, string
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
from esmock.state.gate import shard_denials
from esmock.state.get import Found, get_document
from esmock.xcontent.located import at_name, at_root, at_value, token
from esmock.xcontent.value_reader import long_, no_text, text

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

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
    if request.has_param("fields"):
        raise IllegalArgument(
            "The parameter [fields] is no longer supported, please use [stored_fields] to retrieve stored fields or _source "
            "filtering if the field is not stored"
        )
    content, kind = request.content_or_source()
    body = request.read(content, kind)
    if not isinstance(body, dict):
        raise Parsing(f"unexpected token [{token(body)}], expected [START_OBJECT]", at_root(body))
    items: list[Item] = []
    for key, value in body.items():
        if not isinstance(value, list):
            raise Parsing(
                f"unexpected token [{token(value)}], expected [FIELD_NAME] or [START_ARRAY]", at_value(body, key)
            )
        if key == "docs":
            for one in value:
                if not isinstance(one, dict):
                    raise _no_object()
                items.append(_with_defaults(request, _ItemReader(request).read(one)))
        elif key == "ids":
            items.extend(_with_defaults(request, Item(None, doc_id=_id(request, value, at))) for at, _ in enumerate(value))
        else:
            raise Parsing(f"unknown key [{key}] for a START_ARRAY, expected [docs] or [ids]", at_value(body, key))
    return items


def _no_object() -> IllegalArgument:
    return IllegalArgument("docs array element should include an object")


def _id(request: Request, values: list[Json], position: int) -> str:
    value = values[position]
    if isinstance(value, dict | list) or value is None:
        raise IllegalArgument("ids array element should only contain ids")
    return text(values, position, request)


class _ItemReader:
    """Reads one element of ``docs`` as Elasticsearch's token loop does: it hardly notices arrays and objects.

    An array gives its field several values one after another; an object that no field expects goes on with the item's own
    fields, and its end is taken for the item's. Null is no value. Source: recordings of 7.10.2 and 8.19.21.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.item = Item(None)

    def read(self, body: dict[str, Json]) -> Item:
        """The item. Raises IllegalArgument, Parsing, ElasticsearchParse."""
        for key in body:
            if key in ("stored_fields", "_stored_fields") and isinstance(body[key], list):
                self.item.stored_fields = [text(body[key], at, self.request) for at, _ in enumerate(body[key])]
            elif key == "_source" and isinstance(body[key], dict | list):
                self.item.source = self._source(body[key])
            elif key == "fields" and isinstance(body[key], list):
                raise Parsing("Unsupported field [fields] used, expected [stored_fields] instead", at_value(body, key))
            else:
                self._tokens(body, key, key)
        return self.item

    def _tokens(self, holder: Json, at: str | int, name: str) -> None:
        value = holder[at]
        if isinstance(value, dict):
            self.read(value)
            raise _no_object()
        if isinstance(value, list):
            for index, _ in enumerate(value):
                self._tokens(value, index, name)
        elif value is not None:
            self._value(holder, at, name)

    def _value(self, holder: Json, at: str | int, name: str) -> None:
        item, request = self.item, self.request
        if name == "_index":
            item.index = text(holder, at, request)
        elif name == "_type" and request.typed:
            item.type = text(holder, at, request) if request.behaviour.mapping_types else "_doc"
            request.warn(_TYPES)
        elif name == "_id":
            item.doc_id = text(holder, at, request)
        elif name == "routing":
            item.routing = text(holder, at, request)
        elif name in ("stored_fields", "_stored_fields"):
            item.stored_fields = [text(holder, at, request)]
        elif name == "fields":
            raise Parsing("Unsupported field [fields] used, expected [stored_fields] instead", at_value(holder, at))
        elif name == "version":
            item.version = long_(holder, at)
        elif name == "version_type":
            item.version_type = VERSION_TYPE.parse(name, text(holder, at, request))
        elif name == "_source":
            item.source = self._source_value(holder, at)
        else:
            raise ElasticsearchParse(f"failed to parse multi get request. unknown field [{name}]")

    def _source_value(self, holder: Json, at: str | int) -> SourceFilter:
        value = holder[at]
        if isinstance(value, bool) or value in ("true", "false"):
            return SourceFilter(value in (True, "true"))
        if isinstance(value, str):
            return SourceFilter(True, (value,))
        raise ElasticsearchParse(f"illegal type for _source: [{token(value)}]")

    def _source(self, value: Json) -> SourceFilter:
        if isinstance(value, list):
            return SourceFilter(True, tuple(text(value, at, self.request) for at, _ in enumerate(value)))
        found: dict[str, tuple[str, ...]] = {}
        for name in value:
            if name.rstrip("s") not in ("include", "exclude"):
                raise no_text("FIELD_NAME", at_name(value, name), self.request)
            one = value[name]
            patterns = [text(one, at, self.request) for at, _ in enumerate(one)] if isinstance(one, list) else [
                text(value, name, self.request)
            ]
            found[name.rstrip("s")] = tuple(patterns)
        return SourceFilter(True, found.get("include", ()), found.get("exclude", ()))


def _with_defaults(request: Request, item: Item) -> Item:
    if item.index is None:
        item.index = request.part("index")
    item.type = item.type or request.mapping_type
    item.routing = item.routing or request.param("routing")
    if item.stored_fields is None:
        item.stored_fields = request.param("stored_fields")
    if item.source.fetch is None:
        item.source = source_params.of_request(request)
    return item


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
        "fields": string(lazy=True),
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
    wanted = [(item.index or "", item.doc_id or "", item.routing) for item in items]
    denials = shard_denials(cluster, "indices:data/read/mget[shard]", wanted)
    return Response(200, {"docs": [_read(cluster, request, item, denial) for item, denial in zip(items, denials, strict=True)]})


def _read(cluster: Cluster, request: Request, item: Item, denial: tuple[str, ApiError] | None) -> dict[str, Json]:
    try:
        if denial is not None:
            raise denial[1]
        if item.doc_id == "":
            raise IllegalArgument("Ids can't be empty")
        found = get_document(
            cluster,
            item.index or "",
            item.doc_id or "",
            routing=item.routing,
            preference=request.param("preference"),
            realtime=request.param("realtime"),
            refresh=request.param("refresh"),
            version=item.version,
            version_type=item.version_type,
        )
        return _shown(cluster, request, item, found)
    except ApiError as error:
        if isinstance(error, RoutingMissing) and cluster.behaviour.mapping_types and item.type is None:
            error = NullPointer("type must not be null")  # ES: a bug of 7.10.2 (recording W56)
        body: dict[str, Json] = {"_index": item.index if denial is None else denial[0]}
        if request.typed:
            body["_type"] = item.type if cluster.behaviour.mapping_types else "_doc"
        return {**body, "_id": item.doc_id, "error": error.error_body()}


def _type_shown(index: Index, asked: str | None) -> str | None:
    """The type that was asked for, or the one of the index; None for an index without any mapping (7.x)."""
    if not index.mapping.behaviour.mapping_types:
        return "_doc"
    if asked not in (None, "_all"):
        return asked
    return index.type_name or ("_doc" if index.mapping.to_json() else None)


def _shown(cluster: Cluster, request: Request, item: Item, found: Found) -> dict[str, Json]:
    if item.type not in (None, "_doc", "_all", found.index.type_name):
        found.doc = None
    kind = _type_shown(found.index, item.type) if request.typed else None
    if found.doc is None:
        return shape.found(found, type_=kind, source=None)
    if request.param("force_synthetic_source"):
        from esmock.mapping.synthetic import forced

        found.doc = forced(found.doc)
    wanted, fields = item.source, item.stored_fields
    show = wanted.fetch if wanted.fetch is not None else fields is None or "_source" in fields
    source = None
    if show and found.index.mapping.source_enabled:
        source = wanted.of_document(found.doc, cluster.behaviour)
    values = source_params.stored_fields(found, fields, cluster.behaviour) if fields else None
    return shape.found(found, type_=kind, source=source, fields=values, reads_document=show or bool(fields))
