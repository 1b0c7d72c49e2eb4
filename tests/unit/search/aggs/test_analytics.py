"""Aggregations of the commercial modules, which no engine that could be asked runs: what the documentation prints, or a published definition.

Tests against printed answers name their page; what no page prints is marked unverified. The documents behind a page's answer are those
of its test set (docs/build.gradle of the documentation), as far as the page tells them.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.unit.search.aggs.searching import Documents

MESSAGES = [{"message": "trying out Elasticsearch"}] + [{"message": f"some message with the number {n}"} for n in range(1, 5)]
LOADS = [{"load_time": n * 10 if n % 10 else n} for n in range(100)]
SALES = [
    {"date": date, "price": price, "type": kind}
    for date, price, kind in (
        ("2015-01-01", 200, "hat"),
        ("2015-01-01", 200, "t-shirt"),
        ("2015-01-01", 150, "bag"),
        ("2015-02-01", 50, "hat"),
        ("2015-02-01", 10, "t-shirt"),
        ("2015-03-01", 200, "hat"),
        ("2015-03-01", 175, "t-shirt"),
    )
]
SALES_MAPPING = {"properties": {"type": {"type": "keyword"}, "date": {"type": "date"}, "price": {"type": "long"}}}
UPGRADES = [{"a": a, "b": b} for a, b in ((102, 89), (99, 93), (111, 72), (97, 98), (101, 102), (99, 98))]
UPGRADES_MAPPING = {"properties": {"a": {"type": "long"}, "b": {"type": "long"}}}


def over(mapping: Any, docs: list[Any], version: str = "7.17.29") -> Documents:
    return Documents(version, mapping, [[docs[::2]], [docs[1::2]]])


def sales(**aggs: Any) -> list[Any]:
    """The buckets of a month each."""
    body = {"m": {"date_histogram": {"field": "date", "calendar_interval": "month"}, "aggs": aggs}}
    buckets: list[Any] = over(SALES_MAPPING, SALES).aggregate(body)["m"]["buckets"]
    return buckets


def test_string_stats() -> None:
    """Docs: search-aggregations-metrics-string-stats-aggregation."""
    found = over({"properties": {"message": {"type": "keyword"}}}, MESSAGES).aggregate({"s": {"string_stats": {"field": "message"}}})
    entropy = found["s"].pop("entropy")
    assert found["s"] == {"count": 5, "min_length": 24, "max_length": 30, "avg_length": 28.8}
    assert entropy == pytest.approx(3.94617750050791, abs=1e-14)


def test_distribution_of_characters() -> None:
    """Docs: search-aggregations-metrics-string-stats-aggregation; the order of equals is that of a hash map."""
    body = {"s": {"string_stats": {"field": "message", "show_distribution": True}}}
    found = over({"properties": {"message": {"type": "keyword"}}}, MESSAGES).aggregate(body)["s"]["distribution"]
    assert list(found.items())[:5] == [
        (" ", 0.1527777777777778),
        ("e", 0.14583333333333334),
        ("s", 0.09722222222222222),
        ("m", 0.08333333333333333),
        ("t", 0.0763888888888889),
    ]
    assert "".join(found) == " esmthairgnoubwcEl1234y"
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("version", "quartiles"), [("7.10.2", (165.0, 445.0, 725.0)), ("7.17.29", (165.0, 445.0, 725.0)), ("8.19.21", (167.5, 445.0, 722.5))]
)
def test_boxplot(version: str, quartiles: tuple[float, ...]) -> None:
    """Docs: search-aggregations-metrics-boxplot-aggregation, of 7.x and 8.x. Whiskers came with 7.11."""
    found = over({"properties": {"load_time": {"type": "long"}}}, LOADS, version).aggregate({"b": {"boxplot": {"field": "load_time"}}})["b"]
    whiskers = {} if version == "7.10.2" else {"lower": 0.0, "upper": 990.0}
    assert found == {"min": 0.0, "max": 990.0, **dict(zip(("q1", "q2", "q3"), quartiles, strict=True)), **whiskers}


def test_paired_t_test() -> None:
    """Docs: search-aggregations-metrics-ttest-aggregation."""
    body = {"t": {"t_test": {"a": {"field": "a"}, "b": {"field": "b"}, "type": "paired"}}}
    assert over(UPGRADES_MAPPING, UPGRADES).aggregate(body)["t"]["value"] == pytest.approx(0.1914368843365979, abs=1e-13)


@pytest.mark.unverified
@pytest.mark.parametrize("kind", ["homoscedastic", "heteroscedastic"])
def test_unpaired_t_tests_follow_students_distribution(kind: str) -> None:
    """Against an integral of the density, Welch's degrees of freedom for unequal variances."""
    body = {"t": {"t_test": {"a": {"field": "a"}, "b": {"field": "b"}, "type": kind}}}
    a, b = [one["a"] for one in UPGRADES], [one["b"] for one in UPGRADES]
    n, means = len(a), [sum(x) / len(x) for x in (a, b)]
    va, vb = (sum((x - mean) ** 2 for x in values) / (n - 1) for values, mean in ((a, means[0]), (b, means[1])))
    t = abs(means[0] - means[1]) / math.sqrt((va + vb) / n)
    freedom = 2 * n - 2 if kind == "homoscedastic" else (va + vb) ** 2 * (n - 1) / (va * va + vb * vb)
    scale = math.gamma((freedom + 1) / 2) / math.sqrt(freedom * math.pi) / math.gamma(freedom / 2)
    steps, width = 20_000, t / 20_000
    inside = sum((1 + ((step + 0.5) * width) ** 2 / freedom) ** (-(freedom + 1) / 2) for step in range(steps)) * width * scale
    assert over(UPGRADES_MAPPING, UPGRADES).aggregate(body)["t"]["value"] == pytest.approx(1 - 2 * inside, rel=1e-6)


def test_top_metrics() -> None:
    """Docs: search-aggregations-metrics-top-metrics."""
    docs = [{"s": 1, "m": 3.1415}, {"s": 2, "m": 1.0}, {"s": 3, "m": 2.71828}]
    found = over({"properties": {"s": {"type": "long"}, "m": {"type": "float"}}}, docs).aggregate(
        {"tm": {"top_metrics": {"metrics": {"field": "m"}, "sort": {"s": "desc"}}}}
    )
    assert found == {"tm": {"top": [{"sort": [3], "metrics": {"m": 2.718280076980591}}]}}


def test_rates() -> None:
    """Docs: search-aggregations-metrics-rate-aggregation: documents of a year, sums of a day."""
    buckets = sales(r={"rate": {"unit": "year"}}, d={"rate": {"field": "price", "unit": "day"}})
    assert [one["r"]["value"] for one in buckets] == [36.0, 24.0, 24.0]
    assert [one["d"]["value"] for one in buckets] == [17.741935483870968, 2.142857142857143, 12.096774193548388]


def test_normalize() -> None:
    """Docs: search-aggregations-pipeline-normalize-aggregation."""
    settings = {"buckets_path": "s", "method": "percent_of_sum", "format": "00.00%"}
    buckets = sales(s={"sum": {"field": "price"}}, n={"normalize": settings})
    assert [one["n"] for one in buckets] == [
        {"value": 0.5583756345177665, "value_as_string": "55.84%"},
        {"value": 0.06091370558375635, "value_as_string": "06.09%"},
        {"value": 0.38071065989847713, "value_as_string": "38.07%"},
    ]


def test_multi_terms() -> None:
    """Docs: search-aggregations-bucket-multi-terms-aggregation, its shapes: keys in a list and joined by ``|``."""
    body = {"m": {"multi_terms": {"terms": [{"field": "type"}, {"field": "price"}], "size": 2, "order": {"_key": "asc"}}}}
    assert over(SALES_MAPPING, SALES).aggregate(body)["m"] == {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": 5,
        "buckets": [
            {"key": ["bag", 150], "key_as_string": "bag|150", "doc_count": 1},
            {"key": ["hat", 50], "key_as_string": "hat|50", "doc_count": 1},
        ],
    }


def test_moving_percentiles_see_the_buckets_before() -> None:
    """Docs: search-aggregations-pipeline-moving-percentiles-aggregation: nothing for the first bucket."""
    buckets = sales(
        p={"percentiles": {"field": "price", "percents": [1, 99]}},
        mp={"moving_percentiles": {"buckets_path": "p", "window": 10}},
    )
    assert [one.get("mp") for one in buckets] == [
        None,
        {"values": {"1.0": 150.0, "99.0": 200.0}},
        {"values": {"1.0": 10.0, "99.0": 200.0}},
    ]


@pytest.mark.unverified
def test_cumulative_cardinality() -> None:
    buckets = sales(c={"cardinality": {"field": "type"}}, cc={"cumulative_cardinality": {"buckets_path": "c"}})
    assert [one["cc"]["value"] for one in buckets] == [3, 3, 3]


@pytest.mark.unverified
def test_lines_of_points() -> None:
    """Points in the order of the sort."""
    docs = [{"p": {"lat": 52.3, "lon": 4.9}, "t": 2}, {"p": {"lat": 48.8, "lon": 2.3}, "t": 1}]
    mapping = {"properties": {"p": {"type": "geo_point"}, "t": {"type": "long"}}}
    body = {"l": {"geo_line": {"point": {"field": "p"}, "sort": {"field": "t"}, "include_sort": True}}}
    line = over(mapping, docs).aggregate(body)["l"]
    assert line["properties"] == {"complete": True, "sort_values": [1.0, 2.0]}
    assert [[round(x, 4), round(y, 4)] for x, y in line["geometry"]["coordinates"]] == [[2.3, 48.8], [4.9, 52.3]]


@pytest.mark.parametrize(("kind", "version"), [("multi_terms", "7.10.2"), ("ip_prefix", "7.17.29")])
def test_types_are_unknown_before_they_came(kind: str, version: str) -> None:
    """Docs: release notes of 7.12 (multi_terms), 8.1 (ip_prefix)."""
    found = over(SALES_MAPPING, SALES, version).aggregate({"x": {kind: {}}})
    assert "Unknown " in found["error"]["reason"]
