"""Every option of every query, search body, mapping and part of an analyzer has a refusal that a real server gave, told alike.

Evidence: fixtures/recorded/VERSION/refusals (made by fixtures/record_refusals.py).
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

RECORDED = Path(__file__).parents[2] / "fixtures" / "recorded"
FILES = sorted((path.parts[-3], path.name.partition(".")[0]) for path in RECORDED.glob("*/refusals/*.json.xz"))


def recording(version: str, family: str) -> Any:
    return json.loads(lzma.decompress((RECORDED / version / "refusals" / f"{family}.json.xz").read_bytes()))


@pytest.mark.parametrize(("version", "family"), FILES)
def test_what_a_server_refuses_is_refused_in_its_words(version: str, family: str, raw: Callable[..., Any]) -> None:
    record = recorder("refusals")
    found = recording(version, family)
    places = {one.label: one for one in record.places_of(family)[1]}
    ask = raw(version)
    for method, path, body in found["setup"]:
        assert ask(f"{method} {path}", body).status < 300, path
    wrong = []
    for label, option, body, status, text, warnings in found["rows"]:
        got = ask(f"{places[label].method} {places[label].path}", body)
        told = record.told([value for name, value in got.headers if name == "Warning"])
        if (got.status, record.masked(got.body.decode()), told) != (status, text, warnings):
            wrong.append((label, option, body, status, text, warnings, got.status, record.masked(got.body.decode()), told))
        if got.status < 300 and places[label].method == "PUT":
            ask(f"DELETE {places[label].path}")
    assert wrong == []
