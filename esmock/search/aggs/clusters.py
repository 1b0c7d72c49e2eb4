"""Clusters of numbers, as variable_width_histogram makes them of what a shard has.

The first numbers are laid out in equal parts; each further one joins the nearest cluster, or begins one where that is far away. So what comes
later depends on what came before, and the numbers behind the first are taken one by one.
Source: recordings of 7.10.2 and 8.19.21; the published source of VariableWidthHistogramAggregator and BinarySearcher.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any


class Clusters:
    """Clusters on a line, ascending by mean.

    Attributes:
        least, most, means: of each cluster.
        numbers: int64[n], the cluster of each number, once ``settled``.
    """

    def __init__(self, values: Array, n_clusters: int, most_clusters: int) -> None:
        """Lay out the first numbers.

        Args:
            values: float64[n], in the order in which they were met.
            n_clusters: how many there are at first.
            most_clusters: how many there may be in the end.
        """
        size = -(-len(values) // n_clusters)
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        starts = np.arange(0, len(values), size)
        self.least: list[float] = ordered[starts].tolist()
        self.most: list[float] = ordered[np.minimum(starts + size, len(values)) - 1].tolist()
        self.means = [_mean(ordered[at : at + size].tolist()) for at in starts.tolist()]
        self._sizes = np.diff([*starts.tolist(), len(values)]).tolist()
        self._ids = list(range(len(starts)))
        # ES: what stands below sees the documents of the wrong places (recordings of 7.10.2 and 8.19.21)
        self._taken: list[Array] = [order // size]
        self._most_clusters = most_clusters
        self._apart = self._average()

    def _average(self) -> float:
        """How far clusters are apart."""
        n = len(self.means)
        return (self.means[-1] - self.means[0]) / (n - 1) if n > 1 else math.nan

    def add(self, values: Array) -> None:
        """Take further numbers."""
        self._taken.append(np.fromiter((self._add(value) for value in values.tolist()), np.int64, len(values)))

    def _add(self, value: float) -> int:
        at = self._nearest(value)
        if abs(self.means[at] - value) > 2 * self._apart and len(self.means) < self._most_clusters:
            at += value > self.means[at]
            for column, first in ((self.least, value), (self.most, value), (self.means, value), (self._sizes, 1)):
                column.insert(at, first)
            self._ids.insert(at, len(self._ids))
            self._apart = self._average()
        else:
            size = self._sizes[at]
            self.least[at], self.most[at] = min(self.least[at], value), max(self.most[at], value)
            self.means[at] = (self.means[at] * size + value) / (size + 1)
            self._sizes[at] = size + 1
            if at in (0, len(self.means) - 1):
                self._apart = self._average()
        return self._ids[at]

    def _closer(self, one: int, other: int, value: float) -> int:
        return one if abs(self.means[one] - value) < abs(self.means[other] - value) else other

    def _nearest(self, value: float) -> int:
        """The cluster whose mean is closest; where two are, the steps of Elasticsearch's search decide."""
        means, low, high = self.means, 0, len(self.means) - 1
        while low < high:
            mid = (low + high) >> 1
            if means[mid] == value:
                return mid
            if means[mid] < value:
                if means[mid + 1] > value:
                    return self._closer(mid, mid + 1, value)
                low = mid + 1
            elif mid > low and means[mid - 1] < value:
                return self._closer(mid, mid - 1, value)
            elif mid == 0:
                return mid
            else:
                high = mid - 1
        return low

    def settled(self) -> Array:
        """int64[n]: the place of each number's cluster."""
        places = np.empty(len(self._ids), np.int64)
        places[self._ids] = np.arange(len(self._ids))
        return places[np.concatenate(self._taken)]


def _mean(values: list[float]) -> float:
    """The running mean."""
    mean = values[0]
    for count, value in enumerate(values[1:], 2):
        mean = (mean * (count - 1) + value) / count
    return mean
