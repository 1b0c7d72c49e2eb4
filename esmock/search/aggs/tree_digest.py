"""The t-digest of 7.x: values are kept one by one until there are many, then near ones are joined as they come.

Source: Dunning and Ertl, "Computing extremely accurate quantiles using t-digests"; answers of 7.10.2.
Differs: where several centroids are equally near Elasticsearch takes one by chance, the first is taken here; and it does not shuffle
centroids when they are very many.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class TreeDigest:
    """Centroids, ascending by mean.

    Args:
        compression: how few there may be; the more, the finer.
    """

    __slots__ = ("compression", "counts", "least", "means", "most", "total")

    def __init__(self, compression: float) -> None:
        self.compression = compression
        self.means: list[float] = []
        self.counts: list[int] = []
        self.total = 0
        self.least, self.most = math.inf, -math.inf

    def __len__(self) -> int:
        return self.total

    @classmethod
    def of(cls, values: Iterable[float], compression: float) -> TreeDigest:
        """Of values in the order in which they were met."""
        out = cls(compression)
        for value in values:
            out.add(value, 1)
        return out

    def add(self, value: float, weight: int) -> None:
        """Take a value, or a centroid of several."""
        self.least, self.most = min(self.least, value), max(self.most, value)
        place = self._joining(value, weight)
        self.total += weight
        if place is None:
            at = bisect_right(self.means, value)
            self.means.insert(at, value)
            self.counts.insert(at, weight)
            return
        count = self.counts[place]
        mean = _between(self.means[place], count, value, weight)
        del self.means[place], self.counts[place]
        at = place if self._fits(place, mean) else bisect_right(self.means, mean)
        self.means.insert(at, mean)
        self.counts.insert(at, count + weight)

    def _fits(self, place: int, mean: float) -> bool:
        """Whether a mean may stand at a place of the others."""
        return (place == 0 or self.means[place - 1] < mean) and (place == len(self.means) or mean < self.means[place])

    def _joining(self, value: float, weight: int) -> int | None:
        """The nearest centroid, if it may grow by the weight."""
        means, counts = self.means, self.counts
        if not means:
            return None
        place = max(bisect_left(means, value) - 1, 0)
        while place + 1 < len(means) and abs(means[place + 1] - value) < abs(means[place] - value):
            place += 1
        distance = abs(means[place] - value)
        most = self.total / self.compression
        if counts[place] + weight > most and (place + 1 == len(means) or abs(means[place + 1] - value) > distance):
            return None
        before = sum(counts[:place])
        while place < len(means) and abs(means[place] - value) == distance:
            q = 0.5 if self.total == 1 else (before + (counts[place] - 1) / 2.0) / (self.total - 1)
            if counts[place] + weight <= 4 * self.total * q * (1 - q) / self.compression:
                return place
            before += counts[place]
            place += 1
        return None

    def quantile(self, q: float) -> float:
        """The value at a quantile, 0 to 1."""
        means, counts = self.means, self.counts
        if len(means) < 2:
            return means[0] if means else math.nan
        index = q * self.total
        reached = counts[0] / 2.0
        if index < reached:
            return (self.least * index + means[0] * (reached - index)) / reached
        for place in range(len(means) - 1):
            step = (counts[place] + counts[place + 1]) / 2.0
            if reached + step > index:
                return _between(means[place], reached + step - index, means[place + 1], index - reached)
            reached += step
        beyond = index - reached
        return _between(means[-1], counts[-1] / 2.0 - beyond, self.most, beyond)

    def rank(self, value: float) -> float:
        """The share of values at or below one, 0 to 1."""
        means, counts = self.means, self.counts
        if len(means) < 2:
            return math.nan if not means else float(value >= means[0])
        below = 0
        left = (means[1] - means[0]) / 2
        for place in range(len(means) - 1):
            right = (means[place + 1] - means[place]) / 2
            low, high = means[place] - left, means[place] + right
            if value < high:
                return max((below + counts[place] * (value - low) / (high - low)) / self.total, 0.0)
            below += counts[place]
            left = right
        return 1.0

    def deviations(self) -> TreeDigest:
        """Of the distances to the median."""
        median = self.quantile(0.5)
        out = TreeDigest(self.compression)
        for mean, count in zip(self.means, self.counts, strict=True):
            out.add(abs(median - mean), count)
        return out


def _between(one: float, weight: float, other: float, other_weight: float) -> float:
    """The mean of two numbers, kept between them."""
    if one > other:
        one, weight, other, other_weight = other, other_weight, one, weight
    mean = (one * weight + other * other_weight) / (weight + other_weight)
    return max(one, min(mean, other))
