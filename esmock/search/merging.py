"""The hits of several shards in one order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ClassCast, IllegalArgument, SearchPhaseExecution, Unsupported

if TYPE_CHECKING:
    from esmock.search.result import Hit, ShardResult
    from esmock.search.sort_key import SortKey


def merge_hits(results: list[ShardResult]) -> list[Hit]:
    """The hits of all shards in one order; ties go to the earlier shard.

    Raises:
        SearchPhaseExecution: values of a sort do not compare, being of several types.
    """
    if len(results) == 1:
        return results[0].hits
    hits = [hit for one in results for hit in one.hits]
    keys = next((one.sort_keys for one in results if one.sort_keys), [])
    if not keys:
        return sorted(hits, key=lambda hit: -(hit.score or 0.0))
    for at in range(len(keys)):
        _agree(results, at)
    for at in range(len(keys) - 1, -1, -1):
        hits = _sorted_by(hits, at, keys[at])
    return hits


def _agree(results: list[ShardResult], at: int) -> None:
    """Make the values of one sort key comparable, which is of another type on some shards."""
    sorts = [one for one in results if one.hits and one.sort_keys]
    kinds = list(dict.fromkeys(one.sort_keys[at].lucene_type for one in sorts))
    if len(kinds) < 2:
        return
    key = sorts[0].sort_keys[at]
    if key.shard.behaviour.major < 8:
        told = (one for one in sorts if any(hit.sort_values[at] is not None for hit in one.hits))
        _refuse_cast(list(dict.fromkeys(one.sort_keys[at].lucene_type for one in told)))
    elif "STRING" in kinds:
        raise _while_reducing(
            IllegalArgument(
                f"Can't sort on field [{key.sort.field}]; the field has incompatible sort types: [{kinds[0]}] and [{kinds[1]}] across shards!"
            )
        )
    elif "DOUBLE" in kinds or "FLOAT" in kinds:
        for one in sorts:
            one.sort_keys[at].is_told_as_double = True


def _refuse_cast(kinds: list[str]) -> None:
    """7.x compares what it finds. Raises SearchPhaseExecution, Unsupported."""
    boxes = list(dict.fromkeys(_BOXES.get(kind, "") for kind in kinds))
    if "" in boxes:
        raise Unsupported("sorting by texts of one index and numbers of another")
    if len(boxes) > 1:
        first, second = boxes[:2]
        raise _while_reducing(
            ClassCast(
                f"class {first} cannot be cast to class {second} ({first} and {second} are in module java.base of loader 'bootstrap')"
            )
        )


def _while_reducing(cause: ApiError) -> SearchPhaseExecution:
    return SearchPhaseExecution("fetch", "", [], cause=cause)


_BOXES = {"INT": "java.lang.Long", "LONG": "java.lang.Long", "FLOAT": "java.lang.Float", "DOUBLE": "java.lang.Double"}


def _sorted_by(hits: list[Hit], at: int, key: SortKey) -> list[Hit]:
    down = key.sort.descending
    if key.kind != "string":

        def by_number(hit: Hit) -> tuple[bool, Any]:
            """Texts that are missing on shards that sort by texts come before any number."""
            value = hit.sort_values[at]
            return value is not None, value

        return _stable_reverse(hits, by_number) if down else sorted(hits, key=by_number)
    from esmock.store.column import utf8_order

    first = key.sort.missing == "_first"
    there = [hit for hit in hits if hit.sort_values[at] is not None]
    missing = [hit for hit in hits if hit.sort_values[at] is None]

    def by_bytes(hit: Hit) -> Any:
        return utf8_order(str(hit.sort_values[at]))

    ordered = _stable_reverse(there, by_bytes) if down else sorted(there, key=by_bytes)
    return missing + ordered if first else ordered + missing


def _stable_reverse(hits: list[Hit], key: Callable[[Hit], Any]) -> list[Hit]:
    return sorted(hits, key=key, reverse=True)
