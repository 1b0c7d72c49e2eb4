"""java.text.BreakIterator: where characters, words, sentences and lines may end.

Differs: the boundaries are those of Unicode's plain rules for alphabetic text; Java's tables know more of punctuation.
"""

from __future__ import annotations

import copy
from types import MappingProxyType
from typing import Any

import regex

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.text.attributed import StringCharacterIterator

_RULES = {
    "character": regex.compile(r"\X"),
    "word": regex.compile(r"[\p{L}\p{N}\p{M}_]+(?:['.\u2019][\p{L}\p{N}\p{M}_]+)*|\s|."),
    "sentence": regex.compile(r"(?s).+?(?:[.!?]+[\"')\]]*\s+(?=[\p{Lu}\p{N}\"'(]|$)|\n|$)"),
    "line": regex.compile(r"(?s)[^\s\-]*(?:-+|\s+|$)"),
}
DONE = -1
_CHECKSUMS = MappingProxyType({"word": 0xE227E00A, "sentence": 0x667F535C, "character": 0x73E534F0, "line": 0x1401AD8B})
"""Of the rules, as Java shows them. Source: answers of 7.10.2 on Java 17."""


class BreakIterator:
    java_class = "java.text.RuleBasedBreakIterator"
    java_parents = ("java.text.BreakIterator",)

    def __init__(self, kind: str) -> None:
        self.kind, self.at = kind, 0
        self.text = ""
        self.bounds = [0]

    def j_toString(self) -> str:
        return f"[checksum={_CHECKSUMS[self.kind]:#x}]"

    def j_setText(self, text: Any) -> None:
        self.text = text.text if isinstance(text, StringCharacterIterator) else text
        self.bounds = sorted({0, *(found.end() for found in _RULES[self.kind].finditer(self.text)), len(self.text)})
        self.at = 0

    def j_getText(self) -> StringCharacterIterator:
        return StringCharacterIterator(self.text, min(self.j_current(), len(self.text)))

    def j_current(self) -> int:
        return self.bounds[self.at]

    def j_first(self) -> int:
        self.at = 0
        return self.j_current()

    def j_last(self) -> int:
        self.at = len(self.bounds) - 1
        return self.j_current()

    def j_next(self, count: int = 1) -> int:
        target = self.at + count
        if not 0 <= target < len(self.bounds):
            self.at = 0 if target < 0 else len(self.bounds) - 1
            return DONE
        self.at = target
        return self.j_current()

    def j_previous(self) -> int:
        return self.j_next(-1) if self.at else DONE

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= len(self.text):
            raise t.IllegalArgument("offset out of bounds")

    def j_following(self, offset: int) -> int:
        self._check(offset)
        later = [at for at, bound in enumerate(self.bounds) if bound > offset]
        self.at = later[0] if later else len(self.bounds) - 1
        return self.j_current() if later else DONE

    def j_preceding(self, offset: int) -> int:
        self._check(offset)
        earlier = [at for at, bound in enumerate(self.bounds) if bound < offset]
        self.at = earlier[-1] if earlier else 0
        return self.j_current() if earlier else DONE

    def j_isBoundary(self, offset: int) -> bool:
        self._check(offset)
        if offset in self.bounds:
            self.at = self.bounds.index(offset)
            return True
        self.j_following(offset)
        return False

    def j_clone(self) -> Any:
        return copy.copy(self)


STATICS: dict[str, Any] = {
    f"BreakIterator.get{kind.title()}Instance/{count}": lambda *_, kind=kind: BreakIterator(kind)
    for kind in _RULES
    for count in (0, 1)
}
CONSTANTS: dict[str, Any] = {"BreakIterator.DONE": DONE}
