"""Documents drawn by chance: skips of a geometric distribution, as random_sampler makes them.

The sequence of random numbers is that of java.util.SplittableRandom; the logarithm is read off a table of float32.
Source: the published source of RandomSamplingQuery and FastGeometric; answers of 8.19.21.
"""

from __future__ import annotations

import bisect
import math
from typing import Any

import numpy as np

Array = Any

_MASK = (1 << 32) - 1
_GAMMA = 0x9E3779B97F4A7C15
_BITS, _SHIFT = 13, 10
_WIDTHS = (8, 16, 32)
_BIASES = (-0.49294917 / 256.0, 4.7501511 / 65536.0, 31.557305 / 4294967296.0)


def mixed(key: int) -> int:
    """MurmurHash3's last mixing of 32 bits, signed."""
    key &= _MASK
    key = ((key ^ (key >> 16)) * 0x85EBCA6B) & _MASK
    key = ((key ^ (key >> 13)) * 0xC2B2AE35) & _MASK
    key ^= key >> 16
    return key - (1 << 32) if key >> 31 else key


def random_ints(seed: int, n: int) -> Array:
    """uint32[n]: what SplittableRandom gives from a seed of 64 bits on."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed & ((1 << 64) - 1)) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(_GAMMA)
        z = (z ^ (z >> np.uint64(33))) * np.uint64(0x62A9D9ED799705F5)
        return (((z ^ (z >> np.uint64(28))) * np.uint64(0xCB24D0A5C88C35B3)) >> np.uint64(32)).astype(np.uint32)


def _log2_table() -> Array:
    step = 1 << _SHIFT
    bits = 0x3F800000 + step // 2 + step * np.arange(1 << _BITS, dtype=np.int64)
    logarithms = np.log(bits.astype(np.uint32).view(np.float32).astype(np.float64)).astype(np.float32)
    return logarithms / np.float32(math.log(2.0))


def _log2(x: Array, table: Array) -> Array:
    bits = x.view(np.uint32)
    exponent = ((bits >> np.uint32(23)) & np.uint32(0xFF)).astype(np.int32) - 127
    return table[(bits & np.uint32(0x7FFFFF)) >> np.uint32(_SHIFT)] + exponent.astype(np.float32)


def skips(seed: int, probability: float, n: int) -> Array:
    """int64[at least n]: how far it is from one document drawn to the next."""
    wanted = int(1.5 * math.log(max(math.log(0.01) / math.log(1.0 - probability) - 1.0, 1e-300)) / math.log(2.0))
    at = min(bisect.bisect_left(_WIDTHS, wanted), len(_WIDTHS) - 1)
    width = _WIDTHS[at]
    whole = np.float32(2.0**width)
    numbers = random_ints(seed, -(-n * width // 32))
    table = _log2_table()
    norm = np.float32(math.log(2.0) / math.log(1.0 - probability))
    top = _log2(np.array([whole], np.float32), table)[0]
    if width == 32:
        u = np.float32(0.5) * whole + numbers.view(np.int32).astype(np.float32) + np.float32(0.5)
        steps = norm * (_log2(u, table) - top)
    else:
        shifts = [shift % 32 for shift in range(width, 33, width)]
        columns = [(numbers >> np.uint32(shift)) & np.uint32((1 << width) - 1) for shift in shifts]
        u = np.stack(columns, axis=1).reshape(-1).astype(np.float32) + np.float32(0.5)
        steps = norm * (_log2(u, table) - top + np.float32(_BIASES[at]))
    return steps.astype(np.int64) + 1


def drawn(n_docs: int, probability: float, seed: int) -> Array:
    """int64[m], ascending: which of ``n_docs`` documents are drawn."""
    n = int(n_docs * probability * 1.5) + 64
    while True:
        places = np.cumsum(skips(mixed(seed), probability, n)) - 1
        if not len(places) or places[-1] >= n_docs:
            return places[places < n_docs]
        n *= 2
