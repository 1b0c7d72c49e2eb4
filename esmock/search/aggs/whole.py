"""What follows from the documents of a whole segment alone, and so stays with it: segments never change.

An aggregation over every document of a segment groups them alike in each search, and sums the groups' values alike. ``Leaf.known``
tells that documents and owners are such a pair; groupings and sums of it are kept under a key that names every source on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock.search.aggs.collecting import BucketOrds, Leaf

Array = Any
Key = tuple[Any, ...]

GROUPINGS = 8
"""So many groupings are kept with a segment; each weighs up to 16 bytes a document."""

MOMENTS = 64


@dataclass(frozen=True, slots=True)
class Keyed:
    """Documents with their buckets' keys; equally long arrays.

    Attributes:
        keys: numbers, or positions in ``dictionary`` where there is one.
    """

    docs: Array
    owners: Array
    keys: Array
    dictionary: Any = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Documents with their buckets' numbers, as they are where no bucket was known before.

    Attributes:
        block: what ``BucketOrds`` knows of the buckets.
        counts: int64[n_buckets], documents.
    """

    docs: Array
    numbers: Array
    block: Any
    counts: Array

    @classmethod
    def of(cls, leaf: Leaf, keyed: Keyed) -> Grouping:
        from esmock.search.aggs.buckets import document_counts

        ords = BucketOrds()
        numbers = ords.add_keyed(keyed)
        return cls(keyed.docs, numbers, ords.block, document_counts(leaf, keyed.docs, numbers, len(ords)))


class Recent:
    """What was built last, up to a number of entries."""

    __slots__ = ("_entries", "_limit")

    def __init__(self, limit: int) -> None:
        self._entries: dict[Key, Any] = {}
        self._limit = limit

    def get(self, key: Key, build: Callable[[], Any]) -> Any:
        """The entry of a key, built where it is not there; the one used longest ago makes room."""
        found = self._entries.pop(key, None)
        if found is None:
            found = build()
            if len(self._entries) >= self._limit:
                del self._entries[next(iter(self._entries))]
        self._entries[key] = found
        return found


def kept_grouping(leaf: Leaf, key: Key, keyed: Callable[[], Keyed]) -> Grouping:
    """The grouping of a key; what it hands on is noted as known under that key."""
    found: Grouping = kept_samples(leaf, key, lambda: Grouping.of(leaf, keyed()))
    leaf.note(found.docs, found.numbers, key)
    return found


def kept_samples(leaf: Leaf, key: Key, build: Callable[[], Any]) -> Any:
    """Something of a key that weighs about as much as a grouping; it is not to be changed."""
    kept: Recent = leaf.kept(("groupings",), lambda: Recent(GROUPINGS))
    return kept.get(key, build)


def kept_moments(leaf: Leaf, key: Key, build: Callable[[], Any]) -> Any:
    """The sums of a key; they are not to be changed."""
    kept: Recent = leaf.kept(("moments",), lambda: Recent(MOMENTS))
    return kept.get(key, build)
