"""A server that answers from a script, for tests of the instruments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from esmock.conformance.target import Answer, Request, Unreachable

Json = Any


def answer(body: Json = None, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A JSON answer; a ``str`` body is text, a ``bytes`` body and None are sent without a content type."""
    product = (("X-elastic-product", "Elasticsearch"),)
    if body is None:
        return Answer(status, (*product, *headers), b"")
    if isinstance(body, bytes):
        return Answer(status, (*product, *headers), body)
    if isinstance(body, str):
        return Answer(status, (*product, ("content-type", "text/plain; charset=UTF-8"), *headers), body.encode())
    content = json.dumps(body, ensure_ascii=False).encode()
    return Answer(status, (*product, ("content-type", "application/json"), *headers), content)


class ScriptedTarget:
    """Answers the next of a list, or by path, and remembers what was sent."""

    url = "http://scripted:9200"

    def __init__(self, *answers: Answer, paths: dict[str, Answer] | None = None) -> None:
        self.answers = list(answers)
        self.paths = paths or {}
        self.sent: list[Request] = []

    def send(self, method: str, target: str, body: bytes = b"", headers: Any = ()) -> Answer:
        for start, found in self.paths.items():
            if f"{method} {target}".startswith(start):
                return found
        self.sent.append(Request(method, target, tuple(headers), body))
        if not self.answers:
            raise Unreachable(f"{method} {target}: nothing left in the script")
        return self.answers.pop(0)

    @property
    def lines(self) -> list[str]:
        return [str(request) for request in self.sent]


@pytest.fixture
def scripted() -> Callable[..., ScriptedTarget]:
    return ScriptedTarget


@pytest.fixture
def answered() -> Callable[..., Answer]:
    return answer
