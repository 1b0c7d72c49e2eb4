"""Quantiles."""

from __future__ import annotations

AGGREGATIONS: tuple[type, ...] = ()
