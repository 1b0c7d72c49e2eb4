"""HyperLogLog++: the distinct count of many hashes from the longest runs of zeros, with the paper's corrections.

Source: Heule, Nunkesser, Hall, "HyperLogLog in practice" (2013) and its appendix of empirical biases; answers of 7.10.2.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np

from esmock.addition import in_order

Array = Any

_LEAST_PRECISION = 4
_THRESHOLDS = (10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000)
_NEIGHBOURS = 6


def count_registers(hashes: Array, precision: int) -> int:
    """The estimate of the number of distinct hashes.

    Args:
        hashes: uint64[n]; repeats do not matter.
        precision: bits of the register's index, 4 to 18.
    """
    registers = np.zeros(1 << precision, np.int64)
    np.maximum.at(registers, (hashes >> np.uint64(64 - precision)).astype(np.int64), _runs(hashes, precision))
    return _estimate(registers, precision)


def _runs(hashes: Array, precision: int) -> Array:
    """int64[n]: one more than the zeros that lead the bits behind the index."""
    return np.minimum(leading_zeros(hashes << np.uint64(precision)), 64 - precision) + 1


def leading_zeros(values: Array) -> Array:
    """int64[n] of uint64[n]; 64 for zero."""
    high, low = (values >> np.uint64(32)).astype(np.float64), (values & np.uint64(0xFFFFFFFF)).astype(np.float64)
    # a whole number's exponent is its number of bits; half of the bits at a time are exact as doubles
    bits = np.where(high > 0, np.frexp(high)[1] + 32, np.frexp(low)[1])
    return 64 - bits.astype(np.int64)


def _estimate(registers: Array, precision: int) -> int:
    size = len(registers)
    zeros = int((registers == 0).sum())
    counts = np.bincount(registers)
    inverse = math.fsum((counts * 2.0 ** -np.arange(len(counts))).tolist())
    raw = _alpha(size) * size * size / inverse
    corrected = raw - _bias(raw, precision) if raw <= 5.0 * size else raw
    counted = math.floor((linear(size, zeros) if zeros else corrected) + 0.5)
    # ES: rounded before it is compared (recording of 7.10.2)
    return counted if counted <= _THRESHOLDS[precision - _LEAST_PRECISION] else math.floor(corrected + 0.5)


def linear(slots: int, empty: int) -> float:
    """Linear counting: distinct things thrown into slots of which some stayed empty."""
    return slots * math.log(slots / empty)


def _alpha(size: int) -> float:
    return {16: 0.673, 32: 0.697, 64: 0.709}.get(size, 0.7213 / (1.0 + 1.079 / size))


@functools.cache
def _tables(precision: int) -> tuple[list[float], list[float]]:
    lines = Path(__file__).with_name("hyperloglog.txt").read_text("ascii").splitlines()[1:]
    at = 2 * (precision - _LEAST_PRECISION)
    return [float(one) for one in lines[at].split()], [float(one) for one in lines[at + 1].split()]


def _bias(raw: float, precision: int) -> float:
    """The mean bias of the nearest raw estimates, nearer ones weighing more.

    ES: the weights, kept in turns, are not turned back before they meet the biases.
    """
    estimates, biases = _tables(precision)
    weights = [0.0] * _NEIGHBOURS
    first = len(biases) - _NEIGHBOURS
    for place, estimate in enumerate(estimates):
        if estimate == raw:
            return biases[place]
        weight = 1.0 / abs(estimate - raw)
        slot = place % _NEIGHBOURS
        if weights[slot] >= weight:
            first = place - _NEIGHBOURS
            break
        weights[slot] = weight
    total = in_order(weights)
    weighted = 0.0
    for offset in range(_NEIGHBOURS):
        weighted += weights[offset] * biases[first + offset]
    return weighted / total
