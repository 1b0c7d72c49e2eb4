"""Slices whose searches fail: the first failure is told, with the others beside it. Source: answers of 7.10.2."""

from __future__ import annotations

from typing import Any

import pytest

GONE = {
    "type": "index_not_found_exception",
    "reason": "no such index [nope]",
    "resource.type": "index_or_alias",
    "resource.id": "nope",
    "index_uuid": "_na_",
    "index": "nope",
}


@pytest.mark.parametrize("slices", ["1", "2", "3", "auto"])
def test_every_slice_tells_its_failure(raw: Any, slices: str) -> None:
    answer = raw("7.10.2").json(f"POST /nope/_update_by_query?slices={slices}")
    others = [GONE] * (int(slices) - 1 if slices != "auto" else 0)
    told = {**GONE, "suppressed": others} if others else GONE
    assert answer == {"error": {"root_cause": [told], **told}, "status": 404}
