"""Filters that drop tokens: stop, length, keep, keep_types, limit, unique.

Pages: analysis-stop-tokenfilter, analysis-length-tokenfilter, analysis-keep-words-tokenfilter,
analysis-keep-types-tokenfilter, analysis-limit-token-count-tokenfilter, analysis-unique-tokenfilter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.analysis.component import SelectFilter, TermSelectFilter, TokenFilter
from esmock.analysis.lowercase import lower
from esmock.analysis.parameter import Settings, boolean, integer, items
from esmock.analysis.stop_words import parse_words, stop_words, word_set
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument
from esmock.xcontent.java_length import utf16_length

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class Stop(TermSelectFilter):
    name = "stop"
    ignore_case: bool = boolean("ignore_case", False)
    remove_trailing: bool = boolean("remove_trailing", True)

    def prepare(self, settings: Settings, builder: Builder) -> None:
        words = parse_words(settings, builder, "stopwords", stop_words("english"), ignore_case=self.ignore_case)
        self.words = words or frozenset()
        # ES: the list that is taken when none is given knows its words in lower case only.
        self.ignores_case = self.ignore_case and ("stopwords" in settings or "stopwords_path" in settings)
        if "enable_position_increments" in settings:
            raise IllegalArgument("enable_position_increments is not supported anymore. Please fix your analysis chain")

    def setup(self, settings: Settings, builder: Builder) -> None:
        super().setup(settings, builder)
        if not self.remove_trailing:
            self.term = None
            self.uses_keyword = True  # type: ignore[misc]

    def wants(self, term: str) -> bool:
        return (lower(term) if self.ignores_case else term) not in self.words

    def apply(self, stream: Stream) -> None:
        if self.remove_trailing:
            stream.keep(self.wanted)
            return
        last = stream.tokens[-1] if stream.tokens else None
        # A stop word stays when nothing, not even a blank, follows it: the user may still be typing.
        kept = last if last is not None and last.end == stream.end_offset and not self.wants(last.term) else None
        if kept is not None:
            kept.keyword = True
        stream.keep(lambda token: token is kept or self.wanted(token))


class Length(TermSelectFilter):
    name = "length"
    min: int = integer("min", 0)
    max: int = integer("max", 2**31 - 1)

    def check(self) -> None:
        if self.min < 0:
            raise IllegalArgument("minimum length must be greater than or equal to zero")
        if self.min > self.max:
            raise IllegalArgument("maximum length must not be greater than minimum length")

    def wants(self, term: str) -> bool:
        return self.min <= utf16_length(term) <= self.max


class Keep(TermSelectFilter):
    name = "keep"
    needs_settings = True

    def prepare(self, settings: Settings, builder: Builder) -> None:
        has_list, has_path = settings.items("keep_words") is not None, "keep_words_path" in settings
        if has_list == has_path:
            raise IllegalArgument("keep requires either `keep_words` or `keep_words_path` to be configured")
        if "enable_position_increments" in settings:
            raise IllegalArgument("enable_position_increments is not supported anymore. Please fix your analysis chain")
        self.keep_words_case = bool(settings.boolean("keep_words_case", False))
        words = word_set(settings, builder, "keep_words", ignore_case=self.keep_words_case)
        self.words = words or frozenset()

    def wants(self, term: str) -> bool:
        return (lower(term) if self.keep_words_case else term) in self.words


class KeepTypes(SelectFilter):
    name = "keep_types"
    needs_settings = True
    types: list[str] | None = items("types")

    def setup(self, settings: Settings, builder: Builder) -> None:
        mode = settings.get("mode", "include") or ""
        if self.types is None:
            raise IllegalArgument("keep_types requires `types` to be configured")
        if mode not in ("include", "exclude"):
            raise IllegalArgument(f"`keep_types` tokenfilter mode can only be [include] or [exclude] but was [{mode}].")
        self.includes = mode == "include"
        self.kinds = frozenset(self.types)

    def wanted(self, token: Token) -> bool:
        return (token.type in self.kinds) == self.includes


class Limit(TokenFilter):
    name = "limit"
    max_token_count: int = integer("max_token_count", 1)
    consume_all_tokens: bool = boolean("consume_all_tokens", False)

    def check(self) -> None:
        if self.max_token_count < 1:
            raise IllegalArgument("maxTokenCount must be greater than zero")

    def apply(self, stream: Stream) -> None:
        if len(stream.tokens) < self.max_token_count:
            return
        del stream.tokens[self.max_token_count :]
        if not self.consume_all_tokens:
            stream.end_increment = 0
            if stream.reads_on:
                stream.end_offset = stream.tokens[-1].end


class Unique(TokenFilter):
    name = "unique"
    only_on_same_position: bool = boolean("only_on_same_position", False)

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        seen: set[str] = set()
        for token in stream.tokens:
            if self.only_on_same_position and token.increment > 0:
                seen.clear()
            if token.term not in seen:
                seen.add(token.term)
                out.append(token)
        stream.tokens = out


FAMILY = (Stop, Length, Keep, KeepTypes, Limit, Unique)
