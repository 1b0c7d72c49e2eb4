"""``field('name').get(default)``, from 8.0 on. Source: the documentation's page on the field API; held against no engine."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.unverified
MAPPINGS = {
    "properties": {
        "n": {"type": "long"},
        "d": {"type": "double"},
        "b": {"type": "boolean"},
        "k": {"type": "keyword"},
        "t": {"type": "date"},
        "i": {"type": "ip"},
        "p": {"type": "geo_point"},
    }
}


@pytest.fixture
def run(raw):
    ask = raw("8.19.21")
    ask("PUT /f", {"mappings": MAPPINGS})
    full = {"n": [3, 1], "d": 2.5, "b": True, "k": ["y", "x"], "t": "2020-01-02T03:04:05.678Z", "i": "10.0.0.1", "p": "1,2"}
    ask("PUT /f/_doc/1", full)
    ask("PUT /f/_doc/2?refresh", {})

    def run(source):
        body = {"sort": ["_doc"], "script_fields": {"r": {"script": {"source": source}}}}
        hits = ask.json("POST /f/_search", body)["hits"]["hits"]
        return [hit.get("fields", {}).get("r") for hit in hits]

    run.ask = ask
    return run


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("field('n').get(-1)", [[1], [-1]]),
        ("field('n').get(1, -1)", [[3], [-1]]),
        ("field('n').size()", [[2], [0]]),
        ("field('n').isEmpty()", [[False], [True]]),
        ("field('n').getName() + field('n').name", [["nn"], ["nn"]]),
        ("field('d').get(0.5) * 2", [[5.0], [1.0]]),
        ("field('b').get(false)", [[True], [False]]),
        ("field('k').get('none').toUpperCase()", [["X"], ["NONE"]]),
        ("field('k').get(7, 'none')", [["none"], ["none"]]),
        ("def s = ''; for (v in field('k')) { s += v } return s", [["xy"], [""]]),
        ("field('t').get(null)?.year", [[2020], [None]]),
        ("field('t').get(ZonedDateTime.parse('1999-01-01T00:00:00Z')).year", [[2020], [1999]]),
        ("field('i').asString('none')", [["10.0.0.1"], ["none"]]),
        ("def p = field('p').get(null); return p == null ? -1 : Math.round(p.lat)", [[1], [-1]]),
        ("$('n', 9)", [[1], [9]]),
        ("$('nope', 'unmapped')", [["unmapped"], ["unmapped"]]),
        ("field('nope').isEmpty()", [[True], [True]]),
    ],
)
def test_a_field_has_its_values_or_the_default(run, source, values):
    assert run(source) == values


def test_a_default_of_another_type_is_refused(run):
    body = {"script_fields": {"r": {"script": {"source": "field('n').get('x')"}}}}
    answer = run.ask.json("POST /f/_search", body)
    cause = answer["error"]["failed_shards"][0]["reason"]["caused_by"]
    assert (cause["type"], "String" in cause["reason"]) == ("wrong_method_type_exception", True)


def test_filters_scores_and_sorts_have_it(run):
    def found(body):
        return [hit["_id"] for hit in run.ask.json("POST /f/_search", body)["hits"]["hits"]]

    assert found({"query": {"script": {"script": "field('n').get(0) > 0"}}}) == ["1"]
    scored = {"script_score": {"query": {"match_all": {}}, "script": {"source": "$('n', 5)"}}}
    assert found({"query": scored}) == ["2", "1"]
    assert found({"sort": {"_script": {"type": "number", "script": "field('n').get(9)"}}}) == ["1", "2"]


def test_before_8_there_is_none(raw):
    ask = raw("7.17.29")
    ask("PUT /f/_doc/1?refresh", {"n": 1})
    answer = ask.json("POST /f/_search", {"script_fields": {"r": {"script": {"source": "field('n').get(1)"}}}})
    cause = answer["error"]["failed_shards"][0]["reason"]["caused_by"]
    assert cause["reason"].startswith("Unknown call [field] with [")
