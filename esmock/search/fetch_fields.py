"""The ``fields`` option: values from the source, formatted by the mapping. Docs: search-fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.mapping.ranges import Range
from esmock.mapping.values import raw_values

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.request import FieldAndFormat
    from esmock.store.segment import StoredDoc

Json = Any


def fetch_field(wanted: FieldAndFormat, doc: StoredDoc, mapping: Mapping, shard: Any) -> dict[str, list[Json]]:
    """The values of the fields that a pattern names."""
    import orjson

    source = orjson.loads(doc.source)
    out: dict[str, list[Json]] = {}
    for name, found in mapping.fields(wanted.field):
        values = raw_values(source, found.source_path, whole=found.takes_arrays)
        for origin in mapping.copied_from.get(found.source_path, ()):
            values.extend(raw_values(source, origin, whole=found.takes_arrays))
        if not values:
            continue
        if isinstance(found, Range):
            shown = [found.fetched(value, wanted.format) for value in values]
        elif found.is_text:
            shown = found.column_values(values)
        else:
            shown = [found.format_value(value, wanted.format) for value in found.column_values(values)]
        if shown:
            out[name] = shown
    return out
