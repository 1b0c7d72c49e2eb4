"""Running a search over shards: query, merge, fetch. Returns plain objects; ``shape/search.py`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, SearchPhaseExecution
from esmock.search.binding import bind_query, shard_search
from esmock.search.bottom_sort import BottomSort
from esmock.search.failures import counted, listed, raise_failures, raise_fetch_failures
from esmock.search.merging import merge_hits
from esmock.search.query_phase import has_expired, query_shard
from esmock.search.request import TRACK_ALL, TRACK_NONE, SearchRequest
from esmock.search.result import SearchResult, ShardFailure, ShardResult

if TYPE_CHECKING:
    from esmock.search.aggs.internal import Results
    from esmock.search.dfs import Dfs
    from esmock.search.fetch import FetchedHit
    from esmock.search.result import Hit
    from esmock.search.shard_target import Environment, ShardTarget

Json = Any
_AT_ONCE = 5
"""How many shards of a node are asked at once (``max_concurrent_shard_requests``)."""


def execute(request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> SearchResult:
    """Run a search.

    Raises:
        SearchPhaseExecution: every shard failed, some failed and partial results are not allowed, or the reduction failed.
    """
    for query in request.pending:
        query.rewritten(environment.resources)
    from esmock.search.pre_filter import pre_filtered

    if request.slice is not None:
        from esmock.search.slice import dealt

        request = dealt(request, targets)
    if request.retriever is not None:
        from esmock.search.retriever.base import Shards

        request = request.retriever.resolved(request, Shards(targets, environment))
    n_shards = len(targets)
    if not n_shards:
        return _of_no_shards(request)
    targets, skipped = pre_filtered(request, targets, environment)
    if skipped and request.slice is not None and request.behaviour.slices_points_in_time:
        request = dealt(request, targets, skipped)
    found = queried(request, targets, environment, skipped)
    request, targets, results, failures, ordered = found.request, found.targets, found.results, found.failures, found.ordered
    page = ordered[request.page_start : request.page_start + request.page_size]
    total, relation = _total(request, results, found.n_empty + skipped)
    max_score = _max_score(results)
    page, fetched, unfetched = _fetched(request, page, results, targets, environment)
    failures = _in_order([*failures, *unfetched], targets)
    raise_fetch_failures(request, targets, failures if unfetched else [], n_shards, environment)
    if request.collapse is not None:
        from esmock.search.collapse import finish

        finish(request, fetched, page, targets, environment, failures)
    # ES: a search of no shards is answered without its aggregations
    reduced, aggregations = _reduce(request, results, failures, environment) if n_shards else (None, None)
    suggest = _suggested(request, results, targets, environment)
    result = SearchResult(
        n_shards=n_shards,
        successful=len(results) - len(unfetched) + skipped + found.n_empty,
        skipped=skipped,
        num_reduce_phases=_reduce_phases(request, len(results)),
        failures=counted(request, failures),
        total=total,
        relation=relation,
        max_score=max_score,
        hits=fetched,
        aggregations=aggregations,
        results=reduced,
        suggest=suggest,
        terminated_early=_terminated_early(request, results),
        timed_out=has_expired(request) and bool(targets),
        ordered=ordered if environment.keep_all else [],
        shards=results,
        targets=list(targets),
        fetched=[targets[shard] for shard in sorted({hit.shard for hit in page})],
    )
    if request.profile and results:
        from esmock.search.profile import profile

        result.profile = profile(request, result, environment)
    return result


def _of_no_shards(request: SearchRequest) -> SearchResult:
    """ES: where there is nothing to search, nothing else of the request is looked at."""
    total, relation = _total(request, [])
    return SearchResult(n_shards=0, successful=0, skipped=0, failures=[], total=total, relation=relation, max_score=0.0, hits=[])


@dataclass(frozen=True, slots=True)
class Queried:
    """What the query phase found on all shards; ``request`` as it was run."""

    request: SearchRequest
    targets: list[ShardTarget]
    results: list[ShardResult]
    failures: list[ShardFailure]
    ordered: list[Hit]
    n_empty: int = 0
    """Shards that were not run, since nothing matches there."""


def queried(
    request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment, n_skipped: int = 0
) -> Queried:
    """Run the query phase and merge its hits. Raises SearchPhaseExecution as ``execute`` does."""
    results: list[ShardResult] = []
    failures: list[ShardFailure] = []
    if request.knn:
        from esmock.search.nearest import with_nearest

        request = with_nearest(request, targets, environment)
    # ES: of a single shard no statistics are collected
    is_collected = request.uses_dfs and request.query is not None and (request.nearest or len(targets) + n_skipped > 1)
    dfs = _collected_statistics(request, targets, environment) if is_collected else None
    targets = list(targets)
    bottom = BottomSort(replace(request, sort=None) if environment.keep_all else request)
    n_empty = 0
    for position, target in enumerate(targets):
        if request.profile and results and _is_empty(request, target, environment):
            # ES: of a shard that answers without being searched there is nothing to tell
            n_empty += 1
            continue
        try:
            if request.runtime_mappings or target.mapping.runtime:
                from esmock.search.runtime_fields import overlaid

                targets[position] = target = overlaid(target, request.runtime_mappings, environment)
            found = query_shard(request, target, position, environment, dfs, is_alone=len(targets) == 1)
            bottom.consume(found)
            results.append(found)
        except ApiError as error:
            failure = _failure(request, target, environment, error, position) if results else error
            if failure is None:
                n_empty += 1
            else:
                failures.append(ShardFailure(target, failure))
    raise_failures(request, targets, failures, environment, n_skipped + n_empty)
    ordered = merge_hits(results, failures)
    if request.collapse is not None:
        from esmock.search.collapse import best_of_groups

        ordered = best_of_groups(ordered, request.page_start + request.page_size)
    return Queried(request, targets, results, failures, ordered, n_empty)


def _failure(request: SearchRequest, target: ShardTarget, environment: Environment, error: ApiError, position: int) -> ApiError | None:
    """Why a shard fails though others have answered; None: it need not be run.

    Args:
        position: the first few shards are asked at once, the others are first asked whether they match.
    """
    try:
        return None if _is_empty(request, target, environment) else error
    except ApiError as earlier:
        return earlier if request.behaviour.pre_filter_fails and position >= _AT_ONCE else error


def _is_empty(request: SearchRequest, target: ShardTarget, environment: Environment) -> bool:
    """Whether a shard need not be run: others have answered, and its query is rewritten to one that matches nothing.

    Raises:
        ApiError: it cannot be sorted, which is tried first (7.x).
    """
    from esmock.search.pre_filter import check_sorted, must_visit_all

    if environment.keep_all or must_visit_all(request):
        return False
    shard = shard_search(request, target, environment)
    check_sorted(request, shard)
    return request.query is not None and request.query.matches_none(shard)


def _in_order(failures: list[ShardFailure], targets: list[ShardTarget]) -> list[ShardFailure]:
    """The failures of both phases as their shards are numbered."""
    numbers = {id(target): number for number, target in enumerate(targets)}
    return sorted(failures, key=lambda one: numbers.get(id(one.target), len(numbers)))


def _fetched(
    request: SearchRequest, page: list[Hit], results: list[ShardResult], targets: Sequence[ShardTarget], environment: Environment
) -> tuple[list[Hit], list[FetchedHit], list[ShardFailure]]:
    """The hits of a page and what they carry; the hits of a shard that cannot fetch one of them are lost."""
    from esmock.search.fetch import fetch

    by_target = {id(one.target): one for one in results}
    found: dict[int, FetchedHit] = {}
    failures: list[ShardFailure] = []
    for shard in sorted({hit.shard for hit in page}):
        hits = [hit for hit in page if hit.shard == shard]
        try:
            found.update(zip(map(id, hits), fetch(request, hits, by_target, targets, environment), strict=True))
        except ApiError as error:
            failures.append(ShardFailure(targets[shard], error))
    if any(one.lookups for one in found.values()):
        from esmock.search.lookup_fields import look_up

        look_up(list(found.values()), environment)
    kept = [hit for hit in page if id(hit) in found]
    return kept, [found[id(hit)] for hit in kept], failures


def _reduce_phases(request: SearchRequest, n_results: int) -> int:
    """How often results are reduced: each time as many wait as a batch holds, the reduced ones being one of them."""
    if request.page_size == 0 and not request.aggs:
        return 1
    waiting = phases = 0
    for _ in range(n_results):
        if waiting + (phases > 0) >= request.batched_reduce_size:
            phases += 1
            waiting = 0
        waiting += 1
    return phases + 1


def _reduce(
    request: SearchRequest, results: list[ShardResult], failures: list[ShardFailure], environment: Environment
) -> tuple[Results | None, Json]:
    """The aggregations, joined over the shards, and as they are printed."""
    if not request.aggs:
        return None, None
    from esmock.search.aggs.internal import ReduceContext, Rendering, results_body

    ctx = ReduceContext(request.behaviour, environment.max_buckets, scripts=environment.scripts)
    try:
        reduced = request.aggs.reduce_tree([one.aggregations for one in results], ctx)
    except ApiError as error:
        raise SearchPhaseExecution("fetch", "", listed(failures), cause=error) from None
    return reduced, results_body(reduced, Rendering(request.behaviour, environment.typed_keys, request.total_as_int))


def _suggested(
    request: SearchRequest, results: list[ShardResult], targets: Sequence[ShardTarget], environment: Environment
) -> Json:
    if request.suggest is None or not request.suggest.suggestions:
        return None
    from esmock.search.suggest.finish import fetched

    suggest = request.suggest.reduce([one.suggest for one in results], typed_keys=environment.typed_keys)
    return fetched(request, suggest, results, targets, environment)


def _total(request: SearchRequest, results: list[ShardResult], n_empty: int = 0) -> tuple[int | None, str]:
    if request.track_total_hits == TRACK_NONE:
        # ES: where all shards answered without being searched, nothing is known to be left out
        return (0 if n_empty and not results else None), "eq"
    total = sum(one.total for one in results)
    if request.track_total_hits < TRACK_NONE:
        cause = IllegalArgument(f"value must be >= 0, got {request.track_total_hits}")
        raise SearchPhaseExecution("fetch", "", [], cause=cause)
    limit = request.track_total_hits
    if limit != TRACK_ALL and total > limit:
        return limit, "gte"
    return total, "eq"


def _terminated_early(request: SearchRequest, results: list[ShardResult]) -> bool | None:
    """Whether collecting ended early; None: nobody would know."""
    if request.terminate_after and results:
        return any(one.terminated_early for one in results)
    only_counts = request.page_size == 0 and request.track_total_hits == TRACK_ALL and not request.aggs and request.suggest is None
    # ES: 8.x counts with a collector that could end
    return False if only_counts and results and request.behaviour.major >= 8 else None


def _max_score(results: list[ShardResult]) -> float | None:
    scores = [one.max_score for one in results if one.max_score is not None]
    if not results:
        return 0.0
    return max(scores) if scores else None


def _collected_statistics(request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> Dfs:
    """Ask every shard for the statistics that the query's scores need. Raises SearchPhaseExecution where all refuse."""
    from esmock.search.dfs import Dfs
    from esmock.search.slice import check_slice

    dfs = Dfs()
    failures = []
    assert request.query is not None
    for target in targets:
        shard = shard_search(request, target, environment)
        shard.dfs = dfs
        dfs.begin((target.index, target.number))
        try:
            if request.slice is not None:
                check_slice(request, target, shard, scrolls=environment.keep_all)
            bind_query(request.query, shard, True)
            for step in request.rescore:
                bind_query(step.query, shard, True)
            dfs.end()
        except ApiError as error:
            failures.append(ShardFailure(target, error))
    if failures and len(failures) == len(targets):
        listed = [(one.target.number, one.target.index, one.target.node or None, one.error) for one in failures]
        raise SearchPhaseExecution("dfs", "all shards failed", listed)
    dfs.close()
    return dfs
