"""The search of moving_avg for the settings that foretell best."""

from __future__ import annotations

import math

import pytest

from esmock.search.aggs.pipeline.annealing import _cost, fitted
from esmock.search.aggs.pipeline.moving_models import Ewma, Holt, HoltWinters, Model

RISING = [3.0, 4.5, 5.0, 7.0, 8.5, 9.0, 11.0, 12.5, 13.0, 15.0]


@pytest.mark.parametrize("model", [Ewma(), Holt(), HoltWinters()])
def test_too_few_values_leave_the_settings_alone(model: Model) -> None:
    assert fitted(model, RISING[:9], 5) is model


@pytest.mark.parametrize("model", [Ewma(), Holt(), HoltWinters()])
def test_the_settings_found_foretell_no_worse_and_are_always_the_same(model: Model) -> None:
    before = model.chosen
    found = fitted(model, RISING, 5)
    assert _cost(found, RISING[:5], RISING[5:]) <= _cost(model, RISING[:5], RISING[5:])
    assert all(0 <= weight <= 1 for weight in found.chosen)
    assert fitted(model, RISING, 5).chosen == found.chosen
    assert model.chosen == before


def test_a_model_that_foretells_nothing_is_never_chosen() -> None:
    assert math.isinf(_cost(Ewma(), [math.nan] * 5, RISING[5:]))
