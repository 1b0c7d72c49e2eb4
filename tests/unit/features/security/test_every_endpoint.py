"""Every built endpoint asks for what its documentation says: refused without, allowed with. Source: the published specification."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from esmock.api import unsupported
from esmock.api.registry import ENDPOINTS
from esmock.features.security.privilege_names import cluster_names, index_names
from esmock.features.security.privileges import cluster_privilege, index_privilege, is_cluster_action
from esmock.http.tls import Tls
from esmock.version import behaviour
from tests.scripts import recorder

# what the specification says of an endpoint and 8.19.21 does otherwise: recorded for analyze, for the others the classes of their actions
OTHERWISE = {
    "esql.async_query_get", "esql.async_query_stop",
    "ilm.move_to_step", "indices.analyze", "indices.get_data_stream_mappings", "indices.get_data_stream_settings",
    "license.get_basic_status", "license.get_trial_status", "ml.explain_data_frame_analytics",
    "ml.preview_data_frame_analytics", "sql.delete_async", "streams.status",
}  # fmt: skip
ASK_MORE = {"rollup.put_job", "scroll"}
"""What looks at indices as its sender, besides."""
BEGUN = {"clear_scroll", "close_point_in_time", "esql.async_query_get", "esql.async_query_stop", "sql.delete_async"}
"""What only he may ask for who began it, and everybody is let in to ask."""
TOLD_OTHERWISE = {("security.grant_api_key", "7.17.29")}
"""What fails where a denial is to be told: recorded in the sessions of keys and tokens."""
OWN = {"security.change_password", "security.has_privileges"}
"""What everybody may ask about himself."""
VERSIONS = ("7.10.2", "7.17.29", "8.19.21", "9.5.3")
CERTIFICATE = "".join(Tls.make().ca.decode().splitlines()[1:-1])
ENDPOINT = {one.name: one for one in ENDPOINTS}


@pytest.fixture(scope="module")
def published(shared_dir):
    listed = json.loads((shared_dir / "spec/endpoints.json").read_text("utf-8"))
    return {one["name"]: one["privileges"] for one in listed if "privileges" in one}


def _grants(privileges, action):
    if is_cluster_action(action):
        held = (cluster_privilege(name, behaviour("9.5.3")) for name in privileges.get("cluster", ()))
    else:
        held = (index_privilege(name, behaviour("9.5.3")) for name in privileges.get("index", ()))
    return any(one is not None and one.grants(action) for one in held)


def test_every_endpoint_has_an_action(published):
    assert {name for name in published if not ENDPOINT[name].action} == BEGUN - {"clear_scroll", "close_point_in_time"}


def test_documented_privileges_allow_the_action(published):
    wrong = {name for name, own in published.items() if not _grants(own, ENDPOINT[name].action)}
    assert wrong == OTHERWISE


def test_built_endpoints_ask_for_the_actions_that_are_listed():
    listed = dict(line.split("\t") for line in unsupported.ACTIONS.read_text("utf-8").splitlines())
    wrong = {one.name: (one.action, listed[one.name]) for one in ENDPOINTS if one.action != listed.get(one.name, one.action)}
    assert wrong == {}


def test_every_listed_action_is_one_of_an_endpoint():
    named = [line.partition("\t")[0] for line in unsupported.ACTIONS.read_text("utf-8").splitlines()]
    assert named == sorted(set(named))
    assert set(named) <= set(ENDPOINT)


PIVOT = {"group_by": {"a": {"terms": {"field": "a"}}}, "aggregations": {"n": {"max": {"field": "a"}}}}
SENT = {
    # of an endpoint: what must be in its path and body, or who sends it is told so before he is refused
    "cluster.put_component_template": {"template": {}},
    "delete_by_query": {"query": {"match_all": {}}},
    "explain": {"query": {"match_all": {}}},
    "esql.query": {"query": "FROM logs"},
    "esql.async_query": {"query": "FROM logs"},
    "field_caps": "?fields=*",
    "ilm.put_lifecycle": {"policy": {"phases": {}}},
    "ilm.move_to_step": {
        "current_step": {"phase": "new", "action": "complete", "name": "complete"},
        "next_step": {"phase": "hot", "action": "complete", "name": "complete"},
    },
    "index": {},
    "create": {},
    **{one: {"service": "openai", "task_type": "completion"} for one in ENDPOINT if one.startswith("inference.put")},
    "indices.put_settings": {"index.refresh_interval": "1s"},
    "snapshot.create_repository": {"type": "fs", "settings": {"location": "x"}},
    "indices.put_index_template": {"index_patterns": ["z*"]},
    "indices.simulate_template": {"index_patterns": ["z*"]},
    "indices.split": {"settings": {"index.number_of_shards": 2}},
    "ingest.put_ip_location_database": {"name": "asn", "ipinfo": {}},
    "license.post": {
        "licenses": [
            {
                "uid": "x", "type": "trial", "issue_date_in_millis": 1, "expiry_date_in_millis": 2, "max_nodes": 1,
                "issued_to": "x", "issuer": "x", "signature": "x",
            }
        ]
    },
    "logstash.put_pipeline": {
        "description": "", "last_modified": "2030-01-01T00:00:00.000Z", "pipeline_metadata": {}, "username": "x",
        "pipeline": "", "pipeline_settings": {},
    },
    "indices.simulate_index_template": None,
    "msearch": '{"index": "logs"}\n{}\n',
    "msearch_template": '{"index": "logs"}\n{"source": {}}\n',
    "mget": {"docs": [{"_index": "logs", "_id": "1"}]},
    "mtermvectors": {"docs": [{"_index": "logs", "_id": "1"}]},
    "open_point_in_time": "?keep_alive=1m",
    "put_script": {"script": {"lang": "painless", "source": "1"}},
    "query_rules.put_rule": {"type": "pinned", "criteria": [{"type": "always"}], "actions": {"ids": ["1"]}},
    "query_rules.put_ruleset": {"rules": [{"rule_id": "1", "type": "pinned", "criteria": [{"type": "always"}], "actions": {"ids": ["1"]}}]},
    "query_rules.test": {"match_criteria": {"a": "b"}},
    "rank_eval": {"requests": [{"id": "1", "request": {}, "ratings": []}], "metric": {"precision": {}}},
    "reindex": {"source": {"index": "logs"}, "dest": {"index": "more"}},
    "rollup.put_job": {
        "index_pattern": "l*", "rollup_index": "r", "cron": "0 0 0 1 1 ? 2099", "page_size": 1,
        "groups": {"date_histogram": {"field": "d", "fixed_interval": "1h"}},
    },
    "scroll": {"scroll_id": "x"},
    "search_application.put": {"indices": ["logs"]},
    "search_template": {"source": {}},
    "security.activate_user_profile": {"grant_type": "password", "username": "x", "password": "secret1"},
    "security.bulk_delete_role": {"names": ["x"]},
    "security.bulk_put_role": {"roles": {"x": {}}},
    "security.bulk_update_api_keys": {"ids": ["x"]},
    "security.create_api_key": {"name": "x"},
    "security.create_cross_cluster_api_key": {"name": "x", "access": {"search": [{"names": ["x"]}]}},
    "security.delegate_pki": {"x509_certificate_chain": [CERTIFICATE]},
    "security.grant_api_key": {"grant_type": "password", "username": "x", "password": "secret1", "api_key": {"name": "x"}},
    "security.get_api_key": "?owner=true",
    "security.get_token": {"grant_type": "client_credentials"},
    "security.has_privileges_user_profile": {"uids": ["x"], "privileges": {"cluster": ["all"]}},
    "security.invalidate_api_key": {"ids": ["x"]},
    "security.invalidate_token": {"token": "x"},
    "security.put_user": {"roles": [], "password": "secret1"},
    "security.update_cross_cluster_api_key": {"metadata": {"a": 1}},
    "security.update_settings": {"security": {"index.auto_expand_replicas": "0-all"}},
    "security.update_user_profile_data": {"data": {"a": 1}},
    "shutdown.put_node": {"type": "restart", "reason": "x"},
    "slm.put_lifecycle": {"name": "x", "schedule": "0 0 0 1 1 ? 2099", "repository": "r"},
    "synonyms.put_synonym": {"synonyms_set": [{"synonyms": "a, b"}]},
    "synonyms.put_synonym_rule": {"synonyms": "a, b"},
    "termvectors": {"doc": {"a": 1}},
    "transform.preview_transform": {"source": {"index": "logs"}, "pivot": PIVOT},
    "transform.put_transform": {"source": {"index": "logs"}, "dest": {"index": "t"}, "pivot": PIVOT},
    "update": {"doc": {"a": 1}},
    "update_by_query": {"query": {"match_all": {}}},
}  # fmt: skip


def _line(name, version):
    """A request to an endpoint, and its body; None: this version does not have it."""
    numbers = tuple(map(int, version.split(".")))
    routes = [one for one in ENDPOINT[name].routes if one.since <= numbers < (one.until,) and one.method != "HEAD"]
    if not routes or ENDPOINT[name].since > numbers:
        return None
    route = max(routes, key=lambda one: "{index}" in one.path)
    path = route.path.replace("{index}", "logs").replace("{task_id}", "a:1").replace("{task_type}", "completion")
    while "{" in path:
        begin, end = path.index("{"), path.index("}")
        path = path[:begin] + "x" + path[end + 1 :]
    sent = SENT.get(name, None if ENDPOINT[name].body is None else {})
    return (f"{route.method} {path}{sent}", None) if isinstance(sent, str) and sent[:1] == "?" else (f"{route.method} {path}", sent)


def _reason(answer):
    error = json.loads(answer.body or b"{}").get("error") if answer.body[:1] == b"{" else None
    return error.get("reason", "") if isinstance(error, dict) else ""


@pytest.fixture
def senders(raw, published):
    """Of a version: what sends requests, and a header of one who may do nothing and of one with given privileges."""

    def make(version):
        ask, root = raw(version, security=True), {"authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}
        for index in ("logs", "more"):
            ask(f"PUT /{index}/_doc/1?refresh", {"a": 1}, root)

        def with_privileges(own):
            cluster, index = own.get("cluster", []), own.get("index", [])
            name = "-".join([*cluster, *index]) or "nobody"
            body = {"cluster": cluster, "indices": [{"names": ["*"], "privileges": index}] if index else []}
            ask(f"PUT /_security/role/{name}", body, root)
            ask(f"PUT /_security/user/{name}", {"password": "secret1", "roles": [name]}, root)
            return {"authorization": recorder("security").authorization(f"{name}:secret1")}

        return ask, with_privileges

    return make


@pytest.mark.parametrize("version", VERSIONS)
def test_refused_without_and_allowed_with(senders, published, version):
    """Every endpoint whose privileges are published; what is let in may still fail, of other reasons than its rights."""
    ask, with_privileges = senders(version)
    nobody, open_, shut, first, asked = with_privileges({}), [], [], [], 0
    for name, own in sorted(published.items(), key=lambda one: one[0] == "indices.delete"):
        sent = _line(name, version)
        if sent is None or name in OWN | BEGUN:
            continue
        asked += 1
        line, body = sent
        refused = ask(line, body, nobody)
        if refused.status == 400 and name not in SENT:
            first.append(name)  # something of its body is looked at before
        elif (name, version) in TOLD_OTHERWISE:
            assert refused.status == 400
        elif refused.status != 403 and not _is_refused_within(refused):
            open_.append((line, refused.status, refused.body[:200]))
        if name not in OTHERWISE | ASK_MORE and _known(own, version):
            answer = ask(line, body, with_privileges(own))
            if "is unauthorized for user" in answer.body.decode():
                shut.append((line, own, _reason(answer)))
    assert (open_, shut) == ([], []), "\n".join(map(str, (*open_, *shut)))
    assert len(first) < 12, first
    assert asked > {"7.10.2": 260, "7.17.29": 270, "8.19.21": 390, "9.5.3": 410}[version]


def _known(own, version):
    """Whether a version has the privileges that an endpoint of a later one asks for."""
    names = behaviour(version)
    return set(own.get("cluster", ())) <= set(cluster_names(names)) and set(own.get("index", ())) <= set(index_names(names))


def _is_refused_within(answer):
    """Whether each of the parts of an answer is refused, where what is asked for is a list."""
    parts = [part for kind in ("responses", "docs", "items") for part in json.loads(answer.body or b"{}").get(kind, ())]
    return bool(parts) and all("unauthorized" in json.dumps(part) for part in parts)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("privilege", "may_see", "may_stop"),
    [("manage", 1, 1), ("manage_rollup", 1, 1), ("monitor_rollup", 1, 0), ("monitor_ml", 0, 0)],
)
def test_privileges_of_rollup(senders, version, privilege, may_see, may_stop):
    """Source: the page of the stop rollup jobs API: manage or manage_rollup."""
    ask, with_privileges = senders(version)
    user = with_privileges({"cluster": [privilege]})
    assert (ask("GET /_rollup/job/x", None, user).status == 200) is bool(may_see)
    assert (ask("POST /_rollup/job/x/_stop", None, user).status == 404) is bool(may_stop)


RECORDED = Path(__file__).parents[4] / "fixtures/recorded"
MATRIX = recorder("security_matrix")
ELSEWHERE = {
    # paths that the recorded nodes, for want of modules, take for those of an index, a document or a node; and of endpoints that are
    # not built, whose body is not missed
    "8.19.21": {
        "/_query", "/logs-1/_knn_search",
        "/_connector", "/_enrich", "/_data_stream", "/_inference", "/_reindex", "/_query_rules", "/_rank_eval", "/_sql", "/_transform",
        "/_nodes/x/_repositories_metering", "/_nodes/shutdown", "/_nodes/x/shutdown", "/_snapshot/x/_",
        "/_internal/prevalidate_node_removal", "/logs-1/_field_usage_stats", "/_xpack/usage",
    },
    "7.17.29": {
        "/_connector", "/_fleet", "/_monitoring/bulk", "/_text_structure",
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
    assert wrong == [], "\n".join(map(str, wrong))
