"""Query parameters of the search endpoints, in the order in which they are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esmock.api.params import (
    INDICES_OPTIONS,
    Param,
    boolean,
    enum,
    integer,
    names,
    nullable_boolean,
    one_of,
    string,
    time_text,
)
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.api.request import Request


def at_least(
    minimum: int, reason: str, *, default: int | None = None, lazy: bool = True, since: tuple[int, int] = (0, 0)
) -> Param:
    """An int parameter with a lower bound and its own text below it."""
    plain = integer(default, lazy=lazy)

    def read(name: str, text: str) -> int:
        value: int = plain.parse(name, text)
        if value < minimum:
            raise IllegalArgument(reason)
        return value

    return Param(read, default, lazy=lazy, since=since)


_SEARCH_TYPES = {
    "query_then_fetch": "query_then_fetch",
    "dfs_query_then_fetch": "dfs_query_then_fetch",
}

SEARCH_TYPE = one_of(lambda text: f"No search type for [{text}]", _SEARCH_TYPES, "query_then_fetch")


def _beside_q(request: Request) -> bool:
    return "q" in request.raw and not request.content


def _beside_suggest_field(request: Request) -> bool:
    return "suggest_field" in request.raw or request.behaviour.strict_url_query_options


QUERY_STRING_PARAMS: dict[str, Param] = {
    "q": string(),
    "df": string(lazy=True, needs="q"),
    "analyzer": string(lazy=True, needs="q"),
    "analyze_wildcard": boolean(False, lazy=True, needs="q"),
    "lenient": nullable_boolean(lazy=True, needs="q"),
    "default_operator": enum(
        "org.elasticsearch.index.query.Operator", "or", "and", default="or", lazy=True, needs="q"
    ),
}
"""The query string in the URL and what belongs to it."""

UNLESS_IN_BODY: dict[str, Param] = {
    name: replace(one, needs=(lambda request: not request.content) if one.needs is None else _beside_q)
    for name, one in QUERY_STRING_PARAMS.items()
}
"""The same where a body takes its place."""

SOURCE_PARAMS: dict[str, Param] = {
    "from": integer(lazy=True, read_since=(8, 0)),
    "size": integer(lazy=True, read_since=(8, 0)),
    "explain": nullable_boolean(lazy=True),
    "version": nullable_boolean(lazy=True),
    "seq_no_primary_term": nullable_boolean(lazy=True),
    "timeout": time_text(lazy=True),
    "terminate_after": at_least(0, "terminateAfter must be > 0", default=0),
    "stored_fields": names(),
    "docvalue_fields": names(),
    "_source": string(),
    "_source_includes": names(),
    "_source_excludes": names(),
    "_source_exclude_vectors": boolean(None, since=(9, 2)),
    "track_scores": boolean(False, lazy=True),
    "track_total_hits": string(lazy=True),
    "sort": names(),
    "stats": names(),
    "suggest_field": string(),
    "suggest_text": string(lazy=True, needs=_beside_suggest_field),
    "suggest_size": integer(5, lazy=True, needs=_beside_suggest_field),
    "suggest_mode": enum(
        "org.elasticsearch.search.suggest.term.TermSuggestionBuilder.SuggestMode",
        "missing",
        "popular",
        "always",
        default="missing",
        lazy=True,
        needs=_beside_suggest_field,
    ),
}
"""What stands for a key of the body."""

SEARCH_PARAMS: dict[str, Param] = {
    "batched_reduce_size": at_least(2, "batchedReduceSize must be >= 2", default=512, lazy=False),
    "pre_filter_shard_size": at_least(1, "preFilterShardSize must be >= 1"),
    "max_concurrent_shard_requests": at_least(1, "maxConcurrentShardRequests must be >= 1"),
    "allow_partial_search_results": boolean(None, lazy=True),
    "search_type": SEARCH_TYPE,
    **QUERY_STRING_PARAMS,
    **SOURCE_PARAMS,
    "request_cache": nullable_boolean(),
    "scroll": time_text(),
    "routing": string(),
    "preference": string(),
    **INDICES_OPTIONS,
    "min_compatible_shard_node": string(lazy=True),
    "rest_total_hits_as_int": boolean(False, response=True),
    "ccs_minimize_roundtrips": boolean(True),
    "typed_keys": boolean(response=True),
    "include_named_queries_score": boolean(False, since=(8, 8)),
    "force_synthetic_source": boolean(False, since=(8, 4), lazy=True),
}
