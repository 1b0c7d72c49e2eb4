"""Words with wildcards that an analyzer reads, as fixtures/recorded/VERSION/analyze_wildcard*.json have them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences

RECORDED = [
    ("analyze_wildcard", "7.10.2"), ("analyze_wildcard_core", "7.10.2"), ("analyze_wildcard_core", "7.17.29"),
    ("analyze_wildcard_core", "8.19.21"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "version"), RECORDED)
def test_words_with_wildcards_are_read_as_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []
