"""Suggestions. Evidence: recordings of 7.10.2 and 8.19.21, fixtures/recorded/VERSION/suggestions.json."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_suggestions_are_those_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "suggestions", version) == []
