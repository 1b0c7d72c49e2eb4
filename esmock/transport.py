"""The in-process door: a node class for the official Python clients that calls the server without a socket.

Works with elasticsearch 8 and 9 (``elastic-transport``). Imports no aiohttp; the client library is imported on use.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable
from typing import Any

from esmock.wire import Door, RawRequest, RawResponse, WireFault

HOST = "http://esmock.invalid:9200"


def node_class(door: Door) -> type:
    """A ``BaseNode`` subclass whose requests go to ``door``."""
    from elastic_transport import BaseNode

    class InProcessNode(BaseNode):
        """Answers from memory."""

        def perform_request(
            self, method: str, target: str, body: bytes | None = None, headers: Any = None, request_timeout: Any = None
        ) -> Any:
            started = time.perf_counter()
            answer = door(_raw(self, method, target, body, headers))
            if inspect.isawaitable(answer):
                answer = _wait(answer)
            return _answer(self, answer, started)

        def close(self) -> None:
            """Nothing is open."""

    return InProcessNode


def async_node_class(door: Door) -> type:
    """A ``BaseAsyncNode`` subclass whose requests go to ``door``."""
    from elastic_transport import BaseAsyncNode

    class InProcessAsyncNode(BaseAsyncNode):
        """Answers from memory."""

        async def perform_request(  # type: ignore[override]
            self, method: str, target: str, body: bytes | None = None, headers: Any = None, request_timeout: Any = None
        ) -> Any:
            started = time.perf_counter()
            answer = door(_raw(self, method, target, body, headers))
            if inspect.isawaitable(answer):
                answer = await answer
            return _answer(self, answer, started)

        async def close(self) -> None:  # type: ignore[override]
            """Nothing is open."""

    return InProcessAsyncNode


def _raw(node: Any, method: str, target: str, body: bytes | None, headers: Any) -> RawRequest:
    merged = {key.lower(): value for key, value in node._headers.items()} if hasattr(node, "_headers") else {}
    merged.update({key.lower(): value for key, value in (headers or {}).items()})
    return RawRequest(method, target, list(merged.items()), body or b"")


def _spoil(fault: WireFault, answer: RawResponse) -> None:
    """What a client meets where the network fails. Raises its own exceptions."""
    from elastic_transport import ConnectionError, ConnectionTimeout

    if fault.kind == "hang":
        raise ConnectionTimeout("Connection timed out: esmock never answers")
    texts = {
        "reset": "Connection reset by peer",
        "refuse": "Connection refused",
        "close": "Remote end closed connection without response",
        "truncate": f"IncompleteRead({int(len(answer.body) * fault.amount)} bytes read, of {len(answer.body)})",
        "raw": "the answer is no HTTP",
    }
    if fault.kind in texts:
        raise ConnectionError(f"Connection error caused by: esmock: {texts[fault.kind]}")
    if any(name == "content-encoding" for name, _ in answer.headers):
        raise ConnectionError("Connection error caused by: esmock: the body is not compressed as the header says")
    if answer.header("content-length") != str(len(answer.body)):
        raise ConnectionError("Connection error caused by: esmock: the body is shorter than announced")


def _answer(node: Any, answer: RawResponse, started: float) -> Any:
    from elastic_transport import ApiResponseMeta, HttpHeaders

    if answer.wire is not None:
        _spoil(answer.wire, answer)
    headers = HttpHeaders()
    for name, value in answer.headers:
        known = headers.get(name)
        headers[name] = value if known is None else f"{known}, {value}"
    meta = ApiResponseMeta(
        node=node.config,
        duration=time.perf_counter() - started,
        http_version="1.1",
        status=answer.status,
        headers=headers,
    )
    return _NodeApiResponse()(meta, answer.body)


def _NodeApiResponse() -> Any:
    from elastic_transport._node import NodeApiResponse

    return NodeApiResponse


def _wait(answer: Awaitable[RawResponse]) -> RawResponse:
    """Run a waiting endpoint to its end, also where this thread already has a running loop."""

    async def run() -> RawResponse:
        return await answer

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run())
    out: list[RawResponse] = []
    thread = threading.Thread(target=lambda: out.append(asyncio.run(run())))
    thread.start()
    thread.join()
    return out[0]
