"""Source filtering: the parts of a document that ``_source`` includes and excludes leave.

There are two forms. Older versions filter a map: objects of which something is cut out come back in the order of a hash map,
and stay as ``{}`` when everything is. Newer ones filter the text as it streams by, which keeps the order and drops what
becomes empty; but they, too, filter a map where an exclude has a wildcard.
Source: recordings of 7.10.2 and 8.19.21; YAML tests get_source/70, search/10_source_filtering.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from esmock.xcontent.java_order import hash_order

Json = Any


@functools.lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...], star: str = ".*") -> re.Pattern[str]:
    """Matches a dotted path that a pattern names, or that lies below one; ``star`` is what ``*`` stands for."""
    each = (star.join(re.escape(part) for part in pattern.split("*")) for pattern in patterns)
    return re.compile(rf"(?:{'|'.join(each)})(?:\..*)?\Z", re.DOTALL)


@functools.lru_cache(maxsize=256)
def _prefixes(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a path below which some pattern may still match, where ``*`` stays within a name and ``**`` does not."""
    out = []
    for pattern in patterns:
        parts = pattern.split(".")
        for depth in range(1, len(parts)):
            start = ".".join(parts[:depth])
            out.append(_STAR.join(re.escape(part) for part in start.split("*")) + (".*" if "**" in start else ""))
    return re.compile(rf"(?:{'|'.join(out)})\Z" if out else r"(?!)", re.DOTALL)


_STAR = "[^.]*"


def _stream_includes(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return _compiled(patterns, ".*" if any("**" in one for one in patterns) else _STAR)


def names_path(patterns: Sequence[str], path: str) -> bool:
    """Whether a pattern names a dotted path, or something that it lies in."""
    return _compiled(tuple(patterns)).match(path) is not None


def filter_source(
    source: dict[str, Json], includes: Sequence[str], excludes: Sequence[str], *, streamed: bool = True
) -> dict[str, Json]:
    """The part of ``source`` that is included and not excluded.

    Args:
        streamed: the version filters the text where it can; excludes with wildcards are filtered as a map all the same.
    """
    include = tuple(includes)
    exclude = tuple(excludes)
    if not include and not exclude:
        return source
    if streamed and not any("*" in one for one in exclude):
        return _filter(source, "", include, exclude, included=not include)
    return _filter_map(source, "", include, exclude)


@functools.lru_cache(maxsize=4096)
def _may_match(patterns: tuple[str, ...], start: str) -> bool:
    """Whether a path that begins so, or what lies below one, can match a pattern."""
    for pattern in patterns:
        states = _closure(pattern, {0})
        for char in start:
            if len(pattern) in states and char == ".":
                return True
            moved = {at if pattern[at] == "*" else at + 1 for at in states if at < len(pattern) and pattern[at] in ("*", char)}
            states = _closure(pattern, moved)
        if states:
            return True
    return False


def _closure(pattern: str, states: set[int]) -> set[int]:
    """The places of a pattern that are reached without a character: a star may stand for nothing."""
    out = set(states)
    for at in states:
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            out.add(at)
    return out


def _filter_map(node: dict[str, Json], path: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> dict[str, Json]:
    """One level of a map, in the order of a hash map; no includes means everything."""
    out: dict[str, Json] = {}
    for key, value in node.items():
        here = f"{path}{key}"
        if (include and not _may_match(include, here)) or (exclude and _compiled(exclude).match(here)):
            continue
        inside = not include or _compiled(include).match(here) is not None
        if inside and not _may_match(exclude, here + "."):
            out[key] = value
        elif isinstance(value, dict):
            kept = _filter_map(value, here + ".", () if inside else include, exclude)
            if kept or inside:
                out[key] = kept
        elif isinstance(value, list):
            kept_list = _filter_map_list(value, here + ".", () if inside else include, exclude)
            if kept_list or inside:
                out[key] = kept_list
        elif inside:
            out[key] = value
    return {key: out[key] for key in hash_order(out)}


def _filter_map_list(values: list[Json], path: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> list[Json]:
    out: list[Json] = []
    for value in values:
        if isinstance(value, dict):
            value = _filter_map(value, path, include, exclude)
        elif isinstance(value, list):
            value = _filter_map_list(value, path, include, exclude)
        elif include:
            continue
        if value or not isinstance(value, dict | list):
            out.append(value)
    return out


def _filter(
    node: dict[str, Json], path: str, include: tuple[str, ...], exclude: tuple[str, ...], *, included: bool
) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, value in node.items():
        here = f"{path}{key}"
        inside = included or _stream_includes(include).match(here) is not None
        if not inside and not _prefixes(include).match(here):
            continue
        if exclude and _compiled(exclude).match(here):
            continue
        if isinstance(value, dict):
            kept = _filter(value, here + ".", include, exclude, included=inside)
            if kept or (inside and not value) or (inside and not exclude):
                out[key] = kept
        elif isinstance(value, list):
            kept_list = _filter_list(value, here + ".", include, exclude, included=inside)
            if kept_list or inside:
                out[key] = kept_list
        elif inside:
            out[key] = value
    return out


def _filter_list(
    values: list[Json], path: str, include: tuple[str, ...], exclude: tuple[str, ...], *, included: bool
) -> list[Json]:
    out: list[Json] = []
    for value in values:
        if isinstance(value, dict):
            kept = _filter(value, path, include, exclude, included=included)
            if kept or (included and not value):
                out.append(kept)
        elif isinstance(value, list):
            inner = _filter_list(value, path, include, exclude, included=included)
            if inner or included:
                out.append(inner)
        elif included:
            out.append(value)
    return out
