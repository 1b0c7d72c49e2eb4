"""Transforms: pivot and latest, once and again and again on the clock.

Evidence: the makers' YAML tests of the transform plugin (what their checks say) and its classes; none of the engines at hand has it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from esmock.clock import parse_instant
from esmock.features.transform.document_id import document_id

pytestmark = pytest.mark.unverified
START = parse_instant("2026-01-01T00:00:00")
FLIGHTS = [
    ("2017-02-18T00:00:00Z", "foo", 1.0, 5),
    ("2017-02-18T00:30:00Z", "foo", 1.0, 6),
    ("2017-02-18T01:00:00Z", "bar", 42.0, 8),
    ("2017-02-18T01:01:00Z", "foo", 42.0, 7),
]
BY_AIRLINE = {"group_by": {"airline": {"terms": {"field": "airline"}}}, "aggs": {"avg_response": {"avg": {"field": "responsetime"}}}}


@pytest.fixture(params=["7.17.29", "9.5.3"])
def ask(request: Any, raw: Any) -> Any:
    found = raw(request.param, frozen_at_ms=START)
    types = {"time": "date", "airline": "keyword", "responsetime": "float", "event_rate": "integer"}
    found("PUT /airline-data", {"mappings": {"properties": {name: {"type": type_} for name, type_ in types.items()}}})
    for number, (time, airline, response, rate) in enumerate(FLIGHTS, 1):
        body = {"time": time, "airline": airline, "responsetime": response, "event_rate": rate}
        found(f"PUT /airline-data/_doc/{number}", body)
    found("POST /airline-data/_refresh")
    return found


def config(**more: Any) -> dict[str, Any]:
    return {"source": {"index": "airline-data"}, "dest": {"index": "by-airline"}, "pivot": BY_AIRLINE, **more}


def put(ask: Any, body: Any, id_: str = "t", query: str = "") -> None:
    assert ask.json(f"PUT /_transform/{id_}{query}", body) == {"acknowledged": True}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def documents(ask: Any, index: str = "by-airline") -> dict[str, Any]:
    ask(f"POST /{index}/_refresh")
    hits = ask.json(f"POST /{index}/_search", {"size": 100})["hits"]["hits"]
    return {hit["_source"]["airline"]: hit["_source"] for hit in hits}


def stats(ask: Any, id_: str = "t") -> dict[str, Any]:
    found: dict[str, Any] = ask.json(f"GET /_transform/{id_}/_stats")["transforms"][0]
    return found


def test_a_preview_shows_documents_and_the_index_that_would_be(ask: Any) -> None:
    pivot = {
        "group_by": {
            "airline": {"terms": {"field": "airline"}},
            "by-hour": {"date_histogram": {"fixed_interval": "1h", "field": "time"}},
        },
        "aggs": {
            "avg_response": {"avg": {"field": "responsetime"}},
            "time.max": {"max": {"field": "time"}},
            "rates": {"stats": {"field": "event_rate"}},
            "p": {"percentiles": {"field": "responsetime", "percents": [50, 99.5]}},
            "late": {"filter": {"range": {"event_rate": {"gte": 6}}}},
            "kinds": {"terms": {"field": "airline"}},
        },
    }
    found = ask.json("POST /_transform/_preview", {"source": {"index": "airline-data"}, "pivot": pivot})
    first, second, third = found["preview"]
    assert (first["airline"], first["by-hour"], first["avg_response"]) == ("foo", "2017-02-18T00:00:00.000Z", 1.0)
    assert first["time"] == {"max": "2017-02-18T00:30:00.000Z"}
    assert first["rates"] == {"count": 2.0, "min": 5.0, "max": 6.0, "avg": 5.5, "sum": 11.0}
    assert first["p"] == {"50": 1.0, "99_5": 1.0}
    assert (first["late"], first["kinds"]) == (1, {"foo": 2})
    assert [second["airline"], third["airline"]] == ["bar", "foo"]
    made = found["generated_dest_index"]
    types = {name: body["type"] for name, body in made["mappings"]["properties"].items()}
    assert types["airline"] == "keyword"
    assert (types["by-hour"], types["avg_response"], types["time.max"], types["time"]) == ("date", "double", "date", "object")
    assert (types["p.99_5"], types["late"], types["kinds"]) == ("double", "long", "flattened")
    assert made["mappings"]["_meta"]["_transform"]["transform"] == "transform-preview"
    assert made["settings"] == {"index": {"number_of_shards": "1", "auto_expand_replicas": "0-1"}}


def test_a_preview_sends_documents_through_the_pipeline(ask: Any) -> None:
    ask("PUT /_ingest/pipeline/p", {"processors": [{"set": {"field": "my_field", "value": 42}}]})
    latest = {"unique_key": ["airline"], "sort": "time"}
    body = {"source": {"index": "airline-data"}, "dest": {"pipeline": "p"}, "latest": latest}
    found = ask.json("POST /_transform/_preview", body)
    assert [(one["airline"], one["time"], one["my_field"]) for one in found["preview"]] == [
        ("bar", "2017-02-18T01:00:00Z", 42),
        ("foo", "2017-02-18T01:01:00Z", 42),
    ]
    assert found["generated_dest_index"]["mappings"]["properties"] == {}


def test_what_is_put_is_printed_with_its_defaults(ask: Any) -> None:
    put(ask, config(description="by airline", sync={"time": {"field": "time"}}))
    found = ask.json("GET /_transform/t")
    assert found["count"] == 1
    one = found["transforms"][0]
    assert list(one) == ["id", "version", "create_time", "source", "dest", "sync", "pivot", "description", "settings"]
    assert one["source"] == {"index": ["airline-data"], "query": {"match_all": {}}}
    assert one["sync"] == {"time": {"field": "time", "delay": "60s"}}
    assert one["pivot"]["aggregations"] == BY_AIRLINE["aggs"]
    bare = ask.json("GET /_transform/t?exclude_generated=true")["transforms"][0]
    assert list(bare) == ["id", "source", "dest", "sync", "pivot", "description", "settings"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (config(frequency="999ms"), "Validation Failed: 1: minimum permitted [frequency] is [1s];"),
        (config(frequency="3600001ms"), "Validation Failed: 1: highest permitted [frequency] is [1h];"),
        (config(source={"index": "missing"}), "Validation Failed: 1: no such index [missing];"),
        (
            config(source={"index": ["by-*", "airline-data"]}),
            "Validation Failed: 1: Destination index [by-airline] is included in source expression [by-*,airline-data];",
        ),
        (config(dest={"index": "DeSt"}), "Validation Failed: 1: Destination index [DeSt] must be lowercase;"),
        (config(dest={"index": "d", "pipeline": "none"}), "Validation Failed: 1: Pipeline with id [none] could not be found;"),
        (
            config(pivot={**BY_AIRLINE, "aggs": {"vals": {"significant_terms": {"field": "airline"}}}}),
            "Validation Failed: 1: Unsupported aggregation type [significant_terms];",
        ),
        (
            config(pivot={**BY_AIRLINE, "aggs": {"airline.min": {"min": {"field": "time"}}}}),
            "Validation Failed: 1: field [airline] cannot be both an object and a field;",
        ),
        (
            config(settings={"max_page_search_size": 5}),
            "Validation Failed: 1: settings.max_page_search_size [5] is out of range. The minimum value is 10 and the maximum is 65536;",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, body: Any, reason: str) -> None:
    assert refusal(ask("PUT /_transform/t", body)) == (400, reason)


def test_a_second_of_a_name_and_unknown_names_are_refused(ask: Any) -> None:
    put(ask, config())
    assert refusal(ask("PUT /_transform/t", config())) == (400, "Transform with id [t] already exists")
    for line in ("GET /_transform/x", "GET /_transform/x/_stats", "DELETE /_transform/x", "POST /_transform/x/_start"):
        assert refusal(ask(line)) == (404, "Transform with id [x] could not be found"), line
    assert ask.json("GET /_transform/x*") == {"count": 0, "transforms": []}
    assert ask("GET /_transform/x*?allow_no_match=false").status == 404
    assert refusal(ask("GET /_transform?size=10000"))[1].endswith("Param [size] has a max acceptable value of [1000];")


def test_a_batch_runs_once_and_comes_to_rest(ask: Any) -> None:
    put(ask, config())
    assert stats(ask)["checkpointing"] == {"last": {"checkpoint": 0}}
    assert ask.json("POST /_transform/t/_start") == {"acknowledged": True}
    found = documents(ask)
    assert found["foo"]["avg_response"] == pytest.approx(44 / 3)
    assert found["bar"] == {"avg_response": 42.0, "airline": "bar"}
    mapping = ask.json("GET /by-airline/_mapping")["by-airline"]["mappings"]
    assert mapping["properties"] == {"airline": {"type": "keyword"}, "avg_response": {"type": "double"}}
    assert mapping["_meta"]["created_by"] == "transform"
    one = stats(ask)
    assert one["state"] == "stopped"
    assert one["checkpointing"]["last"] == {"checkpoint": 1, "timestamp_millis": START}
    counts = one["stats"]
    assert (counts["pages_processed"], counts["documents_processed"], counts["documents_indexed"]) == (2, 4, 2)
    assert (counts["search_total"], counts["index_total"], counts["trigger_count"]) == (2, 1, 1)


def test_a_continuous_one_writes_only_groups_that_changed(ask: Any) -> None:
    put(ask, config(sync={"time": {"field": "time", "delay": "1s"}}, frequency="10s"))
    ask("POST /_transform/t/_start")
    assert stats(ask)["state"] == "started"
    assert refusal(ask("POST /_transform/t/_start")) == (409, "Cannot start transform [t] as it is already started.")
    assert refusal(ask("DELETE /_transform/t")) == (409, "Cannot delete transform [t] as the task is running. Stop the task first")
    assert stats(ask)["stats"]["documents_indexed"] == 2
    ask("POST /airline-data/_doc?refresh=true", {"time": START + 2000, "airline": "bar", "responsetime": 44.0})
    ask.server.clock.advance(15)
    found = documents(ask)
    assert found["bar"]["avg_response"] == 43.0
    one = stats(ask)
    assert one["stats"]["documents_indexed"] == 3
    assert one["checkpointing"]["last"]["checkpoint"] == 2
    ask.server.clock.advance(30)
    assert stats(ask)["checkpointing"]["last"]["checkpoint"] == 2
    assert ask.json("POST /_transform/t/_stop?wait_for_completion=true") == {"acknowledged": True}
    assert stats(ask)["state"] == "stopped"
    assert ask.json("DELETE /_transform/t") == {"acknowledged": True}
    assert ask("GET /by-airline").status == 200


def test_old_documents_go_where_a_retention_policy_says_so(ask: Any) -> None:
    latest = {"unique_key": ["airline"], "sort": "time"}
    retention = {"time": {"field": "time", "max_age": "1d"}}
    body = {"source": {"index": "airline-data"}, "dest": {"index": "newest"}, "latest": latest, "retention_policy": retention}
    put(ask, body)
    ask("POST /_transform/t/_start")
    assert documents(ask, "newest") == {}
    assert stats(ask)["stats"]["documents_deleted"] == 2


def test_an_update_changes_parts(ask: Any) -> None:
    put(ask, config())
    found = ask.json("POST /_transform/t/_update", {"description": "other", "settings": {"docs_per_second": 1.5}})
    assert (found["id"], found["description"], found["settings"]) == ("t", "other", {"docs_per_second": 1.5})
    sync = {"sync": {"time": {"field": "time", "delay": "90m"}}}
    reason = "Cannot change the current sync configuration of transform [t] from [null] to [time]"
    assert refusal(ask("POST /_transform/t/_update", sync)) == (400, reason)


def test_ids_depend_on_the_values_of_the_groups_alone() -> None:
    one = document_id({"a": "x", "b": 1, "c": None, "d": 0.5})
    assert one == document_id({"d": 0.5, "c": None, "b": 1, "a": "x"})
    assert one != document_id({"a": "x", "b": 1.0, "c": None, "d": 0.5})
    assert len(one) == 32


def test_the_cat_table_shows_transforms(ask: Any) -> None:
    put(ask, config(sync={"time": {"field": "time"}}))
    ask("POST /_transform/t/_start")
    ask("GET /")
    found = ask("GET /_cat/transforms?v&h=id,state,checkpoint,docp,tt,frequency,lst").body.decode()
    assert found.splitlines() == [
        "id   state checkpoint docp tt         frequency lst",
        "t  started 1          4    continuous 1m        Thu Jan 01 00:00:00 UTC 2026",
    ]
