"""The processor circle. Source: the documentation page; what is marked is reasoned."""

from __future__ import annotations

import pytest

from esmock.ingest.circle import sides

OPTIONS = {"field": "c", "error_distance": 28.0, "shape_type": "geo_shape"}
RING = [
    [30.000365257263184, 10.0],
    [30.000111397193788, 10.00034284530941],
    [29.999706043744222, 10.000213571721195],
    [29.999706043744222, 9.999786428278805],
    [30.000111397193788, 9.99965715469059],
    [30.000365257263184, 10.0],
]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def test_circles_become_the_polygons_of_the_page(simulate, version):
    found = simulate("circle", OPTIONS, {"c": "CIRCLE (30 10 40)"}, version)["_source"]["c"]
    assert found == "POLYGON ((" + ", ".join(f"{x} {y}" for x, y in RING) + "))"
    body = {"type": "circle", "radius": "40m", "coordinates": [30, 10]}
    assert simulate("circle", OPTIONS, {"c": body}, version)["_source"]["c"] == {"type": "Polygon", "coordinates": [RING]}


@pytest.mark.parametrize(
    ("radius", "count"), [(1.0, 4), (10.0, 14), (100.0, 45), (1000.0, 141), (10000.0, 445), (100000.0, 1000)]
)
def test_sides_are_those_of_the_table(radius, count):
    assert sides(radius, 1.0) == count


@pytest.mark.unverified
def test_a_plane_circle_and_a_target(simulate):
    options = {"field": "c", "target_field": "t", "error_distance": 10, "shape_type": "shape"}
    found = simulate("circle", options, {"c": {"type": "Circle", "radius": 2, "coordinates": [1, 1]}})["_source"]
    assert found["c"]["type"] == "Circle"
    ring = found["t"]["coordinates"][0]
    assert len(ring) == 5
    assert [round(one, 9) for corner in ring for one in corner] == [3, 1, 1, 3, -1, 1, 1, -1, 3, 1]


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("POINT (1 2)", "invalid circle definition"),
        ({"type": "point", "coordinates": [1, 2]}, "invalid circle definition"),
        (7, "field [c] must be a WKT Circle or a GeoJSON Circle value"),
        (None, "field [c] is null, cannot process it."),
        (
            "CIRCLE (0 89.9 40000)",
            "circle [CIRCLE (0.0 89.9 40000.0)] contains one of the earth's poles. cannot be translated to a polygon",
        ),
    ],
)
def test_what_is_no_circle_is_told(simulate, value, reason):
    assert simulate("circle", OPTIONS, {"c": value})["reason"] == reason


def test_a_missing_field_may_be_ignored(simulate):
    assert simulate("circle", {**OPTIONS, "ignore_missing": True}, {"d": 1})["_source"] == {"d": 1}
    assert simulate("circle", OPTIONS, {"d": 1})["reason"] == "field [c] not present as part of path [c]"


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"error_distance": None}, "[error_distance] required property is missing"),
        ({"error_distance": "x"}, "[error_distance] property cannot be converted to a double [x]"),
        ({"shape_type": "round"}, "[shape_type] illegal [shape_type] value [round]. valid values are [SHAPE, GEO_SHAPE]"),
    ],
)
def test_bad_options(simulate, change, reason):
    assert simulate("circle", {**OPTIONS, **change}, {})["reason"] == reason
