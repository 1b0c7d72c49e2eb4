"""Autoscaling policies, migrations, streams, mounted snapshots, grok on trial, breakers in a table.

Evidence: the published specification, docs pages, classes of 8.x and 9.x and the client tests; none of the engines at hand has them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3", node_settings={"path.repo": "/r"})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_autoscaling_policies_are_kept(ask: Any) -> None:
    assert ask("PUT /_autoscaling/policy/p", {"deciders": {}}).status == 400
    ask("PUT /_autoscaling/policy/p", {"roles": ["data_hot"], "deciders": {"fixed": {"nodes": 2}}})
    ask("PUT /_autoscaling/policy/p", {"roles": ["data_warm", "data_hot"]})
    found = ask.json("GET /_autoscaling/policy/p")
    assert found == {"roles": ["data_hot", "data_warm"], "deciders": {"fixed": {"nodes": 2}}}
    assert ask("GET /_autoscaling/capacity").status == 501
    assert ask.json("DELETE /_autoscaling/policy/p*") == {"acknowledged": True}
    missing = (404, "autoscaling policy with name [p] does not exist")
    assert refusal(ask("GET /_autoscaling/policy/p")) == refusal(ask("DELETE /_autoscaling/policy/p")) == missing
    assert ask.json("GET /_autoscaling/capacity") == {"policies": {}}


def test_an_index_is_made_like_another(ask: Any) -> None:
    settings = {"number_of_shards": 2, "blocks.write": True, "number_of_replicas": 1}
    ask("PUT /one", {"settings": settings, "mappings": {"properties": {"a": {"type": "keyword"}}}})
    override = {"settings_override": {"number_of_replicas": None}, "mappings_override": {"properties": {"b": {"type": "long"}}}}
    made = ask.json("PUT /_create_from/one/two", override)
    assert made == {"acknowledged": True, "shards_acknowledged": True, "index": "two"}
    found = ask.json("GET /two")["two"]
    assert found["settings"]["index"]["number_of_shards"] == "2"
    assert "blocks" not in found["settings"]["index"]
    assert found["mappings"]["properties"] == {"a": {"type": "keyword"}, "b": {"type": "long"}}
    assert ask("PUT /_create_from/none/three").status == 404


def test_a_data_stream_is_migrated_at_once(ask: Any) -> None:
    ask("PUT /_index_template/t", {"index_patterns": ["ds*"], "data_stream": {}})
    ask("PUT /_data_stream/ds")
    body = {"mode": "upgrade", "source": {"index": "ds"}}
    assert ask.json("POST /_migration/reindex", body) == {"acknowledged": True}
    assert ask("POST /_migration/reindex", body).status == 400
    found = ask.json("GET /_migration/reindex/ds/_status")
    assert (found["complete"], found["total_indices_in_data_stream"], found["errors"]) == (True, 1, [])
    assert ask.json("POST /_migration/reindex/ds/_cancel") == {"acknowledged": True}
    assert refusal(ask("POST /_migration/reindex/ds/_cancel")) == (404, "No migration reindex status found for [ds]")


def test_streams_are_switched(ask: Any) -> None:
    ask("POST /_streams/logs.otel/_enable")
    found = ask.json("GET /_streams/status")
    assert found == {"logs": {"enabled": False}, "logs.otel": {"enabled": True}, "logs.ecs": {"enabled": False}}
    ask("POST /_streams/logs.otel/_disable")
    assert not ask.json("GET /_streams/status")["logs.otel"]["enabled"]
    assert ask("POST /_streams/other/_enable").status == 400


def test_a_snapshot_is_mounted(ask: Any) -> None:
    assert refusal(ask("GET /_searchable_snapshots/stats")) == (404, "No searchable snapshots indices found")
    ask("PUT /one/_doc/1?refresh=true", {"a": 1})
    ask("PUT /_snapshot/r", {"type": "fs", "settings": {"location": "l"}})
    ask("PUT /_snapshot/r/s?wait_for_completion=true")
    body = {"index": "one", "renamed_index": "two", "index_settings": {"index.refresh_interval": "5s"}}
    found = ask.json("POST /_snapshot/r/s/_mount?wait_for_completion=true&storage=shared_cache", body)
    assert found == {"snapshot": {"snapshot": "s", "indices": ["two"], "shards": {"total": 1, "failed": 0, "successful": 1}}}
    assert ask.json("GET /two/_count")["count"] == 1
    settings = ask.json("GET /two/_settings")["two"]["settings"]["index"]
    assert (settings["store"]["type"], settings["store"]["snapshot"]["index_name"]) == ("snapshot", "one")
    assert (settings["refresh_interval"], settings["number_of_replicas"]) == ("5s", "0")
    assert refusal(ask("PUT /two/_doc/2", {"a": 2})) == (403, "index [two] blocked by: [FORBIDDEN/8/index write (api)];")
    assert ask.json("GET /two/_searchable_snapshots/stats?level=cluster")["_shards"]["total"] == 1
    assert ask.json("POST /_snapshot/r/s/_mount", {"index": "one", "renamed_index": "three"}) == {"accepted": True}
    assert refusal(ask("POST /_snapshot/r/s/_mount", {"index": "none"}))[0] == 404


def test_grok_says_what_it_found_where(ask: Any) -> None:
    body = {"grok_pattern": "Hello %{WORD:first} %{WORD:last}", "text": ["Hello John Doe", "this does not match"]}
    assert ask.json("POST /_text_structure/test_grok_pattern", body) == {
        "matches": [
            {
                "matched": True,
                "fields": {
                    "first": [{"match": "John", "offset": 6, "length": 4}],
                    "last": [{"match": "Doe", "offset": 11, "length": 3}],
                },
            },
            {"matched": False},
        ]
    }


def test_breakers_in_a_table(ask: Any) -> None:
    rows = ask.json("GET /_cat/circuit_breaker/request,par*?format=json")
    assert [row["breaker"] for row in rows] == ["request", "parent"]
    assert list(rows[0]) == ["node_id", "breaker", "limit", "estimated", "tripped"]


def test_the_cache_of_roles_queries_is_told_of_node_by_node(raw: Any) -> None:
    ask = raw("9.5.3", security=True)
    root = {"authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}
    (found,) = json.loads(ask("GET /_security/stats?human", None, root).body)["nodes"].values()
    cache = found["roles"]["dls"]["bit_set_cache"]
    assert (cache["count"], cache["memory"], cache["hits"]) == (0, "0b", 0)
