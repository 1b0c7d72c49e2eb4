"""Functions on vectors in scripts, and dense_vector before 8.0.

Expected scores are the formulas of the documentation (query-dsl-script-score-query, "Functions for vector fields").
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

VECTORS = {"1": [1.0, 2.0, 3.0], "2": [3.0, 1.0, 0.5]}
ASKED = [1.0, 2.0, 2.0]
Ask = Callable[..., Any]


@pytest.fixture(params=["7.10.2", "7.17.29", "8.19.21"])
def ask(request: pytest.FixtureRequest, raw: Callable[..., Any]) -> Ask:
    server = raw(request.param)

    def send(line: str, body: Any = None) -> Any:
        return json.loads(server(line, None if body is None else json.dumps(body)).body)

    send("PUT /i", {"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 3}}}})
    for doc_id, vector in VECTORS.items():
        send(f"PUT /i/_doc/{doc_id}", {"v": vector})
    send("PUT /i/_doc/3?refresh", {"other": 1})
    return send


def scores(ask: Ask, source: str, query: Any = None) -> dict[str, float]:
    script = {"source": source, "params": {"q": ASKED}}
    body = {"query": {"script_score": {"query": query or {"exists": {"field": "v"}}, "script": script}}}
    return {hit["_id"]: hit["_score"] for hit in ask("GET /i/_search", body)["hits"]["hits"]}


def _length(vector: list[float]) -> float:
    return math.sqrt(sum(one * one for one in vector))


def _dot(vector: list[float]) -> float:
    return sum(a * b for a, b in zip(ASKED, vector, strict=True))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("cosineSimilarity(params.q, 'v') + 1.0", lambda one: _dot(one) / _length(one) / _length(ASKED) + 1),
        ("dotProduct(params.q, 'v')", _dot),
        ("dotProduct(params.q, doc['v'])", _dot),
        ("l1norm(params.q, 'v')", lambda one: sum(abs(a - b) for a, b in zip(ASKED, one, strict=True))),
        ("l2norm(params.q, 'v')", lambda one: math.dist(ASKED, one)),
        ("float[] v = doc['v'].vectorValue; v[0] * doc['v'].magnitude", lambda one: one[0] * _length(one)),
    ],
)
def test_functions(ask: Ask, source: str, expected: Callable[[list[float]], float]) -> None:
    assert scores(ask, source) == {doc_id: pytest.approx(expected(one), rel=1e-6) for doc_id, one in VECTORS.items()}


def test_a_document_without_vector_can_be_asked_for(ask: Ask) -> None:
    found = scores(ask, "doc['v'].size() == 0 ? 0 : dotProduct(params.q, 'v')", {"match_all": {}})
    assert found["3"] == 0


def test_a_vector_of_another_length_is_refused(ask: Ask) -> None:
    script = {"source": "dotProduct(params.q, 'v')", "params": {"q": [1, 2]}}
    answer = ask("GET /i/_search", {"query": {"script_score": {"query": {"exists": {"field": "v"}}, "script": script}}})
    cause = answer["error"]["failed_shards"][0]["reason"]["caused_by"]
    assert "The query vector has a different number of dimensions [2] than the document vectors [3]." in cause["reason"]


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("vector", "reason"),
    [
        ([3, 1], "Field [v] of type [dense_vector] of doc [1] has number of dimensions [2] less than defined in the mapping [3]"),
        ([3, 1, 2, 4], "Field [v] of type [dense_vector] of doc [1] has exceeded the number of dimensions [3] defined in mapping"),
    ],
)
def test_documents_before_8(raw: Callable[..., Any], vector: list[float], reason: str) -> None:
    server = raw("7.10.2")
    server("PUT /i", json.dumps({"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 3}}}}))
    error = json.loads(server("PUT /i/_doc/1", json.dumps({"v": vector})).body)["error"]
    assert (error["reason"], error["caused_by"]["reason"]) == ("failed to parse", reason)
