"""Highlights of every highlighter. Evidence: recordings of 7.10.2 and 8.19.21, fixtures/recorded/VERSION/highlights.json,
highlights_of_spans.json, and highlights_more.json of queries that one of them had no module for.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences

BOTH = ("highlights", "highlights_of_spans")


@pytest.mark.parametrize(
    ("name", "version"), [*((name, version) for name in BOTH for version in ("7.10.2", "8.19.21")), ("highlights_more", "7.10.2")]
)
def test_highlights_are_those_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []
