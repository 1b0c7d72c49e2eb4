"""Inner hits, collapsing, rescoring, explanations. Evidence: answers of a real 7.10.2 to the same documents and requests."""

from __future__ import annotations

from typing import Any

import pytest

C0 = [
    {"a": "x", "t": "quick one", "n": 1, "s": [{"x": "1"}, {"x": "2"}]}, {"a": "y", "t": "quick two two", "n": 2, "s": {"x": "2"}},
    {"a": "x", "t": "third", "n": 3},
]
DOCS: list[dict[str, Any]] = [
    {"g": "a", "m": 1, "t": "quick fox", "c": C0}, {"g": "b", "m": 2, "t": "fox", "c": {"a": "x", "t": "quick", "n": 9}},
    {"g": "a", "m": 3, "t": "quick quick dog"}, {"m": 4, "t": "quick"}, {"g": ["p", "q"], "m": 5, "t": "zebra"},
]


@pytest.fixture
def ask(raw: Any) -> Any:
    server = raw("7.10.2")
    inner = {"type": "nested", "properties": {"x": {"type": "keyword"}}}
    nested = {"a": {"type": "keyword"}, "t": {"type": "text"}, "n": {"type": "integer"}, "s": inner}
    fields = {
        "g": {"type": "keyword"}, "m": {"type": "integer"}, "t": {"type": "text"}, "c": {"type": "nested", "properties": nested},
    }
    server.json("PUT /n", {"settings": {"number_of_shards": 1}, "mappings": {"properties": fields}})
    for number, doc in enumerate(DOCS):
        server.json(f"PUT /n/_doc/{number}", doc)
    server.json("POST /n/_refresh")
    return lambda body: server.json("POST /n/_search", body)


def test_inner_hits_tell_which_objects_match(ask: Any) -> None:
    found = ask({"query": {"nested": {"path": "c", "query": {"match": {"c.t": "quick"}}, "inner_hits": {}}}})
    assert found["hits"]["hits"][1]["inner_hits"]["c"]["hits"] == {
        "total": {"value": 2, "relation": "eq"},
        "max_score": 0.33698124,
        "hits": [
            {
                "_index": "n", "_type": "_doc", "_id": "0", "_nested": {"field": "c", "offset": 0}, "_score": 0.33698124,
                "_source": C0[0],
            },
            {
                "_index": "n", "_type": "_doc", "_id": "0", "_nested": {"field": "c", "offset": 1}, "_score": 0.2760198,
                "_source": C0[1],
            },
        ],
    }


def test_nested_objects_in_nested_objects_carry_both_offsets(ask: Any) -> None:
    spec = {"size": 1, "docvalue_fields": ["c.s.x"]}
    found = ask({"query": {"nested": {"path": "c.s", "query": {"term": {"c.s.x": "2"}}, "inner_hits": spec}}})
    assert found["hits"]["hits"][0]["inner_hits"]["c.s"]["hits"]["hits"] == [
        {
            "_index": "n", "_type": "_doc", "_id": "0",
            "_nested": {"field": "c", "offset": 0, "_nested": {"field": "s", "offset": 1}},
            "_score": 0.4700036, "_source": {"x": "2"}, "fields": {"c.s.x": ["2"]},
        }
    ]


def test_collapsing_leaves_the_best_of_each_group(ask: Any) -> None:
    found = ask({"query": {"match": {"t": "quick"}}, "collapse": {"field": "g"}})["hits"]
    assert found["total"] == {"value": 3, "relation": "eq"}
    assert found["max_score"] is None
    assert [(hit["_id"], hit["_score"], hit.get("fields")) for hit in found["hits"]] == [
        ("3", 0.636667, None), ("2", 0.59475476, {"g": ["a"]}),
    ]


def test_collapsed_groups_are_searched_for_inner_hits(ask: Any) -> None:
    spec = {"name": "r", "size": 2, "sort": [{"m": "asc"}]}
    found = ask({"query": {"match": {"t": "quick"}}, "collapse": {"field": "g", "inner_hits": spec}})["hits"]["hits"]
    assert [[one["_id"] for one in hit["inner_hits"]["r"]["hits"]["hits"]] for hit in found] == [["3"], ["0", "2"]]


def test_a_group_must_be_single_valued(ask: Any) -> None:
    found = ask({"collapse": {"field": "g"}})
    assert found["status"] == 500
    assert found["error"]["root_cause"] == [
        {"type": "illegal_state_exception", "reason": "failed to collapse 11, the collapse field must be single valued"}
    ]


def test_rescoring_changes_the_scores_in_its_window(ask: Any) -> None:
    step = {"rescore_query": {"match": {"t": "dog"}}, "query_weight": 0.5, "rescore_query_weight": 2}
    found = ask({"query": {"match": {"t": "quick"}}, "rescore": {"window_size": 2, "query": step}})["hits"]
    assert found["max_score"] == 2.3391163
    assert [(hit["_id"], hit["_score"]) for hit in found["hits"]] == [("2", 2.3391163), ("3", 0.3183335), ("0", 0.24449325)]


def test_explanations_number_documents_behind_their_nested_objects(ask: Any) -> None:
    found = ask({"query": {"term": {"t": "fox"}}, "explain": True})["hits"]["hits"]
    tree = {hit["_id"]: hit["_explanation"] for hit in found}["0"]
    assert tree["value"] == 0.79423964
    assert tree["description"] == "weight(t:fox in 6) [PerFieldSimilarity], result of:"
    assert tree["details"][0]["details"][0] == {"value": 2.2, "description": "boost", "details": []}
