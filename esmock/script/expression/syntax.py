"""Lucene's expression language: JavaScript's operators over doubles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from esmock import errors
from esmock.script.painless.failure import LexerNoViableAlt, NoViableAlt


class Parse(errors.ApiError):
    """java.text.ParseException, which the expression compiler throws."""

    java = "ParseException"
    package = "java.text"
    is_elasticsearch = False


@dataclass(slots=True)
class Node:
    """``kind``: number, variable, call, or an operator; ``text`` the name as written; ``at`` its offset."""

    kind: str
    at: int
    text: str = ""
    number: float = 0.0
    parts: list[Node] = field(default_factory=list)


class Broken(Exception):
    """A syntax error at an offset."""

    def __init__(self, at: int, error: errors.ApiError) -> None:
        super().__init__(error.reason)
        self.at, self.error = at, error


_NUMBER = r"0[xX][0-9a-fA-F]+|0[0-7]+(?![0-9.eE])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NAME = r"[A-Za-z_$][A-Za-z0-9_$]*"
_VARIABLE = rf"{_NAME}(?:\.{_NAME}|\[(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+)\])*"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<name>{_VARIABLE})"
    r"|(?P<op>>>>|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>?:(),]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>", ">>>"))
_LEVELS += (("+", "-"), ("*", "/", "%"))


def parse(source: str) -> Node:
    """The tree of an expression. Raises Broken."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        at = 0
        end = len(source.rstrip())
        while at < end:
            found = _TOKEN.match(source, at)
            if not found:
                at += len(source[at:]) - len(source[at:].lstrip())
                # ES: a dot begins a number, and is told with what stands where a digit should
                self._tokens.append(("broken", source[at : at + 2 if source[at] == "." else at + 1], at))
                break
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind], found.start(kind)))
            at = found.end()
        self._tokens.append(("end", "", len(source)))
        self._at = 0

    def _now(self) -> tuple[str, str, int]:
        """The next token. Raises Broken where there is none: the original reads no further than it parses."""
        kind, text, at = self._tokens[self._at]
        if kind == "broken":
            reason = f"unexpected character '{text}' on line (1) position ({at})"
            raise Broken(at, Parse(reason, cause=LexerNoViableAlt(None)))
        return kind, text, at

    def _take(self, text: str) -> bool:
        if self._now()[0] == "op" and self._now()[1] == text:
            self._at += 1
            return True
        return False

    def _fail(self) -> Broken:
        kind, text, at = self._now()
        if kind == "end":
            return Broken(at, Parse("unexpected end of expression", cause=NoViableAlt(None)))
        reason = f"invalid sequence of tokens near '{text}' on line (1) position ({at})"
        return Broken(at, Parse(reason, cause=NoViableAlt(None)))

    def _expect(self, text: str) -> None:
        if self._take(text):
            return
        kind, found, at = self._now()
        token = "<EOF>" if kind == "end" else found
        wanted = {")": "RP", ":": "COLON"}[text]
        raise Broken(at, Parse(f"unexpected token '{token}' on line (1) position ({at}) was expecting one of {wanted}"))

    def whole(self) -> Node:
        node = self._conditional()
        kind, text, at = self._now()
        if kind != "end":
            reason = f"unexpected token '{text}' on line (1) position ({at}) was expecting one of <EOF>"
            raise Broken(at, Parse(reason))
        return node

    def _conditional(self) -> Node:
        test = self._binary(0)
        if not self._take("?"):
            return test
        yes = self._conditional()
        self._expect(":")
        return Node("?:", test.at, parts=[test, yes, self._conditional()])

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._now()[0] == "op" and self._now()[1] in _LEVELS[level]:
            operator = self._now()[1]
            self._at += 1
            left = Node(operator, left.at, parts=[left, self._binary(level + 1)])
        return left

    def _unary(self) -> Node:
        kind, text, at = self._now()
        if kind == "op" and text in "+-!~":
            self._at += 1
            return Node("u" + text, at, parts=[self._unary()])
        if kind == "number":
            self._at += 1
            return Node("number", at, text, _number(text))
        if kind == "name":
            self._at += 1
            return self._named(text, at)
        if self._take("("):
            inner = self._conditional()
            self._expect(")")
            return inner
        raise self._fail()

    def _named(self, text: str, at: int) -> Node:
        if not self._take("("):
            return Node("variable", at, text)
        parts: list[Node] = []
        if self._now()[0] == "end":
            self._expect(")")
        if not self._take(")"):
            parts.append(self._conditional())
            while self._take(","):
                parts.append(self._conditional())
            self._expect(")")
        return Node("call", at, text, parts=parts)


def _number(text: str) -> float:
    if text[:2] in ("0x", "0X"):
        return float(int(text, 16))
    if re.fullmatch(r"0[0-7]+", text):
        return float(int(text, 8))
    return float(text)
