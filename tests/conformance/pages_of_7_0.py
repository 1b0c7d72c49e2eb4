"""Reads pages of the 7.0.0-alpha1 reference so that 7.10.2 can answer them.

Between the two, mapping types left requests and answers, ``hits.total`` became an object, and documents got ``_seq_no``
and ``_primary_term``. Nothing else is changed, and Warning headers that a page could not know are let pass by the
option ``allow_warnings``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from esmock.conformance.callstep import Call, Do
from esmock.conformance.snippets.case import Case
from esmock.conformance.steps import Match, Step
from esmock.conformance.suite import Section

Json = Any

_MAPPING_KEYS = frozenset(
    {
        "_all",
        "_field_names",
        "_meta",
        "_parent",
        "_routing",
        "_size",
        "_source",
        "date_detection",
        "dynamic",
        "dynamic_date_formats",
        "dynamic_templates",
        "numeric_detection",
        "properties",
    }
)
_CREATES = {
    "PUT": re.compile(r"[^_/][^/]*/?|_template/[^/]+|[^/]+/_(shrink|split)/[^/]+"),
    "POST": re.compile(r"_template/[^/]+|[^/]+/_(shrink|split)/[^/]+|[^/]+/_rollover(/[^/]+)?"),
}
_CREATING_APIS = frozenset(
    {"indices.create", "indices.put_template", "indices.rollover", "indices.shrink", "indices.split"}
)
_ANY = "$body.$_path"


def adapted(case: Case) -> Case:
    """The case with its requests and expectations in the forms of 7.10."""
    if case.test is None:
        return case
    suite, section = case.test.suite, case.test.section
    frames = {name: _section(getattr(suite, name)) for name in ("setup", "teardown")}
    return replace(case, test=replace(case.test, suite=replace(suite, **frames), section=_section(section)))


def _section(section: Section | None) -> Section | None:
    return section and replace(section, steps=tuple(_step(step) for step in section.steps))


def _step(step: Step) -> Step:
    if isinstance(step, Do):
        return replace(step, call=_call(step.call))
    if isinstance(step, Match) and step.path == "$body":
        return replace(step, expected=expectation(step.expected))
    return step


def _call(call: Call) -> Call:
    if call.name != "raw":
        params = dict(call.params)
        if call.name == "bulk" and params.get("type") == "_doc":
            del params["type"]
        call = replace(call, params=params)
        return _without_types(call) if call.name in _CREATING_APIS else call
    method, path = call.params["method"], call.params["path"]
    if found := re.fullmatch(r"((?:[^/]+/)?_mapping)s?/([^/]+)(/field/.*)?", path):
        if found[2] == "_doc":
            return replace(call, params=dict(call.params) | {"path": found[1] + (found[3] or "")})
        return _typed(call) if method == "PUT" else call
    creates = _CREATES.get(method)
    return _without_types(call) if creates and creates.fullmatch(path) else call


def _without_types(call: Call) -> Call:
    if len(call.bodies) != 1 or not isinstance(mappings := call.bodies[0].get("mappings"), dict):
        return call
    types = [name for name, value in mappings.items() if name not in _MAPPING_KEYS and isinstance(value, dict)]
    if list(mappings) == ["_doc"]:
        return replace(call, bodies=(call.bodies[0] | {"mappings": mappings["_doc"]},))
    return _typed(call) if types else call


def _typed(call: Call) -> Call:
    return replace(call, params=dict(call.params) | {"include_type_name": "true"})


def expectation(value: Json) -> Json:
    """An expected answer of 7.0.0-alpha1 in the form of 7.10."""
    if isinstance(value, list):
        return [expectation(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: expectation(item) for key, item in value.items()}
    if isinstance(mappings := out.get("mappings"), dict) and list(mappings) == ["_doc"]:
        out["mappings"] = mappings["_doc"]
    if isinstance(hits := out.get("hits"), dict) and type(total := hits.get("total")) is int:
        out["hits"] = {key: item for key, item in hits.items() if key != "total"}
        if total >= 0:
            out["hits"]["total"] = {"value": total, "relation": "eq"}
    if "_id" in out and "_version" in out and (out.get("found") is True or out.get("result") == "noop"):
        out = {"_seq_no": _ANY, "_primary_term": _ANY} | out
    return out
