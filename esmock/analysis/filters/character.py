"""Filters that change the characters of each term: case, folding, trimming, reversal.

Pages: analysis-lowercase-tokenfilter, analysis-uppercase-tokenfilter, analysis-asciifolding-tokenfilter,
analysis-trim-tokenfilter, analysis-reverse-tokenfilter, analysis-truncate-tokenfilter, analysis-decimal-digit-tokenfilter.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

from esmock.analysis.component import TermFilter, TokenFilter
from esmock.analysis.data import read
from esmock.analysis.lowercase import lower, upper
from esmock.analysis.parameter import Settings, boolean, integer
from esmock.analysis.token import Stream
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


def greek_lower(text: str) -> str:
    """Lower case without accents, and with one form of sigma."""
    return lower(text.translate(_GREEK)).translate(_GREEK).replace("\u03a2", "ς")


_GREEK = str.maketrans("ΆάΈέΉήΊίΪϊΐΌόΎύΫϋΰΏώς΅", "ααεεηηιιιιιοουυυυυωωσ΅")


def irish_lower(text: str) -> str:
    """Lower case, with a hyphen after the t or n put before an upper-case vowel."""
    if len(text) > 1 and text[0] in "nt" and text[1] in "AEIOUÁÉÍÓÚ":
        return text[0] + "-" + irish_lower(text[1:])
    # Java looks at halves of surrogate pairs here.
    return "".join(char if char > "\uffff" else lower(char) for char in text)


def turkish_lower(text: str) -> str:
    """Lower case with dotless i for I, and i for the dotted capital also in its decomposed form."""
    out = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "I":
            ahead = at + 1
            while ahead < len(text) and unicodedata.category(text[ahead]) == "Mn" and text[ahead] != "\u0307":
                ahead += 1
            if ahead < len(text) and text[ahead] == "\u0307":
                out.append("i" + text[at + 1 : ahead])
                while text[ahead : ahead + 1] == "\u0307":
                    ahead += 1
                at = ahead
                continue
            out.append("ı")
        elif char == "İ":
            out.append("i")
        else:
            out.append(lower(char))
        at += 1
    return "".join(out)


_LANGUAGES = {"greek": greek_lower, "irish": irish_lower, "turkish": turkish_lower}


class Lowercase(TermFilter):
    name = "lowercase"
    normalizes = True

    def check(self) -> None:
        if self.unknown is not None:
            raise IllegalArgument(f"language [{self.unknown}] not support for lower case")

    def prepare(self, settings: Settings, builder: Builder) -> None:
        language = settings.get("language")
        self.unknown: str | None = None
        if language is None:
            self.map = lower  # type: ignore[assignment, method-assign]
        elif language.lower() in _LANGUAGES:
            self.map = _LANGUAGES[language.lower()]  # type: ignore[assignment, method-assign]
        else:
            self.unknown = language


class Uppercase(TermFilter):
    name = "uppercase"
    normalizes = True

    def map(self, term: str) -> str:
        return upper(term)


@functools.cache
def folding() -> dict[int, str]:
    """ASCII text by code point."""
    out: dict[int, str] = {}
    for line in read("ascii_folding.txt").splitlines()[1:]:
        plain, _, chars = line.partition(" ")
        out.update((ord(char), plain) for char in chars)
    return out


def fold(term: str) -> str:
    return term if term.isascii() else term.translate(folding())


class AsciiFolding(TokenFilter):
    name = "asciifolding"
    normalizes = True
    preserve_original: bool = boolean("preserve_original", False)

    def setup(self, settings: Settings, builder: Builder) -> None:
        if not self.preserve_original:
            self.term = fold

    def apply(self, stream: Stream) -> None:
        if not self.preserve_original:
            for token in stream.tokens:
                token.term = fold(token.term)
            return
        out = []
        for token in stream.tokens:
            folded = fold(token.term)
            if folded == token.term:
                out.append(token)
            else:
                out.append(token.copy(term=folded))
                token.increment = 0
                out.append(token)
        stream.tokens = out

    def normalize(self, stream: Stream) -> None:
        for token in stream.tokens:
            token.term = fold(token.term)


class Trim(TermFilter):
    name = "trim"
    normalizes = True

    def map(self, term: str) -> str:
        return term.strip(_WHITESPACE)


_WHITESPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
    "\u2028\u2029\u205f\u3000"
)


class Reverse(TermFilter):
    name = "reverse"

    def map(self, term: str) -> str:
        return term[::-1]


class Truncate(TermFilter):
    name = "truncate"
    length: int = integer("length", -1)
    uses_keyword = True

    def prepare(self, settings: Settings, builder: Builder) -> None:
        if self.length <= 0:
            raise IllegalArgument("length parameter must be provided")

    def map(self, term: str) -> str:
        if term.isascii():
            return term[: self.length]
        cut = term.encode("utf-16-le", "surrogatepass")[: 2 * self.length]
        return cut.decode("utf-16-le", "surrogatepass")

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            if not token.keyword:
                token.term = self.map(token.term)


class DecimalDigit(TermFilter):
    name = "decimal_digit"
    normalizes = True

    def map(self, term: str) -> str:
        if term.isascii():
            return term
        return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in term)


FAMILY = (Lowercase, Uppercase, AsciiFolding, Trim, Reverse, Truncate, DecimalDigit)
