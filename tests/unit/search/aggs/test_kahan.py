"""Sums of many buckets at once are those of one addition after the other, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from esmock.search.aggs.kahan import Kahan, add_all


def one_after_the_other(sums: Any, deltas: Any, owners: Any, values: Any) -> None:
    for owner, value in zip(owners.tolist(), values.tolist(), strict=True):
        kept = Kahan(float(sums[owner]), float(deltas[owner]))
        kept.add(value)
        sums[owner], deltas[owner] = kept.value, kept.delta


def prices(chosen: Any, n: int) -> Any:
    return np.round(chosen.random(n) * 1000, 2)


def whole(chosen: Any, n: int) -> Any:
    return chosen.integers(-(2**50), 2**50, n).astype(np.float64)


def narrow(chosen: Any, n: int) -> Any:
    return (chosen.random(n) * 1000 - 300).astype(np.float32).astype(np.float64)


def quarters(chosen: Any, n: int) -> Any:
    return chosen.integers(-(10**6), 10**6, n) / 4.0


def far_apart(chosen: Any, n: int) -> Any:
    return chosen.normal(size=n) * 10.0 ** chosen.integers(-20, 20, n)


def overflowing(chosen: Any, n: int) -> Any:
    return chosen.normal(size=n) * 1e307


def not_finite(chosen: Any, n: int) -> Any:
    values = chosen.normal(size=n)
    values[chosen.random(n) < 0.01] = np.inf
    values[chosen.random(n) < 0.005] = np.nan
    return values


@pytest.mark.parametrize("make", [prices, whole, narrow, quarters, far_apart, overflowing, not_finite])
@pytest.mark.parametrize("n_owners", [1, 5, 40, 150])
@pytest.mark.parametrize("skew", [1, 4])
def test_as_one_after_the_other(make: Any, n_owners: int, skew: int) -> None:
    chosen = np.random.default_rng(n_owners * 10 + skew)
    sums, deltas, wanted, left = (np.zeros(n_owners + 2) for _ in range(4))
    for n in (700, 1, 300):
        owners = (chosen.random(n) ** skew * n_owners).astype(np.int64)
        values = make(chosen, n)
        with np.errstate(all="ignore"):
            add_all(sums, deltas, owners, values)
            one_after_the_other(wanted, left, owners, values)
        assert np.array_equal(sums, wanted, equal_nan=True)
