"""Fixtures of esmock's own tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from esmock.server import Server
from esmock.wire import RawRequest, RawResponse

# a busy machine is no failure: nothing in these tests is timed
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The makers' tests and pages, where they lie beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the makers' tests are not beside this checkout")
    return SHARED


class Raw:
    """Bytes in, bytes out, without a socket."""

    def __init__(self, version: str, **settings: Any) -> None:
        self.server = Server(version=version, **settings)

    def __call__(
        self, line: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> RawResponse:
        """Send ``METHOD /path`` with a JSON body (or text, or bytes as they are)."""
        method, _, target = line.partition(" ")
        sent = [(name.lower(), value) for name, value in (headers or {}).items()]
        data = b""
        if body is not None:
            data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
            if not any(name == "content-type" for name, _ in sent):
                lines = "_bulk" in target or "_msearch" in target
                sent.append(("content-type", "application/x-ndjson" if lines else "application/json"))
        answer = self.server.handle(RawRequest(method, target, sent, data))
        assert isinstance(answer, RawResponse), "this endpoint waits; ask it over HTTP"
        return answer

    def json(self, line: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """The answer's tree."""
        return json.loads(self(line, body, headers).body)


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """``raw("7.10.2")`` makes a cluster of that version and a function to ask it."""
    made: list[Raw] = []

    def make(version: str = "9.5.3", **settings: Any) -> Raw:
        made.append(Raw(version, **settings))
        return made[-1]

    yield make
    for one in made:
        one.server.check()
