"""Generated analysis requests are answered byte for byte, warnings included.

Evidence: recordings of real servers (fixtures/record_analysis_requests.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
VERSIONS = sorted(path.parents[1].name for path in (FIXTURES / "recorded").glob("*/analysis/requests.json.xz"))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_generated_request_is_answered_as_recorded(version: str, raw: Callable[..., Any]) -> None:
    module = recorder("analysis_requests")
    ask = raw(version)
    sequences = module.read(version)["sequences"]
    assert len(sequences) > 600
    wrong = []
    for sequence in sequences:
        for one in sequence:
            got = ask(f"{one['method']} {one['path']}", None if one["body"] is None else json.dumps(one["body"]))
            found = (got.status, module.masked(got.body.decode()), module.warnings_of(got.headers))
            if found != (one["status"], one["answer"], one["warnings"]):
                wrong.append((one["path"], one["body"], one["answer"], found))
    assert not wrong, wrong[:5]
