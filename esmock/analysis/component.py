"""What the parts of an analyzer have in common: a name, declared parameters, and a way to work on text or tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from esmock.analysis.parameter import Parameter, Settings
from esmock.analysis.token import OffsetMap, Stream, Token

if TYPE_CHECKING:
    from esmock.analysis.analyzer import Analyzer
    from esmock.analysis.index_analysis import Builder


class Component:
    """A char filter, tokenizer or token filter, made from settings.

    Parameters are class attributes made by the functions of ``parameter``; they are read in the order of declaration.
    """

    name: ClassVar[str]
    needs_settings: ClassVar[bool] = False
    """Whether it can only be had with settings (no instance is prebuilt)."""
    only_prebuilt: ClassVar[bool] = False
    """Whether it can only be had ready-made by its name: there is no such type to define one with."""
    since: ClassVar[int] = 7
    until: ClassVar[int] = 99
    """First and last major release that has it."""

    old_name_warning: ClassVar[str | None] = None
    """What defining a part of this type is answered with."""

    deprecation: str | None = None
    """What the use of a ready-made part is answered with."""

    def __init__(self, settings: Settings, builder: Builder) -> None:
        if self.old_name_warning is not None:
            builder.warn(self.old_name_warning)
        self.label = settings.name
        for owner in reversed(type(self).__mro__):
            for key, value in vars(owner).items():
                if isinstance(value, Parameter):
                    setattr(self, key, value.read(settings, builder))
        self.setup(settings, builder)

    def setup(self, settings: Settings, builder: Builder) -> None:
        """Check the parameters together and prepare what the work needs."""

    def check(self) -> None:
        """What Elasticsearch finds wrong only when an analyzer uses the component."""


class CharFilter(Component):
    """Rewrites the text before it is cut into tokens."""

    normalizes: ClassVar[bool] = False

    def filter(self, text: str) -> tuple[str, OffsetMap | None]:
        """The new text and the way back; no map when offsets stay."""
        raise NotImplementedError

    def filter_term(self, text: str) -> str:
        return self.filter(text)[0]


class Tokenizer(Component):
    """Cuts text into tokens."""

    ascii_kind: str | None = None
    """The table of ``batch`` that cuts ASCII text as this tokenizer does."""
    ascii_limit: int = 255
    """Longest token that table may yield."""
    reads_on: ClassVar[bool] = False
    """Whether it reads the text no further than the token it is asked for."""
    counts_frequency: ClassVar[bool] = True
    """Whether its tokens have a frequency; shown by ``explain``."""

    def tokenize(self, text: str) -> Stream:
        raise NotImplementedError


class TokenFilter(Component):
    """Rewrites a stream of tokens."""

    normalizes: ClassVar[bool] = False
    """Allowed in normalizers."""
    uses_keyword: ClassVar[bool] = False
    """Reads or writes the keyword mark; shown by ``explain``."""
    uses_payload: ClassVar[bool] = False
    """Writes payloads; shown by ``explain``."""
    parses_synonyms: ClassVar[bool] = True
    """Whether synonym rules may be analyzed by a chain with this filter."""
    term: Callable[[str], str | None] | None = None
    """A function of the term alone (None removes it), where that is all the filter does."""

    def apply(self, stream: Stream) -> None:
        """Change the stream in place."""
        raise NotImplementedError

    def chained(
        self, builder: Builder, tokenizer: Tokenizer, char_filters: list[CharFilter], before: list[TokenFilter]
    ) -> TokenFilter:
        """The filter as it works behind the given parts."""
        return self

    def for_synonyms(self) -> TokenFilter | None:
        """The filter as it works on synonym rules; None: not at all."""
        return self

    def normalize(self, stream: Stream) -> None:
        """The same for the single term of a normalizer or a multi-term query."""
        self.apply(stream)


class TermFilter(TokenFilter):
    """A filter that maps each term by itself: ``map`` is pure."""

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.prepare(settings, builder)
        self.term = self.map

    def prepare(self, settings: Settings, builder: Builder) -> None:
        """As ``setup``."""

    def map(self, term: str) -> str:
        raise NotImplementedError

    def apply(self, stream: Stream) -> None:
        change = self.map
        for token in stream.tokens:
            token.term = change(token.term)


class StemFilter(TermFilter):
    """A term filter that leaves tokens marked as keywords alone; ``map`` is given halves of surrogate pairs as characters."""

    uses_keyword = True
    lowers = False
    """Whether it makes words lower case before it looks at them."""

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.prepare(settings, builder)
        self.term = self._stem = by_units(self.map, lowers=self.lowers)

    def apply(self, stream: Stream) -> None:
        change = self._stem
        for token in stream.tokens:
            if not token.keyword:
                token.term = change(token.term)


_HALVES, _AS_HALVES = 0xD800, 0xF000


def by_units(stem: Callable[[str], str], *, lowers: bool) -> Callable[[str], str]:
    """A stemmer that counts as Java does: characters beyond the first plane are two, here two private ones.

    Args:
        lowers: words are made lower case first, as halves have no case.
    """

    def of_word(word: str) -> str:
        if word.isascii() or max(word) < "\U00010000" or any("\uf000" <= char < "\uf800" for char in word):
            return stem(word)
        units = (word.lower() if lowers else word).encode("utf-16-be", "surrogatepass")
        codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
        shown = "".join(chr(code - _HALVES + _AS_HALVES if 0xD800 <= code < 0xE000 else code) for code in codes)
        back = "".join(chr(ord(char) - _AS_HALVES + _HALVES) if "\uf000" <= char < "\uf800" else char for char in stem(shown))
        return back.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")

    return of_word


class SelectFilter(TokenFilter):
    """A filter that drops tokens and leaves gaps."""

    def wanted(self, token: Token) -> bool:
        raise NotImplementedError

    def apply(self, stream: Stream) -> None:
        stream.keep(self.wanted)


class TermSelectFilter(SelectFilter):
    """A select filter that looks at the term alone."""

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.prepare(settings, builder)
        self.term = self._kept

    def prepare(self, settings: Settings, builder: Builder) -> None:
        """As ``setup``."""

    def _kept(self, term: str) -> str | None:
        return term if self.wants(term) else None

    def wants(self, term: str) -> bool:
        raise NotImplementedError

    def wanted(self, token: Token) -> bool:
        return self.wants(token.term)


class AnalyzerType(Component):
    """A type of analyzer: makes analyzers of its settings."""

    def build(self, builder: Builder) -> Analyzer:
        raise NotImplementedError
