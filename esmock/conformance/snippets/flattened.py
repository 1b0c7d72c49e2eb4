"""AsciiDoc pages whose line ends were lost: the lines that carry meaning are put back.

A page that was copied out of a browser, or through a form, arrives as one line. Prose does not matter to the verifier,
so only source lines, delimiters, requests and directives are found again. What cannot be found again, because nothing
in the text says where it was, are the line ends inside a table of plain text, a triple-quoted string or a comment.
"""

from __future__ import annotations

import re

from esmock.conformance.snippets.directive import OptionError, options
from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.marks import WORDS
from esmock.conformance.snippets.page import Line, Page
from esmock.conformance.snippets.request import METHODS

_OPENING = re.compile(r'\["?source[^\[\]]*\][ \t]+(-{4,})(?=\s)')
_ENV = re.compile(r'\[testenv="[^"\]]*"\]')
_DIRECTIVE = re.compile(rf"\s*(//[ \t]*({'|'.join(WORDS)}))(?=[\s\[]|\Z)")
_METHOD = re.compile(rf"(?:{'|'.join(METHODS)})(?=\s)")


def is_flattened(text: str) -> bool:
    """Whether source lines and their delimiters stand on one line, and no delimiter has a line of its own."""
    return _OPENING.search(text) is not None and not re.search(r"(?m)^-{4,}\s*$", text)


def restore(path: str, text: str, era: Era) -> Page:
    """The page with the lines that matter put back; every line knows its column in the file."""
    pieces = _Pieces()
    position = 0
    while opening := _OPENING.search(text, position):
        pieces.prose(text, position, opening.start())
        source = text[opening.start() : opening.start(1)].rstrip()
        pieces.add(source, opening.start())
        pieces.add(opening[1], opening.start(1))
        closing = re.compile(rf"(?<=\s){opening[1]}(?![^\s])").search(text, opening.end())
        end = closing.start() if closing else len(text)
        for start, stop in _rows(text, opening.end(), end):
            pieces.add(text[start:stop], start)
        position = end
        if closing:
            pieces.add(opening[1], end)
            position = _directives(text, closing.end(), era, pieces)
        pieces.add("", position)
    pieces.prose(text, position, len(text))
    return Page(path, tuple(pieces.lines), flattened=True)


class _Pieces:
    """Lines as they are found."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, text: str, position: int) -> None:
        self.lines.append(Line(text, len(self.lines) + 1, position + 1))

    def prose(self, text: str, start: int, end: int) -> None:
        """Text between blocks, with every ``testenv`` on a line of its own."""
        for match in _ENV.finditer(text, start, end):
            self._words(text, start, match.start())
            self.add(match[0], match.start())
            start = match.end()
        self._words(text, start, end)

    def _words(self, text: str, start: int, end: int) -> None:
        words = text[start:end]
        if words.strip():
            self.add(words.strip(), start + len(words) - len(words.lstrip()))


def _directives(text: str, position: int, era: Era, pieces: _Pieces) -> int:
    """Put back the directives that follow a block; the position after them."""
    while match := _DIRECTIVE.match(text, position):
        end = match.end()
        if text.startswith("[", end) and match[2] in ("TEST", "TESTRESPONSE"):
            end = _bracket_end(text, end, era.test_options if match[2] == "TEST" else era.response_options)
        pieces.add(text[match.start(1) : end], match.start(1))
        position = end
    return position


def _bracket_end(text: str, start: int, known: tuple[str, ...]) -> int:
    """The position after the bracket that closes the options; if none does, after the first one."""
    first = end = text.find("]", start)
    while end >= 0:
        try:
            list(options(text[start + 1 : end], known))
        except OptionError:
            end = text.find("]", end + 1)
        else:
            return end + 1
    return first + 1 if first >= 0 else len(text)


def _rows(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a block: a request line, a JSON document or a comment each; any other text is one line."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not _METHOD.match(text, start) and text[start : start + 1] != "#":
        return [(start, end)] if start < end else []
    cuts = [start]
    cuts += [place for place in _top_level(text, start, end) if place > start]
    rows = []
    for here, after in zip(cuts, [*cuts[1:], end], strict=True):
        stop = after
        while stop > here and text[stop - 1].isspace():
            stop -= 1
        rows.append((here, stop))
    return rows


def _top_level(text: str, start: int, end: int) -> list[int]:
    """Where, outside of JSON documents, a request, a JSON document or a comment begins."""
    cuts = []
    position, depth, comment = start, 0, False
    while position < end:
        char = text[position]
        if depth and char == '"':
            position = _string_end(text, position, end)
            continue
        fresh = position == start or text[position - 1].isspace()
        if not depth and fresh and (_METHOD.match(text, position) or (char in "{[#" and not comment)):
            cuts.append(position)
            comment = char == "#"
        if char in "{[" and not comment and (depth or fresh):
            depth += 1
        elif char in "}]" and depth:
            depth -= 1
        position += 1
    return cuts


def _string_end(text: str, position: int, end: int) -> int:
    """The position after a JSON string, or after a triple-quoted one."""
    if text.startswith('"""', position):
        closing = text.find('"""', position + 3, end)
        return closing + 3 if closing >= 0 else end
    match = re.compile(r'"(?:\\.|[^"\\])*"').match(text, position, end)
    return match.end() if match else end
