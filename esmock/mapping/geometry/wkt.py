"""Well-known text, with Elasticsearch's BBOX and CIRCLE. Source: recordings of 7.10.2 and 7.17.29."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, TextParse
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry, Position
from esmock.mapping.parameter import java_text

if TYPE_CHECKING:
    from esmock.mapping.geometry.reader import GeometryReader

_TOKEN = re.compile(r"[(),]|[^\s(),]+")
_END = "END-OF-STREAM"
_NUMBER = re.compile(r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)")


def read_wkt(text: str, reader: GeometryReader) -> Geometry:
    """Raises ApiError: what is wrong with the text."""
    return _Wkt(text, reader).geometry()


class _Wkt:
    """One text, token by token; what follows the geometry is passed over."""

    def __init__(self, text: str, reader: GeometryReader) -> None:
        self.tokens = _TOKEN.findall(text)
        self.at = 0
        self.reader = reader

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def word(self) -> str:
        token = self.next()
        if token in ("(", ")", ","):
            raise TextParse(f"expected word but found: '{token}'")
        if token == _END:
            raise TextParse(f"expected word but found: {_END}")
        return token

    def opens(self) -> bool:
        """Past an opening bracket; False past ``EMPTY``."""
        token = self.word_or_open()
        return token == "("

    def word_or_open(self) -> str:
        token = self.next()
        if token == "(":
            return token
        if token.upper() == "EMPTY":
            return "EMPTY"
        if token in (")", ","):
            raise TextParse(f"expected word but found: '{token}'")
        raise TextParse(f"expected EMPTY or ( but found: {token}" if token != _END else f"expected word but found: {_END}")

    def more(self) -> bool:
        """Past a comma; False past a closing bracket."""
        token = self.word_or_separator()
        if token not in (",", ")"):
            raise TextParse(f"expected , or ) but found: {token}")
        return token == ","

    def word_or_separator(self) -> str:
        token = self.next()
        if token == _END:
            raise TextParse(f"expected word but found: {_END}")
        return token

    def close(self) -> None:
        token = self.next()
        if token != ")":
            raise TextParse(f"expected ) but found: {token}" if token != _END else f"expected word but found: {_END}")

    def comma(self) -> None:
        token = self.next()
        if token != ",":
            raise TextParse(f"expected , but found: {token}")

    def number(self) -> float:
        token = self.next()
        if token in ("(", ")", ","):
            raise TextParse(f"expected number but found: '{token}'")
        if token == _END:
            raise TextParse(f"expected number but found: {_END}")
        if not _NUMBER.fullmatch(token):
            raise TextParse(f"invalid number found: {token}")
        if token.lstrip("+-") in ("NaN", "Infinity"):
            return float(token.replace("Infinity", "inf"))
        return float(token.rstrip("fFdD"))

    def is_number_next(self) -> bool:
        return self.peek() not in ("(", ")", ",", _END)

    def position(self) -> Position:
        found = [self.number(), self.number()]
        if self.is_number_next():
            found.append(self.number())
        return tuple(found)

    def positions(self) -> list[Position]:
        """Positions up to the closing bracket."""
        found = [self.position()]
        while self.more():
            found.append(self.position())
        return found

    def geometry(self) -> Geometry:
        kind = self.word().lower()
        read = _READERS.get(kind)
        if read is None:
            raise IllegalArgument(f"Unknown geometry type: {kind}")
        return read(self)

    def point(self) -> Geometry:
        if not self.opens():
            return Geometry(model.POINT)
        position = self.position()
        self.close()
        return Geometry(model.POINT, position)

    def multipoint(self) -> Geometry:
        if not self.opens():
            return Geometry(model.MULTIPOINT)
        return model.multi(model.MULTIPOINT, [Geometry(model.POINT, one) for one in self._bracketed_positions()])

    def _bracketed_positions(self) -> list[Position]:
        """Positions of which each may stand in brackets of its own, where the version takes that."""
        found = []
        while True:
            if self.peek() == "(" and self.reader.reading.behaviour.major >= 8:
                self.next()
                found.append(self.position())
                self.close()
            else:
                found.append(self.position())
            if not self.more():
                return found

    def linestring(self) -> Geometry:
        return model.line(self.positions()) if self.opens() else Geometry(model.LINESTRING)

    def multilinestring(self) -> Geometry:
        return self._several(model.MULTILINESTRING, self.linestring)

    def polygon(self) -> Geometry:
        from esmock.mapping.geometry.geojson import turned

        if not self.opens():
            return Geometry(model.POLYGON)
        rings = []
        while True:
            if not self.opens():
                raise TextParse("expected ( but found: EMPTY")
            rings.append(self.positions())
            if not self.more():
                break
        return turned(model.polygon(rings, coerce=self.reader.coerce), self.reader.clockwise)

    def multipolygon(self) -> Geometry:
        return self._several(model.MULTIPOLYGON, self.polygon)

    def collection(self) -> Geometry:
        return self._several(model.COLLECTION, self.geometry)

    def _several(self, kind: str, read: object) -> Geometry:
        if not self.opens():
            return Geometry(kind)
        parts = [read()]  # type: ignore[operator]
        while self.more():
            parts.append(read())  # type: ignore[operator]
        return model.multi(kind, parts)

    def envelope(self) -> Geometry:
        if not self.opens():
            return Geometry(model.ENVELOPE)
        sides = [self.number()]
        for _ in range(3):
            self.comma()
            sides.append(self.number())
        self.close()
        left, right, top, bottom = sides
        return model.envelope(left, right, top, bottom, names_min_y=self.reader.names_min_y)

    def circle(self) -> Geometry:
        if not self.opens():
            return Geometry(model.CIRCLE)
        x, y, radius = self.number(), self.number(), self.number()
        self.close()
        return Geometry(model.CIRCLE, (x, y), radius=radius)


_READERS = {
    "point": _Wkt.point, "multipoint": _Wkt.multipoint, "linestring": _Wkt.linestring, "multilinestring": _Wkt.multilinestring,
    "polygon": _Wkt.polygon, "multipolygon": _Wkt.multipolygon, "bbox": _Wkt.envelope, "geometrycollection": _Wkt.collection,
    "circle": _Wkt.circle,
}  # fmt: skip


def write_wkt(found: Geometry) -> str:
    """The text as Elasticsearch writes it: ``POLYGON ((0.0 0.0, ...))``."""
    name = "BBOX" if found.kind == model.ENVELOPE else found.kind.upper()
    return f"{name} {_body(found)}"


def _position_text(position: Position) -> str:
    return " ".join(java_text(float(one)) for one in position)


def _body(found: Geometry) -> str:
    if found.is_empty:
        return "EMPTY"
    if found.kind == model.COLLECTION:
        return f"({','.join(write_wkt(part) for part in found.parts)})"
    if found.kind == model.MULTIPOINT:
        return f"({', '.join(_position_text(part.coordinates) for part in found.parts)})"
    if found.parts:
        return f"({','.join(_body(part) for part in found.parts)})"
    if found.kind == model.POINT:
        return f"({_position_text(found.coordinates)})"
    if found.kind == model.CIRCLE:
        return f"({_position_text((*found.coordinates[:2], found.radius))})"
    if found.kind == model.ENVELOPE:
        return f"({', '.join(java_text(float(one)) for one in found.coordinates)})"
    if found.kind == model.LINESTRING:
        return f"({', '.join(map(_position_text, found.coordinates))})"
    rings = (f"({', '.join(map(_position_text, ring))})" for ring in found.coordinates)
    return f"({', '.join(rings)})"
