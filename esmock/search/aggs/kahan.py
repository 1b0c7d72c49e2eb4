"""Compensated summation as Elasticsearch does it, for many buckets at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any


class Groups:
    """Values of several owners.

    Args:
        owners: int64[n].
        values: float64[n], the ones of an owner in the order in which they are to be added.
        lay_out: makes the same values by owner, where that is known to somebody.
    """

    __slots__ = ("_first", "_in_order", "_lay_out", "_order", "counts", "owners", "values")

    def __init__(self, owners: Array, values: Array, lay_out: Callable[[], Array] | None = None) -> None:
        self.owners = owners
        self.values = values
        self._lay_out = lay_out
        self.counts: Array = np.bincount(owners)
        self._first: Array = None
        self._order: Array = None
        self._in_order: Array = None

    def squared(self) -> Groups:
        """The squares of the values, of the same owners."""
        twin = Groups.__new__(Groups)
        twin.owners, twin.values, twin.counts = self.owners, self.values * self.values, self.counts
        twin._first, twin._order, twin._in_order = self._first, self._order, None
        twin._lay_out = None if self._lay_out is None else lambda: np.square(self.in_order()[0])
        return twin

    @property
    def is_in_order(self) -> bool:
        """Whether the values have been laid out by owner."""
        return self._in_order is not None

    def in_order(self) -> tuple[Array, Array]:
        """float64[n], the values of the first owner, then those of the second ...; int64[n_owners], where each begins."""
        if self._first is None:
            self._first = np.cumsum(self.counts) - self.counts
        if self._in_order is None and self._lay_out is not None:
            self._in_order = self._lay_out()
        if self._in_order is None:
            if self._order is None:
                rising = len(self.counts) == 1 or bool((self.owners[1:] >= self.owners[:-1]).all())
                self._order = slice(None) if rising else stable_order(self.owners)
            self._in_order = self.values[self._order] if isinstance(self._order, slice) else self.values.take(self._order)
        return self._in_order, self._first

    def reduced(self, ufunc: Any) -> tuple[Array, Array]:
        """int64[m], owners that have values; float64[m], what a ufunc makes of the values of each."""
        values, first = self.in_order()
        owners = np.flatnonzero(self.counts)
        return owners, ufunc.reduceat(values, first[owners])


def add_all(sums: Array, deltas: Array, owners: Array, values: Array) -> None:
    """Add values to the running sums of their owners, in order.

    Args:
        sums: float64[n_owners], changed in place.
        deltas: float64[n_owners], the compensations; changed in place.
        owners: int64[n].
        values: float64[n].
    """
    if len(values):
        add_groups(sums, deltas, Groups(owners, values))


def add_groups(sums: Array, deltas: Array, groups: Groups) -> None:
    """Add values to the running sums of their owners.

    Values on one grid need no order (see ``_on_grid``). The rest is summed rank by rank over all buckets, and one by one in the few
    buckets that have many more values than the others: the rounding errors depend on the order.
    """
    if _on_grid(sums, deltas, groups.owners, groups.values):
        return
    values, first = groups.in_order()
    counts = groups.counts
    buckets = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    counts, first = counts[buckets], first[buckets]
    rank = 0
    if np.isfinite(np.abs(values).sum() + np.abs(sums).sum()):
        rank = _by_rank(sums, deltas, buckets, first, counts, values)
    for place in range(int(np.searchsorted(-counts, -rank, side="left"))):
        begin = int(first[place])
        one_by_one(sums, deltas, int(buckets[place]), values[begin + rank : begin + int(counts[place])].tolist())


_FEW = 24
"""So many buckets at most are summed one by one, where a step of numpy would cost more than it saves."""

_CELLS = 1 << 18
"""So many numbers at most are laid out by rank at once."""


def _by_rank(sums: Array, deltas: Array, buckets: Array, first: Array, counts: Array, values: Array) -> int:
    """Add the first values of all buckets, then the second ones ... while many buckets have one; how many of each were added.

    Buckets come by falling size. They are laid out as columns, in layers at whose foot half of the columns still have values; what
    stands below the end of a column is added too, but not looked at.
    """
    rank, limit = 0, int(counts[_FEW]) if len(counts) > _FEW else 0
    while rank < limit:
        width = int(np.searchsorted(-counts, -rank, side="left"))
        depth = min(int(counts[width // 2]) - rank, limit - rank, max(_CELLS // width, 64))
        steps = np.minimum(counts[:width] - rank, depth)
        at = (first[:width] + rank)[None, :] + np.arange(depth)[:, None]
        total, delta = np.empty((depth + 1, width)), np.empty((depth + 1, width))
        who = buckets[:width]
        total[0], delta[0] = sums[who], deltas[who]
        _add_rows(total, delta, values.take(at, mode="clip"))
        columns = np.arange(width)
        sums[who], deltas[who] = total[steps, columns], delta[steps, columns]
        rank += depth
    return rank


def _add_rows(total: Array, delta: Array, rows: Array) -> None:
    """Compensated sums down the columns: each row of ``rows`` makes the next one of ``total`` and ``delta``."""
    corrected, change = np.empty(rows.shape[1]), np.empty(rows.shape[1])
    add, subtract = np.add, np.subtract
    for row, before, error, after, left in zip(rows, total, delta, total[1:], delta[1:], strict=False):
        add(row, error, corrected)
        add(before, corrected, after)
        subtract(after, before, change)
        subtract(corrected, change, left)


def stable_order(owners: Array) -> Array:
    """The stable order of int64[n] of numbers from 0 on: sixteen bits at a time, which numpy sorts by digits."""
    most = int(owners.max()) if len(owners) else 0
    order = np.argsort(owners.astype(np.uint16), kind="stable")
    shift = 16
    while most >> shift:
        order = order[np.argsort((owners >> shift).astype(np.uint16)[order], kind="stable")]
        shift += 16
    return order


_EXACT = float(1 << 52)
_WIDEST = float(1 << 62)
_SAMPLE = 64


def _on_grid(sums: Array, deltas: Array, owners: Array, values: Array) -> bool:
    """Add values that are whole multiples of one power of two, none of them 2**52 times as large; False where they are not.

    A value and a compensation then add up exactly, so the compensated sum is at each step the exact one rounded, and its
    compensation what is left: both follow from whole numbers, in any order. So it is with whole numbers and with 32-bit decimals.
    """
    scale = _grid(values)
    if scale is None or len(values) >= 1 << 26:
        return False
    begun, left = sums * scale, deltas * scale
    size = np.abs(values).sum() * scale + np.abs(begun).sum()
    if not size < _WIDEST or (sums + deltas != sums).any():
        return False
    if (begun != np.rint(begun)).any() or (left != np.rint(left)).any():
        return False
    if size < _EXACT and not left.any():
        sums += np.bincount(owners, weights=values, minlength=len(sums))
        return True
    whole = (values * scale).astype(np.int64)
    high = np.bincount(owners, weights=whole >> 26, minlength=len(sums)).astype(np.int64)
    low = np.bincount(owners, weights=whole & 0x3FFFFFF, minlength=len(sums)).astype(np.int64)
    exact = (high << 26) + low + begun.astype(np.int64) + left.astype(np.int64)
    rounded = exact.astype(np.float64)
    sums[:] = rounded / scale
    deltas[:] = (exact - rounded.astype(np.int64)) / scale
    return True


def _grid(values: Array) -> float | None:
    """A power of two by which all values become whole numbers below 2**52; None where neither of the usual ones is.

    One for whole numbers; for numbers that 32 bits hold, the last place of the least of them.
    """
    if len(values) > _SAMPLE and _grid(values[:_SAMPLE]) is None:
        return None
    sizes = np.abs(values)
    most = float(sizes.max())
    if not most < _EXACT:
        return None
    if (values == np.rint(values)).all():
        return 1.0
    if not (values.astype(np.float32) == values).all():
        return None
    scale = 2.0 ** (24 - math.frexp(float(sizes[sizes > 0].min()))[1])
    return scale if most * scale < _EXACT else None


def one_by_one(sums: Array, deltas: Array, owner: int, values: list[float]) -> None:
    """Add values to one owner's sum."""
    total, delta = float(sums[owner]), float(deltas[owner])
    for value in values:
        corrected = value + delta
        updated = total + corrected
        delta = corrected - (updated - total)
        total = updated
    if not math.isfinite(total):
        summed = Kahan(float(sums[owner]), float(deltas[owner]))
        for value in values:
            summed.add(value)
        total, delta = summed.value, summed.delta
    sums[owner], deltas[owner] = total, delta


class Kahan:
    """One compensated sum."""

    __slots__ = ("delta", "value")

    def __init__(self, value: float = 0.0, delta: float = 0.0) -> None:
        self.value = value
        self.delta = delta

    def add(self, value: float, delta: float = 0.0) -> None:
        """Add a value with its own compensation."""
        if not math.isfinite(value):
            self.value = value + self.value
        if math.isfinite(self.value):
            corrected = value + (delta + self.delta)
            updated = self.value + corrected
            self.delta = corrected - (updated - self.value)
            self.value = updated


def total(values: Any) -> float:
    """The compensated sum of some numbers."""
    out = Kahan()
    for value in values:
        out.add(value)
    return out.value
