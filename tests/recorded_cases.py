"""Replaying fixtures/recorded/VERSION/NAME.json, which ``fixtures/record_cases.py`` writes."""

from __future__ import annotations

import json
from typing import Any

from tests.scripts import FIXTURES, recorder


def differences(ask: Any, name: str, version: str) -> list[tuple[str, Any, str, str]]:
    """Cases, run in order on one cluster, that are answered otherwise; those marked ``differs`` must be."""
    module = recorder("cases")
    cases = json.loads((FIXTURES / "recorded" / version / f"{name}.json").read_text("utf-8"))["cases"]
    assert cases
    wrong = []
    for case in cases:
        answer = ask(case["request"], case.get("body"))
        found = module.settled(answer.body.decode())
        same = (answer.status, found) == (case["status"], case["answer"])
        told = module.told(answer.headers)
        # recordings of before have no warnings
        if (same and told == case.get("warnings", told)) == ("differs" in case):
            wrong.append((case["request"], case.get("body"), case["answer"], f"{found} {told}"))
    return wrong
