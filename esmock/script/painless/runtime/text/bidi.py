"""java.text.Bidi: the levels of a line that is written in both directions.

Differs: explicit embeddings are taken as neutral; paragraphs, strong, weak and neutral characters follow UAX 9.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from esmock.script.painless.runtime import throwables as t

LEFT, RIGHT, DEFAULT_LEFT, DEFAULT_RIGHT = 0, 1, -2, -1
_STRONG = {"L": 0, "R": 1, "AL": 1}


def _base(text: str, flags: int) -> int:
    if flags in (LEFT, RIGHT):
        return flags
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in _STRONG:
            return _STRONG[kind]
    return 0 if flags == DEFAULT_LEFT else 1


def levels_of(text: str, base: int) -> list[int]:
    """The embedding level of every character."""
    kinds = [unicodedata.bidirectional(char) or "L" for char in text]
    _weak(kinds, base)
    _neutral(kinds, base)
    out = []
    for kind in kinds:
        if base % 2 == 0:
            out.append(base + (1 if kind == "R" else 2 if kind in ("AN", "EN") else 0))
        else:
            out.append(base + (0 if kind == "R" else 1))
    return out


def _weak(kinds: list[str], base: int) -> None:
    strong = "R" if base % 2 else "L"
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = kinds[at - 1] if at else strong
        if kinds[at] in _STRONG:
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "AL":
            kinds[at] = "AN"
        elif kinds[at] == "EN" and strong == "L":
            kinds[at] = "L"
    for at, kind in enumerate(kinds):
        if kind == "AL":
            kinds[at] = "R"
        elif kind in ("ES", "CS") and 0 < at < len(kinds) - 1 and kinds[at - 1] == kinds[at + 1] and kinds[at - 1] in ("EN", "L"):
            kinds[at] = kinds[at - 1]
        elif kind in ("ES", "CS", "ET"):
            kinds[at] = "ON"


def _neutral(kinds: list[str], base: int) -> None:
    side = "R" if base % 2 else "L"
    at = 0
    while at < len(kinds):
        if kinds[at] in ("L", "R", "EN", "AN"):
            at += 1
            continue
        end = at
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        before = side if at == 0 else "L" if kinds[at - 1] == "L" else "R"
        after = side if end == len(kinds) else "L" if kinds[end] == "L" else "R"
        kinds[at:end] = [before if before == after else side] * (end - at)
        at = end


class Bidi:
    java_class = "java.text.Bidi"

    def __init__(self, text: Any, flags: int = DEFAULT_LEFT, *rest: Any) -> None:
        if text is None:
            raise t.IllegalArgument("paragraph is null")
        if rest:
            text, flags = _window(text, flags, rest)
        self.text = text.text if hasattr(text, "text") else text
        self.base = _base(self.text, flags)
        self.levels = levels_of(self.text, self.base)

    def _runs(self) -> list[tuple[int, int, int]]:
        out: list[tuple[int, int, int]] = []
        for at, level in enumerate(self.levels):
            if out and out[-1][2] == level:
                out[-1] = (out[-1][0], at + 1, level)
            else:
                out.append((at, at + 1, level))
        return out or [(0, 0, self.base)]

    def j_toString(self) -> str:
        direction = 2 if self.j_isMixed() else self.levels[0] % 2 if self.levels else self.base % 2
        runs = " ".join(map(str, self.levels))
        text = " ".join(f"{ord(char):#x}" for char in self.text)
        return (
            f"jdk.internal.icu.text.BidiBase[dir: {direction} baselevel: {self.base} length: {len(self.text)} "
            f"runs: [{runs}] text: [{text}]]"
        )

    def j_baseIsLeftToRight(self) -> bool:
        return self.base % 2 == 0

    def j_getBaseLevel(self) -> int:
        return self.base

    def j_getLength(self) -> int:
        return len(self.text)

    def j_getLevelAt(self, offset: int) -> int:
        return self.levels[offset] if 0 <= offset < len(self.levels) else self.base

    def j_getRunCount(self) -> int:
        return len(self._runs())

    def _run(self, run: int) -> tuple[int, int, int]:
        runs = self._runs()
        if not 0 <= run < len(runs):
            raise t.ArrayIndexOutOfBounds(f"Index {run} out of bounds for length {len(runs)}")
        return runs[run]

    def j_getRunStart(self, run: int) -> int:
        return self._run(run)[0]

    def j_getRunLimit(self, run: int) -> int:
        return self._run(run)[1]

    def j_getRunLevel(self, run: int) -> int:
        runs = self._runs()
        return runs[run][2] if 0 <= run < len(runs) else self.base

    def j_isLeftToRight(self) -> bool:
        return all(level == 0 for level in self.levels) and self.base == 0

    def j_isRightToLeft(self) -> bool:
        return all(level == 1 for level in self.levels) and self.base == 1

    def j_isMixed(self) -> bool:
        return not self.j_isLeftToRight() and not self.j_isRightToLeft()

    def j_createLineBidi(self, start: int, limit: int) -> Bidi:
        if not 0 <= start <= limit <= len(self.text):
            if 0 <= start < len(self.text):
                raise t.IllegalArgument(f"Value {limit} is out of range 0 to {len(self.text) + 1}")
            raise t.IllegalArgument(f"Value {start} is out of range 0 to {len(self.text)}")
        made = Bidi(self.text[start:limit], self.base)
        made.levels = self.levels[start:limit]
        return made


def _window(text: Any, start: int, rest: tuple[Any, ...]) -> tuple[str, int]:
    """The six-argument constructor: (characters, start, embeddings, their start, length, flags)."""
    _, _, length, flags = rest
    if not 0 <= start <= start + length <= len(text):
        raise t.IllegalArgument(f"bad range: {start} length: {length} for text of length: {len(text)}")
    return "".join(map(chr, text[start : start + length])), flags


def _requires(chars: Any, start: int, limit: int) -> bool:
    if not 0 <= start <= limit <= len(chars):
        raise t.IllegalArgument(f"Value start {start} is out of range 0 to {limit}, or limit {limit} is beyond the text length {len(chars)}")
    return any(unicodedata.bidirectional(chr(char)) in ("R", "AL", "AN", "RLE", "RLO", "LRE", "LRO") for char in chars[start:limit])


def _reorder(levels: Any, levels_at: int, objects: Any, objects_at: int, count: int) -> None:
    own = list(levels[levels_at : levels_at + count])
    order = list(range(count))
    for level in range(max(own, default=0), 0, -1):
        at = 0
        while at < count:
            end = at
            while end < count and own[end] >= level:
                end += 1
            if end > at:
                order[at:end] = reversed(order[at:end])
                own[at:end] = reversed(own[at:end])
            at = max(end, at + 1)
    objects[objects_at : objects_at + count] = [objects[objects_at + at] for at in order]


CONSTRUCTORS: dict[str, Any] = {f"Bidi/{count}": Bidi for count in (1, 2, 6)}
STATICS: dict[str, Any] = {"Bidi.requiresBidi/3": _requires, "Bidi.reorderVisually/5": _reorder}
CONSTANTS: dict[str, Any] = {
    "Bidi.DIRECTION_LEFT_TO_RIGHT": LEFT,
    "Bidi.DIRECTION_RIGHT_TO_LEFT": RIGHT,
    "Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT": DEFAULT_LEFT,
    "Bidi.DIRECTION_DEFAULT_RIGHT_TO_LEFT": DEFAULT_RIGHT,
}
