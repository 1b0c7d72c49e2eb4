"""The nearest vectors: as a query, and for ``knn`` beside the query. Docs: query-dsl-knn-query, knn-search.

Every vector is looked at; no neighbour is overlooked. Source: recordings of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as filled
from string import hexdigits
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NumberFormat, Parsing, Unsupported, XContentParse
from esmock.mapping.dense_vector import UNIT_TOLERANCE, DenseVector, preview
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query, QueryReading
from esmock.search.query.declared import Declared, Stopped, parse_declared, standing_at
from esmock.search.query.parse import float_value, int_value, parse_query, text
from esmock.xcontent.located import at_value, token
from esmock.xcontent.object_parser import Parser, float_

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
Array = np.ndarray
MOST_CANDIDATES = 10_000
UNROLLED_ABOVE = 32
SCALARS = ("VALUE_NUMBER", "VALUE_STRING")


def _vector(body: Json, key: str, ctx: ParseContext) -> list[float] | bytes:
    value = body[key]
    if isinstance(value, dict):
        raise Parsing("Unknown type [START_OBJECT] for parsing vector", at_value(body, key))
    if isinstance(value, str):
        if len(value) % 2:
            raise IllegalArgument(f"string length not even: {len(value)}")
        try:
            return bytes.fromhex(value)
        except ValueError:
            wrong = next((char for char in value if char not in hexdigits), " ")
            raise NumberFormat(f'not a hexadecimal digit: "{wrong}" = {ord(wrong)}') from None
    out = []
    for at, one in enumerate(value if isinstance(value, list) else [value]):
        try:
            out.append(float(one))
        except (TypeError, ValueError):
            place = at_value(value, at)
            if not isinstance(one, str):
                raise Stopped(f"[knn] {key} doesn't support values of type: {token(one)}", place, place) from None
            raise standing_at(NumberFormat(f'For input string: "{one}"'), place) from None
    return out


def _filters(body: Json, key: str, ctx: ParseContext) -> list[Query]:
    value, inner = body[key], replace(ctx, depth=ctx.depth + 1)
    return [parse_query(value, at, inner) for at in range(len(value))] if isinstance(value, list) else [parse_query(body, key, inner)]


def _inner_hits(body: Json, key: str, ctx: ParseContext) -> Any:
    from esmock.search.inner_hits import InnerHits

    return InnerHits.parse(body[key], ctx)


def _unsupported(body: Json, key: str, ctx: ParseContext) -> Any:
    raise Unsupported(f"[{key}] of knn")


def _oversample(given: dict[str, float]) -> float:
    """How many times as many are looked at again: all vectors are looked at as they are in any case."""
    factor = given["oversample"]
    if factor < 1 and factor != 0:
        raise IllegalArgument("[oversample] must be >= 1.0 or 0")
    return factor


RESCORE = Parser("rescore_vector", float_("oversample", required=True), build=_oversample)


FIELDS: Declared = {
    "field": (text, ("VALUE_STRING",)),
    "query_vector": (_vector, ("START_OBJECT", "START_ARRAY", *SCALARS)),
    "k": (lambda body, key, ctx: int_value(body, key), SCALARS),
    "num_candidates": (lambda body, key, ctx: int_value(body, key), SCALARS),
    "similarity": (lambda body, key, ctx: float_value(body, key), SCALARS),
    "filter": (_filters, ("START_OBJECT", "START_ARRAY")),
    "boost": (lambda body, key, ctx: float_value(body, key), SCALARS),
    "_name": (text, ("VALUE_STRING",)),
    "query_vector_builder": (_unsupported, ("START_OBJECT",)),
    "rescore_vector": (lambda body, key, ctx: RESCORE.read(body, key, QueryReading.of(ctx)), ("START_OBJECT",)),
}
FIELDS_NINE: Declared = {**FIELDS, "visit_percentage": (lambda body, key, ctx: float_value(body, key), SCALARS)}
_INNER_HITS: Declared = {"inner_hits": (_inner_hits, ("START_OBJECT",))}


def _fields(ctx: ParseContext, more: Declared | None = None) -> Declared:
    known = FIELDS_NINE if ctx.behaviour.visits_parts_of_vectors else FIELDS
    return {**known, **more} if more else known


def wrong_part(percentage: float | None) -> str | None:
    """What is wrong with how many vectors are looked at. All are."""
    if percentage is None or 0 <= percentage <= 100:
        return None
    return "[visit_percentage] must be between 0.0 and 100.0"


def wrong_counts(k: int | None, candidates: int | None) -> str | None:
    """What is wrong with how many are asked for, and from how many they are chosen."""
    if k is not None and k < 1:
        return "[k] must be greater than 0"
    if candidates is None:
        return None
    if k is not None and candidates < k:
        return "[num_candidates] cannot be less than [k]"
    return f"[num_candidates] cannot exceed [{MOST_CANDIDATES}]" if candidates > MOST_CANDIDATES else None


@dataclass(slots=True)
class Knn(Query):
    """The documents of a shard whose vectors are nearest; ``k`` None: as many as the search asks hits."""

    name = "knn"
    since_release = (8, 12)
    field: str
    query_vector: list[float] | bytes
    k: int | None = None
    num_candidates: int | None = None
    similarity: float | None = None
    filter: list[Query] = filled(default_factory=list)
    inner_hits: Any = None
    is_beside: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Knn:
        try:
            return cls._made(parse_declared("knn", body, ctx, _fields(ctx)), "either [query_vector] or [query_vector_builder] must be provided")
        except _Refused as error:
            raise XContentParse("Failed to build [knn] after last required field arrived", None, cause=error.error) from None

    @classmethod
    def parse_beside(cls, body: Json, ctx: ParseContext, size: int) -> Knn:
        """The form beside the query. Raises IllegalArgument, XContentParse."""
        return cls.beside(parse_declared("knn", body, ctx, _fields(ctx, _INNER_HITS)), size)

    @classmethod
    def beside(cls, given: dict[str, Any], size: int) -> Knn:
        """The form beside the query, from what was read. Raises IllegalArgument."""
        try:
            return cls._made(given, "either [query_vector_builder] or [query_vector] must be provided", size)
        except _Refused as error:
            raise error.error from None

    @classmethod
    def _made(cls, given: dict[str, Any], no_vector: str, size: int | None = None) -> Knn:
        given.pop("rescore_vector", None)
        visited = given.pop("visit_percentage", None)
        if "_name" in given:
            given["query_name"] = given.pop("_name")
        if "field" not in given:
            raise IllegalArgument("Required [field]")
        if "query_vector" not in given:
            raise _Refused(no_vector)
        wrong = wrong_counts(given.setdefault("k", size), given.get("num_candidates")) or wrong_part(visited)
        if wrong is not None:
            raise _Refused(wrong)
        return cls(**given)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        found = shard.field(self.field)
        if found is None:
            return MatchNothing()
        if not isinstance(found, DenseVector) or found.name != "dense_vector":
            raise IllegalArgument("[knn] queries are only supported on [dense_vector] fields")
        if not found.get("index"):
            raise IllegalArgument(f"to perform knn search on field [{found.path}], its mapping must have [index] set to [true]")
        scope = shard.mapping.nested_parent(found.path)
        if scope != shard.scope and not self.is_beside:
            return MatchNothing()
        asked = asked_vector(found, self.query_vector)
        filters = [one.bind(shard, False) for one in self.filter]
        size = self.k if self.k is not None else shard.page_size if self.num_candidates is None else min(shard.page_size, self.num_candidates)
        if size < 1 and self.num_candidates is not None:
            raise IllegalArgument(f"k must be at least 1, got: {size}")
        return Nearest(list(self._nearest(shard, found, asked, filters, size)), F32(boost))

    def candidates(self, shard: ShardSearch) -> int:
        """From how many documents of a shard the nearest are chosen."""
        if self.num_candidates is not None:
            return self.num_candidates
        k = shard.page_size if self.k is None else self.k
        return min(int(1.5 * k + 0.5), MOST_CANDIDATES)

    def among_inner_hits(self) -> Query:
        """The query that finds what inner hits show."""
        return ExactKnn(self)

    @staticmethod
    def _kept(shard: ShardSearch, leaf: Any, holder: Any, docs: Array, roots: Array, filters: list[Bound]) -> Array:
        """bool[n]: which vectors belong to live documents that pass the filters."""
        live = leaf.live()
        kept = np.ones(len(docs), bool) if live is None else live[roots]
        for one in filters:
            kept &= one.match(leaf.segment).match[roots] if shard.scope is None else one.match(holder).match[docs]
        return kept

    def _nearest(self, shard: ShardSearch, found: DenseVector, asked: Array, filters: list[Bound], size: int) -> Iterator[Near]:
        scope = shard.mapping.nested_parent(found.path)
        score = scoring(found)
        least = -np.inf if self.similarity is None else least_score(found, self.similarity)
        near: list[Near] = []
        for leaf in shard.reader:
            segment = leaf.segment
            holder: Any = segment if scope is None else segment.nested(scope)
            docs, vectors = vectors_of(holder, found.path)
            if not len(docs):
                continue
            roots = docs if scope is None else holder.root_docs()[docs]
            chosen = self._kept(shard, leaf, holder, docs, roots, filters)
            if not chosen.any():
                continue
            scores = score(asked, vectors[chosen])
            similar = scores >= F32(least)
            docs, roots, scores = docs[chosen][similar], roots[chosen][similar], scores[similar]
            if scope is not None:
                docs, roots, scores = best_of_each(docs, roots, scores)
            own = roots if shard.scope is None else docs
            place = segment if shard.scope is None else holder
            near.extend(map(Near, [place] * len(own), own.tolist(), scores.tolist()))
        near.sort(key=lambda one: -one.score)
        yield from near[:size]


@dataclass(slots=True)
class ExactKnn(Query):
    """All objects that have a vector, with their scores: what inner hits show."""

    name = "exact_knn"
    knn: Knn

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        found = shard.field(self.knn.field)
        if not isinstance(found, DenseVector) or found.name != "dense_vector":
            return MatchNothing()
        least = None if self.knn.similarity is None else F32(least_score(found, self.knn.similarity))
        return Exact(found.path, scoring(found), asked_vector(found, self.knn.query_vector), F32(boost), least)


@dataclass(slots=True)
class Exact(Bound):
    """All documents that have a vector."""

    path: str
    score: Callable[[Array, Array], Array]
    asked: Array
    boost: Any
    least: Any = None
    """The score that is similar enough; None: any."""

    def match(self, segment: Any) -> Hits:
        match, score = np.zeros(segment.n_docs, bool), np.zeros(segment.n_docs, F32)
        docs, vectors = vectors_of(segment, self.path)
        if len(docs):
            scores = self.score(self.asked, vectors)
            match[docs] = True if self.least is None else scores >= self.least
            score[docs] = scores * self.boost
        return Hits(match, score)


def best_of_each(docs: Array, roots: Array, scores: Array) -> tuple[Array, Array, Array]:
    """Of the objects of each document the one with the best score."""
    order = np.lexsort((docs, -scores, roots))
    docs, roots, scores = docs[order], roots[order], scores[order]
    first = np.ones(len(roots), bool)
    first[1:] = roots[1:] != roots[:-1]
    return docs[first], roots[first], scores[first]


class _Refused(Exception):
    """A query that cannot be; the two forms say it differently."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.error = IllegalArgument(reason)


@dataclass(slots=True)
class Near:
    """A document with the score of its vector."""

    segment: Any
    doc: int
    score: float


@dataclass(slots=True)
class Nearest(Bound):
    """Documents that were found before."""

    near: list[Near]
    boost: Any

    def match(self, segment: Any) -> Hits:
        match = np.zeros(segment.n_docs, bool)
        score = np.zeros(segment.n_docs, F32)
        for one in self.near:
            if one.segment is segment:
                match[one.doc] = True
                score[one.doc] = F32(one.score) * self.boost
        return Hits(match, score)


@dataclass(slots=True)
class NearestOfAll(Query):
    """What ``knn`` beside the query found on all shards, by (index, shard).

    Attributes:
        candidates: what each shard found, where a profile is asked for.
    """

    name = "knn_score_doc"
    near: dict[tuple[str, int], list[Near]] = filled(default_factory=dict)
    knn: Knn | None = None
    candidates: dict[tuple[str, int], list[Near]] = filled(default_factory=dict)

    def matches_none(self, shard: ShardSearch) -> bool:
        return not self.near.get((shard.index, shard.number))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        scope = None if self.knn is None else shard.mapping.nested_parent(self.knn.field)
        if self.knn is not None and self.knn.inner_hits is not None and scope is not None:
            from esmock.search.inner_hits import register

            register(self.knn.inner_hits, scope, self.knn, shard, replace(shard, scope=scope, inner_hits={}))
        return Nearest(self.near.get((shard.index, shard.number), []), F32(boost))


def vectors_of(segment: Any, path: str) -> tuple[Array, Array]:
    """The documents of a segment that have a vector, and the vectors: int[n], float32[n, dims]; built once."""
    return segment.cached(("vectors", path), lambda: _build(segment, path))  # type: ignore[no-any-return]


def _build(segment: Any, path: str) -> tuple[Array, Array]:
    values, found = segment.values(path)
    rows = [(doc, found.vector(own[0])) for doc, own in enumerate(values) if own and own[0] is not None]
    if not rows:
        return np.zeros(0, np.int64), np.zeros((0, 0), F32)
    return np.array([doc for doc, _ in rows]), np.stack([row for _, row in rows])


def asked_vector(found: DenseVector, given: list[float] | bytes) -> Array:
    """The vector that is asked for. Raises IllegalArgument."""
    if isinstance(given, bytes):
        vector = np.frombuffer(given, np.int8).astype(F32)
    else:
        vector = np.asarray(given, F32)
        for at, one in enumerate(given):
            wrong = found.refused_element(one, at, repr(one))
            if wrong is not None:
                raise IllegalArgument(f"{wrong} Preview of invalid vector: {preview(given)}")
    n = len(vector) * (8 if found.is_bit else 1)
    if found.dims is not None and n != found.dims:
        raise IllegalArgument(
            f"The query vector has a different number of dimensions [{n}] than the document vectors [{found.dims}]."
        )
    wrong = found.refused_magnitude(vector.tolist())
    if wrong is not None:
        raise IllegalArgument(wrong)
    return vector


def scoring(found: DenseVector) -> Callable[[Array, Array], Array]:
    """The scores of vectors (float32[n, dims]) for one that is asked for (float32[dims])."""
    if found.is_bit:
        return _bits
    kind = found.similarity
    if kind == "l2_norm":
        return lambda asked, rows: F32(1) / (F32(1) + _dots(rows - asked, rows - asked))
    if kind == "cosine":
        if found.element_type == "byte":
            return _byte_cosine
        return _cosine
    if kind == "dot_product":
        if found.element_type == "byte":
            return lambda asked, rows: F32(0.5) + _dots(asked, rows) / F32(len(asked) * (1 << 15))
        return lambda asked, rows: np.maximum((F32(1) + _dots(asked, rows)) / F32(2), F32(0))
    return lambda asked, rows: _inner(_dots(asked, rows))


def least_score(found: DenseVector, similarity: float) -> float:
    """The score of a vector that is just similar enough."""
    if found.is_bit:
        dims = found.dims or 1
        return (dims - similarity) / dims
    if found.similarity == "l2_norm":
        return 1 / (1 + similarity * similarity)
    if found.similarity == "max_inner_product":
        return float(_inner(np.array([similarity], F32))[0])
    if found.similarity == "dot_product" and found.element_type == "byte":
        return 0.5 + similarity / ((found.dims or 1) * (1 << 15))
    return (1 + similarity) / 2


def _dots(asked: Array, rows: Array) -> Array:
    """Inner products in Lucene's order of additions: four sums side by side where the vectors are long, each rounded at every step."""
    a, b = np.broadcast_arrays(asked, rows)
    n = a.shape[-1]
    total = np.zeros(a.shape[:-1], F32)
    done = 0
    if n > UNROLLED_ABOVE:
        done = n - n % 4
        sums = np.zeros((*a.shape[:-1], 4), F32)
        for at in range(0, done, 4):
            sums = _step(sums, a[..., at : at + 4], b[..., at : at + 4])
        total = total + (((sums[..., 0] + sums[..., 1]) + sums[..., 2]) + sums[..., 3])
    for at in range(done, n):
        total = _step(total, a[..., at], b[..., at])
    return total


def _step(total: Array, a: Array, b: Array) -> Array:
    """A product added with one rounding."""
    return (total.astype(np.float64) + a.astype(np.float64) * b).astype(F32)


def _cosine(asked: Array, rows: Array) -> Array:
    """ES: vectors are made of length one; the squares of those in documents are summed as they are read, one after the other."""
    squares = np.add.accumulate(rows * rows, axis=-1, dtype=F32)[..., -1]
    unit, units = _of_length_one(asked, _dots(asked, asked)), _of_length_one(rows, squares)
    return np.maximum((F32(1) + _dots(unit, units)) / F32(2), F32(0))


def _of_length_one(vectors: Array, squares: Array) -> Array:
    """Vectors by their lengths. ES: those of length one stay as they are."""
    lengths = np.sqrt(squares.astype(np.float64)).astype(F32)[..., None]
    return np.where(np.abs(squares[..., None] - 1) > UNIT_TOLERANCE, vectors / lengths, vectors).astype(F32)


def _byte_cosine(asked: Array, rows: Array) -> Array:
    wide = rows.astype(np.float64)
    norms = np.sqrt(np.sum(wide**2, axis=-1) * np.sum(asked.astype(np.float64) ** 2))
    return ((F32(1) + (wide @ asked / norms).astype(F32)) / F32(2)).astype(F32)


def _inner(dots: Array) -> Array:
    return np.where(dots < 0, F32(1) / (F32(1) - dots), dots + F32(1)).astype(F32)


def _bits(asked: Array, rows: Array) -> Array:
    differing = np.unpackbits(asked.astype(np.int8).view(np.uint8) ^ rows.astype(np.int8).view(np.uint8), axis=-1).sum(axis=-1)
    dims = len(asked) * 8
    return ((dims - differing) / dims).astype(F32)


QUERIES = (Knn,)
