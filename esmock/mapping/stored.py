"""Stored fields of a document, read back from its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping

Json = Any


def stored_values(mapping: Mapping, doc: Any, wanted: Iterable[str]) -> dict[str, list[Json]]:
    """The values of stored fields by name; names that are not stored are left out.

    Args:
        doc: a StoredDoc.
        wanted: names or wildcard patterns.
    """
    from esmock.mapping.values import stored_of
    from esmock.xcontent.json_reader import parse_source

    source = parse_source(doc.source)
    out: dict[str, list[Json]] = {}
    for pattern in wanted:
        for path, field in mapping.fields(pattern):
            if field.is_stored:
                values = stored_of(doc.mapping, field, source)
                if values:
                    out[path] = values
    return out
