"""Search, count, multi search, scroll, points in time. Docs: search-search, search-count, search-multi-search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, Endpoints, typed
from esmock.api.keep_alive import too_long
from esmock.api.params import INDICES_OPTIONS, names, real, string
from esmock.api.query_body import read_query
from esmock.api.request import Request, Response
from esmock.api.search_body import SearchCall, parse_search, query_unless_in_body
from esmock.api.search_params import SEARCH_PARAMS, UNLESS_IN_BODY, at_least
from esmock.api.search_validation import check_parsed
from esmock.errors import SearchPhaseExecution
from esmock.state.resolve import OPEN

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.result import SearchResult
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in search requests is deprecated."
_COUNT_TYPES = "[types removal] Specifying types in count requests is deprecated."


def _recalled(cluster: Cluster, request: Request) -> Response | None:
    """The answer to the same search of one index where nothing has changed since: its body need not be read."""
    name = request.parts.get("index")
    if name is None or len(request.parts) > 1 or not request.content:
        return None
    from esmock.search.service import recall

    found = recall(
        cluster,
        name,
        _cache_key(request),
        options=request.indices_options(OPEN),
        allow_partial=_allows_partial(cluster, request.param("allow_partial_search_results")),
        routing=request.routings,
        preference=request.param("preference"),
    )
    if found is None:
        return None
    from esmock.shape import search as shape

    total_as_int = request.param("rest_total_hits_as_int")
    return Response(200, shape.body(found, cluster.behaviour, typed=request.typed, total_as_int=total_as_int))


@endpoint(
    "search",
    "GET,POST /_search",
    "GET,POST /{index}/_search",
    typed("GET,POST /{index}/{type}/_search", warning=_TYPES),
    params=SEARCH_PARAMS,
    docs="search-search",
    body=parse_search,
    body_first=ALWAYS,
    check=check_parsed,
    action="indices:data/read/search",
    recall=_recalled,
)
def search(cluster: Cluster, request: Request) -> Response:
    """Search documents."""
    call: SearchCall = request.parsed
    result = run_call(cluster, request, call, cache_key=_cache_key(request) if _is_remembered(call, request) else None)
    return Response(200, answer(cluster, request, call, result))


def answer(cluster: Cluster, request: Request, call: SearchCall, result: SearchResult) -> dict[str, Json]:
    """The body of a search's answer."""
    from esmock.shape import search as shape

    return shape.body(result, cluster.behaviour, typed=request.typed, total_as_int=call.total_as_int)


def run_call(cluster: Cluster, request: Request, call: SearchCall, *, cache_key: Any = None) -> SearchResult:
    """Run a search, keeping it where it scrolls.

    Args:
        cache_key: what its answer is remembered by; None: not at all.
    """
    from esmock.search.service import run

    call.request.types = types_of(request)
    if call.request.pit is not None:
        from esmock.api.point_in_time import run_point

        return run_point(cluster, request, call)
    if call.scroll is not None:
        check_keep_alive(cluster, call)
    warnings: dict[str, None] = {}

    def warn(text: str) -> None:
        request.warn(text)
        warnings[text] = None

    result = run(
        cluster,
        call.names,
        call.request,
        options=call.options,
        allow_partial=_allows_partial(cluster, call.allow_partial),
        routing=call.routing,
        preference=call.preference,
        warn=warn,
        keep_all=call.scroll is not None,
        typed_keys=call.typed_keys,
        cache_key=cache_key,
    )
    if call.scroll is not None and (result.n_shards or cluster.behaviour.major >= 8):
        from esmock.api.scroll import keep

        result.scroll_id = keep(cluster, call, result, tuple(warnings))
    return result


def _allows_partial(cluster: Cluster, given: bool | None) -> bool:
    """Whether failed shards only cost their hits, unless the request says so itself."""
    return cluster.setting("search.default_allow_partial_results", "true") != "false" if given is None else given


def _is_remembered(call: SearchCall, request: Request) -> bool:
    """Whether the answer may be given again; deprecations that reading the body announces are announced each time."""
    if call.scroll is not None or call.request.profile or call.request.size != 0 or not request.content:
        return False
    return request.param("request_cache") is not False and not request.warnings


def _cache_key(request: Request) -> Any:
    from esmock.search.request_cache import cache_key

    return cache_key(request.content, request.content_format, request.rest_major, parameters=request.raw)


def types_of(request: Request) -> tuple[str, ...]:
    """The mapping types that the path names (7.x); none: all."""
    return tuple(one for one in (request.mapping_type or "").split(",") if one)


def check_keep_alive(cluster: Cluster, call: SearchCall) -> None:
    """Refuse a scroll that wants to live too long; a failure of each shard, as in Elasticsearch."""
    assert call.scroll is not None
    error = too_long(cluster, call.scroll)
    if error is None:
        return
    from esmock.state.resolve import resolve

    failures = [
        (shard.number, index.name, cluster.node_id, error)
        for index in resolve(cluster, call.names, call.options)
        for shard in index.shards
    ]
    raise SearchPhaseExecution("query", "all shards failed", failures)


def _counted(request: Request) -> tuple[Query | None, list[Query]]:
    """The query to count by, and those in it that refer to what must be fetched."""
    pending: list[Query] = []
    return read_query(request, pending=pending), pending


@endpoint(
    "count",
    "GET,POST /_count",
    "GET,POST /{index}/_count",
    typed("GET,POST /{index}/{type}/_count", warning=_COUNT_TYPES),
    params={
        **INDICES_OPTIONS,
        **UNLESS_IN_BODY,
        "routing": string(),
        "preference": string(),
        "min_score": real(),
        "terminate_after": at_least(0, "terminateAfter must be > 0", default=0),
        "stats": names(since=(9, 5)),
    },
    docs="search-count",
    early=tuple(INDICES_OPTIONS),
    always_early=True,
    body=_counted,
    body_first=ALWAYS,
    prepare=query_unless_in_body,
    action="indices:data/read/search",
)
def count(cluster: Cluster, request: Request) -> Response:
    """Count the documents that a query matches."""
    from esmock.search.request import TRACK_ALL, SearchRequest
    from esmock.search.service import run
    from esmock.shape import search as shape

    given = query_unless_in_body(request)
    search = SearchRequest.parse({"query": given} if given is not None else None, request.behaviour, warn=request.warn)
    query, pending = request.parsed
    search.query = search.query or query
    search.pending.extend(pending)
    search.size, search.track_total_hits = 0, TRACK_ALL
    search.given = {"count": given if given is not None else repr(search.query)}
    search.min_score = request.param("min_score")
    search.terminate_after = request.param("terminate_after")
    names, options = request.part_list("index"), request.indices_options(OPEN)
    search.types = types_of(request)
    result = run(
        cluster,
        names,
        search,
        options=options,
        routing=request.routings,
        preference=request.param("preference"),
        warn=request.warn,
    )
    out: dict[str, Json] = {}
    if result.terminated_early is not None and search.terminate_after:
        out["terminated_early"] = result.terminated_early
    return Response(200, {**out, "count": result.total, "_shards": {**shape.shards(result), "skipped": 0}})  # ES: a count tells of none
