"""Data streams: what the recorded core of 8.19.21 does not have.

Evidence: documentation (indices-create-data-stream and its kin, 7.10 to 9.5) and the published specification for shapes; no engine
with these endpoints was asked, so all of it is marked unverified. Writes, rollovers and reads are in the recordings.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
TEMPLATE = {"index_patterns": ["logs-*"], "data_stream": {}, "priority": 200, "template": {"settings": {"number_of_replicas": 0}}}
NOON = 1_900_000_000_000


@pytest.fixture
def ask(raw) -> Any:
    made = raw("9.5.3", frozen_at_ms=NOON)
    made("PUT /_index_template/logs", TEMPLATE)
    assert made("PUT /_data_stream/logs-a").status == 200
    return made


def reason(answer: Any) -> str:
    return str(json.loads(answer.body)["error"]["reason"])


def test_a_stream_is_made_and_shown(ask):
    [stream] = ask.json("GET /_data_stream/logs-*")["data_streams"]
    assert stream["name"] == "logs-a"
    assert stream["timestamp_field"] == {"name": "@timestamp"}
    assert [one["index_name"] for one in stream["indices"]] == [".ds-logs-a-2030.03.17-000001"]
    assert (stream["generation"], stream["status"], stream["template"]) == (1, "GREEN", "logs")
    assert (stream["hidden"], stream["system"], stream["replicated"]) == (False, False, False)
    assert ask("PUT /_data_stream/logs-a").status == 400
    assert "already exists" in reason(ask("PUT /_data_stream/logs-a"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("other", "no matching index template found for data stream [other]"),
        ("plain-1", "matching index template [plain] for data stream [plain-1] has no data stream template"),
        ("logs-A", "data_stream [logs-A] must be lowercase"),
        (".ds-logs", "data_stream [.ds-logs] must not start with '.ds-'"),
    ],
)
def test_names_and_templates_that_make_no_stream(ask, name, told):
    ask("PUT /_index_template/plain", {"index_patterns": ["plain-*"]})
    answer = ask(f"PUT /_data_stream/{name}")
    assert answer.status == 400
    assert reason(answer) == told


def test_names_before_days_came(raw):
    ask = raw("7.10.2")
    ask("PUT /_index_template/logs", TEMPLATE)
    ask("PUT /_data_stream/logs-a")
    [stream] = ask.json("GET /_data_stream")["data_streams"]
    assert [one["index_name"] for one in stream["indices"]] == [".ds-logs-a-000001"]
    assert set(stream) == {"name", "timestamp_field", "indices", "generation", "status", "template"}


def test_statistics_tell_the_latest_timestamp(ask):
    assert ask.json("GET /_data_stream/_stats")["data_streams"][0]["maximum_timestamp"] == 0
    ask("POST /logs-a/_doc", {"@timestamp": NOON})
    ask("POST /logs-a/_rollover")
    ask("POST /logs-a/_doc?refresh", {"@timestamp": NOON - 5})
    ask("POST /logs-a/_refresh")
    stats = ask.json("GET /_data_stream/logs-a/_stats")
    assert (stats["data_stream_count"], stats["backing_indices"]) == (1, 2)
    assert stats["data_streams"][0]["maximum_timestamp"] == NOON
    assert stats["total_store_size_bytes"] == stats["data_streams"][0]["store_size_bytes"] > 0


def test_a_delete_takes_the_indices_with_it(ask):
    ask("POST /logs-a/_rollover")
    assert ask.json("DELETE /_data_stream/logs-*") == {"acknowledged": True}
    assert ask.json("GET /_data_stream") == {"data_streams": []}
    assert ask.json("GET /_cat/indices?format=json&expand_wildcards=all") == []
    assert ask("DELETE /_data_stream/logs-a").status == 404
    assert ask("GET /_data_stream/logs-a").status == 404


def test_a_lazy_rollover_waits_for_a_write(ask):
    assert ask.json("POST /logs-a/_rollover?lazy")["rolled_over"] is False
    assert ask.json("GET /_data_stream/logs-a")["data_streams"][0]["rollover_on_write"] is True
    written = ask.json("POST /logs-a/_doc", {"@timestamp": NOON})
    assert written["_index"].endswith("-000002")
    stream = ask.json("GET /_data_stream/logs-a")["data_streams"][0]
    assert (stream["generation"], stream["rollover_on_write"]) == (2, False)


def test_an_alias_becomes_a_stream(ask):
    mapping = {"mappings": {"properties": {"@timestamp": {"type": "date"}}}}
    for n in (1, 2):
        ask(f"PUT /old-{n}", {**mapping, "aliases": {"logs-b": {"is_write_index": n == 2}}})
        ask(f"PUT /old-{n}/_doc/{n}?refresh", {"@timestamp": NOON + n})
    assert ask.json("POST /_data_stream/_migrate/logs-b") == {"acknowledged": True}
    [stream] = ask.json("GET /_data_stream/logs-b")["data_streams"]
    assert [one["index_name"] for one in stream["indices"]] == ["old-1", "old-2"]
    assert ask.json("GET /logs-b/_count")["count"] == 2
    assert ask("POST /_data_stream/_migrate/nothing").status == 400


def test_backing_indices_are_added_and_removed_together_or_not_at_all(ask):
    ask("PUT /older", {"mappings": {"properties": {"@timestamp": {"type": "date"}}}})
    ask("PUT /timeless", {"mappings": {"properties": {"a": {"type": "date"}}}})
    add = {"add_backing_index": {"data_stream": "logs-a", "index": "older"}}
    bad = {"add_backing_index": {"data_stream": "logs-a", "index": "timeless"}}
    assert ask("POST /_data_stream/_modify", {"actions": [add, bad]}).status == 400
    assert len(ask.json("GET /_data_stream/logs-a")["data_streams"][0]["indices"]) == 1
    assert ask.json("POST /_data_stream/_modify", {"actions": [add]}) == {"acknowledged": True}
    names = [one["index_name"] for one in ask.json("GET /_data_stream/logs-a")["data_streams"][0]["indices"]]
    assert names == ["older", ".ds-logs-a-2030.03.17-000001"]
    last = {"remove_backing_index": {"data_stream": "logs-a", "index": names[1]}}
    assert "because it is the write index" in reason(ask("POST /_data_stream/_modify", {"actions": [last]}))
    remove = {"remove_backing_index": {"data_stream": "logs-a", "index": "older"}}
    assert ask("POST /_data_stream/_modify", {"actions": [remove]}).status == 200
    assert "older" in ask.json("GET /_resolve/index/o*")["indices"][0]["name"]


def test_lifecycles_are_kept_and_explained(ask):
    assert ask.json("PUT /_data_stream/logs-a/_lifecycle", {"data_retention": "7d"}) == {"acknowledged": True}
    [entry] = ask.json("GET /_data_stream/logs-a/_lifecycle")["data_streams"]
    assert entry["lifecycle"]["data_retention"] == "7d"
    assert entry["lifecycle"]["enabled"] is True
    name = ".ds-logs-a-2030.03.17-000001"
    explained = ask.json(f"GET /{name}/_lifecycle/explain")["indices"][name]
    assert explained["managed_by_lifecycle"] is True
    assert ask.json("GET /_lifecycle/stats")["data_stream_count"] == 1
    assert ask("PUT /_data_stream/logs-a/_lifecycle", {"data_retention": "7x"}).status == 400
    assert ask("PUT /_data_stream/logs-a/_lifecycle", {"nope": 1}).status == 400
    assert ask("DELETE /_data_stream/logs-a/_lifecycle").status == 200
    assert "lifecycle" not in ask.json("GET /_data_stream/logs-a/_lifecycle")["data_streams"][0]


def test_settings_and_mappings_hold_for_the_next_write_index(ask):
    ask("PUT /_data_stream/logs-a/_settings", {"index.number_of_shards": 2})
    ask("PUT /_data_stream/logs-a/_mappings", {"properties": {"host": {"type": "keyword"}}})
    [settings] = ask.json("GET /_data_stream/logs-a/_settings")["data_streams"]
    assert settings["settings"] == {"index": {"number_of_shards": "2"}}
    assert settings["effective_settings"]["index"]["number_of_replicas"] == "0"
    [mappings] = ask.json("GET /_data_stream/logs-a/_mappings")["data_streams"]
    assert set(mappings["effective_mappings"]["properties"]) == {"@timestamp", "host"}
    new = ask.json("POST /logs-a/_rollover")["new_index"]
    made = ask.json(f"GET /{new}")[new]
    assert made["settings"]["index"]["number_of_shards"] == "2"
    assert made["mappings"]["properties"]["host"] == {"type": "keyword"}


def test_only_replicated_streams_are_promoted(ask):
    assert ask("POST /_data_stream/_promote/logs-a").status == 400
    assert ask("POST /_data_stream/_promote/nothing").status == 404


KEEPS = {"failure_store": {"enabled": True}}


@pytest.fixture
def keeping(raw) -> Any:
    """A space with a stream that keeps what it cannot take."""
    made = raw("9.5.3", frozen_at_ms=NOON)
    typed = {"properties": {"n": {"type": "long"}}}
    made("PUT /_index_template/logs", {**TEMPLATE, "template": {"mappings": typed, "data_stream_options": KEEPS}})
    assert made("POST /logs-a/_doc", {"@timestamp": "2030-01-01", "n": 1}).status == 201
    return made


def test_templates_tell_whether_streams_keep_failures(keeping):
    [shown] = keeping.json("GET /_index_template/logs")["index_templates"]
    assert shown["index_template"]["template"]["data_stream_options"] == KEEPS
    [stream] = keeping.json("GET /_data_stream/logs-a")["data_streams"]
    assert stream["failure_store"] == {"enabled": True, "rollover_on_write": True, "indices": []}
    assert keeping.json("GET /_data_stream/logs-a/_options")["data_streams"] == [{"name": "logs-a", "options": KEEPS}]


def test_documents_that_cannot_be_taken_are_kept(keeping):
    done = keeping("POST /logs-a/_doc?refresh", {"@timestamp": "2030-01-01", "n": "many"})
    told = json.loads(done.body)
    assert (done.status, told["failure_store"], told["_index"]) == (201, "used", ".fs-logs-a-2030.03.17-000002")
    [hit] = keeping.json("GET /logs-a::failures/_search")["hits"]["hits"]
    assert hit["_source"]["document"]["source"] == {"@timestamp": "2030-01-01", "n": "many"}
    assert hit["_source"]["document"]["index"] == "logs-a"
    assert hit["_source"]["error"]["type"] == "document_parsing_exception"
    assert hit["_source"]["error"]["message"].startswith("[1:35] failed to parse field [n] of type [long]")
    assert keeping.json("GET /logs-a/_count")["count"] == 0  # the document before was not refreshed
    [stream] = keeping.json("GET /_data_stream/logs-a")["data_streams"]
    assert [one["index_name"] for one in stream["failure_store"]["indices"]] == [told["_index"]]


def test_items_of_a_bulk_are_kept_but_not_conflicts(keeping):
    keeping("PUT /_ingest/pipeline/fails", {"processors": [{"fail": {"message": "no"}}]})
    lines = ['{"create":{"_id":"1"}}', '{"@timestamp":"2030-01-01","n":{}}', '{"create":{"_id":"2"}}', '{"@timestamp":"2030-01-01","n":2}']
    lines += [*lines[2:], '{"create":{"_id":"3","pipeline":"fails"}}', '{"@timestamp":"2030-01-01","n":2}', ""]
    answer = keeping.json("POST /logs-a/_bulk?refresh", "\n".join(lines))
    items = [item["create"] for item in answer["items"]]
    assert [one["status"] for one in items] == [201, 201, 409, 201]
    assert [one.get("failure_store") for one in items] == ["used", None, None, "used"]
    assert keeping.json("GET /logs-a::failures/_count")["count"] == 2
    assert {one["_source"]["document"]["id"] for one in keeping.json("GET /logs-a::failures/_search")["hits"]["hits"]} == {"1", "3"}


def test_failure_stores_roll_over_and_go_with_their_stream(keeping):
    keeping("POST /logs-a/_doc", {"n": 1})
    rolled = keeping.json("POST /logs-a::failures/_rollover")
    assert (rolled["old_index"], rolled["new_index"]) == (".fs-logs-a-2030.03.17-000002", ".fs-logs-a-2030.03.17-000003")
    assert keeping("DELETE /.fs-logs-a-2030.03.17-000002").status == 200
    assert list(keeping.json("GET /logs-a::failures/_settings")) == [rolled["new_index"]]
    keeping("DELETE /_data_stream/logs-a")
    assert keeping.json("GET /_cat/indices?format=json&expand_wildcards=all") == []


def test_streams_that_keep_nothing_refuse(keeping):
    assert keeping("PUT /_data_stream/logs-a/_options", {"failure_store": {"enabled": False}}).status == 200
    assert keeping("POST /logs-a/_doc", {"n": 1}).status == 400
