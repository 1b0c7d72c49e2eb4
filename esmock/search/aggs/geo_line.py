"""The geo_line aggregation: places in the order of another field, as a line.

Docs: search-aggregations-metrics-geo-line. Source: answers printed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering
from esmock.search.aggs.kinds import GEO, NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.source_config import SourceConfig
from esmock.search.aggs.weighted_avg import read_source
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any
_MOST = 10_000


class GeoLine(Internal):
    """``rows``: float64[n, 3], sort value, longitude and latitude, in order."""

    type, java = "geo_line", "InternalGeoLine"
    __slots__ = ("definition", "is_complete", "rows")

    def __init__(self, name: str, meta: Json, rows: Array, is_complete: bool, definition: GeoLineAgg) -> None:
        super().__init__(name, meta)
        self.rows, self.is_complete, self.definition = rows, is_complete, definition

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        rows = _ordered(np.concatenate([one.rows for one in results]), self.definition.ascending)
        is_complete = all(one.is_complete for one in results) and len(rows) <= self.definition.size
        return GeoLine(self.name, self.meta, rows[: self.definition.size], is_complete, self.definition)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        coordinates = [[lon, lat] for _, lon, lat in self.rows.tolist()]
        properties: dict[str, Json] = {"complete": self.is_complete}
        if self.definition.include_sort:
            properties["sort_values"] = self.rows[:, 0].tolist()
        line = {"type": "LineString", "coordinates": coordinates}
        return {"type": "Feature", "geometry": line, "properties": properties}


def _ordered(rows: Array, ascending: bool) -> Array:
    return rows[np.argsort(rows[:, 0] if ascending else -rows[:, 0], kind="stable")]


class GeoLineAggregator(Aggregator):
    builder: GeoLineAgg

    def __init__(self, builder: GeoLineAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.point = builder.point.resolve(ctx, "geo_line", (GEO,), GEO)
        self.sort = builder.sort.resolve(ctx, "geo_line", NUMERIC, "number")
        self.owners: list[Array] = []
        self.rows: list[Array] = []

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.point.is_empty or self.sort.is_empty:
            return
        points, sorts = self.point.load(leaf, docs), self.sort.floats(leaf, docs)
        both = points.has(docs) & sorts.has(docs)
        docs = docs[both]
        at, by = points.starts[docs], sorts.starts[docs]
        self.owners.append(owners[both])
        self.rows.append(np.stack([sorts.values[by], points.other[at], points.values[at]], axis=1))  # type: ignore[index]

    def build(self, owners: Sequence[int]) -> list[Internal]:
        owner = np.concatenate(self.owners) if self.owners else np.zeros(0, np.int64)
        rows = np.concatenate(self.rows) if self.rows else np.zeros((0, 3))
        builder = self.builder
        out: list[Internal] = []
        for one in owners:
            mine = _ordered(rows[owner == one], builder.ascending)
            is_complete = len(mine) <= builder.size
            out.append(GeoLine(self.name, builder.meta, mine[: builder.size], is_complete, builder))
        return out


def _read_order(value: str) -> bool:
    text = value.upper()
    if text not in ("ASC", "DESC"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{text}")
    return text == "ASC"


class GeoLineAgg(Builder):
    name, aggregator, is_metric = "geo_line", GeoLineAggregator, True
    since = (7, 11)
    parser = Parser(
        "geo_line",
        o.custom("point", p.OBJECT, read_source),
        o.custom("sort", p.OBJECT, read_source),
        o.boolean("include_sort"),
        o.string("sort_order", then=_read_order),
        o.integer("size"),
    )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        for name in ("point", "sort"):
            if name not in given:
                raise IllegalArgument(f"Required [{name}]")
        self.point: SourceConfig = given["point"]
        self.sort: SourceConfig = given["sort"]
        self.include_sort: bool = given.get("include_sort", False)
        self.ascending: bool = given.get("sort_order", True)
        self.size: int = given.get("size", _MOST)
        if not 1 <= self.size <= _MOST:
            raise IllegalArgument(f"invalid [size] value [{self.size}] must be a positive integer <= {_MOST}")


AGGREGATIONS = (GeoLineAgg,)
