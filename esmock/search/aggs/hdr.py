"""Quantiles by HDR histogram: the state of a DoubleHistogram that resizes itself.

Docs: search-aggregations-metrics-percentile-aggregation, "HDR histogram". Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from esmock.errors import ArrayIndexOutOfBounds

Array = Any


class Hdr:
    """Counts of values, grouped by their leading bits.

    The covered range is ``2**low`` to ``2**(low + octaves)``; where it lies depends on the order of recording, and shows in answers, since
    the greatest value of a group is told in units of the range's finest group.

    Attributes:
        half: groups per octave.
        groups: lowest value of each group -> count, zero included.
    """

    def __init__(self, digits: int) -> None:
        self.half = 1 << (math.ceil(math.log2(2 * 10**digits)) - 1)
        self.low, self.octaves, self.ratio = 800, 3, 1
        self.least, self.most = 0, 0
        self.any = False
        self.values = np.zeros(0)
        self.counts = np.zeros(0, np.int64)

    def record(self, values: Array, counts: Array | None = None) -> None:
        """Record float64[n] in their order. Raises ArrayIndexOutOfBounds for negative ones."""
        if not len(values):
            return
        top = np.maximum.accumulate(np.concatenate([[-math.inf], values[:-1]]))
        bottom = np.minimum.accumulate(np.concatenate([[math.inf], np.where(values[:-1] == 0, math.inf, values[:-1])]))
        for value in values[(values > top) | (values < bottom)].tolist():
            self._cover(value)
        lows = self.lowest(values)
        counts = np.ones(len(values), np.int64) if counts is None else counts
        joined = np.concatenate([self.values, lows])
        self.values, inverse = np.unique(joined, return_inverse=True)
        self.counts = np.bincount(inverse, np.concatenate([self.counts, counts]), len(self.values)).astype(np.int64)

    def lowest(self, values: Array) -> Array:
        """The lowest value of the groups of values."""
        _, exponents = np.frexp(values)
        size = np.ldexp(1.0, np.maximum(exponents - 1, self.low)) / self.half
        return np.floor(values / size) * size

    def _cover(self, value: float) -> None:
        if value < 0:
            raise ArrayIndexOutOfBounds(
                f"The value {value} is out of bounds for histogram, current covered range "
                f"[{_java(math.ldexp(1.0, self.low))}, {_java(math.ldexp(1.0, self.low + self.octaves))}) cannot be extended any further.\n"
                "Caused by: java.lang.ArrayIndexOutOfBoundsException: Negative values cannot be recorded"
            )
        if value == 0:
            return
        while value < math.ldexp(1.0, self.low):
            self._extend_down(self._shift(math.ceil(math.ldexp(1.0, self.low) / value) - 1))
        while value >= math.ldexp(1.0, self.low + self.octaves):
            bound = math.ldexp(1.0, self.low + self.octaves)
            self._extend_up(self._shift(math.ceil((value + math.ulp(value)) / bound) - 1))
        octave = math.frexp(value)[1] - 1
        self.least, self.most = (min(self.least, octave), max(self.most, octave)) if self.any else (octave, octave)
        self.any = True

    def _shift(self, number: int) -> int:
        """Octaves to go at once: never more than the range was configured for."""
        return self.ratio if number > 1 << self.ratio else number.bit_length()

    def _extend_down(self, n: int) -> None:
        if self.any and self.most - self.low + n >= self.octaves:
            self.octaves += n
            self.ratio += n
        self.low -= n

    def _extend_up(self, n: int) -> None:
        if self.any and self.least - self.low < n:
            self.octaves += n
            self.ratio += n
        else:
            self.low += n

    def merged(self, others: list[Hdr]) -> Hdr:
        """All recorded again, in the range of the first."""
        out = Hdr(1)
        out.half, out.low, out.octaves, out.ratio = self.half, self.low, self.octaves, self.ratio
        for one in others:
            out.record(one.values, one.counts)
        return out

    def value_at(self, percent: float) -> float:
        """The value at a percentile; NaN without values."""
        total = int(self.counts.sum())
        if not total:
            return math.nan
        wanted = max(int(min(percent, 100.0) / 100.0 * total + 0.5), 1)
        value = float(self.values[int(np.searchsorted(np.cumsum(self.counts), wanted))])
        if percent == 0 or value == 0:
            return value
        unit = math.ldexp(1.0, self.low) / self.half
        return value + math.ldexp(1.0, math.frexp(value)[1] - 1) / self.half - unit

    def rank_of(self, value: float) -> float:
        """The share of values in the groups up to that of a value, 0 to 100; NaN without values."""
        total = int(self.counts.sum())
        if not total:
            return math.nan
        place = int(np.searchsorted(self.values, self.lowest(np.array([value]))[0], "right"))
        return 100.0 * int(self.counts[:place].sum()) / total


def _java(value: float) -> str:
    from esmock.xcontent.java_number import java_double

    # Java before 19 prints this power of two with a digit too many (recording of 7.10.2)
    return "5.3344115463038834E241" if value == 2.0**803 else java_double(value)
