"""The words of a query one after the other, and the complaints about them in the words of the engine's parser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.features.esql import lexer
from esmock.features.esql.errors import InputMismatch, NoViableAlt, Parsing
from esmock.features.esql.lexer import Token

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
EXPRESSION = (
    "QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL", "'false'", "'('", "'not'", "'null'", "'?'", "'true'", "'+'", "'-'", "'??'",
    "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS", "'['", "UNQUOTED_IDENTIFIER", "QUOTED_IDENTIFIER",
)  # fmt: skip
"""What an expression may begin with, in the order in which that is told."""
CONSTANT = (
    "QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL", "'false'", "'null'", "'?'", "'true'", "'+'", "'-'",
    "NAMED_OR_POSITIONAL_PARAM", "'['",
)  # fmt: skip
PATTERN = ("'?'", "'??'", "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS", "ID_PATTERN")
NAME = ("'?'", "'??'", "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS", "UNQUOTED_IDENTIFIER", "QUOTED_IDENTIFIER")


class Words:
    """A cursor over the words of a query.

    Args:
        params: values of ``?``, in order; named ones by name too.
    """

    def __init__(
        self, query: str, params: Sequence[Json] = (), named: Mapping[str, Json] | None = None, behaviour: Behaviour | None = None
    ) -> None:
        self.query = query
        self.behaviour = behaviour
        self._tokens = lexer.tokens(query, forks=self.has((9, 1)))
        self._place = 0
        self.params = params
        self.named = named or {}
        self.n_params_read = 0
        self._later: Parsing | None = None
        self.operand: Token | None = None
        """The first word of the operand that is read: what cannot be read further is told from there."""

    def has(self, since: tuple[int, int]) -> bool:
        """Whether the version knows what came with a release."""
        return self.behaviour is not None and self.behaviour.has(since)

    def branch(self, token: Token) -> Words:
        """The words of a part in parentheses, which stand where they stood."""
        before = "".join(sign if sign == "\n" else " " for sign in self.query[: token.start + 1])
        found = Words(before + token.text[1:-1], self.params, self.named, self.behaviour)
        found.n_params_read = self.n_params_read
        return found

    def later(self, error: Parsing) -> None:
        """Something is wrong that is only told where all words are in their places; the first counts."""
        self._later = self._later or error

    def check(self) -> None:
        """Raise what was to be told later."""
        if self._later is not None:
            raise self._later

    @property
    def next(self) -> Token:
        """The word that comes next."""
        return self._tokens[self._place]

    @property
    def after_next(self) -> Token:
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    @property
    def last(self) -> Token:
        """The word that was taken last."""
        return self._tokens[max(self._place - 1, 0)]

    def take(self) -> Token:
        """The next word, which is gone then."""
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def is_next(self, *kinds: str) -> bool:
        """Whether the next word is of one of some kinds."""
        return self.next.kind in kinds

    def accept(self, *kinds: str) -> Token | None:
        """The next word where it is of one of some kinds."""
        return self.take() if self.next.kind in kinds else None

    def text_from(self, first: Token) -> str:
        """The query from a word to the last one that was taken."""
        return self.query[first.start : self.last.stop]

    def expect(self, kind: str, follows: Iterable[str] = ()) -> Token:
        """The next word, which must be of one kind. Raises Parsing.

        Args:
            follows: what may stand behind it: where that comes next, it is told to be missing.
        """
        found = self.accept(kind)
        if found is not None:
            return found
        if self.next.kind in follows:
            raise Parsing(f"missing {kind} at '{self.next.text}'", self.next.at)
        raise self.mismatched((kind,))

    def mismatched(self, expected: Sequence[str]) -> Parsing:
        """The next word may not stand here."""
        shown = expected[0] if len(expected) == 1 else f"{{{', '.join(expected)}}}"
        return Parsing(f"mismatched input '{self.next.text}' expecting {shown}", self.next.at, InputMismatch(None))

    def extraneous(self, expected: str) -> Parsing:
        """The next word is one too many."""
        return Parsing(f"extraneous input '{self.next.text}' expecting {expected}", self.next.at)

    def no_alternative(self, first: Token | None = None) -> Parsing:
        """Nothing is known that begins like this."""
        begin = first or self.operand or self.next
        text = self.query[begin.start : self.next.stop].replace("\n", "\\n")
        return Parsing(f"no viable alternative at input '{text}'", self.next.at, NoViableAlt(None))

    def check_end(self, *expected: str) -> None:
        """The command must end here. Raises Parsing.

        Args:
            expected: what else might stand here.
        """
        if self.is_next("'|'", lexer.EOF):
            return
        if self.after_next.kind == lexer.EOF:
            raise self.extraneous(lexer.EOF)
        raise self.mismatched((lexer.EOF, "'|'", *expected))

    def not_an_expression(self) -> Parsing:
        """The next word begins no expression."""
        if self.operand is None or self.next is self.operand:
            return self.mismatched(EXPRESSION)
        return self.no_alternative()
