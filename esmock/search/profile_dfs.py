"""What a profile tells of the phase before the search, in which terms are counted and near vectors found. Source: recordings of 8.19.21."""

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
    dfs = one.search.dfs
    terms, fields = (0, 0) if dfs is None else dfs.calls.get((one.target.index, one.target.number), (0, 0))
    breakdown = timed(_STATISTICS, {"create_weight": 1, "term_statistics": terms, "collection_statistics": fields})
    statistics = {
        "type": "statistics",
        "description": "collect term statistics",
        "time_in_nanos": CALL_NS * (1 + terms + fields),
        "breakdown": breakdown,
    }
    found = [_search(each, one) for each in request.nearest]
    return {"statistics": statistics, **({"knn": found} if found else {})}


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
