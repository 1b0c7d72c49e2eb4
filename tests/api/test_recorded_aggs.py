"""Generated aggregation requests are answered byte for byte.

Evidence: recordings of real servers (fixtures/record_aggs_requests.py).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
VERSIONS = sorted(path.parent.name for path in (FIXTURES / "recorded").glob("*/aggs_requests.json.xz"))


def recorder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record_aggs_requests", FIXTURES / "record_aggs_requests.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", VERSIONS)
def test_every_generated_request_is_answered_as_recorded(version: str, raw: Callable[..., Any]) -> None:
    module = recorder()
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
