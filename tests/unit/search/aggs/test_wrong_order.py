"""Orders that lead nowhere: refused by shards, or by the reduction where 8.x counts terms by filters. Texts are answers of 8.19.21."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

BY_NOTHING = {"field": "k", "order": {"zz": "asc"}}


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    send = raw("8.19.21")
    assert send("PUT /s", {"mappings": {"properties": {"k": {"type": "keyword"}, "n": {"type": "long"}}}}).status == 200
    for number in range(4):
        assert send(f"PUT /s/_doc/{number}?refresh", {"k": "ab"[number % 2], "n": number}).status == 201

    def search(terms: Any, below: Any = None, **more: Any) -> dict[str, Any]:
        body = {"size": 0, "aggs": {"a": {"terms": terms, **({"aggs": below} if below else {})}}, **more}
        return json.loads(send("POST /s/_search", body).body)  # type: ignore[no-any-return]

    return search


@pytest.mark.parametrize(
    ("terms", "below", "reason"),
    [
        (BY_NOTHING, None, "[zz]. Cannot find aggregation named [zz]"),
        ({**BY_NOTHING, "size": 1}, None, "[zz]. Cannot find aggregation named [zz]"),
        ({**BY_NOTHING, "exclude": ["c"]}, None, "[zz]. Cannot find aggregation named [zz]"),
        ({"field": "k", "order": {"s.x": "asc"}}, {"s": {"sum": {"field": "n"}}},
         "[s.x]. Unknown value key [x] for single-value metric aggregation [s]. Either use [value] as key or drop the key all together"),
        (BY_NOTHING, {"zz": {"terms": {"field": "k"}}}, "[zz]. Can't sort a [sterms] aggregation [zz]"),
        ({"field": "k", "order": {"s": "asc"}}, {"s": {"stats": {"field": "n"}}},
         "[s]. Missing value key in [null] which refers to a multi-value metric aggregation"),
        ({"field": "k", "order": {"f>x": "asc"}}, {"f": {"filter": {"match_all": {}}}}, "[f>x]. Cannot find aggregation named [x]"),
        ({"field": "k", "order": {"s>x": "asc"}}, {"s": {"sum": {"field": "n"}}},
         "[s>x]. Metrics aggregations cannot have sub-aggregations (at [>x]"),
    ],
)  # fmt: skip
def test_the_reduction_refuses_what_filters_counted(ask: Any, terms: Any, below: Any, reason: str) -> None:
    error = ask(terms, below)["error"]
    assert (error["root_cause"], error["phase"], error["failed_shards"]) == ([], "fetch", [])
    assert error["caused_by"]["reason"] == f"Invalid aggregation order path {reason}"
    assert reason.endswith(error["caused_by"]["caused_by"]["reason"])


def test_one_bucket_is_in_any_order(ask: Any) -> None:
    found = ask({**BY_NOTHING, "include": ["a"]})
    assert [one["key"] for one in found["aggregations"]["a"]["buckets"]] == ["a"]


@pytest.mark.parametrize(
    ("terms", "more"),
    [
        ({**BY_NOTHING, "execution_hint": "map"}, {}),
        ({**BY_NOTHING, "missing": "x"}, {}),
        ({"field": "n", "order": {"zz": "asc"}}, {}),
        (BY_NOTHING, {"query": {"term": {"k": "a"}}}),
    ],
)
def test_shards_refuse_where_they_do_not_count_by_filters(ask: Any, terms: Any, more: Any) -> None:
    error = ask(terms, **more)["error"]
    assert error["failed_shards"][0]["reason"]["type"] == "invalid_path"
