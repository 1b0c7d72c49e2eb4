"""Spaces, their state and their time over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.controls.api.answer import answer, refused
from esmock.controls.api.route import Call, Routes
from esmock.controls.refusal import ControlError, NotFound, as_count, as_object, as_seconds
from esmock.version import VERSIONS, behaviour
from esmock.wire import Answer, RawResponse

if TYPE_CHECKING:
    from esmock.clock import Clock
    from esmock.server import ServedSpace
    from esmock.space import Space

route = Routes()
Json = Any
_SPACE = {"name": "t1", "version": "8.19.21", "clock": "2030-01-31T12:00:00Z", "port": 0, "seed": {"books": [{"title": "Dune"}]}}


def _described(space: Space) -> Json:
    out: dict[str, Json] = {
        "name": space.name,
        "version": str(space.controls.behaviour.version),
        "clock": _time(space.controls.clock),
        "faults": len(space.faults),
        "stubs": len(space.stubs),
        "exchanges": space.journal.count,
    }
    if space.controls.cluster is not None:
        out["indices"] = len(space.cluster.indices)
    url = getattr(space, "url", None)
    return {**out, "url": url} if url is not None else out


@route("GET", "/v1/spaces", "All spaces.")
def spaces(call: Call) -> RawResponse:
    """The default one first."""
    return answer({"spaces": [_described(space) for space in (call.server, *call.server.spaces)]})


@route(
    "POST",
    "/v1/spaces",
    "Make a space: a copy-on-write clone of the server's base, or an empty one of another version.",
    body="name, version, rollup_as (on a 7.x: 6.8.23), clock (an instant at which it stands), port (0: a free one of its own), seed; all optional",
    example=_SPACE,
)
def make(call: Call) -> Answer:
    """Make it; nothing is made where something is wrong."""
    body = call.body(*_SPACE, "rollup_as")
    changes = _played(body, call.server.settings.version)
    frozen = _instant(body["clock"], "clock") if body.get("clock") is not None else None
    port = as_count(body["port"], "port", least=0) if body.get("port") is not None else None
    made = call.server.space(body.get("name"), seed=_seed(body.get("seed")), **changes)
    if frozen is not None:
        made.clock.freeze(frozen)
    return answer(_described(made), 201) if port is None else _with_port(made, port)


def _played(body: dict[str, Json], version: str) -> dict[str, Any]:
    """The settings that say what a space plays; one of another version has that version's rollup. Raises ControlError."""
    wanted, rollup_as = body.get("version"), body.get("rollup_as")
    if wanted is not None and wanted not in VERSIONS:
        raise ControlError("version", f"esmock plays {', '.join(VERSIONS)}, not {wanted!r}")
    if wanted is None and rollup_as is None:
        return {}
    try:
        behaviour(wanted or version, rollup_as)
    except ValueError as error:
        raise ControlError("rollup_as", str(error)) from None
    return {"version": wanted or version, "rollup_as": rollup_as}


async def _with_port(space: ServedSpace, port: int) -> RawResponse:
    try:
        await space.listen_here(port)
    except OSError as error:
        space.drop()
        return refused(ControlError("port", f"port {port} cannot be had: {error.strerror or error}"))
    return answer(_described(space), 201)


def _seed(seed: Json) -> Json:
    if seed is None or isinstance(seed, dict):
        return seed
    raise ControlError("seed", "over HTTP a seed is an object of indices; files are for the command line and Python")


@route("GET", "/v1/spaces/{name}", "One space.")
def one(call: Call) -> RawResponse:
    """One of them."""
    return answer(_described(_named(call)))


@route("DELETE", "/v1/spaces/{name}", "Drop a space.")
def drop(call: Call) -> RawResponse:
    """It is gone, with its port."""
    space: Any = _named(call)
    if space is call.server:
        raise ControlError("name", "the default space cannot be dropped; reset it")
    space.drop()
    return answer({"dropped": space.name})


def _named(call: Call) -> Space:
    name = call.parts["name"]
    found = call.server if name == call.server.name else call.server.spaces.get(name)
    if found is None:
        raise NotFound("name", f"there is no space [{name}]")
    return found


@route("POST", "/v1/reset", "A clean space: the seed again, without faults, stubs and journal.")
def reset(call: Call) -> RawResponse:
    """Back to the base."""
    call.space.reset()
    return answer(_described(call.space))


@route("POST", "/v1/freeze", "What the space holds is from now on what a reset returns to.")
def freeze(call: Call) -> RawResponse:
    """A new base."""
    call.space.freeze()
    return answer(_described(call.space))


@route(
    "POST",
    "/v1/seed",
    "Load data.",
    body="index to documents, or to mappings, settings, aliases and documents",
    example={"books": [{"_id": "1", "title": "Dune"}]},
)
def seed(call: Call) -> RawResponse:
    """All of it, or nothing."""
    call.space.seed(dict(as_object(call.body(), "")))
    return answer(_described(call.space))


@route("GET", "/v1/state", "The whole state as versioned JSON.")
def export(call: Call) -> RawResponse:
    """A file to keep."""
    return answer(call.space.export_state())


@route("PUT", "/v1/state", "Replace the state.", body="what GET /v1/state gave")
def restore(call: Call) -> RawResponse:
    """All of it, or nothing."""
    call.space.import_state(call.body())
    return answer(_described(call.space))


@route("GET", "/v1/clock", "What time it is.")
def clock(call: Call) -> RawResponse:
    """The space's time."""
    return answer(_time(call.space.clock))


@route(
    "PUT",
    "/v1/clock",
    "Change the time: freeze (true, or an instant), resume, advance (seconds or 30s, 2m, 1h, 7d), travel (to an instant).",
    body="one of freeze, resume, advance, travel",
    example={"advance": "30s"},
)
def change_clock(call: Call) -> RawResponse:
    """Timers that come due are run before the answer."""
    body = call.body("freeze", "resume", "advance", "travel")
    if len(body) != 1:
        raise ControlError("", "expected exactly one of freeze, resume, advance, travel")
    what, value = next(iter(body.items()))
    clock = call.space.clock
    with call.space.controls.lock:
        if what == "freeze":
            clock.freeze(None if value is True else _instant(value, "freeze"))
        elif what == "resume":
            clock.resume()
        elif what == "advance":
            clock.advance(as_seconds(value, "advance"))
        else:
            clock.travel(_instant(value, "travel"))
    return answer(_time(clock))


def _time(clock: Clock) -> Json:
    now = clock.now_ms()
    shown = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"now": shown, "now_ms": now, "frozen": clock.is_frozen, "next_timer_ms": clock.next_due_ms()}


def _instant(value: Json, field: str) -> int:
    from esmock.clock import parse_instant

    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return parse_instant(str(value))
    except ValueError:
        raise ControlError(field, f"expected an instant like 2030-01-31T12:00:00Z, found {value!r}") from None
