"""Prefixes that are terms of a field of beginnings, which texts keep for them. Docs: index-prefixes, search-as-you-type.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import NullPointer
from esmock.search.query.base import Bound, Constant
from esmock.search.query.compound import BoolBound
from esmock.search.query.multi_term import matching_terms, terms_mask
from esmock.search.query.rewrite import PLAIN, rewritten
from esmock.search.query.terms import bind_term

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.text_parts import Prefixes
    from esmock.search.query.shard import ShardSearch


def looked_up(field: Field, value: str) -> Prefixes | None:
    """The field in which a prefix is looked up instead; None: it is not."""
    part: Prefixes | None = getattr(field, "beginnings", None)
    return part if part is not None and (field is part or part.nearly_within(value)) else None


def bind_beginning(
    shard: ShardSearch, field: Field, value: str, rewrite: str | None, boost: Any, scored: bool
) -> Bound | None:
    """A prefix that scores as a term of the field of beginnings does; None: it has one score for all, or is looked up in its own field.

    Raises:
        QueryShard: ES: 7.x fails for one that is too short where no method is given.
    """
    part = looked_up(field, value)
    if part is None:
        return None
    is_short = len(value) < part.bounds[0]
    if is_short and rewrite is None and shard.behaviour.major < 8:
        cause = NullPointer('Cannot invoke "Object.hashCode()" because "this.rewriteMethod" is null')
        raise shard.error(f"failed to create query: {cause.reason}", cause)
    if field is not part and rewrite in PLAIN:
        if field is part.owner or is_short:
            return None
        # ES: a beginning of shingles is looked for among those of single words
        found = bind_term(shard, part.path, part, value, boost, False)
        return Constant(lambda segment: found.match(segment).match, boost)
    if not is_short:
        return bind_term(shard, part.path, part, value, boost, scored)
    longer = _longer(shard, part, value, rewrite, boost, scored)
    return BoolBound([], [], [longer, bind_term(shard, part.owner.path, part.owner, value, boost, scored)], [], 1, scored)


def _longer(shard: ShardSearch, part: Prefixes, value: str, rewrite: str | None, boost: Any, scored: bool) -> Bound:
    """The shortest beginnings that begin so."""
    path, least = part.path, part.bounds[0]

    def places(segment: Any) -> Any:
        return matching_terms(segment, path, True, lambda term: len(term) == least, value)

    if rewrite in PLAIN:
        return Constant(lambda segment: terms_mask(segment, path, True, places(segment)[1]), boost)
    words: dict[str, Any] = {}
    for segment in shard.segments(path):
        terms, found = places(segment)
        words.update({terms[at]: boost * 0 + 1 for at in found.tolist()})
    return rewritten(shard, part, words, str(rewrite), boost, scored)
