"""Counts, sums, extremes and squares of the values of each bucket, which the metrics of numbers are made of.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Growing, Leaf
from esmock.search.aggs.kahan import add_all
from esmock.search.aggs.kinds import NUMERIC

Array = Any


class Moments:
    """Count, sum, least and greatest value (and sum of squares) of each owner."""

    __slots__ = ("counts", "deltas", "least", "most", "square_deltas", "squares", "sums")

    def __init__(self) -> None:
        self.counts = Growing(np.int64)
        self.sums = Growing(np.float64)
        self.deltas = Growing(np.float64)
        self.least = Growing(np.float64, np.inf)
        self.most = Growing(np.float64, -np.inf)
        self.squares = Growing(np.float64)
        self.square_deltas = Growing(np.float64)

    def add_counts(self, owners: Array) -> None:
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += np.bincount(owners, minlength=n)

    def add_sums(self, owners: Array, values: Array) -> None:
        n = int(owners.max()) + 1
        add_all(self.sums.ensure(n), self.deltas.ensure(n), owners, values)

    def add_squares(self, owners: Array, values: Array) -> None:
        n = int(owners.max()) + 1
        with np.errstate(over="ignore"):
            add_all(self.squares.ensure(n), self.square_deltas.ensure(n), owners, values * values)

    def add_least(self, owners: Array, values: Array) -> None:
        np.minimum.at(self.least.ensure(int(owners.max()) + 1), owners, values)

    def add_most(self, owners: Array, values: Array) -> None:
        np.maximum.at(self.most.ensure(int(owners.max()) + 1), owners, values)


class MomentAggregator(SourceAggregator):
    """Collects what the type's ``parts`` name."""

    parts: tuple[str, ...] = ()

    def prepare(self) -> None:
        self.moments = Moments()

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.floats(leaf, docs)
        positions, numbers = values.of(docs)
        if not len(positions):
            return
        owners = owners[positions]
        for part in self.parts:
            if part == "counts":
                self.moments.add_counts(owners)
            else:
                getattr(self.moments, "add_" + part)(owners, numbers)


def only_value(name: str, key: str | None) -> None:
    if key is not None and key != "value":
        raise IllegalArgument(
            f'Ordering on a single-value metrics aggregation can only be done on its value. Either drop the key (a la "{name}") or change it '
            f'to "value" (a la "{name}.value")'
        )


class NumericMetric(SourceBuilder):
    """A metric over numbers, dates and booleans."""

    is_metric = True
    kinds = NUMERIC
