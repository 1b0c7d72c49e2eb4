"""Whether Elasticsearch rewrites a query for a shard, which aggregations that hold one show: they come back with ``meta: {}``.

A filter aggregation whose query is rewritten is copied, and copies have an empty ``meta`` where there was none; so have all
aggregations around it.
Source: answers of 7.10.2 to one filter of every query type, over mapped and unmapped fields.
"""

from __future__ import annotations

from typing import Any

from esmock.search.query.base import inner_queries

_OF_ONE_FIELD = frozenset(("term", "terms", "prefix", "wildcard", "fuzzy"))
"""Become match_none where the field is not mapped."""


def is_rewritten(query: Any, shard: Any) -> bool:
    """Whether a parsed query becomes another one on a shard.

    Args:
        shard: the engine's ShardSearch.
    """
    name = query.name
    if name in _OF_ONE_FIELD:
        return query.field.startswith("_index") or shard.mapping.field(query.field) is None
    if name == "exists":
        return not query.field.startswith("_") and not _exists(query.field, shard)
    if name == "range":
        return _range_is_rewritten(query, shard)
    if name == "ids":
        return not query.values
    if name == "bool" and not any((query.must, query.filter, query.should, query.must_not)):
        return True
    if name == "bool" and any(one.name == "match_none" for one in (*query.must, *query.filter)):
        return True
    if name == "nested" and query.ignore_unmapped and shard.mapping.object(query.path) is None:
        return True
    return any(is_rewritten(one, shard) for _, one in inner_queries(query))


def _exists(path: str, shard: Any) -> bool:
    from esmock.mapping.mapping import wildcard

    matches = wildcard(path)
    return any(True for _ in shard.mapping.fields(path)) or any(matches(one) for one in shard.mapping.all_objects())


def _range_is_rewritten(query: Any, shard: Any) -> bool:
    """Ranges over dates that hold all of a shard's dates, or none, are rewritten."""
    from esmock.search.query.date_relation import INTERSECTS, date_relation

    field = shard.field(query.field)
    if field is None:
        return not query.field.startswith("_")
    if field.name not in ("date", "date_nanos") or (query.lower is None and query.upper is None):
        return False
    return date_relation(query, field, shard) != INTERSECTS
