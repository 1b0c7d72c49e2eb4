"""The frequency of a sloppy phrase in one document, as Lucene's SloppyPhraseMatcher counts it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

F32 = np.float32


def sloppy_frequency(places: list[list[int]], offsets: list[int], words: list[set[str]], slop: int) -> float:
    """The sum of 1 / (1 + distance) over the matches.

    Args:
        places: for each term of the phrase, where the phrase would begin by each of its occurrences, ascending.
        offsets: place of each term in the phrase.
        words: the terms at each place; terms that repeat may not take the same occurrence.
    """
    total = F32(0)
    for distance, _ in sloppy_matches(places, offsets, words, slop):
        total += F32(1) / F32(1 + distance)
    return float(total)


def sloppy_matches(
    places: list[list[int]], offsets: list[int], words: list[set[str]], slop: int
) -> Iterator[tuple[int, list[int]]]:
    """The distance of each match, and where in the document its terms stand; ``Args`` as of ``sloppy_frequency``."""
    repeats = _repeats(words)
    pointers = [0] * len(places)
    if any(not one for one in places):
        return
    if repeats and not _spread(places, offsets, pointers, repeats):
        return
    heap = [(places[n][pointers[n]], offsets[n], n) for n in range(len(places))]
    heapq.heapify(heap)
    end = max(entry[0] for entry in heap)
    least = heapq.heappop(heap)
    following = heap[0][0]
    best = end - least[0]
    while True:
        n = least[2]
        stands = [places[m][pointers[m]] + offsets[m] for m in range(len(places))]
        pointers[n] += 1
        if pointers[n] >= len(places[n]) or (repeats and not _advance(places, offsets, pointers, repeats, n)):
            if best <= slop:
                yield best, stands
            return
        position = places[n][pointers[n]]
        end = max(end, *(places[m][pointers[m]] for m in range(len(places)))) if repeats else max(end, position)
        if repeats:
            heap = [(places[m][pointers[m]], offsets[m], m) for m in range(len(places)) if m != n]
            heapq.heapify(heap)
        if position > following:
            if best <= slop:
                yield best, stands
            heapq.heappush(heap, (position, offsets[n], n))
            least = heapq.heappop(heap)
            following = heap[0][0]
            best = end - least[0]
        else:
            best = min(best, end - position)
            least = (position, offsets[n], n)


def _repeats(words: list[set[str]]) -> list[list[int]]:
    groups: list[list[int]] = []
    for n, one in enumerate(words):
        for group in groups:
            if any(words[m] & one for m in group):
                group.append(n)
                break
        else:
            groups.append([n])
    return [group for group in groups if len(group) > 1]


def _collides(places: list[list[int]], offsets: list[int], pointers: list[int], a: int, b: int) -> bool:
    return places[a][pointers[a]] + offsets[a] == places[b][pointers[b]] + offsets[b]


def _spread(places: list[list[int]], offsets: list[int], pointers: list[int], groups: list[list[int]]) -> bool:
    """Give repeated terms different occurrences at the start."""
    for group in groups:
        for at, n in enumerate(group):
            while any(_collides(places, offsets, pointers, n, m) for m in group[:at]):
                pointers[n] += 1
                if pointers[n] >= len(places[n]):
                    return False
    return True


def _advance(places: list[list[int]], offsets: list[int], pointers: list[int], groups: list[list[int]], moved: int) -> bool:
    """Move on repeated terms that fell on the same occurrence."""
    for group in groups:
        if moved not in group:
            continue
        changed = True
        while changed:
            changed = False
            for n in group:
                for m in group:
                    if n < m and _collides(places, offsets, pointers, n, m):
                        later = m if places[m][pointers[m]] <= places[n][pointers[n]] else n
                        pointers[later] += 1
                        if pointers[later] >= len(places[later]):
                            return False
                        changed = True
    return True
