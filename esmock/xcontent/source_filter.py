"""Source filtering: the parts of a document that ``_source`` includes and excludes leave."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

Json = Any


@functools.lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a dotted path that a pattern names, or that lies below one."""
    each = (".*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns)
    return re.compile(rf"(?:{'|'.join(each)})(?:\..*)?\Z", re.DOTALL)


@functools.lru_cache(maxsize=256)
def _prefixes(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a path below which some pattern may still match."""
    out = []
    for pattern in patterns:
        for end, char in enumerate(pattern):
            if char == "*":
                out.append(".*".join(map(re.escape, pattern[:end].split("*"))) + ".*")
                break
            if char == ".":
                out.append(re.escape(pattern[:end]))
    return re.compile(rf"(?:{'|'.join(out)})\Z" if out else r"(?!)", re.DOTALL)


def filter_source(source: dict[str, Json], includes: Sequence[str], excludes: Sequence[str]) -> dict[str, Json]:
    """The part of ``source`` that is included and not excluded; objects without anything left vanish.

    Source: YAML tests get_source/70, search/10_source_filtering.
    """
    include = tuple(includes)
    exclude = tuple(excludes)
    if not include and not exclude:
        return source
    return _filter(source, "", include, exclude, included=not include)


def _filter(
    node: dict[str, Json], path: str, include: tuple[str, ...], exclude: tuple[str, ...], *, included: bool
) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, value in node.items():
        here = f"{path}{key}"
        inside = included or _compiled(include).match(here) is not None
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
