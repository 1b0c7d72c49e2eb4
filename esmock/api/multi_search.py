"""Many searches in one request. Docs: search-multi-search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.api import search_validation
from esmock.api.declare import Endpoints, typed
from esmock.api.params import INDICES_OPTIONS, boolean, integer, parse_boolean, string
from esmock.api.request import Request, Response
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall
from esmock.api.search_params import SEARCH_TYPE, at_least
from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument, Parsing, XContentParse
from esmock.mapping.parameter import java_text
from esmock.state.gate import narrowed
from esmock.state.resolve import OPEN
from esmock.xcontent import json_reader, reading
from esmock.xcontent.jackson import At, jackson_for, wrap_syntax
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import LocatedObject, NeedsPositions, after

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in multi search requests is deprecated."
_SEARCH_TYPES = ("query_then_fetch", "dfs_query_then_fetch")
_TEMPLATE_TYPES = "[types removal] Specifying types in multi search template requests is deprecated."
"""ES: what 8.x says of types in a multi search that asks to be compatible with 7."""
_OPTIONS = {
    "expand_wildcards": "expand_wildcards",
    "expandWildcards": "expand_wildcards",
    "ignore_unavailable": "ignore_unavailable",
    "ignoreUnavailable": "ignore_unavailable",
    "allow_no_indices": "allow_no_indices",
    "allowNoIndices": "allow_no_indices",
    "ignore_throttled": "ignore_throttled",
    "ignoreThrottled": "ignore_throttled",
}

_OF_EACH = {"pre_filter_shard_size": "preFilterShardSize", "max_concurrent_shard_requests": "maxConcurrentShardRequests"}
"""Parameters that are handed to each search, which then looks at them."""

_HEADER_OPTIONS = {**INDICES_OPTIONS, "ignore_throttled": replace(INDICES_OPTIONS["ignore_throttled"], early_warning=None)}
"""ES: headers may name it without a warning."""


def stream_lines(request: Request) -> Iterator[tuple[bytes, bytes]]:
    """The headers and bodies of a multi search, as JSON.

    Raises:
        ElasticsearchParse: there is no body at all.
        IllegalArgument: a line has no end, told when it is come to; what is wrong with a header without a body.
    """
    content, kind = request.content_or_source()
    if kind == "smile":
        from esmock.xcontent.formats import json_lines

        content = json_lines(content, kind, request.behaviour)
    *lines, rest = content.split(b"\n")
    lines = [line[:-1] if line.endswith(b"\r") else line for line in lines]
    if _begins_blank(request, lines):
        lines = lines[1:]
    yield from zip(lines[::2], lines[1::2], strict=False)
    if len(lines) % 2 and (lines[-1].strip() or rest):
        _read_metadata(request, _empty_call(request), _metadata(request, lines[-1]))
    if rest:
        raise IllegalArgument("The msearch request must be terminated by a newline [\n]")


def _begins_blank(request: Request, lines: list[bytes]) -> bool:
    """Whether the first line is a blank one, which 7.x passes over; later it is an empty header."""
    if not request.typed or not lines or lines[0].strip():
        return False
    request.warn(
        "support for empty first line before any action metadata in msearch API is deprecated and will be removed in the next "
        "major version"
    )
    return True


def _parse(request: Request) -> list[SearchCall]:
    calls = [call_of(request, header, line) for header, line in stream_lines(request)]
    if calls:
        for name, called in _OF_EACH.items():
            if request.has_param(name) and request.param(name) < 1:
                raise IllegalArgument(f"{called} must be >= 1")
    return calls


def _check(request: Request) -> None:
    if not request.parsed:
        raise ActionRequestValidation("no requests added")
    faults = [fault for call in request.parsed for fault in search_validation.problems(call, request)]
    if faults:
        raise ActionRequestValidation(*faults)
    for call in request.parsed:
        search_validation.check_typed_keys(call, request)


def call_of(request: Request, header: bytes, line: bytes) -> SearchCall:
    """The search that a header and a body make."""
    from esmock.search.request import TRACK_ALL, SearchRequest

    call = _empty_call(request)
    _read_metadata(request, call, _metadata(request, header))
    call.body = request.read(line if line.strip() else b"{}", "json")
    if request.behaviour.wrapped_syntax_errors and isinstance(call.body, LocatedObject):
        rest = after(call.body)
        if rest is not None:
            raise _behind_the_end(rest[1])
    if call.body is None:
        raise Parsing("Expected [START_OBJECT] but found [VALUE_NULL]", (1, 1))
    call.request = SearchRequest.parse(call.body, request.behaviour, warn=request.warn, stands_alone=False)
    request.param("rest_total_hits_as_int")
    call.request.request_cache = call.request_cache
    call.request.uses_dfs = call.search_type == "dfs_query_then_fetch"
    if call.total_as_int and "track_total_hits" not in call.body:
        call.request.track_total_hits = TRACK_ALL
    call.request.total_as_int = bool(call.total_as_int)
    if "include_named_queries_score" in request.params:
        call.request.scores_named_queries = request.param("include_named_queries_score")
    return call


def _behind_the_end(at: At) -> XContentParse:
    return XContentParse("Unexpected token after end of object", at)


def read_to_end(request: Request, header: bytes) -> None:
    """From 8.x nothing may follow a header. Raises XContentParse."""
    jackson = jackson_for(request.behaviour)
    try:
        json_reader.parse(header, jackson=jackson, label="stream", extra=lambda _, at: _behind_the_end(at))
    except XContentParse:
        raise
    except ApiError as error:
        raise wrap_syntax(error, jackson) from None


def _metadata(request: Request, header: bytes) -> dict[str, Json]:
    """A header as a map; what is no object counts as an empty one."""
    if not header.strip():
        return {}
    tree = reading.read_all(header, "json", request.behaviour, label="stream")
    if request.behaviour.wrapped_syntax_errors:
        if isinstance(tree, list):
            raise _behind_the_end((1, 2))
        read_to_end(request, header)
    return tree if isinstance(tree, dict) else {}


def _empty_call(request: Request) -> SearchCall:
    """A search with what the URL says."""
    return SearchCall(
        names=request.part_list("index"),
        request=None,  # type: ignore[arg-type]
        body=None,
        options=request.indices_options(OPEN),
        routing=request.routings,
        preference=None,
        allow_partial=None,
        search_type=request.param("search_type"),
        scroll=None,
        typed_keys=request.params["typed_keys"] is True,
        total_as_int=request.params["rest_total_hits_as_int"] is True,
    )


def _read_metadata(request: Request, call: SearchCall, metadata: dict[str, Json]) -> None:
    for key in hash_order(metadata):  # ES: a header is read into a hash map
        value = metadata[key]
        if key in ("index", "indices"):
            call.names = _names(value)
        elif key in ("type", "types") and request.typed:
            request.warn(_TYPES if request.behaviour.mapping_types else _TEMPLATE_TYPES)
        elif key in ("search_type", "searchType"):
            if value not in _SEARCH_TYPES:
                raise IllegalArgument(f"No search type for [{value}]")
            call.search_type = str(value)
        elif key in ("request_cache", "requestCache"):
            call.request_cache = _boolean(key, value)
        elif key == "preference":
            call.preference = None if value is None else java_text(value)
        elif key in ("ccs_minimize_roundtrips", "ccsMinimizeRoundtrips"):
            continue
        elif key == "routing":
            call.routing = [one for one in java_text(value).split(",") if one]
        elif key in ("allow_partial_search_results", "allowPartialSearchResults"):
            call.allow_partial = _boolean(None, value)
        elif key not in _OPTIONS:
            raise IllegalArgument(f"key [{key}] is not supported in the metadata section")
    _read_options(request, call, metadata)


def _names(value: Json) -> list[str]:
    """Index names: a list of them, or one text with commas."""
    if isinstance(value, list):
        return [java_text(name) for name in value]
    return [] if value is None else [name for name in java_text(value).split(",") if name]


def _boolean(key: str | None, value: Json) -> bool:
    """A boolean as maps hold it; errors name the key, or ``null`` where the reader was not told it."""
    try:
        return value if isinstance(value, bool) else parse_boolean(java_text(value))
    except IllegalArgument as cause:
        raise IllegalArgument(f"Could not convert [{key or 'null'}] to boolean", cause=cause) from None


def _read_options(request: Request, call: SearchCall, metadata: dict[str, Json]) -> None:
    """The indices options of a header, which are read after everything else."""
    read: dict[str, Json] = {}
    for key, value in metadata.items():
        name = _OPTIONS.get(key)
        if name is not None and value is not None:
            text = ",".join(map(java_text, value)) if isinstance(value, list) else java_text(value)
            read[name] = _HEADER_OPTIONS[name].read(name, text, request)
    call.options = call.options.changed(
        read.get("expand_wildcards"), read.get("ignore_unavailable"), read.get("allow_no_indices")
    )


MSEARCH_PARAMS = {
    **INDICES_OPTIONS,
    "max_concurrent_searches": at_least(1, "maxConcurrentSearchRequests must be positive"),
    "pre_filter_shard_size": integer(lazy=True),
    "max_concurrent_shard_requests": integer(lazy=True),
    "search_type": replace(SEARCH_TYPE, response=True),
    "routing": string(),
    "ccs_minimize_roundtrips": boolean(True),
    "rest_total_hits_as_int": boolean(response=True),
    "typed_keys": boolean(response=True),
    "include_named_queries_score": boolean(False, since=(8, 8), response=True),
}


@endpoint(
    "msearch",
    "GET,POST /_msearch",
    "GET,POST /{index}/_msearch",
    typed("GET,POST /{index}/{type}/_msearch", warning=_TYPES),
    params=MSEARCH_PARAMS,
    docs="search-multi-search",
    body=_parse,
    check=_check,
    action="indices:data/read/msearch",
    streams=True,
)
def msearch(cluster: Cluster, request: Request) -> Response:
    """Carry out every search; an error is the search's own."""
    return together(cluster, [partial(answered, cluster, request, call) for call in request.parsed])


def together(cluster: Cluster, searches: Iterable[Callable[[], dict[str, Json]]]) -> Response:
    """The answers of searches that are run one after the other; what one of them raises is its answer."""
    started = cluster.clock.monotonic_ns()
    responses = [_or_error(search) for search in searches]
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return Response(200, {"took": took, "responses": responses})


def _or_error(search: Callable[[], dict[str, Json]]) -> dict[str, Json]:
    try:
        return search()
    except NeedsPositions:
        raise
    except ApiError as error:
        return error.body()


def answered(cluster: Cluster, request: Request, call: SearchCall) -> dict[str, Json]:
    """The answer to one search among many. Raises ApiError."""
    call.names = narrowed(cluster, "indices:data/read/search", call.names, call.options)
    return {**answer(cluster, request, call, run_call(cluster, request, call)), "status": 200}
