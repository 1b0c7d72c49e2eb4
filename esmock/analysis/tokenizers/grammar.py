"""Tokenizers with a grammar of their own: classic, uax_url_email.

Pages: analysis-classic-tokenizer, analysis-uaxurlemail-tokenizer.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.data import sections
from esmock.analysis.parameter import Settings, integer
from esmock.analysis.segmentation import readable, segments
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument
from esmock.xcontent.java_length import utf16_length

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
                stream.tokens.append(Token(text[at:stop], at, end, kind, 1 + skipped))
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
def _address_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """URLs and e-mail addresses, by the types of their tokens. Source: RFC 3986, RFC 5321; answers of 7.10.2."""
    tlds = "|".join(sorted(sections("domains.txt")["top"].split(), key=len, reverse=True))
    label = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    octet = r"(?:25[0-5]|2[0-4]\d|1\d\d|0?[1-9]\d|0{0,2}\d)"
    ipv4 = rf"{octet}(?:\.{octet}){{3}}"
    literal = rf"\[{_ipv6(ipv4)}\]"
    domain = rf"(?:{label}\.)+(?:{tlds})"
    char = r"[-._~a-z0-9!$&'()*+,;=]|%[0-9a-f]{2}"
    port = r"(?::\d{1,5})?"
    tail = rf"(?:\?(?:{char}|[:@/?])*)?(?:\#(?:{char}|[:@/?])*)?"
    segments = r"(?:/(?:[-._~a-z0-9;:@&=]|%[0-9a-f]{2})*)*"
    folders = r"(?:/(?:[-._~a-z0-9?:@&=]|%[0-9a-f]{2})*)+"
    fragment = rf"(?:\#(?:{char}|[:@/?])*)?"
    login = rf"(?:(?:{char})*(?::(?:{char})*)?@)?"
    anywhere = rf"(?:{literal}|{label}(?:\.{label})*)"
    root = r"(?:\.(?!\Z))?"
    known = rf"(?:{literal}|{ipv4}|{domain}{root})(?!(?u:[\w-]))"
    atom = r"[a-z0-9!\#$%&'*+,./=?^_`{|}~-]+"
    quoted = r'"(?:[^"\\]|\\.)*"'
    local = rf"(?:{atom}|{quoted})(?:\.(?:{atom}|{quoted}))*"
    urls = "|".join(
        [
            rf"https?://{login}{anywhere}{port}{segments}{tail}", rf"ftp://{login}{anywhere}{port}{folders}(?:;type=[aid])?{fragment}",
            rf"file://(?:{anywhere})?{folders}{fragment}", rf"{known}{port}{segments}{tail}",
        ]
    )  # fmt: skip
    emails = rf"{local}@(?:{domain}\.?|\[[^\]\[\\]*\])"
    return tuple((kind, re.compile(each, re.IGNORECASE | re.ASCII)) for kind, each in (("<URL>", urls), ("<EMAIL>", emails)))


def _ipv6(ipv4: str) -> str:
    """The forms of an address of 128 bits."""
    part = "[0-9a-f]{1,4}"
    last = rf"(?:{part}:{part}|{ipv4})"
    short = [rf"(?:(?:{part}:){{0,{n}}}{part})?::(?:{part}:){{{4 - n}}}{last}" for n in range(5)]
    return "(?:" + "|".join(
        [
            rf"(?:{part}:){{6}}{last}", rf"::(?:{part}:){{5}}{last}", *short,
            rf"(?:(?:{part}:){{0,5}}{part})?::{part}", rf"(?:(?:{part}:){{0,6}}{part})?::",
        ]
    ) + ")"  # fmt: skip


class UaxUrlEmail(Tokenizer):
    """Words, e-mail addresses and URLs. Docs: analysis-uaxurlemail-tokenizer."""

    name = "uax_url_email"
    reads_on = True
    max_token_length: int = integer("max_token_length", 255)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.edition = "7" if builder.behaviour.major < 8 else "8"

    @property
    def _email(self) -> re.Pattern[str]:
        return _address_patterns()[1][1]

    def check(self) -> None:
        if self.max_token_length < 1:
            raise IllegalArgument("maxTokenLength must be greater than zero")

    def tokenize(self, text: str) -> Stream:
        return Stream([Token(text[start:end], start, end, kind) for start, end, kind in self._spans(text)], len(text))

    def _spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and type of each token: of an address and a word that begin at one place the longer one, or the address."""
        at = 0
        while at < len(text):
            address = self._address(text, at)
            base, at = at, len(text)
            for begin, stop, kind in segments(text[base:], self.edition, self.max_token_length):
                start, end = base + begin, base + stop
                if address is not None and (address[0] < start or (address[0] == start and address[1] >= end)):
                    break
                if text[start : start + 7].lower() == "mailto:" and self._email.match(text, start + 7):
                    yield start, start + 6, kind
                    address, at = None, start + 7
                    break
                yield start, end, kind
                if address is not None and address[0] < end:
                    address = self._address(text, end)
            if address is not None:
                at = address[1]
                yield address

    def _address(self, text: str, at: int) -> tuple[int, int, str] | None:
        """Start, end and type of the next address: of a URL and an e-mail address that begin at one place the longer one, or the URL."""
        text = readable(text, self.max_token_length)
        found = [(span[0], -span[1], number) for number, (_, one) in enumerate(_address_patterns()) if (span := self._next(one, text, at))]
        if not found:
            return None
        start, end, number = min(found)
        return start, -end, _address_patterns()[number][0]

    def _next(self, pattern: re.Pattern[str], text: str, at: int) -> tuple[int, int] | None:
        """Where a pattern matches next; Lucene's scanner sees as much of it as a token may have."""
        while (found := pattern.search(text, at)) is not None:
            start, end = found.span()
            if end - start > self.max_token_length:
                found = pattern.match(text, start, start + self.max_token_length)
            if found is not None:
                return found.span()
            at = start + 1
        return None


FAMILY = (Classic, UaxUrlEmail)
