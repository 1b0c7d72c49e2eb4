"""How long a script may run, and how much it may build."""

from __future__ import annotations

import time
from typing import Any

from esmock.script.painless.runtime import arrays, operators
from esmock.script.painless.runtime import throwables as t

LOOP_MESSAGE = "The maximum number of statements that can be executed in a loop has been reached."
LOOP_LIMIT = 1_000_000
MOST_BUILT = 50_000_000
"""Characters and array items that one run may allocate in large pieces."""
_LARGE = 10_000
_STRIDE = 256


class Budget:
    """A deadline and an allowance for one run; checked by functions, lambdas and loops of the script.

    Differs: a real server lets nested loops run for hours; here a script ends with the loop limit's error after ``seconds``.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = float("inf")
        self._built = 0

    def start(self) -> None:
        self._until = time.monotonic() + self.seconds
        self._built = 0

    def tick(self) -> None:
        """Raises PainlessError past the deadline."""
        if time.monotonic() > self._until:
            raise t.PainlessError(LOOP_MESSAGE)

    def loop(self, left: int) -> int:
        """Called by a loop's counter now and then: the count at which it calls again. Raises PainlessError at the limit."""
        if left <= 0 or time.monotonic() > self._until:
            raise t.PainlessError(LOOP_MESSAGE)
        return max(0, left - _STRIDE)

    def _allocate(self, size: int) -> None:
        self._built += size
        if self._built > MOST_BUILT:
            raise t.OutOfMemory("Java heap space")

    def concat(self, left: Any, right: Any) -> str:
        """String concatenation, counted when the text is long."""
        text = operators.concat(left, right)
        if len(text) > _LARGE:
            self._allocate(len(text))
        return text

    def add(self, left: Any, right: Any) -> Any:
        """``+`` of two values of type def."""
        if type(left) is str or type(right) is str:
            return self.concat(left, right)
        return operators.add(left, right)

    def new_array(self, component: str, *sizes: int) -> Any:
        """``new type[n]``, counted."""
        total = 1
        for size in sizes:
            total *= max(size, 1)
        self._allocate(total)
        return arrays.new_array(component, *sizes)
