"""Colours for terminals. ``NO_COLOR`` in the environment switches them off."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Ink:
    """Paints text, or leaves it as it is.

    Attributes:
        colours: whether the reader is a terminal.
    """

    colours: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Ink:
        """What a stream can show."""
        return cls(stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")

    def _painted(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours and text else text

    def heading(self, text: str) -> str:
        """What failed."""
        return self._painted(text, "1;31")

    def place(self, text: str) -> str:
        """File and line."""
        return self._painted(text, "1")

    def expected(self, text: str) -> str:
        """What should have come."""
        return self._painted(text, "32")

    def actual(self, text: str) -> str:
        """What came instead."""
        return self._painted(text, "31")

    def faint(self, text: str) -> str:
        """What is only there for orientation."""
        return self._painted(text, "2")


PLAIN = Ink()
