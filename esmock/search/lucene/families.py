"""Queries on parents and children in Lucene's words, and why they score as they do.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.search.lucene.explanation import Explanation, node
from esmock.search.lucene.node import FILTER, MUST, Boolean, Leaf, Lucene, binding, nothing, term

if TYPE_CHECKING:
    from esmock.mapping.join import Join
    from esmock.search.query.parent_child import HasChild, HasParent, ParentId
    from esmock.search.query.shard import ShardSearch


def has_child(query: HasChild, shard: ShardSearch) -> Lucene:
    field = _join_of(query, shard)
    parent = None if field is None else field.parent_of(query.type)
    if field is None or parent is None:
        return nothing("")
    sought = (term(field.path, parent),)
    return _late(query, shard, field, parent, f"min={query.minimum}max={query.maximum}", sought)


def has_parent(query: HasParent, shard: ShardSearch) -> Lucene:
    field = _join_of(query, shard)
    children = None if field is None else field.relations.get(query.type)
    if field is None or children is None:
        return nothing("")
    sought = tuple(term(field.path, name) for name in children)
    found = _late(query, shard, field, query.type, f"min=1max={2**31 - 1}", sought)
    assert isinstance(found.becomes, Leaf)
    found.becomes.children = sought
    return found


def parent_id(query: ParentId, shard: ShardSearch) -> Lucene:
    """The term of the parent's id, and the relation."""
    field = _join_of(query, shard)
    parent = None if field is None else field.parent_of(query.type)
    if field is None or parent is None:
        return nothing("")
    by_id = Leaf("TermQuery", f"{field.path}#{parent}:{query.id}", bind=binding(query))
    by_id.explained = partial(_explained_id, query, field, parent)
    return Boolean([(MUST, by_id), (FILTER, term(field.path, query.type))])


def _join_of(query: HasChild | HasParent | ParentId, shard: ShardSearch) -> Join | None:
    """The join field, once the query is known to fit it. Raises ApiError."""
    from esmock.search.query.parent_child import join_field

    query.bind(shard, False)
    return join_field(shard)


def _late(
    query: HasChild | HasParent, shard: ShardSearch, field: Join, parent: str, limits: str, sought: tuple[Lucene, ...]
) -> Leaf:
    """A query that is made where the numbers of the ids are known: of what is looked for, and how often it has to be found.

    Args:
        sought: the documents that are looked for.
    """
    from esmock.search.lucene.describe import describe

    found = Boolean([(MUST, describe(query.query, shard)), (FILTER, term(field.path, query.type))]).rewritten()
    joined = f"joinField={field.path}#{parent}"
    run = Leaf(
        "GlobalOrdinalsWithScoreQuery", f"GlobalOrdinalsQuery{{{joined}{limits}fromQuery={found.text()}}}", bind=binding(query), sought=sought
    )
    run.explained = partial(_explained, run, field, parent)
    return Leaf("LateParsingQuery", f"LateParsingQuery {{{joined}}}", becomes=run)


def _explained_id(query: ParentId, field: Join, parent: str, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    """The parent's id as a term: parents hold their own, children that of their parent."""
    from esmock.search.explain.tree import explained_word
    from esmock.search.query.parent_child import family
    from esmock.search.query.shard import FieldStatistics

    known = family(segment, field.path)
    value = str(known.ids[doc] if known.names[doc] == parent else known.parents[doc])
    if value != query.id:
        return False, node(0.0, "no matching term")
    shard = explainer.shard
    doc_freq, doc_count = query.counts(shard, field, parent)
    scorer = query.scorer(shard, field, parent, boost)
    words = f"{field.path}#{parent}:{query.id}"
    return True, explained_word(explainer, segment, doc, words, scorer, doc_freq, FieldStatistics(doc_count, doc_count))


def _explained(made: Leaf, field: Join, parent: str, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    """Whether the id of the family is among those found; on which side of it the document stands is not asked."""
    from esmock.search.query.parent_child import family

    known = family(segment, field.path)
    own = str(known.names[doc])
    if own != parent and own not in field.relations.get(parent, ()):
        return False, node(0.0, "Not a match")
    value = str(known.ids[doc] if own == parent else known.parents[doc])
    score = explainer.bound(made, boost).score_of(value)
    if score is None:
        return False, node(0.0, f"Not a match, join value {value}")
    return True, node(float(score), f"A match, join value {value}")
