"""Documents in one cell of a grid. Docs: query-dsl-geo-grid-query.

Source: class GeoGridQueryBuilder of 8.19; no engine that could be asked has it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ElasticsearchParse, IllegalArgument, Parsing, Unsupported
from esmock.mapping.geometry.model import ENVELOPE, Geometry
from esmock.mapping.points import BASE32
from esmock.search.query.base import Bound, MatchNothing, ParseContext, Query
from esmock.search.query.parse import boolean_value, float_value, text
from esmock.xcontent.located import at_name, at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
Box = tuple[int, int, int, int]
"""Left, right, top and bottom, as Lucene numbers degrees; points on the upper edge of a cell belong to the next one."""

_MOST = 2**31 - 1
_LONGITUDE, _LATITUDE = 360 / 2**32, 180 / 2**32
"""Degrees from one number to the next."""


def hash_box(cell: str) -> Box:
    """The cell of a geohash. Raises IllegalArgument."""
    low, size = [-(2**31), -(2**31)], [2**32, 2**32]
    for at, char in enumerate(cell):
        if char not in BASE32:
            raise IllegalArgument(f"unsupported symbol [{char}] in geohash [{cell}]")
        for bit in range(5):
            axis = (5 * at + bit) % 2
            size[axis] //= 2
            if BASE32.index(char) >> (4 - bit) & 1:
                low[axis] += size[axis]
    right, top = (start + width - 1 for start, width in zip(low, size, strict=True))
    return low[0], right, top, low[1]


def tile_box(cell: str) -> Box:
    """The cell ``zoom/x/y``. Raises IllegalArgument."""
    from esmock.search.aggs.grids import tile_key

    key = tile_key(cell)
    zoom, x, y = key >> 58, key >> 29 & 0x1FFFFFFF, key & 0x1FFFFFFF
    tiles = 1 << zoom
    if zoom > 29:
        raise IllegalArgument(f"Invalid geotile_grid precision of {zoom}. Must be between 0 and 29.")
    if x >= tiles or y >= tiles:
        raise IllegalArgument(f"Zoom/X/Y combination is not valid: {zoom}/{x}/{y}")
    left, right = (_number(part / tiles * 360 - 180, _LONGITUDE) for part in (x, x + 1))
    top, bottom = (_number(math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * part / tiles)))), _LATITUDE) for part in (y, y + 1))
    return left, right if right == _MOST else right - 1, top, bottom if bottom == _LAST_TILED else bottom + 1


_LAST_TILED = math.floor(-85.0511287798066 / _LATITUDE)
"""The southern edge of all tiles; what lies beyond it is in none."""


def _number(degrees: float, step: float) -> int:
    return min(math.floor(degrees / step), _MOST)


_GRIDS: dict[str, Callable[[str], Box]] = {"geohash": hash_box, "geotile": tile_box}


@dataclass(slots=True)
class GeoGrid(Query):
    """Docs: query-dsl-geo-grid-query."""

    name = "geo_grid"
    since_release: ClassVar[tuple[int, int]] = (8, 3)
    field: str
    box: Box
    ignore_unmapped: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> GeoGrid:
        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if isinstance(value, dict):
                out |= {"field": key, "box": _cell(value, ctx)}
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "ignore_unmapped":
                out["ignore_unmapped"] = boolean_value(body, key)
            elif value is not None and not isinstance(value, list):
                raise Parsing(f"failed to parse [geo_grid] query. unexpected field [{key}]", at_value(body, key))
        if "box" not in out:
            raise ElasticsearchParse("failed to parse [geo_grid] query. grid name not provided")
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.geo_shape import GeoShapeQuery

        found = shard.field(self.field)
        if found is None:
            if self.ignore_unmapped:
                return MatchNothing()
            raise shard.error(f"failed to find geo field [{self.field}]")
        if found.name not in ("geo_point", "geo_shape"):
            raise shard.error(f"Field [{self.field}] is of unsupported type [{found.name}] for [geo_grid] query")
        left, right, top, bottom = self.box
        sides = (left * _LONGITUDE, right * _LONGITUDE, top * _LATITUDE, bottom * _LATITUDE)
        return GeoShapeQuery(self.field, Geometry(ENVELOPE, sides), behaviour=shard.behaviour).bind_boosted(shard, scored, boost)


def _cell(node: Json, ctx: ParseContext) -> Box:
    """The cell of the only grid that is named. Raises Parsing, ElasticsearchParse, IllegalArgument."""
    names = list(node)
    if not names:
        raise ElasticsearchParse("failed to parse [geo_grid] query. grid name not provided")
    name = names[0]
    if name == "geohex":
        raise Unsupported("query [geo_grid] by [geohex]")
    if name not in _GRIDS:
        raise ElasticsearchParse(f"failed to parse [geo_grid] query. Invalid grid name [{name}]")
    if node[name] is None or isinstance(node[name], dict | list):
        raise Parsing(f"failed to parse [geo_grid] query. unexpected field [{name}]", at_value(node, name))
    if len(names) > 1:
        raise Parsing(f"failed to parse [geo_grid] query. unexpected field [{names[1]}]", at_name(node, names[1]))
    return _GRIDS[name](text(node, name, ctx))


QUERIES = (GeoGrid,)
