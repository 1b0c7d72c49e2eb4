"""Search applications. Evidence: the makers' YAML tests of the module ent-search and its classes; no engine at hand has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
SCHEMA = {
    "additionalProperties": False,
    "required": ["text"],
    "properties": {"text": {"type": "string"}, "field": {"type": "string", "enum": ["a", "b"]}},
}
TEMPLATE = {
    "script": {"source": {"query": {"match": {"{{field}}": "{{text}}"}}}, "params": {"field": "a"}},
    "dictionary": SCHEMA,
}


@pytest.fixture
def ask(raw: Any) -> Any:
    found = raw("9.5.3")
    found("PUT /one/_doc/1?refresh=true", {"a": "x", "b": "y"})
    found("PUT /two/_doc/2?refresh=true", {"a": "z", "b": "x"})
    made = found("PUT /_application/search_application/app", {"indices": ["two", "one"], "template": TEMPLATE})
    assert (made.status, json.loads(made.body)) == (201, {"result": "created"})
    return found


def refusal(answer: Any) -> tuple[int, str, str]:
    error = json.loads(answer.body)["error"]
    return answer.status, error["type"], error["reason"]


def test_an_application_is_an_alias_and_a_template(ask: Any) -> None:
    found = ask.json("GET /_application/search_application/app")
    assert (found["name"], found["indices"]) == ("app", ["one", "two"])
    script = found["template"]["script"]
    assert (script["lang"], script["source"]) == ("mustache", TEMPLATE["script"]["source"])
    assert script["options"] == {"content_type": "application/json;charset=utf-8"}
    assert found["template"]["dictionary"] == SCHEMA
    assert sorted(ask.json("GET /_alias/app")) == ["one", "two"]
    assert ask.json("PUT /_application/search_application/app", {"indices": ["two"]}) == {"result": "updated"}
    assert sorted(ask.json("GET /_alias/app")) == ["two"]
    answer = ask("GET /_application/search_application/app")
    assert json.loads(answer.body)["template"]["script"]["params"] == {"query_string": "*", "default_field": "*"}
    assert any("default search application template" in value for name, value in answer.headers if name == "Warning")
    assert ask.json("DELETE /_application/search_application/app") == {"acknowledged": True}
    assert ask("GET /_alias/app").status == 404
    assert refusal(ask("GET /_application/search_application/app")) == (404, "resource_not_found_exception", "app")


def test_it_is_searched_by_parameters(ask: Any) -> None:
    found = ask.json("POST /_application/search_application/app/_search", {"params": {"text": "x"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
    found = ask.json("POST /_application/search_application/app/_search", {"params": {"text": "x", "field": "b"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["2"]
    line = "POST /_application/search_application/app/_render_query"
    assert ask.json(line, {"params": {"text": "x"}}) == {"query": {"match": {"a": "x"}}}
    for params in ({}, {"text": 1}, {"text": "x", "field": "c"}, {"text": "x", "more": 1}):
        assert ask("POST /_application/search_application/app/_search", {"params": params}).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {"indices": ["one", "none"]},
        {"indices": ["one"], "template": {"script": {"lang": "painless", "source": "1"}}},
        {"indices": ["one"], "template": {"script": {"id": "s"}}},
        {"indices": ["one"], "template": {}},
        {"indices": ["one"], "name": "other"},
        {"indices": ["one"], "template": {"script": "{}", "dictionary": {"properties": {"a": {"type": "odd"}}}}},
    ],
)
def test_what_cannot_be_is_refused(ask: Any, body: Any) -> None:
    assert ask("PUT /_application/search_application/bad", body).status == 400


def test_applications_are_listed_by_name(ask: Any) -> None:
    ask("PUT /_application/search_application/another", {"indices": ["one"], "analytics_collection_name": "c"})
    found = ask.json("GET /_application/search_application")
    assert [one["name"] for one in found["results"]] == ["another", "app"]
    assert found["results"][0] == {"name": "another", "indices": ["one"], "analytics_collection_name": "c"}
    assert ask.json("GET /_application/search_application?q=app")["count"] == 1
    again = ask("PUT /_application/search_application/app?create=true", {"indices": ["one"]})
    assert refusal(again)[:2] == (409, "version_conflict_engine_exception")


def test_collections_of_analytics(ask: Any) -> None:
    assert ask.json("PUT /_application/analytics/c") == {"acknowledged": True, "name": "c"}
    assert ask("PUT /_application/analytics/c").status == 400
    stream = {"event_data_stream": {"name": "behavioral_analytics-events-c"}}
    assert ask.json("GET /_application/analytics") == {"c": stream}
    assert ask.json("DELETE /_application/analytics/c") == {"acknowledged": True}
    assert ask("GET /_application/analytics/c").status == 404
