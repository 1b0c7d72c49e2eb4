"""Putting jobs. Source: recordings of 6.8.23 (the case numbers of its transcript); where 7.x differs, its published tests and
documentation.
"""

import json

import pytest

from tests.unit.features.rollup.conftest import FOO, innermost, job

BUILD = "Failed to build [xpack/rollup/jobconfig] after last required field arrived"
TIME = "as a time value: unit is missing or unrecognized"


def put(ask, body, job_id="foo"):
    answer = ask(f"PUT /_rollup/job/{job_id}", body)
    return answer.status, json.loads(answer.body)


def test_p1_p2_a_job_is_made_and_shown(foo):
    assert put(foo, job()) == (200, {"acknowledged": True})
    assert foo("HEAD /foo_rollup").status == 200
    shown = foo.json("GET /_rollup/job/foo")["jobs"]
    assert shown == [
        {
            "config": {
                "id": "foo",
                "index_pattern": "foo",
                "rollup_index": "foo_rollup",
                "cron": "*/30 * * * * ?",
                "groups": {"date_histogram": {"calendar_interval": "1h", "field": "the_field", "time_zone": "UTC"}},
                "metrics": [{"field": "value_field", "metrics": ["min", "max", "sum"]}],
                "timeout": "20s",
                "page_size": 10,
            },
            "status": {"job_state": "stopped", "upgraded_doc_id": True},
            "stats": dict.fromkeys(
                (
                    "pages_processed", "documents_processed", "rollups_indexed", "trigger_count", "index_time_in_ms",
                    "index_total", "index_failures", "search_time_in_ms", "search_total", "search_failures",
                    "processing_time_in_ms", "processing_total",
                ),
                0,
            ),
        }
    ]  # fmt: skip


def test_p3_p5_metadata_outlives_its_job(with_job):
    reason = "Cannot create rollup job [foo] because job was previously created (existing metadata)."
    refused = {"type": "status_exception", "reason": reason}
    whole = {"error": {"root_cause": [refused], **refused}, "status": 409}
    assert put(with_job, job()) == (409, whole)
    assert with_job.json("DELETE /_rollup/job/foo") == {"acknowledged": True}
    assert put(with_job, job()) == (409, whole)


def test_p4_a_living_job_keeps_its_id_but_the_other_index_is_made(with_job):
    status, answer = put(with_job, job(rollup_index="other"))
    assert status == 409
    assert answer["error"]["type"] == "status_exception"
    assert answer["error"]["reason"] == "Cannot create job [foo] because it has already been created (task exists)"
    assert answer["error"]["root_cause"] == [
        {"type": "resource_already_exists_exception", "reason": "task with id {foo} already exist"}
    ]
    assert with_job("HEAD /other").status == 200


def test_p6_a_deleted_id_may_write_to_another_index(with_job):
    with_job("DELETE /_rollup/job/foo")
    assert put(with_job, job(rollup_index="other")) == (200, {"acknowledged": True})


@pytest.mark.parametrize(
    ("case", "mappings", "reason"),
    [
        (
            "P7",
            None,
            "Rollup data cannot be added to existing indices that contain non-rollup data (expected to find _meta key in "
            "mapping of rollup index [other] but not found).",
        ),
        (
            "P8",
            {"_meta": {"x": 1}},
            "Rollup data cannot be added to existing indices that contain non-rollup data (expected to find rollup meta key "
            "[_rollup] in mapping of rollup index [other] but not found).",
        ),
    ],
)
def test_p7_p8_an_index_of_other_data_is_refused(foo, case, mappings, reason):
    foo("PUT /other", {} if mappings is None else {"mappings": mappings})
    status, answer = put(foo, job(rollup_index="other"))
    refused = {"type": "runtime_exception", "reason": reason}
    assert (status, answer) == (500, {"error": {"root_cause": [refused], **refused}, "status": 500})


def test_p8_metadata_without_a_version_and_an_index_of_another_type(foo):
    foo("PUT /other", {"mappings": {"_meta": {"_rollup": {}}}})
    status, answer = put(foo, job(rollup_index="other"))
    assert (status, answer["error"]["type"]) == (500, "illegal_state_exception")
    assert answer["error"]["reason"] == "Could not determine version of existing rollup metadata for index [other]"
    foo("PUT /typed?include_type_name=true", {"mappings": {"doc": {"_meta": {"_rollup": {}, "rollup-version": ""}}}})
    status, answer = put(foo, job(rollup_index="typed"))
    assert (status, answer["error"]["reason"]) == (500, "Could not update mappings for rollup job [foo]")
    assert answer["error"]["caused_by"]["type"] == "null_pointer_exception"
    foo("PUT /versioned", {"mappings": {"_meta": {"_rollup": {}, "rollup-version": ""}}})
    assert put(foo, job(rollup_index="versioned")) == (200, {"acknowledged": True})


def test_p9_unknown_fields_are_named_with_their_place(foo):
    status, answer = put(foo, job(headers={"foo": "bar"}))
    refused = answer["error"]
    assert (status, refused["type"]) == (400, "x_content_parse_exception")
    assert refused["reason"].endswith("[xpack/rollup/jobconfig] unknown field [headers]")
    assert "caused_by" not in refused


def test_p10_a_metric_of_no_field(foo):
    metrics = [{"field": "field_doesnt_exist", "metrics": ["max"]}]
    status, answer = put(foo, job(metrics=metrics))
    assert (status, answer["error"]["type"]) == (400, "rollup_action_request_validation_exception")
    assert answer["error"]["reason"] == (
        "Validation Failed: 1: Could not find a [numeric] or [date,date_nanos] field with name [field_doesnt_exist] in any of "
        "the indices matching the index pattern.;"
    )


def test_p11_an_unknown_metric(foo):
    metrics = [{"field": "value_field", "metrics": ["min", "max", "sum", "does_not_exist"]}]
    status, answer = put(foo, job(metrics=metrics))
    assert status == 400
    assert answer["error"]["root_cause"][0]["reason"] == "Failed to build [metrics] after last required field arrived"
    assert innermost(answer) == {
        "type": "illegal_argument_exception",
        "reason": "Unsupported metric [does_not_exist]. Supported metrics include: [min, avg, max, sum, value_count]",
    }


def test_p12_templates_apply_to_the_rollup_index(foo):
    foo(
        "PUT /_template/all",
        {"index_patterns": ["foo_*"], "mappings": {"properties": {"field": {"type": "keyword"}}}},
    )
    put(foo, job())
    mapping = foo.json("GET /foo_rollup/_mapping")["foo_rollup"]["mappings"]
    assert mapping["properties"] == {"field": {"type": "keyword"}}
    assert mapping["_meta"]["rollup-version"] == "7.10.2"
    assert mapping["_meta"]["_rollup"]["foo"] == foo.json("GET /_rollup/job/foo")["jobs"][0]["config"]
    assert [list(one) for one in mapping["dynamic_templates"]] == [["strings"], ["date_histograms"]]


@pytest.mark.parametrize(
    ("case", "changes", "reason"),
    [
        ("P13", {"page_size": 0}, "Page size is mandatory and  must be a positive long"),
        ("P14", {"page_size": -1}, "Page size is mandatory and  must be a positive long"),
        ("P17", {"index_pattern": "*"}, "Index pattern must not match all indices (as it would match it's own rollup index"),
        ("P18", {"index_pattern": "foo*"}, "Index pattern would match rollup index name which is not allowed"),
        (
            "P19",
            {"index_pattern": "*-rollup", "rollup_index": "foo-rollup"},
            "Index pattern would match rollup index name which is not allowed",
        ),
        ("P20", {"rollup_index": "foo"}, "Rollup index may not be the same as the index pattern"),
        ("P21", {"cron": ""}, "Cron schedule must be a non-null, non-empty string"),
        ("P22", {"rollup_index": ""}, "Rollup index must be a non-null, non-empty string"),
        ("P23", {"index_pattern": ""}, "Index pattern must be a non-null, non-empty string"),
        ("P24", {"groups": None, "metrics": None}, "At least one grouping or metric must be configured"),
    ],
)
def test_rules_of_the_whole_job(foo, case, changes, reason):
    status, answer = put(foo, job(**changes))
    built = {"type": "x_content_parse_exception", "reason": BUILD}
    cause = {"type": "illegal_argument_exception", "reason": reason}
    assert (status, answer) == (400, {"error": {"root_cause": [built], **built, "caused_by": cause}, "status": 400})
    assert foo.json("GET /_rollup/job/_all") == {"jobs": []}


def test_p15_p16_required_arguments(foo):
    for body, names in ((job(page_size=None), "page_size"), ({}, "index_pattern, rollup_index, cron, page_size")):
        missing = {"type": "illegal_argument_exception", "reason": f"Required [{names}]"}
        assert put(foo, body) == (400, {"error": {"root_cause": [missing], **missing}, "status": 400})


def test_p25_groups_need_a_date_histogram(foo):
    status, answer = put(foo, job(groups={}))
    assert status == 400
    assert answer["error"]["reason"].endswith("[xpack/rollup/jobconfig] failed to parse field [groups]")
    assert innermost(answer)["reason"] == "Required [date_histogram]"


@pytest.mark.parametrize(
    ("case", "date", "reason"),
    [
        ("P26", {}, "An interval is required.  Use [fixed_interval] or [calendar_interval]."),
        (
            "P27",
            {"calendar_interval": "1h", "fixed_interval": "1h"},
            "Cannot set both [fixed_interval] and [calendar_interval] at the same time",
        ),
        (
            "P28",
            {"interval": "1h", "fixed_interval": "1h"},
            "Cannot use [interval] with [fixed_interval] or [calendar_interval] configuration options.",
        ),
        (
            "P29",
            {"calendar_interval": "60m"},
            "The supplied interval [60m] could not be parsed as a calendar interval.",
        ),
        (
            "P30",
            {"fixed_interval": "1M"},
            f"failed to parse setting [date_histogram.FixedInterval] with value [1M] {TIME}",
        ),
        ("P31", {"calendar_interval": "abc"}, f"failed to parse setting [createRounding] with value [abc] {TIME}"),
        ("zero", {"fixed_interval": "0s"}, "Zero or negative time interval not supported"),
        ("delay", {"fixed_interval": "1h", "delay": "x"}, f"failed to parse setting [delay] with value [x] {TIME}"),
        ("zone", {"fixed_interval": "1h", "time_zone": "Foo/Bar", "delay": "x"}, "Unknown time-zone ID: Foo/Bar"),
        ("field", {"field": "", "fixed_interval": "?"}, "Field must be a non-null, non-empty string"),
    ],
)
def test_rules_of_the_date_histogram(foo, case, date, reason):
    status, answer = put(foo, job(date=date))
    assert status == 400
    assert answer["error"]["root_cause"] == [
        {"type": "x_content_parse_exception", "reason": "Failed to build [date_histogram] after last required field arrived"}
    ]
    assert innermost(answer)["reason"] == reason


@pytest.mark.parametrize(
    ("case", "given", "key"), [("P32", "1h", "calendar_interval"), ("P33", "60m", "fixed_interval")]
)
def test_p32_p33_a_legacy_interval_gets_one_of_the_new_names(foo, case, given, key):
    assert put(foo, job(date={"interval": given}))[0] == 200
    shown = foo.json("GET /_rollup/job/foo")["jobs"][0]["config"]["groups"]["date_histogram"]
    assert shown == {key: given, "field": "the_field", "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("case", "groups", "reason"),
    [
        ("P34", {"histogram": {"interval": 0, "fields": ["value_field"]}}, "Interval must be a positive long"),
        ("P35", {"terms": {"fields": []}}, "Fields must have at least one value"),
    ],
)
def test_rules_of_the_other_groups(foo, case, groups, reason):
    status, answer = put(foo, job(groups={"date_histogram": {"field": "the_field", "fixed_interval": "1h"}, **groups}))
    assert (status, innermost(answer)["reason"]) == (400, reason)


@pytest.mark.parametrize(
    ("case", "changes", "reason"),
    [
        (
            "P36",
            {"date": {"field": "value_field", "fixed_interval": "1h"}},
            "The field referenced by a date_histo group must be one of type [date,date_nanos] across all indices in the index "
            "pattern.  Found: [integer] for field [value_field]",
        ),
        (
            "P37",
            {"groups": {"date_histogram": {"field": "the_field", "fixed_interval": "1h"}, "terms": {"fields": ["the_field"]}}},
            "The field referenced by a terms group must be a [numeric] or [keyword/text] type, but found [date] for field "
            "[the_field]",
        ),
        (
            "P38",
            {"groups": {"date_histogram": {"field": "the_field", "fixed_interval": "1h"}, "terms": {"fields": ["t"]}}},
            "The field [t] must be aggregatable across all indices, but is not.",
        ),
        (
            "P39",
            {"metrics": [{"field": "the_field", "metrics": ["sum"]}]},
            "Only the metrics [max, min, value_count] are supported for [date] types, but unsupported metrics [sum] supplied "
            "for field [the_field]",
        ),
        (
            "P41",
            {"index_pattern": "nope-*"},
            "Could not find any fields in the index/index-pattern that were configured in job",
        ),
    ],
)
def test_what_the_source_must_offer(foo, case, changes, reason):
    foo("PUT /foo/_mapping", {"properties": {"t": {"type": "text"}}})
    status, answer = put(foo, job(**changes))
    refused = {
        "type": "rollup_action_request_validation_exception",
        "reason": f"Validation Failed: 1: {reason};",
    }
    assert (status, answer) == (400, {"error": {"root_cause": [refused], **refused}, "status": 400})
    assert foo("HEAD /foo_rollup").status == 404


@pytest.mark.parametrize(("case", "pattern"), [("P40", "nope"), ("P42", "foo,bar")])
def test_p40_p42_a_missing_source(foo, case, pattern):
    status, answer = put(foo, job(index_pattern=pattern))
    assert (status, answer["error"]["type"]) == (404, "index_not_found_exception")
    assert answer["error"]["reason"] == f"no such index [{pattern}]"


def test_p43_the_id_in_the_body_wins(foo):
    assert put(foo, job(id="x"))[0] == 200
    assert foo.json("GET /_rollup/job/foo") == {"jobs": []}
    assert foo.json("GET /_rollup/job/x")["jobs"][0]["config"]["id"] == "x"


def test_a_field_of_several_types_is_told_with_all_of_them(foo):
    """Asked of 6.8.23."""
    foo("PUT /fob", {"mappings": {"properties": {"the_field": {"type": "date"}, "value_field": {"type": "keyword"}, "t": {"type": "text"}}}})
    foo("PUT /foo/_mapping", {"properties": {"t": {"type": "date"}}})
    groups = {"date_histogram": {"field": "the_field", "fixed_interval": "1h"}, "histogram": {"interval": 5, "fields": ["t"]}}
    metrics = [{"field": "value_field", "metrics": ["min"]}, {"field": "t", "metrics": ["sum"]}]
    histo = "The field referenced by a histo group must be a [numeric] type, but found [date, text] for field [t]"
    metric = "The field referenced by a metric group must be a [numeric] or [date,date_nanos] type, but found"
    listed = [
        histo,
        histo,
        f"{metric} [integer, keyword] for field [value_field]",
        "Only the metrics [max, min, value_count] are supported for [date] types, but unsupported metrics [sum] supplied for field [t]",
        "The field [t] must be aggregatable across all indices, but is not.",
        f"{metric} [date, text] for field [t]",
    ]
    reason = "Validation Failed: " + "".join(f"{n}: {one};" for n, one in enumerate(listed, 1))
    assert put(foo, job(index_pattern="fo*", rollup_index="r", groups=groups, metrics=metrics))[1]["error"]["reason"] == reason


@pytest.mark.parametrize(
    ("body", "place", "kind", "reason"),
    [
        ('{"timeout":null}', "[1:12]", "null_pointer_exception", None),
        ('{"page_size":"x"}', "[1:14]", "number_format_exception", 'For input string: "x"'),
        ('{"metrics":[[{}]]}', "[1:13]", "illegal_state_exception", "expected value but got [START_ARRAY]"),
    ],
)
def test_values_that_no_field_takes(foo, body, place, kind, reason):
    """Asked of 6.8.23."""
    status, answer = put(foo, body)
    field = next(iter(json.loads(body)))
    assert (status, answer["error"]["reason"]) == (400, f"{place} [xpack/rollup/jobconfig] failed to parse field [{field}]")
    assert innermost(answer) == {"type": kind, "reason": reason}


def test_a_target_that_is_closed_has_no_mapping_to_be_found(with_job):
    """Asked of 6.8.23."""
    with_job("POST /foo_rollup/_close")
    status, answer = put(with_job, job(), "bar")
    opened = '"org.elasticsearch.common.collect.ImmutableOpenMap.get(Object)"'
    assert (status, answer["error"]["reason"]) == (500, "Could not update mappings for rollup job [bar]")
    assert innermost(answer)["reason"] == f"Cannot invoke {opened} because the return value of {opened} is null"


def test_a_job_in_a_zone_of_old_runs(foo):
    """Asked of 6.8.23."""
    foo("PUT /foo/_doc/1?refresh", {"the_field": 1_500_000_000_000})
    assert put(foo, job(date={"calendar_interval": "1d", "time_zone": "EST"}, cron="* * * * * ?"))[0] == 200
    foo("POST /_rollup/job/foo/_start")
    foo.server.clock.advance(seconds=2)
    (found,) = foo.json("GET /_rollup/job/foo")["jobs"]
    assert found["status"]["current_position"] == {"the_field.date_histogram": 1_499_922_000_000}


def test_p44_a_bad_timeout(foo):
    status, answer = put(foo, job(timeout="abc"))
    assert (status, innermost(answer)["reason"]) == (400, f"failed to parse setting [timeout] with value [abc] {TIME}")


def test_p45_a_deprecated_zone_gives_a_warning(raw):
    ask = raw("7.10.2")
    fields = {"timestamp": {"type": "date"}, "partition": {"type": "keyword"}, "price": {"type": "integer"}}
    ask("PUT /tz", {"mappings": {"properties": fields}})
    date = {"field": "timestamp", "interval": "5m", "time_zone": "Canada/Mountain"}
    body = job(
        index_pattern="tz",
        rollup_index="tz_rollup",
        groups={"date_histogram": date, "terms": {"fields": ["partition"]}},
        metrics=[{"field": "price", "metrics": ["max"]}],
    )
    answer = ask("PUT /_rollup/job/tz", body)
    assert answer.status == 200
    warnings = [value for name, value in answer.headers if name.lower() == "warning"]
    assert len(warnings) == 1
    assert warnings[0].endswith(
        '"Creating Rollup job [tz] with timezone [Canada/Mountain], but [Canada/Mountain] has been deprecated by the IANA.  '
        'Use [America/Edmonton] instead."'
    )


@pytest.mark.unverified
def test_p46_a_job_with_a_bad_cron_vanishes(foo):
    assert put(foo, job(cron="nonsense")) == (200, {"acknowledged": True})
    assert foo.json("GET /_rollup/job/foo") == {"jobs": []}
    assert foo("POST /_rollup/job/foo/_start").status == 404
    assert put(foo, job(cron="nonsense"))[1]["error"]["reason"].endswith("(existing metadata).")
    assert foo.json("GET /_rollup/data/foo")["foo"]["rollup_jobs"][0]["job_id"] == "foo"


@pytest.mark.parametrize("version", ["8.19.21", "9.5.3"])
def test_p47_no_new_jobs_where_rollup_is_not_in_use(raw, version):
    ask = raw(version, existing_rollup_use=False)
    ask("PUT /foo", FOO)
    reason = "new rollup jobs are not allowed in clusters that don't have any rollup usage, since rollup has been deprecated"
    refused = {"type": "illegal_argument_exception", "reason": reason}
    assert put(ask, job()) == (400, {"error": {"root_cause": [refused], **refused}, "status": 400})
    ask("PUT /dummy", {"mappings": {"_meta": {"_rollup": {}}}})
    assert put(ask, job()) == (200, {"acknowledged": True})


def test_p48_the_job_of_the_documentation(raw):
    ask = raw("7.10.2")
    fields = {"timestamp": "date", "temperature": "long", "voltage": "float", "node": "keyword"}
    properties = {name: {"type": kind} for name, kind in fields.items()}
    ask("PUT /sensor-1", {"mappings": {"properties": properties}})
    body = {
        "index_pattern": "sensor-*",
        "rollup_index": "sensor_rollup",
        "cron": "*/30 * * * * ?",
        "page_size": 1000,
        "groups": {
            "date_histogram": {"field": "timestamp", "fixed_interval": "1h", "delay": "7d"},
            "terms": {"fields": ["node"]},
        },
        "metrics": [{"field": "temperature", "metrics": ["min", "max", "sum"]}, {"field": "voltage", "metrics": ["avg"]}],
    }
    assert put(ask, body, "sensor") == (200, {"acknowledged": True})


def test_p49_the_old_path_is_deprecated(foo):
    answer = foo("PUT /_xpack/rollup/job/foo", job())
    assert answer.status == 200
    warnings = [value for name, value in answer.headers if name.lower() == "warning"]
    assert len(warnings) == 1
    assert warnings[0].endswith(
        '"[PUT /_xpack/rollup/job/{id}] is deprecated! Use [PUT /_rollup/job/{id}] instead."'
    )


def test_p51_a_metric_named_twice_stops_every_later_job(with_job):
    metrics = [{"field": "value_field", "metrics": ["min", "min"]}]
    assert put(with_job, job(rollup_index="twice", metrics=metrics), "dup") == (200, {"acknowledged": True})
    assert with_job.json("GET /_rollup/job/dup") == {"jobs": []}
    assert with_job("POST /_rollup/job/dup/_start").status == 404
    assert with_job.json("DELETE /_rollup/job/dup") == {"acknowledged": False}
    assert put(with_job, job(rollup_index="later"), "after") == (200, {"acknowledged": True})
    assert with_job.json("GET /_rollup/job/after") == {"jobs": []}
    assert put(with_job, job(rollup_index="again"), "dup")[0] == 409
    assert with_job.json("POST /_rollup/job/foo/_start") == {"started": True}
