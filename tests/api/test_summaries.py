"""histogram and aggregate_metric_double: what the makers' tests of the types ask (analytics/histogram, aggregate-metrics/10_basic ff.)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]


@pytest.fixture(params=["7.17.29", "8.19.21"])
def ask(request: pytest.FixtureRequest, raw: Callable[..., Any]) -> Ask:
    server = raw(request.param)
    return lambda line, body=None: json.loads(server(line, None if body is None else json.dumps(body)).body)


@pytest.fixture
def latencies(ask: Ask) -> Ask:
    ask("PUT /test", {"mappings": {"properties": {"latency": {"type": "histogram"}}}})
    ask("PUT /test/_doc/1", {"latency": {"values": [0.1, 0.2, 0.3, 0.4, 0.5], "counts": [3, 7, 23, 12, 6]}})
    ask("PUT /test/_doc/2?refresh", {"latency": {"values": [0, 0.1, 0.2, 0.3, 0.4, 0.5], "counts": [3, 2, 5, 10, 1, 8]}})
    return ask


def aggregated(ask: Ask, **aggs: Any) -> Any:
    return ask("GET /test/_search", {"size": 0, "aggs": aggs})["aggregations"]


def test_metrics_of_histograms(latencies: Ask) -> None:
    names = ("sum", "value_count", "avg", "min", "max")
    found = aggregated(latencies, **{name: {name: {"field": "latency"}} for name in names})
    assert {name: found[name]["value"] for name in names} == {
        "sum": 25.0, "value_count": 80, "avg": 0.3125, "min": 0.0, "max": 0.5,
    }  # fmt: skip


def test_buckets_of_histograms_count_values(latencies: Ask) -> None:
    ranges = [{"to": 0}, {"from": 0, "to": 0.3}, {"from": 0.3, "to": 0.5}, {"from": 0.5}]
    found = aggregated(
        latencies,
        histogram={"histogram": {"field": "latency", "interval": 0.3}},
        range={"range": {"field": "latency", "ranges": ranges}},
    )
    assert [(one["key"], one["doc_count"]) for one in found["histogram"]["buckets"]] == [(0.0, 20), (0.3, 60)]
    assert [one["doc_count"] for one in found["range"]["buckets"]] == [0, 20, 46, 14]


def test_values_must_ascend(latencies: Ask) -> None:
    error = latencies("PUT /test/_doc/3", {"latency": {"values": [1.0, 0.2], "counts": [3, 7]}})["error"]
    assert (
        "error parsing field [latency], [values] values must be in increasing order, got [0.2] but previous value was [1.0]"
        in error["caused_by"]["reason"]
    )


@pytest.fixture
def metrics(ask: Ask) -> Ask:
    field = {"type": "aggregate_metric_double", "metrics": ["min", "max", "sum", "value_count"], "default_metric": "max"}
    ask("PUT /test", {"mappings": {"properties": {"metric": field}}})
    ask("PUT /test/_doc/1", {"metric": {"min": 18.2, "max": 3000, "sum": 4000, "value_count": 4}})
    ask("PUT /test/_doc/2", {"metric": {"min": 50, "max": 1000, "sum": 2000, "value_count": 3}})
    ask("PUT /test/_doc/3?refresh", {"metric": {"min": 150, "max": 5000, "sum": 6000, "value_count": 5}})
    return ask


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"exists": {"field": "metric"}}, "123"),
        ({"exists": {"field": "metric.min"}}, ""),
        ({"term": {"metric": {"value": 1000}}}, "2"),
        ({"term": {"metric.min": {"value": 50}}}, ""),
        ({"range": {"metric": {"gte": 900, "lte": 3000}}}, "12"),
    ],
)
def test_queries_ask_the_default_metric(metrics: Ask, query: Any, ids: str) -> None:
    found = metrics("GET /test/_search", {"query": query})["hits"]["hits"]
    assert sorted(hit["_id"] for hit in found) == list(ids)


def test_sort_by_the_default_metric(metrics: Ask) -> None:
    found = metrics("GET /test/_search", {"sort": [{"metric": "asc"}], "fields": ["metric"]})["hits"]["hits"]
    assert [hit["_id"] for hit in found] == ["2", "1", "3"]
    assert found[0]["fields"]["metric"] == [{"min": 50, "max": 1000, "sum": 2000, "value_count": 3}]
    assert metrics("GET /test/_search", {"sort": [{"metric.min": "asc"}]})["status"] == 400


def test_metrics_of_metrics(metrics: Ask) -> None:
    names = ("sum", "value_count", "avg", "min", "max")
    found = aggregated(metrics, **{name: {name: {"field": "metric"}} for name in names})
    assert {name: found[name]["value"] for name in names} == {
        "sum": 12000.0, "value_count": 12, "avg": 1000.0, "min": 18.2, "max": 5000.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ({}, "Property [metrics] is required for field [m]."),
        ({"metrics": ["foo"]}, "Metric [foo] is not supported."),
        ({"metrics": ["min", "max"]}, "Property [default_metric] is required for field [m]."),
        ({"metrics": ["min"], "default_metric": "max"}, "Default metric [max] is not defined in the metrics of field [m]."),
    ],
)
@pytest.mark.unverified
def test_definitions_that_are_none(ask: Ask, field: Any, reason: str) -> None:
    error = ask("PUT /test", {"mappings": {"properties": {"m": {"type": "aggregate_metric_double", **field}}}})["error"]
    assert error["caused_by"]["reason"] == reason
