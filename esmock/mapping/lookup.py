"""Runtime fields of type ``lookup``: parts of documents of another index. Docs: runtime-retrieving-fields (from 8.2).

Source: recordings of 8.19.21.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, MapperParsing
from esmock.mapping.field import Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.parameter import as_list, java_text

Json = Any
SINCE = (8, 2)
_REQUIRED = ("target_index", "input_field", "target_field")


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a lookup field asks for.

    Args:
        target_index: where documents are looked for.
        input_field: the field whose values are looked for.
        target_field: the field that they are looked for in.
        fetch_fields: what of the first document that is found is shown, as the option ``fields`` takes it.
    """

    target_index: str
    input_field: str
    target_field: str
    fetch_fields: tuple[Json, ...]


def read_lookup(node: dict[str, Json]) -> Lookup:
    """Take the parameters out of a definition.

    Raises:
        IllegalArgument, MapperParsing: one that is needed is missing; ClassCast: ``fetch_fields`` is no list.
    """
    given = {name: node.pop(name, None) for name in _REQUIRED}
    fields = node.pop("fetch_fields", None)
    if not node:  # else that is told first
        for name, value in given.items():
            if value is None:
                raise IllegalArgument(f"[{name}] parameter must be specified")
        if not fields:
            raise MapperParsing("[fetch_fields] parameter must not be empty")
    index, source, target = (java_text(value) for value in given.values())
    return Lookup(index, source, target, tuple(as_list(fields)) if fields else ())


def shown_lookup(node: dict[str, Json]) -> dict[str, Json]:
    """The parameters as a mapping shows them."""
    fields = [one if isinstance(one, dict) else {"field": one} for one in node["fetch_fields"]]
    return {**{name: node[name] for name in _REQUIRED}, "fetch_fields": fields}


class LookupField(Field):
    """A lookup field in the mapping that a search sees: nothing can be asked of it but to be fetched."""

    name = "lookup"
    parameters = ()
    __slots__ = ()

    @property
    def no_columns(self) -> str:
        """Why there are no doc values."""
        return not_supported(self.path, self.name)

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

    def term(self, value: Json) -> Any:
        raise IllegalArgument(f"Cannot search on field [{self.path}] since it is a lookup field.")
