"""The control API over HTTP, as a client in any language uses it. Source: its own description."""

import http.client
import json
import time

import pytest

from esmock.controls.api.access import Access
from esmock.controls.api.endpoints import ROUTES
from esmock.server import Server


class Api:
    """Requests to one server."""

    def __init__(self, server):
        self.server = server
        self.headers = {}

    def __call__(self, line, body=None, headers=None, port=None):
        method, target = line.split(" ", 1)
        connection = http.client.HTTPConnection(self.server.host, port or self.server.port, timeout=10)
        text = body if isinstance(body, str | bytes) else None if body is None else json.dumps(body)
        sent = {"content-type": "application/json", **self.headers, **(headers or {})}
        connection.request(method, target, text, sent if text or headers or self.headers else {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        kind = response.getheader("content-type") or ""
        return response.status, json.loads(content) if "json" in kind and content else content.decode()


@pytest.fixture
def api():
    with Server() as server:
        yield Api(server)
        server.check()


def test_health_needs_nothing(api):
    status, body = api("GET /_esmock/health")
    assert status == 200
    assert body["status"] == "ok"
    assert body["version"] == "9.5.3"


def test_a_fault_is_installed_acts_and_is_released(api):
    status, body = api("POST /_esmock/v1/faults", {"fault": "queue_full", "match": {"endpoint": "cat.health"}, "when": {"first": 1}})
    assert status == 201
    number = body["faults"][0]["id"]
    assert api("POST /_esmock/v1/faults", {"fault": "status", "status": 503, "match": {"path": "/_cat/*"}})[0] == 201
    assert api("GET /_cat/health")[0] == 503
    assert [one["fault"] for one in api("GET /_esmock/v1/faults")[1]["faults"]] == ["queue_full", "status"]
    assert api(f"DELETE /_esmock/v1/faults/{number}")[0] == 200
    assert api(f"GET /_esmock/v1/faults/{number}")[0] == 404
    assert api("DELETE /_esmock/v1/faults")[1] == {"released": 1}
    assert api("GET /_cat/health")[0] == 200


BAD = [
    ({"fault": "queue_ful"}, "fault", "queue_full"),
    ({"fault": "status"}, "status", "needs it"),
    ({"fault": "status", "status": "x"}, "status", "number"),
    ({"fault": "delay", "seconds": -1}, "seconds", "at least 0"),
    ({"fault": "delay", "seconds": "soon"}, "seconds", "250ms"),
    ({"fault": "reset", "match": {"endpoint": "serch"}}, "match.endpoint", "search"),
    ({"fault": "reset", "match": {"endpont": "search"}}, "match.endpont", "endpoint"),
    ({"fault": "reset", "match": {"method": "FETCH"}}, "match.method", "method"),
    ({"fault": "reset", "match": {"index": "Books"}}, "match.index", "lower case"),
    ({"fault": "reset", "match": {"path": "x"}}, "match.path", "begins with"),
    ({"fault": "reset", "match": {"status": 200}}, "match.status", "before there is a status"),
    ({"fault": "reset", "when": {"first": 0}}, "when.first", "at least 1"),
    ({"fault": "reset", "when": {"probability": 2}}, "when.probability", "between 0 and 1"),
    ({"fault": "reset", "when": {"seed": 2}}, "when.seed", "belongs to a probability"),
    ({"fault": "bulk_items", "match": {"endpoint": "search"}}, "match.endpoint", "bulk only"),
    ({"fault": "refuse", "seconds": 1, "match": {"endpoint": "search"}}, "match", "port"),
    ({"fault": "refuse"}, "seconds", "for a time"),
    ({"fault": "reset", "colour": 1}, "colour", "option of reset"),
    ([{"fault": "reset"}, {"fault": "nothing"}], "1.fault", "no fault"),
    ("{", "", "no JSON"),
]


@pytest.mark.parametrize(("tree", "field", "part"), BAD, ids=range(len(BAD)))
def test_a_rule_that_cannot_be_is_refused_by_field_and_nothing_is_installed(api, tree, field, part):
    status, body = api("POST /_esmock/v1/faults", tree)
    assert status == 400
    assert body["error"]["type"] == "esmock_control_error"
    assert body["error"]["field"] == field
    assert part in body["error"]["reason"]
    assert api("GET /_esmock/v1/faults")[1] == {"faults": []}


def test_rules_come_as_yaml_too(api):
    text = "- stub: replace\n  match: {path: /_my_plugin}\n  body: {mine: true}\n"
    status, body = api("POST /_esmock/v1/stubs", text, {"content-type": "application/yaml"})
    assert (status, body["stubs"][0]["stub"]) == (201, "replace")
    assert api("GET /_my_plugin") == (200, {"mine": True})


def test_the_journal_is_searched_and_asserted_on(api):
    api("PUT /books/_doc/1?refresh=true", {"title": "Dune"})
    api("POST /books/_search", {"query": {"match": {"title": "dune"}}})
    assert [one["endpoint"] for one in api("GET /_esmock/v1/journal?index=books")[1]["exchanges"]] == ["index", "search"]
    found = api("POST /_esmock/v1/journal/search", {"body": {"query": {"match": {"title": "<any>"}}}})[1]
    assert [one["number"] for one in found["exchanges"]] == [2]
    whole = api("GET /_esmock/v1/journal/2")[1]
    assert json.loads(whole["request"]["body"]) == {"query": {"match": {"title": "dune"}}}
    assert json.loads(whole["response"]["body"])["hits"]["total"]["value"] == 1
    assert api("POST /_esmock/v1/assertions", {"called": {"endpoint": "search"}, "times": 1})[1] == {"holds": True}
    wrong = api("POST /_esmock/v1/assertions", {"called": {"endpoint": "search", "index": "films"}})[1]
    assert wrong["holds"] is False
    assert "wanted films" in wrong["reason"]
    assert api("POST /_esmock/v1/assertions", {"order": ["index", "search"]})[1] == {"holds": True}
    assert api("POST /_esmock/v1/assertions", {"order": ["search", "index"]})[1]["holds"] is False


def test_time_is_frozen_advanced_and_travels(api):
    assert api("PUT /_esmock/v1/clock", {"freeze": "2030-01-31T12:00:00Z"})[1]["now"] == "2030-01-31T12:00:00.000Z"
    assert api("PUT /_esmock/v1/clock", {"advance": "90s"})[1]["now"] == "2030-01-31T12:01:30.000Z"
    assert api("PUT /_esmock/v1/clock", {"travel": "2020-01-01T00:00:00Z"})[1]["frozen"] is True
    assert api("PUT /_esmock/v1/clock", {"resume": True})[1]["frozen"] is False
    assert api("PUT /_esmock/v1/clock", {"travel": "whenever"})[1]["error"]["field"] == "travel"


def test_spaces_are_made_and_do_not_see_each_other(api):
    status, made = api("POST /_esmock/v1/spaces", {"name": "t1", "version": "7.10.2", "port": 0, "seed": {"books": [{"a": 1}]}})
    assert (status, made["version"], made["indices"]) == (201, "7.10.2", 1)
    own = int(made["url"].rpartition(":")[2])
    assert api("GET /", port=own)[1]["version"]["number"] == "7.10.2"
    assert api("GET /_esmock/in/t1/books/_count")[1]["count"] == 1
    assert api("GET /books/_count", headers={"x-esmock-space": "t1"})[1]["count"] == 1
    assert api("GET /books/_count")[0] == 404
    assert api("GET /_esmock/v1/journal?space=t1")[1]["count"] == 3
    assert api("GET /_esmock/v1/journal", port=own)[1]["count"] == 3
    assert api("POST /_esmock/v1/spaces", {"name": "t1"})[1]["error"]["field"] == "name"
    assert api("GET /_cat/health", headers={"x-esmock-space": "nobody"})[1]["error"]["field"] == "space"
    assert api("DELETE /_esmock/v1/spaces/t1")[1] == {"dropped": "t1"}
    with pytest.raises(ConnectionRefusedError):
        api("GET /", port=own)


def test_a_space_may_have_an_older_rollup(api):
    status, made = api("POST /_esmock/v1/spaces", {"name": "old", "version": "7.10.2", "rollup_as": "6.8.23"})
    assert (status, made["version"]) == (201, "7.10.2")
    assert api("GET /nowhere/_rollup/data", headers={"x-esmock-space": "old"})[1]["error"]["reason"] == "no such index"
    refused = api("POST /_esmock/v1/spaces", {"version": "8.19.21", "rollup_as": "6.8.23"})[1]["error"]
    assert (refused["field"], refused["reason"]) == ("rollup_as", "the rollup of 6.8.23 goes with a 7.x; 8.19.21 has its own only")
    assert api("POST /_esmock/v1/spaces", {"rollup_as": "6.8.23"})[1]["error"]["field"] == "rollup_as"


def test_state_goes_out_and_comes_back(api):
    api("POST /_esmock/v1/seed", {"books": {"mappings": {"properties": {"n": {"type": "long"}}}, "documents": [{"_id": "1", "n": 1}]}})
    state = api("GET /_esmock/v1/state")[1]
    api("POST /_esmock/v1/reset")
    assert api("GET /books/_doc/1")[0] == 404
    assert api("PUT /_esmock/v1/state", state)[0] == 200
    assert api("GET /books/_doc/1")[1]["_source"] == {"n": 1}
    broken = {**state, "indices": {"books": {"settings": {"index.number_of_shards": "none"}}}}
    assert api("PUT /_esmock/v1/state", broken)[1]["error"]["field"] == "indices.books"
    assert api("GET /books/_doc/1")[0] == 200, "a state that is refused changes nothing"
    assert api("PUT /_esmock/v1/state", {"esmock_state": 99})[1]["error"]["field"] == "esmock_state"


def test_a_seed_that_is_refused_changes_nothing(api):
    documents = [{"_id": "1", "n": 1}, {"_id": "2", "n": "x"}]
    books = {"mappings": {"properties": {"n": {"type": "long"}}}, "documents": documents}
    status, body = api("POST /_esmock/v1/seed", {"films": [{}], "books": books})
    assert status == 400
    assert "was refused" in body["error"]["reason"]
    assert api("GET /_cat/indices")[1] == ""


def test_the_main_port_is_shut_for_a_time(api):
    assert api("POST /_esmock/v1/faults", {"fault": "refuse", "seconds": 0.3})[0] == 201
    time.sleep(0.1)
    with pytest.raises(ConnectionError):
        api("GET /")
    time.sleep(0.5)
    assert api("GET /")[0] == 200


def test_a_paused_request_waits_until_it_may_go_on(api):
    import threading

    assert api("PUT /_esmock/v1/pause", {"on": True, "match": {"endpoint": "count"}})[1]["on"] is True
    answers = []
    thread = threading.Thread(target=lambda: answers.append(api("GET /_count")))
    thread.start()
    for _ in range(100):
        waiting = api("GET /_esmock/v1/pause")[1]["waiting"]
        if waiting:
            break
        time.sleep(0.02)
    assert [one["target"] for one in waiting] == ["/_count"]
    assert answers == []
    assert api(f"POST /_esmock/v1/pause/{waiting[0]['number']}/continue")[0] == 200
    thread.join(5)
    assert answers[0][0] == 200
    api("PUT /_esmock/v1/pause", {"on": False})


def test_events_tell_of_new_exchanges(api):
    connection = http.client.HTTPConnection(api.server.host, api.server.port, timeout=5)
    connection.request("GET", "/_esmock/v1/journal/events")
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream"
    api("GET /_cat/health")
    lines = []
    while not any(line.startswith("data: {\"exchanges\"") for line in lines):
        lines.append(response.readline().decode())
    event = json.loads(lines[-1][6:])
    assert [one["target"] for one in event["exchanges"]] == ["/_cat/health"]
    connection.close()


def test_the_inspectors_own_requests_leave_no_trace(api):
    api("POST /_esmock/v1/faults", {"fault": "status", "status": 500})
    assert api("POST /_esmock/v1/ask", {"path": "/_cat/indices?format=json"}) == (200, [])
    assert api("GET /_esmock/v1/journal")[1]["count"] == 0


def test_findings_name_what_was_left_behind(api):
    api("POST /_esmock/v1/faults", {"fault": "queue_full", "match": {"index": "films"}})
    api("PUT /books/_doc/1", {"a": 1})
    api("GET /books/_search?scroll=1m")
    kinds = {one["kind"] for one in api("GET /_esmock/v1/findings")[1]["findings"]}
    assert kinds == {"rules", "unrefreshed", "contexts"}
    assert {one["kind"] for one in api("GET /_esmock/v1/findings?kinds=rules")[1]["findings"]} == {"rules"}


def test_foreign_origins_and_hosts_are_refused(api):
    assert api("GET /_esmock/v1", headers={"origin": "https://example.org"})[0] == 403
    assert api("GET /_esmock/v1", headers={"origin": f"http://{api.server.host}:{api.server.port}"})[0] == 200
    assert api("GET /_esmock/v1", headers={"host": "rebound.example.org"})[1]["error"]["field"] == "Host"
    assert api("GET /_cat/health", headers={"host": "rebound.example.org"})[0] == 200, "the engine itself does not mind"


def test_a_token_is_demanded():
    with Server(access=Access("s3cret")) as server:
        api = Api(server)
        assert api("GET /_esmock/health")[0] == 200
        assert api("GET /_esmock/v1")[0] == 401
        assert api("GET /_esmock/v1?token=wrong")[0] == 401
        assert api("GET /_esmock/v1?token=s3cret")[0] == 200
        assert api("GET /_esmock/v1", headers={"authorization": "Bearer s3cret"})[0] == 200
        assert api("GET /_esmock/v1", headers={"x-esmock-token": "s3cret", "host": "es:9200"})[0] == 200
        assert api("GET /_cat/health")[0] == 200


def test_it_can_be_switched_off():
    with Server(access=None) as server:
        status, body = Api(server)("GET /_esmock/health")
        assert status == 400
        assert "no handler found" in body["error"]


def test_unknown_paths_methods_and_parameters_are_refused(api):
    assert api("GET /_esmock/v1/fault")[0] == 404
    assert api("PATCH /_esmock/v1/faults", {})[1]["error"]["field"] == "method"
    assert api("GET /_esmock/v1/faults?sapce=x")[1]["error"]["field"] == "sapce"
    assert api("GET /_esmock/v1/faults?space=x")[1]["error"]["field"] == "space"


def test_the_description_has_every_endpoint_and_its_examples_work(api):
    tree = api("GET /_esmock/openapi.json")[1]
    declared = {(path, method) for path, methods in tree["paths"].items() for method in methods}
    assert declared == {(f"/_esmock{route.path}", route.method.lower()) for route in ROUTES}
    api("PUT /books/_doc/1?refresh=true", {"title": "dune"})
    skipped = {"/v1/state"}
    for route in ROUTES:
        if route.example is None or route.path in skipped:
            continue
        path = route.path.replace("{name}", "disk_full")
        status, body = api(f"{route.method} /_esmock{path}", route.example)
        assert status in (200, 201), (route.path, body)
