"""Test files: a suite is one file, a test case one of its sections.

Source: behaviour of the Java runner's ClientYamlTestSuite; file rules of elasticsearch-clients-tests for ``requires``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from esmock.conformance import document
from esmock.conformance.callstep import Do
from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.document import Entry, Sequence
from esmock.conformance.place import LoadError, Where
from esmock.conformance.prerequisites import Conditions, parse_conditions
from esmock.conformance.steps import Step, parse_step

_ROOTS = ("rest-api-spec/test", "test", "tests")
_STEP_FEATURES = ("contains", "close_to", "is_after")


@dataclass(frozen=True, slots=True)
class Section:
    """Setup, teardown or one test."""

    name: str
    at: Where
    conditions: Conditions
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """One file.

    Attributes:
        path: ``api/name``, relative to the root and without suffix.
        file: as given.
        setup, teardown: None when the file has none.
        tests: in file order.
        unfit: why no test of the file is meant for a stack, None when all are.
    """

    path: str
    file: str
    setup: Section | None
    teardown: Section | None
    tests: tuple[Section, ...]
    unfit: str | None = None

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(section for section in (self.setup, self.teardown, *self.tests) if section)


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test of a suite; ``id`` is ``api/name/section``."""

    __test__: ClassVar[bool] = False
    suite: Suite
    section: Section

    @property
    def id(self) -> str:
        return f"{self.suite.path}/{self.section.name}"

    @property
    def conditions(self) -> tuple[Conditions, ...]:
        """Of setup, teardown and the test itself, in the order in which they are looked at."""
        sections = (self.suite.setup, self.suite.teardown, self.section)
        return tuple(section.conditions for section in sections if section)


def collect(path: str | Path, *, dialect: Dialect = E9, unknown_features: bool = False) -> list[TestCase]:
    """All tests below a folder, or of one file, sorted by id.

    Args:
        path: a folder (its ``rest-api-spec/test``, ``test`` or ``tests`` when it has one), or a file.
        dialect: the era of the files.
        unknown_features: let pass features that nobody knows; tests that want them are skipped when they run.

    Raises:
        LoadError: an unreadable file, an unknown step or feature, or no test at all.
    """
    given = Path(path)
    if not given.exists():
        raise LoadError(str(given), "no such file or folder")
    root = _root(given)
    files = [given] if given.is_file() else sorted(_files(root, dialect))
    cases = [case for file in files for case in load(file, root, dialect, unknown_features=unknown_features)]
    if not cases:
        raise LoadError(str(given), f"no tests found: no *{dialect.suffix} file here")
    return sorted(cases, key=lambda case: case.id)


def _root(given: Path) -> Path:
    if given.is_dir():
        return next((given / name for name in _ROOTS if (given / name).is_dir()), given)
    above = given.resolve().parents
    return next((folder for folder in above if folder.name in ("test", "tests", "yaml-tests")), above[1])


def _files(root: Path, dialect: Dialect) -> Iterator[Path]:
    for file in root.rglob("*.y*ml"):
        if file.suffix not in (".yml", ".yaml") or not file.is_file():
            continue
        if file.suffix != dialect.suffix:
            raise LoadError(str(file), f"files of tests end in {dialect.suffix} in the dialect {dialect.name}")
        yield file


def load(file: Path, root: Path, dialect: Dialect = E9, *, unknown_features: bool = False) -> list[TestCase]:
    """The tests of one file, in file order.

    Raises:
        LoadError: see ``collect``.
    """
    content = file.read_bytes()
    if not content.endswith(b"\n"):
        raise LoadError(str(file), "the file is empty" if not content else "the file must end with a newline")
    try:
        source = content.decode()
    except UnicodeDecodeError as error:
        raise LoadError(str(file), f"the file is not UTF-8: {error}") from None
    relative = file.resolve().relative_to(root.resolve()).with_suffix("").as_posix()
    suite = parse_suite(source, str(file), relative, dialect)
    if not unknown_features:
        for section in suite.sections:
            for name, at in section.conditions.unknown_features:
                raise LoadError(at, f"unknown feature [{name}]")
    return cases_of(suite)


def cases_of(suite: Suite) -> list[TestCase]:
    return [TestCase(suite, section) for section in suite.tests]


def parse_suite(source: str, file: str, path: str, dialect: Dialect = E9, first_line: int = 1) -> Suite:
    """A suite from its text.

    Args:
        source: YAML documents.
        file: named in places.
        path: ``api/name``.
        dialect: the era.
        first_line: the line of ``file`` at which ``source`` begins.

    Raises:
        LoadError: malformed, unknown steps, two sections of one name, no section.
    """
    entries = [document.only(node, "section") for node in document.parse(source, file, first_line)]
    unfit = None
    if entries and entries[0].key == "requires" and isinstance(entries[0].node, document.Mapping):
        unfit = _unfit(entries.pop(0))
    setup = _section(entries.pop(0), dialect) if entries and entries[0].key == "setup" else None
    teardown = _section(entries.pop(0), dialect) if entries and entries[0].key == "teardown" else None
    tests = tuple(_section(entry, dialect) for entry in entries)
    seen: set[str] = set()
    for test in tests:
        if test.name in seen:
            raise LoadError(test.at, f"duplicate test section [{test.name}]")
        seen.add(test.name)
    if not tests:
        raise LoadError(Where(file, first_line), "the file has no test section")
    return Suite(path, file, setup, teardown, tests, unfit)


def _unfit(entry: Entry) -> str | None:
    given = {item.key: document.value(item.node) for item in document.fields(entry.node, "requires")}
    if unknown := given.keys() - {"serverless", "stack", "feature_flag"}:
        raise LoadError(entry.at, f"field {sorted(unknown)} is not supported within the document [requires]")
    if given.get("feature_flag"):
        return f"needs the feature flag [{given['feature_flag']}]"
    return None if given.get("stack") is True else "not for a stack"


def _section(entry: Entry, dialect: Dialect) -> Section:
    if not isinstance(entry.node, Sequence):
        raise LoadError(entry.at, f"section [{entry.key}] must be a list of steps")
    conditions, taken = parse_conditions(entry.at, entry.node.items, dialect)
    steps = tuple(parse_step(node, dialect) for node in entry.node.items[taken:])
    allowed = {"setup": ("do", "set"), "teardown": ("do",)}.get(entry.key)
    for step in steps:
        if allowed and step.name not in allowed:
            raise LoadError(step.at, f"section [{entry.key}] may not have the step [{step.name}]")
    return Section(entry.key, entry.at, conditions, steps)


def lint(suite: Suite) -> list[tuple[Where, str]]:
    """Steps that use a feature which the file does not name; the Java runner refuses such files."""
    of_setup, of_teardown = (
        section.conditions.feature_names if section else frozenset() for section in (suite.setup, suite.teardown)
    )
    out = []
    for section in suite.sections:
        named = section.conditions.feature_names
        if section.name not in ("setup", "teardown"):
            named |= of_setup | of_teardown
        out += [
            (step.at, f"the feature [{feature}] is used but not named")
            for step in section.steps
            for feature in _features_of(step)
            if feature not in named
        ]
    return out


def _features_of(step: Step) -> list[str]:
    if not isinstance(step, Do):
        return [step.name] if step.name in _STEP_FEATURES else []
    used = {
        "warnings": step.announced.expected,
        "warnings_regex": step.announced.expected_regexes,
        "allowed_warnings": step.announced.allowed,
        "allowed_warnings_regex": step.announced.allowed_regexes,
        "headers": step.headers,
        "node_selector": step.selector,
    }
    return [feature for feature, value in used.items() if value]
