"""random_sampler over all documents, and what it refuses; texts are answers of 8.19.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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


def test_a_smaller_share_is_not_drawn(ask: Callable[[Any], Any]) -> None:
    assert ask({"a": {"random_sampler": {"probability": 0.5}, "aggs": {"x": {"avg": {"field": "i"}}}}}).status == 501
