"""Growth: ten times the documents must not cost more than ten times as much.

    python tests/benchmarks/growth.py [--documents 20000] [--times 10]

The same searches run over a small and a large index, each on a server of its own. Prints the processor time of the bulk, of the first search and of
a request, and the memory of a document, as ratios; exits with 1 where one grows faster than the documents.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from load import message, rate
from ratios import Process, Report, ask
from searches import bulk_bodies, fill, searches

HEADROOM = 1.15
"""What noise may add to linear growth."""


def processor_seconds(process: Process) -> float:
    """User and system time so far."""
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(n_docs: int, seconds: float) -> dict[str, float]:
    """Processor seconds of the bulk and the first search, processor milliseconds per request of each search, and KiB."""
    process = Process("-m", "esmock", "serve", "--port", "0", "--json", "--es-version", "7.10.2")
    try:
        fill(process.url, 1)
        for _, bodies in searches().values():
            ask(process.url, "POST", "/bench/_search", json.dumps(bodies[0]).encode())
        empty = process.resident_kb()
        begun = processor_seconds(process)
        fill(process.url, n_docs)
        filled = processor_seconds(process)
        ask(process.url, "POST", "/bench/_search", json.dumps({"query": {"match": {"text": "word42 word17"}}}).encode())
        out = {"bulk, s": filled - begun, "first search, s": processor_seconds(process) - filled}
        for name, (_, bodies) in searches().items():
            messages = [message("POST", "/bench/_search", json.dumps(body).encode()) for body in bodies]
            for body in bodies[:8]:
                ask(process.url, "POST", "/bench/_search", json.dumps(body).encode())
            out[f"{name}, ms"] = _milliseconds(process, messages, seconds)
        out["memory, KiB"] = process.resident_kb() - empty
    finally:
        process.stop()
    return out


def _milliseconds(process: Process, messages: list[bytes], seconds: float) -> float:
    """Processor time of a request."""
    before, started = processor_seconds(process), time.perf_counter()
    per_second = rate(process.url, messages, seconds=seconds)
    requests = per_second * (time.perf_counter() - started)
    return (processor_seconds(process) - before) * 1000 / requests


def report_growth(report: Report, small: dict[str, Any], large: dict[str, Any], times: int) -> None:
    for name, figure in small.items():
        title = f"{name}: {figure:.2f} and {large[name]:.2f}; growth by document"
        report.line(title, large[name] / figure / times, HEADROOM)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    report = Report()
    small = measure(options.documents, options.seconds)
    large = measure(options.documents * options.times, options.seconds)
    report_growth(report, small, large, options.times)
    size = sum(map(len, bulk_bodies(options.documents))) / 1024
    report.line("memory after these searches, times the source", large["memory, KiB"] / (size * options.times), 3.0)
    report.line("first search, by 20,000 documents", large["first search, s"] * 20_000 / (options.documents * options.times), 1.0, unit=" s")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
