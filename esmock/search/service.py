"""Searching indices by name: what the search APIs and the features share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.search.asked_shards import of_types, shard_targets, unsearchable
from esmock.search.request import SearchRequest

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.search.shard_target import Environment, ShardTarget
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.resolve import IndicesOptions
    from esmock.version import Behaviour

Json = Any


def search(
    cluster: Cluster,
    names: Sequence[str],
    body: Json = None,
    *,
    options: IndicesOptions | None = None,
    allow_partial: bool = True,
    routing: Sequence[str] | None = None,
    preference: str | None = None,
    warn: Callable[[str], None] = lambda _text: None,
    typed_keys: bool = False,
) -> SearchResult:
    """Parse and run a search.

    Args:
        names: indices, aliases, patterns; empty for all.
        body: a tree, or None.

    Raises:
        ApiError: as the search API answers it.
    """
    request = SearchRequest.parse(body, cluster.behaviour, warn=warn)
    return run(
        cluster,
        names,
        request,
        options=options,
        allow_partial=allow_partial,
        routing=routing,
        preference=preference,
        warn=warn,
        typed_keys=typed_keys,
    )


def search_made(cluster: Cluster, names: Sequence[str], body: Json, **options: Any) -> SearchResult:
    """A search whose body a feature has made of what its user gave; its errors stand where they would in that body's text.

    Args:
        options: those of ``search``.
    """
    from esmock.xcontent import json_writer, reading
    from esmock.xcontent.located import NeedsPositions

    try:
        return search(cluster, names, body, **options)
    except NeedsPositions:
        text = json_writer.dumps(body)
        return search(cluster, names, reading.read(text, "json", cluster.behaviour, with_positions=True), **options)


def run(
    cluster: Cluster,
    names: Sequence[str],
    request: SearchRequest,
    *,
    options: IndicesOptions | None = None,
    allow_partial: bool = True,
    routing: Sequence[str] | None = None,
    preference: str | None = None,
    warn: Callable[[str], None] = lambda _text: None,
    keep_all: bool = False,
    typed_keys: bool = False,
    cache_key: Any = None,
) -> SearchResult:
    """Run a parsed search over the indices that the names stand for.

    Args:
        cache_key: what its answer is remembered by; None: not at all.
    """
    from esmock.state.resolve import OPEN

    started = cluster.clock.monotonic_ns()
    indices = _readable(cluster, names, options or OPEN)
    if cluster.gate is not None:
        cluster.gate.check_search(request, indices)
    targets = of_types(request, shard_targets(cluster, indices, names, routing, preference))
    _resolve_boosts(cluster, request, options or OPEN)
    env = environment(cluster, allow_partial=allow_partial, warn=warn, keep_all=keep_all, typed_keys=typed_keys)
    result = _remembered(request, targets, env, cache_key)
    tell_shards(cluster, request, env, result)
    result.took_ms = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return result


def _readable(cluster: Cluster, names: Sequence[str], options: IndicesOptions) -> list[Index]:
    """The indices that names stand for. Raises as ``resolve``; ClusterBlock where one may not be read."""
    from esmock.state.blocks import check_blocks
    from esmock.state.resolve import resolve

    indices = resolve(cluster, names, options)
    check_blocks(cluster, indices, "read")
    return indices


def recall(
    cluster: Cluster,
    name: str,
    key: Any,
    *,
    options: IndicesOptions,
    allow_partial: bool,
    routing: Sequence[str] | None = None,
    preference: str | None = None,
) -> SearchResult | None:
    """The answer to a search of one index that was answered before, where nothing has changed since; None: it is to be run.

    Args:
        name: of the index itself.
        key: what the answer is remembered by.
    """
    from esmock.search.request_cache import RequestCache

    index = cluster.indices.get(name)
    if index is None or index.lacks_primary or cluster.shard_faults or cluster.gate is not None:
        return None
    reader = index.shards[0].reader
    if reader is None or key not in RequestCache.of(reader):
        return None
    started = cluster.clock.monotonic_ns()
    try:
        targets = shard_targets(cluster, _readable(cluster, [name], options), [name], routing, preference)
    except ApiError:
        return None
    env = environment(cluster, allow_partial=allow_partial)
    found = RequestCache.of(reader).get(key, targets, env.max_buckets)
    if found is None or found.asked is None:
        return None
    _count(cluster, env, found, what="query_total")
    found.took_ms = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return found


def tell_shards(cluster: Cluster, request: SearchRequest, env: Environment, result: SearchResult) -> None:
    """Tell the shards that they were searched, for their statistics."""
    from esmock.search.cacheable import Asked

    result.asked = Asked.of(request, scrolls=env.keep_all, n_shards=len(result.targets))
    _count(cluster, env, result, what="suggest_total" if request.is_only_suggest else "query_total", groups=request.stats)
    if env.behaviour.has((7, 15)) and not request.is_only_suggest:
        _count_fields(cluster, request, result)


def _count(cluster: Cluster, env: Environment, result: SearchResult, *, what: str, groups: Sequence[str] = ()) -> None:
    """Count a search in the statistics of its shards. A shard alone is also asked for its hits, be there any or not.

    Args:
        what: ``query_total``, or ``suggest_total`` where no query was run.
        groups: ``stats``, whose searches are counted apart as well.
    """
    asked = result.asked
    failed = {(failure.target.index, failure.target.number) for failure in result.failures}
    fetched = {(target.index, target.number) for target in (result.targets if len(result.targets) == 1 else result.fetched)}
    for target in result.targets:
        index = cluster.indices.get(target.index)
        place = (target.index, target.number)
        if index is None or place in failed:
            continue
        shard = index.shards[target.number]
        done = [what, "fetch_total"] if place in fetched else [what]
        for one in done:
            shard.count(one)
        for group in groups:
            for one in done:
                shard.count(f"{one}/{group}")
        if asked is not None and target.reader is shard.reader and asked.is_kept_by(target, env):
            shard.count_answer((asked.key, repr(target.alias_filters), env.allow_partial), len(asked.key))


def _count_fields(cluster: Cluster, request: SearchRequest, result: SearchResult) -> None:
    """Count which structures of which fields were read, in the statistics of the shards that are still there."""
    from esmock.search.field_usage import of_fetch_phase, of_query_phase

    fetched = {(target.index, target.number) for target in result.fetched}
    known: dict[tuple[int, bool], dict[str, set[str]]] = {}
    for target in result.targets:
        index = cluster.indices.get(target.index)
        if index is None:
            continue
        is_fetched = (target.index, target.number) in fetched
        uses = known.get((id(target.mapping), is_fetched))
        if uses is None:
            uses = known[id(target.mapping), is_fetched] = of_query_phase(request, target.mapping)
            for name, kinds in of_fetch_phase(request, target.mapping).items() if is_fetched else ():
                uses.setdefault(name, set()).update(kinds)
        index.shards[target.number].count_fields(uses)


def _remembered(request: SearchRequest, targets: list[ShardTarget], env: Environment, key: Any) -> SearchResult:
    from esmock.search.execute import execute

    if key is None or not targets or request.pending:
        return execute(request, targets, env)
    from dataclasses import replace

    from esmock.search.request_cache import RequestCache
    from esmock.xcontent.json_writer import decimals_for

    cache = RequestCache.of(targets[0].reader)
    found = cache.get(key, targets, env.max_buckets)
    if found is not None:
        return found
    warnings: list[str] = []
    try:
        found = execute(request, targets, replace(env, warn=warnings.append))
    finally:
        for warning in warnings:
            env.warn(warning)
    if not warnings:  # else they are given again by a search that is run again
        cache.put(key, targets, env.max_buckets, found, decimals_for(env.behaviour))
    return found


def _resolve_boosts(cluster: Cluster, request: SearchRequest, options: IndicesOptions) -> None:
    """Put the indices in place of the expressions of ``indices_boost``; the first that means an index counts.

    Raises:
        IndexNotFound: an index that is named does not exist.
    """
    from esmock.state.resolve import resolve

    found: dict[str, float] = {}
    for name, boost in request.index_boosts:
        for index in resolve(cluster, [name], options):
            found.setdefault(index.name, boost)
    request.index_boosts = list(found.items())


def _max_buckets(behaviour: Behaviour) -> int:
    """What ``search.max_buckets`` is without a setting."""
    if behaviour.major < 7:
        return 10_000
    return 65_536 if behaviour.has((7, 13)) else 65_535


def environment(
    cluster: Cluster,
    *,
    allow_partial: bool = True,
    warn: Callable[[str], None] = lambda _text: None,
    keep_all: bool = False,
    typed_keys: bool = False,
) -> Environment:
    """What a search needs of the cluster."""
    from esmock.script.stored import scripts
    from esmock.search.resources import Resources
    from esmock.search.shard_target import Environment

    return Environment(
        cluster.behaviour,
        now_ms=cluster.clock.now_ms(),
        max_buckets=int(cluster.setting("search.max_buckets", str(_max_buckets(cluster.behaviour)))),
        resources=Resources(cluster),
        scripts=scripts(cluster),
        allow_partial=allow_partial,
        keep_all=keep_all,
        typed_keys=typed_keys,
        warn=warn,
        shard_faults=unsearchable(cluster),
    )
