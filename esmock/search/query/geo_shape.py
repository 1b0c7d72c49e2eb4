"""Queries by shapes: geo_shape on the earth, shape on a plane. Docs: query-dsl-geo-shape-query, query-dsl-shape-query.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21 (geo_shape).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import (
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    IllegalState,
    IOError_,
    NumberFormat,
    Parsing,
    TextParse,
    XContentParse,
)
from esmock.mapping.distance import parse_distance
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry
from esmock.mapping.geometry.reader import GeometryReader
from esmock.mapping.parameter import java_text
from esmock.search import geometry as shapes
from esmock.search.query.base import Bound, Constant, MatchNothing, ParseContext, Query
from esmock.search.query.parse import boolean_value, float_value, met, scalar, text
from esmock.xcontent.located import at_end, at_value, token
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any


_NO_TYPE = "The type should no longer be specified in the [indexed_shape] section."


@dataclass(frozen=True, slots=True)
class IndexedShape:
    """A document that holds the shape."""

    doc_id: str
    index: str = "shapes"
    path: str = "shape"
    routing: str | None = None
    mapping_type: str = "_doc"


@dataclass(slots=True)
class ShapeQuery(Query):
    """What the queries have in common.

    Attributes:
        shape: as given, or fetched; None while it is not.
        indexed: where it is to be fetched.
    """

    field: str = ""
    shape: Geometry | None = None
    indexed: IndexedShape | None = None
    relation: str = shapes.INTERSECTS
    ignore_unmapped: bool = False
    behaviour: Any = None
    types: ClassVar[tuple[str, ...]] = ()
    earth: ClassVar[bool] = True

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> ShapeQuery:
        # ES: the score is nothing unless a boost is given
        out: dict[str, Any] = {"behaviour": ctx.behaviour, "boost": 0.0}
        for name, holder, key in met(body):
            if isinstance(holder[key], dict):
                if "field" in out:
                    raise Parsing(f"point specified twice. [{name}]", at_value(holder, key))
                out["field"] = name
                cls._field(out, holder[key], ctx)
            elif name == "boost":
                out["boost"] = float_value(holder, key)
            elif name == "_name":
                out["query_name"] = text(holder, key, ctx)
            elif name == "ignore_unmapped":
                out["ignore_unmapped"] = boolean_value(holder, key)
            else:
                raise Parsing(f"query does not support [{name}]", at_value(holder, key))
        if "field" not in out:
            raise IllegalArgument("fieldName is required")
        if out.get("shape") is None and out.get("indexed") is None:
            raise IllegalArgument("either shape or indexedShapeId is required")
        query = cls(**out)
        if query.shape is None:
            ctx.pending.append(query)
        return query

    @classmethod
    def _field(cls, out: dict[str, Any], node: Json, ctx: ParseContext) -> None:
        for key in node:
            value = node[key]
            if key == "shape":
                out["shape"] = None if value is None else read_shape(value, ctx.behaviour)
            elif key == "relation":
                name = text(node, key, ctx)
                if name.lower() not in shapes.RELATIONS:
                    raise Parsing(f"Unknown shape operation [{name} ]", at_value(node, key))
                out["relation"] = name.lower()
            elif key == "indexed_shape" and isinstance(value, dict):
                out["indexed"] = _indexed(cls.name, value, ctx)
            elif key == "indexed_shape" and scalar(value):
                continue
            elif key == "indexed_shape" and isinstance(value, list):
                for _, holder, at in met({key: value}):
                    if isinstance(holder[at], dict):
                        raise Parsing("unknown token [START_OBJECT] after [indexed_shape]", at_value(holder, at))
                raise Parsing("unknown token [END_ARRAY] after [indexed_shape]", at_end(value))
            elif key == "strategy" and cls.earth:
                name = text(node, key, ctx)
                if name not in ("recursive", "term"):
                    if ctx.behaviour.major >= 8:
                        raise IllegalArgument(f"Unknown strategy [{name}]")
                    raise Parsing(f"Unknown strategy [{name} ]", at_value(node, key))
            else:
                raise Parsing(f"query does not support [{key}]", at_value(node, key))

    def rewritten(self, resources: Any) -> None:
        """Fetch the shape. Raises IndexNotFound, IllegalArgument, IllegalState."""
        if self.shape is not None or self.indexed is None:
            return
        from esmock.mapping.values import raw_values
        from esmock.xcontent import json_reader

        wanted = self.indexed
        doc = resources.document_version(wanted.index, wanted.doc_id, wanted.routing, None)
        if doc is None or wanted.mapping_type != "_doc":
            in_type = f" in type [{wanted.mapping_type}]" if self.behaviour.major < 8 else ""
            raise IllegalArgument(f"Shape with ID [{wanted.doc_id}]{in_type} not found")
        found = raw_values(json_reader.parse_stored(doc.source), wanted.path, whole=True)
        if not found:
            raise IllegalState(f"Shape with name [{wanted.doc_id}] found but missing {wanted.path} field")
        self.shape = read_shape(found[0], self.behaviour)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.shape is None and shard.resources is not None:
            self.rewritten(shard.resources)
        assert self.shape is not None
        found = shard.field(self.field)
        if found is None:
            if self.ignore_unmapped:
                return MatchNothing()
            raise shard.error(f"failed to find type for field [{self.field}]")
        if found.name not in self.types:
            raise shard.error(f"Field [{self.field}] is of unsupported type [{found.name}] for [{self.name}] query")
        self._check(shard, found)
        quantize = shapes.on_plane if not self.earth else shapes.on_earth if shard.behaviour.major >= 8 else shapes.as_given
        made = shapes.shapes_of(_wound(self.shape, shard.behaviour, self.earth), earth=self.earth, quantize=quantize)
        relation = shapes.Relation(self.relation, made)
        return Constant(lambda segment: relation.match(segment, found), boost)

    def parts(self, shard: ShardSearch) -> list[Geometry]:
        """The simple geometries that points are compared with, as Lucene keeps them; of a query that was bound."""
        assert self.shape is not None
        made = _wound(self.shape, shard.behaviour, self.earth)
        return [_kept(part) for part in made] if shard.behaviour.major >= 8 else made

    def _check(self, shard: ShardSearch, found: Any) -> None:
        """Refuse what the version cannot ask of the field. Raises QueryShard."""
        assert self.shape is not None
        late = shard.behaviour.shapes_by_one_parser
        if found.name == "point" and shard.behaviour.major < 8:
            self._check_points(shard)
        kinds = {part.kind for part in self.shape.simple()}
        if self.earth:
            if found.name == "geo_point" and not late:
                self._check_points(shard)
            for part in self.shape.simple() if shard.behaviour.major < 8 else ():
                _check_degrees(shard, part)
        if self.relation == shapes.WITHIN and model.LINESTRING in kinds:
            if shard.behaviour.major >= 8:
                cause = IllegalArgument("found an unsupported shape Line")
                raise shard.error(f"Exception creating query on Field [{self.field}] {cause.reason}", cause)
            if late:
                raise shard.error(f"Field [{self.field}] found an unsupported shape Line")
            text_ = f"{'LatLon' if self.earth else 'XY'}ShapeQuery does not support WITHIN queries with line geometries"
            raise shard.error(f"failed to create query: {text_}", IllegalArgument(text_))

    def _check_points(self, shard: ShardSearch) -> None:
        assert self.shape is not None
        if self.relation != shapes.INTERSECTS:
            raise shard.error(f"{self.relation.upper()} query relation not supported for Field [{self.field}].")
        refused = (model.POINT, model.MULTIPOINT, model.LINESTRING, model.MULTILINESTRING)
        for part in self.shape.parts if self.shape.kind == model.COLLECTION else (self.shape,):
            if part.kind in refused:
                kind = part.kind if self.earth else part.kind.upper()
                raise shard.error(f"Field [{self.field}] does not support {kind} queries")


def _check_degrees(shard: ShardSearch, part: Geometry) -> None:
    if part.kind != model.POINT:
        return
    for value, axis, limit in ((part.coordinates[0], "longitude", 180.0), (part.coordinates[1], "latitude", 90.0)):
        if not -limit <= value <= limit:
            reason = f"invalid {axis} {java_text(value)}; must be between {-limit} and {limit}"
            raise shard.error(f"failed to create query: {reason}", IllegalArgument(reason))


def _wound(shape: Geometry, behaviour: Behaviour, earth: bool) -> list[Geometry]:
    """The simple geometries of a query's shape, polygons with their rings in order, points on the earth."""
    from esmock.mapping.geometry.indexable import brought_back, wound

    if not earth:
        return list(shape.simple())
    made = {model.POLYGON: lambda part: wound(part, behaviour), model.POINT: brought_back}
    return [made[part.kind](part) if part.kind in made else part for part in shape.simple()]


def _kept(part: Geometry) -> Geometry:
    """A geometry whose coordinates are rounded as those of points are."""
    from esmock.mapping.geo import quantized

    def place(position: tuple[float, ...]) -> tuple[float, ...]:
        lat, lon = quantized(position[1], position[0])
        return (lon, lat)

    if part.kind == model.ENVELOPE:
        left, right, top, bottom = part.coordinates
        (left, top), (right, bottom) = place((left, top)), place((right, bottom))
        return replace(part, coordinates=(left, right, top, bottom))
    if part.kind == model.POLYGON:
        return replace(part, coordinates=tuple(tuple(map(place, ring)) for ring in part.coordinates))
    if part.kind in (model.POINT, model.CIRCLE):
        return replace(part, coordinates=place(part.coordinates))
    return part


def _indexed(query: str, node: Json, ctx: ParseContext) -> IndexedShape | None:
    found: dict[str, str] = {}
    for key in node:
        if not scalar(node[key]):
            raise Parsing(f"unknown token [{token(node[key])}] after [{key}]", at_value(node, key))
        if key in ("id", "index", "path", "routing"):
            found["doc_id" if key == "id" else key] = text(node, key, ctx)
        elif key == "type" and ctx.behaviour.major < 8:
            ctx.warn(f"[types removal] Types are deprecated in [{query}] queries. {_NO_TYPE}")
            found["mapping_type"] = text(node, key, ctx)
    return IndexedShape(**found) if "doc_id" in found else None


def read_shape(value: Json, behaviour: Behaviour) -> Geometry | None:
    """The shape of a query. Raises ApiError: in the words of the version's parser."""
    late = behaviour.shapes_by_one_parser
    try:
        found = GeometryReader(Reading(behaviour), coerce=late).read(value if late else _for_builders(value))
    except TextParse as error:
        if late:
            raise IOError_(f"java.text.ParseException: {error.reason}", cause=error) from None
        raise ElasticsearchParse(error.reason) from None
    except ApiError as error:
        raise (error if late else _by_builders(error, value)) from None
    return None if found.is_empty and not late else found


def _for_builders(value: Json) -> Json:
    """A value as the parser before 7.11 takes it. Raises ElasticsearchParse: what it looks at first."""
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("coordinates"), dict):
        raise ElasticsearchParse("coordinates cannot be specified as objects")
    parts = value.get("geometries")
    if parts is not None and not isinstance(parts, list):
        raise ElasticsearchParse("geometries must be an array of geojson objects")
    if parts and not all(isinstance(one, dict) for one in parts):
        raise ElasticsearchParse("shape must be an object consisting of type and coordinates")
    radius = value.get("radius")
    if radius is None or isinstance(radius, dict | list):
        return value
    if radius == "":
        raise NumberFormat("empty String")
    parse_distance(java_text(radius))
    if str(value.get("type")).lower() != model.CIRCLE:
        raise ElasticsearchParse(f"cannot have [radius] with type set to [{value.get('type')}]")
    return {**value, "radius": java_text(radius)}


def _by_builders(error: ApiError, value: Json) -> ApiError:
    """Before 7.11 queries have a parser of their own."""
    cause = error.cause if isinstance(error, XContentParse) and error.cause is not None else error
    reason = cause.reason or ""
    kind = str(value.get("type")) if isinstance(value, dict) else ""
    if isinstance(value, str) and reason.startswith("Unknown geometry type: "):
        return IllegalArgument(f"unknown geo_shape [{reason.removeprefix('Unknown geometry type: ')}]")
    if reason.startswith("No enum constant"):
        return IllegalArgument(f"unknown geo_shape [{kind}]")
    if reason.startswith("first and last points"):
        return ElasticsearchParse("invalid LinearRing found (coordinates are not closed)")
    if reason.startswith("Required [type]"):
        return ElasticsearchParse("shape type not included")
    if reason == "not enough points to build a line" and isinstance(value, dict):
        n = len(value.get("coordinates") or ())
        return ElasticsearchParse(f"invalid number of points in LineString (found [{n}] - must be >= 2)")
    return cause


@dataclass(slots=True)
class GeoShapeQuery(ShapeQuery):
    """Docs: query-dsl-geo-shape-query."""

    name = "geo_shape"
    types = ("geo_shape", "geo_point")


@dataclass(slots=True)
class PlaneShapeQuery(ShapeQuery):
    """Docs: query-dsl-shape-query."""

    name = "shape"
    types = ("shape", "point")
    earth = False


QUERIES = (GeoShapeQuery, PlaneShapeQuery)
