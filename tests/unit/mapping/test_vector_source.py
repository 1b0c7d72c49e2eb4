"""Vectors beside ``_source`` (9.2). Source: the makers' tests search.vectors/230 and /240: inputs and what they look for, as facts.

Where vectors stand in a source that shows them, and how whole numbers are written, follows from the published classes alone (`unverified`).
"""

from __future__ import annotations

from typing import Any

import pytest

VECTOR = {"type": "dense_vector", "dims": 3, "similarity": "l2_norm"}
MAPPING = {
    "name": {"type": "keyword"},
    "vector": VECTOR,
    "weights": {"type": "sparse_vector"},
    "nested": {"type": "nested", "properties": {"paragraph_id": {"type": "keyword"}, "vector": VECTOR}},
}
DOCS: dict[str, Any] = {
    "1": {"name": "cow.jpg", "vector": [1, 2, 3]},
    "2": {"vector": [10, 11, 12], "weights": {"run": 22, "good": 17.5}, "name": "rabbit.jpg"},
    "3": {
        "name": "zoolander.jpg",
        "nested": [{"paragraph_id": 0, "vector": [13, 14, 15]}, {"paragraph_id": 1}, {"vector": [16, 17, 18], "paragraph_id": 2}],
    },
}


@pytest.fixture
def ask(raw: Any) -> Any:
    ask = raw("9.5.3")
    ask("PUT /v", {"mappings": {"properties": MAPPING}})
    for doc_id, doc in DOCS.items():
        assert ask(f"PUT /v/_doc/{doc_id}?refresh", doc).status == 201
    return ask


def _sources(ask: Any, body: Any, url: str = "") -> Any:
    hits = ask.json(f"GET /v/_search{url}", {"sort": ["name"], **body})["hits"]["hits"]
    return [hit["_source"] for hit in hits]


WITHOUT = [
    {"name": "cow.jpg"},
    {"name": "rabbit.jpg"},
    {"name": "zoolander.jpg", "nested": [{"paragraph_id": 0}, {"paragraph_id": 1}, {"paragraph_id": 2}]},
]


@pytest.mark.parametrize("body", [{}, {"_source": True}, {"_source": {"exclude_vectors": True}}, {"_source": {"exclude_vectors": "true"}}])
def test_answers_leave_vectors_out(ask: Any, body: Any) -> None:
    assert _sources(ask, body) == WITHOUT


@pytest.mark.parametrize(("url", "body"), [("", {"_source": {"exclude_vectors": False}}), ("?_source_exclude_vectors=false", {})])
def test_vectors_are_shown_where_they_are_asked_for(ask: Any, url: str, body: Any) -> None:
    cow, rabbit, zoolander = _sources(ask, body, url)
    assert cow["vector"] == [1, 2, 3]
    assert rabbit["weights"] == {"run": 22, "good": 17.5}
    assert [one.get("vector") for one in zoolander["nested"]] == [[13, 14, 15], None, [16, 17, 18]]


def test_an_include_outweighs_the_default(ask: Any) -> None:
    found = _sources(ask, {"_source": {"includes": "nested.vector"}})
    assert found == [{}, {}, {"nested": [{"vector": [13, 14, 15]}, {"vector": [16, 17, 18]}]}]


def test_fields_show_what_the_source_does_not(ask: Any) -> None:
    answer = ask.json("GET /v/_search", {"sort": ["name"], "_source": {"exclude_vectors": True}, "fields": ["vector", "weights", "nested.*"]})
    cow, rabbit, zoolander = answer["hits"]["hits"]
    assert [cow["_source"], rabbit["_source"], zoolander["_source"]] == WITHOUT
    assert cow["fields"] == {"vector": [1.0, 2.0, 3.0]}
    assert rabbit["fields"]["weights"] == [{"good": 17.5, "run": 22.0}]
    assert [sorted(one) for one in zoolander["fields"]["nested"]] == [["paragraph_id", "vector"], ["paragraph_id"], ["paragraph_id", "vector"]]


def test_partial_updates_keep_vectors(ask: Any) -> None:
    answer = ask.json("POST /v/_update/3", {"_source": True, "doc": {"name": "zoolander3.jpg", "vector": [6, 8, 9]}})
    shown = answer["get"]["_source"]
    assert shown["vector"] == [6, 8, 9]
    assert [one.get("vector") for one in shown["nested"]] == [[13, 14, 15], None, [16, 17, 18]]
    read = ask.json("GET /v/_doc/3?_source_exclude_vectors=false")["_source"]
    assert read == shown
    assert ask.json("GET /v/_doc/3")["_source"] == {**WITHOUT[2], "name": "zoolander3.jpg"}


@pytest.mark.unverified
def test_vectors_that_are_put_back_are_floats_at_the_end(ask: Any) -> None:
    answer = ask("GET /v/_source/2?_source_exclude_vectors=false")
    assert answer.body == b'{"name":"rabbit.jpg","vector":[10.0,11.0,12.0],"weights":{"good":17.5,"run":22.0}}'


@pytest.mark.unverified
def test_reindexing_takes_vectors_along(ask: Any) -> None:
    ask("PUT /w", {"settings": {"index.mapping.exclude_source_vectors": False}, "mappings": {"properties": MAPPING}})
    ask("POST /_reindex?refresh", {"source": {"index": "v"}, "dest": {"index": "w"}})
    assert ask.json("GET /w/_doc/1")["_source"] == {"name": "cow.jpg", "vector": [1.0, 2.0, 3.0]}


@pytest.mark.unverified
def test_the_setting_stands_from_the_creation_of_an_index(ask: Any) -> None:
    answer = ask("PUT /v/_settings", {"index.mapping.exclude_source_vectors": False})
    assert answer.status == 400


def test_eight_does_not_know_the_parameter(raw: Any) -> None:
    """Asked of 8.19.21; of bodies it knows the option (recorded: ``sources_8``)."""
    ask = raw("8.19.21")
    ask("PUT /v", {"mappings": {"properties": MAPPING}})
    told = ask.json("GET /v/_search?_source_exclude_vectors=true")["error"]["reason"]
    assert told.startswith("request [/v/_search] contains unrecognized parameter: [_source_exclude_vectors]")
