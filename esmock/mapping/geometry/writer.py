"""A geometry as ``fields`` prints it. Source: recordings of 7.17.29."""

from __future__ import annotations

from typing import Any

from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry
from esmock.mapping.geometry.wkt import write_wkt
from esmock.mapping.parameter import java_text

Json = Any
FORMATS = ("geojson", "wkt")
_NAMES = {
    model.POINT: "Point", model.MULTIPOINT: "MultiPoint", model.LINESTRING: "LineString",
    model.MULTILINESTRING: "MultiLineString", model.POLYGON: "Polygon", model.MULTIPOLYGON: "MultiPolygon",
    model.ENVELOPE: "Envelope", model.CIRCLE: "Circle", model.COLLECTION: "GeometryCollection",
}  # fmt: skip


def write(found: Geometry, form: str) -> Json:
    """The geometry in one of ``FORMATS``."""
    return write_wkt(found) if form == "wkt" else _geojson(found)


def _geojson(found: Geometry) -> Json:
    if found.kind == model.COLLECTION:
        return {"geometries": [_geojson(part) for part in found.parts], "type": _NAMES[found.kind]}
    out: dict[str, Json] = {"coordinates": _coordinates(found), "type": _NAMES[found.kind]}
    if found.kind == model.CIRCLE:
        out["radius"] = f"{java_text(float(found.radius))}m"
    return out


def _coordinates(found: Geometry) -> Json:
    if found.kind in (model.POINT, model.CIRCLE):
        return [float(one) for one in found.coordinates] or [0.0, 0.0]
    if found.parts or found.is_empty:
        return [_coordinates(part) for part in found.parts]
    if found.kind == model.ENVELOPE:
        left, right, top, bottom = map(float, found.coordinates)
        return [[left, top], [right, bottom]]
    return _lists(found.coordinates)


def _lists(node: Any) -> Json:
    return [_lists(one) for one in node] if isinstance(node, tuple) else float(node)
