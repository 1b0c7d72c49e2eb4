"""The Lucene query of ``combined_fields``. Source: answers of 8.19.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.search.lucene.explanation import single
from esmock.search.lucene.node import Leaf, Lucene, everything, nothing, term
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
    return joined([_position(query, weights, fields, group) for group in words], query.how)


def _position(query: CombinedFields, weights: dict[str, float], fields: str, group: list[str]) -> Leaf:
    """The words of one position; where no scores are wanted, any of them is looked for in each field."""
    each = tuple(term(path, word) for path in sorted(weights) for word in group)
    words = f"CombinedFieldQuery(({fields})({' '.join(group)}))"
    return Leaf("CombinedFieldQuery", words, bind=_bound(query, weights, group), unscored=each if len(each) > 1 else ())


def _bound(query: CombinedFields, weights: dict[str, float], words: list[str]) -> Callable[[ShardSearch, Any], Any]:
    return lambda shard, boost: query.position(shard, weights, words, boost, True)
