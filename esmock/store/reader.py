"""A point in time of one shard: segments and which of their documents live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.store.segment import Segment, StoredDoc


class Leaf:
    """One segment of a reader.

    Attributes:
        segment: the documents.
        deleted: ordinals of those that are deleted.
        base: documents in the segments before.
        marks: deletions in the segments before, each of which left a document of its own.
        own_marks: those in the segment itself.
    """

    __slots__ = ("_live", "_live_docs", "base", "deleted", "marks", "number", "own_marks", "segment")

    def __init__(
        self, segment: Segment, deleted: frozenset[int], number: int, base: int, marks: tuple[int, int] = (0, 0)
    ) -> None:
        self.marks, self.own_marks = marks
        self.segment = segment
        self.deleted = deleted
        self.number = number
        self.base = base
        self._live: Any = None
        self._live_docs: Any = None

    def live(self) -> Any:
        """bool[n_docs], or None where every document lives."""
        if not self.deleted:
            return None
        if self._live is None:
            import numpy as np

            mask = np.ones(self.segment.n_docs, bool)
            mask[list(self.deleted)] = False
            self._live = mask
        return self._live

    def live_docs(self) -> Any:
        """int64[n], ascending: the ordinals of the documents that live; not to be changed."""
        import numpy as np

        if not self.deleted:
            return self.segment.cached(("live docs",), lambda: np.arange(self.segment.n_docs))
        if self._live_docs is None:
            self._live_docs = np.flatnonzero(self.live())
        return self._live_docs

    @property
    def n_live(self) -> int:
        return self.segment.n_docs - len(self.deleted)

    @property
    def has_deletions(self) -> bool:
        """Whether Lucene's segment has any, the marks that deletions leave among its documents being such."""
        return bool(self.deleted) or self.own_marks > 0


class Reader:
    """Segments in order of their age; immutable, kept by scrolls and points in time."""

    __slots__ = ("_cache", "keeps_back", "leaves", "n_bare", "n_tombstones")

    def __init__(
        self, leaves: tuple[Leaf, ...], *, n_tombstones: int = 0, n_bare: int = 0, keeps_back: bool = False
    ) -> None:
        self.leaves = leaves
        self.n_tombstones = n_tombstones
        """Deletions that left a mark in the index."""
        self.n_bare = n_bare
        """Lucene's segments that hold nothing but such marks, and are none of the leaves."""
        self.keeps_back = keeps_back
        """Whether some of the deleted documents are only kept from a reader, who is not to know their terms either."""
        self._cache: dict[Any, Any] = {}

    @classmethod
    def of(
        cls, views: Iterable[tuple[Segment, frozenset[int]]], marks: Sequence[tuple[int, int]] = (), *, n_tombstones: int = 0,
        n_bare: int = 0,
    ) -> Reader:
        """A reader of segments with their deleted ordinals.

        Args:
            marks: the deletions before and within each segment; empty: there were none.
            n_tombstones: all of them.
            n_bare: segments of nothing but deletions.
        """
        leaves: list[Leaf] = []
        base = 0
        for number, (segment, deleted) in enumerate(views):
            leaves.append(Leaf(segment, deleted, number, base, marks[number] if marks else (0, 0)))
            base += segment.n_docs
        return cls(tuple(leaves), n_tombstones=n_tombstones, n_bare=n_bare)

    def over(self, views: Iterable[tuple[Segment, frozenset[int]]], *, keeps_back: bool = False) -> Reader:
        """The same segments seen otherwise, with their deleted ordinals."""
        leaves = (
            Leaf(segment, deleted, leaf.number, leaf.base, (leaf.marks, leaf.own_marks))
            for (segment, deleted), leaf in zip(views, self.leaves, strict=True)
        )
        return Reader(tuple(leaves), n_tombstones=self.n_tombstones, n_bare=self.n_bare, keeps_back=keeps_back)

    def __iter__(self) -> Iterator[Leaf]:
        return iter(self.leaves)

    @property
    def n_docs(self) -> int:
        """Documents, deleted ones included."""
        return sum(leaf.segment.n_docs for leaf in self.leaves)

    @property
    def n_live(self) -> int:
        return sum(leaf.n_live for leaf in self.leaves)

    def find(self, doc_id: str) -> StoredDoc | None:
        """The living document of an id."""
        for leaf in reversed(self.leaves):
            ordinal = leaf.segment.ordinal_of(doc_id)
            if ordinal is not None and ordinal not in leaf.deleted:
                return leaf.segment.docs[ordinal]
        return None

    def cached(self, key: Any, build: Any) -> Any:
        """``build()`` once per key (statistics)."""
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = build()
        return found
