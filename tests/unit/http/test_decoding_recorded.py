"""What is sent below HTTP's surface, as 7.10.2, 7.17.29 and 8.19.21 answer it.

Source: recordings made by ``fixtures/record_http.py``. Relaxations: ``took`` (0), ``allow_sorted`` (the engine prints it in the order of
a hash set that differs from start to start).
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from esmock.http.connection import Connection
from esmock.http.netty import Rules
from tests.scripts import recorder

FIXTURES = Path(__file__).parents[3] / "fixtures"
VERSIONS = [path.parent.name for path in sorted(FIXTURES.glob("recorded/*/http_decoding.json"))]

DIFFERS = {
    ("7.10.2", "chunkneg"): "hangs up on a negative chunk size; esmock says what is wrong with it",
    ("7.17.29", "chunkbig"): "hangs up on a chunk size beyond an int; esmock says what is wrong with it",
}


REQUESTS: dict[str, str] = recorder("http").cases()


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def normal(answer: str) -> str:
    answer = re.sub(r'"took":\d+', '"took":0', answer)
    answer = re.sub(r"(?<=Allow: )[A-Z,]+", lambda found: ",".join(sorted(found[0].split(","))), answer)
    return re.sub(r"(?<=allowed: \[)[A-Z, ]+", lambda found: ", ".join(sorted(found[0].split(", "))), answer)


def exchange(server, request: bytes, piece: int) -> tuple[str, bool]:
    """Feed a request in pieces of so many bytes."""
    transport = Transport()
    connection = Connection(server.handle, Rules.of(server.cluster.behaviour), set())
    connection.connection_made(transport)
    for start in range(0, len(request), piece):
        if not transport.closed:
            connection.feed(request[start : start + piece])
    return transport.written.decode("latin-1"), transport.closed


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("piece", [1 << 20, 7, 1])
def test_bytes_are_answered_as_recorded(raw, version, piece):
    exchanges = json.loads((FIXTURES / "recorded" / version / "http_decoding.json").read_text("utf-8"))["exchanges"]
    server = raw(version, frozen_at_ms=0).server  # took is 0 where nothing takes time
    wrong = []
    for one in exchanges:
        name = one["case"]
        if (version, name) in DIFFERS:
            continue
        request = REQUESTS[name].encode("latin-1")
        if piece == 1 and len(request) > 1000:
            continue
        answer, closed = exchange(server, request, piece)
        if (normal(answer), closed) != (normal(one["answer"]), one["closed"]):
            wrong.append((name, one["answer"], answer, one["closed"], closed))
    assert len(exchanges) > 120
    assert not wrong, "\n".join(map(str, wrong))
