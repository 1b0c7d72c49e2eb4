"""A load generator: so many connections, one request outstanding on each, answers counted."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from urllib.parse import urlsplit


def message(method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """A request's bytes."""
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\n"
    if body:
        head += f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


class Answer:
    """Cuts answers out of a stream by their length or their last chunk."""

    def __init__(self) -> None:
        self.buffer = b""
        self.status = 0

    def take(self, data: bytes) -> bool:
        """Whether one answer is complete; it is then forgotten but for its status."""
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(self.buffer) < end + 4 + length:
                return False
        elif not self.buffer.endswith(b"0\r\n\r\n"):
            return False
        self.status = int(self.buffer[9:12])
        self.buffer = b""
        return True


def rate(url: str, messages: Sequence[bytes], *, connections: int = 8, seconds: float = 3.0) -> float:
    """Answers per second, the messages sent in turn. Raises AssertionError for an answer that is not 200."""
    parts = urlsplit(url)
    selector = selectors.DefaultSelector()
    sent = 0
    for _ in range(connections):
        sock = socket.create_connection((parts.hostname, parts.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ, Answer())
        sock.sendall(messages[sent % len(messages)])
        sent += 1
    done, started = 0, time.perf_counter()
    until = started + seconds
    while time.perf_counter() < until:
        for key, _ in selector.select(1.0):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            if key.data.take(sock.recv(1 << 20)):
                assert key.data.status == 200, key.data.status
                done += 1
                sock.sendall(messages[sent % len(messages)])
                sent += 1
    taken = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    return done / taken
