"""Shapes as values: geo_shape on the earth, shape and point on a plane. Docs: geo-shape, shape, point.

Source: recordings of 7.10.2 and 7.17.29 (geo_shape); shape and point by the documentation and the makers' tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NullPointer, Unsupported
from esmock.mapping.field import SHAPE, Field
from esmock.mapping.geometry.field import GeometryField
from esmock.mapping.geometry.indexable import indexable
from esmock.mapping.geometry.model import Geometry
from esmock.mapping.geometry.reader import GeometryReader, read_orientation
from esmock.mapping.parameter import Parameter, Place, java_text, meta, named_boolean, read_boolean
from esmock.xcontent.located import NeedsPositions
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any

PREFIX_TREE = ("tree", "tree_levels", "precision", "distance_error_pct", "strategy", "points_only")
"""Parameters that choose the index of before 6.6."""


def _flag(name: str, default: bool, *, updateable: bool = True) -> Parameter:
    def read(value: Json, place: Place) -> bool:
        if place.context.behaviour.shapes_by_one_parser:
            if value is None:
                raise MapperParsing(f"[{name}] on mapper [{place.path.rsplit('.', 1)[-1]}] of type [{place.type}] must not have a [null] value")
            return read_boolean(value)
        if value is None:
            raise NullPointer('Cannot invoke "Object.toString()" because "node" is null')
        return named_boolean(value, f"{place.path.rsplit('.', 1)[-1]}.{name}")

    return Parameter(name, default, read, updateable, allows_null=True)


def _orientation(value: Json, place: Place) -> str:
    return "LEFT" if read_orientation(java_text(value)) else "RIGHT"


class Shape(GeometryField):
    """What the types have in common.

    Attributes:
        reader: reads the values.
        on_earth: coordinates are degrees.
    """

    column_kind = SHAPE
    on_earth: ClassVar[bool] = True
    parameters = (
        _flag("index", True, updateable=False),
        _flag("doc_values", True, updateable=False),
        Parameter("store", False, lambda value, place: read_boolean(value)),
        _flag("ignore_malformed", False),
        _flag("ignore_z_value", True),
        _flag("coerce", False),
        Parameter("orientation", "RIGHT", _orientation, True),
        meta(),
    )
    __slots__ = ("ignores_malformed", "reader")

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)
        self.reader = GeometryReader(
            Reading(self.context.behaviour),
            coerce=self.flag("coerce", False),
            ignore_z=bool(self.get("ignore_z_value")),
            clockwise=self.get("orientation") == "LEFT",
        )

    @classmethod
    def parameter_table(cls, context: Any) -> dict[str, Parameter]:
        late = context.behaviour.shapes_by_one_parser
        hidden = ("store",) if late and context.behaviour.major < 8 else () if late else ("store", "meta", "index")
        return {one.name: one for one in cls.parameters if one.name not in hidden}

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return not context.behaviour.shapes_by_one_parser

    @classmethod
    def is_multi_field(cls, context: MappingContext) -> bool:
        return not context.behaviour.shapes_by_one_parser

    @classmethod
    def refuse_definition(cls, place: Place, node: dict[str, Json]) -> None:
        old = [key for key in node if key in PREFIX_TREE and cls.on_earth]
        if old and place.context.behaviour.major < 8:
            raise Unsupported(f"[{old[0]}] of a field of type [geo_shape]: prefix trees")
        if old:
            leaf = place.path.rsplit(".", 1)[-1]
            raise IllegalArgument(
                f"using deprecated parameters {java_text(old)} in mapper [{leaf}] of type [{cls.name}] is no longer allowed"
            )

    def printed(self, parameter: Parameter) -> Json:
        is_explicit = parameter.name in ("ignore_malformed", "ignore_z_value", "coerce", "orientation")
        if parameter.name in self.given and (is_explicit or not self.context.behaviour.shapes_by_one_parser):
            return self.given[parameter.name]
        return super().printed(parameter)

    def merged_parameters(self, other: Field) -> dict[str, Any]:
        """Before 7.11 an option stays until it is given anew."""
        return other.given if self.context.behaviour.shapes_by_one_parser else {**self.given, **other.given}

    def geometry(self, value: Json) -> Geometry:
        """A value of the source. Raises ApiError."""
        return self.reader.read(value)

    def check(self, value: Json) -> None:
        self.parts(value)

    def parts(self, value: Json) -> list[Geometry]:
        """The simple geometries that are indexed of a value. Raises ApiError."""
        return indexable(self.geometry(value), self.context.behaviour, on_earth=self.on_earth)

    def column_values(self, values: list[Json]) -> list[list[Geometry]]:
        out = []
        for value in values:
            try:
                parts = self.parts(value)
            except (ApiError, NeedsPositions):
                continue
            out.append(parts)
        return out

    def malformed(self, value: Json) -> bool:
        """Whether ``fields`` leaves a value out: from 7.11 only what cannot be read."""
        try:
            self.geometry(value) if self.context.behaviour.shapes_by_one_parser else self.check(value)
        except (ApiError, NeedsPositions):
            return True
        return False

    def fetched(self, value: Json, format: str | None) -> Json:
        """A value of the source as ``fields`` prints it."""
        from esmock.mapping.geometry.writer import write

        if not self.context.behaviour.shapes_by_one_parser:
            from esmock.xcontent.java_order import hash_ordered

            if format == "wkt" and isinstance(value, str):
                return value
            if format != "wkt" and isinstance(value, dict):
                return hash_ordered(value)
        return write(self.geometry(value), format or "geojson")


class GeoShape(Shape):
    """Docs: geo-shape."""

    name = "geo_shape"
    takes_words = False
    __slots__ = ()


class PlaneShape(Shape):
    """Docs: shape."""

    name = "shape"
    on_earth = False
    __slots__ = ()


FIELDS = (GeoShape, PlaneShape)
