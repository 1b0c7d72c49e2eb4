"""The socket door: bytes in, ``Door`` calls, bytes out.

An answer that is ready at once is written from the same call that received the request, without a task, which is what
makes the double faster than a server built on request handlers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Coroutine
from typing import TYPE_CHECKING, Any

from esmock.http.compression import compressed, decompressed
from esmock.http.decoder import Decoded, Decoder, Event, Interim
from esmock.http.head import PHRASES, head_of
from esmock.http.netty import Rules
from esmock.wire import Door, RawResponse

if TYPE_CHECKING:
    import ssl

_READ_AT_ONCE = 1 << 18


class Connection(asyncio.BufferedProtocol):
    """One client connection: requests are answered in the order of their arrival.

    Args:
        space: what bytes are read into before they are taken at once; connections of one loop share it. A new buffer for each read,
            as plain protocols have it, costs more than all else that is done for a request of few bytes.
    """

    __slots__ = ("_busy", "_certificate", "_connections", "_decoder", "_door", "_queue", "_space", "_task", "transport")

    def __init__(self, door: Door, rules: Rules, connections: set[Connection], space: memoryview | None = None) -> None:
        self.transport: Any = None
        self._space = memoryview(bytearray(_READ_AT_ONCE)) if space is None else space
        self._door = door
        self._decoder = Decoder(rules)
        self._connections = connections
        self._queue: deque[Event] = deque()
        self._busy = False
        self._certificate: bytes | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        tls = transport.get_extra_info("ssl_object")
        if tls is not None:
            self._certificate = tls.getpeercert(binary_form=True)
        self._connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.transport = None
        self._connections.discard(self)
        if self._task is not None:
            self._task.cancel()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._space

    def buffer_updated(self, nbytes: int) -> None:
        self.feed(bytes(self._space[:nbytes]))

    def feed(self, data: bytes) -> None:
        """Take bytes and answer what is complete with them."""
        events = self._decoder.feed(data)
        if self._busy:
            self._queue.extend(events)
            return
        for at, event in enumerate(events):
            self._serve(event)
            if self._busy:
                self._queue.extend(events[at + 1 :])
                break

    def _serve(self, event: Event) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if isinstance(event, Interim):
            self._interim(event)
            return
        raw = event.raw
        raw.certificate = self._certificate
        for coding in event.head.codings:
            content = decompressed(coding, raw.body)
            if content is None:
                self._interim(Interim(413, event.head.version, close=not event.head.keep_alive))
                return
            raw.body = content
        reply = self._door(raw)
        if isinstance(reply, RawResponse):
            self._answer(event, reply)
        else:
            self._later(self._answer_later(event, reply))

    def _interim(self, event: Interim) -> None:
        head = f"{event.version} {event.status} {PHRASES[event.status]}\r\n"
        if event.status != 100:
            head += "content-length: 0\r\n"
        if event.close:
            head += "connection: close\r\n"
        self.transport.write(f"{head}\r\n".encode())
        if event.close:
            self.transport.close()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Answer when the work is done; later requests wait."""
        self._busy = True
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy = False
        self._task = None
        if not task.cancelled() and task.exception() is not None and self.transport is not None:
            self.transport.abort()
            return
        while self._queue and not self._busy:
            self._serve(self._queue.popleft())

    async def _answer_later(self, event: Decoded, reply: Awaitable[RawResponse]) -> None:
        self._answer(event, await reply)

    def _answer(self, event: Decoded, answer: RawResponse) -> None:
        transport = self.transport
        if transport is None:
            return
        if answer.wire is not None or answer.stream is not None:
            from esmock.http.spoil import deliver

            work = deliver(self, event, answer)
            if work is not None:
                self._later(work)
            return
        head, body, headers = event.head, answer.body, answer.headers
        if body and head.accepts is not None:
            squeezed = compressed(body, head.accepts)
            if squeezed is not None:
                coding, body = squeezed
                streamed = ("Transfer-Encoding", "chunked") in headers
                headers = [pair for pair in headers if pair[0] not in ("content-length", "Transfer-Encoding")]
                length = ("transfer-encoding", "chunked") if streamed else ("content-length", str(len(body)))
                headers += [("content-encoding", coding), length]
        if headers and headers[-1][1] == "chunked" and event.raw.method != "HEAD":
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        transport.write(head_of(head.version, answer.status, headers) + body)
        if not head.keep_alive:
            transport.close()


class Listener:
    """A listening socket and its connections, which can be shut and opened again on the same port."""

    def __init__(self, door: Door, rules: Rules, host: str, tls: ssl.SSLContext | None = None) -> None:
        self._door = door
        self._rules = rules
        self._host = host
        self._tls = tls
        self._connections: set[Connection] = set()
        self._space = memoryview(bytearray(_READ_AT_ONCE))
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int) -> None:
        """Listen. Raises OSError when the address is taken."""
        loop = asyncio.get_running_loop()
        made = await loop.create_server(
            lambda: Connection(self._door, self._rules, self._connections, self._space), self._host, port, backlog=1024, ssl=self._tls
        )
        self._server = made
        self.port = int(made.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.close()

    async def shut(self) -> None:
        """Stop listening and reset every connection, as a killed process does; answers under way get out first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await asyncio.sleep(0)
        from esmock.http.spoil import reset

        for connection in list(self._connections):
            if connection.transport is not None:
                reset(connection.transport)

    async def reopen(self) -> None:
        """Listen again."""
        if self._server is None:
            await self.open(self.port)


async def listen(door: Door, rules: Rules, host: str, port: int, tls: ssl.SSLContext | None = None) -> Listener:
    """Open a listening socket. Raises OSError when the address is taken."""
    listener = Listener(door, rules, host, tls)
    await listener.open(port)
    return listener


async def listen_for_each(
    door: Door, rules: Rules, host: str, port: int, count: int, tls: ssl.SSLContext | None = None
) -> list[Listener]:
    """One listener for each node of a cluster: from ``port`` on, or on free ports. Raises OSError."""
    listeners: list[Listener] = []
    try:
        for position in range(count):
            listeners.append(await listen(door, rules, host, port + position if port else 0, tls))
    except OSError:
        for one in listeners:
            one.close()
        raise
    return listeners
