"""Metadata fields that have terms of their own, as queries see them: ``_ignored`` and ``_routing``. Docs: mapping-fields.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.mapping.exact import Keyword
from esmock.mapping.fielddata import not_supported
from esmock.mapping.series_id import is_time_series, shown

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext
    from esmock.mapping.field import Field

IGNORED_COLUMN_SINCE = (8, 15)
VERSION_COLUMN_SINCE = (7, 14)


class Routing(Keyword):
    """What documents were routed by."""

    name = "_routing"
    __slots__ = ()

    @property
    def no_columns(self) -> str | None:
        return None if self.has_doc_values else not_supported(self.name, self.name)

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


class Series(Routing):
    """The series of a document of a time series."""

    name = "_tsid"
    takes_patterns = False
    __slots__ = ()

    @property
    def has_doc_values(self) -> bool:
        return True

    def term(self, value: Any) -> str:
        raise IllegalArgument(f"[{self.name}] is not searchable")

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> str:
        return shown(value.encode("latin-1"))


class RoutingHash(Series):
    """The hash that it is routed by."""

    name = "_ts_routing_hash"
    __slots__ = ()


_TYPES: dict[str, type[Routing]] = {one.name: one for one in (Routing, Ignored, Series, RoutingHash)}


def metadata_field(name: str, context: MappingContext) -> Field | None:
    """The metadata field with terms that has a name."""
    found = _TYPES.get(name)
    if found is not None and issubclass(found, Series) and not is_time_series(context.settings):
        return None
    return None if found is None else found(name, {}, context)
