"""Stemmers for Arabic, Bulgarian, Czech, Hindi, Indonesian and Persian.

Source: the published algorithms (light10; Nakov; Dolamic and Savoy; Ramanathan and Rao; Tala); checked word by word against 7.10.2 but Persian,
which is that of Lucene 9.
"""

from __future__ import annotations


def arabic(word: str) -> str:
    for prefix in ("ال", "وال", "بال", "كال", "فال", "لل", "و"):
        enough = len(word) >= (4 if len(prefix) == 1 else len(prefix) + 2)
        if enough and word.startswith(prefix):
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"):
        if len(word) >= len(suffix) + 2 and word.endswith(suffix):
            word = word[: -len(suffix)]
    return word


_HINDI: tuple[tuple[int, tuple[str, ...]], ...] = (
    (5, tuple("ाएंगी ाएंगे ाऊंगी ाऊंगा ाइयाँ ाइयों ाइयां".split())),
    (
        4,
        tuple("ाएगी ाएगा ाओगी ाओगे एंगी ेंगी एंगे ेंगे ूंगी ूंगा ातीं नाओं नाएं ताओं ताएं ियाँ ियों ियां".split()),
    ),
    (3, tuple("ाकर ाइए ाईं ाया ेगी ेगा ोगी ोगे ाने ाना ाते ाती ाता तीं ाओं ाएं ुओं ुएं ुआं".split())),
    (2, tuple("कर ाओ िए ाई ाए ने नी ना ते ीं ती ता ाँ ां ों ें".split())),
    (1, tuple("ो े ू ु ी ि ा".split())),
)


def hindi(word: str) -> str:
    for size, endings in _HINDI:
        if len(word) > size + 1 and word.endswith(endings):
            return word[:-size]
    return word


def bulgarian(word: str) -> str:
    if len(word) < 4:
        return word
    if len(word) > 5 and word.endswith("ища"):
        return word[:-3]
    word = _bulgarian_plural(_bulgarian_article(word))
    if len(word) > 3:
        word = word.removesuffix("я")
        if word.endswith(("а", "о", "е")):
            word = word[:-1]
    if len(word) > 4 and word.endswith("ен"):
        word = word[:-2] + "н"
    if len(word) > 5 and word[-2] == "ъ":
        word = word[:-2] + word[-1]
    return word


def _bulgarian_article(word: str) -> str:
    if len(word) > 6 and word.endswith("ият"):
        return word[:-3]
    if len(word) > 5 and word.endswith(("ът", "то", "те", "та", "ия")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ят"):
        return word[:-2]
    return word


def _bulgarian_plural(word: str) -> str:
    length = len(word)
    if length > 6:
        if word.endswith(("овци", "ове")):
            return word[:-3]
        if word.endswith("еве"):
            return word[:-3] + "й"
    if length > 5:
        if word.endswith("ища"):
            return word[:-3]
        if word.endswith("та"):
            return word[:-2]
        if word.endswith("ци"):
            return word[:-2] + "к"
        if word.endswith("зи"):
            return word[:-2] + "г"
        if word[-3] == "е" and word[-1] == "и":
            return word[:-3] + "я" + word[-2]
    if length > 4:
        if word.endswith("си"):
            return word[:-2] + "х"
        if word.endswith("и"):
            return word[:-1]
    return word


_CZECH: tuple[tuple[int, tuple[str, ...]], ...] = (
    (5, ("atech",)),
    (4, ("ětem", "etem", "atům")),
    (
        3,
        tuple(
            "ech ich ích ého ěmi emi ému ěte ete ěti eti iho ího ími imu ímu ách ata aty ých ama ami ové ovi ými".split()
        ),
    ),
    (2, tuple("em es ém ím ům at ám os us ým mi ou".split())),
    (1, tuple("a e i o u ů y á é í ý ě".split())),
)


def czech(word: str) -> str:
    for size, endings in _CZECH:
        if len(word) > size + 2 and word.endswith(endings):
            word = word[:-size]
            break
    if len(word) > 5 and word.endswith(("ov", "in", "ův")):
        word = word[:-2]
    if not word:
        return word
    if word.endswith("čt"):
        return word[:-2] + "ck"
    if word.endswith("št"):
        return word[:-2] + "sk"
    if word[-1] in "cč":
        return word[:-1] + "k"
    if word[-1] in "zž":
        return word[:-1] + "h"
    if len(word) > 1 and word[-2] == "e":
        return word[:-2] + word[-1]
    if len(word) > 2 and word[-2] == "ů":
        return word[:-2] + "o" + word[-1]
    return word


class _Indonesian:
    """The work on one word: how many syllables are left and which prefixes were taken."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.syllables = sum(char in "aeiou" for char in word)
        self.taken: set[str] = set()

    def stem(self) -> str:
        if self.syllables > 2:
            self._suffix(("kah", "lah", "pun"))
        if self.syllables > 2:
            self._suffix(("ku", "mu", "nya"))
        before = self.word
        if self.syllables > 2:
            self._first_prefix()
        if self.word != before:
            before = self.word
            if self.syllables > 2:
                self._derivational_suffix()
            if self.word != before and self.syllables > 2:
                self._second_prefix()
        else:
            if self.syllables > 2:
                self._second_prefix()
            if self.syllables > 2:
                self._derivational_suffix()
        return self.word

    def _suffix(self, endings: tuple[str, ...]) -> None:
        for ending in endings:
            if self.word.endswith(ending):
                self._cut(end=len(ending))
                return

    def _cut(self, start: int = 0, end: int = 0, put: str = "") -> None:
        self.word = put + self.word[start : len(self.word) - end]
        self.syllables -= 1

    def _vowel(self, at: int) -> bool:
        return self.word[at : at + 1] in tuple("aeiou")

    def _first_prefix(self) -> None:
        word = self.word
        for prefix, mark, put, needs_vowel in (
            ("meng", "meng", "", False),
            ("meny", "meng", "s", True),
            ("men", "meng", "", False),
            ("mem", "meng", "", False),
            ("me", "meng", "", False),
            ("peng", "peng", "", False),
            ("peny", "peng", "s", True),
            ("peny", "peng", "", False),
            ("pen", "peng", "t", True),
            ("pen", "peng", "", False),
            ("pem", "peng", "", False),
            ("di", "di", "", False),
            ("ter", "ter", "", False),
            ("ke", "ke", "", False),
        ):
            if word.startswith(prefix) and (not needs_vowel or self._vowel(len(prefix))):
                self.taken.add(mark)
                self._cut(start=len(prefix), put=put)
                return

    def _second_prefix(self) -> None:
        word = self.word
        if word.startswith("ber") or word == "belajar":
            self.taken.add("ber")
            self._cut(start=3)
        elif word.startswith("be") and len(word) > 4 and not self._vowel(2) and word[3:5] == "er":
            self.taken.add("ber")
            self._cut(start=2)
        elif word.startswith("per") or word == "pelajar":
            self._cut(start=3)
        elif word.startswith("pe"):
            self.taken.add("pe")
            self._cut(start=2)

    def _derivational_suffix(self) -> None:
        word = self.word
        if word.endswith("kan") and not self.taken & {"ke", "peng", "pe"}:
            self._cut(end=3)
        elif word.endswith("an") and not self.taken & {"di", "meng", "ter"}:
            self._cut(end=2)
        elif word.endswith("i") and not word.endswith("si") and not self.taken & {"ber", "ke", "peng"}:
            self._cut(end=1)


def indonesian(word: str) -> str:
    return _Indonesian(word).stem()


def persian(word: str) -> str:
    for suffix in ("ات", "ان", "ترین", "تر", "یی", "ی", "ها", "\u200c"):
        suffix = suffix.replace("ی", "ي")
        if len(word) >= len(suffix) + 2:
            word = word.removesuffix(suffix)
    return word
