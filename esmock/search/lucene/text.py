"""Full-text queries in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.mapping.parameter import java_text
from esmock.search.lucene import expansion, terms
from esmock.search.lucene.node import (
    MUST,
    SHOULD,
    Binding,
    Boolean,
    Boost,
    DisMax,
    Leaf,
    Lucene,
    everything,
    failure,
    nothing,
    number,
    term,
)
from esmock.search.query.analyzed import UNSEARCHED, Analysis, analyzer_of, positions, refuse_without_words
from esmock.search.query.fuzzy import check_fuzzy
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.multi_match import TYPES
from esmock.search.query.multi_term import no_patterns
from esmock.search.query.phrase_prefix import no_phrase, no_phrase_prefix

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any
NO_TERMS = "Matching no documents because no terms present"


@dataclass(frozen=True, slots=True)
class _Fuzzy:
    """The fuzzy options of a match."""

    fuzziness: str | None
    prefix_length: int
    max_expansions: int
    transpositions: bool
    rewrite: str | None


def match_on(shard: ShardSearch, name: str, value: Json, how: Analysis, kind: str = "match") -> Lucene:
    """A text on one field.

    Args:
        kind: ``match``, ``phrase``, ``phrase_prefix`` or ``bool_prefix``.
    """
    one = shard.field(name)
    if one is None:
        from esmock.search.lucene.terms import term_on

        is_metadata = shard.identity(name) is not None
        return term_on(shard, name, value) if is_metadata else nothing(f"unmapped fields [{name}]")
    text = java_text(value)
    if not one.is_text:
        if how.analyzer is not None:
            return _analyzed(shard, one, analyzer_of(shard, one, how.analyzer, "match").tokens(text), how, kind)
        return _exact(shard, one, name, value, how, kind)
    analyzer = analyzer_of(shard, one, how.analyzer, "match", quoted=kind == "phrase")
    tokens = analyzer.tokens(text)
    is_phrase = kind == "phrase_prefix" or (kind == "phrase" and len(positions(tokens)) > 1)
    if is_phrase and not one.takes_phrases:  # type: ignore[attr-defined]
        return refused(one, no_phrase_prefix(one, kind.replace("_", " ")), how)
    if not tokens:
        return everything() if how.zero_terms == "all" else nothing(NO_TERMS)
    if kind in ("phrase", "phrase_prefix"):
        from esmock.search.lucene.phrases import phrase

        return phrase(shard, one, tokens, how, is_prefix=kind == "phrase_prefix")
    words = positions(tokens)
    if kind == "bool_prefix":
        # ES: a word is unfinished only where the text ends with it
        last = words.pop()[-1] if tokens[-1].end == len(text) else None
        clauses = [position(shard, one, each, how) for each in words]
        if last is not None:
            begun = expansion.beginning(shard, one, last)
            clauses.append(begun or expansion.expanded(shard, one, f"{one.path}:{last}*", lambda found: found.startswith(last)))
        return joined(clauses, how)
    return joined([position(shard, one, each, how) for each in words], how)


def _analyzed(shard: ShardSearch, one: Field, tokens: list[Any], how: Analysis, kind: str) -> Lucene:
    """The words of a text, each a value of a field that is no text."""
    words = [each[0] for each in positions(tokens)]
    if not words:
        return everything() if how.zero_terms == "all" else nothing(NO_TERMS)
    if kind in ("phrase", "phrase_prefix") and len(words) > 1:
        return refused(one, no_phrase(shard, one, kind.replace("_", " ")), how)
    if kind == "phrase_prefix":
        return refused(one, no_phrase_prefix(one), how)
    last = words.pop() if kind == "bool_prefix" else None
    clauses = [_word(shard, one, each, how) for each in words]
    if last is not None:
        clauses.append(_begun(shard, one, last, how))
    return joined(clauses, how)


def _word(shard: ShardSearch, one: Field, word: str, how: Analysis) -> Lucene:
    """One word as a value of a field."""
    try:
        if how.fuzziness is None:
            return terms.term_on(shard, one.path, word)
        check_fuzzy(one)
        return expansion.fuzzy_on(shard, one, str(one.term(word)), _fuzzy(how))
    except ApiError as error:
        return refused(one, error, how)


def _begun(shard: ShardSearch, one: Field, word: str, how: Analysis) -> Lucene:
    """The last word, which need not be whole."""
    if one.takes_patterns:
        return expansion.expanded(shard, one, f"{one.path}:{word}*", lambda found: found.startswith(word))
    return refused(one, no_patterns(shard, one, "prefix"), how)


def _exact(shard: ShardSearch, one: Field, name: str, value: Json, how: Analysis, kind: str) -> Lucene:
    text = java_text(value)
    try:
        refuse_without_words(shard, one, "match" if kind == "match" else f"match_{kind}")
        if one.name in UNSEARCHED:
            return _analyzed(shard, one, analyzer_of(shard, one, None, "match").tokens(text), how, kind)
        if kind == "phrase_prefix":
            raise no_phrase_prefix(one)
        words = one.words_of(text)
        if words is None:
            return everything() if how.zero_terms == "all" else nothing(NO_TERMS)
        if kind == "bool_prefix" and one.is_analyzed:
            raise no_patterns(shard, one, "prefix")
        if kind == "bool_prefix" and one.name == "keyword" and one.type_name != "parent":
            return expansion.expanded(shard, one, f"{one.path}:{text}*", lambda found: found.startswith(text))
        if how.fuzziness is not None and one.takes_patterns and one.name != "wildcard":
            return expansion.fuzzy_on(shard, one, str(one.term(text)), _fuzzy(how))
        if one.name == "keyword" and one.get("split_queries_on_whitespace"):
            words = text.split()
            return joined([terms.term_on(shard, name, word) for word in words], how) if words else nothing(NO_TERMS)
        return terms.term_on(shard, name, words if isinstance(value, str) else value)
    except ApiError as error:
        return refused(one, error, how)


def refused(one: Field, error: ApiError, how: Analysis) -> Lucene:
    """What stands for a query that a field has not, where such are let pass. Raises the error where they are not."""
    if not how.lenient:
        raise error
    return nothing(failure(one.path, error))


def _fuzzy(how: Analysis) -> _Fuzzy:
    return _Fuzzy(how.fuzziness, how.prefix_length, how.max_expansions, how.transpositions, how.rewrite)


def position(shard: ShardSearch, one: Field, words: list[str], how: Analysis) -> Lucene:
    if how.fuzziness is not None:
        parts = [expansion.fuzzy_on(shard, one, word, _fuzzy(how)) for word in words]
        return parts[0] if len(parts) == 1 else Boolean([(SHOULD, part) for part in parts])
    return term(one.path, words[0]) if len(words) == 1 else synonyms_of(one, words)


def synonyms_of(one: Field, words: list[str]) -> Lucene:
    """Words of one place that count as one."""

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.analyzed import synonyms

        return synonyms(shard, one, words, boost, True)

    def bind_alone(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.terms import bind_term

        return bind_term(shard, one.path, one, words[0], boost, True)

    alone = Leaf("TermQuery", f"{one.path}:{words[0]}", bind=bind_alone) if len(words) == 1 else None
    return Leaf("SynonymQuery", "Synonym(" + " ".join(f"{one.path}:{word}" for word in sorted(words)) + ")", becomes=alone, bind=bind)


def joined(clauses: list[Lucene], how: Analysis) -> Lucene:
    """The clauses of several words."""
    if len(clauses) == 1:
        return clauses[0]
    if how.operator == "and":
        return Boolean([(MUST, one) for one in clauses], 0 if how.minimum is None else max(minimum_should_match(0, how.minimum), 0))
    needed = 0 if how.minimum is None else max(minimum_should_match(len(clauses), how.minimum), 0)
    return Boolean([(SHOULD, one) for one in clauses], needed)


_KINDS = {"phrase": "phrase", "phrase_prefix": "phrase_prefix", "bool_prefix": "bool_prefix"}


def multi_on(
    shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, kind: str, tie_breaker: float | None
) -> Lucene:
    """A text on several fields."""
    tie = TYPES[kind] if tie_breaker is None else tie_breaker
    fields = {name: own for name, own in fields.items() if shard.field(name) is not None}
    if not fields:
        return nothing("unmapped fields []")
    if kind == "cross_fields":
        return _cross_fields(shard, value, fields, how, tie)
    clauses: list[Lucene] = []
    for name, own in fields.items():
        one = match_on(shard, name, value, how, _KINDS.get(kind, "match"))
        clauses.append(_boosted(one, own))
    return clauses[0] if len(clauses) == 1 else DisMax(clauses, tie)


def _boosted(made: Lucene, boost: float) -> Lucene:
    """ES: what finds nothing has no boost."""
    return made if boost == 1.0 or made.kind == "MatchNoDocsQuery" else Boost(made, boost)


def _cross_fields(shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, tie: float) -> Lucene:
    from esmock.search.query.cross_fields import grouped, words_of

    made: list[Lucene] = []
    for group in grouped(shard, fields, how):
        name, own = next(iter(group.items()))
        words = words_of(shard, value, name, how)
        if not words and how.zero_terms == "null":
            continue
        if len(group) == 1:
            one = match_on(shard, name, value, how)
            made.append(one if own == 1.0 else Boost(one, own))
            continue
        if not words:
            made.append(everything() if how.zero_terms == "all" else nothing(NO_TERMS))
            continue
        made.append(joined([_on_all(shard, each[0], group, tie, how) for each in words], how))
    return made[0] if len(made) == 1 else DisMax(made, tie)


def _on_all(shard: ShardSearch, word: str, fields: dict[str, float], tie: float, how: Analysis) -> Lucene:
    """A term on several fields: what is no term stands beside those that are."""
    from esmock.search.query.cross_fields import parted

    termed, others = parted(shard, fields)
    parts: list[Lucene] = []
    for name, own in others.items():
        one = match_on(shard, name, word, Analysis(lenient=how.lenient))
        parts.append(_boosted(one, own))
    for name in list(termed):
        field = shard.field(name)
        made = None if field is None or field.is_text else match_on(shard, name, word, Analysis(lenient=how.lenient))
        if made is not None and made.kind == "MatchNoDocsQuery":
            parts.append(made)
            del termed[name]
    if termed:
        parts.append(_blended(shard, word, termed, tie, how))
    return parts[0] if len(parts) == 1 else DisMax(parts, tie)


def _blended(shard: ShardSearch, word: str, fields: dict[str, float], tie: float, how: Analysis) -> Lucene:
    """A term on several fields that count as one."""
    from esmock.search.query.cross_fields import blended

    members = blended(shard, word, fields, how)
    shown = ", ".join(f"{field.path}:{text}" + ("" if own == 1.0 else f"^{number(own)}") for field, text, _, own in members)
    parts: list[Lucene] = []
    for field, text, doc_freq, own in members:
        leaf = Leaf("TermQuery", f"{field.path}:{text}", bind=_bind_blended(field, text, doc_freq), doc_freq=doc_freq)
        parts.append(leaf if own == 1.0 else Boost(leaf, own))
    return Leaf("BlendedTermQuery", f"blended(terms:[{shown}])", becomes=DisMax(parts, tie))


def _bind_blended(field: Field, word: Any, doc_freq: int) -> Binding:
    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.base import MatchNothing
        from esmock.search.query.terms import ColumnTerm, TextTerm, make_scorer

        if not doc_freq:
            return MatchNothing()
        scorer = make_scorer(shard, field, field.path, doc_freq, boost, words=((word,),), blend=word)
        if field.is_text:
            return TextTerm(field.path, str(word), scorer, bool(field.get("norms")))
        return ColumnTerm(field.path, word, scorer)

    return bind
