"""Metrics of points: geo_bounds, geo_centroid."""

from __future__ import annotations

AGGREGATIONS: tuple[type, ...] = ()
