"""The core of ``_scripts/painless/_execute``.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock import errors
from esmock.script.painless.runtime.values import hash_maps, to_text
from esmock.script.script import Script
from esmock.script.search_params import PLAIN, SearchParams
from esmock.script.service import ScriptService
from esmock.script.tree import fixed_params
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
CONTEXTS = ("painless_test", "filter", "score")


@dataclass(frozen=True, slots=True)
class Setup:
    """Where a script with documents runs."""

    index: str | None = None
    document: Json = None
    query: Json = None


NO_SETUP = Setup()


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    script: Script
    context: str = "painless_test"
    setup: Setup = NO_SETUP

    @classmethod
    def parse(cls, body: Json, reading: Reading) -> ExecuteRequest:
        """Raises XContentParse, IllegalArgument (missing script), ActionRequestValidation."""
        request: ExecuteRequest = _REQUEST.parse(body, reading)
        problems = []
        if request.script.stored:
            problems.append("only inline scripts are supported")
        if request.context != "painless_test":
            if request.setup is NO_SETUP:
                raise errors.NullPointer('Cannot read field "index" because "x0" is null')
            if request.setup.index is None:
                problems.append("index is a required parameter for current context")
            if request.setup.document is None:
                problems.append("document is a required parameter for current context")
        if problems:
            raise errors.ActionRequestValidation(*problems)
        return request


def _setup(given: dict[str, Any]) -> Setup:
    return Setup(given.get("index"), given.get("document"), given.get("query"))


def _request(given: dict[str, Any]) -> ExecuteRequest:
    context = given.get("context") or "painless_test"
    if context not in CONTEXTS:
        raise errors.UnsupportedOperation(f"unsupported script context name [{context}]")
    return ExecuteRequest(given["script"], context, given.get("context_setup") or NO_SETUP)


_SETUP = Parser(
    "execute_script_context",
    parsing.string("index", argument=True),
    parsing.mapping("document", argument=True),
    parsing.mapping("query", argument=True),
    build=_setup,
)
_REQUEST = Parser(
    "painless_execute_request",
    parsing.custom("script", ("START_OBJECT",), Script.parse, required=True),
    parsing.string("context", argument=True),
    parsing.object_("context_setup", _SETUP, argument=True),
    build=_request,
)

Documents = Callable[[Setup], dict[str, Any]]
"""Indexes ``document`` in memory under the mapping of ``index`` and gives the variables of its script: ``doc``, ``_score``."""


def execute(service: ScriptService, request: ExecuteRequest, documents: Documents | None = None) -> Json:
    """The answer's body. Raises what compiling and running raise."""
    params = hash_maps(request.script.params)
    if request.context == "painless_test":
        compiled = service.compile(request.script, request.context)
        return {"result": to_text(compiled.run(params=fixed_params(params)))}
    if documents is None:
        raise errors.Unsupported(f"executing a script in the context [{request.context}]")
    variables = documents(request.setup)
    if "doc" in variables and request.context not in PLAIN:
        params = SearchParams(params, variables["doc"], request.context)
    return {"result": service.compile(request.script, request.context).run(params=params, **variables)}
