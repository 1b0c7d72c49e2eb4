"""``esmock yaml`` from the outside, against a small server of Python's own."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from esmock.conformance.command import add_yaml_parser, run_yaml


class Tiny(BaseHTTPRequestHandler):
    """Says that it is 7.10.2 and acknowledges everything; ``GET /_search`` has one hit."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body: Any = {"acknowledged": True}
        if self.path.startswith("/_nodes"):
            body = {"nodes": {"n": {"version": "7.10.2", "modules": []}}}
        elif self.path.startswith("/_search"):
            body = {"hits": {"total": {"value": 1, "relation": "eq"}}}
        elif self.command == "GET":
            body = {}
        content = json.dumps(body, separators=(",", ":")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    wbufsize = -1
    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiny)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


SUITE = """\
good:
  - do: {search: {}}
  - match: {hits.total.value: 1}
---
bad:
  - do: {search: {}}
  - set: {hits.total.relation: r}
  - match: {hits.total.value: 2}
---
left out:
  - skip: {features: always_skip}
  - do: {search: {}}
---
zebra:
  - do: {search: {}}
  - match: {hits.total: {value: 1}}
"""


@pytest.fixture
def tests_dir(tmp_path: Path) -> Path:
    (tmp_path / "suite" / "api").mkdir(parents=True)
    (tmp_path / "suite" / "api" / "10_x.yml").write_text(SUITE)
    return tmp_path / "suite"


def esmock(*words: object, server_factory: Any = None) -> int:
    parser = argparse.ArgumentParser()
    add_yaml_parser(parser.add_subparsers(required=True))
    return run_yaml(parser.parse_args(["yaml", *map(str, words)]), server_factory)


def test_failures_are_told_with_place_request_and_both_sides(url: str, tests_dir: Path, capsys: Any) -> None:
    assert esmock(tests_dir, "--url", url) == 1
    out = capsys.readouterr().out
    file = tests_dir / "api" / "10_x.yml"
    assert out.startswith(
        f"""\
FAIL api/10_x/bad
  {file}:8: match [hits.total.value]: root: expected 2 (int) but was 1 (int)
  last request:  GET /_search?error_trace=true
  last response: 200 application/json
    {{
      "hits": {{
        "total": {{
          "value": 1,
          "relation": "eq"
        }}
      }}
    }}
  stash: {{"r": "eq"}}
FAIL api/10_x/zebra
  {file}:16: match [hits.total]: relation: unexpected key with 'eq' (string)
    expected                       | actual
    {{                              | {{
      "value": 1                   |   "value": 1
                                   !   "relation": "eq"
    }}                              | }}
"""
    )
    assert [cell.strip() for cell in out.splitlines()[-2].strip("│").split("│")][:4] == ["all", "1", "2", "1"]


def test_exit_code_0_when_nothing_failed(url: str, tests_dir: Path, capsys: Any) -> None:
    assert esmock(tests_dir, "--url", url, "-k", "good or left", "-v") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "PASS api/10_x/good",
        "SKIP api/10_x/left out: feature [always_skip] is not supported",
    ]


def test_fail_fast_stops_after_the_first_failure(url: str, tests_dir: Path, tmp_path: Path) -> None:
    assert esmock(tests_dir, "--url", url, "--fail-fast", "--json", tmp_path / "r.json") == 1
    results = json.loads((tmp_path / "r.json").read_text())
    assert [(test["id"], test["outcome"]) for test in results["tests"]] == [("api/10_x/bad", "fail")]


def test_results_as_json(url: str, tests_dir: Path, tmp_path: Path) -> None:
    esmock(tests_dir, "--url", url, "--json", tmp_path / "r.json")
    results = json.loads((tmp_path / "r.json").read_text())
    assert results["counts"] == {"pass": 1, "fail": 2, "skip": 1}
    bad = results["tests"][0]
    assert {key: bad[key] for key in ("id", "line", "outcome", "requests")} == {
        "id": "api/10_x/bad",
        "line": 5,
        "outcome": "fail",
        "requests": 1,
    }
    assert bad["failures"] == [
        {
            "at": f"{tests_dir / 'api' / '10_x.yml'}:8",
            "step": "match",
            "kind": "fail",
            "path": "hits.total.value",
            "reason": "root: expected 2 (int) but was 1 (int)",
            "expected": 2,
            "actual": 1,
        }
    ]
    assert bad["exchange"]["request"] == "GET /_search?error_trace=true"


def test_results_as_junit(url: str, tests_dir: Path, tmp_path: Path) -> None:
    esmock(tests_dir, "--url", url, "--junit", tmp_path / "r.xml")
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert {key: suite.attrib[key] for key in ("tests", "failures", "skipped", "errors")} == {
        "tests": "4",
        "failures": "2",
        "skipped": "1",
        "errors": "0",
    }
    names = [(case.attrib["classname"], case.attrib["name"], [child.tag for child in case]) for case in suite]
    assert names == [
        ("api/10_x", "test {yaml=api/10_x/bad}", ["failure"]),
        ("api/10_x", "test {yaml=api/10_x/good}", []),
        ("api/10_x", "test {yaml=api/10_x/left out}", ["skipped"]),
        ("api/10_x", "test {yaml=api/10_x/zebra}", ["failure"]),
    ]


def test_a_pattern_skips_tests(url: str, tests_dir: Path) -> None:
    assert esmock(tests_dir, "--url", url, "--skip", "api/10_x/bad", "--skip", "zebra") == 0


def test_a_server_can_be_started_for_the_run(url: str, tests_dir: Path) -> None:
    ended = []

    @contextmanager
    def factory(version: str | None) -> Iterator[str]:
        yield url
        ended.append(version)

    assert esmock(tests_dir, "-k", "good", server_factory=factory) == 0
    assert esmock(tests_dir, "-k", "good", "--es-version", "7.10.2", server_factory=factory) == 0
    assert ended == [None, "7.10.2"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a:\n  - do: {search: {}}\n  - mtch: {a: 1}\n", "10_x.yml:3: unknown step [mtch]"),
        ("a:\n  - skip: {features: wrnings}\n  - do: {search: {}}\n", "10_x.yml:2: unknown feature [wrnings]"),
        ("a: [\n", "10_x.yml:2: not YAML: "),
        ("", "10_x.yml: the file is empty"),
    ],
)
def test_unreadable_tests_are_exit_code_2(source: str, message: str, url: str, tests_dir: Path, capsys: Any) -> None:
    (tests_dir / "api" / "10_x.yml").write_text(source)
    assert esmock(tests_dir, "--url", url) == 2
    assert message in capsys.readouterr().err


def test_no_tests_are_exit_code_2(url: str, tests_dir: Path, capsys: Any) -> None:
    assert esmock(tests_dir, "--url", url, "-k", "nothing") == 2
    assert "no test has a name that fits [nothing]" in capsys.readouterr().err
    (tests_dir / "api" / "10_x.yml").unlink()
    assert esmock(tests_dir, "--url", url) == 2
    assert "no tests found" in capsys.readouterr().err


def test_no_server_is_exit_code_2(tests_dir: Path, capsys: Any) -> None:
    assert esmock(tests_dir) == 2
    assert "no server: name one with --url" in capsys.readouterr().err
    assert esmock(tests_dir, "--url", "http://127.0.0.1:1") == 2
    assert esmock(tests_dir, "--url", "127.0.0.1:1") == 2


def test_tests_can_be_listed_and_linted_without_a_server(tests_dir: Path, capsys: Any) -> None:
    assert esmock(tests_dir, "--list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "api/10_x/bad",
        "api/10_x/good",
        "api/10_x/left out",
        "api/10_x/zebra",
    ]
    assert esmock(tests_dir, "--lint") == 0
    (tests_dir / "api" / "10_x.yml").write_text("a:\n  - do: {warnings: [x], search: {}}\n")
    assert esmock(tests_dir, "--lint") == 1
    assert capsys.readouterr().out.endswith("10_x.yml:2: the feature [warnings] is used but not named\n")


def test_a_description_of_the_api_can_be_given(url: str, tests_dir: Path, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "api.json"
    file.write_text(json.dumps({"search": {"url": {"paths": [{"path": "/_search", "methods": ["GET"]}]}}}))
    assert esmock(tests_dir, "--url", url, "-k", "good", "--api", file) == 0
    file.write_text(json.dumps({"count": {"url": {"paths": [{"path": "/_search", "methods": ["GET"]}]}}}))
    assert esmock(tests_dir, "--url", url, "-k", "good", "--api", file) == 1
    assert "rest api [search] doesn't exist" in capsys.readouterr().out
    file.write_text("{}")
    assert esmock(tests_dir, "--url", url, "--api", file) == 2
