"""Which structures of which fields searches read, each of a new index.

Source: fixtures/recorded/8.19.21/field-usage.json, a recording of 8.19.21.
"""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("8.19.21"), "field-usage", "8.19.21") == []
