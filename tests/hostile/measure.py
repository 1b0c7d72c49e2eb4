"""A server that is sent malformed requests, and what came of each."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from esmock.server import Server
from tests.hostile import bodies
from tests.hostile.generator import JSON as JSON_HEADERS
from tests.hostile.generator import SETUP, Hostile
from tests.wire import Wire, parse_all

LIMIT_SECONDS = 2.0
_BUG = b"esmock_internal_error"
_WAIT_SECONDS = 0.05
"""How long a broken request is waited for; it may well have no answer."""


@dataclass(frozen=True, slots=True)
class Met:
    """What came of a request; status 0 means no answer."""

    request: Hostile
    status: int
    body: bytes
    seconds: float

    @property
    def is_bug(self) -> bool:
        return _BUG in self.body

    def told(self) -> tuple[str, str, str, str, str]:
        """What a failing test prints."""
        one = self.request
        sent = one.body if one.body is not None else b"".join(one.pieces)
        return one.family, f"{one.method} {one.target[:80]}", repr(sent[:200]), f"{self.seconds:.1f} s", self.body.decode("utf-8", "replace")[-800:]


class Victim:
    """A server with an index ``h``."""

    def __init__(self, server: Server) -> None:
        self.wire = Wire(server)
        for method, target, tree in SETUP:
            status, _, body = self.wire.request(method, target, JSON_HEADERS, bodies.written(tree))
            assert status in (200, 201), body

    def meet(self, one: Hostile) -> Met:
        """Send a request."""
        begun = time.process_time()
        if one.pieces:
            sent, _ = self.wire.exchange(*one.pieces, wait_seconds=_WAIT_SECONDS)
            # the version is that of the request, as broken as it came
            status = re.match(rb"[^ ]* (\d{3})", sent)
            return Met(one, int(status[1]) if status else 0, sent.partition(b"\r\n\r\n")[2], time.process_time() - begun)
        answer = parse_all(self.wire.send(one.method, one.target, one.headers, one.body), one.method)
        return Met(one, answer.status, answer.body, time.process_time() - begun)

    def is_well(self) -> bool:
        """Whether an ordinary request is answered."""
        return self.wire.request("GET", "/")[0] == 200
