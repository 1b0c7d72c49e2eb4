"""Making the analyzers and normalizers of an index from its settings.

Source: recordings of 7.10.2 (fixtures/recorded/7.10.2/analysis/errors.json).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.analysis.analyzer import CUSTOM_GAP, Analyzer
from esmock.analysis.component import CharFilter, Component, TokenFilter, Tokenizer
from esmock.analysis.parameter import Settings
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


def build_all(builder: Builder, analyzers: dict[str, Analyzer], normalizers: dict[str, Analyzer]) -> None:
    """Make every part that the index defines, in Elasticsearch's order.

    Raises:
        IllegalArgument: the first part that cannot be made.
    """
    for kind in ("char_filter", "tokenizer", "filter"):
        for name in builder.definitions(kind):
            builder.find(kind, name)
    definitions = builder.definitions("analyzer")
    ready = {name: _ready_analyzer(builder, name, values) for name, values in definitions.items()}
    normalizer_definitions = builder.definitions("normalizer")
    for name, values in normalizer_definitions.items():
        _check_normalizer_type(name, values)
    for name, values in definitions.items():
        analyzers[name] = ready[name] or custom_analyzer(builder, name, builder.settings(name, values))
    for name, values in normalizer_definitions.items():
        normalizers[name] = normalizer(builder, name, builder.settings(name, values))
    if "default_index" in analyzers:
        raise IllegalArgument(
            "setting [index.analysis.analyzer.default_index] is not supported anymore, use "
            f"[index.analysis.analyzer.default] instead for index [{builder.index.get('index.name', '_na_')}]"
        )
    for name in analyzers:
        if name.startswith("_"):
            raise IllegalArgument(f"analyzer name must not start with '_'. got \"{name}\"")


def _ready_analyzer(builder: Builder, name: str, values: Mapping[str, Any]) -> Analyzer | None:
    """An analyzer of a built-in type, or None for a custom chain, which is made once all parts are there."""
    type_name = values.get("type")
    if type_name is None:
        if "tokenizer" in values:
            return None
        raise IllegalArgument(f"analyzer [{name}] must specify either an analyzer type, or a tokenizer")
    if type_name == "custom":
        return None
    found = builder.type_of("analyzer", str(type_name))
    if found is None:
        raise IllegalArgument(f"Unknown analyzer type [{type_name}] for [{name}]")
    made: Analyzer = found(builder.settings(name, values), builder).build(builder)  # type: ignore[attr-defined]
    made.name = name
    return made


def _check_normalizer_type(name: str, values: Mapping[str, Any]) -> None:
    type_name = values.get("type")
    if type_name not in (None, "custom"):
        raise IllegalArgument(f"Unknown normalizer type [{type_name}] for [{name}]")


def custom_analyzer(builder: Builder, name: str, settings: Settings) -> Analyzer:
    """A chain put together by name.

    Raises:
        IllegalArgument: a part is missing or unknown.
    """
    tokenizer_name = settings.get("tokenizer")
    if tokenizer_name is None:
        raise IllegalArgument(f"Custom Analyzer [{name}] must be configured with a tokenizer")
    tokenizer = builder.tokenizer(tokenizer_name)
    if tokenizer is None:
        raise IllegalArgument(f"Custom Analyzer [{name}] failed to find tokenizer under name [{tokenizer_name}]")
    char_filters: list[CharFilter] = []
    for part in settings.items("char_filter", []) or []:
        char_filter = builder.char_filter(part)
        if char_filter is None:
            raise IllegalArgument(f"Custom Analyzer [{name}] failed to find char_filter under name [{part}]")
        char_filters.append(char_filter)
    gap = settings.integer("position_increment_gap", CUSTOM_GAP) or 0
    found: list[TokenFilter] = []
    for part in settings.items("filter", []) or []:
        one = builder.filter(part)
        if one is None:
            raise IllegalArgument(f"Custom Analyzer [{name}] failed to find filter under name [{part}]")
        found.append(one)
    filters = chain(builder, tokenizer, char_filters, found)
    return Analyzer(name, tokenizer, filters, char_filters, position_increment_gap=gap, is_custom=True)


def chain(
    builder: Builder, tokenizer: Tokenizer, char_filters: list[CharFilter], filters: list[TokenFilter]
) -> list[TokenFilter]:
    """The filters as they work in this chain: some (synonyms) look at what comes before them."""
    out: list[TokenFilter] = []
    for one in filters:
        out.append(one.chained(builder, tokenizer, char_filters, out[:]))
    begin_work(builder, [*char_filters, tokenizer, *out])
    return out


def begin_work(builder: Builder, parts: Iterable[Component]) -> None:
    """What happens before the parts see the first text: deprecations, and errors that only the use brings to light.

    Raises:
        ApiError: what the first wrong part raises.
    """
    for part in parts:
        if part.deprecation is not None:
            builder.warn(part.deprecation)
        part.check()


class Whole(Tokenizer):
    """The keyword tokenizer of normalizers."""

    name = "keyword"

    def tokenize(self, text: str):  # type: ignore[no-untyped-def]
        from esmock.analysis.token import Stream, Token

        return Stream([Token(text, 0, len(text))], len(text))


def normalizer(builder: Builder, name: str, settings: Settings, *, what: str = "Custom normalizer") -> Analyzer:
    """A chain over the whole text, of filters that work on characters.

    Raises:
        IllegalArgument: a part is unknown, or no part for normalizers.
    """
    if settings.get("tokenizer") is not None:
        raise IllegalArgument(f"{what} [{name}] cannot configure a tokenizer")
    char_filters: list[CharFilter] = []
    for part in settings.items("char_filter", []) or []:
        char_filter = builder.char_filter(part)
        if char_filter is None:
            raise IllegalArgument(f"{what} [{name}] failed to find char_filter under name [{part}]")
        if not char_filter.normalizes:
            raise IllegalArgument(f"{what} [{name}] may not use char filter [{part}]")
        char_filters.append(char_filter)
    filters: list[TokenFilter] = []
    for part in settings.items("filter", []) or []:
        one = builder.filter(part)
        if one is None:
            raise IllegalArgument(f"Custom Analyzer [{name}] failed to find filter under name [{part}]")
        if not one.normalizes:
            raise IllegalArgument(f"{what} [{name}] may not use filter [{part}]")
        filters.append(one)
    whole = Whole(builder.settings("keyword", {}), builder)
    return Analyzer(name, whole, filters, char_filters, is_custom=True, is_normalizer=True)


def built_in_analyzer(builder: Builder, name: str) -> Analyzer | None:
    """An analyzer that needs no definition."""
    type_name = "standard" if name == "default" else name
    found = builder.type_of("analyzer", type_name)
    if found is None or found.needs_settings:
        return None
    made: Analyzer = found(builder.settings(name, {}), builder).build(builder)  # type: ignore[attr-defined]
    made.name = name
    return made


def built_in_normalizer(builder: Builder, name: str) -> Analyzer | None:
    """``lowercase`` is always there."""
    if name != "lowercase":
        return None
    return normalizer(builder, name, builder.settings(name, {"filter": ["lowercase"]}))
