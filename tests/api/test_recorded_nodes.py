"""Where shards of a cluster of three nodes are and why, as real clusters told it.

Evidence: recordings of 7.10.2 and 8.19.21 (fixtures/recorded/VERSION/nodes.json, made by fixtures/record_nodes.py), which names
what is left out: which of several equal nodes a copy is on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esmock.settings import NodeSettings
from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
VERSIONS = sorted(path.parent.name for path in FIXTURES.glob("recorded/*/nodes.json"))


def three_nodes() -> list[NodeSettings]:
    return [NodeSettings(f"node-{n}", attributes={"testattr": "test", "zone": zone}) for n, zone in enumerate("abb")]


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_are_those_recorded(version: str, raw: Callable[..., Any]) -> None:
    mask = recorder("nodes").mask
    ask = raw(
        version,
        node_name="node-0",
        nodes=three_nodes(),
        node_settings={"cluster.routing.allocation.disk.threshold_enabled": "false"},
    )
    wrong = []
    for line, body, status, answer in json.loads((FIXTURES / "recorded" / version / "nodes.json").read_text("utf-8")):
        got = ask(line, body)
        text = mask(line.partition(" ")[2], got.body.decode())
        if (got.status, text) != (status, answer):
            wrong.append((line, body, answer, text))
    assert wrong == []
