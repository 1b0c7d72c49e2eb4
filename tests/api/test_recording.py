"""Proxy, record, replay and compare, with esmock itself in the place of the real cluster."""

import http.client
import json
import subprocess
import sys
from contextlib import closing

import pytest

from esmock.conformance.target import Answer, Target
from esmock.controls.recording.compare import Pair, compare_answers
from esmock.controls.recording.file import Recorder, RecordingError, read_recording
from esmock.controls.recording.normalise import NORMALISATIONS, Normaliser, chosen
from esmock.controls.recording.replay import Replay
from esmock.controls.recording.suite import run_suite
from esmock.controls.refusal import ControlError
from esmock.proxy import ProxyServer
from esmock.server import Server
from esmock.wire import RawRequest

CONSOLE = """PUT /books
{"mappings": {"properties": {"title": {"type": "text"}, "n": {"type": "long"}}}}
POST /books/_bulk?refresh=true
{"index": {"_id": "1"}}
{"title": "Dune", "n": 1}
{"index": {}}
{"title": "Emma", "n": 2}
GET /books/_search
{"query": {"match": {"title": "dune"}}, "aggs": {"n": {"avg": {"field": "n"}}}}
GET /books/_search?scroll=1m&size=1
POST /_search/scroll
{"scroll_id": "${4._scroll_id}", "scroll": "1m"}
GET /books/_settings
GET /_cat/indices?v
GET /books/_doc/9
GET /films/_search
DELETE /books
"""


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "books.console"
    path.write_text(CONSOLE, "utf-8")
    return path


@pytest.fixture
def upstream():
    with Server() as server:
        yield server


def send(server, line, body=None, headers=None):
    method, target = line.split(" ", 1)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    text = None if body is None else body if isinstance(body, str) else json.dumps(body)
    connection.request(method, target, text, {"content-type": "application/json", **(headers or {})} if text else headers or {})
    response = connection.getresponse()
    found = response.status, response.read(), dict(response.getheaders())
    connection.close()
    return found


def test_a_proxy_passes_everything_on(upstream):
    with ProxyServer(upstream.url) as proxy:
        assert send(proxy, "PUT /books/_doc/1?refresh=true", {"title": "Dune"})[0] == 201
        assert send(proxy, "HEAD /books/_doc/1")[0] == 200
        direct, through = send(upstream, "GET /books/_search"), send(proxy, "GET /books/_search")
        assert json.loads(direct[1])["hits"] == json.loads(through[1])["hits"]
        assert through[2]["X-elastic-product"] == "Elasticsearch"
        assert send(proxy, "GET /_no_such_thing/at/all")[0] == send(upstream, "GET /_no_such_thing/at/all")[0]
        assert proxy.assert_called_once("search").status == 200


def test_faults_stubs_and_journal_work_in_front_of_a_cluster(upstream):
    with ProxyServer(upstream.url) as proxy:
        proxy.seed({"books": [{"_id": "1", "title": "Dune"}]})
        with proxy.faults.queue_full(first=1):
            status, body, _ = send(proxy, "GET /books/_search")
        assert status == 429
        assert json.loads(body)["error"]["root_cause"][0]["type"] == "es_rejected_execution_exception"
        with proxy.faults.shard_failures():
            assert json.loads(send(proxy, "GET /books/_search")[1])["_shards"]["failed"] == 1
        with proxy.faults.flood_stage():
            assert send(proxy, "PUT /books/_doc/2", {})[0] == 429
            assert send(proxy, "GET /books/_doc/1")[0] == 200
        lines = '{"index":{"_index":"books","_id":"a"}}\n{}\n{"index":{"_index":"books","_id":"b"}}\n{}\n'
        with proxy.faults.bulk_items(items=[0]):
            found = json.loads(send(proxy, "POST /_bulk", lines)[1])
        assert [item["index"]["status"] for item in found["items"]] == [429, 201]
        assert send(upstream, "GET /books/_doc/a")[0] == 404
        proxy.stubs.patch(endpoint="search", set={"hits.total.value": 7})
        assert json.loads(send(proxy, "GET /books/_search")[1])["hits"]["total"]["value"] == 7
        proxy.stubs.replace(path="/_mine", body={"mine": 1})
        assert json.loads(send(proxy, "GET /_mine")[1]) == {"mine": 1}
        with proxy.faults.reset(), pytest.raises(ConnectionError):
            send(proxy, "GET /")
        with pytest.raises(ControlError, match="clock"):
            _ = proxy.clock
        proxy.reset()
        assert send(upstream, "GET /_cat/indices")[1] == b""
        assert len(proxy.faults) == len(proxy.stubs) == 0


def test_a_cluster_that_is_not_there(upstream):
    upstream.stop()
    with pytest.raises(ControlError, match="does not answer"):
        ProxyServer(f"http://127.0.0.1:{upstream.port}")


def compare(left, right, suite):
    """The differences along a suite."""
    with closing(Target(left.url)) as one, closing(Target(right.url)) as other:
        return list(run_suite(suite, Pair(one, other, NORMALISATIONS)))


def ask_all(server, suite):
    client = Target(server.url)
    from esmock.seeds import console_requests

    answers = []
    for _, method, target, body in console_requests(suite, suite.read_text("utf-8")):
        if "${" in body.decode():
            scroll = json.loads(answers[-1].body)["_scroll_id"]
            body = body.replace(b"${4._scroll_id}", scroll.encode())
        kind = "application/x-ndjson" if "_bulk" in target else "application/json"
        answers.append(client.send(method, target, body, [("Content-Type", kind)] if body else []))
    client.close()
    return answers


def record(upstream, suite, path):
    recorder = Recorder(path, {"version": upstream.version})
    with ProxyServer(upstream.url, record=recorder) as proxy:
        answers = ask_all(proxy, suite)
    recorder.close()
    return answers


def test_a_recorded_suite_replays_identically(upstream, suite, tmp_path):
    path = tmp_path / "books.recording.jsonl"
    recorded = record(upstream, suite, path)
    replay = Replay(read_recording(path))
    replayed = []
    for one in replay.recording.exchanges:
        body = one.body.encode()
        answer = replay.handle(RawRequest(one.method, one.target, [], body))
        replayed.append(Answer(answer.status, tuple(answer.headers), answer.body))
    assert len(recorded) == len(replayed) == 10
    left, right = Normaliser(), Normaliser()
    from esmock.controls.recording.compare import differences

    found = [list(differences(one, other, left, right)) for one, other in zip(recorded, replayed, strict=True)]
    assert found == [[]] * 10
    assert replay.unused() == []
    assert replay.handle(RawRequest("GET", "/books/_serach")).status == 501
    assert "/books/_search" in json.dumps(json.loads(replay.handle(RawRequest("GET", "/books/_serach")).body)["error"]["nearest"])


def test_a_client_talks_to_a_replay_as_to_the_cluster(upstream, suite, tmp_path):
    path = tmp_path / "books.recording.jsonl"
    record(upstream, suite, path)
    command = [sys.executable, "-m", "esmock", "replay", str(path), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = json.loads(process.stdout.readline())["url"]
        answers = ask_all(type("Served", (), {"url": url})(), suite)
        process.terminate()
        process.wait(10)
        assert process.stderr.read() == ""
    assert [one.status for one in answers] == [200, 200, 200, 200, 200, 200, 200, 404, 404, 200]
    assert json.loads(answers[2].body)["aggregations"]["n"]["value"] == 1.0


def test_a_recording_is_a_seed(upstream, suite, tmp_path):
    short = tmp_path / "short.console"
    short.write_text(CONSOLE.partition("GET /books/_search\n")[0], "utf-8")
    path = tmp_path / "short.recording.jsonl"
    record(upstream, short, path)
    server = Server()
    server.seed(str(path))
    assert json.loads(server.handle(RawRequest("GET", "/books/_count")).body)["count"] == 2


SECRETS = [
    ("POST /_security/user/kim", {"password": "hunter2", "roles": []}, {}),
    ("POST /_security/api_key", {"name": "mine"}, {}),
    ("GET /", None, {"authorization": "Basic a2ltOmh1bnRlcjI="}),
    ("GET /?token=hunter2", None, {}),
    ("POST /_reindex", {"source": {"remote": {"host": "http://kim:hunter2@far:9200", "password": "hunter2"}, "index": "a"}}, {}),
    ("PUT /_snapshot/s3", {"type": "s3", "settings": {"access_key": "hunter2", "secret_key": "hunter2", "client.password": "hunter2"}}, {}),
    ("PUT /_watcher/watch/w", {"actions": {"a": {"webhook": {"auth": {"basic": {"password": "hunter2"}}}}}}, {}),
    ("PUT /_watcher/watch/x", '{"password": "hunter2", broken', {}),
    ("GET /_cluster/health", None, {"x-api-key": "hunter2", "cookie": "sid=hunter2", "es-secondary-authorization": "hunter2"}),
]


def test_credentials_never_reach_a_recording(upstream, tmp_path):
    path = tmp_path / "secret.recording.jsonl"
    recorder = Recorder(path, {})
    url = upstream.url.replace("http://", "http://kim:hunter2@")
    with ProxyServer(url, record=recorder) as proxy:
        key = {"id": "k", "name": "mine", "api_key": "hunter2", "encoded": "hunter2aGVsbG8="}
        proxy.stubs.replace(path="/_security/api_key", body=key, headers={"Set-Cookie": "sid=hunter2"})
        for line, body, headers in SECRETS:
            send(proxy, line, body, headers)
    recorder.close()
    text = path.read_text("utf-8")
    assert text.count("\n") == len(SECRETS) + 1
    assert "hunter2" not in text
    assert "a2ltOmh1bnRlcjI" not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("{}\n", "format 1"), ('{"esmock_recording": 1}\n{"method": "GET"}\n', "line 2")],
)
def test_what_is_no_recording_is_refused(tmp_path, text, reason):
    path = tmp_path / "bad.recording.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=reason):
        read_recording(path)


BODY = {"took": 3, "hits": {"total": 1, "score": 1.0, "hits": [{"_id": "1", "_source": {"took": 3}}]}, "_scroll_id": "x" * 60}
HEADERS = (("content-type", "application/json"), ("X-elastic-product", "Elasticsearch"))


def answer(body=None, status=200, headers=HEADERS):
    return Answer(status, headers, json.dumps(BODY if body is None else body).encode())


PLANTED = [
    ("status", answer(status=201)),
    ("value", answer({**BODY, "hits": {**BODY["hits"], "total": 2}})),
    ("value", answer({**BODY, "hits": {**BODY["hits"], "score": 1}})),
    ("value", answer({**BODY, "hits": {**BODY["hits"], "hits": []}})),
    ("value", answer({**BODY, "hits": {**BODY["hits"], "hits": [{"_id": "1", "_source": {"took": 4}}]}})),
    ("missing", answer({key: value for key, value in BODY.items() if key != "hits"})),
    ("extra", answer({**BODY, "more": None})),
    ("order", answer(dict(reversed(BODY.items())))),
    ("header", answer(headers=HEADERS[:1])),
    ("header", answer(headers=(("content-type", "text/plain"), HEADERS[1]))),
    ("header", answer(headers=(*HEADERS, ("Warning", '299 Elasticsearch-1-a "old"')))),
]


@pytest.mark.parametrize(("kind", "other"), PLANTED, ids=range(len(PLANTED)))
def test_a_planted_difference_is_found(kind, other):
    assert {one.kind for one in compare_answers(answer(), other, NORMALISATIONS)} == {kind}


def test_what_means_nothing_is_no_difference():
    other = answer({**BODY, "took": 99, "_scroll_id": "y" * 70}, headers=(*HEADERS, ("date", "today")))
    assert compare_answers(answer(), other, NORMALISATIONS) == []
    assert [one.place for one in compare_answers(answer(), other, chosen(["took"]))] == ["took"]
    assert len(compare_answers(answer(), other, chosen(["all"]))) == 2
    with pytest.raises(ControlError, match="did you mean took"):
        chosen(["tok"])


def test_two_servers_are_compared_along_a_console_file(suite):
    with Server(version="8.19.21", seed=1) as left, Server(version="8.19.21", seed=2) as right:
        found = compare(left, right, suite)
        assert [one.differences for one in found] == [()] * 10
        right.stubs.patch(endpoint="search", index="books", first=1, set={"hits.total.value": 3})
        right.faults.deprecation(endpoint="get", text="old")
        found = compare(left, right, suite)
        assert [(n, d.kind, d.place) for n, one in enumerate(found) for d in one.differences] == [
            (2, "value", "hits.total.value"),
            (7, "header", "warning"),
        ]


def test_two_servers_are_compared_along_a_recording(upstream, suite, tmp_path):
    path = tmp_path / "books.recording.jsonl"
    record(upstream, suite, path)
    with Server(seed=3) as left, Server(seed=4) as right:
        assert [one.differences for one in compare(left, right, path)] == [()] * 10
        right.stubs.patch(endpoint="scroll", set={"hits.total.value": 5})
        assert [d.place for one in compare(left, right, path) for d in one.differences] == ["hits.total.value"]


def test_two_servers_are_compared_along_yaml_tests(tmp_path):
    test = tmp_path / "10_basic.yml"
    steps = ("do: {indices.create: {index: books}}", "do: {count: {index: books}}", "match: {count: 0}")
    test.write_text('---\n"count":\n' + "".join(f"  - {step}\n" for step in steps), "utf-8")
    with Server() as left, Server() as right:
        assert [len(one.differences) for one in compare(left, right, test)] == [0, 0]
        right.stubs.patch(endpoint="count", set={"count": 5})
        found = compare(left, right, test)
        assert [d.place for one in found for d in one.differences] == ["count"]


PAGE = """# Books

```console
PUT /books/_doc/1?refresh
{"title": "Emma"}
GET /books/_search
```

```console-result
{"hits": {"total": {"value": 1}}}
```
"""


def test_two_servers_are_compared_along_a_page(tmp_path, capsys):
    from esmock.cli import main

    page = tmp_path / "books.md"
    page.write_text(PAGE, "utf-8")
    with Server() as left, Server() as right:
        found = compare(left, right, page)
        assert len(found) >= 2
        assert [one.differences for one in found] == [()] * len(found)
        right.stubs.patch(endpoint="search", set={"hits.total.value": 7})
        found = compare(left, right, page)
        assert [(d.kind, d.place) for one in found for d in one.differences] == [("value", "hits.total.value")]
        assert main(["compare", "--left", left.url, "--right", right.url, str(page)]) == 1
        assert "hits.total.value" in capsys.readouterr().out


def test_the_commands_tell_by_exit_code(suite, capsys):
    from esmock.cli import main

    with Server() as left, Server() as right:
        assert main(["compare", "--left", left.url, "--right", right.url, str(suite)]) == 0
        assert "no difference" in capsys.readouterr().out
        right.faults.took(milliseconds=5)
        assert main(["compare", "--left", left.url, "--right", right.url, str(suite), "--exact", "took", "-q"]) == 1
        assert main(["compare", "--left", left.url, "--right", right.url, "nowhere.console"]) == 2
