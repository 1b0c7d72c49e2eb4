"""Queries on points in Lucene's words. Source: recordings of 7.10.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.mapping.parameter import java_text
from esmock.search.lucene import terms
from esmock.search.lucene.node import Boolean, Constant, Leaf, Lucene, binding, nothing

if TYPE_CHECKING:
    from esmock.search.query.geo import GeoBoundingBox, GeoDistance, GeoPolygon
    from esmock.search.query.shard import ShardSearch

_LAST_LON = 179.99999991618097


def box(query: GeoBoundingBox, shard: ShardSearch) -> Lucene:
    """One range of both coordinates, or two on either side of the line where dates change."""
    field = shard.field(query.field)
    if field is None:
        return nothing("")
    query.bind(shard, False)
    top, left, bottom, right = query.kept(late=shard.behaviour.lucene_nine)
    named = ", ".join(
        f"{name}={java_text(value)}" for name, value in (("minLat", bottom), ("maxLat", top), ("minLon", left), ("maxLon", right))
    )
    by_values = f"{field.path}:box({named})"

    def range_(first: float, last: float) -> str:
        return f"{field.path}:[{java_text(bottom)} TO {java_text(top)}],[{java_text(first)} TO {java_text(last)}]"

    if left <= right:
        return terms.either(shard, "IndexOrDocValuesQuery", field.path, range_(left, right), by_values)
    halves = [("", Leaf("PointRangeQuery", range_(*one))) for one in ((-180.0, right), (left, _LAST_LON))]
    made = Constant(Boolean([*halves]))
    made.by_values, made.bind = by_values, binding(query)
    return made


def distance(query: GeoDistance, shard: ShardSearch) -> Lucene:
    field = shard.field(query.field)
    if field is None:
        return nothing("")
    query.bind(shard, False)
    lat, lon = query.centre(late=shard.behaviour.lucene_nine)
    centre, radius = f"{java_text(lat)},{java_text(lon)}", java_text(query.distance)
    words = f"{field.path}:{centre} +/- {radius} meters"
    by_values = f"{field.path}:INTERSECTS:geometries([CIRCLE([{centre}] radius = {radius} meters)])"
    made = terms.either(shard, "IndexOrDocValuesQuery", field.path, words, by_values if shard.behaviour.lucene_nine else None)
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
    made = terms.either(shard, "IndexOrDocValuesQuery", field.path, words, by_values)
    made.may_be_nested = True
    return made
