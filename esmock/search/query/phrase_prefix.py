"""Phrases and term lists whose last word is only begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument
from esmock.search.query.analyzed import Analysis, analyzer_of, joined, match_query, refuse_without_words, word_query
from esmock.search.query.base import F32, Bound, Constant, MatchEverything, MatchNothing
from esmock.search.query.beginnings import bind_beginning
from esmock.search.query.multi_term import matching_terms, no_patterns, terms_mask
from esmock.search.query.phrase import bound_phrase, in_shingles, no_positions, require_positions
from esmock.search.query.terms import bind_term, require_indexed

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


def no_phrase_prefix(field: Field, kind: str = "phrase prefix") -> IllegalArgument:
    """The error of a field that is no text."""
    path = getattr(field, "shown_path", field.path)
    return IllegalArgument(f"Can only use {kind} queries on text fields - not on [{path}] which is of type [{field.type_name}]")


def no_phrase(shard: ShardSearch, field: Field, kind: str) -> ApiError:
    """The error of several words in a row on a field that is no text. Source: asked of 7.10.2, 7.17.29, 8.19.21."""
    has_positions = field.is_analyzed
    return no_phrase_prefix(field, kind) if has_positions or shard.behaviour.has((7, 17)) else no_positions(shard, field.path)


def phrase_prefix_on(
    shard: ShardSearch, name: str, value: Json, how: Analysis, boost: Any, scored: bool, query: str
) -> Bound:
    """A phrase of which the last word is a prefix; it stands for at most ``max_expansions`` terms."""
    from esmock.mapping.parameter import java_text

    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, query)
    if field is None:
        return MatchNothing()
    if not field.is_text:
        if how.lenient:
            return MatchNothing()
        refuse_without_words(shard, field, "match_phrase_prefix")
        if analyzer is not None and len(analyzer.terms(java_text(value))) > 1:
            raise no_phrase(shard, field, "phrase prefix")
        raise no_phrase_prefix(field)
    if not field.takes_phrases:  # type: ignore[attr-defined]
        if how.lenient:
            return MatchNothing()
        raise no_phrase_prefix(field)
    tokens = analyzer.tokens(java_text(value))
    if not tokens:
        return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
    slots = _slots(tokens)
    if len(slots) > 1:
        require_positions(shard, field, name)
    joins = len(slots) > 1 and field.phrase_prefix_in_shingles  # type: ignore[attr-defined]
    part = in_shingles(field, tokens, slots, how.slop) if joins else None
    if part is not None:
        field, slots = part[0], _slots(part[1])
    places = sorted(slots)
    prefixes = field.prefix_part  # type: ignore[attr-defined]
    if prefixes is not None and (how.slop == 0 or len(places) == 1) and all(map(prefixes.within, slots[places[-1]])):
        return in_prefixes(shard, field, prefixes, [(at, slots[at]) for at in places], how.slop, boost, scored)
    expanded: list[str] = []
    for prefix in slots[places[-1]]:
        for term in expansions(shard, field, prefix, how.max_expansions):
            if term not in expanded:
                expanded.append(term)
    expanded = expanded[: how.max_expansions]
    if not expanded:
        return MatchNothing()
    first = places[0]
    parts = [(at - first, slots[at]) for at in places[:-1]] + [(places[-1] - first, expanded)]
    if len(parts) == 1:
        return _one_position(shard, field, expanded, boost, scored)
    return bound_phrase(shard, field, parts, how.slop, boost, scored)


def in_prefixes(
    shard: ShardSearch, field: Field, prefixes: Field, slots: list[tuple[int, list[str]]], slop: int, boost: Any, scored: bool
) -> Bound:
    """A phrase whose last word is a term of the field of beginnings; several words are spans."""
    from esmock.search.query.analyzed import synonyms
    from esmock.search.query.span_matching import masked_near

    if len(slots) == 1:
        words = slots[0][1]
        if len(words) == 1:
            return bind_term(shard, prefixes.path, prefixes, words[0], boost, scored)
        return synonyms(shard, prefixes, words, boost, scored)
    return masked_near(shard, field.path, prefixes.path, slots, slop, boost, scored)


def _slots(tokens: list[Any]) -> dict[int, list[str]]:
    out: dict[int, list[str]] = {}
    for token in tokens:
        out.setdefault(token.position, []).append(token.term)
    return out


def _one_position(shard: ShardSearch, field: Field, words: list[str], boost: Any, scored: bool) -> Bound:
    """Words of which any may stand: a bool of should clauses."""
    from esmock.search.query.compound import BoolBound

    clauses = [bind_term(shard, field.path, field, word, boost, scored) for word in words]
    return clauses[0] if len(clauses) == 1 else BoolBound([], [], clauses, [], 1, scored)


def expansions(shard: ShardSearch, field: Field, prefix: str, limit: int) -> list[str]:
    """The first terms of the shard that begin with a prefix, by segment."""
    found: dict[str, None] = {}
    for segment in shard.segments(field.path):
        terms, places = matching_terms(segment, field.path, True, lambda term: True, prefix)
        for at in places.tolist():
            found.setdefault(terms[at])
            if len(found) >= limit:
                return list(found)
    return list(found)


def prefix_of(shard: ShardSearch, field: Field, prefix: str, boost: Any) -> Bound:
    """All terms of a field with a prefix, with a constant score."""
    path, is_text = field.path, field.is_text
    return Constant(
        lambda segment: terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, lambda term: True, prefix)[1]),
        F32(boost),
    )


def _begun_word(shard: ShardSearch, field: Field, word: str, how: Analysis, boost: Any) -> Bound:
    """The last word of a text on a field that is no text. Raises QueryShard where the field has no beginnings, unless lenient."""
    if field.takes_patterns:
        return prefix_of(shard, field, word, boost)
    if how.lenient:
        return MatchNothing()
    raise no_patterns(shard, field, "prefix")


def bool_prefix_on(shard: ShardSearch, name: str, value: Json, how: Analysis, boost: Any, scored: bool, query: str) -> Bound:
    """Terms joined, the last as a prefix."""
    from esmock.mapping.parameter import java_text
    from esmock.search.query.analyzed import at_position, positions

    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, query)
    if field is None:
        return MatchNothing()
    if not field.is_text:
        if analyzer is not None:
            words = analyzer.terms(java_text(value))
            parts = [word_query(shard, field, word, how, boost, scored) for word in words[:-1]]
            return joined([*parts, _begun_word(shard, field, words[-1], how, boost)], how, scored) if words else MatchNothing()
        if field.name == "keyword" and field.type_name != "parent":
            return prefix_of(shard, field, str(field.term(value)), boost)
        if not field.takes_words:
            refuse_without_words(shard, field, "match_bool_prefix")
        text = java_text(value)
        if (field.is_analyzed and field.words_of(text) is not None) or len(field.read_words(text)) == 1:
            raise no_patterns(shard, field, "prefix")
        return match_query(shard, name, value, how, boost, scored, query, kind="match_bool_prefix")
    text = java_text(value)
    tokens = analyzer.tokens(text)
    words = positions(tokens)
    if not words:
        return MatchNothing()
    require_indexed(shard, field, field.path)
    # ES: a word is unfinished only where the text ends with it
    is_prefix = tokens[-1].end == len(text)
    whole = words[:-1] if is_prefix else words
    clauses = [at_position(shard, field, one, how, boost, scored) for one in whole]
    if is_prefix:
        last = words[-1][-1]
        clauses.append(bind_beginning(shard, field, last, None, boost, scored) or prefix_of(shard, field, last, boost))
    return joined(clauses, how, scored)
