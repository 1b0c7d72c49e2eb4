"""Filters that hold other filters: multiplexer, condition, predicate_token_filter.

Pages: analysis-multiplexer-tokenfilter, analysis-condition-tokenfilter, analysis-predicatefilter-tokenfilter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.analysis.component import CharFilter, TokenFilter, Tokenizer
from esmock.analysis.filters.marking import RemoveDuplicates
from esmock.analysis.parameter import Settings, boolean, items, split_commas
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument, Unsupported

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class Multiplexer(TokenFilter):
    name = "multiplexer"
    names: list[str] | None = items("filters")
    preserve_original: bool = boolean("preserve_original", True)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.chains: list[list[TokenFilter]] = []
        self.lists = settings.items("filters", []) or []
        self.settings = settings

    def chained(
        self, builder: Builder, tokenizer: Tokenizer, char_filters: list[CharFilter], before: list[TokenFilter]
    ) -> TokenFilter:
        made = type(self)(self.settings, builder)
        if self.preserve_original:
            made.chains.append([])
        for names in self.lists:
            chain: list[TokenFilter] = []
            for name in split_commas(names):
                one = builder.filter(name)
                if one is None:
                    raise IllegalArgument(
                        f"Multiplexing filter [{self.label}] refers to undefined tokenfilter [{name}]"
                    )
                chain.append(one.chained(builder, tokenizer, char_filters, [*before, *chain]))
            made.chains.append(chain)
        made.uses_keyword = any(one.uses_keyword for chain in made.chains for one in chain)  # type: ignore[misc]
        return made

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def apply(self, stream: Stream) -> None:
        if not self.chains:
            return
        out: list[Token] = []
        for token in stream.tokens:
            first = token.increment
            for chain in self.chains:
                part = Stream([token.copy(increment=1)], stream.end_offset)
                for one in chain:
                    one.apply(part)
                for made in part.tokens:
                    made.increment = first
                    first = 0
                    out.append(made)
        stream.tokens = out
        RemoveDuplicates.apply(self, stream)  # type: ignore[arg-type]


def _predicate(settings: Settings, builder: Builder) -> Callable[[Any], bool]:
    script = settings.under("script.")
    if not script:
        raise IllegalArgument("must specify either [source] for an inline script or [id] for a stored script")
    if builder.compile_script is None:
        raise Unsupported("scripts in token filters")
    return builder.compile_script(script, settings.name)


class Condition(TokenFilter):
    name = "condition"
    needs_settings = True
    names: list[str] | None = items("filter", [])

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.settings = settings
        self.accepts = _predicate(settings, builder)
        self.chain: list[TokenFilter] = []
        if not self.names:
            raise IllegalArgument(f"Empty list of filters provided to tokenfilter [{settings.name}]")

    def chained(
        self, builder: Builder, tokenizer: Tokenizer, char_filters: list[CharFilter], before: list[TokenFilter]
    ) -> TokenFilter:
        made = type(self)(self.settings, builder)
        for name in self.names or []:
            one = builder.filter(name)
            if one is None:
                raise IllegalArgument(
                    f"ScriptedConditionTokenFilter [{self.label}] refers to undefined token filter [{name}]"
                )
            made.chain.append(one.chained(builder, tokenizer, char_filters, [*before, *made.chain]))
        made.uses_keyword = any(one.uses_keyword for one in made.chain)  # type: ignore[misc]
        return made

    def apply(self, stream: Stream) -> None:
        stream.place()
        out: list[Token] = []
        for token in stream.tokens:
            if not self.accepts(token):
                out.append(token)
                continue
            part = Stream([token], stream.end_offset)
            for one in self.chain:
                one.apply(part)
            out.extend(part.tokens)
        stream.tokens = out


class Predicate(TokenFilter):
    name = "predicate_token_filter"
    needs_settings = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.accepts = _predicate(settings, builder)

    def apply(self, stream: Stream) -> None:
        stream.place()
        stream.keep(self.accepts)


FAMILY = (Multiplexer, Condition, Predicate)
