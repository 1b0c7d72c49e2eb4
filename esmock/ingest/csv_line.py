"""One line of comma separated values, as the processor ``csv`` reads it."""

from __future__ import annotations

from collections.abc import Iterator

from esmock.errors import IllegalArgument

_SPACES = " \t"


def read_line(line: str, separator: str, quote: str, *, trim: bool) -> Iterator[str]:
    """The fields of a line, read one by one. Raises IllegalArgument for quotes in wrong places."""
    at, length = 0, len(line)
    while True:
        start = at
        while at < length and line[at] in _SPACES and line[at] != separator:
            at += 1
        if at < length and line[at] == quote:
            value, at = _quoted(line, at, quote)
            yield value
            at = _behind(line, at, separator)
        else:
            end = line.find(separator, at)
            end = length if end < 0 else end
            begin = at if trim else start
            value = line[begin:end]
            _check(value, quote, begin)
            value = value.rstrip(_SPACES) if trim and end < length else value
            at = end
            yield value
        if at >= length:
            return
        at += 1
        if at == length:
            yield ""
            return


def _check(value: str, quote: str, at: int) -> None:
    bad = value.find(quote)
    if bad >= 0:
        raise IllegalArgument(f"Illegal character inside unquoted field at {at + bad}")
    for place, char in enumerate(value):
        if char in "\r\n":
            raise IllegalArgument(f"Illegal character inside unquoted field at {at + place}")


def _quoted(line: str, at: int, quote: str) -> tuple[str, int]:
    out: list[str] = []
    at += 1
    while True:
        end = line.find(quote, at)
        if end < 0:
            raise IllegalArgument("Unmatched quote")
        out.append(line[at:end])
        at = end + 1
        if at < len(line) and line[at] == quote:
            out.append(quote)
            at += 1
            continue
        return "".join(out), at


def _behind(line: str, at: int, separator: str) -> int:
    """Where the separator behind a quoted field stands. Raises IllegalArgument: something else does."""
    while at < len(line) and line[at] in _SPACES and line[at] != separator:
        at += 1
    if at < len(line) and line[at] != separator:
        raise IllegalArgument(f"character '{line[at]}' after quoted field at {at}")
    return at
