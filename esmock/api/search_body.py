"""A search request as the REST layer hands it down: body and URL in one. Docs: search-search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api import search_validation, source_params
from esmock.api.params import INDICES_OPTIONS, integer, parse_boolean
from esmock.errors import IllegalArgument, NullPointer, Parsing
from esmock.state.resolve import OPEN, IndicesOptions
from esmock.xcontent import json_writer
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import NeedsPositions, located

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.search.request import SearchRequest

Json = Any
_ATTRIBUTES = {
    "query": "query",
    "from": "from_",
    "size": "size",
    "explain": "explain",
    "version": "version",
    "seq_no_primary_term": "seq_no_primary_term",
    "timeout": "timeout_ms",
    "terminate_after": "terminate_after",
    "stored_fields": "stored_fields",
    "docvalue_fields": "docvalue_fields",
    "_source": "source",
    "track_scores": "track_scores",
    "track_total_hits": "track_total_hits",
    "sort": "sort",
    "stats": "stats",
    "suggest": "suggest",
}
_PLAIN = ("from", "size", "explain", "version", "seq_no_primary_term", "timeout", "terminate_after", "track_scores")
_NEEDS_SUGGEST = ("suggest_mode", "suggest_size", "suggest_text")
_LATE = ("request_cache", "scroll", *INDICES_OPTIONS)
"""Parameters that are read when what stands for the body has been put together."""
_NEEDS_Q = ("df", "analyzer", "analyze_wildcard", "lenient", "default_operator")


@dataclass(slots=True)
class SearchCall:
    """What a search endpoint was asked.

    Attributes:
        body: the body's tree, for features that read it themselves.
        allow_partial: None: the cluster's default.
        scroll: keep-alive as text; None: no scroll.
    """

    names: list[str]
    request: SearchRequest
    body: Json
    options: IndicesOptions
    routing: list[str] | None
    preference: str | None
    allow_partial: bool | None
    search_type: str
    scroll: str | None
    typed_keys: bool
    total_as_int: bool
    request_cache: bool | None = None


def parse_search(request: Request) -> SearchCall:
    """Body parser of the search endpoints."""
    content, kind = request.optional_content()
    body = None if content is None else request.read(content, kind)
    if content is not None and body is None:
        raise Parsing("Expected [START_OBJECT] but found [VALUE_NULL]", (1, 1))
    return search_call(request, body)


def search_call(request: Request, body: Json) -> SearchCall:
    """Join a body with the parameters of its request. Raises as the search parser does."""
    from esmock.search.request import SearchRequest

    is_eight = request.behaviour.major == 8 and request.typed
    parsed = SearchRequest.parse(body, request.behaviour, warn=request.warn, compatible=is_eight)
    overlay = url_body(request) if request.bad_param in (None, *_LATE) else {}
    if overlay:
        _lay_over(parsed, body or {}, overlay, request)
    parsed.forces_synthetic_source = bool(request.params.get("force_synthetic_source"))
    parsed.batched_reduce_size = request.params.get("batched_reduce_size") or parsed.batched_reduce_size
    parsed.pre_filter_shard_size = request.params.get("pre_filter_shard_size")
    parsed.total_as_int = bool(request.param("rest_total_hits_as_int"))
    parsed.scores_named_queries = bool(request.params.get("include_named_queries_score"))
    call = SearchCall(
        names=request.part_list("index"),
        request=parsed,
        body=body,
        options=request.indices_options(OPEN),
        routing=request.routings,
        preference=request.param("preference"),
        allow_partial=request.param("allow_partial_search_results"),
        search_type=request.param("search_type"),
        scroll=request.param("scroll"),
        typed_keys=search_validation.has_names(parsed) and request.params["typed_keys"] is True,
        total_as_int=request.param("rest_total_hits_as_int"),
    )
    parsed.request_cache = request.params.get("request_cache")
    parsed.uses_dfs = call.search_type == "dfs_query_then_fetch"
    _check_totals(call, request)
    search_validation.check_point_in_time(call, request)
    return call


def _lay_over(parsed: SearchRequest, body: dict[str, Json], overlay: dict[str, Json], request: Request) -> None:
    """What the URL says takes the place of what the body says; its sorts come behind those of the body."""
    given = _parse_overlay(overlay, request)
    sort = parsed.sort
    for key in overlay:
        setattr(parsed, _ATTRIBUTES[key], getattr(given, _ATTRIBUTES[key]))
    parsed.given = {**body, **overlay}
    if sort and "sort" in overlay:
        own = body["sort"]
        parsed.sort = [*sort, *(parsed.sort or ())]
        parsed.given["sort"] = [*(own if isinstance(own, list) else [own]), *overlay["sort"]]


def _parse_overlay(overlay: dict[str, Json], request: Request) -> SearchRequest:
    """Read what the URL says; where an error wants a place, it gets one in the body that the URL stands for."""
    from esmock.search.request import SearchRequest

    try:
        return SearchRequest.parse(overlay, request.behaviour, warn=request.warn)
    except NeedsPositions:
        text = json_writer.dumps(overlay)
        return SearchRequest.parse(located(text, jackson_for(request.behaviour)), request.behaviour, warn=request.warn)


def _check_totals(call: SearchCall, request: Request) -> None:
    if not call.total_as_int:
        return
    from esmock.search.request import TRACK_ALL, TRACK_NONE

    if not search_validation.tracks_totals(call, request):
        call.request.track_total_hits = TRACK_ALL
    elif call.request.track_total_hits not in (TRACK_ALL, TRACK_NONE):
        raise IllegalArgument(
            "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got "
            f"{call.request.track_total_hits}"
        )


def url_body(request: Request) -> dict[str, Json]:
    """What the URL says, as keys of a body. Raises IllegalArgument."""
    from esmock.search.request_keys import read_track_total_hits

    if not request.raw:
        return {}
    out: dict[str, Json] = {}
    query = query_of_url(request)
    if query is not None:
        out["query"] = query
    for name in _PLAIN:
        if request.has_param(name) and (value := request.param(name)) is not None:
            if name in ("from", "size") and value < 0:
                _check_negative(request, name, value)
                continue
            out[name] = value
    for name in ("stored_fields", "docvalue_fields", "stats"):
        if request.param(name):
            out[name] = request.param(name)
    if request.has_param("track_total_hits"):
        text = request.param("track_total_hits")
        out["track_total_hits"] = parse_boolean(text) if text in ("true", "false") else _int("track_total_hits", text)
        read_track_total_hits(out["track_total_hits"])
    wanted = source_params.of_request(request)
    vectors = {} if wanted.exclude_vectors is None else {"exclude_vectors": wanted.exclude_vectors}
    if wanted.fetch is not None or wanted.is_partial:
        is_object = (bool(vectors) and wanted.fetch) or wanted.is_partial
        patterns = {"includes": list(wanted.includes), "excludes": list(wanted.excludes)}
        out["_source"] = {**vectors, **patterns} if is_object else wanted.fetch
    sort = sort_of_url(request.param("sort") or [])
    if sort:
        out["sort"] = sort
    field = request.param("suggest_field")
    alone = [name for name in _NEEDS_SUGGEST if field is None and request.has_param(name)]
    if alone and request.behaviour.strict_url_query_options:
        raise IllegalArgument(
            f"request [{request.path}] contains parameters [{', '.join(alone)}] but missing 'suggest_field' parameter."
        )
    if field is not None:
        if request.has_param("suggest_size"):
            _int("suggest_size", request.raw["suggest_size"])
        if not field:
            raise IllegalArgument("suggestion field name is empty")
        if not request.has_param("suggest_mode"):
            raise NullPointer("Input string is null")
        text = request.param("suggest_text") or request.param("q") or ""
        term = {"field": field, "size": request.param("suggest_size"), "suggest_mode": request.param("suggest_mode")}
        out["suggest"] = {field: {"text": text, "term": term}}
    return out


def _int(name: str, text: str) -> int:
    value: int = integer().parse(name, text)
    return value


def _check_negative(request: Request, name: str, value: int) -> None:
    """-1 is "not given" on 7.x; later every negative number is refused."""
    if request.behaviour.negative_size_refused and request.rest_major >= 8:
        shown = f", found [{value}]" if name == "size" else f" but was [{value}]"
        raise IllegalArgument(f"[{name}] parameter cannot be negative{shown}")
    if value != -1:
        raise IllegalArgument(f"[{name}] parameter cannot be negative, found [{value}]")
    if request.behaviour.warns_of_negative_size and (name == "size" or request.behaviour.major >= 8):
        from esmock.search.request_keys import NO_SIZE

        request.warn(NO_SIZE)


def query_unless_in_body(request: Request) -> Json:
    """The query of the URL where no body takes its place."""
    return None if request.content else query_of_url(request)


def query_of_url(request: Request) -> Json:
    """The query that ``q`` and its companions stand for; None without ``q``."""
    text = request.param("q")
    if text is None:
        sent = sorted(name for name in _NEEDS_Q if request.has_param(name))
        if sent and request.behaviour.strict_url_query_options:
            raise IllegalArgument(
                f"request [{request.path}] contains parameters [{', '.join(sent)}] but missing query string parameter 'q'."
            )
        return None
    query: dict[str, Json] = {"query": text}
    for name, key in (("df", "default_field"), ("analyzer", "analyzer"), ("lenient", "lenient")):
        if request.param(name) is not None:
            query[key] = request.param(name)
    query["analyze_wildcard"] = request.param("analyze_wildcard")
    query["default_operator"] = request.param("default_operator")
    return {"query_string": query}


def sort_of_url(entries: list[str]) -> list[Json]:
    """``field:order`` entries; one with another order than asc and desc is dropped, as Elasticsearch drops it."""
    out: list[Json] = []
    for entry in entries:
        name, colon, order = entry.rpartition(":")
        if not colon:
            out.append(entry)
        elif order in ("asc", "desc"):
            out.append({name: {"order": order}})
    return out
