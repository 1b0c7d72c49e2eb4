"""What a text becomes on one field: terms, phrases, prefixes. The common ground of the full-text queries.

Source: recordings of 7.10.2 and 8.19.21 (scores).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument
from esmock.search.query.base import Bound, MatchEverything, MatchNothing
from esmock.search.query.compound import BoolBound
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.terms import SynonymTerms, bind_term, make_scorer, require_indexed, term_query

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


UNSEARCHED = ("rank_feature", "rank_features", "percolator")
"""Types of fields for which texts are analyzed by the index's analyzer, though none of their words can be looked for."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a text is to be read and joined.

    Args:
        analyzer: by name; None: the field's.
        operator: ``or`` / ``and``.
        zero_terms: ``none`` / ``all``: what a text without terms matches; ``null``: it is no clause.
        fuzziness: as given; None: exact terms.
        lenient: whether values that a field cannot take are passed over; None: where all fields are looked in.
        rewrite: how the terms near a fuzzy one are joined.
    """

    analyzer: str | None = None
    operator: str = "or"
    minimum: str | None = None
    zero_terms: str = "none"
    fuzziness: str | None = None
    prefix_length: int = 0
    max_expansions: int = 50
    transpositions: bool = True
    lenient: bool | None = None
    slop: int = 0
    rewrite: str | None = None


def analyzer_of(shard: ShardSearch, field: Field | None, name: str | None, query: str, *, quoted: bool = False) -> Any:
    """The analyzer of a query's text. Raises QueryShard for an unknown name."""
    if name is not None:
        found = shard.mapping.analysis.analyzer(name)
        if found is None:
            raise shard.error(f"[{query}] analyzer [{name}] not found")
        return found
    if field is not None and field.name in UNSEARCHED:
        return shard.mapping.analysis.default
    if field is None or not field.is_text:
        return None
    return field.search_quote_analyzer if quoted else field.search_analyzer  # type: ignore[attr-defined]


def positions(tokens: list[Any]) -> list[list[str]]:
    """The terms of each position, in order."""
    out: list[list[str]] = []
    last = None
    for token in tokens:
        if token.position != last:
            out.append([])
            last = token.position
        if token.term not in out[-1]:
            out[-1].append(token.term)
    return out


def match_query(
    shard: ShardSearch, name: str, value: Json, how: Analysis, boost: Any, scored: bool, query: str = "match", *, kind: str = "match"
) -> Bound:
    """A text on one field, its terms joined.

    Args:
        query: whose analyzer it is.
        kind: of match query.

    Raises:
        ApiError: values that the field cannot take, unless lenient.
    """
    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, query)
    if field is None or not field.is_text:
        return _exact(shard, field, name, value, how, boost, scored, analyzer, kind)
    require_indexed(shard, field, field.path)
    from esmock.mapping.parameter import java_text

    terms = positions(analyzer.tokens(java_text(value)))
    if not terms:
        return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
    clauses = [at_position(shard, field, words, how, boost, scored) for words in terms]
    return joined(clauses, how, scored)


def joined(clauses: list[Bound], how: Analysis, scored: bool) -> Bound:
    """Clauses under an operator and ``minimum_should_match``."""
    if len(clauses) == 1:
        return clauses[0]
    if how.operator == "and":
        if how.minimum is not None and minimum_should_match(0, how.minimum) > 0:
            # ES: none of the clauses is optional, so a positive count of them cannot be had
            return MatchNothing()
        return BoolBound(clauses, [], [], [], 0, scored)
    needed = 1 if how.minimum is None else minimum_should_match(len(clauses), how.minimum)
    return BoolBound([], [], clauses, [], max(needed, 1), scored)


def at_position(shard: ShardSearch, field: Field, words: list[str], how: Analysis, boost: Any, scored: bool) -> Bound:
    path = field.path
    if how.fuzziness is not None:
        parts = [_near(shard, field, word, how, boost, scored) for word in words]
        return parts[0] if len(parts) == 1 else BoolBound([], [], parts, [], 1, scored)
    if len(words) == 1:
        return bind_term(shard, path, field, words[0], boost, scored)
    return synonyms(shard, field, words, boost, scored)


def _near(shard: ShardSearch, field: Field, word: str, how: Analysis, boost: Any, scored: bool) -> Bound:
    """The terms near a word."""
    from esmock.search.query.fuzzy import fuzzy_terms

    assert how.fuzziness is not None
    return fuzzy_terms(
        shard, field, word, how.fuzziness, how.prefix_length, how.max_expansions, boost, scored,
        transpositions=how.transpositions, rewrite=how.rewrite,
    )  # fmt: skip


def synonyms(shard: ShardSearch, field: Field, words: list[str], boost: Any, scored: bool) -> Bound:
    """Several terms on one position, scored as one."""
    path = field.path
    df = max(shard.doc_freq(path, word) for word in words)
    if df == 0:
        shard.note(path, (), scored)
        return MatchNothing()
    scorer = make_scorer(shard, field, path, df, boost, words=(words,)) if scored else None
    return SynonymTerms(path, tuple(words), scorer, bool(field.get("norms")))


def refuse_without_words(shard: ShardSearch, field: Field, kind: str) -> None:
    """Raises IllegalArgument for a field that no text is looked for in (7.11); only from 8.x on it names the kind of query."""
    if not field.takes_words and shard.behaviour.shapes_by_one_parser:
        kind = kind if shard.behaviour.major >= 8 else "match"
        raise IllegalArgument(f"Field [{field.path}] of type [{field.name}] does not support {kind} queries")


def _exact(
    shard: ShardSearch, field: Field | None, name: str, value: Json, how: Analysis, boost: Any, scored: bool, analyzer: Any, kind: str
) -> Bound:
    """A field that is not analyzed: the text is one term."""
    from esmock.mapping.parameter import java_text

    try:
        if field is not None:
            refuse_without_words(shard, field, kind)
            if kind == "match_phrase" and len(field.read_words(java_text(value))) > 1:
                from esmock.search.query.phrase_prefix import no_phrase

                raise no_phrase(shard, field, "phrase")
        if field is not None and (analyzer is not None or field.takes_patterns):
            return _words(shard, field, value, how, boost, scored, analyzer, kind)
        if how.fuzziness is not None and field is not None:
            from esmock.search.query.fuzzy import check_fuzzy

            check_fuzzy(field)
            return _near(shard, field, str(field.term(value)), how, boost, scored)
        if field is not None and isinstance(value, str):
            value = field.words_of(value)
            if value is None:
                return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
        return term_query(shard, name, value, boost, scored)
    except ApiError:
        if how.lenient:
            return MatchNothing()
        raise


def _words(
    shard: ShardSearch, field: Field, value: Json, how: Analysis, boost: Any, scored: bool, analyzer: Any, kind: str
) -> Bound:
    """The words of a text, each a value of the field: those of a named analyzer, or of a keyword."""
    from esmock.mapping.parameter import java_text

    text = java_text(value)
    words = [text]
    if analyzer is not None:
        words = analyzer.terms(text)
    elif field.has("split_queries_on_whitespace") and field.get("split_queries_on_whitespace"):
        words = text.split()
    if not words:
        return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
    if kind == "match_phrase" and len(words) > 1:
        from esmock.search.query.phrase_prefix import no_phrase

        raise no_phrase(shard, field, "phrase")
    if how.fuzziness is not None:
        from esmock.search.query.fuzzy import check_fuzzy

        check_fuzzy(field)
        clauses = [_near(shard, field, str(field.term(word)), how, boost, scored) for word in words]
    else:
        clauses = [word_query(shard, field, word, how, boost, scored) for word in words]
    return joined(clauses, how, scored)


def word_query(shard: ShardSearch, field: Field, word: str, how: Analysis, boost: Any, scored: bool) -> Bound:
    """One word as a value of the field. Raises ApiError for one that it cannot be, unless lenient."""
    try:
        return term_query(shard, field.path, word, boost, scored)
    except ApiError:
        if how.lenient:
            return MatchNothing()
        raise
