"""Answers of 9.5.3 are made of what the published specification says: its types, names and required keys."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from esmock.http.receive import RawRequest
from esmock.http.render import RawResponse
from esmock.server import Server
from tests.conformance.published_types import PublishedTypes

REQUESTS = Path(__file__).parents[2] / "fixtures" / "published_requests.txt"

# where the specification is behind the engine: 8.19.21 answers these ways
BEHIND = frozenset(
    {
        ("cluster.stats", ".ccs"), ("cluster.stats", ".indices"), ("cluster.stats", ".nodes"), ("dangling_indices.list_dangling_indices", "."),
        ("indices.get_settings", ".*.defaults"), ("indices.rollover", ".lazy"),
        ("indices.stats", "._all"), ("indices.stats", ".indices.*"), ("indices.update_aliases", ".errors"), ("nodes.info", ".nodes.*"),
        ("nodes.stats", ".nodes.*.http"), ("rollup.get_rollup_caps", ".*.rollup_jobs"), ("rollup.get_rollup_index_caps", ".*.rollup_jobs"),
        ("xpack.info", ".license.expiry_date_in_millis"),
    }
)  # fmt: skip

# what esmock leaves out of statistics: bytes through pipelines, requests per route
LEFT_OUT = frozenset(
    {
        ("nodes.stats", ".nodes.*.ingest.pipelines"), ("cluster.info", ".ingest.pipelines"), ("cluster.info", ".http.routes"),
    }
)  # fmt: skip


def _requests() -> list[tuple[str, str, bytes]]:
    found = []
    for line in REQUESTS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            method, path, *body = line.split(" ", 2)
            found.append((method, path, body[0].replace("\\n", "\n").encode() if body else b""))
    return found


async def _later(answer: Any) -> RawResponse:
    return await answer


def _answers(server: Server) -> list[tuple[str, str, RawResponse]]:
    out = []
    for method, path, body in _requests():
        kind = "application/x-ndjson" if "_bulk" in path or "_msearch" in path else "application/json"
        answer = server.handle(RawRequest(method, path, [("content-type", kind)] if body else [], body))
        if not isinstance(answer, RawResponse):
            answer = asyncio.run(_later(answer))
        match = server.node.router.match(method, path.partition("?")[0], path, compatible=False)
        out.append((match.endpoint.name, f"{method} {path}", answer))
    return out


def _is_behind(endpoint: str, place: str) -> bool:
    return any(endpoint == name and place.startswith(prefix) for name, prefix in BEHIND | LEFT_OUT)


def test_answers_fit_the_published_types(shared_dir, tmp_path):
    types = PublishedTypes(shared_dir / "spec" / "schema.json.xz")
    server = Server(version="9.5.3", node_settings={"path.repo": str(tmp_path)})
    wrong, checked, used = [], 0, set()
    for endpoint, line, answer in _answers(server):
        if answer.status == 501:
            continue
        assert answer.status < 300, (line, answer.body)
        for place, what in types.problems(endpoint, json.loads(answer.body)):
            if _is_behind(endpoint, place):
                used.add(endpoint)
            else:
                wrong.append((line, place, what))
        checked += 1
    server.check()
    assert checked > 130
    assert not wrong, "\n".join(map(str, wrong))
    assert used == {endpoint for endpoint, _ in BEHIND | LEFT_OUT}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"count": 1, "_shards": {"total": 1, "successful": 1, "failed": 0}}, None),
        ({"count": "1", "_shards": {"total": 1, "successful": 1, "failed": 0}}, (".count", "no number")),
        ({"_shards": {"total": 1, "successful": 1, "failed": 0}}, (".count", "missing")),
        ({"count": 1, "_shards": {"total": 1, "successful": 1}}, ("._shards.failed", "missing")),
        ({"count": 1, "took": 1, "_shards": {"total": 1, "successful": 1, "failed": 0}}, (".took", "unknown")),
        ([], ("", "no object")),
    ],
)
def test_the_check_sees_what_is_wrong(shared_dir, answer, problem):
    found = PublishedTypes(shared_dir / "spec" / "schema.json.xz").problems("count", answer)
    assert found == ([] if problem is None else [problem])
