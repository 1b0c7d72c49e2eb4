"""Numbers out of fields that sum up many values: histogram and aggregate_metric_double.

Docs: histogram, aggregate-metric-double ("Uses"). Source: the makers' tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import Unsupported
from esmock.search.aggs.kinds import AGGREGATE_METRIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.values import pick

Array = Any

MOST_REPEATED = 1_000_000
_METRICS = {"counts": "value_count", "sums": "sum", "least": "min", "most": "max"}


def summed(source: Any, leaf: Leaf, docs: Array, part: str) -> tuple[Array, Array]:
    """A part of the moments: positions in ``docs`` (int64[m]) and a number for each (float64[m]).

    Args:
        part: ``counts``, ``sums``, ``least`` or ``most``.
    """
    if source.kind == AGGREGATE_METRIC:
        column = metric_column(leaf.segment, source.field, _METRICS[part])
        positions, places = pick(column.starts, docs)
        return positions, column.values[places]
    values = source.load(leaf, docs)
    positions, places = values.places(docs)
    numbers, counts = values.values[places], values.other[places]
    return positions, counts.astype(np.float64) if part == "counts" else numbers * counts if part == "sums" else numbers


def metric_column(segment: Any, field: Any, metric: str) -> Any:
    """The column of one metric; empty where the mapping does not have it."""
    from esmock.store.column import empty_column, number_column

    if metric not in field.metrics:
        return empty_column(segment.n_docs, "double")

    def build() -> Any:
        raw, _ = segment.values(field.path)
        found = [field.metric_values(values, metric) if values else [] for values in raw]
        counts = np.fromiter(map(len, found), np.int64, len(found))
        return number_column(np.array([one for values in found for one in values], np.float64), counts)

    return segment.cached(("metric", field.path, metric), build)


def counted(source: Any, leaf: Leaf, docs: Array) -> tuple[Array, Array, Array]:
    """The values of histograms: positions in ``docs``, numbers, and how often each counts."""
    values = source.load(leaf, docs)
    positions, places = values.places(docs)
    return positions, values.values[places], values.other[places]


def repeated(source: Any, leaf: Leaf, docs: Array) -> tuple[Array, Array]:
    """The values of histograms one by one. Raises Unsupported: too many."""
    positions, numbers, counts = counted(source, leaf, docs)
    if int(counts.sum()) > MOST_REPEATED:
        raise Unsupported(f"percentiles of histograms that count more than {MOST_REPEATED} values")
    return np.repeat(positions, counts), np.repeat(numbers, counts)
