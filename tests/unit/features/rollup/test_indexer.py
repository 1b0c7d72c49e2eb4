"""The indexer and its statistics. Source: recordings of 6.8.23 (the case numbers of its transcript)."""

import json

import pytest

from esmock.features.rollup.jobs import rollup_jobs
from tests.unit.features.rollup.conftest import FOO, job

SECOND = {"date": {"fixed_interval": "1s"}, "cron": "*/1 * * * * ?"}
NODES = [
    ("a", 1516729294000, 200, 5.2), ("b", 1516642894000, 201, 5.8), ("a", 1516556494000, 202, 5.1),
    ("b", 1516470094000, 198, 5.6), ("c", 1516383694000, 200, 4.2), ("c", 1516297294000, 202, 4.0),
]  # fmt: skip


def tick(ask, seconds=1):
    ask.server.clock.advance(seconds=seconds)


def entry(ask, name="foo"):
    return ask.json(f"GET /_rollup/job/{name}")["jobs"][0]


def stored(ask, index="foo_rollup"):
    ask(f"POST /{index}/_refresh")
    return {hit["_id"]: hit["_source"] for hit in ask.json(f"GET /{index}/_search?size=100")["hits"]["hits"]}


@pytest.fixture
def sensor(raw):
    """The started job of the documentation over six documents."""
    ask = raw("7.10.2", frozen_at_ms=1_700_000_000_000)
    fields = {"timestamp": "date", "temperature": "long", "voltage": "float", "node": "keyword"}
    ask("PUT /sensor-1", {"mappings": {"properties": {name: {"type": kind} for name, kind in fields.items()}}})
    for n, (node, timestamp, temperature, voltage) in enumerate(NODES):
        source = {"node": node, "timestamp": timestamp, "temperature": temperature, "voltage": voltage}
        ask(f"PUT /sensor-1/_doc/{n}?refresh", source)
    date = {"field": "timestamp", "fixed_interval": "1h", "delay": "7d"}
    metrics = [{"field": "temperature", "metrics": ["min", "max", "sum"]}, {"field": "voltage", "metrics": ["avg"]}]
    body = job(
        index_pattern="sensor-*",
        rollup_index="sensor_rollup",
        cron="* * * * * ?",
        page_size=1000,
        groups={"date_histogram": date, "terms": {"fields": ["node"]}},
        metrics=metrics,
    )
    ask("PUT /_rollup/job/sensor", body)
    ask("POST /_rollup/job/sensor/_start")
    tick(ask)
    return ask


def test_i1_one_document(foo):
    foo("PUT /foo/_doc/1?refresh", {"the_field": 123, "value_field": 1232})
    foo("PUT /_rollup/job/foo", job(**SECOND))
    foo("POST /_rollup/job/foo/_start")
    tick(foo)
    assert stored(foo) == {
        "foo$VxMkzTqILshClbtbFi4-rQ": {
            "the_field.date_histogram.timestamp": 0,
            "the_field.date_histogram.interval": "1s",
            "the_field.date_histogram.time_zone": "UTC",
            "the_field.date_histogram._count": 1,
            "value_field.min.value": 1232.0,
            "value_field.max.value": 1232.0,
            "value_field.sum.value": 1232.0,
            "_rollup.version": 2,
            "_rollup.id": "foo",
        }
    }
    assert entry(foo)["stats"]["documents_processed"] == 1


def test_i2_six_documents(sensor):
    assert sorted(stored(sensor, "sensor_rollup")) == [
        "sensor$F8neNPK_43sWr0xHdqXX_A", "sensor$FgsHcbzwlvcfsJBBkuFH1w", "sensor$MgBn59hickqygi9Izjg2iw",
        "sensor$ToQ8SQy-5KVQG7BBOaHaCw", "sensor$YqWAGxNU-H1oK_BMlKYd7g", "sensor$lyd_Vva1T63hvz1C_giZhQ",
    ]  # fmt: skip
    found = entry(sensor, "sensor")
    counted = {
        "pages_processed": 2, "documents_processed": 6, "rollups_indexed": 6, "trigger_count": 1, "index_total": 1,
        "index_failures": 0, "search_total": 2, "search_failures": 0, "processing_total": 2,
    }  # fmt: skip
    assert {key: found["stats"][key] for key in counted} == counted
    assert found["status"] == {
        "job_state": "started",
        "current_position": {"node.terms": "a", "timestamp.date_histogram": 1516726800000},
        "upgraded_doc_id": True,
    }


def test_i3_s24_s25_another_tick_finds_nothing_new(sensor):
    tick(sensor)
    stats = entry(sensor, "sensor")["stats"]
    assert (stats["trigger_count"], stats["pages_processed"], stats["rollups_indexed"]) == (2, 3, 6)
    assert sensor.json("POST /_rollup/job/sensor/_stop?wait_for_completion=true&timeout=10s") == {"stopped": True}
    tick(sensor, 10)
    assert entry(sensor, "sensor")["stats"]["trigger_count"] == 2


def test_i4_a_document_within_the_delay_waits(foo):
    now_ms = foo.server.clock.now_ms()
    foo("PUT /foo/_doc/1?refresh", {"the_field": now_ms - 5_000, "value_field": 1})
    foo("PUT /_rollup/job/foo", job(**SECOND | {"date": {"fixed_interval": "1s", "delay": "10s"}}))
    foo("POST /_rollup/job/foo/_start")
    tick(foo, 4)
    assert stored(foo) == {}
    tick(foo, 4)
    assert len(stored(foo)) == 1


def test_i5_i6_groups_and_metrics_without_values(raw):
    ask = raw("7.10.2", frozen_at_ms=1_700_000_000_000)
    fields = {"d": "date", "k": "keyword", "f": "float", "i": "integer"}
    ask("PUT /foo", {"mappings": {"properties": {name: {"type": kind} for name, kind in fields.items()}}})
    ask("PUT /foo/_doc/1?refresh", {"d": 3_600_000 + 7})
    groups = {
        "date_histogram": {"field": "d", "calendar_interval": "1h"},
        "histogram": {"interval": 5, "fields": ["i"]},
        "terms": {"fields": ["k"]},
    }
    metrics = [{"field": "f", "metrics": ["min", "max", "sum", "avg", "value_count"]}]
    ask("PUT /_rollup/job/m", job(cron="* * * * * ?", groups=groups, metrics=metrics))
    ask("POST /_rollup/job/m/_start")
    tick(ask)
    (source,) = stored(ask).values()
    assert source == {
        "d.date_histogram.timestamp": 3_600_000,
        "d.date_histogram.interval": "1h",
        "d.date_histogram.time_zone": "UTC",
        "d.date_histogram._count": 1,
        "i.histogram.value": None,
        "i.histogram.interval": 5,
        "i.histogram._count": 1,
        "k.terms.value": None,
        "k.terms._count": 1,
        "f.sum.value": 0.0,
        "f.value_count.value": 0.0,
        "_rollup.version": 2,
        "_rollup.id": "m",
    }


def test_i9_failing_items_are_counted_as_indexed(sensor):
    assert entry(sensor, "sensor")["stats"]["index_failures"] == 0
    sensor("PUT /foo", FOO)
    sensor("PUT /foo/_doc/1?refresh", {"the_field": 123, "value_field": 1})
    sensor("PUT /_rollup/job/foo", job(**SECOND))
    sensor("PUT /foo_rollup/_settings", {"index.blocks.write": True})
    sensor("POST /_rollup/job/foo/_start")
    tick(sensor)
    stats = entry(sensor)["stats"]
    assert (stats["rollups_indexed"], stats["index_failures"]) == (1, 0)
    assert stored(sensor) == {}


@pytest.mark.parametrize("action", ["POST /foo/_close", "DELETE /foo"])
def test_i10_a_search_that_fails_is_counted_and_tried_again(foo, action):
    foo("PUT /_rollup/job/foo", job(**SECOND))
    foo("POST /_rollup/job/foo/_start")
    foo(action)
    tick(foo, 2)
    found = entry(foo)
    assert found["status"]["job_state"] == "started"
    assert (found["stats"]["search_failures"], found["stats"]["search_total"]) == (2, 0)


def test_i12_pages(foo):
    for n in range(5):
        foo(f"PUT /foo/_doc/{n}?refresh", {"the_field": 1_600_000_000_000 + n * 1_000, "value_field": n})
    foo("PUT /_rollup/job/foo", job(**SECOND, page_size=3))
    foo("POST /_rollup/job/foo/_start")
    tick(foo)
    stats = entry(foo)["stats"]
    assert (stats["pages_processed"], stats["search_total"], stats["index_total"]) == (3, 3, 2)
    assert (stats["documents_processed"], stats["rollups_indexed"]) == (5, 5)


def test_i13_a_stop_seen_after_the_bulk_leaves_the_position(foo):
    foo("PUT /foo/_doc/1?refresh", {"the_field": 1_600_000_000_000, "value_field": 1})
    foo("PUT /_rollup/job/foo", job(**SECOND))
    jobs = rollup_jobs(foo.server.cluster)
    jobs.hold("foo")
    foo("POST /_rollup/job/foo/_start")
    tick(foo)
    jobs.task("foo").run.step()
    during = entry(foo)["stats"]
    assert (during["pages_processed"], during["documents_processed"], during["rollups_indexed"]) == (1, 1, 0)
    foo("POST /_rollup/job/foo/_stop")
    jobs.release("foo")
    found = entry(foo)
    assert found["status"]["job_state"] == "stopped"
    assert "current_position" not in found["status"]
    assert (found["stats"]["rollups_indexed"], found["stats"]["index_total"]) == (1, 0)
    foo("POST /_rollup/job/foo/_start")
    tick(foo)
    found = entry(foo)
    assert found["status"]["current_position"] == {"the_field.date_histogram": 1_600_000_000_000}
    assert (found["stats"]["documents_processed"], found["stats"]["rollups_indexed"]) == (2, 2)
    assert len(stored(foo)) == 1


def test_the_mapping_that_documents_leave(sensor):
    sensor("POST /sensor_rollup/_refresh")
    found = sensor.json("GET /sensor_rollup/_mapping")["sensor_rollup"]["mappings"]["properties"]
    assert found["timestamp"]["properties"]["date_histogram"]["properties"]["timestamp"] == {"type": "date"}
    assert found["voltage"]["properties"]["avg"]["properties"]["_count"] == {"type": "float"}
    assert json.dumps(found["_rollup"]) == json.dumps({"properties": {"id": {"type": "keyword"}, "version": {"type": "long"}}})


def test_a_pattern_without_an_index_is_a_page_and_a_failure_at_every_tick(foo):
    """Asked of 6.8.23."""
    assert foo("PUT /_rollup/job/foo", job(index_pattern="fo*", rollup_index="r", cron="* * * * * ?")).status == 200
    foo("DELETE /foo")
    foo("POST /_rollup/job/foo/_start")
    foo.server.clock.advance(seconds=3)
    (found,) = foo.json("GET /_rollup/job/foo")["jobs"]
    counted = {name: n for name, n in found["stats"].items() if n and not name.endswith("_in_ms")}
    assert counted == {"pages_processed": 3, "trigger_count": 3, "search_total": 3, "search_failures": 3, "processing_total": 3}
    assert found["status"]["job_state"] == "started"
