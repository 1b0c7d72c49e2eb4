"""Graphs as 6.8.23 explores them. Evidence: ``fixtures/recorded/6.8.23/graph.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures/recorded/6.8.23/graph.json").read_text("utf-8"))["exchanges"]
ASKED = [one for one in RECORDED if "_explore" in one["request"][1]]
NEWER = ("Fielddata is disabled", "Text fields are not optimised", "no [query] registered", "unknown query")
"""Refusals that newer versions word otherwise."""


def of_seven(method: str, path: str, body: str = "") -> tuple[str, Any]:
    """A request of 6.8 as newer versions take it."""
    path = path.replace("/_xpack/graph/_explore", "/_graph/explore").replace("/g/doc/", "/g/_doc/")
    tree = json.loads(body) if body else None
    if isinstance(tree, dict) and "mappings" in tree:
        tree["mappings"] = tree["mappings"]["doc"]
    return f"{method} {path}", tree


def told(status: int, answer: Any) -> Any:
    """What of an answer is the same from run to run."""
    if status != 200:
        cause = answer["error"]["root_cause"][0]
        return status, cause["type"], None if cause["reason"].startswith(NEWER) else cause["reason"]
    return {name: value for name, value in answer.items() if name != "took"}


@pytest.fixture(scope="module", params=["7.10.2", "9.5.3"])
def ask(request: Any) -> Any:
    from esmock.server import Server

    with Server(version=request.param) as server:
        yield server


def answered(server: Any, method: str, path: str, body: str = "") -> tuple[int, Any]:
    import urllib.error
    import urllib.request

    line, tree = of_seven(method, path, body)
    data = None if tree is None else json.dumps(tree).encode()
    request = urllib.request.Request(server.url + line.split(" ")[1], data, {"content-type": "application/json"}, method=method)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def filled(ask: Any) -> Any:
    for one in RECORDED:
        if "_explore" not in one["request"][1]:
            assert answered(ask, *one["request"])[0] in (200, 201)
    return ask


@pytest.mark.parametrize("number", range(len(ASKED)))
def test_answers_as_recorded(filled: Any, number: int) -> None:
    one = ASKED[number]
    assert told(*answered(filled, *one["request"])) == told(one["status"], one["answer"])
