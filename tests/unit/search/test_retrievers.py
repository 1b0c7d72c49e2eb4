"""Retrievers that no recorded engine has: reciprocal rank fusion, linear combination, pinned documents.

What all compound retrievers share is recorded (tests/api/test_recorded_around.py, ``retrievers_8``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.unverified
JSON = {"content-type": "application/json"}
WORDS = {"1": "red apple", "2": "red pear", "3": "green apple", "4": "green pear", "5": "blue plum"}


@pytest.fixture(params=["8.19.21", "9.5.3"])
def search(request: Any, raw: Callable[..., Any]) -> Callable[..., Any]:
    ask = raw(request.param)
    ask("PUT /fruit", json.dumps({"mappings": {"properties": {"n": {"type": "integer"}}}}).encode(), JSON)
    for doc_id, words in WORDS.items():
        ask(f"PUT /fruit/_doc/{doc_id}?refresh", json.dumps({"t": words, "n": int(doc_id)}).encode(), JSON)

    def send(body: Any, status: int = 200) -> Any:
        answer = ask("POST /fruit/_search", json.dumps(body).encode(), JSON)
        assert answer.status == status, answer.body
        return json.loads(answer.body)

    return send


def by_number(*numbers: int) -> Any:
    """A retriever that finds some documents, the greatest number first."""
    return {"standard": {"query": {"terms": {"n": list(numbers)}}, "sort": [{"n": "desc"}]}}


def scored(**scores: float) -> Any:
    """A retriever that gives documents their scores."""
    clauses = [{"constant_score": {"filter": {"term": {"n": int(name[1:])}}, "boost": boost}} for name, boost in scores.items()]
    return {"standard": {"query": {"bool": {"should": clauses}}}}


def found(answer: Any) -> list[tuple[str, float]]:
    return [(hit["_id"], hit["_score"]) for hit in answer["hits"]["hits"]]


def as_printed(value: Any) -> float:
    return float(str(np.float32(value)))


def test_ranks_are_fused_and_ties_go_by_place(search: Any) -> None:
    answer = search({"retriever": {"rrf": {"retrievers": [by_number(1, 2, 3), by_number(3, 5)], "rank_constant": 1}}})
    # ranks 3,2,1 and 5,3: 3 has 1/2 + 1/3, 5 has 1/2, 2 has 1/3, 1 has 1/4
    expected = [("3", 1 / 2 + 1 / 3), ("5", 1 / 2), ("2", 1 / 3), ("1", 1 / 4)]
    assert [name for name, _ in found(answer)] == [name for name, _ in expected]
    assert [score for _, score in found(answer)] == pytest.approx([score for _, score in expected], rel=1e-6)
    tied = search({"retriever": {"rrf": {"retrievers": [by_number(4), by_number(2)]}}})
    assert found(tied) == [("2", as_printed(1 / 61)), ("4", as_printed(1 / 61))]


def test_the_window_bounds_what_each_child_gives_and_the_page(search: Any) -> None:
    body = {"retriever": {"rrf": {"retrievers": [by_number(1, 2, 3, 4), by_number(5)], "rank_window_size": 2}}, "size": 2}
    answer = search(body)
    assert [name for name, _ in found(answer)] == ["4", "5"]
    assert answer["hits"]["total"]["value"] == 5
    assert found(search({**body, "from": 2})) == []
    refused = search({**body, "size": 3}, 400)
    assert "[rrf] requires [rank_window_size: 2] be greater than or equal to [size: 3]" in refused["error"]["reason"]


def test_aggregations_see_all_that_the_children_match(search: Any) -> None:
    answer = search({
        "retriever": {"rrf": {"retrievers": [by_number(1, 2, 3), by_number(5)], "rank_window_size": 1}},
        "size": 1,
        "aggs": {"most": {"sum": {"field": "n"}}},
    })  # fmt: skip
    assert answer["aggregations"]["most"]["value"] == 11.0


def test_the_filter_and_least_score_of_a_fusion(search: Any) -> None:
    fused = {"retrievers": [by_number(1, 2, 3), by_number(3)], "filter": {"range": {"n": {"gt": 1}}}}
    assert [name for name, _ in found(search({"retriever": {"rrf": fused}}))] == ["3", "2"]
    assert [name for name, _ in found(search({"retriever": {"rrf": {**fused, "min_score": 0.02}}}))] == ["3"]


def test_a_fusion_is_explained_by_ranks(search: Any) -> None:
    answer = search({
        "retriever": {"rrf": {"retrievers": [scored(n1=2, n2=1), scored(n2=3)], "rank_constant": 1}}, "explain": True, "size": 1,
    })  # fmt: skip
    why = answer["hits"]["hits"][0]["_explanation"]
    assert "initial ranks [2, 1] with rankConstant: [1]" in why["description"]
    assert [part["value"] for part in why["details"]] == [2, 1]


def test_a_rescored_document_is_explained_by_its_score_and_its_rank(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21")
    ask("PUT /nest", json.dumps({"mappings": {"properties": {"o": {"type": "nested"}, "n": {"type": "integer"}}}}).encode(), JSON)
    ask("PUT /nest/_doc/1?refresh", json.dumps({"n": 1, "o": [{"x": 1}, {"x": 2}]}).encode(), JSON)
    ask("PUT /nest/_doc/2?refresh", json.dumps({"n": 2, "o": [{"x": 1}]}).encode(), JSON)
    step = {"query": {"rescore_query": {"term": {"n": 2}}}}
    body = {"retriever": {"rescorer": {"retriever": scored(n1=2, n2=3), "rescore": step}}, "explain": True}
    why = json.loads(ask("POST /nest/_search", json.dumps(body).encode(), JSON).body)["hits"]["hits"][0]["_explanation"]
    assert (why["value"], why["details"][0]["value"]) == (4.0, 1)
    assert "doc [4] with an original score of [4.0] is at rank [1]" in why["details"][0]["description"]


def test_groups_are_collected_beside_the_best_score_only_where_it_is_asked_for(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21")
    ask("PUT /fruit/_doc/1?refresh", b'{"n": 1}', JSON)
    names = []
    for more in ({}, {"sort": ["n"]}, {"sort": ["n"], "track_scores": True}):
        answer = ask("POST /fruit/_search", json.dumps({"collapse": {"field": "n"}, "profile": True, **more}).encode(), JSON)
        collector = json.loads(answer.body)["profile"]["shards"][0]["searches"][0]["collector"][0]
        names.append(collector["children"][0]["name"])
    assert names == ["MultiCollector", "SinglePassGroupingCollector", "MultiCollector"]


def test_scores_are_weighted_and_normalized(search: Any) -> None:
    children = [
        {"retriever": scored(n1=4, n2=2, n3=1), "weight": 2, "normalizer": "none"},
        {"retriever": scored(n3=10, n4=6, n5=2), "weight": 10, "normalizer": "minmax"},
    ]
    answer = search({"retriever": {"linear": {"retrievers": children}}})
    # 3: 2 + 10, 1: 8, 4: 10 * (6 - 2) / 8, 2: 4, 5: nothing above the least
    assert found(answer)[:4] == [("3", 12.0), ("1", 8.0), ("4", 5.0), ("2", 4.0)]
    assert found(answer)[4][0] == "5"
    unit = {"retriever": scored(n1=3, n2=4), "normalizer": "l2_norm"}
    assert found(search({"retriever": {"linear": {"retrievers": [unit]}}})) == [("2", as_printed(0.8)), ("1", as_printed(0.6))]


def test_pinned_documents_stand_above_all(search: Any) -> None:
    query = {"pinned": {"ids": ["5", "2"], "organic": {"match": {"t": "apple"}}}}
    by_query = found(search({"query": query}))
    assert [name for name, _ in by_query][:2] == ["5", "2"]
    assert [name for name, _ in by_query][2:] == ["1", "3"]
    assert [score for _, score in by_query][:2] == [1.7014122e38, 1.701412e38]
    retriever = {"pinned": {"ids": ["5", "2"], "retriever": {"standard": {"query": {"match": {"t": "apple"}}}}}}
    assert found(search({"retriever": retriever})) == by_query


def test_pinned_documents_of_other_indices_are_not_meant(search: Any) -> None:
    docs = [{"_index": "other", "_id": "5"}, {"_index": "fruit", "_id": "4"}]
    answer = search({"query": {"pinned": {"docs": docs, "organic": {"match": {"t": "apple"}}}}})
    assert [name for name, _ in found(answer)] == ["4", "1", "3"]


@pytest.mark.parametrize("name", ["text_similarity_reranker"])
def test_what_is_not_built_is_named(search: Any, name: str) -> None:
    assert f"retriever [{name}]" in search({"retriever": {name: {}}}, 501)["error"]["reason"]


def test_the_profile_of_a_fusion_is_not_made_up(search: Any) -> None:
    answer = search({"retriever": {"rrf": {"retrievers": [by_number(1), by_number(2)]}}, "profile": True}, 501)
    assert "[profile] of the retriever [rrf]" in answer["error"]["reason"]


@pytest.mark.parametrize(
    "fused",
    [
        {"rrf": {"retrievers": [by_number(1)], "rank_constant": 0}},
        {"rrf": {"retrievers": [by_number(1)], "rank": 0}},
        {"rrf": {}},
        {"linear": {"retrievers": [{"weight": 1}]}},
        {"linear": {"retrievers": [{"retriever": scored(n1=1), "normalizer": "half"}]}},
        {"pinned": {"retriever": by_number(1)}},
    ],
)
def test_what_makes_no_sense_is_refused(search: Any, fused: Any) -> None:
    assert search({"retriever": fused}, 400)["status"] == 400


def test_an_unknown_normalizer_is_named(search: Callable[..., Any]) -> None:
    part = {"retriever": {"standard": {"query": {"match_all": {}}}}, "normalizer": "loudness"}
    error = search({"retriever": {"linear": {"retrievers": [part]}}}, 400)["error"]
    assert "Unknown [loudness] ScoreNormalizer provided" in json.dumps(error)
