"""Words between spaces are cut as the classes of all characters cut them."""

from __future__ import annotations

import random

from esmock.search.highlight.java_breaks import WordBreaks


class _ByClasses(WordBreaks):
    def _plain(self, offset: int) -> tuple[int, int] | None:
        return None


def test_plain_words_end_where_their_classes_say() -> None:
    draw = random.Random(3)
    for _ in range(2000):
        text = "".join(draw.choice("ab1c  '.,-\né日 Z9%") for _ in range(draw.randint(1, 25)))
        plain, by_classes = WordBreaks(text), _ByClasses(text)
        for offset in range(-1, len(text) + 2):
            assert plain.preceding(offset) == by_classes.preceding(offset), (text, offset)
            assert plain.following(offset) == by_classes.following(offset), (text, offset)
