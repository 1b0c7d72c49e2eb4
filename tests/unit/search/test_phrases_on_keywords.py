"""Phrases on a keyword, for which the query names an analyzer, as fixtures/recorded/VERSION/phrases_on_keywords.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_phrases_on_keywords_are_refused_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "phrases_on_keywords", version) == []
