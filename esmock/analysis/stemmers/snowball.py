"""Snowball stemmers by language, as Lucene has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MappingProxyType

from esmock.errors import Unsupported

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


_COMMA_TO_CEDILLA = str.maketrans("\u0219\u021b\ue000\ue001", "\u015f\u0163\u0219\u021b")
_COMMA_TO_PRIVATE = str.maketrans("\u0219\u021b", "\ue000\ue001")


@functools.cache
def snowball(language: str) -> Callable[[str], str]:
    """The stemmer of the snowballstemmer package.

    Differs: release 3 of the package has newer algorithms than Lucene 8 and 9 for rare endings of Danish, English (-ogist), Estonian,
    Finnish, French, German, Norwegian, Spanish and Swedish; release 2.2 has those of Lucene. Hungarian differs in both.
    """
    import snowballstemmer

    known = snowballstemmer.algorithms()
    if language == "dutch_porter" and language not in known:
        language = "dutch"
    if language not in known:
        raise Unsupported(f"the Snowball stemmer [{language}] with this release of snowballstemmer")
    stem: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    is_newer = "dutch_porter" in known
    if language in ("french", "italian") and is_newer:
        # Release 3 removes elided articles, Lucene's algorithm does not know them.
        return lambda word: stem(word.replace("'", "\ue000")).replace("\ue000", "'")
    if language == "romanian" and is_newer:
        # Release 3 turns cedillas into commas first; Lucene knows cedillas only.
        return lambda word: stem(word.translate(_COMMA_TO_PRIVATE)).translate(_COMMA_TO_CEDILLA)
    return stem
