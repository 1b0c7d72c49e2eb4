"""Reading queries: the object with one name, and what leaf queries have in common.

Source: REST layer, query DSL errors; recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from esmock.errors import ApiError, IllegalArgument, NamedObjectNotFound, Parsing, XContentParse
from esmock.search.query.base import ParseContext, Query
from esmock.xcontent import value_reader
from esmock.xcontent.jackson import At
from esmock.xcontent.json_writer import dumps_pretty
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, standing, stood, token, token_behind
from esmock.xcontent.similar import suggestion

Json = Any
_PLACES = tuple(map(re.compile, (r"\A\[(-?\d+):(\d+)\] ", r"at \[(\d+):(\d+)\]$", r"at (\d+):(\d+)")))
"""How messages tell where they were thrown."""


def parse_query(holder: Json, key: str | int, ctx: ParseContext) -> Query:
    """Read the query that stands at ``holder[key]``.

    Raises:
        Parsing, IllegalArgument: as AbstractQueryBuilder words them.
    """
    from esmock.search.query import QUERIES

    node = holder[key]
    if not isinstance(node, dict):
        at = token_behind(holder, key)[1] if isinstance(holder, list) else at_value(holder, key)
        raise Parsing("[_na] query malformed, must start with start_object", at)
    if not node:
        line, column = at_end(node)
        raise IllegalArgument(f"query malformed, empty clause found at [{line}:{column}]")
    name = next(iter(node))
    body = node[name]
    if ctx.compatible and name in _REMOVED_IN_EIGHT:
        raise _removed(name, at_value(node, name), ctx)
    cls: Any = QUERIES.get(name)
    if cls is not None and not _is_known(cls, ctx):
        cls = None
    if not isinstance(body, dict) and not (cls is not None and getattr(cls, "takes_scalar", False)):
        raise Parsing(f"[{name}] query malformed, no start_object after query name", at_value(node, name))
    if cls is None:
        refuse_known(name)
        at = at_value(node, name)
        cause = NamedObjectNotFound(f"unknown field [{name}]", at)
        known = [one for one, its in QUERIES.items() if _is_known(its, ctx)]
        raise Parsing(f"unknown query [{name}]{suggestion(name, (*known, *NOT_BUILT))}", at, cause=cause)
    if ctx.depth >= ctx.max_depth and ctx.behaviour.major >= 8:
        too_deep = IllegalArgument(
            "The nested depth of the query exceeds the maximum nested depth for queries set in "
            "[indices.query.bool.max_nested_depth]"
        )
        raise standing(too_deep, at_value(node, name))
    try:
        query: Query = cls.parse(body, ctx)
    except ApiError as error:
        raise _at_its_end(error, body) from None
    if query.boost < 0:
        raise _negative_boost(name, body, ctx)
    if len(node) > 1:
        second = list(node)[1]
        raise Parsing(
            f"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", at_name(node, second)
        )
    if ctx.check is not None:
        try:
            ctx.check(query)
        except ApiError as error:
            raise standing(error, at_end(body) if isinstance(body, dict) else at_end(node)) from None
    return query


def _at_its_end(error: ApiError, body: Json) -> ApiError:
    """What a query's builder refuses is refused when its object has been read."""
    if isinstance(body, dict) and _told_place(error) is None:
        with contextlib.suppress(NeedsPositions):
            standing(error, at_end(body))
    return error


def _negative_boost(name: str, body: Json, ctx: ParseContext) -> ApiError:
    """The error tells the query in full, with the boost that it has until then."""
    from esmock.search.query.shown import shown

    query = dumps_pretty(shown(name, body, ctx.behaviour, is_refused=True)).decode().rstrip()
    error = IllegalArgument(f"negative [boost] are not allowed in [{query}], use a value between 0 and 1 to deboost")
    return _met_by_declared(name, body, error) if name in _DECLARED and "boost" in body else error


def _met_by_declared(name: str, body: Json, error: ApiError) -> ApiError:
    """What a declarative parser makes of an error that it meets at the boost."""
    how = _DECLARED[name]
    if "late" in how:
        printed = "feature" if name == "rank_feature" else name
        return XContentParse(f"Failed to build [{printed}] after last required field arrived", None, cause=error)
    at = at_value(body, "boost")
    inner = XContentParse(f"[{name}] failed to parse field [boost]", at, cause=error)
    if "built" in how:
        built = f"failed to build [{name}] after last required field arrived"
        inner = XContentParse(built, at, cause=inner)
    if "parsing" in how:
        return Parsing(inner.reason or "", at_end(body) if "built" in how else at, cause=inner)
    return inner


_DECLARED: Mapping[str, tuple[str, ...]] = {
    "match_all": ("parsing",), "ids": ("parsing",), "sparse_vector": ("built", "parsing"), "knn": ("built",), "percolate": ("built",),
    "bool": (), "distance_feature": (), "combined_fields": (),
    "rank_feature": ("late",), "script_score": ("late",),
}  # fmt: skip
"""Queries whose parser finds a negative boost while it stands there, and how its error is wrapped."""
_REMOVED_IN_EIGHT = {
    "type": "[types removal] Type queries are deprecated, prefer to filter on a field instead.",
    "common": (
        "Common Terms Query usage is not supported. Use [match] query which can efficiently skip blocks of documents if the "
        "total number of hits is not tracked."
    ),
}
"""Queries that 8.x still knows by name when it is to be compatible with 7, and what it says of them."""


def _removed(name: str, at: Any, ctx: ParseContext) -> Parsing:
    text_ = _REMOVED_IN_EIGHT[name]
    if name == "common":
        ctx.warn(f"Deprecated field [{name}] used, replaced by [{text_}]")
    ctx.warn(text_)
    return Parsing(text_, at)


def _is_known(cls: Any, ctx: ParseContext) -> bool:
    """Whether this version has the query: some came or went with a major version."""
    if not ctx.behaviour.has(getattr(cls, "since_release", (0, 0))):
        return False
    return bool(getattr(cls, "since", 0) <= ctx.behaviour.major < getattr(cls, "removed_in", 99))


NOT_BUILT = (
    "span_gap", "text_expansion", "weighted_tokens",
    "exact_knn", "kql", "search_as_you_type",
)
"""Queries that some version knows and esmock does not have."""


def refuse_known(name: str) -> None:
    """Raise Unsupported for a query that Elasticsearch has and esmock lacks."""
    if name in NOT_BUILT:
        from esmock.errors import Unsupported

        raise Unsupported(f"query [{name}]")


def text(holder: Json, key: Any, ctx: value_reader.Told) -> str:
    """The text of a scalar, as ``parser.text()``. Raises for structures."""
    return value_reader.text(holder, key, ctx)


float_value = value_reader.float_
int_value = value_reader.integer
boolean_value = value_reader.boolean


def raw(query: str) -> Option:
    """A reader of a value as it stands; the parser steps into an array and keeps the bracket that ends it.

    It raises Parsing for what it takes for an option of the query inside of an object, and for an empty object, which ends the
    query for the parser, so that in the end it meets a bracket too many.
    """

    def read(holder: Json, key: Any, ctx: ParseContext) -> Json:
        value = holder[key]
        if not isinstance(value, dict | list):
            return value
        for _, inside, at in _met_in("", [value]) if isinstance(value, list) else ((None, holder, key),):
            _refuse_object(query, inside, at)
        return "]"

    return read


def _refuse_object(query: str, holder: Json, key: Any) -> None:
    """Raise Parsing where an object stands instead of a value."""
    value = holder[key]
    if not isinstance(value, dict):
        return
    for name in value:
        raise Parsing(f"[{query}] query does not support [{name}]", at_value(value, name))
    raise Overrun(holder)


class Overrun(Parsing):
    """The error of a parser that took the end of an inner object for its own: in the end it meets a bracket too many."""

    type = "parsing_exception"

    def __init__(self, holder: Json) -> None:
        at_end(holder)
        super().__init__("Unexpected token [END_OBJECT] found after the main object.", holder.reader.place)


def members_inside(body: Json) -> Iterator[tuple[str, Json, Any]]:
    """What a parser meets that looks at values alone: it steps into objects, too, and takes the end of one for its own.

    Raises Overrun where that leaves too many brackets.
    """
    for name, holder, key in met(body):
        if not isinstance(holder[key], dict):
            yield name, holder, key
            continue
        yield from members_inside(holder[key])
        raise Overrun(holder)


def flag(holder: Json, key: Any, ctx: ParseContext) -> bool:
    """A boolean as an option is read."""
    return boolean_value(holder, key)


def whole(holder: Json, key: Any, ctx: ParseContext) -> int:
    """A whole number as an option is read."""
    return int_value(holder, key)


def decimal(holder: Json, key: Any, ctx: ParseContext) -> float:
    """A float as an option is read."""
    return float_value(holder, key)


def scalar(value: Json) -> bool:
    """Whether a value is text, a number or a boolean; null is none of them."""
    return value is not None and not isinstance(value, dict | list)


def met(body: Json) -> Iterator[tuple[str, Json, Any]]:
    """(name, holder, key) of what a parser meets that walks an object token by token.

    The values and objects; those of an array come one by one under its name, and nulls are nothing to it.
    """
    for name, value in body.items():
        if isinstance(value, list):
            yield from _met_in(name, value)
        elif value is not None:
            yield name, body, name


def _met_in(name: str, array: Json) -> Iterator[tuple[str, Json, Any]]:
    for at, value in enumerate(array):
        if isinstance(value, list):
            yield from _met_in(name, value)
        elif value is not None:
            yield name, array, at


def read_met(
    query: str, body: Json, ctx: ParseContext, values: dict[str, Option], objects: dict[str, Option]
) -> dict[str, Any]:
    """The attributes of a query whose parser walks it token by token; ``boost`` and ``_name`` always count.

    Raises:
        Parsing: ``[nested] query does not support [x]``.
    """
    known = {"boost": decimal, "_name": text, **values}
    out: dict[str, Any] = {}
    for name, holder, key in met(body):
        reader = (objects if isinstance(holder[key], dict) else known).get(name)
        if reader is None:
            raise Parsing(f"[{query}] query does not support [{name}]", at_value(holder, key))
        out["query_name" if name == "_name" else name] = reader(holder, key, ctx)
    return out


Option = Callable[[Json, Any, ParseContext], Any]


def options(
    query: str, body: Json, ctx: ParseContext, known: Mapping[str, Option], *, kinds: str | None = None
) -> dict[str, Any]:
    """Read the scalar options of a query's inner object; ``boost`` and ``_name`` always count.

    Raises:
        Parsing: ``[match] query does not support [x]`` at the value.
    """
    out: dict[str, Any] = {}
    for key in body:
        if kinds is not None and not scalar(body[key]):
            raise Parsing(f"[{query}] {kinds} [{token(body[key])}] after [{key}]", at_value(body, key))
        reader = known.get(key)
        if reader is not None:
            out[key] = reader(body, key, ctx)
        elif key == "boost":
            out["boost"] = float_value(body, key)
        elif key == "_name":
            out["query_name"] = text(body, key, ctx)
        else:
            raise Parsing(f"[{query}] query does not support [{key}]", at_value(body, key))
    return out


def members(body: Json) -> Iterator[tuple[str, Json, Any]]:
    """(name, holder, key) of what an object holds, as ``met`` tells it of parsers that step into arrays."""
    return ((name, body, name) for name in body)


def one_field(
    query: str, members: Iterable[tuple[str, Json, Any]], read: Callable[[str, Json, Any], dict[str, Any]]
) -> dict[str, Any]:
    """Read ``{"FIELD": ...}`` of a leaf query with one field; beside it even ``boost`` is taken for a field.

    Args:
        members: name, holder and key of what the parser meets in the query.
        read: (field, holder, key) to the attributes that stand under the field.

    Raises:
        Parsing: a second field.
    """
    out: dict[str, Any] = {}
    for name, holder, key in members:
        if "field" in out:
            reason = f"[{query}] query doesn't support multiple fields, found [{out['field']}] and [{name}]"
            raise Parsing(reason, at_value(holder, key))
        out = {"field": name, **read(name, holder, key)}
    return out


def parser_error(parser: str, field: str, at: Any, cause: ApiError) -> XContentParse:
    """A declarative parser's error around one of its fields."""
    return XContentParse(f"[{parser}] failed to parse field [{field}]", at, cause=cause)


def placed(read: Callable[[Json, Any, ParseContext], Any]) -> value_reader.Reader:
    """A field's reader from one that takes a ParseContext; its errors tell where the parser stood."""

    def reader(body: Json, key: Any, reading: Any) -> Any:
        try:
            return read(body, key, reading)
        except NeedsPositions:
            raise
        except ApiError as error:
            raise standing(error, place_of(error, body, key)) from None

    return reader


def place_of(error: ApiError, holder: Json, key: Any) -> At:
    """Where the parser stood when an inner error was thrown."""
    at = _told_place(error)
    if at is not None:
        return at
    value = holder[key]
    return at_end(value) if isinstance(value, dict | list) else at_value(holder, key)


def _told_place(error: ApiError) -> At | None:
    """The place that an error knows, or that its message tells."""
    at = stood(error)
    match = None if at is not None else next(filter(None, (one.search(error.reason or "") for one in _PLACES)), None)
    return at if match is None else (int(match[1]), int(match[2]))
