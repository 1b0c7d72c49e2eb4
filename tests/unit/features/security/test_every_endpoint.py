"""Every built endpoint asks for what its documentation says: refused without, allowed with. Source: the published specification."""

from __future__ import annotations

import json

import pytest

from esmock.api import unsupported
from esmock.api.registry import ENDPOINTS
from esmock.features.security.privileges import cluster_privilege, index_privilege, is_cluster_action
from esmock.version import behaviour

# 8.19.21 names other privileges than the specification: recorded for analyze; for the others its privileges' names
OTHERWISE = {
    "indices.analyze", "indices.get_data_stream_settings", "indices.get_data_stream_mappings", "indices.resolve_cluster",
    "cat.templates", "cat.count",
    "license.get_basic_status", "license.get_trial_status",  # actions below cluster:admin/, which monitor does not have
}  # fmt: skip
BUILT = {one.name: one for one in ENDPOINTS if one.handler.__module__ != unsupported.__name__}


@pytest.fixture(scope="module")
def published(shared_dir):
    listed = json.loads((shared_dir / "spec/endpoints.json").read_text("utf-8"))
    return {one["name"]: one["privileges"] for one in listed if "privileges" in one and one["name"] in BUILT}


def _grants(privileges, action):
    if is_cluster_action(action):
        held = map(cluster_privilege, privileges.get("cluster", ()))
    else:
        held = (index_privilege(name, behaviour("9.5.3")) for name in privileges.get("index", ()))
    return any(one is not None and one.grants(action) for one in held)


def test_every_endpoint_has_an_action(published):
    assert [name for name in published if not BUILT[name].action] == []


def test_documented_privileges_allow_the_action(published):
    wrong = [(name, BUILT[name].action, own) for name, own in published.items() if not _grants(own, BUILT[name].action)]
    assert [one for one in wrong if one[0] not in OTHERWISE] == []


def _path(path):
    for part in ("{index}", "{target}"):
        path = path.replace(part, "logs")
    while "{" in path:
        begin, end = path.index("{"), path.index("}")
        path = path[:begin] + "x" + path[end + 1 :]
    return path


def _reason(answer):
    error = json.loads(answer.body or b"{}").get("error") if answer.body[:1] == b"{" else None
    return error.get("reason", "") if isinstance(error, dict) else ""


def test_refused_without_and_let_in_with(raw, published):
    """What is let in may still fail, of other reasons than its rights."""
    ask = raw("9.5.3", security=True)
    root = {"authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}
    ask("PUT /logs/_doc/1?refresh", {"a": 1}, root)
    ask("PUT /_security/role/none", {"cluster": []}, root)
    ask("PUT /_security/role/full", {"cluster": ["all"], "indices": [{"names": ["*"], "privileges": ["all"]}]}, root)
    for name in ("none", "full"):
        ask(f"PUT /_security/user/{name}", {"password": "secret1", "roles": [name]}, root)
    none = {"authorization": "Basic bm9uZTpzZWNyZXQx"}
    full = {"authorization": "Basic ZnVsbDpzZWNyZXQx"}
    open_, shut, asked = [], [], 0
    for name in published:
        route = next((one for one in BUILT[name].routes if one.since <= (9, 5) and one.until > 9 and one.method != "HEAD"), None)
        if route is None or name in ("security.change_password", "security.has_privileges"):
            continue
        line = f"{route.method} {_path(route.path)}"
        refused = ask(line, None, none)
        if refused.status in (400, 405):
            continue  # its body or a parameter is looked at first
        asked += 1
        if refused.status != 403:
            open_.append((line, refused.status))
        if route.method == "GET" and "is unauthorized for user" in _reason(ask(line, None, full)):
            shut.append(line)
    assert asked > 100, asked
    assert (open_, shut) == ([], [])
