"""Term vectors of one document and of many. Docs: docs-termvectors, docs-multi-termvectors."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, Endpoints, typed
from esmock.api.params import VERSION_TYPE, boolean, long, names, string
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    IndexNotFound,
    VersionConflictEngine,
)
from esmock.search.term_vectors import TermFilter, TermVectorsRequest
from esmock.state.gate import shard_denials
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in term vector requests is deprecated."
_MULTI_TYPES = "[types removal] Specifying types in multi term vector requests is deprecated."
_ARTIFICIAL_ID = "_id_for_tv_api"
_PARAMS = {
    "fields": names(),
    "offsets": boolean(True),
    "positions": boolean(True),
    "payloads": boolean(True),
    "routing": string(),
    "realtime": boolean(True),
    "version": long(lazy=True),
    "version_type": VERSION_TYPE,
    "preference": string(),
    "term_statistics": boolean(False),
    "field_statistics": boolean(True),
}
_FLAGS = {
    "offsets": "offsets",
    "positions": "positions",
    "payloads": "payloads",
    "term_statistics": "term_statistics",
    "termStatistics": "term_statistics",
    "field_statistics": "field_statistics",
    "fieldStatistics": "field_statistics",
}
_FILTER = {one.name for one in fields(TermFilter)}
_BOTH = "failed to parse term vectors request. either [id] or [doc] can be specified, but not both!"


def _read(request: TermVectorsRequest, body: Json, rest: Request) -> TermVectorsRequest:
    """Read one request object over what is given already. Raises ElasticsearchParse."""
    reading = Reading(rest.behaviour, rest.warn)
    for key in body:
        value = body[key]
        if key in _FLAGS:
            setattr(request, _FLAGS[key], values.boolean(body, key, reading))
        elif key == "fields":
            if not isinstance(value, list):
                raise ElasticsearchParse("failed to parse term vectors request. field [fields] must be an array")
            request.fields = [values.text(value, at, reading) for at in range(len(value))]
        elif key in ("per_field_analyzer", "perFieldAnalyzer"):
            request.per_field_analyzer = _analyzers(value)
        elif key == "filter":
            request.filter = _filter(value, reading)
        elif key == "_index":
            request.index = values.text(body, key, reading)
        elif key == "_type" and rest.behaviour.mapping_types:
            request.type = values.text(body, key, reading)
            rest.warn(_TYPES)
        elif key == "_id":
            if request.doc is not None:
                raise ElasticsearchParse(_BOTH)
            request.doc_id = values.text(body, key, reading)
        elif key == "doc":
            if request.doc_id is not None:
                raise ElasticsearchParse(_BOTH)
            request.doc = value
        elif key in ("routing", "_routing"):
            request.routing = values.text(body, key, reading)
        elif key in ("version", "_version"):
            request.version = values.long_(body, key, reading)
        elif key in ("version_type", "_version_type", "versionType", "_versionType"):
            request.version_type = VERSION_TYPE.parse(key, values.text(body, key, reading))
        elif key == "dfs":
            raise IllegalArgument("distributed frequencies is not supported anymore for term vectors")
        else:
            raise ElasticsearchParse(f"failed to parse term vectors request. unknown field [{key}]")
    return request


def _analyzers(value: Json) -> dict[str, str]:
    for name, one in value.items():
        if not isinstance(one, str):
            raise ElasticsearchParse(f"expecting the analyzer at field [{name}] to be a String")
    return dict(value)


def _filter(value: Json, reading: Reading) -> TermFilter:
    found = TermFilter()
    for name in value:
        if name not in _FILTER:
            raise ElasticsearchParse(
                f"failed to parse term vectors request. the field [{name}] is not valid for filter parameter for term vector request"
            )
        setattr(found, name, values.integer(value, name, reading))
    return found


def _from_url(base: TermVectorsRequest, request: Request) -> TermVectorsRequest:
    """What the URL says over what the body says."""
    if request.param("fields"):
        base.fields = list(request.param("fields"))
    # ES: a routing that only the body has is forgotten
    base.routing = request.param("routing")
    for name in ("offsets", "positions", "payloads", "term_statistics", "field_statistics", "realtime", "version"):
        if request.has_param(name):
            setattr(base, name, request.param(name))
    if request.has_param("version_type"):
        base.version_type = request.param("version_type")
    return base


def _parse(request: Request) -> TermVectorsRequest:
    asked = TermVectorsRequest(request.part("index"), request.part("type"), request.part("id"))
    content, kind = request.optional_content()
    if content is not None:
        body = request.read(content, kind)
        if isinstance(body, dict):
            _read(asked, body, request)
    return _from_url(asked, request)


def _check(request: Request) -> None:
    problems = _problems(request.parsed)
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "termvectors",
    "GET,POST /{index}/_termvectors",
    "GET,POST /{index}/_termvectors/{id}",
    typed("GET,POST /{index}/{type}/_termvectors", warning=_TYPES),
    typed("GET,POST /{index}/{type}/{id}/_termvectors", warning=_TYPES),
    params=_PARAMS,
    docs="docs-termvectors",
    body=_parse,
    body_first=ALWAYS,
    check=_check,
    action="indices:data/read/tv",
)
def termvectors(cluster: Cluster, request: Request) -> Response:
    """Terms and statistics of one document."""
    return Response(200, _answer(cluster, request, request.parsed))


def _problems(asked: TermVectorsRequest) -> list[str]:
    out = []
    if asked.index is None:
        out.append("index is missing")
    if asked.doc_id is None and asked.doc is None:
        out.append("id or doc is missing")
    return out


def _answer(cluster: Cluster, request: Request, asked: TermVectorsRequest) -> dict[str, Json]:
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import shard_search
    from esmock.search.service import environment
    from esmock.search.term_vectors import term_vectors
    from esmock.state.get import get_document
    from esmock.state.resolve import single

    started = cluster.clock.monotonic_ns()
    index = single(cluster, asked.index or "")
    out: dict[str, Json] = {"_index": index.name}
    if request.typed:
        out["_type"] = asked.type or "_doc"
    if asked.doc is not None:
        doc, shard = _artificial(index, asked), index.shards[0]
    else:
        out["_id"] = asked.doc_id
        try:
            found = get_document(
                cluster, asked.index or "", asked.doc_id or "", routing=asked.routing, realtime=asked.realtime,
                version=asked.version, version_type=asked.version_type,
            )  # fmt: skip
        except VersionConflictEngine as error:
            raise ApiError("failed to execute term vector request", cause=error) from None
        doc = found.doc
        if asked.type not in (None, "_doc", "_all", index.type_name):
            doc = None
        if doc is None:
            return {**out, "_version": 0, "found": False, "took": _took(cluster, started)}
        shard = index.shard_for(asked.doc_id or "", found.routing)
    target = next(one for one in shard_targets(cluster, [index], [index.name]) if one.number == shard.number)
    if asked.doc is None and asked.realtime and shard.needs_refresh:
        # ES: a realtime read refreshes the reader of its own, not that of searches
        shard = shard.clone()
        shard.refresh()
        target = replace(target, reader=shard.open_reader())
    search = shard_search(None, target, environment(cluster, warn=request.warn))  # type: ignore[arg-type]
    vectors = term_vectors(asked, search, doc, is_artificial=asked.doc is not None)
    version = 0 if asked.doc is not None else doc.version
    return {**out, "_version": version, "found": True, "took": _took(cluster, started), "term_vectors": vectors}


def _took(cluster: Cluster, started: int) -> int:
    return (cluster.clock.monotonic_ns() - started) // 1_000_000


def _artificial(index: Any, asked: TermVectorsRequest) -> Any:
    """The document that a request brings along, parsed as for the index; new fields enter no mapping."""
    from esmock.store.segment import StoredDoc
    from esmock.xcontent import json_writer

    source = json_writer.dumps(asked.doc)
    try:
        index.mapping.parse_document(source, _ARTIFICIAL_ID)
    except ApiError as error:
        raise ApiError("failed to execute term vector request", cause=error) from None
    # ES: fields that the index does not know are parsed, and not shown
    return StoredDoc(_ARTIFICIAL_ID, source, None, 0, 1, 1, index.mapping)


def _parse_many(request: Request) -> list[TermVectorsRequest]:
    base = _from_url(TermVectorsRequest(request.part("index"), request.part("type")), request)
    content, kind = request.optional_content()
    ids: list[str] = [] if not request.param("ids") else list(request.param("ids"))
    found: list[TermVectorsRequest] = []
    if content is not None:
        body = request.read(content, kind)
        if isinstance(body, list):
            raise ElasticsearchParse("no parameter named [null] and type ARRAY")
        if isinstance(body, dict):
            ids += _members(request, body, base, found)
    return [*found, *(replace(base, doc_id=one) for one in hash_order(dict.fromkeys(ids)))]


def _members(request: Request, body: Json, base: TermVectorsRequest, found: list[TermVectorsRequest]) -> list[str]:
    """Read ``docs``, ``ids`` and ``parameters``; returns the ids."""
    reading = Reading(request.behaviour, request.warn)
    ids: list[str] = []
    for key, value in body.items():
        if key == "docs" and isinstance(value, list):
            for one in value:
                if not isinstance(one, dict):
                    raise IllegalArgument("docs array element should include an object")
                found.append(_read(replace(base), one, request))
        elif key == "ids" and isinstance(value, list):
            for at, one in enumerate(value):
                if isinstance(one, dict | list) or one is None:
                    raise IllegalArgument("ids array element should only contain ids")
                ids.append(values.text(value, at, reading))
        elif isinstance(value, list):
            raise ElasticsearchParse(f"no parameter named [{key}] and type ARRAY")
        elif isinstance(value, dict):
            if key != "parameters":
                raise ElasticsearchParse(f"no parameter named [{key}] and type OBJECT")
            _read(base, value, request)
        else:
            raise ElasticsearchParse(f"_mtermvectors: Parameter [{key}] not supported")
    return ids


def _check_many(request: Request) -> None:
    asked: list[TermVectorsRequest] = request.parsed
    if not asked:
        raise ActionRequestValidation("multi term vectors: no documents requested")
    problems: list[str] = []
    for number, one in enumerate(asked):
        own = _problems(one)
        if own:
            # ES: only the last bad document is told of
            problems = [*own, f"at multi term vectors for doc {number}"]
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "mtermvectors",
    "GET,POST /_mtermvectors",
    "GET,POST /{index}/_mtermvectors",
    typed("GET,POST /{index}/{type}/_mtermvectors", warning=_MULTI_TYPES),
    params={**_PARAMS, "ids": names()},
    docs="docs-multi-termvectors",
    body=_parse_many,
    check=_check_many,
    action="indices:data/read/mtv",
)
def mtermvectors(cluster: Cluster, request: Request) -> Response:
    """The same of many documents; an error is the document's own."""
    asked: list[TermVectorsRequest] = request.parsed
    wanted = [(one.index or "", one.doc_id or "", one.routing) for one in asked]
    denials = shard_denials(cluster, "indices:data/read/mtv[shard]", wanted)
    return Response(200, {"docs": [_member(cluster, request, one, denial) for one, denial in zip(asked, denials, strict=True)]})


def _check_alias(cluster: Cluster, name: str) -> None:
    """Refuse an alias of several indices where its routing is looked for. Raises IllegalArgument. Source: answers of 7.17.29."""
    holders = cluster.aliases().get(name, ())
    if len(holders) > 1:
        listed = ", ".join(hash_order(one.name for one in holders))
        raise IllegalArgument(f"Alias [{name}] has more than one index associated with it [[{listed}]], can't execute a single index op")


def _member(
    cluster: Cluster, request: Request, asked: TermVectorsRequest, denial: tuple[str, ApiError] | None
) -> dict[str, Json]:
    try:
        if denial is not None:
            raise denial[1]
        _check_alias(cluster, asked.index or "")
        return _answer(cluster, request, asked)
    except ApiError as error:
        if isinstance(error, IndexNotFound) and cluster.gate is None and cluster.behaviour.major < 8:
            error = IndexNotFound(asked.index or "", resource=None)
        out: dict[str, Json] = {"_index": asked.index if denial is None else denial[0]}
        if request.typed:
            out["_type"] = asked.type or "_doc"
        out["_id"] = asked.doc_id
        return {**out, "error": error.error_body()}
