"""Text for completion while typing. Docs: search-as-you-type. Source: recordings of 7.10.2."""

from __future__ import annotations

from typing import Any

from esmock.errors import MapperParsing
from esmock.mapping.field import Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.parameter import Parameter, Place, boolean, choice, meta, read_boolean, read_integer, similarity
from esmock.mapping.text import INDEX_OPTIONS, TERM_VECTORS, Text, _index_options, _term_vector, analyzer_parameter
from esmock.mapping.text_parts import prefixes_of, shingles_of

Json = Any


def _size(value: Json, place: Place) -> int:
    number = read_integer(value)
    if not 2 <= number <= 4:
        raise MapperParsing(f"[max_shingle_size] must be at least [2] and at most [4], got [{number}]")
    return number


def _no_doc_values(value: Json, place: Place) -> bool:
    if read_boolean(value):
        raise MapperParsing("Cannot set [doc_values] on field of type [search_as_you_type]")
    return False


class SearchAsYouType(Text):
    """Text with shingles of it, and the beginnings of the longest ones. Docs: search-as-you-type."""

    name = "search_as_you_type"
    phrase_prefix_in_shingles = True
    parameters = (
        boolean("index", True),
        boolean("store", False),
        Parameter("doc_values", False, _no_doc_values),
        Parameter("max_shingle_size", 3, _size),
        analyzer_parameter("analyzer"),
        analyzer_parameter("search_analyzer", updateable=True),
        analyzer_parameter("search_quote_analyzer", updateable=True),
        similarity(),
        choice("index_options", "positions", INDEX_OPTIONS, _index_options),
        boolean("norms", True),
        choice("term_vector", "no", TERM_VECTORS, _term_vector),
        meta(),
    )
    __slots__ = ()

    @property
    def prefix_part(self) -> None:
        return None

    def setup(self) -> None:
        largest = self.get("max_shingle_size")
        parts: dict[str, Field] = {f"_{size}gram": shingles_of(self, f"_{size}gram", size) for size in range(2, largest + 1)}
        parts["_index_prefix"] = prefixes_of(self, "_index_prefix", largest)
        self.implied = parts

    @property
    def no_columns(self) -> str:
        """Why there are no doc values."""
        return not_supported(self.path, "search_as_you_type")

    def to_json(self) -> dict[str, Json]:
        found = super().to_json()
        if self.context.behaviour.major < 8:
            # ES: those given are not shown
            found.pop("fields", None)
        return found

    def printed(self, parameter: Parameter) -> Json:
        if parameter.name in ("doc_values", "max_shingle_size"):
            return self.get(parameter.name)
        return super().printed(parameter)

    def phrase_part(self, n_positions: int) -> tuple[Field, int] | None:
        """The field in which a phrase of so many words is looked up, and its shingles' size."""
        size = min(max(n_positions, 2), self.get("max_shingle_size"))
        return self.implied[f"_{size}gram"], size


FIELDS = (SearchAsYouType,)
