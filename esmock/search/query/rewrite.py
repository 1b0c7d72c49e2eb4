"""How the terms that a pattern or a fuzzy word stands for become a query. Docs: query-dsl-multi-term-rewrite.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NumberFormat
from esmock.search.query.base import F32, Bound, Constant, MatchNothing
from esmock.search.query.compound import BoolBound
from esmock.search.query.terms import ColumnTerm, TextTerm, docs_with, make_scorer

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

PLAIN = (None, "constant_score", "constant_score_boolean", "constant_score_blended")
_TOP = ("top_terms_blended_freqs_", "top_terms_boost_", "top_terms_")


def check_rewrite(name: str | None) -> None:
    """Refuse an unknown method. Raises IllegalArgument, NumberFormat."""
    if name is None or name in PLAIN or name == "scoring_boolean":
        return
    first = re.search("[0-9]", name)
    if first is not None:
        number = name[first.start() :]
        if not number.isdigit():
            raise NumberFormat(f'For input string: "{number}"')
        if name[: first.start()] in _TOP:
            return
    raise IllegalArgument(f"Failed to parse rewrite_method [{name}]")


def most_terms(rewrite: str | None) -> int | None:
    """How many terms a method keeps; None: all."""
    prefix = next((one for one in _TOP if rewrite is not None and rewrite.startswith(one)), None)
    return None if prefix is None or rewrite is None else int(rewrite[len(prefix) :])


def chosen(terms: dict[str, Any], rewrite: str) -> tuple[str | None, dict[str, Any]]:
    """Which family of ``rewrite`` methods it is, and the terms that it keeps, in order of their boosts or of their bytes.

    Raises:
        IllegalArgument: for a negative boost, where the method keeps all terms.
    """
    prefix = next((one for one in _TOP if rewrite.startswith(one)), None)
    if prefix is None:
        refuse_negative(terms)
        best = sorted(terms, key=lambda term: term.encode("utf-8", "surrogatepass"))
        return None, {term: terms[term] for term in best}
    best = sorted(terms, key=lambda term: (-float(terms[term]), term.encode("utf-8", "surrogatepass")))
    return prefix, {term: max(terms[term], F32(0)) for term in sorted(best[: int(rewrite[len(prefix) :])])}


def rewritten(
    shard: ShardSearch, field: Field, terms: dict[str, Any], rewrite: str, boost: Any, scored: bool
) -> Bound:
    """Some terms under a method that scores them.

    Args:
        terms: each with its own boost (float32).
    """
    prefix, terms = chosen(terms, rewrite)
    if not terms:
        return MatchNothing()
    if prefix == "top_terms_blended_freqs_":
        return blended(shard, field, terms, boost, scored)
    clauses: list[Bound] = []
    for term, given in terms.items():
        own = given * boost
        clauses.append(
            _constant(field, term, own) if prefix == "top_terms_boost_" else scored_term(shard, field, term, own, scored)
        )
    return clauses[0] if len(clauses) == 1 else BoolBound([], [], clauses, [], 1, scored, is_no_bool=True)


def refuse_negative(terms: dict[str, Any]) -> None:
    """Terms that a fuzzy word shares nothing with have no boost. Raises IllegalArgument."""
    negative = next((terms[term] for term in sorted(terms) if terms[term] < 0), None)
    if negative is not None:
        from esmock.xcontent.java_number import java_float

        error = IllegalArgument(f"boost must be a positive float, got {java_float(float(negative))}")
        error.in_rewrite = True  # type: ignore[attr-defined]
        raise error


def blended(shard: ShardSearch, field: Field, terms: dict[str, Any], boost: Any, scored: bool) -> Bound:
    """Terms that all score as often as the commonest of them."""
    path = field.path
    df = max((shard.doc_freq(path, term) for term in terms), default=0)
    if not df:
        return MatchNothing()
    words = tuple(terms)
    # ES: what does not add to the score asks for no statistics
    clauses = [
        _constant(field, term, F32(0)) if scored and own == 0 else scored_term(shard, field, term, own * boost, scored, df, words)
        for term, own in terms.items()
    ]
    return clauses[0] if len(clauses) == 1 else BoolBound([], [], clauses, [], 1, scored, is_no_bool=True)


def scored_term(
    shard: ShardSearch, field: Field, term: str, boost: Any, scored: bool, df: int | None = None, words: tuple[str, ...] = ()
) -> Bound:
    """One term with a score of its own.

    Args:
        df: how many documents are said to have it; None: those that do.
        words: the terms that it is blended with.
    """
    path = field.path
    scorer = None
    if scored:
        doc_freq = shard.doc_freq(path, term) if df is None else df
        scorer = make_scorer(shard, field, path, doc_freq, boost, words=(words or (term,),), blend=term)
    if field.is_text:
        return TextTerm(path, term, scorer, bool(field.get("norms")))
    return ColumnTerm(path, term, scorer)


def _constant(field: Field, term: str, boost: Any) -> Bound:
    path = field.path
    if not field.is_text:
        return Constant(lambda segment: docs_with(segment.column(path), [term]), F32(boost))
    found = TextTerm(path, term, None)
    return Constant(lambda segment: found.match(segment).match, F32(boost))
