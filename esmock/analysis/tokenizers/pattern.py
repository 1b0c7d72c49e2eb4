"""Tokenizers that cut by patterns, characters and paths.

Pages: analysis-pattern-tokenizer, analysis-simplepattern-tokenizer, analysis-simplepatternsplit-tokenizer,
analysis-chargroup-tokenizer, analysis-pathhierarchy-tokenizer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.java_pattern import compile_java, find_all, parse_flags
from esmock.analysis.lucene_regex import longest_match
from esmock.analysis.parameter import Settings, boolean, character, integer, text
from esmock.analysis.token import Stream, Token
from esmock.analysis.tokenizers.word import check_limit, is_java_whitespace, pieces
from esmock.errors import IllegalArgument, NumberFormat, RuntimeError_

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class Pattern(Tokenizer):
    name = "pattern"
    pattern_text: str = text("pattern", r"\W+")
    flags: str | None = text("flags")

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.pattern = compile_java(self.pattern_text, parse_flags(self.flags))
        found = settings.integer("group", -1)
        self.group = -1 if found is None else found

    def check(self) -> None:
        if self.group >= 0 and self.group > self.pattern.groups:
            raise IllegalArgument(f"invalid group specified: pattern only has: {self.pattern.groups} capturing groups")

    def tokenize(self, text: str) -> Stream:
        return Stream(self._groups(text) if self.group >= 0 else self._split(text), len(text))

    def _split(self, text: str) -> list[Token]:
        return between(text, (match.span() for match in find_all(self.pattern, text)))

    def _groups(self, text: str) -> list[Token]:
        out = []
        for match in find_all(self.pattern, text):
            start, end = match.span(self.group)
            if end > start >= 0:
                out.append(Token(text[start:end], start, end))
        return out


def between(text: str, spans: Iterable[tuple[int, int]]) -> list[Token]:
    """What lies between the spans; nothing empty."""
    out = []
    start = 0
    for begin, end in spans:
        if begin > start:
            out.append(Token(text[start:begin], start, begin))
            start = end
        else:
            start = max(start, end)
    if start < len(text):
        out.append(Token(text[start:], start, len(text)))
    return out


class _SimplePattern(Tokenizer):
    """By Lucene's own expressions: always the longest match."""

    pattern_text: str = text("pattern", "")

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.has_classes = builder.behaviour.major >= 8

    def check(self) -> None:
        self.longest = longest_match(self.pattern_text, has_classes=self.has_classes)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each match that is not empty."""
        at = 0
        while at < len(text):
            end = self.longest(text, at)
            if end > at:
                yield at, end
            at = max(end, at + 1)


class SimplePattern(_SimplePattern):
    name = "simple_pattern"

    def tokenize(self, text: str) -> Stream:
        return Stream([Token(text[start:end], start, end) for start, end in self.spans(text)], len(text))


class SimplePatternSplit(_SimplePattern):
    name = "simple_pattern_split"

    def tokenize(self, text: str) -> Stream:
        return Stream(between(text, self.spans(text)), len(text))


_ESCAPED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CHAR_GROUPS = ("letter", "digit", "whitespace", "punctuation", "symbol")


def _parse_char(item: str) -> str:
    if item[0] != "\\":
        raise RuntimeError_(f"Invalid escaped char in [{item}]")
    if len(item) < 2:
        raise RuntimeError_(f"Invalid escaped char in [{item}]")
    kind = item[1]
    if kind in _ESCAPED:
        return _ESCAPED[kind]
    if kind == "u":
        try:
            return chr(int(item[2:], 16))
        except ValueError:
            raise NumberFormat(f'For input string: "{item[2:]}" under radix 16') from None
    raise RuntimeError_(f"Invalid escaped char {kind} in [{item}]")


class CharGroup(Tokenizer):
    name = "char_group"
    reads_on = True
    counts_frequency = False
    max_token_length: int = integer("max_token_length", 255)

    def check(self) -> None:
        check_limit(self.max_token_length)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.chars: set[str] = set()
        self.kinds: list[str] = []
        for item in settings.items("tokenize_on_chars", []) or []:
            if not item:
                raise RuntimeError_("[tokenize_on_chars] cannot contain empty characters")
            if len(item) == 1:
                self.chars.add(item)
            elif item[0] == "\\":
                self.chars.add(_parse_char(item))
            elif item in _CHAR_GROUPS:
                self.kinds.append(item)
            else:
                raise RuntimeError_(f"Invalid escaped char in [{item}]")

    def _separates(self, char: str) -> bool:
        if char in self.chars:
            return True
        category = unicodedata.category(char)
        for kind in self.kinds:
            if kind == "whitespace":
                if is_java_whitespace(char):
                    return True
            elif category.startswith({"letter": "L", "digit": "Nd", "punctuation": "P", "symbol": "S"}[kind]):
                return True
        return False

    def tokenize(self, text: str) -> Stream:
        tokens: list[Token] = []
        start = 0
        for at, char in enumerate(text):
            if self._separates(char):
                tokens += pieces(text, start, at, self.max_token_length)
                start = at + 1
        return Stream(tokens + pieces(text, start, len(text), self.max_token_length), len(text))


class PathHierarchy(Tokenizer):
    name = "path_hierarchy"
    buffer_size: int = integer("buffer_size", 1024)
    delimiter: str = character("delimiter", "/")
    replacement: str | None = character("replacement", None)
    skip: int = integer("skip", 0)
    reverse: bool = boolean("reverse", False)

    def setup(self, settings: Settings, builder: Builder) -> None:
        # Lucene 10 puts the tokens one after the other, before they shared a position.
        self.step = 1 if builder.behaviour.major >= 9 else 0

    def check(self) -> None:
        if self.buffer_size < 0:
            raise IllegalArgument("bufferSize cannot be negative")
        if self.skip < 0:
            raise IllegalArgument("skip cannot be negative")

    def tokenize(self, text: str) -> Stream:
        spans = self._backward(text) if self.reverse else self._forward(text)
        tokens: list[Token] = []
        for start, end in spans:
            term = text[start:end].replace(self.delimiter, self.replacement or self.delimiter)
            tokens.append(Token(term, start, end, increment=self.step if tokens else 1))
        return Stream(tokens, len(text))

    def _forward(self, text: str) -> list[tuple[int, int]]:
        """From the start to each delimiter; the first ``skip`` parts are left out."""
        marks = [at for at, char in enumerate(text) if char == self.delimiter]
        begins = [0, *(at for at in marks if at > 0)] if not text.startswith(self.delimiter) else list(marks)
        if self.skip >= len(begins):
            return []
        start = begins[self.skip]
        ends = [*begins[self.skip + 1 :], len(text)]
        return [(start, end) for end in ends if end > start]

    def _backward(self, text: str) -> list[tuple[int, int]]:
        starts = [0, *(at + 1 for at, char in enumerate(text) if char == self.delimiter)]
        if starts[-1] == len(text):
            starts.pop()
        if self.skip >= len(starts):
            return []
        end = starts[len(starts) - self.skip] if self.skip else len(text)
        return [(start, end) for start in starts[: len(starts) - self.skip]]


class PathHierarchyOldName(PathHierarchy):
    name = "PathHierarchy"


FAMILY = (Pattern, SimplePattern, SimplePatternSplit, CharGroup, PathHierarchy, PathHierarchyOldName)
