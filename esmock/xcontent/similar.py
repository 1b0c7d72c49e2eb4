"""Names that look like a misspelt one."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_FLOAT = struct.Struct("f")


def distance(one: str, other: str) -> int:
    """Plain edit distance: insertions, deletions, replacements."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def similarity(one: str, other: str) -> float:
    """Lucene's LevenshteinDistance: 1 for equal, 0 for nothing in common; computed in 32 bits."""
    if not one or not other:
        return 1.0 if one == other else 0.0
    share = _FLOAT.unpack(_FLOAT.pack(distance(one, other) / max(len(one), len(other))))[0]
    return float(_FLOAT.unpack(_FLOAT.pack(1 - share))[0])


def similar(name: str, candidates: Iterable[str]) -> list[str]:
    """The candidates more than half alike, best first, then by name."""
    scored = [(-score, other) for other in set(candidates) if (score := similarity(name, other)) > 0.5]
    return [other for _, other in sorted(scored)]


def suggestion(name: str, candidates: Iterable[str], *, arrow: bool = False) -> str:
    """The tail of an error: `` did you mean [a]?``, `` did you mean any of [a, b]?`` or nothing.

    Args:
        arrow: `` -> `` stands in front, as for query parameters.
    """
    found = similar(name, candidates)
    if not found:
        return ""
    start = " -> did you mean" if arrow else " did you mean"
    return f"{start} any of [{', '.join(found)}]?" if len(found) > 1 else f"{start} [{found[0]}]?"
