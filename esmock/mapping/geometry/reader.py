"""Reading a value as a geometry, and what the reading depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument
from esmock.mapping.geometry.model import Geometry
from esmock.mapping.parameter import java_text
from esmock.xcontent.value_reader import Reading

Json = Any


@dataclass(frozen=True, slots=True)
class GeometryReader:
    """Reads geometries.

    Args:
        reading: the version's differences.
        coerce: open rings are closed.
        ignore_z: a third coordinate is passed over; otherwise it is refused.
        clockwise: outer rings are taken to turn clockwise where the value does not say.
    """

    reading: Reading
    coerce: bool = False
    ignore_z: bool = True
    clockwise: bool = False

    def read(self, value: Json) -> Geometry:
        """An object as GeoJSON, a text as well-known text.

        Raises:
            ApiError: as Elasticsearch words it.
        """
        found = self._read(value)
        if not self.ignore_z:
            for part in found.simple():
                for position in part.positions():
                    _check_z(position)
        return found

    def _read(self, value: Json) -> Geometry:
        if isinstance(value, dict):
            from esmock.mapping.geometry.geojson import read_geojson

            return read_geojson(value, self)
        if isinstance(value, str):
            from esmock.mapping.geometry.wkt import read_wkt

            return read_wkt(value, self)
        raise ElasticsearchParse("shape must be an object consisting of type and coordinates")

    @property
    def names_min_y(self) -> bool:
        return self.reading.behaviour.shapes_by_one_parser


def _check_z(position: tuple[float, ...]) -> None:
    """Refuse a third coordinate."""
    if len(position) > 2:
        raise IllegalArgument(f"found Z value [{java_text(position[2])}] but [ignore_z_value] parameter is [false]")


ORIENTATIONS = {
    "right": False, "counterclockwise": False, "ccw": False,
    "left": True, "clockwise": True, "cw": True,
}  # fmt: skip


def read_orientation(text: str) -> bool:
    """Whether a name of an orientation means clockwise. Raises IllegalArgument."""
    found = ORIENTATIONS.get(text.lower())
    if found is None:
        raise IllegalArgument(f"Unknown orientation [{text}]")
    return found
