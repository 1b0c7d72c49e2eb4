"""Tokenizers that cut by kinds of characters: standard, letter, lowercase, whitespace, keyword.

Pages: analysis-standard-tokenizer, analysis-letter-tokenizer, analysis-lowercase-tokenizer,
analysis-whitespace-tokenizer, analysis-keyword-tokenizer.
"""

from __future__ import annotations

import functools
import re
import sys
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.lowercase import lower
from esmock.analysis.parameter import Settings, integer
from esmock.analysis.segmentation import standard_tokens
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument
from esmock.xcontent.java_length import utf16_length

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_MAX_LENGTH_LIMIT = 1024 * 1024
JAVA_WHITESPACE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000"
"""What Java's Character.isWhitespace says yes to, as the inside of a character class."""


def is_java_whitespace(char: str) -> bool:
    """Java's Character.isWhitespace."""
    return char in "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f" or (char.isspace() and char not in "\x85\xa0\u2007\u202f")


class Standard(Tokenizer):
    name = "standard"
    reads_on = True
    max_token_length: int = integer("max_token_length", 255)
    ascii_kind = "standard"

    def check(self) -> None:
        if self.max_token_length < 1:
            raise IllegalArgument("maxTokenLength must be greater than zero")
        if self.max_token_length > _MAX_LENGTH_LIMIT:
            raise IllegalArgument(f"maxTokenLength may not exceed {_MAX_LENGTH_LIMIT}")

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.ascii_limit = self.max_token_length
        self.edition = "7" if builder.behaviour.major < 8 else "8"

    def tokenize(self, text: str) -> Stream:
        return standard_tokens(text, self.edition, self.max_token_length)


def cut(text: str, pattern: re.Pattern[str], max_length: int) -> Stream:
    """One token per match; longer ones are cut into pieces of ``max_length`` code units."""
    tokens = []
    for match in pattern.finditer(text):
        start, end = match.span()
        if (end - start) * 2 <= max_length or utf16_length(match[0]) <= max_length:
            tokens.append(Token(match[0], start, end))
            continue
        tokens.extend(pieces(text, start, end, max_length))
    return Stream(tokens, len(text))


def pieces(text: str, start: int, end: int, max_length: int) -> list[Token]:
    out = []
    begin, used = start, 0
    for at in range(start, end):
        used += 2 if text[at] > "\uffff" else 1
        # Lucene looks at the length after adding a character, so a pair may exceed the limit by one.
        if used >= max_length:
            out.append(Token(text[begin : at + 1], begin, at + 1))
            begin, used = at + 1, 0
    if begin < end:
        out.append(Token(text[begin:end], begin, end))
    return out


@functools.cache
def not_letters() -> str:
    """Characters that Python's ``\\w`` takes and that are neither letters nor decimal digits."""
    return "".join(
        char
        for char in map(chr, range(0x80, sys.maxunicode + 1))
        if char.isalnum() and not char.isdecimal() and not char.isalpha()
    )


@functools.cache
def letters() -> re.Pattern[str]:
    """Runs of letters as Java knows them: without digits, marks, connectors."""
    return re.compile(rf"(?:[^\W\d_](?<![{not_letters()}]))+")


class Letter(Tokenizer):
    name = "letter"
    reads_on = True
    ascii_kind = "letter"

    def tokenize(self, text: str) -> Stream:
        return cut(text, letters(), 255)


class Lowercase(Tokenizer):
    name = "lowercase"
    reads_on = True

    def tokenize(self, text: str) -> Stream:
        stream = cut(text, letters(), 255)
        for token in stream.tokens:
            token.term = lower(token.term)
        return stream


def check_limit(length: int) -> None:
    """Raises IllegalArgument for a longest token that Lucene's tokenizers of characters do not take."""
    if not 1 <= length <= _MAX_LENGTH_LIMIT:
        raise IllegalArgument(f"maxTokenLen must be greater than 0 and less than {_MAX_LENGTH_LIMIT} passed: {length}")


class Whitespace(Tokenizer):
    name = "whitespace"
    reads_on = True
    max_token_length: int = integer("max_token_length", 255)
    ascii_kind = "whitespace"

    def check(self) -> None:
        check_limit(self.max_token_length)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.ascii_limit = self.max_token_length
        self.pattern = re.compile(f"[^{JAVA_WHITESPACE}]+")

    def tokenize(self, text: str) -> Stream:
        return cut(text, self.pattern, self.max_token_length)


class Keyword(Tokenizer):
    name = "keyword"
    buffer_size: int = integer("buffer_size", 256)

    def check(self) -> None:
        check_limit(self.buffer_size)

    def tokenize(self, text: str) -> Stream:
        return Stream([Token(text, 0, len(text))], len(text))


FAMILY = (Standard, Letter, Lowercase, Whitespace, Keyword)
