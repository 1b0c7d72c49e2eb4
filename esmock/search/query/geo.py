"""Queries on points. Docs: geo-queries. Source: recordings of 7.10.2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, Parsing, QueryValidation, Unsupported
from esmock.mapping.geo import normalized, parse_point, quantized, quantized_up, text_point
from esmock.mapping.geometry.model import CIRCLE, ENVELOPE, Geometry
from esmock.mapping.parameter import java_text
from esmock.mapping.sphere import distance_type, parse_distance, unit_metres, within
from esmock.search.query.base import Bound, Constant, MatchNothing, ParseContext, Query
from esmock.search.query.geo_box import parse_box
from esmock.search.query.parse import boolean_value, float_value, met, scalar, text
from esmock.search.query.terms import any_of
from esmock.xcontent.located import at_end, at_value, token
from esmock.xcontent.value_reader import double

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any

VALIDATION = ("STRICT", "IGNORE_MALFORMED", "COERCE")


def validation_method(name: str) -> str:
    """How points out of range are taken. Raises IllegalArgument."""
    if name.upper() not in VALIDATION:
        raise IllegalArgument(f"operator needs to be either [COERCE, IGNORE_MALFORMED, STRICT], but not [{name}]")
    return name.upper()


@dataclass(slots=True)
class GeoQuery(Query):
    """What queries on a point field have in common."""

    field: str = ""
    validation: str = "STRICT"
    ignore_unmapped: bool = False

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = shard.field(self.field)
        if field is None:
            if self.ignore_unmapped:
                return MatchNothing()
            raise shard.error(self.missing_field(shard))
        if field.name == "geo_shape" and shard.behaviour.shapes_by_one_parser and self.name != "geo_polygon":
            return self._on_shapes(shard, field, boost)
        if field.name != "geo_point":
            if shard.behaviour.major >= 8 and self.name != "geo_polygon":
                raise shard.error(f"Field [{self.field}] is of unsupported type [{field.name}] for [{self.name}] query")
            raise shard.error(f"field [{self.field}] is not a geo_point field")
        problems = [] if self.validation != "STRICT" else self.problems()
        if problems:
            listed = "".join(f"{at}: [{self.name}] {one};" for at, one in enumerate(problems, 1))
            raise shard.error(
                "couldn't validate latitude/ longitude values", QueryValidation(f"Validation Failed: {listed}")
            )
        inside = self.matcher(late=shard.behaviour.lucene_nine)
        path = field.path

        def find(segment: Any) -> np.ndarray:
            column = segment.column(path)
            return any_of(column, inside(column.values[:, 0], column.values[:, 1]))

        return Constant(find, boost)

    def _on_shapes(self, shard: ShardSearch, field: Any, boost: Any) -> Bound:
        """The shapes that the query's own touches."""
        from esmock.search.geometry import INTERSECTS, Relation, as_given, shapes_of

        relation = Relation(INTERSECTS, shapes_of([self.shape()], earth=True, quantize=as_given))
        return Constant(lambda segment: relation.match(segment, field), boost)

    def shape(self) -> Geometry:
        """The area that the query asks for."""
        raise NotImplementedError

    def missing_field(self, shard: ShardSearch) -> str:
        kind = "geo_point" if not shard.behaviour.shapes_and_points_alike or self.name == "geo_polygon" else "geo"
        return f"failed to find {kind} field [{self.field}]"

    def problems(self) -> list[str]:
        """Coordinates out of range."""
        return []

    def matcher(self, *, late: bool) -> Any:
        """A function from latitudes and longitudes, float64[n], to bool[n]; ``late``: as 8.x rounds."""
        raise NotImplementedError


def _common(out: dict[str, Any], body: Json, key: str | int, ctx: ParseContext, name: str | None = None) -> bool:
    """Read an option that all of these queries have; False for another one. ``name``: of one that stands in an array."""
    name = str(key) if name is None else name
    if name == "boost":
        out["boost"] = float_value(body, key)
    elif name == "_name":
        out["query_name"] = text(body, key, ctx)
    elif name == "validation_method":
        out["validation"] = validation_method(text(body, key, ctx))
    elif name == "ignore_unmapped":
        out["ignore_unmapped"] = boolean_value(body, key)
    else:
        return False
    return True


@dataclass(slots=True)
class GeoBoundingBox(GeoQuery):
    """Docs: query-dsl-geo-bounding-box-query."""

    name = "geo_bounding_box"
    top: float = math.nan
    left: float = math.nan
    bottom: float = math.nan
    right: float = math.nan

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> GeoBoundingBox:
        out: dict[str, Any] = {}
        for key, holder, at in met(body):
            value = holder[at]
            if isinstance(value, dict):
                try:
                    out.update(parse_box(value, ctx.behaviour))
                except ApiError as error:
                    raise ElasticsearchParse(f"failed to parse [geo_bounding_box] query. [{error.reason}]") from None
                out["field"] = key
            elif not _common(out, holder, at, ctx, key):
                if key != "type" or ctx.behaviour.major >= 8:
                    raise Parsing(f"failed to parse [geo_bounding_box] query. unexpected field [{key}]", at_value(holder, at))
                if text(holder, at, ctx) not in ("memory", "indexed"):
                    raise IllegalArgument(f"no type can be parsed from ordinal {text(holder, at, ctx)}")
                if ctx.behaviour.shapes_and_points_alike:
                    ctx.warn("Deprecated field [type] used, this field is unused and will be removed entirely")
        if "field" not in out:
            raise ElasticsearchParse("failed to parse [geo_bounding_box] query. bounding box not provided")
        box = cls(**out)
        box._check(ctx.behaviour)
        return box

    def _check(self, behaviour: Behaviour) -> None:
        for name, value in (
            ("top latitude", self.top), ("left longitude", self.left), ("bottom latitude", self.bottom),
            ("right longitude", self.right),
        ):
            if not math.isfinite(value):
                raise IllegalArgument(f"{name} is invalid: {java_text(value) if value == value else 'NaN'}")
        # ES: the corners are looked at before the way of validation is known
        if self.top < self.bottom:
            raise IllegalArgument(f"top is below bottom corner: {java_text(self.top)} vs. {java_text(self.bottom)}")
        if behaviour.major >= 8:
            return
        if self.top == self.bottom:
            raise IllegalArgument(f"top cannot be the same as bottom: {java_text(self.top)} == {java_text(self.bottom)}")
        if self.left == self.right:
            raise IllegalArgument(f"left cannot be the same as right: {java_text(self.left)} == {java_text(self.right)}")

    def problems(self) -> list[str]:
        sides = (
            ("top latitude", self.top, 90), ("bottom latitude", self.bottom, 90), ("left longitude", self.left, 180),
            ("right longitude", self.right, 180),
        )
        return [f"{side} is invalid: {java_text(value)}" for side, value, limit in sides if abs(value) > limit]

    def shape(self) -> Geometry:
        return Geometry(ENVELOPE, (self.left, self.right, self.top, self.bottom))

    def kept(self, *, late: bool = False) -> tuple[float, float, float, float]:
        """Top, left, bottom and right as Lucene keeps them; in 8.x the lower corner is rounded as points are."""
        top, left, bottom, right = self.top, self.left, self.bottom, self.right
        if self.validation == "COERCE":
            is_full = right > left and (right - left) % 360 == 0
            top, left = _brought_back(top, left)
            bottom, right = _brought_back(bottom, right)
            if is_full:
                left, right = -180.0, 180.0
        least_lat, least_lon = (quantized if late else quantized_up)(bottom, left)
        greatest_lat, greatest_lon = quantized(top, right)
        return greatest_lat, least_lon, least_lat, greatest_lon

    def matcher(self, *, late: bool) -> Any:
        top, left, bottom, right = self.kept(late=late)

        def inside(lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
            within = (lats >= bottom) & (lats <= top)
            if left > right:
                return within & ((lons >= left) | (lons <= right))
            return within & (lons >= left) & (lons <= right)

        return inside


def _brought_back(lat: float, lon: float) -> tuple[float, float]:
    return normalized(lat, lon) if abs(lat) > 90 or abs(lon) > 180 else (lat, lon)


@dataclass(slots=True)
class GeoDistance(GeoQuery):
    """Docs: query-dsl-geo-distance-query."""

    name = "geo_distance"
    lat: float = math.nan
    lon: float = math.nan
    distance: float = 0.0

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> GeoDistance:
        out: dict[str, Any] = {}
        distance: Json = None
        unit = 1.0
        for key, value in body.items():
            if value is None:
                continue
            if isinstance(value, list):
                out["field"] = key
                out["lat"], out["lon"] = _pair(value)
            elif isinstance(value, dict):
                if "field" in out:
                    raise Parsing(
                        f"[geo_distance] query doesn't support multiple fields, found [{out['field']}] and [{key}]",
                        at_value(body, key),
                    )
                out["field"] = key
                cls._object(out, body, key)
            elif key == "distance":
                distance = value if isinstance(value, str) else double(body, key)
            elif key == "unit":
                unit = _unit(text(body, key, ctx))
            elif key == "distance_type":
                distance_type(text(body, key, ctx))
            elif key.endswith((".lat", ".lon")):
                out["field"], out[key[-3:]] = key[:-4], float_double(value)
            elif key.endswith(".geohash"):
                out["field"] = key[: -len(".geohash")]
                out["lat"], out["lon"] = text_point(value)
            elif _common(out, body, key, ctx):
                continue
            elif "field" in out:
                raise Parsing(f"failed to parse [geo_distance] query. unexpected field [{key}]", at_value(body, key))
            else:
                out["field"] = key
                out["lat"], out["lon"] = text_point(text(body, key, ctx))
        if distance is None:
            raise Parsing("geo_distance requires 'distance' to be specified", at_end(body))
        if not out.get("field"):
            raise IllegalArgument("fieldName must not be null or empty")
        if distance == "":
            raise IllegalArgument("distance must not be null or empty")
        out["distance"] = parse_distance(distance, unit) if isinstance(distance, str) else float(distance) * unit
        if out["distance"] <= 0:
            raise IllegalArgument("distance must be greater than zero")
        return cls(**out)

    @staticmethod
    def _object(out: dict[str, Any], body: Json, key: str) -> None:
        node = body[key]
        for name in node:
            if name in ("lat", "lon"):
                given = _coordinate(node, name)
                out[name] = math.nan if given is None else float_double(given)
            elif name == "geohash":
                out["lat"], out["lon"] = text_point(node[name])
            else:
                raise Parsing(f"[geo_distance] query does not support [{key}]", at_value(node, name))

    def problems(self) -> list[str]:
        wrong = [] if abs(self.lat) <= 90 else [f"center point latitude is invalid: {java_text(self.lat)}"]
        return wrong if abs(self.lon) <= 180 else [*wrong, f"center point longitude is invalid: {java_text(self.lon)}"]

    def shape(self) -> Geometry:
        return Geometry(CIRCLE, (self.lon, self.lat), radius=self.distance)

    def centre(self, *, late: bool = False) -> tuple[float, float]:
        """The centre; 8.x keeps it as points are kept."""
        lat, lon = _brought_back(self.lat, self.lon) if self.validation == "COERCE" else (self.lat, self.lon)
        return quantized(lat, lon) if late else (lat, lon)

    def matcher(self, *, late: bool) -> Any:
        lat, lon = self.centre(late=late)
        return lambda lats, lons: within(self.distance, lat, lon, lats, lons)


def _pair(value: Json) -> tuple[float, float]:
    """A point as an array; what is missing there is no number."""
    if len(value) > 1:
        return parse_point(value)
    if value and (isinstance(value[0], bool) or not isinstance(value[0], int | float)):
        raise ElasticsearchParse("numeric value expected")
    return math.nan, float(value[0]) if value else math.nan


def _unit(name: str) -> float:
    try:
        return unit_metres(name)
    except IllegalArgument:
        raise IllegalArgument(f"No distance unit match [{name}]") from None


def _coordinate(node: Json, name: str) -> Json:
    """A latitude or longitude; the parser walks into an object as if it were the query's own."""
    value = node[name]
    if isinstance(value, dict) and value:
        inner = next(iter(value))
        raise Parsing(f"[geo_distance] query does not support [{inner}]", at_value(value, inner))
    if isinstance(value, dict | list):
        raise Unsupported(f"a structure for [{name}] of a point")
    return value


def float_double(value: Json) -> float:
    """``parser.doubleValue()``."""
    from esmock.mapping import coercion

    return coercion.java_double(value) if isinstance(value, str) else float(value)


@dataclass(slots=True)
class GeoPolygon(GeoQuery):
    """Docs: query-dsl-geo-polygon-query."""

    name = "geo_polygon"
    points: tuple[tuple[float, float], ...] = ()

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> GeoPolygon:
        if ctx.behaviour.version >= type(ctx.behaviour.version)(7, 12, 0):
            ctx.warn(
                "Deprecated field [geo_polygon] used, replaced by [[geo_shape] query where polygons are defined in geojson or wkt]"
            )
        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if isinstance(value, dict):
                out["field"] = key
                for name, points in value.items():
                    if not isinstance(points, list):
                        what = f"token type [{token(points)}] under [{name}]"
                        raise Parsing(f"[geo_polygon] query does not support {what}", at_value(value, name))
                    if name != "points":
                        raise Parsing(f"[geo_polygon] query does not support [{name}]", at_value(value, name))
                    out["points"] = tuple(parse_point(one) for one in points)
            elif not scalar(value):
                raise Parsing(f"[geo_polygon] unexpected token type [{token(value)}]", at_value(body, key))
            elif not _common(out, body, key, ctx):
                raise Parsing(f"[geo_polygon] query does not support [{key}]", at_value(body, key))
        points = out.get("points")
        if "field" not in out:
            raise IllegalArgument("fieldName must not be null")
        if points is None:
            raise IllegalArgument("polygon must not be null or empty")
        if not points:
            raise IllegalArgument("polygon must not be null or empty")
        closed = points[0] == points[-1]
        if len(points) < (4 if closed else 3):
            raise IllegalArgument("too few points defined for geo_polygon query")
        if not closed:
            out["points"] = (*points, points[0])
        return cls(**out)

    def problems(self) -> list[str]:
        for lat, lon in self.points:
            if abs(lat) > 90:
                return [f"latitude is invalid: {java_text(lat)}"]
            if abs(lon) > 180:
                return [f"longitude is invalid: {java_text(lon)}"]
        return []

    def ring(self) -> tuple[tuple[float, float], ...]:
        """The corners, closed."""
        return tuple(_brought_back(*one) for one in self.points) if self.validation == "COERCE" else self.points

    def matcher(self, *, late: bool) -> Any:
        points = self.ring()
        return lambda lats, lons: in_ring(points, lats, lons)


def in_ring(points: Any, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """bool[n]: points within a closed ring of (lat, lon); its edges belong to it."""
    inside = np.zeros(len(lats), bool)
    on_edge = np.zeros(len(lats), bool)
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        between = (lats >= min(lat1, lat2)) & (lats <= max(lat1, lat2))
        cross = (lon2 - lon1) * (lats - lat1) - (lat2 - lat1) * (lons - lon1)
        on_edge |= between & (cross == 0) & (lons >= min(lon1, lon2)) & (lons <= max(lon1, lon2))
        if lat1 == lat2:
            continue
        spans = (lat1 > lats) != (lat2 > lats)
        inside ^= spans & (lons < (lon2 - lon1) * (lats - lat1) / (lat2 - lat1) + lon1)
    return inside | on_edge


QUERIES = (GeoBoundingBox, GeoDistance, GeoPolygon)
