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


def _kept(ask: Any, stream: str) -> dict[str, Any]:
    [hit] = ask.json(f"GET /{stream}::failures/_search")["hits"]["hits"]
    return {"_index": hit["_index"], **hit["_source"]}


@pytest.fixture
def flowing(raw) -> Any:
    """A space whose streams ``in-*`` and ``out-*`` have default pipelines and keep failures."""
    made = raw("8.19.21", frozen_at_ms=NOON)
    made("PUT /_ingest/pipeline/inner", {"processors": [{"fail": {"message": "not today", "tag": "here"}}]})
    made("PUT /_ingest/pipeline/outer", {"processors": [{"pipeline": {"name": "inner"}}]})
    made("PUT /_ingest/pipeline/onward", {"processors": [{"reroute": {"destination": "out-1"}}]})
    for name, pipeline in (("in", "onward"), ("out", "outer")):
        template = {"settings": {"index.default_pipeline": pipeline}, "data_stream_options": KEEPS}
        made(f"PUT /_index_template/{name}", {"index_patterns": [f"{name}-*"], "data_stream": {}, "template": template})
    return made


@pytest.mark.unverified
def test_what_pipelines_fail_with_is_kept_in_the_stream_it_had_come_to(flowing):
    told = flowing.json("POST /in-1/_doc?refresh", {"@timestamp": "2030-01-01", "n": 1})
    assert (told["failure_store"], told["_index"]) == ("used", ".fs-out-1-2030.03.17-000001")
    kept = _kept(flowing, "out-1")
    assert kept["document"] == {"index": "in-1", "source": {"@timestamp": "2030-01-01", "n": 1}}
    del kept["error"]["stack_trace"]
    assert kept["error"] == {
        "type": "fail_processor_exception",
        "message": "not today",
        "pipeline_trace": ["outer", "inner"],
        "pipeline": "inner",
        "processor_tag": "here",
        "processor_type": "fail",
    }
    [stream] = flowing.json("GET /_data_stream/out-1")["data_streams"]
    assert (stream["generation"], len(stream["indices"])) == (1, 1)


@pytest.mark.unverified
def test_pipelines_that_lead_back_are_noticed(flowing):
    flowing("PUT /_ingest/pipeline/outer", {"processors": [{"reroute": {"destination": "in-1"}}]})
    assert flowing.json("POST /in-1/_doc?refresh", {"@timestamp": "2030-01-01"})["failure_store"] == "used"
    error = _kept(flowing, "out-1")["error"]
    assert error["message"] == "index cycle detected while processing pipeline [outer] for document [null]: [in-1, out-1, in-1]"
    assert (error["pipeline_trace"], error["pipeline"]) == (["outer"], "outer")


@pytest.mark.unverified
def test_a_final_pipeline_that_leads_away_fails_where_it_is(flowing):
    flowing("PUT /_ingest/pipeline/away", {"processors": [{"set": {"field": "_index", "value": "x"}}]})
    template = {"settings": {"index.final_pipeline": "away"}, "data_stream_options": KEEPS}
    flowing("PUT /_index_template/end", {"index_patterns": ["end-*"], "data_stream": {}, "template": template})
    flowing("POST /end-1/_doc?refresh", {"@timestamp": "2030-01-01"})
    kept = _kept(flowing, "end-1")
    assert (kept["document"]["index"], kept["error"]["pipeline"]) == ("end-1", "away")


@pytest.mark.unverified
def test_items_tell_that_nothing_is_kept(keeping):
    keeping("PUT /_data_stream/logs-a/_options", {"failure_store": {"enabled": False}})
    lines = '{"create":{"_id":"1"}}\n{"@timestamp":"2030-01-01","n":{}}\n' + '{"create":{"_id":"2"}}\n{"@timestamp":"2030-01-01"}\n' * 2
    items = [item["create"] for item in keeping.json("POST /logs-a/_bulk", lines)["items"]]
    assert [(one["status"], one.get("failure_store")) for one in items] == [(400, "not_enabled"), (201, None), (409, None)]


def _modified(ask: Any, kind: str, index: str, **more: Any) -> str | None:
    change = {kind: {"data_stream": "logs-a", "index": index, **more}}
    answer = ask("POST /_data_stream/_modify", {"actions": [change]})
    return None if answer.status == 200 else json.loads(answer.body)["error"]["reason"]


@pytest.mark.unverified
def test_indices_of_failure_stores_are_added_and_removed(keeping):
    keeping("POST /logs-a/_doc", {"n": 1})
    keeping("POST /logs-b/_doc", {"n": 1})
    keeping("PUT /plain", {"mappings": {"properties": {"@timestamp": {"type": "date"}}}})
    own, backing, other = ".fs-logs-a-2030.03.17-000002", ".ds-logs-a-2030.03.17-000001", ".fs-logs-b-2030.03.17-000002"
    assert _modified(keeping, "add_backing_index", "plain", failure_store=True) is None
    [stream] = keeping.json("GET /_data_stream/logs-a")["data_streams"]
    assert [one["index_name"] for one in stream["failure_store"]["indices"]] == ["plain", own]
    assert (stream["generation"], len(stream["indices"])) == (3, 1)
    refusal = "cannot add index [{}] to data stream [logs-a] because it is already a {} index on data stream [{}]"
    assert _modified(keeping, "add_backing_index", backing, failure_store=True) == refusal.format(backing, "backing", "logs-a")
    for more in ({}, {"failure_store": True}):
        assert _modified(keeping, "add_backing_index", other, **more) == refusal.format(other, "failure store", "logs-b")
    assert _modified(keeping, "remove_backing_index", backing, failure_store=True) == f"index [{backing}] not found"
    for name in ("plain", own):
        assert _modified(keeping, "remove_backing_index", name, failure_store=True) is None
    [stream] = keeping.json("GET /_data_stream/logs-a")["data_streams"]
    assert (stream["generation"], stream["failure_store"]["indices"]) == (5, [])


@pytest.mark.unverified
def test_aliases_of_indices_are_removed_where_streams_are_meant_too(keeping):
    keeping("PUT /plain", {"aliases": {"a": {}}})
    assert keeping("POST /_aliases", {"actions": [{"remove": {"index": "*", "alias": "a"}}]}).status == 200
    assert keeping.json("GET /plain/_alias") == {"plain": {"aliases": {}}}
    assert keeping("POST /_aliases", {"actions": [{"add": {"index": "*", "alias": "a"}}]}).status == 400


ROUNDS = [
    ([], "Downsampling configuration should have at least one round configured."),
    ([("9d", "1h"), ("4d", "2h")], "A downsampling round must have a later 'after' value than the proceeding, 4d is not after 9d."),
    ([("9d", "2h"), ("10d", "2h")], "Downsampling interval [2h] must be greater than the source index interval [2h]."),
    ([("9d", "2h"), ("10d", "3h")], "Downsampling interval [3h] must be a multiple of the source index interval [2h]."),
    ([("9d", "4m")], "A downsampling round must have a fixed interval of at least five minutes but found: 4m"),
    ([("9d", "1h")] * 11, "Downsampling configuration supports maximum 10 configured rounds. Found: 11"),
]


@pytest.mark.unverified
@pytest.mark.parametrize(("rounds", "problem"), ROUNDS)
def test_rounds_of_downsampling_grow(keeping, rounds, problem):
    body = {"downsampling": [{"after": after, "fixed_interval": interval} for after, interval in rounds]}
    error = keeping.json("PUT /_data_stream/logs-a/_lifecycle", body)["error"]
    assert (error["type"], error["caused_by"]["reason"]) == ("x_content_parse_exception", problem)
