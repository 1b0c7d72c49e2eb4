"""Porter's English stemmer with the two rules by which its author's own program departs from the paper: -bli and -logi.

Source: M. F. Porter, An algorithm for suffix stripping (Program 14, 1980), and its page at tartarus.org; 18,000 frequent words as
7.10.2 stems them.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_DOUBLED = re.compile(r"([^aeiouylsz])\1$")
_SHORT = re.compile("cvc$")
_PAIRS = (
    "ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate ator>ate"
    " alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble logi>log",
    "icate>ic ative> alize>al iciti>ic ical>ic ful> ness>",
)
_PLAIN = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split()


def _by_last(pairs: dict[str, str]) -> MappingProxyType[str, list[tuple[str, str]]]:
    """Endings and what replaces them by their last two letters, in their order."""
    out: dict[str, list[tuple[str, str]]] = {}
    for ending, replacement in pairs.items():
        out.setdefault(ending[-2:], []).append((ending, replacement))
    return MappingProxyType(out)


_DERIVED = tuple(_by_last(dict(pair.split(">") for pair in pairs.split())) for pairs in _PAIRS)  # type: ignore[misc]
_REMOVED = _by_last(dict.fromkeys(_PLAIN, ""))


def _shape(word: str) -> str:
    """A ``v`` for each vowel, a ``c`` for each consonant; y is a vowel behind a consonant."""
    out: list[str] = []
    for char in word:
        vowel = char in "aeiou" or (char == "y" and out and out[-1] == "c")
        out.append("v" if vowel else "c")
    return "".join(out)


def _measure(stem: str) -> int:
    """How often a consonant follows a vowel."""
    return _shape(stem).count("vc")


def _is_short(word: str) -> bool:
    """Whether the word ends in a consonant, a vowel and a consonant other than w, x and y."""
    return word[-1:] not in ("w", "x", "y") and _SHORT.search(_shape(word)) is not None


def porter(word: str) -> str:
    """The stem; words of one or two letters stay."""
    if len(word) <= 2:
        return word
    word = _inflected(_plural(word))
    if word.endswith("y") and "v" in _shape(word[:-1]):
        word = f"{word[:-1]}i"
    for endings in _DERIVED:
        word = _replaced(word, endings, 0)
    return _final(_replaced(word, _REMOVED, 1))


def _plural(word: str) -> str:
    if not word.endswith("s"):
        return word
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word if word.endswith("ss") else word[:-1]


def _inflected(word: str) -> str:
    """Without -ed and -ing."""
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    stem = word[:-2] if word.endswith("ed") else word[:-3] if word.endswith("ing") else ""
    if "v" not in _shape(stem):
        return word
    if stem.endswith(("at", "bl", "iz")) or (_measure(stem) == 1 and _is_short(stem) and not _DOUBLED.search(stem)):
        return f"{stem}e"
    return stem[:-1] if _DOUBLED.search(stem) else stem


def _replaced(word: str, endings: MappingProxyType[str, list[tuple[str, str]]], least: int) -> str:
    """With the first ending of the word replaced, where the measure before it is more than ``least``."""
    for ending, replacement in endings.get(word[-2:], ()):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            if ending == "ion" and stem[-1:] not in ("s", "t"):
                continue
            return stem + replacement if _measure(stem) > least else word
    return word


def _final(word: str) -> str:
    """Without a last e and with a single last l."""
    measure = _measure(word)
    if word.endswith("e") and (measure > 1 or (measure == 1 and not _is_short(word[:-1]))):
        word = word[:-1]
    return word[:-1] if word.endswith("ll") and measure > 1 else word
