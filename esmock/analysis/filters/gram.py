"""Filters that yield n-grams, shingles and fingerprints.

Pages: analysis-ngram-tokenfilter, analysis-edgengram-tokenfilter, analysis-shingle-tokenfilter,
analysis-common-grams-tokenfilter, analysis-fingerprint-tokenfilter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.analysis.component import TokenFilter
from esmock.analysis.lowercase import lower
from esmock.analysis.parameter import Settings, boolean, integer, text
from esmock.analysis.stop_words import parse_words
from esmock.analysis.token import Stream, Token
from esmock.analysis.tokenizers.gram import check_difference, check_range
from esmock.errors import IllegalArgument
from esmock.xcontent.java_length import utf16_length

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class _Gram(TokenFilter):
    min_gram: int = integer("min_gram", 1)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.max_gram: int = settings.integer("max_gram", 2) or 0
        self.preserve_original = False
        self.prepare(settings)

    def prepare(self, settings: Settings) -> None:
        """As ``setup``."""

    def check(self) -> None:
        check_range(self.min_gram, self.max_gram)

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def grams(self, term: str) -> list[str]:
        raise NotImplementedError

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        skipped = 0
        for token in stream.tokens:
            terms = self.grams(token.term)
            if self.preserve_original and not self.min_gram <= len(token.term) <= self.max_gram:
                terms.append(token.term)
            if not terms:
                skipped += token.increment
                continue
            first = token.increment + skipped
            skipped = 0
            for term in terms:
                out.append(token.copy(term=term, increment=first))
                first = 0
        stream.tokens = out
        stream.end_increment += skipped


class NGram(_Gram):
    name = "ngram"

    def prepare(self, settings: Settings) -> None:
        check_difference(settings, self.max_gram - self.min_gram)
        self.preserve_original = bool(settings.boolean("preserve_original", False))

    def grams(self, term: str) -> list[str]:
        length = len(term)
        return [
            term[at : at + size]
            for at in range(length)
            for size in range(self.min_gram, min(self.max_gram, length - at) + 1)
        ]


class EdgeNGram(_Gram):
    name = "edge_ngram"

    def prepare(self, settings: Settings) -> None:
        side = settings.get("side", "front") or ""
        if side not in ("front", "back"):
            raise IllegalArgument(f"invalid side: {side}")
        self.is_back = side == "back"
        self.preserve_original = bool(settings.boolean("preserve_original", False))

    def grams(self, term: str) -> list[str]:
        sizes = range(self.min_gram, min(self.max_gram, len(term)) + 1)
        if self.is_back:
            return [term[len(term) - size :] for size in sizes]
        return [term[:size] for size in sizes]


class NGramOldName(NGram):
    name = "nGram"
    until = 7
    old_name_warning = (
        "The [nGram] token filter name is deprecated and will be removed in a future version."
        " Please change the filter name to [ngram] instead."
    )


class EdgeNGramOldName(EdgeNGram):
    name = "edgeNGram"
    until = 7
    old_name_warning = (
        "The [edgeNGram] token filter name is deprecated and will be removed in a future version."
        " Please change the filter name to [edge_ngram] instead."
    )


class Shingle(TokenFilter):
    name = "shingle"
    max_shingle_size: int = integer("max_shingle_size", 2)
    min_shingle_size: int = integer("min_shingle_size", 2)
    output_unigrams: bool = boolean("output_unigrams", True)
    output_unigrams_if_no_shingles: bool = boolean("output_unigrams_if_no_shingles", False)
    token_separator: str = text("token_separator", " ")
    filler_token: str = text("filler_token", "_")

    def setup(self, settings: Settings, builder: Builder) -> None:
        limit = settings.index_integer("index.max_shingle_diff", 3)
        difference = self.max_shingle_size - self.min_shingle_size + (1 if self.output_unigrams else 0)
        if difference > limit:
            raise IllegalArgument(
                "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size (and +1 if outputting"
                f" unigrams) must be less than or equal to: [{limit}] but was [{difference}]. This limit can be set by"
                " changing the [index.max_shingle_diff] index level setting."
            )

    def check(self) -> None:
        if self.max_shingle_size < 2:
            raise IllegalArgument("Max shingle size must be >= 2")
        if self.min_shingle_size < 2:
            raise IllegalArgument("Min shingle size must be >= 2")
        if self.min_shingle_size > self.max_shingle_size:
            raise IllegalArgument("Min shingle size must be <= max shingle size")

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        window = self._with_fillers(stream)
        sizes = list(range(self.min_shingle_size, self.max_shingle_size + 1))
        out = self._shingles(window, [1, *sizes] if self.output_unigrams else sizes)
        if not self.output_unigrams and self.output_unigrams_if_no_shingles and not out:
            out = self._shingles(window, [1])
        stream.tokens = out

    def _with_fillers(self, stream: Stream) -> list[tuple[Token, bool]]:
        """The tokens, gaps filled; with whether each is a filler."""
        out: list[tuple[Token, bool]] = []
        limit = self.max_shingle_size - 1
        for token in stream.tokens:
            for _ in range(min(token.increment - 1, limit)):
                filler = token.copy(term=self.filler_token, start=token.start, end=token.start)
                out.append((filler, True))
            out.append((token, False))
        if stream.tokens:
            for _ in range(min(stream.end_increment, limit)):
                last = stream.tokens[-1]
                end = stream.end_offset
                out.append((last.copy(term=self.filler_token, start=end, end=end), True))
        return out

    def _shingles(self, window: list[tuple[Token, bool]], sizes: list[int]) -> list[Token]:
        out = []
        for at, (first, _) in enumerate(window):
            increment = 1
            for size in sizes:
                part = window[at : at + size]
                if len(part) < size:
                    break
                if all(is_filler for _, is_filler in part):
                    continue
                length = size if self.output_unigrams or size == 1 else max(1, size - self.min_shingle_size + 1)
                if not self.output_unigrams and size == 1:
                    length = 1
                token = first.copy(
                    term=self.token_separator.join(one.term for one, _ in part),
                    end=part[-1][0].end,
                    increment=increment,
                    length=length,
                )
                if size > 1:
                    token.type = "shingle"
                increment = 0
                out.append(token)
        return out


class CommonGrams(TokenFilter):
    name = "common_grams"
    ignore_case: bool = boolean("ignore_case", False)
    query_mode: bool = boolean("query_mode", False)

    def setup(self, settings: Settings, builder: Builder) -> None:
        words = parse_words(settings, builder, "common_words", None, ignore_case=self.ignore_case)
        if words is None:
            raise IllegalArgument(
                "missing or empty [common_words] or [common_words_path] configuration for common_grams token filter"
            )
        self.words = words

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def _is_common(self, token: Token) -> bool:
        return (lower(token.term) if self.ignore_case else token.term) in self.words

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        for at, token in enumerate(stream.tokens):
            gram = None
            if at + 1 < len(stream.tokens):
                after = stream.tokens[at + 1]
                if self._is_common(token) or self._is_common(after):
                    gram = token.copy(
                        term=f"{token.term}_{after.term}", end=after.end, type="gram", increment=0, length=2
                    )
            out.append(token)
            if gram is not None:
                out.append(gram)
        stream.tokens = self._query_tokens(out) if self.query_mode else out

    @staticmethod
    def _query_tokens(tokens: list[Token]) -> list[Token]:
        """Grams instead of their first words; the last word only when no gram ends in it."""
        out: list[Token] = []
        for at, token in enumerate(tokens):
            if token.type == "gram":
                token.increment = 1
                token.length = 1
                out.append(token)
                continue
            followed = at + 1 < len(tokens) and tokens[at + 1].type == "gram"
            ends_gram = at + 1 == len(tokens) and at > 0 and tokens[at - 1].type == "gram"
            if not followed and not ends_gram:
                out.append(token)
        return out


def check_separator(text: str) -> None:
    """Raises IllegalArgument for anything but one character."""
    if utf16_length(text) != 1:
        raise IllegalArgument(f"Setting [separator] must be a single, non-null character. [{text}] was provided.")


class Fingerprint(TokenFilter):
    name = "fingerprint"
    separator: str = text("separator", " ")

    def setup(self, settings: Settings, builder: Builder) -> None:
        check_separator(self.separator)
        self.max_output_size: int = settings.integer("max_output_size", 255) or 0

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        distinct = sorted({token.term for token in stream.tokens}, key=lambda term: term.encode("utf-16-be"))
        total = sum(map(utf16_length, distinct)) + len(distinct) - 1
        last_end = stream.end_offset
        # Lucene leaves the position of the one token as what follows it.
        stream.end_increment = 1
        stream.tokens = []
        if distinct and total <= self.max_output_size:
            stream.tokens = [Token(self.separator.join(distinct), 0, last_end, "fingerprint")]


FAMILY = (NGram, EdgeNGram, NGramOldName, EdgeNGramOldName, Shingle, CommonGrams, Fingerprint)
