"""Tokenizers with a grammar of their own: classic, uax_url_email.

Pages: analysis-classic-tokenizer, analysis-uaxurlemail-tokenizer.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.data import sections
from esmock.analysis.parameter import Settings, integer
from esmock.analysis.segmentation import segments
from esmock.analysis.token import Stream, Token, utf16_length
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_CJ = "\u3100-\u312f\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\u3300-\u337f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff65-\uff9f"


_THAI = "\u0e00-\u0e59"
_AFTER_UNICODE_3_0 = (
    "\u0220\u03d8-\u03d9\u03f4-\u03f5\u048a-\u048b\u04c5-\u04c6\u04c9-\u04ca\u04cd-\u04ce\u0500-\u050f"
    "\u066e-\u066f\u07b1\u0b83\u10f7-\u10f8\u1700-\u1711\u1720-\u1731\u1740-\u1751\u1760-\u1770\u17d7"
    "\u17dc\u2071\u213d-\u213f\u2145-\u2149\u303b-\u303c\ufe73"
)
"""Letters of Unicode 3.2 that the grammar, made of Unicode 3.0, does not know."""


@functools.cache
def _of_categories(first: str) -> str:
    """The inside of a character class for what Unicode 3.2 has in the categories that begin so, as far as Java's char goes."""
    category = unicodedata.ucd_3_2_0.category
    return "".join(char for char in map(chr, range(0x10000)) if category(char).startswith(first))


@functools.cache
def _classic_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    letters, figures = _of_categories("L"), _of_categories("Nd")
    new = re.compile(f"[{_CJ}{_AFTER_UNICODE_3_0}]")
    letters = new.sub("", letters)
    letter = f"[{letters}]"
    alpha = f"{letter}+"
    word = f"[{letters}{figures}{_THAI}]+"
    digits = f"[{letters}{figures}]*[{figures}][{letters}{figures}]*"
    p = "[_\\-/.,]"
    number = "|".join(
        (
            f"{digits}{p}{word}(?:{p}{digits}{p}{word})+",
            f"{word}{p}{digits}(?:{p}{word}{p}{digits})+",
            f"{digits}(?:{p}{word}{p}{digits})+",
            f"{word}(?:{p}{digits}{p}{word})+",
            f"{digits}{p}{word}",
            f"{word}{p}{digits}",
        )
    )
    rules = (
        ("<ALPHANUM>", word),
        ("<APOSTROPHE>", f"{alpha}(?:'{alpha})+"),
        ("<ACRONYM>", f"{letter}\\.(?:{letter}\\.)+"),
        ("<COMPANY>", f"{alpha}[&@]{alpha}"),
        ("<EMAIL>", f"{word}(?:[._-]{word})*@{word}(?:[.-]{word})+"),
        ("<HOST>", f"{word}(?:\\.{word})+"),
        ("<NUM>", number),
        ("<CJ>", f"[{_CJ}]"),
        ("<ACRONYM_DEP>", f"{word}\\.(?:{word}\\.)+"),
    )
    return tuple((kind, re.compile(pattern)) for kind, pattern in rules)


class Classic(Tokenizer):
    name = "classic"
    reads_on = True
    max_token_length: int = integer("max_token_length", 255)

    def check(self) -> None:
        if self.max_token_length < 1:
            raise IllegalArgument("maxTokenLength must be greater than zero")

    def tokenize(self, text: str) -> Stream:
        stream = Stream([], len(text))
        at, skipped = 0, 0
        while at < len(text):
            kind, end = self._longest(text, at)
            if end == at:
                at += 1
                continue
            if utf16_length(text[at:end]) > self.max_token_length:
                skipped += 1
            else:
                stop = end
                if kind == "<ACRONYM_DEP>":
                    kind, stop = "<HOST>", end - 1
                stream.tokens.append(Token(text[at:stop], at, stop, kind, 1 + skipped))
                skipped = 0
            at = end
        stream.end_increment = skipped
        return stream

    @staticmethod
    def _longest(text: str, at: int) -> tuple[str, int]:
        best, best_end = "", at
        for kind, pattern in _classic_patterns():
            match = pattern.match(text, at)
            if match and match.end() > best_end:
                best, best_end = kind, match.end()
        return best, best_end


@functools.cache
def _address_pattern() -> re.Pattern[str]:
    """E-mail addresses and URLs."""
    tlds = "|".join(sorted(sections("domains.txt")["top"].split(), key=len, reverse=True))
    label = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
    octet = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
    ipv4 = rf"{octet}(?:\.{octet}){{3}}"
    ipv6 = r"\[[0-9a-f:.]*:[0-9a-f:.]*\]"
    domain = rf"(?:{label}\.)+(?:{tlds})(?![a-z0-9-])"
    unreserved = r"[-._~a-z0-9!$&'()*+,;=:@]|%[0-9a-f]{2}"
    path = rf"(?:/(?:{unreserved})*)*"
    tail = rf"(?::\d*)?{path}(?:\?(?:{unreserved}|[/?])*)?(?:\#(?:{unreserved}|[/?])*)?"
    local = r"[a-z0-9!\#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!\#$%&'*+/=?^_`{|}~-]+)*"
    quoted = r'"(?:[^"\\]|\\.)*"'
    user = r"(?:(?:[-._~a-z0-9!$&'()*+,;=:]|%[0-9a-f]{2})*@)?"
    return re.compile(
        rf"(?P<email>(?:mailto:)?(?:{local}|{quoted})@(?:{domain}|\[?{ipv4}\]?|{ipv6}))"
        rf"|(?P<url>(?:https?|ftp)://{user}(?:(?:{label}\.)*{label}|{ipv4}|{ipv6}){tail}"
        rf"|file://(?:{label}(?:\.{label})*)?{path}|{domain}(?:{tail})|{ipv4}(?![\w.]){tail})",
        re.IGNORECASE | re.ASCII,
    )


class UaxUrlEmail(Tokenizer):
    """Differs: URLs by a simpler grammar than Lucene's, top-level domains by a list of common ones."""

    name = "uax_url_email"
    reads_on = True
    max_token_length: int = integer("max_token_length", 255)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.edition = "7" if builder.behaviour.major < 8 else "8"

    def check(self) -> None:
        if self.max_token_length < 1:
            raise IllegalArgument("maxTokenLength must be greater than zero")

    def tokenize(self, text: str) -> Stream:
        tokens: list[Token] = []
        pattern = _address_pattern()
        at = 0
        while at < len(text):
            match = pattern.search(text, at)
            start, end = match.span() if match else (len(text), len(text))
            if match and end - start > self.max_token_length:
                # Lucene's scanner sees no further than that.
                match = pattern.match(text, start, start + self.max_token_length)
                start, end = match.span() if match else (end, end)
            if match and start > 0 and text[start - 1].isalnum():
                start = end
            for begin, stop, kind in segments(text[at:start], self.edition, self.max_token_length):
                tokens.append(Token(text[at + begin : at + stop], at + begin, at + stop, kind))
            if match and start < end:
                tokens.append(Token(text[start:end], start, end, "<EMAIL>" if match["email"] else "<URL>"))
            at = max(end, at + 1)
        return Stream(tokens, len(text))


FAMILY = (Classic, UaxUrlEmail)
