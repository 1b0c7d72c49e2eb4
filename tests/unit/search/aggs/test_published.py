"""Aggregations of the commercial modules, which no engine that could be asked runs: the makers' YAML tests, or the published source.

What the source alone tells is marked unverified and names its class.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from esmock.search.aggs.pipeline.distributions import SAMPLING, exact_p, ks_test
from esmock.search.aggs.significance import PValueHeuristic
from tests.unit.search.aggs.searching import Documents

MUSEUMS = [
    "4.912350 52.374081", "4.901618 52.369219", "4.914722 52.371667", "4.405200 51.222900", "2.336389 48.861111", "2.327000 48.860000",
]  # fmt: skip
LOCATIONS = [{"location": f"POINT({one})"} for one in MUSEUMS]
TOWN = "488.9187 5237.3184, 488.5057 5237.0159, 490.1618 5236.9219, 491.4722 5237.1667, 491.2350 5237.4081, 488.9187 5237.3184"
HOUSE = "488.35 5237.50, 488.44 5237.50, 488.44 5237.54, 488.35 5237.54, 488.35 5237.50"
ALTERNATIVES = ["less", "greater", "two_sided"]


def shapes(*values: str) -> Documents:
    docs = [{"s": value} for value in values]
    return Documents("8.19.21", {"properties": {"s": {"type": "shape"}}}, [[docs[:1], docs[1:]]])


@pytest.mark.parametrize(
    ("options", "buckets"),
    [
        ({}, [("85196953fffffff", 3), ("851fb467fffffff", 2), ("851fa4c7fffffff", 1)]),
        ({"precision": 0}, [("801ffffffffffff", 4), ("8019fffffffffff", 2)]),
        ({"size": 1}, [("85196953fffffff", 3)]),
        ({"shard_size": 10}, [("85196953fffffff", 3), ("851fb467fffffff", 2), ("851fa4c7fffffff", 1)]),
        ({"bounds": {"top_left": "52.4, 4.9", "bottom_right": "52.3, 5.0"}}, [("85196953fffffff", 3)]),
    ],
)
def test_hexagons(options: dict[str, Any], buckets: list[tuple[str, int]]) -> None:
    """YAML: spatial/80_geohex_grid."""
    pytest.importorskip("h3")
    shards = [[LOCATIONS[:2]], [LOCATIONS[2:4]], [LOCATIONS[4:]]]
    over = Documents("8.19.21", {"properties": {"location": {"type": "geo_point"}}}, shards)
    found = over.aggregate({"grid": {"geohex_grid": {"field": "location", **options}}})["grid"]["buckets"]
    assert [(one["key"], one["doc_count"]) for one in found] == buckets


@pytest.mark.unverified
def test_hexagons_have_a_precision_of_fifteen_at_most() -> None:
    """Source: GeoHexGridAggregationBuilder."""
    over = Documents("8.19.21", {"properties": {"location": {"type": "geo_point"}}}, [[LOCATIONS]])
    found = over.aggregate({"grid": {"geohex_grid": {"field": "location", "precision": 16}}})
    assert found["error"]["caused_by"]["reason"] == "Invalid geohex aggregation precision of 16. Must be between 0 and 15"


@pytest.mark.parametrize(
    ("values", "box"),
    [
        (["POINT(342.5 -217.6)"], (342.5, -217.6, 342.5, -217.6)),
        (["POINT(491.4722 5237.1667)", "POINT(232.7 4886.0)"], (232.7, 5237.1667, 491.4722, 4886.0)),
        (["POLYGON((-1000 -1000, 1000 -1000, 1000 1000, -1000 1000, -1000 -1000))"], (-1000.0, 1000.0, 1000.0, -1000.0)),
    ],
)
def test_boxes_around_shapes(values: list[str], box: tuple[float, ...]) -> None:
    """YAML: spatial/10_cartesian_bounds."""
    found = shapes(*values).aggregate({"b": {"cartesian_bounds": {"field": "s"}}})["b"]["bounds"]
    corners = (found["top_left"]["x"], found["top_left"]["y"], found["bottom_right"]["x"], found["bottom_right"]["y"])
    assert corners == pytest.approx(box, abs=0.001)


@pytest.mark.parametrize(
    ("values", "centre"),
    [
        (["LINESTRING(491.4722 5237.1667, 488.9187 5237.3184)", "LINESTRING(490.1618 5236.9219, 491.2350 5237.4081, 491.4722 5237.1667)",
          "LINESTRING(488.9187 5237.3184, 488.5057 5237.0159, 490.1618 5236.9219, 491.2350 5237.4081, 491.4722 5237.1667)"],
         (490.1672, 5237.1595)),
        ([f"POLYGON(({TOWN}))", f"POLYGON(({HOUSE}))"], (490.0105, 5237.1712)),
        ([f"MULTIPOLYGON((({TOWN})), (({HOUSE})))"], (490.0105, 5237.1714)),
        ([f"GEOMETRYCOLLECTION(POINT(488.394 5237.52), LINESTRING(488.9187 5237.3184, 488.5057 5237.0159), POLYGON(({HOUSE})))"],
         (488.395, 5237.5201)),
    ],
)  # fmt: skip
def test_centres_of_shapes(values: list[str], centre: tuple[float, float]) -> None:
    """YAML: spatial/20_cartesian_centroid; where there are areas, lines and points do not count."""
    found = shapes(*values).aggregate({"c": {"cartesian_centroid": {"field": "s"}}})["c"]
    assert (found["location"]["x"], found["location"]["y"]) == pytest.approx(centre, abs=0.0001)
    assert found["count"] == len(values)


def test_centres_of_nothing() -> None:
    found = shapes("POINT(1 2)").aggregate({"c": {"cartesian_centroid": {"field": "nope"}}, "b": {"cartesian_bounds": {"field": "nope"}}})
    assert found == {"c": {"count": 0}, "b": {}}


@pytest.mark.unverified
@pytest.mark.parametrize("method", SAMPLING)
def test_equal_distributions_are_not_told_apart(method: str) -> None:
    """Source: BucketCountKSTestAggregatorTests, testKsTestSameDistrib."""
    found = ks_test([0.0, *[0.05] * 20], [0, *[300] * 20], [0.0, *[300.0] * 20], ALTERNATIVES, method)
    assert all(value > 0.9 for value in found.values())


@pytest.mark.unverified
def test_a_heavy_lower_tail_is_seen_where_one_looks() -> None:
    """Source: BucketCountKSTestAggregatorTests, testKsTest_LowerTailedValues."""
    counts = [40, 60, 20, 30, 30, 10, 10, 10, 10, 10]
    by_method = {
        method: ks_test([0.1] * 10, counts, [float(one) for one in counts], ALTERNATIVES, method)["less"] for method in SAMPLING
    }
    assert by_method["upper_tail"] >= by_method["lower_tail"]
    assert by_method["uniform"] > by_method["lower_tail"]


@pytest.mark.unverified
@pytest.mark.parametrize(("fractions", "counts"), [([0.1] * 10, [0] * 10), ([0.0] * 10, [40] * 10), ([0.1] * 10, [2] * 10)])
def test_nothing_is_said_of_no_or_few_data(fractions: list[float], counts: list[int]) -> None:
    """Source: BucketCountKSTestAggregator."""
    found = ks_test([0.0, *fractions], [0, *counts], [0.0, *map(float, counts)], ALTERNATIVES, "uniform")
    assert all(math.isnan(value) for value in found.values())


@pytest.mark.unverified
def test_exact_chances_count_paths() -> None:
    """Two samples of two: of six orders two have their greatest distance at one."""
    assert exact_p(1.0, 2, 2) == pytest.approx(2 / 6)
    assert exact_p(0.5, 2, 2) == pytest.approx(1.0)


def buckets(**pipelines: Any) -> Any:
    docs = [{"n": number * number % 100} for number in range(300)]
    ranges = [{"to": 10}, *({"from": 10 * one, "to": 10 * one + 10} for one in range(1, 9)), {"from": 90}]
    over = Documents("8.19.21", {"properties": {"n": {"type": "long"}}}, [[docs]])
    return over.aggregate({"r": {"range": {"field": "n", "ranges": ranges}}, **pipelines})


def count_correlation(**indicator: Any) -> dict[str, Any]:
    function = {"count_correlation": {"indicator": {"expectations": [1.0 * one for one in range(10)], "doc_count": 2000, **indicator}}}
    return {"bucket_correlation": {"buckets_path": "r>_count", "function": function}}


@pytest.mark.unverified
def test_counts_that_rise_correlate_with_what_rises() -> None:
    """Source: CountCorrelationFunction."""
    found = buckets(up=count_correlation(), down=count_correlation(expectations=[9.0 - one for one in range(10)]))
    assert found["up"]["value"] == pytest.approx(-found["down"]["value"])
    assert abs(found["up"]["value"]) < 1


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("pipeline", "reason"),
    [
        ({"bucket_count_ks_test": {"buckets_path": "r"}},
         "Validation Failed: 1: buckets_path [bucket_count_ks_test] requires that buckets_path points to bucket [_count];"),
        ({"bucket_correlation": {"buckets_path": "r", "function": count_correlation()["bucket_correlation"]["function"]}},
         "Validation Failed: 1: buckets_path count correlation requires that bucket_path points to bucket [_count] for agg [k];"),
    ],
)  # fmt: skip
def test_paths_must_lead_to_counts(pipeline: dict[str, Any], reason: str) -> None:
    """Source: BucketCountKSTestAggregationBuilder, CountCorrelationFunction."""
    assert buckets(k=pipeline)["error"]["reason"] == reason


@pytest.mark.unverified
def test_p_values_of_terms() -> None:
    """Source: PValueScore; a likelihood ratio, held against a chi-squared distribution of one degree of freedom."""
    rule = PValueHeuristic("p_value", True, False)
    assert rule.score(10, 100, 10, 100) == 0.0
    assert rule.score(10, 100, 50, 100) == 0.0
    weak, strong = rule.score(20, 100, 50, 1000), rule.score(80, 100, 50, 1000)
    assert 0 < weak < strong
    hits, trials, others, outside = 80 + 5, 100 + 5, int(1.05 * (50 + 50) + 0.5), 1000 + 50
    rates = [(hits, trials), (others, outside)]
    both = (hits + others) / (trials + outside)
    ratio = sum(x * math.log(x / n / both) + (n - x) * math.log((1 - x / n) / (1 - both)) for x, n in rates)
    assert strong == pytest.approx(-math.log(math.erfc(math.sqrt(ratio))), rel=1e-9)
