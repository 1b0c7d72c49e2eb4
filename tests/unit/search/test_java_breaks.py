"""Boundaries of words and sentences. Evidence: answers of ``java.text.BreakIterator`` of JDK 17.0.15 and 25 to the same texts."""

from __future__ import annotations

import itertools

import pytest

from esmock.search.highlight.java_breaks import SentenceBreaks, word_breaks
from esmock.search.highlight.matches import to_units

SENTENCES = [
    'One. two Three',
    'One. |Two',
    'One.  |two',
    'One. |-Two',
    'One. - two',
    'One.',
    'One|.| -',
    "Mr.'|s. |\"Two\"",
    "He said 'no.' |She went",
    "One|.|'- 5",
    'One|.|  - 5',
    'One! |two',
    'One!? |.two',
    '3.5 of e.g. |(what)',
    'a\u0964 |b',
    'One\u2029|two',
    'One.\u2029|two',
    '\u65e5\u672c\u3002|\u65e5\u672c',
    'U.S.A. \U0001f600 fox',
    'One, two.three',
    'One.) |Two',
    'One." |Two',
    'One.\u0301 |Two',
    '.| -',
    'One. 5. |Two',
]
WORDS = [
    "it's| |3.14| |a_b| |_|x|_| |well-known| |e-mail|.",
    'a|.5| |.5| |#5| |\u20ac5%| |5kg',
    '  |x|\t |y|\r\n|\n|z',
    '\u65e5\u672c|\u30a2\u30fc|\u3042\u309d\u30fc',
    '\u0924\u0947\u091c\u0964| |x',
    "l'\xe9t\xe9|,| |'|q|'",
    '\U0001f600|\U0001f44d|\U0001f3fd| |a\u0301| |-\u0301| \u200d|b',
]
BEFORE = [
    ('the U.S.A. - city b.', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9]),
    ('ab cd. - e', [0, 0, 0, 0, 0, 0, 0, 5, 5, 5]),
    ('ab cd. (- e', [0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5]),
    ('ab cd. ) - e', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ('ab cd.. - e', [0, 0, 0, 0, 0, 0, 0, 0, 6, 6, 6]),
    ('a. - e', [0, 0, 0, 0, 0, 0]),
    ('ab. \U0001f600 c. d', [0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2]),
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences_end_where_java_ends_them(marked: str) -> None:
    parts = to_units(marked).split("|")
    text = "".join(parts)
    breaks, found = SentenceBreaks(text), [0]
    while found[-1] < len(text):
        found.append(breaks.following(found[-1]))
    assert [text[low:high] for low, high in itertools.pairwise(found)] == parts


@pytest.mark.parametrize("marked", WORDS)
def test_words_end_where_java_ends_them(marked: str) -> None:
    parts = to_units(marked).split("|")
    text = "".join(parts)
    found = word_breaks(text)
    assert [text[low:high] for low, high in itertools.pairwise(found)] == parts


@pytest.mark.parametrize(("text", "before"), BEFORE)
def test_looking_back_a_stop_before_signs_begins_a_sentence(text: str, before: list[int]) -> None:
    units = to_units(text)
    assert [SentenceBreaks(units).preceding(offset) for offset in range(1, len(units) + 1)] == before


def test_from_a_boundary_that_is_known_java_goes_on() -> None:
    text = "One two. - three"
    breaks = SentenceBreaks(text)
    assert breaks.preceding(12) == 7
    known = SentenceBreaks(text)
    assert (known.preceding(2), known.preceding(12)) == (0, 0)
