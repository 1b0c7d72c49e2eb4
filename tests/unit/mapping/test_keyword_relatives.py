"""wildcard, constant_keyword and version. Source: documentation pages; no engine with these modules was at hand."""

from __future__ import annotations

from typing import Any

import pytest

VERSIONS = ["1.10.0", "1.2.0", "1.2.0-beta.2", "1.2.0-beta.11", "1.2.0-alpha", "2.0", "bad version"]
MAPPING = {
    "w": {"type": "wildcard", "ignore_above": 12}, "c": {"type": "constant_keyword"}, "v": {"type": "version"},
}


@pytest.fixture
def ask(raw: Any) -> Any:
    ask = raw("7.17.29")
    ask.json("PUT /i", {"mappings": {"properties": MAPPING}})
    for at, version in enumerate(VERSIONS):
        body = {"v": version, "w": f"line {at} of x", **({"c": "same"} if at == 2 else {})}
        ask.json(f"PUT /i/_doc/{at}?refresh", body)
    return ask


def _ids(ask: Any, query: Any) -> list[str]:
    found = ask.json("GET /i/_search", {"query": query, "sort": ["_doc"], "_source": False})
    return [hit["_id"] for hit in found["hits"]["hits"]]


def test_versions_sort_by_their_order(ask: Any) -> None:
    hits = ask.json("GET /i/_search", {"sort": ["v"], "_source": False})["hits"]["hits"]
    assert [hit["sort"][0] for hit in hits] == [
        "1.2.0-alpha", "1.2.0-beta.2", "1.2.0-beta.11", "1.2.0", "1.10.0", "2.0", "bad version",
    ]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"range": {"v": {"gte": "1.2.0", "lt": "2.0"}}}, ["0", "1"]),
        ({"range": {"v": {"lt": "1.2.0"}}}, ["2", "3", "4"]),
        ({"term": {"v": "1.10.0"}}, ["0"]),
        ({"prefix": {"v": "1.2"}}, ["1", "2", "3", "4"]),
        ({"wildcard": {"v": "*beta*"}}, ["2", "3"]),
        ({"regexp": {"v": "1\\.[0-9]+\\.0"}}, ["0", "1"]),
        ({"wildcard": {"w": "*3*"}}, ["3"]),
        ({"term": {"w": "line 4 of x"}}, ["4"]),
        ({"terms": {"w": ["line 4 of x", "line 1 of x"]}}, ["1", "4"]),
        ({"regexp": {"w": "line [12] .*"}}, ["1", "2"]),
        ({"range": {"w": {"gte": "line 5"}}}, ["5", "6"]),
        ({"exists": {"field": "w"}}, [str(at) for at in range(7)]),
    ],
)
def test_queries_find(ask: Any, query: Any, ids: list[str]) -> None:
    assert _ids(ask, query) == ids


def test_wildcard_terms_score_one(ask: Any) -> None:
    found = ask.json("GET /i/_search", {"query": {"term": {"w": "line 4 of x"}}})
    assert found["hits"]["max_score"] == 1.0


def test_terms_of_versions_print_as_given(ask: Any) -> None:
    found = ask.json("GET /i/_search", {"size": 0, "aggs": {"v": {"terms": {"field": "v", "order": {"_key": "asc"}, "size": 2}}}})
    assert [one["key"] for one in found["aggregations"]["v"]["buckets"]] == ["1.2.0-alpha", "1.2.0-beta.2"]


def test_a_constant_is_taken_from_the_first_document_that_has_one(ask: Any) -> None:
    assert ask.json("GET /i/_mapping")["i"]["mappings"]["properties"]["c"] == {"type": "constant_keyword", "value": "same"}
    assert ask("PUT /i/_doc/x", {"c": "other"}).status == 400
    assert ask.json("PUT /i/_doc/x?refresh", {"v": "9"})["result"] == "created"
    # Shortfall: documents of segments that are older than the value do not have it.
    assert ask.json("GET /i/_count", {"query": {"term": {"c": "same"}}})["count"] == 6
    assert ask.json("GET /i/_count", {"query": {"term": {"c": "other"}}})["count"] == 0
    assert ask.json("GET /i/_search", {"query": {"term": {"c": "same"}}})["hits"]["max_score"] == 1.0


def test_a_declared_constant_cannot_change(ask: Any) -> None:
    change = {"properties": {"c": {"type": "constant_keyword", "value": "new"}}}
    assert ask("PUT /i/_mapping", change).status == 400
    assert ask.json("PUT /i/_mapping", {"properties": {"c": {"type": "constant_keyword"}}}) == {"acknowledged": True}
    assert ask.json("GET /i/_mapping")["i"]["mappings"]["properties"]["c"]["value"] == "same"
