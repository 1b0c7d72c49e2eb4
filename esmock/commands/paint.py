"""Colour, where there is a terminal to show it. ``NO_COLOR`` and ``FORCE_COLOR`` are obeyed."""

from __future__ import annotations

import os
import sys
from types import MappingProxyType

_CODES = MappingProxyType({"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"})


def paint(colour: str, text: str) -> str:
    """The text in a colour; plain where nobody would see it."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if is_colourful() else text


def is_colourful() -> bool:
    """Whether standard output shows colours."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
