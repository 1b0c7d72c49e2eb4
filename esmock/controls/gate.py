"""Something that waits until it is let go, from whichever thread or loop."""

from __future__ import annotations

import asyncio
import threading


class Gate:
    """Closed until ``open``; any number of waiters in any number of event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_open = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    @property
    def is_open(self) -> bool:
        return self._is_open

    async def wait(self) -> None:
        """Return once the gate is open."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._is_open:
                return
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.append((loop, waiter))
        await waiter

    def open(self) -> None:
        """Let everybody go, now and ever after."""
        with self._lock:
            self._is_open = True
            waiting, self._waiting = self._waiting, []
        for loop, waiter in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_let_go, waiter)


def _let_go(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
