"""How long a script may run."""

from __future__ import annotations

import time

from esmock.script.painless.runtime import throwables as t

LOOP_MESSAGE = "The maximum number of statements that can be executed in a loop has been reached."


class Budget:
    """A deadline for one run; checked by functions of the script and by library loops.

    Differs: a real server lets nested loops run for hours; here a script ends with the loop limit's error after ``seconds``.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = float("inf")
        self._calls = 0

    def start(self) -> None:
        self._until = time.monotonic() + self.seconds
        self._calls = 0

    def tick(self) -> None:
        """Count a step. Raises PainlessError past the deadline."""
        self._calls += 1
        if not self._calls & 0x3FF and time.monotonic() > self._until:
            raise t.PainlessError(LOOP_MESSAGE)
