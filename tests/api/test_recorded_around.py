"""What stands around the hits, and analysis: answered as real servers answered it.

Evidence: fixtures/recorded/VERSION/around (made by fixtures/record_around.py from fixtures/around): status, answer and warnings
per request; ``took``, timings and ids are masked, and objects whose keys come in no fixed order are compared sorted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted((path.parts[-3], path.stem) for path in FIXTURES.glob("recorded/*/around/*.json"))


@pytest.mark.parametrize(("version", "name"), FILES)
def test_answers_are_those_recorded(version: str, name: str, raw: Callable[..., Any]) -> None:
    recording = recorder("around")
    ask = raw(version)
    script = json.loads((FIXTURES / "around" / f"{name}.json").read_text("utf-8"))
    recorded = json.loads((FIXTURES / "recorded" / version / "around" / f"{name}.json").read_text("utf-8"))["answers"]

    def send(method: str, path: str, body: Any = None) -> Any:
        target = quote(path, safe="/?&=%,*:+-_.~<>{}()[]")
        return ask(f"{method} {target}", recording.content_of(body), {"content-type": recording.kind_of(path)})

    for case in script["setup"]:
        assert send(*case).status < 300, case
    wrong = []
    for case, (status, answer, warnings) in zip(script["cases"], recorded, strict=True):
        got = send(*case)
        told = [value.split(" ", 2)[2] for key, value in got.headers if key == "Warning"]
        tree = recording.steady(json.loads(got.body))
        is_same = (got.status, json.dumps(tree), sorted(told)) == (status, json.dumps(answer), sorted(warnings))
        if not is_same:
            wrong.append((case, status, answer, got.status, tree, warnings, told))
    assert wrong == []
    assert len(recorded) > 15
