"""What was deleted in scores, with soft deletes and without, and a collapse by no field.

Source: fixtures/recorded/7.10.2/deleted_segments.json, a recording of 7.10.2.
"""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("7.10.2"), "deleted_segments", "7.10.2") == []
