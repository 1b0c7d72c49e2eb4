"""Queries that Elasticsearch reads with a declarative parser (``match_all``, ``ids``, ``bool``)."""

from __future__ import annotations

from typing import Any

from esmock.errors import ApiError, Parsing, XContentParse
from esmock.search.query.base import ParseContext
from esmock.search.query.parse import float_value, place_of, text
from esmock.xcontent.located import NeedsPositions, at_name, at_value, token
from esmock.xcontent.object_parser import Parser, float_, string
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import Reading

Json = Any
Fields = dict[str, tuple[str, tuple[str, ...]]]

_ALWAYS: Fields = {
    "boost": ("float", ("VALUE_NUMBER", "VALUE_STRING")),
    "_name": ("string", ("VALUE_STRING",)),
}


STANDARD = (float_("boost"), string("_name"))
"""What every query has."""


def read_query(parser: Parser, body: Json, ctx: ParseContext) -> dict[str, Any]:
    """What a query's parser finds, as the attributes of a ``Query``. Raises XContentParse, IllegalArgument."""
    found: dict[str, Any] = parser.parse(body, Reading(ctx.behaviour, ctx.warn))
    return {"query_name" if key == "_name" else key: value for key, value in found.items()}


def parse_declared(parser: str, body: Json, ctx: ParseContext, fields: Fields) -> dict[str, Any]:
    """Read an object of declared fields; errors are ``parsing_exception`` around the parser's own.

    Args:
        fields: name to (reader, tokens); readers are ``float``, ``string``, ``strings``.
    """
    known = {**fields, **_ALWAYS}
    out: dict[str, Any] = {}
    for key in body:
        declared = known.get(key)
        value = body[key]
        if declared is None:
            raise _outer(XContentParse(f"[{parser}] unknown field [{key}]{suggestion(key, known)}", at_name(body, key)), body, key)
        reader, tokens = declared
        if token(value) not in tokens:
            raise _outer(
                XContentParse(f"[{parser}] {key} doesn't support values of type: {token(value)}", at_value(body, key)), body, key
            )
        try:
            read = _read(reader, body, key, ctx)
        except NeedsPositions:
            raise
        except ApiError as error:
            at = place_of(error, body, key)
            raise _outer(XContentParse(f"[{parser}] failed to parse field [{key}]", at, cause=error), body, key) from None
        out["query_name" if key == "_name" else key] = read
    return out


def _outer(error: XContentParse, body: Json, key: str) -> Parsing:
    return Parsing(error.reason or "", at_value(body, key), cause=error)


def _read(reader: str, body: Json, key: str, ctx: ParseContext) -> Any:
    if reader == "float":
        return float_value(body, key)
    if reader == "strings":
        value = body[key]
        if isinstance(value, list):
            return [text(value, at, ctx) for at in range(len(value))]
        return [text(body, key, ctx)]
    return text(body, key, ctx)


