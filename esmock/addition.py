"""Sums of floating-point numbers with the digits that Java gets.

Python's ``sum`` compensates since 3.12, which changes last digits from one Python to the next: what Elasticsearch adds up is added here.
"""

from __future__ import annotations

from collections.abc import Iterable


def in_order(values: Iterable[float]) -> float:
    """The sum from left to right, each step rounded, as a loop in Java adds."""
    total = 0.0
    for value in values:
        total += value
    return total


def as_a_stream(values: Iterable[float]) -> float:
    """The sum of a ``DoubleStream`` (its collectors and ``DoubleSummaryStatistics`` too), which compensates.

    Source: 7.10.2 on Java 17; before Java 17 the last compensation has the other sign.
    """
    total = compensation = simple = 0.0
    for value in values:
        simple += value
        corrected = value - compensation
        updated = total + corrected
        compensation = (updated - total) - corrected
        total = updated
    exact = total - compensation
    return simple if exact != exact and simple in (float("inf"), float("-inf")) else exact
