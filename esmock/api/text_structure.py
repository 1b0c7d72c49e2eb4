"""Structure of texts: what a grok pattern finds in them. Docs: test-grok-pattern.

Source: the published specification and the docs page of 8.13 to 9.5; no engine that could be asked has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import string
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
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


def _body(request: Request) -> dict[str, Json]:
    mode = request.raw.get("ecs_compatibility", "disabled")
    if mode not in ECS_MODES:
        raise IllegalArgument(f"[ecs_compatibility] must be one of [disabled, v1] if specified, got [{mode}]")
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
