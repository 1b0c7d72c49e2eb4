"""MovingFunctions of the moving_fn aggregation."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

from esmock.addition import in_order
from esmock.script.painless.runtime import throwables as t

_ARRAY = ("double[]",)


def _present(values: list[float]) -> list[float]:
    return [value for value in values if value is not None and value == value]


def _max(values: list[float]) -> float:
    return max(_present(values), default=math.nan)


def _min(values: list[float]) -> float:
    return min(_present(values), default=math.nan)


def _sum(values: list[float]) -> float:
    return in_order(_present(values))


def _mean(values: list[float]) -> float:
    found = _present(values)
    return in_order(found) / len(found) if found else math.nan


def _deviation(values: list[float], mean: float) -> float:
    if mean != mean:
        return math.nan
    found = _present(values)
    return math.sqrt(in_order((value - mean) ** 2 for value in found) / len(found)) if found else math.nan


def _linear(values: list[float]) -> float:
    found = _present(values)
    if not found:
        return math.nan
    weights = 1 + sum(range(1, len(found) + 1))
    return in_order(value * at for at, value in enumerate(found, 1)) / weights


def _ewma(values: list[float], alpha: float) -> float:
    average = math.nan
    for value in _present(values):
        average = value if average != average else value * alpha + average * (1 - alpha)
    return average


def level_and_trend(found: list[float], alpha: float, beta: float) -> tuple[float, float]:
    """Double exponential smoothing (Holt) of at least one value."""
    level, trend = found[0], 0.0
    for value in found[1:]:
        before = level
        level = alpha * value + (1 - alpha) * (before + trend)
        trend = beta * (level - before) + (1 - beta) * trend
    return level, trend


def _holt(values: list[float], alpha: float, beta: float) -> float:
    found = _present(values)
    return level_and_trend(found, alpha, beta)[0] if found else math.nan


PADDING = 0.0000000001
"""What multiplicative seasons add to each value, so that none is zero."""


def forecast(
    values: list[float],
    weights: tuple[float, float, float],
    period: int,
    count: int,
    *,
    is_multiplicative: bool,
    padding: float,
) -> list[float]:
    """Triple exponential smoothing (Holt and Winters): the values of the next ``count`` steps.

    Args:
        values: at least two periods.
        weights: of level, trend and season.

    Differs in nothing from the usual formulas but that the first seasons are ratios in the additive form too, and the additive
    season takes the trend off the level (both are Elasticsearch's).
    """
    alpha, beta, gamma = weights
    found = [value + padding for value in values]
    level = trend = 0.0
    for place in range(period):
        level += found[place]
        trend += (found[place + period] - found[place]) / period
    level /= period
    trend /= period
    last_level, last_trend = level, 0.0
    seasons = [0.0 if level == 0 else found[place] / level for place in range(period)]
    for place in range(period, len(found)):
        season = seasons[place - period]
        now = _ratio(found[place], season) if is_multiplicative else found[place] - season
        level = alpha * now + (1 - alpha) * (last_level + last_trend)
        trend = beta * (level - last_level) + (1 - beta) * last_trend
        base = _ratio(found[place], last_level + last_trend) if is_multiplicative else found[place] - (last_level - last_trend)
        seasons.append(gamma * base + (1 - gamma) * season)
        last_level, last_trend = level, trend
    out = []
    for step in range(1, count + 1):
        season = seasons[len(found) - period + (step - 1) % period]
        out.append((level + step * trend) * season if is_multiplicative else level + step * trend + season)
    return out


def _ratio(one: float, other: float) -> float:
    if other:
        return one / other
    return math.nan if one == 0 or one != one else math.copysign(math.inf, one) * math.copysign(1.0, other)


def _holt_winters(
    values: list[float], alpha: float, beta: float, gamma: float, period: int, multiplicative: bool
) -> float:
    if not values:
        return math.nan
    padding = PADDING if multiplicative else 0.0
    found = [value for value in values if value == value]
    if len(found) < period * 2:
        raise t.IllegalArgument(
            f"Holt-Winters aggregation requires at least (2 * period == 2 * {period} == {period * 2}) data-points to function.  "
            f"Only [{len(found)}] were provided."
        )
    return forecast(found, (alpha, beta, gamma), period, 1, is_multiplicative=multiplicative, padding=padding)[0]


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
        "holtWinters": ((*_ARRAY, "double", "double", "double", "int", "boolean"), _holt_winters),
    }
)
STATICS = {f"MovingFunctions.{name}/{len(parameters)}": function for name, (parameters, function) in FUNCTIONS.items()}
