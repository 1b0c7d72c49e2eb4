"""Test cases of pages: collected from files, carried out by the runner of YAML tests.

cases = collect(Path("docs"), setups=read_setups(Path("setups.yml")))
results = [run(case, Target("http://localhost:9200")) for case in cases]
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from esmock.conformance import document
from esmock.conformance.callstep import Do
from esmock.conformance.dialect import DIALECTS, Dialect
from esmock.conformance.facts import Facts
from esmock.conformance.place import LoadError, Where
from esmock.conformance.prerequisites import parse_conditions
from esmock.conformance.runner import Result, Runner, runner_for
from esmock.conformance.session import Mismatch
from esmock.conformance.snippets.convert import Conversion, convert
from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.flattened import is_flattened
from esmock.conformance.snippets.page import PageError, read
from esmock.conformance.snippets.section import Section
from esmock.conformance.snippets.setups import Setups, built_in
from esmock.conformance.snippets.substitution import Build
from esmock.conformance.steps import Step, parse_step
from esmock.conformance.suite import Section as Steps
from esmock.conformance.suite import Suite, TestCase
from esmock.conformance.target import Target

SUFFIXES = (".asciidoc", ".adoc", ".md", ".markdown", ".mdx")
"""Pages that are found in a folder; text files count when they are AsciiDoc without line ends."""

_FRAMES = ("setup", "teardown")
_HEAD = 2
"""Rows of a section's YAML before its steps: the document separator and the key."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a page.

    Attributes:
        id: the page and the name of the test.
        page: what the page became, for its lines.
        section: the YAML, for reports; its rows know their lines.
        test: what is run; None when errors void it.
        errors: why it cannot be run.
        skip: why it is not run.
    """

    id: str
    page: Conversion
    section: Section
    test: TestCase | None
    errors: tuple[PageError, ...] = ()
    skip: str | None = None

    @property
    def at(self) -> Where:
        """The opening delimiter of its first block."""
        return Where(self.page.page.path, self.section.line)


@dataclass(frozen=True, slots=True)
class Options:
    """How pages are read.

    Attributes:
        era: None: by suffix and spelling of each page.
        setups: named setups besides the built-in ones, which they replace.
        build: what ``{version}`` stands for; its version also chooses the form of the built-in setups.
        allow_warnings: Warning headers that a page does not announce are let pass (pages older than the server).
    """

    era: Era | None = None
    setups: Setups = field(default_factory=Setups)
    build: Build = field(default_factory=Build)
    allow_warnings: bool = False


def dialect_of(era: Era) -> Dialect:
    """The dialect in which the YAML of an era is run."""
    return DIALECTS[era.name if era.name in DIALECTS else "E7"]


def version_for(era: Era) -> str:
    """The release in whose terms pages of an era are written, as far as there is a profile of it."""
    return {"E8": "8.19.21", "E9": "9.5.3"}.get(era.name, "7.10.2")


def pages(paths: list[Path], exclude: frozenset[str] = frozenset()) -> Iterator[tuple[str, Path]]:
    """Name and file of every page: a file as given, below a folder all pages, named after their path in it.

    Raises:
        PageError: not there; or a page in two formats side by side.
    """
    for path in paths:
        if not path.is_dir():
            yield str(path), path
            continue
        found = sorted(file for file in path.rglob("*") if _is_page(file))
        for file in found:
            name = file.relative_to(path).as_posix()
            if file.suffix == ".mdx" and file.with_suffix(".asciidoc") in found:
                raise PageError(str(file), 0, f"the same page is there as {file.with_suffix('.asciidoc').name}")
            if name not in exclude and file.name != "README.asciidoc":
                yield name, file


def _is_page(file: Path) -> bool:
    if file.suffix in SUFFIXES:
        return file.is_file()
    return file.suffix == ".txt" and file.is_file() and is_flattened(file.read_text(encoding="utf-8", errors="replace"))


def conversions(paths: list[Path], options: Options = Options()) -> Iterator[Conversion]:
    """Every page below the paths, converted.

    Raises:
        PageError: a page that cannot be read at all.
    """
    setups = options.setups.over(built_in(options.build.version))
    for name, file in pages(paths, options.setups.exclude):
        path, text = read(file, name)
        yield convert(path, text, era=options.era, setups=setups, build=options.build)


def collect(path: Path | list[Path], options: Options = Options()) -> list[Case]:
    """The test cases of a page, or of all pages below folders, in order.

    Errors of a page void the tests they belong to: those cases fail when they are run. Errors that belong to no test
    are in ``case.page.errors`` alone.

    Raises:
        PageError: a page that cannot be read, or no test at all.
    """
    given = path if isinstance(path, list) else [path]
    found = list(conversions(given, options))
    cases = [case for conversion in found for case in cases_of(conversion, options)]
    if not cases:
        errors = [error for conversion in found for error in conversion.errors]
        if errors:
            raise errors[0]
        blocks = sum(conversion.snippets for conversion in found)
        raise PageError(
            ", ".join(map(str, given)) or "no page",
            0,
            f"nothing to verify: {len(found)} pages with {blocks} code blocks, none of them a test; expected blocks of "
            "the language console, or js with // CONSOLE",
        )
    return cases


def cases_of(conversion: Conversion, options: Options = Options()) -> list[Case]:
    """The test cases of one page."""
    loader = _Loader(conversion, options)
    frames = {section.name: loader.load(section) for section in conversion.sections if section.name in _FRAMES}
    broken = [error for _, errors in frames.values() for error in errors]
    cases = []
    for section in conversion.sections:
        if section.name in _FRAMES:
            continue
        steps, errors = loader.load(section)
        errors += tuple(broken)
        setup, teardown = (frames.get(name, (None, ()))[0] for name in _FRAMES)
        path = conversion.page.path
        test = None
        if steps is not None and not errors:
            test = TestCase(Suite(path, path, setup, teardown, (steps,)), steps)
        cases.append(Case(f"{path}/{section.name}", conversion, section, test, errors, section.skip))
    return cases


@dataclass(frozen=True, slots=True)
class _Loader:
    """Reads the YAML of sections, with the lines of the page as places."""

    conversion: Conversion
    options: Options

    def load(self, section: Section) -> tuple[Steps | None, tuple[PageError, ...]]:
        """The steps of a section, or the errors that void it."""
        if section.errors:
            return None, tuple(section.errors)
        path = self.conversion.page.path
        dialect = dialect_of(self.conversion.era)
        try:
            entry = document.only(document.parse(section.yaml(), path)[0], "section")
            nodes = entry.node.items if isinstance(entry.node, document.Sequence) else ()
            if not nodes:
                return None, (self._error(section.line, "no request in this block: expected one such as GET /"),)
            conditions, taken = parse_conditions(entry.at, nodes, dialect)
            steps = tuple(self._placed(parse_step(node, dialect), section) for node in nodes[taken:])
        except LoadError as error:
            return None, (self._load_error(error, section),)
        at = Where(path, section.line)
        return Steps(section.name, at, conditions, steps), ()

    def _placed(self, step: Step, section: Section) -> Step:
        placed: Any = replace(step, at=self.place(step.at.line, section))  # type: ignore[type-var]
        if self.options.allow_warnings and isinstance(placed, Do):
            allowed = replace(placed.announced, allowed_regexes=(*placed.announced.allowed_regexes, "(?s).*"))
            placed = replace(placed, announced=allowed)
        return placed

    def place(self, yaml_line: int, section: Section) -> Where:
        """The line of the page, or of the file of named setups, that a line of YAML stands for."""
        row = section.rows[min(max(yaml_line - 1 - _HEAD, 0), len(section.rows) - 1)]
        return Where(*row.pasted) if row.pasted else Where(self.conversion.page.path, row.line)

    def _error(self, line: int, message: str) -> PageError:
        page = self.conversion.page
        return page.error(page.lines[line - 1], message)

    def _load_error(self, error: LoadError, section: Section) -> PageError:
        if not isinstance(error.at, Where):
            return self._error(section.line, error.message)
        at = self.place(error.at.line, section)
        row = section.rows[min(max(error.at.line - 1 - _HEAD, 0), len(section.rows) - 1)].text.strip()
        if row.startswith(("catch:", "reason:")) and error.message.startswith("not YAML"):
            word = "catch" if row.startswith("catch:") else "skip"
            error = LoadError(
                error.at, f"{word}:{row.partition(' ')[2]} cannot be written to YAML as it is ({error.message[10:]}): "
                "expected text without a colon before a blank or at its end, and without a blank before a number sign"
            )  # fmt: skip
        if at.file != self.conversion.page.path:
            return PageError(at.file, at.line, f"{error.message} (named setup)")
        return self._error(at.line, error.message)


def runner(target: Target, era: Era, **options: Any) -> Runner:
    """The runner for pages of an era; options as for ``esmock.conformance.runner.runner_for``.

    Raises:
        StepError: the server tells no version.
        Unreachable: no server.
    """
    given: dict[str, Any] = {"dialect": dialect_of(era), "raw": True} | options
    return runner_for(target, **given)


def run(case: Case, target: Target, **options: Any) -> Result:
    """Run one case; for many, keep the ``runner`` and use ``run_with``."""
    return run_with(case, runner(target, case.page.era, **options))


def run_with(case: Case, running: Runner) -> Result:
    """Run one case with a runner made for its era."""
    if case.test is None:
        failures = tuple(Mismatch(Where(e.path, e.line), "page", e.message, kind="error") for e in case.errors)
        return Result(case.id, case.at, "fail", failures=failures)
    result = running.run(case.test)
    if result.outcome == "skip" and case.skip is not None:
        return replace(result, reason=case.skip)
    return result


def build_of(target: Target) -> Build:
    """What a server says about its build, for ``{version}`` and its kin.

    Raises:
        StepError: the server tells no version and none was given.
    """
    answer = target.send("GET", "/")
    try:
        about = json.loads(answer.body)["version"]
    except (ValueError, KeyError, TypeError):
        return Build(version=".".join(map(str, Facts(target).version)))
    return Build(
        version=about["number"],
        lucene_version=about.get("lucene_version", ""),
        flavor=about.get("build_flavor", "default"),
        type=about.get("build_type", "tar"),
    )
