"""Many tests at once on one server, each in a space of its own: do they see each other, and is the memory given back?

    python tests/benchmarks/parallel_spaces.py [--tests 2000] [--workers 8]

Starts a server, and pytest with so many xdist processes. Every test makes a space over HTTP, writes documents that only it
knows under an id that all use, sets a fault, moves the clock, and finds its own and nothing else. Prints what it took; exits with 1
when a test fails, a space is left, or the server has grown by more than a fixed amount.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
GROWTH_KB = 8 * 1024
"""What the server may have grown by: a few megabytes of fragments, not something per test."""
SERVER = """
import sys
from esmock.server import Server
with Server() as server:
    server.seed({"shared": [{"_id": "1", "owner": "base"}]})
    server.keep_as_base()
    print(server.url, flush=True)
    sys.stdin.read()
"""
TESTS = '''
import json
import urllib.error
import urllib.request

import pytest
from esmock.remote import Remote

SERVER = Remote({url!r})


def ask(url, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {{"content-type": "application/json"}}, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", range({tests}))
def test_alone(number):
    name = f"t{{number}}"
    SERVER.call("POST", "/v1/spaces", {{"name": name, "clock": 1_700_000_000_000 + number}})
    try:
        space = Remote({url!r}, space=name)
        ask(space.url, "PUT", "/shared/_doc/1?refresh", {{"owner": name}})
        ask(space.url, "PUT", f"/only-{{number}}/_doc/1?refresh", {{"n": number}})
        found = ask(space.url, "GET", "/_search?sort=_index")["hits"]["hits"]
        assert [hit["_source"] for hit in found] == [{{"n": number}}, {{"owner": name}}]
        assert [hit["_index"] for hit in found] == [f"only-{{number}}", "shared"]
        with space.fault("queue_full", endpoint="search"):
            with pytest.raises(urllib.error.HTTPError):
                ask(space.url, "GET", "/_search")
        assert ask(space.url, "GET", "/_count")["count"] == 2
        space.assert_called("search", times=2)
    finally:
        SERVER.call("DELETE", f"/v1/spaces/{{name}}")
'''


def resident_kb(pid: int) -> int:
    """A process's memory."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def spaces(url: str) -> list[str]:
    """The names of a server's spaces."""
    with urllib.request.urlopen(f"{url}/_esmock/v1/spaces") as answer:
        return [one["name"] for one in json.load(answer)["spaces"]]


def run_tests(url: str, tests: int, workers: int) -> str:
    """Run so many. Returns pytest's last line; raises AssertionError with its output where one fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test_spaces.py"
        path.write_text(TESTS.format(url=url, tests=tests), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "-p", "no:cacheprovider", "--rootdir", folder, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout.strip().splitlines()[-1]


def measure(tests: int, workers: int) -> dict[str, object]:
    """Start a server, warm it up with a tenth, run all, and look at what is left."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            run_tests(url, max(workers, tests // 10), workers)
            before, started = resident_kb(server.pid), time.perf_counter()
            told = run_tests(url, tests, workers)
            seconds = time.perf_counter() - started
            return {
                "tests": told,
                "seconds": round(seconds, 1),
                "spaces left": spaces(url)[1:],
                "server before, KB": before,
                "server after, KB": resident_kb(server.pid),
            }
        finally:
            server.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    found = measure(options.tests, options.workers)
    for name, value in found.items():
        print(f"{name}: {value}")
    grown = int(str(found["server after, KB"])) - int(str(found["server before, KB"]))
    return 1 if found["spaces left"] or grown > GROWTH_KB else 0


if __name__ == "__main__":
    sys.exit(main())
