"""Many searches in one request. Docs: search-multi-search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, typed
from esmock.api.params import INDICES_OPTIONS, boolean, integer, one_of
from esmock.api.request import Request, Response
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall
from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument
from esmock.state.resolve import OPEN, IndicesOptions
from esmock.xcontent import reading
from esmock.xcontent.located import NeedsPositions

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in multi search requests is deprecated."
_SEARCH_TYPES = ("query_then_fetch", "dfs_query_then_fetch")
_WILDCARDS = {"open": ("open",), "closed": ("closed",), "hidden": ("hidden",), "none": (), "all": ("open", "closed", "hidden")}


def _parse(request: Request) -> list[SearchCall]:
    content, _ = request.content_or_source()
    if not content.endswith(b"\n"):
        raise IllegalArgument("The msearch request must be terminated by a newline [\n]")
    lines = [line[:-1] if line.endswith(b"\r") else line for line in content[:-1].split(b"\n")]
    calls: list[SearchCall] = []
    position = 0
    if len(lines) > 1 and not lines[0].strip() and lines[1].strip().startswith(b"{"):
        lines = lines[1:]  # ES: one blank line at the beginning is passed over
    while position < len(lines):
        header = lines[position]
        if position + 1 >= len(lines):
            if header.strip():
                _read_metadata(request, _empty_call(request), _metadata(request, header))
            break
        calls.append(call_of(request, header, lines[position + 1]))
        position += 2
    if not calls:
        raise ActionRequestValidation("no requests added")
    return calls


def call_of(request: Request, header: bytes, line: bytes) -> SearchCall:
    """The search that a header and a body make."""
    from esmock.search.request import SearchRequest

    call = _empty_call(request)
    _read_metadata(request, call, _metadata(request, header))
    text = line if line.strip() else b"{}"
    plain = reading.read(text, "json", request.behaviour, with_positions=request.is_located, label="stream")
    call.body = plain
    call.request = SearchRequest.parse(plain, request.behaviour, warn=request.warn)
    if call.total_as_int:
        from esmock.search.request import TRACK_ALL

        if "track_total_hits" not in plain:
            call.request.track_total_hits = TRACK_ALL
    return call


def _metadata(request: Request, header: bytes) -> dict[str, Json]:
    return reading.read_all(header, "json", request.behaviour) or {} if header.strip() else {}


def _empty_call(request: Request) -> SearchCall:
    """A search with what the URL says."""
    return SearchCall(
        names=request.part_list("index"),
        request=None,  # type: ignore[arg-type]
        body=None,
        options=request.indices_options(OPEN),
        routing=None,
        preference=None,
        allow_partial=None,
        search_type=request.param("search_type") or "query_then_fetch",
        scroll=None,
        typed_keys=bool(request.param("typed_keys")),
        total_as_int=request.param("rest_total_hits_as_int"),
    )


def _read_metadata(request: Request, call: SearchCall, metadata: dict[str, Json]) -> None:
    for key, value in metadata.items():
        if key in ("index", "indices"):
            if isinstance(value, list):
                call.names = [str(name) for name in value]
            else:
                call.names = [name for name in str(value or "").split(",") if name]
        elif key in ("type", "types") and request.typed:
            request.warn(_TYPES)
        elif key in ("search_type", "searchType"):
            if value not in _SEARCH_TYPES:
                raise IllegalArgument(f"No search type for [{value}]")
            call.search_type = str(value)
        elif key in ("request_cache", "requestCache", "preference", "ccs_minimize_roundtrips", "ccsMinimizeRoundtrips"):
            continue
        elif key == "routing":
            call.routing = str(value).split(",")
        elif key in ("allow_partial_search_results", "allowPartialSearchResults"):
            call.allow_partial = value in (True, "true")
        elif not _read_option(call, key, value):
            raise IllegalArgument(f"key [{key}] is not supported in the metadata section")


def _read_option(call: SearchCall, key: str, value: Json) -> bool:
    options: IndicesOptions = call.options
    if key in ("expand_wildcards", "expandWildcards"):
        chosen = [value] if isinstance(value, str) else list(value)
        expand = tuple(dict.fromkeys(kind for one in chosen for part in one.split(",") for kind in _WILDCARDS[part]))
        call.options = replace(options, expand=expand)
    elif key in ("ignore_unavailable", "ignoreUnavailable"):
        call.options = replace(options, ignore_unavailable=value in (True, "true"))
    elif key in ("allow_no_indices", "allowNoIndices"):
        call.options = replace(options, allow_no_indices=value in (True, "true"))
    elif key not in ("ignore_throttled", "ignoreThrottled"):
        return False
    return True


@endpoint(
    "msearch",
    "GET,POST /_msearch",
    "GET,POST /{index}/_msearch",
    typed("GET,POST /{index}/{type}/_msearch", warning=_TYPES),
    params={
        **INDICES_OPTIONS,
        "max_concurrent_searches": integer(lazy=True),
        "pre_filter_shard_size": integer(lazy=True),
        "max_concurrent_shard_requests": integer(lazy=True),
        "search_type": one_of(
            lambda text: f"No search type for [{text}]",
            {"query_then_fetch": "query_then_fetch", "dfs_query_then_fetch": "dfs_query_then_fetch"},
        ),
        "ccs_minimize_roundtrips": boolean(True),
        "rest_total_hits_as_int": boolean(response=True),
        "typed_keys": boolean(response=True),
    },
    docs="search-multi-search",
    body=_parse,
    action="indices:data/read/msearch",
    streams=True,
)
def msearch(cluster: Cluster, request: Request) -> Response:
    """Carry out every search; an error is the search's own."""
    started = cluster.clock.monotonic_ns()
    responses = [_one(cluster, request, call) for call in request.parsed]
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return Response(200, {"took": took, "responses": responses})


def _one(cluster: Cluster, request: Request, call: SearchCall) -> dict[str, Json]:
    try:
        result = run_call(cluster, request, call)
    except NeedsPositions:
        raise
    except ApiError as error:
        return error.body()
    return {**answer(cluster, request, call, result), "status": 200}
