"""Speed of scripts and pipelines beside a real Elasticsearch, in one run.

    python tests/benchmarks/scripts.py --real URL

Prints one line per figure; exits with 1 when esmock does less than half of what the real server does. Documents lie in the index
``bench_scripts``, which is deleted first on both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

DOCUMENTS = 20_000
BOUND = 0.5
SCORES = {
    "plain": "doc['n'].value * params.m + _score",
    "branch": "if (doc['n'].value > 500) { return doc['f'].value * 2 } return Math.log(1 + doc['n'].value)",
    "string": "doc['k'].value.length() + doc['k'].value.hashCode() % 7 + 100",
    "loop": "double s = 0; for (int i = 0; i < 5; i++) { s += doc['n'].value * i } return s",
}
TEN = [
    {"set": {"field": "a", "value": "x {{k}}"}},
    {"lowercase": {"field": "t"}},
    {"grok": {"field": "log", "patterns": ["%{IP:ip} %{WORD:verb} %{NUMBER:size:int}"]}},
    {"convert": {"field": "n", "type": "string"}},
    {"split": {"field": "csv", "separator": ","}},
    {"date": {"field": "d", "formats": ["ISO8601"]}},
    {"rename": {"field": "k", "target_field": "key"}},
    {"script": {"source": "ctx.m = ctx.f * 2"}},
    {"set": {"field": "flag", "value": True, "if": "ctx.f > 50"}},
    {"remove": {"field": "log"}},
]


class Client:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def __call__(self, method: str, path: str, body: Any = None) -> bytes:
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        kind = "application/x-ndjson" if "_bulk" in path else "application/json"
        self._connection.request(method, path, data, {"content-type": kind} if data else {})
        return self._connection.getresponse().read()


def rate(call: Callable[[], Any], times: int, seconds: float = 4.0) -> float:
    """Calls per second, after some to warm up."""
    for _ in range(max(1, times // 10)):
        call()
    started, done = time.perf_counter(), 0
    while done < times and time.perf_counter() - started < seconds:
        call()
        done += 1
    return done / (time.perf_counter() - started)


def lines(count: int, source: Callable[[int], dict[str, Any]], first: int = 0) -> str:
    return "".join(f'{{"index":{{"_id":"{at}"}}}}\n{json.dumps(source(at))}\n' for at in range(first, first + count))


def measure(url: str) -> dict[str, float]:
    ask, chosen = Client(url), random.Random(3)
    ask("DELETE", "/bench_scripts")
    properties = {"n": {"type": "long"}, "f": {"type": "double"}, "k": {"type": "keyword"}, "t": {"type": "text"}}
    settings = {"number_of_shards": 1, "number_of_replicas": 0}
    ask("PUT", "/bench_scripts", {"settings": settings, "mappings": {"properties": properties}})

    def source(at: int) -> dict[str, Any]:
        return {"n": at % 977, "f": chosen.random() * 100, "k": f"k{at % 50}", "t": f"Word{at % 7} Other"}

    for first in range(0, DOCUMENTS, 2000):
        ask("POST", "/bench_scripts/_bulk", lines(2000, source, first))
    ask("POST", "/bench_scripts/_refresh")
    ids = iter(range(10**9))
    change = {"script": {"source": "ctx._source.n += params.a; ctx._source.tags = [ctx._source.k, 'u']", "params": {"a": 1}}}
    out = {"updates by script": rate(lambda: ask("POST", f"/bench_scripts/_update/{next(ids) % DOCUMENTS}", change), 2000)}
    ask("POST", "/bench_scripts/_refresh")
    for name, script in SCORES.items():
        scored = {"query": {"match_all": {}}, "script": {"source": script, "params": {"m": 2}}}
        body = {"query": {"script_score": scored}}
        out[f"script_score, {name}"] = rate(lambda body=body: ask("POST", "/bench_scripts/_search", body), 100)  # type: ignore[misc]
    ask("PUT", "/_ingest/pipeline/bench_ten", {"processors": TEN})

    def logged(at: int) -> dict[str, Any]:
        more = {"log": f"10.0.0.{at % 250} GET {at}", "csv": "a,b,c", "d": "2020-01-02T03:04:05Z"}
        return source(at) | more

    bulk = lines(2000, logged)
    out["bulk through ten processors"] = rate(lambda: ask("POST", "/bench_scripts/_bulk?pipeline=bench_ten", bulk), 8, 10)
    ask("DELETE", "/bench_scripts")
    return out


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", required=True)
    real = parser.parse_args().real
    command = [sys.executable, "-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        own = measure(json.loads(process.stdout.readline())["url"])
    finally:
        process.terminate()
        process.wait()
    theirs = measure(real)
    missed = 0
    for name, figure in own.items():
        ratio = figure / theirs[name]
        missed += ratio < BOUND
        print(f"{'ok  ' if ratio >= BOUND else 'MISS'} {name:32} {figure:10.1f}/s, real {theirs[name]:10.1f}/s: {ratio:6.2f} (>= {BOUND})")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
