"""Patterns and keys of flattened fields in Lucene's words, as fixtures/recorded/VERSION/NAME.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_patterns_are_shown_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "patterns_shown", version) == []


def test_keys_of_flattened_fields_are_shown_as_recorded(raw: Any) -> None:
    assert differences(raw("8.19.21"), "flattened_shown", "8.19.21") == []


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_an_analyzer_reads_the_patterns_of_query_strings_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "patterns_under_analyzers", version) == []


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_simple_query_strings_leave_out_what_is_not_mapped_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "simple_strings_on_no_field", version) == []
