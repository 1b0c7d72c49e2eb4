"""Small things of 9.x. Source: release notes and specification of 9.2 to 9.5; no engine here is that new."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified


def test_rules_are_appended_to_a_set(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /_synonyms/s", {"synonyms_set": [{"id": "1", "synonyms": "a,b"}, {"id": "2", "synonyms": "c,d"}]})
    assert ask("PUT /_synonyms/s?append=true", {"synonyms_set": [{"id": "2", "synonyms": "e,f"}, {"id": "3", "synonyms": "g,h"}]}).status == 200
    found = ask.json("GET /_synonyms/s")
    assert [(one["id"], one["synonyms"]) for one in found["synonyms_set"]] == [("1", "a,b"), ("2", "e,f"), ("3", "g,h")]
    after = ask.json("GET /_synonyms/s?search_after=1")
    assert ([one["id"] for one in after["synonyms_set"]], after["count"]) == (["2", "3"], 3)


@pytest.mark.parametrize(("version", "status"), [("8.19.21", 400), ("9.5.3", 200)])
def test_counts_are_told_in_groups_of_statistics(raw: Any, version: str, status: int) -> None:
    ask = raw(version)
    ask("PUT /i")
    assert ask("POST /i/_count?stats=a", {"query": {"match_all": {}}}).status == status


def test_grok_only_looks(raw: Any) -> None:
    ask = raw("9.5.3")
    grok = {"field": "a", "patterns": ["%{WORD:w} %{WORD:v}"], "validate_only": True}
    body = {"pipeline": {"processors": [{"grok": grok}]}, "docs": [{"_source": {"a": "x y"}}, {"_source": {"a": "x"}}]}
    matched, failed = ask.json("POST /_ingest/pipeline/_simulate", body)["docs"]
    assert matched["doc"]["_source"] == {"a": "x y"}
    assert failed["error"]["reason"] == "Provided Grok expressions do not match field value: [x]"
    assert raw("8.19.21")("POST /_ingest/pipeline/_simulate", body).status == 400


@pytest.mark.parametrize(
    ("body", "since"),
    [
        ({"mappings": {"properties": {"f": {"type": "pattern_text"}}}}, "9.5.3"),
        ({"mappings": {"properties": {"f": {"type": "flattened", "properties": {"a": {"type": "keyword"}}}}}}, "9.5.3"),
        ({"settings": {"index.mode": "columnar"}}, "9.5.3"),
    ],
)
def test_what_is_not_built_says_so(raw: Any, body: Any, since: str) -> None:
    assert raw(since)("PUT /i", body).status == 501
    assert raw("8.19.21")("PUT /i", body).status == 400


@pytest.mark.parametrize(("version", "settings", "minutes"), [("8.19.21", {}, 30), ("9.5.3", {}, 9), ("9.5.3", {"look_ahead_time": "1h"}, 60)])
def test_how_far_a_time_series_reaches(raw: Any, version: str, settings: Any, minutes: int) -> None:
    ask = raw(version, frozen_at_ms=1_800_000_000_000)
    fields = {"@timestamp": {"type": "date"}, "h": {"type": "keyword", "time_series_dimension": True}}
    template = {"settings": {"index": {"mode": "time_series", **settings}}, "mappings": {"properties": fields}}
    assert ask("PUT /_index_template/t", {"index_patterns": ["ts*"], "data_stream": {}, "template": template}).status == 200
    ask("PUT /_data_stream/ts")
    found = next(iter(ask.json("GET /.ds-ts*/_settings?flat_settings").values()))["settings"]["index.time_series.end_time"]
    assert found == {9: "2027-01-15T08:09:00.000Z", 30: "2027-01-15T08:30:00.000Z", 60: "2027-01-15T09:00:00.000Z"}[minutes]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("look_ahead_time", "3h", "failed to parse value [3h] for setting [index.look_ahead_time], must be <= [2h]"),
        ("look_back_time", "1s", "failed to parse value [1s] for setting [index.look_back_time], must be >= [1m]"),
    ],
)
def test_how_far_it_may_reach(raw: Any, name: str, value: str, reason: str) -> None:
    assert raw("9.5.3").json("PUT /i", {"settings": {f"index.{name}": value}})["error"]["reason"] == reason


def test_settings_of_a_stream_reach_its_indices(raw: Any) -> None:
    """The makers' test data_stream/240_data_stream_settings: inputs and what it looks for."""
    ask = raw("9.5.3")
    template = {"settings": {"number_of_replicas": 0, "lifecycle.name": "my-policy"}}
    ask("PUT /_index_template/t", {"index_patterns": ["my-*"], "data_stream": {}, "template": template})
    ask("PUT /_data_stream/my-1")
    given = {"index": {"number_of_shards": 2, "lifecycle": {"name": "my-new-policy", "prefer_ilm": True}}}
    [told] = ask.json("PUT /_data_stream/my-1/_settings", given)["data_streams"]
    assert told["applied_to_data_stream"] is True
    assert told["index_settings_results"]["applied_to_data_stream_only"] == ["index.number_of_shards"]
    assert len(told["index_settings_results"]["applied_to_data_stream_and_backing_indices"]) == 2
    assert told["settings"] == {"index": {"number_of_shards": "2", "lifecycle": {"name": "my-new-policy", "prefer_ilm": "true"}}}
    ask("POST /my-1/_rollover")
    first, second = (one["settings"]["index"] for _, one in sorted(ask.json("GET /my-1/_settings").items()))
    assert (first["number_of_shards"], first["lifecycle"]["name"]) == ("1", "my-new-policy")
    assert (second["number_of_shards"], second["lifecycle"]) == ("2", {"name": "my-new-policy", "prefer_ilm": "true"})


def test_settings_that_there_are_not_are_refused_stream_by_stream(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /_index_template/t", {"index_patterns": ["my-*"], "data_stream": {}})
    ask("PUT /_data_stream/my-1")
    [told] = ask.json("PUT /_data_stream/my-1/_settings", {"index": {"fake_setting": 1234}})["data_streams"]
    assert (told["name"], told["applied_to_data_stream"]) == ("my-1", False)
    assert told["error"] == "Cannot set the following settings on a data stream: [index.fake_setting]"


def test_no_query_runs_while_queries_are_listed(raw: Any) -> None:
    assert raw("9.5.3").json("GET /_query/queries") == {"queries": {}}
    assert raw("8.19.21")("GET /_query/queries").status != 200
