"""Reindex from another server. Source: answers of 7.10.2 to the same requests, asked of itself and of servers that err."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from esmock.server import Server

ALLOWED = {"reindex.remote.whitelist": "127.0.0.1:*"}


class Erring(BaseHTTPRequestHandler):
    """A server whose only answer is its ``answer`` (status, media type, text); it keeps what it was asked."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, self.headers.get("authorization"), self.headers.get("x-a")))
        status, media, text = self.server.answer
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def source():
    with Server(version="7.10.2") as made:
        for number in range(5):
            ask(made.url, "PUT", f"/src/_doc/{number}?routing=r{number}&refresh", {"n": number, "k": "v"})
        yield made


@pytest.fixture(scope="module")
def target():
    with Server(version="7.10.2", node_settings=ALLOWED) as made:
        made.keep_as_base()
        yield made


@pytest.fixture
def erring():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Erring)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(url, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def reindex(target, host, remote=None, **body):
    target.reset()
    source = {"index": "src", "remote": {"host": host, **(remote or {})}, **body.pop("source", {})}
    return ask(target.url, "POST", "/_reindex?refresh", {"source": source, "dest": {"index": "dst"}, **body})


def test_documents_come_with_their_routing_in_batches(source, target):
    status, answer = reindex(target, source.url, source={"size": 2, "query": {"range": {"n": {"gte": 1}}}, "_source": ["n"]})
    del answer["took"]
    assert (status, answer) == (
        200,
        {
            "timed_out": False,
            "total": 4,
            "updated": 0,
            "created": 4,
            "deleted": 0,
            "batches": 2,
            "version_conflicts": 0,
            "noops": 0,
            "retries": {"bulk": 0, "search": 0},
            "throttled_millis": 0,
            "requests_per_second": -1.0,
            "throttled_until_millis": 0,
            "failures": [],
        },
    )
    found = ask(target.url, "GET", "/dst/_doc/3?routing=r3")[1]
    assert (found["_routing"], found["_source"]) == ("r3", {"n": 3})
    assert source.cluster.clock is not target.cluster.clock


def test_a_script_sees_the_documents_of_the_other_server(source, target):
    script = {"source": "ctx._source.z = 1; ctx._id = 'q' + ctx._id"}
    assert reindex(target, source.url, script=script)[1]["created"] == 5
    assert ask(target.url, "GET", "/dst/_doc/q0?routing=r0")[1]["_source"] == {"n": 0, "k": "v", "z": 1}


def test_the_other_servers_scroll_is_closed(source, target):
    reindex(target, source.url, source={"size": 2}, max_docs=3)
    assert ask(source.url, "GET", "/_nodes/stats/indices/search")[1]["nodes"].popitem()[1]["indices"]["search"]["open_contexts"] == 0


def test_an_error_of_the_other_server_comes_with_its_status_and_body(source, target):
    status, answer = reindex(target, source.url, source={"index": "nope"})
    error = answer["error"]
    port = source.url.rpartition(":")[2]
    path = "/nope/_search?scroll=5m&sort=_doc%3Aasc&size=1000&allow_partial_search_results=false&version=false"
    opening = f"method [POST], host [http://127.0.0.1:{port}], URI [{path}], status line [HTTP/1.1 404 Not Found]\n"
    assert (status, error["type"], error["caused_by"]["type"]) == (404, "status_exception", "response_exception")
    assert error["reason"].startswith('body={"error":{"root_cause":[{"type":"index_not_found_exception"')
    assert error["caused_by"]["reason"] == opening + error["reason"].removeprefix("body=")


@pytest.mark.parametrize(
    ("answer", "status", "kind", "reason"),
    [
        ((200, "text/html", "<html>no</html>"), 500, "exception", "Response didn't include Content-Type: body=<html>no</html>"),
        ((200, "application/json", '{"hello":1}'), 400, "illegal_argument_exception", "Required [version]"),
        ((500, "application/json", '{"error":"boom"}'), 500, "status_exception", 'body={"error":"boom"}'),
        ((502, "text/html", "<html>bad gateway</html>"), 502, "status_exception", "body=<html>bad gateway</html>"),
        (
            (200, "application/json", '{"a":'),
            500,
            "exception",
            "Error parsing the response, remote is likely not an Elasticsearch instance",
        ),
    ],
)
def test_what_is_no_elasticsearch_is_told_of(target, erring, answer, status, kind, reason):
    erring.answer = answer
    found = reindex(target, f"http://127.0.0.1:{erring.server_port}")
    assert (found[0], found[1]["error"]["type"], found[1]["error"]["reason"]) == (status, kind, reason)


def test_user_and_headers_are_sent(target, erring):
    erring.answer = (401, "application/json", "{}")
    remote = {"username": "u", "password": "p", "headers": {"X-A": "b"}}
    assert reindex(target, f"http://127.0.0.1:{erring.server_port}/pre", remote)[0] == 401
    assert erring.asked == [("GET", "/pre/", "Basic dTpw", "b")]


def test_a_server_that_does_not_answer_or_is_not_there(target, erring):
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        error = reindex(target, host, {"socket_timeout": "200ms"})[1]["error"]
    assert error["type"] == "socket_timeout_exception"
    assert error["reason"].startswith("200 milliseconds timeout on connection http-outgoing-")
    assert reindex(target, host)[1]["error"] == {
        "root_cause": [{"type": "connect_exception", "reason": "Connection refused"}],
        "type": "connect_exception",
        "reason": "Connection refused",
    }


def test_only_hosts_of_the_setting_are_asked(target):
    assert reindex(target, "http://10.1.1.1:9200")[1]["error"]["reason"] == (
        "[10.1.1.1:9200] not whitelisted in reindex.remote.whitelist"
    )


def test_slices_are_for_local_searches(source, target):
    body = {"source": {"index": "src", "remote": {"host": source.url}}, "dest": {"index": "dst"}}
    for given, shown in (("2", 2), ("auto", 0)):
        reason = f"Validation Failed: 1: reindex from remote sources doesn't support slices > 1 but was [{shown}];"
        assert ask(target.url, "POST", f"/_reindex?slices={given}", body)[1]["error"]["reason"] == reason


def test_two_spaces_of_one_server(target):
    target.reset()
    with target.space("other", port=0) as other:
        ask(other.url, "PUT", "/src/_doc/1?refresh", {"a": 1})
        assert reindex(target, other.url)[1]["created"] == 1


def test_nobody_has_to_wait_for_it(source, target):
    body = {"source": {"index": "src", "remote": {"host": source.url}}, "dest": {"index": "dst"}}
    target.reset()
    task = ask(target.url, "POST", "/_reindex?wait_for_completion=false", body)[1]["task"]
    found = ask(target.url, "GET", f"/_tasks/{task}?wait_for_completion=true")[1]
    assert (found["completed"], found["response"]["created"]) == (True, 5)
