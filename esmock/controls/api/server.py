"""The server itself: health, description, page."""

from __future__ import annotations

import os
from pathlib import Path

from esmock.controls.api.answer import answer, content
from esmock.controls.api.route import Call, Routes
from esmock.controls.refusal import NotFound
from esmock.wire import RawResponse

route = Routes()
API_VERSION = 1
PAGE = Path(__file__).parents[1] / "inspector"
_KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_POLICY = (
    "content-security-policy",
    "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
)


@route("GET", "/health", "Whether the server answers; needs no token. Says what it plays.")
def health(call: Call) -> RawResponse:
    """Ready as soon as it answers."""
    return answer({"status": "ok", **_about(call)})


@route("GET", "/v1", "What the server is: version, spaces, where things are.")
def about(call: Call) -> RawResponse:
    """The server in one object."""
    spaces = [call.server, *call.server.spaces]
    return answer({**_about(call), "spaces": [space.name for space in spaces], "openapi": "/_esmock/openapi.json"})


def _about(call: Call) -> dict[str, object]:
    from esmock import __version__

    return {"esmock": __version__, "api": API_VERSION, "version": call.server.version, "pid": os.getpid()}


@route("GET", "/openapi.json", "This description of the control API, as OpenAPI 3.1; needs no token.")
def openapi(call: Call) -> RawResponse:
    """The description, made from the declarations."""
    from esmock.controls.api.openapi import description

    return answer(description(call.routes))


@route("GET", "/", "The inspector, a page to look at the server.", kind="text/html", query={"*": "anything: the page reads it"})
def page(call: Call) -> RawResponse:
    """The page."""
    return _file("index.html")


@route("GET", "/page/{file}", "Scripts and styles of the inspector.", kind="text/javascript")
def asset(call: Call) -> RawResponse:
    """One file of the page."""
    return _file(call.parts["file"])


def _file(name: str) -> RawResponse:
    path = PAGE / name
    if path.suffix not in _KINDS or path.parent != PAGE or not path.is_file():
        raise NotFound("file", f"the inspector has no file {name}")
    return content(path.read_bytes(), _KINDS[path.suffix], 200, _POLICY)
