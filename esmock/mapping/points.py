"""Reading points: of the earth and of a plane, in all forms, as each version's parser takes and refuses them.

Source: recordings of 7.10.2 and 8.19.21 (geo_point); points of a plane by the published source, which reads them by the same parser
from 8.0 on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    ArrayIndexOutOfBounds,
    ElasticsearchParse,
    IllegalArgument,
    JsonParse,
    NumberFormat,
    StringIndexOutOfBounds,
    TextParse,
)
from esmock.mapping.geometry import model
from esmock.mapping.parameter import java_text
from esmock.xcontent.java_number import parse_double
from esmock.xcontent.located import end_error
from esmock.xcontent.value_reader import Reading, double

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Position = tuple[float, float]
"""x and y: longitude and latitude on the earth."""

BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
"""The digits of geohashes."""
_FLOATS = "must be between -3.4028234663852886E38 and 3.4028234663852886E38"


class WrongPoint(Exception):
    """A point that cannot be read.

    Attributes:
        error: the cause.
        part: holder and key of the point or of the part where the parser stands; None: the whole value.
        is_bare: not a point is wrong, but the list that is read as one: ``ignore_malformed`` does not cover it.
        is_end: the parser stands at the end of the list ``part[0]``.
    """

    def __init__(self, error: ApiError, part: tuple[Json, int] | None, *, is_bare: bool = False, is_end: bool = False) -> None:
        super().__init__(error.reason)
        self.error = error
        self.part = part
        self.is_bare = is_bare
        self.is_end = is_end


_MOST_CHARACTERS = 12
"""Of a geohash; more are not looked at."""


def decode_geohash(text: str) -> tuple[float, float]:
    """The lower left corner of a geohash cell as (lat, lon). Raises IllegalArgument."""
    lon = [-180.0, 180.0]
    lat = [-90.0, 90.0]
    even = True
    for char in text[:_MOST_CHARACTERS]:
        at = BASE32.find(char)
        if at < 0:
            raise IllegalArgument(f"unsupported symbol [{char}] in geohash [{text}]")
        for bit in (16, 8, 4, 2, 1):
            interval = lon if even else lat
            middle = (interval[0] + interval[1]) / 2
            interval[0 if at & bit else 1] = middle
            even = not even
    return lat[0], lon[0]


def parsed_geohash(text: str) -> Position:
    """The same of a text that is read as a point. Raises ElasticsearchParse."""
    if not text:
        raise ElasticsearchParse("empty geohash", cause=IllegalArgument("empty geohash"))
    try:
        lat, lon = decode_geohash(text)
    except IllegalArgument as error:
        raise ElasticsearchParse(error.reason, cause=error) from None
    return lon, lat


def _refused_code(text: str) -> Position:
    """A text without a comma, on a plane."""
    if not text:
        raise StringIndexOutOfBounds("Index 0 out of bounds for length 0")
    if "." in text:
        raise ElasticsearchParse(f"failed to parse [{text}], expected 2 or 3 coordinates but found: [1]")
    raise ElasticsearchParse(f"unsupported symbol [{text[0]}] in point [{text}]")


@dataclass(frozen=True, slots=True)
class Axes:
    """How a kind of points names its coordinates.

    Attributes:
        kind: the field type.
        x, y: names in objects.
        x_text, y_text: names in errors.
        either: what an object without any coordinate is told (8.x).
        on_earth: texts give y first, coordinates are degrees, and a text may be a geohash.
    """

    kind: str
    x: str
    y: str
    x_text: str
    y_text: str
    either: str
    on_earth: bool


EARTH = Axes("geo_point", "lon", "lat", "longitude", "latitude", "field must be either lat/lon, geohash string or type/coordinates", True)
PLANE = Axes("point", "x", "y", "x", "y", "field must be either lat/lon or type/coordinates", False)


class PointReader:
    """Reads the points of a field.

    Args:
        validate: called with each position; raises ApiError for one that the field refuses.
    """

    __slots__ = ("axes", "ignore_z", "is_late", "reading", "refuses_null", "validate")

    def __init__(
        self, axes: Axes, behaviour: Behaviour, *, ignore_z: bool = True, validate: Callable[[Position], Any] = lambda position: None
    ) -> None:
        self.axes = axes
        self.ignore_z = ignore_z
        self.is_late = behaviour.major >= 8
        self.refuses_null = not behaviour.shapes_by_one_parser
        self.reading = Reading(behaviour)
        self.validate = validate

    def each(self, value: Json) -> Iterator[Position | WrongPoint | None]:
        """The points of a value of a document, each read for itself; None for the point that stands for null."""
        if not isinstance(value, list):
            yield None if value is None else self._tried(value, None)
            return
        if value and is_number(value[0]):
            yield from self._bare(value)
            return
        for at, one in enumerate(value):
            yield None if one is None and not self.refuses_null else self._tried(one, (value, at))

    def _tried(self, value: Json, part: tuple[Json, int] | None) -> Position | WrongPoint:
        try:
            found = self.one(value)
            self.validate(found)
        except ApiError as error:
            return WrongPoint(error, part)
        return found

    def _bare(self, array: list[Json]) -> Iterator[Position | WrongPoint]:
        """A list that begins with a number is a point, and what follows its third element others."""
        at = 1
        try:
            if len(array) < 2:
                raise end_error(array, JsonParse, "Current token (END_ARRAY) not numeric, can not use numeric value accessors")
            found = float(array[0]), double(array, 1)
            at = 2
            if len(array) > 2:
                if not is_number(array[2]):
                    raise ElasticsearchParse("field type does not accept > 3 dimensions")
                self._check_z(float(array[2]))
            self.validate(found)
        except ApiError as error:
            yield WrongPoint(error, (array, at), is_bare=True, is_end=at >= len(array))
            return
        yield found
        for rest in range(3, len(array)):
            yield self._tried(array[rest], (array, rest))

    def one(self, value: Json) -> Position:
        """A single point. Raises ApiError."""
        if isinstance(value, dict):
            return self._late_object(value) if self.is_late else self._old_object(value)
        if isinstance(value, list):
            return self._array(value)
        if isinstance(value, str):
            return self.text(value)
        raise ElasticsearchParse(f"{self.axes.kind} expected")

    def _array(self, array: list[Json]) -> Position:
        axes = self.axes
        x = y = math.nan
        for at, one in enumerate(array):
            if not is_number(one):
                raise ElasticsearchParse("numeric value expected")
            if at == 0:
                x = float(one)
            elif at == 1:
                y = float(one)
            elif not axes.on_earth and not self.is_late:
                raise ElasticsearchParse(f"[{axes.kind}}}] field type does not accept > 2 dimensions")
            elif at == 2:
                self._check_z(float(one))
            else:
                raise ElasticsearchParse(f"[{axes.kind}] field type does not accept > 3 dimensions")
        return x, y

    def _check_z(self, z: float) -> None:
        if not self.ignore_z:
            shown = java_text(z)
            raise ElasticsearchParse(f"Exception parsing coordinates: found Z value [{shown}] but [ignore_z_value] parameter is [false]")
        if not self.axes.on_earth and not math.isfinite(z):
            raise ElasticsearchParse(f"invalid [z] value [{java_text(z)}]; {_FLOATS}")

    def _old_object(self, node: dict[str, Json]) -> Position:
        """An object as 7.x reads it: coordinates, or a geohash."""
        axes = self.axes
        wrong: NumberFormat | None = None
        found: dict[str, float] = {}
        code: str | None = None
        for key, value in node.items():
            if key == "geohash" and axes.on_earth:
                if not isinstance(value, str):
                    raise ElasticsearchParse("geohash must be a string")
                code = value
                continue
            if key not in (axes.x, axes.y) and (axes.on_earth or key != "z"):
                known = "[lat], [lon] or [geohash]" if axes.on_earth else "[x] or [y]"
                raise ElasticsearchParse(f"field must be either {known}")
            text = {axes.x: axes.x_text, axes.y: axes.y_text}.get(key, key)
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise ElasticsearchParse(f"{text} must be a number" if axes.on_earth else f"[{text}] must be a number")
            try:
                found[key] = double(node, key)
            except NumberFormat as error:
                wrong = error
            else:
                if key == "z":
                    self._check_z(found[key])
        if code is not None:
            if found:
                raise ElasticsearchParse("field must be either lat/lon or geohash")
            return parsed_geohash(code)
        order = (axes.y, axes.x) if axes.on_earth else (axes.x, axes.y)
        if wrong is not None:
            raise ElasticsearchParse(f"[{order[0]}] and [{order[1]}] must be valid double values", cause=wrong)
        for name in order:
            if math.isnan(found.get(name, math.nan)):
                raise ElasticsearchParse(f"field [{name}] missing")
        return found[axes.x], found[axes.y]

    def _late_object(self, node: dict[str, Json]) -> Position:
        """An object as 8.x reads it: coordinates, or GeoJSON."""
        axes = self.axes
        x = y = math.nan
        kind: str | None = None
        coordinates: list[float] | None = None
        for key, value in node.items():
            if key == axes.x:
                x = _coordinate(node, key, axes.x_text)
            elif key == axes.y:
                y = _coordinate(node, key, axes.y_text)
            elif key == "z":
                self._check_z(_coordinate(node, key, "z"))
            elif key == "type":
                if not isinstance(value, str):
                    raise ElasticsearchParse("[type] must be a string")
                kind = value
            elif key == "coordinates":
                if not isinstance(value, list):
                    raise ElasticsearchParse("[coordinates] must be an array")
                coordinates = [_coordinate(value, at, "coordinates") for at in range(len(value))]
            else:
                known = f"{axes.x}, {axes.y}, z, type, coordinates"
                raise ElasticsearchParse(f"field [{key}] not supported - must be one of: {known}")
        has_x, has_y = not math.isnan(x), not math.isnan(y)
        self._check_form(has_x, has_y, coordinates is not None, kind is not None)
        return self._geojson(kind, coordinates) if coordinates is not None else (x, y)

    def _check_form(self, x: bool, y: bool, coordinates: bool, kind: bool) -> None:
        """Refuse an object that has two forms or none."""
        if x and y and coordinates and kind:
            raise ElasticsearchParse("fields matching more than one point format")
        if (x and y) or (coordinates and kind):
            return
        for has, other in ((x, self.axes.y), (y, self.axes.x), (coordinates, "type"), (kind, "coordinates")):
            if has:
                raise ElasticsearchParse(f"Required [{other}]")
        raise ElasticsearchParse(self.axes.either)

    def _geojson(self, kind: str | None, coordinates: list[float]) -> Position:
        if kind is None or kind.lower() != "point":
            raise ElasticsearchParse(f"[type] for {self.axes.kind} can only be 'Point'")
        if len(coordinates) < 2:
            raise ElasticsearchParse("[coordinates] must contain at least two values")
        if len(coordinates) == 3:
            self._check_z(coordinates[2])
        if len(coordinates) > 3:
            raise ElasticsearchParse(f"[{self.axes.kind}] field type does not accept > 3 dimensions")
        return coordinates[0], coordinates[1]

    def text(self, value: str) -> Position:
        """Well-known text, two or three numbers, or a geohash."""
        if "point" in value.lower():
            return self._well_known(value)
        if "," in value or (not self.axes.on_earth and not self.is_late):
            return self._numbers(value)
        return parsed_geohash(value) if self.axes.on_earth else _refused_code(value)

    def _well_known(self, value: str) -> Position:
        from esmock.mapping.geometry.reader import GeometryReader
        from esmock.mapping.geometry.wkt import read_wkt

        try:
            found = read_wkt(value, GeometryReader(self.reading))
            if found.kind == model.POINT:
                self._check_well_known(found.coordinates)
        except (TextParse, IllegalArgument) as error:
            raise ElasticsearchParse("Invalid WKT format", cause=error) from None
        if found.kind != model.POINT:
            kind = found.kind.upper()
            raise ElasticsearchParse(f"[{self.axes.kind}] supports only POINT among WKT primitives, but found {kind}")
        return (found.coordinates[0], found.coordinates[1]) if found.coordinates else (0.0, 0.0)

    def _check_well_known(self, position: tuple[float, ...]) -> None:
        if not position:
            return
        if self.axes.on_earth:
            check_degrees(position[0], position[1])
        if len(position) > 2 and not self.ignore_z:
            raise IllegalArgument(f"found Z value [{java_text(position[2])}] but [ignore_z_value] parameter is [false]")

    def _numbers(self, text: str) -> Position:
        axes = self.axes
        parts = _java_split(text)
        if len(parts) > 3 or (not axes.on_earth and len(parts) < 2):
            # ES: the earth's error lacks an argument.
            given, n = (f"{len(parts)}", "{}") if axes.on_earth else (f"[{', '.join(parts)}]", f"{len(parts)}")
            raise ElasticsearchParse(f"failed to parse [{given}], expected 2 or 3 coordinates but found: [{n}]")
        names = (axes.y_text, axes.x_text) if axes.on_earth else (axes.x, axes.y)
        first, second = (self._number(parts, at, names[at]) for at in range(2))
        if len(parts) > 2:
            self._check_z(parse_double(parts[2]) if axes.on_earth else self._number(parts, 2, axes.y))
        return (second, first) if axes.on_earth else (first, second)

    def _number(self, parts: list[str], at: int, name: str) -> float:
        """A part of a text that names coordinates."""
        if at >= len(parts):
            raise ArrayIndexOutOfBounds(f"Index {at} out of bounds for length {len(parts)}")
        try:
            found = parse_double(parts[at])
        except NumberFormat:
            shown = name if self.axes.on_earth else f"[{name}]" if self.is_late else f"[{name}]]"
            raise ElasticsearchParse(f"{shown} must be a number") from None
        if not self.axes.on_earth and not math.isfinite(found) and at < 2:
            raise ElasticsearchParse(f"invalid [{name}] value [{java_text(found)}]; {_FLOATS}")
        return found


def check_degrees(lon: float, lat: float) -> None:
    """Refuse what Lucene does not index. Raises IllegalArgument."""
    for value, name, limit in ((lat, "latitude", 90.0), (lon, "longitude", 180.0)):
        if not -limit <= value <= limit:
            raise IllegalArgument(f"invalid {name} {java_text(value)}; must be between {-limit} and {limit}")


def is_number(value: Json) -> bool:
    """Whether a value of the source is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _coordinate(holder: Json, key: Any, name: str) -> float:
    value = holder[key]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ElasticsearchParse(f"{name} must be a number")
    try:
        return double(holder, key)
    except NumberFormat as error:
        raise ElasticsearchParse(f"[{name}] must be a valid double value", cause=error) from None


def _java_split(text: str) -> list[str]:
    """``String.split(",")``: without the empty parts at the end."""
    parts = text.split(",")
    while parts and not parts[-1]:
        parts.pop()
    return parts
