"""Search templates and _explain. Evidence: answers of a real 7.10.2 to the same requests."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def ask(raw: Any) -> Any:
    server = raw("7.10.2")
    server.json("PUT /n", {"settings": {"number_of_shards": 1}, "mappings": {"properties": {"t": {"type": "text"}}}})
    server.json("PUT /n/_doc/0", {"t": "quick fox"})
    server.json("PUT /n/_doc/1?refresh", {"t": "fox"})
    return server


def test_a_template_is_rendered(ask: Any) -> None:
    body = {"source": {"query": {"match": {"t": "{{q}}"}}}, "params": {"q": "quick"}}
    assert ask.json("GET /_render/template", body) == {"template_output": {"query": {"match": {"t": "quick"}}}}
    assert [hit["_id"] for hit in ask.json("GET /n/_search/template", body)["hits"]["hits"]] == ["0"]


def test_a_missing_template_is_refused(ask: Any) -> None:
    assert ask.json("GET /n/_search/template", {})["error"]["reason"] == (
        "Validation Failed: 1: template is missing;2: template's script type is missing;"
    )
    found = ask.json("GET /n/_search/template", {"id": "nope"})
    assert (found["status"], found["error"]["reason"]) == (404, "unable to find script [nope] in cluster state")


def test_broken_templates_fail_alone_in_multi_search(ask: Any) -> None:
    lines = '{"index":"n"}\n{"source":{"size":0}}\n{"index":"n"}\n{"source":"{\\"query\\": {\\"match\\""}\n'
    first, second = ask.json("GET /_msearch/template", lines)["responses"]
    assert first["hits"]["total"] == {"value": 2, "relation": "eq"}
    assert "status" not in first
    assert second["error"]["type"] == "json_e_o_f_exception"


def test_multi_search_of_broken_templates_alone_has_nothing_to_do(ask: Any) -> None:
    lines = '{"index":"n"}\n{"source":"{\\"query\\":{\\"{{x}}\\":{}}}","params":{"x":"unk"}}\n'
    assert ask.json("GET /_msearch/template", lines)["error"]["reason"] == "Validation Failed: 1: no requests added;"


def test_explain_of_a_document_that_does_not_match(ask: Any) -> None:
    assert ask.json("GET /n/_explain/1", {"query": {"match": {"t": "quick"}}}) == {
        "_index": "n", "_type": "_doc", "_id": "1", "matched": False,
        "explanation": {"value": 0.0, "description": "no matching term", "details": []},
    }
    assert ask("GET /n/_explain/77", {"query": {"match_all": {}}}).status == 404
    assert ask.json("GET /n/_explain/1")["error"]["reason"] == "Validation Failed: 1: query is missing;"
