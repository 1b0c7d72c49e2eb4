"""Stored scripts, contexts and languages, the execute API of Painless. Docs: create-stored-script-api, painless-execute-api."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import anew, in_time
from esmock.api.declare import UNTIL_EIGHT, Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, string
from esmock.api.request import Request, Response, needs_content
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    GeneralScript,
    IllegalArgument,
    JsonParse,
    Parsing,
    ResourceNotFound,
    UncheckedIO,
    Unsupported,
)
from esmock.errors import Script as ScriptError
from esmock.xcontent import object_parser as fields
from esmock.xcontent.located import at_end, at_name, at_root, at_value, token
from esmock.xcontent.value_reader import Key, Reading, text

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_JSON = "application/json; charset=UTF-8"


def _script_body(request: Request) -> dict[str, Json] | None:
    """A stored script; None for the empty body that 7.x still takes. Raises Parsing, IllegalArgument."""
    try:
        return _read_script(request, request.required_json())
    except JsonParse as error:
        raise _unchecked(error) from None


def _unchecked(error: JsonParse) -> UncheckedIO:
    """ES: a syntax error is an I/O error to the reader of stored scripts."""
    return UncheckedIO(f"{error.package}.{error.java}: {error.reason}", cause=error)


def _read_script(request: Request, body: Json) -> dict[str, Json] | None:
    if not isinstance(body, dict):
        raise Parsing(f"unexpected token [{token(body)}], expected [{{]", at_root(body))
    if not body:
        if not request.behaviour.mapping_types:
            raise Parsing("unexpected token [END_OBJECT, expected [script]", at_end(body))
        request.warn("empty templates should no longer be used")
        return None
    name = next(iter(body))
    if name != "script":
        raise Parsing(f"unexpected field [{name}], expected [script]", at_name(body, name))
    inner = body["script"]
    if not isinstance(inner, dict):
        raise Parsing(f"unexpected token [{token(inner)}], expected [{{, <source>]", at_value(body, "script"))
    return _stored(request, inner)


def _source(body: Json, key: Key, reading: Reading) -> str:
    """A script's source as text; an object is written as JSON."""
    from esmock.xcontent import json_writer

    value = body[key]
    if isinstance(value, dict):
        return json_writer.dumps(value).decode()
    try:
        return text(body, key, reading)
    except JsonParse as error:
        raise _unchecked(error) from None


def _options(body: Json, key: Key, reading: Reading) -> dict[str, str]:
    return {str(name): text(body[key], name, reading) for name in body[key]}


_SOURCE = fields.Parser(
    "stored script source",
    fields.string("lang"),
    fields.custom("source", ("VALUE_STRING", "START_OBJECT"), _source, deprecated=("code",)),
    fields.custom("options", ("START_OBJECT",), _options),
    ignore_unknown=True,
)


def _stored(request: Request, inner: dict[str, Json]) -> dict[str, Json]:
    given = _SOURCE.apply(inner, Reading(request.behaviour, request.warn))
    source, lang, options = given.get("source"), given.get("lang"), given.get("options") or {}
    if isinstance(inner.get("source", inner.get("code")), dict):
        options.setdefault("content_type", _JSON)
    if lang is None:
        raise IllegalArgument("must specify lang for stored script")
    if lang == "":
        raise IllegalArgument("lang cannot be empty")
    if source is None:
        raise IllegalArgument("must specify source for stored script")
    if source == "":
        if lang != "mustache" or not request.behaviour.mapping_types:
            raise IllegalArgument("source cannot be empty")
        request.warn("empty templates should no longer be used")
    if len(options) > 1 or (options and "content_type" not in options):
        told = ", ".join(f"{name}={value}" for name, value in options.items())
        raise IllegalArgument(f"illegal compiler options [{{{told}}}] specified")
    stored = {"lang": lang, "source": str(source)}
    return {**stored, "options": options} if options else stored


@endpoint(
    "put_script",
    "PUT,POST /_scripts/{id}",
    "PUT,POST /_scripts/{id}/{context}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT, "context": string(lazy=True)},
    docs="create-stored-script-api",
    path=needs_content,
    body=_script_body,
    body_first=UNTIL_EIGHT,
    action="cluster:admin/script/put",
)
@in_time(anew)
def put_script(cluster: Cluster, request: Request) -> Response:
    """Store a script; with a context it must compile."""
    from esmock.script.context import LANGUAGES
    from esmock.script.stored import scripts

    id_ = request.part("id")
    if "#" in id_:
        raise ActionRequestValidation("id cannot contain '#' for stored script")
    body = request.parsed or {"lang": "mustache", "source": ""}
    if body["lang"] not in LANGUAGES:
        raise IllegalArgument(f"unable to put stored script with unsupported lang [{body['lang']}]")
    context = request.part("context") or request.params.get("context")
    if context is not None:
        _check_compiles(cluster, id_, body, context)
    registry = scripts(cluster)
    registry.stored[id_] = body
    registry.was_used = True
    return Response(200, {"acknowledged": True})


def _check_compiles(cluster: Cluster, id_: str, body: dict[str, Json], context: str) -> None:
    from esmock.script.context import BY_NAME
    from esmock.script.script import Script
    from esmock.script.stored import script_service

    try:
        if context not in BY_NAME:
            raise IllegalArgument(f"Unknown context [{context}]")
        script = Script(body["source"], body["lang"], options=body.get("options") or {})
        script_service(cluster).compile(script, context)
    except ScriptError:
        raise
    except ApiError as error:
        # ES: engines are asked directly here, so what they refuse is not called a compilation that failed
        if isinstance(error, GeneralScript):
            error = error.cause or error
        raise IllegalArgument(f"failed to parse/compile stored script [{id_}]", cause=error) from None


@endpoint(
    "get_script",
    "GET /_scripts/{id}",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="get-stored-script-api",
    action="cluster:admin/script/get",
)
def get_script(cluster: Cluster, request: Request) -> Response:
    """A stored script."""
    from esmock.script.stored import scripts

    id_ = request.part("id")
    found = scripts(cluster).stored.get(id_)
    if found is None:
        return Response(404, {"_id": id_, "found": False})
    return Response(200, {"_id": id_, "found": True, "script": found})


@endpoint(
    "delete_script",
    "DELETE /_scripts/{id}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="delete-stored-script-api",
    action="cluster:admin/script/delete",
)
@in_time(anew)
def delete_script(cluster: Cluster, request: Request) -> Response:
    """Remove a stored script."""
    from esmock.script.stored import scripts

    id_ = request.part("id")
    stored = scripts(cluster).stored
    if id_ not in stored:
        raise ResourceNotFound(f"stored script [{id_}] does not exist and cannot be deleted")
    del stored[id_]
    return Response(200, {"acknowledged": True})


@endpoint(
    "get_script_context",
    "GET /_script_context",
    docs="get-script-contexts-api",
    action="cluster:admin/script_context/get",
)
def get_script_context(cluster: Cluster, request: Request) -> Response:
    """Contexts with what they offer to scripts."""
    from esmock.script.context import contexts_json

    return Response(200, contexts_json(request.behaviour))


@endpoint(
    "get_script_languages",
    "GET /_script_language",
    docs="get-script-languages-api",
    action="cluster:admin/script_language/get",
)
def get_script_languages(cluster: Cluster, request: Request) -> Response:
    """Languages with the contexts they run in."""
    from esmock.script.context import languages_json

    return Response(200, languages_json(request.behaviour))


def _execute_body(request: Request) -> Any:
    from esmock.script.execute import ExecuteRequest
    from esmock.xcontent.value_reader import Reading

    content, kind = request.content_or_source()
    return ExecuteRequest.parse(request.read(content, kind), Reading(request.behaviour, request.warn))


@endpoint(
    "scripts_painless_execute",
    "GET,POST /_scripts/painless/_execute",
    docs="painless-execute-api",
    body=_execute_body,
    action="cluster:admin/scripts/painless/execute",
)
def scripts_painless_execute(cluster: Cluster, request: Request) -> Response:
    """Run a script at once."""
    from esmock.script.execute import execute
    from esmock.script.stored import script_service
    from esmock.search.one_document import script_variables
    from esmock.state.resolve import single

    asked = request.parsed
    if asked.setup.index is not None:
        single(cluster, asked.setup.index, resource="index_expression")
    needs_score = asked.context == "score"
    documents = lambda setup: script_variables(cluster, setup, needs_score=needs_score)  # noqa: E731
    return Response(200, execute(script_service(cluster), asked, documents))


@endpoint(
    "scripts_painless_context",
    "GET /_scripts/painless/_context",
    params={"context": string()},
    docs="painless-contexts",
    action="cluster:admin/scripts/painless/context",
)
def scripts_painless_context(cluster: Cluster, request: Request) -> Response:
    """The names of the contexts, or all that the scripts of one may name."""
    from esmock.script.context import CONTEXTS

    if not request.behaviour.has_apache_build:
        raise Unsupported("the endpoint [scripts_painless_context] of this version")
    name = request.params.get("context")
    names = [context.name for context in CONTEXTS]
    if name is None:
        return Response(200, {"contexts": names})
    if name not in names:
        raise IllegalArgument(f"script context [{name}] not found")
    from esmock.script.painless.context_info import context_json

    return Response(200, context_json(name))
