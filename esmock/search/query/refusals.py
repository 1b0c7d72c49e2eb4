"""Documents whose score is refused, which matters only where it is asked for.

Lucene scores document by document, and comes to those alone that match all that stands around a query; here whole segments are
scored at once. Source: answers of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError

if TYPE_CHECKING:
    from esmock.search.query.base import Hits
    from esmock.search.query.shard import ShardSearch

ErrorOf = Callable[[int], ApiError]


class Refusals:
    """What is refused in one segment: bool[n_docs], and the error by document."""

    __slots__ = ("_found", "segment")

    def __init__(self, segment: Any = None) -> None:
        self.segment = segment
        self._found: list[tuple[np.ndarray, ErrorOf]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, docs: np.ndarray, error_of: ErrorOf) -> None:
        self._found.append((docs, error_of))

    def since(self, n_before: int, docs: np.ndarray) -> np.ndarray:
        """bool[n_docs]: ``docs`` and those refused since there were ``n_before`` refusals."""
        for refused, _ in self._found[n_before:]:
            docs = docs | refused
        return docs

    def check(self, docs: Sequence[int] | np.ndarray) -> None:
        """Raises ApiError for the first of some documents, given in order, whose score is refused."""
        if not self._found:
            return
        docs = np.asarray(docs)
        firsts = [(int(bad[0]), error_of) for refused, error_of in self._found if len(bad := docs[refused[docs]])]
        if firsts:
            doc, error_of = min(firsts, key=lambda one: one[0])
            raise error_of(doc)


@contextmanager
def noting(shard: ShardSearch, segment: Any) -> Iterator[Refusals]:
    """Scores of a segment are refused when it is known which documents are asked for, by ``Refusals.check``."""
    before = shard.refusals
    shard.refusals = found = Refusals(segment)
    try:
        yield found
    finally:
        shard.refusals = before


def scored(shard: ShardSearch, segment: Any, score: Callable[[Refusals], Hits]) -> Hits:
    """The hits of a query whose scores may be refused: at once, for any of them, where nobody takes notes of the segment."""
    if shard.refusals is not None and shard.refusals.segment is segment:
        return score(shard.refusals)
    with noting(shard, segment) as found:
        hits = score(found)
    found.check(np.flatnonzero(hits.match))
    return hits


def refuse(shard: ShardSearch, docs: np.ndarray, error_of: ErrorOf) -> None:
    """Refuse the scores of some documents, bool[n_docs]. Raises ApiError for the first of them where nobody takes notes."""
    if not docs.any():
        return
    if shard.refusals is None:
        raise error_of(int(np.flatnonzero(docs)[0]))
    shard.refusals.add(docs, error_of)
