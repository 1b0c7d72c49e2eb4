"""Tokenizers with a grammar of their own: classic, uax_url_email, thai.

Pages: analysis-classic-tokenizer, analysis-uaxurlemail-tokenizer, analysis-thai-tokenizer.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.data import sections
from esmock.analysis.parameter import Settings, integer
from esmock.analysis.segmentation import segments
from esmock.analysis.token import Stream, Token, utf16_length
from esmock.analysis.tokenizers.word import not_letters
from esmock.errors import IllegalArgument, Unsupported

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_CJ = "\u3100-\u312f\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\u3300-\u337f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff65-\uff9f"


@functools.cache
def _classic_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    strange = not_letters()
    letter = f"(?:(?![{_CJ}{strange}\\d_\U00010000-\U0010ffff])\\w)"
    alpha = f"{letter}+"
    word = f"(?:(?![{_CJ}{strange}_\U00010000-\U0010ffff])\\w)+"
    digits = f"(?:(?![{_CJ}{strange}_\U00010000-\U0010ffff])\\w)*\\d(?:(?![{_CJ}{strange}_\U00010000-\U0010ffff])\\w)*"
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


class Thai(Tokenizer):
    """Differs: all but plain words needs Java's rules and dictionary and is refused with 501."""

    name = "thai"

    def tokenize(self, text: str) -> Stream:
        if re.search(r"[^A-Za-z\s,]", text):
            raise Unsupported("the thai tokenizer over anything but plain words")
        tokens = [Token(text[start:end], start, end) for start, end, _ in segments(text, "7")]
        return Stream(tokens, len(text))


FAMILY = (Classic, UaxUrlEmail, Thai)
