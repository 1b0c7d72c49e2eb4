"""How the terms that a pattern or a fuzzy word stands for become a query. Docs: query-dsl-multi-term-rewrite.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.search.query.base import F32, Bound, Constant, MatchNothing
from esmock.search.query.compound import BoolBound
from esmock.search.query.terms import ColumnTerm, TextTerm, docs_with, make_scorer

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

PLAIN = (None, "constant_score", "constant_score_boolean", "constant_score_blended")
_TOP = ("top_terms_blended_freqs_", "top_terms_boost_", "top_terms_")


def check_rewrite(name: str | None) -> None:
    """Refuse an unknown method. Raises IllegalArgument."""
    if name in PLAIN or name == "scoring_boolean":
        return
    prefix = next((one for one in _TOP if str(name).startswith(one)), None)
    if prefix is None or not str(name)[len(prefix) :].isdigit():
        raise IllegalArgument(f"Failed to parse rewrite_method [{name}]")


def rewritten(
    shard: ShardSearch, field: Field, terms: dict[str, Any], rewrite: str, boost: Any, scored: bool
) -> Bound:
    """Some terms under a method that scores them.

    Args:
        terms: each with its own boost (float32).
    """
    prefix = next((one for one in _TOP if rewrite.startswith(one)), None)
    best = sorted(terms, key=lambda term: (-float(terms[term]), term.encode("utf-8", "surrogatepass")))
    if prefix is not None:
        best = sorted(best[: int(rewrite[len(prefix) :])])
    if not best:
        return MatchNothing()
    if prefix == "top_terms_blended_freqs_":
        return blended(shard, field, {term: terms[term] for term in best}, boost, scored)
    clauses: list[Bound] = []
    for term in best:
        own = terms[term] * boost
        clauses.append(
            _constant(field, term, own) if prefix == "top_terms_boost_" else _scored(shard, field, term, own, scored)
        )
    return clauses[0] if len(clauses) == 1 else BoolBound([], [], clauses, [], 1, scored)


def blended(shard: ShardSearch, field: Field, terms: dict[str, Any], boost: Any, scored: bool) -> Bound:
    """Terms that all score as often as the commonest of them."""
    path = field.path
    df = max((shard.doc_freq(path, term) for term in terms), default=0)
    if not df:
        return MatchNothing()
    words = tuple(terms)
    clauses = [_scored(shard, field, term, own * boost, scored, df, words) for term, own in terms.items()]
    return clauses[0] if len(clauses) == 1 else BoolBound([], [], clauses, [], 1, scored)


def _scored(
    shard: ShardSearch, field: Field, term: str, boost: Any, scored: bool, df: int | None = None, words: tuple[str, ...] = ()
) -> Bound:
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
