"""Krovetz's English stemmer: endings are taken away only as far as that leads to a known word.

Source: R. Krovetz, Viewing morphology as an inference process (SIGIR 1993); the order of the attempts and the words are answers of
7.10.2, checked word by word.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import MappingProxyType

from esmock.analysis.data import sections

_PLAIN = re.compile("[a-z]+")
_LONGEST = 49


@functools.cache
def _words() -> tuple[frozenset[str], MappingProxyType[str, str]]:
    """The known words, and the words that stand for another one."""
    parts = sections("krovetz.txt")
    pairs = (pair.split(":") for pair in parts["conflations"].split())
    return frozenset(parts["words"].split()), MappingProxyType(dict(pairs))


@functools.cache
def _mute() -> frozenset[str]:
    """Known words in -e that are not meant by the same letters and -ed or -ing: a caste is not what is casted."""
    return frozenset(sections("krovetz.txt")["mute"].split())


def _known(word: str) -> str | None:
    """What a word of the dictionary becomes; None: it is not there."""
    words, conflations = _words()
    return conflations.get(word) or (word if word in words else None)


def _is_vowel(word: str, at: int) -> bool:
    if word[at] == "y":
        return at > 0 and not _is_vowel(word, at - 1)
    return word[at] in "aeiou"


def _has_vowel(stem: str) -> bool:
    return any(_is_vowel(stem, at) for at in range(len(stem)))


def _is_doubled(stem: str) -> bool:
    return len(stem) > 1 and stem[-1] == stem[-2] and not _is_vowel(stem, len(stem) - 1)


_UNDOUBLED = "<"
"""An attempt: the stem without the second of two equal consonants."""

_LEAST = MappingProxyType({"al": 2})
"""Letters that must come before an ending, when more than one."""

_Rules = tuple[tuple[str, tuple[str, ...], str | None], ...]
"""Ending, what to try in its place, what to take when no attempt is a known word (None: go on with the next rule)."""

_DERIVATIONS: tuple[_Rules, ...] = (
    (
        ("ity", ("", "e"), None),
        ("ility", (), "le"),
        ("ivity", (), "ive"),
        ("ity", (), ""),
    ),
    (("iness", (), "y"), ("ness", (), "")),
    (
        ("ization", (), "ize"),
        ("isation", ("ise",), None),
        ("ition", ("e",), None),
        ("ation", ("ate", "e", ""), None),
        ("ication", ("y",), None),
        ("ion", ("e", ""), None),
    ),
    (
        ("izer", (), "ize"),
        ("er", (_UNDOUBLED,), None),
        ("or", (_UNDOUBLED,), None),
        ("ier", ("y",), None),
        ("ior", ("y",), None),
        ("eer", ("",), None),
        ("er", ("e", ""), None),
        ("or", ("o", "", "e"), None),
    ),
    (
        ("ly", ("le", ""), None),
        ("ally", ("",), "al"),
        ("ably", (), "able"),
        ("ily", ("y",), None),
        ("ly", (), ""),
    ),
    (
        ("al", ("", _UNDOUBLED, "e", "um"), None),
        ("ical", ("", "y"), "ic"),
        ("ial", ("",), None),
    ),
    (
        ("ive", ("", "e"), None),
        ("ative", ("e", ""), None),
        ("ive", ("ion",), None),
    ),
    (("ize", ("", _UNDOUBLED, "e"), None),),
    (("ment", ("",), None),),
    (
        ("able", ("", _UNDOUBLED, "e", "ate"), None),
        ("ible", ("", _UNDOUBLED, "e", "ate"), None),
    ),
    (("ism", (), ""),),
    (("ic", ("ical", "y", "e", ""), None),),
    (("ency", ("ent",), "ence"), ("ancy", ("ant",), "ance")),
    (("ence", ("e", ""), None), ("ance", ("e", ""), None)),
)


def _derivation(word: str, rules: _Rules) -> str:
    for ending, attempts, otherwise in rules:
        if not word.endswith(ending) or len(word) < len(ending) + _LEAST.get(ending, 1):
            continue
        stem = word[: -len(ending)]
        for attempt in attempts:
            if attempt == _UNDOUBLED and not _is_doubled(stem):
                continue
            trial = stem[:-1] if attempt == _UNDOUBLED else stem + attempt
            if _known(trial):
                return trial
        if otherwise is not None:
            return stem + otherwise
    return word


def _plural(word: str) -> str:
    if word.endswith("ies"):
        return word[:-1] if _known(word[:-1]) else word[:-3] + "y"
    if word.endswith("es"):
        keeps = not word.endswith("sses")
        if keeps and _known(word[:-1]):
            return word[:-1]
        return word[:-2] if _known(word[:-2]) else word[:-1]
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s" and not word.endswith("ous"):
        return word[:-1]
    return word


def _past(word: str) -> str:
    if len(word) <= 4:
        return word
    if word.endswith("ied"):
        return word[:-1] if _known(word[:-1]) else word[:-3] + "y"
    if not word.endswith("ed") or not _has_vowel(word[:-2]):
        return word
    stem = word[:-2]
    if _known(stem + "e") and stem + "e" not in _mute():
        return stem + "e"
    if _known(stem):
        return stem
    if _is_doubled(stem):
        return stem[:-1] if _known(stem[:-1]) else stem
    return word if stem.startswith("un") else stem + "e"


def _aspect(word: str) -> str:
    if len(word) <= 5 or not word.endswith("ing") or not _has_vowel(word[:-3]):
        return word
    stem = word[:-3]
    if _known(stem + "e") and stem + "e" not in _mute():
        return stem + "e"
    if _known(stem):
        return stem
    if _is_doubled(stem):
        return stem[:-1] if _known(stem[:-1]) else stem
    ends_in_consonants = len(stem) > 1 and not _is_vowel(stem, len(stem) - 1) and not _is_vowel(stem, len(stem) - 2)
    return stem if ends_in_consonants else stem + "e"


def krovetz(word: str) -> str:
    """The stem of a word in small letters; anything else, and words of one or two letters, stay."""
    if not 2 < len(word) <= _LONGEST or not _PLAIN.fullmatch(word):
        return word
    for step in _STEPS:
        found = _known(word)
        if found:
            return found
        word = step(word)
    return _known(word) or word


_STEPS: tuple[Callable[[str], str], ...] = (
    _plural,
    _past,
    _aspect,
    *(functools.partial(_derivation, rules=rules) for rules in _DERIVATIONS),
)
