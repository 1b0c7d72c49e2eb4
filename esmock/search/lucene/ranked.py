"""Documents ranked by retrievers, in Lucene's words. Source: recordings of 8.19.21."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.search.lucene.explanation import Explanation, counted, node, single
from esmock.search.lucene.node import Leaf, lucene_doc
from esmock.search.sort_values import lucene_base

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.search.retriever.ranked import Ranked, RankedDoc

Json = Any


def ranked(query: Ranked, shard: ShardSearch) -> Leaf:
    """The ranked documents; each tells its rank."""
    docs = ", ".join(
        f"RankDoc{{_rank={one.rank}, _doc={one.key}, _shard={one.shard}, _score={single(one.score)}}}" for one in query.docs
    )
    whole = f"RankDocsQuery{{rank_docs:[{docs}]}}"
    return Leaf("RankDocsQuery", whole, explained=partial(_explained_rank, query), score=partial(_score, query))


def _found(query: Ranked, segment: Any, doc: int) -> RankedDoc | None:
    return next((one for one in query.docs if one.segment is segment and one.doc == doc), None)


def _score(query: Ranked, segment: Any, doc: int) -> float:
    found = _found(query, segment, doc)
    return 0.0 if found is None else found.score


def _explained_rank(query: Ranked, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    found = _found(query, segment, doc)
    if found is None:
        return False, node(0.0, "no matching term")
    reasons = [explainer.of(explainer.made(one), segment, doc, explainer.ONE) for one in query.reasons]
    return True, (query.words or by_rank)(explainer.shard, found, [why for matched, why in reasons if matched])


def by_rank(shard: ShardSearch, found: RankedDoc, reasons: list[Json]) -> Json:
    """Why a document has its rank, where that is all there is to say."""
    place = lucene_base(shard.reader, found.segment) + lucene_doc(found.segment, found.doc, shard.mapping)
    words = f"doc [{place}] with an original score of [{single(found.score)}]"
    return counted(found.rank, f"{words} is at rank [{found.rank}] from the following source queries.", reasons)
