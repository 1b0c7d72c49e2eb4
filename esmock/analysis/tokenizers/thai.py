"""The thai tokenizer: sentences, and in them words, as Java's BreakIterator finds them.

Page: analysis-thai-tokenizer. Source: recordings of 7.10.2; Lucene's classes SegmentingTokenizerBase and ThaiTokenizer for the
buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from esmock.analysis.component import Tokenizer
from esmock.analysis.java_words import sentence_borders, thai_word_borders
from esmock.analysis.token import Stream, Token

_BUFFER = 1024
"""How many of Java's characters Lucene looks at together."""
_SAFE_ENDS = "\r\n\x85\u2028\u2029"


class Thai(Tokenizer):
    name = "thai"

    def tokenize(self, text: str) -> Stream:
        if not text:
            return Stream([], 0)
        halves = _Halves(text)
        sentences, words = sentence_borders(), thai_word_borders()
        out: list[Token] = []
        for start, end in _portions(halves.units):
            portion = halves.between(start, end)
            for first, last in pairwise(sentences(portion)):
                for begin, stop in pairwise(words(_java_part(portion, first, last))):
                    at, to = start + first + begin, start + first + stop
                    if _is_letter_or_digit(halves.point_at(at)):
                        out.append(Token(halves.between(at, to), halves.offset(at), halves.offset(to)))
        return Stream(out, len(text))


class _Halves:
    """A text as Java has it: in halves of surrogate pairs."""

    def __init__(self, text: str) -> None:
        self.units = text.encode("utf-16-le", "surrogatepass")
        self.is_plain = len(self.units) == 2 * len(text)

    def between(self, start: int, end: int) -> str:
        return self.units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")

    def point_at(self, at: int) -> str:
        return self.units[2 * at : 2 * at + 4].decode("utf-16-le", "surrogatepass")[0]

    def offset(self, at: int) -> int:
        """In code points."""
        return at if self.is_plain else len(self.between(0, at))


def _java_part(text: str, start: int, end: int) -> str:
    return _Halves(text).between(start, end)


def _portions(units: bytes) -> Iterator[tuple[int, int]]:
    """What Lucene's buffer holds in turn: up to the last line end in it, or all of it."""
    length, start = len(units) // 2, 0
    while start < length:
        end = min(start + _BUFFER, length)
        if end < length:
            buffered = units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
            safe = max(map(buffered.rfind, _SAFE_ENDS))
            end = start + len(buffered[: safe + 1].encode("utf-16-le", "surrogatepass")) // 2 if safe >= 0 else end
        yield start, end
        start = end


def _is_letter_or_digit(char: str) -> bool:
    return char.isalpha() or char.isdecimal()


FAMILY = (Thai,)
