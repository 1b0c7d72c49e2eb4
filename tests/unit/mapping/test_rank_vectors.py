"""Lists of vectors. Source: the makers' tests (rank_vectors/*.yml: inputs and scores as facts) and the published source; no engine here."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified

MAPPING = {
    "vector": {"type": "rank_vectors", "dims": 5},
    "byte_vector": {"type": "rank_vectors", "dims": 5, "element_type": "byte"},
    "bit_vector": {"type": "rank_vectors", "dims": 40, "element_type": "bit"},
}
SMALL = [[8, 5, -15, 1, -7], [-1, 115, -3, 4, -128]]
DOCS: dict[str, Any] = {
    "1": {
        "vector": [[230.0, 300.33, -34.8988, 15.555, -200.0], [-0.5, 100.0, -13, 14.8, -156.0]],
        "byte_vector": SMALL,
        "bit_vector": SMALL,
    },
    "3": {"vector": [[0.5, 111.3, -13.0, 14.8, -156.0]], "byte_vector": ["0212fb0084"], "bit_vector": ["0212fb0084"]},
}


@pytest.fixture(params=["8.19.21", "9.5.3"])
def ask(request: pytest.FixtureRequest, raw: Any) -> Any:
    ask = raw(request.param)
    ask("PUT /v", {"mappings": {"properties": MAPPING}})
    for doc_id, doc in DOCS.items():
        assert ask(f"PUT /v/_doc/{doc_id}?refresh", doc).status == 201
    return ask


def _scores(ask: Any, function: str, field: str, asked: Any) -> Any:
    script = {"source": f"{function}(params.q, '{field}')", "params": {"q": asked}}
    answer = ask.json("GET /v/_search", {"query": {"script_score": {"query": {"match_all": {}}, "script": script}}})
    return {hit["_id"]: hit["_score"] for hit in answer["hits"]["hits"]} if "hits" in answer else answer


@pytest.mark.parametrize(
    ("function", "field", "asked", "scores"),
    [
        ("maxSimDotProduct", "vector", [[1, 2, 1, 1, 1]], {"1": 611.316, "3": 68.90001}),
        ("maxSimDotProduct", "byte_vector", [[1, 2, 1, 1, 0]], {"1": 230, "3": 33}),
        ("maxSimDotProduct", "bit_vector", [[1, 2, 1, 1, 0]], {"1": 3, "3": 2}),
        ("maxSimDotProduct", "bit_vector", [[*range(1, 21), *range(1, 21)]], {"1": 220, "3": 147}),
        ("maxSimInvHamming", "byte_vector", [[1, 2, 1, 1, 1]], {"1": 0.65, "3": 0.675}),
        ("maxSimInvHamming", "bit_vector", ["0102010101"], {"1": 0.65, "3": 0.675}),
    ],
)
def test_scores(ask: Any, function: str, field: str, asked: Any, scores: dict[str, float]) -> None:
    assert _scores(ask, function, field, asked) == pytest.approx(scores, abs=0.01)


@pytest.mark.parametrize(
    ("function", "field", "asked", "reason"),
    [
        ("maxSimInvHamming", "vector", [[1, 2, 1, 1, 1]], "hamming distance is only supported for byte or bit vectors"),
        ("maxSimDotProduct", "vector", [[1, 2]], "The query vector has a different number of dimensions [2] than the document vectors [5]."),
        ("maxSimDotProduct", "vector", [[1, 2], [1]], "The query vector contains inner vectors which have inconsistent number of dimensions."),
        (
            "maxSimDotProduct", "bit_vector", [[1, 1]],
            "The query vector contains inner vectors which have incorrect number of dimensions. Must be [5] for bitwise operations, "
            "or [40] for byte wise operations: provided [2].",
        ),
    ],
)  # fmt: skip
def test_queries_that_do_not_fit(ask: Any, function: str, field: str, asked: Any, reason: str) -> None:
    answer = _scores(ask, function, field, asked)
    assert answer["error"]["failed_shards"][0]["reason"]["caused_by"]["reason"] == reason


def test_a_document_without_vectors_stops_the_script(ask: Any) -> None:
    ask("PUT /v/_doc/4?refresh", {})
    answer = _scores(ask, "maxSimDotProduct", "vector", [[1, 2, 1, 1, 1]])
    assert answer["error"]["failed_shards"][0]["reason"]["caused_by"]["reason"] == "A document doesn't have a value for a multi-vector field!"


@pytest.mark.parametrize(
    ("doc", "reason"),
    [
        ({"vector": 5}, "Field [vector] of type [rank_vectors] cannot be indexed with a single value"),
        ({"vector": [[1, 2]]}, "The [rank_vectors] field [vector] in doc [document with id '9'] has a different number of dimensions [2] than "
         "defined in the mapping [5]"),
        ({"vector": [[1, 2, 3, 4, 5, 6]]}, "The [rank_vectors] field [vector] in doc [document with id '9'] has more dimensions than defined in "
         "the mapping [5]"),
        ({"byte_vector": [[1, 2, 3, 4, 500]]}, "element_type [byte] vectors only support integers between [-128, 127] but found [500] at dim [4];"),
    ],
)  # fmt: skip
def test_documents_that_do_not_fit(ask: Any, doc: Any, reason: str) -> None:
    answer = ask.json("PUT /v/_doc/9", doc)
    assert answer["status"] == 400
    assert answer["error"]["caused_by"]["reason"] == reason


def test_dimensions_are_learned_and_kept(ask: Any) -> None:
    ask("PUT /l", {"mappings": {"properties": {"v": {"type": "rank_vectors"}}}})
    assert ask("PUT /l/_doc/1?refresh", {"v": [[1, 2, 3], [4, 5, 6]]}).status == 201
    assert ask.json("GET /l/_mapping")["l"]["mappings"]["properties"] == {"v": {"type": "rank_vectors", "dims": 3}}
    reason = ask.json("PUT /l/_mapping", {"properties": {"v": {"type": "rank_vectors", "dims": 4}}})["error"]["reason"]
    assert "Cannot update parameter [dims] from [3] to [4]" in reason


def test_values_are_shown_and_do_not_sort(ask: Any) -> None:
    hit = ask.json("GET /v/_search", {"query": {"ids": {"values": ["1"]}}, "docvalue_fields": ["byte_vector"]})["hits"]["hits"][0]
    assert hit["fields"] == {"byte_vector": [SMALL]}
    reason = ask.json("GET /v/_search", {"sort": "vector"})["error"]["root_cause"][0]["reason"]
    assert reason == "Field [vector] of type [rank_vectors] doesn't support sort"


def test_earlier_releases_do_not_know_it(raw: Any) -> None:
    answer = raw("7.17.29").json("PUT /v", {"mappings": {"properties": {"v": {"type": "rank_vectors"}}}})
    assert answer["error"]["root_cause"][0]["reason"] == "No handler for type [rank_vectors] declared on field [v]"
