"""Reading retrievers: at the top of a search, and inside of others. Source: recordings of 8.19.21."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from esmock.errors import ApiError, NamedObjectNotFound, Parsing, Unsupported, XContentParse
from esmock.search.query.parse import parse_query, place_of, placed
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, standing
from esmock.xcontent.object_parser import Astray, Field, Parser, custom, float_, found_instead, string
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext, Query
    from esmock.search.retriever.base import Retriever
    from esmock.xcontent.value_reader import Key, Reading

Json = Any


def top_retriever(holder: Json, key: str, ctx: ParseContext) -> Retriever:
    """``retriever`` of a search. Raises Parsing, and what the retriever itself raises."""
    node = holder[key]
    if not node:
        raise Parsing("retriever malformed, empty clause found", at_end(node))
    name = next(iter(node))
    if not isinstance(node[name], dict):
        raise Parsing(f"[{name}] retriever malformed, no [START_OBJECT] after retriever name", at_value(node, name))
    cls = _class_of(name, ctx)
    if cls is None:
        at = at_value(node, name)
        cause = NamedObjectNotFound(f"unknown field [{name}]", at)
        raise Parsing(f"unknown retriever [{name}]{suggestion(name, _names(ctx))}", at, cause=cause)
    found = cls.read(node, name, ctx)
    if len(node) > 1:
        second = list(node)[1]
        raise Parsing(f"[{name}] malformed retriever, expected [END_OBJECT] but found [FIELD_NAME]", at_name(node, second))
    return found


def inner_retriever(holder: Json, key: Key, reading: Reading) -> Retriever:
    """A Reader: the retriever of a retriever."""
    node, ctx = holder[key], context(reading)
    if not node:
        at = at_end(node)
        raise _inner_error("retriever", NamedObjectNotFound("unknown field [retriever]", at), at)
    name = next(iter(node))
    if (cls := _class_of(name, ctx)) is None:
        at = at_name(node, name)
        raise _inner_error(name, NamedObjectNotFound(f"unknown field [{name}]", at), at)
    try:
        found = cls.read(node, name, ctx)
    except NeedsPositions:
        raise
    except ApiError as error:
        if isinstance(error, Unsupported):
            raise
        raise _inner_error(name, error, place_of(error, node, name)) from None
    if len(node) > 1:
        at = at_name(node, list(node)[1])
        raise standing(Astray("parser for [retriever] did not end on END_OBJECT", at), at)
    return found


def _inner_error(name: str, cause: ApiError, at: Any) -> ApiError:
    return standing(XContentParse(f"[retriever] failed to parse field [{name}]", at, cause=cause), at)


def _class_of(name: str, ctx: ParseContext) -> Any:
    from esmock.search.retriever import NOT_BUILT, RETRIEVERS

    if name in NOT_BUILT and ctx.behaviour.has(NOT_BUILT[name]):
        raise Unsupported(f"retriever [{name}]")
    cls: Any = RETRIEVERS.get(name)
    return cls if cls is not None and ctx.behaviour.has(cls.since_release) else None


def _names(ctx: ParseContext) -> Iterable[str]:
    from esmock.search.retriever import NOT_BUILT, RETRIEVERS

    since: dict[str, tuple[int, int]] = {name: cls.since_release for name, cls in RETRIEVERS.items()} | NOT_BUILT  # type: ignore[attr-defined]
    return [name for name, release in since.items() if ctx.behaviour.has(release)]


def context(reading: Reading) -> ParseContext:
    """What queries need to be read, where a retriever's parser hands it on as its own."""
    return cast("ParseContext", reading)


def _filters(body: Json, key: Any, ctx: ParseContext) -> list[Query]:
    value = body[key]
    if isinstance(value, dict):
        return [parse_query(body, key, ctx)]
    out = []
    for at, one in enumerate(value):
        if not isinstance(one, dict):
            raise Parsing("[_na] query malformed, must start with start_object", found_instead(value, at)[1])
        out.append(parse_query(value, at, ctx))
    return out


BASE: tuple[Field, ...] = (
    custom("filter", ("START_OBJECT", "START_ARRAY"), placed(_filters)),
    float_("min_score"),
    string("_name"),
)
"""What every retriever takes."""


def inner_field(**more: Any) -> Field:
    """``retriever``, the one that another works on."""
    return custom("retriever", ("START_OBJECT",), inner_retriever, **more)


def read_object(parser: Parser, holder: Json, key: str | int, ctx: ParseContext) -> dict[str, Any]:
    """The options of a retriever by attribute."""
    found: dict[str, Any] = parser.read(holder, key, cast("Reading", ctx))
    if "_name" in found:
        found["retriever_name"] = found.pop("_name")
    return found


def read_wrapped(parser: Parser, holder: Json, key: str | int, ctx: ParseContext) -> dict[str, Any]:
    """The same where everything that is wrong becomes a parsing error with its words."""
    try:
        return read_object(parser, holder, key, ctx)
    except NeedsPositions:
        raise
    except ApiError as error:
        if isinstance(error, Unsupported):
            raise
        at = getattr(error, "parser_at", None) or at_end(holder[key])
        raise standing(Parsing(error.reason or "", at, cause=error), at) from None
