"""Boundaries looked for around a place are those of the whole text."""

from __future__ import annotations

import random

from esmock.search.highlight.boundary import Breaks
from esmock.search.highlight.java_breaks import WordBreaks, word_breaks
from esmock.search.highlight.matches import to_units

PIECES = (
    "word", " ", "  ", "it's", "3.14", "a_b", "-", "well-known", "\n", "(", ".", "é", "\U0001f600", "x.", "\t", ",", "\xad", "\u0301", "\r",
    "\u65e5", "#",
)  # fmt: skip


def test_as_in_the_whole_text() -> None:
    chosen = random.Random(5)
    for _ in range(300):
        text = to_units("".join(chosen.choices(PIECES, k=chosen.randrange(14))))
        all_of_it, around = Breaks(word_breaks(text)), WordBreaks(text)
        for offset in range(len(text) + 2):
            assert around.preceding(offset) == all_of_it.preceding(offset)
            assert around.following(offset) == all_of_it.following(offset)
