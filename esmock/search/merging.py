"""The hits of several shards in one order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ClassCast, IllegalArgument, SearchPhaseExecution
from esmock.search.failures import listed

if TYPE_CHECKING:
    from esmock.search.result import Hit, ShardFailure, ShardResult
    from esmock.search.sort_key import SortKey
    from esmock.version import Behaviour


def merge_hits(results: list[ShardResult], failures: Sequence[ShardFailure] = ()) -> list[Hit]:
    """The hits of all shards in one order; ties go to the earlier shard.

    Args:
        failures: of other shards, which an error tells of, too.

    Raises:
        SearchPhaseExecution: values of a sort do not compare, being of several types.
    """
    if len(results) == 1:
        return results[0].hits
    hits = [hit for one in results for hit in one.hits]
    keys = next((one.sort_keys for one in results if one.sort_keys), [])
    if not keys:
        return sorted(hits, key=lambda hit: -(hit.score or 0.0))
    try:
        agree(results)
    except ApiError as error:
        raise SearchPhaseExecution("fetch", "", listed(failures), cause=error) from None
    return in_order(hits, keys)


def in_order(hits: list[Hit], keys: Sequence[SortKey]) -> list[Hit]:
    """Hits of several shards by their sort values; ties stay as they are."""
    for at in range(len(keys) - 1, -1, -1):
        hits = _sorted_by(hits, at, keys[at])
    return hits


def agree(results: Sequence[ShardResult]) -> None:
    """Make the values of every sort key comparable where one is of another type on some shards.

    Raises:
        ClassCast, IllegalArgument: they do not compare (7.x, 8.x).
    """
    sorts = [one for one in results if one.hits and one.sort_keys]
    for at in range(len(sorts[0].sort_keys) if sorts else 0):
        _agree_on(sorts, at)
        # ES: all values are printed as one shard prints its own, of whatever resolution they are: the first, or the last from 8.x on
        teller = results[0 if sorts[0].sort_keys[at].shard.behaviour.major < 8 else -1].sort_keys[at].field
        for one in sorts:
            one.sort_keys[at].told_as = teller


def _agree_on(sorts: list[ShardResult], at: int) -> None:
    kinds = list(dict.fromkeys(one.sort_keys[at].lucene_type for one in sorts))
    if len(kinds) < 2:
        return
    key = sorts[0].sort_keys[at]
    if key.shard.behaviour.major < 8:
        told = [one for one in sorts if any(hit.sort_values[at] is not None for hit in one.hits)]
        if at and not _meet(told, at):
            return
        _refuse_cast(list(dict.fromkeys(_BOXES[one.sort_keys[at].lucene_type] for one in told)), key.shard.behaviour)
    elif "STRING" in kinds:
        raise IllegalArgument(
            f"Can't sort on field [{key.sort.field}]; the field has incompatible sort types: [{kinds[0]}] and [{kinds[1]}] across shards!"
        )
    elif "DOUBLE" in kinds or "FLOAT" in kinds:
        for one in sorts:
            one.sort_keys[at].is_told_as_double = True


def _meet(sorts: list[ShardResult], at: int) -> bool:
    """Whether hits of several kinds are alike in all values before one, so that it is looked at."""
    places: dict[tuple[Any, ...], str] = {}
    for one in sorts:
        kind = one.sort_keys[at].lucene_type
        if any(places.setdefault(tuple(hit.sort_values[:at]), kind) != kind for hit in one.hits):
            return True
    return False


def _refuse_cast(boxes: list[str], behaviour: Behaviour) -> None:
    """7.x compares what it finds: texts by a comparator of their own, others with what came before. Raises ClassCast."""
    if len(boxes) > 1:
        first, second = boxes[:2]
        raise miscast(second, first, behaviour) if first == BYTES else miscast(first, second, behaviour)


BYTES = "org.apache.lucene.util.BytesRef"
_BOXES = {
    "INT": "java.lang.Long", "LONG": "java.lang.Long", "FLOAT": "java.lang.Float", "DOUBLE": "java.lang.Double", "STRING": BYTES,
    "SCORE": "java.lang.Float", "DOC": "java.lang.Integer",
}  # fmt: skip


def miscast(one: str, into: str, behaviour: Behaviour) -> ClassCast:
    """The error of a cast between two classes of the JDK, Lucene's or Elasticsearch's, which tells the modules they are in."""
    places = [_module(name, behaviour) for name in (one, into)]
    where = f"{one} and {into} are {places[0]}" if places[0] == places[1] else f"{one} is {places[0]}; {into} is {places[1]}"
    return ClassCast(f"class {one} cannot be cast to class {into} ({where})")


def _module(name: str, behaviour: Behaviour) -> str:
    if name.startswith("java."):
        return "in module java.base of loader 'bootstrap'"
    if behaviour.major < 8:
        return "in unnamed module of loader 'app'"
    is_lucene = name.startswith("org.apache.lucene.")
    module = f"org.apache.lucene.core@{behaviour.build.lucene}" if is_lucene else f"org.elasticsearch.server@{behaviour.version}"
    return f"in module {module} of loader 'app'"


def _sorted_by(hits: list[Hit], at: int, key: SortKey) -> list[Hit]:
    down = key.sort.descending
    if key.kind != "string":

        def by_number(hit: Hit) -> tuple[bool, bool, Any]:
            """Texts that are missing on shards that sort by texts come before any number; others never meet numbers."""
            value = hit.sort_values[at]
            return value is not None, isinstance(value, str), value

        return _stable_reverse(hits, by_number) if down else sorted(hits, key=by_number)
    from esmock.store.column import utf8_order

    first = key.sort.missing == "_first"
    there = [hit for hit in hits if hit.sort_values[at] is not None]
    missing = [hit for hit in hits if hit.sort_values[at] is None]

    def by_bytes(hit: Hit) -> tuple[bool, Any]:
        """Numbers, of shards that sort by numbers, never meet texts."""
        value = hit.sort_values[at]
        return (True, value) if isinstance(value, (int, float)) else (False, utf8_order(str(value)))

    ordered = _stable_reverse(there, by_bytes) if down else sorted(there, key=by_bytes)
    return missing + ordered if first else ordered + missing


def _stable_reverse(hits: list[Hit], key: Callable[[Hit], Any]) -> list[Hit]:
    return sorted(hits, key=key, reverse=True)
