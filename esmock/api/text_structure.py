"""Structure of texts: how they could be indexed, and what a grok pattern finds in them. Docs: find-structure, test-grok-pattern.

Source: the published specification and the docs pages of 7.13 to 9.5; no engine that could be asked has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import Param, boolean, integer, string, time
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, Unsupported
from esmock.script.grok_patterns import ECS_MODES
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.object_parser import Parser, strings
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.script.grok import Expression
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_PARSER = Parser("test_grok_pattern_request", text("grok_pattern", required=True), strings("text", required=True))


def _check_mode(request: Request) -> None:
    mode = request.raw.get("ecs_compatibility", "disabled")
    if mode not in ECS_MODES:
        raise IllegalArgument(f"[ecs_compatibility] must be one of [disabled, v1] if specified, got [{mode}]")


def _body(request: Request) -> dict[str, Json]:
    _check_mode(request)
    found: dict[str, Json] = _PARSER.parse(request.required_json(), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "text_structure.test_grok_pattern",
    "GET,POST /_text_structure/test_grok_pattern",
    params={"ecs_compatibility": string("disabled")},
    docs="test-grok-pattern",
    body=_body,
    action="cluster:monitor/text_structure/test_grok_pattern",
    since=(8, 13),
)
def test_grok_pattern(cluster: Cluster, request: Request) -> Response:
    """Where a pattern finds its fields."""
    from esmock.script.grok import Expression
    from esmock.script.grok_patterns import built_in

    expression = Expression(request.parsed["grok_pattern"], built_in(request.behaviour, request.param("ecs_compatibility")))
    return Response(200, {"matches": [_match(expression, one) for one in request.parsed["text"]]})


def _match(expression: Expression, text_: str) -> dict[str, Json]:
    found = expression.regex.search(text_)
    if found is None:
        return {"matched": False}
    fields: dict[str, list[Json]] = {}
    for name, _, group in expression.captures:
        start, end = found.span(group)
        if start >= 0:
            fields.setdefault(name, []).append({"match": text_[start:end], "offset": start, "length": end - start})
    return {"matched": True, "fields": {name: fields[name] for name in hash_order(fields)}}


_FIND: dict[str, Param] = {
    "column_names": string(),
    "delimiter": string(),
    "ecs_compatibility": string("disabled"),
    "explain": boolean(False),
    "format": string(),
    "grok_pattern": string(),
    "quote": string(),
    "should_parse_recursively": boolean(False),
    "should_trim_fields": boolean(None),
    "timeout": time("25s"),
    "timestamp_field": string(),
    "timestamp_format": string(),
}
_OF_DELIMITED = ("column_names", "has_header_row", "delimiter", "quote", "should_trim_fields")
_DELIMITED, _TEXT = "delimited", "semi_structured_text"


def _check_find(request: Request) -> None:
    """Raises ActionRequestValidation, IllegalArgument."""
    from esmock.features.text_structure.finder import FORMATS

    given = request.param("format")
    if given is not None and given not in FORMATS:
        raise IllegalArgument(f"No enum constant org.elasticsearch.xpack.core.textstructure.structurefinder.TextStructure.Format.{given.upper()}")
    for name in ("delimiter", "quote"):
        if request.param(name) is not None and len(request.param(name)) != 1:
            raise IllegalArgument(f"[{name}] must be a single character")
    faults = [
        f"[{name}] must be positive if specified"
        for name in ("lines_to_sample", "line_merge_size_limit")
        if name in request.raw and request.param(name) <= 0
    ]
    wrong = [name for name in _OF_DELIMITED if name in request.raw and given != _DELIMITED]
    faults += [f"[{name}] may only be specified if [format] is [{_DELIMITED}]" for name in wrong]
    if request.param("grok_pattern") is not None and given != _TEXT:
        faults.append(f"[grok_pattern] may only be specified if [format] is [{_TEXT}]")
    if faults:
        raise ActionRequestValidation(*faults)
    _check_mode(request)
    if request.param("should_parse_recursively"):
        raise Unsupported("[should_parse_recursively] of text_structure")


def _found(request: Request, lines: list[str], *, has_byte_order_marker: bool | None, charset: str = "UTF-8") -> Response:
    from esmock.features.text_structure.finder import find
    from esmock.features.text_structure.structure import Overrides

    names = request.param("column_names")
    overrides = Overrides(
        format=request.param("format"),
        column_names=None if names is None else tuple(names.split(",")),
        has_header_row=request.params.get("has_header_row"),
        delimiter=request.param("delimiter"),
        quote=request.param("quote"),
        should_trim_fields=request.param("should_trim_fields"),
        grok_pattern=request.param("grok_pattern"),
        timestamp_format=request.param("timestamp_format"),
        timestamp_field=request.param("timestamp_field"),
        ecs_compatibility=request.param("ecs_compatibility"),
    )
    told = find(lines, overrides).to_json(
        overrides, explain=request.param("explain"), charset=charset, has_byte_order_marker=bool(has_byte_order_marker)
    )
    if has_byte_order_marker is None:
        del told["has_byte_order_marker"]
    return Response(200, told)


_MARKS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16LE", b"\xfe\xff": "UTF-16BE"}


def _decoded(request: Request) -> tuple[str, str, bool]:
    """The text that was sent, its character set, and whether a mark told it. Raises IllegalArgument."""
    content = request.content
    mark = next((one for one in _MARKS if content.startswith(one)), b"")
    charset = request.param("charset") or _MARKS.get(mark, "UTF-8")
    try:
        return content[len(mark) :].decode(charset), charset, bool(mark)
    except LookupError:
        raise IllegalArgument(charset) from None
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace"), "windows-1252", False


def _text_body(request: Request) -> None:
    if not request.content:
        raise ActionRequestValidation("sample must be specified")


@endpoint(
    "text_structure.find_structure",
    "POST /_text_structure/find_structure",
    params={
        **_FIND,
        "charset": string(),
        "has_header_row": boolean(None),
        "line_merge_size_limit": integer(10_000),
        "lines_to_sample": integer(1000),
    },
    docs="find-structure",
    body=_text_body,
    check=_check_find,
    action="cluster:monitor/text_structure/findstructure",
    streams=True,
    since=(7, 13),
)
def find_structure(cluster: Cluster, request: Request) -> Response:
    """The structure of a text."""
    sent, charset, has_mark = _decoded(request)
    lines = sent.splitlines()[: request.param("lines_to_sample")]
    return _found(request, lines, has_byte_order_marker=has_mark, charset=charset)


_MESSAGES = Parser("find_message_structure_request", strings("messages", required=True))


@endpoint(
    "text_structure.find_message_structure",
    "GET,POST /_text_structure/find_message_structure",
    params=_FIND,
    docs="find-message-structure",
    body=lambda request: _MESSAGES.parse(request.required_json(), Reading(request.behaviour, request.warn)),
    check=_check_find,
    action="cluster:monitor/text_structure/find_message_structure",
    since=(8, 15),
)
def find_message_structure(cluster: Cluster, request: Request) -> Response:
    """The structure of messages."""
    return _found(request, list(request.parsed["messages"]), has_byte_order_marker=None)


def _check_field(request: Request) -> None:
    _check_find(request)
    faults = [f"[{name}] must be specified" for name in ("index", "field") if not request.param(name)]
    if faults:
        raise ActionRequestValidation(*faults)


@endpoint(
    "text_structure.find_field_structure",
    "GET /_text_structure/find_field_structure",
    params={**_FIND, "documents_to_sample": integer(1000), "index": string(), "field": string()},
    docs="find-field-structure",
    check=_check_field,
    action="cluster:monitor/text_structure/find_field_structure",
    since=(8, 15),
)
def find_field_structure(cluster: Cluster, request: Request) -> Response:
    """The structure of what a field of some documents holds."""
    from esmock.search.service import search

    field = request.param("field")
    body = {"size": request.param("documents_to_sample"), "query": {"exists": {"field": field}}, "fields": [field], "_source": False}
    found = search(cluster, [request.param("index")], body)
    values = [str(value) for hit in found.hits for value in (hit.fields or {}).get(field, ())]
    if not values:
        raise IllegalArgument(f"No matching documents found with a value for the field [{field}]")
    return _found(request, values, has_byte_order_marker=None)
