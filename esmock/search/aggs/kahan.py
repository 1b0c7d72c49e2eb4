"""Compensated summation as Elasticsearch does it, for many buckets at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any

_EXACT = float(1 << 52)


def add_all(sums: Array, deltas: Array, owners: Array, values: Array) -> None:
    """Add values to the running sums of their owners, in order.

    Args:
        sums: float64[n_owners], changed in place.
        deltas: float64[n_owners], the compensations; changed in place.
        owners: int64[n].
        values: float64[n].

    Whole numbers whose total stays exact need no order; the rest is summed rank by rank over all buckets, and one by one in the few
    buckets that have many more values than the others: the rounding errors depend on the order.
    """
    if not len(values):
        return
    if _is_exact(sums, deltas, values):
        n = int(owners.max()) + 1
        sums[:n] += np.bincount(owners, weights=values, minlength=n)
        return
    order = stable_order(owners)
    sorted_owners = owners[order]
    values = values[order]
    first = np.flatnonzero(np.concatenate([[True], sorted_owners[1:] != sorted_owners[:-1]]))
    counts = np.diff(np.concatenate([first, [len(values)]]))
    buckets = sorted_owners[first]
    if not np.isfinite(np.abs(values).sum() + np.abs(sums).sum()):
        for place, bucket in enumerate(buckets.tolist()):
            one_by_one(sums, deltas, bucket, values[first[place] : first[place] + counts[place]].tolist())
        return
    by_size = np.argsort(-counts, kind="stable")
    first, counts, buckets = first[by_size], counts[by_size], buckets[by_size]
    rank = _by_rank(sums, deltas, buckets, first, counts, values)
    for place in range(int(np.searchsorted(-counts, -rank, side="left"))):
        begin = int(first[place])
        one_by_one(sums, deltas, int(buckets[place]), values[begin + rank : begin + int(counts[place])].tolist())


_FEW = 48
"""So many buckets at most are summed one by one, where a step of numpy would cost more than it saves."""


def _by_rank(sums: Array, deltas: Array, buckets: Array, first: Array, counts: Array, values: Array) -> int:
    """Add the first values of all buckets, then the second ones ... while many buckets have one; how many of each were added."""
    total, delta = sums[buckets], deltas[buckets]
    ranks = -counts
    rank = 0
    while True:
        active = int(np.searchsorted(ranks, -rank, side="left"))
        if active <= _FEW:
            break
        before = total[:active]
        corrected = values[first[:active] + rank] + delta[:active]
        after = before + corrected
        delta[:active] = corrected - (after - before)
        total[:active] = after
        rank += 1
    sums[buckets], deltas[buckets] = total, delta
    return rank


def stable_order(owners: Array) -> Array:
    """The stable order of int64[n] of small numbers."""
    if len(owners) and int(owners.max()) < 1 << 16:
        return np.argsort(owners.astype(np.uint16), kind="stable")
    return np.argsort(owners, kind="stable")


def _is_exact(sums: Array, deltas: Array, values: Array) -> bool:
    with np.errstate(invalid="ignore", over="ignore"):
        total = np.abs(values).sum() + np.abs(sums).sum()
    if not total < _EXACT or deltas.any():
        return False
    return bool((values == np.floor(values)).all() and (sums == np.floor(sums)).all())


def one_by_one(sums: Array, deltas: Array, owner: int, values: list[float]) -> None:
    """Add values to one owner's sum."""
    total, delta = float(sums[owner]), float(deltas[owner])
    if all(map(math.isfinite, values)) and math.isfinite(total):
        for value in values:
            corrected = value + delta
            updated = total + corrected
            delta = corrected - (updated - total)
            total = updated
    else:
        summed = Kahan(total, delta)
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
