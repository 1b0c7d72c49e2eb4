"""Filters that need dictionaries: decompounders, hunspell, and those esmock does not have.

Pages: analysis-dict-decomp-tokenfilter, analysis-hyp-decomp-tokenfilter, analysis-hunspell-tokenfilter,
analysis-minhash-tokenfilter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.analysis.component import TokenFilter
from esmock.analysis.hunspell import read_dictionary
from esmock.analysis.hyphenation import read_hyphenation
from esmock.analysis.parameter import Settings, boolean, integer
from esmock.analysis.stop_words import word_set
from esmock.analysis.token import Stream, Token
from esmock.errors import ApiError, IllegalArgument, IllegalState, IOError_, NoSuchFile

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class _Decompounder(TokenFilter):
    needs_settings = True
    min_word_size: int = integer("min_word_size", 5)
    min_subword_size: int = integer("min_subword_size", 2)
    max_subword_size: int = integer("max_subword_size", 15)
    only_longest_match: bool = boolean("only_longest_match", False)

    def setup(self, settings: Settings, builder: Builder) -> None:
        words = word_set(settings, builder, "word_list")
        if words is None:
            raise IllegalArgument(
                f"word_list must be provided for [{settings.name}], either as a path to a file, or directly"
            )
        self.words = words

    def check(self) -> None:
        for value, label in (
            (self.min_word_size, "minWordSize"),
            (self.min_subword_size, "minSubwordSize"),
            (self.max_subword_size, "maxSubwordSize"),
        ):
            if value < 0:
                raise IllegalArgument(f"{label} cannot be negative")

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        for token in stream.tokens:
            out.append(token)
            if len(token.term) >= self.min_word_size:
                out.extend(token.copy(term=part, increment=0) for part in self._parts(token.term))
        stream.tokens = out

    def _parts(self, term: str) -> list[str]:
        raise NotImplementedError

    def for_synonyms(self) -> TokenFilter | None:
        return None


class DictionaryDecompounder(_Decompounder):
    name = "dictionary_decompounder"

    def _parts(self, term: str) -> list[str]:
        out = []
        for at in range(len(term) - self.min_subword_size + 1):
            sizes = range(self.min_subword_size, min(self.max_subword_size, len(term) - at) + 1)
            found = [term[at : at + size] for size in sizes if term[at : at + size] in self.words]
            out += found[-1:] if self.only_longest_match else found
        return out


class HyphenationDecompounder(_Decompounder):
    name = "hyphenation_decompounder"

    def setup(self, settings: Settings, builder: Builder) -> None:
        super().setup(settings, builder)
        path = settings.get("hyphenation_patterns_path")
        if path is None:
            raise IllegalArgument("hyphenation_patterns_path is a required setting.")
        place = builder.environment.resolve(path)
        if not place.is_file():
            cause = IOError_("Is a directory") if place.is_dir() else NoSuchFile(str(place))
            raise IllegalArgument("Exception while reading hyphenation_patterns_path.", cause=cause)
        self.hyphenation = read_hyphenation(place)

    def _parts(self, term: str) -> list[str]:
        out: list[str] = []
        points = self.hyphenation.points(term)
        for at, start in enumerate(points):
            found = [part for end in points[at + 1 :] if (part := self._part(term, start, end))]
            out += [max(found, key=len)] if found and self.only_longest_match else found
        return out

    def _part(self, term: str, start: int, end: int) -> str | None:
        """The known word between two points; one that a binding letter follows counts too."""
        if not self.min_subword_size <= end - start <= self.max_subword_size:
            return None
        return next((part for part in (term[start:end], term[start : end - 1]) if part in self.words), None)


class Hunspell(TokenFilter):
    name = "hunspell"
    needs_settings = True
    uses_keyword = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        locale = settings.get("locale", settings.get("language", settings.get("lang")))
        if locale is None:
            raise IllegalArgument("missing [locale | language | lang] configuration for hunspell token filter")
        folder = builder.environment.resolve(f"hunspell/{locale}")
        problem = None
        if not folder.is_dir():
            problem = f"Could not find hunspell dictionary [{locale}]"
        elif not any(folder.glob("*.aff")):
            problem = f"Missing affix file for hunspell dictionary [{locale}]"
        if problem is not None:
            wire = IllegalArgument if builder.behaviour.major >= 8 else IllegalState
            raise wire(f"failed to load hunspell dictionary for locale: {locale}", cause=ApiError(problem))
        self.dictionary = read_dictionary(folder)
        self.dedup = settings.boolean("dedup", True)
        self.longest_only = settings.boolean("longest_only", False)

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        for token in stream.tokens:
            stems = [] if token.keyword else self._stems(token.term)
            out.append(token)
            if stems:
                token.term = stems[0]
                out += [token.copy(term=stem, increment=0) for stem in stems[1:]]
        stream.tokens = out

    def _stems(self, term: str) -> list[str]:
        stems = self.dictionary.stems(term)
        if self.dedup:
            stems = list(dict.fromkeys(stems))
        return [max(stems, key=len)] if self.longest_only and stems else stems


FAMILY = (DictionaryDecompounder, HyphenationDecompounder, Hunspell)
