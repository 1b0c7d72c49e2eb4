"""Totals of searches that end early, and statistics of shards, as fixtures/recorded/VERSION/NAME.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
@pytest.mark.parametrize("name", ["early_counts", "phrase_statistics", "cross_fields_of_few_terms"])
def test_numbers_are_those_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []


def test_what_is_blended_counts_on_all_shards_as_recorded(raw: Any) -> None:
    assert differences(raw("8.19.21"), "blended_statistics", "8.19.21") == []
