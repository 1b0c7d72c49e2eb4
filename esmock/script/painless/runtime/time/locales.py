"""Words and patterns of a Locale."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates.words import available, words_of


def words(locale: Any, name: str) -> list[str]:
    """One list of a locale, its language's or the root's: ``FULL.months``, ``patterns``, ``numbers`` ..."""
    return words_of(locale.j_toLanguageTag() if locale is not None else "en", name)


__all__ = ["available", "words"]
