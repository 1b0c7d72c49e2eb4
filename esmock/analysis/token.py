"""Tokens, and the streams in which filters rewrite them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

WORD = "word"
"""Type of tokens from tokenizers that tell no types."""


class Token:
    """One term with its place.

    Args:
        term: the text of the token.
        start: offset of the first character in the analyzed value, in code points (``utf16`` converts).
        end: offset after the last character.
        type: Lucene's token type.
        increment: positions since the token before it; 0 stacks it upon that.
        length: how many positions it spans.
    """

    __slots__ = ("end", "frequency", "increment", "keyword", "length", "payload", "position", "start", "term", "type")

    def __init__(self, term: str, start: int, end: int, type: str = WORD, increment: int = 1, length: int = 1) -> None:
        self.term = term
        self.start = start
        self.end = end
        self.type = type
        self.increment = increment
        self.length = length
        self.keyword = False
        """Protects against stemmers."""
        self.frequency = 1
        self.payload: bytes | None = None
        self.position = 0
        """Absolute, counted from 0; set when the whole chain has run."""

    def copy(self, **changes: Any) -> Token:
        """A copy with some attributes changed."""
        out = Token(self.term, self.start, self.end, self.type, self.increment, self.length)
        out.keyword, out.frequency, out.payload = self.keyword, self.frequency, self.payload
        for key, value in changes.items():
            setattr(out, key, value)
        return out

    def __repr__(self) -> str:
        return f"Token({self.term!r}, {self.start}, {self.end}, {self.type!r}, +{self.increment}, {self.length})"


class Stream:
    """The tokens of one value and what follows the last of them.

    Args:
        tokens: in order of position.
        end_offset: where the value ends.
        end_increment: positions skipped after the last token (removed stop words).
        reads_on: whether the tokenizer reads no further than the token it is asked for.
    """

    __slots__ = ("end_increment", "end_offset", "reads_on", "tokens")

    def __init__(self, tokens: list[Token], end_offset: int, end_increment: int = 0, *, reads_on: bool = False) -> None:
        self.tokens = tokens
        self.end_offset = end_offset
        self.end_increment = end_increment
        self.reads_on = reads_on

    def keep(self, wanted: Callable[[Token], bool]) -> None:
        """Drop tokens; what follows a dropped one keeps its position."""
        out: list[Token] = []
        skipped = 0
        for token in self.tokens:
            if wanted(token):
                token.increment += skipped
                skipped = 0
                out.append(token)
            else:
                skipped += token.increment
        self.tokens = out
        self.end_increment += skipped

    def place(self) -> int:
        """Set absolute positions; returns the number of positions the value takes."""
        position = -1
        for token in self.tokens:
            position += token.increment
            token.position = position
        return position + 1 + self.end_increment


@dataclass(slots=True)
class TokenBatch:
    """The tokens of many values in arrays.

    terms: distinct terms in the order of their first occurrence
    ids: int32[n_tokens], index into terms
    positions: int32[n_tokens], counted within each value
    counts: int32[n_values], tokens per value
    end_positions: int32[n_values], positions a value takes; with a gap g, the value after it starts at this + g
    starts, ends: int32[n_tokens], offsets within the value in code points; None unless asked for
    """

    terms: list[str]
    ids: np.ndarray
    positions: np.ndarray
    counts: np.ndarray
    end_positions: np.ndarray
    starts: np.ndarray | None = None
    ends: np.ndarray | None = None


@dataclass(slots=True)
class OffsetMap:
    """How offsets in a filtered text lead back to the original: from ``offsets[i]`` on, add ``shifts[i]``."""

    offsets: list[int] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)

    def add(self, offset: int, shift: int) -> None:
        """Later additions at the same offset win."""
        if self.offsets and self.offsets[-1] == offset:
            self.shifts[-1] = shift
        else:
            self.offsets.append(offset)
            self.shifts.append(shift)

    def correct(self, offset: int) -> int:
        from bisect import bisect_right

        at = bisect_right(self.offsets, offset)
        return max(0, offset + self.shifts[at - 1]) if at else offset


def utf16(text: str) -> Callable[[int], int]:
    """A function from code point offsets in ``text`` to Java's offsets."""
    wide = [at for at, char in enumerate(text) if char > "\uffff"]
    if not wide:
        return int
    from bisect import bisect_left

    return lambda offset: offset + bisect_left(wide, offset)


def terms(tokens: Iterable[Token]) -> list[str]:
    """Only the texts."""
    return [token.term for token in tokens]
