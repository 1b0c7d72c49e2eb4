"""Every built endpoint asks for what its documentation says: refused without, allowed with. Source: the published specification."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from esmock.api import unsupported
from esmock.api.registry import ENDPOINTS
from esmock.features.security.privileges import cluster_privilege, index_privilege, is_cluster_action
from esmock.version import behaviour
from tests.scripts import recorder

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


RECORDED = Path(__file__).parents[4] / "fixtures/recorded"
MATRIX = recorder("security_matrix")
ELSEWHERE = {
    # paths that the recorded nodes, for want of modules, take for those of an index, a document or a node
    "8.19.21": {
        "/_connector", "/_enrich", "/_data_stream", "/_inference", "/_reindex", "/_query_rules", "/_rank_eval", "/_sql", "/_transform",
        "/_nodes/x/_repositories_metering", "/_nodes/shutdown", "/_nodes/x/shutdown", "/_snapshot/x/_",
        "/_internal/prevalidate_node_removal", "/logs-1/_field_usage_stats", "/_xpack/usage",
    },
    "7.17.29": {
        "/_async_search", "/logs-1/_async_search", "/_autoscaling", "/_cat/circuit_breaker", "/_cat/ml", "/_cat/transforms", "/_ccr",
        "/logs-1/_ccr", "/_enrich", "/_eql", "/logs-1/_eql", "/_query", "/logs-1/_fleet", "/logs-1/_graph", "/_ilm", "/logs-1/_ilm",
        "/_data_stream", "/logs-1/_field_usage_stats", "/_ingest/geoip", "/_ingest/processor", "/_logstash", "/logs-1/_migration", "/_ml",
        "/_nodes/x/_repositories_metering", "/_rollup", "/logs-1/_rollup", "/_searchable_snapshots", "/logs-1/_searchable_snapshots",
        "/_nodes/shutdown", "/_nodes/x/shutdown", "/_slm", "/_snapshot/x/_", "/_sql", "/_transform", "/_watcher", "/_xpack/usage",
    },
}  # fmt: skip


def _answers(version):
    recorded = json.loads(lzma.decompress((RECORDED / version / "security_endpoints.json.xz").read_bytes()))["answers"]
    return [one for one in recorded if not one[0].partition(" ")[2].startswith(tuple(ELSEWHERE[version]))]


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_refusals_are_those_recorded(raw, version):
    """Who may do nothing, and who may read the state of the cluster, on every path: let in or not, and why not, word for word."""
    ask = raw(version, security=True)
    root = {"authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}
    for method, path, body in MATRIX.roles_and_users():
        ask(f"{method} {path}", body, root)
    ask("PUT /logs-1", None, root)
    wrong, refused = [], 0
    for line, user, status, reason in _answers(version):
        answer = ask(line, None, {"authorization": recorder("security").authorization(f"{user}:secret1")})
        got = _reason(answer) if answer.status == 403 else None
        refused += status == 403
        if (status == 403) != (answer.status == 403) or (reason or None) != (got or None):
            wrong.append((line, user, status, reason, answer.status, got))
    assert refused > 400
    assert wrong == []
