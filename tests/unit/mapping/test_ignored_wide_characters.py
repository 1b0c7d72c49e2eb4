"""Characters that Java counts twice and ``ignore_above``, as fixtures/recorded/VERSION/ignored_wide_characters.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_ignore_above_counts_as_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "ignored_wide_characters", version) == []
