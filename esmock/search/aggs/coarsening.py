"""How auto_date_histogram coarsens its unit while it collects.

A shard begins with the finest unit and takes a coarser one when a new bucket makes too many of them, or too wide a span. What was
counted before stays counted: a document of two days of one month counts twice in that month if the unit was a day when it came.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

Array = Any


class Unit(Protocol):
    """A unit of the histogram: ``most`` of it may be one bucket, and it is about ``rough_ms`` long."""

    @property
    def rough_ms(self) -> int: ...

    @property
    def rounding(self) -> Any: ...

    @property
    def most(self) -> int: ...


def coarsened(
    values: Array, documents: Array, units: Sequence[Unit], target: int, *, estimates: bool
) -> tuple[Array, int]:
    """What one owner's buckets are made of.

    Args:
        values: int64[n], milliseconds, in the order of collection.
        documents: int64[n], the document of each, ascending.
        units: from the finest on.
        target: buckets asked for.
        estimates: how many buckets a coarser unit will have is estimated (one of several owners), not counted.

    Returns:
        bool[n], which values count; the place of the unit at the end.
    """
    keep = np.ones(len(values), bool)
    seen = np.zeros(0, np.int64)
    before: int | None = None
    count, place, start = 0, 0, 0
    while start < len(values):
        rounded = units[place].rounding.round(values[start:])
        end, count, seen_more = _until_too_many(
            rounded, seen, count, units[place], target, is_last=place == len(units) - 1
        )
        is_same = np.zeros(end, bool)
        is_same[1:] = (rounded[1:end] == rounded[: end - 1]) & (
            documents[start + 1 : start + end] == documents[start : start + end - 1]
        )
        if start and before is not None and documents[start] == documents[start - 1]:
            is_same[0] = rounded[0] == before
        keep[start : start + end] = ~is_same
        before = int(rounded[end - 1])
        start += end
        seen = np.concatenate([seen, seen_more])
        if start == len(values) and not _is_too_many(
            seen, count, units[place], target, is_last=place == len(units) - 1
        ):
            break
        place, seen, count = _coarser(seen, count, units, place, target, estimates=estimates)
    return keep, place


def _is_too_many(keys: Array, count: int, unit: Unit, target: int, *, is_last: bool) -> bool:
    if is_last or not len(keys):
        return False
    return count > target * unit.most or int(keys.max() - keys.min()) > target * unit.most * unit.rough_ms


def _until_too_many(
    rounded: Array, seen: Array, count: int, unit: Unit, target: int, *, is_last: bool
) -> tuple[int, int, Array]:
    """How many values are taken before the unit is too fine, how many buckets there are then, and the new keys among them."""
    distinct, first = np.unique(rounded, return_index=True)
    is_new = ~np.isin(distinct, seen)
    order = np.argsort(first[is_new], kind="stable")
    keys, at = distinct[is_new][order], first[is_new][order]
    if is_last or not len(keys):
        return len(rounded), count + len(keys), keys
    counts = count + 1 + np.arange(len(keys))
    least, most = np.minimum.accumulate(keys), np.maximum.accumulate(keys)
    if len(seen):
        least, most = np.minimum(least, seen.min()), np.maximum(most, seen.max())
    limit = target * unit.most
    beyond = np.flatnonzero((counts > limit) | (most - least > limit * unit.rough_ms))
    if not len(beyond):
        return len(rounded), int(counts[-1]), keys
    last = int(beyond[0])
    return int(at[last]) + 1, int(counts[last]), keys[: last + 1]


def _coarser(
    seen: Array, count: int, units: Sequence[Unit], place: int, target: int, *, estimates: bool
) -> tuple[int, Array, int]:
    """The first unit that is coarse enough, the keys in it and how many there are."""
    fine = units[place]
    while place < len(units) - 1:
        place += 1
        unit = units[place]
        keys = np.unique(unit.rounding.round(seen))
        found = math.ceil(count * (fine.rough_ms / unit.rough_ms)) if estimates else len(keys)
        if not _is_too_many(keys, found, unit, target, is_last=place == len(units) - 1):
            break
    return place, seen if estimates else keys, found
