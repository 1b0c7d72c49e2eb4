"""Analyzers of languages: each a row of filters.

Page: analysis-lang-analyzer. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from esmock.analysis.analyzer import Analyzer
from esmock.analysis.analyzers import stop_filter, token_filter, tokenizer
from esmock.analysis.component import AnalyzerType, CharFilter, TokenFilter
from esmock.analysis.parameter import Settings
from esmock.analysis.stop_words import parse_words, stop_words

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

Step = tuple[str, dict[str, Any]]
STOP: Step = ("STOP", {})
MARK: Step = ("MARK", {})
LOWER: Step = ("lowercase", {})
DIGITS: Step = ("decimal_digit", {})


def step(type_name: str, **values: Any) -> Step:
    return type_name, values


def stemmer(language: str) -> Step:
    return "stemmer", {"language": language}


def elision(articles: str) -> Step:
    return "elision", {"articles": articles.split(), "articles_case": True}


class LanguageAnalyzer(AnalyzerType):
    """An analyzer whose ``steps`` are token filters; STOP and MARK stand for those of the settings."""

    words: ClassVar[str]
    """Name of the stop word list."""
    steps: ClassVar[tuple[Step, ...]]
    tokenizer_name: ClassVar[str] = "standard"

    def setup(self, settings: Settings, builder: Builder) -> None:
        default = stop_words(self.words, builder.behaviour.major)
        found = parse_words(settings, builder, "stopwords", default)
        self.stopwords = default if found is None else found
        excluded = parse_words(settings, builder, "stem_exclusion", None, named=False)
        self.excluded = excluded or frozenset()

    def char_filters(self, builder: Builder) -> list[CharFilter]:
        return []

    def all_steps(self, builder: Builder) -> tuple[Step, ...]:
        """The steps as the version has them."""
        return self.steps

    def build(self, builder: Builder) -> Analyzer:
        filters: list[TokenFilter] = []
        for type_name, values in self.all_steps(builder):
            if type_name == "STOP":
                filters += stop_filter(builder, self.stopwords)
            elif type_name == "MARK":
                if self.excluded:
                    filters.append(token_filter(builder, "keyword_marker", keywords=sorted(self.excluded)))
            else:
                filters.append(token_filter(builder, type_name, **values))
        return Analyzer(self.label, tokenizer(builder, self.tokenizer_name), filters, self.char_filters(builder))


def _language(name: str, *steps: Step, tokenizer_name: str = "standard", since: int = 7) -> type[LanguageAnalyzer]:
    values = {
        "name": name,
        "words": name,
        "steps": steps,
        "tokenizer_name": tokenizer_name,
        "since": since,
        "__doc__": None,
    }
    return type(name.capitalize(), (LanguageAnalyzer,), values)


_PLAIN = ("armenian", "basque", "danish", "estonian", "finnish", "hungarian", "lithuanian", "norwegian", "romanian")
_FRENCH_ARTICLES = "l m t qu n s j d c jusqu quoiqu lorsqu puisqu"
_ITALIAN_ARTICLES = "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d"


class English(LanguageAnalyzer):
    name = "english"
    words = "english"
    steps = (stemmer("possessive_english"), LOWER, STOP, MARK, step("porter_stem"))


class Persian(LanguageAnalyzer):
    name = "persian"
    words = "persian"
    steps = (LOWER, DIGITS, step("arabic_normalization"), step("persian_normalization"), STOP)

    def all_steps(self, builder: Builder) -> tuple[Step, ...]:
        return (*self.steps, step("persian_stem")) if builder.behaviour.persian_stems else self.steps

    def char_filters(self, builder: Builder) -> list[CharFilter]:
        joiner = {"type": "mapping", "mappings": ["\\u200C=>\\u0020"]}
        return [builder.define("char_filter", "persian", joiner)]  # type: ignore[list-item]


class Cjk(LanguageAnalyzer):
    name = "cjk"
    words = "cjk"
    steps = (step("cjk_width"), LOWER, step("cjk_bigram"), STOP)


class SnowballAnalyzer(AnalyzerType):
    """Deprecated."""

    name = "snowball"

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.language = settings.get("language", settings.get("name", "English")) or ""
        lists = {"English": "english", "Dutch": "dutch", "German": "german", "German2": "german", "French": "french"}
        default = stop_words(lists[self.language]) if self.language in lists else frozenset()
        found = parse_words(settings, builder, "stopwords", default)
        self.stopwords = default if found is None else found

    def build(self, builder: Builder) -> Analyzer:
        from esmock.analysis.filters.stemming import find_snowball

        find_snowball(self.language, builder.behaviour)
        possessive = [token_filter(builder, "stemmer", language="possessive_english")]
        filters = [
            *(possessive if self.language in ("English", "Porter", "Lovins") else []),
            token_filter(builder, "lowercase"),
            *stop_filter(builder, self.stopwords),
            token_filter(builder, "snowball", language=self.language),
        ]
        return Analyzer(self.label, tokenizer(builder, "standard"), filters)


class Chinese(AnalyzerType):
    """Deprecated: the standard analyzer with English stop words."""

    name = "chinese"

    def build(self, builder: Builder) -> Analyzer:
        filters = [token_filter(builder, "lowercase"), *stop_filter(builder, stop_words("english"))]
        return Analyzer(self.label, tokenizer(builder, "standard"), filters)


FAMILY: tuple[type[AnalyzerType], ...] = (
    English,
    Persian,
    Cjk,
    SnowballAnalyzer,
    Chinese,
    *(_language(name, LOWER, STOP, MARK, stemmer(name)) for name in _PLAIN),
    _language("arabic", LOWER, DIGITS, STOP, step("arabic_normalization"), MARK, stemmer("arabic")),
    _language(
        "bengali",
        LOWER,
        DIGITS,
        MARK,
        step("indic_normalization"),
        step("bengali_normalization"),
        STOP,
        stemmer("bengali"),
    ),
    _language("brazilian", LOWER, STOP, MARK, stemmer("brazilian")),
    _language("bulgarian", LOWER, STOP, MARK, stemmer("bulgarian")),
    _language("catalan", elision("d l m n s t"), LOWER, STOP, MARK, stemmer("catalan")),
    _language("czech", LOWER, STOP, MARK, stemmer("czech")),
    _language(
        "dutch",
        LOWER,
        STOP,
        MARK,
        step("stemmer_override", rules=["fiets=>fiets", "bromfiets=>bromfiets", "ei=>eier", "kind=>kinder"]),
        stemmer("dutch"),
    ),
    _language("french", elision(_FRENCH_ARTICLES), LOWER, STOP, MARK, stemmer("light_french")),
    _language("galician", LOWER, STOP, MARK, stemmer("galician")),
    _language("german", LOWER, STOP, MARK, step("german_normalization"), stemmer("light_german")),
    _language("greek", step("lowercase", language="greek"), STOP, stemmer("greek")),
    _language(
        "hindi", LOWER, DIGITS, MARK, step("indic_normalization"), step("hindi_normalization"), STOP, stemmer("hindi")
    ),
    _language("indonesian", LOWER, STOP, MARK, stemmer("indonesian")),
    _language(
        "irish",
        step("stop", stopwords=["h", "n", "t"], ignore_case=True),
        elision("d m b"),
        step("lowercase", language="irish"),
        STOP,
        MARK,
        stemmer("irish"),
    ),
    _language("italian", elision(_ITALIAN_ARTICLES), LOWER, STOP, MARK, stemmer("light_italian")),
    _language("latvian", LOWER, STOP, MARK, stemmer("latvian")),
    _language("portuguese", LOWER, STOP, MARK, stemmer("light_portuguese")),
    _language("russian", LOWER, STOP, MARK, stemmer("russian")),
    # Source: Lucene's class SerbianAnalyzer.
    _language("serbian", LOWER, STOP, MARK, stemmer("serbian"), step("serbian_normalization"), since=8),
    _language("sorani", step("sorani_normalization"), LOWER, DIGITS, STOP, MARK, stemmer("sorani")),
    _language("spanish", LOWER, STOP, MARK, stemmer("light_spanish")),
    _language("swedish", LOWER, STOP, MARK, stemmer("swedish")),
    _language("thai", LOWER, DIGITS, STOP, tokenizer_name="thai"),
    _language("turkish", step("apostrophe"), step("lowercase", language="turkish"), STOP, MARK, stemmer("turkish")),
)
