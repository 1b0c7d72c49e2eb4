"""Snowball stemmers by language, as Lucene has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MappingProxyType

SNOWBALL: MappingProxyType[str, str | None] = MappingProxyType(
    {
        "Arabic": "arabic",
        "Armenian": "armenian",
        "Basque": "basque",
        "Catalan": "catalan",
        "Danish": "danish",
        "Dutch": "dutch_porter",
        "English": "english",
        "Estonian": "estonian",
        "Finnish": "finnish",
        "French": "french",
        "German": "german",
        "German2": "german",
        "Hungarian": "hungarian",
        "Irish": "irish",
        "Italian": "italian",
        "Kp": None,
        "Lithuanian": "lithuanian",
        "Lovins": None,
        "Norwegian": "norwegian",
        "Porter": "porter",
        "Portuguese": "portuguese",
        "Romanian": "romanian",
        "Russian": "russian",
        "Spanish": "spanish",
        "Swedish": "swedish",
        "Turkish": "turkish",
    }
)
"""Lucene's class names to those of the snowballstemmer package; None: not there."""


@functools.cache
def snowball(language: str) -> Callable[[str], str]:
    """The stemmer of the snowballstemmer package."""
    import snowballstemmer

    return snowballstemmer.stemmer(language).stemWord  # type: ignore[no-any-return]
