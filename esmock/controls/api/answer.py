"""Answers of the control API."""

from __future__ import annotations

from typing import Any

import orjson

from esmock.controls.refusal import ControlError
from esmock.wire import RawResponse

Json = Any
_SAFE = [("x-content-type-options", "nosniff"), ("cache-control", "no-store")]


def answer(body: Json, status: int = 200) -> RawResponse:
    """A JSON answer."""
    return content(orjson.dumps(body), "application/json", status)


def content(data: bytes, kind: str, status: int = 200, *headers: tuple[str, str]) -> RawResponse:
    """An answer of any type."""
    named = [("content-type", kind), ("content-length", str(len(data))), *_SAFE, *headers]
    return RawResponse(status, named, data)


def refused(error: ControlError) -> RawResponse:
    """The answer to what cannot be done."""
    return answer(error.body(), error.status)
