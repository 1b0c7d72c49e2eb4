"""One segment as aggregators see it, and what is known of the documents and owners that they are handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    pass

Array = Any


@dataclass(frozen=True, slots=True)
class Pair:
    """Documents and owners that stay with a segment, and which of them a search has.

    Attributes:
        key: tells the pair from the segment's others.
        docs, owners: int64[m], the pair.
        at: int64[n], ascending, the places in it of what the search has; None: all.
        names: int64[n_owners], what the search calls the pair's owners; None: alike.
    """

    key: tuple[Any, ...]
    docs: Array
    owners: Array
    at: Array | None = None
    names: Array | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the search has the pair as it is."""
        return self.at is None and self.names is None

    def only(self, places: Array, names: Callable[[Array], Array] | None) -> Pair:
        """The pair where a search has only some of its documents.

        Args:
            places: int64[n], ascending, among those that it had.
            names: what their owners are called then; None: as before.
        """
        at = places if self.at is None else self.at[places]
        if names is None:
            return replace(self, at=at)
        before = np.arange(int(self.owners.max()) + 1) if self.names is None else self.names
        return replace(self, at=at, names=names(before))


LEAST_KEPT = 4096
"""Fewer documents than so many are as quickly looked at anew."""


class Selections:
    """The documents that the last searches had of a segment. Those that a second search has too stay with the segment, and what follows
    from them with them: a dashboard asks for the same part again and again.
    """

    __slots__ = ("_n_seen", "_seen")
    _MOST = 4

    def __init__(self) -> None:
        self._seen: dict[int, Pair | Array] = {}
        self._n_seen = 0

    def again(self, docs: Array) -> Pair | None:
        """The pair of the same documents in one bucket; None where no search had just these."""
        for number, one in self._seen.items():
            known = one.docs if isinstance(one, Pair) else one
            if len(known) == len(docs) and np.array_equal(known, docs):
                if not isinstance(one, Pair):
                    one = Pair(("selection", number), known, np.zeros(len(known), np.int64))
                del self._seen[number]
                self._seen[number] = one
                return one
        if len(self._seen) == self._MOST:
            del self._seen[next(iter(self._seen))]
        self._seen[self._n_seen] = docs
        self._n_seen += 1
        return None


class Leaf:
    """One segment as aggregators see it, or the nested documents of one path in it.

    Attributes:
        segment: has ``column(path)``.
        scores: float32[n_docs] or None; by document, not by position in ``docs``.
        parent: the leaf that this one's documents are nested in.
        parents: int64[n_docs], the document in ``parent`` that each belongs to.
        cache: loaded values by source.
        base: documents in the segments before this one.
    """

    __slots__ = ("_noted", "base", "cache", "n_docs", "number", "parent", "parents", "path", "scores", "segment")

    def __init__(
        self,
        segment: Any,
        number: int = 0,
        scores: Array | None = None,
        parent: Leaf | None = None,
        parents: Array | None = None,
        path: str | None = None,
    ) -> None:
        self.segment = segment
        self.number = number
        self.base = 0
        self.n_docs = len(segment)
        self.scores = scores
        self.parent = parent
        self.parents: Array = parents
        self.path = path
        self.cache: dict[Any, Any] = {}
        self._noted: dict[tuple[int, int], tuple[Array, Array, Pair]] = {}

    def everything(self) -> tuple[Array, Array]:
        """All documents in one bucket: docs and owners, which stay with the segment and are not to be changed."""
        n = self.n_docs
        docs = self.segment.cached(("live docs",), lambda: np.arange(n))
        owners = self.kept(("one owner",), lambda: np.zeros(n, np.int64))
        self.note(docs, owners, Pair((), docs, owners))
        return docs, owners

    def in_one_bucket(self, docs: Array) -> tuple[Array, Array]:
        """Some documents, ascending, in one bucket: docs and owners; those of an earlier search, where it had the same."""
        whole = self.everything()
        if len(docs) == self.n_docs:
            return whole
        known = self.kept(("selections",), Selections).again(docs) if len(docs) >= LEAST_KEPT else None
        if known is not None:
            self.note(known.docs, known.owners, known)
            return known.docs, known.owners
        owners = np.zeros(len(docs), np.int64)
        self.note(docs, owners, Pair((), *whole, docs))
        return docs, owners

    def note(self, docs: Array, owners: Array, pair: Pair) -> None:
        """Remember which documents and owners of the segment's two arrays are."""
        self._noted[id(docs), id(owners)] = docs, owners, pair

    def pair(self, docs: Array, owners: Array) -> Pair | None:
        """What was noted of two arrays; None where they are of this search alone."""
        noted = self._noted.get((id(docs), id(owners)))
        return None if noted is None else noted[2]

    def some(self, docs: Array, owners: Array, mask: Array, names: Callable[[Array], Array] | None = None) -> tuple[Array, Array]:
        """Docs and owners where a mask (bool[n]) is true; ``names``: what the owners are called from now on."""
        pair = self.pair(docs, owners)
        places = np.flatnonzero(mask)
        docs, owners = docs[places], owners[places]
        if names is not None:
            owners = names(owners)
        if pair is not None and len(docs):
            self.note(docs, owners, pair.only(places, names))
        return docs, owners

    def known(self, docs: Array, owners: Array) -> tuple[Any, ...] | None:
        """The key of two arrays that stay with the segment; None where they do not, or have other names here."""
        pair = self.pair(docs, owners)
        return pair.key if pair is not None and pair.is_whole else None

    def cached(self, key: Any, load: Callable[[], Any]) -> Any:
        """``load()`` once per leaf and key."""
        if key not in self.cache:
            self.cache[key] = load()
        return self.cache[key]

    def kept(self, key: tuple[Any, ...], load: Callable[[], Any]) -> Any:
        """``load()`` once per segment and key: for what depends on the segment's documents alone and is never changed."""
        return self.segment.cached(("aggregations", *key), load)


def pick(starts: Array, docs: Array) -> tuple[Array, Array]:
    """Where the values of some documents lie in a column.

    Args:
        starts: int[n_docs + 1].
        docs: int64[n].

    Returns:
        int64[m], positions in ``docs``; int64[m], positions in the column's values. Ordered by position in ``docs``.
    """
    first = starts[docs].astype(np.int64, copy=False)
    counts = starts[docs + 1] - first
    if not len(counts) or counts.max() <= 1:
        positions = np.flatnonzero(counts)
        return positions, first[positions]
    positions = np.repeat(np.arange(len(docs)), counts)
    offsets = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
    return positions, np.repeat(first, counts) + offsets
