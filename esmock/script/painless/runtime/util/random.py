"""java.util.Random: the published linear congruential generator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.streams import Stream
from esmock.script.painless.runtime.values import Byte, wrap_int

_MULTIPLIER, _MASK = 0x5DEECE66D, (1 << 48) - 1


class Random:
    java_class = "java.util.Random"
    __slots__ = ("_gaussian", "_seed")

    def __init__(self, seed: int) -> None:
        self._gaussian: float | None = None
        self._seed = 0
        self.j_setSeed(seed)

    def j_setSeed(self, seed: int) -> None:
        self._seed = (seed ^ _MULTIPLIER) & _MASK
        self._gaussian = None

    def _next(self, bits: int) -> int:
        self._seed = (self._seed * _MULTIPLIER + 0xB) & _MASK
        return wrap_int(self._seed >> (48 - bits))

    def j_nextInt(self, bound: int | None = None) -> int:
        if bound is None:
            return self._next(32)
        if bound <= 0:
            raise t.IllegalArgument("bound must be positive")
        found = self._next(31)
        if bound & (bound - 1) == 0:
            return (bound * found) >> 31
        rest = found % bound
        while found - rest + bound - 1 >= 1 << 31:
            found = self._next(31)
            rest = found % bound
        return rest

    def j_nextLong(self) -> int:
        high, low = self._next(32), self._next(32)
        return ((high << 32) + low + (1 << 63)) % (1 << 64) - (1 << 63)

    def j_nextBoolean(self) -> bool:
        return self._next(1) != 0

    def j_nextFloat(self) -> float:
        return self._next(24) / (1 << 24)

    def j_nextDouble(self) -> float:
        high = self._next(26)
        return ((high << 27) + self._next(27)) * 2.0**-53

    def j_nextGaussian(self) -> float:
        import math

        if self._gaussian is not None:
            found, self._gaussian = self._gaussian, None
            return found
        while True:
            a, b = 2 * self.j_nextDouble() - 1, 2 * self.j_nextDouble() - 1
            size = a * a + b * b
            if 0 < size < 1:
                factor = math.sqrt(-2 * math.log(size) / size)
                self._gaussian = b * factor
                return a * factor


    def j_nextBytes(self, target: Any) -> None:
        for at in range(0, len(target), 4):
            word = self._next(32)
            for byte in range(at, min(at + 4, len(target))):
                target[byte] = Byte((word >> (8 * (byte - at)) & 0xFF ^ 0x80) - 0x80)

    # -- streams

    def j_ints(self, *bounds: int) -> Stream:
        return self._stream("int", bounds, lambda: self._next(32), self._int_between)

    def j_longs(self, *bounds: int) -> Stream:
        return self._stream("long", bounds, self.j_nextLong, self._long_between)

    def j_doubles(self, *bounds: Any) -> Stream:
        return self._stream("double", bounds, self.j_nextDouble, self._double_between)

    def _stream(self, kind: str, bounds: Any, plain: Any, between: Any) -> Stream:
        """So many numbers, from an origin to a bound when there are any."""
        size, *limits = bounds
        if size < 0:
            raise t.IllegalArgument("size must be non-negative")
        if limits and limits[0] >= limits[1]:
            raise t.IllegalArgument("bound must be greater than origin")

        def run() -> Iterator[Any]:
            for _ in range(size):
                yield between(*limits) if limits else plain()

        return Stream(run(), kind)

    def _int_between(self, origin: int, bound: int) -> int:
        if bound - origin < 1 << 31:
            return self.j_nextInt(bound - origin) + origin
        while not origin <= (found := self._next(32)) < bound:
            pass
        return found

    def _long_between(self, origin: int, bound: int) -> int:
        found, width = self.j_nextLong(), bound - origin
        if width & (width - 1) == 0:
            return (found & (width - 1)) + origin
        if width >= 1 << 63:
            while not origin <= found < bound:
                found = self.j_nextLong()
            return found
        bits = (found & 0xFFFFFFFFFFFFFFFF) >> 1
        while bits + width - 1 - bits % width >= 1 << 63:
            bits = (self.j_nextLong() & 0xFFFFFFFFFFFFFFFF) >> 1
        return bits % width + origin

    def _double_between(self, origin: float, bound: float) -> float:
        return self.j_nextDouble() * (bound - origin) + origin


def _unseeded() -> Random:
    import time

    return Random(time.time_ns())


CONSTRUCTORS: dict[str, Any] = {"Random/0": _unseeded, "Random/1": Random}
