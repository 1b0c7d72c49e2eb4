"""Scrolling: the next page of a kept search, and letting it go. Docs: scroll-api, clear-scroll-api."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.keep_alive import too_long
from esmock.api.params import boolean, names, string, time_text
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    IllegalArgument,
    IllegalState,
    JsonParse,
    SearchContextMissing,
    SearchContextMissingNodes,
    SearchPhaseExecution,
    TooManyScrollContexts,
    Unsupported,
    XContentParse,
)
from esmock.state.contexts import Context, contexts
from esmock.state.scroll_id import ContextId, of_nothing
from esmock.state.scroll_id import parse as parse_scroll_id
from esmock.xcontent.located import token
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.api.search_body import SearchCall
    from esmock.search.request import SearchRequest
    from esmock.search.result import SearchResult, ShardResult
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
MAX_SCROLLS = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A scroll's search and its first result, which holds every hit in order.

    Attributes:
        warnings: what the shards warned of; ES: they read the query again for every page.
    """

    call: SearchCall
    result: SearchResult
    warnings: Sequence[str] = ()


def keep(cluster: Cluster, call: SearchCall, result: SearchResult, warnings: Sequence[str] = ()) -> str:
    """Keep a search for scrolling; returns the scroll id."""
    found = contexts(cluster)
    assert call.scroll is not None
    _check_limit(cluster, result, len(found.scrolls))
    if result.skipped and not result.targets:
        return of_nothing()
    expires = cluster.clock.now_ms() + parse_time_ms(call.scroll, "scroll")
    scroll_id, context = found.open_scroll(cluster, Kept(call, result, warnings), expires, ((one.index, one.number) for one in result.targets))
    context.position = len(result.hits)
    return scroll_id


def _check_limit(cluster: Cluster, result: SearchResult, n_open: int) -> None:
    """Refuse a scroll beyond ``search.max_open_scroll_context``."""
    limit = int(cluster.setting("search.max_open_scroll_context", str(MAX_SCROLLS)))
    if n_open + result.n_shards <= limit:
        return
    text = (
        f"Trying to create too many scroll contexts. Must be less than or equal to: [{limit}]. This limit can be set by "
        "changing the [search.max_open_scroll_context] setting."
    )
    kind = TooManyScrollContexts if cluster.behaviour.major >= 8 else ApiError
    failures = [(one.target.number, one.target.index, cluster.node_id, kind(text)) for one in result.shards]
    raise SearchPhaseExecution("query", "all shards failed", failures)


def _body(request: Request) -> dict[str, Json]:
    content, kind = request.optional_content()
    if content is None:
        return {}
    try:
        return _checked(request.read(content, kind), is_list=request.endpoint.name == "clear_scroll")
    except (JsonParse, XContentParse) as cause:
        raise IllegalArgument("Failed to parse request body", cause=cause) from None


def _checked(body: Json, *, is_list: bool) -> dict[str, Json]:
    """A body whose keys and kinds of values are known; ``is_list``: ids may come as a list."""
    if not isinstance(body, dict):
        raise IllegalArgument("Malformed content, must start with an object")
    for key, value in body.items():
        kinds: Any = (str, list) if is_list else str
        is_known = (key == "scroll_id" and isinstance(value, kinds)) or (key == "scroll" and isinstance(value, str))
        if key == "rest_total_hits_as_int" and isinstance(value, bool):
            continue
        if not is_known:
            raise IllegalArgument(
                f"Unknown parameter [{key}] in request body or parameter is of the wrong type[{token(value)}] "
            )
        if key == "scroll":
            parse_time_ms(value, "scroll")
    return body


def _scroll_id(request: Request) -> str | None:
    given = (request.parsed.get("scroll_id"), request.part("scroll_id"), request.param("scroll_id"))
    return next((one for one in given if one is not None), None)


def _check(request: Request) -> None:
    if _scroll_id(request) is None:
        raise ActionRequestValidation("scrollId is missing")


@endpoint(
    "scroll",
    "GET,POST /_search/scroll",
    "GET,POST /_search/scroll/{scroll_id}",
    params={"scroll_id": string(), "scroll": time_text(), "rest_total_hits_as_int": boolean(response=True)},
    docs="scroll-api",
    body=_body,
    check=_check,
    action="indices:data/read/scroll",
)
def scroll(cluster: Cluster, request: Request) -> Response:
    """The next page."""
    from esmock.search.fetch import fetch
    from esmock.search.service import environment
    from esmock.shape import search as shape

    body = request.parsed
    scroll_id = _scroll_id(request) or ""
    named = parse_scroll_id(scroll_id, cluster.behaviour)
    context = contexts(cluster).scroll(scroll_id, cluster.sender)
    if context is None:
        raise _gone(cluster, named)
    asked = body.get("scroll") or request.param("scroll")
    keep_alive = asked or context.kept.call.scroll
    error = too_long(cluster, str(keep_alive))
    if error is not None:
        # ES: a failure here names no shard
        raise SearchPhaseExecution("query", "all shards failed", [(-1, None, None, error)], cause=error)
    context.expires_ms = cluster.clock.now_ms() + parse_time_ms(keep_alive, "scroll")
    kept: Kept = context.kept
    for one in kept.warnings:
        request.warn(one)
    result = _next_page(cluster, context, kept, fetch, environment(cluster, warn=request.warn))
    # ES: the id is told again where its life is prolonged
    result.scroll_id = scroll_id if asked else None
    if not asked and kept.result.n_shards == 1:
        # ES: what is fetched together with the query, and is not prolonged, is let go
        contexts(cluster).close_scroll(cluster, scroll_id)
    as_int = request.param("rest_total_hits_as_int") or body.get("rest_total_hits_as_int", False)
    return Response(200, shape.body(result, cluster.behaviour, typed=request.typed, total_as_int=as_int))


def _gone(cluster: Cluster, named: list[ContextId]) -> ApiError:
    """What becomes of a scroll id that names contexts which are not there."""
    if not named:
        return SearchPhaseExecution("query", "no nodes to search on")
    unknown = list(dict.fromkeys(one.node_id for one in named if one.node_id != cluster.node_id))
    if unknown and cluster.behaviour.scroll_names_missing_nodes:
        return SearchContextMissingNodes(
            f"Search context of type [scroll] references nodes that have left the cluster: [{', '.join(unknown)}]",
            extra={"context_type": "scroll", "missing_nodes": unknown},
        )
    if unknown:
        errors = [IllegalState(f"node [{node_id}] is not available") for node_id in unknown]
        failed = SearchPhaseExecution("query", "all shards failed", [(-1, None, None, error) for error in errors])
        failed.cause = None  # ES: none is given here
        return failed
    missing = SearchContextMissing(f"No search context found for id [{named[0].number}]")
    return SearchPhaseExecution("query", "all shards failed", [(-1, None, None, missing)], cause=missing)


def _next_page(cluster: Cluster, context: Context, kept: Kept, fetch: Any, env: Any) -> SearchResult:
    from dataclasses import replace

    first = kept.result
    size = kept.call.request.page_size
    early = _ends_early(kept, context.position, size)
    page = first.ordered[context.position : context.position + size]
    context.position += len(page)
    hits = fetch(kept.call.request, page, {id(one.target): one for one in first.shards}, first.targets, env)
    # ES: a scroll goes on where a shard was searched and has not failed
    n_shards = len(first.targets) - len(first.failures)
    told = replace(first, n_shards=n_shards, successful=n_shards, skipped=0, failures=[], hits=hits)
    return replace(told, aggregations=None, took_ms=0, terminated_early=early)


def _ends_early(kept: Kept, position: int, size: int) -> bool | None:
    """Whether some shard has more hits than a page; None where that is not looked at: hits do not come as they lie there."""
    request, first = kept.call.request, kept.result
    if request.behaviour.major >= 8:
        return None
    if request.sort and not (len(request.sort) == 1 and request.sort[0].is_score):
        if [(one.field, one.descending) for one in request.sort] != [("_doc", False)]:
            return None
    elif not all(_scores_alike(request, shard) for shard in first.shards):
        return None
    rest = Counter(hit.shard for hit in first.ordered[position:])
    return any(count > size for count in rest.values())


def _scores_alike(request: SearchRequest, shard: ShardResult) -> bool:
    """Whether all hits of a query have one score, as far as its form tells."""
    from esmock.search.lucene.describe import top
    from esmock.search.query.compound import MatchAll

    try:
        made = top(request.query or MatchAll(), shard.search).rewritten()
    except Unsupported:
        return False
    while made.kind == "BoostQuery":
        made = made.inner  # type: ignore[attr-defined]
    return made.kind in ("ConstantScoreQuery", "MatchAllDocsQuery")


def _held(context: Context) -> int:
    """How many shards a scroll keeps open."""
    kept: Kept = context.kept
    return max(len(kept.result.shards), 1)


def _ids_body(request: Request) -> list[str]:
    """The scrolls to let go: those of the body, where there is one."""
    if request.optional_content()[0] is None:
        return request.part_list("scroll_id") or request.param("scroll_id") or []
    ids = _body(request).get("scroll_id", [])
    return [ids] if isinstance(ids, str) else list(ids)


def _check_ids(request: Request) -> None:
    if not request.parsed:
        raise ActionRequestValidation("no scroll ids specified")


@endpoint(
    "clear_scroll",
    "DELETE /_search/scroll",
    "DELETE /_search/scroll/{scroll_id}",
    params={"scroll_id": names()},
    docs="clear-scroll-api",
    body=_ids_body,
    check=_check_ids,
    action="indices:data/read/scroll/clear",
)
def clear_scroll(cluster: Cluster, request: Request) -> Response:
    """Let scrolls go."""
    ids = request.parsed
    found = contexts(cluster)
    if ids == ["_all"]:
        freed = sum(_held(found.close_scroll(cluster, one)) for one in list(found.scrolls))
        return Response(200, {"succeeded": True, "num_freed": freed})
    for scroll_id in ids:
        parse_scroll_id(scroll_id, cluster.behaviour)
    own = [scroll_id for scroll_id in dict.fromkeys(ids) if found.scroll(scroll_id, cluster.sender) is not None]
    freed = sum(_held(found.close_scroll(cluster, scroll_id)) for scroll_id in own)
    return Response(200 if freed else 404, {"succeeded": True, "num_freed": freed})
