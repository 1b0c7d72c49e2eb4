"""Which patterns are within others. Source: automata are compared by what they accept; answers of 6.8.23 and 8.19.21 to has privileges."""

from __future__ import annotations

import pytest

from esmock.analysis.language import is_within, of_pattern, of_patterns
from esmock.analysis.lucene_regex import compile_regex
from esmock.errors import IllegalArgument

WITHIN = [
    ("/logs-[12]/", "logs-*"), ("/s.+t/", "/s.+t/"), ("/(ro|sec.*)/", "ro s*"), ("logs-*", "l*"), ("*", "*"), ("/@&~(secret)/", "*"),
    ("ro", "/@&~(secret)/"), ("s?*t", "/s.+t/"), ("/a<1-12>/", "a?*"), ("/a<01-12>/", "a??"), ("/[^a]b{2,3}/", "?bb*"), ("/~(a.*)/", "*"),
    ("b*", "/~(a.*)/"), (r"/\d+/", "/[0-9]*/"), ("/#/", "nothing"), ("/()/", "/a*/"), ("/(a|b)+/", "/[ab]*/"), (r"a\*", "a?"), ("/ab?c/", "ac abc"),
]  # fmt: skip
OUTSIDE = [
    ("/(ro|sec.*)/", "ro secret"), ("l*", "logs-*"), ("*", "/@&~(secret)/"), ("secret", "/@&~(secret)/"), ("/a<1-12>/", "a?"), ("*", "a* b*"),
    ("/s.+t/", "secret"), ("/[^a]/", "[b-z]"), ("a?", r"a\*"), (r"/\D/", "/[a-z]/"), ("/a{2,}/", "/a{3,}/"), ("/~(a)/", "/~(b)/"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "whole"), WITHIN)
def test_all_words_of_one_are_words_of_the_other(part, whole):
    assert is_within(of_pattern(part), of_patterns(whole.split()))


@pytest.mark.parametrize(("part", "whole"), OUTSIDE)
def test_some_word_of_one_is_none_of_the_other(part, whole):
    assert not is_within(of_pattern(part), of_patterns(whole.split()))


def test_a_broken_expression_is_refused():
    with pytest.raises(IllegalArgument):
        of_pattern("/a(/")


@pytest.mark.parametrize("pattern", ["a(b|c)*d", "~(a+)&.{1,3}", "[a-c]?x{2}", "a<7-12>b|@z", '"a.b"|c#', "[^ab]+", r"\w\d?"])
@pytest.mark.parametrize("word", ["", "a", "ad", "abcbd", "xx", "bxx", "a8b", "a07b", "a12b", "zz", "a.b", "c", "z", "b", "w1", "_"])
def test_a_word_is_within_a_pattern_that_it_matches(pattern, word):
    """The same parser makes both: one that matches words, and one whose languages are compared."""
    escaped = "".join(f"\\{char}" for char in word)
    assert is_within(of_pattern(escaped), of_pattern(f"/{pattern}/")) == compile_regex(pattern)(word)
