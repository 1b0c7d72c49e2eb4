"""Dates sorted by another resolution and told in a format, as fixtures/recorded/VERSION/dates_by_numeric_type.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_sorted_dates_are_told_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "dates_by_numeric_type", version) == []
