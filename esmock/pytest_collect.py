"""YAML REST tests and documentation pages as pytest items; each runs in a clean space of a server of its version."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esmock.conformance import report, suite
from esmock.conformance.place import LoadError
from esmock.conformance.runner import Result, runner_for
from esmock.conformance.snippets import case as snippets
from esmock.conformance.snippets import display
from esmock.conformance.snippets.convert import convert
from esmock.conformance.snippets.era import detect
from esmock.conformance.snippets.flattened import is_flattened
from esmock.conformance.snippets.page import PageError, read
from esmock.conformance.snippets.setups import Setups, read_setups
from esmock.conformance.snippets.substitution import Build
from esmock.conformance.target import Target
from esmock.pytest_options import changed, chosen
from esmock.settings import ServerSettings

if TYPE_CHECKING:
    from esmock.server import Server

Carry = Callable[[Target], Result]
Tell = Callable[[Result], str]
_SERVERS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
_STEP = re.compile(r"^\s*- *do *:", re.M)


def server_of(config: pytest.Config, version: str | None) -> Server:
    """A server for the run, started on first use; of the version that options ask for, else of the given one."""
    wanted = {"version": chosen(config, "version") or version, **{name: chosen(config, name) for name in ("rollup_as", "clock")}}
    settings = changed(ServerSettings(), wanted)
    servers = config.stash.setdefault(_SERVERS, {})
    if settings.version not in servers:
        from esmock.server import Server

        servers[settings.version] = server = Server(settings).start()
        config.add_cleanup(server.stop)
    found: Server = servers[settings.version]
    return found


class _Failure(Exception):
    """A test whose steps did not pass."""


class _Item(pytest.Item):
    """One YAML test or one test of a page."""

    carry: Carry
    tell: Tell
    version: str | None
    line: int

    @classmethod
    def make(
        cls, parent: pytest.Collector, name: str, carry: Carry, tell: Tell, *, line: int, version: str | None = None
    ) -> _Item:
        """An item.

        Args:
            carry: runs the test on a server.
            tell: what to say about a failure.
            version: of the server, where no option names one.
        """
        item: _Item = cls.from_parent(parent, name=name)
        item.carry, item.tell, item.line, item.version = carry, tell, line, version
        return item

    def runtest(self) -> None:
        server = server_of(self.config, self.version)
        server.reset()
        with contextlib.closing(Target(server.url)) as target:
            result = self.carry(target)
        server.check()
        if result.outcome == "skip":
            pytest.skip(result.reason or "skipped")
        if result.outcome == "fail":
            raise _Failure(self.tell(result))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, _Failure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, self.line - 1, self.name


def is_suite(path: Path, config: pytest.Config) -> bool:
    """Whether a YAML file holds REST tests: configuration files and named setups of pages do not."""
    return path not in _setup_files(config) and _STEP.search(path.read_text("utf-8", "replace")) is not None


def _setup_files(config: pytest.Config) -> list[Path]:
    return [config.rootpath / file for file in (chosen(config, "setups") or "").split(",") if file]


def is_page(path: Path) -> bool:
    """Whether a file is a page with tested code blocks: many others are written in the same languages."""
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".txt" and not is_flattened(text):
        return False
    return bool(convert(path.name, text).sections)


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
            carry = functools.partial(_run_yaml, case)
            yield _Item.make(self, case.section.name, carry, report.failure_text, line=case.section.at.line)


class PageFile(pytest.File):
    """A documentation page, run on a server of its time where no option names a version."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            name, text = read(self.path, str(self.path))
            version = chosen(self.config, "version") or snippets.version_for(detect(name, text))
            cases = snippets.collect(self.path, snippets.Options(setups=self._setups(), build=Build(version)))
        except (PageError, LoadError) as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            carry, tell = functools.partial(_run_page, case), functools.partial(_tell_page, case)
            yield _Item.make(self, case.section.name, carry, tell, line=case.at.line, version=version)

    def _setups(self) -> Setups:
        found = Setups()
        for file in _setup_files(self.config):
            found = read_setups(file).over(found)
        return found
