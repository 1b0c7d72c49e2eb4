"""``field('a.b')`` and ``metadata()`` in scripts that change documents, from 8.x on.

Source: the classes WriteField, NestedDocument and Metadata of org.elasticsearch.script; held against no engine.
"""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.unverified
DOCUMENT = {"a": {"b": 1, "c.d": 2}, "x.y": "flat", "l": [3, 1, 3], "o": {"n": 1}, "docs": [{"n": 1}, {"n": 2}], "nil": None}


@pytest.fixture(params=["8.19.21", "9.5.3"])
def simulate(request, raw):
    ask = raw(request.param)

    def run(source):
        body = {"pipeline": {"processors": [{"script": {"source": source}}]}, "docs": [{"_source": json.loads(json.dumps(DOCUMENT))}]}
        done = ask.json("POST /_ingest/pipeline/_simulate", body)["docs"][0]
        return done["doc"] if "doc" in done else done["error"]

    return run


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("field('a.b').set(5)", {"a": {"b": 5, "c.d": 2}}),
        ("field('a.c.d').set(5)", {"a": {"b": 1, "c.d": 5}}),
        ("field('x.y').set('deep')", {"x.y": "deep"}),
        ("field('new.deep').set(true)", {"new": {"deep": True}}),
        ("field('a.b').append(2).append(3)", {"a": {"b": [1, 2, 3], "c.d": 2}}),
        ("field('fresh').append('v')", {"fresh": ["v"]}),
        ("field('l').deduplicate()", {"l": [1, 3]}),
        ("field('l').removeValuesIf(v -> v == 3)", {"l": [1]}),
        ("field('l').removeValue(1).removeValue(9)", {"l": [3, 3]}),
        ("field('l').transform(v -> v * 2)", {"l": [6, 2, 6]}),
        ("field('a.b').transform(v -> v + 1)", {"a": {"b": 2, "c.d": 2}}),
        ("field('x.y').move('z')", {"x.y": ..., "z": "flat"}),
        ("field('gone').overwrite('x.y')", {"x.y": ...}),
        ("field('x.y').overwrite(field('a.b'))", {"x.y": ..., "a": {"b": "flat", "c.d": 2}}),
        ("field('o').doc().field('n').set(2)", {"o": [{"n": 1}, {"n": 2}]}),
        ("field('docs').doc(3).field('n').set(4)", {"docs": [{"n": 1}, {"n": 2}, {}, {"n": 4}]}),
        ("for (def d : field('docs').docs()) { d.field('m').set(d.field('n').get(0) + 1) }", {"docs": [{"n": 1, "m": 2}, {"n": 2, "m": 3}]}),
        ("field('docs').doc(0).remove()", {"docs": [{"n": 2}]}),
        ("field('r').set([field('a.b').get(9), field('no').get(9), field('l').get(1, 7), field('l').get(5, 7)])", {"r": [1, 9, 1, 7]}),
        ("field('r').set([field('no').exists(), field('nil').exists(), field('nil').isEmpty(), field('l').size()])", {"r": [False, True, False, 3]}),
        ("field('r').set([field('l').hasValue(v -> v > 2), field('a.q').getName()])", {"r": [True, "a.q"]}),
        ("int sum = 0; for (def v : field('l')) { sum += v } field('r').set(sum)", {"r": 7}),
        ("field('a').remove(); field('no.way').remove()", {"a": ...}),
    ],
)
def test_fields_are_written(simulate, source, changed):
    expected = {name: value for name, value in {**DOCUMENT, **changed}.items() if value is not ...}
    assert simulate(source)["_source"] == expected


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("field('a.b.c').set(1)", "Segment [1:'b'] has value [1] of type [java.lang.Integer]"),
        ("field('l').move('x.y')", "Cannot move to non-empty destination [x.y]"),
        ("field('l').move(3)", "Cannot call move with [3], must be String or WriteField, not [java.lang.Integer]"),
        ("field('a.b').docs()", "Unexpected value [1] of type [java.lang.Integer] at [a.b] for docs()"),
        ("field('o').append(field('docs').doc(0))", "cannot append NestedDocument [{n=1}] to path [o]"),
    ],
)
def test_what_does_not_fit_is_refused(simulate, source, reason):
    assert simulate(source)["caused_by"]["reason"] == reason


def test_metadata_are_read_and_written(simulate):
    found = simulate("metadata().index = 'other'; metadata().setRouting('r'); field('i').set(metadata().id);"
                     "field('y').set(metadata().now.getYear() > 2000)")
    assert (found["_index"], found["_routing"], found["_source"]["i"], found["_source"]["y"]) == ("other", "r", "_id", True)


def test_an_update_writes_fields(raw):
    ask = raw("8.19.21")
    ask("PUT /i/_doc/1?refresh", {"n": 1, "o": {"l": ["a"]}})
    script = {"source": "field('n').transform(v -> v + params.by); field('o.l').append('b')", "params": {"by": 4}}
    ask("POST /i/_update/1", {"script": script})
    assert ask.json("GET /i/_doc/1")["_source"] == {"n": 5, "o": {"l": ["a", "b"]}}
    ask("POST /i/_refresh")
    assert ask.json("POST /i/_update/1", {"script": {"source": "metadata().op = field('n').get(0) == 5 ? 'none' : 'index'"}})["result"] == "noop"
    ask("POST /i/_update_by_query?refresh", {"script": {"source": "field('seen').set(true)"}})
    assert ask.json("GET /i/_doc/1")["_source"]["seen"] is True


def test_before_8_nothing_is_known_of_it(raw):
    body = {"pipeline": {"processors": [{"script": {"source": "field('a').set(1)"}}]}, "docs": [{"_source": {}}]}
    answer = raw("7.17.29").json("POST /_ingest/pipeline/_simulate", body)
    assert "Unknown call [field]" in json.dumps(answer)
