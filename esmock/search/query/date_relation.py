"""How the dates of a shard lie to a range of dates: where none or all lie in it, it is another query.

Source: recordings of 7.10.2 and 8.19.21 (``date_ranges_rewritten``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.query.ranges import date_bounds

if TYPE_CHECKING:
    from esmock.mapping.date import Date
    from esmock.search.query.shard import ShardSearch

DISJOINT, WITHIN, INTERSECTS = "disjoint", "within", "intersects"


def date_relation(query: Any, field: Date, shard: ShardSearch) -> str:
    """How the dates of a shard lie to a range: none in it, all in it, or some."""
    if not field.is_indexed:
        return INTERSECTS
    bounds = extremes(shard, field.path)
    if bounds is None:
        return DISJOINT
    low, high = date_bounds(shard, field, query)
    least, most = bounds
    if (low is not None and low > most) or (high is not None and high < least):
        return DISJOINT
    return WITHIN if (low is None or low <= least) and (high is None or high >= most) else INTERSECTS


def extremes(shard: ShardSearch, path: str) -> tuple[Any, Any] | None:
    """Least and greatest value of a column, deleted documents included."""
    found = [bounds for segment in shard.segments(path) if (bounds := segment.column(path).extremes) is not None]
    return (min(least for least, _ in found), max(most for _, most in found)) if found else None
