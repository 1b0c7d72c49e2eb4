"""``docvalue_fields``: what the columns of a hit hold. Docs: search-fields (Doc value fields).

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, UnsupportedOperation
from esmock.mapping.dense_vector import DenseVector
from esmock.mapping.mapping import wildcard
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.series_id import is_time_series
from esmock.search import metadata_values
from esmock.search.field_caps import metadata_fields
from esmock.search.sort_values import refuse_without_doc_values
from esmock.xcontent.java_order import hash_map
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.fetch import FetchedHit
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import FieldAndFormat
    from esmock.search.result import Hit, ShardResult

Json = Any

_AS_MAPPED = "use_field_mapping"
_MAPPED_FORMAT = (
    "[use_field_mapping] is a special format that was only used to ease the transition to 7.x. It has become the default and shouldn't "
    "be set explicitly anymore."
)
_FORMATLESS = ("keyword", "boolean", "ip", "geo_point", "text", "flattened", "constant_keyword", "wildcard", "version",
               "rank_feature", "rank_features", "search_as_you_type", "completion")


def check_count(wanted: Sequence[FieldAndFormat], shard: ShardSearch) -> None:
    """Raises IllegalArgument for more fields than ``index.max_docvalue_fields_search``; from 8.x on each that is there counts, once."""
    is_eight = shard.behaviour.major >= 8
    names = [name for one in wanted for name in (_named(one.field, shard) if is_eight or "*" in one.field else (one.field,))]
    count = len(set(names)) if is_eight else len(names)
    limit = int(shard.settings.get("index.max_docvalue_fields_search", 100))
    if count > limit:
        raise IllegalArgument(
            f"Trying to retrieve too many docvalue_fields. Must be less than or equal to: [{limit}] but was [{count}]. This limit can be "
            "set by changing the [index.max_docvalue_fields_search] index level setting."
        )


def _named(pattern: str, shard: ShardSearch) -> dict[str, Any]:
    """The fields that a pattern names, by name; None for those of metadata, which are among them."""
    matches = wildcard(pattern)
    known = (*metadata_fields(shard.behaviour), *(OF_TIME_SERIES if is_time_series(shard.settings) else ()))
    metadata = {name: None for name in known if matches(name)}
    return hash_map({**metadata, **dict(shard.mapping.fields(pattern))})


def add_doc_values(wanted: Sequence[FieldAndFormat], hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    """The doc values of the fields that patterns name.

    Raises:
        IllegalArgument: a field has none, or takes no format.
    """
    if shard.search.behaviour.major < 8 and any(one.format == _AS_MAPPED for one in wanted):
        shard.search.warn(_MAPPED_FORMAT)
    asked = [(name, found, one.format) for one in wanted for name, found in _named(one.field, shard.search).items()]
    if shard.search.behaviour.major >= 8:
        # ES: of a field that is named several times the last format counts
        asked = list({name: (name, found, form) for name, found, form in asked}.values())
    for name, found, form in asked:
        if form == _AS_MAPPED and shard.search.behaviour.major < 8:
            form = None
        if found is not None:
            _of_field(name, found, form, hit, shard, out)
        else:
            values = metadata_values.doc_values(name, form, out, shard)
            if values:
                out.fields[name] = values


def _of_field(name: str, found: Any, form: str | None, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    segment: Any = hit.leaf.segment
    if form is not None and (found.name in _FORMATLESS or (found.name.endswith("_range") and found.name != "date_range")):
        raise IllegalArgument(f"Field [{found.path}] of type [{found.name}] does not support custom formats")
    if isinstance(found, DenseVector):
        _vector_values(segment, found, hit.doc, name, out)
        return
    shown: list[Json] = []
    if found.name == "binary" and found.has_doc_values:
        shown = _binary_values(segment, found, hit.doc)
    elif found.column_kind == "range" and found.has_doc_values:
        shown = _range_values(segment, found, hit.doc, shard)
    else:
        if found.column_kind != "geo" or not found.has_doc_values:
            refuse_without_doc_values(shard.search, found, name)
        column = segment.column(found.path)
        values = column.values[int(column.starts[hit.doc]) : int(column.starts[hit.doc + 1])].tolist()
        if column.dictionary is not None:
            values = [column.dictionary[ordinal] for ordinal in values]
        shown = [doc_value(found, value, form) for value in values]
        if found.name == "geo_point":
            shown.sort(key=str)  # ES: the texts of points are sorted, not the points
    if shown:
        # ES: a field asked for twice has its values twice in 7.x
        before = out.fields.get(name, []) if shard.target.mapping.behaviour.major < 8 else []
        out.fields[name] = [*before, *shown]


def _range_values(segment: Any, found: Any, doc: int, shard: ShardResult) -> list[Json]:
    """All ranges of a document in one text, as their bytes read as UTF-8 are; dates refuse to be shown."""
    from esmock.mapping.range_bytes import encoded, read_as_text

    if found.name == "date_range":
        raise UnsupportedOperation(None)
    given = found.column_values(segment.values(found.path)[0][doc])
    return [read_as_text(encoded(found, given), shard.search.behaviour)] if given else []


def _vector_values(segment: Any, found: Any, doc: int, name: str, out: FetchedHit) -> None:
    if found.is_old:
        raise UnsupportedOperation(f"Field [{found.path}] of type [dense_vector] doesn't support docvalue_fields or aggregations")
    values, _ = segment.values(found.path)
    if values[doc]:
        read = int if found.is_of_bytes else F32
        given = values[doc][0]
        if found.name == "rank_vectors":
            out.fields[name] = [[[read(one) for one in row] for row in found.vectors(given).tolist()]]
        else:
            out.fields[name] = [[read(one) for one in found.vector(given).tolist()]]


def _binary_values(segment: Any, found: Any, doc: int) -> list[Json]:
    """Bytes in base64 for URLs, sorted, without repeats."""
    import base64

    given = segment.values(found.path)[0][doc]
    data = sorted({base64.b64decode(str(value)) for value in given})
    return [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in data]


def doc_value(found: Any, value: Any, form: str | None) -> Json:
    """A column's value as ``docvalue_fields`` prints it."""
    if form is None and found.name in ("float", "half_float"):
        return float(value)
    if found.name == "geo_point" and found.context.behaviour.major >= 8:
        return "{}, {}".format(*value)
    return found.format_value(value, form)


