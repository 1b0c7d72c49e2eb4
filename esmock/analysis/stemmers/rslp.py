"""The step of Portuguese RSLP that takes plurals away, which is all of the minimal stemmer.

Source: V. M. Orengo and C. Huyck, A stemming algorithm for the Portuguese language (SPIRE 2001); the words that are excepted are
answers of 7.10.2, checked word by word.
"""

from __future__ import annotations

_PLURAL: tuple[tuple[str, int, str, frozenset[str]], ...] = (
    ("ns", 1, "m", frozenset()),
    ("ões", 3, "ão", frozenset()),
    ("ães", 1, "ão", frozenset({"mães"})),
    ("ais", 1, "al", frozenset({"cais", "mais"})),
    ("éis", 2, "el", frozenset()),
    ("eis", 2, "el", frozenset()),
    ("óis", 2, "ol", frozenset()),
    ("is", 2, "il", frozenset("lápis cais mais crúcis biquínis pois depois dois leis".split())),
    ("les", 3, "l", frozenset()),
    ("res", 3, "r", frozenset({"árvores"})),
    (
        "s",
        2,
        "",
        frozenset(
            "aliás pires lápis cais mais mas menos férias fezes pêsames crúcis gás atrás moisés através convés ês país após ambas"
            " ambos messias depois".split()
        ),
    ),
)
"""Ending, letters that must come before it, what takes its place, whole words that keep it."""


def portuguese_minimal(word: str) -> str:
    if len(word) < 3 or not word.endswith("s"):
        return word
    for ending, least, replacement, excepted in _PLURAL:
        if word.endswith(ending) and len(word) >= len(ending) + least and word not in excepted:
            return word[: -len(ending)] + replacement
    return word
