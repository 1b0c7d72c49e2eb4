"""Two values side by side, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from esmock.conformance.comparison import differences, equal
from esmock.conformance.ink import PLAIN, Ink

Json = Any

_CONTEXT = 3
_MIN_COLUMN = 30
_LISTED = 12
_MAX_PIECES = 8
_TEXT_LIMIT = 2000
_STRING_LIMIT = 160


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One row of a comparison; None where a side has nothing."""

    expected: str | None
    actual: str | None
    differs: bool


def differing(expected: Json, actual: Json) -> list[str]:
    """Where two trees differ, a line for each place; empty when there is but one, which the reason of the failure names."""
    if not isinstance(expected, dict | list) or not isinstance(actual, dict | list):
        return []
    found = list(differences(actual, expected))
    if len(found) < 2:
        return []
    more = [f"and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return found[:_LISTED] + more


def body_rows(body: bytes) -> list[str]:
    """A body for reading: JSON indented, long strings and long bodies cut."""
    text = body.decode("utf-8", "replace")
    try:
        text = json.dumps(_short(json.loads(text)), indent=2, ensure_ascii=False)
    except ValueError:
        text = text.rstrip("\n")
    return cut(text, _TEXT_LIMIT).split("\n") if text else []


def _short(tree: Json) -> Json:
    if isinstance(tree, dict):
        return {key: _short(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_short(one) for one in tree]
    return cut(tree, _STRING_LIMIT) if isinstance(tree, str) else tree


def cut(text: str, limit: int) -> str:
    """The beginning of a text that is too long, and its length."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def compare(expected: Json, actual: Json, raw: Json) -> list[SideBySide]:
    """Two values as rows, keys in the order of the page.

    Args:
        expected: with its marks filled in.
        actual: what the server answered.
        raw: the expected value with its marks as written; those are shown, since they say that any value will do.
    """
    if isinstance(expected, str) and isinstance(actual, str):
        return _texts(expected, actual)
    return list(_rows(expected, actual, raw, "", ""))


def _texts(expected: str, actual: str) -> list[SideBySide]:
    left, right = expected.rstrip("\n").split("\n"), actual.rstrip("\n").split("\n")
    count = max(len(left), len(right))
    pairs = zip(left + [None] * (count - len(left)), right + [None] * (count - len(right)), strict=True)
    return [SideBySide(one, two, one != two) for one, two in pairs]


def _rows(expected: Json, actual: Json, raw: Json, lead: str, head: str) -> Iterator[SideBySide]:
    """Rows of one value; ``lead`` is the indentation and ``head`` the key before it."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield SideBySide(f"{lead}{head}{{", f"{lead}{head}{{", False)
        raws = _raw_items(expected, raw)
        for key in [*expected, *(key for key in actual if key not in expected)]:
            yield from _entry(expected, actual, raws, key, f"{lead}  ", f"{json.dumps(key, ensure_ascii=False)}: ")
        yield SideBySide(f"{lead}}}", f"{lead}}}", False)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield SideBySide(f"{lead}{head}[", f"{lead}{head}[", False)
        written = raw if isinstance(raw, list) else expected
        ours, theirs, marked = (dict(enumerate(side)) for side in (expected, actual, written))
        for index in range(max(len(expected), len(actual))):
            yield from _entry(ours, theirs, marked, index, f"{lead}  ", "")
        yield SideBySide(f"{lead}]", f"{lead}]", False)
    else:
        differs = not equal(expected, actual)
        shown = raw if isinstance(raw, str) and raw.startswith("$") else expected
        left, right = _pretty(shown, lead, head), _pretty(actual, lead, head)
        for index in range(max(len(left), len(right))):
            yield SideBySide(_at(left, index), _at(right, index), differs)


def _raw_items(expected: dict[str, Json], raw: Json) -> dict[str, Json]:
    """The values as written, by the keys that they have once marks in keys are filled in."""
    if not isinstance(raw, dict) or len(raw) != len(expected):
        return expected
    return dict(zip(expected, raw.values(), strict=True))


def _entry(expected: Any, actual: Any, raws: Any, key: Any, lead: str, head: str) -> Iterator[SideBySide]:
    if key in expected and key in actual:
        yield from _rows(expected[key], actual[key], raws.get(key), lead, head)
    elif key in expected:
        yield from (SideBySide(row, None, True) for row in _pretty(expected[key], lead, head))
    else:
        yield from (SideBySide(None, row, True) for row in _pretty(actual[key], lead, head))


def _pretty(value: Json, lead: str, head: str) -> list[str]:
    rows = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return [f"{lead}{head}{rows[0]}", *(f"{lead}{row}" for row in rows[1:])]


def _at(rows: Sequence[str], index: int) -> str | None:
    return rows[index] if index < len(rows) else None


def table(rows: Sequence[SideBySide], width: int, ink: Ink = PLAIN) -> Iterator[str]:
    """Two columns, a ``!`` between the sides that differ.

    What differs is shown whole, over several lines if need be; the rest is clipped, and left out far from a difference.
    """
    longest = max((len(row.expected or "") for row in rows), default=0)
    left = max(min((width - 3) // 2, longest), _MIN_COLUMN)
    right = max(width - 3 - left, _MIN_COLUMN)
    near = {
        place
        for index, row in enumerate(rows)
        if row.differs
        for place in range(index - _CONTEXT, index + _CONTEXT + 1)
    }
    gap = ink.faint(f"{'...':<{left}} | ...")
    yield ink.faint(f"{'expected':<{left}} | actual")
    hidden = False
    for index, row in enumerate(rows):
        if near and index not in near:
            hidden = True
            continue
        if hidden:
            yield gap
            hidden = False
        if row.differs:
            yield from _wrapped(row, left, right, ink)
        else:
            shown = _clip(row.actual or "", right)
            yield f"{_clip(row.expected or '', left):<{left}} {ink.faint('|')} {shown}".rstrip()
    if hidden:
        yield gap


def _wrapped(row: SideBySide, left: int, right: int, ink: Ink) -> Iterator[str]:
    """A row that differs, whole."""
    ours, theirs = _pieces(row.expected or "", left), _pieces(row.actual or "", right)
    for index in range(max(len(ours), len(theirs))):
        one, two = (_at(side, index) or "" for side in (ours, theirs))
        yield f"{ink.expected(f'{one:<{left}}')} ! {ink.actual(two)}".rstrip()


def _pieces(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)][:_MAX_PIECES] or [""]


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
