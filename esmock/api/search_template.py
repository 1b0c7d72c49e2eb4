"""Searches made from mustache templates. Docs: search-template, render-search-template-api, multi-search-template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api import search_validation
from esmock.api.declare import Endpoints, typed
from esmock.api.multi_search import MSEARCH_PARAMS, call_of, stream_lines
from esmock.api.params import INDICES_OPTIONS, boolean, string
from esmock.api.request import Request, Response, unended
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall, search_call
from esmock.api.search_params import SEARCH_PARAMS
from esmock.errors import ActionRequestValidation, ApiError, JsonParse, Parsing
from esmock.state.gate import narrowed
from esmock.xcontent import json_writer, object_parser
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import NeedsPositions, copy_plain, finish, located, standing
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading, text

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in search requests is deprecated."
_MULTI_TYPES = "[types removal] Specifying types in multi search template requests is deprecated."


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """A template with its parameters.

    Attributes:
        source: the template's text; None: a stored one, by id.
    """

    source: str | None
    id: str | None
    params: dict[str, Json]
    explain: bool = False
    profile: bool = False

    @property
    def problems(self) -> list[str]:
        """What is missing."""
        if self.source is None and self.id is None:
            return ["template is missing", "template's script type is missing"]
        return [] if self.source or (self.source is None and self.id) else ["template is missing"]

    def check(self) -> None:
        """Raises ActionRequestValidation for a template that is missing."""
        if self.problems:
            raise ActionRequestValidation(*self.problems)


def _source(body: Json, key: Key, reading: Reading) -> str:
    value = body[key]
    if isinstance(value, dict):
        try:
            finish(value)
        except JsonParse as error:
            at = error.parser_at  # type: ignore[attr-defined]
            raise standing(Parsing("Could not parse inline template", at, cause=unended(error)), at) from None
        return json_writer.dumps(copy_plain(value)).decode()
    return text(body, key, reading)


_PARSER = Parser(
    "search_template",
    object_parser.mapping("params"),
    object_parser.string("id"),
    object_parser.boolean("explain"),
    object_parser.boolean("profile"),
    object_parser.Field("source", ("START_OBJECT", "VALUE_STRING"), _source),
)


def _template(body: Json, request: Request) -> TemplateCall:
    found = _PARSER.parse(body, Reading(request.behaviour, request.warn))
    return TemplateCall(
        found.get("source"), found.get("id"), copy_plain(found.get("params")) or {}, bool(found.get("explain")),
        bool(found.get("profile")),
    )


def _body(request: Request) -> TemplateCall:
    content, kind = request.content_or_source()
    return _template(request.read(content, kind), request)


def rendered(cluster: Cluster, call: TemplateCall) -> str:
    """The text that a template becomes. Raises ResourceNotFound, Script."""
    from esmock.script.script import Script
    from esmock.script.stored import script_service

    script = Script(call.id or "", None, stored=True) if call.source is None else Script(call.source, "mustache")
    return str(script_service(cluster).compile(script, "template").run(params=call.params))


def _tree(text_: str, request: Request) -> Json:
    return located(text_.encode(), jackson_for(request.behaviour), "string")


@endpoint(
    "search_template",
    "GET,POST /_search/template",
    "GET,POST /{index}/_search/template",
    typed("GET,POST /{index}/{type}/_search/template", warning=_TYPES),
    params={**SEARCH_PARAMS, "explain": boolean(), "profile": boolean()},
    docs="search-template",
    body=_body,
    action="indices:data/read/search/template",
)
def search_template(cluster: Cluster, request: Request) -> Response:
    """Search by a template."""
    call: TemplateCall = request.parsed
    call.check()
    return Response(200, _searched(cluster, request, call))


def _searched(cluster: Cluster, request: Request, call: TemplateCall) -> dict[str, Json]:
    body = _tree(rendered(cluster, call), request)
    search = search_call(request, body)
    search_validation.check(search, request)
    search.request.explain = search.request.explain or call.explain
    search.request.profile = search.request.profile or call.profile
    return answer(cluster, request, search, run_call(cluster, request, search))


@endpoint(
    "render_search_template",
    "GET,POST /_render/template",
    "GET,POST /_render/template/{id}",
    params={"id": string()},
    docs="render-search-template-api",
    body=_body,
    action="indices:data/read/search/template",
)
def render_search_template(cluster: Cluster, request: Request) -> Response:
    """Show what a template becomes."""
    call: TemplateCall = request.parsed
    if request.part("id") is not None:
        call = TemplateCall(None, request.part("id"), call.params)
    call.check()
    output = rendered(cluster, call)
    if request.raw.keys() & _REREAD:
        return Response(200, {"template_output": copy_plain(_tree(output, request))})
    return Response(200, {"template_output": json_writer.RawJson(output.encode())})


_REREAD = frozenset(("pretty", "filter_path", "format"))
"""Parameters that make the output be read; otherwise it is copied as it is, JSON or not."""


def _lines(request: Request) -> list[tuple[bytes, TemplateCall]]:
    out = []
    for header, line in stream_lines(request):
        out.append((header, _template(request.read(line if line.strip() else b"{}", "json"), request)))
    return out


def _check_lines(request: Request) -> None:
    problems = [problem for _, call in request.parsed for problem in call.problems]
    if problems or not request.parsed:
        raise ActionRequestValidation(*(problems or ["no requests added"]))


@endpoint(
    "msearch_template",
    "GET,POST /_msearch/template",
    "GET,POST /{index}/_msearch/template",
    typed("GET,POST /{index}/{type}/_msearch/template", warning=_MULTI_TYPES),
    params={
        **INDICES_OPTIONS,
        "max_concurrent_searches": MSEARCH_PARAMS["max_concurrent_searches"],
        "routing": string(),
        "search_type": string(),
        "ccs_minimize_roundtrips": boolean(True),
        "rest_total_hits_as_int": boolean(response=True),
        "typed_keys": boolean(response=True),
    },
    docs="multi-search-template",
    body=_lines,
    check=_check_lines,
    action="indices:data/read/msearch/template",
    streams=True,
)
def msearch_template(cluster: Cluster, request: Request) -> Response:
    """Search by many templates; an error is the search's own."""
    started = cluster.clock.monotonic_ns()
    searches: list[SearchCall | ApiError] = []
    for header, call in request.parsed:
        try:
            text_ = rendered(cluster, call)
            copy_plain(_tree(text_, request))
            search = call_of(request, header, text_.encode())
        except NeedsPositions:
            raise
        except ApiError as error:
            searches.append(error)
        else:
            search.request.explain = search.request.explain or call.explain
            searches.append(search)
    if all(isinstance(one, ApiError) for one in searches):
        # ES: what is left of the templates goes to multi search, which refuses to do nothing
        raise ActionRequestValidation("no requests added")
    responses = [_one(cluster, request, one) for one in searches]
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return Response(200, {"took": took, "responses": responses})


def _one(cluster: Cluster, request: Request, search: SearchCall | ApiError) -> Json:
    tells = cluster.behaviour.templates_tell_status
    try:
        if isinstance(search, ApiError):
            raise search
        search.names = narrowed(cluster, "indices:data/read/search", search.names, search.options)
        found = answer(cluster, request, search, run_call(cluster, request, search))
    except NeedsPositions:
        raise
    except ApiError as error:
        body: Json = error.body()
        return body if tells else {"error": body["error"]}
    return {**found, "status": 200} if tells else found
