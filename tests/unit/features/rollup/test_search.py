"""Rollup search. Source: recordings of 6.8.23 (the case numbers of its transcript); Q14, Q19, Q24: published tests of 7.x."""

import json

import pytest

from tests.unit.features.rollup.conftest import job

HOUR = 3_600_000
FIVE = 1_483_246_800_000
HISTO = {"histo": {"date_histogram": {"field": "timestamp", "calendar_interval": "1h", "time_zone": "UTC"}}}
WITH_MAX = {"histo": {**HISTO["histo"], "aggs": {"the_max": {"max": {"field": "price"}}}}}
FIELDS = {"timestamp": {"type": "date"}, "partition": {"type": "keyword"}, "price": {"type": "integer"}}
DOCS = [(5, "a", 1, 1), (6, "b", 2, 2), (7, "a", 10, 3), (8, "b", 10, 4), (8, "a", 10, 3)]
"""Hour, partition, count, greatest price."""


def rolled(job_id="foo", docs=DOCS, interval="1h"):
    """A bulk body of rollup documents."""
    lines = []
    for hour, partition, count, price in docs:
        lines += [
            {"index": {}},
            {
                "timestamp.date_histogram.timestamp": f"2017-01-01T{hour:02}:00:00Z",
                "timestamp.date_histogram.interval": interval,
                "timestamp.date_histogram.time_zone": "UTC",
                "timestamp.date_histogram._count": count,
                "partition.terms.value": partition,
                "partition.terms._count": count,
                "price.max.value": price,
                "_rollup.id": job_id,
                "_rollup.version": 1,
            },
        ]
    return "\n".join(map(json.dumps, lines)) + "\n"


def body(interval="1h", index="foo_rollup"):
    date = {"field": "timestamp", "calendar_interval": interval}
    return job(
        rollup_index=index,
        groups={"date_histogram": date, "terms": {"fields": ["partition"]}},
        metrics=[{"field": "price", "metrics": ["max"]}],
    )


@pytest.fixture
def filled(raw):
    """The job ``foo``, never started, and five documents that it might have written."""
    ask = raw("7.10.2")
    ask("PUT /foo", {"mappings": {"properties": FIELDS}})
    ask("PUT /_rollup/job/foo", body())
    ask("POST /foo_rollup/_bulk?refresh", rolled())
    return ask


def search(ask, aggs=None, index="foo_rollup", query="", **more):
    asked = {"size": 0, **({} if aggs is None else {"aggs": aggs}), **more}
    return ask.json(f"POST /{index}/_rollup_search{query}", {k: v for k, v in asked.items() if v is not None})


def buckets(answer, *keys):
    return [tuple(bucket[key] for key in keys) for bucket in answer["aggregations"]["histo"]["buckets"]]


def refused(answer):
    assert answer["status"] == 400
    assert answer["error"]["type"] == "illegal_argument_exception"
    assert answer["error"]["root_cause"] == [{key: answer["error"][key] for key in ("type", "reason")}]
    return answer["error"]["reason"]


COUNTS = [(FIVE, 1), (FIVE + HOUR, 2), (FIVE + 2 * HOUR, 10), (FIVE + 3 * HOUR, 20)]


def test_q1_hours(filled):
    answer = search(filled, HISTO)
    answer["took"] = 0
    first = {"key_as_string": "2017-01-01T05:00:00.000Z", "key": FIVE, "doc_count": 1}
    assert list(answer) == ["took", "timed_out", "terminated_early", "_shards", "hits", "aggregations"]
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": 0.0, "hits": []}
    assert answer["terminated_early"] is False
    assert list(answer["aggregations"]["histo"]) == ["meta", "buckets"]
    assert answer["aggregations"]["histo"]["buckets"][0] == first
    assert buckets(answer, "key", "doc_count") == COUNTS


def test_q2_formats(filled):
    aggs = {"histo": {"date_histogram": {**HISTO["histo"]["date_histogram"], "format": "yyyy-MM-dd"}}}
    assert buckets(search(filled, aggs), "key_as_string") == [("2017-01-01",)] * 4


@pytest.mark.parametrize("aggs", [{}, None])
def test_q3_no_aggregations(filled, aggs):
    answer = search(filled, aggs)
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": 0.0, "hits": []}
    assert "aggregations" not in answer


def test_q4_a_metric_per_hour(filled):
    found = search(filled, WITH_MAX)
    assert [one["the_max"]["value"] for one in found["aggregations"]["histo"]["buckets"]] == [1, 2, 3, 4]


PARTITION_A = {"term": {"partition": "a"}}


def test_q5_a_query_and_the_bucket_that_fills_a_gap(filled):
    found = search(filled, WITH_MAX, query_=None, query="") if False else filled.json(
        "POST /foo_rollup/_rollup_search", {"size": 0, "query": PARTITION_A, "aggs": WITH_MAX}
    )
    listed = found["aggregations"]["histo"]["buckets"]
    assert [(one["doc_count"], one["the_max"]["value"]) for one in listed] == [(1, 1), (0, None), (10, 3), (10, 3)]
    assert listed[1] == {
        "key_as_string": "2017-01-01T06:00:00.000Z",
        "key": FIVE + HOUR,
        "doc_count": 0,
        "the_max": {"value": None},
        "histo._count": {"value": 0.0},
    }


@pytest.mark.parametrize(("case", "interval"), [("Q6, Q7", "1h"), ("Q8", "1d")])
def test_q6_q7_q8_a_second_job_counts_nothing_twice(filled, case, interval):
    filled("PUT /_rollup/job/foo2", body(interval))
    if interval == "1h":
        filled("POST /foo_rollup/_bulk?refresh", rolled("foo2"))
    for query in (None, PARTITION_A):
        asked = {"size": 0, "aggs": HISTO, **({"query": query} if query else {})}
        found = filled.json("POST /foo_rollup/_rollup_search", asked)
        assert buckets(found, "key", "doc_count") == (
            COUNTS if query is None else [(FIVE, 1), (FIVE + HOUR, 0), (FIVE + 2 * HOUR, 10), (FIVE + 3 * HOUR, 10)]
        )


def test_q9_q10_q11_q12_wildcards_and_aliases(filled):
    assert buckets(search(filled, HISTO, "foo_rollup*"), "key", "doc_count") == COUNTS
    filled("PUT /foo_rollup/_alias/rollup_alias")
    assert buckets(search(filled, HISTO, "rollup_alias"), "key", "doc_count") == COUNTS
    filled("PUT /_rollup/job/bar", body(index="bar_rollup"))
    many = (
        "RollupSearch currently only supports searching one rollup index at a time. Found the following rollup indices: "
        "[bar_rollup, foo_rollup]"
    )
    assert refused(search(filled, HISTO, "*_rollup")) == many
    filled("PUT /bar_rollup/_alias/rollup_alias")
    assert refused(search(filled, HISTO, "rollup_alias")) == many


def test_q13_typed_keys_and_totals(filled):
    found = search(filled, WITH_MAX, query="?typed_keys=true")["aggregations"]
    assert list(found) == ["date_histogram#histo"]
    assert [list(one)[-1] for one in found["date_histogram#histo"]["buckets"]] == ["max#the_max"] * 4
    assert search(filled, HISTO, query="?rest_total_hits_as_int=true")["hits"]["total"] == 0


def test_q14_an_error_of_a_live_index(filled):
    aggs = {"histo": {"date_histogram": {"field": "timestamp", "interval": "asdfasdf"}}}
    assert search(filled, aggs, "foo")["status"] == 400
    assert search(filled, aggs, "foo*")["status"] == 400  # Q15


def test_q16_q29_no_index_and_a_missing_one(filled):
    assert refused(search(filled, HISTO, "bar*")) == "Must specify at least one concrete index."
    answer = search(filled, HISTO, "missing")
    assert (answer["status"], answer["error"]["type"]) == (404, "index_not_found_exception")


@pytest.mark.parametrize("size", [10, None])
def test_q17_there_are_no_hits(filled, size):
    assert refused(search(filled, HISTO, size=size)) == (
        "Rollup does not support returning search hits, please try again with [size: 0]."
    )


def unserved(kind, where):
    return f"There is not a rollup job that has a [{kind}] agg {where} which also satisfies all requirements of query."


@pytest.mark.parametrize(
    ("case", "aggs", "reason"),
    [
        ("Q18", {"x": {"avg": {"field": "price"}}}, unserved("avg", "with name [x]")),
        (
            "Q19",
            {"x": {"date_histogram": {"field": "timestamp", "fixed_interval": "60m"}}},
            unserved("date_histogram", "on field [timestamp]"),
        ),
        (
            "zone",
            {"x": {"date_histogram": {"field": "timestamp", "calendar_interval": "1h", "time_zone": "CET"}}},
            unserved("date_histogram", "on field [timestamp]"),
        ),
        ("terms", {"x": {"terms": {"field": "price"}}}, unserved("terms", "on field [price]")),
        ("histogram", {"x": {"histogram": {"field": "price", "interval": 5}}}, unserved("histogram", "on field [price]")),
        (
            "Q20",
            {"x": {"cardinality": {"field": "partition"}}},
            "Unable to translate aggregation tree into Rollup.  Aggregation [x] is of type [CardinalityAggregationBuilder] "
            "which is currently unsupported.",
        ),
        (
            "Q20",
            {"x": {"geohash_grid": {"field": "partition"}}},
            "Unable to translate aggregation tree into Rollup.  Aggregation [x] is of type [GeoHashGridAggregationBuilder] "
            "which is currently unsupported.",
        ),
        (
            "names that meet",
            {"x": {"terms": {"field": "partition"}, "aggs": {"x": {"terms": {"field": "partition"}}, "x._count": {"max": {"field": "price"}}}}},
            "Two sibling aggregations cannot have the same name: [x._count]",
        ),
    ],
)
def test_aggregations_that_no_job_serves(filled, case, aggs, reason):
    assert refused(search(filled, aggs)) == reason


@pytest.mark.parametrize(
    ("case", "query", "reason"),
    [
        ("Q21", {"match": {"partition": "a"}}, "Unsupported Query in search request: [match]"),
        (
            "Q22",
            {"term": {"price": 1}},
            "Field [price] in [term] query is not available in selected rollup indices, cannot query.",
        ),
        (
            "terms",
            {"terms": {"price": [1]}},
            "Field [price] in [term] query is not available in selected rollup indices, cannot query.",
        ),
        (
            "range",
            {"bool": {"filter": {"range": {"price": {"gte": 1}}}}},
            "Field [price] in [range] query is not available in selected rollup indices, cannot query.",
        ),
    ],
)
def test_queries_that_cannot_be_rewritten(filled, case, query, reason):
    answer = filled.json("POST /foo_rollup/_rollup_search", {"size": 0, "query": query, "aggs": HISTO})
    assert refused(answer) == reason


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"post_filter": {"match_all": {}}}, "Rollup search does not support post filtering."),
        ({"suggest": {"s": {"text": "a", "term": {"field": "partition"}}}}, "Rollup search does not support suggestors."),
        ({"highlight": {"fields": {"partition": {}}}}, "Rollup search does not support highlighting."),
        ({"explain": True}, "Rollup search does not support explaining."),
    ],
)
def test_q23_options_that_rollup_lacks(filled, more, reason):
    assert refused(search(filled, HISTO, **more)) == reason


@pytest.mark.parametrize("zone", ["America/Edmonton", "Canada/Mountain"])
def test_q24_a_zone_is_found_by_its_rules(raw, zone):
    ask = raw("7.10.2")
    ask("PUT /tz", {"mappings": {"properties": FIELDS}})
    date = {"field": "timestamp", "interval": "5m", "time_zone": "Canada/Mountain"}
    groups = {"date_histogram": date, "terms": {"fields": ["partition"]}}
    metrics = [{"field": "price", "metrics": ["max"]}]
    ask(
        "PUT /_rollup/job/tz",
        job(index_pattern="tz", rollup_index="tz_rollup", groups=groups, metrics=metrics),
    )
    lines = []
    for n, count in enumerate((1, 2, 10)):
        source = {
            "timestamp.date_histogram.timestamp": 1_531_221_000_000 + n * 300_000,
            "timestamp.date_histogram.interval": "5m",
            "timestamp.date_histogram.time_zone": "Canada/Mountain",
            "timestamp.date_histogram._count": count,
            "price.max.value": n + 1,
            "_rollup.id": "tz",
            "_rollup.version": 2,
        }
        lines += [{"index": {}}, source]
    ask("POST /tz_rollup/_bulk?refresh", "\n".join(map(json.dumps, lines)) + "\n")
    date = {"field": "timestamp", "fixed_interval": "5m", "time_zone": zone}
    aggs = {"histo": {"date_histogram": date, "aggs": {"the_max": {"max": {"field": "price"}}}}}
    found = search(ask, aggs, "tz_rollup")["aggregations"]["histo"]["buckets"]
    assert [(one["doc_count"], one["the_max"]["value"]) for one in found] == [(1, 1.0), (2, 2.0), (10, 3.0)]
    assert found[0]["key_as_string"] == "2018-07-10T05:10:00.000-06:00"


@pytest.fixture
def sensors(raw):
    """The hand-made rollup index of the documentation, and its empty source."""
    ask = raw("7.10.2")
    source = {"timestamp": "date", "temperature": "long", "voltage": "float", "node": "keyword"}
    ask("PUT /sensor-1", {"mappings": {"properties": {name: {"type": kind} for name, kind in source.items()}}})
    config = {
        "id": "sensor", "index_pattern": "sensor-*", "rollup_index": "sensor_rollup", "cron": "* * * * * ?",
        "timeout": "20s", "page_size": 1000,
        "groups": {
            "date_histogram": {"delay": "7d", "field": "timestamp", "fixed_interval": "60m", "time_zone": "UTC"},
            "terms": {"fields": ["node"]},
        },
        "metrics": [{"field": "temperature", "metrics": ["min", "max", "sum"]}, {"field": "voltage", "metrics": ["avg"]}],
    }  # fmt: skip
    fields = {
        "node.terms.value": "keyword", "node.terms._count": "long", "temperature.sum.value": "double",
        "temperature.max.value": "double", "temperature.min.value": "double",
        "timestamp.date_histogram.time_zone": "keyword", "timestamp.date_histogram.interval": "keyword",
        "timestamp.date_histogram.timestamp": "date", "timestamp.date_histogram._count": "long",
        "voltage.avg.value": "double", "voltage.avg._count": "long", "_rollup.id": "keyword", "_rollup.version": "long",
    }  # fmt: skip
    properties = {name: {"type": kind} for name, kind in fields.items()}
    ask("PUT /sensor_rollup", {"mappings": {"_meta": {"_rollup": {"sensor": config}}, "properties": properties}})
    lines = []
    for node, hour, temperature, voltage in (
        ("b", 1_516_640_400_000, 201, 5.800000190734863), ("c", 1_516_381_200_000, 200, 4.199999809265137),
        ("a", 1_516_554_000_000, 202, 5.099999904632568), ("a", 1_516_726_800_000, 200, 5.199999809265137),
        ("b", 1_516_467_600_000, 198, 5.599999904632568), ("c", 1_516_294_800_000, 202, 4.0),
    ):  # fmt: skip
        rolled_up = {
            "node.terms.value": node, "node.terms._count": 1, "temperature.sum.value": temperature,
            "temperature.max.value": temperature, "temperature.min.value": temperature,
            "timestamp.date_histogram.time_zone": "UTC", "timestamp.date_histogram.interval": "1h",
            "timestamp.date_histogram.timestamp": hour, "timestamp.date_histogram._count": 1,
            "voltage.avg.value": voltage, "voltage.avg._count": 1, "_rollup.version": 1, "_rollup.id": "sensor",
        }  # fmt: skip
        lines += [{"index": {}}, rolled_up]
    ask("POST /sensor_rollup/_bulk?refresh", "\n".join(map(json.dumps, lines)) + "\n")
    return ask


def test_q25_q26_q28_the_examples_of_the_documentation(sensors):
    aggs = {"max_temperature": {"max": {"field": "temperature"}}}
    answer = search(sensors, aggs, "sensor_rollup")
    assert answer["aggregations"] == {"max_temperature": {"value": 202.0}}
    assert (answer["hits"]["max_score"], answer["terminated_early"]) == (0.0, False)
    avg = {"avg_temperature": {"avg": {"field": "temperature"}}}
    assert refused(search(sensors, avg, "sensor_rollup")) == unserved("avg", "with name [avg_temperature]")
    both = search(sensors, aggs, "sensor-1,sensor_rollup")
    assert both["aggregations"] == {"max_temperature": {"value": 202.0}}
    assert both["num_reduce_phases"] == 2
    assert both["_shards"] == {"total": 2, "successful": 2, "skipped": 0, "failed": 0}


def test_q27_weeks_of_nodes(sensors):
    below = {"max_temperature": {"max": {"field": "temperature"}}, "avg_voltage": {"avg": {"field": "voltage"}}}
    nodes = {"terms": {"field": "node"}, "aggs": below}
    timeline = {"date_histogram": {"field": "timestamp", "fixed_interval": "7d"}, "aggs": {"nodes": nodes}}
    found = search(sensors, {"timeline": timeline}, "sensor_rollup")["aggregations"]["timeline"]
    assert found["meta"] == {}
    assert [(one["key_as_string"], one["key"], one["doc_count"]) for one in found["buckets"]] == [
        ("2018-01-18T00:00:00.000Z", 1_516_233_600_000, 6)
    ]
    assert found["buckets"][0]["nodes"] == {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": 0,
        "buckets": [
            {"key": "a", "doc_count": 2, "max_temperature": {"value": 202.0}, "avg_voltage": {"value": 5.1499998569488525}},
            {"key": "b", "doc_count": 2, "max_temperature": {"value": 201.0}, "avg_voltage": {"value": 5.700000047683716}},
            {"key": "c", "doc_count": 2, "max_temperature": {"value": 202.0}, "avg_voltage": {"value": 4.099999904632568}},
        ],
    }


def test_q31_q32_what_cannot_be_translated_back(filled):
    filled("PUT /_rollup/job/n", body() | {"metrics": [{"field": "price", "metrics": ["value_count"]}], "rollup_index": "n"})
    answer = search(filled, {"x": {"value_count": {"field": "price"}}}, "n")
    assert (answer["status"], answer["error"]["reason"]) == (
        500,
        "Unable to unroll metric.  Aggregation [x] is of type [InternalValueCount] which is currently unsupported.",
    )
    answer = search(filled, {"x": {"terms": {"field": "partition"}}}, "n")
    assert (answer["status"], answer["error"]["reason"]) == (
        500,
        "Unable to unroll aggregation tree.  Aggregation [x] is of type [UnmappedTerms] which is currently unsupported.",
    )
