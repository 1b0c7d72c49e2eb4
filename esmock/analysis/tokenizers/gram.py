"""Tokenizers that yield n-grams.

Pages: analysis-ngram-tokenizer, analysis-edgengram-tokenizer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from esmock.analysis.component import Tokenizer
from esmock.analysis.parameter import Settings, integer
from esmock.analysis.token import Stream, Token
from esmock.analysis.tokenizers.word import is_java_whitespace
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

Matcher = Callable[[str], bool]

_SYMBOLS = ("Sc", "Sk", "Sm", "So")
_GROUPS: dict[str, tuple[str, ...]] = {
    "letter": ("L",),
    "digit": ("Nd",),
    "punctuation": ("P",),
    "symbol": _SYMBOLS,
    "private_use": ("Co",),
    "paragraph_separator": ("Zp",),
    "start_punctuation": ("Ps",),
    "unassigned": ("Cn",),
    "enclosing_mark": ("Me",),
    "connector_punctuation": ("Pc",),
    "letter_number": ("Nl",),
    "other_number": ("No",),
    "math_symbol": ("Sm",),
    "lowercase_letter": ("Ll",),
    "space_separator": ("Zs",),
    "surrogate": ("Cs",),
    "initial_quote_punctuation": ("Pi",),
    "decimal_digit_number": ("Nd",),
    "other_punctuation": ("Po",),
    "dash_punctuation": ("Pd",),
    "currency_symbol": ("Sc",),
    "non_spacing_mark": ("Mn",),
    "format": ("Cf",),
    "modifier_letter": ("Lm",),
    "control": ("Cc",),
    "uppercase_letter": ("Lu",),
    "other_symbol": ("So",),
    "end_punctuation": ("Pe",),
    "modifier_symbol": ("Sk",),
    "other_letter": ("Lo",),
    "line_separator": ("Zl",),
    "titlecase_letter": ("Lt",),
    "combining_spacing_mark": ("Mc",),
    "final_quote_punctuation": ("Pf",),
}
_NAMES = (
    "symbol, private_use, paragraph_separator, start_punctuation, unassigned, enclosing_mark, connector_punctuation, "
    "letter_number, other_number, math_symbol, lowercase_letter, space_separator, surrogate, initial_quote_punctuation, "
    "decimal_digit_number, digit, other_punctuation, dash_punctuation, currency_symbol, non_spacing_mark, custom, format, "
    "modifier_letter, control, uppercase_letter, other_symbol, end_punctuation, modifier_symbol, other_letter, "
    "line_separator, titlecase_letter, letter, punctuation, combining_spacing_mark, final_quote_punctuation, whitespace"
)
"""In the order in which 7.10.2 lists them."""


def char_matcher(settings: Settings) -> Matcher | None:
    """What ``token_chars`` accepts; None accepts all.

    Raises:
        IllegalArgument: an unknown kind.
    """
    names = settings.items("token_chars")
    if not names:
        return None
    categories: list[str] = []
    custom = ""
    whitespace = False
    for name in names:
        kind = name.lower().strip()
        if kind == "custom":
            given = settings.get("custom_token_chars")
            custom = given or ""
            if given is None:
                raise IllegalArgument(f"Token type: '{kind}' requires setting `custom_token_chars`")
        elif kind == "whitespace":
            whitespace = True
        elif kind in _GROUPS:
            categories.extend(_GROUPS[kind])
        else:
            raise IllegalArgument(f"Unknown token type: '{kind}', must be one of [{_NAMES}]")
    wanted = tuple(categories)

    def accepts(char: str) -> bool:
        return (
            (bool(wanted) and unicodedata.category(char).startswith(wanted))
            or char in custom
            or (whitespace and is_java_whitespace(char))
        )

    return accepts


def check_range(low: int, high: int) -> None:
    """Raises IllegalArgument for an impossible range of lengths."""
    if low < 1:
        raise IllegalArgument("minGram must be greater than zero")
    if low > high:
        raise IllegalArgument("minGram must not be greater than maxGram")


class _Gram(Tokenizer):
    min_gram: int = integer("min_gram", 1)
    edges_only = False

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.max_gram: int = settings.integer("max_gram", 2) or 0
        self.limit_difference(settings)
        self.accepts = char_matcher(settings)

    def limit_difference(self, settings: Settings) -> None:
        """Check the index setting on the width of the range."""

    def check(self) -> None:
        check_range(self.min_gram, self.max_gram)

    def tokenize(self, text: str) -> Stream:
        tokens: list[Token] = []
        for start, end in self._runs(text):
            starts = (start,) if self.edges_only else range(start, end)
            for at in starts:
                for size in range(self.min_gram, min(self.max_gram, end - at) + 1):
                    tokens.append(Token(text[at : at + size], at, at + size))
        return Stream(tokens, len(text))

    def _runs(self, text: str) -> list[tuple[int, int]]:
        accepts = self.accepts
        if accepts is None:
            return [(0, len(text))]
        out = []
        start: int | None = None
        for at, char in enumerate(text):
            if accepts(char):
                if start is None:
                    start = at
            elif start is not None:
                out.append((start, at))
                start = None
        if start is not None:
            out.append((start, len(text)))
        return out


class NGram(_Gram):
    name = "ngram"

    def limit_difference(self, settings: Settings) -> None:
        check_difference(settings, self.max_gram - self.min_gram)


def check_difference(settings: Settings, difference: int) -> None:
    """Raises IllegalArgument when the range is wider than ``index.max_ngram_diff``."""
    limit = settings.index_integer("index.max_ngram_diff", 1)
    if difference > limit:
        raise IllegalArgument(
            "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: "
            f"[{limit}] but was [{difference}]. This limit can be set by changing the [index.max_ngram_diff] index level"
            " setting."
        )


class EdgeNGram(_Gram):
    name = "edge_ngram"
    edges_only = True


class NGramOldName(NGram):
    name = "nGram"
    until = 7
    old_name_warning = (
        "The [nGram] tokenizer name is deprecated and will be removed in a future version."
        " Please change the tokenizer name to [ngram] instead."
    )


class EdgeNGramOldName(EdgeNGram):
    name = "edgeNGram"
    until = 7
    old_name_warning = (
        "The [edgeNGram] tokenizer name is deprecated and will be removed in a future version."
        " Please change the tokenizer name to [edge_ngram] instead."
    )


FAMILY = (NGram, EdgeNGram, NGramOldName, EdgeNGramOldName)
