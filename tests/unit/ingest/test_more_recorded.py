"""User agents, counters of pipelines, their bodies and metadata. Source: recordings of 7.10.2 (fixtures/cases)."""

from __future__ import annotations

import pytest

from tests.recorded_cases import differences


def test_user_agents(raw):
    pytest.importorskip("ua_parser")
    assert differences(raw("7.10.2"), "user_agent", "7.10.2") == []


def test_counters_of_pipelines(raw):
    assert differences(raw("7.10.2"), "ingest_statistics", "7.10.2") == []


def test_dates_in_other_languages(raw):
    assert differences(raw("7.10.2"), "ingest_locales", "7.10.2") == []


def test_pipelines_on_the_way_of_documents(raw):
    """Bodies of pipelines, failures, conditions, default and final pipelines, sequence numbers as metadata."""
    assert differences(raw("7.10.2"), "ingest_requests", "7.10.2") == []
