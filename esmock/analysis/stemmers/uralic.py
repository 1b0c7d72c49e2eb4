"""Light stemmers for Finnish and Hungarian.

Source: the algorithms published by Jacques Savoy (University of Neuchatel); checked word by word against 7.10.2.
"""

from __future__ import annotations

_FINNISH = str.maketrans("äåö", "aao")
_FINNISH_VOWELS = "aeiouy"


def finnish_light(word: str) -> str:
    if len(word) < 4:
        return word
    word = word.translate(_FINNISH)
    for step in (_particles, _possessives, _cases, _finnish_ending, _finnish_vowel):
        word = step(word)
    return word


def _particles(word: str) -> str:
    length = len(word)
    if length > 8:
        if word.endswith("kin"):
            return _particles(word[:-3])
        if word.endswith("ko"):
            return _particles(word[:-2])
    if length > 11:
        if word.endswith("dellinen"):
            return word[:-8]
        if word.endswith("dellisuus"):
            return word[:-9]
    return word


def _possessives(word: str) -> str:
    if len(word) > 5:
        if word.endswith(("lla", "tse", "sti")):
            return word[:-3]
        if word.endswith("ni"):
            return word[:-2]
        if word.endswith("aa"):
            return word[:-1]
    return word


def _cases(word: str) -> str:
    length = len(word)
    if length > 8:
        for ending, stem in (("nnen", "s"), ("ntena", "s"), ("tten", ""), ("eiden", "")):
            if word.endswith(ending):
                return word[: -len(ending)] + stem
    if length > 6:
        if word.endswith(("neen", "niin", "seen", "teen", "inen")):
            return word[:-4]
        if word[-3] == "h" and word[-2] in _FINNISH_VOWELS and word[-1] == "n":
            return word[:-3]
        for ending, stem in (
            ("den", "s"),
            ("ksen", "s"),
            ("ssa", ""),
            ("sta", ""),
            ("lla", ""),
            ("lta", ""),
            ("tta", ""),
            ("ksi", ""),
            ("lle", ""),
        ):
            if word.endswith(ending):
                return word[: -len(ending)] + stem
    if length > 5:
        if word.endswith(("na", "ne")):
            return word[:-2]
        if word.endswith("nei"):
            return word[:-3]
    if length > 4:
        if word.endswith(("ja", "ta")):
            return word[:-2]
        if word[-1] == "a":
            return word[:-1]
        if word[-1] == "n":
            return word[:-2] if word[-2] in _FINNISH_VOWELS else word[:-1]
    return word


def _finnish_ending(word: str) -> str:
    if len(word) > 5 and word.endswith("hde"):
        word = word[:-3] + "ksi"
    if len(word) > 4 and word.endswith(("ei", "at")):
        return word[:-2]
    if len(word) > 3 and word[-1] in "tsjeai":
        return word[:-1]
    return word


def _finnish_vowel(word: str) -> str:
    if len(word) > 8 and word[-1] in "eou":
        word = word[:-1]
    if len(word) > 4:
        if word[-1] == "i":
            word = word[:-1]
        if len(word) > 4:
            out = word[0]
            last = word[0]
            for char in word[1:]:
                if char == last and char in "kpt":
                    continue
                last = char
                out += char
            word = out
    return word


_HUNGARIAN = str.maketrans("áëéíóõöőúûũüű", "aeeioooouuuuu")
_HUNGARIAN_VOWELS = "aeiouy"


def hungarian_light(word: str) -> str:
    word = word.translate(_HUNGARIAN)
    for step in (_hungarian_case, _hungarian_possessive, _hungarian_plural):
        word = step(word)
    return word[:-1] if len(word) > 3 and word[-1] in "aeio" else word


def _is_consonant(char: str) -> bool:
    return char not in _HUNGARIAN_VOWELS


def _hungarian_case(word: str) -> str:
    length = len(word)
    if length > 6 and word.endswith("kent"):
        return word[:-4]
    if length > 5:
        if word.endswith(
            ("nak", "nek", "val", "vel", "ert", "rol", "ban", "ben", "bol", "nal", "nel", "hoz", "hez", "tol")
        ):
            return word[:-3]
        if word.endswith(("al", "el")) and _is_consonant(word[-3]) and word[-3] == word[-4]:
            return word[:-3]
    if length > 4:
        if word.endswith(("at", "et", "ot", "va", "ve", "ra", "re", "ba", "be", "ul", "ig")):
            return word[:-2]
        if word.endswith(("on", "en")) and _is_consonant(word[-3]):
            return word[:-2]
        if word[-1] in "tn":
            return word[:-1]
        if word[-1] in "ae" and word[-2] == word[-3] and _is_consonant(word[-2]):
            return word[:-2]
    return word


def _hungarian_possessive(word: str) -> str:
    length = len(word)
    if length > 6:
        if _is_consonant(word[-5]) and word.endswith(("atok", "otok", "etek")):
            return word[:-4]
        if word.endswith(("itek", "itok")):
            return word[:-4]
    if length > 5:
        if _is_consonant(word[-4]) and word.endswith(("unk", "tok", "tek")):
            return word[:-3]
        if not _is_consonant(word[-4]) and word.endswith("juk"):
            return word[:-3]
        if word.endswith("ink"):
            return word[:-3]
    if length > 4:
        if _is_consonant(word[-3]) and word.endswith(("am", "em", "om", "ad", "ed", "od", "uk")):
            return word[:-2]
        if not _is_consonant(word[-3]) and word.endswith(("nk", "ja", "je")):
            return word[:-2]
        if word.endswith(("im", "id", "ik")):
            return word[:-2]
    if length > 3:
        if word[-1] == "i" or (word[-1] in "ae" and _is_consonant(word[-2])):
            return word[:-1]
        if word[-1] in "md" and not _is_consonant(word[-2]):
            return word[:-1]
    return word


def _hungarian_plural(word: str) -> str:
    if len(word) > 3 and word[-1] == "k":
        if word[-2] in "aoe" and len(word) > 4:
            return word[:-2]
        return word[:-1]
    return word
