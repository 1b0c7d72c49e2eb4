"""Snowball stemmers by language, as Lucene has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MappingProxyType

from esmock.errors import Unsupported

SNOWBALL: MappingProxyType[str, str] = MappingProxyType(
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
        "Kp": "dutch_kp",
        "Lithuanian": "lithuanian",
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
"""Lucene's class names to those of the snowballstemmer package."""


_COMMA_TO_CEDILLA = str.maketrans("\u0219\u021b\ue000\ue001", "\u015f\u0163\u0219\u021b")
_COMMA_TO_PRIVATE = str.maketrans("\u0219\u021b", "\ue000\ue001")

_FRENCH_HIDDEN = str.maketrans("'H", "\ue000\ue001")
_FRENCH_SHOWN = str.maketrans("\ue000\ue001", "'H")
_APOSTROPHE_IS_NEW = ("estonian", "italian", "lithuanian")


@functools.cache
def snowball(language: str) -> Callable[[str], str]:
    """The stemmer of the snowballstemmer package.

    Differs: release 3 of the package has newer algorithms than Lucene 8 and 9 for rare endings of Danish, English (-ogist), Estonian,
    Finnish, French, German, Hungarian, Norwegian, Spanish and Swedish.
    """
    import snowballstemmer

    if language == "dutch_kp":
        return _kraaij_pohlmann()
    stem: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    if language == "danish":
        return lambda word: _undouble_danish(word, stem(word.replace("'", "\ue000")).replace("\ue000", "'"))
    if language == "french":
        # The package writes a diaeresis as H and the vowel while it works, and so takes the H of "He" for one.
        return lambda word: stem(word.translate(_FRENCH_HIDDEN)).translate(_FRENCH_SHOWN)
    if language in _APOSTROPHE_IS_NEW:
        # The package knows elided articles and endings behind an apostrophe, Lucene's algorithms do not.
        return lambda word: stem(word.replace("'", "\ue000")).replace("\ue000", "'")
    if language == "romanian":
        # The package turns cedillas into commas first; Lucene knows cedillas only.
        return lambda word: stem(word.translate(_COMMA_TO_PRIVATE)).translate(_COMMA_TO_CEDILLA)
    return stem


_DANISH_VOWELS = "aeiouyæåø"


def _undouble_danish(word: str, stem: str) -> str:
    """Lucene's algorithm shortens any doubled character but vowels, the package only some consonants."""
    if len(stem) < 2 or stem[-1] != stem[-2] or stem[-1] in _DANISH_VOWELS:
        return stem
    vowel = next((at for at, char in enumerate(word) if char in _DANISH_VOWELS), len(word))
    behind = next((at + 1 for at in range(vowel + 1, len(word)) if word[at] not in _DANISH_VOWELS), len(word))
    return stem[:-1] if len(stem) - 1 >= max(behind, 3) else stem


def _kraaij_pohlmann() -> Callable[[str], str]:
    """Kraaij and Pohlmann's Dutch.

    Differs: the package is newer than Lucene's form: it keeps the first syllable of words such as "geval".
    """
    import snowballstemmer

    stem = snowballstemmer.stemmer("dutch").stemWord
    # The package takes diacritics away first, Lucene's algorithm does not know them.
    marked = "äëïöüáéíóúàèìòùâêîôûçñ"
    hidden = "".join(chr(0xE000 + at) for at in range(len(marked)))
    there, back = str.maketrans(marked, hidden), str.maketrans(hidden, marked)
    return lambda word: stem(word.translate(there)).translate(back)


@functools.cache
def _ntais() -> Callable[[str], str]:
    """The stemmer of Ntais's thesis.

    The package adds steps of Saroukos to it (their names begin with ``s``); Lucene does not have them, and goes no further once it
    has found -ματ-.
    """
    import re

    from snowballstemmer.greek_stemmer import GreekStemmer

    prefix = "_GreekStemmer__r_"
    added = [name for name in dir(GreekStemmer) if re.fullmatch(prefix + r"step_?s_?\d+", name)]
    if len(added) != 10:
        raise Unsupported("the stemmer [greek] with this release of snowballstemmer")

    def nothing(self: GreekStemmer) -> bool:
        return False

    # Nor does Lucene's stemmer know accents: those are the business of the filter before it.
    added.append(f"{prefix}tolower")
    stem: Callable[[str], str] = type("Thesis", (GreekStemmer,), dict.fromkeys(added, nothing))().stemWord
    return stem


_GREEK_VOWELS = "αεηιουω"


def greek(word: str) -> str:
    """Ntais's Greek stemmer; words of three letters stay, and none becomes empty."""
    if len(word) < 4:
        return word
    for ending in ("ματα", "ματων", "ματοσ"):
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)] + "μα"
    if word.endswith(("ουσα", "ουσε")) and word[-5:-4] in _GREEK_VOWELS:
        return word[:-1]
    return _ntais()(word) or next(word.removesuffix(one) for one in ("αν", "ουν", "ασ", "ε", "") if word.endswith(one))
