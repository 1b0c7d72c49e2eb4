"""Where a word may be hyphenated, by patterns of an XML file.

Source: F. M. Liang, Word hy-phen-a-tion by com-put-er (1983); the file's format is that of Apache FOP's hyphenation patterns; checked
against 7.10.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from esmock.errors import Unsupported

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_VALUES = re.compile("[0-9]")


@dataclass(slots=True)
class Hyphenation:
    """Patterns by their letters, each with a value before, between and behind them; odd values allow a hyphen."""

    classes: dict[str, str] = field(default_factory=dict)
    """Characters that are letters, and the one that stands for each."""
    patterns: dict[str, list[int]] = field(default_factory=dict)
    exceptions: dict[str, list[int]] = field(default_factory=dict)
    """Words whose points are given."""

    def points(self, word: str) -> list[int]:
        """Where parts begin and end, from 0 to the count of letters; empty when there is none within the word."""
        letters = [self.classes.get(char) for char in word]
        known = [at for at, letter in enumerate(letters) if letter is not None]
        if not known or None in letters[known[0] : known[-1] + 1]:
            return []
        first, length = known[0], known[-1] - known[0] + 1
        plain = "".join(letter for letter in letters if letter is not None)
        found = self.exceptions[plain] if plain in self.exceptions else self._by_patterns(plain)
        inner = [first + at for at in found if 1 <= at <= length - 1]
        return [0, *inner, length] if inner else []

    def _by_patterns(self, plain: str) -> list[int]:
        dotted = f".{plain}."
        values = [0] * (len(dotted) + 1)
        for start in range(len(dotted)):
            for end in range(start + 1, len(dotted) + 1):
                for at, value in enumerate(self.patterns.get(dotted[start:end], ()), start):
                    values[at] = max(values[at], value)
        return [at for at in range(len(plain)) if values[at + 1] % 2]


def read_hyphenation(path: Path) -> Hyphenation:
    """The patterns of a file.

    Raises:
        Unsupported: it is not well-formed XML, which Java's parser would tell in words of its own.
    """
    from xml.etree import ElementTree

    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        raise Unsupported("hyphenation patterns that are not well-formed XML") from None
    out = Hyphenation()
    for characters in _text(root.find("classes")):
        out.classes.update(dict.fromkeys(characters, characters[0]))
    mark = root.find("hyphen-char")
    hyphen = "-" if mark is None else mark.get("value", "-")
    for word in _text(root.find("exceptions")):
        parts = word.split(hyphen)
        out.exceptions["".join(parts)] = [sum(map(len, parts[:count])) for count in range(1, len(parts))]
    for pattern in _text(root.find("patterns")):
        letters = _VALUES.sub("", pattern)
        values = [0] * (len(letters) + 1)
        at = 0
        for char in pattern:
            if char.isdigit():
                values[at] = int(char)
            else:
                at += 1
        out.patterns[letters] = values
    return out


def _text(element: Element | None) -> list[str]:
    return "".join(element.itertext()).split() if element is not None else []
