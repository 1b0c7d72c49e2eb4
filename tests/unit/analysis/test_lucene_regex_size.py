"""The size of a regular expression's automaton, estimated before it is matched."""

import pytest

from esmock.analysis.lucene_regex import compile_regex, n_states
from esmock.errors import Unsupported


@pytest.mark.parametrize(
    ("pattern", "size"),
    [("abc", 3), ("a{5}", 5), ("(ab){3}c", 7), ("((a?){9}){9}", 81), ("a{2,4}|b*", 5), (r"\{\{", 2), ("a{3", 3), ("", 0), (")", 1)],
)
def test_counted_repetitions_multiply(pattern, size):
    assert n_states(pattern) == size


def test_an_expression_that_grows_beyond_measure_is_refused():
    with pytest.raises(Unsupported, match="10000 states"):
        compile_regex("((((((((((a?){9}){9}){9}){9}){9})))))")
    assert compile_regex("(ab|cd){500}")("ab" * 500)
