"""The processor ``circle``: circles as regular polygons. Docs: ingest-circle-processor."""

from __future__ import annotations

import math
import re
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.processor import Processor

_NUMBER = r"\s+([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_WKT = re.compile(rf"\s*circle\s*\({_NUMBER.replace('+', '*', 1)}{_NUMBER}{_NUMBER}(?:{_NUMBER})?\s*\)\s*", re.IGNORECASE)
_FEWEST, _MOST = 4, 1000
_CLOSE_METRES = 0.1

Point = tuple[float, float]


def sides(radius: float, error_distance: float) -> int:
    """How many sides keep the middle of a side within an error of the circle."""
    share = 1 - error_distance / radius if radius else -1.0
    needed = math.ceil(2 * math.pi / math.acos(share)) if share > -1 else _FEWEST
    return min(_MOST, max(_FEWEST, needed))


def _directions(count: int) -> list[Point]:
    angles = [math.radians(at * 360.0 / count) for at in range(count)]
    return [(math.cos(angle), math.sin(angle)) for angle in angles]


def flat_polygon(x: float, y: float, radius: float, count: int) -> list[Point]:
    """The closed ring around a point of a plane."""
    ring = [(x + radius * right, y + radius * up) for right, up in _directions(count)]
    return [*ring, ring[0]]


def geo_polygon(lon: float, lat: float, radius: float, count: int) -> list[Point]:
    """The closed ring around a point on the earth: each corner is sought outwards until it is within ten centimetres.

    Args:
        radius: in metres.

    Raises:
        IllegalArgument: the ring holds a pole.

    Source: the coordinates on the documentation page.
    """
    from esmock.mapping.sphere import MEAN_RADIUS

    if radius >= math.radians(90 - abs(lat)) * MEAN_RADIUS:
        raise IllegalArgument(
            f"circle [CIRCLE ({lon} {lat} {radius})] contains one of the earth's poles. cannot be translated to a polygon"
        )
    ring = [_corner(lon, lat, radius, right, up) for right, up in _directions(count)]
    return [*ring, ring[0]]


def _corner(lon: float, lat: float, radius: float, right: float, up: float) -> Point:
    factor, step, before = 2.0, 1.0, 0
    while True:
        corner = (lon + right * factor, lat + up * factor)
        away = _haversine(lon, lat, *corner) - radius
        if abs(away) < _CLOSE_METRES:
            return corner
        sign = 1 if away < 0 else -1
        factor += sign * step
        if before == -sign:
            step /= 2
        before = sign


def _haversine(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    from esmock.mapping.sphere import MEAN_RADIUS

    one, other = math.radians(lat), math.radians(other_lat)
    half = 1 - math.cos(one - other) + math.cos(one) * math.cos(other) * (1 - math.cos(math.radians(lon - other_lon)))
    return 2 * MEAN_RADIUS * math.asin(min(1.0, math.sqrt(half * 0.5)))


class Circle(Processor):
    name: ClassVar[str] = "circle"
    since: ClassVar[tuple[int, int]] = (7, 4)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.target = config.string("target_field", self.field)
        self.ignore_missing = config.boolean("ignore_missing", False)
        given = config.any("error_distance")
        try:
            self.error_distance = abs(float(text(given)))
        except ValueError:
            raise config.error("error_distance", f"property cannot be converted to a double [{text(given)}]") from None
        kind = config.string("shape_type")
        if kind not in ("geo_shape", "shape"):
            raise config.error("shape_type", f"illegal [shape_type] value [{kind}]. valid values are [SHAPE, GEO_SHAPE]")
        self.polygon = geo_polygon if kind == "geo_shape" else flat_polygon

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot process it.")
        if not isinstance(value, dict | str):
            raise IllegalArgument(f"field [{self.field}] must be a WKT Circle or a GeoJSON Circle value")
        x, y, radius = _read_wkt(value) if isinstance(value, str) else _read_geojson(value)
        ring = self.polygon(x, y, radius, sides(radius, self.error_distance))
        if isinstance(value, str):
            document.set(self.target, f"POLYGON (({', '.join(f'{text(lon)} {text(lat)}' for lon, lat in ring)}))")
        else:
            document.set(self.target, {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]})


def _read_wkt(value: str) -> tuple[float, float, float]:
    found = _WKT.fullmatch(value)
    if found is None:
        raise IllegalArgument("invalid circle definition")
    x, y, radius = map(float, found.groups()[:3])
    return x, y, radius


def _read_geojson(value: dict[str, Any]) -> tuple[float, float, float]:
    from esmock.mapping.sphere import parse_distance

    try:
        kind, radius, centre = (value.get(name) for name in ("type", "radius", "coordinates"))
        if not isinstance(kind, str) or kind.lower() != "circle" or not isinstance(centre, list):
            raise IllegalArgument("not a circle")
        x, y = (float(one) for one in centre[:2])
        return x, y, parse_distance(text(radius))
    except (ApiError, TypeError, ValueError):
        raise IllegalArgument("invalid circle definition") from None


PROCESSORS = (Circle,)
