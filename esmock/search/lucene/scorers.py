"""Whether Lucene makes a scorer of a query for a segment: where it does not, what stands behind it in a bool, or looks at its documents,
is not even asked.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.lucene.node import (
    FILTER,
    MUST,
    SHOULD,
    Around,
    Boolean,
    Boost,
    Constant,
    DisMax,
    Joined,
    Leaf,
    Lucene,
)
from esmock.search.query.base import F32
from esmock.search.query.phrase import Phrase

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

_BY_TERMS = ("TermQuery", "PhraseQuery", "MultiPhraseQuery", "SynonymQuery")


def makes_scorer(made: Lucene, segment: Any, shard: ShardSearch) -> bool:
    """What is not known of is thought to have one."""
    if isinstance(made, Boost | Constant | Around):
        return makes_scorer(made.inner, segment, shard)
    if isinstance(made, Joined):
        return True
    if isinstance(made, DisMax):
        return any(makes_scorer(one, segment, shard) for one in made.queries)
    if isinstance(made, Boolean):
        if not all(makes_scorer(one, segment, shard) for one in (*made.of(MUST), *made.of(FILTER))):
            return False
        needed = made.needed or not (made.of(MUST) or made.of(FILTER))
        return sum(makes_scorer(one, segment, shard) for one in made.of(SHOULD)) >= needed
    if not isinstance(made, Leaf):
        return True
    some = made.sought or (made.children if made.kind == "CoveringQuery" else ())
    if some:
        return any(makes_scorer(one, segment, shard) for one in some)
    if made.in_segment is not None:
        expanded = made.in_segment(segment)
        return not isinstance(expanded, Boolean) or bool(expanded.clauses)
    return made.kind != "MatchNoDocsQuery" and (made.kind not in _BY_TERMS or made.bind is None or _has_terms(made, segment, shard))


def _has_terms(made: Leaf, segment: Any, shard: ShardSearch) -> bool:
    assert made.bind is not None
    bound = made.bind(shard, F32(1))
    if not isinstance(bound, Phrase):
        return bool(bound.match(segment).match.any())
    postings = segment.postings(bound.path)
    return all(any(len(postings.of(term)[0]) for term in terms) for _, terms in bound.slots)
