"""Queries in Lucene's words, validated and profiled, as fixtures/recorded/VERSION/NAME.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_queries_are_shown_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "words_of_queries", version) == []


def test_combined_fields_are_shown_as_recorded(raw: Any) -> None:
    assert differences(raw("8.19.21"), "words_of_combined_fields", "8.19.21") == []
