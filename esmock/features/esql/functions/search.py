"""Functions that search as queries do. Docs: esql-search-functions."""

from __future__ import annotations

from typing import Any

from esmock.features.esql.block import Block
from esmock.features.esql.functions.function import Evaluation, Function, Refused, wrong_type
from esmock.features.esql.tree import Call, Literal, Name, Options
from esmock.features.esql.types import ANY

Json = Any
_MATCHED = ("keyword", "text", "boolean", "datetime", "date_nanos", "double", "integer", "ip", "long", "unsigned_long", "version")
_SHOWN = "keyword, text, boolean, date, date_nanos, double, integer, ip, long, unsigned_long, version"


def _match_type(call: Call) -> str:
    field, query = call.arguments[:2]
    if field.type == "null":
        raise Refused(f"first argument of [{call.text}] cannot be null, received [{field.text}]")
    if field.type not in _MATCHED:
        raise Refused(wrong_type("first ", call, _SHOWN, field))
    if call.name == "match_phrase" and field.type not in ("keyword", "text"):
        raise Refused(wrong_type("first ", call, "keyword, text", field))
    if not query.is_constant:
        raise Refused(f"second argument of [{call.text}] must be a constant, received [{query.text}]")
    if query.type == "null":
        raise Refused(f"second argument of [{call.text}] cannot be null, received [{query.text}]")
    if field.type in ("keyword", "text") and query.type not in ("keyword", "text"):
        raise Refused(f"first argument of [{call.text}] is [{field.type}] so second argument must also be [{field.type}] but was [{query.type}]")
    if not isinstance(field, Name):
        shown = "[:] operator" if call.name == ":" else f"[{call.name.upper()}] function"
        raise Refused(f"{shown} cannot operate on [{field.text}], which is not a field from an index mapping")
    return "boolean"


def _query_type(call: Call) -> str:
    query = call.arguments[0]
    if query.type not in ("keyword", "text", "null"):
        raise Refused(wrong_type("" if len(call.arguments) == 1 else "first ", call, "keyword, text", query))
    if not query.is_constant:
        raise Refused(f"first argument of [{call.text}] must be a constant, received [{query.text}]")
    return "boolean"


def _searched(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    raise AssertionError(f"[{call.name}] is computed with its page")


def query_of(call: Call) -> dict[str, Json]:
    """The query that a call stands for."""
    if call.name == "qstr":
        options = _options(call, 1)
        return {"query_string": {"query": _value(call, 0), **options}}
    field = call.arguments[0]
    assert isinstance(field, Name)
    if call.name == "match_phrase":
        return {"match_phrase": {field.name: {"query": _value(call, 1), **_options(call, 2)}}}
    return {"match": {field.name: {"query": _value(call, 1), "lenient": True, **_options(call, 2)}}}


def _value(call: Call, place: int) -> Json:
    found = call.arguments[place]
    return found.value if isinstance(found, Literal) else None


def _options(call: Call, place: int) -> dict[str, Json]:
    found = call.arguments[place] if place < len(call.arguments) else None
    return dict(found.entries) if isinstance(found, Options) else {}


SEARCHES = frozenset((":", "match", "match_phrase", "qstr"))
FUNCTIONS = (
    Function(":", (ANY, ANY), _match_type, _searched),
    Function("match", (ANY, ANY, ANY), _match_type, _searched, least=2, arity="expects two or three arguments"),
    Function("match_phrase", (ANY, ANY, ANY), _match_type, _searched, least=2, arity="expects two or three arguments"),
    Function("qstr", (ANY, ANY), _query_type, _searched, least=1, arity="expects one or two arguments"),
)
