"""Upgrade modes, data tiers, what watches are kept with, repositories tried out, usage of features.

Evidence: docs pages and the published specification; none of the engines at hand has them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("8.19.21", node_settings={"path.repo": "/r"})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_an_attribute_gives_way_to_tiers(ask: Any) -> None:
    by_node = {"index.routing.allocation.require.data": "warm"}
    ask("PUT /old", {"settings": by_node})
    ask("PUT /_ilm/policy/p", {"policy": {"phases": {"warm": {"actions": {"allocate": {"require": {"data": "warm"}}}}}}})
    ask("PUT /_index_template/t", {"index_patterns": ["x*"], "template": {"settings": by_node}})
    ask("PUT /_component_template/c", {"template": {"settings": by_node}})
    if_made = ask.json("POST /_ilm/migrate_to_data_tiers?dry_run=true")
    assert if_made == {
        "dry_run": True, "migrated_ilm_policies": ["p"], "migrated_indices": ["old"],
        "migrated_composable_templates": ["t"], "migrated_component_templates": ["c"],
    }  # fmt: skip
    running = (500, "stop ILM before migrating to data tiers, current state is [RUNNING]")
    assert refusal(ask("POST /_ilm/migrate_to_data_tiers")) == running
    ask("POST /_ilm/stop")
    assert ask.json("POST /_ilm/migrate_to_data_tiers", {"node_attribute": "data"}) == {**if_made, "dry_run": False}
    settings = ask.json("GET /old/_settings?flat_settings")["old"]["settings"]
    assert settings["index.routing.allocation.include._tier_preference"] == "data_warm,data_hot"
    assert not by_node.keys() & settings.keys()
    assert ask.json("GET /_ilm/policy/p")["p"]["policy"]["phases"]["warm"]["actions"] == {}
    assert ask.json("POST /_ilm/migrate_to_data_tiers") == {"dry_run": False}


def test_features_stand_still_for_an_upgrade(ask: Any) -> None:
    ask("PUT /source", {"mappings": {"properties": {"a": {"type": "keyword"}}}})
    pivot = {"group_by": {"a": {"terms": {"field": "a"}}}, "aggregations": {"n": {"value_count": {"field": "a"}}}}
    ask("PUT /_transform/t", {"source": {"index": "source"}, "dest": {"index": "dest"}, "pivot": pivot})
    assert ask.json("GET /_ml/info")["upgrade_mode"] is False
    for feature in ("ml", "transform"):
        assert ask.json(f"POST /_{feature}/set_upgrade_mode?enabled=true") == {"acknowledged": True}
    assert ask.json("GET /_ml/info")["upgrade_mode"] is True
    stands = (409, "Cannot start any Transform while the Transform feature is upgrading.")
    assert refusal(ask("POST /_transform/t/_start")) == stands
    ask("POST /_transform/set_upgrade_mode")
    assert ask("POST /_transform/t/_start").status == 200


def test_settings_of_the_index_of_watches(ask: Any) -> None:
    assert ask.json("GET /_watcher/settings") == {"index": {"auto_expand_replicas": "0-1", "number_of_replicas": "0"}}
    ask("PUT /_watcher/settings", {"index.auto_expand_replicas": "0-4", "index.routing.allocation.include.a": "b"})
    given = ask.json("GET /_watcher/settings")["index"]
    assert given["auto_expand_replicas"] == "0-4"
    assert given["routing"] == {"allocation": {"include": {"a": "b"}}}
    assert ask("PUT /_watcher/settings", {"index.refresh_interval": "1s"}).status == 400
    ask("PUT /_watcher/settings", {"index.auto_expand_replicas": None, "index.routing.allocation.include.a": None})
    assert ask.json("GET /_watcher/settings") == {"index": {"auto_expand_replicas": "0-1", "number_of_replicas": "0"}}


def test_a_repository_is_tried_and_found_whole(ask: Any) -> None:
    ask("PUT /_snapshot/r", {"type": "fs", "settings": {"location": "r"}})
    ask("PUT /one", {"settings": {"number_of_shards": 2}})
    for name in ("s", "t"):
        ask(f"PUT /_snapshot/r/{name}?wait_for_completion=true")
    found = ask.json("POST /_snapshot/r/_verify_integrity")
    assert found["results"]["result"] == "pass"
    assert found["results"]["status"]["snapshots"] == {"verified": 2, "total": 2}
    assert found["results"]["status"]["index_snapshots"] == {"verified": 2, "total": 2}
    assert [one["snapshots"] for one in found["log"]] == [{"total": 2, "restorable": 2}]
    tried = [ask.json("POST /_snapshot/r/_analyze?blob_count=3&seed=7&max_blob_size=1kb&detailed") for _ in range(2)]
    assert tried[0]["summary"] == tried[1]["summary"]
    assert tried[0]["summary"]["write"]["count"] == len(tried[0]["details"]) == 3
    assert sum(one["blob"]["size_bytes"] for one in tried[0]["details"]) == tried[0]["summary"]["write"]["total_size_bytes"]
    assert ask("POST /_snapshot/r/_analyze?blob_count=0").status == 400
    assert ask("POST /_snapshot/none/_analyze").status == ask("POST /_snapshot/none/_verify_integrity").status == 404


def test_usage_counts_what_there_is(ask: Any) -> None:
    ask("PUT /_index_template/t", {"index_patterns": ["logs*"], "data_stream": {}})
    ask("PUT /_data_stream/logs")
    ask("POST /logs/_rollover")
    ask("PUT /_ilm/policy/p", {"policy": {"phases": {"delete": {"min_age": "1d", "actions": {"delete": {}}}}}})
    ask("PUT /managed", {"settings": {"index.lifecycle.name": "p"}})
    found = ask.json("GET /_xpack/usage")
    assert found["data_streams"] == {"available": True, "enabled": True, "data_streams": 1, "indices_count": 2}
    assert found["ilm"]["policy_stats"] == [{"phases": {"delete": {"min_age": 86400000, "actions": ["delete"]}}, "indices_managed": 1}]
    assert found["data_tiers"]["data_hot"]["index_count"] == 2
    assert found["data_tiers"]["data_content"]["index_count"] == 1
    assert found["graph"] == {"available": False, "enabled": True}


def test_monitoring_data_must_say_whose_it_is(ask: Any) -> None:
    path = "POST /_monitoring/bulk?system_id=kibana&system_api_version=7&interval=10s"
    assert ask.json(path, '{"index":{"_type":"x"}}\n{}\n') == {"took": 0, "ignored": True, "errors": False}
    assert refusal(ask(path)) == (400, "no body content for monitoring bulk request")
    assert refusal(ask("POST /_monitoring/bulk?system_id=a", "x")) == (400, "no [system_api_version] for monitoring bulk request")
    other = path.replace("version=7", "version=2")
    assert refusal(ask(other, "x")) == (400, "system_api_version [2] is not supported by system_id [kibana]")


def test_what_machine_learning_and_profiling_tell_of_themselves(ask: Any) -> None:
    (node,) = ask.json("GET /_ml/memory/_stats?human")["nodes"].values()
    assert node["mem"]["total"] == "8gb"
    assert ask.json("DELETE /_ml/_delete_expired_data") == {"deleted": True}
    assert refusal(ask("DELETE /_ml/_delete_expired_data/j")) == (404, "No known job with id 'j'")
    assert ask.json("GET /_profiling/status")["resources"]["has_data"] is False


def test_several_fleet_searches_wait_for_checkpoints_of_their_own(ask: Any) -> None:
    ask("PUT /one", {"settings": {"number_of_shards": 1, "refresh_interval": "60s"}})
    ask("PUT /one/_doc/1", {})
    lines = [{"index": "one"}, {}, {"index": "one", "wait_for_checkpoints": [0]}, {}, {"index": "one", "wait_for_checkpoints": [9]}, {}]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    first, second, third = ask.json("POST /_fleet/_fleet_msearch", body)["responses"]
    assert (first["hits"]["total"]["value"], second["hits"]["total"]["value"]) == (0, 1)
    assert third["status"] == 400
