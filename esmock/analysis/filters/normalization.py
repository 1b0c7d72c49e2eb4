"""Filters that normalise the letters of a language or script.

Page: analysis-normalization-tokenfilter.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from esmock.analysis.component import StemFilter, TermFilter, TokenFilter
from esmock.analysis.data import sections
from esmock.analysis.parameter import Settings, boolean, items
from esmock.analysis.stemmers.bengali import bengali_normalized
from esmock.analysis.token import Stream, Token

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_ARABIC = str.maketrans(dict.fromkeys("آأإ", "ا") | {"ى": "ي", "ة": "ه"} | dict.fromkeys("ـًٌٍَُِّْ", ""))
_PERSIAN = str.maketrans({"ی": "ي", "ے": "ي", "ک": "ك", "ۀ": "ه", "ہ": "ه", "ٔ": ""})


class ArabicNormalization(TermFilter):
    name = "arabic_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        return term.translate(_ARABIC)


class PersianNormalization(TermFilter):
    name = "persian_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        return term.translate(_PERSIAN)


class GermanNormalization(TermFilter):
    name = "german_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        """Umlauts to vowels; ae, oe and ue too, but ue not behind a vowel or q; sharp s to ss."""
        out: list[str] = []
        state = "N"
        for char in term:
            if char in "ao":
                out.append(char)
                state = "U"
            elif char == "u":
                out.append(char)
                state = "U" if state == "N" else "V"
            elif char == "e":
                if state != "U":
                    out.append(char)
                state = "V"
            elif char in "iqy":
                out.append(char)
                state = "V"
            elif char in "äöü":
                out.append({"ä": "a", "ö": "o", "ü": "u"}[char])
                state = "V"
            elif char == "ß":
                out.append("ss")
                state = "N"
            else:
                out.append(char)
                state = "N"
        return "".join(out)


_HINDI = str.maketrans(
    "\u0901\u0929\u0931\u0934\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u0945\u0946\u0949\u094a"
    "\u090d\u090e\u0911\u0912\u0972\u0906\u0908\u0940\u090a\u0942\u0960\u0961\u0944\u0963\u0910\u0948\u0914\u094c",
    "\u0902\u0928\u0930\u0933\u0915\u0916\u0917\u091c\u0921\u0922\u092b\u092f\u0947\u0947\u094b\u094b"
    "\u090f\u090f\u0913\u0913\u0905\u0905\u0907\u093f\u0909\u0941\u090b\u090c\u0943\u0962\u090f\u0947\u0913\u094b",
    "\u093c\u094d\u200c\u200d",
)


class BengaliNormalization(StemFilter):
    name = "bengali_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        return bengali_normalized(term)


class HindiNormalization(StemFilter):
    name = "hindi_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        return term.replace("न्", "ं").translate(_HINDI) if max(term, default="") >= "\u0900" else term


class IndicNormalization(TermFilter):
    name = "indic_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        if term.isascii():
            return term
        pattern, targets = _indic()
        return pattern.sub(lambda match: targets[match[0]], term)


@functools.cache
def _indic() -> tuple[re.Pattern[str], dict[str, str]]:
    targets = {}
    for line in sections("indic.txt")["sequences"].split("\n"):
        if line:
            codes, _, target = line.partition("=")
            targets["".join(chr(int(code, 16)) for code in codes.split())] = "".join(
                chr(int(code, 16)) for code in target.split()
            )
    longest_first = sorted(targets, key=len, reverse=True)
    return re.compile("|".join(longest_first)), targets


_SORANI = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ھ": "ه",
        "ة": "ە",
        "ـ": "",
        "ً": "",
        "ٌ": "",
        "ٍ": "",
        "َ": "",
        "ُ": "",
        "ِ": "",
        "ّ": "",
        "ْ": "",
    }
)


class SoraniNormalization(TermFilter):
    name = "sorani_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        out: list[str] = []
        for at, char in enumerate(term):
            last = at == len(term) - 1
            if char == "\u200c":
                if out and out[-1] == "ه":
                    out[-1] = "ە"
            elif char == "ه" and last:
                out.append("ە")
            elif char == "ھ":
                out.append("ه")
            elif (char == "ر" and not out) or char == "\u0692" or char == "ڒ":
                out.append("ڕ")
            elif _is_format(char):
                continue
            else:
                out.append(char.translate(_SORANI))
        return "".join(out)


def _is_format(char: str) -> bool:
    # Java looks at halves of surrogate pairs.
    return char <= "\uffff" and unicodedata.category(char) == "Cf"


_SERBIAN = str.maketrans(
    dict(
        zip(
            "абвгдђежзијклљмнњопрстћуфхцчџшćčđšž",
            "a b v g d dj e z z i j k l lj m n nj o p r s t c u f h c c dz s c c dj s z".split(),
            strict=True,
        )
    )
)


class SerbianNormalization(TermFilter):
    name = "serbian_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        return term.translate(_SERBIAN)


class ScandinavianFolding(TermFilter):
    name = "scandinavian_folding"
    normalizes = True

    def map(self, term: str) -> str:
        return _SCANDINAVIAN.sub(_fold_scandinavian, term)


_SCANDINAVIAN = re.compile("([aA])[aAeEoO]|([oO])[eEoO]|([åäæÅÄÆöøÖØ])")
_SCANDINAVIAN_LETTERS = dict(zip("åäæÅÄÆöøÖØ", "aaaAAAooOO", strict=True))


def _fold_scandinavian(match: re.Match[str]) -> str:
    return match[1] or match[2] or _SCANDINAVIAN_LETTERS[match[3]]


class ScandinavianNormalization(TermFilter):
    name = "scandinavian_normalization"
    normalizes = True

    def map(self, term: str) -> str:
        term = term.translate(str.maketrans("äÄöÖ", "æÆøØ"))

        def pair(match: re.Match[str]) -> str:
            first, second = match[0][0], match[0][1]
            if first in "aA":
                table = {"a": "å", "o": "å", "e": "æ"}
            else:
                table = {"e": "ø", "o": "ø"}
            target = table[second.lower()]
            return target.upper() if first.isupper() else target

        return re.sub("[aA][aAeEoO]|[oO][eEoO]", pair, term)


def _cjk_width_table() -> dict[int, str]:
    table = {0xFF01 + offset: chr(0x21 + offset) for offset in range(94)}
    half = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"
    # The width filter keeps the voicing marks as combining ones, and the punctuation in its full form.
    for offset, char in enumerate(half[5:]):
        table[0xFF66 + offset] = char
    table[0xFF65] = "・"
    table[0xFF9E], table[0xFF9F] = "\u3099", "\u309a"
    return table


_VOICED = dict(
    zip(
        "カキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ",
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ",
        strict=True,
    )
)
_SEMI_VOICED = dict(zip("ハヒフヘホ", "パピプペポ", strict=True))


class CjkWidth(TermFilter):
    name = "cjk_width"
    normalizes = True

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.table = _cjk_width_table()

    def map(self, term: str) -> str:
        if term.isascii():
            return term
        out: list[str] = []
        for char in term:
            if char == "\uff9e" and out and out[-1] in _VOICED:
                out[-1] = _VOICED[out[-1]]
            elif char == "\uff9f" and out and out[-1] in _SEMI_VOICED:
                out[-1] = _SEMI_VOICED[out[-1]]
            else:
                out.append(self.table.get(ord(char), char))
        return "".join(out)


_SCRIPTS = {"han": "<IDEOGRAPHIC>", "hiragana": "<HIRAGANA>", "katakana": "<KATAKANA>", "hangul": "<HANGUL>"}


class CjkBigram(TokenFilter):
    name = "cjk_bigram"
    ignored_scripts: list[str] | None = items("ignored_scripts", [])
    output_unigrams: bool = boolean("output_unigrams", False)

    def setup(self, settings: Settings, builder: Builder) -> None:
        ignored = set(self.ignored_scripts or [])
        self.types = frozenset(kind for script, kind in _SCRIPTS.items() if script not in ignored)

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        run: list[Token] = []
        for token in stream.tokens:
            if token.type not in self.types:
                self._flush(run, out)
                run = []
                out.append(token)
                continue
            if run and run[-1].end != token.start:
                self._flush(run, out)
                run = []
            run.extend(self._chars(token))
        self._flush(run, out)
        stream.tokens = out

    @staticmethod
    def _chars(token: Token) -> list[Token]:
        """A token per character; a token whose term differs in length from its text keeps its offsets."""
        if token.end - token.start != len(token.term):
            return [token.copy(term=char) for char in token.term]
        return [
            token.copy(term=char, start=token.start + at, end=token.start + at + 1)
            for at, char in enumerate(token.term)
        ]

    def _flush(self, run: list[Token], out: list[Token]) -> None:
        if len(run) == 1:
            out.append(run[0].copy(type="<SINGLE>", increment=1))
            return
        for first, second in pairwise(run):
            if self.output_unigrams:
                out.append(first.copy(type="<SINGLE>", increment=1))
            out.append(
                Token(
                    first.term + second.term,
                    first.start,
                    second.end,
                    "<DOUBLE>",
                    0 if self.output_unigrams else 1,
                    2 if self.output_unigrams else 1,
                )
            )
        if self.output_unigrams and run:
            out.append(run[-1].copy(type="<SINGLE>", increment=1))


FAMILY = (
    ArabicNormalization,
    BengaliNormalization,
    PersianNormalization,
    GermanNormalization,
    HindiNormalization,
    IndicNormalization,
    SoraniNormalization,
    SerbianNormalization,
    ScandinavianFolding,
    ScandinavianNormalization,
    CjkWidth,
    CjkBigram,
)
