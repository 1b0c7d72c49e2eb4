"""Fields whose types differ from index to index, and policies that enrich.

Source: answers of 8.19.21 to the former; the documentation of ENRICH, which the recorded core does not have, for the latter.
"""

from __future__ import annotations

import json

import pytest

TYPES = {
    "ev_a": {"ip": "ip", "d": "long", "m": "keyword", "x": "integer"},
    "ev_b": {"ip": "keyword", "d": "keyword", "m": "text", "x": "long"},
}
DOCS = [
    ("ev_a", {"ip": "172.21.3.15", "d": 17, "m": "hello", "x": 1}),
    ("ev_b", {"ip": "172.21.3.15", "d": "50", "m": "hello", "x": 2}),
    ("ev_b", {"ip": "bad", "d": "abc", "m": "bye"}),
]


@pytest.fixture
def events(raw):
    asked = raw("8.19.21")
    for name, kinds in TYPES.items():
        asked(f"PUT /{name}", {"mappings": {"properties": {field: {"type": kind} for field, kind in kinds.items()}}})
    for name, doc in DOCS:
        asked(f"POST /{name}/_doc?refresh", doc)
    return lambda text: asked("POST /_query", {"query": text})


@pytest.mark.parametrize(
    ("text", "kinds", "values"),
    [
        ("EVAL i = TO_IP(ip) | KEEP i | SORT i", ["ip"], [["172.21.3.15"], ["172.21.3.15"], [None]]),
        (
            "EVAL i = ip::string, dd = d::long | KEEP i, dd | SORT i, dd",
            ["keyword", "long"],
            [["172.21.3.15", 17], ["172.21.3.15", 50], ["bad", None]],
        ),
        ("STATS c = count(*) BY ip::ip | SORT c", ["long", "ip"], [[1, None], [2, "172.21.3.15"]]),
        ("STATS sum(x::long)", ["long"], [[3]]),
        ("WHERE TO_LONG(d) > 20 | KEEP m", ["unsupported"], [[None]]),
        ("KEEP ip", ["unsupported"], [[None]] * 3),
    ],
)
def test_types_that_differ_are_converted_from_each(events, text, kinds, values):
    answer = json.loads(events(f"FROM ev_a,ev_b | {text}").body)
    assert ([one["type"] for one in answer["columns"]], answer["values"]) == (kinds, values)


def test_types_that_differ_are_not_mixed(events):
    answer = json.loads(events("FROM ev_a,ev_b | EVAL z = ip | KEEP z").body)
    told = "Cannot use field [ip] due to ambiguities being mapped as [2] incompatible types: [ip] in [ev_a], [keyword] in [ev_b]"
    assert answer["error"]["reason"] == f"Found 1 problem\nline 1:27: {told}"


def test_selectors_are_understood(events):
    assert json.loads(events("FROM ev_a::data | KEEP x").body)["values"] == [[1]]
    assert "Unknown index [ev_a::failures]" in events("FROM ev_a::failures | KEEP x").body.decode()


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ROW code = \"1\" | ENRICH langs ON code | KEEP lang", [["English"]]),
        ("ROW code = \"1\" | ENRICH langs | KEEP lang", [["English"]]),
        ("ROW c = \"1\" | ENRICH langs ON c WITH l = lang | KEEP l", [["English"]]),
        ("ROW code = \"9\" | ENRICH langs ON code | KEEP lang", [[None]]),
        ("ROW code = [\"1\", \"2\"] | ENRICH langs ON code | KEEP lang", [[["English", "German"]]]),
        ("FROM texts | ENRICH langs ON code | STATS n = count(*) BY lang | SORT lang", [[2, "English"], [1, "German"], [1, None]]),
    ],
)
def test_rows_are_enriched(raw, text, values):
    asked = raw("8.19.21")
    for code, lang in (("1", "English"), ("2", "German")):
        asked("POST /langs/_doc?refresh", {"code": code, "lang": lang})
    for code in ("1", "1", "2", "3"):
        asked("POST /texts/_doc?refresh", {"code": code})
    asked("PUT /_enrich/policy/langs", {"match": {"indices": "langs", "match_field": "code", "enrich_fields": ["lang"]}})
    asked("PUT /_enrich/policy/langs/_execute")
    answer = asked("POST /_query", {"query": text})
    assert answer.status == 200, answer.body
    assert json.loads(answer.body)["values"] == values


@pytest.mark.unverified
def test_policies_that_are_not_there(raw):
    answer = raw("8.19.21")("POST /_query", {"query": "ROW code = \"1\" | ENRICH langs ON code"})
    assert (answer.status, "cannot find enrich policy [langs]" in answer.body.decode()) == (400, True)
