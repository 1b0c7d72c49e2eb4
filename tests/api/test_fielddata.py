"""Field data that searches load is told by statistics. Evidence: answers of 7.10.2 to the same requests (sizes are estimates)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MAPPING = {
    "properties": {
        "k": {"type": "keyword"},
        "t": {"type": "text", "fielddata": True},
        "ip": {"type": "ip"},
        "n": {"type": "long"},
        "j": {"type": "join", "relations": {"q": ["a"]}},
    }
}
BELOW = {"aggs": {"b": {"max": {"field": "n"}}}}
LOADS: list[tuple[dict[str, Any], set[str]]] = [
    ({"aggs": {"a": {"terms": {"field": "k", "execution_hint": "map"}}}}, set()),
    ({"aggs": {"a": {"terms": {"field": "k", "execution_hint": "global_ordinals"}}}}, {"k"}),
    ({"aggs": {"a": {"terms": {"field": "k"}}}}, {"k"}),
    ({"aggs": {"a": {"terms": {"field": "t"}}}}, {"t"}),
    ({"aggs": {"a": {"terms": {"field": "ip"}}}}, {"ip"}),
    ({"aggs": {"a": {"terms": {"field": "n"}}}}, set()),
    ({"aggs": {"a": {"terms": {"field": "_id"}}}}, {"_id"}),
    ({"aggs": {"a": {"terms": {"field": "k", "script": "_value"}}}}, set()),
    ({"aggs": {"a": {"rare_terms": {"field": "k"}}}}, set()),
    ({"aggs": {"a": {"significant_terms": {"field": "k"}}}}, {"k"}),
    ({"aggs": {"a": {"significant_text": {"field": "t"}}}}, set()),
    ({"aggs": {"a": {"cardinality": {"field": "k"}}}}, set()),
    ({"aggs": {"a": {"value_count": {"field": "t"}}}}, {"t"}),
    ({"aggs": {"a": {"composite": {"sources": [{"s": {"terms": {"field": "k"}}}]}}}}, {"k"}),
    ({"aggs": {"a": {"diversified_sampler": {"field": "k"}, **BELOW}}}, {"k"}),
    ({"aggs": {"a": {"diversified_sampler": {"field": "k", "execution_hint": "map"}, **BELOW}}}, set()),
    ({"aggs": {"a": {"children": {"type": "a"}}}}, {"j#q"}),
    ({"query": {"has_child": {"type": "a", "query": {"match_all": {}}}}}, {"j#q"}),
    ({"sort": ["k"]}, set()),
    ({"sort": ["t"]}, {"t"}),
    ({"aggs": {"a": {"terms": {"script": "doc['t'].value"}}}}, {"t"}),
]


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[..., Any]:
    """A server of 7.10.2 with an index of three segments."""
    send = raw("7.10.2")

    def ask(line: str, body: Any = None) -> Any:
        return json.loads(send(line, None if body is None else json.dumps(body)).body)

    ask("PUT /books", {"settings": {"number_of_shards": 1}, "mappings": MAPPING})
    for number, word in enumerate(("abc", "abc", "bcd")):
        doc = {"k": word, "t": f"{word} x", "ip": f"10.0.0.{number}", "n": number, "j": "q"}
        ask(f"PUT /books/_doc/{number}?refresh", doc)
    return ask


def loaded(ask: Callable[..., Any]) -> set[str]:
    """The fields that take memory; what is told of all of them together agrees."""
    found = ask("GET /books/_stats/fielddata?fielddata_fields=*")["indices"]["books"]["primaries"]["fielddata"]
    sizes = {name: body["memory_size_in_bytes"] for name, body in found["fields"].items()}
    assert found["memory_size_in_bytes"] == sum(sizes.values())
    return {name for name, size in sizes.items() if size}


@pytest.mark.parametrize(("body", "expected"), LOADS)
def test_searches_load_field_data(body: dict[str, Any], expected: set[str], ask: Callable[..., Any]) -> None:
    ask("POST /books/_cache/clear?fielddata=true")
    assert loaded(ask) == set()
    ask("POST /books/_search?request_cache=false", body)
    assert loaded(ask) == expected


def test_ordinals_go_with_a_refresh_and_those_of_joins_come_back(ask: Callable[..., Any]) -> None:
    ask("POST /books/_search", {"size": 0, "aggs": {"a": {"terms": {"field": "k"}}, "b": {"terms": {"field": "t"}}}})
    assert loaded(ask) == {"k", "t", "j#q"}
    ask("PUT /books/_doc/9?refresh", {"k": "z"})
    assert loaded(ask) == {"t", "j#q"}


def test_fields_are_cleared_by_name(ask: Callable[..., Any]) -> None:
    ask("POST /books/_search", {"size": 0, "aggs": {"a": {"terms": {"field": "k"}}, "b": {"terms": {"field": "t"}}}})
    ask("POST /books/_cache/clear?fields=k&fielddata=true")
    assert loaded(ask) == {"t", "j#q"}
    ask("POST /books/_cache/clear?query=true")
    assert loaded(ask) == {"t", "j#q"}
    ask("POST /books/_cache/clear")
    assert loaded(ask) == set()


def test_every_event_makes_another_account() -> None:
    from esmock.state.caches import NOTHING

    before = NOTHING.answered("a", 10)
    after = before.answered("b", 10)
    assert (before.answer_bytes, after.answer_bytes) == (610, 1220)
    assert before.without_answers().answer_bytes == 0


def test_the_cat_table_shows_fields(ask: Callable[..., Any]) -> None:
    ask("POST /books/_search", {"size": 0, "aggs": {"b": {"terms": {"field": "t"}}}})
    rows = ask("GET /_cat/fielddata/t?format=json&bytes=b&h=node,field,size")
    assert [row["field"] for row in rows] == ["t"]
    assert int(rows[0]["size"]) > 0
