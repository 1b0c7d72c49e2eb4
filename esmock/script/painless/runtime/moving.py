"""MovingFunctions of the moving_fn aggregation."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

_ARRAY = ("double[]",)


def _present(values: list[float]) -> list[float]:
    return [value for value in values if value is not None and value == value]


def _max(values: list[float]) -> float:
    return max(_present(values), default=math.nan)


def _min(values: list[float]) -> float:
    return min(_present(values), default=math.nan)


def _sum(values: list[float]) -> float:
    return float(sum(_present(values)))


def _mean(values: list[float]) -> float:
    found = _present(values)
    return sum(found) / len(found) if found else math.nan


def _deviation(values: list[float], mean: float) -> float:
    if mean != mean:
        return math.nan
    found = _present(values)
    return math.sqrt(sum((value - mean) ** 2 for value in found) / len(found)) if found else math.nan


def _linear(values: list[float]) -> float:
    found = _present(values)
    if not found:
        return math.nan
    weights = sum(range(1, len(found) + 1))
    return sum(value * at for at, value in enumerate(found, 1)) / weights


def _ewma(values: list[float], alpha: float) -> float:
    average = math.nan
    for value in _present(values):
        average = value if average != average else value * alpha + average * (1 - alpha)
    return average


def _holt(values: list[float], alpha: float, beta: float) -> float:
    found = _present(values)
    if not found:
        return math.nan
    level = last_level = found[0]
    trend = last_trend = 0.0
    for count, value in enumerate(found):
        if count == 1:
            trend = value - found[0]
            level = value
        elif count > 1:
            level = alpha * value + (1 - alpha) * (level + trend)
            trend = beta * (level - last_level) + (1 - beta) * last_trend
        last_level, last_trend = level, trend
    return level


FUNCTIONS: MappingProxyType[str, tuple[tuple[str, ...], Callable[..., float]]] = MappingProxyType(
    {
        "max": (_ARRAY, _max),
        "min": (_ARRAY, _min),
        "sum": (_ARRAY, _sum),
        "unweightedAvg": (_ARRAY, _mean),
        "linearWeightedAvg": (_ARRAY, _linear),
        "stdDev": ((*_ARRAY, "double"), _deviation),
        "ewma": ((*_ARRAY, "double"), _ewma),
        "holt": ((*_ARRAY, "double", "double"), _holt),
    }
)
STATICS = {f"MovingFunctions.{name}/{len(parameters)}": function for name, (parameters, function) in FUNCTIONS.items()}
