"""Looking into indices: analyze, resolve names, validate queries."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.analysis.analyze import AnalyzeRequest
from esmock.analysis.analyze import analyze as run_analyze
from esmock.api.declare import Endpoints, since, typed
from esmock.api.indices import OPEN
from esmock.api.params import INDICES_OPTIONS, boolean, names
from esmock.api.query_body import read_query
from esmock.api.request import Request, Response
from esmock.api.search_body import query_unless_in_body
from esmock.api.search_params import UNLESS_IN_BODY
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    IllegalArgument,
    IndexClosed,
    IndexNotFound,
    Parsing,
    SettingsError,
    Trace,
    Unsupported,
    XContentParse,
)
from esmock.mapping.parameter import java_text
from esmock.state.blocks import closed_block
from esmock.state.create import own_analysis, token_scripts
from esmock.state.data_streams import stream_of
from esmock.state.index_settings import flatten
from esmock.state.resolve import IndicesOptions, glob, has_wildcard, resolve, single, unknown
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_value, standing, token
from esmock.xcontent.object_parser import Parser, custom, strings
from esmock.xcontent.object_parser import boolean as boolean_field
from esmock.xcontent.object_parser import string as string_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch
    from esmock.search.shard_target import ShardTarget
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any


def _part(body: Json, key: Any, reading: Reading) -> Json:
    """The name of a part, or the settings that define one. Raises IllegalArgument."""
    value = body[key]
    if token(value) not in _PART:
        at = at_value(body, key)
        raise standing(XContentParse(f"Expected [VALUE_STRING] or [START_OBJECT], got {token(value)}", at), at)
    if not isinstance(value, dict):
        return values.text(body, key, reading)
    try:
        return flatten(value)
    except SettingsError as error:
        shown = java_text({name: value[name] for name in hash_order(value)})
        raise IllegalArgument(f"Failed to parse [{shown}]", cause=error) from None


_PART = ("VALUE_STRING", "START_OBJECT")
_ANALYZE = Parser(
    "analyze_request",
    strings("text"),
    string_field("analyzer"),
    custom("tokenizer", _PART, _part),
    custom("filter", ("START_ARRAY", "START_OBJECT"), values.array_of(_part)),
    custom("char_filter", ("START_ARRAY", "START_OBJECT"), values.array_of(_part)),
    string_field("field"),
    boolean_field("explain"),
    strings("attributes"),
    string_field("normalizer"),
)


def _analyze_body(request: Request) -> AnalyzeRequest:
    content, kind = request.content_or_source()
    body = request.read(content, kind)
    return AnalyzeRequest.of(_ANALYZE.parse(body, Reading(request.behaviour, request.warn)))


@endpoint(
    "indices.analyze",
    "GET,POST /_analyze",
    "GET,POST /{index}/_analyze",
    docs="indices-analyze",
    body=_analyze_body,
    action="indices:admin/analyze",
)
def analyze(cluster: Cluster, request: Request) -> Response:
    """The tokens of texts."""
    asked = request.parsed
    name = request.part("index")
    if name is None:
        analysis = own_analysis({}, cluster, request.warn)
        with analysis.asked(request.warn, token_scripts(cluster)):
            return Response(200, run_analyze(asked, analysis))
    index = single(cluster, name)
    if index.is_closed:
        raise IndexClosed(index.name, index.uuid)
    with index.analysis.asked(request.warn, token_scripts(cluster)):
        body = run_analyze(
            asked,
            index.analysis,
            index=index.name,
            field_analyzer=_field_analyzer(index, asked.field),
            max_token_count=int(index.settings.get("index.analyze.max_token_count") or 10000),
        )
    return Response(200, body)


def _field_analyzer(index: Index, name: str | None) -> Any:
    """What a field's values are analyzed with; the default for a field that is not mapped. Raises IllegalArgument."""
    if name is None:
        return None
    field = index.mapping.field(name)
    if field is None:
        return index.analysis.default
    if field.is_text:
        return field.index_analyzer  # type: ignore[attr-defined]
    if field.type_name == "keyword":
        normalizer = field.get("normalizer")
        return index.analysis.normalizer(normalizer) if normalizer else index.analysis.analyzer("keyword")
    raise IllegalArgument(f"Can't process field [{name}], Analysis requests are only supported on tokenized fields")


@endpoint(
    "indices.resolve_index",
    "GET /_resolve/index/{name}",
    since((9, 0), "POST /_resolve/index/{name}"),
    params={
        **INDICES_OPTIONS,
        "mode": names(since=(9, 0)),
    },
    docs="indices-resolve-index-api",
    action="indices:admin/resolve/index",
)
def resolve_index(cluster: Cluster, request: Request) -> Response:
    """What names stand for: indices, aliases, data streams."""
    if request.params.get("mode"):
        raise Unsupported("[mode] of indices.resolve_index")
    patterns = request.part_list("name")
    expand = request.param("expand_wildcards")
    expand = ("open",) if expand is None else expand
    expands = not {"open", "closed"}.isdisjoint(expand)
    if cluster.behaviour.major >= 8 and not request.params.get("ignore_unavailable"):
        _check_there(cluster, patterns, expands=expands)
    if request.params.get("allow_no_indices") is False:
        _check_found(cluster, patterns, expand)
    # ES: 7.x looks for names only, and no name is _all
    all_means = "_all" if cluster.behaviour.mapping_types else "*"
    chosen = partial(_is_chosen, patterns, expand=expand, all_means=all_means)
    indices = [index for name, index in sorted(cluster.indices.items()) if chosen(name, _state(index))]
    aliases = [
        name
        for name, holders in sorted(cluster.aliases().items())
        if chosen(name, {"hidden"} if _all_hidden(holders, name) else set())
    ]
    return Response(
        200,
        {
            "indices": [_index_entry(cluster, index) for index in indices],
            "aliases": [
                {"name": name, "indices": sorted(index.name for index in cluster.concrete(name))}
                for name in sorted((*aliases, *(one for one in cluster.stream_aliases if chosen(one, set()))))
            ],
            "data_streams": [
                {"name": one.name, "backing_indices": list(one.indices), "timestamp_field": "@timestamp"}
                for one in cluster.streams.values()
                if chosen(one.name, {"open"} | ({"hidden"} if one.is_hidden else set()))
            ],
        },
    )


def _check_there(cluster: Cluster, patterns: list[str], *, expands: bool) -> None:
    """Names must be there, and patterns too where they stand for nothing. Raises IndexNotFound."""
    is_pattern = ["*" in one or one == "_all" for one in patterns]
    first = is_pattern.index(True) if True in is_pattern and expands else len(patterns)
    for position, one in enumerate(patterns):
        is_exclusion = one.startswith("-") and position > first
        if not (is_pattern[position] and expands) and not is_exclusion and not cluster.exists(one):
            raise unknown(cluster, "**" if one in ("*", "_all") else one, "index_or_alias")


def _check_found(cluster: Cluster, patterns: list[str], expand: tuple[str, ...]) -> None:
    """Every pattern must stand for something. Raises IndexNotFound."""
    options = IndicesOptions(expand=expand, ignore_unavailable=True, allow_no_indices=True, forbid_closed=False)
    for one in patterns:
        if has_wildcard(one) and not one.startswith("-") and not resolve(cluster, [one], options):
            raise unknown(cluster, one, None if cluster.behaviour.mapping_types else "index_or_alias")


def _all_hidden(holders: list[Index], alias: str) -> bool:
    return all(index.aliases[alias].get("is_hidden") for index in holders)


def _is_open(index: Index, expand: tuple[str, ...]) -> bool:
    return ("closed" if index.is_closed else "open") in expand


def _state(index: Index) -> set[str]:
    return {"closed" if index.is_closed else "open"} | ({"hidden"} if index.is_hidden else set())


def _is_chosen(patterns: list[str], name: str, state: set[str], expand: tuple[str, ...], *, all_means: str) -> bool:
    """Whether patterns mean a name; behind a wildcard those with a minus take away.

    Args:
        all_means: the pattern that ``_all`` stands for.
    """
    chosen = wildcard_seen = False
    for pattern in patterns:
        one = all_means if pattern == "_all" else pattern
        if wildcard_seen and one.startswith("-"):
            chosen = chosen and not glob(one[1:]).match(name)
        elif "*" not in one:
            chosen = chosen or one == name
        else:
            wildcard_seen = True
            chosen = chosen or (glob(one).match(name) is not None and _is_shown(one, name, state, expand))
    return chosen


def _is_shown(pattern: str, name: str, state: set[str], expand: tuple[str, ...]) -> bool:
    """Whether a wildcard reaches what is closed or hidden."""
    is_dot = pattern.startswith(".") and name.startswith(".")
    if "hidden" in state and "hidden" not in expand and not is_dot:
        return False
    return state & {"open", "closed"} <= set(expand) and not {"open", "closed"}.isdisjoint(expand)


def _index_entry(cluster: Cluster, index: Index) -> dict[str, Json]:
    entry: dict[str, Json] = {"name": index.name}
    if index.aliases:
        entry["aliases"] = sorted(index.aliases)
    attributes = ["closed" if index.is_closed else "open"]
    if index.is_hidden:
        attributes.append("hidden")
    entry["attributes"] = sorted(attributes)
    stream = stream_of(cluster, index.name)
    if stream is not None:
        entry["data_stream"] = stream.name
    return entry


_VALIDATE_TYPES = (
    "[types removal] Specifying types in validate query requests is deprecated."
)


@endpoint(
    "indices.validate_query",
    "GET,POST /_validate/query",
    "GET,POST /{index}/_validate/query",
    typed("GET,POST /{index}/{type}/_validate/query", warning=_VALIDATE_TYPES),
    params={
        **INDICES_OPTIONS,
        "explain": boolean(False),
        "rewrite": boolean(False),
        "all_shards": boolean(False),
        **{name: replace(one, response=True) for name, one in UNLESS_IN_BODY.items()},
    },
    docs="search-validate",
    body=lambda request: _query_to_validate(request),
    check=lambda request: _check_query(request),
    action="indices:admin/validate/query",
)
def validate_query(cluster: Cluster, request: Request) -> Response:
    """Whether a query can be run."""
    failure, query, pending = request.parsed
    if failure is not None:
        return _invalid(failure, explain=request.param("explain"))
    try:
        _fetch(cluster, pending)
    except (IndexNotFound, IndexClosed):
        raise
    except ApiError as error:
        return _not_run(error)
    is_typed = cluster.behaviour.mapping_types
    default = replace(OPEN, allow_no_indices=not is_typed, forbid_closed=not is_typed)
    found = resolve(cluster, request.part_list("index"), request.indices_options(default))
    closed = next((index for index in found if index.is_closed), None)
    if closed is not None:
        return _not_run(closed_block([closed]))
    if request.param("rewrite") and cluster.gate is not None:
        cluster.gate.check_rewrite(found)
    explain = request.param("explain") or request.param("rewrite") or request.param("all_shards")
    explanations = _explained(cluster, request, found, query, explain=explain)
    n = len(explanations)
    valid = all(one["valid"] for one in explanations)
    answer: dict[str, Json] = {"_shards": {"total": n, "successful": n, "failed": 0}, "valid": valid}
    if explain:
        answer["explanations"] = explanations
    return Response(200, answer)


def _invalid(text: str, *, explain: bool) -> Response:
    """What is wrong with the request; it is not told where only the rewritten query is asked for."""
    return Response(200, {"valid": False, "error": text} if explain else {"valid": False})


def _fetch(cluster: Cluster, pending: list[Query]) -> None:
    """What the query refers to. Raises ApiError."""
    from esmock.search import service

    if pending:
        resources = service.environment(cluster).resources
        for one in pending:
            one.rewritten(resources)


def _not_run(error: ApiError) -> Response:
    """The answer where no shard is asked: the query refers to what is not there, or 7.x is to look into a closed index."""
    told = {"valid": False, "error": error.reason}
    shards = {"total": 0, "successful": 0, "failed": 0}
    return Response(200, {"_shards": shards, "valid": False, "explanations": [told]})


def _query_to_validate(request: Request) -> tuple[str | None, Query | None, list[Query]]:
    """What is wrong with the query of the body or of the URL, which is told in the answer; or that query, if any, and what it refers to."""
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    pending: list[Query] = []
    try:
        if request.optional_content()[0] is not None:
            return None, read_query(request, pending=pending), pending
        given = query_unless_in_body(request)
        return None, None if given is None else parse_query([given], 0, ParseContext(request.behaviour, request.warn)), pending
    except Parsing as error:
        return _error_text(error, request.behaviour), None, []
    except ApiError as error:
        return str(error.reason), None, []


def _check_query(request: Request) -> None:
    """Raises ActionRequestValidation for a body that has no query."""
    failure, query, _ = request.parsed
    if failure is None and query is None and request.optional_content()[0] is not None:
        raise ActionRequestValidation("query cannot be null")


def _error_text(error: ApiError, behaviour: Behaviour) -> str:
    """An error and its causes as Elasticsearch's exceptions describe themselves, one after the other."""
    text = _detailed(error, Trace(qualified=behaviour.qualified_traces))
    if not behaviour.vendor_content_type:
        # the package moved in 7.16
        text = text.replace("org.elasticsearch.xcontent.", "org.elasticsearch.common.xcontent.")
    return text


def _detailed(error: ApiError, trace: Trace) -> str:
    if error.is_elasticsearch and error.cause is None:
        # ES: one that stands alone does not tell its index
        return f"{error.package}.{error.java}: {error.reason}"
    if error.is_elasticsearch and error.cause is not None:
        return f"{trace.first_line(error)}; {_detailed(error.cause, trace)}"
    # ES: what lies behind an exception that is not its own is not told
    return trace.first_line(error)


def _one_of_each(cluster: Cluster, targets: list[ShardTarget]) -> list[ShardTarget]:
    """One shard of each index, whichever."""
    shards: dict[str, list[ShardTarget]] = {}
    for target in targets:
        shards.setdefault(target.index, []).append(target)
    chosen = {index: own[0] if len(own) == 1 else cluster.random.choice(own) for index, own in shards.items()}
    return [target for target in targets if target is chosen[target.index]]


def _explained(
    cluster: Cluster, request: Request, found: list[Index], query: Any, *, explain: bool
) -> list[dict[str, Json]]:
    """What each index makes of the query: its text in Lucene's syntax, or the error."""
    from esmock.search import service
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import bind_query, shard_search

    names_ = request.part_list("index")
    environment = service.environment(cluster, warn=request.warn)
    out: list[dict[str, Json]] = []
    targets = shard_targets(cluster, found, names_)
    for target in targets if request.param("all_shards") else _one_of_each(cluster, targets):
        entry: dict[str, Json] = {"index": target.index}
        if request.param("all_shards"):
            entry["shard"] = target.number
        search = shard_search(None, target, environment)  # type: ignore[arg-type]
        try:
            if query is not None:
                bind_query(query, search, False)
        except ApiError as error:
            entry |= {"valid": False, "error": _error_text(error, cluster.behaviour)}
        else:
            entry["valid"] = True
            if explain:
                entry["explanation"] = _query_text(query, search, rewrite=request.param("rewrite"))
        out.append(entry)
    return out


def _query_text(query: Any, shard: ShardSearch, *, rewrite: bool) -> str:
    """The query as Lucene writes it, or what it is rewritten to, unless no document is left to find."""
    from esmock.search.lucene.describe import describe, top
    from esmock.search.query.compound import MatchAll

    query = query or MatchAll()
    made = top(query, shard)
    if rewrite:
        made = made.rewritten()
        if made.kind == "MatchNoDocsQuery":
            # ES: the query as it was parsed, without the filter that keeps nested objects out
            made = describe(query, shard)
    return made.text()
