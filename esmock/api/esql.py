"""ES|QL: queries answered at once, and those fetched later. Docs: esql-rest, esql-async-query-api.

Source: answers of 8.19.21.
Differs: a query has ended when its request is answered; one that is not waited for is shown as running once, in the answer that names
its id. ``locale``, ``pragma`` and ``tables`` have no effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.api.async_search import kept_answer, new_async_id
from esmock.api.declare import Endpoints
from esmock.api.params import Param, boolean, string, time_text
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, Unsupported
from esmock.search.query.base import ParseContext, QueryReading
from esmock.search.query.parse import parse_query
from esmock.shape import esql as shape
from esmock.state.async_searches import AsyncSearch, AsyncSearches, async_searches
from esmock.xcontent.object_parser import Parser, custom, mapping
from esmock.xcontent.object_parser import boolean as truth
from esmock.xcontent.object_parser import string as word
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.esql.query import Result
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "indices:data/read/esql"
_ACCEPTED = {"text/csv": "csv", "text/plain": "txt", "text/tab-separated-values": "tsv"}
_TREES = ("json", "yaml", "cbor", "smile")


@dataclass(frozen=True, slots=True)
class Call:
    """A query as it was sent."""

    query: str
    params: list[Json] = field(default_factory=list)
    named: dict[str, Json] = field(default_factory=dict)
    columnar: bool = False
    filter: Json = None
    wait_ms: int = 1000
    keep_alive_ms: int = 5 * 86_400_000
    keeps: bool = False


def _read_filter(body: Json, key: Any, reading: Reading) -> Json:
    """The filter's tree, once it is known to be a query. Raises what parsing it does."""
    ctx = reading.ctx if isinstance(reading, QueryReading) else ParseContext(reading.behaviour, reading.warn)
    parse_query(body, key, ctx)
    return body[key]


def _read_params(body: Json, key: Any, reading: Reading) -> list[Json]:
    return list(body[key])


_FIELDS = (
    word("query"), truth("columnar"), word("locale"), custom("filter", ("START_OBJECT",), _read_filter),
    custom("params", ("START_ARRAY",), _read_params), truth("profile"), mapping("tables"), mapping("pragma"),
    truth("accept_pragma_risks"), truth("include_ccs_metadata"), truth("include_execution_metadata"),
)  # fmt: skip
_SYNC = Parser("esql/query", *_FIELDS)
_ASYNC = Parser("esql/async_query", *_FIELDS, truth("keep_on_completion"), word("wait_for_completion_timeout"), word("keep_alive"))


def _parse(request: Request, parser: Parser) -> Call:
    reading = QueryReading.of(ParseContext(request.behaviour, request.warn))
    given = parser.parse(request.required_json(), reading)
    if not given.get("query"):
        raise ActionRequestValidation("[query] is required")
    if given.get("profile"):
        raise Unsupported("[profile] of ES|QL queries")
    values, named = [], {}
    for one in given.get("params") or ():
        entries = one if isinstance(one, dict) else {"": one}
        for name, value in entries.items():
            plain = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value
            values.append(plain)
            if name:
                named[name] = plain
    times = {
        name: parse_time_ms(given[key], key)
        for name, key in (("wait_ms", "wait_for_completion_timeout"), ("keep_alive_ms", "keep_alive"))
        if key in given
    }
    keeps = bool(given.get("keep_on_completion"))
    return Call(given["query"], values, named, bool(given.get("columnar")), given.get("filter"), keeps=keeps, **times)


_FORMAT: dict[str, Param] = {
    "format": string(response=True),
    "delimiter": string(response=True),
    "drop_null_columns": boolean(False, response=True),
}
_PARTIAL = {"allow_partial_results": boolean(None, since=(8, 18))}


def _format(request: Request, *, may_be_unknown: bool = False) -> str:
    """The format of the answer. Raises IllegalArgument.

    Args:
        may_be_unknown: one that is not known is JSON.
    """
    given = request.raw.get("format")
    accept = request.headers.get("accept", "").partition(";")[0].strip()
    found = given.lower() if given else _ACCEPTED.get(accept, "json")
    if found == "arrow":
        raise Unsupported("the format [arrow] of ES|QL answers")
    if found not in (*_TREES, *shape.TEXT_TYPES):
        if may_be_unknown:
            return "json"
        headers = request.headers
        raise IllegalArgument(
            f"Invalid request content type: Accept=[{headers.get('accept', 'null')}], "
            f"Content-Type=[{headers.get('content-type', 'null')}], format=[{given}]"
        )
    if "delimiter" in request.raw and found != "csv":
        raise IllegalArgument(f"parameter: [delimiter] can only be used with the format [csv] for request [{request.path}]")
    if "delimiter" in request.raw and len(request.raw["delimiter"]) != 1:
        kind = "empty" if not request.raw["delimiter"] else "multi-character"
        raise IllegalArgument(f"invalid {kind} delimiter [{request.raw['delimiter']}]")
    return found


def _run(cluster: Cluster, request: Request, call: Call) -> tuple[Result, int]:
    """The result of a query, and how long it took in nanoseconds."""
    from esmock.features.esql.query import run

    started = cluster.clock.monotonic_ns()
    result = run(cluster, call.query, call.params, call.named, warn=request.warn, filter_=call.filter)
    return result, cluster.clock.monotonic_ns() - started


@endpoint(
    "esql.query",
    "POST /_query",
    params={**_FORMAT, **_PARTIAL},
    docs="esql-rest",
    body=lambda request: _parse(request, _SYNC),
    check=_format,
    action=_ACTION,
    since=(8, 11),
)
def query(cluster: Cluster, request: Request) -> Response:
    """Run a query."""
    call: Call = request.parsed
    format_ = _format(request)
    result, took = _run(cluster, request, call)
    return _answer(cluster, request, call, result, took, format_)


def _answer(cluster: Cluster, request: Request, call: Call, result: Result, took: int, format_: str) -> Response:
    headers = [("Took-nanos", str(took))] if cluster.behaviour.has((8, 12)) else []
    if format_ in shape.TEXT_TYPES:
        drops = request.param("drop_null_columns")
        text = shape.text(result, format_, request.raw.get("delimiter", ","), drops_nulls=drops)
        return Response(200, text, headers, text_type=shape.TEXT_TYPES[format_])
    return Response(200, _body(cluster, request, call, result, took), headers)


def _body(cluster: Cluster, request: Request, call: Call, result: Result, took: int) -> dict[str, Json]:
    drops = request.param("drop_null_columns")
    return shape.body(result, took // 1_000_000, cluster.behaviour, columnar=call.columnar, drops_nulls=drops)


# -- asynchronous queries


def _kept(cluster: Cluster) -> AsyncSearches:
    return async_searches(cluster, "async_esql")


@endpoint(
    "esql.async_query",
    "POST /_query/async",
    params={**_FORMAT, **_PARTIAL},
    docs="esql-async-query-api",
    body=lambda request: _parse(request, _ASYNC),
    check=_format,
    action=_ACTION,
    since=(8, 13),
)
def async_query(cluster: Cluster, request: Request) -> Response:
    """Run a query; keep its answer where it is not waited for or is to be kept."""
    call: Call = request.parsed
    format_ = _format(request)
    started = cluster.clock.now_ms()
    result, took = _run(cluster, request, call)
    waits = call.wait_ms > 0
    query_id = new_async_id(cluster) if call.keeps or not waits else None
    if query_id is not None:
        kept = (call, result, took, tuple(request.warnings))
        _kept(cluster).kept[query_id] = AsyncSearch(started, started + call.keep_alive_ms, cluster.clock.now_ms(), kept, cluster.sender)
    if not waits:
        empty = {**_body(cluster, request, call, result, took), "columns": [], "values": []}
        empty.pop("all_columns", None)
        return Response(200, _headed(query_id, empty, running=True), _headers(query_id, took, running=True))
    return _completed(cluster, request, query_id, call, result, took, format_)


def _completed(
    cluster: Cluster, request: Request, query_id: str | None, call: Call, result: Result, took: int, format_: str
) -> Response:
    answer = _answer(cluster, request, call, result, took, format_)
    answer.headers = _headers(query_id, took)
    if format_ not in shape.TEXT_TYPES:
        answer.body = _headed(query_id, answer.body)
    return answer


def _headed(query_id: str | None, body: dict[str, Json], *, running: bool = False) -> dict[str, Json]:
    named = {} if query_id is None else {"id": query_id}
    return {**named, "is_running": running, **body}


def _headers(query_id: str | None, took: int, *, running: bool = False) -> list[tuple[str, str]]:
    named = [] if query_id is None else [("X-Elasticsearch-Async-Id", query_id)]
    return [("Took-nanos", str(took)), ("X-Elasticsearch-Async-Is-Running", f"?{int(running)}"), *named]


def _fetched(cluster: Cluster, request: Request) -> Response:
    query_id, found = kept_answer(cluster, request, _kept(cluster))
    call, result, took, warnings = found.response
    for one in warnings:
        request.warn(one)
    return _completed(cluster, request, query_id, call, result, took, _format(request, may_be_unknown=True))


@endpoint(
    "esql.async_query_get",
    "GET /_query/async/{id}",
    params={
        **_FORMAT,
        "keep_alive": time_text(),
        "wait_for_completion_timeout": time_text(),
    },
    docs="esql-async-query-get-api",
    since=(8, 13),
)
def async_query_get(cluster: Cluster, request: Request) -> Response:
    """The answer of a kept query."""
    return _fetched(cluster, request)


@endpoint(
    "esql.async_query_stop",
    "POST /_query/async/{id}/stop",
    params=_FORMAT,
    docs="esql-async-query-stop-api",
    since=(8, 18),
)
def async_query_stop(cluster: Cluster, request: Request) -> Response:
    """End a query: what it has found is its answer."""
    return _fetched(cluster, request)


@endpoint(
    "esql.async_query_delete",
    "DELETE /_query/async/{id}",
    docs="esql-async-query-delete-api",
    action="indices:data/read/async_search/delete",
    since=(8, 13),
)
def async_query_delete(cluster: Cluster, request: Request) -> Response:
    """Forget a kept query."""
    query_id, _ = kept_answer(cluster, request, _kept(cluster))
    del _kept(cluster).kept[query_id]
    return Response(200, {"acknowledged": True})


@endpoint(
    "esql.list_queries",
    "GET /_query/queries",
    docs="esql-list-queries",
    action="cluster:monitor/xpack/esql/list_queries",
    since=(9, 1),
)
def list_queries(cluster: Cluster, request: Request) -> Response:
    """The queries that run: while this is answered, none does."""
    return Response(200, {"queries": {}})
