"""Matchers, schedules and stubs, one by one. Source: what their docstrings promise."""

import json

import pytest

from esmock.controls.journal import Journal
from esmock.controls.matcher import difference, parse_matcher
from esmock.controls.refusal import ControlError
from esmock.controls.schedule import parse_schedule
from esmock.server import Server
from esmock.wire import RawRequest


@pytest.fixture
def server():
    made = Server()
    made.seed({"books": [{"_id": "1", "title": "Dune"}, {"_id": "2", "title": "Emma"}]})
    return made


def ask(server, line, body=None, **headers):
    method, target = line.split(" ", 1)
    content = body.encode() if isinstance(body, str) else b"" if body is None else json.dumps(body).encode()
    kind = "application/x-ndjson" if "_bulk" in target or "_msearch" in target else "application/json"
    sent = [("content-type", kind)] if content else []
    return server.handle(RawRequest(method, target, [*sent, *((k.replace("_", "-"), v) for k, v in headers.items())], content))


def tree(answer):
    return json.loads(answer.body)


MATCHES = [
    ({"method": "POST"}, True),
    ({"method": ["GET", "PUT"]}, False),
    ({"path": "/books/*"}, True),
    ({"path": ["/films/*", "/*/_search"]}, True),
    ({"path": "/_search"}, False),
    ({"endpoint": "search"}, True),
    ({"endpoint": "indices.*"}, False),
    ({"index": "books"}, True),
    ({"index": "b*"}, True),
    ({"index": "films"}, False),
    ({"body": {"query": {"bool": {"filter": [{"term": {"a": 1}}]}}}}, True),
    ({"body": {"query": {"bool": {}}}}, True),
    ({"body": {"query": {"bool": {"filter": ...}}, "size": 3}}, True),
    ({"body": {"query": {"bool": {"filter": "<any>"}}}}, True),
    ({"body": {"query": {"bool": {"filter": []}}}}, False),
    ({"body": {"size": "3"}}, False),
    ({"body": {"size": True}}, False),
    ({"query": "term"}, True),
    ({"query": "bool"}, True),
    ({"query": "match*"}, False),
    ({"param": {"preference": "_local"}}, True),
    ({"param": {"preference": "*"}}, True),
    ({"param": {"routing": "*"}}, False),
    ({"header": {"X-Opaque-Id": "me-*"}}, True),
    ({"header": {"x-opaque-id": "you"}}, False),
    ({"client": "py"}, True),
    ({"client": "js"}, False),
    ({"endpoint": "search", "index": "films"}, False),
]


@pytest.mark.parametrize(("match", "fits"), MATCHES, ids=range(len(MATCHES)))
def test_a_matcher_looks_at_what_it_names(server, match, fits):
    query = {"query": {"bool": {"filter": [{"term": {"a": 1}}]}}, "size": 3}
    ask(server, "POST /books/_search?preference=_local", query, x_opaque_id="me-7", user_agent="py/1")
    assert bool(server.journal.calls(**match)) is fits


def test_indices_are_found_in_the_lines_of_a_bulk_and_a_multi_search(server):
    ask(server, "POST /_bulk", '{"index":{"_index":"films","_id":"1"}}\n{"a":1}\n{"delete":{"_index":"plays","_id":"1"}}\n')
    ask(server, "POST /_msearch", '{"index":["films","books"]}\n{}\n')
    assert len(server.calls(index="films")) == 2
    assert len(server.calls(index="plays")) == 1
    assert len(server.calls("bulk", index="books")) == 0
    assert len(server.calls("bulk", body={"a": 1})) == 1


def test_a_pattern_in_the_request_covers_the_index_that_is_asked_for(server):
    ask(server, "GET /b*,films/_search")
    assert server.calls(index="books")
    assert not server.calls(index="plays")


@pytest.mark.parametrize(
    ("found", "wanted", "part"),
    [
        ({"a": 1}, {"b": 1}, "b is missing; there are a"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: wanted 2, was 1"),
        ({"a": [1, 2]}, {"a": [1]}, "wanted 1 elements, were 2"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "a.1: wanted 3, was 2"),
        ({"a": 1}, {"a": {}}, "a: wanted an object"),
        ({"a": 1}, {"a": [1]}, "a: wanted a list"),
        (1, True, "wanted true, was 1"),
    ],
)
def test_a_difference_says_where(found, wanted, part):
    assert part in difference(found, wanted)
    assert difference(found, found) is None


SCHEDULES = [
    ({}, "xxxxxxxx"),
    ({"first": 2}, "xx......"),
    ({"after": 3}, "...xxxxx"),
    ({"every": 3}, "..x..x.."),
    ({"after": 2, "first": 1}, "..x....."),
    ({"after": 1, "every": 2, "first": 2}, "..x.x..."),
    ({"probability": 0}, "........"),
    ({"probability": 1}, "xxxxxxxx"),
]


@pytest.mark.parametrize(("when", "pattern"), SCHEDULES, ids=range(len(SCHEDULES)))
def test_a_schedule_acts_on_some_requests(when, pattern):
    schedule = parse_schedule(when)
    assert "".join("x" if schedule.acts(0) else "." for _ in pattern) == pattern
    assert schedule.acted == pattern.count("x")


def test_a_probability_is_seeded():
    def draw(seed):
        schedule = parse_schedule({"probability": 0.5, "seed": seed})
        return [schedule.acts(0) for _ in range(200)]

    assert draw(1) == draw(1) != draw(2)
    assert 60 < sum(draw(1)) < 140


def test_seconds_run_on_the_spaces_clock(server):
    server.clock.freeze()
    rule = server.faults.status(status=503, path="/_cat/*", seconds=30)
    assert ask(server, "GET /_cat/health").status == 503
    server.clock.advance(seconds=29)
    assert ask(server, "GET /_cat/health").status == 503
    server.clock.advance(seconds=2)
    assert ask(server, "GET /_cat/health").status == 200
    assert rule.acted == 2


def test_rules_act_in_order_and_add_up(server):
    server.stubs.patch(endpoint="count", set={"count": 7})
    server.faults.deprecation(text="old", endpoint="count")
    answer = ask(server, "GET /books/_count")
    assert tree(answer)["count"] == 7
    assert "old" in answer.header("warning")
    assert [rule.label for rule in server.calls("count")[0].fired] == ["patch", "deprecation"]


def test_nothing_is_installed_when_one_of_several_is_wrong(server):
    with pytest.raises(ControlError) as caught:
        server.faults.load([{"fault": "reset"}, {"fault": "delay", "seconds": "x"}])
    assert caught.value.field == "1.seconds"
    assert len(server.faults) == 0


def test_a_file_of_rules(server, tmp_path):
    path = tmp_path / "faults.yaml"
    path.write_text("faults:\n- {fault: queue_full, when: {first: 1}}\n- {fault: reset, match: {index: films}}\n", "utf-8")
    assert [rule.label for rule in server.faults.load_file(path)] == ["queue_full", "reset"]
    path.write_text("- {fault: queue_ful}\n", "utf-8")
    with pytest.raises(ControlError, match=r"faults\.yaml"):
        server.faults.load_file(path)
    path.write_text("- {fault: [\n", "utf-8")
    with pytest.raises(ControlError, match="no YAML"):
        server.faults.load_file(path)


def test_unknown_names_have_suggestions(server):
    with pytest.raises(ControlError, match="did you mean queue_full"):
        server.faults.add("queue_ful")
    with pytest.raises(ControlError, match="did you mean endpoint"):
        server.faults.reset(endpont="search")
    with pytest.raises(AttributeError, match="there is no fault 'rest'"):
        _ = server.faults.rest
    with pytest.raises(ControlError, match="did you mean overloaded"):
        server.faults.scenario("overload")
    assert {"queue_full", "overloaded"} <= set(dir(server.faults))


def test_specs_read_back(server):
    server.faults.bulk_items(error="conflict", items=[1], index="books", first=3, label="mine")
    server.faults.delay(seconds="20ms", endpoint=["search", "count"])
    spec = server.faults.spec()
    other = Server()
    other.faults.load(spec)
    assert other.faults.spec() == spec


def test_replace_answers_unrouted_unbuilt_and_built_routes(server):
    for path in ("/_my_plugin", "/_ml/anomaly_detectors", "/books/_search"):
        with server.stubs.replace(path=path, status=201, body={"mine": [1.0, "x"]}, headers={"X-Mine": "yes"}):
            answer = ask(server, f"GET {path}?filter_path=mine")
            assert (answer.status, tree(answer), answer.header("x-mine")) == (201, {"mine": [1.0, "x"]}, "yes")
    assert ask(server, "GET /_my_plugin").status == 400


def test_replace_with_text_and_type(server):
    server.stubs.replace(path="/_metrics", body="up 1\n", content_type="text/plain; version=0.0.4")
    answer = ask(server, "GET /_metrics")
    assert (answer.body, answer.header("content-type")) == (b"up 1\n", "text/plain; version=0.0.4")


def test_patch_changes_only_what_it_names(server):
    plain = ask(server, "GET /books/_search?q=dune")
    server.stubs.patch(
        endpoint="search", set={"hits.hits.*._source.title": "X", "more.a.b": 1}, remove=["_shards", "hits.hits.*._id"], status=203
    )
    answer = ask(server, "GET /books/_search?q=dune")
    before, after = tree(plain), tree(answer)
    assert answer.status == 203
    assert after["hits"]["hits"] == [{"_index": "books", "_score": before["hits"]["hits"][0]["_score"], "_source": {"title": "X"}}]
    assert list(after) == ["took", "timed_out", "hits", "more"]
    assert after["more"] == {"a": {"b": 1}}
    assert b"0.6931471" in answer.body or str(before["hits"]["max_score"]).encode() in answer.body, "numbers keep their spelling"


def test_patch_of_an_error(server):
    server.stubs.patch(index="films", set={"error.reason": "gone"}, status=410)
    answer = ask(server, "GET /films/_search")
    assert (answer.status, tree(answer)["error"]["reason"], tree(answer)["error"]["type"]) == (410, "gone", "index_not_found_exception")


def test_template_fills_in_the_request(server):
    body = {"who": "{{header.x-opaque-id}}", "size": "{{body.size}}", "list": ["{{param.q}}", "{{parts.index}}-{{number}}"], "no": "{{body.no}}"}
    server.stubs.template(endpoint="search", body=body)
    answer = tree(ask(server, "POST /books/_search?q=x", {"size": 3}, x_opaque_id="me"))
    assert answer == {"who": "me", "size": 3, "list": ["x", "books-1"], "no": None}
    with pytest.raises(ControlError, match="nothing of the request"):
        server.stubs.template(body={"a": "{{bodi.x}}"})


def test_faults_leave_no_trace_in_the_state(server):
    before = ask(server, "GET /books/_settings").body
    for fault in ("flood_stage", "read_only", "no_shard"):
        with server.faults.add(fault):
            ask(server, "PUT /books/_doc/9", {})
            ask(server, "GET /books/_search")
    assert ask(server, "GET /books/_settings").body == before
    assert server.cluster.shard_faults is None
    assert tree(ask(server, "GET /books/_search"))["hits"]["total"]["value"] == 2


def test_settings_that_change_while_a_block_is_at_work_stay(server):
    with server.faults.flood_stage():
        assert ask(server, "PUT /books/_settings", {"index.max_result_window": 5}).status == 200
    assert server.cluster.indices["books"].settings["index.max_result_window"] == "5"
    assert "index.blocks.read_only_allow_delete" not in server.cluster.indices["books"].settings
    assert ask(server, "PUT /books/_doc/9", {}).status == 201


def test_the_journal_is_bounded():
    server = Server(journal=3)
    for n in range(5):
        ask(server, f"GET /_cat/health?v&n={n}")
    assert [one.number for one in server.journal] == [3, 4, 5]
    assert server.journal.dropped == 2
    server.journal.keep_bytes = 1
    ask(server, "GET /_cat/health?v")
    assert len(server.journal) == 1


def test_a_journal_can_be_off():
    server = Server(journal=0)
    ask(server, "GET /_cat/health")
    assert len(server.journal) == 0
    server.faults.status(status=500)
    assert ask(server, "GET /_cat/health").status == 500


def test_assertions_count_and_order(server):
    for _ in range(3):
        ask(server, "GET /books/_count")
    ask(server, "GET /books/_search")
    server.assert_called("count", times=3)
    server.assert_called("count", at_least=2, at_most=3)
    server.assert_order("count", "count", {"endpoint": "search", "status": 200})
    assert server.calls("search").one().endpoint == "search"
    for wrong in ({"times": 2}, {"at_least": 4}, {"at_most": 2}):
        with pytest.raises(AssertionError, match="came 3 times"):
            server.assert_called("count", **wrong)
    with pytest.raises(AssertionError, match="there is no endpoint='count' after endpoint='search'"):
        server.assert_order("search", "count")
    with pytest.raises(AssertionError, match="never; it came 3 times"):
        server.assert_not_called("count")
    with pytest.raises(AssertionError, match="nothing was called at all"):
        Server().assert_called("search")


def test_findings(server):
    assert server.findings() == []
    ask(server, "PUT /books/_doc/3", {})
    ask(server, "GET /books/_search")
    ask(server, "GET /_search?scroll=1m")
    server.faults.reset(index="films")
    assert [one.kind for one in server.findings()] == ["unrefreshed", "unrefreshed", "contexts", "rules"]
    with pytest.raises(AssertionError, match="could not see the last writes to books"):
        server.assert_clean("unrefreshed")
    old = Server(version="7.10.2")
    ask(old, "PUT /a/typed/1", {})
    assert [one.kind for one in old.findings("deprecations")] == ["deprecations"]
    old.expect_warning("types removal")
    old.assert_clean("deprecations")


def test_an_empty_question_finds_everything_and_a_wrong_one_is_refused():
    journal = Journal()
    assert journal.calls() == []
    with pytest.raises(ControlError):
        journal.calls(indx="a")
    with pytest.raises(ControlError, match="did you mean search"):
        parse_matcher({"endpoint": "serach"})
