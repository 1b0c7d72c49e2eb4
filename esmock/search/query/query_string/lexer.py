"""Tokens of the query string. Docs: query-dsl-query-string-query, syntax; source: recordings of 7.10.2."""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock.errors import LuceneParse

_START = r"(?:[^\s\u3000+\-!():^\[\]\"{}~*?\\/]|\\.)"
_CHAR = r"(?:[^\s\u3000!():^\[\]\"{}~*?\\/]|\\.)"
_RULES: tuple[tuple[str, str], ...] = (
    ("<AND>", r"AND(?![^\s():^\[\]\"{}~*?/])|&&"),
    ("<OR>", r"OR(?![^\s():^\[\]\"{}~*?/])|\|\|"),
    ("<NOT>", r"NOT(?![^\s():^\[\]\"{}~*?/])|!"),
    ("<BAREOPER>", r"[+\-!][\s\u3000]"),
    ('"+"', r"\+"),
    ('"-"', r"-"),
    ('"("', r"\("),
    ('")"', r"\)"),
    ('":"', r":"),
    ('"^"', r"\^"),
    ("<QUOTED>", r'"(?:[^"\\]|\\.)*"'),
    ("<FUZZY_SLOP>", rf"~{_CHAR}*"),
    ('"["', r"\["),
    ('"{"', r"\{"),
    ("<REGEXPTERM>", r"/(?:[^/\\]|\\.)*/"),
)
_NAMED = [(kind, re.compile(pattern, re.DOTALL)) for kind, pattern in _RULES]
_TERM = re.compile(rf"{_START}{_CHAR}*", re.DOTALL)
_PREFIX = re.compile(rf"{_START}{_CHAR}*\*", re.DOTALL)
_WILD = re.compile(rf"(?:{_START}|[*?])(?:{_CHAR}|[*?])*", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GOOP = re.compile(r"[^ \]}]+")
_RANGE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = re.compile(r"[\s\u3000]+")
EOF = "<EOF>"


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind as the grammar prints it, its text, and where it begins."""

    kind: str
    text: str
    at: int


class TokenManager(LuceneParse):
    """The lexical error behind a syntax error."""

    java = "TokenMgrError"
    type = "token_mgr_error"

    def __init__(self, start: str, shown: str) -> None:
        super().__init__(f'{start} after : "{shown}"')
        self._start = start
        self._shown = shown

    def worded(self, major: int) -> TokenManager:
        """The text of the version."""
        if major >= 8:
            self.reason = f'{self._start} after prefix "{self._shown}" (in lexical state 2)'
        return self


def lexical_error(text: str, at: int) -> TokenManager:
    """No token begins at ``at``, or none of those that begin there ends."""
    shown = text[at:].replace("\\", "\\\\").replace('"', '\\"')
    return TokenManager(f'Lexical error at line 1, column {len(text) + 1}.  Encountered: <EOF>', shown)


def tokens(text: str) -> list[Token]:
    """All tokens, ``<EOF>`` last. Raises TokenManager."""
    out: list[Token] = []
    at = 0
    mode = "default"
    while True:
        space = _SPACE.match(text, at)
        if space is not None:
            at = space.end()
        if at >= len(text):
            out.append(Token(EOF, "", len(text)))
            return out
        token, mode = _next(text, at, mode)
        out.append(token)
        at += len(token.text)


def _next(text: str, at: int, mode: str) -> tuple[Token, str]:
    if mode == "range":
        return _range_token(text, at)
    if mode == "boost":
        number = _NUMBER.match(text, at)
        if number is None:
            raise TokenManager(f'Lexical error at line 1, column {at + 1}.  Encountered: "{text[at]}" ({ord(text[at])}),', "")
        return Token("<NUMBER>", number[0], at), "default"
    token = _longest(text, at)
    mode = "boost" if token.kind == '"^"' else "range" if token.kind in ('"["', '"{"') else "default"
    return token, mode


def _longest(text: str, at: int) -> Token:
    best: Token | None = None
    for kind, pattern in (*_NAMED, ("<TERM>", _TERM), ("<PREFIXTERM>", _PREFIX), ("<WILDTERM>", _WILD)):
        match = pattern.match(text, at)
        if match is not None and match[0] and (best is None or len(match[0]) > len(best.text)):
            best = Token(kind, match[0], at)
    if best is None:
        raise lexical_error(text, at)
    if best.text == "*" and best.kind == "<WILDTERM>":
        return Token('"*"', "*", at)
    return best


def _range_token(text: str, at: int) -> tuple[Token, str]:
    char = text[at]
    if char in "]}":
        return Token(f'"{char}"', char, at), "default"
    quoted = _RANGE_QUOTED.match(text, at)
    if quoted is not None:
        return Token("<RANGE_QUOTED>", quoted[0], at), "range"
    goop = _GOOP.match(text, at)
    assert goop is not None
    return Token('"TO"' if goop[0] == "TO" else "<RANGE_GOOP>", goop[0], at), "range"
