"""Points on the earth, and field aliases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, MapperParsing
from esmock.mapping import coercion
from esmock.mapping.field import GEO, Field
from esmock.mapping.geometry.field import GeometryField
from esmock.mapping.parameter import Parameter, boolean, java_text, meta, string, time_series_metric

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any

_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"


def decode_geohash(text: str) -> tuple[float, float]:
    """The lower left corner of a geohash cell as (lat, lon). Raises IllegalArgument."""
    lon = [-180.0, 180.0]
    lat = [-90.0, 90.0]
    even = True
    for char in text:
        at = _BASE32.find(char)
        if at < 0:
            raise IllegalArgument(f"unsupported symbol [{char}] in geohash [{text}]")
        for bit in (16, 8, 4, 2, 1):
            interval = lon if even else lat
            middle = (interval[0] + interval[1]) / 2
            interval[0 if at & bit else 1] = middle
            even = not even
    return lat[0], lon[0]


def _number(value: Json, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ElasticsearchParse(f"{name} must be a number")
    if isinstance(value, str):
        try:
            return coercion.java_double(value)
        except ApiError as error:
            raise ElasticsearchParse(f"[{name}] must be a valid double value", cause=error) from None
    return float(value)


def parse_point(value: Json, *, ignore_z: bool = True, tolerant: bool = False) -> tuple[float, float]:
    """Any form of a point as (lat, lon): object, array, text, geohash, WKT.

    Raises:
        ElasticsearchParse: as the GeoUtils of Elasticsearch words it.
    """
    if isinstance(value, dict):
        return _object_point(value, tolerant)
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


def _z(value: Json) -> ElasticsearchParse:
    return ElasticsearchParse(
        f"Exception parsing coordinates: found Z value [{java_text(float(value))}] but [ignore_z_value] parameter is [false]"
    )


def _object_point(value: dict[str, Json], tolerant: bool) -> tuple[float, float]:
    known = {"lat", "lon", "geohash"}
    for key in value:
        if key not in known:
            if key in ("type", "coordinates"):
                return _geojson_point(value)
            if tolerant:
                continue
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
    if not text:
        raise ElasticsearchParse("empty geohash", cause=IllegalArgument("empty geohash"))
    try:
        return decode_geohash(text)
    except IllegalArgument as error:
        raise ElasticsearchParse(error.reason, cause=error) from None


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


class GeoPoint(GeometryField):
    """Latitude and longitude; columns hold both, quantized. Docs: geo-point."""

    name = "geo_point"
    takes_words = False
    column_kind = GEO
    takes_arrays = True
    takes_old_parameters = True
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        boolean("ignore_malformed", False, updateable=True, is_explicit=True),
        boolean("ignore_z_value", True, updateable=True, is_explicit=True),
        Parameter("null_value", None, lambda value, place: value, allows_null=True),
        meta(),
        time_series_metric("position"),
    )
    __slots__ = ("ignores_malformed",)

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)
        if self.given.get("null_value") is not None:
            self.given["null_value"] = self._null_point(self.given["null_value"])

    def _null_point(self, value: Json) -> dict[str, float]:
        late = self.context.behaviour.major >= 8
        try:
            lat, lon = parse_point(value, ignore_z=self.get("ignore_z_value"), tolerant=late)
        except ElasticsearchParse as error:
            raise self._worded(error, late) from None
        if late or not self.ignores_malformed:
            if abs(lat) > 90.0:
                raise IllegalArgument(f"illegal latitude value [{java_text(lat)}]")
            if abs(lon) > 180.0:
                raise IllegalArgument(f"illegal longitude value [{java_text(lon)}]")
        elif abs(lat) > 90.0 or abs(lon) > 180.0:
            lat, lon = normalized(lat, lon)
        return {"lat": lat, "lon": lon}

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return not context.behaviour.shapes_by_one_parser

    def points(self, value: Json) -> list[Json]:
        """The points of one value of the source, which may be an array of them."""
        if isinstance(value, list):
            if value and isinstance(value[0], int | float) and not isinstance(value[0], bool):
                return [value]
            return [one for inner in value for one in self.points(inner)]
        return [value]

    def check(self, value: Json) -> None:
        late = self.context.behaviour.major >= 8
        for one in self.points(value):
            if one is None:
                continue
            try:
                lat, lon = parse_point(one, ignore_z=self.get("ignore_z_value"), tolerant=late)
            except ElasticsearchParse as error:
                raise self._worded(error, late) from None
            if not self.ignores_malformed:
                if lat > 90.0 or lat < -90.0:
                    raise IllegalArgument(f"illegal latitude value [{java_text(lat)}] for {self.path}")
                if lon > 180.0 or lon < -180.0:
                    raise IllegalArgument(f"illegal longitude value [{java_text(lon)}] for {self.path}")

    @staticmethod
    def _worded(error: ElasticsearchParse, late: bool) -> ElasticsearchParse:
        """The error in the words of the version."""
        reason = error.reason or ""
        if late and reason.startswith("field [") and reason.endswith("missing"):
            return ElasticsearchParse(f"Required {reason[6:-8]}")
        if not late and reason.endswith("must be a valid double value"):
            return ElasticsearchParse("[lat] and [lon] must be valid double values", cause=error.cause)
        return error

    def column_values(self, values: list[Json]) -> list[tuple[float, float]]:
        out = []
        for value in values:
            for one in self.points(value):
                if one is None:
                    continue
                try:
                    lat, lon = parse_point(one, tolerant=True)
                except ApiError:
                    continue
                if abs(lat) > 90.0 or abs(lon) > 180.0:
                    lat, lon = normalized(lat, lon)
                out.append(quantized(lat, lon))
        return out

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        lat, lon = value
        if self.context.behaviour.major >= 8:
            return {"coordinates": [float(lon), float(lat)], "type": "Point"} if format is None else value
        return f"{java_text(float(lat))}, {java_text(float(lon))}"


def normalized(lat: float, lon: float) -> tuple[float, float]:
    """A point beyond the poles or the date line, brought back."""
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

    def setup(self) -> None:
        if self.given.get("path") is None:
            raise MapperParsing(f"The [path] property must be specified for field [{self.leaf}].")

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


FIELDS = (GeoPoint, Alias)
