"""Replaying fixtures/recorded/VERSION/NAME.json, which ``fixtures/record_cases.py`` writes."""

from __future__ import annotations

import json
from typing import Any

from tests.scripts import FIXTURES, recorder


def differences(ask: Any, name: str, version: str) -> list[tuple[str, Any, str, str]]:
    """Cases, run in order on one cluster, that are answered otherwise; those marked ``differs`` must be."""
    settled = recorder("cases").settled
    cases = json.loads((FIXTURES / "recorded" / version / f"{name}.json").read_text("utf-8"))["cases"]
    assert cases
    wrong = []
    for case in cases:
        answer = ask(case["request"], case.get("body"))
        found = settled(answer.body.decode())
        if ((answer.status, found) == (case["status"], case["answer"])) == ("differs" in case):
            wrong.append((case["request"], case.get("body"), case["answer"], found))
    return wrong
