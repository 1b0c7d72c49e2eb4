"""Documents whose ranks are known before the search. Source: recordings of 8.19.21 (retriever ``rescorer``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.search.query.base import F32, Bound, Hits, Query

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
Words = Callable[[Any, "RankedDoc", list[Json]], Json]
LEAST = F32(1.4e-45)
"""The least score: what is ranked stands before what is only counted."""


@dataclass(slots=True)
class RankedDoc:
    """A document with its rank.

    Attributes:
        shard: its position among the targets.
        place: index and number of the shard.
        ranks: its rank with each child, from 1; None where the child did not find it.
    """

    shard: int
    place: tuple[str, int]
    segment: Any
    doc: int
    key: int
    score: float
    rank: int = 0
    ranks: list[int | None] = field(default_factory=list)

    @property
    def order(self) -> tuple[float, int, int]:
        """Best score first, then by shard and place."""
        return -self.score, self.shard, self.key


def in_order(docs: list[RankedDoc]) -> list[RankedDoc]:
    """The documents by score, each told its rank."""
    docs = sorted(docs, key=lambda one: one.order)
    for at, one in enumerate(docs):
        one.rank = at + 1
    return docs


@dataclass(slots=True)
class Ranked(Query):
    """Ranked documents by their scores, and, with none, what their sources match besides.

    Attributes:
        tail: queries whose documents count, too.
        reasons: queries that explain the documents.
        words: makes the explanation of a document from those of ``reasons``.
    """

    name: ClassVar[str] = "ranked"
    docs: list[RankedDoc] = field(default_factory=list)
    tail: list[Query] = field(default_factory=list)
    reasons: list[Query] = field(default_factory=list)
    words: Words | None = None

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: np.float32) -> Bound:
        place = shard.index, shard.number
        mine = [one for one in self.docs if one.place == place]
        return RankedBound(mine, [one.bind(shard, False) for one in self.tail])


@dataclass(slots=True)
class RankedBound(Bound):
    """The ranked documents of a shard."""

    docs: list[RankedDoc]
    tail: list[Bound]

    def match(self, segment: Any) -> Hits:
        match, score = np.zeros(segment.n_docs, bool), np.zeros(segment.n_docs, F32)
        for bound in self.tail:
            match |= bound.match(segment).match
        for one in self.docs:
            if one.segment is segment:
                match[one.doc] = True
                score[one.doc] = max(F32(one.score), LEAST)
        return Hits(match, score)
