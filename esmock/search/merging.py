"""The hits of several shards in one order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.search.result import Hit, ShardResult
    from esmock.search.sort_key import SortKey


def merge_hits(results: list[ShardResult]) -> list[Hit]:
    """The hits of all shards in one order; ties go to the earlier shard."""
    if len(results) == 1:
        return results[0].hits
    hits = [hit for one in results for hit in one.hits]
    keys = next((one.sort_keys for one in results if one.sort_keys), [])
    if not keys:
        return sorted(hits, key=lambda hit: -(hit.score or 0.0))
    for at in range(len(keys) - 1, -1, -1):
        hits = _sorted_by(hits, at, keys[at])
    return hits


def _sorted_by(hits: list[Hit], at: int, key: SortKey) -> list[Hit]:
    down = key.sort.descending
    if key.kind != "string":
        return sorted(hits, key=lambda hit: hit.sort_values[at], reverse=down) if not down else _stable_reverse(
            hits, lambda hit: hit.sort_values[at]
        )
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
