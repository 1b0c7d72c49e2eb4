"""Query rulesets, the query and the retriever ``rule``.

Evidence: the makers' YAML tests of the module ent-search and its classes; none of the engines at hand has it.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified


def rule(rule_id: str, kind: str = "pinned", priority: int | None = None, **more: Any) -> dict[str, Any]:
    """A rule: ``says=(type, metadata, values)``, ``ids=`` or ``docs=``."""
    how, what, values = more.pop("says")
    out = {"rule_id": rule_id, "type": kind, "criteria": [{"type": how, "metadata": what, "values": values}], "actions": more}
    return out if priority is None else {**out, "priority": priority}


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


@pytest.fixture
def searched(ask: Any) -> Any:
    texts = ["elastic", "kibana", "logstash", "you know, for search", "beats", "siem", "observability", "search engines"]
    for n, text in enumerate(texts, 1):
        ask(f"PUT /one/_doc/doc{n}", {"text": text})
    ask("PUT /two/_doc/doc8?refresh=true", {"text": "search engines"})
    ask("POST /one/_refresh")
    rules = [
        rule("r1", says=("exact", "query_string", ["search"]), ids=["doc1"]),
        rule("r2", says=("exact", "query_string", ["ui"]), docs=[{"_index": "one", "_id": "doc2"}]),
        rule("r3", says=("contains", "query_string", ["kibana", "logstash"]), ids=["doc2", "doc3"]),
        rule("r4", "exclude", says=("exact", "query_string", ["search"]), ids=["doc8"]),
    ]
    assert ask("PUT /_query_rules/rules", {"rules": rules}).status == 201
    return ask


def found(ask: Any, text: str, index: str = "one", **more: Any) -> list[str]:
    query = {
        "organic": {"match": {"text": text}},
        "match_criteria": {"query_string": text},
        "ruleset_ids": ["rules"],
        **more,
    }
    answer = ask.json(f"POST /{index}/_search", {"query": {"rule": query}})
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def test_rules_put_documents_first_and_leave_others_out(searched: Any) -> None:
    assert found(searched, "search") == ["doc1", "doc4"]
    assert found(searched, "ui") == ["doc2"]
    assert found(searched, "ui", "two") == []
    assert found(searched, "kibana and logstash")[:2] == ["doc2", "doc3"]
    assert found(searched, "beats") == ["doc5"]
    assert sorted(found(searched, "search", match_criteria={"other": "search"})) == ["doc4", "doc8"]


def test_the_retriever_does_the_same(searched: Any) -> None:
    retriever = {
        "rule": {
            "retriever": {"standard": {"query": {"match": {"text": "search"}}}},
            "match_criteria": {"query_string": "search"},
            "ruleset_ids": "rules",
        }
    }
    answer = searched.json("POST /one/_search", {"retriever": retriever})
    assert [hit["_id"] for hit in answer["hits"]["hits"]] == ["doc1", "doc4"]
    retriever["rule"]["ruleset_ids"] = ["none"]
    refused = searched.json("POST /one/_search", {"retriever": retriever})
    assert (refused["status"], refused["error"]["type"]) == (404, "resource_not_found_exception")


REFUSED = [
    ({"ruleset_ids": ["none"]}, 404, "query ruleset none not found"),
    ({"ruleset_id": "rules"}, 400, "ruleset information not provided correctly"),
    ({"match_criteria": {}}, 400, "matchCriteria must not be null or empty"),
    ({"ruleset_ids": [f"r{n}" for n in range(11)]}, 400, "rulesetIds must not contain more than 10 rulesets"),
]


@pytest.mark.parametrize(("more", "status", "reason"), REFUSED)
def test_a_query_that_is_wrong_is_refused(searched: Any, more: Any, status: int, reason: str) -> None:
    query = {"organic": {"match_all": {}}, "match_criteria": {"a": "b"}, "ruleset_ids": ["rules"], **more}
    answer = searched("POST /one/_search", {"query": {"rule": query}})
    assert answer.status == status
    assert reason in answer.body.decode()


def test_rules_stand_by_priority(ask: Any) -> None:
    one = rule("b", says=("exact", "q", ["x"]), ids=["1"])
    ask("PUT /_query_rules/s", {"rules": [one, rule("a", priority=5, says=("exact", "q", ["x"]), ids=["1"])]})
    body = rule("c", priority=2, says=("exact", "q", ["x"]), ids=["1"])
    assert ask.json("PUT /_query_rules/s/_rule/c", body) == {"result": "created"}
    assert ask.json("PUT /_query_rules/s/_rule/c", body) == {"result": "updated"}
    answer = ask.json("GET /_query_rules/s")
    assert [one["rule_id"] for one in answer["rules"]] == ["c", "a", "b"]
    assert list(answer["rules"][0]) == ["rule_id", "type", "criteria", "actions", "priority"]
    assert ask.json("GET /_query_rules/s/_rule/b") == one


def test_a_ruleset_goes_with_its_last_rule(ask: Any) -> None:
    ask("PUT /_query_rules/s/_rule/only", rule("only", says=("exact", "q", ["x"]), ids=["1"]))
    assert ask("DELETE /_query_rules/s/_rule/other").status == 404
    assert ask.json("DELETE /_query_rules/s/_rule/only") == {"acknowledged": True}
    refused = ask.json("GET /_query_rules/s")
    assert (refused["status"], refused["error"]["reason"]) == (404, "s")


def test_rulesets_are_listed_by_name(ask: Any) -> None:
    ask("PUT /_query_rules/b", {"rules": rule("r", says=("gt", "year", [2023]), ids=["1"])})
    always = {"rule_id": "r", "type": "exclude", "criteria": {"type": "always"}, "actions": {"ids": ["1"]}}
    ask("PUT /_query_rules/a", {"rules": [always, rule("q", says=("exact", "q", ["x"]), ids=["1"])]})
    assert ask.json("GET /_query_rules?size=1") == {
        "count": 2,
        "results": [
            {
                "ruleset_id": "a",
                "rule_total_count": 2,
                "rule_criteria_types_counts": {"always": 1, "exact": 1},
                "rule_type_counts": {"pinned": 1, "exclude": 1},
            }
        ],
    }


def test_a_ruleset_can_be_tried(ask: Any) -> None:
    rules = [rule("low", says=("lte", "n", ["100"]), ids=["1"]), rule("word", says=("fuzzy", "n", ["bar"]), ids=["2"])]
    ask("PUT /_query_rules/s", {"rules": rules})
    for given, matched in ((100, ["low"]), ("99.5", ["low"]), ("baz", ["word"]), (101, [])):
        answer = ask.json("POST /_query_rules/s/_test", {"match_criteria": {"n": given}})
        assert [one["rule_id"] for one in answer["matched_rules"]] == matched
    assert ask("POST /_query_rules/s/_test", {}).status == 400


WRONG = [
    ({"rules": []}, "rules cannot be null or empty"),
    ({}, "Required [rules]"),
    ({"rules": [rule("r", "odd", says=("exact", "q", ["x"]), ids=["1"])]}, "Unknown QueryRuleType: odd"),
    ({"rules": [rule("r", says=("odd", "q", ["x"]), ids=["1"])]}, "Unknown QueryRuleCriteriaType: odd"),
    ({"rules": [rule("r", says=("lte", "q", ["x"]), ids=["1"])]}, "Input [x] is not valid for CriteriaType [lte]"),
    ({"rules": [rule("r", says=("exact", "q", []), ids=["1"])]}, "criteriaValues cannot be null or empty"),
    ({"rules": [rule("r", says=("exact", "q", ["x"]))]}, "Query rule actions cannot be empty"),
    ({"rules": [rule("r", says=("exact", "q", ["x"]), odd=["1"])]}, "must contain only one of either ids or docs"),
    ({"rules": [rule("r", priority=-1, says=("exact", "q", ["x"]), ids=["1"])]}, "Priority was -1, must be between 0 and 1000000"),
    ({"rules": [], "zz": 1}, "[query_ruleset] unknown field [zz]"),
]


@pytest.mark.parametrize(("body", "reason"), WRONG)
def test_a_ruleset_that_is_wrong_is_refused(ask: Any, body: Any, reason: str) -> None:
    answer = ask("PUT /_query_rules/s", body)
    assert answer.status == 400
    assert reason in answer.body.decode()
    assert ask("GET /_query_rules/s").status == 404
