"""Metrics of points and distances from a point: geo_bounds, geo_centroid, geo_distance.

Docs: search-aggregations-metrics-geobounds-aggregation and its neighbours. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, Parsing
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, Sample
from esmock.search.aggs.kahan import add_all
from esmock.search.aggs.kinds import GEO
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import Growing, OwnerArray
from esmock.search.aggs.ranges import _KEYED, Range, RangeAgg, RangeAggregator, Span
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any

EARTH_RADIUS = 6371008.7714
"""Metres, as Lucene's haversine has it."""
UNITS = {
    "mm": 0.001, "millimeters": 0.001, "cm": 0.01, "centimeters": 0.01, "m": 1.0, "meters": 1.0, "km": 1000.0, "kilometers": 1000.0,
    "in": 0.0254, "inch": 0.0254, "yd": 0.9144, "yards": 0.9144, "ft": 0.3048, "feet": 0.3048, "mi": 1609.344, "miles": 1609.344,
    "nmi": 1852.0, "NM": 1852.0, "nauticalmiles": 1852.0,
}  # fmt: skip


class Centroid(Internal):
    """Mean of points."""

    type, java = "geo_centroid", "InternalGeoCentroid"
    __slots__ = ("count", "lat", "lon")

    def __init__(self, name: str, meta: Json, lat: float, lon: float, count: int) -> None:
        super().__init__(name, meta)
        self.lat, self.lon, self.count = lat, lon, count

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        lat, lon, count = 0.0, 0.0, 0
        for one in results:
            if one.count:
                lat += one.count * one.lat
                lon += one.count * one.lon
                count += one.count
        return Centroid(self.name, self.meta, lat / count if count else 0.0, lon / count if count else 0.0, count)

    def scaled_up(self, sample: Sample) -> Internal:
        return Centroid(self.name, self.meta, self.lat, self.lon, sample.count(self.count))

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.count:
            return {"count": 0}
        return {"location": {"lat": self.lat, "lon": self.lon}, "count": self.count}

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        known = {"lat": self.lat, "lon": self.lon, "count": self.count, "value": {"lat": self.lat, "lon": self.lon}}
        if len(path) == 1 and path[0] in known:
            return known[path[0]]
        raise IllegalArgument(f"Found unknown path element [{path[0]}] in [geo_centroid]")


class CentroidAggregator(SourceAggregator):
    def prepare(self) -> None:
        self.counts = Growing(np.int64)
        self.sums = [Growing(np.float64) for _ in range(4)]

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        positions, lats = values.of(docs)
        if not len(positions):
            return
        _, places = _places(values, docs)
        owners = owners[positions]
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += np.bincount(owners, minlength=n)
        add_all(self.sums[0].ensure(n), self.sums[1].ensure(n), owners, lats)
        add_all(self.sums[2].ensure(n), self.sums[3].ensure(n), owners, values.other[places])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        counts = self.counts.get(owners).tolist()
        lats, lons = self.sums[0].get(owners).tolist(), self.sums[2].get(owners).tolist()
        return [
            Centroid(self.name, self.builder.meta, lat / count if count else 0.0, lon / count if count else 0.0, count)
            for lat, lon, count in zip(lats, lons, counts, strict=True)
        ]


def _places(values: Any, docs: Array) -> tuple[Array, Array]:
    from esmock.search.aggs.leaf import pick

    return pick(values.starts, docs)


class Bounds(Internal):
    """The box around points.

    Attributes:
        ends: top, bottom, least and greatest longitude at or above zero, least and greatest below; infinite where there is none.
    """

    type, java = "geo_bounds", "InternalGeoBounds"
    __slots__ = ("ends", "wraps")

    def __init__(self, name: str, meta: Json, ends: list[float], wraps: bool) -> None:
        super().__init__(name, meta)
        self.ends, self.wraps = ends, wraps

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        choose = (max, min, min, max, min, max)
        ends = [pick(one.ends[at] for one in results) for at, pick in enumerate(choose)]
        return Bounds(self.name, self.meta, ends, self.wraps)

    def box(self) -> tuple[float, float, float, float] | None:
        """Top, left, bottom, right; None without points."""
        top, bottom, east_low, east_high, west_low, west_high = self.ends
        if math.isinf(top):
            return None
        if math.isinf(east_low):
            return top, west_low, bottom, west_high
        if math.isinf(west_low):
            return top, east_low, bottom, east_high
        if self.wraps and east_high - west_low > (180.0 - east_low) - (-180.0 - west_high):
            return top, east_low, bottom, west_high
        return top, west_low, bottom, east_high

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        names = ("top", "left", "bottom", "right")
        if len(path) == 1 and path[0] in names:
            box = self.box()
            return None if box is None else box[names.index(path[0])]
        raise IllegalArgument(f"Found unknown path element [{path[0]}] in [{self.name}]")

    def content(self, rendering: Rendering) -> dict[str, Json]:
        box = self.box()
        if box is None:
            return {}
        top, left, bottom, right = box
        return {"bounds": {"top_left": {"lat": top, "lon": left}, "bottom_right": {"lat": bottom, "lon": right}}}


class BoundsAggregator(SourceAggregator):
    def prepare(self) -> None:
        fills = (-math.inf, math.inf, math.inf, -math.inf, math.inf, -math.inf)
        self.ends = [Growing(np.float64, fill) for fill in fills]
        self.known = OwnerArray(self.parent, self.ctx.behaviour)

    @property
    def asks_who_was_first(self) -> bool:
        return self.ctx.behaviour.owners_unchecked

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        self.known.met(owners)
        values = self.source.load(leaf, docs)
        positions, lats = values.of(docs)
        if not len(positions):
            return
        _, places = _places(values, docs)
        lons, owners = values.other[places], owners[positions]
        n = int(owners.max()) + 1
        east = lons >= 0
        everything = slice(None)
        takes = (everything, everything, east, east, ~east, ~east)
        for at, (taken, numbers) in enumerate(zip(takes, (lats, lats, lons, lons, lons, lons), strict=True)):
            change = np.maximum if at in (0, 3, 5) else np.minimum
            change.at(self.ends[at].ensure(n), owners[taken], numbers[taken])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if not self.source.is_empty:
            self.known.check(owners)
        columns = [one.get(owners).tolist() for one in self.ends]
        wraps = self.builder.wrap_longitude  # type: ignore[attr-defined]
        return [Bounds(self.name, self.builder.meta, list(row), wraps) for row in zip(*columns, strict=True)]


class GeoDistance(Range):
    type, java = "geo_distance", "InternalGeoDistance"
    __slots__ = ()


def arc_distance(lat: float, lon: float, lats: Array, lons: Array) -> Array:
    """Metres from a point along the sphere."""
    one, others = math.radians(lat), np.radians(lats)
    half = np.sin((others - one) / 2) ** 2 + math.cos(one) * np.cos(others) * np.sin(np.radians(lons - lon) / 2) ** 2
    return 2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, np.sqrt(half)))


class GeoDistanceAggregator(RangeAggregator):
    builder: GeoDistanceAgg
    result = GeoDistance

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        builder = self.builder
        values = self.source.load(leaf, docs)
        positions, places = _places(values, docs)
        lats, lons = values.values[places], values.other[places]
        lat, lon = builder.origin
        if builder.distance_type == "plane":
            x = np.radians(lons - lon) * np.cos(np.radians((lats + lat) / 2.0))
            metres = np.sqrt(x * x + np.radians(lats - lat) ** 2) * EARTH_RADIUS
        else:
            metres = arc_distance(lat, lon, lats, lons)
        distance = metres / UNITS[builder.unit]
        inside = (positions[(distance >= one.low) & (distance < one.high)] for one in self.spans)
        self.collect_spans(leaf, docs, owners, inside)


def _read_unit(value: str) -> str:
    if value not in UNITS:
        raise IllegalArgument(f"No distance unit match [{value}]")
    return value


def _read_type(value: str) -> str:
    if value.lower() not in ("arc", "plane"):
        raise IllegalArgument(f"No geo distance for [{value}]")
    return value.lower()


def _read_origin(body: Json, key: Key, reading: Reading) -> tuple[float, float]:
    """``origin``: a text, an array of longitude and latitude, or an object of both. Raises Parsing, ElasticsearchParse."""
    from esmock.mapping.geo import parse_point

    value = body[key]
    if isinstance(value, str):
        return parse_point(value, ignore_z=False)
    if isinstance(value, list):
        return _origin_of_list(value, reading)
    found = {name: values.double(value, name) for name in ("lat", "lon") if isinstance(value.get(name), int | float)}
    if len(found) < 2:
        last = list(value)[-1:] or ["null"]
        reason = f"malformed [{last[0]}] geo point object. either [lat] or [lon] (or both) are missing"
        raise Parsing(reason, _first_end(value))
    return found["lat"], found["lon"]


def _origin_of_list(value: Json, reading: Reading) -> tuple[float, float]:
    """Longitude and latitude; what is missing is no number (7.x), or nought. Raises Parsing, NumberFormat."""
    found = [math.nan if reading.behaviour.major < 8 else 0.0] * 2
    for place in range(len(value)):
        try:
            if place > 1:
                raise Parsing("malformed [origin]: a geo point array must be of the form [lon, lat]", located.at_value(value, place))
            found[place] = values.double(value, place)
        except ApiError as error:
            located.standing(error, located.at_value(value, place))
            raise
    return found[1], found[0]


def _first_end(body: Json) -> tuple[int, int]:
    """Where the first object in an object ends: there reading stops."""
    inner = next((one for one in body.values() if isinstance(one, dict)), None)
    return located.at_end(body) if inner is None else _first_end(inner)


_FAILED = "Failed to parse object:"


def _read_distances(body: Json, at: Key, reading: Reading) -> Span:
    """One of ``ranges``. Raises Parsing, NumberFormat."""
    value = body[at]
    if not isinstance(value, dict):
        token, place = o.found_instead(body, at)
        raise Parsing(f"{_FAILED} unexpected token [{token}] found", place)
    found: dict[str, Json] = {}
    for name, one in value.items():
        kind = located.token(one)
        if one is None and name in ("from", "to", "key"):
            continue
        if kind not in p.NUMBER:
            raise Parsing(f"{_FAILED} unexpected token [{kind}] found", located.at_value(value, name))
        if name not in ("from", "to") and (name, kind) != ("key", "VALUE_STRING"):
            raise Parsing(f"{_FAILED} unknown field [{name}] found", located.at_value(value, name))
        found[name] = one if name == "key" else values.double(value, name)
    return Span(found.get("key"), found.get("from"), found.get("to"))


class GeoDistanceAgg(RangeAgg):
    name, aggregator = "geo_distance", GeoDistanceAggregator
    kinds = (GEO,)
    default_kind = GEO
    parser = Parser(
        "geo_distance",
        *source_fields(formats=False),
        _KEYED,
        o.custom("ranges", p.OBJECT_ARRAY, values.array_of(_read_distances)),
        o.custom("origin", p.OBJECT_ARRAY_OR_STRING, _read_origin),
        o.string("unit", then=_read_unit),
        o.string("distance_type", then=_read_type),
    )
    origin: Any = None
    unit = "m"
    distance_type = "arc"

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        super().setup(given, ctx)
        if self.origin is None:
            raise IllegalArgument(f"Aggregation [{self.agg_name}] must define an [origin].")

    def settle(self, span: Span, format: Any, ctx: ShardContext) -> Span:
        low = max(0.0, 0.0 if span.low is None else p.double(span.low))
        high = math.inf if span.high is None else p.double(span.high)
        shown = f"{'*' if low == 0 else p.text(low)}-{'*' if math.isinf(high) else p.text(high)}"
        return Span(span.key if span.key is not None else shown, low, high)


class CentroidAgg(SourceBuilder):
    name, aggregator, is_metric = "geo_centroid", CentroidAggregator, True
    kinds = (GEO,)
    default_kind = GEO
    parser = Parser("geo_centroid", *source_fields(formats=False))


class BoundsAgg(SourceBuilder):
    name, aggregator, is_metric = "geo_bounds", BoundsAggregator, True
    kinds = (GEO,)
    default_kind = GEO
    parser = Parser("geo_bounds", *source_fields(scripts=False, formats=False), o.boolean("wrap_longitude"))
    wrap_longitude = True


AGGREGATIONS: tuple[type, ...] = (CentroidAgg, BoundsAgg, GeoDistanceAgg)
