"""The analysis parts of one index: what its settings define, and what is built in.

Source: recordings of 7.10.2 (fixtures/recorded/7.10.2/analysis/errors.json); docs pages analysis-custom-analyzer, analysis-normalizers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from esmock.analysis.analyzer import CUSTOM_GAP, Analyzer
from esmock.analysis.parameter import Settings
from esmock.errors import ApiError, IllegalArgument
from esmock.version import Behaviour

if TYPE_CHECKING:
    from esmock.analysis.component import CharFilter, Component, TokenFilter, Tokenizer
    from esmock.analysis.environment import Environment

PREFIX = "index.analysis."
_KINDS = ("char_filter", "tokenizer", "filter", "analyzer", "normalizer")
_TITLES = {"char_filter": "char_filter", "tokenizer": "tokenizer", "filter": "filter", "analyzer": "analyzer"}
ScriptCompiler = Callable[[Mapping[str, Any], str], Callable[[Any], bool]]
Warn = Callable[[str], None]


def _silent(_text: str) -> None:
    """For parts that are made where nobody can be warned."""


class Builder:
    """What a component may ask for while it is made.

    Args:
        index: flat settings of the index.
        behaviour: flags of the version played.
        environment: where files named in settings are found.
        compile_script: makes a predicate on a token of a script's settings and the filter's name (``condition``,
            ``predicate_token_filter``).
        warn: told of deprecations.
    """

    def __init__(
        self,
        index: Mapping[str, Any],
        behaviour: Behaviour,
        environment: Environment | None = None,
        compile_script: ScriptCompiler | None = None,
        warn: Warn = _silent,
    ) -> None:
        from esmock.analysis.environment import Environment

        self.index = index
        self.behaviour = behaviour
        self.environment = environment or Environment()
        self.compile_script = compile_script
        self.warn = warn
        self._made: dict[tuple[str, str], Component] = {}
        self._definitions = _group(index)

    def definitions(self, kind: str) -> dict[str, dict[str, Any]]:
        """Settings by name of the components of a kind that the index defines."""
        return self._definitions[kind]

    def settings(self, name: str, values: Mapping[str, Any]) -> Settings:
        return Settings(name, values, self.index)

    def find(self, kind: str, name: str) -> Component | None:
        """A component by name: the index's own or a built-in one; None when there is none."""
        key = (kind, name)
        if key not in self._made:
            made = self._make(kind, name)
            if made is None:
                return None
            self._made[key] = made
        return self._made[key]

    def char_filter(self, name: str) -> CharFilter | None:
        return self.find("char_filter", name)  # type: ignore[return-value]

    def tokenizer(self, name: str) -> Tokenizer | None:
        return self.find("tokenizer", name)  # type: ignore[return-value]

    def filter(self, name: str) -> TokenFilter | None:
        return self.find("filter", name)  # type: ignore[return-value]

    def _make(self, kind: str, name: str) -> Component | None:
        own = self.definitions(kind).get(name)
        if own is None:
            return self.built_in(kind, name)
        return self.define(kind, name, own)

    def define(self, kind: str, name: str, values: Mapping[str, Any]) -> Component:
        """Make a component of its settings.

        Raises:
            IllegalArgument: no type, an unknown type, or a bad parameter.
        """
        type_name = values.get("type")
        if type_name is None:
            raise IllegalArgument(f"{_TITLES[kind]} [{name}] must specify either an analyzer type, or a tokenizer")
        found = self.type_of(kind, str(type_name))
        if found is None or found.only_prebuilt:
            raise IllegalArgument(f"Unknown {_TITLES[kind]} type [{type_name}] for [{name}]")
        return found(self.settings(name, values), self)

    def type_of(self, kind: str, type_name: str) -> type[Component] | None:
        """The class of a type that the version has."""
        from esmock.analysis import registry

        found = registry.TABLES[kind].get(type_name)
        if found is None or not found.since <= self.behaviour.major <= found.until:
            return None
        return found

    def built_in(self, kind: str, name: str, *, is_global: bool = False) -> Component | None:
        """A part that needs no definition: a preconfigured one, or a type with its defaults."""
        from esmock.analysis import registry

        if kind == "filter" and name in registry.REFUSED and self.behaviour.major < 8:
            raise IllegalArgument(registry.REFUSED[name])
        ready = registry.PREBUILT[kind].get(name)
        found = self.type_of(kind, name)
        if (kind, name) in registry.DEPRECATED and self.behaviour.major >= 8:
            return None
        if ready is not None:
            return self._ready(kind, name, ready)
        if found is None:
            return None
        if found.needs_settings:
            if is_global:
                raise IllegalArgument("Analysis settings required - can't instantiate analysis factory")
            return None
        return found(self.settings(name, {}), self)

    def _ready(self, kind: str, name: str, ready: Any) -> Component | None:
        from esmock.analysis import registry

        type_name, values = ready
        found = self.type_of(kind, type_name)
        if found is None:
            return None
        made = found(self.settings(name, values), self)
        made.deprecation = registry.DEPRECATED.get((kind, name))
        return made


def _group(index: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    out: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _KINDS}
    for key in sorted(index):
        if not key.startswith(PREFIX):
            continue
        kind, _, rest = key[len(PREFIX) :].partition(".")
        name, _, parameter = rest.partition(".")
        if kind in out and name:
            out[kind].setdefault(name, {})[parameter] = index[key]
    return out


class IndexAnalysis:
    """The analyzers and normalizers of one index.

    Args:
        settings: flat settings of the index, keys with ``index.``; lists as lists or as ``key.0``, ``key.1``.
        behaviour: flags of the version played.
        environment: where files named in settings are found.
        compile_script, warn: see Builder; both are forgotten when all is made.

    Raises:
        IllegalArgument and others: as creating such an index fails.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        behaviour: Behaviour,
        environment: Environment | None = None,
        compile_script: ScriptCompiler | None = None,
        warn: Warn = _silent,
    ) -> None:
        self.builder = Builder(settings, behaviour, environment, compile_script, warn)
        self._analyzers: dict[str, Analyzer] = {}
        self._normalizers: dict[str, Analyzer] = {}
        if any(self.builder._definitions.values()):
            from esmock.analysis import custom

            custom.build_all(self.builder, self._analyzers, self._normalizers)
        self.builder.warn, self.builder.compile_script = _silent, None

    @contextmanager
    def asked(self, warn: Warn, compile_script: ScriptCompiler | None = None) -> Iterator[None]:
        """Tell of the deprecations, and compile the scripts, that are met meanwhile."""
        self.builder.warn, self.builder.compile_script = warn, compile_script
        try:
            yield
        finally:
            self.builder.warn, self.builder.compile_script = _silent, None

    def analyzer(self, name: str) -> Analyzer | None:
        """An analyzer of the index or a built-in one; None when there is none of that name."""
        if name not in self._analyzers:
            from esmock.analysis import custom

            made = custom.built_in_analyzer(self.builder, name)
            if made is None:
                return None
            self._analyzers[name] = made
        return self._analyzers[name]

    def normalizer(self, name: str) -> Analyzer | None:
        """A normalizer of the index, or ``lowercase``; None when there is none of that name."""
        if name not in self._normalizers:
            from esmock.analysis import custom

            made = custom.built_in_normalizer(self.builder, name)
            if made is None:
                return None
            self._normalizers[name] = made
        return self._normalizers[name]

    @property
    def default(self) -> Analyzer:
        """Analyzer of text fields that name none."""
        return self._required("default")

    @property
    def default_search(self) -> Analyzer:
        """Analyzer of searches in text fields that name none."""
        return self._required("default_search" if "default_search" in self._analyzers else "default")

    @property
    def default_search_quoted(self) -> Analyzer:
        """Analyzer of phrases in text fields that name none."""
        if "default_search_quoted" in self._analyzers:
            return self._required("default_search_quoted")
        return self.default_search

    def _required(self, name: str) -> Analyzer:
        found = self.analyzer(name)
        if found is None:
            raise ApiError(f"analyzer [{name}] is missing")
        return found


@functools.cache
def plain_analysis(behaviour: Behaviour) -> IndexAnalysis:
    """The analysis of an index whose settings say nothing of it; shared, since it never changes in what it answers."""
    return IndexAnalysis({}, behaviour)


__all__ = ["CUSTOM_GAP", "Builder", "IndexAnalysis", "plain_analysis"]
