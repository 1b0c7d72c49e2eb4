"""Shapes compared as Lucene compares them: coordinates in 32 bits, and a document's parts against a query's.

The predicates are GEOS's, by the library shapely (extra ``geo``), which is imported when the first shape is searched.
Source: recordings of 7.10.2 and 7.17.29.
Differs: a circle is a polygon of 720 corners, on points too; Lucene asks triangle by triangle, so shapes that together cover another
one count here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import Unsupported
from esmock.mapping.geo import quantized
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry, Position
from esmock.mapping.sphere import MEAN_RADIUS

INTERSECTS, DISJOINT, WITHIN, CONTAINS = "intersects", "disjoint", "within", "contains"
RELATIONS = (INTERSECTS, DISJOINT, WITHIN, CONTAINS)
_CORNERS = 720
_LON_STEP = 360.0 / (1 << 32)
_LAT_STEP = 180.0 / (1 << 32)
Quantize = Callable[[Position], Position]


def library() -> Any:
    """The module shapely. Raises Unsupported where it is not installed."""
    try:
        import shapely
    except ImportError:
        raise Unsupported("queries on shapes where the extra esmock[geo] is not installed") from None
    return shapely


def on_earth(position: Position) -> Position:
    """A position as it is indexed: 32 bits per coordinate; longitudes beyond the date line keep their turn."""
    lon, lat = position[:2]
    turns = math.floor((lon + 180.0) / 360.0) if not -180.0 <= lon <= 180.0 else 0
    low, left = quantized(max(-90.0, min(90.0, lat)), lon - 360.0 * turns)
    return left + 360.0 * turns, low


def on_plane(position: Position) -> Position:
    """A position of a plane as it is indexed: floats."""
    return float(np.float32(position[0])), float(np.float32(position[1]))


def as_given(position: Position) -> Position:
    return position[0], position[1]


def shapes_of(parts: Iterable[Geometry], *, earth: bool, quantize: Quantize, indexed: bool = False) -> list[Any]:
    """Simple geometries as shapely's, cut at the date line.

    Args:
        quantize: what is done to each position.
        indexed: of a document: envelopes are polygons like others, and not made narrower.
    """
    shapely = library()
    out: list[Any] = []
    for part in parts:
        if part.kind == model.POINT:
            out.append(shapely.Point((on_earth if earth else on_plane)(part.coordinates)))
        elif part.kind == model.ENVELOPE:
            out.extend(_boxes(shapely, part, earth, indexed))
        else:
            found = _shape(shapely, part, quantize, earth)
            out.extend(_cut(shapely, found) if earth else [found])
    return out


def _shape(shapely: Any, part: Geometry, quantize: Quantize, earth: bool) -> Any:
    if part.kind == model.LINESTRING:
        return shapely.LineString([quantize(one) for one in part.coordinates])
    if part.kind == model.CIRCLE:
        return shapely.Polygon(_circle(part, earth))
    outer, *holes = ([quantize(one) for one in ring] for ring in part.coordinates)
    found = shapely.Polygon(outer, holes)
    return found if found.is_valid else shapely.make_valid(found)


def _boxes(shapely: Any, part: Geometry, earth: bool, indexed: bool) -> list[Any]:
    left, right, top, bottom = part.coordinates
    if not earth:
        (low_x, low_y), (high_x, high_y) = on_plane((left, bottom)), on_plane((right, top))
        return [shapely.box(low_x, low_y, high_x, high_y)]
    high_y, high_x = quantized(top, right)
    low_y, low_x = quantized(bottom, left) if indexed else (_ceiled(bottom, _LAT_STEP), _ceiled(left, _LON_STEP))
    if left > right:
        return [shapely.box(low_x, low_y, 180.0, high_y), shapely.box(-180.0, low_y, high_x, high_y)]
    return [shapely.box(low_x, low_y, high_x, high_y)]


def _ceiled(value: float, step: float) -> float:
    return math.ceil(value / step) * step


def _circle(part: Geometry, earth: bool) -> list[Position]:
    if not earth:
        turns = (2 * math.pi * at / _CORNERS for at in range(_CORNERS))
        x, y = part.coordinates[:2]
        return [(x + part.radius * math.cos(turn), y + part.radius * math.sin(turn)) for turn in turns]
    lon, lat = math.radians(part.coordinates[0]), math.radians(part.coordinates[1])
    angle = part.radius / MEAN_RADIUS
    out: list[Position] = []
    for at in range(_CORNERS):
        bearing = 2 * math.pi * at / _CORNERS
        to_lat = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
        to_lon = lon + math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(to_lat)
        )
        out.append((math.degrees(to_lon), math.degrees(to_lat)))
    return out


def _cut(shapely: Any, found: Any) -> list[Any]:
    """The pieces of a shape between the date lines it crosses, each brought back."""
    low, _, high, _ = found.bounds
    if low >= -180.0 and high <= 180.0:
        return [found]
    out = []
    for turn in range(math.floor((low + 180.0) / 360.0), math.ceil((high + 180.0) / 360.0)):
        window = shapely.box(-180.0 + 360.0 * turn, -90.0, 180.0 + 360.0 * turn, 90.0)
        piece = found.intersection(window)
        if not piece.is_empty and shapely.get_dimensions(piece) == shapely.get_dimensions(found):
            out.append(shapely.transform(piece, lambda corners, turn=turn: corners - [360.0 * turn, 0.0]))
    return out


@dataclass(frozen=True, slots=True)
class Rows:
    """The shapes of a segment.

    shapes: object[n], pieces of the documents' values
    owners: int64[n], the document of each
    """

    shapes: np.ndarray
    owners: np.ndarray


def rows_of(segment: Any, field: Any) -> Rows:
    """The shapes of a field in a segment, made once."""
    found: Rows = segment.cached(("shapes", field.path), lambda: _rows(segment, field))
    return found


def _rows(segment: Any, field: Any) -> Rows:
    column = segment.column(field.path)
    if field.column_kind == "geo":
        return Rows(library().points(column.values[:, ::-1]), column.owners())
    shapes: list[Any] = []
    owners: list[int] = []
    for parts, owner in zip(column.values, column.owners().tolist(), strict=True):
        made = shapes_of(parts, earth=field.on_earth, quantize=on_earth if field.on_earth else on_plane, indexed=True)
        shapes.extend(made)
        owners.extend([owner] * len(made))
    array = np.empty(len(shapes), object)
    array[:] = shapes
    return Rows(array, np.array(owners, np.int64))


@dataclass(frozen=True, slots=True)
class Relation:
    """The documents that stand in a relation to some shapes.

    Args:
        kind: one of ``RELATIONS``.
        shapes: shapely's.
    """

    kind: str
    shapes: list[Any]

    def match(self, segment: Any, field: Any) -> np.ndarray:
        """bool[n_docs]."""
        rows = rows_of(segment, field)
        n = segment.n_docs
        has_value = segment.column(field.path).has_value
        if not self.shapes:
            return np.zeros(n, bool)
        shapely = library()
        if self.kind == CONTAINS:
            out = has_value.copy()
            for shape in self.shapes:
                out &= _owners(rows, self._containing(shapely, rows.shapes, shape), n)
            return out
        whole = shapely.union_all(self.shapes) if len(self.shapes) > 1 else self.shapes[0]
        shapely.prepare(whole)
        if self.kind == WITHIN:
            return has_value & ~_owners(rows, ~shapely.covers(whole, rows.shapes), n)
        touched = _owners(rows, shapely.intersects(whole, rows.shapes), n)
        return has_value & ~touched if self.kind == DISJOINT else touched

    @staticmethod
    def _containing(shapely: Any, rows: np.ndarray, shape: Any) -> np.ndarray:
        if shapely.get_dimensions(shape) == 0:
            return np.asarray(shapely.intersects(rows, shape), bool)
        return np.asarray((shapely.get_dimensions(rows) == 2) & shapely.contains_properly(rows, shape), bool)


def _owners(rows: Rows, found: np.ndarray, n_docs: int) -> np.ndarray:
    out = np.zeros(n_docs, bool)
    out[rows.owners[np.asarray(found, bool)]] = True
    return out


__all__ = ["CONTAINS", "DISJOINT", "INTERSECTS", "RELATIONS", "WITHIN", "Relation", "as_given", "library", "on_earth", "on_plane", "shapes_of"]
