"""Edits of many terms at once are those of one term after the other, which the recorded fuzzy queries are matched by."""

from __future__ import annotations

import random

import pytest

from esmock.search.query.edits import distance, distances


@pytest.mark.parametrize("letters", ["ab", "abc", "abcdefgh", "aé\U0001f600b", "a\0\ud800"])
@pytest.mark.parametrize("transpositions", [True, False])
def test_many_terms_at_once(letters, transpositions):
    chosen = random.Random(len(letters))
    for limit in (0, 1, 2, 3):
        for _ in range(20):
            word = "".join(chosen.choices(letters, k=chosen.randrange(9)))
            terms = ["".join(chosen.choices(letters, k=chosen.randrange(10))) for _ in range(60)]
            assert distances(word, terms, limit, transpositions=transpositions) == [
                distance(word, term, limit, transpositions=transpositions) for term in terms
            ]


@pytest.mark.parametrize(
    ("one", "other", "limit", "edits"),
    [("ab", "ba", 2, 1), ("", "abc", 5, 3), ("abc", "", 1, 2), ("same", "same", 0, 0), ("word", "sword", 1, 1), ("ca", "abc", 3, 3)],
)
def test_edits(one, other, limit, edits):
    assert distance(one, other, limit) == edits
    assert distances(one, [other] * 30, limit) == [edits] * 30
