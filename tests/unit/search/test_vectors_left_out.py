"""Sources without their vectors, by default from 9.2. Evidence: YAML tests of 9.x; 8.19.21 is recorded (``sources_8``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

JSON = {"content-type": "application/json"}
MAPPING = {
    "k": {"type": "keyword"},
    "v": {"type": "dense_vector", "dims": 2},
    "bytes": {"type": "dense_vector", "dims": 2, "element_type": "byte"},
    "n": {"type": "nested", "properties": {"v": {"type": "dense_vector", "dims": 2}, "x": {"type": "long"}}},
}
DOC = {"k": "a", "v": [1, 2], "bytes": [3, 4], "n": [{"v": [5, 6], "x": 1}, {"x": 2}]}
SHOWN = {"k": "a", "n": [{"x": 1, "v": [5.0, 6.0]}, {"x": 2}], "v": [1.0, 2.0], "bytes": [3, 4]}
HIDDEN = {"k": "a", "n": [{"x": 1}, {"x": 2}]}


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[..., Any]:
    call = raw("9.5.3")

    def send(line: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        return json.loads(call(line, data, JSON if data else {}).body)

    send("PUT /vec", {"mappings": {"properties": MAPPING}})
    send("PUT /vec/_doc/1?refresh", DOC)
    return send


def test_vectors_are_left_out_unless_they_are_asked_for(ask: Callable[..., Any]) -> None:
    def source(body: Any) -> Any:
        return ask("POST /vec/_search", body)["hits"]["hits"][0]["_source"]

    assert source({}) == HIDDEN
    assert json.dumps(source({"_source": {"exclude_vectors": False}})) == json.dumps(SHOWN)
    assert source({"_source": ["n.v"]}) == {"n": [{"v": [5.0, 6.0]}]}


def test_reads_by_id_leave_them_out_too(ask: Callable[..., Any]) -> None:
    assert ask("GET /vec/_doc/1")["_source"] == HIDDEN
    assert ask("GET /vec/_source/1") == HIDDEN
    assert ask("POST /vec/_mget", {"ids": ["1"]})["docs"][0]["_source"] == HIDDEN
    assert json.dumps(ask("GET /vec/_doc/1?_source_exclude_vectors=false")["_source"]) == json.dumps(SHOWN)


def test_fields_show_vectors_as_they_were_indexed(ask: Callable[..., Any]) -> None:
    hit = ask("POST /vec/_search", {"fields": ["v", "bytes"]})["hits"]["hits"][0]
    assert json.dumps(hit["fields"], sort_keys=True) == '{"bytes": [3, 4], "v": [1.0, 2.0]}'


def test_an_update_keeps_the_vectors_of_the_document(ask: Callable[..., Any]) -> None:
    ask("POST /vec/_update/1?refresh", {"doc": {"k": "b", "v": [7, 8]}})
    found = ask("GET /vec/_doc/1?_source_exclude_vectors=false")["_source"]
    assert found == {**SHOWN, "k": "b", "v": [7.0, 8.0]}


def test_the_index_may_have_it_otherwise(ask: Callable[..., Any]) -> None:
    ask("PUT /open", {"settings": {"index.mapping.exclude_source_vectors": False}, "mappings": {"properties": MAPPING}})
    ask("PUT /open/_doc/1?refresh", DOC)
    assert ask("GET /open/_doc/1")["_source"] == DOC
    assert ask("POST /open/_search")["hits"]["hits"][0]["_source"] == DOC


def test_indexed_vectors_are_counted(ask: Callable[..., Any]) -> None:
    assert ask("GET /vec/_stats/dense_vector")["_all"]["primaries"] == {"dense_vector": {"value_count": 3}}
    assert ask("GET /_cluster/stats")["indices"]["dense_vector"] == {"value_count": 3}
