"""A geometry: its kind and its coordinates, checked as they are put together.

Source: recordings of 7.10.2 and 7.17.29.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument

Position = tuple[float, ...]
"""x (longitude), y (latitude), and z where it was given."""

POINT = "point"
MULTIPOINT = "multipoint"
LINESTRING = "linestring"
MULTILINESTRING = "multilinestring"
POLYGON = "polygon"
MULTIPOLYGON = "multipolygon"
ENVELOPE = "envelope"
CIRCLE = "circle"
COLLECTION = "geometrycollection"

KINDS = (POINT, MULTIPOINT, LINESTRING, MULTILINESTRING, POLYGON, MULTIPOLYGON, COLLECTION, ENVELOPE, CIRCLE)


@dataclass(frozen=True, slots=True)
class Geometry:
    """One geometry.

    Attributes:
        kind: one of ``KINDS``.
        coordinates: a position (point, circle), positions (linestring), rings (polygon), the corners left, right, top, bottom
            (envelope); empty where the geometry is.
        parts: of the kinds that are made of others.
        radius: of a circle, metres.
    """

    kind: str
    coordinates: tuple[Any, ...] = ()
    parts: tuple[Geometry, ...] = ()
    radius: float = 0.0

    @property
    def is_empty(self) -> bool:
        return not self.coordinates and not self.parts

    def simple(self) -> Iterator[Geometry]:
        """The points, lines, polygons, envelopes and circles it is made of."""
        if self.parts:
            for part in self.parts:
                yield from part.simple()
        elif self.coordinates:
            yield self

    def positions(self) -> Iterator[Position]:
        """All positions of a simple geometry."""
        if self.kind in (POINT, CIRCLE):
            yield self.coordinates
        elif self.kind == LINESTRING:
            yield from self.coordinates
        elif self.kind == POLYGON:
            for ring in self.coordinates:
                yield from ring


def line(positions: Sequence[Position]) -> Geometry:
    """A line. Raises IllegalArgument: fewer than two positions."""
    if len(positions) < 2:
        raise IllegalArgument("at least two points in the line is required")
    return Geometry(LINESTRING, tuple(positions))


def polygon(rings: Sequence[Sequence[Position]], *, coerce: bool) -> Geometry:
    """A polygon of closed rings.

    Args:
        coerce: open rings are closed.

    Raises:
        IllegalArgument: a ring that is open or too short.
    """
    return Geometry(POLYGON, tuple(_ring(ring, coerce) for ring in rings))


def _ring(given: Sequence[Position], coerce: bool) -> tuple[Position, ...]:
    ring = tuple(given)
    if coerce and ring and ring[0] != ring[-1]:
        ring = (*ring, ring[0])
    if len(ring) < 2:
        raise IllegalArgument("at least two points in the line is required")
    if ring[0] != ring[-1]:
        from esmock.mapping.parameter import java_text

        last = len(ring) - 1
        shown = " ".join(
            f"{axis}[{at}]={java_text(ring[at][number])}" for number, axis in enumerate("xy") for at in (0, last)
        )
        raise IllegalArgument(f"first and last points of the linear ring must be the same (it must close itself): {shown}")
    if len(ring) < 4:
        raise IllegalArgument("at least 4 polygon points required")
    return ring


def envelope(left: float, right: float, top: float, bottom: float, *, names_min_y: bool) -> Geometry:
    """A box. Raises IllegalArgument: its top below its bottom."""
    if top < bottom:
        raise IllegalArgument(f"max y cannot be less than min {'y' if names_min_y else 'x'}")
    return Geometry(ENVELOPE, (left, right, top, bottom))


def multi(kind: str, parts: Sequence[Geometry]) -> Geometry:
    """A geometry of parts. Raises IllegalArgument: none."""
    if not parts:
        raise IllegalArgument("the list of shapes cannot be null or empty")
    return Geometry(kind, parts=tuple(parts))
