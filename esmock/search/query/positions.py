"""What spans and intervals have in common: parts, and the documents and places of their terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.store.sorting import sorted_distinct

Found = tuple[np.ndarray, np.ndarray]
"""Documents and positions of the same length, sorted."""
_NONE = np.empty(0, np.int64)


class EveryPart:
    """What stands where all of its parts do.

    Attributes:
        parts: what it is made of.
    """

    parts: Sequence[Any] = ()

    def docs(self, segment: Any) -> np.ndarray:
        """int[m], sorted: documents that may have it."""
        found: np.ndarray = self.parts[0].docs(segment)
        for part in self.parts[1:]:
            found = np.intersect1d(found, part.docs(segment), assume_unique=True)
        return found


class AnyPart:
    """What stands where any of its parts does."""

    parts: Sequence[Any] = ()

    def docs(self, segment: Any) -> np.ndarray:
        """int[m], sorted."""
        found = [part.docs(segment) for part in self.parts]
        return sorted_distinct(np.concatenate(found)) if found else _NONE


class NoPlaces:
    """What stands nowhere."""

    def docs(self, segment: Any) -> np.ndarray:
        return _NONE

    def at(self, segment: Any, doc: int) -> list[Any]:
        return []


class Places:
    """The places of a term, or of several as if they were one."""

    def found(self, segment: Any) -> Found:
        raise NotImplementedError(type(self).__name__)

    def docs(self, segment: Any) -> np.ndarray:
        """int[m], sorted."""
        return sorted_distinct(self.found(segment)[0])

    def places(self, segment: Any, doc: int) -> list[int]:
        """The positions in one document."""
        docs, positions = self.found(segment)
        first, last = np.searchsorted(docs, [doc, doc + 1])
        return positions[first:last].tolist()  # type: ignore[no-any-return]


def term_places(segment: Any, path: str, term: str) -> Found:
    """Where a term stands in a segment."""
    return segment.cached(("span", path, term), lambda: segment.postings(path).positions_of(term))  # type: ignore[no-any-return]
