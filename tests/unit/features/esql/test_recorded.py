"""Queries over one index: values, types, and what is refused, word for word.

Source: fixtures/recorded/8.19.21/esql.json, a recording of 8.19.21 (queries written by hand and by a generator).
"""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("8.19.21"), "esql", "8.19.21") == []
