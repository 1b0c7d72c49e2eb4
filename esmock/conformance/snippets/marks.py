"""What delimiters, source lines and directives look like in AsciiDoc, MDX and Markdown.

The scanner asks the questions; the answers differ from format to format, the order of the questions does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock.conformance.snippets.era import Era

WORDS = ("AUTOSENSE", "CONSOLE", "NOTCONSOLE", "TESTSETUP", "TEARDOWN", "TESTRESPONSE", "TEST")
"""Every directive; a word stands before those it begins with."""

_BRACKET = r"(?:\[(?P<options>.+)\])?"
_WORD = rf"(?P<word>TESTRESPONSE|TEST){_BRACKET}|(?P<plain>AUTOSENSE|CONSOLE|NOTCONSOLE|TESTSETUP|TEARDOWN)"


@dataclass(frozen=True, slots=True)
class Fence:
    """A line that opens or closes a block.

    Attributes:
        carries_language: the line itself says the language (fences); otherwise the source line before it does.
        indent: columns that every content line of the block is indented by.
        closes: whether the line may close a block that was opened with ``width`` marks.
    """

    carries_language: bool = False
    language: str | None = None
    width: int = 4
    indent: int = 0
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Directive:
    """``// WORD[options]``; options is None when there is no bracket."""

    word: str
    options: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """``[source,language,id=name]``."""

    language: str
    id: str | None


class AsciiDoc:
    """``[source,js]``, ``----`` and ``// TEST[...]``."""

    suffixes: tuple[str, ...] = (".asciidoc", ".adoc", ".asc", ".txt")
    blank_lines_transparent = False

    def __init__(self, era: Era) -> None:
        self._ids = era.ids
        role = r"(?:\.[^,]*)?" if era.roles else ""
        self._source = re.compile(
            rf'\["?source{role}"?,\s*"?(?P<language>{era.language})"?(?:,(?P<attributes>.*))?\].*', re.ASCII
        )
        blank = era.blank
        self._directive = re.compile(rf"//{blank}*(?:{_WORD}){blank}*", re.ASCII)
        self._testenv = re.compile(r'\[testenv="([^"\]]+)"\]\s*') if era.testenv else None
        self._ignorable = re.compile(r"\s*\+\s*") if era.list_continuation else None

    def fence(self, text: str) -> Fence | None:
        """The delimiter: four or more dashes."""
        return Fence() if re.fullmatch(r"-{4,}\s*", text) else None

    def source(self, text: str) -> Source | None:
        """The source line; None for every other line, ``[source]`` among them."""
        match = self._source.fullmatch(text)
        if not match:
            return None
        found = re.search(r'(?:^|,)\s*id="?(?P<id>[\w-]+)"?', match["attributes"] or "") if self._ids else None
        return Source(match["language"], found["id"] if found else None)

    def directive(self, text: str) -> Directive | None:
        """The directive of a whole line; a line that merely resembles one is ordinary text."""
        match = self._directive.fullmatch(text)
        return Directive(match["word"] or match["plain"], match["options"]) if match else None

    def testenv(self, text: str) -> str | None:
        """The name that ``[testenv="name"]`` sets."""
        match = self._testenv.fullmatch(text) if self._testenv else None
        return match[1] if match else None

    def transparent(self, text: str) -> bool:
        """Whether a line between a block and its directives does not part them."""
        return bool(self._ignorable and self._ignorable.fullmatch(text))


class Mdx(AsciiDoc):
    """Three backquotes with the language, and ``{/* TEST[...] */}``."""

    suffixes: tuple[str, ...] = (".mdx",)

    def __init__(self, era: Era) -> None:
        super().__init__(era)
        word = _WORD.replace(".+", ".*")
        self._directive = re.compile(rf"\{{/\* *(?:{word}) \*/\}}", re.ASCII)

    def fence(self, text: str) -> Fence | None:
        """Three backquotes at the first column; what follows is the language."""
        return Fence(True, text[3:] or None, 3) if text.startswith("```") else None

    def source(self, text: str) -> Source | None:
        """There are no source lines."""
        return None

    def testenv(self, text: str) -> str | None:
        """There is none."""
        return None


class Markdown(Mdx):
    """Fences anywhere in a list, and directives after ``%`` or in a comment of any kind that Markdown pages use."""

    suffixes = (".md", ".markdown")
    blank_lines_transparent = True

    def __init__(self, era: Era) -> None:
        super().__init__(era)
        marks = (r"%\s*(?:{})", r"//\s*(?:{})", r"<!--\s*(?:{})\s*-->", r"\{{/\*\s*(?:{})\s*\*/\}}")
        self._directives = tuple(re.compile(rf"\s*{mark.format(_WORD)}\s*", re.ASCII) for mark in marks)

    def fence(self, text: str) -> Fence | None:
        """Three or more backquotes or tildes at any indentation; the first word after them is the language."""
        match = re.fullmatch(r"(\s*)(`{3,}|~{3,})\s*([^`]*)", text)
        if not match:
            return None
        info = match[3].strip()
        language = re.split(r"[\s,{]", info, maxsplit=1)[0] or None
        return Fence(True, language, len(match[2]), len(match[1].expandtabs(4)), not info)

    def directive(self, text: str) -> Directive | None:
        """The directive of a whole line, indented as its list item is."""
        for pattern in self._directives:
            match = pattern.fullmatch(text)
            if match:
                return Directive(match["word"] or match["plain"], match["options"])
        return None

    def transparent(self, text: str) -> bool:
        """Blank lines do not part a fence from its directives."""
        return not text.strip()


FORMATS = (AsciiDoc, Mdx, Markdown)


def format_of(path: str, era: Era) -> AsciiDoc:
    """The marks of a page by its suffix; AsciiDoc for an unknown one."""
    for kind in FORMATS:
        if path.lower().endswith(kind.suffixes):
            return kind(era)
    return AsciiDoc(era)
