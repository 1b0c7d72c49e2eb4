"""Generated aggregation requests are answered byte for byte.

Evidence: recordings of real servers (fixtures/record_aggs_requests.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
VERSIONS = sorted(path.parent.name for path in (FIXTURES / "recorded").glob("*/aggs_requests.json.xz"))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_generated_request_is_answered_as_recorded(version: str, raw: Callable[..., Any]) -> None:
    module = recorder("aggs_requests")
    recording = module.read(version)
    ask = raw(version)
    for method, path, body in module.steps(recording):
        assert ask(f"{method} {path}", body or None).status < 300
    assert len(recording["requests"]) > 300
    wrong = []
    for one in recording["requests"]:
        got = ask(f"POST {one['path']}", one["body"])
        text = module.masked(got.body.decode())
        if (got.status, text) != (one["status"], one["answer"]):
            wrong.append((one["path"], one["body"], one["answer"], text))
    assert wrong == []
