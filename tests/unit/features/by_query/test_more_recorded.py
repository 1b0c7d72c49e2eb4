"""Options and refusals by query. Source: a recording of 7.10.2 (fixtures/cases/by_query_more.console)."""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("7.10.2"), "by_query_more", "7.10.2") == []


def test_limits_count_what_was_changed(raw):
    assert differences(raw("7.10.2"), "by_query_limits", "7.10.2") == []


def test_requests_are_checked_as_recorded(raw):
    """What is looked at before anything is written; beside it dates in several formats and brackets around values."""
    assert differences(raw("7.10.2"), "by_query_validation", "7.10.2") == []
