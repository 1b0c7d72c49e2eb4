"""Lists of what cannot be made, shutdowns, upgrades. Source: the published types and the documentation's pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]


@pytest.fixture(params=["7.17.29", "8.19.21", "9.5.3"])
def ask(request: pytest.FixtureRequest, raw: Callable[..., Ask]) -> Ask:
    return raw(request.param)


def body(answer: Any) -> Any:
    return json.loads(answer.body)


def test_clean_up_finds_nothing(ask: Ask) -> None:
    assert body(ask("GET /_transform/*?allow_no_match=true")) == {"count": 0, "transforms": []}
    assert body(ask("GET /_transform/_all/_stats")) == {"count": 0, "transforms": []}
    assert body(ask("GET /_ml/anomaly_detectors/_all")) == {"count": 0, "jobs": []}
    assert body(ask("GET /_ml/datafeeds/*")) == {"count": 0, "datafeeds": []}
    assert body(ask("GET /_ml/calendars/_all")) == {"count": 0, "calendars": []}
    assert body(ask("GET /_ccr/auto_follow")) == {"patterns": []}
    assert ask("GET /_cat/transforms").body == b""
    assert ask("GET /_cat/ml/datafeeds?format=json").body == b"[]"


@pytest.mark.parametrize("path", ["/_transform/one", "/_ml/anomaly_detectors/one", "/_ccr/auto_follow/one", "/_cat/transforms/one"])
def test_one_by_its_name_is_not_there(ask: Ask, path: str) -> None:
    answer = ask(f"GET {path}")
    assert (answer.status, body(answer)["error"]["type"]) == (404, "resource_not_found_exception")
    assert "one" in body(answer)["error"]["reason"]


def test_what_is_not_known_is_refused(ask: Ask) -> None:
    for request in ("GET /_cat/ml/datafeeds?v", "GET /_cat/ml/anomaly_detectors?help", "PUT /_ml/anomaly_detectors/one"):
        answer = ask(request, "{}" if request.startswith("PUT") else None)
        assert (answer.status, body(answer)["error"]["type"]) == (501, "esmock_unsupported")


def test_a_shutdown_is_announced_and_taken_back(ask: Ask) -> None:
    node = next(iter(body(ask("GET /_nodes/_local"))["nodes"]))
    assert body(ask("GET /_nodes/shutdown")) == {"nodes": []}
    told = '{"type":"restart","reason":"new memory","allocation_delay":"10m"}'
    assert body(ask(f"PUT /_nodes/{node}/shutdown", told)) == {"acknowledged": True}
    (found,) = body(ask(f"GET /_nodes/{node}/shutdown"))["nodes"]
    assert (found["type"], found["reason"], found["allocation_delay"]) == ("RESTART", "new memory", "10m")
    assert found["status"] == found["plugins"]["status"] == found["persistent_tasks"]["status"] == "COMPLETE"
    assert found["shard_migration"]["explanation"] == "no shard relocation is necessary for a node restart"
    assert body(ask(f"DELETE /_nodes/{node}/shutdown")) == {"acknowledged": True}
    answer = ask(f"DELETE /_nodes/{node}/shutdown")
    assert (answer.status, body(answer)["error"]["reason"]) == (404, f"node [{node}] is not currently shutting down")


def test_a_node_with_shards_cannot_be_removed(ask: Ask) -> None:
    node = next(iter(body(ask("GET /_nodes/_local"))["nodes"]))
    ask("PUT /books", '{"settings":{"number_of_shards":2,"number_of_replicas":0}}')
    ask(f"PUT /_nodes/{node}/shutdown", '{"type":"remove","reason":"old"}')
    (found,) = body(ask("GET /_nodes/shutdown"))["nodes"]
    assert (found["status"], found["shard_migration"]["shard_migrations_remaining"]) == ("STALLED", 2)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('{"type":"nap","reason":"x"}', "No enum constant"),
        ('{"reason":"x"}', "Required [type]"),
        ('{"type":"replace","reason":"x"}', "target node name is required for REPLACE type shutdowns"),
        ('{"type":"remove","reason":"x","allocation_delay":"1m"}', "allocation delay is only valid for RESTART-type shutdowns"),
    ],
)
def test_what_makes_no_shutdown(ask: Ask, told: str, why: str) -> None:
    answer = ask("PUT /_nodes/some/shutdown", told)
    assert answer.status == 400
    assert why in body(answer)["error"]["reason"]
    assert body(ask("GET /_nodes/shutdown")) == {"nodes": []}


def test_nothing_stands_in_the_way_of_an_upgrade(ask: Ask) -> None:
    found = body(ask("GET /_migration/deprecations"))
    assert found["cluster_settings"] == found["node_settings"] == found["ml_settings"] == []
    status = body(ask("GET /_migration/system_features"))
    assert status["migration_status"] == "NO_MIGRATION_NEEDED"
    assert [one["indices"] for one in status["features"]] == [[]] * len(status["features"])
    assert body(ask("POST /_migration/system_features"))["accepted"] is False
