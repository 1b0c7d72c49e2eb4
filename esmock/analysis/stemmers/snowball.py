"""Snowball stemmers by language, as Lucene 8 and 9 have them.

PyStemmer 2 holds the algorithms in the state closest to Lucene's. Lucene is older still in a few rules: words are prepared and
stems mended where that shows. Of two algorithms that PyStemmer 2 lacks, Estonian comes from the package snowballstemmer, and Kraaij
and Pohlmann's Dutch is esmock's own.

Source: stems of 18,000 frequent words of each language, by 7.10.2 (fixtures/recorded/7.10.2/analysis/stems.json.xz).
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Callable
from types import MappingProxyType

from esmock.analysis.stemmers import kraaij_pohlmann
from esmock.errors import Unsupported

SNOWBALL: MappingProxyType[str, str] = MappingProxyType(
    {
        "Kp": "dutch_kp",
        "German2": "german2",
        **{
            name: name.lower()
            for name in (
                "Arabic Armenian Basque Catalan Danish Dutch English Estonian Finnish French German Hungarian Irish Italian"
                " Lithuanian Norwegian Porter Portuguese Romanian Russian Spanish Swedish Turkish"
            ).split()
        },
    }
)
"""Lucene's class names to those of the algorithms."""

Stem = Callable[[str], str]


@functools.cache
def snowball(language: str) -> Stem:
    """The stemmer of a language; halves of surrogate pairs make a word stay as it is."""
    make = _OLDER.get(language)
    return make() if make else _algorithm(language)


def _algorithm(language: str) -> Stem:
    import Stemmer

    stem: Stem = Stemmer.Stemmer(language).stemWord

    def stem_word(word: str) -> str:
        try:
            return stem(word)
        except UnicodeEncodeError:
            return word

    return stem_word


def _hiding(stem: Stem, hidden: str, shown: str = "") -> Stem:
    """``stem`` where the letters ``hidden`` mean nothing, those ``shown`` mean what the hidden ones meant."""
    private = "".join(chr(0xE000 + at) for at in range(len(hidden)))
    there = str.maketrans(hidden + shown, private + hidden[: len(shown)])
    back = str.maketrans(private + hidden[: len(shown)], hidden + shown)
    return lambda word: stem(word.translate(there)).translate(back)


def _with_foreign_letters(stem: Stem, own: str) -> Stem:
    """``stem`` where all that the language does not write counts as consonants, as in Lucene; the package knows its own only.

    The stemmer takes letters off the end and one of two equal ones before it.
    """
    foreign = re.compile(f"[^{own}]")

    def stem_word(word: str) -> str:
        if not foreign.search(word):
            return stem(word)
        standing_in = _standing_in(word, foreign)
        found = stem(standing_in)
        same = next((at for at, char in enumerate(found) if char != standing_in[at]), len(found))
        return word[:same] + word[same + 1 :][: len(found) - same]

    return stem_word


def _standing_in(word: str, foreign: re.Pattern[str]) -> str:
    """``word`` with consonants that are in no ending for its foreign letters; only equal letters look doubled."""
    out: list[str] = []
    for at, char in enumerate(word):
        if foreign.match(char):
            same = at and char == word[at - 1]
            beside = (*out[-1:], word[at + 1 : at + 2])
            char = out[-1] if same else next(one for one in "qxz" if one not in beside)
        out.append(char)
    return "".join(out)


def _french() -> Stem:
    """The package writes ï and ë with an H while it works and drops each H in the end; to Lucene they are vowels as others are."""
    stem = _hiding(_algorithm("french"), "H")

    def stem_word(word: str) -> str:
        if "ï" not in word and "ë" not in word:
            return stem(word)
        found = stem(word.replace("ï", "ô").replace("ë", "ô"))
        return "".join(
            was if char == "ô" and was in "ïë" else char
            for char, was in zip(found, word.ljust(len(found)), strict=False)
        )

    return stem_word


def _german() -> Stem:
    """The package takes an s from -niss once an ending is off."""
    stem = _algorithm("german")

    def stem_word(word: str) -> str:
        found = stem(word)
        return f"{found}s" if found.endswith("nis") and word.endswith(("nisse", "nissen", "nisses")) else found

    return stem_word


def _german2() -> Stem:
    """German in which ae, oe and ue stand for umlauts; not behind q, nor where u stands between vowels."""
    stem = _german()
    between = re.compile("(?<=[aeiouyäöü])u(?=[aeiouyäöü])")
    written_out = re.compile("qu|ae|oe|ue|ß")
    umlauts = {"ae": "ä", "oe": "ö", "ue": "ü", "ß": "ss"}

    def stem_word(word: str) -> str:
        marked = between.sub("\ue000", word)
        return stem(written_out.sub(lambda found: umlauts.get(found[0], found[0]), marked).replace("\ue000", "u"))

    return stem_word


def _portuguese() -> Stem:
    """Lucene knows the endings -ución, -uciones and -logía where Portuguese has -ução, -uções and -logia."""
    stem = _algorithm("portuguese")
    without_cedilla = _hiding(stem, "ç")

    def stem_word(word: str) -> str:
        if word.endswith(("ução", "uções")):
            return without_cedilla(word)
        if word.endswith(("ución", "uciones")):
            found = stem(word[: word.rindex("uci")] + "ução")
            return found if found.endswith("u") else stem(word)
        return stem(word.replace("logía", "logia") if word.endswith(("logía", "logías")) else word)

    return stem_word


_OLDER: MappingProxyType[str, Callable[[], Stem]] = MappingProxyType(
    {
        "estonian": lambda: _hiding(_estonian(), "'"),
        "dutch_kp": lambda: kraaij_pohlmann.dutch_kp,
        "finnish": lambda: _with_foreign_letters(_algorithm("finnish"), "a-zäö"),
        "danish": lambda: _with_foreign_letters(_algorithm("danish"), "a-zæøå"),
        "french": _french,
        "german": _german,
        "german2": _german2,
        # Letters with double acute were not in the character set the algorithm was written for.
        "hungarian": lambda: _hiding(_algorithm("hungarian"), "őű", "õû"),
        "portuguese": _portuguese,
        "russian": lambda: _hiding(_algorithm("russian"), "ё"),
    }
)
"""Algorithms that Lucene has in an older form than the packages."""


_DOUBLED = re.compile(r"([kpt])\1(?=[aeiouäõöü]\Z)")


def _estonian() -> Stem:
    """Lucene's Estonian loses a final -t behind vowels alone, as it loses the other endings of cases, keeps -tte of short words, and
    makes one of two k, p or t in front of the last vowel wherever they stand.
    """
    spec = importlib.util.find_spec("snowballstemmer.estonian_stemmer")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)  # a copy of one's own, since its tables are changed
    spec.loader.exec_module(module)
    stemmer = module.EstonianStemmer
    stemmer.a_4 = [module.Among(one.s, one.substring_i, 1) if one.s == "t" else one for one in stemmer.a_4]
    stem: Stem = stemmer().stemWord

    def stem_word(word: str) -> str:
        found = stem(word)
        is_short = len(found) <= 4 and found.endswith("tt") and word.startswith(found + "e")
        return _DOUBLED.sub(r"\1", found[:-1] + "e" if is_short else found)

    return stem_word


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
