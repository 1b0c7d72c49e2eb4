"""The query ``geo_grid``: each cell that the aggregations name holds the documents that they count in it.

Evidence: the makers' class GeoGridQueryBuilder names what is refused, and how cells share their edges; no engine here has it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.unverified

Ask = Callable[..., Any]


@pytest.fixture
def ask(raw: Callable[[str], Ask]) -> Ask:
    ask = raw("8.19.21")
    ask("PUT /places", json.dumps({"mappings": {"properties": {"g": {"type": "geo_point"}, "k": {"type": "keyword"}}}}).encode())
    draw = random.Random(7)
    lines: list[dict[str, Any]] = []
    edges = [[0, 0], [180, 0], [-180, 0], [0, 85], [0, -85], [11.25, 45], [45, 22.5]]
    for place in [*edges, *([draw.uniform(-180, 180), draw.uniform(-85, 85)] for _ in range(60))]:
        lines += [{"index": {}}, {"g": place}]
    ask("POST /places/_bulk?refresh", "".join(json.dumps(one) + "\n" for one in lines).encode(), {"content-type": "application/x-ndjson"})
    return ask


def _answer(ask: Ask, body: dict[str, Any]) -> dict[str, Any]:
    return json.loads(ask("POST /places/_search", json.dumps(body).encode()).body)


@pytest.mark.parametrize(("aggregation", "grid"), [("geohash_grid", "geohash"), ("geotile_grid", "geotile")])
@pytest.mark.parametrize("precision", [1, 3, 5])
def test_a_cell_holds_what_the_aggregation_counts_in_it(ask: Ask, aggregation: str, grid: str, precision: int) -> None:
    found = _answer(ask, {"size": 0, "aggs": {"cells": {aggregation: {"field": "g", "precision": precision, "size": 10_000}}}})
    counted = {one["key"]: one["doc_count"] for one in found["aggregations"]["cells"]["buckets"]}
    assert len(counted) > 3
    lines = [line for key in counted for line in ({}, {"size": 0, "query": {"geo_grid": {"g": {grid: key}}}})]
    content = "".join(json.dumps(one) + "\n" for one in lines).encode()
    answers = json.loads(ask("POST /places/_msearch", content, {"content-type": "application/x-ndjson"}).body)["responses"]
    assert dict(zip(counted, (one["hits"]["total"]["value"] for one in answers), strict=True)) == counted


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ({"g": {"geohash": "a"}}, 400, "unsupported symbol [a] in geohash [a]"),
        ({"g": {"geotile": "1/2"}}, 400, 'Invalid geotile_grid hash string of 1/2. Must be three integers in a form "zoom/x/y".'),
        ({"g": {"geotile": "1/2/0"}}, 400, "Zoom/X/Y combination is not valid: 1/2/0"),
        ({"g": {"square": "1"}}, 400, "failed to parse [geo_grid] query. Invalid grid name [square]"),
        ({"g": {}}, 400, "failed to parse [geo_grid] query. grid name not provided"),
        ({"g": {"geohash": "u", "geotile": "0/0/0"}}, 400, "failed to parse [geo_grid] query. unexpected field [geotile]"),
        ({"g": {"geohash": "u"}, "foo": 1}, 400, "failed to parse [geo_grid] query. unexpected field [foo]"),
        ({"nope": {"geohash": "u"}}, 400, "failed to find geo field [nope]"),
        ({"k": {"geohash": "u"}}, 400, "Field [k] is of unsupported type [keyword] for [geo_grid] query"),
        ({"g": {"geohex": "811fbffffffffff"}}, 501, "esmock does not support query [geo_grid] by [geohex]"),
    ],
)
def test_refusals(ask: Ask, query: dict[str, Any], status: int, reason: str) -> None:
    got = ask("POST /places/_search", json.dumps({"query": {"geo_grid": query}}).encode())
    assert (got.status, json.loads(got.body)["error"]["root_cause"][0]["reason"]) == (status, reason)


def test_an_unmapped_field_may_be_ignored(ask: Ask) -> None:
    found = _answer(ask, {"query": {"geo_grid": {"nope": {"geohash": "u"}, "ignore_unmapped": True}}})
    assert found["hits"]["total"]["value"] == 0
