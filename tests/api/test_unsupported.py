"""Every published endpoint is there: built, or refused by name after routing and parameter checks."""

from __future__ import annotations

import json

import pytest

from esmock.api import unsupported
from esmock.http.router import router_for
from esmock.node import Node, RawRequest
from esmock.settings import ServerSettings
from esmock.state.cluster import Cluster


def ask(version: str, method: str, target: str, body: bytes = b"") -> tuple[int, dict]:
    node = Node(Cluster(ServerSettings(version=version)), router_for(version))
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
    assert len(names) > 300
    for one in unsupported.endpoint:
        for route in one.routes:
            path = plain(route.path)
            status, body = ask("9.5.3", route.method, path, b"{}" if one.body is not None else b"")
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
    assert ask("8.19.21", "GET", "/_connector")[0] == 501
    assert ask("7.10.2", "GET", "/_query_rules")[0] != 501


def test_all_published_endpoints_are_declared(shared_dir):
    from esmock.api.registry import ENDPOINTS

    published = {entry["name"] for entry in json.loads((shared_dir / "spec" / "endpoints.json").read_text("utf-8"))}
    assert published <= {endpoint.name for endpoint in ENDPOINTS}


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def test_no_unbuilt_endpoint_takes_the_place_of_a_built_one(version):
    status, body = ask(version, "GET", "/_cluster/health")
    assert (status, body["status"]) == (200, "green")
