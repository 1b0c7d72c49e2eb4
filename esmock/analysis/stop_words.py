"""Stop word lists by name, and lists given in settings."""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING

from esmock.analysis.data import sections
from esmock.analysis.lowercase import lower
from esmock.analysis.parameter import Settings

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_UNNAMED = ("cjk", "english_snowball")
"""Lists that analyzers have and settings cannot name."""


_SINCE_EIGHT = MappingProxyType(
    {
        "finnish": frozenset("tallä tuotä tällä tuota".split()),
        "french": frozenset("as aura auras avions est fût sommes son été étés".split()),
    }
)
"""Words that a list of 8.x has and that of 7.x has not, or the other way round."""


@functools.cache
def stop_words(language: str, major: int = 7) -> frozenset[str]:
    """The list of a language in a major version."""
    words = frozenset(sections("stop_words.txt")[language].split())
    return words ^ _SINCE_EIGHT.get(language, frozenset()) if major >= 8 else words


def parse_words(
    settings: Settings,
    builder: Builder,
    key: str,
    default: frozenset[str] | None,
    *,
    named: bool = True,
    ignore_case: bool = False,
) -> frozenset[str] | None:
    """Words from ``KEY`` or the file of ``KEY_path``.

    Args:
        named: whether ``_english_`` and its kin stand for lists.
        ignore_case: words are kept in lower case.
    """
    value = settings.get(key)
    if value == "_none_":
        return frozenset()
    words = settings.items(key, []) if value is not None else _from_file(settings, builder, key)
    if words is None:
        return default
    out: set[str] = set()
    known = sections("stop_words.txt") if named else {}
    unnamed = _UNNAMED if builder.behaviour.major >= 8 else (*_UNNAMED, "serbian")
    for word in words:
        language = word[1:-1] if len(word) > 2 and word[0] == word[-1] == "_" else ""
        if language in known and language not in unnamed:
            out |= stop_words(language, builder.behaviour.major)
        else:
            out.add(word)
    return frozenset(map(lower, out)) if ignore_case else frozenset(out)


def _from_file(settings: Settings, builder: Builder, key: str) -> list[str] | None:
    path = settings.get(f"{key}_path")
    return None if path is None else builder.environment.lines(path, f"{key}_path")


def rule_list(settings: Settings, builder: Builder, key: str) -> list[str] | None:
    """The lines of the file of ``KEY_path``, or else those of ``KEY``; None: neither is given. Raises IllegalArgument."""
    lines = _from_file(settings, builder, key)
    return settings.items(key) if lines is None else lines


def word_set(settings: Settings, builder: Builder, key: str, *, ignore_case: bool = False) -> frozenset[str] | None:
    """The words of ``rule_list``, in lower case where the case is ignored."""
    words = rule_list(settings, builder, key)
    if words is None:
        return None
    return frozenset(map(lower, words)) if ignore_case else frozenset(words)
