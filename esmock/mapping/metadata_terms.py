"""Metadata fields that have terms of their own, as queries see them: ``_ignored`` and ``_routing``. Docs: mapping-fields.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.mapping.exact import Keyword

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext
    from esmock.mapping.field import Field

IGNORED_COLUMN_SINCE = (8, 15)
VERSION_COLUMN_SINCE = (7, 14)


def fielddata_unsupported(name: str) -> str:
    """The text that refuses to sort by a metadata field or to aggregate it."""
    return f"Fielddata is not supported on field [{name}] of type [{name}]"


class Routing(Keyword):
    """What documents were routed by."""

    name = "_routing"
    __slots__ = ()

    @property
    def no_columns(self) -> str | None:
        return None if self.has_doc_values else fielddata_unsupported(self.name)

    @property
    def has_doc_values(self) -> bool:
        return False


class Ignored(Routing):
    """The fields of which values were left out."""

    name = "_ignored"
    __slots__ = ()

    @property
    def has_doc_values(self) -> bool:
        return self.context.behaviour.has(IGNORED_COLUMN_SINCE)


_TYPES: dict[str, type[Routing]] = {one.name: one for one in (Routing, Ignored)}


def metadata_field(name: str, context: MappingContext) -> Field | None:
    """The metadata field with terms that has a name."""
    found = _TYPES.get(name)
    return None if found is None else found(name, {}, context)
