"""Queries kept in documents. Docs: percolator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import QueryShard
from esmock.mapping.field import Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.parameter import meta

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any


class Percolator(Field):
    """A query, checked when its document is indexed by whoever knows queries. Docs: percolator."""

    name = "percolator"
    takes_words = False
    takes_objects = True
    takes_arrays = True
    exists_by_values = True
    parameters = (meta(),)
    __slots__ = ("implied",)

    def setup(self) -> None:
        """What is kept of a query, so that queries that cannot match need not be run.

        Differs: it is in the mapping only, so that searches in all fields do not find it.
        """
        from esmock.mapping.exact import Binary, Keyword
        from esmock.mapping.numeric import Integer
        from esmock.mapping.ranges import IpRange

        parts: dict[str, tuple[type[Field], dict[str, bool]]] = {
            "extracted_terms": (Keyword, {"doc_values": False}),
            "extraction_result": (Keyword, {"doc_values": False}),
            "query_builder_field": (Binary, {"doc_values": True}),
            "range_field": (IpRange, {"doc_values": False}),
            "minimum_should_match_field": (Integer, {"index": False}),
        }
        self.implied = {leaf: kind(f"{self.path}.{leaf}", given, self.context) for leaf, (kind, given) in parts.items()}

    @property
    def no_columns(self) -> str:
        """Why there are no doc values."""
        return not_supported(self.path, "percolator")

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return context.behaviour.major < 8

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

    def fetched_values(self, values: list[Json]) -> list[Json]:
        return values

    def term(self, value: Json) -> Any:
        raise QueryShard("Percolator fields are not searchable directly, use a percolate query instead")


def queries_at(node: Json, parts: tuple[str, ...]) -> Iterator[tuple[Json, Any]]:
    """The places (holder, key) of a percolator field's values in a source; nulls included."""
    if isinstance(node, list):
        for one in node:
            yield from queries_at(one, parts)
    elif isinstance(node, dict):
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in node:
                continue
            if end < len(parts):
                yield from queries_at(node[name], parts[end:])
            elif isinstance(node[name], list):
                yield from ((node[name], at) for at in range(len(node[name])))
            else:
                yield node, name


FIELDS = (Percolator,)
