"""Where Java's break iterators of the root locale cut a text into words and sentences.

A text is first mapped to one letter per character (its class), and one regular expression over the letters finds the next piece.
Format characters are of no class and belong to the piece before them; so do marks where sentences are looked for.

Source: answers of ``java.text.BreakIterator`` of JDK 17 and 25, which agree, to every character in several contexts and to random texts.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator

from esmock.search.highlight.matches import from_units

_WORDS: dict[str, str] = {
    "\t": "W", "\r": "R", "\n": "S", "\f": "S", ".": "P", "'": "q", '"': "q", "\xad": "y", "\u2027": "d", ",": "n", "\u066b": "n", "#": "r",
    **dict.fromkeys("%&\xa2\u066a\u2030\u2031", "s"), "\u0964": "a", "\u0965": "a", "\u3005": "k",
    "\u3099": "m", "\u309a": "m", **dict.fromkeys("\u309b\u309c\u30fb\u30fc", "c"),
    "\u30fd": "t", "\u30fe": "t", "\u309d": "h", "\u309e": "h",
}  # fmt: skip
_BLOCKS = (("\u3041", "\u3094", "h"), ("\u30a1", "\u30fa", "t"), ("\u4e00", "\u9fa5", "k"), ("\uf900", "\ufa2d", "k"))
_WORDS_BY_CATEGORY = {
    "Zs": "W", "Zl": "S", "Zp": "S", "Cc": "C", "Cf": "", "Mn": "M", "Me": "M", "Mc": "L", "Pd": "d", "Pc": "d", "Sc": "r",
    **dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo"), "L"), **dict.fromkeys(("Nd", "Nl", "No"), "D"),
}  # fmt: skip
_SENTENCES: dict[str, str] = {
    **dict.fromkeys("\t\r\f\n\u2028", "s"), "\u2029": "z", "'": "q", '"': "q", ",": "c", "\u0964": "a", "\u0965": "a",
    **dict.fromkeys("!?\u3002\uff01\uff1f", "t"), ".": "p", "\uff0e": "p",
}  # fmt: skip
_SENTENCES_BY_CATEGORY = {
    "Zs": "s", "Ps": "o", "Pi": "o", "Pe": "e", "Pf": "e", "Cf": "", "Mn": "", "Me": "", "Ll": "l",
    **dict.fromkeys(("Lu", "Lt", "Lm", "Lo"), "u"), **dict.fromkeys(("Nd", "Nl", "No"), "d"),
}  # fmt: skip


def _class_of_words(char: str) -> str:
    """Its class: W space, R return, S line separator, C control; L letter, D number, M mark; k kanji, t katakana, h hiragana, c sign of both,
    m mark of both; P full stop, q quote, d dash, n comma, a danda; r stands before numbers, s behind them; x all else.
    """
    block = next((kind for first, last, kind in _BLOCKS if first <= char <= last), None)
    found = _WORDS.get(char, block)
    return _WORDS_BY_CATEGORY.get(unicodedata.category(char), "x") if found is None else found


def _class_of_sentences(char: str) -> str:
    """Its class: l lower case, u other letter, d number, s space, z paragraph separator, o opening, e closing, q quote, t sure end, p full
    stop, c comma, a danda; x all else.
    """
    found = _SENTENCES.get(char)
    return _SENTENCES_BY_CATEGORY.get(unicodedata.category(char), "x") if found is None else found


class _Classes(dict[int, str]):
    """Class by code point; filled as code points are met."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, point: int) -> str:
        kind = self[point] = self._of(chr(point))
        return kind


_LETTERS = "(?:L[Mm]*)+"
_WORD = rf"(?:{_LETTERS}(?:[Pqdy]{_LETTERS})*a?)"
_DIGITS = "(?:D[Mm]*)+"
_NUMBER = rf"{_DIGITS}(?:[Pqn]{_DIGITS})*"
_MIXED = rf"(?:{_NUMBER}{_WORD})*(?:{_NUMBER}s?)?"
_PIECE_OF_WORDS = re.compile(
    rf"""
    (?=[LD]) {_WORD}? {_MIXED}
    | (?=[WRS]) (?:W[Mm]*)* R? S?
    | [tch] m* M [Mm]* | [^LDWCRSMmtchy] [Mm]+
    | [rP] {_MIXED}
    | [cm]+ (?:t[tcm]* | h[hcm]*)? | t[tcm]* | h[hcm]* | k+
    | .
    """,
    re.VERBOSE,
)
# a full stop ends a sentence where a letter that is not lower follows behind spaces, or any letter behind signs or more than one space
_STOP = "p[peq]*(?![peq])"
_END = rf"{_STOP} (?: s+(?=u) | ss+(?=l) | s*(?!s)(?=[oqxa]+[lu]) | (?<=q)(?=[lu]) )"
_SIGNS = rf"{_STOP} s*(?!s) [oqxa]+"
# where no letter comes before the text ends, all is given back from the stop on; with some signs alone before it does
_LOST = rf"""
    (?: {_STOP} s* [oqxa]* (?=p) )*
    (?: {_SIGNS}$ | {_STOP} (?: (?<=q)[oxa] | ss+[oqxa] ) (?![oqxalu]) )
"""
_PIECE_OF_SENTENCES = re.compile(
    rf"""
    (?={_LOST}) .
    | (?: {_SIGNS}(?![oqxalu]) | . )*? (?: z | as* | t[tpeq]*s*z? | {_END} | (?={_LOST}) | $ )
    """,
    re.VERBOSE,
)


class _Pieces:
    """The pieces of one text, found by their classes.

    Attributes:
        kinds: the classes.
    """

    def __init__(self, text: str, classes: _Classes, piece: re.Pattern[str]) -> None:
        self.length = len(text)
        self.kinds = from_units(text).translate(classes)
        self._piece = piece
        self._next: dict[int, int | None] = {}
        self._places: list[int] | None = None
        if len(self.kinds) < len(text):
            self._places = list(_places(text, classes))

    def breaks(self) -> list[int]:
        """Every boundary, 0 and the end included."""
        ends = [found.end() for found in self._piece.finditer(self.kinds) if found.end() > found.start()]
        if self.length and not ends:
            return [0, self.length]
        return [0, *map(self.place, ends)]

    def next(self, at: int) -> int | None:
        """The boundary behind a class that begins a piece; None at the end."""
        if at not in self._next:
            found = self._piece.match(self.kinds, at)
            self._next[at] = found.end() if found is not None and found.end() > at else None
        return self._next[at]

    def place(self, at: int) -> int:
        """Where in the text a class stands."""
        if at >= len(self.kinds):
            return self.length
        return at if self._places is None or at == 0 else self._places[at]

    def first(self, offset: int) -> int:
        """The first class that stands at an offset or behind it."""
        return offset if self._places is None else bisect_left(self._places, offset)

    def last(self, offset: int) -> int:
        """The last class that stands before an offset."""
        return self.first(offset) - 1


def _places(text: str, classes: _Classes) -> Iterator[int]:
    at = 0
    for char in from_units(text):
        if classes[ord(char)]:
            yield at
        at += 1 + (char > "\uffff")


# what begins or ends a sentence looking backwards: Java holds that one begins at the stop, which a look from the front may not
_TURN = re.compile("p[eq]*s*[oq]*[xa]")

# no sentence ends before the text without one of these
_MAY_END = re.compile("[pzat]")

_CLASSES_OF_WORDS = _Classes(_class_of_words)
_CLASSES_OF_SENTENCES = _Classes(_class_of_sentences)


def word_breaks(text: str) -> list[int]:
    """Every boundary, 0 and the end included."""
    return _Pieces(text, _CLASSES_OF_WORDS, _PIECE_OF_WORDS).breaks()


class SentenceBreaks:
    """The boundaries of sentences around places, asked one after the other: Java goes on from the last that it found.

    Where it knows none before the place, it goes back to what it takes for one.
    """

    def __init__(self, text: str) -> None:
        self._pieces = _Pieces(text, _CLASSES_OF_SENTENCES, _PIECE_OF_SENTENCES)
        turns = [(found.end() - 1, found.start()) for found in _TURN.finditer(self._pieces.kinds)]
        self._turns = [(place, start) for place, start in turns if start > 1]
        self._known = -1

    def preceding(self, offset: int) -> int:
        """The last boundary before an offset; -1: none."""
        if offset <= 0:
            return -1
        at: int | None = self._known if -1 < self._known < offset else self._turn(offset - 1)
        before = at
        while at is not None and at < offset:
            before, at = at, self._next(at)
        assert before is not None
        self._known = before
        return before

    def following(self, offset: int) -> int:
        """The first boundary after an offset; -1: none."""
        at: int | None = 0
        if offset > 0:
            at = self._known if -1 < self._known < offset else self._turn(offset)
        while at is not None and at <= offset:
            at = self._next(at)
        self._known = -1 if at is None else at
        return self._known

    def _turn(self, offset: int) -> int:
        """Where Java takes a sentence to begin, at an offset or before it."""
        last = bisect_left(self._turns, (self._pieces.first(offset + 1), -1)) - 1
        return self._pieces.place(self._turns[last][1]) if last >= 0 else 0

    def _next(self, at: int) -> int | None:
        pieces = self._pieces
        if at >= pieces.length:
            return None
        first = pieces.first(at)
        if _MAY_END.search(pieces.kinds, first) is None:
            return pieces.length
        found = pieces.next(first)
        return pieces.length if found is None else pieces.place(found)


class WordBreaks:
    """The boundaries of words around a place: only what lies behind a space before it is looked through."""

    def __init__(self, text: str) -> None:
        self._text = text

    @functools.cached_property
    def _pieces(self) -> _Pieces:
        return _Pieces(self._text, _CLASSES_OF_WORDS, _PIECE_OF_WORDS)

    def _plain(self, offset: int) -> tuple[int, int] | None:
        """Where the word at an offset begins and ends, if it is of ASCII letters and digits between spaces, as most are."""
        text = self._text
        end = text.find(" ", offset)
        start, end = text.rfind(" ", 0, offset + 1) + 1, len(text) if end == -1 else end
        word = text[start:end]
        return (start, end) if word.isalnum() and word.isascii() else None

    def preceding(self, offset: int) -> int:
        """The last boundary before an offset; -1: none."""
        plain = self._plain(offset - 1) if 0 < offset <= len(self._text) else None
        if plain is not None:
            return plain[0]
        before = -1
        at: int | None = self._before(offset - 1)
        while at is not None and (place := self._pieces.place(at)) < offset:
            before, at = place, self._pieces.next(at)
        return before

    def following(self, offset: int) -> int:
        """The first boundary after an offset; -1: none."""
        plain = self._plain(offset) if 0 <= offset < len(self._text) else None
        if plain is not None:
            return plain[1]
        at: int | None = self._before(offset)
        while at is not None and self._pieces.place(at) <= offset:
            at = self._pieces.next(at)
        return -1 if at is None else self._pieces.place(at)

    def _before(self, offset: int) -> int:
        """The class behind the last run of spaces before an offset."""
        kinds = self._pieces.kinds
        at = kinds.rfind("W", 0, max(self._pieces.last(offset), 0))
        while at > 0 and kinds[at - 1] in "WMm":
            at -= 1
        return max(at, 0)
