"""Counts, sums, extremes and squares of the values of each bucket, which the metrics of numbers are made of.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.columns import Column, Numbers
from esmock.search.aggs.internal import Internal
from esmock.search.aggs.kahan import Groups, add_groups
from esmock.search.aggs.kinds import NUMERIC, SUMMARIES
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import Growing
from esmock.search.aggs.whole import docs_by_owner, kept_moments

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

    def copy(self) -> Moments:
        """Moments that may be changed."""
        twin = Moments()
        for name in self.__slots__:
            getattr(twin, name).take(getattr(self, name))
        return twin

    def add(self, parts: tuple[str, ...], groups: Groups) -> None:
        """Take values with their owners."""
        for part in parts:
            getattr(self, "add_" + part)(groups)

    def add_counts(self, groups: Groups) -> None:
        """Add one for each value."""
        n = len(groups.counts)
        self.counts.ensure(n)[:n] += groups.counts

    def add_counted(self, owners: Array, numbers: Array) -> None:
        """Add numbers to the counts."""
        n = int(owners.max()) + 1
        self.counts.ensure(n)[:n] += np.bincount(owners, weights=numbers, minlength=n).astype(np.int64)

    def add_sums(self, groups: Groups) -> None:
        n = len(groups.counts)
        add_groups(self.sums.ensure(n), self.deltas.ensure(n), groups)

    def add_squares(self, groups: Groups) -> None:
        n = len(groups.counts)
        with np.errstate(over="ignore"):
            add_groups(self.squares.ensure(n), self.square_deltas.ensure(n), groups.squared())

    def add_least(self, groups: Groups) -> None:
        _add_extremes(self.least, groups, np.minimum)

    def add_most(self, groups: Groups) -> None:
        _add_extremes(self.most, groups, np.maximum)


def _add_extremes(found: Growing, groups: Groups, ufunc: Any) -> None:
    known = found.ensure(len(groups.counts))
    if groups.is_in_order:
        owners, values = groups.reduced(ufunc)
        known[owners] = ufunc(known[owners], values)
    else:
        ufunc.at(known, groups.owners, groups.values)


class MomentAggregator(SourceAggregator):
    """Collects what the type's ``parts`` name."""

    parts: tuple[str, ...] = ()
    result: Any = None
    """The class of results, where the parts, as they stand in ``parts``, make them up."""

    def prepare(self) -> None:
        self.moments = Moments()
        self._is_fresh, self._is_kept = True, False

    @property
    def is_kept_whole(self) -> bool:  # type: ignore[override]
        return self.source.is_empty or (self.source.kind not in SUMMARIES and self.source.kept_key() is not None)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        if self.source.kind in SUMMARIES:
            self._collect_sums(leaf, docs, owners)
            return
        known = leaf.known(docs, owners) if self._is_fresh else None
        key = None if known is None else self.source.kept_key("moments", *self.parts)
        self._is_fresh = False
        if known is not None and key is not None:
            self.moments = kept_moments(leaf, (*known, *key), lambda: self._add(Moments(), leaf, docs, owners))
            self._is_kept = True
            return
        if self._is_kept:
            self.moments, self._is_kept = self.moments.copy(), False
        self._add(self.moments, leaf, docs, owners)

    def column(self, owners: Sequence[int]) -> Column:
        if self.result is None:
            return super().column(owners)
        columns = [getattr(self.moments, part) for part in self.parts]
        numbers = [one.get(owners) for one in columns]
        return Numbers(self.result, self.name, self.builder.meta, self.source.format, numbers, [one.fill for one in columns])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        return self.column(owners).made()

    def _add(self, moments: Moments, leaf: Leaf, docs: Array, owners: Array) -> Moments:
        values = self.source.floats(leaf, docs)
        lay_out = None
        if values.is_dense:
            numbers = values.values.take(docs)
            by_owner = docs_by_owner(leaf, docs, owners)
            lay_out = None if by_owner is None else lambda: values.values.take(by_owner())
        else:
            positions, numbers = values.of(docs)
            owners = owners[positions]
        if len(numbers):
            moments.add(self.parts, Groups(owners, numbers, lay_out))
        return moments

    def _collect_sums(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        from esmock.search.aggs.summaries import summed

        for part in self.parts:
            positions, numbers = summed(self.source, leaf, docs, part)
            if not len(positions):
                continue
            if part == "counts":
                self.moments.add_counted(owners[positions], numbers)
            else:
                self.moments.add((part,), Groups(owners[positions], numbers))


def only_value(name: str, key: str | None) -> None:
    if key is not None and key != "value":
        raise IllegalArgument(
            f'Ordering on a single-value metrics aggregation can only be done on its value. Either drop the key (a la "{name}") or change it '
            f'to "value" (a la "{name}.value")'
        )


class SummableMetric(SourceBuilder):
    """A metric that can also be had of summaries."""

    is_metric = True
    kinds = (*NUMERIC, *SUMMARIES)


class NumericMetric(SourceBuilder):
    """A metric over numbers, dates and booleans."""

    is_metric = True
    kinds = NUMERIC
