"""The verifier itself, held against pages whose verdict is known; and esmock, held against our own pages.

Evidence: verdicts of 7.10.2 on pages of the reference (with the list of those that any server passes because they compare
nothing); the page that esmock began from; our own pages, verified on 6.8.23.

With ``ESMOCK_REAL_7_10=http://host:port`` the verdicts are asked again of a real node, WHICH IS EMPTIED. It must have the
settings and word lists that the corpus names.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from esmock.conformance.facts import Facts
from esmock.conformance.runner import Result
from esmock.conformance.snippets.case import Case, Options, collect, run, run_with, runner
from esmock.conformance.snippets.convert import convert
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.section import Section
from esmock.conformance.snippets.setups import built_in
from esmock.conformance.target import Target
from tests.conformance.makers import BUILD, page_cases, page_verdicts

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"


class Agreeable(BaseHTTPRequestHandler):
    """Answers ``{}`` to everything, as 7.10.2 without x-pack."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b'{"nodes":{"n":{"version":"7.10.2"}}}' if self.path.startswith("/_nodes/http") else b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def agreeable() -> Iterator[Target]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agreeable)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    target = Target(f"http://127.0.0.1:{server.server_port}")
    yield target
    target.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def reference(shared_dir: Path) -> list[Case]:
    """The tests of the reference's pages."""
    return page_cases(shared_dir)


@pytest.fixture(scope="module")
def verdicts(shared_dir: Path) -> tuple[set[str], set[str]]:
    """Those that pass, and those of them that compare nothing."""
    return page_verdicts(shared_dir)


def passed(cases: list[Case], target: Target, **options: Any) -> set[str]:
    running = runner(target, ERAS["E7"], **options)
    return {case.id for case in cases if run_with(case, running).outcome == "pass"}


def test_pages_that_compare_nothing_are_all_that_an_agreeable_server_passes(
    reference: list[Case], verdicts: tuple[set[str], set[str]], agreeable: Target
) -> None:
    passing, weak = verdicts
    found = passed([case for case in reference if case.id in passing], agreeable, clean=False)
    assert sorted(found) == sorted(weak)


def test_every_block_of_the_reference_is_converted_or_listed(
    reference: list[Case], verdicts: tuple[set[str], set[str]]
) -> None:
    conversions = {case.page.page.path: case.page for case in reference}
    assert [str(error) for page in conversions.values() for error in page.errors] == []
    assert verdicts[0] <= {case.id for case in reference}
    assert sum(case.skip is None for case in reference) >= 571


def test_a_real_7_10_passes_what_it_passed_before(
    reference: list[Case], verdicts: tuple[set[str], set[str]]
) -> None:
    url = os.environ.get("ESMOCK_REAL_7_10")
    if not url:
        pytest.skip("ESMOCK_REAL_7_10 names no server")
    target = Target(url)
    try:
        found = passed(reference, target)
    finally:
        target.close()
    assert sorted(found) == sorted(verdicts[0])


def test_the_first_page_and_its_form_without_line_ends_are_the_same_tests(shared_dir: Path) -> None:
    setups = built_in("7.10.2")

    def sections(name: str) -> list[list[str]]:
        text = (shared_dir / "corpus" / "seed" / name).read_text(encoding="utf-8")
        found = convert(name, text, setups=setups, build=BUILD, strict=True)
        return [_compact(section) for section in found.sections]

    whole, flat = sections("stop-job.asciidoc"), sections("stop-job.flattened.txt")
    assert len(whole) == 3
    assert flat == whole


def _compact(section: Section) -> list[str]:
    """The steps as words; line ends inside a JSON document do not count."""
    return " ".join(row.text for row in section.rows).split()


@pytest.fixture
def esmock(raw: Callable[..., Any]) -> Iterator[Target]:
    """A server of our own."""
    server = raw("7.10.2").server.start()
    target = Target(server.url)
    yield target
    target.close()
    server.stop()


def _outcomes(cases: list[Case], target: Target) -> dict[str, str]:
    def told(result: Result) -> str:
        return "; ".join(map(str, result.failures)) or result.reason or result.outcome

    facts = Facts(target)
    return {case.id: told(run(case, target, facts=facts)) for case in cases}


def test_esmock_answers_as_our_own_pages_say(esmock: Target) -> None:
    found = _outcomes(collect(PAGES, Options(build=BUILD)), esmock)
    assert len(found) == 26
    assert found == dict.fromkeys(found, "pass")


def test_esmock_answers_as_the_first_page_says(esmock: Target, shared_dir: Path) -> None:
    found = _outcomes(collect(shared_dir / "corpus" / "seed", Options(build=BUILD)), esmock)
    assert len(found) == 6
    assert found == dict.fromkeys(found, "pass")
