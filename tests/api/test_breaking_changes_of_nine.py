"""What 9.0 does otherwise than 8.19.

Evidence: the release notes of 9.0.0 and the pull requests they name; no engine of 9.x was asked. The other half, that 8.19 still does
as it did, is what the recordings of 8.19.21 say, or was asked of it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture
def nine(raw: Any) -> Any:
    return raw("9.5.3")


@pytest.fixture
def eight(raw: Any) -> Any:
    return raw("8.19.21")


def tree(answer: Any) -> Any:
    return json.loads(answer.body)


def reason(answer: Any) -> str:
    return str(tree(answer)["error"]["root_cause"][0]["reason"])


def warnings(answer: Any) -> str:
    return "\n".join(value for name, value in answer.headers if name == "Warning")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"index":{"_id":"1"},"more":1}', "Malformed action/metadata line [1], expected END_OBJECT but found [FIELD_NAME]"),
        ('{"index":{"_id":"1"}}{"more":1}', "Malformed action/metadata line [1], unexpected data after the closing brace"),
    ],
)
def test_nothing_stands_behind_an_action(nine: Any, eight: Any, line: str, told: str) -> None:
    body = f'{line}\n{{"a":1}}\n'
    refused = nine("POST /books/_bulk", body)
    assert (refused.status, reason(refused)) == (400, told)
    taken = eight("POST /books/_bulk", body)
    assert (taken.status, tree(taken)["errors"]) == (200, False)
    assert "will be rejected in a future version" in warnings(taken)


def test_an_action_has_an_end(nine: Any, eight: Any) -> None:
    body = '{"index":{"_id":"1"}\n{"a":1}\n'
    assert nine("POST /books/_bulk", body).status == 400
    assert eight("POST /books/_bulk", body).status == 200


def test_clients_of_eight_may_go_on_as_they_did(nine: Any) -> None:
    accept = {"accept": "application/vnd.elasticsearch+json;compatible-with=8"}
    taken = nine(
        "POST /books/_bulk",
        '{"index":{"_id":"1"},"more":1}\n{"a":1}\n',
        headers=accept | {"content-type": "application/vnd.elasticsearch+x-ndjson;compatible-with=8"},
    )
    assert (taken.status, tree(taken)["errors"]) == (200, False)
    assert nine("GET /_alias?local=true", headers=accept).status == 200


@pytest.mark.parametrize("path", ["/_alias", "/_cat/aliases"])
def test_aliases_are_not_asked_of_the_local_node(nine: Any, eight: Any, path: str) -> None:
    assert "unrecognized parameter: [local]" in reason(nine(f"GET {path}?local=true"))
    assert eight(f"GET {path}?local=true").status == 200


@pytest.mark.parametrize("key", ["from", "to", "include_lower", "include_upper"])
def test_ranges_have_no_ends_of_their_own_names(nine: Any, eight: Any, key: str) -> None:
    body = {"query": {"range": {"n": {key: True if key.startswith("include") else 1}}}}
    refused = nine("POST /_search", body)
    assert (refused.status, reason(refused)) == (400, f"[range] query does not support [{key}]")
    assert f"Deprecated field [{key}] used" in warnings(eight("POST /_search", body))


def test_highlights_are_not_forced(nine: Any, eight: Any) -> None:
    body = {"highlight": {"fields": {"a": {"force_source": True}}}}
    assert "unknown field [force_source]" in reason(nine("POST /_search", body))
    assert eight("POST /_search", body).status == 200


def test_metadata_fields_take_their_own_parameters_alone(nine: Any, eight: Any) -> None:
    body = {"mappings": {"_routing": {"copy_to": "any"}}}
    refused = nine("PUT /books", body)
    assert (refused.status, reason(refused)) == (400, "unknown parameter [copy_to] on metadata field [_routing]")
    assert eight("PUT /books", body).status == 200


def test_the_mode_of_a_source_is_a_setting(nine: Any, eight: Any) -> None:
    for ask in (nine, eight):
        assert ask("PUT /books", {"mappings": {"_source": {"mode": "synthetic"}, "properties": {"a": {"type": "integer"}}}}).status == 200
        ask("PUT /books/_doc/1?refresh", '{"a":"1"}')
    assert tree(nine("GET /books/_doc/1"))["_source"] == {"a": "1"}
    assert tree(nine("GET /books/_mapping"))["books"]["mappings"] == {"properties": {"a": {"type": "integer"}}}
    assert tree(eight("GET /books/_doc/1"))["_source"] == {"a": 1}


def test_random_scores_need_no_field(nine: Any, eight: Any) -> None:
    body = {"query": {"function_score": {"random_score": {"seed": 3}}}}
    for ask in (nine, eight):
        ask("PUT /books/_doc/1?refresh", {"a": 1})
    found = nine("POST /books/_search", body)
    named = nine("POST /books/_search", {"query": {"function_score": {"random_score": {"seed": 3, "field": "_seq_no"}}}})
    assert (found.status, warnings(found)) == (200, "")
    assert tree(found)["hits"]["max_score"] == tree(named)["hits"]["max_score"] > 0
    assert "[field] parameter is provided" in warnings(eight("POST /books/_search", body))


@pytest.mark.parametrize(
    ("kind", "options", "called"),
    [
        ("date_histogram", {"fixed_interval": "1ms"}, "DateHistogram"),
        ("auto_date_histogram", {}, "AutoIntervalDateHistogram"),
        ("date_range", {"ranges": [{"to": "true"}]}, "Range or DateRange"),
    ],
)
def test_booleans_are_no_dates(nine: Any, eight: Any, kind: str, options: dict[str, Any], called: str) -> None:
    body = {"size": 0, "aggs": {"a": {kind: {"field": "b", **options}}}}
    for ask in (nine, eight):
        ask("PUT /books", {"mappings": {"properties": {"b": {"type": "boolean"}}}})
        ask("PUT /books/_doc/1?refresh", {"b": True})
    refused = nine("POST /books/_search", body)
    assert (refused.status, reason(refused)) == (400, f"Field [b] of type [boolean] is not supported for aggregation [{kind}]")
    assert f"Running {called} aggregations on [boolean] fields is deprecated" in warnings(eight("POST /books/_search", body))


def terms(answer: Any) -> list[str]:
    return [token["token"] for token in tree(answer)["tokens"]]


def test_persian_is_stemmed(nine: Any, eight: Any) -> None:
    body = {"analyzer": "persian", "text": "كتابها"}
    assert terms(nine("POST /_analyze", body)) == ["كتاب"]
    assert terms(eight("POST /_analyze", body)) == ["كتابها"]


def test_there_is_one_german_stemmer(nine: Any, eight: Any) -> None:
    def body(language: str) -> dict[str, Any]:
        return {"tokenizer": "standard", "filter": [{"type": "stemmer", "language": language}], "text": "haeuser"}

    assert terms(nine("POST /_analyze", body("german"))) == terms(eight("POST /_analyze", body("german2"))) == ["haus"]
    folded = nine("POST /_analyze", body("german2"))
    assert terms(folded) == ["haus"]
    assert "The 'german2' stemmer has been deprecated and folded into the 'german' Stemmer." in warnings(folded)


@pytest.mark.parametrize(("language", "called"), [("lovins", "lovins"), ("dutch_kp", "dutch_kp"), ("kp", "dutch_kp")])
def test_stemmers_that_are_gone_let_nothing_pass(nine: Any, eight: Any, language: str, called: str) -> None:
    body = {"tokenizer": "standard", "filter": [{"type": "stemmer", "language": language}], "text": "running"}
    for ask, tokens in ((nine, 0), (eight, 1)):
        answer = ask("POST /_analyze", body)
        assert len(tree(answer)["tokens"]) == tokens
        assert f"The [{called}] stemmer is deprecated and will be removed in a future version." in warnings(answer)


def test_a_wait_that_ran_out_says_so(nine: Any, eight: Any) -> None:
    told = {}
    for ask in (nine, eight):
        name = next(iter(tree(ask("GET /_nodes"))["nodes"]))
        told[ask] = ask(f"POST /_cluster/voting_config_exclusions?node_ids={name}&timeout=0s")
    late, error = told[nine], tree(told[nine])["error"]
    assert (late.status, dict(late.headers)["X-Timed-Out"]) == (429, "?1")
    assert list(error) == ["root_cause", "type", "reason", "timed_out", "header"]
    assert (error["timed_out"], error["header"]) == (True, {"X-Timed-Out": "?1"})
    assert told[eight].status == 500
    assert "timed_out" not in tree(told[eight])["error"]
