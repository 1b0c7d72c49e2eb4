"""Speed of aggregations, as ratios to a real Elasticsearch asked in the same run.

    python tests/benchmarks/aggregations.py --real URL [--documents 20000] [--documents 200000] [--computed] [--real-pid PID]

Both servers hold the same documents in one shard; several keep-alive connections ask at once, first one server, then the other, in
turns. Both servers may answer from their request caches, as they do by default; with ``--computed`` neither does, and every case is asked once more
over a part of the documents. Prints one line per figure; exits with 1 when a bound is missed. Without ``--real`` only esmock's own rates are printed.
On a machine that others use too, rates say little: with ``--real-pid`` what is compared is the CPU time that a request costs each server.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.ratios import Process, Report, ask

INDEX = "bench-aggregations"
COUNTRIES = ("de", "fr", "us", "uk", "it", "es", "pl", "nl")
MAPPING = {
    "country": {"type": "keyword"},
    "city": {"type": "keyword"},
    "user": {"type": "keyword"},
    "price": {"type": "double"},
    "qty": {"type": "integer"},
    "when": {"type": "date"},
}
_STATS = {"s": {"stats": {"field": "price"}}}
_AVG = {"s": {"avg": {"field": "price"}}}
_SOURCES = [
    {"c": {"terms": {"field": "city"}}},
    {"d": {"date_histogram": {"field": "when", "calendar_interval": "month"}}},
]
CASES: dict[str, tuple[float, dict[str, Any]]] = {
    "terms with stats": (1.0, {"a": {"terms": {"field": "city", "size": 20}, "aggs": _STATS}}),
    "date_histogram with avg": (
        1.0,
        {"a": {"date_histogram": {"field": "when", "calendar_interval": "day"}, "aggs": _AVG}},
    ),
    "cardinality with percentiles": (
        1.0,
        {"a": {"cardinality": {"field": "user"}}, "b": {"percentiles": {"field": "price"}}},
    ),
    "a page of composite": (
        0.5,
        {
            "a": {
                "composite": {"size": 100, "sources": _SOURCES, "after": {"c": "c150", "d": 1580515200000}},
                "aggs": {"s": {"sum": {"field": "price"}}},
            }
        },
    ),
    "terms in three levels": (
        0.5,
        {
            "a": {
                "terms": {"field": "country"},
                "aggs": {
                    "b": {
                        "terms": {"field": "city", "size": 5},
                        "aggs": {"c": {"terms": {"field": "qty", "size": 5}, "aggs": _AVG}},
                    }
                },
            }
        },
    ),
}


def documents(count: int) -> Iterator[dict[str, Any]]:
    """The same documents for every server."""
    chosen = random.Random(3)
    for _ in range(count):
        yield {
            "country": chosen.choice(COUNTRIES),
            "city": f"c{chosen.randrange(200)}",
            "user": f"u{chosen.randrange(5000)}",
            "price": round(chosen.random() * 1000, 2),
            "qty": chosen.randrange(1, 100),
            "when": 1577836800000 + chosen.randrange(366 * 86_400_000),
        }


def load(url: str, count: int) -> None:
    """Make the index anew, of one shard and one segment."""
    ask(url, "DELETE", f"/{INDEX}")
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
    ask(url, "PUT", f"/{INDEX}", json.dumps({"settings": settings, "mappings": {"properties": MAPPING}}).encode())
    lines: list[bytes] = []
    for number, doc in enumerate(documents(count), 1):
        lines += [b'{"index":{}}', json.dumps(doc).encode()]
        if number % 5000 == 0 or number == count:
            answer = ask(url, "POST", f"/{INDEX}/_bulk", b"\n".join(lines) + b"\n", "application/x-ndjson")
            assert not json.loads(answer)["errors"]
            lines = []
    ask(url, "POST", f"/{INDEX}/_refresh")
    ask(url, "POST", f"/{INDEX}/_forcemerge?max_num_segments=1")
    ask(url, "POST", f"/{INDEX}/_refresh")


def rate(url: str, body: bytes, query: str = "", *, connections: int = 4, seconds: float = 2.0) -> float:
    """Requests per second over several keep-alive connections."""
    parts = urlsplit(url)
    until = time.perf_counter() + seconds
    counts: list[int] = []

    def work() -> None:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        count = 0
        while time.perf_counter() < until:
            connection.request("POST", f"/{INDEX}/_search" + query, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            count += 1
        connection.close()
        counts.append(count)

    workers = [threading.Thread(target=work) for _ in range(connections)]
    started = time.perf_counter()
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return sum(counts) / (time.perf_counter() - started)


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def served_per_cpu_second(url: str, pid: int, body: bytes, query: str, *, seconds: float = 2.0) -> float:
    """Requests that a server answers with one second of CPU time."""
    before, started = cpu_seconds(pid), time.perf_counter()
    answered = rate(url, body, query, seconds=seconds) * (time.perf_counter() - started)
    return answered / max(cpu_seconds(pid) - before, 0.001)


PART = {"range": {"qty": {"gte": 20}}}
"""A query for four fifths of the documents."""


def compare(
    report: Report, esmock: str, real: str | None, count: int, *, computed: bool = False, pids: dict[str, int] | None = None
) -> None:
    """Rates of all cases on an index of so many documents; ``pids``: of the servers, for rates by CPU time."""
    servers = [esmock] if real is None else [esmock, real]
    for url in servers:
        load(url, count)
    cases = [(name, bound, {"size": 0, "aggs": aggs}) for name, (bound, aggs) in CASES.items()]
    if computed:
        cases += [(f"{name}, of a part", bound, {**body, "query": PART}) for name, bound, body in cases]
    query = "?request_cache=false" if computed else ""
    for name, bound, asked in cases:
        body = json.dumps(asked).encode()
        rates: dict[str, list[float]] = {url: [] for url in servers}
        for url in servers:
            rate(url, body, query, seconds=1.0)
        for _ in range(3):
            for url in servers:
                rates[url].append(served_per_cpu_second(url, pids[url], body, query) if pids else rate(url, body, query))
        own = statistics.median(rates[esmock])
        title = f"{name}, {count} documents"
        if real is None:
            print(f"     {title}: {own:.1f} requests/s")
            continue
        theirs = statistics.median(rates[real])
        report.line(f"{title} ({own:.0f}/s and {theirs:.0f}/s)", own / theirs, bound, at_most=False)
    if real is not None:
        ask(real, "DELETE", f"/{INDEX}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", help="URL of a real Elasticsearch 7.10")
    parser.add_argument("--documents", type=int, action="append", help="how many documents; may be given twice")
    parser.add_argument("--computed", action="store_true", help="without request caches, and of a part of the documents too")
    parser.add_argument("--real-pid", type=int, help="process of that server: compare requests per second of CPU time")
    options = parser.parse_args()
    report = Report()
    esmock = Process("-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2")
    try:
        for count in options.documents or [20_000]:
            pids = {esmock.url: esmock.process.pid, options.real: options.real_pid} if options.real_pid else None
            compare(report, esmock.url, options.real, count, computed=options.computed, pids=pids)
    finally:
        esmock.stop()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
