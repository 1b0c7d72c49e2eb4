"""From the lines of a page to its code blocks, each with the directives written under it."""

from __future__ import annotations

import re
from collections.abc import Callable

from esmock.conformance.snippets.directive import OptionError
from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.marks import AsciiDoc, Directive, Fence, format_of
from esmock.conformance.snippets.page import Line, Page, PageError
from esmock.conformance.snippets.snippet import Snippet
from esmock.conformance.snippets.text import TracedText

Report = Callable[[PageError, Snippet | None], None]
"""Takes an error and the snippet that it voids."""


def scan(page: Page, era: Era, report: Report) -> list[Snippet]:
    """The blocks of a page in order; errors go to ``report`` and the scan goes on."""
    scanner = _Scanner(page, era, report)
    for line in page.lines:
        scanner.take(line)
    scanner.finish()
    return scanner.snippets


class _Scanner:
    """The state between two lines: the block being read, and the last source line."""

    def __init__(self, page: Page, era: Era, report: Report) -> None:
        self.page, self.era, self.report = page, era, report
        self.marks: AsciiDoc = format_of(page.path, era)
        self.snippets: list[Snippet] = []
        self.snippet: Snippet | None = None
        self.opened = Fence()
        self.language: str | None = None
        self.language_line = 0
        self.id: str | None = None
        self.testenv: str | None = None

    def take(self, line: Line) -> None:
        """One line: the first rule that matches consumes it."""
        self.testenv = self.marks.testenv(line.text) or self.testenv
        if fence := self.marks.fence(line.text):
            self._delimiter(line, fence)
        elif source := self.marks.source(line.text):
            self.language, self.language_line, self.id = source.language, line.number, source.id
        elif directive := self.marks.directive(line.text):
            self._directive(line, directive)
        else:
            self._ordinary(line)

    def finish(self) -> None:
        """The pending block is complete: hand it on, even if it was never closed."""
        snippet, self.snippet = self.snippet, None
        if snippet is None:
            return
        snippet.content = TracedText.of((self._cleaned(row.text), row.number) for row in snippet.rows)
        self.snippets.append(snippet)

    def _delimiter(self, line: Line, fence: Fence) -> None:
        snippet = self.snippet
        if snippet is not None and fence.carries_language and self.marks.blank_lines_transparent:
            if snippet.end is None and (not fence.closes or fence.width < self.opened.width):
                self._content(line, snippet)
                return
            if snippet.end is not None:
                self.finish()
                snippet = None
        if snippet is not None:
            snippet.end = line
            return
        self.opened = fence
        language = self.language if self.language_line == line.number - 1 else None
        if fence.carries_language:
            language = fence.language
        name, self.id = self.id, None
        self.snippet = Snippet(line, language, name, self.testenv)

    def _ordinary(self, line: Line) -> None:
        snippet = self.snippet
        if snippet is None:
            return
        if snippet.end is None:
            self._content(line, snippet)
        elif not self.marks.transparent(line.text):
            self.finish()

    def _content(self, line: Line, snippet: Snippet) -> None:
        snippet.rows.append(Line(_unindented(line.text, self.opened.indent), line.number, line.column))

    def _cleaned(self, text: str) -> str:
        text = re.sub(r"<[0-9]+>", "", text)
        if self.era.footnotes:
            text = re.sub(r"\[\^[0-9]+\]", "", text)
        return text.rstrip()

    def _directive(self, line: Line, directive: Directive) -> None:
        word, snippet = directive.word, self.snippet
        if word == "AUTOSENSE":
            if self.era.autosense_is_error:
                self._fail(line, "AUTOSENSE was replaced by CONSOLE", snippet)
            else:
                self._ordinary(line)
            return
        if word == "TEARDOWN" and not self.era.teardown_section:
            self._ordinary(line)
            return
        if snippet is None:
            self._fail(
                line,
                f"{word} without a block: expected it directly under the closing delimiter of a code block"
                + ("" if self.marks.blank_lines_transparent else " (no blank line between)"),
                None,
            )
            return
        self._apply(line, directive, snippet)

    def _apply(self, line: Line, directive: Directive, snippet: Snippet) -> None:
        word = directive.word
        if word in ("CONSOLE", "NOTCONSOLE"):
            if snippet.console is not None:
                said = "CONSOLE" if snippet.console else "NOTCONSOLE"
                self._fail(line, f"{word} on a block that already has {said}: expected one of them, once", snippet)
                return
            snippet.console = word == "CONSOLE"
        elif word == "TESTSETUP":
            snippet.testsetup = True
        elif word == "TEARDOWN":
            snippet.teardown = True
        else:
            self._take_options(line, directive, snippet)

    def _take_options(self, line: Line, directive: Directive, snippet: Snippet) -> None:
        if directive.word == "TEST":
            snippet.test, take = True, snippet.add_test
        else:
            snippet.testresponse, take = True, snippet.add_response
        if directive.options is None:
            return
        if not directive.options:
            self._fail(line, f"{directive.word}[] is empty: expected options between the brackets, or none", snippet)
            return
        try:
            take(directive.options, line, self.era)
        except OptionError as error:
            column = line.text.find("[") + 2 + error.offset
            self._fail(line, f"{directive.word}, column {column}: {error.message}", snippet)

    def _fail(self, line: Line, message: str, snippet: Snippet | None) -> None:
        self.report(self.page.error(line, message), snippet)


def _unindented(text: str, indent: int) -> str:
    """Content without the indentation of its fence, as far as it has it."""
    if not indent:
        return text
    text = text.expandtabs(4) if text[:indent].strip(" \t") == "" else text
    lead = len(text) - len(text.lstrip(" "))
    return text[min(indent, lead) :]
