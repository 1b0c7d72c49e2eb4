"""Capabilities of jobs. Source: recordings of 6.8.23 (the case numbers of its transcript)."""

import json

import pytest

from tests.unit.features.rollup.conftest import FOO, job

METRICS = [{"agg": "min"}, {"agg": "max"}, {"agg": "sum"}]


def caps(job_id="foo", *, index="foo_rollup", pattern="foo"):
    date = {"agg": "date_histogram", "time_zone": "UTC", "calendar_interval": "1h"}
    fields = {"the_field": [date], "value_field": METRICS}
    return {"job_id": job_id, "rollup_index": index, "index_pattern": pattern, "fields": fields}


def ids(found):
    return {key: [one["job_id"] for one in value["rollup_jobs"]] for key, value in found.items()}


@pytest.fixture
def many(with_job):
    """Jobs over two patterns in two indices."""
    with_job("PUT /foo2", FOO)
    with_job("PUT /_rollup/job/foo2", job(index_pattern="foo2"))
    with_job("PUT /_rollup/job/foo3", job(rollup_index="foo_rollup2"))
    return with_job


def test_c1_c7_capabilities_by_pattern_outlive_the_job(with_job):
    assert with_job.json("GET /_rollup/data/foo") == {"foo": {"rollup_jobs": [caps()]}}
    with_job("DELETE /_rollup/job/foo")
    assert with_job.json("GET /_rollup/data/foo") == {"foo": {"rollup_jobs": [caps()]}}


def test_c2_c9_jobs_are_sorted(with_job):
    with_job("PUT /_rollup/job/a", job())
    assert ids(with_job.json("GET /_rollup/data/foo")) == {"foo": ["a", "foo"]}
    assert ids(with_job.json("GET /foo_rollup/_rollup/data")) == {"foo_rollup": ["a", "foo"]}


@pytest.mark.parametrize("name", ["_all", "*"])
def test_c3_all_patterns(many, name):
    assert ids(many.json(f"GET /_rollup/data/{name}")) == {"foo": ["foo", "foo3"], "foo2": ["foo2"]}


@pytest.mark.parametrize("name", ["bar", "foo*", "foo,foo2"])
def test_c4_c5_patterns_are_compared_as_they_are(many, name):
    assert many.json(f"GET /_rollup/data/{name}") == {}


def test_c5_c6_a_pattern_is_not_an_index(raw):
    ask = raw("7.10.2")
    properties = {"timestamp": {"type": "date"}, "node": {"type": "keyword"}, "temperature": {"type": "long"}}
    ask("PUT /sensor-1", {"mappings": {"properties": properties}})
    date = {"field": "timestamp", "fixed_interval": "1h", "delay": "7d"}
    body = job(
        index_pattern="sensor-*",
        rollup_index="sensor_rollup",
        groups={"date_histogram": date, "terms": {"fields": ["node"]}},
        metrics=[{"field": "temperature", "metrics": ["min", "max", "sum"]}],
    )
    ask("PUT /_rollup/job/sensor", body)
    assert ask.json("GET /_rollup/data/sensor-1") == {}
    fields = ask.json("GET /_rollup/data/sensor-*")["sensor-*"]["rollup_jobs"][0]["fields"]
    assert fields == {
        "timestamp": [{"agg": "date_histogram", "fixed_interval": "1h", "delay": "7d", "time_zone": "UTC"}],
        "node": [{"agg": "terms"}],
        "temperature": METRICS,
    }


def test_c8_c14_capabilities_by_index(with_job):
    assert with_job.json("GET /foo_rollup/_rollup/data") == {"foo_rollup": {"rollup_jobs": [caps()]}}
    assert with_job.json("GET /foo/_rollup/data") == {}


@pytest.mark.parametrize(
    ("case", "names", "expected"),
    [
        ("C10", "foo_rollup", {"foo_rollup": ["foo", "foo2"]}),
        ("C11", "_all", {"foo_rollup": ["foo", "foo2"], "foo_rollup2": ["foo3"]}),
        ("C12", "foo_rollup2,foo_rollup", {"foo_rollup": ["foo", "foo2"], "foo_rollup2": ["foo3"]}),
        ("C13", "*_rollup2", {"foo_rollup2": ["foo3"]}),
        ("none", "missing*", {}),
    ],
)
def test_names_and_wildcards(many, case, names, expected):
    assert ids(many.json(f"GET /{names}/_rollup/data")) == expected


def test_c15_missing_and_closed_indices(with_job):
    answer = with_job.json("GET /missing/_rollup/data")
    assert (answer["status"], answer["error"]["reason"]) == (404, "no such index [missing]")
    assert with_job.json("GET /missing/_rollup/data?ignore_unavailable=true") == {}
    assert with_job.json("GET /missing*/_rollup/data?allow_no_indices=false")["status"] == 404
    with_job("POST /foo_rollup/_close")
    answer = with_job.json("GET /foo_rollup/_rollup/data")
    assert (answer["status"], answer["error"]["type"]) == (400, "index_closed_exception")
    assert with_job.json("GET /_all/_rollup/data") == {}
    assert ids(with_job.json("GET /_rollup/data/foo")) == {"foo": ["foo"]}


def test_an_alias_is_answered_under_the_index_of_the_job(with_job):
    with_job("PUT /foo_rollup/_alias/rolled")
    assert ids(with_job.json("GET /rolled/_rollup/data")) == {"foo_rollup": ["foo"]}


def test_intervals_of_old_metadata_get_one_of_the_new_names(raw):
    # Source: the up-conversion of legacy intervals since 7.2; the order is that of Java's hash maps
    ask = raw("7.10.2")
    old = {
        "id": "old", "index_pattern": "x", "rollup_index": "r", "cron": "* * * * * ?", "timeout": "20s", "page_size": 1,
        "groups": {"date_histogram": {"field": "t", "interval": "60m", "delay": "7d", "time_zone": "UTC"}}, "metrics": [],
    }  # fmt: skip
    ask("PUT /r", {"mappings": {"_meta": {"_rollup": {"old": old}}}})
    found = ask.json("GET /r/_rollup/data")["r"]["rollup_jobs"][0]["fields"]["t"]
    assert json.dumps(found) == json.dumps(
        [{"agg": "date_histogram", "fixed_interval": "60m", "delay": "7d", "time_zone": "UTC"}]
    )
