"""Reading tokens one by one, with the messages of the original's generated parser."""

from __future__ import annotations

from esmock import errors
from esmock.script.painless.failure import CompileFailure, NoViableAlt
from esmock.script.painless.lexer import Token


class TokenReader:
    """Where a parser stands, and its complaints."""

    def __init__(self, stream: list[Token]) -> None:
        self._tokens = stream
        self._at = 0
        self._chains = 0
        self._function_limit = -1

    @property
    def _now(self) -> Token:
        """The next token. Raises CompileFailure where none begins."""
        token = self._tokens[self._at]
        if token.failure is not None:
            raise token.failure
        return token

    def _peek(self, ahead: int) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _accept(self, *kinds: str) -> Token | None:
        return self._next() if self._now.kind in kinds else None

    def _no_viable(self, token: Token | None = None) -> CompileFailure:
        token = token or self._now
        if token.kind == "eof":
            reason = "unexpected end of script."
        else:
            reason = f"invalid sequence of tokens near [{_display(token)}]."
        return CompileFailure(token.offset, errors.IllegalArgument(reason, cause=NoViableAlt(None)))

    def _mismatch(self, expected: str) -> CompileFailure:
        token = self._now
        reason = f"unexpected token [{_display(token)}] was expecting one of [{expected}]."
        return CompileFailure(token.offset, errors.IllegalArgument(reason))

    def _expect(self, kind: str) -> Token:
        if self._now.kind == kind:
            return self._next()
        if self._chains:
            raise self._no_viable()
        raise self._mismatch({"id": "ID"}.get(kind, f"'{kind}'"))

    def _type_length(self, ahead: int = 0) -> int:
        """How many tokens from ``ahead`` on form a type; 0 for none."""
        start = ahead
        kind = self._peek(ahead).kind
        if kind not in ("def", "primitive", "id"):
            return 0
        ahead += 1
        if kind == "id":
            while self._peek(ahead).kind == "." and self._peek(ahead + 1).kind == "dotid":
                ahead += 2
        while self._peek(ahead).kind == "[" and self._peek(ahead + 1).kind == "]":
            ahead += 2
        return ahead - start

    def _take_type(self) -> str:
        length = self._type_length()
        if not length:
            raise self._no_viable()
        text = "".join(self._peek(i).text for i in range(length))
        self._at += length
        return text


def _display(token: Token) -> str:
    text = token.text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f"'{text}'" if token.kind != "eof" else "'<EOF>'"
