"""Totals that are known before any document is visited: an early end of the search does not change them (8.x).

Source: answers of 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.lucene.describe import ROOT, top
from esmock.search.lucene.node import Boost, Constant, Lucene, field_exists
from esmock.search.query.compound import MatchAll
from esmock.search.request import TRACK_NONE

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import SearchRequest

_ALL = "MatchAllDocsQuery"
_BY_STATISTICS = ("TermQuery", "FieldExistsQuery")
_BY_POINTS = ("PointRangeQuery", "IndexOrDocValuesQuery")


def knows_total(request: SearchRequest, shard: ShardSearch) -> bool:
    """Whether a shard knows how many documents match without looking at them."""
    if not _may_know(request):
        return False
    if request.track_total_hits == TRACK_NONE:
        return False
    made = _bare(top(request.query or MatchAll(), shard).rewritten())
    if made.kind == _ALL:
        return True
    return all(_knows_count(request, shard, leaf, made) for leaf in shard.reader)


def counted(request: SearchRequest, shard: ShardSearch) -> list[Any]:
    """The segments of which hits are counted without looking at them, where none are asked for."""
    if not _may_know(request):
        return []
    if request.track_total_hits == TRACK_NONE:
        # nothing is looked at where neither hits nor their number are asked for
        return [] if request.aggs else [leaf.segment for leaf in shard.reader]
    made = _bare(top(request.query or MatchAll(), shard).rewritten())
    return [leaf.segment for leaf in shard.reader if made.kind == _ALL or _knows_count(request, shard, leaf, made)]


def _may_know(request: SearchRequest) -> bool:
    has_more = request.post_filter is not None or request.min_score is not None or request.collapse is not None
    return request.behaviour.major >= 8 and not has_more


def _knows_count(request: SearchRequest, shard: ShardSearch, leaf: Any, made: Lucene) -> bool:
    """Whether a segment without deletions knows how many of its documents match."""
    if leaf.has_deletions:
        return False
    if made.kind in _BY_STATISTICS:
        # the filter that keeps nested objects out looks at a field that has neither terms nor points
        return made.text() != field_exists(shard, "DocValues", ROOT).text()
    return request.page_size == 0 and made.kind in _BY_POINTS and _is_single_valued(request.query, shard, leaf)


def _bare(made: Lucene) -> Lucene:
    """A query without its constant score and its boosts."""
    while isinstance(made, Boost | Constant):
        made = made.inner
    return made


def _is_single_valued(query: Any, shard: ShardSearch, leaf: Any) -> bool:
    """Whether no document of a segment has several values of the field that a query looks at."""
    path = getattr(query, "field", None)
    one = None if path is None else shard.field(path)
    if one is None or one.column_kind is None:
        return False
    return all(
        bool((np.diff(segment.column(one.path).starts) <= 1).all()) for segment in shard.segments(one.path) if segment is leaf.segment
    )
