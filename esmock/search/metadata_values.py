"""Metadata of a hit as values: in ``fields`` (8.x) and in ``docvalue_fields``. Source: recordings of 7.10.2 and 8.19.21."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, UnsupportedOperation
from esmock.mapping.fielddata import not_supported
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.series_id import is_time_series, routing_of_id, series_of, shown
from esmock.store.segment import DOC_COUNT
from esmock.xcontent import json_reader

if TYPE_CHECKING:
    from esmock.search.fetch import FetchedHit
    from esmock.search.result import ShardResult
    from esmock.store.segment import StoredDoc

Json = Any

_INTERNAL = ("_seq_no", "_source", "_nested_path", "_field_names")
"""What ``fields`` refuses."""
_FORMATLESS = ("_ignored", "_version", "_routing", "_doc_count")
"""What ``fields`` shows in no format but its own."""


def fetched(name: str, form: str | None, out: FetchedHit, shard: ShardResult) -> list[Json]:
    """A metadata field as ``fields`` shows it, named exactly.

    Raises:
        IllegalArgument: it is not shown, or not in a format.
        UnsupportedOperation: nobody thought of it.
    """
    if name in _INTERNAL:
        reason = f"Cannot fetch values for internal field [{name}]."
    elif form is not None and name in _FORMATLESS:
        reason = f"Field [{name}] of type [{name}] does not support custom formats"
    elif name == "_data_stream_timestamp":
        raise UnsupportedOperation(None)
    else:
        return list(_values(out, shard).get(name, ()))
    if shard.search.behaviour.major < 8:
        raise UnsupportedOperation(reason)
    raise IllegalArgument(f"error fetching [{name}]: {reason}", cause=IllegalArgument(reason))


def _values(out: FetchedHit, shard: ShardResult) -> dict[str, list[Json]]:
    doc = out.doc
    tier = shard.target.settings.get("index.routing.allocation.include._tier_preference")
    return {
        "_id": [doc.doc_id],
        "_index": [shard.target.index],
        "_version": [doc.version],
        "_ignored": list(out.ignored),
        "_routing": [] if doc.routing is None else [doc.routing],
        "_doc_count": _doc_count(doc),
        **({name: _of_series(name, out, shard) for name in OF_TIME_SERIES} if is_time_series(shard.target.settings) else {}),
        "_index_mode": [str(shard.target.settings.get("index.mode", "standard")).lower()],
        "_tier": [str(tier).split(",", 1)[0]] if tier else [],
    }


def _of_series(name: str, out: FetchedHit, shard: ShardResult) -> list[Json]:
    if name == "_tsid":
        return [shown(series_of(out.doc.mapping, json_reader.parse_stored(out.doc.source)))]
    hashed = routing_of_id(out.doc.doc_id)
    return [] if hashed is None else [shown(hashed.to_bytes(4, "little"))]


def _doc_count(doc: StoredDoc) -> list[Json]:
    found = json_reader.parse_stored(doc.source).get("_doc_count") if DOC_COUNT in doc.source else None
    return [] if found is None else [found]


def doc_values(name: str, form: str | None, out: FetchedHit, shard: ShardResult) -> list[Json]:
    """A metadata field as ``docvalue_fields`` shows it.

    Raises:
        IllegalArgument: it has no doc values, or takes no format.
    """
    if form is not None:
        raise IllegalArgument(f"Field [{name}] of type [{name}] does not support custom formats")
    found: dict[str, list[Json]] = {"_id": [out.doc.doc_id], "_index": [shard.target.index], "_seq_no": [out.doc.seq_no]}
    if shard.search.behaviour.mapping_types:
        found["_type"] = [shard.target.type_name]
    else:
        found |= {"_version": [out.doc.version], "_ignored": list(out.ignored)}
    if name in OF_TIME_SERIES and is_time_series(shard.target.settings):
        return _of_series(name, out, shard)
    if name not in found:
        raise IllegalArgument(not_supported(name, name))
    if name == "_id":
        id_fielddata(shard.search)
    return found[name]


def id_fielddata(shard: Any) -> None:
    """Sorting and aggregating on ids: deprecated in 7.x, and refused where ``indices.id_field_data.enabled`` is false.

    Raises:
        IllegalArgument: it is false, as it is from 8.0 unless set (recording of 8.19.21).
    """
    by_default = shard.behaviour.major < 8
    if not (by_default if shard.resources is None else shard.resources.loads_ids(by_default=by_default)):
        raise IllegalArgument(
            "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: "
            "indices.id_field_data.enabled"
        )
    shard.load_fielddata("_id", is_uninverted=True)
    if shard.behaviour.major < 8:
        shard.warn(
            "Loading the fielddata on the _id field is deprecated and will be removed in future versions. If you require sorting or "
            "aggregating on this field you should also include the id in the body of your documents, and map this field as a keyword "
            "field that has [doc_values] enabled"
        )
