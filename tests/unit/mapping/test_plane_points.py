"""Points of a plane. Source: the published source and the makers' tests (spatial/10_cartesian_bounds.yml); no engine here has the type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.unverified

VERSIONS = ("7.10.2", "7.17.29", "8.19.21", "9.5.3")
POINTS: list[Any] = [{"x": 1, "y": 2}, [3, 4], "5,6", "POINT (7 8)", [[1, 1], [9, 9]], {"x": "2.5", "y": 3}]


def _filled(raw: Callable[..., Any], version: str) -> Any:
    ask = raw(version)
    ask("PUT /p", {"mappings": {"properties": {"p": {"type": "point"}}}})
    for at, point in enumerate(POINTS):
        assert ask(f"PUT /p/_doc/{at}?refresh", {"p": point}).status == 201
    return ask


def _ids(ask: Any, shape: Any, relation: str = "intersects") -> list[str]:
    body = {"query": {"shape": {"p": {"relation": relation, "shape": shape}}}}
    return sorted(hit["_id"] for hit in ask.json("GET /p/_search", body)["hits"]["hits"])


@pytest.mark.parametrize("version", VERSIONS)
def test_shapes_find_points(raw: Any, version: str) -> None:
    ask = _filled(raw, version)
    assert _ids(ask, {"type": "envelope", "coordinates": [[0, 5], [4, 0]]}) == ["0", "1", "4", "5"]
    assert _ids(ask, {"type": "polygon", "coordinates": [[[4, 4], [8, 4], [8, 9], [4, 9], [4, 4]]]}) == ["2", "3"]
    assert _ids(ask, {"type": "circle", "radius": "1.2m", "coordinates": [3, 4]}) == ["1", "5"]


@pytest.mark.parametrize("version", ["8.19.21", "9.5.3"])
def test_every_relation_from_eight_on(raw: Any, version: str) -> None:
    ask = _filled(raw, version)
    box = {"type": "envelope", "coordinates": [[0, 5], [4, 0]]}
    assert _ids(ask, box, "within") == ["0", "1", "5"]
    assert _ids(ask, box, "disjoint") == ["2", "3"]
    assert _ids(ask, {"type": "point", "coordinates": [9, 9]}, "contains") == ["4"]
    assert _ids(ask, {"type": "linestring", "coordinates": [[3, 4], [5, 6]]}) == ["1", "2"]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29"])
@pytest.mark.parametrize(
    ("shape", "relation", "reason"),
    [
        ({"type": "envelope", "coordinates": [[0, 5], [4, 0]]}, "within", "WITHIN query relation not supported for Field [p]."),
        ({"type": "point", "coordinates": [3, 4]}, "intersects", "Field [p] does not support POINT queries"),
        ({"type": "linestring", "coordinates": [[3, 4], [5, 6]]}, "intersects", "Field [p] does not support LINESTRING queries"),
    ],
)
def test_what_seven_cannot_ask(raw: Any, version: str, shape: Any, relation: str, reason: str) -> None:
    ask = _filled(raw, version)
    answer = ask.json("GET /p/_search", {"query": {"shape": {"p": {"relation": relation, "shape": shape}}}})
    assert answer["error"]["root_cause"][0]["reason"] == reason


@pytest.mark.parametrize(
    ("version", "value", "reason"),
    [
        ("7.17.29", {"x": 1}, "field [y] missing"),
        ("7.17.29", {"lat": 1}, "field must be either [x] or [y]"),
        ("7.17.29", {"x": "a", "y": 1}, "[x] and [y] must be valid double values"),
        ("7.17.29", "1,b", "[y]] must be a number"),
        ("7.17.29", "1,2,3,4", "failed to parse [[1, 2, 3, 4]], expected 2 or 3 coordinates but found: [4]"),
        ("7.17.29", [[1, 2, 3]], "[point}] field type does not accept > 2 dimensions"),
        ("8.19.21", {"x": 1}, "Required [y]"),
        ("8.19.21", {"lat": 1}, "field [lat] not supported - must be one of: x, y, z, type, coordinates"),
        ("8.19.21", {"x": "a", "y": 1}, "[x] must be a valid double value"),
        ("8.19.21", {}, "field must be either lat/lon or type/coordinates"),
        ("8.19.21", "1,b", "[y] must be a number"),
        ("8.19.21", "NaN,1", "invalid [x] value [NaN]; must be between -3.4028234663852886E38 and 3.4028234663852886E38"),
        ("8.19.21", "u1", "unsupported symbol [u] in point [u1]"),
        ("8.19.21", "MULTIPOINT (1 2)", "[point] supports only POINT among WKT primitives, but found MULTIPOINT"),
        ("8.19.21", [[1]], "illegal y value [NaN] for p"),
        ("8.19.21", 5, "point expected"),
    ],
)
def test_bad_points_are_refused(raw: Any, version: str, value: Any, reason: str) -> None:
    ask = raw(version)
    ask("PUT /p", {"mappings": {"properties": {"p": {"type": "point"}}}})
    answer = ask.json("PUT /p/_doc/1", {"p": value})
    assert answer["status"] == 400
    assert answer["error"]["reason"].endswith("failed to parse field [p] of type [point]")
    assert answer["error"]["caused_by"]["reason"] == reason


def test_boxes_and_centres_count_every_point(raw: Any) -> None:
    ask = _filled(raw, "8.19.21")
    found = {name: ask.json("GET /p/_search", {"size": 0, "aggs": {"a": {name: {"field": "p"}}}})["aggregations"]["a"]
             for name in ("cartesian_bounds", "cartesian_centroid")}  # fmt: skip
    assert found["cartesian_bounds"] == {"bounds": {"top_left": {"x": 1.0, "y": 9.0}, "bottom_right": {"x": 9.0, "y": 1.0}}}
    assert found["cartesian_centroid"] == {"location": {"x": 28.5 / 7, "y": 33 / 7}, "count": 7}


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("7.17.29", "Fielddata is not supported on field [p] of type [point]"),
        ("8.19.21", "can't sort on geo_point or point field without using specific sorting feature, like geo_distance"),
    ],
)
def test_points_do_not_sort(raw: Any, version: str, reason: str) -> None:
    answer = _filled(raw, version).json("GET /p/_search", {"sort": "p"})
    assert answer["error"]["root_cause"][0]["reason"] == reason


def test_null_stored_and_fetched(raw: Any) -> None:
    ask = raw("8.19.21")
    ask("PUT /p", {"mappings": {"properties": {"p": {"type": "point", "null_value": "1,2", "store": True}}}})
    assert ask.json("GET /p/_mapping")["p"]["mappings"]["properties"]["p"]["null_value"] == {"x": 1.0, "y": 2.0}
    ask("PUT /p/_doc/1?refresh", {"p": None})
    ask("PUT /p/_doc/2?refresh", {"p": [3, 4]})
    hits = ask.json("GET /p/_search", {"stored_fields": ["p"], "sort": "_doc"})["hits"]["hits"]
    assert [hit["fields"] for hit in hits] == [{"p": ["1.0, 2.0"]}, {"p": ["3.0, 4.0"]}]
    shown = ask.json("GET /p/_search", {"fields": ["p"], "sort": "_doc"})["hits"]["hits"]
    assert [hit.get("fields") for hit in shown] == [None, {"p": [{"coordinates": [3.0, 4.0], "type": "Point"}]}]
