"""Queries in Lucene's words, why they score as they do, and what of them is profiled, as fixtures/recorded/VERSION/NAME.json has it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences

_NAMES = ("explained_percolation", "explained_functions", "profiled_queries", "kept_queries", "queries_in_words")
_OF_BOTH = ("explained_functions", "kept_queries")


@pytest.mark.parametrize(("name", "version"), [*((one, "7.10.2") for one in _NAMES), *((one, "7.17.29") for one in _OF_BOTH)])
def test_queries_are_told_as_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []
