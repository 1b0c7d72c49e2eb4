"""Boxes around shapes and points on a plane, and their centre: cartesian_bounds, cartesian_centroid.

Docs: search-aggregations-metrics-cartesian-bounds-aggregation, -cartesian-centroid-. Source: the makers' tests (spatial/10_cartesian_bounds.yml,
20_cartesian_centroid.yml); no engine that could be asked runs them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.addition import in_order
from esmock.errors import IllegalArgument
from esmock.mapping.geometry import model
from esmock.mapping.geometry.model import Geometry, Position
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, Sample
from esmock.search.aggs.kahan import add_all
from esmock.search.aggs.kinds import POINT, SHAPE
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import Growing
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent.object_parser import Parser

if TYPE_CHECKING:
    from esmock.search.aggs.collecting import Aggregator, ShardContext

Json = Any
Array = Any

Weighted = tuple[float, float, float]
"""x and y times the weight, and the weight."""


class CartesianBounds(Internal):
    """The box: left, right, bottom, top; infinite where there is none."""

    type, java = "cartesian_bounds", "InternalCartesianBounds"
    __slots__ = ("ends",)

    def __init__(self, name: str, meta: Json, ends: tuple[float, ...]) -> None:
        super().__init__(name, meta)
        self.ends = ends

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        left, right, bottom, top = zip(*(one.ends for one in results), strict=True)
        return CartesianBounds(self.name, self.meta, (min(left), max(right), min(bottom), max(top)))

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        names = ("left", "right", "bottom", "top")
        if len(path) == 1 and path[0] in names:
            return self.ends[names.index(path[0])]
        raise IllegalArgument(f"Found unknown path element [{path[0]}] in [{self.name}]")

    def content(self, rendering: Rendering) -> dict[str, Json]:
        left, right, bottom, top = self.ends
        if math.isinf(left):
            return {}
        return {"bounds": {"top_left": {"x": left, "y": top}, "bottom_right": {"x": right, "y": bottom}}}


class CartesianCentroid(Internal):
    """The centre of ``count`` values."""

    type, java = "cartesian_centroid", "InternalCartesianCentroid"
    __slots__ = ("count", "x", "y")

    def __init__(self, name: str, meta: Json, x: float, y: float, count: int) -> None:
        super().__init__(name, meta)
        self.x, self.y, self.count = x, y, count

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        count = sum(one.count for one in results)
        x, y = (in_order(getattr(one, axis) * one.count for one in results) for axis in ("x", "y"))
        return CartesianCentroid(self.name, self.meta, x / count if count else 0.0, y / count if count else 0.0, count)

    def scaled_up(self, sample: Sample) -> Internal:
        return CartesianCentroid(self.name, self.meta, self.x, self.y, sample.count(self.count))

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        known = {"x": self.x, "y": self.y, "count": self.count, "value": {"x": self.x, "y": self.y}}
        if len(path) == 1 and path[0] in known:
            return known[path[0]]
        raise IllegalArgument(f"Found unknown path element [{path[0]}] in [{self.name}]")

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"location": {"x": self.x, "y": self.y}, "count": self.count} if self.count else {"count": 0}


def _positions(shape: Geometry) -> Iterator[Position]:
    if shape.kind == model.ENVELOPE:
        left, right, top, bottom = shape.coordinates
        yield from ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    else:
        yield from shape.positions()


def _of_points(points: Sequence[Position]) -> Weighted:
    return in_order(one[0] for one in points), in_order(one[1] for one in points), float(len(points))


def _of_line(points: Sequence[Position]) -> Weighted:
    """Each piece weighs as much as it is long."""
    x = y = total = 0.0
    for one, other in pairwise(points):
        length = math.hypot(other[0] - one[0], other[1] - one[1])
        x, y, total = x + length * (one[0] + other[0]) / 2, y + length * (one[1] + other[1]) / 2, total + length
    return x, y, total


def _of_ring(points: Sequence[Position]) -> Weighted:
    """The area inside and its centre."""
    x = y = area = 0.0
    x0, y0 = points[0][0], points[0][1]
    for one, other in pairwise(points):
        ax, ay, bx, by = one[0] - x0, one[1] - y0, other[0] - x0, other[1] - y0
        cross = ax * by - bx * ay
        x, y, area = x + (ax + bx) * cross / 6, y + (ay + by) * cross / 6, area + cross / 2
    sign = -1.0 if area < 0 else 1.0
    return sign * (x + x0 * area), sign * (y + y0 * area), sign * area


def _weighed(shape: Geometry) -> tuple[int, Weighted]:
    """Dimensions (0 to 2) and weight of a simple geometry; what has no extent counts as something lower."""
    points = list(_positions(shape))
    if shape.kind in (model.POLYGON, model.ENVELOPE):
        outer, *holes = [list(ring) for ring in shape.coordinates] if shape.kind == model.POLYGON else [points]
        x, y, area = _of_ring(outer)
        for hole in map(_of_ring, holes):
            x, y, area = x - hole[0], y - hole[1], area - hole[2]
        if area > 0:
            return 2, (x, y, area)
    if shape.kind != model.POINT:
        line = _of_line(points)
        if line[2] > 0:
            return 1, line
        points = points[:1]
    return 0, _of_points(points)


def _centre(shapes: Sequence[Geometry]) -> tuple[float, float, float, float]:
    """Dimensions, x, y and weight of a document's geometries: only those of most dimensions count."""
    weighed = [_weighed(one) for shape in shapes for one in shape.simple()]
    most = max(dimensions for dimensions, _ in weighed)
    x, y, weight = (in_order(one[at] for dimensions, one in weighed if dimensions == most) for at in range(3))
    return most, float(np.float32(x / weight)), float(np.float32(y / weight)), weight


class _ShapeAggregator(SourceAggregator):
    """Has a row of numbers per document, made once per segment."""

    def row(self, shapes: Sequence[Geometry]) -> tuple[float, ...]:
        """The numbers of a document."""
        raise NotImplementedError

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        rows, owners = self.rows(leaf, docs, owners)
        if not len(owners):
            return
        n = int(owners.max()) + 1
        self.add(rows, owners, n)

    def add(self, rows: Array, owners: Array, n: int) -> None:
        """Add rows to what their owners have; owners are below ``n``."""
        raise NotImplementedError

    def rows(self, leaf: Leaf, docs: Array, owners: Array) -> tuple[Array, Array]:
        """float64[m, width] and int64[m]: the rows of the documents that have shapes (of each point), and their owners."""
        if self.source.kind == POINT:
            positions, points = leaf.segment.column(self.source.field.path).flat(docs)
            return self.point_rows(points), owners[positions]
        key = self.source.kept_key(self.name_of_rows)
        places, rows = leaf.kept(key, lambda: self._table(leaf)) if key else self._table(leaf)
        at = places[docs]
        return rows[at[at >= 0]], owners[at >= 0]

    def point_rows(self, points: Array) -> Array:
        """The rows of points, given y and x of each."""
        raise NotImplementedError

    @property
    def name_of_rows(self) -> str:
        return self.builder.name

    def _table(self, leaf: Leaf) -> tuple[Array, Array]:
        column = leaf.segment.column(self.source.field.path)
        starts = np.asarray(column.starts, np.int64)
        places = np.full(leaf.n_docs, -1, np.int64)
        rows: list[tuple[float, ...]] = []
        for doc in np.flatnonzero(np.diff(starts)).tolist():
            shapes = [one for value in column.values[starts[doc] : starts[doc + 1]] for one in (value if isinstance(value, list) else [value])]
            if shapes:
                places[doc] = len(rows)
                rows.append(self.row(shapes))
        return places, np.array(rows, np.float64)


class CartesianBoundsAggregator(_ShapeAggregator):
    def prepare(self) -> None:
        self.ends = [Growing(np.float64, fill) for fill in (math.inf, -math.inf, math.inf, -math.inf)]

    def row(self, shapes: Sequence[Geometry]) -> tuple[float, ...]:
        points = [point for shape in shapes for one in shape.simple() for point in _positions(one)]
        xs, ys = (np.array([point[at] for point in points]).astype(np.float32) for at in range(2))
        return float(xs.min()), float(xs.max()), float(ys.min()), float(ys.max())

    def point_rows(self, points: Array) -> Array:
        return points[:, [1, 1, 0, 0]]

    def add(self, rows: Array, owners: Array, n: int) -> None:
        for at, change in enumerate((np.minimum, np.maximum, np.minimum, np.maximum)):
            change.at(self.ends[at].ensure(n), owners, rows[:, at])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        columns = [one.get(owners).tolist() for one in self.ends]
        return [CartesianBounds(self.name, self.builder.meta, row) for row in zip(*columns, strict=True)]


class CartesianCentroidAggregator(_ShapeAggregator):
    """Of shapes: each weighs as much as it is great, and only those of most dimensions do."""

    def prepare(self) -> None:
        self.counts = Growing(np.int64)
        self.dimensions = Growing(np.float64, -1.0)
        self.sums = [Growing(np.float64) for _ in range(3)]

    def row(self, shapes: Sequence[Geometry]) -> tuple[float, ...]:
        return _centre(shapes)

    def add(self, rows: Array, owners: Array, n: int) -> None:
        self.counts.ensure(n)[:n] += np.bincount(owners, minlength=n)
        before = self.dimensions.ensure(n)[:n].copy()
        np.maximum.at(self.dimensions.ensure(n), owners, rows[:, 0])
        now = self.dimensions.ensure(n)[:n]
        taken = rows[:, 0] == now[owners]
        rows, owners = rows[taken], owners[taken]
        for total, column in zip(self.sums, (rows[:, 1] * rows[:, 3], rows[:, 2] * rows[:, 3], rows[:, 3]), strict=True):
            numbers = total.ensure(n)
            numbers[:n][now > before] = 0.0
            np.add.at(numbers, owners, column)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        rows = zip(*(one.get(owners).tolist() for one in (*self.sums, self.counts)), strict=True)
        return [
            CartesianCentroid(self.name, self.builder.meta, x / weight if count else 0.0, y / weight if count else 0.0, int(count))
            for x, y, weight, count in rows
        ]


class PointCentroidAggregator(_ShapeAggregator):
    """Of points: each counts."""

    def prepare(self) -> None:
        self.counts = Growing(np.int64)
        self.sums = [Growing(np.float64) for _ in range(4)]

    def point_rows(self, points: Array) -> Array:
        return points[:, [1, 0]]

    def add(self, rows: Array, owners: Array, n: int) -> None:
        self.counts.ensure(n)[:n] += np.bincount(owners, minlength=n)
        for axis in range(2):
            add_all(self.sums[2 * axis].ensure(n), self.sums[2 * axis + 1].ensure(n), owners, rows[:, axis])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        rows = zip(*(one.get(owners).tolist() for one in (self.sums[0], self.sums[2], self.counts)), strict=True)
        return [
            CartesianCentroid(self.name, self.builder.meta, x / count if count else 0.0, y / count if count else 0.0, int(count))
            for x, y, count in rows
        ]


class CartesianAgg(SourceBuilder):
    """An aggregation over shapes or points on a plane."""

    is_metric = True
    since = (8, 6)
    kinds = (POINT, SHAPE)
    default_kind = POINT


class CartesianBoundsAgg(CartesianAgg):
    name, aggregator = "cartesian_bounds", CartesianBoundsAggregator
    parser = Parser(name, *source_fields(scripts=False, formats=False))


class CartesianCentroidAgg(CartesianAgg):
    name, aggregator = "cartesian_centroid", CartesianCentroidAggregator
    parser = Parser(name, *source_fields(scripts=False, formats=False))

    def create(self, ctx: ShardContext, parent: Aggregator | None) -> Aggregator:
        made = PointCentroidAggregator if self.resolve(ctx).kind == POINT else CartesianCentroidAggregator
        return made(self, ctx, parent)


AGGREGATIONS = (CartesianBoundsAgg, CartesianCentroidAgg)
