"""Grok against what the library of 8.19.21 captures: every pattern of its two sets on a line or two, and the syntax itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from esmock.errors import ApiError
from esmock.script.grok import Expression
from esmock.script.grok_patterns import built_in
from esmock.script.painless.runtime.values import Float
from esmock.version import behaviour

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded" / "8.19.21" / "grok.json"
CASES = json.loads(RECORDED.read_text("utf-8"))["cases"]
MODES = {"v1": "v1", "legacy": "disabled"}


def plain(value: Any) -> Any:
    """A number of single precision as it is printed."""
    return float(str(np.float32(value))) if isinstance(value, Float) else value


def captured(case: dict[str, Any], compiled: dict[tuple[str, str], Expression]) -> Any:
    key = (case["set"], case["pattern"])
    try:
        if key not in compiled:
            compiled[key] = Expression(case["pattern"], built_in(behaviour("8.19.21"), MODES[case["set"]]))
        found = compiled[key].match(case["text"])
    except ApiError as error:
        return {"error": error.reason}
    if found is None:
        return {"captures": None}
    lists = {field: [plain(value) for value in values] for field, values in found[1].items()}
    return {"captures": {field: values if len(values) > 1 else values[0] for field, values in lists.items()}}


def test_patterns_capture_as_recorded() -> None:
    assert len(CASES) >= 700
    compiled: dict[tuple[str, str], Expression] = {}
    wrong = []
    for case in CASES:
        expected = {key: case[key] for key in ("captures", "error") if key in case}
        if (found := captured(case, compiled)) != expected:
            wrong.append(f"{case['set']} {case['pattern']} {case['text']!r}\n  {expected}\n  {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("version", "mode", "count"), [("7.10.2", "disabled", 312), ("8.19.21", "disabled", 318), ("8.19.21", "v1", 361)])
def test_sets_have_their_patterns(version: str, mode: str, count: int) -> None:
    assert len(built_in(behaviour(version), mode)) == count
