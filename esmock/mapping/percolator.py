"""Queries kept in documents. Docs: percolator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esmock.errors import MapperParsing, QueryShard
from esmock.mapping.field import Field, rest_of_definition
from esmock.mapping.parameter import Place, meta

Json = Any


class Percolator(Field):
    """A query, checked when its document is indexed by whoever knows queries. Docs: percolator."""

    name = "percolator"
    takes_objects = True
    takes_arrays = True
    exists_by_values = True
    parameters = (meta(),)
    __slots__ = ()

    @property
    def no_columns(self) -> str:
        """Why there are no doc values."""
        return f"Fielddata is not supported on field [{self.path}] of type [percolator]"

    @classmethod
    def shared_parameters(cls, context: Any) -> tuple[str, ...]:
        return super().shared_parameters(context) if context.behaviour.major >= 8 else ()

    @classmethod
    def unknown_parameters(cls, place: Place, rest: dict[str, Json]) -> MapperParsing:
        leaf = place.path.rsplit(".", 1)[-1]
        if place.context.behaviour.major < 8:
            return rest_of_definition(leaf, rest)
        return MapperParsing(f"unknown parameter [{next(iter(rest))}] on mapper [{leaf}] of type [percolator]")

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

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
