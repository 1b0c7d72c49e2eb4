"""``knn`` beside the query: before the search every shard is asked, and the best of all shards join the query. Docs: knn-search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from esmock.errors import ApiError, SearchPhaseExecution
from esmock.search.binding import bind_query, shard_search
from esmock.search.query.compound import Bool
from esmock.search.query.knn import Knn, Near, Nearest, NearestOfAll
from esmock.search.query_phase import check_shard

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.request import SearchRequest
    from esmock.search.shard_target import Environment, ShardTarget


def with_nearest(request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> SearchRequest:
    """The request whose query finds the nearest documents too. Raises SearchPhaseExecution where every shard refuses."""
    found = [_of_all(one, request, targets, environment) for one in request.knn]
    queries: list[Query] = [*([] if request.query is None else [request.query]), *found]
    query = queries[0] if len(queries) == 1 else Bool(should=queries)
    # ES: the phase that asks for the nearest gathers the statistics of the terms, too
    return replace(request, query=query, knn=[], uses_dfs=True, nearest=found)


def _of_all(knn: Knn, request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> NearestOfAll:
    asked = replace(knn, boost=1.0, query_name=None, is_beside=True)
    near: list[tuple[tuple[str, int], Near]] = []
    out = NearestOfAll(boost=knn.boost, query_name=knn.query_name, knn=knn)
    failures: list[tuple[int, str, str | None, ApiError]] = []
    for target in targets:
        shard = shard_search(request, target, environment)
        try:
            check_shard(request, target, shard, environment)
            bound = bind_query(asked, shard, True)
        except ApiError as error:
            failures.append((target.number, target.index, target.node or None, error))
            continue
        if isinstance(bound, Nearest):
            place = target.index, target.number
            near.extend((place, one) for one in bound.near)
            if request.profile:
                whole = bind_query(replace(asked, k=asked.candidates(shard)), shard, True)
                out.candidates[place] = whole.near
    if failures and len(failures) == len(targets):
        raise SearchPhaseExecution("dfs", "all shards failed", failures)
    near.sort(key=lambda pair: -pair[1].score)
    for place, one in near[: knn.k]:
        out.near.setdefault(place, []).append(one)
    return out
