"""Whether a query could match anything on a shard, told without running it: what rewriting alone finds out.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.mapping.date import Date
from esmock.mapping.mapping import wildcard
from esmock.mapping.metadata_fields import NAMES
from esmock.mapping.parameter import java_text
from esmock.search.query.date_relation import DISJOINT, date_relation

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch

_BY_FIELD = ("fuzzy", "prefix", "term", "wildcard")


def can_match(query: Query | None, shard: ShardSearch) -> bool:
    """False where the query is rewritten to one that matches nothing."""
    if query is None:
        return True
    check = _CHECKS.get(type(query).name)
    return True if check is None else check(query, shard)


def _none(query: Any, shard: ShardSearch) -> bool:
    return False


def _bool(query: Any, shard: ShardSearch) -> bool:
    if not all(can_match(one, shard) for one in (*query.must, *query.filter)):
        return False
    if shard.behaviour.excluded_all_is_none and any(one.matches_all(shard) for one in query.must_not):
        return False
    optional = query.should and not query.must and not query.filter
    return not optional or any(can_match(one, shard) for one in query.should)


def _around(name: str) -> Callable[[Any, ShardSearch], bool]:
    """Queries that match where another one does."""
    return lambda query, shard: can_match(getattr(query, name), shard)


def _ids(query: Any, shard: ShardSearch) -> bool:
    return bool(query.values)


def _terms(query: Any, shard: ShardSearch) -> bool:
    return (query.lookup is not None or bool(query.values)) and _of_field(query, shard)


def _of_field(query: Any, shard: ShardSearch) -> bool:
    """A field that is not mapped has nothing; the index's own name is compared at once."""
    if query.field == "_index":
        return _of_index(query, shard)
    return shard.field(query.field) is not None or query.field in NAMES or query.field in shard.mapping.all_objects()


def _of_index(query: Any, shard: ShardSearch) -> bool:
    name = type(query).name
    if name == "terms":
        return any(wildcard(java_text(one))(shard.index) for one in query.values)
    if name in ("term", "wildcard"):
        return wildcard(java_text(query.value))(shard.index)
    if name == "prefix":
        return shard.index.startswith(java_text(query.value))
    return True


def _exists(query: Any, shard: ShardSearch) -> bool:
    return not query.matches_none(shard)


def _range(query: Any, shard: ShardSearch) -> bool:
    """A range of dates is held against the least and the greatest value of the shard."""
    field = shard.field(query.field)
    if field is None:
        return query.field in NAMES
    return not isinstance(field, Date) or date_relation(query, field, shard) != DISJOINT


_CHECKS: dict[str, Callable[[Any, ShardSearch], bool]] = {
    "match_none": _none,
    "bool": _bool,
    "boosting": _around("positive"),
    "constant_score": _around("filter"),
    "exists": _exists,
    "function_score": _around("query"),
    "ids": _ids,
    "terms": _terms,
    "wrapper": _around("inner"),
    "range": _range,
    **dict.fromkeys(_BY_FIELD, _of_field),
}
