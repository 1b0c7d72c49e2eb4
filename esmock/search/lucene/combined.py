"""The Lucene query of ``combined_fields``. Source: answers of 8.19.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.search.lucene.explanation import single
from esmock.search.lucene.node import Leaf, Lucene, everything, nothing
from esmock.search.lucene.text import NO_TERMS, joined

if TYPE_CHECKING:
    from esmock.search.query.combined_fields import CombinedFields
    from esmock.search.query.shard import ShardSearch


def combined(query: CombinedFields, shard: ShardSearch) -> Lucene:
    """One query over all fields for each word of the text."""
    weights = query.weights(shard)
    if not weights:
        return nothing("unmapped fields []")
    words = query.words(shard, weights)
    if not words:
        return everything() if query.zero_terms == "all" else nothing(NO_TERMS)
    fields = " ".join(path if weight == 1 else f"{path}^{single(weight)}" for path, weight in sorted(weights.items()))
    return joined(
        [Leaf("CombinedFieldQuery", f"CombinedFieldQuery(({fields})({' '.join(group)}))", bind=_bound(query, weights, group)) for group in words],
        query.how,
    )


def _bound(query: CombinedFields, weights: dict[str, float], words: list[str]) -> Callable[[ShardSearch, Any], Any]:
    return lambda shard, boost: query.position(shard, weights, words, boost, True)
