"""Text that remembers from which line of the page each of its characters comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TracedText:
    """A text and, for each character, the number of the page's line it was written on."""

    text: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int]]) -> TracedText:
        """From ``(line without line end, line number)`` pairs; every line gets a line end."""
        text: list[str] = []
        origin: list[int] = []
        for row, number in rows:
            text.append(row + "\n")
            origin.extend([number] * (len(row) + 1))
        return cls("".join(text), tuple(origin))

    def line_at(self, position: int) -> int:
        """The page's line of the character at a position (of the last one when the position is past the end)."""
        if not self.origin:
            return 0
        return self.origin[min(position, len(self.origin) - 1)]

    def replaced(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> TracedText:
        """Every match replaced; new characters belong to the line on which their match starts."""
        text: list[str] = []
        origin: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            text += [self.text[done : match.start()], new]
            origin += [*self.origin[done : match.start()], *[self.line_at(match.start())] * len(new)]
            done = match.end()
        if not done and not text:
            return self
        text.append(self.text[done:])
        origin += self.origin[done:]
        return TracedText("".join(text), tuple(origin))
