"""Stemmers that take endings away in steps of rules: Portuguese RSLP, its Galician form, and their plural steps alone.

Source: V. M. Orengo and C. Huyck, A stemming algorithm for the Portuguese language (SPIRE 2001); Regras do lematizador para o galego
(Universidade da Coruña). The words that are excepted are answers of 7.10.2.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from esmock.analysis.data import sections


@dataclass(slots=True)
class Rule:
    """Takes an ending away: ``least`` letters must come before it."""

    ending: str
    least: int
    replacement: str
    excepted: frozenset[str]
    endings: tuple[str, ...]
    """What is excepted where endings are meant, not whole words."""

    def applies(self, word: str) -> bool:
        if not word.endswith(self.ending) or len(word) < len(self.ending) + self.least:
            return False
        return word not in self.excepted and not (self.endings and word.endswith(self.endings))


@dataclass(slots=True)
class Step:
    """Rules of which the first that applies is used."""

    least: int
    endings: tuple[str, ...]
    rules: list[Rule] = field(default_factory=list)

    def apply(self, word: str) -> str:
        if len(word) < self.least or (self.endings and not word.endswith(self.endings)):
            return word
        for rule in self.rules:
            if rule.applies(word):
                return word[: -len(rule.ending)] + rule.replacement
        return word


@functools.cache
def steps(language: str) -> dict[str, Step]:
    """The steps of a language by name, in their order."""
    out: dict[str, Step] = {}
    step, is_whole = Step(0, ()), False
    for line in sections("rslp.txt")[language].strip().split("\n"):
        if ":" in line:
            name, least, whole, endings = line.split(":")
            is_whole = whole == "1"
            step = out[name] = Step(int(least), tuple(endings.split(",")) if endings else ())
            continue
        ending, before, replacement, *excepted = line.split(" ")
        words, endings_ = (excepted, []) if is_whole else ([], excepted)
        replacement = "" if replacement == "-" else replacement
        step.rules.append(Rule(ending, int(before), replacement, frozenset(words), tuple(endings_)))
    return out


_PORTUGUESE_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy")
_GALICIAN_ACCENTS = str.maketrans("áéêíóú", "aeeiou")


def portuguese(word: str) -> str:
    """The whole of RSLP; without accents in the end."""
    rules = steps("portuguese")
    for name in ("plural", "adverb", "feminine", "augmentative"):
        word = rules[name].apply(word)
    for name in ("noun", "verb", "vowel"):
        shorter = rules[name].apply(word)
        if shorter != word:
            word = shorter
            break
    return word.translate(_PORTUGUESE_ACCENTS)


def galician(word: str) -> str:
    """As for Galician: augmentatives as long as there are any; the last vowel always."""
    rules = steps("galician")
    for name in ("plural", "unification", "adverb"):
        word = rules[name].apply(word)
    longer = None
    while longer != word:
        longer, word = word, rules["augmentative"].apply(word)
    shorter = rules["noun"].apply(word)
    word = shorter if shorter != word else rules["verb"].apply(word)
    return rules["vowel"].apply(word).translate(_GALICIAN_ACCENTS)


def portuguese_minimal(word: str) -> str:
    return steps("portuguese")["plural"].apply(word)


def galician_minimal(word: str) -> str:
    return steps("galician")["plural"].apply(word)
