"""The body of an update, alone or in a bulk line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.source_params import of_body
from esmock.errors import XContentParse
from esmock.state.write_request import UpdateBody
from esmock.xcontent.located import at_name, at_start, at_value, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.api.request import Request

Json = Any

_NAMES = (
    "script",
    "scripted_upsert",
    "upsert",
    "doc",
    "doc_as_upsert",
    "detect_noop",
    "_source",
    "if_seq_no",
    "if_primary_term",
)


def parse_update(request: Request) -> UpdateBody:
    """Body parser of ``update``. An absent body is an empty one: validation says what is missing."""
    if not request.content:
        return UpdateBody()
    return read_update(request.read(request.content, request.content_format or "json"))


def read_update(body: Json) -> UpdateBody:
    """Read the tree of an update body.

    Raises:
        XContentParse: unknown fields and values of a wrong kind, with their place.
    """
    if not isinstance(body, dict):
        raise XContentParse(f"[UpdateRequest] Expected START_OBJECT but was: {token(body)}", at_start(body))
    update = UpdateBody()
    for key, value in body.items():
        if key not in _NAMES:
            raise XContentParse(
                f"[UpdateRequest] unknown field [{key}]{suggestion(key, _NAMES)}", at_name(body, key)
            )
        if key in ("doc", "upsert"):
            _require(body, key, isinstance(value, dict))
            setattr(update, key, value)
        elif key in ("scripted_upsert", "doc_as_upsert", "detect_noop"):
            _require(body, key, isinstance(value, bool) or value in ("true", "false"))
            setattr(update, key, value in (True, "true"))
        elif key == "script":
            _require(body, key, isinstance(value, dict | str))
            update.script = value
        elif key == "_source":
            update.source_filter = of_body(value)
    return update


def _require(body: Json, key: str, is_right: bool) -> None:
    if not is_right:
        kind = token(body[key])
        raise XContentParse(f"[UpdateRequest] {key} doesn't support values of type: {kind}", at_value(body, key))
