"""Spanish without plural endings, for versions 8 and later.

Source: Lucene's class SpanishPluralStemmer, after the rules of wikilengua.org; no engine was asked.
"""

from __future__ import annotations

import functools
import re

from esmock.analysis.data import sections

_ACCENTS = str.maketrans("àáâäòóôöèéêëùúûüìíîï", "aaaaooooeeeeuuuuiiii")
_VOWELS = "aeiou"
_DROPS_S = re.compile("(?:[^aeiou]|q..|gu[ie])s$")
_DROPS_ES = re.compile("(?:[aeiou][rdlnx]|[yu]|[ulrtn]i|s)es$")
_ENDS_IN_Y = re.compile("(?<=[aeioud])is$")


@functools.cache
def _words(section: str) -> frozenset[str]:
    return frozenset(sections("spanish_plural.txt")[section].split())


def spanish_plural(word: str) -> str:
    """The singular, without accents; words of up to three letters stay."""
    if len(word) < 4:
        return word
    word = word.translate(_ACCENTS)
    if word.lower() in _words("unchanged"):
        return word
    if word.lower() in _words("without two letters"):
        return word[:-2]
    if not word.endswith("s") or _DROPS_S.search(word):
        return word.removesuffix("s")
    if _DROPS_ES.search(word):
        return word[:-2]
    if _ENDS_IN_Y.search(word):
        return f"{word[:-2]}y"
    return f"{word[:-3]}z" if word.endswith("ces") else word[:-1]
