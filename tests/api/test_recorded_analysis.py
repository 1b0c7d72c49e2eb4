"""Generated analysis requests are answered byte for byte, warnings included.

Evidence: recordings of real servers (fixtures/record_analysis_requests.py).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDINGS = sorted(
    (path.parents[1].name, path.name.removesuffix(".json.xz")) for path in (FIXTURES / "recorded").glob("*/analysis/*.json.xz")
)


@pytest.mark.parametrize(("version", "name"), RECORDINGS)
def test_every_generated_request_is_answered_as_recorded(version: str, name: str, raw: Callable[..., Any]) -> None:
    module = recorder("analysis_requests")
    ask = raw(version)
    sequences = module.read(version, name)["sequences"]
    assert len(sequences) > 600
    wrong = []
    for one in itertools.chain(*sequences):
        got = ask(f"{one['method']} {one['path']}", None if one["body"] is None else json.dumps(one["body"]))
        found = (got.status, module.masked(got.body.decode()), module.warnings_of(got.headers))
        needs_java = got.status == 501 and b"the thai tokenizer" in got.body
        if not needs_java and found != (one["status"], one["answer"], one["warnings"]):
            wrong.append((one["path"], one["body"], one["answer"], found))
    assert not wrong, wrong[:5]
