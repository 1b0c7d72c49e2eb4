"""Points on the earth and on a plane, and field aliases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, MapperParsing, UnsupportedOperation
from esmock.mapping import coercion
from esmock.mapping.field import GEO, Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.geometry.field import GeometryField
from esmock.mapping.parameter import Parameter, Place, boolean, java_text, meta, script, string, time_series_metric
from esmock.mapping.points import (
    EARTH,
    PLANE,
    Axes,
    PointReader,
    Position,
    WrongPoint,
    check_degrees,
    decode_geohash,
    is_number,
    parsed_geohash,
)
from esmock.xcontent.java_number import to_float
from esmock.xcontent.located import NeedsPositions

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any

def _number(value: Json, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ElasticsearchParse(f"{name} must be a number")
    if isinstance(value, str):
        try:
            return coercion.java_double(value)
        except ApiError as error:
            raise ElasticsearchParse(f"[{name}] must be a valid double value", cause=error) from None
    return float(value)


def parse_point(value: Json, *, ignore_z: bool = True) -> tuple[float, float]:
    """Any form of a point as (lat, lon): object, array, text, geohash, WKT.

    Raises:
        ElasticsearchParse: as the GeoUtils of Elasticsearch words it.
    """
    if isinstance(value, dict):
        return _object_point(value)
    if isinstance(value, list):
        if len(value) < 2 or len(value) > 3:
            raise ElasticsearchParse("geo_point expected") if len(value) < 2 else ElasticsearchParse(
                "[geo_point] field type does not accept more than 3 dimensions"
            )
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in value):
            raise ElasticsearchParse("numeric value expected")
        if len(value) == 3 and not ignore_z:
            raise _z(value[2])
        return float(value[1]), float(value[0])
    if isinstance(value, str):
        return text_point(value, ignore_z=ignore_z)
    raise ElasticsearchParse("geo_point expected")


def check_object(value: dict[str, Json]) -> None:
    """What 8.x says of an object that is no point. Raises ElasticsearchParse."""
    known = ("lon", "lat", "z", "type", "coordinates", "geohash")
    for name in value:
        if name not in known:
            raise ElasticsearchParse(f"field [{name}] not supported - must be one of: lon, lat, z, type, coordinates")
    if not value:
        raise ElasticsearchParse(EARTH.either)


def _z(value: Json) -> ElasticsearchParse:
    return ElasticsearchParse(
        f"Exception parsing coordinates: found Z value [{java_text(float(value))}] but [ignore_z_value] parameter is [false]"
    )


def _object_point(value: dict[str, Json]) -> tuple[float, float]:
    known = {"lat", "lon", "geohash"}
    for key in value:
        if key not in known:
            if key in ("type", "coordinates"):
                return _geojson_point(value)
            raise ElasticsearchParse("field must be either [lat], [lon] or [geohash]")
    if "geohash" in value:
        if "lat" in value or "lon" in value:
            raise ElasticsearchParse("field must be either lat/lon or geohash")
        return decode_geohash(value["geohash"])
    if "lat" not in value:
        raise ElasticsearchParse("field [lat] missing")
    if "lon" not in value:
        raise ElasticsearchParse("field [lon] missing")
    return _number(value["lat"], "latitude"), _number(value["lon"], "longitude")


def _geojson_point(value: dict[str, Json]) -> tuple[float, float]:
    kind, coordinates = value.get("type"), value.get("coordinates")
    if str(kind).lower() != "point" or not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ElasticsearchParse("field must be either [lat], [lon] or [geohash]")
    return float(coordinates[1]), float(coordinates[0])


def text_point(text: str, *, ignore_z: bool = True) -> tuple[float, float]:
    """``lat,lon``, ``POINT (lon lat)`` or a geohash."""
    if text.strip().lower().startswith("point"):
        inner = text[text.find("(") + 1 : text.rfind(")")].split()
        if len(inner) < 2:
            raise ElasticsearchParse("failed to parse WKT point [" + text + "]")
        return float(inner[1]), float(inner[0])
    if "," in text:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 3:
            raise ElasticsearchParse(f"failed to parse [{text}], expected 2 or 3 coordinates but found: [{len(parts)}]")
        lat = _text_number(parts[0], "latitude")
        lon = _text_number(parts[1], "longitude")
        if len(parts) == 3 and not ignore_z:
            raise _z(float(parts[2]))
        return lat, lon
    lon, lat = parsed_geohash(text)
    return lat, lon


def _text_number(text: str, name: str) -> float:
    try:
        return coercion.java_double(text)
    except ApiError:
        raise ElasticsearchParse(f"{name} must be a number") from None


def quantized(lat: float, lon: float) -> tuple[float, float]:
    """The point as Lucene keeps it: each coordinate in 32 bits."""
    lat_step, lon_step = 180.0 / (1 << 32), 360.0 / (1 << 32)
    if lat == 90.0:
        lat = math.nextafter(90.0, -math.inf)
    if lon == 180.0:
        lon = math.nextafter(180.0, -math.inf)
    return math.floor(lat / lat_step) * lat_step, math.floor(lon / lon_step) * lon_step


def quantized_up(lat: float, lon: float) -> tuple[float, float]:
    """The least point that Lucene keeps and that is not below: the lower corner of a box."""
    lat_step, lon_step = 180.0 / (1 << 32), 360.0 / (1 << 32)
    last = (1 << 31) - 1
    return min(math.ceil(lat / lat_step), last) * lat_step, min(math.ceil(lon / lon_step), last) * lon_step


class PointField(GeometryField):
    """What points of the earth and of a plane have in common; columns hold y and x, as exactly as they are indexed."""

    takes_words = False
    column_kind = GEO
    takes_arrays = True
    takes_old_parameters = True
    axes: ClassVar[Axes]
    parameters: ClassVar[tuple[Parameter, ...]] = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        boolean("ignore_malformed", False, updateable=True, is_explicit=True),
        boolean("ignore_z_value", True, updateable=True, is_explicit=True),
        Parameter("null_value", None, lambda value, place: value, allows_null=True),
        meta(),
    )
    __slots__ = ("ignores_malformed", "reader")

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)
        behaviour = self.context.behaviour
        self.reader = PointReader(self.axes, behaviour, ignore_z=bool(self.get("ignore_z_value")), validate=self.checked)
        null = self.given.get("null_value")
        if null is not None:
            # ES: 8.x comes to it before it has read the other parameters
            reader = PointReader(self.axes, behaviour) if behaviour.major >= 8 else self.reader
            self.given["null_value"] = self.null_point(reader.one(null))

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return not context.behaviour.shapes_by_one_parser

    def null_point(self, position: Position) -> dict[str, float]:
        """The point that stands for null, as the definition prints it. Raises IllegalArgument."""
        raise NotImplementedError

    def checked(self, position: Position) -> Position:
        """A position as it is to be indexed. Raises IllegalArgument."""
        raise NotImplementedError

    def kept(self, position: Position) -> tuple[float, float]:
        """y and x of a checked position in a column."""
        raise NotImplementedError

    def points(self, value: Json) -> list[Json]:
        """The points of a value as they are given: the elements of a list that is not a point itself."""
        return value if isinstance(value, list) and not (value and is_number(value[0])) else [value]

    def check(self, value: Json) -> None:
        for found in self.reader.each(value):
            if isinstance(found, WrongPoint):
                raise found

    def _read(self, value: Json) -> list[Position | WrongPoint | None]:
        try:
            return list(self.reader.each(value))
        except NeedsPositions:
            return []

    def positions(self, values: list[Json]) -> list[Position]:
        """The points of a document as they are indexed, in full precision."""
        null = self.null_value
        found = [one if one is not None or null is None else self.reader.one(null) for value in values for one in self._read(value)]
        return [self.checked(one) for one in found if one is not None and not isinstance(one, WrongPoint)]

    def fetched_points(self, values: list[Json]) -> list[Position]:
        """What the ``fields`` option shows: not the point that stands for null; before 7.11 nothing where one point is wrong."""
        found = [one for value in values for one in self._read(value) if one is not None]
        right = [one for one in found if not isinstance(one, WrongPoint)]
        return [] if len(right) < len(found) and self.reader.refuses_null else [self.checked(one) for one in right]

    def column_values(self, values: list[Json]) -> list[tuple[float, float]]:
        return [self.kept(one) for one in self.positions(values)]

    def stored_values(self, values: list[Json]) -> list[Json]:
        order = reversed if self.axes.on_earth else tuple
        return [", ".join(java_text(float(axis)) for axis in order(one)) for one in self.positions(values)]


class GeoPoint(PointField):
    """Latitude and longitude. Docs: geo-point."""

    name = "geo_point"
    axes = EARTH
    parameters = (*PointField.parameters[:-1], *script(), PointField.parameters[-1], time_series_metric("position"))
    __slots__ = ()

    def null_point(self, position: Position) -> dict[str, float]:
        lon, lat = position
        if self.context.behaviour.major >= 8 or not self.ignores_malformed:
            _check_range(lon, lat)
        elif abs(lat) > 90.0 or abs(lon) > 180.0:
            lat, lon = normalized(lat, lon)
        return {"lat": lat, "lon": lon}

    def checked(self, position: Position) -> Position:
        lon, lat = position
        if not self.ignores_malformed:
            _check_range(lon, lat, f" for {self.leaf}")
        elif abs(lat) > 90.0 or abs(lon) > 180.0:
            lat, lon = normalized(lat, lon)
        check_degrees(lon, lat)
        return lon, lat

    def kept(self, position: Position) -> tuple[float, float]:
        return quantized(position[1], position[0])

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        lat, lon = value
        if self.context.behaviour.major >= 8:
            return {"coordinates": [float(lon), float(lat)], "type": "Point"} if format is None else value
        return f"{java_text(float(lat))}, {java_text(float(lon))}"


class PlanePoint(PointField):
    """x and y of a plane, indexed as floats. Docs: point.

    Source: documentation and the published source; no engine here has the type.
    """

    name = "point"
    axes = PLANE
    __slots__ = ()

    @property
    def lacks_columns(self) -> bool:
        return not self.context.behaviour.has(_PLANE_COLUMNS)

    @property
    def no_columns(self) -> str | None:
        """What refuses to sort by the field or to aggregate it."""
        return None if not self.lacks_columns else not_supported(self.path, "point")

    def null_point(self, position: Position) -> dict[str, float]:
        if not self.ignores_malformed:
            _check_finite(position)
        return {"x": position[0], "y": position[1]}

    def checked(self, position: Position) -> Position:
        if not self.ignores_malformed:
            _check_finite(position, f" for {self.leaf}")
        for one in map(to_float, position):
            if not math.isfinite(one):
                raise IllegalArgument(f"invalid value {java_text(one)}; must be between -3.4028234663852886E38 and 3.4028234663852886E38")
        return position

    def kept(self, position: Position) -> tuple[float, float]:
        return to_float(position[1]), to_float(position[0])

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        if not self.lacks_columns:
            raise UnsupportedOperation("scripts and term aggs are not supported by point doc values")
        raise IllegalArgument(self.no_columns)


_PLANE_COLUMNS = (8, 6)
"""The release from which points of a plane can be aggregated."""


def _check_range(lon: float, lat: float, where: str = "") -> None:
    for value, name, limit in ((lat, "latitude", 90.0), (lon, "longitude", 180.0)):
        if abs(value) > limit:
            raise IllegalArgument(f"illegal {name} value [{java_text(value)}]{where}")


def _check_finite(position: Position, where: str = "") -> None:
    for value, name in zip(position, "xy", strict=True):
        if not math.isfinite(value):
            raise IllegalArgument(f"illegal {name} value [{java_text(value)}]{where}")


def normalized(lat: float, lon: float) -> tuple[float, float]:
    """A point beyond the poles or the date line, brought back."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return math.nan, math.nan
    lat = math.fmod(lat, 360.0)
    if lat > 180.0:
        lat -= 360.0
    elif lat < -180.0:
        lat += 360.0
    if abs(lat) > 90.0:
        lat = math.copysign(180.0, lat) - lat
        lon += 180.0
    lon = math.fmod(lon + 180.0, 360.0)
    return lat, lon - 180.0 if lon >= 0 else lon + 180.0


class Alias(Field):
    """Another name of a field. Docs: alias."""

    name = "alias"
    is_alias = True
    allows_multi_fields = False
    parameters = (string("path", None),)
    __slots__ = ()

    @classmethod
    def refuse_definition(cls, place: Place, node: dict[str, Json]) -> None:
        if node.get("path") is None:
            raise MapperParsing(f"The [path] property must be specified for field [{place.path.rsplit('.', 1)[-1]}].")

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return True

    @property
    def target(self) -> str:
        """Full name of the field it stands for."""
        return str(self.given["path"])

    def merge(self, other: Field) -> Field:
        if type(other) is not type(self):
            raise IllegalArgument(f"Cannot merge a field alias mapping [{self.path}] with a mapping that is not for a field alias.")
        return other

    def to_json(self) -> dict[str, Json]:
        return {"type": "alias", "path": self.given["path"]}

    def check(self, value: Json) -> None:
        raise IllegalArgument(f"Cannot write to a field alias [{self.path}].")


FIELDS = (GeoPoint, PlanePoint, Alias)
