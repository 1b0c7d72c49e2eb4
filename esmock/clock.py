"""Time as esmock sees it: running or frozen, with timers that fire between requests.

Nothing runs in the background. Timers that have come due are run, in order of their time, before the next request is
handled; since a client sees effects only through requests, that is indistinguishable from a background thread, and a
frozen clock needs no special case.
"""

from __future__ import annotations

import contextlib
import heapq
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime


class Timer:
    """A scheduled call. ``cancel`` makes it never happen."""

    __slots__ = ("_order", "at_ms", "call", "cancelled")

    def __init__(self, at_ms: int, order: int, call: Callable[[], None]) -> None:
        self.at_ms = at_ms
        self._order = order
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def __lt__(self, other: Timer) -> bool:
        return (self.at_ms, self._order) < (other.at_ms, other._order)


_STARTED_NS = time.time_ns() - time.perf_counter_ns()


def instant_ms(setting: tuple[int | None, int], perf_ns: int) -> int:
    """What a clock so set showed at a reading of ``perf_counter_ns``: for who has no time to ask the clock itself."""
    frozen_ms, offset_ms = setting
    return (_STARTED_NS + perf_ns) // 1_000_000 + offset_ms if frozen_ms is None else frozen_ms


class Clock:
    """Milliseconds since the epoch, running with the machine's clock or standing still.

    Args:
        frozen_at_ms: the instant to stand at; None: the clock runs.
    """

    def __init__(self, frozen_at_ms: int | None = None) -> None:
        self._frozen_ms = frozen_at_ms
        self._offset_ms = 0
        self._timers: list[Timer] = []
        self._scheduled = 0
        self._firing_at: int | None = None

    def clone(self) -> Clock:
        """A clock that shows the same instant, without timers: whoever owns a timer schedules it anew."""
        twin = Clock(self._frozen_ms)
        twin._offset_ms = self._offset_ms
        return twin

    @property
    def is_frozen(self) -> bool:
        return self._frozen_ms is not None

    @property
    def setting(self) -> tuple[int | None, int]:
        """How the clock stands: where it is frozen, and by how much it is off. ``instant_ms`` reads it later."""
        return self._frozen_ms, self._offset_ms

    def now_ms(self) -> int:
        """The current instant; inside a timer, the instant it was due at."""
        if self._firing_at is not None:
            return self._firing_at
        return self._real_ms()

    def _real_ms(self) -> int:
        if self._frozen_ms is not None:
            return self._frozen_ms
        return time.time_ns() // 1_000_000 + self._offset_ms

    def monotonic_ns(self) -> int:
        """For ``took`` and its kin: stands still with the clock."""
        return self._frozen_ms * 1_000_000 if self._frozen_ms is not None else time.monotonic_ns()

    def freeze(self, at_ms: int | None = None) -> None:
        """Stand still, now or at the given instant."""
        self._frozen_ms = self._real_ms() if at_ms is None else at_ms

    @contextlib.contextmanager
    def standing_at(self, at_ms: int) -> Iterator[None]:
        """One instant for everything that happens inside; timers wait."""
        before, self._firing_at = self._firing_at, at_ms
        try:
            yield
        finally:
            self._firing_at = before

    def follow_machine(self) -> None:
        """Run with the machine's clock, whatever this one showed."""
        self._frozen_ms = None
        self._offset_ms = 0

    def resume(self) -> None:
        """Run on from the instant the clock shows."""
        if self._frozen_ms is not None:
            self._offset_ms = self._frozen_ms - time.time_ns() // 1_000_000
            self._frozen_ms = None

    def advance(self, seconds: float = 0, *, milliseconds: int = 0) -> None:
        """Move the clock forward and run what comes due on the way."""
        step = round(seconds * 1000) + milliseconds
        if step < 0:
            raise ValueError("a clock only advances")
        if self._frozen_ms is not None:
            self._frozen_ms += step
        else:
            self._offset_ms += step
        self.run_due()

    def travel(self, to_ms: int) -> None:
        """Go to an instant, also a past one; the clock runs on or stands still as before. Forward, what comes due is run."""
        if self._frozen_ms is not None:
            self._frozen_ms = to_ms
        else:
            self._offset_ms = to_ms - time.time_ns() // 1_000_000
        self.run_due()

    def call_at(self, at_ms: int, call: Callable[[], None]) -> Timer:
        """Run ``call`` before the first request at or after ``at_ms``."""
        self._scheduled += 1
        timer = Timer(at_ms, self._scheduled, call)
        heapq.heappush(self._timers, timer)
        return timer

    def next_due_ms(self) -> int | None:
        """When the next timer is due, if there is one."""
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].at_ms if self._timers else None

    def run_due(self) -> None:
        """Run the timers that are due, oldest first, each at its own instant."""
        if not self._timers or self._firing_at is not None:
            return
        until = self._real_ms()
        try:
            while self._timers and self._timers[0].at_ms <= until:
                timer = heapq.heappop(self._timers)
                if not timer.cancelled:
                    self._firing_at = timer.at_ms
                    timer.call()
        finally:
            self._firing_at = None


def parse_instant(text: str) -> int:
    """ISO 8601 text to milliseconds since the epoch; UTC where it names no zone. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
