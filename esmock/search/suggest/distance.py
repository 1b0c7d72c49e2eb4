"""Likenesses of two words between 0 and 1, in 32 bits as Lucene computes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

F32 = np.float32
Likeness = Callable[[str, str], float]


def levenshtein(a: str, b: str) -> float:
    """Plain edits over the longer length."""
    from esmock.search.query.edits import distance

    longest = max(len(a), len(b))
    if not a or not b:
        return 1.0 if len(a) == len(b) else 0.0
    return float(F32(1) - F32(distance(a, b, longest, transpositions=False)) / F32(longest))


def damerau_levenshtein(a: str, b: str) -> float:
    """Edits and transpositions over the shorter length."""
    from esmock.search.query.edits import distance

    shortest = min(len(a), len(b))
    if shortest == 0:
        return 1.0 if len(a) == len(b) else 0.0
    return float(F32(1) - F32(distance(a, b, max(len(a), len(b)))) / F32(shortest))


def jaro_winkler(a: str, b: str) -> float:
    """Matching letters near each other, a common prefix counting more."""
    matches, transpositions, prefix, longest = _jaro(a, b)
    if matches == 0:
        return 0.0
    m = F32(matches)
    jaro = (m / F32(len(a)) + m / F32(len(b)) + (m - F32(transpositions)) / m) / F32(3)
    if jaro < F32(0.7):
        return float(jaro)
    return float(jaro + min(F32(0.1), F32(1) / F32(longest)) * F32(prefix) * (F32(1) - jaro))


def _jaro(a: str, b: str) -> tuple[int, int, int, int]:
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    reach = max(len(longer) // 2 - 1, 0)
    taken = [False] * len(longer)
    matched: list[str] = []
    for i, char in enumerate(shorter):
        for j in range(max(i - reach, 0), min(i + reach + 1, len(longer))):
            if not taken[j] and char == longer[j]:
                taken[j] = True
                matched.append(char)
                break
    other = [char for char, is_taken in zip(longer, taken, strict=True) if is_taken]
    transpositions = sum(x != y for x, y in zip(matched, other, strict=True)) // 2
    prefix = 0
    for x, y in zip(shorter, longer, strict=False):
        if x != y:
            break
        prefix += 1
    return len(matched), transpositions, prefix, len(longer)


def ngram(a: str, b: str, n: int = 2) -> float:
    """Edits of n-grams, partial matches counting partly."""
    if not a or not b:
        return 1.0 if len(a) == len(b) else 0.0
    if len(a) < n or len(b) < n:
        return float(F32(sum(x == y for x, y in zip(a, b, strict=False))) / F32(max(len(a), len(b))))
    padded = "\0" * (n - 1) + a
    before = [F32(at) for at in range(len(a) + 1)]
    for j in range(1, len(b) + 1):
        grams = "\0" * (n - j) + b[:j] if j < n else b[j - n : j]
        row = [F32(j)]
        for i in range(1, len(a) + 1):
            cost, size = 0, n
            for at in range(n):
                if padded[i - 1 + at] != grams[at]:
                    cost += 1
                elif padded[i - 1 + at] == "\0":
                    size -= 1
            part = F32(cost) / F32(size)
            row.append(min(row[i - 1] + F32(1), before[i] + F32(1), before[i - 1] + part))
        before = row
    return float(F32(1) - before[len(a)] / F32(max(len(a), len(b))))


DISTANCES: dict[str, Likeness | None] = {
    "internal": None,
    "damerau_levenshtein": damerau_levenshtein,
    "levenshtein": levenshtein,
    "jaro_winkler": jaro_winkler,
    "ngram": ngram,
}
"""By name; None: the edits by which candidates are found."""
