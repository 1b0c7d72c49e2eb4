"""The aiohttp door: sockets in, ``Door`` calls, bytes out. The only module that knows aiohttp."""

from __future__ import annotations

import asyncio
import zlib
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from esmock.errors import ApiError, IllegalArgument
from esmock.http.receive import RawRequest
from esmock.http.render import Door, RawResponse
from esmock.xcontent import json_writer

MAX_CONTENT_BYTES = 100 * 1024 * 1024
MAX_LINE_BYTES = 4096
MAX_HEADER_BYTES = 16384
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class _Finished:
    """A finished answer that aiohttp only has to write: what it asks of a response, and no more."""

    __slots__ = ("_data", "body_length", "headers", "keep_alive", "reason", "status")

    def __init__(self, answer: RawResponse, *, keep_alive: bool, version: str, body: bytes) -> None:
        lines = [f"HTTP/{version} {answer.status} {_PHRASES.get(answer.status, '')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        if not keep_alive:
            lines.append("connection: close")
        lines.append("\r\n")
        self._data = "\r\n".join(lines).encode("latin-1", "replace") + body
        self.keep_alive = keep_alive
        self.status = answer.status
        self.reason = ""
        self.body_length = len(body)
        self.headers: dict[str, str] = {}

    async def prepare(self, request: web.BaseRequest) -> None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        transport.write(self._data)

    async def write_eof(self) -> None:
        """Everything was written at once."""


class _Protocol(RequestHandler):
    """Answers what does not even parse as HTTP in Elasticsearch's form."""

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> Any:
        self.keep_alive(False)
        error = _below_the_router(message or str(exc or ""))
        body = json_writer.dumps(error.body())
        headers = [("content-type", "application/json; charset=UTF-8"), ("content-length", str(len(body)))]
        return _Finished(RawResponse(400, headers, body), keep_alive=False, version="1.1", body=body)


def _below_the_router(message: str) -> ApiError:
    if "Got more than" in message:
        error = IllegalArgument(f"An HTTP line is larger than {MAX_LINE_BYTES} bytes.")
        error.type = "too_long_http_line_exception"
        return error
    return IllegalArgument("text is empty (possibly HTTP/0.9)")


class Listener(web.Server):
    """An aiohttp low-level server around a door."""

    def __init__(self, door: Door) -> None:
        super().__init__(self._handle, request_factory=self._make_request, access_log=None)  # type: ignore[arg-type]
        self._door = door
        self._loop_now = asyncio.get_running_loop()

    def __call__(self) -> RequestHandler:
        return _Protocol(
            self,
            loop=self._loop_now,
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=3600.0,
        )

    @staticmethod
    def _make_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, protocol._loop, client_max_size=MAX_CONTENT_BYTES
        )

    async def _handle(self, request: web.BaseRequest) -> Any:
        message = request._message
        body = b""
        if request.body_exists:
            try:
                body = await request.read()
            except web.HTTPRequestEntityTooLarge:
                too_large = RawResponse(413, [("content-length", "0")], b"")
                return _Finished(too_large, keep_alive=False, version="1.1", body=b"")
        target = message.path
        if not target.isascii():
            target = target.encode("utf-8", "surrogateescape").decode("latin-1")
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in message.raw_headers]
        reply = self._door(RawRequest(message.method, target, headers, body))
        answer = reply if isinstance(reply, RawResponse) else await reply
        content = answer.body
        if content and message.headers.get("Accept-Encoding"):
            content = _compressed(answer, message.headers["Accept-Encoding"])
        keep_alive = not message.should_close
        return _Finished(answer, keep_alive=keep_alive, version="1.1", body=content)


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


async def listen(door: Door, host: str, port: int) -> tuple[Listener, asyncio.Server]:
    """Open a listening socket. Raises OSError when the address is taken."""
    listener = Listener(door)
    server = await asyncio.get_running_loop().create_server(listener, host, port, backlog=1024)
    return listener, server
