"""An analyzer: char filters, a tokenizer and token filters in a row."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from esmock.analysis.component import CharFilter, TokenFilter, Tokenizer
from esmock.analysis.token import Stream, Token, TokenBatch

BUILT_IN_GAP = 0
CUSTOM_GAP = 100
_MAPPED = 8192
"""So many words at most are remembered with the terms that they become."""


class Analyzer:
    """A chain of parts, ready to analyze.

    Args:
        name: as it is called in its index.
        tokenizer: cuts the text.
        filters: in the order of their work.
        char_filters: in the order of their work.
        position_increment_gap: positions between the values of a field, where the field itself says nothing.
        is_custom: whether ``explain`` shows the parts.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Tokenizer,
        filters: Sequence[TokenFilter] = (),
        char_filters: Sequence[CharFilter] = (),
        *,
        position_increment_gap: int = BUILT_IN_GAP,
        is_custom: bool = False,
        is_normalizer: bool = False,
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.filters = tuple(filters)
        self.char_filters = tuple(char_filters)
        self.position_increment_gap = position_increment_gap
        self.is_custom = is_custom
        self.is_normalizer = is_normalizer
        self._mapped: dict[str, str | None] = {}
        self.global_name: str | None = None
        """What ``explain`` calls it where no index is named, if that is another name."""

    def stream(self, text: str) -> Stream:
        """Run the chain over one value; positions are not yet set."""
        out = self.tokenized(text)
        for one in self.filters:
            one.apply(out)
        return out

    def tokenized(self, text: str) -> Stream:
        """The stream before the token filters, offsets leading back to ``text``."""
        maps = []
        original = len(text)
        for char_filter in self.char_filters:
            text, back = char_filter.filter(text)
            if back is not None:
                maps.append(back)
        out = self.tokenizer.tokenize(text)
        out.reads_on = self.tokenizer.reads_on
        if maps:
            for back in reversed(maps):
                correct = back.correct
                for token in out.tokens:
                    token.start, token.end = correct(token.start), correct(token.end)
            out.end_offset = original
        return out

    def tokens(self, text: str) -> list[Token]:
        """The tokens of one value with absolute positions; offsets in code points."""
        out = self.stream(text)
        out.place()
        return out.tokens

    def wanted(self, text: str, terms: Container[str]) -> tuple[list[Token], int]:
        """The tokens of one value whose terms are wanted, with absolute positions, and the number of positions that the value takes."""
        maps = self._term_maps()
        if maps is not None and not self.char_filters and text.isascii() and self.tokenizer.ascii_kind == "standard":
            found = self._wanted_words(text, terms, maps)
            if found is not None:
                return found
        stream = self.stream(text)
        width = stream.place()
        return [token for token in stream.tokens if token.term in terms], width

    def _wanted_words(
        self, text: str, terms: Container[str], maps: list[Callable[[str], str | None]]
    ) -> tuple[list[Token], int] | None:
        """``wanted`` for words of ASCII; None where one of them is too long to stay whole."""
        from esmock.analysis.segmentation import ascii_words

        found = list(ascii_words(text))
        words = [one[0] for one in found]
        mapped = self._mapped
        try:
            changed = [mapped[word] for word in words]
        except KeyError:
            if max(map(len, words)) > self.tokenizer.ascii_limit:
                return None
            changed = self._change(words, maps)
        out = []
        for place in [place for place, term in enumerate(changed) if term in terms]:
            token = Token(changed[place] or "", *found[place].span())
            token.position = place
            out.append(token)
        return out, len(words)

    def _change(self, words: list[str], maps: list[Callable[[str], str | None]]) -> list[str | None]:
        """What becomes of words, which is remembered; None: they are left out."""
        mapped = self._mapped
        if len(mapped) > _MAPPED:
            mapped.clear()
        for word in words:
            if word not in mapped:
                term: str | None = word
                for change in maps:
                    if term is not None:
                        term = change(term)
                mapped[word] = word if term == word else term
        return [mapped[word] for word in words]

    def terms(self, text: str) -> list[str]:
        """Only the texts of the tokens."""
        return [token.term for token in self.stream(text).tokens]

    def normalize(self, text: str) -> str:
        """What a term of a multi-term query (prefix, wildcard, range) becomes: only the filters for characters work."""
        for char_filter in self.char_filters:
            if char_filter.normalizes:
                text = char_filter.filter_term(text)
        stream = Stream([Token(text, 0, len(text))], len(text))
        for one in self.filters:
            if one.normalizes:
                one.normalize(stream)
        return stream.tokens[0].term if stream.tokens else text

    def batch(self, values: Sequence[str], *, offsets: bool = False) -> TokenBatch:
        """Analyze many values into arrays (see TokenBatch)."""
        from esmock.analysis import batch

        maps = self._term_maps()
        raw = None
        if maps is not None and not self.char_filters:
            raw = self._raw_batch(values, offsets=offsets)
        if raw is None or maps is None:
            return batch.stream_batch(values, self.stream, offsets=offsets)
        return batch.term_batch(raw, maps)

    def _term_maps(self) -> list[Callable[[str], str | None]] | None:
        maps = []
        for one in self.filters:
            if one.term is None:
                return None
            maps.append(one.term)
        return maps

    def _raw_batch(self, values: Sequence[str], *, offsets: bool):  # type: ignore[no-untyped-def]
        import numpy as np

        from esmock.analysis import batch

        kind, limit = self.tokenizer.ascii_kind, self.tokenizer.ascii_limit
        if kind is None:
            return batch.tokenizer_batch(values, self.tokenizer.tokenize, offsets=offsets)
        is_ascii = np.fromiter(map(str.isascii, values), bool, len(values))
        plain = [value for value in values if value.isascii()]
        quick = batch.ascii_batch(plain, kind, limit, offsets=offsets)
        if quick is None:
            return batch.tokenizer_batch(values, self.tokenizer.tokenize, offsets=offsets)
        if len(plain) == len(values):
            return quick
        rest = [value for value in values if not value.isascii()]
        slow = batch.tokenizer_batch(rest, self.tokenizer.tokenize, offsets=offsets)
        if slow is None:
            return None
        return batch.interleave([(np.flatnonzero(is_ascii), quick), (np.flatnonzero(~is_ascii), slow)], len(values))
