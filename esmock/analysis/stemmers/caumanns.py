"""The first German stemmer of Lucene.

Source: Caumanns, A Fast and Simple Stemming Algorithm for German Words; checked word by word against 7.10.2.
"""

from __future__ import annotations

_UMLAUTS = str.maketrans("äöü", "aou")
_PAIRS = {"ch": "§", "ei": "%", "ie": "&", "ig": "#", "st": "!"}
_BACK = {"#": "ig", "$": "sch", "§": "ch", "%": "ei", "&": "ie", "!": "st"}


def caumanns(word: str) -> str:
    word = word.lower()
    if not all(map(str.isalpha, word)):
        return word
    text, shortened = _substitute(word)
    text = _strip(text, shortened)
    if len(text) > 5 and text.endswith("erin*"):
        text = _strip(text[:-1], shortened)
    if text.endswith("z"):
        text = text[:-1] + "x"
    return _without_particle(_resubstitute(text))


def _substitute(word: str) -> tuple[str, int]:
    """Common groups of letters become one sign each; returns by how many letters the word got shorter, too."""
    letters = list(word)
    shortened = 0
    at = 0
    while at < len(letters):
        char = letters[at]
        if at and char == letters[at - 1]:
            letters[at] = "*"
        elif char in "äöü":
            letters[at] = char.translate(_UMLAUTS)
        if letters[at] == "ß":
            letters[at : at + 1] = ["s", "s"]
            shortened += 1
        rest = "".join(letters[at : at + 3])
        if rest == "sch" and at < len(letters) - 2:
            letters[at : at + 3] = ["$"]
            shortened += 2
        elif rest[:2] in _PAIRS:
            letters[at : at + 2] = [_PAIRS[rest[:2]]]
            shortened += 1
        at += 1
    return "".join(letters), shortened


def _strip(word: str, shortened: int) -> str:
    while len(word) > 3:
        length = len(word) + shortened
        if (length > 5 and word.endswith("nd")) or (length > 4 and word.endswith(("em", "er"))):
            word = word[:-2]
        elif word[-1] in "esnt":
            word = word[:-1]
        else:
            break
    return word


def _resubstitute(word: str) -> str:
    out = ""
    for char in word:
        out += out[-1:] if char == "*" else _BACK.get(char, char)
    return out


def _without_particle(word: str) -> str:
    if len(word) > 4:
        at = word.find("gege")
        if 0 <= at < len(word) - 4:
            return word[:at] + word[at + 2 :]
    return word
