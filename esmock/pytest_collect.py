"""YAML REST tests and documentation pages as pytest items; each runs in a clean space of the session's server."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from esmock.conformance import suite
from esmock.conformance.place import LoadError
from esmock.conformance.report import failure_text
from esmock.conformance.runner import Result, runner_for
from esmock.conformance.snippets import case as snippets
from esmock.conformance.snippets import display
from esmock.conformance.snippets.page import PageError
from esmock.conformance.target import Target

Carry = Callable[[Target], Result]


class _Failure(Exception):
    """A test whose steps did not pass."""


class _Item(pytest.Item):
    """One YAML test or one test of a page."""

    carry: Carry
    told: Callable[[Result], str]

    @classmethod
    def make(cls, parent: pytest.Collector, name: str, carry: Carry, told: Callable[[Result], str]) -> _Item:
        """An item that calls ``carry`` with the server's target; ``told`` describes a failure."""
        item: _Item = cls.from_parent(parent, name=name)
        item.carry, item.told = carry, told
        return item

    def runtest(self) -> None:
        from esmock.pytest_plugin import server_of

        server = server_of(self.config)
        server.reset()
        with contextlib.closing(Target(server.url)) as target:
            result = self.carry(target)
        server.check()
        if result.outcome == "skip":
            pytest.skip(result.reason or "skipped")
        if result.outcome == "fail":
            raise _Failure(self.told(result))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, _Failure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, self.name


def _run_yaml(case: suite.TestCase, target: Target) -> Result:
    return runner_for(target, clean=False).run(case)


def _run_page(case: snippets.Case, target: Target) -> Result:
    return snippets.run(case, target, clean=False)


def _tell_page(case: snippets.Case, result: Result) -> str:
    return display.failure_text(result, case)


class YamlFile(pytest.File):
    """A YAML suite."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            cases = suite.collect(self.path)
        except LoadError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            yield _Item.make(self, case.id, functools.partial(_run_yaml, case), failure_text)


class PageFile(pytest.File):
    """A documentation page."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            cases = snippets.collect(self.path)
        except PageError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            yield _Item.make(self, case.id, functools.partial(_run_page, case), functools.partial(_tell_page, case))
