"""Buckets by cells of a grid: geohash_grid, geotile_grid.

Docs: search-aggregations-bucket-geohashgrid-aggregation, -geotilegrid-. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.mapping.distance import hash_precision
from esmock.mapping.points import BASE32
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    JavaKey,
    MultiBucket,
    ReduceContext,
    Rendering,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import GEO
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import by_key
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.values import once_per_document
from esmock.search.aggs.whole import Keyed
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any
Box = tuple[float, float, float, float]
"""Top, left, bottom, right."""

_TILE_LIMIT = 85.0511287798066


def tile_keys(lats: Array, lons: Array, zoom: int) -> Array:
    """int64[n]: zoom, column and row of the tile of each point."""
    tiles = 1 << zoom
    sine = np.sin(np.radians(np.clip(lats, -_TILE_LIMIT, _TILE_LIMIT)))
    x = np.floor((lons + 180.0) / 360.0 * tiles).astype(np.int64)
    y = np.floor((0.5 - (np.log((1 + sine) / (1 - sine)) / (4 * math.pi))) * tiles).astype(np.int64)
    return (zoom << 58) | (np.clip(x, 0, tiles - 1) << 29) | np.clip(y, 0, tiles - 1)


def tile_text(key: int) -> str:
    """``zoom/x/y``."""
    return f"{key >> 58}/{(key >> 29) & 0x1FFFFFFF}/{key & 0x1FFFFFFF}"


def tile_key(text: str) -> int:
    """The key of ``zoom/x/y``. Raises IllegalArgument."""
    parts = text.split("/")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise IllegalArgument(
            f'Invalid geotile_grid hash string of {text}. Must be three integers in a form "zoom/x/y".'
        )
    zoom, x, y = (int(part) for part in parts)
    return (zoom << 58) | (x << 29) | y


def hash_keys(lats: Array, lons: Array, precision: int) -> Array:
    """int64[n]: the geohash of each point as a long, its length in the lowest four bits."""
    x = np.floor((lons + 180.0) / (360.0 / (1 << 32))).astype(np.uint64)
    y = np.floor((lats + 90.0) / (180.0 / (1 << 32))).astype(np.uint64)
    out = np.zeros(len(lats), np.uint64)
    for bit in range(5 * precision):
        source = x if bit % 2 == 0 else y
        out = (out << np.uint64(1)) | ((source >> np.uint64(31 - bit // 2)) & np.uint64(1))
    return ((out << np.uint64(4)) | np.uint64(precision)).view(np.int64)


def hash_text(key: int) -> str:
    """The geohash of a long."""
    precision, bits = key & 15, (key & 0xFFFFFFFFFFFFFFFF) >> 4
    return "".join(BASE32[(bits >> (5 * at)) & 31] for at in reversed(range(precision)))


@dataclass(slots=True)
class CellBucket(Bucket):
    text: str = ""

    def key_text(self) -> str:
        return self.text

    def property_key(self) -> Any:
        return JavaKey("GeoPoint", self.text)


class Grid(MultiBucket):
    type, java = "geohash_grid", "InternalGeoHashGrid"
    __slots__ = ("size",)

    def __init__(self, name: str, meta: Json, buckets: list[Any], size: int) -> None:
        super().__init__(name, meta, buckets)
        self.size = size

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        groups = by_key(results)
        ordered = sorted(groups.items(), key=lambda item: (-sum(one.doc_count for one in item[1]), -item[0]))
        buckets = []
        for key, group in ordered[: self.size] if ctx.is_final else ordered:
            below = reduce_results([one.results for one in group], ctx)
            buckets.append(CellBucket(key, sum(one.doc_count for one in group), below, group[0].text))
        ctx.add_buckets(len(buckets))
        return type(self)(self.name, self.meta, buckets, self.size)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        buckets = [
            {"key": one.text, "doc_count": one.doc_count, **results_body(one.results, rendering)}
            for one in self.buckets
        ]
        return {"buckets": buckets}


class TileGrid(Grid):
    type, java = "geotile_grid", "InternalGeoTileGrid"
    __slots__ = ()


class GridAggregator(SourceBuckets):
    builder: GridAgg

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        builder = self.builder
        key = self.source.kept_key(builder.name, builder.precision, builder.bounds)
        self.collect_keyed(leaf, docs, owners, key, lambda docs, _: self._keyed(leaf, docs))

    def _keyed(self, leaf: Leaf, docs: Array) -> Keyed:
        values = self.source.load(leaf, docs)
        positions, places = values.places(docs)
        lats, lons = values.values[places], values.other[places]
        if self.builder.bounds is not None:
            keep = self.builder.is_inside(lats, lons, self.builder.bounds)
            positions, lats, lons = positions[keep], lats[keep], lons[keep]
        keys = self.builder.keys(lats, lons)
        order = np.lexsort((keys, positions))
        return Keyed(*once_per_document(positions[order], keys[order]))

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        ids, group = self.ords.ids(owners)
        counts = self.counts.get(ids)
        order = np.lexsort((-self.ords.ranks(ids), -counts, group))
        ids, group, counts = ids[order], group[order], counts[order]
        kept = np.arange(len(group)) - np.searchsorted(group, group, "left") < builder.kept
        ids, counts = ids[kept], counts[kept]
        rows = zip(map(self.ords.key, ids.tolist()), counts.tolist(), self.results_of(ids.tolist()), strict=True)
        buckets = [CellBucket(key, count, results, builder.text(key)) for key, count, results in rows]
        ends = np.cumsum(np.bincount(group[kept], minlength=len(owners))).tolist()
        return [
            builder.result(self.name, builder.meta, buckets[begin:end], builder.size) for begin, end in pairwise((0, *ends))
        ]


def in_box(lats: Array, lons: Array, bounds: Box) -> Array:
    """bool[n]: which points lie in a box."""
    high, west, low, east = bounds
    between = (lons >= west) & (lons <= east) if west <= east else (lons >= west) | (lons <= east)
    return (lats >= low) & (lats <= high) & between


def read_bounds(holder: Json, key: Key, reading: Reading) -> Box | None:
    """``bounds``: top, left, bottom, right; None where one is missing. Raises ElasticsearchParse, IllegalArgument."""
    from esmock.search.query.geo_box import parse_box

    sides = parse_box(holder[key], reading.behaviour)
    if any(map(math.isnan, sides.values())):
        return None
    return sides["top"], sides["left"], sides["bottom"], sides["right"]


class GridAgg(SourceBuilder):
    aggregator = GridAggregator
    kinds = (GEO,)
    default_kind = GEO
    result: ClassVar[type[Grid]] = Grid
    size = 10_000
    shard_size = -1
    precision = 5
    bounds: Box | None = None

    @property
    def kept(self) -> int:
        """Buckets that a shard hands on."""
        suggested = int(self.size * 1.5 + 10) if self.shard_size < 0 else self.shard_size
        return max(suggested, self.size)

    def checks(self) -> dict[str, Any]:
        return {"size": self._positive("size"), "shard_size": self._positive("shardSize")}

    def _positive(self, field: str) -> Any:
        def check(value: int) -> None:
            if value <= 0:
                raise IllegalArgument(f"[{field}] must be greater than 0. Found [{value}] in [{self.agg_name}]")

        return check

    def keys(self, lats: Array, lons: Array) -> Array:
        """The cells of points."""
        return hash_keys(lats, lons, self.precision)

    def is_inside(self, lats: Array, lons: Array, bounds: Box) -> Array:
        """bool[n]: which points' cells are asked for."""
        return in_box(lats, lons, bounds)

    def text(self, key: int) -> str:
        """A cell as it is printed."""
        return hash_text(key)


GRID_FIELDS = (
    *source_fields(scripts=False, formats=False),
    o.integer("size"),
    o.integer("shard_size"),
    o.custom("bounds", p.OBJECT, read_bounds),
)


def read_hash_precision(body: Json, key: Key, reading: Reading) -> int:
    """A length or a distance. Raises IllegalArgument."""
    value = body[key]
    if isinstance(value, str) and not value.isdigit():
        from esmock.search.aggs.geo import UNITS

        unit = max((one for one in UNITS if value.endswith(one)), key=len, default="")
        metres = p.double(value.removesuffix(unit)) * UNITS.get(unit, 1.0)
        precision = hash_precision(metres)
        if precision > 12:
            cause = IllegalArgument(f"Invalid geohash aggregation precision of {precision}. Must be between 1 and 12.")
            raise IllegalArgument(f"precision too high [{value}]", cause=cause)
        return precision
    precision = values.integer(body, key)
    if not 1 <= precision <= 12:
        raise IllegalArgument(f"Invalid geohash aggregation precision of {precision}. Must be between 1 and 12.")
    return precision


def read_tile_precision(body: Json, key: Key, reading: Reading) -> int:
    """A zoom. Raises IllegalArgument."""
    zoom = values.integer(body, key)
    if not 0 <= zoom <= 29:
        raise IllegalArgument(f"Invalid geotile_grid precision of {zoom}. Must be between 0 and 29.")
    return zoom


class HashGridAgg(GridAgg):
    name = "geohash_grid"
    parser = Parser("geohash_grid", *GRID_FIELDS, o.custom("precision", p.NUMBER, read_hash_precision))


class TileGridAgg(GridAgg):
    name, result = "geotile_grid", TileGrid
    parser = Parser("geotile_grid", *GRID_FIELDS, o.custom("precision", p.NUMBER, read_tile_precision))
    precision = 7

    def keys(self, lats: Array, lons: Array) -> Array:
        return tile_keys(lats, lons, self.precision)

    def text(self, key: int) -> str:
        return tile_text(key)


AGGREGATIONS: tuple[type, ...] = (HashGridAgg, TileGridAgg)
