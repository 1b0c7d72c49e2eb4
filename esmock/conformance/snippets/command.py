"""``esmock docs``: verify the code blocks of documentation pages.

Exit codes: 0 nothing failed, 1 something failed, 2 the pages or the server could not be used at all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from esmock.conformance import progress, report
from esmock.conformance.command import FAILED, PASSED, UNUSABLE, add_output_options, add_target_options, make_target
from esmock.conformance.facts import Facts, parse_version
from esmock.conformance.ink import Ink
from esmock.conformance.place import LoadError, StepError, Where
from esmock.conformance.runner import Result, Runner
from esmock.conformance.selection import selector
from esmock.conformance.session import Mismatch
from esmock.conformance.snippets import display
from esmock.conformance.snippets.case import Case, Options, build_of, cases_of, pages, run_with, runner, version_for
from esmock.conformance.snippets.convert import Conversion, convert
from esmock.conformance.snippets.era import ERAS, detect
from esmock.conformance.snippets.page import PageError, read
from esmock.conformance.snippets.setups import Setups, built_in, read_setups
from esmock.conformance.snippets.substitution import Build
from esmock.conformance.target import Target, Unreachable


class RunningServer(Protocol):
    """A server that was started for this run."""

    @property
    def url(self) -> str: ...

    def stop(self) -> object: ...


ServerFactory = Callable[[str], RunningServer]
"""Starts a server of a version, such as ``7.10.2``."""


def add_docs_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare ``esmock docs``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "docs",
        help="verify the code blocks of documentation pages",
        description="Run the code blocks of documentation pages against a server and compare its answers with theirs. "
        "AsciiDoc with CONSOLE, TEST, TESTRESPONSE directives (also pages that lost their line ends), MDX, Markdown.",
        epilog="Exit codes: 0 nothing failed, 1 something failed, 2 pages or server could not be used. "
        "Without --url an esmock server of the pages' time is started.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="pages, or folders of pages")
    add_target_options(parser)
    add_output_options(parser)
    reading = parser.add_argument_group("reading of pages")
    reading.add_argument("--setups", action="append", default=[], type=Path, metavar="FILE",
                         help="YAML file of named setups and teardowns; repeatable")  # fmt: skip
    reading.add_argument("--era", choices=ERAS, help="rules of the pages' time; by default by suffix and spelling")
    reading.add_argument("--strict", action="store_true", help="stop at the first error in a page, as the build did")
    reading.add_argument("--allow-unconverted", action="store_true",
                         help="let pass blocks that look like requests, untested and not NOTCONSOLE")  # fmt: skip
    reading.add_argument("--notes", action="store_true", help="say also what is probably not meant")
    reading.add_argument("--emit", type=Path, metavar="DIR",
                         help="write the YAML tests below DIR; nothing is run unless --url is given")  # fmt: skip
    reading.add_argument("--list", action="store_true", help="only list the tests")
    rules = parser.add_argument_group("running")
    rules.add_argument("--allow-warnings", action="store_true",
                       help="let pass Warning headers that a page does not announce")  # fmt: skip
    rules.add_argument("--es-version", metavar="X.Y.Z", help="version of the server that is started without --url")
    rules.add_argument("--server-version", metavar="X.Y.Z", help="for servers that do not tell")
    cleaning = parser.add_argument_group("cleanup").add_mutually_exclusive_group()
    cleaning.add_argument("--no-cleanup", action="store_true", help="leave the server as each test left it")
    cleaning.add_argument("--wipe-path", metavar="PATH", help="empty the server by one POST to this path instead")
    parser.set_defaults(run=run_docs)
    return parser


def run_docs(args: argparse.Namespace, server_factory: ServerFactory | None = None) -> int:
    """Carry out ``esmock docs``.

    Args:
        args: parsed by the parser of ``add_docs_parser``.
        server_factory: used when no URL is given.

    Returns:
        The exit code.
    """
    try:
        with ExitStack() as stack:
            return _run(args, server_factory, stack)
    except (PageError, LoadError, StepError, Unreachable, ValueError, OSError) as error:
        print(f"esmock docs: {error}", file=sys.stderr)
        return UNUSABLE


@dataclass(frozen=True, slots=True)
class _Work:
    """The pages that go to one server."""

    target: Target | None
    options: Options
    found: tuple[Conversion, ...]
    facts: Facts | None = None


def _run(args: argparse.Namespace, factory: ServerFactory | None, stack: ExitStack) -> int:
    works = list(_works(args, factory, stack))
    conversions = [conversion for work in works for conversion in work.found]
    problems = [problem for work in works for conversion in work.found for problem in _problems(conversion, work, args)]
    wanted = selector(args.expression) if args.expression else lambda _: True
    cases = [(work, [case for page in work.found for case in cases_of(page, work.options) if wanted(case.id)])
             for work in works]  # fmt: skip
    count = sum(len(some) for _, some in cases)
    if not count and not problems:
        raise PageError(", ".join(map(str, args.paths)), 0, _nothing(conversions, args.expression))
    if args.notes:
        print(*(note for page in conversions for note in page.notes), sep="\n")
    if args.emit:
        _emit(conversions, args.emit)
    if args.list:
        print(*(case.id for _, some in cases for case in some), sep="\n")
    results = [] if args.expression else list(problems)
    for problem in results:
        print(display.failure_text(problem, None, ink=Ink.of(sys.stdout)), flush=True)
    if not args.list and not (args.emit and not args.url):
        results += _run_all(cases, args, count)
        _write(results, args, ", ".join(sorted({work.target.url for work in works if work.target})))
        _check_something_ran(results, [case for _, some in cases for case in some])
    return FAILED if any(result.outcome == "fail" for result in results) else PASSED


def _check_something_ran(results: list[Result], cases: list[Case]) -> None:
    """Refuse to call it a success when the server lacks what all tests need.

    Raises:
        ValueError: every test was skipped, and not because its page says so.
    """
    wanted = {case.id for case in cases if case.skip is None}
    lacking = [result.reason for result in results if result.id in wanted and result.outcome == "skip"]
    if lacking and len(lacking) == len(wanted) and all(result.outcome == "skip" for result in results):
        raise ValueError(f"nothing was verified: {len(lacking)} tests were skipped, the first because {lacking[0]}")


def _nothing(conversions: list[Conversion], expression: str | None) -> str:
    if expression:
        return f"no test has a name that fits [{expression}]"
    blocks = sum(conversion.snippets for conversion in conversions)
    return (
        f"nothing to verify: {len(conversions)} pages with {blocks} code blocks, none of them a test; "
        "expected blocks of the language console, or js with // CONSOLE"
    )


def _works(args: argparse.Namespace, factory: ServerFactory | None, stack: ExitStack) -> Iterator[_Work]:
    """Pages by the server they are for: one when a URL is given, else one for the time of each page."""
    given = Setups()
    for file in args.setups:
        given = read_setups(file).over(given)
    era = ERAS[args.era] if args.era else None
    options = Options(era, given, Build(), args.allow_warnings)
    texts = [read(file, name) for name, file in pages(args.paths, given.exclude)]
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, text in texts:
        version = "" if args.url else args.es_version or version_for(era or detect(name, text))
        groups.setdefault(version, []).append((name, text))
    idle = args.list or (args.emit and not args.url)
    for version, some in groups.items():
        # pages without tests need no server, and none is started for them
        if idle or not any(convert(*page, era=era, setups=given).sections for page in some):
            build, target, facts = Build(version or Build().version), None, None
        else:
            target = make_target(args, args.url or _started(factory, version, stack))
            stack.callback(target.close)
            facts = Facts(target, parse_version(args.server_version) if args.server_version else None)
            build = Build(args.server_version) if args.server_version else build_of(target)
        own = replace(options, build=build)
        setups = given.over(built_in(build.version))
        found = (convert(*page, era=era, setups=setups, build=build, strict=args.strict) for page in some)
        yield _Work(target, own, tuple(found), facts)


def _started(factory: ServerFactory | None, version: str, stack: ExitStack) -> str:
    if factory is None:
        raise ValueError("no server: name one with --url")
    server = factory(version)
    stack.callback(server.stop)
    return server.url


def _problems(page: Conversion, work: _Work, args: argparse.Namespace) -> Iterator[Result]:
    """Errors of a page that void no test of it, as failed results."""
    known = {id(error) for section in page.sections for error in section.errors}
    errors = [error for error in page.errors if id(error) not in known]
    name = page.page.path
    expected = name in work.options.setups.expected_unconverted
    if not args.allow_unconverted and page.era.candidates:
        message = "a block that looks like a request is neither tested nor marked NOTCONSOLE"
        lines = () if expected else page.unconverted
        errors += [page.page.error(page.page.lines[line - 1], message) for line in lines]
        if expected and not page.unconverted:
            errors.append(PageError(name, 0, "listed under expected_unconverted, but every block is converted"))
    for error in errors:
        failure = Mismatch(Where(name, error.line), "page", error.message, kind="error")
        yield Result(f"{name}/line_{error.line}", failure.at, "fail", failures=(failure,))


def _emit(conversions: list[Conversion], folder: Path) -> None:
    """Write what is tested of each page, at its place below the folder."""
    for page in conversions:
        if text := replace(page, sections=tuple(s for s in page.sections if not s.errors)).yaml():
            path = PurePosixPath(Path(page.page.path).as_posix())
            path = PurePosixPath(path.name) if path.is_absolute() or ".." in path.parts else path
            file = folder / path.with_suffix(".yml")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")


def _run_all(cases: list[tuple[_Work, list[Case]]], args: argparse.Namespace, count: int) -> list[Result]:
    """Run the tests in the order of the pages, saying at once what failed."""
    results: list[Result] = []
    with progress.bar(count) as advance:
        for work, some in cases:
            runners: dict[str, Runner] = {}
            for case in some:
                era = case.page.era
                if era.name not in runners:
                    assert work.target is not None
                    runners[era.name] = runner(
                        work.target, era, facts=work.facts, clean=not args.no_cleanup, wipe_path=args.wipe_path
                    )
                result = run_with(case, runners[era.name])
                results.append(result)
                advance(case.id)
                if result.outcome == "fail":
                    print(display.failure_text(result, case, ink=Ink.of(sys.stdout)), flush=True)
                    if args.fail_fast:
                        return results
                    # a server that is gone would fail every further test after a long wait
                    runners[era.name].target.send("GET", "/")
                elif args.verbose or (result.outcome == "skip" and case.skip is None):
                    reason = f": {result.reason}" if result.reason else ""
                    print(f"{result.outcome.upper()} {result.id}{reason}", flush=True)
    return results


def _write(results: list[Result], args: argparse.Namespace, url: str) -> None:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.id.rpartition("/")[0], []).append(result)
    rows = [(name, *_figures(some)) for name, some in groups.items()]
    rows.append(("all", *_figures(results)))
    progress.table(f"Pages on {url}", ("page", "passed", "failed", "skipped", "seconds"), rows, sys.stdout)
    if args.json:
        content = json.dumps(report.to_json(results, url), ensure_ascii=False, indent=1)
        args.json.write_text(content + "\n", encoding="utf-8", errors="backslashreplace")
    if args.junit:
        args.junit.write_bytes(report.to_junit(results, "esmock docs"))


def _figures(results: list[Result]) -> tuple[object, ...]:
    return *report.counts(results).values(), f"{sum(result.duration_s for result in results):.1f}"
