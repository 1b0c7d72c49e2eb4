"""Slices of scrolls over several shards and indices, as fixtures/recorded/VERSION/slices_over_shards.json has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recorded_cases import differences


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_slices_take_the_documents_that_are_recorded(raw: Any, version: str) -> None:
    assert differences(raw(version), "slices_over_shards", version) == []
