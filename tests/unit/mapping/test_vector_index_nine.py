"""How vectors are indexed from 9.1 on. Source: the published class DenseVectorFieldMapper (defaults, texts, printed forms); no engine here."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified

GRAPH = {"m": 16, "ef_construction": 100}


def _printed(ask: Any, **definition: Any) -> Any:
    ask("PUT /v", {"mappings": {"properties": {"f": {"type": "dense_vector", **definition}}}})
    return ask.json("GET /v/_mapping")["v"]["mappings"]["properties"]["f"].get("index_options")


@pytest.mark.parametrize(
    ("version", "definition", "options"),
    [
        ("8.19.21", {"dims": 384}, {"type": "int8_hnsw", **GRAPH}),
        ("9.5.3", {"dims": 383}, {"type": "int8_hnsw", **GRAPH}),
        ("9.5.3", {"dims": 384}, {"type": "bbq_hnsw", **GRAPH, "rescore_vector": {"oversample": 3.0}}),
        ("9.5.3", {}, None),
        ("9.5.3", {"dims": 384, "element_type": "byte"}, None),
        ("9.5.3", {"dims": 8, "index_options": {"type": "int8_hnsw", "on_disk_rescore": True}},
         {"type": "int8_hnsw", **GRAPH, "on_disk_rescore": True}),
        ("9.5.3", {"dims": 8, "index_options": {"type": "bbq_disk", "cluster_size": 64}},
         {"type": "bbq_disk", "cluster_size": 64, "default_visit_percentage": 0.0, "rescore_vector": {"oversample": 3.0}}),
    ],
)  # fmt: skip
def test_the_kind_of_index(raw: Any, version: str, definition: Any, options: Any) -> None:
    assert _printed(raw(version), **definition) == options


def test_the_first_vector_decides_the_kind(raw: Any) -> None:
    ask = raw("9.5.3")
    assert _printed(ask) is None
    ask("PUT /v/_doc/1", {"f": [1] * 400})
    assert ask.json("GET /v/_mapping")["v"]["mappings"]["properties"]["f"]["index_options"]["type"] == "bbq_hnsw"


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"index_options": {"type": "bbq_disk", "cluster_size": 63}}, "cluster_size must be between 64 and 65536, got: 63"),
        ({"index_options": {"type": "bbq_disk", "default_visit_percentage": 101}},
         "default_visit_percentage must be between 0.0 and 100.0, got: 101.0 for field [f]"),
        ({"index_options": {"type": "int8_flat", "on_disk_rescore": True}},
         "on_disk_rescore is only supported for indexed and quantized vector types"),
        ({"element_type": "byte", "index_options": {"type": "bbq_disk"}}, "[element_type] cannot be [byte] when using index type [bbq_disk]"),
    ],
)  # fmt: skip
def test_options_that_are_refused(raw: Any, definition: Any, reason: str) -> None:
    answer = raw("9.5.3").json("PUT /v", {"mappings": {"properties": {"f": {"type": "dense_vector", "dims": 8, **definition}}}})
    assert answer["error"]["reason"].endswith(reason)


def test_options_of_later_releases_are_not_built(raw: Any) -> None:
    options = {"type": "hnsw", "flat_index_threshold": 10}
    answer = raw("9.5.3")("PUT /v", {"mappings": {"properties": {"f": {"type": "dense_vector", "dims": 8, "index_options": options}}}})
    assert answer.status == 501


def test_half_floats_lose_their_lower_bits(raw: Any) -> None:
    ask = raw("9.5.3")
    field = {"type": "dense_vector", "dims": 3, "element_type": "bfloat16", "similarity": "l2_norm"}
    ask("PUT /v", {"mappings": {"properties": {"f": field}}})
    ask("PUT /v/_doc/1?refresh", {"f": [1.001, 2.3, -3.7]})
    assert ask.json("GET /v/_source/1?_source_exclude_vectors=false") == {"f": [1.0, 2.296875, -3.703125]}


@pytest.mark.parametrize("place", ["query", "knn"])
def test_how_many_vectors_are_looked_at(raw: Any, place: str) -> None:
    ask = raw("9.5.3")
    ask("PUT /v", {"mappings": {"properties": {"f": {"type": "dense_vector", "dims": 2}}}})
    ask("PUT /v/_doc/1?refresh", {"f": [1, 2]})
    knn = {"field": "f", "query_vector": [1, 2], "k": 1, "num_candidates": 1}
    for percentage, status in ((50, 200), (100.5, 400)):
        body = {"knn": {**knn, "visit_percentage": percentage}}
        answer = ask("GET /v/_search", {"query": body} if place == "query" else body)
        assert answer.status == status
    assert b"[visit_percentage] must be between 0.0 and 100.0" in answer.body
