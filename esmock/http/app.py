"""The aiohttp door: sockets in, ``Door`` calls, bytes out. The only module that knows aiohttp.

aiohttp's parser reads HTTP; answers that are ready at once are written from the same call that received the request,
without a task, which is what makes the double faster than a server built on request handlers.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from esmock.errors import ApiError, IllegalArgument
from esmock.http.receive import RawRequest
from esmock.http.render import Door, RawResponse
from esmock.xcontent import json_writer

MAX_CONTENT_BYTES = 100 * 1024 * 1024
MAX_LINE_BYTES = 4096
MAX_HEADER_BYTES = 16384
_READ_LIMIT = 2**20
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class TooLongHttpLine(ApiError):
    """A request line or header beyond its limit."""

    status = 400
    package = "io.netty.handler.codec.http"


class Connection(BaseProtocol):
    """One client connection: requests are answered in the order of their arrival."""

    __slots__ = ("_busy", "_connections", "_door", "_parse", "_queue", "_task")

    def __init__(self, door: Door, connections: set[Connection]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self._door = door
        self._connections = connections
        self._queue: deque[tuple[Any, Any]] = deque()
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._parse = HttpRequestParser(
            self, loop, _READ_LIMIT, max_line_size=MAX_LINE_BYTES, max_field_size=MAX_HEADER_BYTES
        )
        if hasattr(self._parse, "message_consumed"):
            self._parser = self._parse

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._connections.discard(self)
        if self._task is not None:
            self._task.cancel()

    def eof_received(self) -> None:
        """The client will send nothing more; the transport closes by itself."""

    def data_received(self, data: bytes) -> None:
        try:
            messages, _, _ = self._parse.feed_data(data)
        except HttpProcessingError as error:
            self._refuse(error)
            return
        self._queue.extend(messages)
        if not self._busy:
            self._serve_queue()

    def _serve_queue(self) -> None:
        while self._queue and not self._busy and self.transport is not None:
            message, payload = self._queue.popleft()
            consumed = getattr(self._parse, "message_consumed", None)
            if consumed is not None:
                consumed()
            if payload.is_eof():
                self._serve(message, payload.read_nowait() if payload.total_bytes else b"")
            elif not self._refused_early(message):
                self._later(self._read_and_serve(message, payload))

    def _refused_early(self, message: Any) -> bool:
        """Expect and Content-Length are looked at before the body comes."""
        headers = message.headers
        length = headers.get("Content-Length", "")
        if length.isdigit() and int(length) > MAX_CONTENT_BYTES:
            self._write(RawResponse(413, [("content-length", "0")], b""), b"", close=True)
            return True
        expect = headers.get("Expect")
        if expect is not None:
            if expect.lower() != "100-continue":
                self._write(RawResponse(417, [("content-length", "0")], b""), b"", close=True)
                return True
            if self.transport is not None:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return False

    def _later(self, work: Any) -> None:
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
        self._serve_queue()

    async def _read_and_serve(self, message: Any, payload: Any) -> None:
        body = bytearray()
        while chunk := await payload.readany():
            body += chunk
            if len(body) > MAX_CONTENT_BYTES:
                self._write(RawResponse(413, [("content-length", "0")], b""), b"", close=True)
                return
        reply = self._door(_raw(message, bytes(body)))
        answer = reply if isinstance(reply, RawResponse) else await reply
        self._answer(message, answer)

    def _serve(self, message: Any, body: bytes) -> None:
        reply = self._door(_raw(message, body))
        if isinstance(reply, RawResponse):
            self._answer(message, reply)
        else:
            self._later(self._answer_later(message, reply))

    async def _answer_later(self, message: Any, reply: Awaitable[RawResponse]) -> None:
        self._answer(message, await reply)

    def _answer(self, message: Any, answer: RawResponse) -> None:
        body = answer.body
        accepted = message.headers.get("Accept-Encoding")
        if body and accepted is not None:
            body = _compressed(answer, accepted)
        self._write(answer, body, close=message.should_close)

    def _write(self, answer: RawResponse, body: bytes, *, close: bool) -> None:
        if self.transport is None:
            return
        lines = [f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, '')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        if close:
            lines.append("connection: close")
        lines.append("\r\n")
        self.transport.write("\r\n".join(lines).encode("latin-1", "replace") + body)
        if close:
            self.transport.close()

    def _refuse(self, error: HttpProcessingError) -> None:
        """Answer what does not even parse as HTTP, in Elasticsearch's form."""
        if isinstance(error, LineTooLong):
            found: ApiError = TooLongHttpLine(f"An HTTP line is larger than {MAX_LINE_BYTES} bytes.")
        else:
            found = IllegalArgument("text is empty (possibly HTTP/0.9)")
        body = json_writer.dumps(found.body())
        headers = [("content-type", "application/json; charset=UTF-8"), ("content-length", str(len(body)))]
        self._write(RawResponse(400, headers, body), body, close=True)


def _raw(message: Any, body: bytes) -> RawRequest:
    target = message.path
    if not target.isascii():
        target = target.encode("utf-8", "surrogateescape").decode("latin-1")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in message.raw_headers]
    return RawRequest(message.method, target, headers, body)


def _compressed(answer: RawResponse, accepted: str) -> bytes:
    """The body as the client accepts it, with the headers that say so."""
    coding = _coding(accepted)
    if coding is None:
        return answer.body
    squeeze = zlib.compressobj(3, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    content = squeeze.compress(answer.body) + squeeze.flush()
    answer.headers = [pair for pair in answer.headers if pair[0] != "content-length"]
    answer.headers += [("content-encoding", coding), ("content-length", str(len(content)))]
    return content


def _coding(accepted: str) -> str | None:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weight = 1.0
        if rest.strip().startswith("q="):
            try:
                weight = float(rest.strip()[2:])
            except ValueError:
                weight = 0.0
        weights[name.strip()] = weight
    gzip = weights.get("gzip", weights.get("*", 0.0))
    deflate = weights.get("deflate", 0.0)
    if gzip <= 0 and deflate <= 0:
        return None
    return "gzip" if gzip >= deflate else "deflate"


class Listener:
    """A listening socket and its connections."""

    def __init__(self, server: asyncio.Server, connections: set[Connection]) -> None:
        self._server = server
        self._connections = connections

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and hang up."""
        self._server.close()
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.close()


async def listen(door: Door, host: str, port: int) -> Listener:
    """Open a listening socket. Raises OSError when the address is taken."""
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(door, connections), host, port, backlog=1024)
    return Listener(server, connections)


async def listen_for_each(door: Door, host: str, port: int, count: int) -> list[Listener]:
    """One listener for each node of a cluster: from ``port`` on, or on free ports. Raises OSError."""
    listeners: list[Listener] = []
    try:
        for position in range(count):
            listeners.append(await listen(door, host, port + position if port else 0))
    except OSError:
        for one in listeners:
            one.close()
        raise
    return listeners
