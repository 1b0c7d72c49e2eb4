"""Answers of 9.5.3 are made of what the published specification says: its types, names and required keys."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from esmock.http.receive import RawRequest
from esmock.http.render import RawResponse
from esmock.server import Server
from tests.conformance.published_types import PublishedTypes

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = ("published_requests", "published_requests_more", "published_requests_of_security")

# where the specification is behind the engine: 8.19.21 answers these ways, or its classes write them
BEHIND = frozenset(
    {
        ("cluster.stats", ".indices"), ("dangling_indices.list_dangling_indices", "."),
        ("features.reset_features", ".features"), ("ilm.get_lifecycle", ".*.in_use_by"),
        ("indices.get_settings", ".*.defaults"), ("indices.put_alias", ".errors"), ("indices.rollover", ".lazy"),
        ("indices.stats", "._all"), ("indices.stats", ".indices.*"), ("indices.update_aliases", ".errors"), ("nodes.info", ".nodes.*"),
        ("nodes.get_repositories_metering_info", ".nodes.*"), ("nodes.stats", ".nodes.*.http"), ("nodes.stats", ".nodes.*.indices"),
        ("nodes.stats", ".nodes.*.script_cache"), ("rollup.get_rollup_caps", ".*.rollup_jobs"),
        ("rollup.get_rollup_index_caps", ".*.rollup_jobs"), ("security.get_service_accounts", ".*.role_descriptor.global"),
        ("shutdown.get_node", ".nodes[]"),
        ("esql.query", ".documents_found"), ("esql.query", ".values_loaded"),
        ("esql.query", ".columns[].original_types"), ("esql.query", ".values[][]"), ("xpack.usage", ".enterprise_search"),
        ("xpack.usage", ".esql"), ("xpack.usage", ".ilm.available"), ("xpack.usage", ".ilm.enabled"), ("xpack.usage", ".logsdb"),
        ("xpack.usage", ".universal_profiling"), ("xpack.usage", ".security."),
        ("slm.get_lifecycle", ".*.last_success.start_time"), ("xpack.info", ".license.expiry_date_in_millis"),
    }
)  # fmt: skip

# what esmock leaves out of statistics: bytes through pipelines, requests per route
LEFT_OUT = frozenset(
    {
        ("nodes.stats", ".nodes.*.ingest.pipelines"), ("cluster.info", ".ingest.pipelines"), ("cluster.info", ".http.routes"),
    }
)  # fmt: skip


def _requests(name: str) -> list[tuple[str, str, bytes]]:
    found = []
    for line in (FIXTURES / f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            method, path, *body = line.split(" ", 2)
            found.append((method, path, body[0].replace("\\n", "\n").encode() if body else b""))
    return found


async def _later(answer: Any) -> RawResponse:
    return await answer


def _answers(server: Server, name: str) -> list[tuple[str, str, RawResponse]]:
    out = []
    for method, path, body in _requests(name):
        kind = "application/x-ndjson" if "_bulk" in path or "_msearch" in path else "application/json"
        headers = [("content-type", kind)] if body else []
        if server.settings.security:
            headers.append(("authorization", "Basic " + base64.b64encode(b"elastic:changeme").decode()))
        answer = server.handle(RawRequest(method, path, headers, body))
        if not isinstance(answer, RawResponse):
            answer = asyncio.run(_later(answer))
        match = server.node.router.match(method, path.partition("?")[0], path, compatible=False)
        out.append((match.endpoint.name, f"{method} {path}", answer))
    return out


def _is_behind(endpoint: str, place: str) -> bool:
    return any(endpoint == name and place.startswith(prefix) for name, prefix in BEHIND | LEFT_OUT)


@pytest.fixture(scope="module")
def types(shared_dir: Path) -> PublishedTypes:
    return PublishedTypes(shared_dir / "spec" / "schema.json.xz")


@pytest.fixture(scope="module")
def misfits(types: PublishedTypes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str, str, str]]]:
    """Of each file, a list of (endpoint, request, place, problem); a request that fits has one entry with an empty problem."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for name in FILES:
        settings = {"path.repo": str(tmp_path_factory.mktemp("repositories"))}
        server = Server(version="9.5.3", node_settings=settings, security=name.endswith("security"))
        found[name] = []
        for endpoint, line, answer in _answers(server, name):
            if answer.status == 501:
                continue
            assert answer.status < 300, (line, answer.body)
            if answer.body[:1] in (b"{", b"["):
                problems = types.problems(endpoint, json.loads(answer.body)) or [("", "")]
                found[name] += [(endpoint, line, *problem) for problem in problems]
        server.check()
    return found


@pytest.mark.parametrize("name", FILES)
def test_answers_fit_the_published_types(misfits, name):
    wrong = [one for one in misfits[name] if one[3] and not _is_behind(one[0], one[2])]
    assert len({line for _, line, _, _ in misfits[name]}) > 40
    assert not wrong, "\n".join(map(str, wrong))


def test_what_is_behind_is_so(misfits):
    places = {(endpoint, place) for found in misfits.values() for endpoint, _, place, problem in found if problem}
    unused = {one for one in BEHIND | LEFT_OUT if not any(one[0] == name and place.startswith(one[1]) for name, place in places)}
    assert not unused


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
