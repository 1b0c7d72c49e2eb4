"""What stands for many terms, in Lucene's words: patterns, beginnings, near words.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from esmock.search.lucene.node import (
    SHOULD,
    Binding,
    Boolean,
    Boost,
    Constant,
    Leaf,
    Lucene,
    nothing,
    term,
)
from esmock.search.lucene.shown_terms import BLENDED, term_of
from esmock.search.query.beginnings import bind_beginning, looked_up
from esmock.search.query.rewrite import PLAIN
from esmock.search.query.shard import is_filled, view

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

MAX_REWRITTEN_TERMS = 16
_AUTOMATON = "org.apache.lucene.util.automaton.Automaton"


def expanded(shard: ShardSearch, one: Field, words: str, matches: Any) -> Leaf:
    """A query that stands for all terms of some form; a few become a bool that is profiled, too."""
    found = sorted({text for text in all_terms(shard, one) if matches(text)})
    expands_to = Boolean([(SHOULD, term_of(one, text)) for text in found])

    def in_segment(segment: Any) -> Lucene | None:
        every = terms_below(shard, segment, one)
        here = sorted(text for text in every if matches(text))
        if not here and (shard.behaviour.lucene_nine or not (every or _is_kept(shard, segment, one))):
            return None
        if len(here) > MAX_REWRITTEN_TERMS:
            return None
        return Boolean([(SHOULD, term_of(one, text)) for text in here])

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.base import Constant as BoundConstant
        from esmock.search.query.multi_term import matching_terms, terms_mask

        path, is_text = one.path, one.is_text
        return BoundConstant(
            lambda segment: terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, matches)[1]), boost
        )

    return Leaf(wrapper(shard), words, expands_to=expands_to, in_segment=in_segment, bind=bind)


def wrapper(shard: ShardSearch) -> str:
    """What a query that stands for many terms becomes."""
    return BLENDED if shard.behaviour.lucene_nine else "MultiTermQueryConstantScoreWrapper"


def of_pattern(shard: ShardSearch, one: Field, words: str, matches: Any, rewrite: str | None) -> Leaf:
    """The same under a ``rewrite``."""
    made = expanded(shard, one, words, matches)
    if rewrite in (None, "constant_score", "constant_score_blended"):
        return made
    from esmock.search.query.base import F32

    boosts = {text: F32(1) for text in all_terms(shard, one) if matches(text)}
    return by_rewrite(shard, one, made.words, made.kind, boosts, rewrite)


def _is_kept(shard: ShardSearch, segment: Any, one: Field) -> bool:
    """Whether a field has terms that nobody sees: what is kept of stored queries."""
    path, _, _ = one.path.rpartition(".")
    owner = shard.field(path)
    return owner is not None and owner.name == "percolator" and is_filled(segment, path)


def automaton(path: str, value: str) -> str:
    """An automaton's words, which tell nothing of what it is for."""
    return f"{path}:AutomatonQuery {{\n{_AUTOMATON}@{zlib.crc32(value.encode()):x}}}"


def beginning(shard: ShardSearch, one: Field, value: str, rewrite: str | None = None) -> Lucene | None:
    """A prefix that is looked up in the field of beginnings beside a field; None: there is none, or it is too short or long."""
    part = looked_up(one, value)
    if part is None:
        return None
    is_constant = one is not part and rewrite in PLAIN
    bind = expanded(shard, one, value, lambda text: text.startswith(value)).bind

    def scored(shard: ShardSearch, boost: Any) -> Any:
        return bind_beginning(shard, one, value, rewrite, boost, True)

    if len(value) >= part.bounds[0]:
        made: Lucene = Leaf("TermQuery", f"{part.path}:{value}", bind=bind if is_constant else scored)
    else:
        # too short: beginnings with any letter behind it, or the word itself
        made = Boolean([(SHOULD, Leaf("AutomatonQuery", automaton(part.path, value), bind=bind)), (SHOULD, term(part.owner.path, value))])
    return Constant(made, bind=None if isinstance(made, Leaf) else bind) if is_constant else made


def all_terms(shard: ShardSearch, one: Field) -> list[str]:
    """The distinct terms of a field on a shard."""
    return sorted({text for segment in shard.segments(one.path) for text in segment_terms(segment, one)})


def terms_below(shard: ShardSearch, segment: Any, one: Field) -> list[str]:
    """The distinct terms of a field in a segment, or in the nested objects of its documents."""
    scope = shard.mapping.nested_parent(one.path) if segment.path is None else None
    return segment_terms(view(segment, shard.mapping, scope), one)


def segment_terms(segment: Any, one: Field) -> list[str]:
    """The distinct terms of a field in a segment."""
    if one.is_text:
        return list(segment.postings(one.path).terms)
    return list(map(str, segment.column(one.path).dictionary or ()))


def _bind_blended(one: Field, text: str, df: int, words: tuple[str, ...]) -> Binding:
    from esmock.search.query.rewrite import scored_term

    return lambda shard, boost: scored_term(shard, one, text, boost, True, df, words)


def by_rewrite(shard: ShardSearch, one: Field, words: str, kind: str, boosts: dict[str, Any], rewrite: str) -> Leaf:
    """A query that stands for terms, under a ``rewrite`` method that makes clauses of them.

    Args:
        boosts: each term's own boost (float32).
    """
    from esmock.search.query.rewrite import chosen

    def bind(shard: ShardSearch, boost: Any) -> Any:
        from esmock.search.query.rewrite import rewritten

        return rewritten(shard, one, boosts, rewrite, boost, True)

    prefix, kept = chosen(boosts, rewrite)
    df = max((shard.doc_freq(one.path, text) for text in kept), default=0)
    clauses: list[tuple[str, Lucene]] = []
    for text, boost in kept.items():
        made: Lucene = term_of(one, text)
        if prefix == "top_terms_blended_freqs_":
            made = Leaf("TermQuery", f"{one.path}:{text}", bind=_bind_blended(one, text, df, tuple(kept)), doc_freq=df)
        if prefix == "top_terms_boost_":
            made = Constant(made)
        clauses.append((SHOULD, made if boost == 1 else Boost(made, float(boost))))
    becomes: Lucene = Boolean(clauses) if clauses else nothing("empty BooleanQuery")
    if rewrite == "constant_score_boolean":
        becomes = Constant(becomes, late=shard.behaviour.lucene_nine)
    return Leaf(kind, words, becomes=becomes, bind=bind)


def fuzzy_on(shard: ShardSearch, one: Field, word: str, query: Any) -> Lucene:
    """A word and those within some edits of it.

    Args:
        query: has ``fuzziness``, ``prefix_length``, ``max_expansions`` and ``transpositions``; perhaps a ``rewrite``.
    """
    from esmock.search.query.base import F32
    from esmock.search.query.edits import edit_limit
    from esmock.search.query.fuzzy import near_terms

    limit = edit_limit(query.fuzziness or "AUTO", word)
    words = f"{one.path}:{word}~{limit}"
    near = near_terms(shard, one, word, limit, query.prefix_length, transpositions=query.transpositions)
    rewrite = getattr(query, "rewrite", None)
    if rewrite in ("constant_score", "constant_score_blended"):
        return expanded(shard, one, words, near.__contains__)
    blended = f"top_terms_blended_freqs_{query.max_expansions}"
    return by_rewrite(shard, one, words, "FuzzyQuery", {text: F32(boost) for text, boost in near.items()}, rewrite or blended)
