"""Whom the headers of a request name. Source: answers of 7.17.29 and 8.19.21 to the same requests."""

from __future__ import annotations

import json

import pytest

from esmock.wire import RawRequest
from tests.unit.features.security.test_recorded import RECORDER

AS = "es-security-runas-user"
ACTION = "action [cluster:admin/xpack/security/user/authenticate] is unauthorized for user"
GRANTED = "this action is granted by the cluster privileges [manage_security,all]"
SUPER = "with effective roles [superuser], because user [elastic] is unauthorized to run as"
UNABLE = "unable to authenticate with provided credentials and anonymous access is not allowed for this request"
NO_RUN_AS = [
    ("7.17.29", "elastic", "nobody", f"{ACTION} [elastic] run as [nobody] with roles [], {GRANTED}"),
    ("7.17.29", "ann", "elastic", f"{ACTION} [ann] run as [elastic] with roles [superuser], {GRANTED}"),
    ("8.19.21", "elastic", "nobody", f"{ACTION} [elastic] {SUPER} [nobody]"),
    ("8.19.21", "ann", "elastic", f"{ACTION} [ann] with effective roles [monitoring_user], because user [ann] is unauthorized to run as [elastic]"),
]
UNSUCCESSFUL = [
    ("ApiKey !!", "API key: Illegal base64 character 21"),
    ("ApiKey OmI=", "API key: invalid ApiKey value"),
    ("Bearer AAEAAW", "oauth2 token: invalid token"),
    ("Bearer AAEAAWVsYXN0aWMv", "oauth2 token: invalid token"),
]


def _as(name: str, **headers: str) -> dict[str, str]:
    return {"authorization": RECORDER.authorization(f"{name}:changeme"), **headers}


@pytest.fixture
def node(raw):
    def build(version):
        ask = raw(version, security=True)
        body = json.dumps({"password": "changeme", "roles": ["monitoring_user"]})
        assert ask("PUT /_security/user/ann", body, _as("elastic")).status == 200
        return lambda headers: ask("GET /_security/_authenticate", None, headers)

    return build


@pytest.mark.parametrize(("version", "who", "wanted", "reason"), NO_RUN_AS)
def test_nobody_runs_as_whom_he_may_not_or_who_is_not(node, version, who, wanted, reason):
    answer = node(version)(_as(who, **{AS: wanted}))
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == (403, reason)


def test_running_as_no_name_fails_to_authenticate(node):
    answer = node("8.19.21")(_as("ann", **{AS: ""}))
    wanted = (401, "unable to authenticate user [ann] for REST request [/_security/_authenticate]")
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == wanted


def test_both_realms_are_told(node):
    shown = json.loads(node("8.19.21")(_as("elastic", **{AS: "ann"})).body)
    found = [shown[name]["type"] for name in ("authentication_realm", "lookup_realm")]
    assert (shown["username"], found) == ("ann", ["reserved", "native"])


@pytest.mark.parametrize(("given", "why"), UNSUCCESSFUL)
@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_credentials_that_cannot_be_read(node, version, given, why):
    error = json.loads(node(version)({"authorization": given}).body)["error"]
    assert (error["reason"], error["additional_unsuccessful_credentials"]) == (UNABLE, why)


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_what_names_no_index_is_told_so_before_rights_count(raw, version):
    ask = raw(version, security=True)
    assert ask("PUT /_security/user/ann", json.dumps({"password": "changeme", "roles": []}), _as("elastic")).status == 200
    answer = ask("DELETE /", None, _as("ann"))
    wanted = (400, "Validation Failed: 1: index / indices is missing;")
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == wanted


@pytest.mark.parametrize("name", ["Authorization", "es-security-runas-user"])
def test_a_header_that_comes_twice_and_not_alike_is_refused(raw, name):
    """Source: answers of 8.19.21."""
    server = raw("8.19.21", security=True).server
    good = RECORDER.authorization("elastic:changeme")
    both = [("authorization", good), (name.lower(), good), (name.lower(), "Basic YTpi")]
    answer = server.handle(RawRequest("GET", "/_security/_authenticate", both))
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"]) == (400, "illegal_argument_exception")
    assert error["reason"] == f"multiple values for single-valued header [{name}]."
    alike = [("authorization", good)] * 2
    assert server.handle(RawRequest("GET", "/_security/_authenticate", alike)).status == 200


@pytest.mark.parametrize(("version", "status"), [("7.10.2", 400), ("7.17.29", 401), ("8.19.21", 401)])
@pytest.mark.parametrize("line", ["GET /_nope/x/y/z", "PUT /_cat/health"])
def test_who_is_not_known_is_told_of_no_paths(raw, version, status, line):
    """Source: answers of 7.17.29 and 8.19.21; 7.10.2 by the code of its time."""
    answer = raw(version, security=True)(line)
    assert answer.status == (405 if status == 400 and "health" in line else status)
