"""Light and minimal stemmers for European languages.

Source: the algorithms published by Jacques Savoy (University of Neuchatel) and those of Lucene's documentation; checked word by word
against 7.10.2.
"""

from __future__ import annotations

_GERMAN = str.maketrans("äàáâöòóôïìíîüùúû", "aaaaooooiiiiuuuu")


def german_light(word: str) -> str:
    word = word.translate(_GERMAN)
    return _german_step2(_german_step1(word))


def _is_st_ending(char: str) -> bool:
    return char in "bdfghklmnt"


def _german_step1(word: str) -> str:
    length = len(word)
    if length > 5 and word.endswith("ern"):
        return word[:-3]
    if length > 4 and word[-2:] in ("em", "en", "er", "es"):
        return word[:-2]
    if length > 3 and word.endswith("e"):
        return word[:-1]
    if length > 3 and word.endswith("s") and _is_st_ending(word[-2]):
        return word[:-1]
    return word


def _german_step2(word: str) -> str:
    length = len(word)
    if length > 5 and word.endswith("est"):
        return word[:-3]
    if length > 4 and word[-2:] in ("er", "en"):
        return word[:-2]
    if length > 4 and word.endswith("st") and _is_st_ending(word[-3]):
        return word[:-2]
    return word


def german_minimal(word: str) -> str:
    if len(word) < 5:
        return word
    word = word.translate(_GERMAN_UMLAUTS)
    if len(word) > 6 and word.endswith("nen"):
        return word[:-3]
    if len(word) > 5 and word.endswith(("en", "se", "es", "er")):
        return word[:-2]
    if word[-1] in "nesr":
        return word[:-1]
    return word


_GERMAN_UMLAUTS = str.maketrans("äöü", "aou")
_SPANISH = str.maketrans("àáâäòóôöèéêëùúûüìíîï", "aaaaooooeeeeuuuuiiii")


def spanish_light(word: str) -> str:
    if len(word) < 5:
        return word
    word = word.translate(_SPANISH)
    last = word[-1]
    if last in "oae":
        return word[:-1]
    if last == "s":
        if word.endswith("eses"):
            return word[:-2]
        if word.endswith("ces"):
            return word[:-3] + "z"
        if word[-2] in "oae":
            return word[:-2]
    return word


_ITALIAN = str.maketrans("àáâäòóôöèéêëùúûüìíîï", "aaaaooooeeeeuuuuiiii")


def italian_light(word: str) -> str:
    if len(word) < 6:
        return word
    word = word.translate(_ITALIAN)
    last, before = word[-1], word[-2]
    if last == "e":
        return word[:-2] if before in "ih" else word[:-1]
    if last == "i":
        return word[:-2] if before in "hi" else word[:-1]
    if last == "a":
        return word[:-2] if before == "i" else word[:-1]
    if last == "o":
        return word[:-2] if before == "i" else word[:-1]
    return word


_FRENCH = str.maketrans("àáâôèéêùûîç", "aaaoeeeuuic")


def french_light(word: str) -> str:
    if len(word) > 5 and word.endswith("x"):
        if word[-3:-1] == "au" and word[-4] != "e":
            word = word[:-2] + "l"
        else:
            word = word[:-1]
    if len(word) > 3 and word.endswith("x"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("s"):
        word = word[:-1]
    return _french_norm(_french_suffix(word))


_FRENCH_SUFFIXES: tuple[tuple[int, str, str], ...] = (
    (9, "issement", "ir"),
    (8, "issant", "ir"),
    (6, "ement", "e"),
    (11, "ficatrice", "fier"),
    (10, "ficateur", "fier"),
    (9, "catrice", "quer"),
    (8, "cateur", "quer"),
    (8, "atrice", "er"),
    (7, "ateur", "er"),
    (6, "trice", "teur"),
    (5, "ième", ""),
    (7, "teuse", "ter"),
    (6, "teur", "ter"),
    (5, "euse", "eu"),
    (8, "ère", "er"),
    (7, "ive", "if"),
    (4, "folle", "fou"),
    (4, "molle", "mou"),
    (9, "nnelle", "n"),
    (9, "nnel", "n"),
    (4, "ète", "et"),
    (8, "ique", ""),
    (8, "esse", "e"),
    (7, "inage", "in"),
    (9, "isation", ""),
    (9, "isateur", ""),
    (8, "ation", ""),
    (8, "ition", ""),
)
"""Longer than, ending, replacement; the first that fits."""


def _french_suffix(word: str) -> str:
    for shortest, ending, target in _FRENCH_SUFFIXES:
        if len(word) > shortest and word.endswith(ending):
            stem = word[: len(word) - len(ending)] + target
            if ending in ("trice", "ique"):
                return _french_suffix(stem)
            if ending == "ement" and len(stem) > 3 and stem.endswith("ive"):
                return stem[:-2] + "f"
            if ending in ("isation", "isateur") and len(stem) > 5 and stem.endswith("ual"):
                return stem[:-2] + "el"
            return stem
    return word


def _is_letter(char: str) -> bool:
    """As Java says of a char: halves of surrogate pairs are none."""
    return char.isalpha() and char <= "\uffff"


def _french_norm(word: str) -> str:
    if len(word) > 4:
        word = word.translate(_FRENCH)
        out = word[0]
        for char in word[1:]:
            if char != out[-1] or not _is_letter(char):
                out += char
        word = out
    if len(word) > 4 and word.endswith("ie"):
        word = word[:-2]
    if len(word) > 4:
        for ending in ("r", "e", "e"):
            word = word.removesuffix(ending)
        if len(word) > 1 and word[-1] == word[-2] and _is_letter(word[-1]):
            word = word[:-1]
    return word


def french_minimal(word: str) -> str:
    if len(word) < 6:
        return word
    if word.endswith("x"):
        if word[-3] == "a" and word[-2] == "u":
            return word[:-2] + "l"
        return word[:-1]
    for ending in ("s", "r", "e", "é"):
        if word.endswith(ending):
            word = word[:-1]
    return word[:-1] if word[-1] == word[-2] else word


def french_minimal_of_letters(word: str) -> str:
    """As ``french_minimal``, but only letters count as doubled."""
    stem = french_minimal(word)
    doubled = len(stem) < len(word) and word[len(stem)] == stem[-1] and not stem[-1].isalpha()
    return stem + stem[-1] if doubled else stem


def english_minimal(word: str) -> str:
    if len(word) < 3 or not word.endswith("s"):
        return word
    before = word[-2]
    if before in "us":
        return word
    if before == "e":
        if len(word) > 3 and word[-3] == "i" and word[-4] not in "ae":
            return word[:-3] + "y"
        if word[-3] in "iaoe":
            return word
    return word[:-1]


_RUSSIAN_CASE = (
    (6, 4, ("иями", "оями")),
    (5, 3, ("иям", "иях", "оях", "ями", "оям", "оьв", "ами", "его", "ему", "ери", "ими", "ого", "ому", "ыми", "оев")),
    (
        4,
        2,
        "ая яя ях юю ах ею их ия ию ьв ою ую ям ых ея ам ем ей ём ев ий им ое ой ом ов ые ый ым ми".split(),
    ),
)


def russian_light(word: str) -> str:
    stem = _russian_case(word)
    if len(stem) <= 3:
        return stem
    if stem[-1:] in ("ь", "и"):
        return stem[:-1]
    if stem.endswith("нн"):
        return stem[:-1]
    return stem


def _russian_case(word: str) -> str:
    for shortest, cut, endings in _RUSSIAN_CASE:
        if len(word) > shortest and word.endswith(tuple(endings)):
            return word[:-cut]
    if len(word) > 3 and word[-1] in "аеиоуйыяь":
        return word[:-1]
    return word


def swedish_light(word: str) -> str:
    if len(word) > 4 and word.endswith("s"):
        word = word[:-1]
    length = len(word)
    for shortest, endings in (
        (7, ("elser", "heten")),
        (6, ("arne", "erna", "ande", "else", "aste", "orna", "aren")),
        (5, ("are", "ast", "het")),
        (4, ("ar", "er", "or", "en", "at", "te", "et")),
    ):
        if length > shortest and word.endswith(endings):
            return word[: length - len(endings[0])]
    if length > 3 and word[-1] in "taen":
        return word[:-1]
    return word


def norwegian_minimal(word: str) -> str:
    return _longest(_without_genitive(word), _NORWEGIAN_MINIMAL, "ae")


def nynorsk_minimal(word: str) -> str:
    return _longest(_without_genitive(word), _NYNORSK_MINIMAL, "ae")


def norwegian_light(word: str) -> str:
    return _longest(_without_genitive(word), _NORWEGIAN, "aen")


def nynorsk_light(word: str) -> str:
    return _longest(_without_genitive(word), _NYNORSK, "aen")


_NORWEGIAN_MINIMAL = ((5, ("ene",)), (4, ("er", "en", "et")))
_NYNORSK_MINIMAL = ((5, ("ene", "ane")), (4, ("er", "en", "et", "ar")))
_NORWEGIAN = (
    (7, ("heter", "heten")),
    (5, ("dom", "het")),
    (7, ("elser", "elsen")),
    (6, ("ende", "else", "este", "eren")),
    (5, ("ere", "est", "ene")),
    (4, ("er", "en", "et", "st", "te")),
)
_NYNORSK = (
    (7, ("heita",)),
    (8, ("heiter", "leiken", "leikar")),
    (5, ("dom",)),
    (6, ("heit", "semd", "leik")),
    (7, ("elser", "elsen")),
    (6, ("ande", "else", "aste", "aren")),
    (5, ("are", "ast", "ane", "ene")),
    (4, ("er", "en", "et", "ar", "te")),
)
"""Length that the word must exceed, and endings of one length."""


def _without_genitive(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _longest(word: str, table: tuple[tuple[int, tuple[str, ...]], ...], vowels: str) -> str:
    """Without the first ending of a table that fits, or else without one of some last letters."""
    for shortest, endings in table:
        if len(word) > shortest and word.endswith(endings):
            return word[: -len(endings[0])]
    return word[:-1] if len(word) > 3 and word[-1] in vowels else word


_PORTUGUESE = str.maketrans("àáâäãòóôöõèéêëùúûüìíîïç", "aaaaaoooooeeeeuuuuiiiic")


def portuguese_light(word: str) -> str:
    if len(word) < 4:
        return word
    word = _portuguese_suffix(word)
    if len(word) > 3 and word.endswith("a"):
        word = _portuguese_feminine(word)
    if len(word) > 4 and word[-1] in "eao":
        word = word[:-1]
    return word.translate(_PORTUGUESE)


def _portuguese_suffix(word: str) -> str:
    length = len(word)
    if length > 4 and word.endswith("es") and word[-3] in "rslz":
        return word[:-2]
    if length > 3 and word.endswith("ns"):
        return word[:-2] + "m"
    if length > 4 and word.endswith(("eis", "éis")):
        return word[:-3] + "el"
    if length > 4 and word.endswith("ais"):
        return word[:-3] + "al"
    if length > 4 and word.endswith("óis"):
        return word[:-3] + "ol"
    if length > 4 and word.endswith("is"):
        return word[:-2] + "il"
    if length > 3 and word.endswith(("ões", "ães")):
        return word[:-3] + "ão"
    if length > 6 and word.endswith("mente"):
        return word[:-5]
    if length > 3 and word.endswith("s"):
        return word[:-1]
    return word


def _portuguese_feminine(word: str) -> str:
    length = len(word)
    if length > 7 and word.endswith(("inha", "iaca", "eira")):
        return word[:-1] + "o"
    if length > 6:
        if word.endswith(("osa", "ica", "ida", "ada", "iva", "ama")):
            return word[:-1] + "o"
        if word.endswith("ona"):
            return word[:-3] + "ão"
        if word.endswith("ora"):
            return word[:-1]
        if word.endswith("esa"):
            return word[:-3] + "ês"
        if word.endswith("na"):
            return word[:-1] + "o"
    return word
