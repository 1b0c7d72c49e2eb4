"""Choosing tests by name: the meaning of pytest's option of the same name."""

from __future__ import annotations

import pytest

from esmock.conformance.selection import selector


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("search", True),
        ("SEARCH", True),
        ("nothing", False),
        ("not search", False),
        ("search and 10_basic", True),
        ("search and nothing", False),
        ("nothing or search", True),
        ("nothing or search and nothing", False),
        ("(search or nothing) and not (nope)", True),
        ("'a name with blanks'", True),
        ("not not search", True),
    ],
)
def test_expressions(expression: str, expected: bool) -> None:
    assert selector(expression)("search/10_basic/A name with blanks") is expected


@pytest.mark.parametrize("expression", ["", "and", "a and", "a b", "(a", "a)", "not", "or a"])
def test_malformed_expressions(expression: str) -> None:
    with pytest.raises(ValueError, match="expression"):
        selector(expression)
