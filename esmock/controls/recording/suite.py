"""What two servers can be compared with: console files, recordings, YAML tests, documentation pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from esmock.conformance.target import Answer, Request
from esmock.controls.recording.compare import Compared, Pair
from esmock.controls.recording.file import SUFFIX, read_recording
from esmock.controls.refusal import ControlError

_CONSOLE = (".console", ".es", ".http", ".txt")
_PAGES = (".md", ".mdx", ".asciidoc", ".adoc")
_LINES = ("_bulk", "_msearch")


def run_suite(path: Path, pair: Pair) -> Iterator[Compared]:
    """Compare along one file or folder. Raises ControlError for what is no suite."""
    if not path.exists():
        raise ControlError("suite", f"{path} does not exist")
    if path.name.endswith(SUFFIX):
        yield from _recording(path, pair)
    elif path.suffix in _CONSOLE:
        yield from _console(path, pair)
    elif path.suffix in _PAGES:
        yield from _pages(path, pair)
    elif path.is_dir() or path.suffix in (".yml", ".yaml"):
        yield from _yaml(path, pair)
    else:
        raise ControlError("suite", f"{path} is no console file, recording, YAML test, page, or folder of YAML tests")


def _typed(method: str, target: str, body: bytes) -> Request:
    kind = "application/x-ndjson" if any(piece in target.partition("?")[0] for piece in _LINES) else "application/json"
    return Request(method, target, (("Content-Type", kind),) if body else (), body)


def _recording(path: Path, pair: Pair) -> Iterator[Compared]:
    for number, one in enumerate(read_recording(path).exchanges, 2):
        yield pair.ask_again(_typed(one.method, one.target, one.body.encode()), f"{path}:{number}")


def _console(path: Path, pair: Pair) -> Iterator[Compared]:
    from esmock.seeds import console_requests

    for line, method, target, body in console_requests(path, path.read_text("utf-8")):
        yield pair.ask(_typed(method, target, body), f"{path}:{line}")


class _Log:
    """What one side was asked by the steps of a test, and answered."""

    def __init__(self) -> None:
        self.exchanges: list[tuple[Request, Answer]] = []

    def __call__(self, request: Request, answer: Answer) -> None:
        self.exchanges.append((request, answer))


def _yaml(path: Path, pair: Pair) -> Iterator[Compared]:
    from esmock.conformance.runner import runner_for
    from esmock.conformance.suite import collect

    runners = [runner_for(side) for side in pair.sides]
    for case in collect(path):
        logs = []
        for runner in runners:
            runner.watch = log = _Log()
            runner.run(case)
            logs.append(log.exchanges)
        yield from _aligned(logs[0], logs[1], pair, case.id)


def _pages(path: Path, pair: Pair) -> Iterator[Compared]:
    from esmock.conformance.snippets.case import collect, run_with
    from esmock.conformance.snippets.case import runner as runner_of

    for case in collect(path):
        logs = []
        for side in pair.sides:
            running = runner_of(side, case.page.era)
            running.watch = log = _Log()
            run_with(case, running)
            logs.append(log.exchanges)
        yield from _aligned(logs[0], logs[1], pair, case.id)


def _aligned(left: list[tuple[Request, Answer]], right: list[tuple[Request, Answer]], pair: Pair, name: str) -> Iterator[Compared]:
    from esmock.controls.recording.compare import Difference

    for (request, one), (_, other) in zip(left, right, strict=False):
        yield pair.compare(request, one, other, name)
    if len(left) != len(right):
        longer = left if len(left) > len(right) else right
        request = longer[min(len(left), len(right))][0]
        lengths = Difference("missing", "requests", str(len(left)), str(len(right)))
        yield Compared(name, request, (lengths,))
