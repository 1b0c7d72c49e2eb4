"""Wrong methods, unknown parameters and values that do not fit, endpoint by endpoint.

Evidence: recordings of 7.10.2 and 8.19.21 (``fixtures/recorded/VERSION/parameters.json.xz``, made by
``fixtures/record_parameters.py``): request, status, allowed methods, first reason.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
OPEN = {
    "7.10.2": 6,
    "8.19.21": 16,
}
"""How many answers differ still, at most: what is mended is to be taken off here."""


@pytest.mark.parametrize("version", sorted(OPEN))
def test_refusals_are_those_recorded(version: str, raw: Callable[..., Any]) -> None:
    shown = recorder("parameters").shown
    ask = raw(version, cluster_name="judge", node_name="node-0")
    rows = json.loads(lzma.decompress((FIXTURES / "recorded" / version / "parameters.json.xz").read_bytes()))
    assert len(rows) > 2000
    wrong = []
    for row in rows:
        method, target = row[0].split(" ", 1)
        got = ask(row[0])
        allowed = next((value for name, value in got.headers if name.lower() == "allow"), None)
        mine = shown(method, target, got.status, allowed, got.body.decode())
        if mine != row:
            wrong.append((row, mine[1:]))
    assert len(wrong) <= OPEN[version], wrong
