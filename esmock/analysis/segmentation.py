"""Word segmentation by UAX 29 as Lucene's standard tokenizer does it.

A text is first mapped to one letter per code point (its class), and one regular expression over the letters finds the tokens.
Classes: A letter, G Hangul, H Hebrew, b letter and emoji, d ASCII digit, N other digit, K Katakana, E connector, M mid letter,
B mid letter or number, Q single quote, D double quote, U mid number, X extend or format, V W variation selectors 16 and 15, J joiner,
C keycap, T extend and Southeast Asian, S Southeast Asian, h Han, i Hiragana, R regional indicator, P emoji, p emoji that take
modifiers (told apart in edition 7), m emoji modifier, # number sign and asterisk, o all else.

Source: answers of 7.10.2 and 8.19.21 for every code point in several contexts; https://unicode.org/reports/tr29/.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator

from esmock.analysis.data import sections
from esmock.analysis.token import Stream, Token
from esmock.xcontent.java_length import utf16_length

MAX_TOKEN_LENGTH = 255
ALPHANUM = "<ALPHANUM>"
NUM = "<NUM>"
EMOJI = "<EMOJI>"


class _Classes(dict[int, str]):
    """Class by code point; filled as code points are met."""

    def __init__(self, edition: str) -> None:
        super().__init__()
        runs = [run.split("=") for run in sections("word_break.txt")[edition].split()]
        self._starts = [int(start, 16) for start, _ in runs]
        self._kinds = [kind for _, kind in runs]
        for point in range(128):
            self[point] = "d" if 48 <= point < 58 else self._look_up(point)

    def _look_up(self, point: int) -> str:
        return self._kinds[bisect_right(self._starts, point) - 1]

    def __missing__(self, point: int) -> str:
        kind = self[point] = self._look_up(point)
        return kind


@functools.cache
def classes(edition: str) -> _Classes:
    """The class table of an edition: ``7`` (Unicode 9, Lucene 8) or ``8`` (Unicode 12.1, Lucene 9 and later)."""
    return _Classes(edition)


def word_pattern(edition: str) -> str:
    """The expression for one token over a string of classes; the groups tell its kind."""
    is_old = edition == "7"
    # what prolongs whatever it follows; from Unicode 11 emoji modifiers are among it
    x = f"[{'XVWJTC' if is_old else 'XVWJTCm'}]*"
    connector = f"(?:E{x})"
    chain = f"(?:[MBQ]{x}[AHGb]{x})*"
    unit = f"(?:[AGb]{x}{chain}|H{x}(?:[MB]{x}[AHGb]{x}{chain}|D{x}H{x}|Q{x})?|[Nd]{x}(?:[UBQ]{x}(?=[Nd]))?)"
    run = f"(?:(?:K{x})+|{unit}+)"
    word = f"{connector}*{run}(?:{connector}+{run})*{connector}*"
    emoji = f"R{x}R{x}|#V?C{x}|dV?C{x}+(?![AGbHNdE])|dV{x}+(?![AGbHNdE])|{_emoji(x, is_old=is_old)}"
    return f"(?P<emoji>{emoji})|(?P<word>{word})|(?P<asian>(?:[ST]{x})+)|(?P<han>h{x})|(?P<hiragana>i{x})"


def _emoji(x: str, *, is_old: bool) -> str:
    """A variation selector ends an emoji, unless a joiner and another one follow; in Unicode 9 only some take a modifier."""
    quiet = "[XTCJ]*" if is_old else "[XTCJm]*"
    plain = f"{quiet}V?"
    changed = f"(?:{quiet}m{quiet}|{plain})" if is_old else plain
    joined = f"(?:(?:(?<=J)|(?<=V)J)(?:p{changed}|[Pb]{plain}|m{quiet}))*"
    return f"(?:b{plain}{joined})(?>{x})(?![AGbHNdE])|J*(?:p{changed}|P{plain}){joined}|m{quiet}{joined}"


@functools.cache
def _pattern(edition: str) -> re.Pattern[str]:
    return re.compile(word_pattern(edition))


_KINDS = {"asian": "<SOUTHEAST_ASIAN>", "han": "<IDEOGRAPHIC>", "hiragana": "<HIRAGANA>", "emoji": EMOJI}
_HANGUL = re.compile(r"[GXVWJTCm]+\Z")
_KATAKANA = re.compile(r"[KXVWJTCm]+\Z")
_LETTER = re.compile(r"[AGHbK]")


def _type(match: re.Match[str]) -> str:
    kind = match.lastgroup or "word"
    if kind != "word":
        return _KINDS[kind]
    found = match[0]
    if not _LETTER.search(found):
        return NUM
    if found[0] == "G" and _HANGUL.match(found):
        return "<HANGUL>"
    if found[0] == "K" and _KATAKANA.match(found):
        return "<KATAKANA>"
    return ALPHANUM


# the same rules over the letters, digits, connectors and middle characters that ASCII has
_ASCII_WORD = re.compile(r"(?<!_)_*(?:(?:[A-Za-z]+(?:[:.'](?=[A-Za-z]))?|[0-9]+(?:[,;.'](?=[0-9]))?)+_*)+")
_UNJOINED_WORD = re.compile(r"(?<!_)_*+[A-Za-z0-9][A-Za-z0-9_]*")
_JOINED = re.compile(r"[:.',;][A-Za-z0-9]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")


def _ascii_type(match: re.Match[str]) -> str:
    return ALPHANUM if _ASCII_LETTER.search(match[0]) else NUM


def ascii_words(text: str) -> Iterator[re.Match[str]]:
    """The tokens of ASCII text, however long."""
    return _ascii_pattern(text).finditer(text)


def _ascii_pattern(text: str) -> re.Pattern[str]:
    """What the tokens of ASCII text look like: where nothing in it can join two words, they are found several times as fast."""
    return _ASCII_WORD if _JOINED.search(text) else _UNJOINED_WORD


def segments(text: str, edition: str, max_length: int = MAX_TOKEN_LENGTH) -> Iterator[tuple[int, int, str]]:
    """Start, end (code points) and type of each token; longer ones than ``max_length`` are cut."""
    if text.isascii():
        kinds, pattern, type_of = text, _ascii_pattern(text), _ascii_type
    else:
        kinds, pattern, type_of = text.translate(classes(edition)), _pattern(edition), _type
    position, length = 0, len(readable(text, max_length))
    while position < length:
        match = pattern.search(kinds, position, length)
        if match is None:
            return
        start, end = match.span()
        if end - start > max_length or utf16_length(text[start:end]) > max_length:
            end = _cut(text, start, max_length)
            match = pattern.match(kinds, start, end)
            if match is None:
                position = start + 1
                continue
            end = match.end()
        yield start, end, type_of(match)
        position = end


def readable(text: str, max_length: int) -> str:
    """As much of a text as Lucene's scanner reads: a pair of surrogates does not go into a buffer of one character."""
    if max_length > 1 or text.isascii():
        return text
    return text[: next((at for at, char in enumerate(text) if char > "\uffff"), len(text))]


def _cut(text: str, start: int, max_length: int) -> int:
    end, used = start, 0
    while end < len(text):
        used += 2 if text[end] > "\uffff" else 1
        if used > max_length:
            break
        end += 1
    return max(end, start + 1)


def standard_tokens(text: str, edition: str, max_length: int = MAX_TOKEN_LENGTH) -> Stream:
    """The stream of the standard tokenizer."""
    tokens = [Token(text[start:end], start, end, kind) for start, end, kind in segments(text, edition, max_length)]
    return Stream(tokens, len(text))
