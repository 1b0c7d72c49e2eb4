"""The search for the settings of a moving average that foretell best: ``minimize`` of moving_avg.

Docs: search-aggregations-pipeline-movavg-aggregation. Source: SimulatedAnealingMinimizer of 7.10.2, whose steps are random; where there
are fewer values than two windows nothing is searched for, and answers are exact (recordings of 7.10.2).
Differs: the random steps follow from the numbers, so the same numbers give the same settings.
"""

from __future__ import annotations

import copy
import math
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.search.aggs.pipeline.moving_models import Model

_COOLING, _COLD, _STEPS = 0.9, 0.0001, 100


def fitted(model: Model, numbers: list[float], window: int) -> Model:
    """The model with the settings by which the last window but one foretells the last one best.

    Args:
        numbers: the values of all buckets that have one.
    """
    if len(numbers) < 2 * window:
        return model
    train, test = numbers[-2 * window : -window], numbers[-window:]
    draw = random.Random(repr((train, test)))
    best = current = model
    best_cost = cost = _cost(model, train, test)
    temperature = 1.0
    while temperature > _COLD:
        for _ in range(_STEPS):
            neighbour = _neighbour(current, draw)
            its_cost = _cost(neighbour, train, test)
            if its_cost < cost or math.exp(-(its_cost - cost) / temperature) > draw.random():
                current, cost = neighbour, its_cost
                if cost < best_cost:
                    best, best_cost = current, cost
        temperature *= _COOLING
    return best


def _neighbour(model: Model, draw: random.Random) -> Model:
    """The model with one of its weights drawn anew."""
    out = copy.copy(model)
    weights = list(model.chosen)
    weights[draw.randrange(len(weights))] = draw.random()
    out.chosen = tuple(weights)
    return out


def _cost(model: Model, train: list[float], test: list[float]) -> float:
    """The least absolute deviation; infinite where the model foretells no number."""
    total = 0.0
    for number, guess in zip(test, model.predict(train, len(test)), strict=True):
        total += abs(number - guess)
    return math.inf if math.isnan(total) else total
