"""Phrases: terms at given distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, IllegalState
from esmock.search import bm25
from esmock.search.query.base import F32, Bound, Hits, MatchEverything, MatchNothing
from esmock.search.query.terms import bind_term, make_scorer, require_indexed
from esmock.store.sorting import sorted_distinct

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class Phrase(Bound):
    """Terms of a text field in order.

    Args:
        slots: the terms that may stand at each place, with the place's offset.
        slop: how many moves are allowed.
    """

    path: str
    slots: tuple[tuple[int, tuple[str, ...]], ...]
    slop: int
    scorer: Any
    has_norms: bool = True

    def match(self, segment: Any) -> Hits:
        freqs = self.frequencies(segment)
        match = freqs > 0
        if self.scorer is None:
            return Hits(match)
        postings = segment.postings(self.path)
        docs = np.flatnonzero(match)
        score = np.zeros(segment.n_docs, F32)
        score[docs] = self.scorer.score(freqs[docs], postings.norms[docs] if self.has_norms else None)
        return Hits(match, score)

    def frequencies(self, segment: Any) -> np.ndarray:
        """float32[n_docs]: matches of the phrase, sloppy ones weighted by 1 / (1 + distance)."""
        n = segment.n_docs
        postings = segment.postings(self.path)
        keys = [self._keys(postings, offset, terms) for offset, terms in self.slots]
        if self.slop == 0 and len(self.slots[0][1]) > 1:
            # ES: the phrase is counted from each word at its first place, stacked ones too
            keys[0] = self._keys(postings, *self.slots[0], distinct=False)
        if any(not len(one) for one in keys):
            return np.zeros(n, F32)
        if self.slop == 0:
            found = keys[0]
            for one in sorted(keys[1:], key=len):
                found = common(found, one)
            return np.bincount((found >> _SHIFT).astype(np.int64), minlength=n).astype(F32)
        return self._sloppy(n, keys)

    @staticmethod
    def _keys(postings: Any, offset: int, terms: tuple[str, ...], *, distinct: bool = True) -> np.ndarray:
        """int64[m], sorted: document and the position at which the phrase would begin, in one number."""
        parts = []
        for term in terms:
            docs, positions = postings.positions_of(term)
            parts.append((docs.astype(np.int64) << _SHIFT) + (positions.astype(np.int64) - offset + _BASE))
        if len(parts) == 1:
            return parts[0]
        return sorted_distinct(np.concatenate(parts)) if distinct else np.sort(np.concatenate(parts))

    def _sloppy(self, n: int, keys: list[np.ndarray]) -> np.ndarray:
        from esmock.search.query.sloppy import sloppy_frequency

        hold = np.ones(n, bool)
        for one in keys:
            hold &= np.bincount(one >> _SHIFT, minlength=n) > 0
        out = np.zeros(n, F32)
        words = [set(terms) for _, terms in self.slots]
        for doc in np.flatnonzero(hold).tolist():
            places = []
            for one in keys:
                first, last = np.searchsorted(one, [doc << _SHIFT, (doc + 1) << _SHIFT])
                places.append(((one[first:last] & _MASK) - _BASE).tolist())
            out[doc] = sloppy_frequency(places, [offset for offset, _ in self.slots], words, self.slop)
        return out


def common(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The numbers that stand in both arrays, each as often as in ``numbers``; both are sorted, and ``others`` has no repeats."""
    if len(numbers) * 16 > len(others) and not (numbers[1:] == numbers[:-1]).any():
        # two sorted runs are merged in one pass
        both = np.concatenate((numbers, others))
        both.sort(kind="stable")
        return both[1:][both[1:] == both[:-1]]
    at = np.searchsorted(others, numbers)
    at[at == len(others)] = 0
    return numbers[others[at] == numbers]


_SHIFT = 32
_MASK = (1 << _SHIFT) - 1
_BASE = 1 << 20


def phrase_query(
    shard: ShardSearch, name: str, tokens: list[Any], field: Field, slop: int, boost: Any, scored: bool, *, zero_terms: str = "none",
    is_part: bool = False,
) -> Bound:
    """A phrase of analyzed tokens on a text field.

    Args:
        is_part: the field is one that a text keeps for phrases on it.

    Raises:
        IllegalState, IllegalArgument: where the field has no positions, or takes no phrases.
    """
    path = field.path
    if not tokens:
        return MatchEverything(boost) if zero_terms == "all" else MatchNothing()
    slots: dict[int, list[str]] = {}
    for token in tokens:
        at = slots.setdefault(token.position, [])
        if token.term not in at:
            at.append(token.term)
    if len(slots) == 1:
        require_indexed(shard, field, path)
        words = next(iter(slots.values()))
        if len(words) == 1:
            return bind_term(shard, path, field, words[0], boost, scored)
        if getattr(field, "is_implied", False):
            # ES: several shingles in one place are alternatives of a bool
            from esmock.search.query.compound import BoolBound

            clauses = [bind_term(shard, path, field, word, boost, scored) for word in words]
            return BoolBound([], [], clauses, [], 1, scored)
        from esmock.search.query.analyzed import synonyms

        return synonyms(shard, field, words, boost, scored)
    require_positions(shard, field, name)
    if not is_part and not field.takes_phrases:  # type: ignore[attr-defined]
        from esmock.search.query.phrase_prefix import no_phrase_prefix

        raise no_phrase_prefix(field, "phrase")
    first = min(slots)
    part = in_shingles(field, tokens, slots, slop)
    if part is not None:
        return phrase_query(shard, part[0].path, part[1], part[0], 0, boost, scored, is_part=True)
    return bound_phrase(shard, field, [(at - first, words) for at, words in sorted(slots.items())], slop, boost, scored)


def require_positions(shard: ShardSearch, field: Field, name: str) -> None:
    """Refuse a phrase on a field that keeps no positions. Raises IllegalState (7.x), IllegalArgument."""
    if not field.is_indexed or field.get("index_options") in ("docs", "freqs"):
        raise no_positions(shard, name)


def no_positions(shard: ShardSearch, name: str) -> ApiError:
    """The error of a phrase on a field that keeps no positions."""
    error = IllegalState if shard.behaviour.major < 8 else IllegalArgument
    return error(f"field:[{name}] was indexed without position data; cannot run PhraseQuery")


def in_shingles(field: Any, tokens: list[Any], slots: dict[int, list[str]], slop: int) -> tuple[Field, list[Any]] | None:
    """The field of shingles in which a phrase is looked up as fewer terms; None where there is none, or a gap or slop."""
    phrase_part = getattr(field, "phrase_part", None)
    places = sorted(slots)
    if phrase_part is None or slop or places[-1] - places[0] != len(places) - 1:
        return None
    found = phrase_part(len(places))
    if found is None:
        return None
    part, size = found
    from esmock.analysis.filters.phrase_parts import FixedShingle
    from esmock.analysis.token import Stream

    stream = Stream([one.copy(term=one.term) for one in tokens], tokens[-1].end)
    FixedShingle(size, "" if field.phrase_prefix_in_shingles else "_").apply(stream)
    stream.place()
    return part, stream.tokens


def bound_phrase(
    shard: ShardSearch, field: Field, slots: list[tuple[int, list[str]]], slop: int, boost: Any, scored: bool
) -> Bound:
    """A phrase with its scorer: the idf of all its terms added up."""
    path = field.path
    if not all(any(shard.doc_freq(path, word) for word in words) for _, words in slots):
        held = [word for _, words in slots for word in words if shard.doc_freq(path, word)]
        if held:
            # ES: a shard that has none of the terms tells nothing of the field either
            shard.note(path, held, scored)
        return MatchNothing()
    scorer = None
    if scored:
        statistics = shard.statistics(path)
        values = [
            bm25.idf(shard.scoring_doc_freq(path, word), statistics.doc_count) for _, words in slots for word in words
            if shard.doc_freq(path, word)
        ]
        told = [(word,) for _, words in slots for word in words if shard.doc_freq(path, word)]
        scorer = make_scorer(shard, field, path, 0, boost, bm25.phrase_idf(values), words=told)
    return Phrase(path, tuple((offset, tuple(words)) for offset, words in slots), slop, scorer, bool(field.get("norms")))


