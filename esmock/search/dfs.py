"""Statistics of all shards together: ``search_type=dfs_query_then_fetch``. Docs: search-search.

Before the search each shard's query is bound once to see which terms and fields its scores ask for; what the shards say of them is
added up, and the scores then ask for the sums. Terms of which no shard was asked keep the numbers of their own shard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.search.query.shard import FieldStatistics


class Dfs:
    """What the shards said; collecting until ``close``."""

    def __init__(self) -> None:
        self._collecting = True
        self._terms: dict[tuple[str, Any], int] = {}
        self._fields: dict[str, list[int]] = {}
        self._said_terms: dict[tuple[str, Any], int] = {}
        self._said_fields: dict[str, FieldStatistics] = {}
        self._calls = [0, 0]
        self.calls: dict[tuple[str, int], list[int]] = {}
        """By index and shard, how often it was asked for a term that it has, and for a field."""

    def begin(self, place: tuple[str, int]) -> None:
        """What follows is said by another shard: (index, number); it counts once it is ``end``ed."""
        self._said_terms, self._said_fields = {}, {}
        self._calls = self.calls.setdefault(place, [0, 0])

    def end(self) -> None:
        """The shard has said what it has to say; of one that fails before, nothing counts."""
        for key, own in self._said_terms.items():
            self._terms[key] = self._terms.get(key, 0) + own
        for path, found in self._said_fields.items():
            sums = self._fields.setdefault(path, [0, 0])
            sums[0] += found.doc_count
            sums[1] += found.total_terms

    def close(self) -> None:
        """From now on the sums are told."""
        self._collecting = False

    def doc_freq(self, path: str, term: Any, own: int) -> int:
        """Documents with a term on all shards.

        Args:
            own: documents on the asking shard.
        """
        key = (path, term)
        if not self._collecting:
            return self._terms.get(key, own)
        self._calls[0] += own > 0
        self._said_terms.setdefault(key, own)
        return own

    def field(self, path: str, own: FieldStatistics) -> FieldStatistics:
        """The statistics of a field on all shards."""
        from esmock.search.query.shard import FieldStatistics

        if not self._collecting:
            found = self._fields.get(path)
            return own if found is None else FieldStatistics(*found)
        self._calls[1] += 1
        self._said_fields.setdefault(path, own)
        return own
