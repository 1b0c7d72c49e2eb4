"""Queries over one index: values, types, and what is refused, word for word.

Source: fixtures/recorded/8.19.21/esql.json and esql_values.json, recordings of 8.19.21 (queries written by hand and by a generator).
"""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("8.19.21"), "esql", "8.19.21") == []


def test_values_are_read_as_the_real_engine_reads_them(raw):
    """Typed captures of GROK, points that are malformed, sums beyond what a double holds, addresses, buckets."""
    assert differences(raw("8.19.21"), "esql_values", "8.19.21") == []
