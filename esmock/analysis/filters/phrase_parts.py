"""Filters that fields use by themselves, without a name: shingles of one size, and what prefixes are looked up in."""

from __future__ import annotations

import itertools

from esmock.analysis.component import TokenFilter
from esmock.analysis.filters.gram import Shingle
from esmock.analysis.token import Stream, Token


class FixedShingle(Shingle):
    """Shingles of one size, which begin at a word; the filler stands in a gap."""

    output_unigrams = False
    output_unigrams_if_no_shingles = False
    token_separator = " "

    def __init__(self, size: int, filler: str = "") -> None:
        self.label = "fixed_shingle"
        self.filler_token = filler
        self.min_shingle_size = self.max_shingle_size = size

    def apply(self, stream: Stream) -> None:
        places: list[list[Token | None]] = [list(words) for words in self._places(stream)]
        size = self.min_shingle_size
        out: list[Token] = []
        last = -1
        for at, words in enumerate(places):
            part = places[at : at + size]
            if not words or len(part) < size:
                continue
            for combination in itertools.product(*(words_here or [None] for words_here in part)):
                present = [one for one in combination if one is not None]
                first, end = present[0], present[-1].end
                term = self.token_separator.join(self.filler_token if one is None else one.term for one in combination)
                out.append(first.copy(term=term, end=end, increment=at - last, length=1, type="shingle"))
                last = at
        stream.tokens = out

    def _places(self, stream: Stream) -> list[list[Token]]:
        """The tokens of each position; gaps are empty, those behind the last token too."""
        out: list[list[Token]] = []
        for token in stream.tokens:
            out.extend([] for _ in range(token.increment))
            if out:
                out[-1].append(token)
        out.extend([] for _ in range(min(stream.end_increment, self.min_shingle_size - 1) if out else 0))
        return out


class TrailingWords(TokenFilter):
    """Empty words behind the last one, so that shingles begin at each word."""

    def __init__(self, count: int) -> None:
        self.count = count

    def apply(self, stream: Stream) -> None:
        if not stream.tokens:
            return
        end = stream.tokens[-1].end
        for _ in range(self.count):
            stream.tokens.append(stream.tokens[-1].copy(term="", start=end, end=end, increment=1, length=1))


class Beginnings(TokenFilter):
    """The first letters of each token, and the token itself where it is longer."""

    def __init__(self, least: int, most: int, *, keeps_longer: bool) -> None:
        self.least, self.most, self.keeps_longer = least, most, keeps_longer

    def apply(self, stream: Stream) -> None:
        out = []
        increment = 0
        for token in stream.tokens:
            text = token.term
            sizes = list(range(self.least, min(self.most, len(text)) + 1))
            found = [text[:size] for size in sizes]
            if self.keeps_longer and (len(text) > self.most or len(text) < self.least):
                found.append(text)
            # a word that is too short leaves its place
            increment += token.increment
            for one in found:
                out.append(token.copy(term=one, increment=increment))
                increment = 0
        stream.tokens = out
