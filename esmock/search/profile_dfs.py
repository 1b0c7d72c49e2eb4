"""What a profile tells of the phase before the search, in which the nearest vectors are found. Source: recordings of 8.19.21."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.lucene.vectors import documents, searched
from esmock.search.profile import CALL_NS, collecting, profiled, timed
from esmock.search.query.knn import vectors_of

if TYPE_CHECKING:
    from esmock.search.query.knn import NearestOfAll
    from esmock.search.request import SearchRequest
    from esmock.search.result import ShardResult

Json = Any
_STATISTICS = (
    "term_statistics create_weight collection_statistics collection_statistics_count term_statistics_count rewrite_count"
    " create_weight_count rewrite"
).split()


def profile_dfs(request: SearchRequest, one: ShardResult) -> Json:
    """``dfs`` of a shard."""
    breakdown = timed(_STATISTICS, {"create_weight": 1})
    statistics = {
        "type": "statistics",
        "description": "collect term statistics",
        "time_in_nanos": CALL_NS,
        "breakdown": breakdown,
    }
    return {"statistics": statistics, "knn": [_search(each, one) for each in request.nearest]}


def _search(asked: NearestOfAll, one: ShardResult) -> Json:
    shard, knn = one.search, asked.knn
    assert knn is not None
    near = asked.candidates.get((shard.index, shard.number), [])
    segments = len(shard.reader.leaves)
    made = [searched(knn.candidates(shard)), documents(near, shard)]
    found = shard.field(knn.field)
    path = knn.field if found is None else found.path
    return {
        "vector_operations_count": sum(len(vectors_of(segment, path)[0]) for segment in shard.segments(path)),
        "query": [profiled(each, len(near), segments, late=True) for each in made],
        "rewrite_time": CALL_NS,
        "collector": [collecting("SimpleTopScoreDocCollector", "search_top_hits")],
    }
