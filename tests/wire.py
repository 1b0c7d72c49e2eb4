"""A server's HTTP door without sockets: the bytes of a request in, the bytes of its answer out."""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from esmock.http.connection import Connection
from esmock.http.netty import Rules
from esmock.server import Server


class _Transport(asyncio.Transport):
    """Keeps what is written; ``done`` is set when the connection is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.is_closed = False

    def write(self, data: Any) -> None:
        if not self.is_closed:
            self.sent += data

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading


class Wire:
    """Connections to a server's door, each used for one exchange."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def exchange(self, *data: bytes, wait_seconds: float = 5.0) -> tuple[bytes, bool]:
        """What comes back for bytes that arrive in these pieces, and whether the connection was closed."""
        return asyncio.run(self._exchange(data, wait_seconds))

    async def _exchange(self, pieces: Sequence[bytes], wait_seconds: float) -> tuple[bytes, bool]:
        transport = _Transport()
        connection = Connection(self._server.handle, Rules.of(self._server.cluster.behaviour), set())
        connection.connection_made(transport)
        for piece in pieces:
            connection.feed(piece)
            await asyncio.sleep(0)
        waited = 0.0
        while not transport.is_closed and not _is_complete(bytes(transport.sent)) and waited < wait_seconds:
            await asyncio.sleep(0.002)
            waited += 0.002
        connection.connection_lost(None)
        return bytes(transport.sent), transport.is_closed

    def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
    ) -> bytes:
        """The bytes that answer one request; ``Host``, ``Content-Length`` and chunks are added."""
        lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
        named = {name.lower() for name, _ in headers}
        if body is not None and not named & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(body)}")
        if body is not None and "transfer-encoding" in named:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return self.exchange(head + (body or b""))[0]

    def request(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by lower-case name, and body of one request."""
        answer = parse_all(self.send(method, target, headers, body), method)
        return answer.status, dict(answer.headers), answer.body


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; header names are lower-case, in order."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def parse_all(sent: bytes, method: str = "GET") -> Answer:
    """The first answer in some bytes."""
    response = http.client.HTTPResponse(_Bytes(sent), method=method)  # type: ignore[arg-type]
    response.begin()
    return Answer(response.status, [(name.lower(), value) for name, value in response.getheaders()], response.read())


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self._data)


def _is_complete(sent: bytes) -> bool:
    return (bool(sent) and not sent.startswith(b"HTTP/1.1 100")) or sent.count(b"HTTP/1.") > 1
