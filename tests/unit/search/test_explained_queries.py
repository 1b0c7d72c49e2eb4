"""Queries in Lucene's words, why they score as they do, and what of them is profiled, as fixtures/recorded/VERSION/NAME.json has it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences

VERSION = "7.10.2"


@pytest.mark.parametrize("name", ["explained_percolation", "explained_functions", "profiled_queries", "kept_queries", "words_of_queries"])
def test_queries_are_told_as_recorded(raw: Any, name: str) -> None:
    assert differences(raw(VERSION), name, VERSION) == []
