"""Words and patterns of a language and country, as the engine's Java has them (its COMPAT data)."""

from __future__ import annotations

import functools
import json
from importlib import resources
from types import MappingProxyType


@functools.cache
def _all() -> MappingProxyType[str, dict[str, list[str]]]:
    text = resources.files(__package__).joinpath("locales.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


def available() -> tuple[str, ...]:
    """The language tags there is something for."""
    return tuple(_all())


@functools.lru_cache(maxsize=256)
def _chain(tag: str) -> tuple[dict[str, list[str]], ...]:
    out = []
    table = _all()
    while tag:
        if tag in table:
            out.append(table[tag])
        tag = tag.rpartition("-")[0]
    out.append(table["und"])
    return tuple(out)


def words_of(tag: str, name: str) -> list[str]:
    """One list of a language tag, its language's or the root's: ``FULL.months``, ``patterns``, ``numbers`` ..."""
    return next(one[name] for one in _chain(tag) if name in one)
