"""The ``filter_path`` parameter: which parts of an answer are written.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from esmock.version import Behaviour
from esmock.xcontent.json_writer import RawJson, plain_tree

Json = Any

_ESCAPED = re.compile(r"\\.")
_SCALARS = (str, bool, int, float, type(None))


class Nothing:
    """The result for a root array of which nothing is left: an empty body."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Path:
    """One segment of a pattern and what follows it.

    Args:
        segment: the literal key, for segments without ``*``.
        glob: matches keys, for segments with ``*``.
        deep: ``**``, which stands for any number of levels, but at least one.
        rest: the following segment; None: the pattern ends here.
    """

    segment: str
    glob: re.Pattern[str] | None
    deep: bool
    rest: Path | None

    def matches(self, key: str) -> bool:
        return self.deep or (key == self.segment if self.glob is None else self.glob.match(key) is not None)


Paths = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled parameter: what to keep (all, when empty), then what to drop."""

    includes: Paths
    excludes: Paths


@functools.lru_cache(maxsize=256)
def compile_filter(text: str) -> Filter:
    """Read the parameter's value."""
    names = dict.fromkeys(name for one in text.split(",") if (name := one.strip()))
    includes = tuple(_path(name) for name in names if not name.startswith("-"))
    excludes = tuple(_path(name[1:]) for name in names if name.startswith("-"))
    return Filter(includes, excludes)


def _path(text: str) -> Path:
    index = 0
    while index < len(text):
        if text[index] == "." and index > 0:
            return _segment(text[:index], _path(text[index + 1 :]))
        index += 2 if text[index : index + 2] == "\\." else 1
    return _segment(text, None)


def _segment(text: str, rest: Path | None) -> Path:
    name = _ESCAPED.sub(".", text)
    glob = None
    if "*" in name:
        glob = re.compile(".*".join(map(re.escape, name.split("*"))) + r"\Z", re.DOTALL)
    return Path(name, glob, name == "**", rest)


def apply(body: Json, filter_path: str, behaviour: Behaviour) -> Json:
    """What the filter leaves of an answer, with every RawJson read.

    Returns: the tree; an object of which nothing is left is ``{}``, an array NOTHING.
    """
    chosen = compile_filter(filter_path)
    if not chosen.includes and not chosen.excludes:
        return body
    result: Json = body
    if chosen.includes:
        result = _include(result, chosen.includes)
    if chosen.excludes and result is not NOTHING:
        result = _exclude(result, chosen.excludes, behaviour.filters_keep_empty)
    if result is NOTHING:
        return {} if isinstance(body, dict) else NOTHING
    return plain_tree(result)


def _next(key: str, paths: Iterable[Path]) -> Paths | None:
    """The patterns that go on below a key; None: one of them ends with it."""
    following: list[Path] = []
    for path in paths:
        if path.matches(key):
            if path.rest is None:
                return None
            following.append(path.rest)
        if path.deep:
            following.append(path)
    return tuple(following)


def _include(value: Json, paths: Paths) -> Json:
    if isinstance(value, RawJson):
        value = value.tree
    if isinstance(value, dict):
        kept: dict[str, Json] = {}
        for key, one in value.items():
            following = _next(key, paths)
            if following is None:
                kept[key] = one
            elif following and not isinstance(one, _SCALARS):
                inner = _include(one, following)
                if inner is not NOTHING:
                    kept[key] = inner
        return kept or NOTHING
    if isinstance(value, (list, tuple)):
        elements = [inner for one in value if (inner := _include(one, paths)) is not NOTHING]
        return elements or NOTHING
    return NOTHING


def _exclude(value: Json, paths: Paths, keep_empty: bool) -> Json:
    if isinstance(value, RawJson):
        value = value.tree
    if isinstance(value, dict):
        kept: dict[str, Json] = {}
        for key, one in value.items():
            following = _next(key, paths)
            if following is None:
                continue
            inner = _exclude(one, following, keep_empty) if following else one
            if inner is not NOTHING:
                kept[key] = inner
        return kept if kept or (keep_empty and not value) else NOTHING
    if isinstance(value, (list, tuple)):
        elements = [inner for one in value if (inner := _exclude(one, paths, keep_empty)) is not NOTHING]
        return elements if elements or (keep_empty and not value) else NOTHING
    return value
