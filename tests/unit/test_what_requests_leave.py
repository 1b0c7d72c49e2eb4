"""What a request leaves behind: nothing that only a search for garbage would find, so that bodies are let go at once."""

import gc

import pytest

from esmock.server import Server
from esmock.wire import RawRequest

LINES = b'{"index":{"_id":"1"}}\n{"n":1}\n{"update":{"_id":"1"}}\n{"doc":{"n":2}}\n{"delete":{"_id":"2"}}\n'
REQUESTS = [
    ("POST", "/b/_bulk", LINES),
    ("PUT", "/b/_doc/1?refresh", b'{"n":1}'),
    ("POST", "/b/_update/1", b'{"doc":{"n":3}}'),
    ("GET", "/b/_doc/1", b""),
    ("POST", "/b/_mget", b'{"ids":["1"]}'),
    ("POST", "/b/_msearch", b"{}\n{}\n"),
    ("POST", "/b/_update_by_query", b"{}"),
    ("POST", "/b/_search", b'{"query":{"no_such_query":{}}}'),
]


@pytest.mark.parametrize("version", ["7.10.2", "9.5.3"])
@pytest.mark.parametrize(("method", "target", "body"), REQUESTS, ids=lambda one: one if isinstance(one, str) else "")
def test_nothing_is_left_for_the_collector(version, method, target, body):
    server = Server(version=version)
    kind = "application/x-ndjson" if body.endswith(b"\n") else "application/json"
    request = RawRequest(method, target, [("content-type", kind)] if body else [], body)
    server.handle(RawRequest("POST", "/b/_bulk", [("content-type", "application/x-ndjson")], LINES))
    server.handle(request)
    gc.collect()
    gc.disable()
    try:
        server.handle(request)
        assert gc.collect() == 0
    finally:
        gc.enable()
