"""The journal over HTTP: search, assertions, findings, live events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson

from esmock.controls.api.answer import answer
from esmock.controls.api.route import Call, Routes
from esmock.controls.matcher import MATCH_FIELDS
from esmock.controls.refusal import ControlError, as_count
from esmock.wire import RawResponse

if TYPE_CHECKING:
    from esmock.space import Space

route = Routes()
Json = Any
_LIMIT = 100
_EVENTS_EVERY_S = 0.1
_EVENTS_AT_MOST = 100
_SIMPLE = dict.fromkeys(("method", "path", "endpoint", "index", "query", "client"), "as in a match; * is any text")
_TIMES = ("times", "at_least", "at_most")


@route(
    "GET",
    "/v1/journal",
    "The last exchanges, newest last.",
    query={**_SIMPLE, "status": "of the answer", "since": "a number: only later ones", "limit": "how many of the newest"},
)
def journal(call: Call) -> RawResponse:
    """A search by what stands in the URL."""
    match: dict[str, Json] = {name: call.query[name] for name in _SIMPLE if name in call.query}
    if "status" in call.query:
        match["status"] = _whole(call.query["status"], "status")
    return answer(_listed(call.space, match, _whole(call.query.get("since", "0"), "since"), _whole(call.query.get("limit", _LIMIT), "limit")))


def _whole(text: Json, field: str) -> int:
    if not str(text).isdigit():
        raise ControlError(field, f"expected a number, found {text!r}")
    return int(text)


def _listed(space: Space, match: dict[str, Json], since: int, limit: int) -> Json:
    found = [one for one in space.journal.calls(**match) if one.number > since]
    return {
        "count": space.journal.count,
        "kept": len(space.journal),
        "found": len(found),
        "exchanges": [one.summary() for one in found[-limit:]] if limit else [],
    }


@route(
    "POST",
    "/v1/journal/search",
    "The exchanges that match.",
    body=f"a match ({', '.join(MATCH_FIELDS)}), with limit and since",
    example={"endpoint": "search", "body": {"query": {"match": {"title": "dune"}}}},
)
def search(call: Call) -> RawResponse:
    """A search by a match."""
    match = call.body(*MATCH_FIELDS, "limit", "since")
    since = as_count(match.pop("since", 0), "since", least=0)
    return answer(_listed(call.space, match, since, as_count(match.pop("limit", _LIMIT), "limit", least=0)))


@route("GET", "/v1/journal/events", "New exchanges as server-sent events, in batches.", kind="text/event-stream")
def events(call: Call) -> RawResponse:
    """A stream that ends when the client leaves."""
    headers = [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
    return RawResponse(200, headers, b"", stream=_events(call.space))


async def _events(space: Space) -> AsyncIterator[bytes]:
    """Look at the journal ten times a second: the server's own work costs nothing more for being looked at."""
    journal, seen, waited, held, rules = space.journal, space.journal.count, 0.0, 0, -1
    yield b"retry: 1000\n\n"
    while True:
        if space.journal is not journal:
            journal, seen = space.journal, 0
            yield b"event: reset\ndata: {}\n\n"
        controls = space.controls
        if (len(controls.held), len(controls.rules)) != (held, rules):
            held, rules = len(controls.held), len(controls.rules)
            yield b"event: state\ndata: " + orjson.dumps({"held": held, "rules": rules}) + b"\n\n"
        if len(journal) and journal.count != seen:
            fresh = journal.since(seen)
            if fresh:
                shown = [one.summary() for one in fresh[-_EVENTS_AT_MOST:]]
                seen = max(one.number for one in fresh)
                yield b"data: " + orjson.dumps({"exchanges": shown, "skipped": len(fresh) - len(shown)}) + b"\n\n"
                waited = 0.0
        if waited > 10:
            waited = 0.0
            yield b": still here\n\n"
        waited += _EVENTS_EVERY_S
        await asyncio.sleep(_EVENTS_EVERY_S)


@route("GET", "/v1/journal/{number}", "One exchange with headers and bodies.")
def entry(call: Call) -> RawResponse:
    """The whole exchange."""
    return answer(call.space.journal.entry(call.number("number")).details())


@route("PUT", "/v1/journal", "Switch the journal, and say how much it keeps.", body="on, keep", example={"on": True, "keep": 500})
def switch(call: Call) -> RawResponse:
    """Change its settings."""
    body = call.body("on", "keep")
    controls = call.space.controls
    if "keep" in body:
        controls.journal.keep = as_count(body["keep"], "keep")
    if "on" in body:
        controls.journal_on = bool(body["on"])
    return answer({"on": controls.journal_on, "keep": controls.journal.keep})


@route("DELETE", "/v1/journal", "Forget all exchanges.")
def clear(call: Call) -> RawResponse:
    """Empty it; the numbers go on."""
    call.space.journal.clear()
    return answer({"count": call.space.journal.count})


@route(
    "POST",
    "/v1/assertions",
    "Whether calls came as expected: holds true or false, with the reason and the nearest misses.",
    body="called: a match, with times, at_least, at_most; or order: a list of endpoint names and matches",
    example={"called": {"endpoint": "search", "index": "books"}, "times": 1},
)
def assertion(call: Call) -> RawResponse:
    """Always 200: a test asserts on ``holds``."""
    from esmock.controls.assertions import check_order, check_times

    body = call.body("called", "order", *_TIMES)
    if ("called" in body) == ("order" in body):
        raise ControlError("called", "expected either called or order")
    try:
        if "order" in body:
            check_order(call.space.journal, body["order"])
        else:
            bounds = {name: as_count(body[name], name, least=0) for name in _TIMES if name in body}
            check_times(call.space.journal.calls(**body["called"]), **bounds)
    except AssertionError as error:
        return answer({"holds": False, "reason": str(error)})
    return answer({"holds": True})


@route("GET", "/v1/findings", "What was left behind or not noticed.", query={"kinds": "deprecations, unrefreshed, contexts, rules"})
def findings(call: Call) -> RawResponse:
    """All kinds, or some."""
    kinds = [kind for kind in call.query.get("kinds", "").split(",") if kind]
    return answer({"findings": [{"kind": one.kind, "text": one.text} for one in call.space.findings(*kinds)]})
