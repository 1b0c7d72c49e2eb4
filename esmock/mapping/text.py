"""Analyzed text."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing
from esmock.mapping.exact import need_scalar
from esmock.mapping.field import HIDDEN, NO_LIMIT, Field
from esmock.mapping.parameter import (
    Parameter,
    Place,
    as_object,
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
DEFAULT_GAP = 100

ANALYZERS = ("analyzer", "search_analyzer", "search_quote_analyzer")
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
    return MapperParsing(f"Unknown value [{text}] for field [term_vector] - accepted values are [{', '.join(TERM_VECTORS)}]")


def analyzer_parameter(name: str, *, default: str | None = None, updateable: bool = False) -> Parameter:
    """A parameter that names an analyzer of the index."""

    def read(value: Json, place: Place) -> str | None:
        if value is None:
            return None
        text = java_text(value)
        if place.context.analysis.analyzer(text) is None:
            raise IllegalArgument(f"analyzer [{text}] has not been configured in mappings")
        return text

    return Parameter(name, default, read, updateable, show=lambda value: value or "default")


def _gap(value: Json, place: Place) -> int:
    gap = read_integer(value)
    is_late = place.context.behaviour.major >= 8
    if gap < -1 or (gap == -1 and is_late):
        raise MapperParsing(f"[{'position' if is_late else 'positions'}_increment_gap] must be positive, got [{gap}]")
    return gap


def _frequency_filter(value: Json, place: Place) -> dict[str, Json] | None:
    """Which terms fielddata keeps; None: all."""
    unknown = [key for key in as_object(value) if key not in ("min", "max", "min_segment_size")]
    if unknown:
        raise _unsupported(place, unknown[0], value[unknown[0]])
    found = {
        "min": read_double(value.get("min", 0)),
        "max": read_double(value.get("max", 2**31 - 1)),
        "min_segment_size": read_integer(value.get("min_segment_size", 0)),
    }
    return None if found == {"min": 0.0, "max": float(2**31 - 1), "min_segment_size": 0} else found


def _unsupported(place: Place, key: str, value: Json) -> MapperParsing:
    leaf = place.path.rsplit(".", 1)[-1]
    return MapperParsing(f"Mapping definition for [{leaf}] has unsupported parameters:  [{key} : {java_text(value)}]")


def _prefixes(value: Json, place: Place) -> dict[str, int] | None:
    if value is None:
        return None
    node = dict(as_object(value))
    low, high = read_integer(node.pop("min_chars", 2)), read_integer(node.pop("max_chars", 5))
    if node:
        key, one = next(iter(node.items()))
        raise _unsupported(place, key, one)
    if low > high:
        raise IllegalArgument(f"min_chars [{low}] must be less than max_chars [{high}]")
    if low < 1:
        raise IllegalArgument(f"min_chars [{low}] must be greater than zero")
    if high >= 20:
        raise IllegalArgument(f"max_chars [{high}] must be less than 20")
    return {"min_chars": low, "max_chars": high}


def _shown_prefixes(value: Any) -> str:
    return "null" if value is None else f"{{ min_chars={value['min_chars']}, max_chars={value['max_chars']} }}"


def _tells_values(keyword: Field) -> bool:
    """Whether the values of a keyword can be read from what the index holds of it, as they were given."""
    return keyword.get("normalizer") is None and bool(keyword.get("doc_values") or keyword.get("store"))


class Text(Field):
    """Full text: terms with positions, norms, no columns. Docs: text."""

    name = "text"
    is_text = True
    takes_patterns = True
    takes_phrases = True
    phrase_prefix_in_shingles = False
    """Whether a phrase with an unfinished last word is looked up in the field of shingles too."""
    parameters: ClassVar[tuple[Parameter, ...]] = (
        boolean("index", True),
        boolean("store", False),
        choice("index_options", "positions", INDEX_OPTIONS, _index_options),
        boolean("norms", True),
        choice("term_vector", "no", TERM_VECTORS, _term_vector),
        analyzer_parameter("analyzer"),
        analyzer_parameter("search_analyzer", updateable=True),
        analyzer_parameter("search_quote_analyzer", updateable=True),
        similarity(),
        Parameter("position_increment_gap", -1, _gap),
        boolean("fielddata", False, updateable=True),
        Parameter("fielddata_frequency_filter", None, _frequency_filter, updateable=True),
        boolean("eager_global_ordinals", False, updateable=True),
        Parameter("index_prefixes", None, _prefixes, show=_shown_prefixes, allows_null=True),
        boolean("index_phrases", False),
        boost(),
        meta(),
    )
    __slots__ = ("implied",)

    def to_json(self) -> dict[str, Json]:
        found = super().to_json()
        if self.name != "text":
            return found
        # ES: what the fields of a text are copied into comes before how it is analyzed
        first = ("type", "boost", "index", "store", "fields", "copy_to")
        return {name: found[name] for name in (*first, *found) if name in found}

    def setup(self) -> None:
        if self.given.get("analyzer") == "default":
            del self.given["analyzer"]
        self.implied = self._parts()
        has_positions = self.get("index_options") in ("positions", "offsets")
        for name in ("index_prefixes", "index_phrases"):
            if self.given.get(name) and not self.is_indexed:
                raise IllegalArgument(f"Cannot set {name} on unindexed field [{self.path}]")
        if self.given.get("index_phrases") and not has_positions:
            raise IllegalArgument(f"Cannot set index_phrases on field [{self.path}] if positions are not enabled")
        if self.given.get("position_increment_gap", -1) != -1 and not has_positions:
            raise IllegalArgument(f"Cannot set position_increment_gap on field [{self.path}] without positions enabled")
        if self.given.get("fielddata") and not self.is_indexed:
            raise IllegalArgument(f"Cannot enable fielddata on a [text] field that is not indexed: [{self.path}]")

    def _parts(self) -> dict[str, Field]:
        from esmock.mapping.text_parts import phrases_of, word_prefixes

        out: dict[str, Field] = {}
        if self.given.get("index_prefixes"):
            least, most = self.given["index_prefixes"]["min_chars"], self.given["index_prefixes"]["max_chars"]
            out["_index_prefix"] = word_prefixes(self, "_index_prefix", least, most)
        if self.given.get("index_phrases"):
            out["_index_phrase"] = phrases_of(self, "_index_phrase")
        return out

    def phrase_part(self, n_positions: int) -> tuple[Field, int] | None:
        """The field of shingles in which a phrase is looked up, and their size; None: the field itself."""
        found = self.implied.get("_index_phrase")
        return None if found is None else (found, 2)

    @property
    def prefix_part(self) -> Any:
        """The field in which beginnings of words are looked up; None: there is none."""
        return self.implied.get("_index_prefix")

    @property
    def beginnings(self) -> Any:
        """The field in which a prefix is looked up; None: there is none."""
        return self.implied.get("_index_prefix")

    @property
    def has_doc_values(self) -> bool:
        return False

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "position_increment_gap" and self.context.behaviour.major >= 8:
            return DEFAULT_GAP
        if parameter.name == "norms" and self.name == "text" and self.context.lacks_norms:
            return False
        if parameter.name == "store" and self.name == "text" and self.context.is_synthetic:
            # ES: without a keyword among its multi-fields that tells its values, the text is what the source is made of
            return not any(one.name == "keyword" and _tells_values(one) for one in self.multi.values())
        if parameter.name == "search_analyzer":
            return self.given.get("analyzer")
        if parameter.name == "search_quote_analyzer":
            return self.given.get("search_analyzer") or self.given.get("analyzer")
        return parameter.default

    def printed(self, parameter: Parameter) -> Json:
        if parameter.name in ANALYZERS:
            return self._printed_analyzer(parameter.name)
        return super().printed(parameter)

    def _printed_analyzer(self, name: str) -> Json:
        """Analyzers are printed up to the last one that differs from what it would be without."""
        values = [self.get(one) for one in ANALYZERS]
        shown = next((at + 1 for at in (2, 1, 0) if values[at] != (None, values[0], values[1])[at]), 0)
        at = ANALYZERS.index(name)
        return (values[at] or "default") if at < shown else HIDDEN

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        return parameter.name == "norms" and bool(mine)

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
    def position_gap(self) -> int:
        """Positions between the values of a document."""
        given = int(self.get("position_increment_gap")) if self.has("position_increment_gap") else -1
        if given >= 0:
            return given
        analyzer = self.index_analyzer
        return int(analyzer.position_increment_gap) if analyzer.is_custom else DEFAULT_GAP

    @property
    def has_norms(self) -> bool:
        return bool(self.get("norms"))

    def longest_taken(self) -> int:
        return NO_LIMIT

    def check(self, value: Json) -> None:
        need_scalar(value)

    def column_values(self, values: list[Json]) -> list[str]:
        return [value if isinstance(value, str) else java_text(value) for value in values]

    def term(self, value: Json) -> str:
        return java_text(value)


FIELDS = (Text,)
