"""Words of a query. Which words there are depends on the command that they stand in.

Source: answers of 8.19.21 to queries with a word too many, too few or out of place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from esmock.features.esql.errors import LexerNoViableAlt, Parsing, Place

EOF = "<EOF>"
IDENTIFIER, QUOTED_IDENTIFIER = "UNQUOTED_IDENTIFIER", "QUOTED_IDENTIFIER"
STRING, INTEGER, DECIMAL = "QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL"
PARAM, DOUBLE_PARAM = "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS"
SOURCE, PATTERN = "UNQUOTED_SOURCE", "ID_PATTERN"
BRANCH = "BRANCH"
"""One of the ways of FORK, in its parentheses: a query without its beginning."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Args:
        kind: the name of its kind, or, of signs and keywords, the sign in quotes.
        start, stop: where it is in the query.
    """

    kind: str
    text: str
    start: int
    stop: int
    at: Place


_EXPRESSION_WORDS = frozenset(
    "and as asc by desc false first in is last like not null nulls on or rlike true with where".split()
)
_PATTERN_WORDS = frozenset(("as",))
_SOURCE_WORDS = frozenset(("metadata",))
_BLANK = re.compile(r"(?:\s+|//[^\r\n]*\r?\n?|/\*.*?\*/)+", re.DOTALL)
_COMMON = (
    (STRING, r'"""(?:.|\n)*?"""(?:"?"?)|"(?:\\.|[^\r\n"\\])*"'),
    (DOUBLE_PARAM, r"\?\?(?:[A-Za-z_]\w*|\d+)"),
    (PARAM, r"\?(?:[A-Za-z_]\w*|\d+)"),
    (QUOTED_IDENTIFIER, r"`(?:``|[^`])*`"),
)
_SIGNS = (
    "??", "?", "==", "=~", "!=", "<=", ">=", "<", ">", "=", "::", ":", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", ".", "|",
)  # fmt: skip
_NUMBER = (
    (DECIMAL, r"\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+"),
    (INTEGER, r"\d+"),
)
_WORD = r"[A-Za-z]\w*|[_@]\w+"


@dataclass(frozen=True, slots=True)
class Mode:
    """The words of some commands."""

    kinds: tuple[tuple[str, str], ...]
    keywords: frozenset[str]
    regex: re.Pattern[str]


def _mode(*kinds: tuple[str, str], keywords: frozenset[str] = frozenset(), signs: tuple[str, ...] = _SIGNS) -> Mode:
    named = [f"(?P<k{at}>{pattern})" for at, (_, pattern) in enumerate(kinds)]
    return Mode(kinds, keywords, re.compile("|".join([*named, f"(?P<sign>{'|'.join(map(re.escape, signs))})"]), re.ASCII))


_EXPRESSION = _mode(*_COMMON, *_NUMBER, (IDENTIFIER, _WORD), keywords=_EXPRESSION_WORDS)
_PATTERNS = _mode(
    *_COMMON[1:3], (PATTERN, r"(?:[A-Za-z0-9_@*]|`(?:``|[^`])*`)+"), keywords=_PATTERN_WORDS, signs=("??", "?", "=", ",", ".", "|")
)
_NAMES = _mode(*_COMMON[1:], (IDENTIFIER, _WORD), signs=("??", "?", ".", ",", "|"))
_SOURCES = _mode(
    _COMMON[0], (SOURCE, r'[^:"=|,\[\]/ \t\r\n()]+'), keywords=_SOURCE_WORDS, signs=("::", ":", "=", ",", "[", "]", "|")
)
_JOIN = _mode(
    *_COMMON, (SOURCE, r'[^:"=|,\[\]/ \t\r\n()`]*-[^:"=|,\[\]/ \t\r\n()`]*'), (IDENTIFIER, _WORD), (SOURCE, r'[^:"=|,\[\]/ \t\r\n()`.]+'),
    keywords=frozenset(("join", "as", "on", "with")),
)
_DEFAULT = _mode((IDENTIFIER, _WORD), signs=("|", "(", ")", "[", "]", ",", "?"))
_FORK = _mode((IDENTIFIER, _WORD))
_MODE_OF = {
    "from": _SOURCES, "keep": _PATTERNS, "drop": _PATTERNS, "rename": _PATTERNS, "mv_expand": _NAMES,
    "lookup": _JOIN, "enrich": _JOIN, "show": _NAMES,
}  # fmt: skip


def tokens(query: str, *, forks: bool = False) -> list[Token]:
    """The words of a query, the last one the end. Raises Parsing for what is no word."""
    return list(_read(query, forks))


_NESTED = re.compile(r'""".*?"""|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/|[()]', re.DOTALL)


def _end_of_branch(query: str, start: int) -> int:
    """Where the parentheses end that begin at a place; the end of the query where they do not."""
    depth = 0
    for found in _NESTED.finditer(query, start):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
    return len(query)


def _read(query: str, forks: bool) -> Iterator[Token]:
    places = _Places(query)
    at, mode, starts = 0, _DEFAULT, True
    while True:
        blank = _BLANK.match(query, at)
        if blank is not None:
            at = blank.end()
        if at >= len(query):
            yield Token(EOF, EOF, len(query), len(query), places.of(len(query)))
            return
        if forks and mode is _FORK and query[at] == "(":
            end = _end_of_branch(query, at)
            yield Token(BRANCH, query[at:end], at, end, places.of(at))
            at = end
            continue
        found = mode.regex.match(query, at)
        if found is None:
            raise Parsing(f"token recognition error at: '{_stuck(query, at)}'", places.of(at), LexerNoViableAlt(None))
        token = _token(found, mode, places)
        yield token
        at = found.end()
        if token.text == "|":
            mode, starts = _DEFAULT, True
        elif starts:
            word = token.text.lower()
            mode, starts = _FORK if forks and word == "fork" else _MODE_OF.get(word, _EXPRESSION), False


def _token(found: re.Match[str], mode: Mode, places: _Places) -> Token:
    text = found.group()
    if found.lastgroup == "sign":
        kind = f"'{text}'"
    else:
        kind = mode.kinds[int(str(found.lastgroup)[1:])][0]
        if text.lower() in mode.keywords and kind in (IDENTIFIER, PATTERN, SOURCE):
            kind = f"'{text.lower()}'"
    return Token(kind, text, found.start(), found.end(), places.of(found.start()))


def _stuck(query: str, at: int) -> str:
    """What cannot be read: a string to the end of its line, else one sign."""
    if query[at] in "\"`" and query.find(query[at], at + 1) < 0:
        return query[at:].split("\n")[0]
    return query[at]


class _Places:
    """Lines and columns of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
