"""``esmock yaml``: run YAML REST tests against any server.

Exit codes: 0 nothing failed, 1 something failed, 2 the tests or the server could not be used at all.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

from esmock.conformance import apispec, progress, report
from esmock.conformance.dialect import DIALECTS, Dialect, announced_only, dialect_for
from esmock.conformance.facts import Facts, parse_version
from esmock.conformance.ink import Ink
from esmock.conformance.place import LoadError, StepError
from esmock.conformance.runner import Result, Runner, runner_for
from esmock.conformance.selection import selector
from esmock.conformance.suite import TestCase, collect, lint
from esmock.conformance.target import Target, Unreachable

ServerFactory = Callable[[str | None], AbstractContextManager[str]]
"""Starts a server of a version (None: the newest) and gives its URL; the server ends with the context."""

PASSED, FAILED, UNUSABLE = 0, 1, 2


def add_yaml_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare ``esmock yaml``; ``run`` in the parsed arguments is ``run_yaml``."""
    parser = subparsers.add_parser(
        "yaml",
        help="run YAML REST tests against a server",
        description="Run Elasticsearch's YAML REST tests, or your own, against any server.",
        epilog="Exit codes: 0 nothing failed, 1 something failed, 2 tests or server could not be used.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="DIR", help="folders or files of tests")
    add_target_options(parser)
    add_output_options(parser)
    choice = parser.add_argument_group("choice of tests")
    choice.add_argument("--skip", action="append", default=[], metavar="PATTERN", help="skip tests whose path matches")
    choice.add_argument("--seed", type=int, help="shuffle the tests; they run sorted by path otherwise")
    choice.add_argument("--list", action="store_true", help="only list the tests")
    choice.add_argument("--lint", action="store_true", help="only report features that files use without naming them")
    parser.add_argument("--es-version", metavar="X.Y.Z", help="version of the server that is started without --url")
    rules = parser.add_argument_group("rules")
    rules.add_argument("--api", type=Path, metavar="FILE", help="API description: a JSON file, or a folder of them")
    rules.add_argument("--dialect", choices=DIALECTS, help="era of the tests; by default that of the server")
    rules.add_argument("--server-version", metavar="X.Y.Z", help="for servers that do not tell")
    rules.add_argument("--collect-failures", action="store_true", help="go on with a test after a failing step")
    rules.add_argument("--unknown-features", action="store_true", help="skip tests that want a feature nobody knows")
    rules.add_argument(
        "--announced-warnings",
        action="store_true",
        help="check warnings only in steps that list some; for tests older than the server",
    )
    rules.add_argument("--raw", action="store_true", help="let tests use the pseudo API [raw] of documentation tests")
    cleaning = parser.add_argument_group("cleanup").add_mutually_exclusive_group()
    cleaning.add_argument("--no-cleanup", action="store_true", help="leave the server as each test left it")
    cleaning.add_argument("--wipe-path", metavar="PATH", help="empty the server by one POST to this path instead")
    parser.set_defaults(run=run_yaml)
    return parser


def add_target_options(parser: argparse.ArgumentParser) -> None:
    """Options that say where the server is."""
    group = parser.add_argument_group("server")
    group.add_argument("--url", help="http://[user:password@]host:port; EVERYTHING on that server is deleted")
    group.add_argument("--header", action="append", default=[], metavar="NAME: VALUE", help="sent with every request")
    group.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="for one request (default: 60)")
    group.add_argument("--insecure", action="store_true", help="accept any certificate")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Options that choose tests and say where results go."""
    parser.add_argument("-k", dest="expression", metavar="EXPR", help="words of test names, with and, or, not, ()")
    parser.add_argument("--fail-fast", action="store_true", help="stop after the first failing test")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results as JSON")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write results as JUnit XML")
    parser.add_argument("-v", "--verbose", action="store_true", help="name every test with its outcome")


def make_target(args: argparse.Namespace, url: str) -> Target:
    """The server that the options name.

    Raises:
        ValueError: a malformed URL or header.
    """
    headers = []
    for header in args.header:
        name, colon, text = header.partition(":")
        if not colon:
            raise ValueError(f"not a header: [{header}]")
        headers.append((name.strip(), text.strip()))
    return Target(url, tuple(headers), args.timeout, args.insecure)


def run_yaml(args: argparse.Namespace, server_factory: ServerFactory | None = None) -> int:
    """Carry out ``esmock yaml``.

    Args:
        args: parsed by the parser of ``add_yaml_parser``.
        server_factory: used when no URL is given.

    Returns:
        The exit code.
    """
    try:
        if args.list or args.lint:
            return _inspect(args)
        with _server(args, server_factory) as url, closing(make_target(args, url)) as target:
            return _run(args, target)
    except (LoadError, StepError, Unreachable, ValueError, OSError) as error:
        print(f"esmock yaml: {error}", file=sys.stderr)
        return UNUSABLE


def _server(args: argparse.Namespace, factory: ServerFactory | None) -> AbstractContextManager[str]:
    """The URL that was given, or that of a server started for the run. Raises ValueError where there is neither."""
    if args.url:
        return nullcontext(args.url)
    if factory is None:
        raise ValueError("no server: name one with --url")
    return factory(args.es_version)


def _cases(args: argparse.Namespace, dialect: Dialect) -> list[TestCase]:
    cases = [
        case for path in args.paths for case in collect(path, dialect=dialect, unknown_features=args.unknown_features)
    ]
    if args.expression:
        wanted = selector(args.expression)
        cases = [case for case in cases if wanted(case.id)]
        if not cases:
            raise LoadError(", ".join(map(str, args.paths)), f"no test has a name that fits [{args.expression}]")
    if args.seed is not None:
        random.Random(args.seed).shuffle(cases)
    return cases


def _inspect(args: argparse.Namespace) -> int:
    cases = _cases(args, DIALECTS[args.dialect or "E9"])
    if args.list:
        print(*(case.id for case in cases), sep="\n")
        return PASSED
    suites = {case.suite.file: case.suite for case in cases}.values()
    findings = [finding for suite in suites for finding in lint(suite)]
    print(*(f"{at}: {text}" for at, text in findings), sep="\n", end="\n" if findings else "")
    return FAILED if findings else PASSED


def _run(args: argparse.Namespace, target: Target) -> int:
    facts = Facts(target, parse_version(args.server_version) if args.server_version else None)
    dialect = DIALECTS[args.dialect] if args.dialect else dialect_for(facts.version)
    cases = _cases(args, dialect)
    runner = runner_for(
        target,
        facts=facts,
        api=apispec.load(args.api) if args.api else None,
        dialect=announced_only(dialect) if args.announced_warnings else dialect,
        clean=not args.no_cleanup,
        wipe_path=args.wipe_path,
        blacklist=args.skip,
        collect_failures=args.collect_failures,
        raw=args.raw,
    )
    results = _run_all(cases, runner, args)
    _write(results, args, target.address)
    if len(results) < len(cases) and not args.fail_fast:
        print(f"esmock yaml: no server any more, {len(cases) - len(results)} tests were not run", file=sys.stderr)
        return UNUSABLE
    return FAILED if report.counts(results)["fail"] else PASSED


def _run_all(cases: list[TestCase], runner: Runner, args: argparse.Namespace) -> list[Result]:
    """Run the cases in order, saying at once what failed."""
    results: list[Result] = []
    with progress.bar(len(cases)) as advance:
        for case in cases:
            result = runner.run(case)
            results.append(result)
            advance(case.id)
            if result.outcome == "fail":
                print(report.failure_text(result, ink=Ink.of(sys.stdout)), flush=True)
                if args.fail_fast or _is_gone(runner.target):
                    break
            elif args.verbose:
                reason = f": {result.reason}" if result.reason else ""
                print(f"{result.outcome.upper()} {result.id}{reason}", flush=True)
    return results


def _is_gone(target: Target) -> bool:
    """Whether nobody answers: every further test would fail, each after a long wait."""
    try:
        target.send("GET", "/")
    except Unreachable:
        return True
    return False


def _write(results: list[Result], args: argparse.Namespace, url: str) -> None:
    found = report.counts(results)
    seconds = sum(result.duration_s for result in results)
    rows: list[tuple[object, ...]] = [(*row[:4], f"{row[4]:.1f}") for row in report.summary_rows(results)]
    rows.append(("all", *found.values(), f"{seconds:.1f}"))
    progress.table(f"YAML tests on {url}", ("api", "passed", "failed", "skipped", "seconds"), rows, sys.stdout)
    if args.json:
        content = json.dumps(report.to_json(results, url), ensure_ascii=False, indent=1)
        args.json.write_text(content + "\n", encoding="utf-8", errors="backslashreplace")
    if args.junit:
        args.junit.write_bytes(report.to_junit(results, "esmock yaml"))
