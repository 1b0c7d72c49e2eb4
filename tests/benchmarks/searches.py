"""Searches beside a real Elasticsearch, in one run: rates over eight connections, growth, and memory.

    python tests/benchmarks/searches.py --real URL [--documents 20000] [--only NAME]

The real server should run on the same machine, with nothing else on it. Exits with 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from load import message, rate
from ratios import Process, Report, ask

WORDS = [f"word{n}" for n in range(5000)]
MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0},
    "mappings": {
        "properties": {"text": {"type": "text"}, "tag": {"type": "keyword"}, "n": {"type": "integer"}, "place": {"type": "geo_point"}}
    },
}


def bulk_bodies(n_docs: int) -> Iterator[bytes]:
    """Bulk requests of 2,000 documents of 70 words, a few of them frequent."""
    chosen = random.Random(11)
    weights = [1 / (rank + 10) for rank in range(len(WORDS))]
    lines: list[bytes] = []
    for number in range(n_docs):
        words = chosen.choices(WORDS, weights, k=70)
        source = {
            "text": " ".join(words), "tag": f"tag{number % 50}", "n": number,
            "place": f"{chosen.uniform(-80, 80):.4f},{chosen.uniform(-170, 170):.4f}",
        }  # fmt: skip
        lines.append(b'{"index":{}}\n' + json.dumps(source).encode() + b"\n")
        if len(lines) == 2000:
            yield b"".join(lines)
            lines = []
    if lines:
        yield b"".join(lines)


def searches() -> dict[str, tuple[float, list[Any]]]:
    """Name to the least ratio and the bodies, many different ones each."""
    chosen = random.Random(5)

    def word() -> str:
        return WORDS[int(chosen.paretovariate(0.6)) % 3000]

    def many(make: Any) -> list[Any]:
        return [make() for _ in range(200)]

    return {
        "match": (1.0, many(lambda: {"query": {"match": {"text": f"{word()} {word()}"}}})),
        "bool": (
            1.0,
            many(lambda: {"query": {"bool": {"must": [{"match": {"text": word()}}], "filter": [{"range": {"n": {"gte": chosen.randrange(9000)}}}],
                          "should": [{"term": {"tag": f"tag{chosen.randrange(50)}"}}]}}}),
        ),
        "phrase": (0.5, many(lambda: {"query": {"match_phrase": {"text": f"{word()} {word()}"}}})),
        "prefix, sorted": (0.5, many(lambda: {"query": {"prefix": {"tag": f"tag{chosen.randrange(1, 5)}"}}, "sort": [{"n": "desc"}]})),
        "function_score": (
            0.5,
            many(lambda: {"query": {"function_score": {"query": {"match": {"text": word()}}, "functions": [
                {"field_value_factor": {"field": "n", "modifier": "log1p"}}, {"gauss": {"n": {"origin": 500, "scale": 1000}}}]}}}),
        ),
        "geo_distance": (
            0.5,
            many(lambda: {"query": {"geo_distance": {"distance": "1000km", "place": [chosen.uniform(-160, 160), chosen.uniform(-60, 60)]}}}),
        ),
        "highlight": (0.5, many(lambda: {"query": {"match": {"text": f"{word()} {word()}"}}, "highlight": {"fields": {"text": {}}}})),
    }  # fmt: skip


def fill(url: str, n_docs: int) -> None:
    ask(url, "DELETE", "/bench")
    ask(url, "PUT", "/bench", json.dumps(MAPPING).encode())
    for body in bulk_bodies(n_docs):
        answer = json.loads(ask(url, "POST", "/bench/_bulk", body, "application/x-ndjson"))
        assert not answer["errors"], answer["items"][0]
    ask(url, "POST", "/bench/_refresh")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", help="URL of a real Elasticsearch")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only")
    options = parser.parse_args()
    report = Report()
    esmock = Process("-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2")
    # the code for all searches is loaded before memory is measured
    fill(esmock.url, 1)
    for _, bodies in searches().values():
        ask(esmock.url, "POST", "/bench/_search", json.dumps(bodies[0]).encode())
    empty_kb = esmock.resident_kb()
    fill(esmock.url, options.documents)
    if options.real:
        fill(options.real, options.documents)
    for name, (least, bodies) in searches().items():
        if options.only and name != options.only:
            continue
        messages = [message("POST", "/bench/_search", json.dumps(body).encode()) for body in bodies]
        rate(esmock.url, messages, seconds=0.5)
        if not options.real:
            print(f"     {name:58} {rate(esmock.url, messages, seconds=options.seconds):10.1f}/s", flush=True)
            continue
        rate(options.real, messages, seconds=options.seconds)
        ours = [0.0] * 2
        theirs = [0.0] * 2
        for turn in range(2):
            theirs[turn] = rate(options.real, messages, seconds=options.seconds)
            ours[turn] = rate(esmock.url, messages, seconds=options.seconds)
        print(f"     {name}: {max(ours):.0f}/s, the real one {max(theirs):.0f}/s")
        report.line(f"{name}, times the real engine's rate", max(ours) / max(theirs), least, at_most=False)
    source_kb = sum(map(len, bulk_bodies(options.documents))) / 1024
    report.line("memory after these searches, times the source", (esmock.resident_kb() - empty_kb) / source_kb, 3.0)
    esmock.stop()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
