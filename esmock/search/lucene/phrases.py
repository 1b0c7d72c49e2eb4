"""Phrases in Lucene's words: at their places, in shingles, and with a last word that is only begun.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.lucene.node import MUST, SHOULD, Binding, Boolean, Leaf, Lucene, nothing, term
from esmock.search.lucene.text import position, synonyms_of
from esmock.search.query.analyzed import Analysis
from esmock.search.query.phrase import in_shingles

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

def phrase(shard: ShardSearch, one: Field, tokens: list[Any], how: Analysis, *, is_prefix: bool) -> Lucene:
    """Words in order. Raises IllegalState where the field has no positions."""
    slots = _by_place(tokens)
    if len(slots) > 1 and (not is_prefix or one.phrase_prefix_in_shingles):  # type: ignore[attr-defined]
        part = in_shingles(one, tokens, slots, how.slop)
        if part is not None:
            return _in_shingles(phrase(shard, *part, how, is_prefix=is_prefix))
    slop = f"~{how.slop}" if how.slop else ""
    if is_prefix:
        return _begun(shard, one, slots, how) or _phrase_prefix(shard, one, slots, slop, how)
    if len(slots) == 1:
        return position(shard, one, next(iter(slots.values())), Analysis())
    return _whole_phrase(one, slots, slop, how.slop)


def _in_shingles(made: Lucene) -> Lucene:
    """A phrase that is one shingle is made of its term when it is rewritten."""
    if not isinstance(made, Leaf) or made.kind != "TermQuery":
        return made
    path, _, words = made.words.partition(":")
    return Leaf("PhraseQuery", f'{path}:"{words}"', becomes=made)


def _by_place(tokens: list[Any]) -> dict[int, list[str]]:
    slots: dict[int, list[str]] = {}
    for token in tokens:
        slots.setdefault(token.position, []).append(token.term)
    return slots


def _begun(shard: ShardSearch, one: Field, slots: dict[int, list[str]], how: Analysis) -> Lucene | None:
    """The last word as a term of the field of beginnings; None: it has no place there."""
    prefixes = one.prefix_part  # type: ignore[attr-defined]
    *before, last = sorted(slots)
    if prefixes is None or (how.slop and before) or not all(map(prefixes.within, slots[last])):
        return None
    if not before:
        # ES: a single word, too, is looked up as a synonym, but on fields that are searched as one types
        is_plain = len(slots[last]) == 1 and one.name == "search_as_you_type"
        if not is_plain:
            return synonyms_of(prefixes, slots[last])
        word = slots[last][0]
        return Leaf("TermQuery", f"{prefixes.path}:{word}", bind=_near_bound(one, slots), may_be_nested=True)
    parts: list[str] = []
    previous = before[0] - 1
    for at in (*before, last):
        if at - previous > 1:
            parts.append(f"SpanGap({one.path}:{at - previous - 1})")
        previous = at
        path = prefixes.path if at == last else one.path
        shown = [f"mask({path}:{word}) as {one.path}" if at == last else f"{path}:{word}" for word in slots[at]]
        parts.append(shown[0] if len(shown) == 1 else f"spanOr([{', '.join(shown)}])")
    return Leaf("SpanNearQuery", f"spanNear([{', '.join(parts)}], 0, true)", bind=_near_bound(one, slots))


def _near_bound(one: Field, slots: dict[int, list[str]]) -> Binding:
    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.phrase_prefix import in_prefixes

        return in_prefixes(shard, one, one.prefix_part, sorted(slots.items()), 0, boost, True)  # type: ignore[attr-defined]

    return bind


def _whole_phrase(one: Field, slots: dict[int, list[str]], slop: str, distance: int) -> Lucene:
    """Words at their places; a single one is its term."""
    is_plain = all(len(each) == 1 for each in slots.values())
    if is_plain and len(slots) == 1:
        return term(one.path, next(iter(slots.values()))[0])
    bind, words = _phrase_bound(one, slots, distance), _slots(slots)
    if not is_plain or one.name in _BY_SHINGLES:
        return Leaf("MultiPhraseQuery", f'{one.path}:"{words}"{slop}', bind=bind)
    made = Leaf("PhraseQuery", f'{one.path}:"{words}"{slop}', bind=bind)
    gap = "? " * min(slots)
    return Leaf("PhraseQuery", f'{one.path}:"{gap}{words}"{slop}', becomes=made) if gap else made


_BY_SHINGLES = ("search_as_you_type", "shingle")
"""Types that make phrases of their own."""


def _phrase_bound(one: Field, slots: dict[int, list[str]], slop: int) -> Binding:
    first = min(slots)

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.phrase import bound_phrase

        return bound_phrase(shard, one, [(at - first, words) for at, words in sorted(slots.items())], slop, boost, True)

    return bind


def _slots(slots: dict[int, list[str]], last: str = "") -> str:
    """The words of a phrase; a question mark stands for a gap."""
    first = min(slots)
    out = []
    for at in range(first, max(slots) + 1):
        words = slots.get(at, ["?"])
        text = words[0] if len(words) == 1 else f"({' '.join(words)})"
        out.append(text + last if at == max(slots) else text)
    return " ".join(out)


def _phrase_prefix(shard: ShardSearch, one: Field, slots: dict[int, list[str]], slop: str, how: Analysis) -> Lucene:
    from esmock.search.query.phrase_prefix import expansions

    words = f'{one.path}:"{_slots(slots, "*")}"{slop}'
    last = max(slots)
    found = [text for prefix in slots[last] for text in expansions(shard, one, prefix, how.max_expansions)]
    found = found[: how.max_expansions]
    if not found:
        return Leaf("MultiPhrasePrefixQuery", words, becomes=_unfinished(shard, one, slots, slop, how))
    if len(slots) == 1:
        becomes: Lucene = Boolean([(SHOULD, term(one.path, text)) for text in found])
    else:
        every = {**slots, last: found}
        becomes = Leaf("MultiPhraseQuery", f'{one.path}:"{_slots(every)}"{slop}', bind=_phrase_bound(one, every, how.slop))
    return Leaf("MultiPhrasePrefixQuery", words, becomes=becomes)


def _unfinished(shard: ShardSearch, one: Field, slots: dict[int, list[str]], slop: str, how: Analysis) -> Lucene:
    """A phrase whose last word begins no term: what stands before it, and nothing."""
    none = nothing(f"No terms supplied for {_PREFIX}")
    before = {at: words for at, words in slots.items() if at != max(slots)}
    if not before:
        return none
    whole = _whole_phrase(one, before, slop, how.slop)
    if isinstance(whole, Leaf) and whole.kind == "PhraseQuery":
        whole.kind = "MultiPhraseQuery"
    return Boolean([(MUST, whole), (MUST, none)], late=shard.behaviour.lucene_nine)


_PREFIX = "org.elasticsearch.common.lucene.search.MultiPhrasePrefixQuery"
