"""Analyzers without a language: standard, simple, whitespace, stop, keyword, pattern, fingerprint.

Page: analysis-analyzers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.analysis.analyzer import Analyzer
from esmock.analysis.component import AnalyzerType, Component, TokenFilter, Tokenizer
from esmock.analysis.filters.gram import check_separator
from esmock.analysis.parameter import Settings, boolean, integer, text
from esmock.analysis.stop_words import parse_words, stop_words
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


def part(builder: Builder, kind: str, type_name: str, **values: Any) -> Component:
    """A component of the given type with the given settings."""
    given = {key: value for key, value in values.items() if value is not None}
    return builder.define(kind, type_name, {"type": type_name, **given})


def tokenizer(builder: Builder, type_name: str, **values: Any) -> Tokenizer:
    return part(builder, "tokenizer", type_name, **values)  # type: ignore[return-value]


def token_filter(builder: Builder, type_name: str, **values: Any) -> TokenFilter:
    return part(builder, "filter", type_name, **values)  # type: ignore[return-value]


def stop_filter(builder: Builder, words: frozenset[str]) -> list[TokenFilter]:
    """A stop filter, where there are words."""
    return [token_filter(builder, "stop", stopwords=sorted(words))] if words else []


class Standard(AnalyzerType):
    name = "standard"
    max_token_length: int = integer("max_token_length", 255)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.words = parse_words(settings, builder, "stopwords", frozenset()) or frozenset()

    def build(self, builder: Builder) -> Analyzer:
        cutter = tokenizer(builder, "standard", max_token_length=self.max_token_length)
        cutter.check()
        filters = [token_filter(builder, "lowercase"), *stop_filter(builder, self.words)]
        return Analyzer(self.label, cutter, filters)


class Default(Standard):
    name = "default"


class Simple(AnalyzerType):
    name = "simple"

    def build(self, builder: Builder) -> Analyzer:
        return Analyzer(self.label, tokenizer(builder, "letter"), [token_filter(builder, "lowercase")])


class Whitespace(AnalyzerType):
    name = "whitespace"

    def build(self, builder: Builder) -> Analyzer:
        return Analyzer(self.label, tokenizer(builder, "whitespace"))


class Keyword(AnalyzerType):
    name = "keyword"

    def build(self, builder: Builder) -> Analyzer:
        return Analyzer(self.label, tokenizer(builder, "keyword"))


class Stop(AnalyzerType):
    name = "stop"

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.words = parse_words(settings, builder, "stopwords", stop_words("english")) or frozenset()

    def build(self, builder: Builder) -> Analyzer:
        filters = [token_filter(builder, "lowercase"), *stop_filter(builder, self.words)]
        return Analyzer(self.label, tokenizer(builder, "letter"), filters)


class Pattern(AnalyzerType):
    name = "pattern"
    lowercase: bool = boolean("lowercase", True)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.words = parse_words(settings, builder, "stopwords", frozenset()) or frozenset()
        self.tokenizer = tokenizer(
            builder, "pattern", pattern=settings.get("pattern", r"\W+"), flags=settings.get("flags")
        )

    def build(self, builder: Builder) -> Analyzer:
        filters = [token_filter(builder, "lowercase")] if self.lowercase else []
        return Analyzer(self.label, self.tokenizer, [*filters, *stop_filter(builder, self.words)])


class Fingerprint(AnalyzerType):
    name = "fingerprint"
    separator: str = text("separator", " ")
    max_output_size: int = integer("max_output_size", 255)

    def setup(self, settings: Settings, builder: Builder) -> None:
        check_separator(self.separator)
        self.words = parse_words(settings, builder, "stopwords", frozenset()) or frozenset()

    def build(self, builder: Builder) -> Analyzer:
        filters = [
            token_filter(builder, "lowercase"),
            token_filter(builder, "asciifolding"),
            *stop_filter(builder, self.words),
            token_filter(builder, "fingerprint", separator=self.separator, max_output_size=self.max_output_size),
        ]
        made = Analyzer(self.label, tokenizer(builder, "standard"), filters)
        made.global_name = "org.elasticsearch.analysis.common.FingerprintAnalyzer"
        return made


class HtmlStrip(AnalyzerType):
    name = "standard_html_strip"
    until = 7

    def setup(self, settings: Settings, builder: Builder) -> None:
        raise IllegalArgument(
            "[standard_html_strip] analyzer is not supported for new indices, use a custom analyzer using [standard]"
            " tokenizer and [html_strip] char_filter, plus [lowercase] filter"
        )


FAMILY = (Standard, Default, Simple, Whitespace, Keyword, Stop, Pattern, Fingerprint, HtmlStrip)
