"""Boundaries looked for around a place are those of the whole text."""

from __future__ import annotations

import random

from esmock.search.highlight.boundary import Breaks, WordBreaks, word_breaks

PIECES = ["word", " ", "  ", "it's", "3.14", "a_b", "-", "well-known", "\n", "(", ".", "é", "\U0001f600", "x.", "\t", ","]


def test_as_in_the_whole_text() -> None:
    chosen = random.Random(5)
    for _ in range(300):
        text = "".join(chosen.choices(PIECES, k=chosen.randrange(14)))
        all_of_it, around = Breaks(word_breaks(text)), WordBreaks(text)
        for offset in range(len(text) + 2):
            assert around.preceding(offset) == all_of_it.preceding(offset)
            assert around.following(offset) == all_of_it.following(offset)
