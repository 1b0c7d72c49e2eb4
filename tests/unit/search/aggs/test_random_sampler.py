"""random_sampler over all documents and over some, and what it refuses; texts are answers of 8.19.21."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from esmock.search.aggs.geometric import drawn

SEARCH = "POST /s/_search?filter_path=aggregations,error.root_cause,error.reason,error.caused_by.reason"


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[[Any], Any]:
    send = raw("8.19.21")
    for number in range(4):
        assert send(f"PUT /s/_doc/{number}?refresh", {"i": number}).status == 201
    return lambda aggs: send(SEARCH, {"size": 0, "aggs": aggs})


def test_all_documents_are_one_bucket_that_tells_its_seed(ask: Callable[[Any], Any]) -> None:
    got = ask({"a": {"random_sampler": {"probability": 1, "seed": 42}, "aggs": {"x": {"avg": {"field": "i"}}}}})
    assert got.body == b'{"aggregations":{"a":{"seed":42,"probability":1.0,"doc_count":4,"x":{"value":1.5}}}}'


@pytest.mark.parametrize(
    ("probability", "reason"),
    [
        (0.7, "[probability] must be between 0.0 and 0.5 or exactly 1.0, was [0.7]"),
        (0, "[probability] must be greater than 0.0, was [0.0]"),
    ],
)
def test_probabilities_are_checked(ask: Callable[[Any], Any], probability: float, reason: str) -> None:
    got = ask({"a": {"random_sampler": {"probability": probability}, "aggs": {"x": {"avg": {"field": "i"}}}}})
    assert got.status == 400
    assert reason in got.body.decode()


def test_only_what_can_be_sampled_stands_below(ask: Callable[[Any], Any]) -> None:
    got = ask({"a": {"random_sampler": {"probability": 1}, "aggs": {"x": {"missing": {"field": "i"}}}}})
    assert b"[random_sampler] aggregation [a] does not support sampling [missing] aggregation [x]" in got.body


def test_a_smaller_share_is_drawn_as_the_seeds_say() -> None:
    """Answers of 8.19.21: the first numbers drawn of 500 documents in one segment, by seed 42 and shard_seed 7."""
    drawn_by = {probability: drawn(500, probability, 42 ^ 7) for probability in (0.5, 0.3, 0.1, 0.01)}
    assert {probability: len(places) for probability, places in drawn_by.items()} == {0.5: 249, 0.3: 149, 0.1: 40, 0.01: 3}
    assert drawn_by[0.5][:8].tolist() == [1, 2, 6, 7, 12, 13, 14, 16]
    assert drawn_by[0.3][:8].tolist() == [3, 4, 11, 13, 23, 25, 26, 30]
    assert drawn_by[0.01].tolist() == [244, 375, 399]


def test_counts_and_sums_are_estimated_for_all_documents(raw: Callable[..., Any]) -> None:
    """Answers of 8.19.21."""
    send = raw("8.19.21")
    lines = "".join(f'{{"index":{{}}}}\n{{"n":{number},"k":"{"abc"[number % 3]}"}}\n' for number in range(500))
    assert send("PUT /rs", {"mappings": {"properties": {"n": {"type": "long"}, "k": {"type": "keyword"}}}}).status == 200
    assert send("POST /rs/_bulk?refresh", lines).status == 200
    below = {
        "sum": {"sum": {"field": "n"}},
        "vc": {"value_count": {"field": "n"}},
        "card": {"cardinality": {"field": "n"}},
        "t": {"terms": {"field": "k", "size": 2}, "aggs": {"s": {"sum": {"field": "n"}}}},
        "rg": {"range": {"field": "n", "ranges": [{"to": 100}]}},
        "sig": {"significant_terms": {"field": "k", "min_doc_count": 1}},
    }
    sampler = {"probability": 0.3, "seed": 42, "shard_seed": 7}
    answer = send("POST /rs/_search", {"size": 0, "aggs": {"r": {"random_sampler": sampler, "aggs": below}}})
    got = json.loads(answer.body)["aggregations"]["r"]
    assert (got["doc_count"], got["sum"]["value"], got["vc"]["value"], got["card"]["value"]) == (149, 134673.33333333334, 497, 149)
    assert got["t"]["sum_other_doc_count"] == 153
    assert got["t"]["buckets"] == [
        {"key": "c", "doc_count": 180, "s": {"value": 50480.0}},
        {"key": "b", "doc_count": 163, "s": {"value": 38253.333333333336}},
    ]
    assert got["rg"]["buckets"] == [{"key": "*-100.0", "to": 100.0, "doc_count": 93}]
    assert got["sig"] == {"doc_count": 497, "bg_count": 497, "buckets": []}


def test_least_counts_cannot_be_kept(ask: Callable[[Any], Any]) -> None:
    got = ask({"a": {"random_sampler": {"probability": 0.5}, "aggs": {"x": {"terms": {"field": "i", "min_doc_count": 2}}}}})
    assert (
        b"aggregation [x] is within a sampling context; min_doc_count, provided [2], and min_shard_doc_count, provided [0], "
        b"cannot be greater than 1"
    ) in got.body
