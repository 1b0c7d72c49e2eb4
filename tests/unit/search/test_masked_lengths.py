"""Spans masked as of a field that documents lack, as fixtures/recorded/VERSION/masked_lengths.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_spans_masked_as_of_a_missing_field_score_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "masked_lengths", version) == []
