"""``esmock docs`` from the outside, against a small server of Python's own."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from esmock.conformance.snippets.command import add_docs_parser, run_docs
from esmock.conformance.suite import collect

GOOD = """\
[source,console]
----
GET /greeting
----

[source,console-result]
----
{ "hello": "world", "version": "{version}" }
----
"""
BAD = GOOD.replace("world", "moon")
UNCONVERTED = "[source,js]\n----\n{}\n----\n"


class Tiny(BaseHTTPRequestHandler):
    """Says that it is 7.10.2, greets, and answers ``{}`` to everything else."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body: Any = {}
        if self.path == "/":
            body = {"version": {"number": "7.10.2", "lucene_version": "8.7.0"}}
        elif self.path.startswith("/_nodes"):
            body = {"nodes": {"n": {"version": "7.10.2", "modules": []}}}
        elif self.path.startswith("/greeting"):
            body = {"hello": "world", "version": "7.10.2"}
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *args: object) -> None:
        pass


class Server:
    """What a server factory gives."""

    def __init__(self) -> None:
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Tiny)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()
        self.stopped = False

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
        self.stopped = True


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Server()
    yield server.url
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    return tmp_path / "pages"


def docs(*arguments: object, factory: Any = None) -> int:
    parser = argparse.ArgumentParser()
    add_docs_parser(parser.add_subparsers())
    return run_docs(parser.parse_args(["docs", *map(str, arguments)]), factory)


def run(folder: Path, url: str, *more: object) -> int:
    return docs(folder, "--url", url, "--no-cleanup", *more)


def test_pages_that_say_the_truth_give_0_and_a_table(folder: Path, url: str, capsys: Any) -> None:
    (folder / "good.asciidoc").write_text(GOOD)
    assert run(folder, url) == 0
    rows = [row.split("│") for row in capsys.readouterr().out.splitlines() if row.startswith("│")]
    assert [[cell.strip() for cell in row[1:5]] for row in rows] == [
        ["good.asciidoc", "1", "0", "0"],
        ["all", "1", "0", "0"],
    ]


def test_a_wrong_page_gives_1_and_both_sides(folder: Path, url: str, capsys: Any) -> None:
    (folder / "bad.asciidoc").write_text(BAD)
    assert run(folder, url) == 1
    out = capsys.readouterr().out
    assert "FAIL bad.asciidoc/line_2\n" in out
    assert "bad.asciidoc:7: the answer is not what the page shows: hello: expected 'moon'" in out
    assert '"hello": "moon"' in out
    assert '!   "hello": "world"' in out


def test_results_are_written_as_json_and_junit(folder: Path, url: str, tmp_path: Path) -> None:
    (folder / "bad.asciidoc").write_text(BAD)
    (folder / "good.asciidoc").write_text(GOOD)
    assert run(folder, url, "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml") == 1
    found = json.loads((tmp_path / "r.json").read_text())
    assert found["counts"] == {"pass": 1, "fail": 1, "skip": 0}
    assert [(test["id"], test["line"], test["outcome"]) for test in found["tests"]] == [
        ("bad.asciidoc/line_2", 2, "fail"),
        ("good.asciidoc/line_2", 2, "pass"),
    ]
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("name")) == ("2", "1", "esmock docs")


def test_fail_fast_ends_after_the_first_failure(folder: Path, url: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.asciidoc").write_text(BAD)
    assert run(folder, url, "--fail-fast", "--json", tmp_path / "r.json") == 1
    assert len(json.loads((tmp_path / "r.json").read_text())["tests"]) == 1


def test_k_chooses_by_words_of_the_name(folder: Path, url: str) -> None:
    (folder / "bad.asciidoc").write_text(BAD)
    (folder / "good.asciidoc").write_text(GOOD)
    assert run(folder, url, "-k", "good and not line_9") == 0
    assert run(folder, url, "-k", "bad") == 1


def test_a_name_that_fits_no_test_gives_2(folder: Path, url: str, capsys: Any) -> None:
    (folder / "good.asciidoc").write_text(GOOD)
    assert run(folder, url, "-k", "nothing") == 2
    assert "no test has a name that fits [nothing]" in capsys.readouterr().err


def test_no_snippet_gives_2(folder: Path, url: str, capsys: Any) -> None:
    (folder / "empty.md").write_text("# Nothing\n")
    assert run(folder, url) == 2
    assert "nothing to verify: 1 pages with 0 code blocks" in capsys.readouterr().err


def test_no_page_gives_2(folder: Path, url: str, capsys: Any) -> None:
    assert run(folder / "missing.md", url) == 2
    assert "missing.md: cannot be read: No such file or directory" in capsys.readouterr().err
    assert run(folder, url) == 2
    assert "nothing to verify: 0 pages" in capsys.readouterr().err


def test_no_server_gives_2(folder: Path, capsys: Any) -> None:
    (folder / "good.asciidoc").write_text(GOOD)
    assert docs(folder) == 2
    assert capsys.readouterr().err == "esmock docs: no server: name one with --url\n"
    assert docs(folder, "--url", "http://127.0.0.1:9", "--timeout", "2") == 2


def test_a_malformed_page_fails_with_file_and_line_and_the_others_run(folder: Path, url: str, capsys: Any) -> None:
    (folder / "malformed.asciidoc").write_text(f"{GOOD}\n// TEST[continued]\n")
    assert run(folder, url, "-v") == 1
    out = capsys.readouterr().out
    assert "malformed.asciidoc:11: TEST without a block: expected it directly under the closing delimiter" in out
    assert "PASS malformed.asciidoc/line_2" in out


def test_a_malformed_page_gives_2_when_strict(folder: Path, url: str, capsys: Any) -> None:
    (folder / "malformed.asciidoc").write_text(f"{GOOD}\n// TEST[continued]\n")
    assert run(folder, url, "--strict") == 2
    assert capsys.readouterr().err.startswith("esmock docs: malformed.asciidoc:11: TEST without a block")


def test_an_unconverted_block_fails_unless_it_is_allowed_or_listed(folder: Path, url: str, tmp_path: Path) -> None:
    (folder / "page.asciidoc").write_text(f"{GOOD}\n{UNCONVERTED}")
    assert run(folder, url) == 1
    assert run(folder, url, "--allow-unconverted") == 0
    (tmp_path / "setups.yml").write_text("expected_unconverted: [page.asciidoc]\n")
    assert run(folder, url, "--setups", tmp_path / "setups.yml") == 0
    (folder / "page.asciidoc").write_text(GOOD)
    assert run(folder, url, "--setups", tmp_path / "setups.yml") == 1


def test_named_setups_come_from_a_file(folder: Path, url: str, tmp_path: Path, capsys: Any) -> None:
    (folder / "page.asciidoc").write_text("[source,console]\n----\nGET /greeting\n----\n// TEST[setup:plants]\n")
    assert run(folder, url) == 1
    assert "page.asciidoc:2: unknown setup [plants]: expected one of sensor_index," in capsys.readouterr().out
    (tmp_path / "setups.yml").write_text(
        "setups:\n  plants:\n    - do:\n        raw: {method: PUT, path: plants}\n    - is_false: nope\n"
    )
    assert run(folder, url, "--setups", tmp_path / "setups.yml") == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("setups: [a]\n", "setups.yml:1: setups must be a mapping"),
        ("setups:\n  a: b\n", "setups.yml:2: [a] must be a list"),
        ("setups:\n  a: [b]\n", "setups.yml:2: setup [a] must be a block list of steps"),
        ("extra: 1\n", "setups.yml:1: unknown key [extra], expected one of setups,"),
        ("a: [\n", "setups.yml:2: not YAML"),
    ],
)
def test_a_malformed_setups_file_gives_2(
    folder: Path, url: str, tmp_path: Path, capsys: Any, text: str, message: str
) -> None:
    (tmp_path / "setups.yml").write_text(text)
    assert run(folder, url, "--setups", tmp_path / "setups.yml") == 2
    assert message in capsys.readouterr().err


def test_emit_writes_files_that_the_yaml_runner_reads(folder: Path, tmp_path: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "good.asciidoc").write_text(GOOD)
    (folder / "none.md").write_text("# nothing\n")
    assert docs(folder, "--emit", tmp_path / "out") == 0
    assert [file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*.*")] == [
        "sub/good.yml"
    ]
    (case,) = collect(tmp_path / "out")
    assert case.id == "sub/good/line_2"
    assert [step.name for step in case.section.steps] == ["do", "is_false", "match"]


def test_list_names_the_tests_and_runs_none(folder: Path, capsys: Any) -> None:
    (folder / "good.asciidoc").write_text(GOOD)
    assert docs(folder, "--list") == 0
    assert capsys.readouterr().out == "good.asciidoc/line_2\n"


def test_without_a_url_a_server_of_the_pages_time_is_started_and_stopped(folder: Path, capsys: Any) -> None:
    (folder / "old.asciidoc").write_text("[source,js]\n----\nGET /greeting\n----\n// CONSOLE\n")
    (folder / "new.md").write_text("```console\nGET /greeting\n```\n")
    (folder / "README.mdx").write_text("Nothing to run here.\n")
    started: dict[str, Server] = {}

    def factory(version: str) -> Server:
        started[version] = Server()
        return started[version]

    assert docs(folder, "--no-cleanup", factory=factory) == 0
    assert sorted(started) == ["7.10.2", "9.5.3"]
    assert all(server.stopped for server in started.values())
    started.clear()
    assert docs(folder, "--es-version", "7.17.29", "--no-cleanup", factory=factory) == 0
    assert list(started) == ["7.17.29"]
    assert "2" in capsys.readouterr().out


def test_notes_say_what_is_probably_not_meant(folder: Path, url: str, capsys: Any) -> None:
    (folder / "page.asciidoc").write_text("[source,console]\n----\nGET /greeting\n----\n// TEST[s/nowhere/x/]\n")
    assert run(folder, url, "--notes") == 0
    assert "page.asciidoc:5: s/nowhere/x/ matches nothing in the block of line 2\n" in capsys.readouterr().out


def test_a_server_that_lacks_what_every_test_needs_gives_2(folder: Path, url: str, capsys: Any) -> None:
    block = "[source,js]\n----\nGET /greeting\n----\n// CONSOLE\n"
    (folder / "page.asciidoc").write_text(f'[testenv="basic"]\n{block}')
    assert run(folder, url) == 2
    shown = capsys.readouterr()
    assert "SKIP page.asciidoc/line_3: feature [xpack] is not supported\n" in shown.out
    assert shown.err == (
        "esmock docs: nothing was verified: 1 tests were skipped, the first because feature [xpack] is not supported\n"
    )
    (folder / "page.asciidoc").write_text(f"{block}// TEST[skip:not today]\n")
    assert run(folder, url) == 0
