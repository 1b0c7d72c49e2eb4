"""Tokenizers that cut by patterns, characters and paths.

Pages: analysis-pattern-tokenizer, analysis-simplepattern-tokenizer, analysis-simplepatternsplit-tokenizer,
analysis-chargroup-tokenizer, analysis-pathhierarchy-tokenizer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.java_pattern import compile_java, find_all, parse_flags
from esmock.analysis.parameter import Settings, boolean, integer, text
from esmock.analysis.token import Stream, Token
from esmock.analysis.tokenizers.word import is_java_whitespace
from esmock.errors import IllegalArgument, NumberFormat, RuntimeError_, Unsupported

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class Pattern(Tokenizer):
    name = "pattern"
    pattern_text: str = text("pattern", r"\W+")
    flags: str | None = text("flags")
    group: int = integer("group", -1)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.pattern = compile_java(self.pattern_text, parse_flags(self.flags))

    def check(self) -> None:
        if self.group >= 0 and self.group > self.pattern.groups:
            raise IllegalArgument(f"invalid group specified: pattern only has: {self.pattern.groups} capturing groups")

    def tokenize(self, text: str) -> Stream:
        return Stream(self._groups(text) if self.group >= 0 else split(text, self.pattern), len(text))

    def _groups(self, text: str) -> list[Token]:
        out = []
        for match in find_all(self.pattern, text):
            start, end = match.span(self.group)
            if end > start >= 0:
                out.append(Token(text[start:end], start, end))
        return out


def split(text: str, pattern: re.Pattern[str]) -> list[Token]:
    """What lies between the matches; nothing empty."""
    out = []
    start = 0
    for match in find_all(pattern, text):
        if match.start() > start:
            out.append(Token(text[start : match.start()], start, match.start()))
            start = match.end()
        else:
            start = max(start, match.end())
    if start < len(text):
        out.append(Token(text[start:], start, len(text)))
    return out


_LUCENE_ONLY = re.compile(r"(?<!\\)[~&@#<\"]")


def compile_lucene(pattern: str) -> re.Pattern[str]:
    """Lucene's own expressions (no escapes for classes, always anchored) for the simple pattern tokenizers.

    Differs: alternatives match in their order, not the longest; complement, intersection, intervals are refused with 501.
    """
    if _LUCENE_ONLY.search(pattern):
        raise Unsupported(f"Lucene's regular expression operators in a simple pattern: {pattern}")
    out = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append("\\d" if pattern[at + 1] == "d" else re.escape(pattern[at + 1]))
            at += 2
            continue
        if char == "[":
            in_class = True
        elif char == "]":
            in_class = False
        out.append("\\" + char if char in "$^" and not (in_class and pattern[at - 1] == "[") else char)
        at += 1
    try:
        return re.compile("".join(out), re.DOTALL | re.ASCII)
    except re.error as error:
        if "missing )" in error.msg or "unterminated" in error.msg:
            raise IllegalArgument("unexpected end-of-string") from None
        raise Unsupported(f"the simple pattern {pattern}") from None


class SimplePattern(Tokenizer):
    name = "simple_pattern"
    pattern_text: str = text("pattern", "")

    def check(self) -> None:
        self.pattern = compile_lucene(self.pattern_text)

    def tokenize(self, text: str) -> Stream:
        tokens = [Token(match[0], *match.span()) for match in self.pattern.finditer(text) if match[0]]
        return Stream(tokens, len(text))


class SimplePatternSplit(Tokenizer):
    name = "simple_pattern_split"
    pattern_text: str = text("pattern", "")

    def check(self) -> None:
        self.pattern = compile_lucene(self.pattern_text)

    def tokenize(self, text: str) -> Stream:
        if not self.pattern_text:
            return Stream([Token(text, 0, len(text))] if text else [], len(text))
        return Stream(split(text, self.pattern), len(text))


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
    max_token_length: int = integer("max_token_length", 255)

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
        tokens = []
        start: int | None = None
        for at, char in enumerate(text):
            if self._separates(char):
                if start is not None:
                    tokens.append(Token(text[start:at], start, at))
                start = None
                continue
            if start is None:
                start = at
            if at + 1 - start >= self.max_token_length:
                tokens.append(Token(text[start : at + 1], start, at + 1))
                start = None
        if start is not None:
            tokens.append(Token(text[start:], start, len(text)))
        return Stream(tokens, len(text))


class PathHierarchy(Tokenizer):
    name = "path_hierarchy"
    buffer_size: int = integer("buffer_size", 1024)
    reverse: bool = boolean("reverse", False)
    skip: int = integer("skip", 0)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.delimiter = settings.get("delimiter", "/") or ""
        if len(self.delimiter) != 1:
            raise IllegalArgument("delimiter must be a one char value")
        self.replacement = settings.get("replacement", self.delimiter) or ""
        if len(self.replacement) != 1:
            raise IllegalArgument("replacement must be a one char value")
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
            term = text[start:end].replace(self.delimiter, self.replacement)
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
