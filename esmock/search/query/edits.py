"""Edits between words: how many a term allows, and how far terms are from a word, one by one or many at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from esmock.errors import IllegalArgument
from esmock.xcontent.java_number import parse_double

_FEW = 24
"""So few terms are compared one by one sooner."""
_FAR = 1 << 20
"""Beyond every limit, and far from what 32 bits hold."""


def edit_limit(fuzziness: str, text_: str) -> int:
    """How many edits a term of this length allows. Raises IllegalArgument, NumberFormat."""
    if fuzziness.startswith("AUTO"):
        low, high = (3, 6) if fuzziness == "AUTO" else tuple(int(part) for part in fuzziness[5:].split(","))
        return 0 if len(text_) < low else 1 if len(text_) < high else 2
    edits = min(int(parse_double(fuzziness)), 2)
    if edits < 0:
        raise IllegalArgument("maxEdits must be between 0 and 2")
    return edits


def distance(a: str, b: str, limit: int, *, transpositions: bool = True) -> int:
    """Edits between two words, transposed neighbours counting as one; limit + 1 when there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if transpositions and i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)


def distances(word: str, terms: Sequence[str], limit: int, *, transpositions: bool = True) -> list[int]:
    """``distance`` of a word from each of some terms."""
    if len(terms) <= _FEW:
        return [distance(word, term, limit, transpositions=transpositions) for term in terms]
    out = np.full(len(terms), limit + 1, np.int32)
    lengths = np.array([len(term) for term in terms])
    for length in range(max(len(word) - limit, 0), len(word) + limit + 1):
        places = np.flatnonzero(lengths == length)
        if len(places):
            same = [terms[place] for place in places.tolist()]
            out[places] = np.minimum(_of_one_length(word, same, length, limit, transpositions), limit + 1)
    found: list[int] = out.tolist()
    return found


def _of_one_length(word: str, terms: list[str], length: int, limit: int, transpositions: bool) -> np.ndarray:
    """int32[n]: the table of ``distance`` for all terms at once, no further from its diagonal than the limit."""
    if not length:
        return np.full(len(terms), len(word), np.int32)
    codes = np.frombuffer("".join(terms).encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, length)
    columns = np.ascontiguousarray(codes.T)
    far = np.full(len(terms), _FAR, np.int32)
    before: list[np.ndarray] = []
    last = [np.full(len(terms), j, np.int32) if j <= limit else far for j in range(length + 1)]
    for i, char in enumerate(word, 1):
        row = [np.full(len(terms), i, np.int32) if i <= limit else far, *[far] * length]
        for j in range(max(1, i - limit), min(length, i + limit) + 1):
            cost = last[j - 1] + (columns[j - 1] != ord(char))
            np.minimum(cost, last[j] + 1, out=cost)
            np.minimum(cost, row[j - 1] + 1, out=cost)
            if transpositions and i > 1 and j > 1:
                swapped = (columns[j - 2] == ord(char)) & (columns[j - 1] == ord(word[i - 2]))
                np.minimum(cost, before[j - 2] + 1, out=cost, where=swapped)
            row[j] = cost
        before, last = last, row
    return last[-1]
