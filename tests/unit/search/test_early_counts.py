"""Totals of searches that end early, and statistics of shards, as fixtures/recorded/VERSION/NAME.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
@pytest.mark.parametrize("name", ["early_counts", "phrase_statistics", "cross_fields_of_few_terms"])
def test_numbers_are_those_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []
