"""Which fields of a document values were left out of: malformed ones, and texts that are too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.mapping.field import NO_LIMIT

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.store.segment import StoredDoc


def ignored_fields(doc: StoredDoc) -> tuple[str, ...]:
    """Names of the fields of which the document holds values that were left out."""
    mapping = doc.mapping
    if not may_ignore(mapping):
        return ()
    return mapping.parse_document(doc.source, doc.doc_id, doc.routing).ignored


def may_ignore(mapping: Mapping) -> bool:
    """Whether the mapping can leave values out at all."""
    found = getattr(mapping, "_may_ignore", None)
    if found is None:
        found = any(
            getattr(one, "ignores_malformed", False)
            or (one.has("ignore_malformed") and one.get("ignore_malformed"))
            or getattr(one, "ignore_above", NO_LIMIT) < NO_LIMIT
            for _, one in mapping.fields()
        )
        mapping._may_ignore = found  # type: ignore[attr-defined]
    return bool(found)
