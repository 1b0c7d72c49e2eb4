"""GeoJSON, with Elasticsearch's envelope and circle. Source: recordings of 7.10.2 and 7.17.29."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, IndexOutOfBounds
from esmock.mapping.distance import parse_distance
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry, Position
from esmock.xcontent import object_parser as p
from esmock.xcontent.located import at_end, at_value, standing, token_behind
from esmock.xcontent.value_reader import Key, Reading
from esmock.xcontent.value_reader import text as read_text

if TYPE_CHECKING:
    from esmock.mapping.geometry.reader import GeometryReader

Json = Any
Node = tuple[Any, ...]
"""A position, whose elements are numbers, or a tuple of nodes."""

_ARRAY = ("START_ARRAY", "VALUE_NULL", "VALUE_NUMBER", "VALUE_STRING", "VALUE_BOOLEAN")


def read_geojson(value: dict[str, Json], reader: GeometryReader) -> Geometry:
    """Raises ApiError: as the parser named ``geojson`` words it."""
    found: Geometry = _parser(reader)._object(value, reader.reading)
    return found


def _parser(reader: GeometryReader) -> p.Parser:
    def geometries(holder: Json, key: Key, reading: Reading) -> list[Geometry]:
        value, parser = holder[key], _parser(reader)
        if isinstance(value, list):
            return [parser.read(value, at, reading) for at in range(len(value))]
        return [parser.read(holder, key, reading)]

    def coordinates(holder: Json, key: Key, reading: Reading) -> Node:
        return _coordinates(holder, key, reader)

    return p.Parser(
        "geojson",
        p.string("type", required=True),
        p.custom("coordinates", _ARRAY, coordinates, argument=True),
        p.custom("geometries", ("START_OBJECT", "START_ARRAY"), geometries, argument=True),
        p.custom("orientation", ("VALUE_STRING",), read_text, argument=True),
        p.custom("radius", ("VALUE_STRING",), lambda holder, key, _: parse_distance(holder[key]), argument=True),
        build=lambda found: _build(found, reader),
        ignore_unknown=True,
    )


def _coordinates(holder: Json, key: Key, reader: GeometryReader) -> Node:
    value = holder[key]
    if isinstance(value, list) and not (value and _is_scalar(value[0])):
        nodes: list[Node] = []
        for at in range(len(value)):
            if value[at] is None:
                raise _standing(IllegalArgument("coordinates cannot contain NULL values)"), value, at)
            node = _coordinates(value, at, reader)
            if nodes and _dimensions(nodes[0]) != _dimensions(node):
                error = ElasticsearchParse("Exception parsing coordinates: number of dimensions do not match")
                raise _standing_behind(error, value, at)
            nodes.append(node)
        return tuple(nodes)
    if not isinstance(value, list):
        raise _standing_behind(ElasticsearchParse("geo coordinates must be numbers"), holder, key)
    return _position(value, reader)


def _position(value: list[Json], reader: GeometryReader) -> Position:
    for at in (0, 1):
        if at >= len(value):
            raise _at(ElasticsearchParse("geo coordinates must be numbers"), lambda: at_end(value))
        if isinstance(value[at], bool) or not isinstance(value[at], int | float):
            raise _standing(ElasticsearchParse("geo coordinates must be numbers"), value, at)
    third = value[2] if len(value) > 2 else None
    if isinstance(third, bool) or not isinstance(third, int | float | None):
        raise _standing(ElasticsearchParse("geo coordinates must be numbers"), value, 2)
    if len(value) > 3:
        raise _standing(ElasticsearchParse("geo coordinates greater than 3 dimensions are not supported"), value, 3)
    return tuple(float(one) for one in value)


def _is_scalar(value: Json) -> bool:
    return value is not None and not isinstance(value, list)


def _is_position(node: Node) -> bool:
    return bool(node) and isinstance(node[0], float)


def _dimensions(node: Node) -> int:
    while node and not _is_position(node):
        node = node[0]
    return len(node)


def _at(error: ApiError, place: Callable[[], Any]) -> ApiError:
    """The error with the place where the parser stood; plain bodies are read again with places."""
    return standing(error, place())


def _standing(error: ApiError, holder: Json, key: Key) -> ApiError:
    return _at(error, lambda: at_value(holder, key))


def _standing_behind(error: ApiError, holder: Json, key: Key) -> ApiError:
    return _at(error, lambda: token_behind(holder, key)[1])


def _build(found: dict[str, Any], reader: GeometryReader) -> Geometry:
    from esmock.mapping.geometry.reader import read_orientation

    kind = found["type"].lower()
    clockwise = reader.clockwise
    if found.get("orientation") is not None:
        clockwise = read_orientation(found["orientation"])
    if kind not in model.KINDS:
        if kind == "linearring":
            raise ElasticsearchParse("linearring is not supported")
        raise IllegalArgument(f"No enum constant org.elasticsearch.geometry.ShapeType.{kind.upper()}")
    if kind == model.COLLECTION:
        _refuse(found, kind, "coordinates" if found.get("geometries") is not None else "", "radius")
        if found.get("geometries") is None:
            raise ElasticsearchParse("geometries not included")
        return model.multi(kind, found["geometries"])
    _refuse(found, kind, "geometries")
    if found.get("coordinates") is None:
        raise ElasticsearchParse("coordinates not included")
    nodes: Node = found["coordinates"]
    if kind == model.CIRCLE:
        if found.get("radius") is None:
            raise ElasticsearchParse("radius is not specified")
        return Geometry(kind, _one(nodes), radius=found["radius"])
    _refuse(found, kind, "radius")
    return _SIMPLE[kind](nodes, reader, clockwise)


def _refuse(found: dict[str, Any], kind: str, *names: str) -> None:
    for name in names:
        if found.get(name) is not None:
            raise ElasticsearchParse(f"parameter {name} is not supported for type {kind}")


def _one(nodes: Node) -> Position:
    if not _is_position(nodes):
        raise ApiError("expected a single points but got a list")
    return nodes


def _many(nodes: Node) -> Node:
    if _is_position(nodes):
        raise ApiError("expected a list of points but got a point")
    return nodes


def _positions(nodes: Node) -> list[Position]:
    return [_one(one) for one in _many(nodes)]


def _line(nodes: Node) -> list[Position]:
    if len(_many(nodes)) < 2:
        raise ApiError("not enough points to build a line")
    return _positions(nodes)


def _polygon(nodes: Node, reader: GeometryReader, clockwise: bool) -> Geometry:
    if not _many(nodes):
        raise IndexOutOfBounds("Index 0 out of bounds for length 0")
    return turned(model.polygon([_line(ring) for ring in nodes], coerce=reader.coerce), clockwise)


def _envelope(nodes: Node, reader: GeometryReader, clockwise: bool) -> Geometry:
    if len(nodes) != 2:
        raise ElasticsearchParse(
            f"invalid number of points [{len(nodes)}] provided for geo_shape [ENVELOPE] when expecting an array of 2 coordinates"
        )
    first, second = (_one(one) for one in nodes)
    return model.envelope(first[0], second[0], first[1], second[1], names_min_y=reader.names_min_y)


def turned(found: Geometry, clockwise: bool) -> Geometry:
    """A polygon given in clockwise order, in the order that everything else expects."""
    if not clockwise:
        return found
    return Geometry(found.kind, tuple(tuple(reversed(ring)) for ring in found.coordinates))


_SIMPLE: dict[str, Callable[[Node, Any, bool], Geometry]] = {
    model.POINT: lambda nodes, _reader, _clockwise: Geometry(model.POINT, _one(nodes)),
    model.MULTIPOINT: lambda nodes, _reader, _clockwise: model.multi(
        model.MULTIPOINT, [Geometry(model.POINT, one) for one in _positions(nodes)]
    ),
    model.LINESTRING: lambda nodes, _reader, _clockwise: model.line(_line(nodes)),
    model.MULTILINESTRING: lambda nodes, _reader, _clockwise: model.multi(
        model.MULTILINESTRING, [model.line(_line(one)) for one in _many(nodes)]
    ),
    model.POLYGON: _polygon,
    model.MULTIPOLYGON: lambda nodes, reader, clockwise: model.multi(
        model.MULTIPOLYGON, [_polygon(one, reader, clockwise) for one in _many(nodes)]
    ),
    model.ENVELOPE: _envelope,
}


