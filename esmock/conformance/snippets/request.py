"""From the text of a test block to its requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from esmock.conformance.snippets.text import TracedText

METHODS = ("GET", "PUT", "POST", "HEAD", "OPTIONS", "DELETE")

_METHOD = "|".join(METHODS)
_ITEM = re.compile(
    rf"""(?:
        (?P<comment>\#[^\n]+)
      | (?P<method>{_METHOD})\s+(?P<target>[^\n]+)
        (?P<body>(?:\n(?!{_METHOD}|startyaml|\#)[^\n]+)+)?
      | startyaml(?P<yaml>(?s:.*?))endyaml
    )\n+""",
    re.VERBOSE | re.ASCII,
)


class RequestError(Exception):
    """Text that is no request.

    Args:
        message: what was found and what was expected.
        line: the line of the page.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Request:
    """One request as written.

    Attributes:
        target: path and query.
        body: its lines, or None.
        last: whether nothing follows in the block: only then the block's ``catch`` is its.
        line: the line of the page.
    """

    method: str
    target: str
    body: TracedText | None
    last: bool
    line: int


@dataclass(frozen=True, slots=True)
class Verbatim:
    """YAML steps between ``startyaml`` and ``endyaml``."""

    text: TracedText
    line: int


def split(content: TracedText, start: int) -> Iterator[Request | Verbatim]:
    """The items of a block, which must tile it.

    Args:
        content: the substituted text.
        start: the line of the page that a complaint about the whole block names.

    Raises:
        RequestError: a gap, or a remainder.
    """
    position, end = 0, len(content.text)
    if not content.text.strip():
        raise RequestError("the block is empty: expected a request such as GET /index/_search", start)
    while position < end:
        match = _ITEM.match(content.text, position)
        if not match:
            raise RequestError(_complaint(content.text, position), content.line_at(position))
        line = content.line_at(position)
        if match["method"]:
            body = _part(content, match.start("body") + 1, match.end("body")) if match["body"] else None
            yield Request(match["method"], match["target"], body, match.end() == end, line)
        elif match["yaml"] is not None:
            yield Verbatim(_part(content, match.start("yaml"), match.end("yaml")), line)
        position = match.end()


def _part(content: TracedText, start: int, end: int) -> TracedText:
    return TracedText(content.text[start:end], content.origin[start:end])


def _complaint(text: str, position: int) -> str:
    rest = text[position:]
    row = rest.partition("\n")[0]
    if not row:
        if position == 0:
            return "a blank line at the start of the block: expected a request such as GET /index/_search"
        return "expected a request"
    shown = row if len(row) <= 60 else row[:57] + "..."
    if row == "#":
        return "a line with nothing but #: expected a comment after it"
    if row.startswith("startyaml"):
        return "startyaml without endyaml"
    before = text[:position].rstrip("\n").rpartition("\n")[2]
    if row[0] in '{}[]" \t':
        if before.startswith("#"):
            return f"found [{shown}] after a comment: a comment between request line and body cuts the body off"
        if text[:position].endswith("\n\n"):
            return f"found [{shown}] after a blank line: a body may not hold blank lines; expected a request"
        return f"found [{shown}]: expected a request such as GET /index/_search"
    return f"found [{shown}]: expected one of {', '.join(METHODS)} and a path, or a # comment"


def quoted(body: TracedText) -> TracedText:
    """Triple-quoted stretches as ordinary JSON strings.

    Inside, quotes and newlines are escaped and nothing else: a backslash stays single, the indentation stays.

    Raises:
        RequestError: an odd number of triple quotes.
    """
    parts = body.text.split('"""')
    if len(parts) % 2 == 0:
        position = body.text.rfind('"""')
        raise RequestError('""" is never closed: expected another """', body.line_at(position))
    return body.replaced(
        re.compile('"""(?s:(.*?))"""'), lambda match: '"' + match[1].replace('"', '\\"').replace("\n", "\\n") + '"'
    )
