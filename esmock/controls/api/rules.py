"""Faults, scenarios and stubs over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.controls.action import REQUIRED, Action
from esmock.controls.api.answer import answer
from esmock.controls.api.route import Call, Routes
from esmock.controls.refusal import ControlError, as_list, as_object
from esmock.wire import RawResponse

if TYPE_CHECKING:
    from esmock.controls.facade import Faults, Stubs

route = Routes()
Json = Any
_FAULT = {"fault": "queue_full", "match": {"endpoint": "search", "index": "books"}, "when": {"first": 2}}
_STUB = {"stub": "patch", "match": {"endpoint": "search"}, "set": {"hits.total.value": 10000}}
_RULES = "one rule, or a list of them (all are installed, or none), as JSON or YAML"


def _kinds(actions: Any) -> list[Json]:
    return [
        {
            "name": name,
            "summary": action.summary,
            "evidence": action.evidence,
            "endpoints": list(action.endpoints),
            "options": {key: _option(action, key) for key in action.options},
        }
        for name, action in actions.items()
    ]


def _option(action: type[Action], name: str) -> Json:
    option = action.options[name]
    required = option.default is REQUIRED
    return {"text": option.text, "required": required, **({} if required else {"default": option.default})}


@route("GET", "/v1/faults", "The faults at work.")
def faults(call: Call) -> RawResponse:
    """All of them, in the order in which they act."""
    return answer({"faults": call.space.faults.spec()})


@route("POST", "/v1/faults", "Put faults to work.", body=_RULES, example=_FAULT)
def add_faults(call: Call) -> RawResponse:
    """Install them."""
    tree = call.body()
    if call.space is call.server:
        _check_reach(tree)
    return answer({"faults": [rule.spec() for rule in call.space.faults.load(tree)]}, 201)


def _check_reach(tree: Json) -> None:
    """Refuse to close the port through which alone it could be opened again."""
    for one in as_list(tree):
        if isinstance(one, dict) and one.get("fault") in ("refuse", "node_down") and one.get("seconds") is None:
            raise ControlError("seconds", "over HTTP the server's own port can only be closed for a time; or use a space with its own port")


@route("DELETE", "/v1/faults", "Release all faults.")
def clear_faults(call: Call) -> RawResponse:
    """Release them."""
    return _cleared(call.space.faults)


@route("GET", "/v1/faults/kinds", "Every kind of fault, with its options.")
def fault_kinds(call: Call) -> RawResponse:
    """The catalogue."""
    return answer({"kinds": _kinds(call.space.faults.actions)})


@route("GET", "/v1/faults/{id}", "One fault: what it matches, how often it acted.")
def fault(call: Call) -> RawResponse:
    """One of them."""
    return answer(call.space.controls.rule(call.number("id"), "fault").spec())


@route("DELETE", "/v1/faults/{id}", "Release one fault.")
def release_fault(call: Call) -> RawResponse:
    """Release it."""
    return _released(call, "fault")


@route("GET", "/v1/scenarios", "The ready-made scenarios.")
def scenarios(call: Call) -> RawResponse:
    """The catalogue."""
    found = call.space.faults.scenarios.values()
    return answer({"scenarios": [{"name": s.name, "summary": s.summary, "faults": list(s.faults)} for s in found]})


@route(
    "POST", "/v1/scenarios/{name}", "Install a scenario's faults.", body="what narrows all of them: the fields of a match", example={"index": "books"}
)
def scenario(call: Call) -> RawResponse:
    """Install it."""
    match = as_object(call.body(), "")
    return answer({"faults": [rule.spec() for rule in call.space.faults.scenario(call.parts["name"], **match)]}, 201)


@route("GET", "/v1/stubs", "The stubs at work.")
def stubs(call: Call) -> RawResponse:
    """All of them."""
    return answer({"stubs": call.space.stubs.spec()})


@route("POST", "/v1/stubs", "Put stubs to work.", body=_RULES, example=_STUB)
def add_stubs(call: Call) -> RawResponse:
    """Install them."""
    return answer({"stubs": [rule.spec() for rule in call.space.stubs.load(call.body())]}, 201)


@route("DELETE", "/v1/stubs", "Remove all stubs.")
def clear_stubs(call: Call) -> RawResponse:
    """Remove them."""
    return _cleared(call.space.stubs)


@route("GET", "/v1/stubs/kinds", "Every kind of stub, with its options.")
def stub_kinds(call: Call) -> RawResponse:
    """The catalogue."""
    return answer({"kinds": _kinds(call.space.stubs.actions)})


@route("DELETE", "/v1/stubs/{id}", "Remove one stub.")
def remove_stub(call: Call) -> RawResponse:
    """Remove it."""
    return _released(call, "stub")


def _cleared(rules: Faults | Stubs) -> RawResponse:
    released = len(rules)
    rules.clear()
    return answer({"released": released})


def _released(call: Call, kind: str) -> RawResponse:
    rule = call.space.controls.rule(call.number("id"), kind)
    rule.release()
    return answer(rule.spec())
