"""Retrievers that join what several found, by ranks or by scores. Docs: rrf-retriever, linear-retriever.

Source: the documentation, and recordings of 8.19.21 for what all compound retrievers share.
Differs: ``normalizer`` beside ``retrievers``, and ``explain`` over ``linear``, raise Unsupported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.lucene.explanation import counted, node, single
from esmock.search.query.base import F32
from esmock.search.retriever import short_form
from esmock.search.retriever.compound import Compound
from esmock.search.retriever.parse import BASE, context, inner_field, inner_retriever, read_object
from esmock.search.retriever.ranked import RankedDoc
from esmock.xcontent.object_parser import Parser, custom, float_, integer, string
from esmock.xcontent.value_reader import array_of

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.request import SearchRequest
    from esmock.search.retriever.base import Retriever, Shards
    from esmock.xcontent.value_reader import Key, Reading

Json = Any
EPSILON = 1e-6
"""Scores that differ by less are equal."""


_WEIGHTED = Parser("rrf", inner_field(required=True), float_("weight"))


def _rrf_entry(body: Json, key: Key, reading: Reading) -> tuple[Retriever, float]:
    """A retriever, or (9.2) one with its weight."""
    if "retriever" not in body[key] or not context(reading).behaviour.has((9, 2)):
        return inner_retriever(body, key, reading), 1.0
    found = _WEIGHTED.read(body, key, reading)
    weight = found.get("weight", 1.0)
    if weight < 0:
        raise IllegalArgument(f"[weight] must be non-negative, found [{weight}]")
    return found["retriever"], weight


_RRF = Parser(
    "rrf",
    custom("retrievers", ("START_ARRAY", "START_OBJECT"), array_of(_rrf_entry)),
    integer("rank_constant"),
    integer("rank_window_size"),
    *short_form.FIELDS,
    *BASE,
)


def _joined(docs: dict[tuple[int, int], RankedDoc], one: RankedDoc, n: int) -> RankedDoc:
    """The document among those of all lists."""
    return docs.setdefault((one.shard, one.key), replace(one, score=0.0, ranks=[None] * n))


@dataclass(slots=True, kw_only=True)
class Rrf(Compound):
    """Reciprocal rank fusion: each list gives a document ``1 / (rank_constant + rank)``."""

    name: ClassVar[str] = "rrf"
    rank_constant: int = 60
    weights: tuple[float, ...] = ()

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> Rrf:
        given = read_object(_RRF, holder, key, ctx)
        faults = short_form.faults(cls.name, given)
        entries = given.pop("retrievers", [])
        query, fields = given.pop("query", None), given.pop("fields", None)
        if query and not faults:
            entries = [(short_form.retriever_of(query, fields, ctx), 1.0)]
        children, weights = zip(*entries, strict=True) if entries else ((), ())
        if given.get("rank_constant", 1) < 1:
            raise IllegalArgument("[rank_constant] must be greater or equal to [1] for [rrf]")
        return cls(children=children, weights=weights, faults=faults, window=given.pop("rank_window_size", 10), **given)

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        docs: dict[tuple[int, int], RankedDoc] = {}
        for at, (own, weight) in enumerate(zip(lists, self.weights, strict=True)):
            for one in own:
                joined = _joined(docs, one, len(lists))
                joined.ranks[at] = one.rank
                joined.score = float(F32(joined.score) + F32(weight) * self._part(one.rank))
        return list(docs.values())

    def _part(self, rank: int) -> np.float32:
        return F32(1) / F32(self.rank_constant + rank)

    def explained(self, shard: Any, doc: RankedDoc, reasons: list[Json]) -> Json:
        ranks = ", ".join("0" if one is None else str(one) for one in doc.ranks)
        words = f"rrf score: [{single(doc.score)}] computed for initial ranks [{ranks}] with rankConstant: [{self.rank_constant}]"
        rest = iter(reasons)
        parts = [self._explained_part(at, rank, rest) for at, rank in enumerate(doc.ranks)]
        return node(doc.score, f"{words} as sum of [1 / (rank + rankConstant)] for each query", parts)

    def _explained_part(self, at: int, rank: int | None, reasons: Any) -> Json:
        if rank is None:
            return node(0.0, f"rrf score: [0], result not found in query at index [{at}]")
        why = f"computed as [1 / ({rank} + {self.rank_constant})], for matching query with score"
        score = single(float(self._part(rank)))
        return counted(rank, f"rrf score: [{score}], for rank [{rank}] in query at index [{at}] {why}", [next(reasons)])


def _unchanged(scores: np.ndarray) -> np.ndarray:
    return scores


def _between_least_and_most(scores: np.ndarray) -> np.ndarray:
    least, most = scores.min(), scores.max()
    return scores if most - least < EPSILON else (scores - least) / (most - least)


def _of_unit_length(scores: np.ndarray) -> np.ndarray:
    length = F32(np.sqrt(np.sum(scores.astype(np.float64) ** 2)))
    return scores if length < EPSILON else scores / length


NORMALIZERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": _unchanged,
    "minmax": _between_least_and_most,
    "l2_norm": _of_unit_length,
}


def _normalizer(name: str) -> str:
    if name not in NORMALIZERS:
        raise IllegalArgument(f"Unknown [{name}] ScoreNormalizer provided")
    return name


_ENTRY = Parser("linear", inner_field(required=True), float_("weight"), string("normalizer", then=_normalizer))
_LINEAR = Parser(
    "linear",
    custom("retrievers", ("START_ARRAY", "START_OBJECT"), array_of(_ENTRY.read)),
    integer("rank_window_size"),
    string("normalizer", then=_normalizer),
    *short_form.FIELDS,
    *BASE,
)


@dataclass(slots=True, kw_only=True)
class Linear(Compound):
    """The sum of the children's scores, each normalized and weighted."""

    name: ClassVar[str] = "linear"
    since_release: ClassVar[tuple[int, int]] = (8, 18)
    weights: tuple[float, ...] = ()
    normalizers: tuple[str, ...] = field(default_factory=tuple)

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> Linear:
        given = read_object(_LINEAR, holder, key, ctx)
        faults = short_form.faults(cls.name, given)
        entries = given.pop("retrievers", [])
        query, fields, normalizer = (given.pop(name, None) for name in ("query", "fields", "normalizer"))
        if query is not None and normalizer is None:
            faults.append("[linear] [normalizer] must be provided when [query] is specified")
        if normalizer is not None and query is None:
            raise Unsupported("[normalizer] of the retriever [linear] beside [retrievers]")
        if query and not faults:
            entries = [{"retriever": short_form.retriever_of(query, fields, ctx), "normalizer": normalizer}]
        for one in entries:
            if one.get("weight", 1.0) < 0:
                raise IllegalArgument(f"[linear] weight must be non-negative, found [{one['weight']}]")
        return cls(
            children=[one["retriever"] for one in entries],
            weights=tuple(one.get("weight", 1.0) for one in entries),
            normalizers=tuple(one.get("normalizer", "none") for one in entries),
            faults=faults,
            window=given.pop("rank_window_size", 10),
            **given,
        )

    def prepared(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        if request.sort:
            raise Unsupported("retriever [linear] over one that sorts by other things than scores")
        return request

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        docs: dict[tuple[int, int], RankedDoc] = {}
        for at, (own, weight) in enumerate(zip(lists, self.weights, strict=True)):
            if not own:
                continue
            scores = NORMALIZERS[self.normalizers[at]](np.array([one.score for one in own], F32))
            for one, score in zip(own, scores, strict=True):
                joined = _joined(docs, one, len(lists))
                joined.score = float(F32(joined.score) + F32(weight) * F32(score))
        return list(docs.values())

    def explained(self, shard: Any, doc: RankedDoc, reasons: list[Json]) -> Json:
        raise Unsupported("[explain] of the retriever [linear]")


RETRIEVERS: tuple[type[Retriever], ...] = (Rrf, Linear)
