"""``rollup_as="6.8.23"``: rollup of the recorded engine on a 7.x, one test for each trait. Source: recordings of 6.8.23 (the case
numbers of its transcript), and what it was asked besides.
"""

import json

import pytest

from esmock.errors import IllegalArgument
from esmock.mapping.dates import joda
from esmock.server import Server
from esmock.version import ROLLUPS, VERSIONS, behaviour
from tests.unit.features.rollup.conftest import FOO, innermost

DAY = {"index_pattern": "foo", "rollup_index": "foo_rollup", "cron": "*/30 * * * * ?", "page_size": 10}


def job(**changes):
    """The body of a put: interval ``1h`` on ``the_field``; ``date`` changes the group."""
    date = {"field": "the_field", "interval": "1h"} | changes.pop("date", {})
    groups = {"date_histogram": {key: value for key, value in date.items() if value is not None}}
    return DAY | {"groups": groups | changes.pop("groups", {})} | changes


@pytest.fixture
def six(raw):
    """A cluster of 7.10.2 with the rollup of 6.8.23 and the index ``foo``."""
    ask = raw("7.10.2", frozen_at_ms=1_700_000_000_000, rollup_as="6.8.23")
    ask("PUT /foo", FOO)
    return ask


def put(ask, body, job_id="foo"):
    answer = ask(f"PUT /_rollup/job/{job_id}", body)
    return answer.status, json.loads(answer.body)


def refusal(ask, body):
    status, answer = put(ask, body)
    assert status == 400
    return answer


def test_it_goes_with_every_7_x_and_no_other():
    assert list(ROLLUPS) == ["6.8.23"]
    for version in VERSIONS:
        if version.startswith("7."):
            played = behaviour(version, "6.8.23")
            assert (str(played.rollup.version), str(played.version)) == ("6.8.23", version)
            assert played is behaviour(version, "6.8.23")
        else:
            with pytest.raises(ValueError, match=f"the rollup of 6.8.23 goes with a 7.x; {version} has its own only"):
                behaviour(version, "6.8.23")
    with pytest.raises(ValueError, match=r"unknown rollup '6\.7\.0'; esmock plays that of 6\.8\.23 besides each version's own"):
        Server(version="7.10.2", rollup_as="6.7.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_without_it_every_version_has_its_own(version):
    own = behaviour(version)
    assert str(own.rollup.version) == version
    assert own.of_rollup_bodies is own


def test_p2_p4_c1_the_interval_is_told_as_typed(six):
    assert put(six, job())[0] == 200
    config = six.json("GET /_rollup/job/foo")["jobs"][0]["config"]
    assert config["groups"]["date_histogram"] == {"interval": "1h", "field": "the_field", "time_zone": "UTC"}
    meta = six.json("GET /foo_rollup")["foo_rollup"]["mappings"]["_meta"]
    assert meta["_rollup"]["foo"]["groups"]["date_histogram"]["interval"] == "1h"
    assert meta["rollup-version"] == "6.8.23"
    caps = six.json("GET /_rollup/data/foo")["foo"]["rollup_jobs"][0]["fields"]["the_field"]
    assert [list(cap.items()) for cap in caps] == [[("agg", "date_histogram"), ("interval", "1h"), ("time_zone", "UTC")]]


def test_p1_a_rollup_index_is_one_of_6_8(six):
    assert put(six, job())[0] == 200
    settings = six.json("GET /foo_rollup")["foo_rollup"]["settings"]["index"]
    assert (settings["number_of_shards"], settings["version"]["created"]) == ("5", "6082399")


def test_p12_templates_say_how_many_shards_it_has(six):
    six("PUT /_template/one", {"index_patterns": ["foo_*"], "settings": {"number_of_shards": 2}})
    assert put(six, job())[0] == 200
    assert six.json("GET /foo_rollup/_settings")["foo_rollup"]["settings"]["index"]["number_of_shards"] == "2"


def test_p2_ten_statistics(six):
    assert put(six, job())[0] == 200
    stats = six.json("GET /_rollup/job/foo")["jobs"][0]["stats"]
    assert len(stats) == 10
    assert list(stats)[-1] == "search_failures"


def test_p7_a_target_without_a_mapping(six):
    six("PUT /empty")
    status, answer = put(six, job(rollup_index="empty"))
    assert (status, answer["error"]["reason"]) == (500, "Could not update mappings for rollup job [foo]")
    assert innermost(answer) == {
        "type": "null_pointer_exception",
        "reason": 'Cannot invoke "org.elasticsearch.cluster.metadata.MappingMetaData.getSourceAsMap()" because "mappings" is null',
    }


def test_p9_unknown_fields_are_not_guessed_at(six):
    body = json.dumps(job() | {"page_siz": 1}, separators=(",", ":"))
    place = body.index('"page_siz"') + 1
    assert refusal(six, body)["error"]["reason"] == f"[1:{place}] [xpack/rollup/jobconfig] unknown field [page_siz], parser not found"


def test_p35_what_is_around_an_unknown_field_stands_at_its_name(six, foo):
    body = json.dumps(job(groups={"terms": {"foo": 1, "fields": ["k"]}}), separators=(",", ":"))
    name = body.index('"foo":1') + 1
    reason = "[xpack/rollup/jobconfig] failed to parse field [groups]"
    assert refusal(six, body)["error"]["reason"] == f"[1:{name}] {reason}"
    assert refusal(foo, body)["error"]["reason"] == f"[1:{name + 6}] {reason}"


@pytest.mark.parametrize("field", ["nope", "value_field"])
def test_p36_dates_have_one_type_and_two_messages(six, field):
    found = (
        "The field referenced by a date_histo group must be a [date] type across all indices in the index pattern.  "
        "Found: [integer] for field [value_field]"
    )
    absent = f"Could not find a [date] field with name [{field}] in any of the indices matching the index pattern."
    both = f"1: {found};2: {absent};" if field == "value_field" else f"1: {absent};"
    body = job(date={"field": field}, metrics=[{"field": "value_field", "metrics": ["min"]}])
    assert refusal(six, body)["error"]["reason"] == f"Validation Failed: {both}"


def test_p26_an_interval_is_required(six):
    cause = {"type": "illegal_argument_exception", "reason": "Required [interval]"}
    assert innermost(refusal(six, job(date={"interval": None}))) == cause


@pytest.mark.parametrize("key", ["calendar_interval", "fixed_interval"])
def test_p27_to_p31_other_intervals_are_unknown(six, key):
    reason = refusal(six, job(date={key: "1h"}))["error"]["root_cause"][0]["reason"]
    assert reason.endswith(f"[date_histogram] unknown field [{key}], parser not found")


def test_p40_c15_q29_missing_indices_have_no_name(six):
    for line, body in (
        ("PUT /_rollup/job/x", job(index_pattern="nope")),
        ("GET /nope/_rollup/data", None),
        ("POST /nope/_rollup_search", {"size": 0}),
    ):
        answer = six.json(line, body)
        assert answer["error"]["reason"] == "no such index"
        assert answer["error"]["resource.id"] == "nope"
    assert six.json("GET /nope")["error"]["reason"] == "no such index [nope]"


def test_p46_a_bad_cron_is_refused(six):
    answer = refusal(six, job(cron="nonsense"))
    assert answer["error"]["caused_by"]["reason"] == "invalid cron expression [nonsense]"
    detail = "illegal cron expression format [java.lang.IllegalArgumentException: illegal characters [NON] at pos [0] ']"
    assert innermost(answer)["reason"] == detail
    assert six("HEAD /foo_rollup").status == 404


def test_p45_p49_nothing_is_announced(six, foo):
    zone = {"time_zone": "Canada/Mountain"}
    for ask, n in ((six, 0), (foo, 1)):
        made = ask("PUT /_rollup/job/a", job(date=zone))
        old = ask("GET /_xpack/rollup/job/a/")
        assert [sum(name.lower() == "warning" for name, _ in one.headers) for one in (made, old)] == [n, n]
        assert (made.status, old.status) == (200, 200)


STREAM = "[Source: org.elasticsearch.transport.netty4.ByteBufStreamInput@"


@pytest.mark.parametrize(
    ("body", "kind", "start", "end"),
    [
        ("{", "json_e_o_f_exception", "Unexpected end-of-input: expected close marker for Object (start marker at ", "line: 1, column: 3]"),
        ('{"size":0,', "json_parse_exception", "Unexpected end-of-input within/between Object entries\n at ", "line: 1, column: 21]"),
        (
            '{"size":tru}',
            "json_parse_exception",
            "Unrecognized token 'tru': was expecting 'null', 'true', 'false' or NaN\n at ",
            "line: 1, column: 13]",
        ),
    ],
)
def test_p16_q23_syntax_errors_are_those_of_an_older_parser(six, body, kind, start, end):
    answer = six("POST /foo/_rollup_search", body)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"]) == (500, kind)
    assert error["reason"].startswith(start + STREAM)
    assert error["reason"].endswith(end)
    assert six("POST /foo/_search", body).status == 400


def test_numbers_out_of_range_have_no_error_of_their_own(six):
    cause = innermost(refusal(six, '{"page_size":2147483648}'))
    assert cause["type"] == "json_parse_exception"
    assert cause["reason"].startswith(f"Numeric value (2147483648) out of range of int\n at {STREAM}")
    cause = innermost(refusal(six, '{"page_size":1.5e300}'))
    assert cause["reason"].startswith(f"Numeric value (1.5e300) out of range of int (-2147483648 - 2147483647)\n at {STREAM}")


@pytest.mark.parametrize(
    ("zone", "reason"),
    [
        ("Foo/Bar", "The datetime zone id 'Foo/Bar' is not recognised"),
        ("Europe/Kyiv", "The datetime zone id 'Europe/Kyiv' is not recognised"),
        ("GMT+1", "The datetime zone id 'GMT+1' is not recognised"),
        ("24", "Hours out of range: 24"),
        ("+1:00", 'Invalid format: "+1:00" is malformed at "1:00"'),
        ("+01:0", 'Invalid format: "+01:0" is malformed at "0"'),
        ("+01:60", 'Invalid format: "+01:60" is malformed at "60"'),
        ("+01:00x", 'Invalid format: "+01:00x" is malformed at "x"'),
        ("+", 'Invalid format: "+"'),
    ],
)
def test_zones_are_refused_in_the_words_of_joda(six, zone, reason):
    assert innermost(refusal(six, job(date={"time_zone": zone}))) == {"type": "illegal_argument_exception", "reason": reason}


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("5", "+05:00"), ("+1", "+01:00"), ("-01:30", "-01:30"), ("+01:30:15.123", "+01:30:15"), ("-00:00", "UTC"), ("0", "UTC"),
        ("Etc/GMT+1", "Etc/GMT+1"), ("Canada/Mountain", "America/Edmonton"), ("GMT", "Etc/GMT"), ("UCT", "Etc/UTC"),
        ("Etc/UTC", "Etc/UTC"), ("UTC", "UTC"), ("EST", "EST"), ("CET", "CET"), ("GMT-0", "Etc/GMT"),
    ],
)  # fmt: skip
def test_zones_have_the_ids_of_joda(zone, meant):
    assert joda.of_job(zone) == meant
    if not zone.lstrip("+-").isdigit():
        assert joda.canonical(zone) == meant


def test_a_number_is_no_offset_in_a_search():
    with pytest.raises(IllegalArgument):
        joda.canonical("+1")


@pytest.mark.parametrize(
    ("of_job", "asked", "found"),
    [
        ("UTC", None, True), ("UTC", "Etc/UTC", False), ("UTC", "+00:00", True), ("America/Edmonton", "Canada/Mountain", True),
        ("Canada/Mountain", "Canada/Mountain", False), ("Europe/Rome", "CET", False), ("CET", "CET", True),
        ("+01:00", "+01:00", True), ("Etc/UTC", "Zulu", True),
    ],
)  # fmt: skip
def test_q24_jobs_are_found_by_the_id_of_their_zone(six, of_job, asked, found):
    assert put(six, job(date={"time_zone": of_job}))[0] == 200
    histogram = {"field": "the_field", "interval": "1h"} | ({} if asked is None else {"time_zone": asked})
    answer = six("POST /foo_rollup/_rollup_search", {"size": 0, "aggs": {"h": {"date_histogram": histogram}}})
    assert (answer.status == 200) is found


def test_rolled_histograms_are_cut_in_utc(six):
    six("PUT /_template/one", {"index_patterns": ["foo_*"], "settings": {"number_of_shards": 1}})
    zone = {"interval": "1d", "time_zone": "+05:00"}
    assert put(six, job(date=zone, cron="* * * * * ?"))[0] == 200
    six("PUT /foo/_doc/1?refresh", {"the_field": 1_500_000_000_000})
    six("POST /_rollup/job/foo/_start")
    six.server.clock.advance(seconds=2)
    six("POST /foo_rollup/_refresh")
    aggs = {"h": {"date_histogram": {"field": "the_field", **zone}}}
    buckets = six.json("POST /foo_rollup/_rollup_search", {"size": 0, "aggs": aggs})["aggregations"]["h"]["buckets"]
    assert [bucket["key_as_string"] for bucket in buckets] == ["2017-07-13T00:00:00.000Z"]


def test_q14_what_fails_in_live_indices_is_told_within_another_error(six):
    body = {"size": 0, "aggs": {"h": {"date_histogram": {"field": "the_field", "interval": "asdfasdf"}}}}
    answer = six("POST /foo/_rollup_search", body)
    error = json.loads(answer.body)["error"]
    assert answer.status == 500
    assert (error["type"], error["reason"]) == ("runtime_exception", "all shards failed")
    assert error["caused_by"]["type"] == "search_phase_execution_exception"
    assert error["caused_by"]["failed_shards"][0]["reason"]["reason"] == (
        "failed to parse setting [DateHistogramAggregationBuilder.interval] with value [asdfasdf] as a time value: "
        "unit is missing or unrecognized"
    )


def test_q19_searches_know_one_kind_of_interval(six):
    assert put(six, job())[0] == 200
    body = {"size": 0, "aggs": {"h": {"date_histogram": {"field": "the_field", "fixed_interval": "60m"}}}}
    text = json.dumps(body, separators=(",", ":"))
    place = text.index('"fixed_interval"') + 1
    answer = six.json("POST /foo_rollup/_rollup_search", text)
    assert answer["error"]["reason"] == f"[1:{place}] [date_histogram] unknown field [fixed_interval], parser not found"
    assert six("POST /foo/_search", body).status == 200


def test_q20_pipelines_may_lead_nowhere(six):
    assert put(six, job())[0] == 200
    aggs = {"h": {"date_histogram": {"field": "the_field", "interval": "1h"}}, "y": {"max_bucket": {"buckets_path": "h>nowhere"}}}
    assert six("POST /foo_rollup/_rollup_search", {"size": 0, "aggs": aggs}).status == 200


def test_privileges_name_the_search_by_its_action():
    assert behaviour("7.10.2", "6.8.23").rollup.search_action == "indices:admin/xpack/rollup/search"
    assert behaviour("7.10.2").rollup.search_action == "indices:data/read/xpack/rollup/search"
