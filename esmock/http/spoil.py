"""Answers that a connection spoils, and answers that have no end: what ``WireFault`` and ``stream`` ask for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from esmock.http.head import head_of

if TYPE_CHECKING:
    from esmock.http.connection import Connection
    from esmock.http.decoder import Decoded
    from esmock.wire import RawResponse

_PIECES_PER_SECOND = 10


def deliver(connection: Connection, event: Decoded, answer: RawResponse) -> Coroutine[Any, Any, None] | None:
    """Send an answer the way it asks for; what takes time is returned as a coroutine."""
    transport: Any = connection.transport
    if transport is None:
        return None
    if answer.stream is not None:
        return _stream(transport, event, answer)
    fault = answer.wire
    assert fault is not None
    if fault.kind in ("reset", "refuse"):
        reset(transport)
    elif fault.kind == "close":
        transport.close()
    elif fault.kind == "truncate":
        sent = answer.body[: int(len(answer.body) * fault.amount)]
        transport.write(_head(event, answer) + sent)
        return _reset_later(transport)
    elif fault.kind == "raw":
        transport.write(fault.data)
        transport.close()
    elif fault.kind == "as_is":
        transport.write(_head(event, answer, close=True) + answer.body)
        transport.close()
    elif fault.kind == "drip":
        return _drip(transport, _head(event, answer) + answer.body, fault.amount)
    elif fault.kind == "hang":
        return _hang(transport, fault.until)
    return None


def reset(transport: Any) -> None:
    """Close with RST in place of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _reset_later(transport: Any) -> None:
    await asyncio.sleep(0.02)  # what was written reaches the client before the reset discards it
    reset(transport)


def _head(event: Decoded, answer: RawResponse, *, close: bool = False) -> bytes:
    """The head of a body that goes in one piece, with its length."""
    headers = [pair for pair in answer.headers if pair[0].lower() != "transfer-encoding"]
    if answer.is_chunked:
        headers.append(("content-length", str(len(answer.body))))
    if close:
        headers.append(("connection", "close"))
    return head_of(event.head.version, answer.status, headers)


async def _drip(transport: Any, content: bytes, rate: float) -> None:
    piece = max(1, int(rate / _PIECES_PER_SECOND))
    for start in range(0, len(content), piece):
        if transport.is_closing():
            return
        transport.write(content[start : start + piece])
        await asyncio.sleep(min(piece, len(content) - start) / rate)


async def _hang(transport: Any, until: Any) -> None:
    if until is None:
        await asyncio.Event().wait()
    await until()
    transport.close()


async def _stream(transport: Any, event: Decoded, answer: RawResponse) -> None:
    assert answer.stream is not None
    transport.write(head_of(event.head.version, answer.status, [*answer.headers, ("connection", "close")]))
    async for chunk in answer.stream:
        if transport.is_closing():
            break
        transport.write(chunk)
    transport.close()
