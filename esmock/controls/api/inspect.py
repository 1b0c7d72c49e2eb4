"""What the inspector asks beyond the rest: pausing, and requests of its own that leave no trace."""

from __future__ import annotations

from typing import Any

from esmock.controls.api.answer import answer
from esmock.controls.api.route import Call, Routes
from esmock.controls.refusal import ControlError
from esmock.wire import Answer, RawRequest, RawResponse

route = Routes()
Json = Any


@route("GET", "/v1/pause", "Which requests are held, and which wait.")
def pause(call: Call) -> RawResponse:
    """The switch, and who waits."""
    controls = call.space.controls
    matcher = controls.pause_matcher
    waiting = [exchange.summary() for exchange, _ in list(controls.held.values())]
    return answer({"on": matcher is not None, "match": matcher.spec() if matcher is not None else None, "waiting": waiting})


@route(
    "PUT",
    "/v1/pause",
    "Hold requests before they are carried out, or let them all go.",
    body="on, match",
    example={"on": True, "match": {"endpoint": "bulk"}},
)
def set_pause(call: Call) -> RawResponse:
    """The switch."""
    body = call.body("on", "match")
    if not isinstance(body.get("on"), bool):
        raise ControlError("on", "expected true or false")
    if body["on"]:
        call.space.pause(**(body.get("match") or {}))
    else:
        call.space.resume()
    return pause(call)


@route("POST", "/v1/pause/{number}/continue", "Let one waiting request go on.")
def go_on(call: Call) -> RawResponse:
    """One of them."""
    call.space.controls.go_on(call.number("number"))
    return answer({"continued": call.number("number")})


@route(
    "POST",
    "/v1/ask",
    "A request to the space that no fault, stub or journal takes part in.",
    body="method, path, body",
    example={"method": "GET", "path": "/_cat/indices?format=json"},
)
def ask(call: Call) -> Answer:
    """The answer as it is."""
    body = call.body("method", "path", "body")
    path = body.get("path")
    if not isinstance(path, str) or not path.startswith("/"):
        raise ControlError("path", f"expected a path that begins with /, found {path!r}")
    content = b""
    if body.get("body") is not None:
        import orjson

        content = body["body"].encode() if isinstance(body["body"], str) else orjson.dumps(body["body"])
    kind = "application/x-ndjson" if path.partition("?")[0].endswith(("_bulk", "_msearch")) else "application/json"
    headers = [("content-type", kind)] if content else []
    return call.space.ask(RawRequest(str(body.get("method", "GET")).upper(), path, headers, content))
