"""Filters that mark, repeat or replace terms: keyword_marker, keyword_repeat, patterns, elision, payloads ...

Pages: analysis-keyword-marker-tokenfilter, analysis-keyword-repeat-tokenfilter, analysis-pattern-capture-tokenfilter,
analysis-pattern_replace-tokenfilter, analysis-elision-tokenfilter, analysis-stemmer-override-tokenfilter.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from esmock.analysis.component import TermFilter, TokenFilter
from esmock.analysis.java_pattern import compile_java, parse_flags, replace_all
from esmock.analysis.java_replacement import compile_replacement, expand
from esmock.analysis.lowercase import lower
from esmock.analysis.parameter import Settings, boolean, required, text
from esmock.analysis.stop_words import parse_words, rule_list, word_set
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument, NumberFormat, RuntimeError_, StringIndexOutOfBounds

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class KeywordMarker(TokenFilter):
    name = "keyword_marker"
    needs_settings = True
    uses_keyword = True
    ignore_case: bool = boolean("ignore_case", False)
    pattern_text: str | None = text("keywords_pattern")

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.pattern: re.Pattern[str] | None = None
        self.words: frozenset[str] = frozenset()
        has_words = "keywords" in settings or "keywords_path" in settings
        if self.pattern_text is not None:
            if has_words:
                raise IllegalArgument("cannot specify both `keywords_pattern` and `keywords` or `keywords_path`")
            self.pattern = compile_java(self.pattern_text)
            return
        words = word_set(settings, builder, "keywords", ignore_case=self.ignore_case)
        if words is None:
            raise IllegalArgument(
                "keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured"
            )
        self.words = words

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            if self.pattern is not None:
                marked = self.pattern.fullmatch(token.term) is not None
            else:
                marked = (lower(token.term) if self.ignore_case else token.term) in self.words
            if marked:
                token.keyword = True


class KeywordRepeat(TokenFilter):
    name = "keyword_repeat"
    uses_keyword = True
    only_prebuilt = True

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        out = []
        for token in stream.tokens:
            out.append(token.copy(keyword=True))
            token.keyword = False
            token.increment = 0
            out.append(token)
        stream.tokens = out


class RemoveDuplicates(TokenFilter):
    name = "remove_duplicates"

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        seen: set[str] = set()
        for token in stream.tokens:
            if token.increment > 0:
                seen.clear()
            if token.increment == 0 and token.term in seen:
                continue
            seen.add(token.term)
            out.append(token)
        stream.tokens = out


class Apostrophe(TermFilter):
    name = "apostrophe"

    def map(self, term: str) -> str:
        return re.split("['\u2019]", term, maxsplit=1)[0]


class Elision(TermFilter):
    name = "elision"
    normalizes = True
    articles_case: bool = boolean("articles_case", False)

    def prepare(self, settings: Settings, builder: Builder) -> None:
        articles = parse_words(settings, builder, "articles", None, named=False, ignore_case=self.articles_case)
        if articles is None:
            raise IllegalArgument("elision filter requires [articles] or [articles_path] setting")
        self.articles = articles

    def map(self, term: str) -> str:
        match = re.search("['\u2019]", term)
        if match:
            article = term[: match.start()]
            if (lower(article) if self.articles_case else article) in self.articles:
                return term[match.end() :]
        return term


class PatternCapture(TokenFilter):
    name = "pattern_capture"
    needs_settings = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        if "patterns" not in settings:
            raise IllegalArgument(f"required setting 'patterns' is missing for token filter [{settings.name}]")
        self.patterns = [compile_java(pattern) for pattern in settings.items("patterns", []) or []]
        self.preserve_original = settings.boolean("preserve_original", True)

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        for token in stream.tokens:
            captured = self._captures(token.term)
            if self.preserve_original or not captured:
                out.append(token)
            elif captured:
                start, end = captured.pop(0)
                out.append(token.copy(term=token.term[start:end]))
            out.extend(token.copy(term=token.term[start:end], increment=0) for start, end in captured)
        stream.tokens = out

    def _captures(self, term: str) -> list[tuple[int, int]]:
        """Non-empty groups, by place; the whole term not again."""
        streams = [list(self._groups(pattern, term)) for pattern in self.patterns]
        found: list[tuple[int, int]] = []
        while any(streams):
            best = min((one for one in streams if one), key=lambda one: one[0][0])
            found.append(best.pop(0))
        return found

    def _groups(self, pattern: re.Pattern[str], term: str) -> list[tuple[int, int]]:
        out = []
        for match in pattern.finditer(term):
            for group in range(1, pattern.groups + 1):
                start, end = match.span(group)
                whole = self.preserve_original and (start, end) == (0, len(term))
                if end > start >= 0 and not whole:
                    out.append((start, end))
        return out


class PatternReplace(TermFilter):
    name = "pattern_replace"
    needs_settings = True
    normalizes = True
    pattern_text: str = required("pattern", "pattern is missing for [{name}] token filter of type 'pattern_replace'")
    flags: str | None = text("flags")
    replacement: str = text("replacement", "")

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.pattern = compile_java(self.pattern_text, parse_flags(self.flags))
        self.replaces_all = settings.boolean("all", True)
        self.parts = compile_replacement(self.replacement, self.pattern)

    def map(self, term: str) -> str:
        return replace_all(self.pattern, lambda match: expand(self.parts, match), term, 0 if self.replaces_all else 1)


class StemmerOverride(TokenFilter):
    name = "stemmer_override"
    needs_settings = True
    uses_keyword = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        rules = rule_list(settings, builder, "rules")
        if rules is None:
            raise IllegalArgument("stemmer override filter requires either `rules` or `rules_path` to be configured")
        self.stems: dict[str, str] = {}
        for rule in rules:
            self._add(rule)

    def _add(self, rule: str) -> None:
        sides = rule.split("=>")
        if len(sides) != 2 or "," in sides[1]:
            raise RuntimeError_(f"Invalid Keyword override Rule:{rule}")
        words = [word.strip() for word in sides[0].split(",")]
        stem = sides[1].strip()
        if not stem or not all(words):
            raise RuntimeError_(f"Invalid Keyword override Rule:{rule}")
        for word in words:
            self.stems.setdefault(word, stem)

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            if not token.keyword and token.term in self.stems:
                token.term = self.stems[token.term]
                token.keyword = True


class Classic(TokenFilter):
    name = "classic"

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            if token.type == "<APOSTROPHE>" and len(token.term) >= 2 and token.term[-2:] in ("'s", "'S"):
                token.term = token.term[:-2]
            elif token.type == "<ACRONYM>":
                token.term = token.term.replace(".", "")


class TypeAsPayload(TokenFilter):
    name = "type_as_payload"
    uses_payload = True
    only_prebuilt = True

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            token.payload = token.type.encode()


class DelimitedPayload(TokenFilter):
    name = "delimited_payload"
    uses_payload = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        delimiter = settings.get("delimiter", "|") or ""
        if not delimiter:
            raise StringIndexOutOfBounds("String index out of range: 0")
        self.delimiter = delimiter[0]
        self.encoding = settings.get("encoding", "float")

    def apply(self, stream: Stream) -> None:
        for token in stream.tokens:
            term, mark, payload = token.term.partition(self.delimiter)
            if mark:
                token.term = term
                token.payload = self._encode(payload)
            else:
                token.payload = None

    def _encode(self, payload: str) -> bytes:
        try:
            if self.encoding == "int":
                return struct.pack(">i", int(payload))
            if self.encoding == "identity":
                return payload.encode()
            return struct.pack(">f", float(payload))
        except (ValueError, struct.error):
            raise NumberFormat(self._problem(payload)) from None

    def _problem(self, payload: str) -> str:
        if self.encoding == "int":
            return "Unable to parse" if payload else "chars length is 0"
        return f'For input string: "{payload}"' if payload else "empty String"


class RemovedPayload(DelimitedPayload):
    name = "delimited_payload_filter"
    until = 7

    def setup(self, settings: Settings, builder: Builder) -> None:
        super().setup(settings, builder)
        if "type" in settings:
            self.check()

    def check(self) -> None:
        # The ready-made one is refused only when it is to work.
        raise IllegalArgument(
            "[delimited_payload_filter] is not supported for new indices, use [delimited_payload] instead"
        )


class RemovedStandard(TokenFilter):
    name = "standard"

    def setup(self, settings: Settings, builder: Builder) -> None:
        if "type" in settings:
            self.check()

    def check(self) -> None:
        raise IllegalArgument("The [standard] token filter has been removed.")


FAMILY = (
    KeywordMarker,
    KeywordRepeat,
    RemoveDuplicates,
    Apostrophe,
    Elision,
    PatternCapture,
    PatternReplace,
    StemmerOverride,
    Classic,
    TypeAsPayload,
    DelimitedPayload,
    RemovedPayload,
    RemovedStandard,
)
