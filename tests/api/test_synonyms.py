"""Synonym sets, and analyzers that follow their changes.

Evidence: refusals were asked of 8.19.21; what is stored and read follows the documentation.
"""

from __future__ import annotations

from typing import Any

import pytest

REFUSED = [
    ("GET /_synonyms/x", None, 404, "synonyms set [x] not found"),
    ("GET /_synonyms/zz/r1", None, 404, "synonyms set [zz] not found"),
    ("PUT /_synonyms/zz/r3", {"synonyms": "a,b"}, 404, "synonyms set [zz] not found"),
    ("PUT /_synonyms/s1/r4", {"synonyms": ""}, 400, "Validation Failed: 1: [synonyms] field can't be empty;"),
    ("PUT /_synonyms/s1/r4", {"synonyms": "k => "}, 400, "Validation Failed: 1: Incorrect syntax for [synonyms]: [k => ];"),
    (
        "PUT /_synonyms/s1",
        {"synonyms_set": [{"synonyms": "a => b => c"}, {"synonyms": "a, ,b"}]},
        400,
        "Validation Failed: 1: More than one explicit mapping specified in the same synonyms rule: [a => b => c];2: Incorrect "
        "syntax for [synonyms]: [a, ,b];",
    ),
    ("PUT /_synonyms/s1/r4", {"zz": "a"}, 400, 'Failed to parse: {"zz": "a"}'),
    ("PUT /_synonyms/s2", {}, 400, "Failed to parse: {}"),
    ("GET /_synonyms?from=-1", None, 400, "Validation Failed: 1: [from] must be a positive integer;"),
    (
        "GET /_synonyms?size=20000",
        None,
        400,
        "Validation Failed: 1: [size] must be less than or equal to 10000;2: Too many results to retrieve. [from] + [size] must "
        "be less than or equal to 10000;",
    ),
    (
        "PUT /_synonyms/s3?refresh=false",
        {"synonyms_set": []},
        400,
        "request [/_synonyms/s3] contains unrecognized parameter: [refresh]",
    ),
]


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("8.19.21")


@pytest.mark.parametrize(("line", "body", "status", "reason"), REFUSED)
def test_what_is_wrong_is_refused(ask: Any, line: str, body: Any, status: int, reason: str) -> None:
    answer = ask(line, body)
    assert answer.status == status
    assert ask.json(line, body)["error"]["reason"] == reason


@pytest.mark.unverified
def test_a_changed_set_is_searched_with_at_once(ask: Any) -> None:
    answer = ask.json("PUT /_synonyms/s", {"synonyms_set": [{"id": "r", "synonyms": "hello, hi"}]})
    assert answer["result"] == "created"
    analysis = {
        "filter": {"f": {"type": "synonym_graph", "synonyms_set": "s", "updateable": True}},
        "analyzer": {"a": {"tokenizer": "standard", "filter": ["lowercase", "f"]}},
    }
    field = {"type": "text", "analyzer": "standard", "search_analyzer": "a"}
    body = {"settings": {"analysis": analysis}, "mappings": {"properties": {"t": field}}}
    assert ask("PUT /i", body).status == 200
    assert ask("PUT /i/_doc/1?refresh", {"t": "hi there"}).status == 201

    def hits(text: str) -> int:
        found: int = ask.json("GET /i/_search", {"query": {"match": {"t": text}}})["hits"]["total"]["value"]
        return found

    assert (hits("hello"), hits("howdy")) == (1, 0)
    changed = ask.json("PUT /_synonyms/s/r2", {"synonyms": "howdy, hi"})
    assert changed["result"] == "created"
    assert changed["reload_analyzers_details"]["reload_details"][0]["reloaded_analyzers"] == ["a"]
    assert (hits("hello"), hits("howdy")) == (1, 1)
    assert ask.json("GET /_synonyms/s") == {
        "count": 2,
        "synonyms_set": [{"id": "r", "synonyms": "hello, hi"}, {"id": "r2", "synonyms": "howdy, hi"}],
    }
    assert ask.json("GET /_synonyms") == {"count": 1, "results": [{"synonyms_set": "s", "count": 2}]}
    refused = ask.json("DELETE /_synonyms/s")
    assert refused["error"]["reason"] == (
        "synonyms set [s] cannot be deleted as it is used in the following indices: i"
    )
    assert ask.json("DELETE /_synonyms/s/r")["result"] == "deleted"
    assert hits("hello") == 0
    assert ask("DELETE /i").status == 200
    assert ask.json("DELETE /_synonyms/s") == {"acknowledged": True}
    assert ask("GET /_synonyms/s").status == 404


def _analysis(**more: Any) -> dict[str, Any]:
    rules = {"type": "synonym", "synonyms_set": "wet", "updateable": True, **more}
    filters = {"rules": rules, "dry": {"type": "stop", "stopwords": ["pond"]}}
    analyzer = {"tokenizer": "whitespace", "filter": ["lowercase", "dry", "rules"]}
    return {"settings": {"analysis": {"filter": filters, "analyzer": {"a": analyzer}}}}


def _terms(ask: Any, text: str) -> list[str]:
    return [token["token"] for token in ask.json("POST /i/_analyze", {"analyzer": "a", "text": text})["tokens"]]


@pytest.mark.unverified
def test_rules_that_can_change_are_read_leniently(ask: Any) -> None:
    assert ask("PUT /i", _analysis()).status == 200
    assert _terms(ask, "sea") == ["sea"]
    assert ask("PUT /_synonyms/wet", {"synonyms_set": [{"synonyms": "sea => ocean, pond"}]}).status == 201
    assert _terms(ask, "sea") == ["ocean"]
    assert ask("PUT /j", _analysis(lenient=False)).status == 400
