"""Runtime fields.

Source: fixtures/recorded/8.19.21/runtime_fields.json, a recording of 8.19.21 without Painless; what scripts emit follows from the
documentation.
"""

from __future__ import annotations

import pytest

from tests.recorded_cases import differences

DOCUMENTS = '{"index":{"_id":"1"}}\n{"n":3,"d":"2020-01-01"}\n{"index":{"_id":"2"}}\n{"n":5,"d":"2020-01-02"}\n'


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("8.19.21"), "runtime_fields", "8.19.21") == []


@pytest.fixture
def days(raw):
    ask = raw("8.19.21")
    source = "emit(doc['d'].value.dayOfWeekEnum.getDisplayName(TextStyle.FULL, Locale.ROOT))"
    runtime = {"day": {"type": "keyword", "script": {"source": source}}}
    ask("PUT /i", {"mappings": {"runtime": runtime, "properties": {"d": {"type": "date"}, "n": {"type": "long"}}}})
    ask("POST /i/_bulk?refresh", DOCUMENTS)
    return ask


@pytest.mark.unverified
def test_a_query_and_a_sort_read_what_the_script_emits(days):
    body = {
        "query": {"term": {"day": "Thursday"}},
        "runtime_mappings": {"twice": {"type": "long", "script": "emit(doc['n'].value * 2)"}},
        "sort": [{"twice": "desc"}],
        "fields": ["twice", "day"],
        "aggs": {"a": {"avg": {"field": "twice"}}},
    }
    found = days.json("POST /i/_search", body)
    assert [(hit["_id"], hit["sort"], hit["fields"]) for hit in found["hits"]["hits"]] == [
        ("2", [10], {"twice": [10], "day": ["Thursday"]})
    ]
    assert found["aggregations"]["a"]["value"] == 10.0


@pytest.mark.unverified
def test_the_parts_of_a_composite_field(days):
    script = "emit(['a': params._source.n, 'b': 'x' + params._source.n])"
    parts = {"a": {"type": "long"}, "b": {"type": "keyword"}}
    body = {
        "size": 0,
        "runtime_mappings": {"c": {"type": "composite", "script": script, "fields": parts}},
        "aggs": {"t": {"terms": {"field": "c.b"}}, "s": {"sum": {"field": "c.a"}}},
    }
    found = days.json("POST /i/_search", body)["aggregations"]
    assert ([one["key"] for one in found["t"]["buckets"]], found["s"]["value"]) == (["x3", "x5"], 8.0)


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("kind", "script", "shown"),
    [
        ("boolean", "emit(doc['n'].value > 3)", [False, True]),
        ("date", "emit(86400000L * doc['n'].value)", ["1970-01-04T00:00:00.000Z", "1970-01-06T00:00:00.000Z"]),
        ("double", "emit(doc['n'].value / 2.0)", [1.5, 2.5]),
        ("ip", "emit('10.0.0.' + doc['n'].value)", ["10.0.0.3", "10.0.0.5"]),
        ("keyword", "emit('k' + doc['n'].value)", ["k3", "k5"]),
        ("long", "emit(doc['n'].value)", [3, 5]),
    ],
)
def test_every_type_shows_its_values(days, kind, script, shown):
    body = {"runtime_mappings": {"r": {"type": kind, "script": script}}, "fields": ["r"], "_source": False, "sort": ["n"]}
    hits = days.json("POST /i/_search", body)["hits"]["hits"]
    assert [hit["fields"]["r"][0] for hit in hits] == shown


def test_a_failing_script_fails_the_shard(days):
    runtime = {"r": {"type": "long", "script": "emit(doc['zz'].value)"}}
    answer = days("POST /i/_search", {"runtime_mappings": runtime, "query": {"term": {"r": 1}}})
    assert answer.status == 400
    assert b'"script_exception"' in answer.body


def test_searches_do_not_share_what_their_runtime_fields_hold(days):
    def ask(script):
        body = {"runtime_mappings": {"r": {"type": "long", "script": script}}, "sort": [{"r": "asc"}]}
        return [hit["sort"] for hit in days.json("POST /i/_search", body)["hits"]["hits"]]

    assert ask("emit(doc['n'].value)") == [[3], [5]]
    assert ask("emit(doc['n'].value + 1)") == [[4], [6]]


def test_before_7_11_the_key_is_unknown(raw):
    ask = raw("7.10.2")
    ask("PUT /i/_doc/1", {"a": 1})
    reason = ask.json("POST /i/_search", {"runtime_mappings": {}})["error"]["reason"]
    assert reason == "Unknown key for a START_OBJECT in [runtime_mappings]."


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("Map m = grok('%{WORD:w} %{INT:i:int}').extract('ab 7'); emit(m.w + (m.i + 1))", ["ab8"]),
        ("def m = grok('%{INT:i}').extract('ab'); if (m == null) { emit('none') }", ["none"]),
        ("emit(dissect('%{a}-%{+a}', '/').extract('x-y')?.a)", ["x/y"]),
    ],
)
def test_extractors(days, script, found):
    body = {"size": 1, "runtime_mappings": {"e": {"type": "keyword", "script": script}}, "fields": ["e"], "_source": False}
    (hit,) = days.json("POST /i/_search", body)["hits"]["hits"]
    assert hit["fields"]["e"] == found


@pytest.mark.unverified
def test_field_capabilities_of_the_requests_own_fields(days):
    body = {"runtime_mappings": {"n": {"type": "keyword"}, "x": {"type": "ip"}}}
    fields = days.json("POST /i/_field_caps?fields=n,x,day", body)["fields"]
    assert {name: list(types) for name, types in fields.items()} == {"n": ["keyword"], "x": ["ip"], "day": ["keyword"]}
