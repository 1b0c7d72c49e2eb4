"""The makers' YAML tests and pages on esmock, over HTTP, as they pass on a real 7.10.2."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

from esmock.conformance.runner import Result, runner_for
from esmock.conformance.snippets.case import Case, Options, run_with
from esmock.conformance.snippets.case import collect as collect_pages
from esmock.conformance.snippets.case import runner as page_runner
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.setups import read_setups
from esmock.conformance.snippets.substitution import Build
from esmock.conformance.suite import collect
from esmock.conformance.target import Target
from esmock.server import Server
from tests.conformance.pages_of_7_0 import adapted

BUILD = Build("7.10.2", "8.7.0", "default", "tar")

def measure_yaml(shared: Path, corpus: str) -> dict[str, str]:
    """Test to first failure, of those that pass on the real engine."""
    folder = shared / "corpus" / corpus
    expected = json.loads((folder / "expected-on-7.10.2.json").read_text("utf-8"))
    failed: dict[str, str] = {}
    with (
        Server(version="7.10.2", node_settings={"node.attr.testattr": "test", "path.repo": "/repositories"}) as server,
        contextlib.closing(Target(server.url)) as target,
    ):
        runner = runner_for(target, clean=False)
        for case in collect(folder / "test"):
            if _outcome(expected, case.id) != "pass":
                continue
            server.reset()
            result = runner.run(case)
            if result.outcome != "pass":
                failed[case.id] = _why(result)
    return failed


def page_cases(shared: Path) -> list[Case]:
    """The tests of the reference's pages, in the forms of 7.10."""
    folder = shared / "corpus" / "docs"
    options = Options(ERAS["E7"], read_setups(folder / "setups.yml"), BUILD, allow_warnings=True)
    return [adapted(case) for case in collect_pages(folder / "pages", options)]


def page_verdicts(shared: Path) -> tuple[set[str], set[str]]:
    """The tests that pass on the real engine, and those of them that any server passes since nothing is compared."""
    verdicts = json.loads((shared / "corpus" / "docs" / "expected.json").read_text("utf-8"))
    passing, weak = (
        {f"{page}/{test}" for page, tests in verdicts[key].items() for test in tests} for key in ("pages", "weak")
    )
    return passing, weak


def measure_pages(shared: Path) -> dict[str, str]:
    """Test to first failure, of those that pass on the real engine; the tests that compare answers are marked."""
    passing, weak = page_verdicts(shared)
    failed: dict[str, str] = {}
    with (
        Server(version="7.10.2", cluster_name="docs_integTestCluster", node_settings=_docs_node(shared)) as server,
        contextlib.closing(Target(server.url)) as target,
    ):
        runner = page_runner(target, ERAS["E7"], clean=False)
        for case in page_cases(shared):
            if case.id not in passing:
                continue
            server.reset()
            result = run_with(case, runner)
            if result.outcome != "pass":
                failed[case.id] = _why(result) if case.id in weak else f"(compares) {_why(result)}"
    return failed


def _docs_node(shared: Path) -> dict[str, Any]:
    return {
        "node.attr.testattr": "test",
        "path.home": str(shared / "corpus" / "docs"),
        "path.repo": "/mnt/snapshots",
        "reindex.remote.whitelist": "127.0.0.1:*",
        "script.painless.regex.enabled": "true",
    }


_ANSWERED = re.compile(r"returned \[(\d+)\] \w+: (.*)")


def _why(result: Result) -> str:
    """The first failure in one line: of an unexpected answer its status and reason."""
    reason = " ".join((result.failures[0].reason if result.failures else result.reason or "skipped").split())
    answered = _ANSWERED.search(reason)
    return (f"{answered[1]} {answered[2]}" if answered else reason)[:160]


def _outcome(expected: dict[str, dict[str, str]], case_id: str) -> str | None:
    parts = case_id.split("/")
    for end in range(1, len(parts)):
        for suffix in (".yml", ".yaml"):
            tests = expected.get("/".join(parts[:end]) + suffix)
            if tests is not None:
                return tests.get("/".join(parts[end:]))
    return None
