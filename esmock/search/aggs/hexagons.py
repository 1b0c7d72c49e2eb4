"""Buckets by hexagons of the H3 grid: geohex_grid.

Docs: search-aggregations-bucket-geohexgrid-aggregation. Source: the makers' tests (spatial/80_geohex_grid.yml) and the published source of
GeoHexGridAggregationBuilder and GeoHexCellIdSource; no engine that could be asked runs it. The grid is that of the library ``h3``, which the
extra ``geo`` brings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.grids import GRID_FIELDS, Box, Grid, GridAgg, in_box
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any

_MOST_PRECISION = 15


def _h3() -> Any:
    """The library. Raises Unsupported: it is not installed."""
    try:
        import h3.api.basic_int as h3
    except ImportError:
        raise Unsupported("geohex_grid without the library h3 (pip install 'esmock[geo]')") from None
    return h3


def hex_keys(lats: Array, lons: Array, precision: int) -> Array:
    """int64[n]: the cell of each point; each distinct point is looked up once."""
    h3 = _h3()
    points, inverse = np.unique(np.stack([lats, lons], axis=1), axis=0, return_inverse=True)
    cells = (h3.latlng_to_cell(lat, lon, precision) for lat, lon in points.tolist())
    return np.fromiter(cells, np.int64, len(points))[inverse.reshape(-1)]


def _reaches_into(cell: int, bounds: Box) -> bool:
    """Whether the box around a cell meets another."""
    corners = _h3().cell_to_boundary(cell)
    lats, lons = [lat for lat, _ in corners], [lon for _, lon in corners]
    top, left, bottom, right = bounds
    if top <= min(lats) or bottom >= max(lats):
        return False
    east, west = left < max(lons), right > min(lons)
    return (east or west) if right < left else (east and west)


class HexGrid(Grid):
    type, java = "geohex_grid", "InternalGeoHexGrid"
    __slots__ = ()


def _read_precision(body: Json, key: Key, reading: Reading) -> int:
    precision = values.integer(body, key)
    if not 0 <= precision <= _MOST_PRECISION:
        raise IllegalArgument(f"Invalid geohex aggregation precision of {precision}. Must be between 0 and {_MOST_PRECISION}")
    return precision


class HexGridAgg(GridAgg):
    name, result = "geohex_grid", HexGrid
    since = (8, 1)
    parser = Parser(name, *GRID_FIELDS, o.custom("precision", p.NUMBER, _read_precision))

    def keys(self, lats: Array, lons: Array) -> Array:
        return hex_keys(lats, lons, self.precision)

    def is_inside(self, lats: Array, lons: Array, bounds: Box) -> Array:
        inside = in_box(lats, lons, bounds)
        cells, inverse = np.unique(self.keys(lats, lons), return_inverse=True)
        reaching = np.fromiter((_reaches_into(cell, bounds) for cell in cells.tolist()), bool, len(cells))
        return inside | reaching[inverse.reshape(-1)]

    def text(self, key: int) -> str:
        return f"{key:x}"


AGGREGATIONS = (HexGridAgg,)
