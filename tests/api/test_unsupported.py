"""Every published endpoint is there: built, or refused by name after routing and parameter checks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esmock.api import unsupported
from esmock.http.router import router_for
from esmock.node import Node, RawRequest
from esmock.settings import ServerSettings
from esmock.state.cluster import Cluster


def node_of(version: str) -> Node:
    """A node that has every endpoint: without security, 8.x and later lack those of security."""
    settings = ServerSettings(version=version, security=True, anonymous_roles=["superuser"])
    return Node(Cluster(settings), router_for(settings))


def ask(version: str, method: str, target: str, body: bytes = b"") -> tuple[int, dict]:
    node = node_of(version)
    headers = [("content-type", "application/json")] if body else []
    answer = node.handle(RawRequest(method, target, headers, body))
    return answer.status, json.loads(answer.body or b"{}")


def plain(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


def test_every_endpoint_that_is_not_built_answers_501_with_its_name():
    names: dict[tuple[str, str], set[str]] = {}
    for one in unsupported.endpoint:
        for route in one.routes:
            names.setdefault((route.method, plain(route.path)), set()).add(one.name)
    assert len(names) > 40
    for one in unsupported.endpoint:
        for route in one.routes:
            path = plain(route.path)
            version = "9.5.3" if route.until > 9 else "7.17.29" if route.until > 7 else "7.10.2"
            status, body = ask(version, route.method, path, b"{}" if one.body is not None else b"")
            assert status == 501, one.name
            if route.method != "HEAD":
                reasons = {f"esmock does not support the endpoint [{name}]" for name in names[route.method, path]}
                assert body["error"]["reason"] in reasons, one.name


def test_parameters_of_unbuilt_endpoints_are_checked_first():
    status, body = ask("9.5.3", "GET", "/_license?lokal=true")
    assert status == 400
    assert body["error"]["reason"] == (
        "request [/_license] contains unrecognized parameter: [lokal] -> did you mean [local]?"
    )


def test_an_endpoint_newer_than_the_version_is_not_there():
    assert "resource_not_found" in str(ask("8.19.21", "GET", "/_inference/one")[1])
    assert ask("7.17.29", "GET", "/_inference/one")[0] == 405
    assert ask("7.10.2", "GET", "/_query_rules")[0] != 501


def test_all_published_endpoints_are_declared(shared_dir):
    from esmock.api.registry import ENDPOINTS

    published = {entry["name"] for entry in json.loads((shared_dir / "spec" / "endpoints.json").read_text("utf-8"))}
    assert published <= {endpoint.name for endpoint in ENDPOINTS}


NOT_THERE = {
    "rollup.get_jobs": "GET /_rollup/job",
    "rollup.get_rollup_caps": "GET /_rollup/data",
}
"""Published paths without the id that no release has: 6.8.23 and later refuse them."""
LATER = {
    "7.10.2": (
        "_internal.", "connector.", "cat.component_templates", "cat.count", "indices.resolve_index", "profiling.status", "security.get_settings",
        "security.clear_cached_service_tokens", "security.create_service_token", "security.delete_service_token",
        "security.update_cross_cluster_api_key", "security.update_settings", "cat.circuit_breaker",
        "watcher.get_settings", "text_structure.find_field_structure", "text_structure.find_message_structure",
        "watcher.update_settings",
    ),
    "7.17.29": (
        "_internal.", "connector.", "cat.component_templates", "cat.count", "indices.resolve_index", "profiling.status", "security.get_settings",
        "security.update_cross_cluster_api_key", "security.update_settings", "cat.circuit_breaker",
        "watcher.get_settings", "text_structure.find_field_structure", "text_structure.find_message_structure",
        "watcher.update_settings",
    ),
    "8.19.21": ("cat.circuit_breaker", "cat.count", "indices.resolve_index"),
    "9.5.3": ("knn_search",),
}  # fmt: skip
"""Endpoints, or methods of them, that came after a version though the specification does not say so: 405 of real servers."""


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def test_every_published_endpoint_has_a_handler(version, shared_dir):
    entries = json.loads((shared_dir / "spec" / "endpoints.json").read_text("utf-8"))
    number = tuple(map(int, version.split(".")[:2]))
    node = node_of(version)
    asked = 0
    for entry in entries:
        if tuple(map(int, entry.get("since", "0.0").split(".")[:2])) > number:
            continue
        for url in entry["urls"]:
            methods, path = url.split(" ", 1)
            for method in methods.split("|"):
                if NOT_THERE.get(entry["name"]) == f"{method} {path}":
                    continue
                answer = node.handle(RawRequest(method, plain(path), [], b""))
                asked += 1
                text = answer.body.decode()
                known = entry["name"].startswith(LATER[version])
                assert answer.status != 500 or "esmock_internal_error" not in text, (entry["name"], text)
                assert known or answer.status != 405, (entry["name"], method, path)
                assert known or "no handler found" not in text, (entry["name"], method, path)
                if answer.status == 501 and method != "HEAD":
                    assert json.loads(answer.body)["error"]["type"] == "esmock_unsupported"
    assert asked > 600
    assert node.failures == []


def test_the_table_of_endpoints_in_the_readme_names_every_namespace():
    from esmock.api import coverage

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    rows = readme.partition(coverage.BEGIN)[2].partition(coverage.END)[0].splitlines()
    found = coverage.namespaces()
    named = {row.split("|")[1].strip() for row in rows if row.startswith("| ") and "---" not in row}
    assert set(found) <= named, "run python -m esmock.api.coverage README.md"
    assert "cluster.health" in found["cluster"].built
    assert "ml.put_job" in found["ml"].missing
    assert coverage.written(readme).partition(coverage.BEGIN)[0] == readme.partition(coverage.BEGIN)[0]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def test_no_unbuilt_endpoint_takes_the_place_of_a_built_one(version):
    status, body = ask(version, "GET", "/_cluster/health")
    assert (status, body["status"]) == (200, "green")
