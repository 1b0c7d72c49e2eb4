"""Field types and queries, answered byte for byte as real 7.10.2 and 8.19.21 answered them.

Evidence: recordings of both (fixtures/recorded/*/types): request, body, answer, warnings; ``took`` and ids of nodes
and indices are masked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).parents[2] / "fixtures" / "recorded"
FAMILIES = sorted((path.parts[-3], path.stem) for path in RECORDED.glob("*/types/*.json"))
MASKS = (
    (re.compile(r"\[\[[a-z_0-9]+/[A-Za-z0-9_-]{22}\]\]"), "[[INDEX]]"),
    (re.compile(r'"took":\d+'), '"took":0'),
    (re.compile(r'"index_uuid":"[^"]*"'), '"index_uuid":"U"'),
    (re.compile(r'"node":"[^"]*"'), '"node":"N"'),
)

NOW = 1_795_000_000_000
"""The clock stands: no refresh comes in between on a slow machine."""


def masked(text: str) -> str:
    for pattern, into in MASKS:
        text = pattern.sub(into, text)
    return text


@pytest.mark.parametrize(("version", "family"), FAMILIES)
def test_answers_are_those_recorded(version: str, family: str, raw: Callable[..., Any]) -> None:
    ask = raw(version, frozen_at_ms=NOW)
    exchanges = json.loads((RECORDED / version / "types" / f"{family}.json").read_text())
    wrong = []
    for request, body, answer, _warnings in exchanges:
        got = masked(ask(request, body or None).body.decode())
        if got != answer:
            wrong.append((request, body, answer, got))
    assert wrong == []
    assert len(exchanges) > 5
