"""What stays with a whole segment answers as what is collected for one search."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.search_engine import Engine

MAPPING = {
    "properties": {
        "k": {"type": "keyword"}, "c": {"type": "keyword"}, "n": {"type": "integer"}, "p": {"type": "double"},
        "f": {"type": "float"}, "d": {"type": "date"}, "here": {"type": "boolean"},
    }
}  # fmt: skip
STATS = {"s": {"extended_stats": {"field": "p"}}, "m": {"avg": {"field": "f"}}, "n": {"max": {"field": "n"}}}
AGGREGATIONS: dict[str, Any] = {
    "metrics": STATS,
    "terms": {"a": {"terms": {"field": "k", "size": 4}, "aggs": STATS}},
    "terms by sum": {"a": {"terms": {"field": "k", "size": 3, "order": {"s": "desc"}}, "aggs": {"s": {"sum": {"field": "p"}}}}},
    "terms of numbers": {"a": {"terms": {"field": "n", "size": 5}, "aggs": {"b": {"terms": {"field": "c"}, "aggs": STATS}}}},
    "rare": {"a": {"rare_terms": {"field": "k", "max_doc_count": 3}}},
    "missing": {"a": {"terms": {"field": "c", "missing": "none"}, "aggs": {"s": {"sum": {"field": "n", "missing": 7}}}}},
    "days": {"a": {"date_histogram": {"field": "d", "calendar_interval": "day"}, "aggs": STATS}},
    "weeks": {"a": {"date_histogram": {"field": "d", "fixed_interval": "7d", "offset": "5h"}, "aggs": STATS}},
    "automatic": {"a": {"auto_date_histogram": {"field": "d", "buckets": 3}, "aggs": {"b": {"terms": {"field": "k", "size": 2}}}}},
    "histogram": {"a": {"histogram": {"field": "p", "interval": 50}, "aggs": {"c": {"cardinality": {"field": "k"}}}}},
    "samples": {"a": {"percentiles": {"field": "p"}}, "b": {"median_absolute_deviation": {"field": "p"}}, "c": {"cardinality": {"field": "n"}}},
    "recorded": {"a": {"percentiles": {"field": "p", "hdr": {"number_of_significant_value_digits": 2}}}},
    "page": {
        "a": {
            "composite": {
                "size": 7, "sources": [{"k": {"terms": {"field": "k"}}}, {"n": {"histogram": {"field": "n", "interval": 5}}}],
                "after": {"k": "k2", "n": 5},
            },
            "aggs": STATS,
        }
    },
}  # fmt: skip


def documents(seed: int) -> list[tuple[str, Any]]:
    chosen = random.Random(seed)
    out = []
    for number in range(150):
        source: dict[str, Any] = {
            "k": chosen.sample([f"k{one}" for one in range(9)], chosen.choice([0, 1, 1, 1, 3])),
            "n": chosen.randrange(20), "p": round(chosen.random() * 300, 2), "f": round(chosen.random() * 10, 1),
            "d": f"2020-01-{chosen.randrange(1, 29):02d}T{chosen.randrange(24):02d}:00:00Z", "here": True,
        }  # fmt: skip
        if chosen.random() < 0.8:
            source["c"] = chosen.choice("xyz")
        out.append((str(number), source))
    return out


@pytest.mark.parametrize("name", AGGREGATIONS)
@pytest.mark.parametrize("n_segments", [1, 3])
def test_the_same_over_a_whole_segment_and_a_part_of_one(name: str, n_segments: int) -> None:
    docs = documents(n_segments)
    others = [(f"other{at}", {**docs[at][1], "here": False, "p": 1e9, "n": 99, "k": ["z"]}) for at in range(n_segments)]
    whole = Engine("7.10.2", MAPPING, docs, n_segments=n_segments)
    part = Engine("7.10.2", MAPPING, docs + others)
    body = {"size": 0, "aggs": AGGREGATIONS[name]}
    wanted = part.search({**body, "query": {"term": {"here": True}}})["aggregations"]
    first = whole.search(body)["aggregations"]
    assert first == whole.search(body)["aggregations"]
    assert first == wanted


@pytest.mark.parametrize("name", AGGREGATIONS)
@pytest.mark.parametrize("n_segments", [1, 3])
@pytest.mark.parametrize("share", [0.9, 0.4])
def test_a_part_of_a_segment_answers_as_a_segment_of_that_part(name: str, n_segments: int, share: float) -> None:
    chosen = random.Random(name)
    docs = [(key, {**source, "here": chosen.random() < share}) for key, source in documents(n_segments)]
    whole = Engine("7.17.29", MAPPING, docs, n_segments=n_segments)
    alone = Engine("7.17.29", MAPPING, [one for one in docs if one[1]["here"]])
    query = {"query": {"term": {"here": True}}}
    body = {"size": 0, "aggs": {"above": {"terms": {"field": "c"}, "aggs": AGGREGATIONS[name]}, **AGGREGATIONS[name]}}
    if name in ("page", "automatic"):
        body["aggs"].pop("above")
    wanted = alone.search({**body, **query})["aggregations"]
    assert whole.search({**body, **query})["aggregations"] == wanted
    whole.search(body)
    assert whole.search({**body, **query})["aggregations"] == wanted


def test_filters_between_do_not_take_what_was_kept() -> None:
    engine = Engine("7.10.2", MAPPING, documents(4))
    terms = AGGREGATIONS["terms"]
    body = {"size": 0, "aggs": {"f": {"filter": {"range": {"n": {"gte": 10}}}, "aggs": terms}, **terms}}
    alone = engine.search({"size": 0, "aggs": terms, "query": {"range": {"n": {"gte": 10}}}})["aggregations"]
    answer = engine.search(body)["aggregations"]
    assert answer["f"]["a"] == alone["a"]
    assert answer["a"] == engine.search({"size": 0, "aggs": terms})["aggregations"]["a"]
