"""Replaying fixtures/recorded/VERSION/NAME.json, which ``fixtures/record_cases.py`` writes."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

FIXTURES = Path(__file__).parents[1] / "fixtures"


def recorder() -> ModuleType:
    """The recording script, for what it replaces in answers."""
    spec = importlib.util.spec_from_file_location("record_cases", FIXTURES / "record_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differences(ask: Any, name: str, version: str) -> list[tuple[str, Any, str, str]]:
    """Cases, run in order on one cluster, that are answered otherwise; those marked ``differs`` must be."""
    settled = recorder().settled
    cases = json.loads((FIXTURES / "recorded" / version / f"{name}.json").read_text("utf-8"))["cases"]
    assert cases
    wrong = []
    for case in cases:
        answer = ask(case["request"], case.get("body"))
        found = settled(answer.body.decode())
        if ((answer.status, found) == (case["status"], case["answer"])) == ("differs" in case):
            wrong.append((case["request"], case.get("body"), case["answer"], found))
    return wrong
