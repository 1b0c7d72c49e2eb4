"""Sorting by distance. Docs: sort-search-results. Source: recordings of 7.10.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ElasticsearchParse, IllegalArgument, NullPointer, Parsing
from esmock.mapping.geo import check_object, parse_point
from esmock.mapping.sphere import distance_type, metres, unit_metres
from esmock.search.query.base import ParseContext
from esmock.search.query.geo import validation_method
from esmock.search.query.parse import boolean_value, scalar, text
from esmock.xcontent.located import at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.search.sort import Sort

Json = Any
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Distances:
    """The distances of a field's points from some points.

    Args:
        unit: metres of the unit that answers are in.
        kind: ``arc`` or ``plane``.
    """

    field: str
    points: tuple[Point, ...]
    unit: float
    kind: str
    ignore_unmapped: bool

    def bind(self, shard: ShardSearch) -> Any:
        """A function from a segment to a Column. Raises IllegalArgument for a field that does not exist."""
        from esmock.store.column import empty_column, number_column

        field = shard.field(self.field)
        if field is None:
            if not self.ignore_unmapped:
                raise IllegalArgument(f"failed to find mapper for [{self.field}] for geo distance based sort")
            return lambda segment: empty_column(segment.n_docs, "double")
        if field.name != "geo_point":
            if shard.behaviour.major >= 8:
                raise IllegalArgument(f"unable to apply geo distance sort to field [{self.field}] of type [{field.name}]")
            from esmock.errors import Unsupported

            raise Unsupported(f"sorting by distance on a field of type [{field.name}]")
        path = field.path

        def compute(segment: Any) -> Any:
            column = segment.column(path)
            lats, lons = column.values[:, 0], column.values[:, 1]
            found = [metres(self.kind, lat, lon, lats, lons) / self.unit for lat, lon in self.points]
            values = np.stack(found, axis=1).reshape(-1) if found else np.empty(0)
            return number_column(values, column.counts * len(self.points))

        return compute


def _check_points(value: Json, ctx: ParseContext) -> None:
    """What 8.x says of objects that are no points. Raises ElasticsearchParse."""
    if ctx.behaviour.major >= 8:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                check_object(one)


def read_points(value: Json) -> list[Point]:
    """One point or several, in any form."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int | float) and not isinstance(value[0], bool):
        raise ElasticsearchParse("geo point parsing: expected second number but got [END_ARRAY] instead")
    if isinstance(value, list) and not (value and isinstance(value[0], int | float)):
        return [parse_point(one) for one in value]
    return [parse_point(value)]


def geo_sort(node: Json, ctx: ParseContext) -> Sort:
    """Read the object of ``_geo_distance``. Raises Parsing, IllegalArgument."""
    from esmock.search.sort import Sort, read_nested, read_order

    field: str | None = None
    points: list[Point] = []
    unit, kind, ignore = 1.0, "arc", False
    found: dict[str, Any] = {}
    for key in node:
        value = node[key]
        if key == "nested" and isinstance(value, dict):
            read_nested(found, value, ctx)
        elif value is None:
            continue  # ES: no kind of token that the parser asks for
        elif isinstance(value, dict | list):
            if field is not None and field != key and isinstance(value, dict):
                raise Parsing(f"Trying to reset fieldName to [{key}], already set to [{field}].", at_value(node, key))
            field = key
            _check_points(value, ctx)
            points.extend(read_points(value))
        elif key == "order":
            found["descending"] = read_order(text(node, key, ctx)) == "desc"
        elif key == "unit":
            unit = _unit(text(node, key, ctx))
        elif key == "distance_type":
            kind = distance_type(text(node, key, ctx))
        elif key == "validation_method":
            validation_method(text(node, key, ctx))
        elif key == "mode":
            found["mode"] = _mode(text(node, key, ctx))
        elif key == "ignore_unmapped":
            ignore = boolean_value(node, key)
        elif isinstance(value, str) and scalar(value):
            if field is not None and field != key:
                raise Parsing(f"Trying to reset fieldName to [{key}], already set to [{field}].", at_value(node, key))
            field = key
            points.append(parse_point(value))
        elif field is None:
            raise NullPointer('Cannot invoke "String.equals(Object)" because "fieldName" is null')
        elif field == key:
            raise Parsing(f"Only geohashes of type string supported for field [{key}]", at_value(node, key))
        else:
            raise Parsing(f"[_geo_distance] does not support [{key}]", at_value(node, key))
    if field is None or not points:
        raise IllegalArgument("Geo distance sorting needs at least one point.")
    if len(points) == 1 and unit == 1.0 and _is_plainly_ascending(found):
        kind = "arc"  # ES: distances from one point, ascending, are Lucene's
    return Sort("_geo_distance", values=Distances(field, tuple(points), unit, kind, ignore), **found)


def _is_plainly_ascending(found: dict[str, Any]) -> bool:
    return not found.keys() - {"descending", "mode"} and not found.get("descending") and found.get("mode", "min") == "min"


def _unit(name: str) -> float:
    try:
        return unit_metres(name)
    except IllegalArgument:
        raise IllegalArgument(f"No distance unit match [{name}]") from None


def _mode(name: str) -> str:
    from esmock.search.sort import read_mode

    if name.lower() == "sum":
        raise IllegalArgument("sort_mode [sum] isn't supported for sorting by geo distance")
    return read_mode(name)
