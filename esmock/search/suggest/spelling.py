"""Finding terms like a misspelt one, as Lucene's DirectSpellChecker does: by edits, cut to the best, judged by likeness.

Source: recordings of 7.10.2 (scores, order).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.query.edits import distance
from esmock.search.query.parse import float_value, int_value, text
from esmock.search.suggest.distance import DISTANCES

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.suggest.request import Option
    from esmock.search.suggest.terms import TermDictionary

Json = Any
F32 = np.float32
MODES = ("missing", "popular", "always")


@dataclass(frozen=True, slots=True)
class Spelling:
    """The options of a spell checker (``term`` suggester, ``direct_generator``)."""

    suggest_mode: str = "missing"
    accuracy: float = 0.5
    sort: str = "score"
    string_distance: str = "internal"
    max_edits: int = 2
    max_inspections: int = 5
    max_term_freq: float = 0.01
    prefix_length: int = 1
    min_word_length: int = 4
    min_doc_freq: float = 0.0


@dataclass(slots=True)
class Word:
    """A suggested term: its likeness, and in how many documents it is."""

    text: str
    score: float
    freq: int


@dataclass(slots=True)
class _Candidate:
    term: str
    boost: float
    score: float
    freq: int


def similar(
    term: str, count: int, terms: TermDictionary | None, how: Spelling, *, threshold: float | None = None
) -> list[Word]:
    """The best terms like ``term``.

    Args:
        count: how many.
        threshold: instead of ``min_doc_freq``.
    """
    if terms is None or (how.min_word_length > 0 and len(term) < how.min_word_length):
        return []
    doc_freq = terms.doc_freq(term)
    if how.suggest_mode == "missing" and doc_freq > 0:
        return []
    limit = how.max_term_freq if how.max_term_freq >= 1 else math.ceil(float(F32(how.max_term_freq) * F32(terms.max_doc)))
    if doc_freq > limit:
        return []
    least = doc_freq if how.suggest_mode == "popular" else 0
    floor = how.min_doc_freq if threshold is None else threshold
    if floor >= 1:
        least = max(least, int(floor))
    elif floor > 0:
        least = max(least, int(F32(floor) * F32(terms.max_doc)) - 1)
    inspections = count * how.max_inspections
    found = {one.term: one for one in _near(term, inspections, terms, least, 1, how)}
    if how.max_edits > 1 and len(found) < inspections:
        for one in _near(term, inspections, terms, least, how.max_edits, how):
            found.setdefault(one.term, one)
    words = [Word(one.term, one.score, one.freq) for one in found.values()]
    words.sort(key=order(how.sort))
    return words[:count]


def check_frequencies(*given: float) -> None:
    """Frequencies from 1 on are counts. Raises IllegalArgument for one that is no 32-bit integer."""
    for one in map(float, map(F32, given)):
        if one >= 1 and one != min(int(one), 2**31 - 1):
            raise IllegalArgument("Fractional absolute document frequencies are not allowed")


def order(sort: str) -> Any:
    """The sort key of words: by likeness, or by frequency."""
    if sort == "frequency":
        return lambda word: (-word.freq, -word.score, word.text)
    return lambda word: (-word.score, -word.freq, word.text)


def _near(
    term: str, count: int, terms: TermDictionary, least: int, edits: int, how: Spelling
) -> list[_Candidate]:
    """The ``count`` nearest terms within some edits, in more than ``least`` documents."""
    likeness = DISTANCES[how.string_distance]
    prefix = term[: max(how.prefix_length, edits - 1)]
    found = []
    for at in range(bisect_left(terms.terms, prefix), len(terms.terms)):
        other = terms.terms[at]
        if not other.startswith(prefix):
            break
        if other == term or abs(len(other) - len(term)) > edits:
            continue
        needed = distance(term, other, edits)
        if needed > edits:
            continue
        freq = terms.doc_freq(other)
        boost = F32(1) - F32(needed) / F32(min(len(other), len(term)))
        score = boost if likeness is None else F32(likeness(term, other))
        if freq <= least or score < F32(how.accuracy):
            continue
        found.append(_Candidate(other, float(boost), float(score), freq))
    found.sort(key=lambda one: (-one.boost, one.term))
    return found[:count]


def _mode(body: Json, key: str, ctx: ParseContext) -> str:
    name = text(body, key, ctx)
    if name.lower() not in MODES:
        raise IllegalArgument(
            f"No enum constant org.elasticsearch.search.suggest.term.TermSuggestionBuilder.SuggestMode.{name.upper()}"
        )
    return name.lower()


def _sort(body: Json, key: str, ctx: ParseContext) -> str:
    name = text(body, key, ctx)
    if name.lower() not in ("score", "frequency"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.suggest.SortBy.{name.upper()}")
    return name.lower()


def _distance(body: Json, key: str, ctx: ParseContext) -> str:
    name = text(body, key, ctx)
    if name.lower() not in DISTANCES:
        raise IllegalArgument(f"Illegal distance option {name}")
    return name.lower()


def _accuracy(body: Json, key: str, ctx: ParseContext) -> float:
    number = float_value(body, key)
    if not 0 <= number <= 1:
        raise IllegalArgument("accuracy must be between 0 and 1")
    return number


def _edits(body: Json, key: str, ctx: ParseContext) -> int:
    number = int_value(body, key)
    if not 1 <= number <= 2:
        raise IllegalArgument("maxEdits must be between 1 and 2")
    return number


def _at_least(name: str, least: int) -> Option:
    def read(body: Json, key: str, ctx: ParseContext) -> int:
        number = int_value(body, key)
        if number < least:
            raise IllegalArgument(f"{name} must be positive" if least == 0 else f"{name} must be greater or equal to 1")
        return number

    return read


def _share(name: str) -> Option:
    def read(body: Json, key: str, ctx: ParseContext) -> float:
        number = float_value(body, key)
        if number < 0:
            raise IllegalArgument(f"{name} must be positive")
        if number > 1 and number != int(number):
            raise IllegalArgument(f"if {name} is greater than 1, it must not be a fraction")
        return number

    return read


OPTIONS: dict[str, Option] = {
    "suggest_mode": _mode,
    "accuracy": _accuracy,
    "sort": _sort,
    "string_distance": _distance,
    "max_edits": _edits,
    "max_inspections": _at_least("maxInspections", 0),
    "max_term_freq": _share("maxTermFreq"),
    "prefix_length": _at_least("prefixLength", 0),
    "min_word_length": _at_least("minWordLength", 1),
    "min_doc_freq": _share("minDocFreq"),
}
