"""Analyzed text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esmock.errors import ApiError, IllegalArgument, MapperParsing
from esmock.mapping.exact import NotText
from esmock.mapping.field import Field
from esmock.mapping.parameter import (
    Parameter,
    Place,
    boolean,
    boost,
    choice,
    java_text,
    meta,
    read_double,
    read_integer,
    similarity,
)

Json = Any

INDEX_OPTIONS = ("docs", "freqs", "positions", "offsets")
TERM_VECTORS = (
    "no", "yes", "with_positions", "with_offsets", "with_positions_offsets", "with_positions_payloads",
    "with_positions_offsets_payloads",
)


def _index_options(text: str, place: Place) -> ApiError:
    return MapperParsing(
        f"Unknown value [{text}] for field [index_options] - accepted values are [positions, docs, freqs, offsets]"
    )


def _term_vector(text: str, place: Place) -> ApiError:
    return MapperParsing(f"wrong value for termVector [{text}] for field [{place.path.rsplit('.', 1)[-1]}]")


def _analyzer(name: str, *, updateable: bool = False) -> Parameter:
    def read(value: Json, place: Place) -> str | None:
        if value is None:
            return None
        text = java_text(value)
        if place.context.analysis.analyzer(text) is None:
            raise IllegalArgument(f"analyzer [{text}] has not been configured in mappings")
        return text

    return Parameter(name, None, read, updateable, show=lambda value: value or "default", allows_null=True)


def _gap(value: Json, place: Place) -> int:
    gap = read_integer(value)
    if gap < 0:
        raise MapperParsing(f"[positions_increment_gap] must be positive, got [{gap}]")
    return gap


def _frequency_filter(value: Json, place: Place) -> dict[str, Json]:
    return {
        "min": read_double(value.get("min", 0)),
        "max": read_double(value.get("max", 2**31 - 1)),
        "min_segment_size": read_integer(value.get("min_segment_size", 0)),
    }


def _prefixes(value: Json, place: Place) -> dict[str, int] | None:
    if value is None:
        return None
    node = dict(value)
    low, high = read_integer(node.pop("min_chars", 2)), read_integer(node.pop("max_chars", 5))
    if node:
        key, one = next(iter(node.items()))
        raise MapperParsing(f"Unsupported parameters: [{key} : {java_text(one)}]")
    if low > high:
        raise IllegalArgument(f"min_chars [{low}] must be less than max_chars [{high}]")
    if low < 1:
        raise IllegalArgument(f"min_chars [{low}] must be greater than zero")
    if high >= 20:
        raise IllegalArgument(f"max_chars [{high}] must be less than 20")
    return {"min_chars": low, "max_chars": high}


class Text(Field):
    """Full text: terms with positions, norms, no columns. Docs: text."""

    name = "text"
    is_text = True
    parameters = (
        boolean("index", True),
        boolean("store", False),
        choice("index_options", "positions", INDEX_OPTIONS, _index_options),
        boolean("norms", True, updateable=True),
        choice("term_vector", "no", TERM_VECTORS, _term_vector),
        _analyzer("analyzer"),
        _analyzer("search_analyzer", updateable=True),
        _analyzer("search_quote_analyzer", updateable=True),
        similarity(),
        Parameter("position_increment_gap", 100, _gap),
        boolean("fielddata", False, updateable=True),
        Parameter("fielddata_frequency_filter", None, _frequency_filter, updateable=True),
        boolean("eager_global_ordinals", False, updateable=True),
        boolean("index_phrases", False),
        Parameter("index_prefixes", None, _prefixes, allows_null=True),
        boost(),
        meta(),
    )
    __slots__ = ()

    def setup(self) -> None:
        if "search_analyzer" in self.given and self.given["search_analyzer"] and not self.given.get("analyzer"):
            raise MapperParsing(
                f"analyzer on field [{self.leaf}] must be set when search_analyzer is set"
            )
        if not self.is_indexed and self.given.get("index_phrases"):
            raise IllegalArgument("Cannot set index_phrases on unindexed field [" + self.path + "]")

    @property
    def has_doc_values(self) -> bool:
        return False

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "search_analyzer":
            return self.given.get("analyzer")
        if parameter.name == "search_quote_analyzer":
            return self.given.get("search_analyzer") or self.given.get("analyzer")
        return parameter.default

    def always_prints(self, parameter: Parameter) -> bool:
        """Analyzers are printed together once one of them differs from what it would be without."""
        if parameter.name == "search_analyzer":
            return self.given.get("search_quote_analyzer") not in (None, self.given.get("search_analyzer"))
        return False

    def conflicts(self, other: Field) -> Iterator[str]:
        yield from super().conflicts(other)
        if not self.get("norms") and other.get("norms"):
            yield "Cannot update parameter [norms] from [false] to [true]"

    @property
    def index_analyzer(self) -> Any:
        """The analyzer of the values."""
        return self.context.analysis.analyzer(self.given.get("analyzer") or "default")

    @property
    def search_analyzer(self) -> Any:
        """The analyzer of a query's text."""
        name = self.given.get("search_analyzer")
        if name is None:
            analysis = self.context.analysis
            own = self.given.get("analyzer")
            if own is None:
                return analysis.analyzer("default_search") or analysis.analyzer("default")
            name = own
        return self.context.analysis.analyzer(name)

    @property
    def search_quote_analyzer(self) -> Any:
        """The analyzer of a phrase's text."""
        name = self.given.get("search_quote_analyzer")
        return self.search_analyzer if name is None else self.context.analysis.analyzer(name)

    @property
    def has_norms(self) -> bool:
        return bool(self.get("norms"))

    def check(self, value: Json) -> None:
        if isinstance(value, dict | list):
            raise NotText(value)

    def column_values(self, values: list[Json]) -> list[str]:
        return [value if isinstance(value, str) else java_text(value) for value in values]

    def term(self, value: Json) -> str:
        return java_text(value)


FIELDS = (Text,)
