"""The best corrections of a phrase: every place takes its word or a candidate, within a number of errors."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field

from esmock.addition import in_order
from esmock.search.suggest.scorer import Candidate, WordScorer


@dataclass(slots=True)
class Place:
    """One word of the phrase and what might stand instead."""

    original: Candidate
    candidates: list[Candidate] = field(default_factory=list)


@dataclass(slots=True)
class Correction:
    """A whole phrase."""

    score: float
    words: tuple[Candidate, ...]

    def joined(self, separator: str, tags: tuple[str, str] | None = None) -> str:
        """The phrase; ``tags`` surround runs of changed words."""
        if tags is None:
            return separator.join(word.term for word in self.words)
        out = []
        last = len(self.words) - 1
        for at, word in enumerate(self.words):
            shown = word.term
            if not word.is_original:
                if at == 0 or self.words[at - 1].is_original:
                    shown = tags[0] + shown
                if at == last or self.words[at + 1].is_original:
                    shown += tags[1]
            out.append(shown)
        return separator.join(out)


def compare(a: Correction, b: Correction) -> int:
    """Weaker first: lower scores; of equal ones, the later words."""
    if a.score != b.score:
        return -1 if a.score < b.score else 1
    for left, right in zip(a.words, b.words, strict=False):
        if left.term != right.term:
            return 1 if left.term < right.term else -1
    return 0


def best_corrections(
    places: list[Place], scorer: WordScorer, count: int, max_errors: float, cutoff: float
) -> list[Correction]:
    """The best ``count`` phrases whose score is above the cutoff, best first."""
    allowed = int(max_errors) if max_errors >= 1.0 else math.floor(max_errors * len(places) + 0.5)
    found: list[Correction] = []
    path: list[Candidate] = [place.original for place in places]

    def visit(at: int, left: int, score: float) -> None:
        place = places[at]
        choices = [place.original, *place.candidates] if left > 0 else [place.original]
        for n, word in enumerate(choices):
            path[at] = word
            total = score + scorer.score(path, at)
            if at == len(places) - 1:
                value = math.exp(total)
                if value > cutoff:
                    found.append(Correction(value, tuple(path)))
            else:
                visit(at + 1, left - (n > 0) if left > 0 else 0, total)

    visit(0, max(1, allowed), 0.0)
    found.sort(key=functools.cmp_to_key(compare), reverse=True)
    return found[:count]


def phrase_score(places: list[Place], scorer: WordScorer) -> float:
    """The score of the phrase as given."""
    path = [place.original for place in places]
    return math.exp(in_order(scorer.score(path, at) for at in range(len(path))))
