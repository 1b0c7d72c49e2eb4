"""The makers' YAML tests on esmock, over HTTP, as they pass on a real 7.10.2."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from esmock.conformance.runner import runner_for
from esmock.conformance.suite import collect
from esmock.conformance.target import Target
from esmock.server import Server


def measure_yaml(shared: Path, corpus: str) -> dict[str, str]:
    """Test to first failure, of those that pass on the real engine."""
    folder = shared / "corpus" / corpus
    expected = json.loads((folder / "expected-on-7.10.2.json").read_text("utf-8"))
    failed: dict[str, str] = {}
    with (
        Server(version="7.10.2", node_settings={"node.attr.testattr": "test"}) as server,
        contextlib.closing(Target(server.url)) as target,
    ):
        runner = runner_for(target, clean=False)
        for case in collect(folder / "test"):
            if _outcome(expected, case.id) != "pass":
                continue
            server.reset()
            result = runner.run(case)
            if result.outcome != "pass":
                reason = result.failures[0].reason if result.failures else result.reason or "skipped"
                failed[case.id] = " ".join(str(reason).split())[:160]
    return failed


def _outcome(expected: dict[str, dict[str, str]], case_id: str) -> str | None:
    parts = case_id.split("/")
    for end in range(1, len(parts)):
        for suffix in (".yml", ".yaml"):
            tests = expected.get("/".join(parts[:end]) + suffix)
            if tests is not None:
                return tests.get("/".join(parts[end:]))
    return None
