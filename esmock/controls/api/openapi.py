"""The control API's description as OpenAPI 3.1, made from its declarations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from esmock.controls.api.route import Route

Json = Any
_ERROR = {
    "type": "object",
    "required": ["error", "status"],
    "properties": {
        "status": {"type": "integer"},
        "error": {
            "type": "object",
            "required": ["type", "field", "reason"],
            "properties": {"type": {"const": "esmock_control_error"}, "field": {"type": "string"}, "reason": {"type": "string"}},
        },
    },
}
_MATCH = {
    "type": "object",
    "additionalProperties": False,
    "description": "All of its fields must fit. Texts are globs; of a list, one must fit.",
    "properties": {
        "method": {"type": ["string", "array"]},
        "path": {"type": ["string", "array"], "description": "glob over the path without its query"},
        "endpoint": {"type": ["string", "array"], "description": "name in the published specification, as indices.create"},
        "index": {"type": ["string", "array"], "description": "of the path, and of the lines of a bulk or multi-search"},
        "body": {"description": "a part of the request's body; \"<any>\" fits any value"},
        "query": {"type": ["string", "array"], "description": "name of a query clause anywhere in the body, as match"},
        "param": {"type": "object", "description": "query parameters"},
        "header": {"type": "object"},
        "client": {"type": ["string", "array"], "description": "in User-Agent, x-elastic-client-meta or X-Opaque-Id"},
        "status": {"type": ["integer", "array"], "description": "of the answer; for questions to the journal only"},
    },
}
_WHEN = {
    "type": "object",
    "additionalProperties": False,
    "description": "Which of the matching requests it acts on; without it on all, until it is released.",
    "properties": {
        "first": {"type": "integer", "minimum": 1, "description": "so often, and never again"},
        "every": {"type": "integer", "minimum": 1, "description": "each Nth"},
        "after": {"type": "integer", "minimum": 0, "description": "the first M are left alone"},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "seed": {"type": "integer", "description": "of the probability"},
        "seconds": {"type": ["number", "string"], "description": "for so long, on the space's clock"},
    },
}


def description(routes: Iterable[Route]) -> Json:
    """The whole document."""
    from esmock import __version__

    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(f"/_esmock{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "esmock control API", "version": "1", "description": f"Of esmock {__version__}."},
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR, "Match": _MATCH, "When": _WHEN, **_rule_schemas()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _rule_schemas() -> dict[str, Json]:
    from esmock.controls.faults.kinds import FAULTS
    from esmock.controls.stubs import STUBS

    return {"Fault": _rule("fault", FAULTS), "Stub": _rule("stub", STUBS)}


def _rule(kind: str, actions: Any) -> Json:
    shown = "\n".join(f"* `{name}`: {action.summary}" for name, action in actions.items())
    return {
        "type": "object",
        "required": [kind],
        "description": f"Options of the {kind} stand beside the other fields.\n\n{shown}",
        "properties": {
            kind: {"enum": list(actions)},
            "label": {"type": "string"},
            "match": {"$ref": "#/components/schemas/Match"},
            "when": {"$ref": "#/components/schemas/When"},
        },
    }


def _operation(route: Route) -> Json:
    name = f"{route.method.lower()}{route.path}".replace("/", "_").replace("{", "").replace("}", "").rstrip("_")
    out: dict[str, Json] = {
        "operationId": name,
        "summary": route.summary,
        "parameters": [
            *({"name": piece[1:-1], "in": "path", "required": True, "schema": {"type": "string"}} for piece in route.pieces if piece[:1] == "{"),
            *({"name": key, "in": "query", "description": text, "schema": {"type": "string"}} for key, text in route.query.items() if key != "*"),
            {"name": "space", "in": "query", "description": "name of the space; default: the default one", "schema": {"type": "string"}},
        ],
        "responses": {
            "default": {"description": "done", "content": {route.kind: {}}},
            "4XX": {
                "description": "not done, and nothing of it",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if route.body is not None:
        media: dict[str, Json] = {"schema": {"description": route.body}}
        if route.example is not None:
            media["example"] = route.example
        out["requestBody"] = {"content": {"application/json": media}}
    return out
