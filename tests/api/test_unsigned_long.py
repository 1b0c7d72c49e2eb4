"""unsigned_long: what the makers' tests of the type ask (unsigned_long/10_basic, 20_null_value, 40_different_numeric)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

NUMBERS = (0, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1)
Ask = Callable[..., Any]


@pytest.fixture(params=["7.10.2", "8.19.21"])
def ask(request: pytest.FixtureRequest, raw: Callable[..., Any]) -> Ask:
    server = raw(request.param)

    def send(line: str, body: Any = None) -> Any:
        return json.loads(server(line, body if body is None or isinstance(body, str) else json.dumps(body)).body)

    fields = {"ul": {"type": "unsigned_long", "store": True}, "filled": {"type": "unsigned_long", "null_value": 17}}
    send("PUT /test1", {"mappings": {"properties": fields}})
    lines = [f'{{"index":{{"_id":"{at}"}}}}\n{{"ul":{number},"filled":null}}\n' for at, number in enumerate(NUMBERS, 1)]
    assert send("POST /test1/_bulk?refresh", "".join(lines))["errors"] is False
    return send


def search(ask: Ask, **body: Any) -> Any:
    return ask("GET /test1/_search", body)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ({"exists": {"field": "ul"}}, "12345"),
        ({"term": {"ul": 0}}, "1"),
        ({"term": {"ul": 2**64 - 1}}, "5"),
        ({"term": {"ul": 2**64}}, ""),
        ({"terms": {"ul": [0, 2**63, 2**64 - 1]}}, "135"),
        ({"range": {"ul": {"gte": 0}}}, "12345"),
        ({"range": {"ul": {"gte": 0.5}}}, "2345"),
        ({"range": {"ul": {"lte": 2**64 - 1}}}, "12345"),
        ({"range": {"ul": {"lte": "18446744073709551614.5"}}}, "1234"),
        ({"range": {"ul": {"gt": 2**63 - 1, "lt": 2**64 - 2}}}, "3"),
        ({"range": {"ul": {"lt": 0}}}, ""),
        ({"term": {"filled": 17}}, "12345"),
    ],
)
def test_queries(ask: Ask, query: dict[str, Any], hits: str) -> None:
    found = search(ask, query=query)["hits"]["hits"]
    assert sorted(hit["_id"] for hit in found) == list(hits)


def test_sort_prints_the_numbers_and_goes_on_after_one(ask: Ask) -> None:
    found = search(ask, sort=[{"ul": "desc"}])["hits"]["hits"]
    assert [hit["sort"] for hit in found] == [[number] for number in reversed(NUMBERS)]
    after = search(ask, sort=[{"ul": "asc"}], search_after=[2**63])["hits"]["hits"]
    assert [hit["_id"] for hit in after] == ["4", "5"]


def test_aggregations(ask: Ask) -> None:
    ranges = [{"to": 2**63 - 1}, {"from": 2**63 - 1, "to": 2**64 - 2}, {"from": 2**64 - 2}]
    found = search(
        ask,
        size=0,
        aggs={
            "terms": {"terms": {"field": "ul"}},
            "histogram": {"histogram": {"field": "ul", "interval": 2**63 - 1}},
            "range": {"range": {"field": "ul", "ranges": ranges}},
        },
    )["aggregations"]
    assert [bucket["key"] for bucket in found["terms"]["buckets"]] == list(NUMBERS)
    counts = [(bucket["key"], bucket["doc_count"]) for bucket in found["histogram"]["buckets"]]
    assert counts == [(0.0, 1), (9.223372036854776e18, 2), (1.8446744073709552e19, 2)]
    assert [bucket["doc_count"] for bucket in found["range"]["buckets"]] == [1, 2, 2]


@pytest.mark.parametrize(("option", "shown"), [("fields", int), ("docvalue_fields", int), ("stored_fields", str)])
def test_retrieval(ask: Ask, option: str, shown: type) -> None:
    found = search(ask, sort=["ul"], _source=False, **{option: ["ul"]})["hits"]["hits"]
    assert [hit["fields"]["ul"] for hit in found] == [[shown(number)] for number in NUMBERS]


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (-1, "Value [-1] is out of range for unsigned long."),
        (2**64, "Value [18446744073709551616] is out of range for unsigned long"),
        (1.5, 'Value "1.5" has a decimal part'),
        ("foo", 'For input string: "foo"'),
    ],
)
@pytest.mark.unverified
def test_values_that_are_none(ask: Ask, value: Any, cause: str) -> None:
    assert ask("PUT /test1/_doc/x", {"ul": value})["error"]["caused_by"]["reason"] == cause
