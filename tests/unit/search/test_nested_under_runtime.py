"""Nested objects of segments that runtime fields lie over: what one search builds of them serves the next, with runtime fields or without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_RUNTIME = {"runtime_mappings": {"twice": {"type": "long", "script": "emit(2 * doc['n'].value)"}}}
_MAPPINGS = {
    "properties": {
        "n": {"type": "long"},
        "a": {"type": "nested", "properties": {"v": {"type": "long"}, "b": {"type": "nested", "properties": {"w": {"type": "long"}}}}},
    }
}
_DOCUMENTS: list[dict[str, Any]] = [
    {"n": 1, "a": [{"v": 30, "b": [{"w": 8}]}, {"v": 35}]},
    {"n": 2, "a": [{"v": 10, "b": [{"w": 9}, {"w": 5}]}]},
    {"n": 3, "a": [{"v": 20, "b": [{"w": 7}]}]},
]


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Any:
    """An index of two segments with one shard."""
    es = raw("8.19.21")
    es.json("PUT /i", {"settings": {"number_of_shards": 1}, "mappings": _MAPPINGS})
    for at, document in enumerate(_DOCUMENTS):
        es.json(f"PUT /i/_doc/{at}{'?refresh=true' if at else ''}", document)
    return es


@pytest.fixture(params=[(False, True, False), (True, False, True), (True, True)], ids=str)
def bodies(request: Any) -> list[dict[str, Any]]:
    """What searches of one index have in common, one after the other: runtime fields or none."""
    return [_RUNTIME if has_runtime else {} for has_runtime in request.param]


@pytest.mark.parametrize(
    ("field", "path", "wanted"),
    [("a.v", {"path": "a"}, [10, 20, 30]), ("a.b.w", {"path": "a", "nested": {"path": "a.b"}}, [5, 7, 8])],
)
def test_sorts_by_nested_values(ask: Any, bodies: list[Any], field: str, path: Any, wanted: list[int]) -> None:
    for body in bodies:
        found = ask.json("POST /i/_search", {**body, "sort": [{field: {"order": "asc", "nested": path}}]})
        assert [one["sort"] for one in found["hits"]["hits"]] == [[value] for value in wanted]


def test_scripts_sort_by_nested_objects(ask: Any, bodies: list[Any]) -> None:
    sort = {"_script": {"type": "number", "script": "doc['a.b.w'].value", "nested": {"path": "a.b"}}}
    for body in bodies:
        found = ask.json("POST /i/_search", {**body, "sort": [sort]})
        assert [one["sort"] for one in found["hits"]["hits"]] == [[5.0], [7.0], [8.0]]


def test_inner_hits_are_numbered_and_sorted(ask: Any, bodies: list[Any]) -> None:
    sort = [{"a.b.w": {"order": "asc", "nested": {"path": "a.b"}}}, "_doc"]
    query = {"nested": {"path": "a", "query": {"match_all": {}}, "inner_hits": {"sort": sort}}}
    for body in bodies:
        found = ask.json("POST /i/_search", {**body, "query": query, "sort": ["n"]})
        inner = [one["inner_hits"]["a"]["hits"]["hits"] for one in found["hits"]["hits"]]
        # objects inside stand before the one around them, and all of them before their document
        assert [[hit["sort"] for hit in hits] for hits in inner] == [
            [[8, 1], [9223372036854775807, 2]],
            [[5, 6]],
            [[7, 9]],
        ]


def test_aggregations_descend_and_come_back(ask: Any, bodies: list[Any]) -> None:
    back = {"reverse_nested": {}, "aggs": {"sum": {"sum": {"field": "n"}}}}
    low = {"filter": {"range": {"a.b.w": {"lt": 8}}}, "aggs": {"back": back}}
    for body in bodies:
        found = ask.json("POST /i/_search", {**body, "size": 0, "aggs": {"in": {"nested": {"path": "a.b"}, "aggs": {"low": low}}}})
        assert found["aggregations"]["in"] == {
            "doc_count": 4,
            "low": {"doc_count": 2, "back": {"doc_count": 2, "sum": {"value": 5.0}}},
        }


def test_runtime_fields_beside_nested_ones(ask: Any, bodies: list[Any]) -> None:
    query = {"nested": {"path": "a.b", "query": {"range": {"a.b.w": {"lt": 8}}}}}
    for body in bodies:
        fields = ["twice"] if body else []
        found = ask.json("POST /i/_search", {**body, "query": query, "sort": ["n"], "fields": fields})
        wanted: list[Any] = [{"twice": [4]}, {"twice": [6]}] if body else [None, None]
        assert [one.get("fields") for one in found["hits"]["hits"]] == wanted
