"""What follows from the documents of a whole segment alone, and so stays with it: segments never change.

An aggregation over every document of a segment groups them alike in each search, and sums the groups' values alike. ``Leaf.pair``
tells that documents and owners are such a pair, or some of one; groupings and sums of it are kept under a key that names every source on
the way. Of a search for some documents the groups follow from those of all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.search.aggs.kahan import stable_order
from esmock.search.aggs.leaf import LEAST_KEPT, Leaf, Pair
from esmock.search.aggs.owners import BucketOrds

Array = Any
Key = tuple[Any, ...]
Load = Callable[[Array, Array], "Keyed"]
"""The keys of documents (docs and owners) in the order of the documents."""

GROUPINGS = 12
"""So many groupings are kept with a segment; each weighs up to 16 bytes a document."""

MOMENTS = 64


LEAST_SHARE = 8
"""A search of fewer documents than one in so many is not worth the grouping of all, unless that is there."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The keys of the buckets that documents are in.

    Attributes:
        positions: int64[n], ascending, of documents among those asked for; None: each of them once.
        keys: [n] numbers, or places in ``dictionary`` where there is one.
    """

    positions: Array | None
    keys: Array
    dictionary: Any = None

    def of(self, docs: Array, owners: Array) -> tuple[Array, Array]:
        """Docs and owners beside the keys."""
        return (docs, owners) if self.positions is None else (docs[self.positions], owners[self.positions])


@dataclass(frozen=True, slots=True)
class Grouping:
    """The documents of a pair with their buckets' numbers, as they are where no bucket was known before.

    Attributes:
        positions: int64[n], ascending, places in the pair; None: each of them once.
        block: what ``BucketOrds`` knows of the buckets.
        counts: int64[n_buckets], documents.
    """

    docs: Array
    numbers: Array
    positions: Array | None
    block: Any
    counts: Array

    @classmethod
    def of(cls, leaf: Leaf, pair: Pair, load: Load) -> Grouping:
        from esmock.search.aggs.buckets import document_counts

        keyed = load(pair.docs, pair.owners)
        docs, owners = keyed.of(pair.docs, pair.owners)
        ords = BucketOrds()
        numbers = ords.add_keyed(owners, keyed.keys, keyed.dictionary)
        return cls(docs, numbers, keyed.positions, ords.block, document_counts(leaf, docs, numbers, len(ords)))

    def of_part(self, leaf: Leaf, pair: Pair, docs: Array) -> Part:
        """What a search has of it.

        Args:
            docs: the search's documents of the pair.
        """
        at = pair.at
        if at is None:
            return Part(self.docs, None, self.numbers, self.counts)
        from esmock.search.aggs.buckets import document_counts

        if self.positions is not None:
            is_taken = np.zeros(len(pair.docs), bool)
            is_taken[at] = True
            at = np.flatnonzero(is_taken[self.positions])
            docs = self.docs[at]
        numbers, n = self.numbers.take(at), len(self.counts)
        counts = present = np.bincount(numbers, minlength=n)
        if getattr(leaf.segment, "doc_counts", None) is not None:
            counts = document_counts(leaf, docs, numbers, n)
        used = np.flatnonzero(present)
        if len(used) == n:
            return Part(docs, at, numbers, counts)
        return Part(docs, at, numbers, counts[used], used)


@dataclass(frozen=True, slots=True)
class Part:
    """Some documents of a grouping.

    Attributes:
        at: int64[n], places in the grouping; None: all.
        numbers: int64[n], buckets as the grouping numbers them.
        counts: int64[m], documents of the buckets that have some.
        used: int64[m], the numbers of those; None: all have.
    """

    docs: Array
    at: Array | None
    numbers: Array
    counts: Array
    used: Array | None = None


class Recent:
    """What was built last, up to a number of entries."""

    __slots__ = ("_entries", "_limit")

    def __init__(self, limit: int) -> None:
        self._entries: dict[Key, Any] = {}
        self._limit = limit

    def __contains__(self, key: Key) -> bool:
        return key in self._entries

    def get(self, key: Key, build: Callable[[], Any]) -> Any:
        """The entry of a key, built where it is not there; the one used longest ago makes room."""
        found = self._entries.pop(key, None)
        if found is None:
            found = build()
            if len(self._entries) >= self._limit:
                del self._entries[next(iter(self._entries))]
        self._entries[key] = found
        return found


def kept_grouping(leaf: Leaf, pair: Pair, key: Key, load: Load) -> Grouping | None:
    """The grouping of a pair by a key, kept under both; None where a search has too little of the pair to have it made."""
    found: Grouping | None = kept_samples(leaf, pair, key, lambda: Grouping.of(leaf, pair, load))
    return found


def kept_samples(leaf: Leaf, pair: Pair, key: Key, build: Callable[[], Any]) -> Any:
    """Something of a pair and a key that weighs about as much as a grouping, not to be changed; None as in ``kept_grouping``."""
    kept: Recent = leaf.kept(("groupings",), lambda: Recent(GROUPINGS))
    full = (*pair.key, *key)
    if pair.at is not None and len(pair.at) * LEAST_SHARE < len(pair.docs) and full not in kept:
        return None
    return kept.get(full, build)


def kept_moments(leaf: Leaf, key: Key, build: Callable[[], Any]) -> Any:
    """The sums of a key; they are not to be changed."""
    kept: Recent = leaf.kept(("moments",), lambda: Recent(MOMENTS))
    return kept.get(key, build)


def docs_by_owner(leaf: Leaf, docs: Array, owners: Array) -> Callable[[], Array] | None:
    """Makes int64[n]: the documents of the first owner, ascending, then those of the second ...; None where nothing is known of them.

    The order of all documents is kept with the segment, and that of some of them cut out of it.
    """
    pair = leaf.pair(docs, owners)
    if pair is None or pair.at is None or len(docs) < LEAST_KEPT:
        return None
    if pair.names is not None and not (np.diff(pair.names[pair.names >= 0]) > 0).all():
        return None
    order: Array = kept_samples(leaf, pair, ("order",), lambda: stable_order(pair.owners))
    return None if order is None else functools.partial(_taken_in_order, pair, order)


def _taken_in_order(pair: Pair, order: Array) -> Array:
    is_taken = np.zeros(len(pair.docs), bool)
    is_taken[pair.at] = True
    return pair.docs.take(order.compress(is_taken.take(order)))
