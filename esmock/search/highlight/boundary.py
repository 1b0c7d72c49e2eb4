"""Where texts may be cut: sentences and words, as Java's break iterators find them, and sentences of bounded length.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right

_STOP = re.compile(r"[!?\u3002\uff01\uff1f.\uff0e\u2029]")
_END = re.compile(r"[!?\u3002\uff01\uff1f.\uff0e]")
_SURE = "!?\u3002\uff01\uff1f"
_SPACE = re.compile(r"[\t\r\f\n\u2028\s]*")
_JOINER = "['\"\\-\u2010\u2011\u2013\u2014\u00ad\u2027]"
_WORD = re.compile(
    rf"[^\W_]+(?:(?:{_JOINER}|(?<=[^\W\d_])\.(?=[^\W\d_])|(?<=\d)[.,](?=\d))[^\W_]+|_[^\W_]*)*|_+|\s|[\ud800-\udbff][\udc00-\udfff]|.", re.DOTALL
)


def sentence_breaks(text: str) -> list[int]:
    """Every boundary, 0 and the end included."""
    out = [0]
    at = 0
    while (stop := _STOP.search(text, at)) is not None:
        at = stop.start()
        if stop[0] == "\u2029":
            at += 1
            out.append(at)
            continue
        sure = False
        while at < len(text) and _END.match(text[at]):
            sure |= text[at] in _SURE
            at += 1
        closed = at
        while at < len(text) and _closes(text[at]):
            at += 1
        spaces = _SPACE.match(text, at)
        assert spaces is not None
        after = spaces.end()
        if after < len(text) and text[after] == "\u2029":
            at = after + 1
            out.append(at)
            continue
        if not sure and _goes_on(text, text[closed:at], at, after):
            at = max(at, after)
            continue
        at = after
        out.append(at)
    if out[-1] != len(text):
        out.append(len(text))
    return out


def _goes_on(text: str, closing: str, at: int, after: int) -> bool:
    """Whether a sentence goes on behind a full stop.

    Args:
        closing: the closing punctuation behind the stop.
        at, after: where it ends, and where the spaces behind it end.
    """
    if after >= len(text):
        return False
    char = text[after]
    if after == at:
        if text[after + 1 : after + 2].isdigit() and not char.isalnum():
            return True
        return (char.isalnum() and not set(closing) & set("\"'")) or char == ","
    if unicodedata.category(char) == "Pd" and text[after + 1 : after + 2].isspace():
        char = text[after + 2 : after + 3]
    return char.islower() or char.isdigit()


def _closes(char: str) -> bool:
    return char in "\"'" or unicodedata.category(char) in ("Pe", "Pf")


def word_breaks(text: str) -> list[int]:
    """Every boundary, 0 and the end included."""
    return [0, *(found.end() for found in _WORD.finditer(text))] if text else [0]


class Breaks:
    """Boundaries of one text."""

    def __init__(self, places: list[int]) -> None:
        self.places = places

    def preceding(self, offset: int) -> int:
        """The last boundary before an offset; -1: none."""
        at = bisect_left(self.places, offset)
        return self.places[at - 1] if at else -1

    def following(self, offset: int) -> int:
        """The first boundary after an offset; -1: none."""
        at = bisect_right(self.places, offset)
        return self.places[at] if at < len(self.places) else -1


class WordBreaks:
    """The boundaries of words around a place; a blank is always one of its own, so none before it matters."""

    def __init__(self, text: str) -> None:
        self._text = text

    def preceding(self, offset: int) -> int:
        """As ``Breaks.preceding``."""
        before, at = -1, self._blank_before(offset - 1)
        while at is not None and at < offset:
            before, at = at, self._next(at)
        return before

    def following(self, offset: int) -> int:
        """As ``Breaks.following``."""
        at = self._blank_before(offset)
        while at is not None and at <= offset:
            at = self._next(at)
        return -1 if at is None else at

    def _blank_before(self, offset: int) -> int | None:
        return self._text.rfind(" ", 0, max(offset, 0)) + 1

    def _next(self, at: int) -> int | None:
        found = _WORD.match(self._text, at)
        return None if found is None else found.end()


class BoundedSentences:
    """Sentences joined, or cut at words, to about a length."""

    def __init__(self, text: str, most: int) -> None:
        self.main = Breaks(sentence_breaks(text))
        self.inner = WordBreaks(text)
        self.most = most
        self.window_start = self.window_end = self.start = self.end = -1

    def preceding(self, offset: int) -> int:
        if self.window_start < offset < self.window_end:
            self.start, self.end = self.end, self.window_end
        else:
            self.window_start = self.start = self.main.preceding(offset)
            self.window_end = self.end = self.main.following(offset - 1)
            while self.end - self.start < self.most:
                further = self.main.following(self.end)
                if further == -1 or further - self.start > self.most:
                    break
                self.window_end = self.end = further
        if self.end - self.start > self.most:
            if offset - self.most > self.start:
                self.start = max(self.start, self.inner.preceding(offset - self.most))
            remaining = max(0, self.most - (offset - self.start))
            if offset + remaining < self.window_end:
                self.end = min(self.window_end, self.inner.following(offset + remaining))
        return self.start

    def following(self, offset: int) -> int:
        return max(offset, self.end)


class Split:
    """A kind of boundaries for each value of a joined text."""

    def __init__(self, values: list[str], make: type | object) -> None:
        self.starts: list[int] = []
        self.parts = []
        self.lengths = []
        at = 0
        for value in values:
            self.starts.append(at)
            self.parts.append(make(value))  # type: ignore[operator]
            self.lengths.append(len(value))
            at += len(value) + 1

    def _part(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def preceding(self, offset: int) -> int:
        number = self._part(offset - 1)
        return int(self.starts[number] + self.parts[number].preceding(offset - self.starts[number]))

    def following(self, offset: int) -> int:
        number = self._part(offset)
        found = self.parts[number].following(offset - self.starts[number])
        if found == -1:
            found = self.lengths[number]
        return int(self.starts[number] + found)
