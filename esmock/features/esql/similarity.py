"""Names that are like another: what was perhaps meant. Lucene's Levenshtein distance, as a share of the longer name."""

from __future__ import annotations

from collections.abc import Iterable

from esmock.xcontent.similar import distance

_LEAST = 0.5


def similar(name: str, known: Iterable[str]) -> list[str]:
    """The names that come closest, the closest first; those as close as others in the order in which they are known."""
    scored = sorted(((_likeness(name.lower(), one), one) for one in known), key=lambda pair: -pair[0])
    return [one for score, one in scored if score >= _LEAST]


def hint(name: str, known: Iterable[str]) -> str:
    """The tail of a complaint about a name that is not known; empty where none is like it."""
    near = similar(name, known)
    if not near:
        return ""
    return f", did you mean [{near[0]}]?" if len(near) == 1 else f", did you mean any of [{', '.join(near)}]?"


def _likeness(one: str, other: str) -> float:
    return 1 - distance(one, other) / max(len(one), len(other), 1)
