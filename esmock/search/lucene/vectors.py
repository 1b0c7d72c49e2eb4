"""The nearest vectors, in Lucene's words. Source: recordings of 8.19.21."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.mapping.dense_vector import DenseVector
from esmock.search.lucene.explanation import Explanation, node, single
from esmock.search.lucene.node import Leaf, Lucene, binding, lucene_doc, nothing
from esmock.search.query.base import F32
from esmock.search.query.knn import Near, Nearest, asked_vector, least_score
from esmock.search.sort_values import lucene_base

if TYPE_CHECKING:
    from esmock.search.query.knn import ExactKnn, Knn, NearestOfAll
    from esmock.search.query.shard import ShardSearch


def knn(query: Knn, shard: ShardSearch) -> Lucene:
    """The nearest vectors of a shard: what finds them, which is rewritten to the documents that it has found."""
    bound = query.bind_boosted(shard, True, F32(1))
    found = shard.field(query.field)
    if not isinstance(bound, Nearest) or not isinstance(found, DenseVector):
        return nothing("")
    is_near = "within top k documents" if query.similarity is None else "within vector similarity limit"
    words = f"{_kind(found, shard)}:{found.path}[{_first(query, found)},...][{query.candidates(shard)}]"
    if query.similarity is not None:
        least = single(float(F32(least_score(found, query.similarity))))
        words = f"VectorSimilarityQuery[similarity={single(query.similarity)}, docScore={least}, innerKnnQuery={words}]"
    becomes = _found(query, bound.near, shard, is_near)
    if isinstance(becomes, Leaf):
        becomes.before = searched(query.candidates(shard))
    return Leaf("KnnFloatVectorQuery", words, becomes=becomes)


def _kind(found: DenseVector, shard: ShardSearch) -> str:
    element = "Byte" if found.is_of_bytes else "Float"
    if shard.mapping.nested_parent(found.path) is not None:
        return f"ESDiversifyingChildren{element}KnnVectorQuery"
    return f"ESKnn{element}VectorQuery"


def _first(query: Knn, found: DenseVector) -> str:
    """The first number of the vector that is looked for, which is made one of length 1 for cosines of decimals."""
    vector = asked_vector(found, query.query_vector)
    if found.is_of_bytes:
        return str(int(vector[0]))
    if found.similarity == "cosine":
        vector = vector / F32(np.sqrt((vector * vector).sum(dtype=F32)))
    return single(float(vector[0]))


def searched(candidates: int) -> Leaf:
    """The search for the nearest of so many candidates."""
    return Leaf("DocAndScoreQuery", f"DocAndScore[{candidates}]")


def documents(near: Sequence[Near], shard: ShardSearch) -> Lucene:
    """Documents that were found before."""
    if not near:
        return Leaf("KnnScoreDocQuery", "DocAndScoreQuery[]", becomes=nothing(""))
    places = sorted((lucene_base(shard.reader, _root(one)) + lucene_doc(one.segment, one.doc, shard.mapping), one.score) for one in near)
    best = single(max(one.score for one in near))
    return Leaf("KnnScoreDocQuery", f"DocAndScoreQuery[{places[0][0]},...][{single(places[0][1])},...],{best}")


def _root(one: Near) -> Any:
    return one.segment if one.segment.path is None else one.segment.root


def exact_knn(query: ExactKnn, shard: ShardSearch) -> Leaf:
    """The nearest vectors, compared one by one."""
    return Leaf("DenseVectorQuery", "DenseVectorQuery", explained=partial(_explained_vector, binding(query)))


def nearest(query: NearestOfAll, shard: ShardSearch) -> Lucene:
    """The nearest vectors, found before the search."""
    return _found(query, query.near.get((shard.index, shard.number), []), shard)


def _found(query: Knn | NearestOfAll, near: Sequence[Near], shard: ShardSearch, is_near: str = "within top k documents") -> Lucene:
    made = documents(near, shard)
    if isinstance(made, Leaf):
        made.bind = binding(query)
        made.explained = partial(_explained_nearest, made.bind, is_near)
    return made


def _explained_nearest(bind: Any, is_near: str, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    hits = bind(replace(explainer.shard, named={}, inner_hits={}), boost).match(segment)
    if not hits.match[doc]:
        return False, node(0.0, "not in top k documents")
    return True, node(float(hits.score[doc]), is_near)


def _explained_vector(bind: Any, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    hits = bind(replace(explainer.shard, named={}, inner_hits={}), boost).match(segment)
    score = float(hits.score[doc])
    return bool(hits.match[doc]), node(score, f"found vector with calculated similarity: {single(score)}")
