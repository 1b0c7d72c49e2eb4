"""The search for nearest vectors of 8.x. Source: answers of 8.19.21, but for the scores: it was asked without its index of vectors."""

from __future__ import annotations

import json
from typing import Any

import pytest

KNN = {"field": "v", "query_vector": [3, 3], "k": 1, "num_candidates": 10}
WARNING = "The kNN search API has been replaced by the `knn` option in the search API."


@pytest.fixture
def ask(raw: Any) -> Any:
    ask = raw("8.19.21")
    vector = {"type": "dense_vector", "dims": 2, "index": True, "similarity": "l2_norm"}
    ask("PUT /k", {"mappings": {"properties": {"v": vector, "t": {"type": "keyword"}}}})
    for place, kind in ((1, "a"), (2, "b"), (3, "a")):
        ask(f"PUT /k/_doc/{place}?refresh", {"v": [place, place], "t": kind})
    return ask


def found(answer: Any) -> tuple[int, list[str]]:
    hits = json.loads(answer.body)["hits"]
    return hits["total"]["value"], [hit["_id"] for hit in hits["hits"]]


def test_the_best_are_shown_and_the_candidates_counted(ask: Any) -> None:
    answer = ask("POST /k/_knn_search", {"knn": KNN})
    assert found(answer) == (3, ["3"])
    assert WARNING in dict(answer.headers)["Warning"]
    assert found(ask("GET /k/_knn_search", {"knn": {**KNN, "k": 2, "num_candidates": 2}})) == (2, ["3", "2"])
    assert found(ask("GET /k/_knn_search", {"knn": KNN, "filter": {"term": {"t": "b"}}})) == (1, ["2"])
    assert found(ask("GET /k/_knn_search", {"knn": KNN, "filter": [{"term": {"t": "b"}}, {"match_all": {}}]})) == (1, ["2"])


def test_what_is_shown_of_a_hit(ask: Any) -> None:
    shown = {"_source": False, "fields": ["t"], "docvalue_fields": [{"field": "t"}]}
    (hit,) = ask.json("GET /k/_knn_search", {"knn": KNN, **shown})["hits"]["hits"]
    assert hit == {"_index": "k", "_id": "3", "_score": 1.0, "fields": {"t": ["a"]}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "missing required [knn] section in search body"),
        ({"knn": {**KNN, "k": 0}}, "[k] must be greater than 0"),
        ({"knn": {**KNN, "k": 11}}, "[num_candidates] cannot be less than [k]"),
        ({"knn": {**KNN, "num_candidates": 10001}}, "[num_candidates] cannot exceed [10000]"),
        ({"knn": 3}, "[1:8] [knn-search] knn doesn't support values of type: VALUE_NUMBER"),
        ({"size": 3, "knn": KNN}, "[1:2] [knn-search] unknown field [size]"),
        (
            {"knn": KNN, "fields": ["t"], "stored_fields": ["_none_"]},
            "Validation Failed: 1: [stored_fields] cannot be disabled when using the [fields] option;",
        ),
    ],
)
def test_what_is_wrong_is_told_with_the_deprecation(ask: Any, body: Any, reason: str) -> None:
    answer = ask("POST /k/_knn_search", json.dumps(body, separators=(",", ":")))
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == (400, reason)
    assert WARNING in dict(answer.headers)["Warning"]


def test_later_releases_know_it_only_where_compatible(raw: Any) -> None:
    assert raw("9.5.3")("GET /k/_knn_search").status != 200
