"""Runtime fields of type ``lookup``: parts of documents of another index. Docs: runtime-retrieving-fields (from 8.2).

Source: recordings of 8.19.21.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, MapperParsing
from esmock.mapping.field import Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.parameter import Parameter, Place, as_list, java_text, string

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

    @classmethod
    def made(cls, given: dict[str, Any]) -> Lookup:
        """Of the parameters that were given. Raises IllegalArgument, MapperParsing: one that is needed is missing."""
        for name in _REQUIRED:
            if not given.get(name):
                raise IllegalArgument(f"[{name}] parameter must be specified")
        if not given.get("fetch_fields"):
            raise MapperParsing("[fetch_fields] parameter must not be empty")
        return cls(**{name: given[name] for name in (*_REQUIRED, "fetch_fields")})


def _fetched(value: Json, place: Place) -> tuple[Json, ...]:
    found = tuple(as_list(value))
    for one in found:
        if isinstance(one, dict) and one.get("field") is None:
            raise MapperParsing("[field] parameter of [fetch_fields] must be provided")
        if not isinstance(one, str | dict):
            raise MapperParsing(f"unexpected value [{java_text(one)}] for [fetch_fields] parameter")
    return found


LOOKUP = (*(string(name, None) for name in _REQUIRED), Parameter("fetch_fields", None, _fetched))
"""The parameters of the type."""


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
