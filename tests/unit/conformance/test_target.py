"""The HTTP client, against a small server of Python's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from esmock.conformance.target import Target, Unreachable


class Echo(BaseHTTPRequestHandler):
    """Answers with what it got; ``/close`` ends the connection, ``/drop`` lets the next request find it closed."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = b"\r\n".join([self.requestline.encode(), str(self.headers).encode(), self.rfile.read(length)])
        self.send_response(200)
        self.send_header("Warning", "one")
        self.send_header("Warning", "two")
        self.send_header("X-Connection", str(self.client_address[1]))
        if self.path == "/close":
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.close_connection = self.path in ("/close", "/drop")

    wbufsize = -1
    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_bytes_go_and_come_as_they_are(url: str) -> None:
    target = Target(url)
    answer = target.send("POST", "/%C3%BC%20/_search?q=a+b", b"\xff\n", [("Content-Type", "application/json")])
    target.close()
    assert answer.status == 200
    assert answer.body.startswith(b"POST /%C3%BC%20/_search?q=a+b HTTP/1.1\r\n")
    assert answer.body.endswith(b"\xff\n")
    assert b"Content-Type: application/json" in answer.body
    assert b"Accept-Encoding" not in answer.body


def test_repeated_headers_stay_apart(url: str) -> None:
    target = Target(url)
    answer = target.send("GET", "/")
    target.close()
    assert answer.all_headers("warning") == ["one", "two"]
    assert answer.header("WARNING") == "one"
    assert answer.header("nothing") is None


def test_one_connection_serves_many_requests(url: str) -> None:
    target = Target(url)
    first, second = (target.send(method, "/").header("X-Connection") for method in ("HEAD", "GET"))
    assert first == second
    target.send("GET", "/close")
    assert target.send("GET", "/").header("X-Connection") != first
    target.send("GET", "/drop")
    assert target.send("GET", "/").status == 200
    target.close()


def test_headers_of_a_request_win_over_the_defaults(url: str) -> None:
    target = Target(url.replace("//", "//us%40er:pa%3Ass@"), headers=(("X-A", "default"), ("X-B", "b")))
    body = target.send("GET", "/", headers=[("x-a", "own")]).body.decode()
    target.close()
    assert "x-a: own" in body
    assert "default" not in body
    assert "X-B: b" in body
    assert "Authorization: Basic dXNAZXI6cGE6c3M=" in body


def test_the_address_shown_has_no_password() -> None:
    assert Target("http://user:secret@localhost:9200/x").address == "http://localhost:9200/x"


def test_a_path_in_the_url_goes_first(url: str) -> None:
    target = Target(f"{url}/space/")
    assert target.send("GET", "/_search").body.startswith(b"GET /space/_search ")
    target.close()


def test_no_server_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="GET /x: "):
        Target(f"http://127.0.0.1:{port}").send("GET", "/x")


@pytest.mark.parametrize("url", ["localhost:9200", "ftp://x", "http://", ""])
def test_a_url_must_be_http(url: str) -> None:
    with pytest.raises(ValueError, match="not an http"):
        Target(url)
