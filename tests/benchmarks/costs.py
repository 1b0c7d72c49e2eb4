"""What journal, security and a following inspector cost: rates of one document's GET, each beside a server without it, in turns.

    python tests/benchmarks/costs.py [--seconds 2] [--rounds 5]

The inspector's cost is how long a request takes at 1,000 requests a second, with and without a reader of the journal's events; the
server's processor time is shown beside it.
Prints one line per figure; exits with 1 when a bound is missed. Linux only (it reads /proc).
"""

from __future__ import annotations

import argparse
import base64
import http.client
import os
import socket
import statistics
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from ratios import Process, Report, ask

PATH = "/bench/_doc/1"
PASSWORD = "changeme"
# Short turns, so that whatever else the machine does falls on all of them alike.
SLICES = 20
BASIC = "Basic " + base64.b64encode(f"elastic:{PASSWORD}".encode()).decode()


class Connection:
    """One keep-alive connection that asks for one document again and again."""

    def __init__(self, url: str, authorization: str = "") -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        credentials = f"authorization: {authorization}\r\n" if authorization else ""
        self.message = f"GET {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n{credentials}\r\n".encode()

    def ask(self) -> None:
        self.socket.sendall(self.message)
        assert self.socket.recv(65536).startswith(b"HTTP/1.1 200"), "the document is not there"

    def rate(self, seconds: float) -> float:
        """Requests per second, one after the other."""
        count, started = 0, time.perf_counter()
        while time.perf_counter() < started + seconds:
            self.ask()
            count += 1
        return count / (time.perf_counter() - started)

    def paced(self, seconds: float, per_second: int) -> float:
        """So many requests a second, in groups of ten; the mean duration of one in microseconds."""
        started, taken = time.perf_counter(), 0.0
        for group in range(int(seconds * per_second / 10)):
            time.sleep(max(0.0, started + group * 10 / per_second - time.perf_counter()))
            begun = time.perf_counter()
            for _ in range(10):
                self.ask()
            taken += time.perf_counter() - begun
        return taken / int(seconds * per_second) * 1e6


def serve(*options: str) -> Process:
    return Process("-m", "esmock", "serve", "--port", "0", "--json", *options)


def put_document(url: str, authorization: str = "") -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    headers = {"content-type": "application/json"} | ({"authorization": authorization} if authorization else {})
    connection.request("PUT", PATH, b'{"a":1}', headers)
    assert connection.getresponse().status == 201
    connection.close()


def compare_rates(report: Report, rounds: int, seconds: float) -> None:
    plain, silent = serve(), serve("--journal", "0")
    secure = serve("--security", "--password", f"elastic={PASSWORD}", "--journal", "0")
    put_document(plain.url)
    put_document(silent.url)
    put_document(secure.url, BASIC)
    ways = {"journal": Connection(plain.url), "bare": Connection(silent.url), "security": Connection(secure.url, BASIC)}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds * SLICES):
        for name, connection in ways.items():
            rates[name].append(connection.rate(seconds / SLICES))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    report.line("GET with journal, times the rate without", middle["journal"] / middle["bare"], 0.9, at_most=False)
    report.line("GET with security, times the rate without", middle["security"] / middle["bare"], 0.8, at_most=False)
    for process in (plain, silent, secure):
        process.stop()


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def follow(url: str, stop: threading.Event, lines: list[int]) -> None:
    """Reads the journal's events until told to stop."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request("GET", "/_esmock/v1/journal/events")
    answer = connection.getresponse()
    while not stop.is_set():
        lines[0] += answer.readline().startswith(b"data:")
    connection.close()


def follow_traffic(report: Report, rounds: int, seconds: float) -> None:
    server = serve()
    ask(server.url, "PUT", PATH, b'{"a":1}')
    connection = Connection(server.url)
    taken: dict[bool, list[float]] = {False: [], True: []}
    processor: dict[bool, list[float]] = {False: [], True: []}
    lines = [0]
    for _ in range(rounds):
        for followed in taken:
            stop = threading.Event()
            reader = threading.Thread(target=follow, args=(server.url, stop, lines), daemon=True)
            if followed:
                reader.start()
                time.sleep(0.2)
            before = processor_seconds(server.process.pid)
            taken[followed].append(connection.paced(seconds, 1000))
            processor[followed].append(processor_seconds(server.process.pid) - before)
            stop.set()
            connection.ask()
            if followed:
                reader.join(5)
    assert lines[0], "no event arrived"
    print("     processor seconds alone and followed:", *(f"{statistics.median(one):.2f}" for one in processor.values()))
    slower = statistics.median(taken[True]) / statistics.median(taken[False])
    report.line("a request at 1,000 a second, followed, times alone", slower, 1.1)
    server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    report = Report()
    compare_rates(report, options.rounds, options.seconds)
    follow_traffic(report, options.rounds, options.seconds)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
