"""Speed as ratios, measured in one run beside a bare aiohttp server.

    python tests/benchmarks/ratios.py [--real URL]

With ``--real`` (a real Elasticsearch) bulk speed and administration are compared too. Prints one line per figure; exits with 1 when a
bound is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
WORDS = [f"word{n}" for n in range(5000)]


class Process:
    """A server in a process of its own, and how long it took to answer its first request.

    Both servers run from byte code, as installed packages do; the first start of a checkout writes it.
    """

    def __init__(self, *command: str) -> None:
        started = time.perf_counter()
        cached = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=cached)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        ask(self.url, "GET", "/")
        self.ready_seconds = time.perf_counter() - started

    def resident_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def ask(url: str, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
    try:
        connection.request(method, path, body or None, {"content-type": kind} if body else {})
        return connection.getresponse().read()
    finally:
        connection.close()


def request_rate(url: str, path: str, seconds: float = 2.0) -> float:
    """Requests per second over one keep-alive connection."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname, parts.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    message = f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    count, until = 0, time.perf_counter() + seconds
    started = time.perf_counter()
    while time.perf_counter() < until:
        sock.sendall(message)
        sock.recv(65536)
        count += 1
    sock.close()
    return count / (time.perf_counter() - started)


class Administration:
    """Three requests that every test suite begins with, over one keep-alive connection.

    An alias is put on an index of its own each time, so that it is always new.
    """

    NAMES = ("_cluster/health", "create index", "put alias")

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._url, self._index = url, -1
        self._settings = b'{"settings":{"number_of_replicas":0}}'

    def _ask(self, method: str, path: str, body: bytes = b"") -> None:
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\nhost: x\r\n{head}\r\n".encode() + body)
        assert self._socket.recv(65536).startswith(b"HTTP/1.1 200")

    def _create(self) -> None:
        self._index += 1
        self._ask("PUT", f"/bench-admin-{self._index}", self._settings)

    def medians(self, times: int = 60) -> dict[str, float]:
        """Milliseconds of each request."""
        for _ in range(3):
            self._create()
            self._ask("PUT", f"/bench-admin-{self._index}/_alias/bench-alias")
        made = milliseconds(self._create, times)
        numbers = iter(range(self._index))
        put = milliseconds(lambda: self._ask("PUT", f"/bench-admin-{next(numbers)}/_alias/bench-alias-too"), times)
        health = milliseconds(lambda: self._ask("GET", "/_cluster/health"), times)
        names = ",".join(f"bench-admin-{n}" for n in range(self._index + 1))
        ask(self._url, "DELETE", f"/{names}")
        self._socket.close()
        return dict(zip(self.NAMES, (health, made, put), strict=True))


def administration(report: Report, real_url: str | None) -> None:
    esmock = Process("-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2")
    real = Administration(real_url).medians() if real_url else {}
    for name, figure in Administration(esmock.url).medians().items():
        beside = f" (the real engine: {real[name]:.2f} ms)" if real else ""
        report.line(f"{name} over HTTP{beside}", figure, 1.0, unit=" ms")
    esmock.stop()


def documents(n: int) -> list[bytes]:
    chosen = random.Random(7)
    return [json.dumps({"text": " ".join(chosen.choices(WORDS, k=70)), "n": k}).encode() for k in range(n)]


def bulk_rate(url: str, docs: list[bytes], index: str) -> float:
    """Documents per second, in requests of 2,000."""
    ask(url, "DELETE", f"/{index}")
    settings = {"settings": {"number_of_shards": 1, "number_of_replicas": 0}}
    ask(url, "PUT", f"/{index}", json.dumps(settings).encode())
    bodies = [
        b"".join(b'{"index":{}}\n' + doc + b"\n" for doc in docs[start : start + 2000])
        for start in range(0, len(docs), 2000)
    ]
    started = time.perf_counter()
    for body in bodies:
        answer = json.loads(ask(url, "POST", f"/{index}/_bulk", body, "application/x-ndjson"))
        assert not answer["errors"]
    return len(docs) / (time.perf_counter() - started)


def milliseconds(call: Callable[[], Any], times: int) -> float:
    """Median duration of a call."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def clean_space_ms() -> float:
    from esmock.server import Server

    server = Server()
    for n in range(1000):
        send(server, "PUT", f"/base/_doc/{n}", b'{"n":%d}' % n)
    send(server, "POST", "/base/_refresh")
    server.keep_as_base()
    return milliseconds(server.reset, 200)


def send(server: Any, method: str, path: str, body: bytes = b"") -> Any:
    from esmock.http.receive import RawRequest

    return server.handle(RawRequest(method, path, [("content-type", "application/json")] if body else [], body))


def cycle(call: Callable[[str, str, bytes], Any]) -> None:
    call("PUT", "/cycle", b"")
    call("PUT", "/cycle/_doc/1?refresh=true", b'{"title":"hello world"}')
    call("POST", "/cycle/_search", b'{"query":{"match":{"title":"hello"}}}')
    call("DELETE", "/cycle", b"")


class Report:
    """Figures with their bounds."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, name: str, figure: float, bound: float, *, at_most: bool = True, unit: str = "") -> None:
        ok = figure <= bound if at_most else figure >= bound
        self.missed += not ok
        sign = "<=" if at_most else ">="
        print(f"{'ok  ' if ok else 'MISS'} {name:58} {figure:10.2f}{unit} ({sign} {bound}{unit})", flush=True)


def compare_servers(report: Report) -> None:
    ready: dict[str, list[float]] = {"bare": [], "esmock": []}
    commands = {"bare": (str(HERE / "bare_server.py"),), "esmock": ("-m", "esmock", "serve", "--port", "0", "--json")}
    running: dict[str, Process] = {}
    for _ in range(7):
        for name, command in commands.items():
            process = Process(*command)
            ready[name].append(process.ready_seconds)
            running.pop(name, process).stop() if name in running else None
            running[name] = process
    bare, esmock = running["bare"], running["esmock"]
    report.line("ready, times the bare server", statistics.median(ready["esmock"]) / statistics.median(ready["bare"]), 1.3)
    report.line("resident memory at rest, times the bare server", esmock.resident_kb() / bare.resident_kb(), 1.5)
    ask(esmock.url, "PUT", "/bench/_doc/1", b'{"a":1}')
    rates = {"bare": [], "esmock": []}
    for _ in range(3):
        rates["bare"].append(request_rate(bare.url, "/bench/_doc/1"))
        rates["esmock"].append(request_rate(esmock.url, "/bench/_doc/1"))
    report.line(
        "GET of a document, times the bare server's rate",
        statistics.median(rates["esmock"]) / statistics.median(rates["bare"]),
        0.8,
        at_most=False,
    )
    bare.stop()
    parts = urlsplit(esmock.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def over_http(method: str, path: str, body: bytes) -> None:
        connection.request(method, path, body or None, {"content-type": "application/json"} if body else {})
        connection.getresponse().read()

    cycle(over_http)
    report.line("test cycle over HTTP", milliseconds(lambda: cycle(over_http), 50), 4.0, unit=" ms")
    esmock.stop()


def in_process(report: Report) -> None:
    from esmock.server import Server

    report.line("a clean space, base of 1,000 documents", clean_space_ms(), 0.5, unit=" ms")
    server = Server()
    call = lambda method, path, body: send(server, method, path, body)  # noqa: E731
    cycle(call)
    report.line("test cycle in process", milliseconds(lambda: cycle(call), 100), 1.5, unit=" ms")


def bulk(report: Report, real_url: str | None) -> None:
    docs = documents(20_000)
    esmock = Process("-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2")
    rates = [bulk_rate(esmock.url, docs, f"bench-esmock{n}") for n in range(3)]
    ask(esmock.url, "POST", "/bench-esmock2/_refresh")
    started = time.perf_counter()
    query = {"query": {"match": {"text": "word42 word17"}}}
    answer = json.loads(ask(esmock.url, "POST", "/bench-esmock2/_search", json.dumps(query).encode()))
    first = time.perf_counter() - started
    assert answer["hits"]["total"]["value"] > 0
    report.line("first search after the bulk", first, 1.0, unit=" s")
    print(f"     bulk of 20,000 documents of 70 words: {statistics.median(rates):.0f} documents/s")
    if real_url:
        real = statistics.median(bulk_rate(real_url, docs, "bench-esmock") for _ in range(3))
        ask(real_url, "DELETE", "/bench-esmock")
        report.line("bulk, times the real engine's rate", statistics.median(rates) / real, 1.0, at_most=False)
    esmock.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", help="URL of a real Elasticsearch to compare bulk and administration with")
    options = parser.parse_args()
    report = Report()
    compare_servers(report)
    in_process(report)
    administration(report, options.real)
    bulk(report, options.real)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
