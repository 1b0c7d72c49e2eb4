"""``terms_set``, ``more_like_this`` and ``intervals`` in Lucene's words, and why they score as they do.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.addition import in_order
from esmock.mapping.parameter import java_text
from esmock.search.lucene import terms
from esmock.search.lucene.explanation import Explanation, node
from esmock.search.lucene.features import PIVOT
from esmock.search.lucene.node import MUST, MUST_NOT, SHOULD, Boolean, Boost, Leaf, Lucene, nothing
from esmock.search.query.base import MatchNothing
from esmock.search.query.common_terms import least
from esmock.search.query.feature import UNMATCHABLE

if TYPE_CHECKING:
    from esmock.search.query.common_terms import Common
    from esmock.search.query.feature import TermsSet
    from esmock.search.query.intervals import Intervals
    from esmock.search.query.more_like_this import MoreLikeThis
    from esmock.search.query.shard import ShardSearch


def terms_set(query: TermsSet, shard: ShardSearch) -> Lucene:
    """``CoveringQuery``: as many terms as a number of the document, or a script, asks for."""
    if not query.terms:
        return nothing("No terms supplied for \"terms_set\" query.")
    query.bind(shard, False)
    if query.minimum_script is not None:
        needed = f"script({query.minimum_script.shown()})"
    else:
        needed = f"long({query.minimum_field})"
    is_known = shard.field(query.field) is not None
    parts = [terms.term_on(shard, query.field, one) if is_known else _plain_term(query.field, java_text(one)) for one in query.terms]
    made = covering(parts, needed)
    made.explained = partial(_explained_covering, made)
    return made


def covering(parts: Sequence[Lucene], needed: str) -> Leaf:
    """As many of some queries as are needed, which are written in the order of their texts."""
    texts = sorted((one.text() for one in parts), key=lambda text: text.encode("utf-16-be", "surrogatepass"))
    return Leaf("CoveringQuery", f"CoveringQuery(queries=[{', '.join(texts)}], minimumNumberMatch={needed})", children=tuple(parts))


def _explained_covering(made: Leaf, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    bound = explainer.bound(made, boost)
    needed = int(bound.needed(segment)[doc])
    if needed == UNMATCHABLE:
        return False, node(0.0, "minimumNumberMatch has no value on the current document")
    found = [explainer.of(one, segment, doc, boost) for one in made.children]
    matches = [why for is_match, why in found if is_match]
    words = f"{len(matches)} matches for {max(needed, 1)} required matches"
    subs = [why for _, why in found]
    if len(matches) < max(needed, 1):
        return False, node(0.0, words, subs)
    return True, node(in_order(float(one["value"]) for one in matches), f"{words}, sum of:", subs)


def more_like_this(query: MoreLikeThis, shard: ShardSearch) -> Lucene:
    """``like:...``, which is rewritten to the chosen terms; the documents themselves are left out."""
    fields = query.compared(shard)
    if not fields:
        return nothing("")
    groups: list[Lucene] = []
    for chosen, needed in query.chosen(shard, fields):
        clauses: list[tuple[str, Lucene]] = []
        for path, word, weight in chosen:
            leaf = Leaf("TermQuery", f"{path}:{word}", bind=partial(_bind_word, path, word))
            clauses.append((SHOULD, leaf if weight is None else Boost(leaf, weight)))
        groups.append(Boolean(clauses, needed, shard.behaviour.lucene_nine))
    becomes = groups[0] if len(groups) == 1 else Boolean([(SHOULD, one) for one in groups], late=shard.behaviour.lucene_nine)
    texts = query.like_texts
    made = Leaf("MoreLikeThisQuery", f"like:{java_text(texts) if texts else 'null'}", becomes=becomes)
    if not query.likes_documents:
        return made
    excluded = [] if query.include or not query.own_ids else [(MUST_NOT, terms.ids_on(shard, query.own_ids))]
    return Boolean([(SHOULD, made), *excluded])


def _bind_word(path: str, word: str, shard: Any, boost: Any) -> Any:
    from esmock.search.query.more_like_this import raw_term

    return raw_term(shard, path, word, boost, True)


_COMMON = "ExtendedCommonTermsQuery"


def common(query: Common, shard: ShardSearch) -> Lucene:
    """``ExtendedCommonTermsQuery``: rare words are required, common ones add to the score."""
    words, low, high = query.weighed(shard)
    if not words:
        return Leaf(_COMMON, "", becomes=nothing("CommonTermsQuery with no terms"))
    field = shard.field(query.field)
    clauses = {word: _plain_term(query.field, word) for word in words}
    if field is not None and field.takes_patterns:
        clauses = {word: terms.term_on(shard, query.field, word) for word in words}
    shown = ", ".join(clauses[word].text() for word in words)
    if len(words) == 1:
        return Leaf(_COMMON, shown, becomes=clauses[words[0]])
    rare, often = (
        _group([clauses[word] for word in some], operator, minimum)
        for some, operator, minimum in (
            (low, query.low_operator, query.low_minimum), (high, query.high_operator, query.high_minimum)
        )
    )  # fmt: skip
    if rare is None and query.high_minimum is None and often is not None:
        becomes: Lucene = Boolean([(MUST, clauses[word]) for word in high])
    elif rare is None or often is None:
        becomes = rare or often  # type: ignore[assignment]
    else:
        becomes = Boolean([(MUST, rare), (SHOULD, often)])
    return Leaf(_COMMON, shown, becomes=becomes)


def _plain_term(name: str, word: str) -> Lucene:
    """A word on a field whose values are no words: it is not found."""
    return Leaf("TermQuery", f"{name}:{word}", bind=lambda shard, boost: MatchNothing())


def _group(clauses: list[Lucene], operator: str, minimum: str | None) -> Boolean | None:
    """Words that are equally rare; None: there are none."""
    if not clauses:
        return None
    if operator == "and":
        return Boolean([(MUST, one) for one in clauses])
    return Boolean([(SHOULD, one) for one in clauses], least(len(clauses), minimum))


def intervals(query: Intervals, shard: ShardSearch) -> Lucene:
    """``IntervalQuery``: the rule in the words of its sources."""
    source = query.source(shard)
    if source is None:
        return nothing("")
    made = Leaf("IntervalQuery", f"{query.field}:{source.text()}")
    made.explained = partial(_explained_intervals, made)
    return made


def _explained_intervals(made: Leaf, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    hits = explainer.bound(made, boost).match(segment)
    if not hits.match[doc]:
        return False, node(0.0, "no matching intervals")
    details = [
        node(float(boost), "w, weight of this function"),
        node(1.0, PIVOT),
        node(explainer.bound(made, boost).frequency(segment, doc), f"S, the sloppy frequency of the interval query {made.words}"),
    ]
    words = "Saturation function on interval frequency, computed as w * S / (S + k) from:"
    return True, node(float(hits.score[doc]), words, details)
