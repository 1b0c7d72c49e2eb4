"""From a page to the YAML sections that test it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from esmock.conformance.snippets import emit
from esmock.conformance.snippets.era import Era, detect
from esmock.conformance.snippets.flattened import is_flattened, restore
from esmock.conformance.snippets.page import Line, Page, PageError
from esmock.conformance.snippets.request import RequestError
from esmock.conformance.snippets.scanner import scan
from esmock.conformance.snippets.section import Section
from esmock.conformance.snippets.setups import Block, Setups
from esmock.conformance.snippets.snippet import Snippet
from esmock.conformance.snippets.substitution import Build, SubstitutionError, substitute

_TESTENVS = ("basic", "gold", "platinum")
_FRAMES = ("setup", "teardown")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a page became.

    Attributes:
        sections: ``setup`` and ``teardown`` where the page has them, then the tests in the order of the page.
        errors: what is wrong with the page; a wrong block voids the test it belongs to, and that alone.
        notes: what is not wrong but probably not meant.
        unconverted: opening lines of blocks that look like requests and are neither tested nor marked ``NOTCONSOLE``.
        snippets: how many blocks the page has.
    """

    page: Page
    era: Era
    sections: tuple[Section, ...]
    errors: tuple[PageError, ...]
    notes: tuple[PageError, ...]
    unconverted: tuple[int, ...]
    snippets: int

    def yaml(self) -> str:
        """The page as one YAML file; empty when nothing of it is tested."""
        return "".join(section.yaml() for section in self.sections)


def convert(path: str, text: str, *, era: Era | None = None, setups: Setups | None = None, build: Build | None = None,
            strict: bool = False) -> Conversion:  # fmt: skip
    """Convert one page.

    Args:
        path: the page's name: its suffix chooses the format (.mdx, .md, AsciiDoc otherwise).
        era: None: see ``era.detect``.
        setups: the named setups that the page may use.
        build: what ``{version}`` and its kin stand for.
        strict: raise the first error instead of collecting all.

    Raises:
        PageError: only when strict.
    """
    era = era or detect(path, text)
    page = restore(path, text, era) if is_flattened(text) else Page.of(path, text)
    converter = _Converter(page, era, setups or Setups(), build or Build(), strict)
    converter.run()
    if strict and converter.errors:
        raise converter.errors[0]
    return converter.result()


@dataclass(slots=True)
class _Converter:
    page: Page
    era: Era
    setups: Setups
    build: Build
    strict: bool
    errors: list[PageError] = field(default_factory=list)
    notes: list[PageError] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    unconverted: list[int] = field(default_factory=list)
    count: int = 0
    previous: Snippet | None = None
    """The last block that became a setup, a teardown or a test."""
    voided: dict[int, list[PageError]] = field(default_factory=dict)
    """Errors by the start line of the block they void."""

    def run(self) -> None:
        for snippet in scan(self.page, self.era, self._report):
            self.count += 1
            try:
                if not self.voided.get(snippet.start.number):
                    self._finish(snippet)
            except PageError as error:
                self._report(error, snippet)
            self._dispatch(snippet)

    def result(self) -> Conversion:
        self.errors.sort(key=lambda error: (error.line, error.column))
        return Conversion(
            self.page,
            self.era,
            tuple(self.sections),
            tuple(self.errors),
            tuple(self.notes),
            tuple(self.unconverted),
            self.count,
        )

    def _report(self, error: PageError, snippet: Snippet | None) -> None:
        self.errors.append(error)
        if snippet is not None:
            self.voided.setdefault(snippet.start.number, []).append(error)

    def _error(self, line: Line | int, message: str) -> PageError:
        return self.page.error(self.page.lines[line - 1] if isinstance(line, int) and line else line or None, message)

    def _finish(self, snippet: Snippet) -> None:
        """Substitutions, then the checks of a finished block."""
        era, start = self.era, snippet.start
        if snippet.language is None and (era.language_required or snippet.test or snippet.testresponse):
            raise self._error(start, "a block without a language: expected [source,language] on the line before"
                              " (or a language after the fence)")  # fmt: skip
        written = snippet.content
        try:
            snippet.content, idle = substitute(snippet, written, self.build, era)
        except SubstitutionError as error:
            raise self._error(error.substitution.line, error.message) from error
        self.notes += [
            self._error(
                one.line, f"s/{one.pattern}/{one.replacement}/ matches nothing in the block of line {start.number}"
            )
            for one in idle
        ]
        if snippet.language in ("sh", "shell"):
            snippet.curl = "curl" in (snippet.content if era.curl_after_substitutions else written).text
            if snippet.console is False and not snippet.curl:
                raise self._error(start, "NOTCONSOLE on a shell block without curl: it is needless there")
        self._check_json(snippet)

    def _check_json(self, snippet: Snippet) -> None:
        tested = snippet.testresponse and snippet.skip is None and snippet.language in ("js", "console-result")
        text = snippet.content.text
        if not self.era.strict_json or not tested or text.startswith("/") or '"""' in text:
            return
        quoted = emit.json_form(text)
        try:
            json.loads(quoted)
        except json.JSONDecodeError as error:
            row = quoted.splitlines()[error.lineno - 1].strip() if quoted.strip() else ""
            position = sum(len(line) for line in text.splitlines(keepends=True)[: error.lineno - 1])
            problem = self._error(
                snippet.content.line_at(position) or snippet.start.number,
                f"the response is not JSON ({error.msg}) at [{row}]: expected JSON once the substitutions are made; "
                "has one of them failed to match?",
            )
            # The first builds of 7.x did not look; their pages have commas before closing braces, which YAML allows.
            if self.strict or not emit.is_json_but_for_commas(quoted):
                raise problem from error
            self.notes.append(problem)

    def _dispatch(self, snippet: Snippet) -> None:
        """Emit what the block stands for; errors void the section it belongs to."""
        era, start = self.era, snippet.start
        looks = snippet.console is None and not snippet.testresponse and (snippet.language == "js" or snippet.curl)
        if snippet.language in era.banned_languages:
            self._report(self._error(start, f"the language [{snippet.language}]: expected js"), snippet)
        try:
            if snippet.testsetup:
                self._section("setup", snippet)
            elif snippet.teardown:
                self._section("teardown", snippet)
            elif snippet.testresponse or snippet.language == "console-result":
                self._response(snippet)
            elif era.console_directive == "error" and snippet.language == "js" and snippet.console:
                raise self._error(start, "js with CONSOLE is the old spelling: expected the language console")
            elif snippet.test or snippet.language == "console" or (
                era.console_directive == "test" and snippet.console
            ):  # fmt: skip
                self._test(snippet)
            elif looks and era.candidates:
                self.unconverted.append(start.number)
        except RequestError as error:
            self._void(self._error(error.line, error.message), snippet)
        except PageError as error:
            self._void(error, snippet)

    def _void(self, error: PageError, snippet: Snippet) -> None:
        self._report(error, snippet)
        own = self.sections and self.sections[-1].line == snippet.start.number
        continues = snippet.continued or snippet.testresponse or snippet.language == "console-result"
        if self.sections and (own or (continues and self.sections[-1].name not in _FRAMES)):
            self.sections[-1].errors.append(error)

    def _open(self, name: str, snippet: Snippet) -> Section:
        section = Section(name, snippet.start.number)
        section.errors += self.voided.get(snippet.start.number, [])
        self.sections.append(section)
        self.previous = snippet
        return section

    def _section(self, name: str, snippet: Snippet) -> None:
        """``TESTSETUP`` and ``TEARDOWN``: what runs before and after every test of the page."""
        if name == "setup" and self.sections:
            raise self._error(
                snippet.start, "TESTSETUP after another test: expected it on the page's first tested block"
            )
        if name == "teardown" and self.sections and (self.previous is None or not self.previous.testsetup):
            raise self._error(
                snippet.start, "TEARDOWN after a test: expected it first on the page, or directly after TESTSETUP"
            )
        section = self._open(name, snippet)
        if section.errors:
            return
        if name == "setup" and self.era.section_setups:
            self._named(section, snippet, snippet.setup, self.setups.setups, "setup")
        self._requests(section, snippet, asserted=False)

    def _response(self, snippet: Snippet) -> None:
        if not self.sections or self.sections[-1].name in _FRAMES:
            raise self._error(snippet.start, "a response before any test: expected a request block above it")
        section = self.sections[-1]
        if errors := self.voided.get(snippet.start.number):
            section.errors += errors
        elif snippet.skip is None and not section.errors:
            if not snippet.content.text.strip():
                raise self._error(snippet.start, "an empty response: expected what the server answers")
            emit.response(section, snippet, self.era)

    def _test(self, snippet: Snippet) -> None:
        section = self._continued(snippet) if snippet.continued else self._new_test(snippet)
        if snippet.continued:
            section.errors += self.voided.get(snippet.start.number, [])
        if section.errors:
            return
        self._named(section, snippet, snippet.setup, self.setups.setups, "setup")
        self._requests(section, snippet, asserted=True)
        self._named(section, snippet, snippet.teardown_names, self.setups.teardowns, "teardown")

    def _continued(self, snippet: Snippet) -> Section:
        start, previous = snippet.start, self.previous
        if previous is None or not self.sections:
            raise self._error(start, "continued on the first test of the page: expected a test above it")
        if self.era.checks_continued and snippet.skip is not None:
            raise self._error(start, "continued together with skip: expected one of them")
        if previous.testsetup or previous.teardown:
            word = "TESTSETUP" if previous.testsetup else "TEARDOWN"
            raise self._error(start, f"continued directly after {word}: expected a test above it")
        self.previous = snippet
        return self.sections[-1]

    def _new_test(self, snippet: Snippet) -> Section:
        start = snippet.start
        place = f"column_{start.column}" if self.page.flattened else f"line_{start.number}"
        name = (self.era.ids and snippet.id) or place
        taken = any(section.name == name for section in self.sections)
        section = self._open(name, snippet)
        if taken:
            raise self._error(snippet.start, f"two tests named [{name}]: expected ids to be unique on the page")
        if self.era.testenv and snippet.testenv not in (None, *_TESTENVS):
            raise self._error(snippet.start, f"testenv [{snippet.testenv}]: expected one of {', '.join(_TESTENVS)}")
        emit.header(section, snippet, self.era)
        return section

    def _requests(self, section: Section, snippet: Snippet, asserted: bool) -> None:
        caught = emit.requests(section, snippet, self.era, asserted)
        if snippet.catch is not None and not caught:
            self.notes.append(
                self._error(snippet.start, f"no request takes catch:{snippet.catch}: a comment or steps end the block")
            )

    def _named(
        self, section: Section, snippet: Snippet, names: str | None, known: Mapping[str, Block], kind: str
    ) -> None:
        if names is None:
            return
        for name in names.split(",") if self.era.many_setups else (names,):
            block = known.get(name)
            if block is None:
                hint = ", ".join(sorted(known)) or "none"
                raise self._error(snippet.start, f"unknown {kind} [{name}]: expected one of {hint}")
            if self.era.setup_comments:
                section.add(f"# Named {kind} {name}", snippet.start.number)
            section.paste(block, snippet.start.number)
