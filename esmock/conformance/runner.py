"""One test case, run against a server.

    result = run(case, Target("http://localhost:9200"))

Source: behaviour of the Java runner's ESClientYamlSuiteTestCase.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from esmock.conformance import apispec
from esmock.conformance.apispec import ApiDescription
from esmock.conformance.cleanup import Cleaner
from esmock.conformance.dialect import Dialect, dialect_for
from esmock.conformance.facts import Facts
from esmock.conformance.place import StepError, Where
from esmock.conformance.session import Mismatch, Session
from esmock.conformance.steps import execute
from esmock.conformance.suite import Section, TestCase
from esmock.conformance.target import Answer, Request, Target, Unreachable

Json = Any


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one test case.

    Attributes:
        id: of the case.
        at: where the case begins.
        outcome: ``pass``, ``fail`` or ``skip``.
        failures: empty unless failed.
        reason: why it was skipped.
        duration_s: including cleanup.
        exchange: the last request and answer before the first failure.
        stash: its values at the first failure.
        calls: requests that the steps sent.
    """

    id: str
    at: Where
    outcome: str
    failures: tuple[Mismatch, ...] = ()
    reason: str | None = None
    duration_s: float = 0.0
    exchange: tuple[Request, Answer] | None = None
    stash: dict[str, Json] = field(default_factory=dict)
    calls: int = 0


@dataclass(slots=True)
class Runner:
    """Runs cases against one server.

    Attributes:
        target: the server.
        facts: remembered over cases.
        api: for parameter checks; by default the bundled one that fits the server's version.
        dialect: by default the one that fits the server's version.
        cleaner: empties the server after every case; None leaves everything where it is.
        blacklist: patterns of cases that are skipped, see ``blacklisted``.
        collect_failures: go on after a failing step.
        raw: whether the pseudo API of documentation tests is known.
        watch: told of every exchange of a step; not of those around tests.
    """

    target: Target
    facts: Facts
    api: ApiDescription
    dialect: Dialect
    cleaner: Cleaner | None = None
    blacklist: tuple[str, ...] = ()
    collect_failures: bool = False
    raw: bool = False
    watch: Callable[[Request, Answer], None] | None = None

    def run(self, case: TestCase) -> Result:
        """Run one case: conditions, setup, body, teardown, cleanup."""
        start = time.perf_counter()
        try:
            result = self._unwanted(case) or self._run_steps(case)
        except (Unreachable, StepError) as error:
            result = _failed(case, Mismatch(case.section.at, "run", str(error), kind="error"))
        return replace(result, duration_s=time.perf_counter() - start)

    def _unwanted(self, case: TestCase) -> Result | None:
        """The skip, or the failure of a case without steps."""
        reason = case.suite.unfit
        if blacklisted(case.id, self.blacklist):
            reason = "blacklisted"
        for conditions in case.conditions:
            reason = reason or conditions.unmet(self.facts)
        if reason:
            return Result(case.id, case.section.at, "skip", reason=reason)
        if not case.section.steps:
            return _failed(case, Mismatch(case.section.at, "run", "the test has no executable steps", kind="error"))
        return None

    def _run_steps(self, case: TestCase) -> Result:
        session = Session(
            self.target, self.api, self.dialect, facts=self.facts, raw=self.raw or self.dialect.sibling_calls, watch=self.watch
        )
        try:
            result = self._run_sections(case, session)
        finally:
            problems = self.cleaner.clean() if self.cleaner else []
        if not problems:
            return result
        failures = tuple(Mismatch(case.section.at, "cleanup", problem, kind="error") for problem in problems)
        return replace(result, outcome="fail", failures=result.failures + failures)

    def _run_sections(self, case: TestCase, session: Session) -> Result:
        failures = self._execute(case.suite.setup, session)
        exchange, stash = session.last, dict(session.stash.values)
        if not failures or self.collect_failures:
            session.clear()
            found = self._execute(case.section, session)
            if found and not failures:
                exchange, stash = session.last, dict(session.stash.values)
            failures += found
            found = self._execute(case.suite.teardown, session)
            if found and not failures:
                exchange, stash = session.last, dict(session.stash.values)
            failures += found
        if not failures:
            return Result(case.id, case.section.at, "pass", calls=session.calls)
        return Result(
            case.id,
            case.section.at,
            "fail",
            failures=tuple(failures),
            exchange=exchange,
            stash=stash,
            calls=session.calls,
        )

    def _execute(self, section: Section | None, session: Session) -> list[Mismatch]:
        return execute(section.steps, session, collect=self.collect_failures) if section else []


def _failed(case: TestCase, failure: Mismatch) -> Result:
    return Result(case.id, case.section.at, "fail", failures=(failure,))


def runner_for(
    target: Target,
    *,
    facts: Facts | None = None,
    api: ApiDescription | None = None,
    dialect: Dialect | None = None,
    clean: bool = True,
    wipe_path: str | None = None,
    blacklist: Iterable[str] = (),
    collect_failures: bool = False,
    raw: bool = False,
) -> Runner:
    """A runner whose API description and dialect fit the server, unless they are given.

    Raises:
        StepError: the server tells no version.
        Unreachable: no server.
    """
    facts = facts or Facts(target)
    version = facts.version
    cleaner = Cleaner(target, facts, wipe_path) if clean else None
    return Runner(
        target,
        facts,
        api or apispec.bundled_for(version),
        dialect or dialect_for(version),
        cleaner,
        tuple(blacklist),
        collect_failures,
        raw,
    )


def run(case: TestCase, target: Target, **options: Any) -> Result:
    """Run one case; options as for ``runner_for``, which is cheaper for many cases."""
    return runner_for(target, **options).run(case)


def blacklisted(case_id: str, patterns: Iterable[str]) -> bool:
    """Whether some suffix of a test path, beginning at a path element, matches a pattern completely.

    In a pattern ``*`` stands for anything but ``/``, ``\\,`` for a comma; all else is regex text.

    Raises:
        ValueError: a blank pattern.
    """
    suffixes = [case_id[start:] for start in (0, *(m.end() for m in re.finditer("/", case_id)))]
    for pattern in patterns:
        if not pattern.strip():
            raise ValueError("a blank pattern would match nothing")
        expression = re.compile(pattern.replace("*", "[^/]*").replace("\\,", ","))
        if any(expression.fullmatch(suffix) for suffix in suffixes):
            return True
    return False
