"""What is indexed of a geometry: brought into the bounds of the earth, and refused where it cannot be cut into triangles.

Source: recordings of 7.10.2 and 7.17.29.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from esmock.addition import in_order
from esmock.errors import ApiError, IllegalArgument, UnsupportedOperation
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry, Position
from esmock.mapping.parameter import java_text

if TYPE_CHECKING:
    from esmock.version import Behaviour

Ring = tuple[Position, ...]
MOST_TESTED = 300
"""Positions up to which a ring is tested for crossing itself."""


class InvalidShape(ApiError):
    """A polygon that has no inside."""

    package = "org.locationtech.spatial4j.exception"
    is_elasticsearch = False
    status = 400


class Escaping(UnsupportedOperation):
    """An error that ``ignore_malformed`` does not cover."""

    java = "UnsupportedOperationException"
    type = "unsupported_operation_exception"


def indexable(found: Geometry, behaviour: Behaviour, *, on_earth: bool = True) -> list[Geometry]:
    """The points, lines, polygons and envelopes of a geometry as they are indexed.

    Longitudes of lines and polygons run on beyond 180 where they cross the date line.

    Args:
        on_earth: coordinates are degrees, not any numbers.

    Raises:
        ApiError: a circle, coordinates that are no numbers, a polygon that crosses itself.
    """
    return [_indexable(part, behaviour, on_earth) for part in found.simple()]


def _indexable(part: Geometry, behaviour: Behaviour, on_earth: bool) -> Geometry:
    if part.kind == model.CIRCLE:
        if behaviour.shapes_by_one_parser:
            raise Escaping("CIRCLE geometry is not supported")
        raise UnsupportedOperation("circle geometry is not supported")
    if on_earth:
        _check_numbers(part)
        if part.kind == model.POINT:
            return brought_back(part)
    if part.kind == model.POLYGON:
        return _polygon(part, behaviour, on_earth)
    if part.kind == model.ENVELOPE and not behaviour.shapes_by_one_parser:
        left, right, top, bottom = part.coordinates
        if left == right or top == bottom:
            raise _no_triangles([((left, top), (left, bottom), (right, bottom), (right, top), (left, top))])
    return part


def brought_back(part: Geometry) -> Geometry:
    """A point beyond the poles or the date line, on the earth."""
    from esmock.mapping.geo import normalized

    lon, lat = part.coordinates[:2]
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        lat, lon = normalized(lat, lon)
    return Geometry(model.POINT, (lon, lat))


def _check_numbers(part: Geometry) -> None:
    for position in part.positions():
        for value, axis, limit in ((position[0], "longitude", 180.0), (position[1], "latitude", 90.0)):
            if not math.isfinite(value):
                raise IllegalArgument(f"invalid {axis} {java_text(value)}; must be between {-limit} and {limit}")


def wound(part: Geometry, behaviour: Behaviour) -> Geometry:
    """A polygon of the earth with its rings in order. Raises InvalidShape (7.10)."""
    return Geometry(model.POLYGON, tuple(_wound([tuple(one[:2] for one in ring) for ring in part.coordinates], behaviour)))


def _polygon(part: Geometry, behaviour: Behaviour, on_earth: bool) -> Geometry:
    rings = [tuple(one[:2] for one in ring) for ring in part.coordinates]
    if on_earth:
        rings = list(wound(part, behaviour).coordinates)
    outer, *holes = rings
    for hole in holes:
        if not any(_within(position, outer) for position in hole):
            error = IllegalArgument if behaviour.shapes_by_one_parser else InvalidShape
            raise error("Invalid shape: Hole is not within polygon")
    if sum(map(len, rings)) <= MOST_TESTED and (_flat(outer) or _crosses(rings)):
        raise _no_triangles(rings)
    return Geometry(model.POLYGON, tuple(rings))


def _wound(rings: list[Ring], behaviour: Behaviour) -> list[Ring]:
    """The outer ring against the clock, the holes with it; one that is wider than a hemisphere and the wrong way round crosses the
    date line instead."""
    out: list[Ring] = []
    moved = False
    for number, ring in enumerate(rings):
        clockwise = _is_clockwise(ring, behaviour)
        width = max(one[0] for one in ring) - min(one[0] for one in ring)
        wrong = number == 0 and clockwise
        if (wrong and width > 180.0 and width != 360.0) or (moved and number > 0):
            ring = tuple((x + 360.0 if x < 0 else x, y) for x, y in ring)
            if number == 0:
                moved = True
            clockwise = _is_clockwise(ring, behaviour)
        out.append(ring if clockwise == (number > 0) else tuple(reversed(ring)))
    return out


def _is_clockwise(ring: Ring, behaviour: Behaviour) -> bool:
    """The turn at the outermost position. Raises InvalidShape (7.10): there is none."""
    open_ring = ring[:-1]
    area = in_order(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    if behaviour.shapes_by_one_parser:
        return area < 0
    top = min(range(len(open_ring)), key=lambda at: (open_ring[at][0], open_ring[at][1]))
    (x0, y0), (x1, y1) = open_ring[top - 1], open_ring[top]
    x2, y2 = open_ring[(top + 1) % len(open_ring)]
    turn = (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1)
    if turn == 0:
        raise InvalidShape(
            f"Cannot determine orientation: edges adjacent to ({java_text(x1)},{java_text(y1)}) coincide"
        )
    return turn < 0


def _within(position: Position, ring: Ring) -> bool:
    """Whether a ring holds a position, edges included."""
    x, y = position[:2]
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (x2 - x1) * (y - y1) == (y2 - y1) * (x - x1) and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _flat(ring: Ring) -> bool:
    """Whether all positions lie on one line."""
    x0, y0 = ring[0]
    far = max(ring, key=lambda one: (one[0] - x0) ** 2 + (one[1] - y0) ** 2)
    return all((far[0] - x0) * (y - y0) == (far[1] - y0) * (x - x0) for x, y in ring)


def _crosses(rings: list[Ring]) -> bool:
    """Whether two edges cross at a point that is inside of both."""
    edges = [edge for ring in rings for edge in pairwise(ring) if edge[0] != edge[1]]
    return any(_cross(one, other) for at, one in enumerate(edges) for other in edges[at + 1 :])


def _side(a: Position, b: Position, c: Position) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(one: tuple[Position, Position], other: tuple[Position, Position]) -> bool:
    (a, b), (c, d) = one, other
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _no_triangles(rings: list[Ring]) -> ApiError:
    texts = []
    for ring in rings:
        start = ring[1:]
        shown = "".join(f"[{java_text(float(y))}, {java_text(float(x))}] " for x, y in (*start, start[0]))
        texts.append(f"[{shown}]")
    text = texts[0] if len(texts) == 1 else f"{texts[0][:-1]}, holes={''.join(texts[1:])}]"
    return IllegalArgument(f"Unable to Tessellate shape {text}. Possible malformed shape detected.")
