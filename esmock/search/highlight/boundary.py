"""Where passages may end: at boundaries of sentences and words, and of sentences joined or cut to about a length.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from esmock.search.highlight.java_breaks import SentenceBreaks, WordBreaks


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


class BoundedSentences:
    """Sentences joined, or cut at words, to about a length.

    Args:
        is_late: 8.x looks back from where a passage should end, 7.x goes on from sentence to sentence.
    """

    def __init__(self, text: str, most: int, *, is_late: bool) -> None:
        self.main = SentenceBreaks(text)
        self.inner = WordBreaks(text)
        self.most = most
        self.length = len(text)
        self.is_late = is_late
        self.window_start = self.window_end = self.start = self.end = -1

    def preceding(self, offset: int) -> int:
        if self.window_start < offset < self.window_end:
            self.start, self.end = self.end, self.window_end
        else:
            self.window_start = self.start = self.main.preceding(offset)
            self.window_end = self.end = self._end_looking_back(offset) if self.is_late else self._end_going_on(offset)
        if self.end - self.start > self.most:
            if offset - self.most > self.start:
                self.start = max(self.start, self.inner.preceding(offset - self.most))
            remaining = max(0, self.most - (offset - self.start))
            if offset + remaining < self.window_end:
                self.end = min(self.window_end, self.inner.following(offset + remaining))
        return self.start

    def _end_going_on(self, offset: int) -> int:
        end = self.main.following(offset - 1)
        while end - self.start < self.most:
            further = self.main.following(end)
            if further == -1 or further - self.start > self.most:
                break
            end = further
        return end

    def _end_looking_back(self, offset: int) -> int:
        wanted = offset + max(0, self.most - (offset - self.start))
        if wanted + 1 > self.length:
            return self.length
        end = self.main.preceding(wanted + 1)
        return self.main.following(wanted) if end == self.start else end

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
