"""Queries on points in Lucene's words. Source: recordings of 7.10.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import Unsupported
from esmock.mapping.geo import quantized, quantized_up
from esmock.mapping.geometry import model
from esmock.mapping.parameter import java_text
from esmock.search.lucene import ranges
from esmock.search.lucene.node import Boolean, Constant, Leaf, Lucene, binding, nothing

if TYPE_CHECKING:
    from esmock.mapping.geometry.model import Geometry
    from esmock.search.query.geo import GeoBoundingBox, GeoDistance, GeoPolygon
    from esmock.search.query.geo_shape import ShapeQuery
    from esmock.search.query.shard import ShardSearch

_LAST_LON = 179.99999991618097


def box(query: GeoBoundingBox, shard: ShardSearch) -> Lucene:
    """One range of both coordinates, or two on either side of the line where dates change."""
    field = shard.field(query.field)
    if field is None:
        return nothing("")
    query.bind(shard, False)
    top, left, bottom, right = query.kept(late=shard.behaviour.lucene_nine)
    return _box(query, shard, field.path, (top, left, bottom, right))


def _box(query: GeoBoundingBox | ShapeQuery, shard: ShardSearch, path: str, corners: tuple[float, float, float, float]) -> Lucene:
    top, left, bottom, right = corners
    named = ", ".join(
        f"{name}={java_text(value)}" for name, value in (("minLat", bottom), ("maxLat", top), ("minLon", left), ("maxLon", right))
    )
    by_values = f"{path}:box({named})"

    def range_(first: float, last: float) -> str:
        return f"{path}:[{java_text(bottom)} TO {java_text(top)}],[{java_text(first)} TO {java_text(last)}]"

    if left <= right:
        return ranges.either(shard, "IndexOrDocValuesQuery", path, range_(left, right), by_values)
    halves = [("", Leaf("PointRangeQuery", range_(*one))) for one in ((-180.0, right), (left, _LAST_LON))]
    both = Boolean([*halves])
    made = ranges.either(shard, "IndexOrDocValuesQuery", path, Constant(both).text(), by_values)
    made.children, made.bind, made.path = (both,), binding(query), path
    return made


def distance(query: GeoDistance, shard: ShardSearch) -> Lucene:
    field = shard.field(query.field)
    if field is None:
        return nothing("")
    query.bind(shard, False)
    return _circle(shard, field.path, query.centre(late=shard.behaviour.lucene_nine), query.distance)


def _circle(shard: ShardSearch, path: str, place: tuple[float, float], metres: float) -> Lucene:
    centre, radius = ",".join(map(java_text, place)), java_text(metres)
    by_values = f"{path}:INTERSECTS:geometries([CIRCLE([{centre}] radius = {radius} meters)])" if shard.behaviour.lucene_nine else None
    made = ranges.either(shard, "IndexOrDocValuesQuery", path, f"{path}:{centre} +/- {radius} meters", by_values)
    made.may_be_nested = True
    return made


def polygon(query: GeoPolygon, shard: ShardSearch) -> Lucene:
    field = shard.field(query.field)
    if field is None:
        return nothing("")
    query.bind(shard, False)
    ring = "".join(f"[{java_text(lat)}, {java_text(lon)}] " for lat, lon in query.ring())
    words, by_values = f"LatLonPointInPolygonQuery: field={field.path}:[{ring}]", f"{field.path}:polygons([{ring}])"
    if shard.behaviour.lucene_nine:
        words, by_values = f"LatLonPointQuery: field={field.path}:[{ring},]", f"{field.path}:INTERSECTS:geometries([{ring}])"
    made = ranges.either(shard, "IndexOrDocValuesQuery", field.path, words, by_values)
    made.may_be_nested = True
    return made


def shape(query: ShapeQuery, shard: ShardSearch) -> Lucene:
    """Points by a shape. Raises Unsupported where the field is one of shapes, and for lines."""
    field = shard.field(query.field)
    query.bind(shard, False)
    if field is None:
        return nothing("")
    if field.name != "geo_point":
        raise Unsupported(f"Lucene's words for [{query.name}] on a field of type [{field.name}]")
    parts = query.parts(shard)
    made = _of_one(query, shard, field.path, parts[0]) if len(parts) == 1 else None
    if made is None:
        made = (_of_many if shard.behaviour.lucene_nine else _of_polygons)(query, shard, field.path, parts)
    if isinstance(made, Leaf):
        made.bind = binding(query)
    return Constant(made)


def _of_one(query: ShapeQuery, shard: ShardSearch, path: str, part: Geometry) -> Lucene | None:
    """A box or a circle; None: it is neither, or not asked whether it holds a point."""
    if query.relation != "intersects":
        return None
    if part.kind == model.ENVELOPE:
        left, right, top, bottom = part.coordinates
        if not shard.behaviour.lucene_nine:
            bottom, left = quantized_up(bottom, left)
            top, right = quantized(top, right)
        return _box(query, shard, path, (top, left, bottom, right))
    if part.kind == model.CIRCLE:
        lon, lat = part.coordinates[:2]
        return _circle(shard, path, (lat, lon), part.radius)
    return None


def _of_polygons(query: ShapeQuery, shard: ShardSearch, path: str, parts: list[Geometry]) -> Lucene:
    """All polygons in one query. Raises Unsupported for others beside them."""
    if any(part.kind != model.POLYGON for part in parts):
        raise Unsupported("Lucene's words for a shape of several kinds")
    words = f"LatLonPointInPolygonQuery: field={path}:[{', '.join(_polygon(part, turned=1) for part in parts)}]"
    return Leaf("LatLonPointInPolygonQuery", words, may_be_nested=True)


def _of_many(query: ShapeQuery, shard: ShardSearch, path: str, parts: list[Geometry]) -> Lucene:
    """Any shapes as Lucene 9 has them."""
    shown = [_geometry(part) for part in parts]
    words = f"LatLonPointQuery: field={path}:[{''.join(f'{one},' for one in shown)}]"
    relation = query.relation.upper()
    if relation == "INTERSECTS" and all(part.kind == model.POINT for part in parts):
        relation, words = "CONTAINS", f"ConstantScore({words})"
    made = ranges.either(shard, "IndexOrDocValuesQuery", path, words, f"{path}:{relation}:geometries([{', '.join(shown)}])")
    made.may_be_nested = True
    return made


def _geometry(part: Geometry) -> str:
    """One shape in Lucene's words. Raises Unsupported for lines."""
    if part.kind == model.POLYGON:
        return _polygon(part)
    if part.kind == model.ENVELOPE:
        left, right, top, bottom = map(java_text, part.coordinates)
        return f"Rectangle(lat={bottom} TO {top} lon={left} TO {right})"
    if part.kind == model.POINT:
        return f"Point({','.join(map(java_text, part.coordinates[:2]))})"
    if part.kind == model.CIRCLE:
        lon, lat = map(java_text, part.coordinates[:2])
        return f"CIRCLE([{lat},{lon}] radius = {java_text(part.radius)} meters)"
    raise Unsupported(f"Lucene's words for a [{part.kind}]")


def _polygon(part: Geometry, *, turned: int = 0) -> str:
    """A polygon, whose rings begin so many corners later."""
    rings = ((*ring[turned:-1], *ring[: turned + 1]) for ring in part.coordinates)
    outer, *holes = ("".join(f"[{java_text(lat)}, {java_text(lon)}] " for lon, lat, *_ in ring) for ring in rings)
    return outer + (f", holes=[{', '.join(holes)}]" if holes else "")
