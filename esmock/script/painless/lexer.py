"""Painless source text to tokens.

Source: recordings of 7.10.2 (tests/unit/script, fixtures/recorded/7.10.2/painless.json).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock import errors
from esmock.script.painless.failure import CompileFailure, LexerNoViableAlt

KEYWORDS = frozenset(
    "if else while do for in continue break return new try catch throw this instanceof true false null def".split()
)
PRIMITIVES = frozenset("boolean byte short char int long float double".split())

_NUMBER = re.compile(
    r"(?P<octal>0[0-7]+[lL]?)"
    r"|(?P<hex>0[xX][0-9a-fA-F]+[lL]?)"
    r"|(?P<decimal>(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)[fFdD]?)"
    r"|(?P<integer>(?:0|[1-9][0-9]*)[lLfFdD]?)"
)
_SPACE = re.compile(r"(?:[ \t\n\r]+|//[^\n\r]*|/\*.*?\*/)*", re.S)
_WORD = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_DOT_NUMBER = re.compile(r"0|[1-9][0-9]*")
_STRING = {
    '"': re.compile(r'"(?:\\"|\\\\|[^\\"])*"', re.S),
    "'": re.compile(r"'(?:\\'|\\\\|[^\\'])*'", re.S),
}
_STRING_PREFIX = {
    '"': re.compile(r'"(?:\\"|\\\\|[^\\"])*', re.S),
    "'": re.compile(r"'(?:\\'|\\\\|[^\\'])*", re.S),
}
_REGEX = re.compile(r"/(?:\\[^\n]|[^/\n\\])+/[cCilmsUux]*")
_REGEX_BODY = re.compile(r"(?:\\[^\n]|[^/\n\\])*")
_OPERATOR = re.compile(
    r">>>=|===|!==|<<=|>>=|>>>|==~|\?\.|\?:|\+\+|--|->|::|&&|\|\||==|=~|!=|<=|>=|<<|>>"
    r"|\+=|-=|\*=|/=|%=|&=|\^=|\|=|[{}\[\]().,;!~*/%+\-<>&^|?:=]"
)
_ENDS_OPERAND = frozenset(("]", ")", "number", "id", "dotnumber", "dotid"))


@dataclass(slots=True, frozen=True)
class Token:
    """kind: ``id``, ``primitive``, ``number``, ``string``, ``regex``, ``dotid``, ``dotnumber``, ``eof``, or the text of a
    keyword or operator; form: ``octal``, ``hex``, ``decimal`` or ``integer`` for numbers. ``bad``: what begins no token; the
    parser raises its failure when it gets there."""

    kind: str
    text: str
    offset: int
    form: str = ""
    failure: CompileFailure | None = None


def tokens(source: str, *, dollar: bool = False) -> list[Token]:
    """All tokens with a final ``eof``, or up to the first character that begins none, with a final ``bad``.

    Args:
        dollar: whether ``$`` is a name, as it is from 8.0 on.
    """
    out: list[Token] = []
    at = 0
    last = ""
    while True:
        space = _SPACE.match(source, at)
        at = space.end() if space else at
        if at >= len(source):
            out.append(Token("eof", "<EOF>", len(source)))
            return out
        if dollar and source[at] == "$":
            out.append(Token("id", "$", at))
            at, last = at + 1, "id"
            continue
        try:
            token = _after_dot(source, at) if last in (".", "?.") else _one(source, at, last)
        except CompileFailure as failure:
            out.append(Token("bad", "", at, failure=failure))
            return out
        out.append(token)
        at += len(token.text)
        last = token.kind


def _after_dot(source: str, at: int) -> Token:
    for kind, pattern in (("dotnumber", _DOT_NUMBER), ("dotid", _WORD)):
        found = pattern.match(source, at)
        if found:
            return Token(kind, found[0], at)
    raise _unexpected(source, at, at + 1)


def _one(source: str, at: int, last: str) -> Token:
    char = source[at]
    word = _WORD.match(source, at)
    if word:
        text = word[0]
        if text in KEYWORDS:
            return Token(text, text, at)
        return Token("primitive" if text in PRIMITIVES else "id", text, at)
    number = _NUMBER.match(source, at)
    if number:
        return Token("number", number[0], at, number.lastgroup or "")
    if char in "\"'":
        return _string(source, at)
    if char == "/" and last not in _ENDS_OPERAND:
        regex = _REGEX.match(source, at)
        if regex:
            return Token("regex", regex[0], at)
        if not source.startswith("/=", at):
            raise _unexpected(source, at, _REGEX_BODY.match(source, at + 1).end() + 1)  # type: ignore[union-attr]
    operator = _OPERATOR.match(source, at)
    if operator:
        return Token(operator[0], operator[0], at)
    raise _unexpected(source, at, at + 1)


def _string(source: str, at: int) -> Token:
    quote = source[at]
    found = _STRING[quote].match(source, at)
    if found:
        return Token("string", found[0], at)
    prefix = _STRING_PREFIX[quote].match(source, at)
    stop = prefix.end() if prefix else at + 1
    if stop >= len(source):
        raise _unexpected(source, at, stop)
    raise _unexpected(source, at, min(stop + 2, len(source)), quote)


def _unexpected(source: str, start: int, stop: int, quote: str = "") -> CompileFailure:
    text = source[start:stop].replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    message = f"unexpected character [{text}]."
    if quote:
        message += f" The only valid escape sequences in strings starting with [{quote}] are [\\\\] and [\\{quote}]."
    return CompileFailure(start, errors.IllegalArgument(message, cause=LexerNoViableAlt(None)))
