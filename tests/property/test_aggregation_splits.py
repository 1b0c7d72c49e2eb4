"""Any split of the documents into shards and segments, and any order of merging, gives the same exact aggregations.

Values are whole, so sums are exact; approximate kinds are only asked below the sizes from which on they are approximate.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.search.aggs.searching import Documents

MAPPING = {
    "properties": {
        "k": {"type": "keyword"},
        "n": {"type": "long"},
        "d": {"type": "double"},
        "b": {"type": "boolean"},
        "ip": {"type": "ip"},
        "date": {"type": "date"},
        "p": {"type": "geo_point"},
        "r": {"type": "integer_range"},
        "items": {"type": "nested", "properties": {"c": {"type": "keyword"}, "q": {"type": "integer"}}},
    }
}
WORDS = st.sampled_from(["a", "b", "c", "ä", "zz"])
DAY = 86_400_000
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "k": st.lists(WORDS, max_size=3),
        "n": st.lists(st.integers(-20, 20), max_size=3),
        "d": st.integers(-100, 100).map(lambda x: x / 4),
        "b": st.booleans(),
        "ip": st.integers(0, 40).map(lambda x: f"10.0.0.{x}"),
        "date": st.integers(0, 800).map(lambda x: 1_580_000_000_000 + x * DAY),
        "p": st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda x: {"lat": x[0] * 10, "lon": x[1] * 20}),
        "r": st.integers(0, 30).map(lambda x: {"gte": x, "lte": x + 7}),
        "items": st.lists(st.fixed_dictionaries({"c": WORDS, "q": st.integers(0, 9)}), max_size=3),
    },
)
METRICS = {
    "s": {"stats": {"field": "n"}},
    "vc": {"value_count": {"field": "k"}},
    "card": {"cardinality": {"field": "k"}},
    "es": {"extended_stats": {"field": "d"}},
    "least": {"min": {"field": "date"}},
    "most": {"max": {"field": "d"}},
    "mean": {"avg": {"field": "n"}},
    "w": {"weighted_avg": {"value": {"field": "d"}, "weight": {"field": "d", "missing": 2}}},
}
BUCKETS = [
    {"terms": {"field": "k", "size": 50, "order": {"_key": "asc"}}},
    {"terms": {"field": "n", "size": 100, "order": [{"s.avg": "desc"}, {"_key": "desc"}]}},
    {"terms": {"field": "b", "missing": True}},
    {"terms": {"field": "ip", "size": 100, "include": ["10.0.0.1", "10.0.0.2"]}},
    {"rare_terms": {"field": "k", "max_doc_count": 2}},
    {"histogram": {"field": "n", "interval": 4, "min_doc_count": 0}},
    {"histogram": {"field": "r", "interval": 5}},
    {"date_histogram": {"field": "date", "calendar_interval": "quarter"}},
    {"date_histogram": {"field": "date", "fixed_interval": "50d", "time_zone": "America/New_York"}},
    {"range": {"field": "d", "ranges": [{"to": -5}, {"from": -5, "to": 5}, {"from": 0}]}},
    {"date_range": {"field": "date", "ranges": [{"to": "2020-06-01"}, {"from": "2020-03-01", "to": "2021-01-01"}, {"from": "2021-06-01||/M"}]}},
    {"terms": {"field": "k", "size": 50, "execution_hint": "map", "order": {"_key": "desc"}}},
    {"ip_range": {"field": "ip", "ranges": [{"mask": "10.0.0.0/28"}, {"from": "10.0.0.9"}]}},
    {"filters": {"filters": {"x": {"term": {"k": "a"}}, "y": {"range": {"n": {"gte": 0}}}}, "other_bucket": True}},
    {"adjacency_matrix": {"filters": {"x": {"term": {"k": "a"}}, "y": {"term": {"k": "b"}}}}},
    {"missing": {"field": "k"}},
    {"geohash_grid": {"field": "p", "precision": 2}},
    {"geotile_grid": {"field": "p", "precision": 3}},
    {"geo_distance": {"field": "p", "origin": "0,0", "unit": "km", "ranges": [{"to": 4000}, {"from": 4000}]}},
    {
        "composite": {
            "size": 90,
            "sources": [{"k": {"terms": {"field": "k", "missing_bucket": True}}}, {"n": {"histogram": {"field": "n", "interval": 5}}}],
        }
    },
    {"nested": {"path": "items"}},
]
LATER = [
    {"multi_terms": {"terms": [{"field": "k"}, {"field": "n"}], "size": 100, "order": {"_key": "asc"}}},
    {"ip_prefix": {"field": "ip", "prefix_length": 30}},
    {
        "composite": {
            "size": 90,
            "sources": [
                {"k": {"terms": {"field": "k", "missing_bucket": True, "missing_order": "last"}}},
                {"n": {"terms": {"field": "n", "missing_bucket": True, "missing_order": "first", "order": "desc"}}},
            ],
        }
    },
    {"composite": {"size": 90, "sources": [{"t": {"geotile_grid": {"field": "p", "precision": 2}}}]}},
]
"""What 7.10 does not know."""
INNER = {"c": {"terms": {"field": "items.c", "size": 50, "order": {"_key": "asc"}}, "aggs": {"q": {"sum": {"field": "items.q"}}}}}
APPROXIMATE_ORDER = ("geohash_grid", "geotile_grid")


def body(kind: dict[str, Any]) -> dict[str, Any]:
    """The kind with metrics below, and a pipeline over them."""
    if "nested" in kind:
        return {"x": {**kind, "aggs": INNER}}
    below: dict[str, Any] = dict(METRICS)
    if "histogram" in next(iter(kind)) and next(iter(kind.values())).get("min_doc_count", 0) == 0:
        below["cum"] = {"cumulative_sum": {"buckets_path": "s.sum"}}
    return {"x": {**kind, "aggs": below}}


def settled(kind: dict[str, Any], answer: Any, version: str) -> str:
    """As text; cells of grids with as many documents stand in no order, nor in 8.x the names of one level, whose table grows with
    the number of shards."""
    if next(iter(kind)) in APPROXIMATE_ORDER:
        answer["x"]["buckets"].sort(key=lambda one: one["key"])
    return json.dumps(answer, sort_keys=version != "7.10.2")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.lists(DOCUMENT, max_size=20),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=20, max_size=20),
    st.one_of(st.tuples(st.sampled_from(BUCKETS), st.sampled_from(["7.10.2", "8.19.21"])), st.tuples(st.sampled_from(LATER), st.just("8.19.21"))),
)
def test_splits_answer_alike(docs: list[Any], places: list[tuple[int, int]], case: tuple[dict[str, Any], str]) -> None:
    kind, version = case
    shards: list[list[list[Any]]] = [[[] for _ in range(3)] for _ in range(4)]
    for doc, (shard, segment) in zip(docs, places, strict=False):
        shards[shard][segment].append(doc)
    whole = Documents(version, MAPPING, [[docs]]).aggregate(body(kind))
    parts = Documents(version, MAPPING, shards).aggregate(body(kind))
    assert "failure" not in whole
    assert "error" not in whole
    assert settled(kind, parts, version) == settled(kind, whole, version)
