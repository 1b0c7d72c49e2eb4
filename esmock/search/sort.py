"""Sorting: what to sort by, the keys of a shard's documents, and the order of hits over shards.

Docs: sort-search-results. Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, Parsing, XContentParse
from esmock.search.query.base import ParseContext, QueryReading
from esmock.search.query.parse import parse_query, text
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.located import NeedsPositions, at_value, standing, stood, token_behind
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.version import Behaviour

Json = Any
SHARD_DOC = "_shard_doc"
"""Documents by shard and by their place in it, which tells them apart in a whole point in time."""
MODES = ("min", "max", "sum", "avg", "median")


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key.

    Args:
        field: a field, ``_score`` or ``_doc``.
        missing: ``_last``, ``_first`` or a value.
    """

    field: str
    descending: bool = False
    missing: Json = "_last"
    mode: str | None = None
    unmapped_type: str | None = None
    format: str | None = None
    numeric_type: str | None = None
    has_nested: bool = False
    nested_path: str | None = None
    nested_max_children: int | None = None
    nested_filter: Query | None = None
    nested_around: tuple[tuple[str | None, Query | None], ...] = ()
    """Path and filter of the levels of ``nested`` around the innermost one, from the outermost on."""
    values: Any = None
    """What computes the values where no field holds them: ``bind(shard)`` gives a function from a segment to a Column."""

    @property
    def is_score(self) -> bool:
        return self.field == "_score"

    @property
    def is_doc(self) -> bool:
        return self.field in ("_doc", SHARD_DOC)


def parse_sort(body: Json, key: str, ctx: ParseContext) -> list[Sort]:
    """Read ``sort``: a name, an object, or a list of both. Raises Parsing, XContentParse, IllegalArgument."""
    value = body[key]
    if isinstance(value, list):
        out: list[Sort] = []
        for index, one in enumerate(value):
            if isinstance(one, dict):
                out.extend(_object(one, ctx))
            elif isinstance(one, str):
                out.append(by_name(one))
            else:
                refused = IllegalArgument("malformed sort format, within the sort array, an object, or an actual string are allowed")
                raise standing(refused, at_value(value, index))
        return out
    if isinstance(value, dict):
        return _object(value, ctx)
    if isinstance(value, str | int | float):
        return [by_name(text(body, key, ctx))]
    raise IllegalArgument("malformed sort format, either start with array, object, or an actual string")


def by_name(name: str, order: str | None = None) -> Sort:
    """A sort by field alone; scores go downwards by default."""
    if order is None:
        return Sort(name, descending=name == "_score")
    return Sort(name, descending=order == "desc")


def _object(node: Json, ctx: ParseContext) -> list[Sort]:
    out = []
    for name in node:
        value = node[name]
        if isinstance(value, list) and value and isinstance(value[0], dict) and name not in _OTHERS:
            # ES: the parser steps over a bracket before it asks for an object
            out.append(_field_sort(value, 0, ctx, name))
        elif isinstance(value, dict):
            if name in ("_geo_distance", "_geoDistance"):
                from esmock.search.geo_sort import geo_sort

                out.append(geo_sort(value, ctx))
                continue
            if name == "_script":
                from esmock.search.script_sort import script_sort

                out.append(script_sort(node, name, ctx))
                continue
            out.append(_field_sort(node, name, ctx, name))
        elif isinstance(value, str):
            try:
                out.append(by_name(name, read_order(text(node, name, ctx))))
            except IllegalArgument as error:
                raise standing(error, at_value(node, name)) from None
        else:
            if name in ("_geo_distance", "_geoDistance"):
                raise IllegalArgument("Geo distance sorting needs at least one point.")
            kind, at = token_behind(node, name)
            parser = name if name in ("_score", "_script") else "field_sort"
            raise standing(XContentParse(f"[{parser}] Expected START_OBJECT but was: {kind}", at), at)
    return out


def read_order(name: str) -> str:
    """A direction by name. Raises IllegalArgument."""
    if name.lower() not in ("asc", "desc"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{name.upper()}")
    return name.lower()


def read_mode(name: str) -> str:
    """How several values become one. Raises IllegalArgument."""
    if name.lower() not in MODES:
        raise IllegalArgument(f"Unknown SortMode [{name}]")
    return name.lower()


_OTHERS = ("_geo_distance", "_geoDistance", "_script")


def _field_sort(holder: Json, key: Any, ctx: ParseContext, name: str) -> Sort:
    found: dict[str, Any] = (_SCORE_SORT if name == "_score" else _FIELD_SORT).read(holder, key, QueryReading.of(ctx))
    nested = found.pop("nested", None) or {}
    descending = found.pop("order", "desc" if name == "_score" else "asc") == "desc"
    return Sort(name, descending, **found, **nested)


def _read_order(holder: Json, key: Key, reading: Reading) -> str:
    return read_order(text(holder, key, reading))


def _read_mode(holder: Json, key: Key, reading: Reading) -> str:
    return read_mode(text(holder, key, reading))


def _read_nested(holder: Json, key: Key, reading: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    read_nested(found, holder[key], reading.ctx)
    return found


def _read_nested_path(holder: Json, key: Key, reading: Reading) -> str:
    reading.warn("[nested_path] has been deprecated in favor of the [nested] parameter")
    return text(holder, key, reading)


def _read_nested_filter(holder: Json, key: Key, reading: Any) -> Query:
    reading.warn("[nested_filter] has been deprecated in favour for the [nested] parameter")
    return _nested_filter(holder, str(key), reading.ctx)


def _numeric_type(kind: str) -> str:
    if kind not in ("long", "double", "date", "date_nanos"):
        raise IllegalArgument(f"invalid value for [numeric_type], must be [long, double, date, date_nanos], got {kind}")
    return kind


def _until_eight(behaviour: Behaviour) -> bool:
    return behaviour.major < 8


_ORDER = parsing.custom("order", ("VALUE_STRING",), _read_order)
_SCORE_SORT = Parser("_score", _ORDER)
_NESTED_PATH = parsing.custom("nested_path", ("VALUE_STRING",), _read_nested_path, in_version=_until_eight)
_NESTED_FILTER = parsing.custom("nested_filter", ("START_OBJECT",), _read_nested_filter, in_version=_until_eight)
NESTED = (_NESTED_PATH, _NESTED_FILTER, parsing.custom("nested", ("START_OBJECT",), _read_nested))
"""How a sort names nested objects: the option of today and the two that 7.x has besides."""
_FIELD_SORT = Parser(
    "field_sort",
    parsing.scalar("missing", then=lambda value: "_last" if value is None else value),
    _NESTED_PATH,
    parsing.string("unmapped_type"),
    _ORDER,
    parsing.custom("mode", ("VALUE_STRING",), _read_mode),
    *NESTED[1:],
    parsing.string("numeric_type", then=_numeric_type),
    parsing.string("format", in_version=lambda behaviour: behaviour.sort_format),
)  # fmt: skip


def read_nested(found: dict[str, Any], node: Json, ctx: ParseContext) -> None:
    """Read ``nested`` into the attributes of a sort. Raises Parsing, IllegalArgument."""
    level: dict[str, Any] = {"has_nested": True}
    inner: dict[str, Any] | None = None
    for key in node:
        if key == "path":
            level["nested_path"] = text(node, key, ctx)
        elif key == "filter":
            level["nested_filter"] = _nested_filter(node, key, ctx)
        elif key == "nested":
            if not isinstance(node[key], dict):
                raise standing(IllegalArgument("malformed nested sort format, must start with an object"), at_value(node, key))
            inner = {}
            read_nested(inner, node[key], ctx)
        elif key == "max_children":
            from esmock.search.query.parse import int_value

            try:
                level["nested_max_children"] = int_value(node, key)
            except IllegalArgument as error:
                raise standing(error, at_value(node, key)) from None
        else:
            raise standing(IllegalArgument(f"malformed nested sort format, unknown field name [{key}]"), at_value(node, key))
    if inner is not None:
        around = (level.get("nested_path"), level.get("nested_filter"))
        level = {**inner, "nested_around": (around, *inner.get("nested_around", ()))}
    found.update(level)


def _nested_filter(node: Json, key: str, ctx: ParseContext) -> Query:
    """A filter of nested objects. Raises Parsing, with what is wrong with it as the cause."""
    try:
        if not isinstance(node[key], dict):
            raise Parsing("[_na] query malformed, must start with start_object", token_behind(node, key)[1])
        return parse_query(node, key, ctx)
    except NeedsPositions:
        raise
    except ApiError as error:
        name = "nested_filter" if ctx.behaviour.major < 8 else "filter"
        at = stood(error) or at_value(node, key)
        raise Parsing(f"Expected {name} element.", at, cause=error) from None
