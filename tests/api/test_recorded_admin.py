"""Index and cluster administration, answered byte for byte as real servers answered it.

Evidence: recordings of 7.10.2 and 8.19.21 (fixtures/recorded/VERSION/admin, made by fixtures/record_admin.py): request, body,
status, warnings, answer; ids, times, addresses and sizes are masked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted((path.parts[-3], path.stem) for path in FIXTURES.glob("recorded/*/admin/*.json"))


KNOWN = {
    ("8.19.21", "GET /adm-a?include_defaults", None): "recorded without the percolator module",
    ("8.19.21", "GET /adm-a?include_defaults&flat_settings", None): "recorded without the percolator module",
}
"""Answers that differ, with the reason; strict: one that no longer differs must go."""


def names_several(line: str) -> bool:
    """Answers about several indices come out of hash tables whose order changes from run to run: compared as trees."""
    return "*" in line or "," in line or "/_alias/" in line or line.startswith("GET /adm-ds-")


def same_tree(one: str, other: str) -> bool:
    try:
        return json.loads(one) == json.loads(other)
    except ValueError:
        return False


@pytest.mark.parametrize(("version", "name"), CASES)
def test_answers_are_those_recorded(version: str, name: str, raw: Callable[..., Any]) -> None:
    mask = recorder("admin").mask
    ask = raw(
        version,
        cluster_name="judge",
        node_name="node-0",
        node_settings={
            "path.repo": "/repositories",
            "node.attr.testattr": "test",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        },
    )
    exchanges = json.loads((FIXTURES / "recorded" / version / "admin" / f"{name}.json").read_text("utf-8"))
    wrong = []
    for line, body, status, warnings, answer in exchanges:
        got = ask(line, body)
        text = mask(got.body.decode())
        told = [value.split(" ", 2)[2] for key, value in got.headers if key == "Warning"]
        same_text = text == answer or line.startswith("HEAD") or (names_several(line) and same_tree(text, answer))
        is_same = (got.status, sorted(told), same_text) == (status, sorted(warnings), True)
        if is_same == ((version, line, body) in KNOWN):
            wrong.append((line, body, status, answer, got.status, text, warnings, told))
    assert wrong == []
    assert len(exchanges) > 15
