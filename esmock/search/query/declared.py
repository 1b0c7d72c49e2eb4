"""Objects of declared fields, each with a reader of its own; errors name where the parser stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, XContentParse
from esmock.search.query.parse import Overrun, place_of
from esmock.xcontent.located import NeedsPositions, at_name, at_value, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext

Json = Any
Reader = Callable[[Json, str, "ParseContext"], Any]
Declared = Mapping[str, tuple[Reader, tuple[str, ...]]]
"""Name to reader and the tokens that a value may begin with."""


class Stopped(XContentParse):
    """The error of a parser that stopped at a place of its own."""

    type = "x_content_parse_exception"

    def __init__(self, reason: str, at: tuple[int, int], stopped: tuple[int, int], *, cause: ApiError | None = None) -> None:
        super().__init__(reason, at, cause=cause)
        self.stopped = stopped


def parse_declared(parser: str, body: Json, ctx: ParseContext, fields: Declared) -> dict[str, Any]:
    """Read an object of declared fields. Raises XContentParse around what a field's reader raises."""
    out: dict[str, Any] = {}
    for key in body:
        if key not in fields:
            raise Stopped(f"[{parser}] unknown field [{key}]{suggestion(key, fields)}", at_name(body, key), at_value(body, key))
        read, tokens = fields[key]
        here = token(body[key])
        if here not in tokens:
            at = at_value(body, key)
            raise Stopped(f"[{parser}] {key} doesn't support values of type: {here}", at, at)
        try:
            found = read(body, key, ctx)
        except (NeedsPositions, Overrun):
            raise
        except ApiError as error:
            at = getattr(error, "stopped", None) or place_of(error, body, key)
            raise Stopped(f"[{parser}] failed to parse field [{key}]", at, at, cause=error) from None
        out.update(found if key == "regex" else {key: found})
    return out


def standing_at(error: ApiError, at: tuple[int, int]) -> ApiError:
    """An error of a value inside of a field's, where the parser stopped."""
    error.stopped = at  # type: ignore[attr-defined]
    return error
