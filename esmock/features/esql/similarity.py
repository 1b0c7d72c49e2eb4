"""Names that are like another: what was perhaps meant. Lucene's Levenshtein distance, as a share of the longer name."""

from __future__ import annotations

from collections.abc import Iterable

_LEAST = 0.5


def similar(name: str, known: Iterable[str]) -> list[str]:
    """The names that come closest, the closest first; those as close as others in the order in which they are known."""
    scored = sorted(((_likeness(name.lower(), one), one) for one in known), key=lambda pair: -pair[0])
    return [one for score, one in scored if score >= _LEAST]


def _likeness(one: str, other: str) -> float:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, sign in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != sign))
    return 1 - row[-1] / max(len(one), len(other), 1)
