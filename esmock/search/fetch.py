"""The fetch phase: what each hit of the page carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, UnsupportedOperation
from esmock.search.request import FetchSource, FieldAndFormat, SearchRequest
from esmock.xcontent import json_reader
from esmock.xcontent.java_map import as_hash_map, map_order
from esmock.xcontent.json_writer import F32, RawJson
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.result import Hit, ShardResult
    from esmock.search.shard_target import Environment, ShardTarget
    from esmock.store.segment import StoredDoc

Json = Any


@dataclass(slots=True)
class FetchedHit:
    """One hit as it is printed.

    Attributes:
        source: RawJson, a tree, or None for no ``_source``.
        fields: ``fields``, by name.
        sort: printed sort values; None: none.
    """

    index: str
    doc: StoredDoc
    score: float | None
    shows_id: bool = True
    version: bool = False
    seq_no: bool = False
    source: Json = None
    fields: dict[str, list[Json]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    ignored_values: dict[str, list[Json]] = field(default_factory=dict)
    sort: list[Json] | None = None
    matched_queries: list[str] | None = None
    explanation: Json = None
    highlight: Json = None
    shard: str | None = None
    node: str | None = None
    nested: Json = None
    inner_hits: dict[str, Any] | None = None


def fetch(
    request: SearchRequest,
    page: Sequence[Hit],
    results: dict[int, ShardResult],
    targets: Sequence[ShardTarget],
    environment: Environment,
    *,
    nested: Any = None,
) -> list[FetchedHit]:
    """Load the hits of a page.

    Args:
        nested: the bound inner hits that the page belongs to; None: the page is of documents.

    Raises:
        ApiError: a field cannot be shown.
    """
    named: dict[tuple[int, int, str], Any] = {}
    out = []
    for hit in page:
        shard = results[id(targets[hit.shard])]
        one = _one(request, hit, shard, named)
        wanted = shard.search.inner_hits if nested is None else nested.children
        if wanted:
            from esmock.search.inner_hits import inner_hits

            one.inner_hits = inner_hits(hit, shard, wanted, environment)
        out.append(one)
    return out


def _one(request: SearchRequest, hit: Hit, shard: ShardResult, named: dict[Any, Any]) -> FetchedHit:
    segment: Any = hit.leaf.segment
    is_nested = segment.path is not None
    doc = segment.root.docs[int(segment.root_docs()[hit.doc])] if is_nested else segment.docs[hit.doc]
    target = shard.target
    mapping = target.mapping
    none = request.stored_fields == ("_none_",)
    out = FetchedHit(
        index=target.index,
        doc=doc,
        score=hit.score,
        shows_id=not none,
        version=request.version,
        seq_no=request.seq_no_primary_term and not is_nested,
    )
    wanted = source_wanted(request)
    if request.wants_source_without_fields:
        _refuse_filters(wanted, target)
    elif wanted.fetch:
        out.source = nested_source(doc, segment, hit.doc, wanted) if is_nested else shown_source(doc, mapping, wanted)
    if is_nested:
        from esmock.search.inner_hits import nested_identity

        out.nested = nested_identity(segment, hit.doc)
    else:
        out.ignored = ignored_fields(doc)
    if request.explain:
        from esmock.search.explain.hits import explanation

        out.shard, out.node = f"[{target.index}][{target.number}]", target.node
        out.explanation = explanation(request, hit, shard)
    _add_fields(request, hit, shard, out)
    if shard.sort_keys or (request.sort is not None and request.sort):
        out.sort = _sort_values(request, hit, shard)
    if request.highlight is not None:
        _add_highlight(request, hit, shard, out, named)
    if shard.search.named:
        out.matched_queries = _matched(hit, shard, named)
    return out


def _add_highlight(request: SearchRequest, hit: Hit, shard: ShardResult, out: FetchedHit, cache: dict[Any, Any]) -> None:
    key = (id(shard), id(request), "highlight")
    highlighter = cache.get(key)
    if highlighter is None:
        from esmock.search.highlight.phase import Highlighter

        highlighter = cache[key] = Highlighter(request.highlight, request.query, shard.search)
    segment = hit.leaf.segment
    out.highlight = highlighter.of(segment.sources()[hit.doc], segment.path, out.doc)
    if shard.search.percolations:
        from esmock.search.highlight.percolated import add_percolated

        add_percolated(request.highlight, hit, shard.search.percolations, out)


def _sort_values(request: SearchRequest, hit: Hit, shard: ShardResult) -> list[Json] | None:
    if not shard.sort_keys:
        return None
    return [key.shown(value) for key, value in zip(shard.sort_keys, hit.sort_values, strict=True)]


def _matched(hit: Hit, shard: ShardResult, cache: dict[Any, Any]) -> list[str] | None:
    out = []
    for name, bound in shard.search.named.items():
        key = (id(shard), id(hit.leaf.segment), name)
        mask = cache.get(key)
        if mask is None:
            mask = cache[key] = bound.match(hit.leaf.segment).match
        if len(mask) == hit.leaf.segment.n_docs and mask[hit.doc]:
            out.append(name)
    return (out if shard.search.behaviour.major >= 8 else map_order(out)) or None


def _refuse_filters(wanted: FetchSource, target: ShardTarget) -> None:
    """Where no stored fields are loaded, the source is missing, and 7.x refuses to filter it (top_hits; recordings of 7.10.2 and 8.19.21)."""
    if (wanted.includes or wanted.excludes) and target.mapping.behaviour.major < 8:
        raise IllegalArgument(
            f"unable to fetch fields from _source field: _source is disabled in the mappings for index [{target.index}]"
        )


def source_wanted(request: SearchRequest) -> FetchSource:
    """Which source is shown: none where stored fields are asked for and the source is not."""
    if request.source is not None:
        if not request.source.fetch and request.stored_fields is not None and "_source" in request.stored_fields:
            return FetchSource()
        return request.source
    if request.stored_fields is not None:
        return FetchSource("_source" in request.stored_fields)
    return FetchSource(not request.script_fields)


def shown_source(doc: StoredDoc, mapping: Mapping, wanted: FetchSource) -> Json:
    """The source as stored and filtered; None where it is not kept."""
    own = doc.mapping
    if not own.source_enabled:
        return None
    if not (wanted.includes or wanted.excludes or own.source_includes or own.source_excludes):
        return RawJson(doc.visible_source)
    tree = json_reader.parse_stored(doc.visible_source if own.is_synthetic else doc.source)
    streamed = own.behaviour.source_streamed
    if own.source_includes or own.source_excludes:
        tree = filter_source(tree, own.source_includes, own.source_excludes, streamed=streamed)
    tree = filter_source(tree, wanted.includes, wanted.excludes, streamed=streamed)
    if own.is_synthetic and wanted.excludes:
        return {key: tree[key] for key in map_order(tree)}
    return tree if streamed else as_hash_map(tree)  # ES: 7.x reads the source into hash maps


def nested_source(doc: StoredDoc, segment: Any, at: int, wanted: FetchSource) -> Json:
    """The part of the source that a nested object is; filters name full paths."""
    own = doc.mapping
    if not own.source_enabled:
        return None
    from esmock.mapping.values import wrapped_at

    tree = wrapped_at(segment.sources()[at], segment.path)
    tree = filter_source(tree, own.source_includes, own.source_excludes)
    tree = filter_source(tree, wanted.includes, wanted.excludes)
    for part in segment.path.split("."):
        tree = tree.get(part, {}) if isinstance(tree, dict) else {}
    return tree if own.behaviour.source_streamed else as_hash_map(tree)


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
            or getattr(one, "ignore_above", 2**31 - 1) < 2**31 - 1
            for _, one in mapping.fields()
        )
        mapping._may_ignore = found  # type: ignore[attr-defined]
    return bool(found)


def _add_fields(request: SearchRequest, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    mapping = shard.target.mapping
    if request.stored_fields is not None and request.stored_fields != ("_none_",):
        from esmock.mapping.stored import stored_values

        wanted = [name for name in request.stored_fields if name != "_source"]
        for name in wanted:
            if mapping.object(name) is not None:
                raise IllegalArgument(f"field [{name}] isn't a leaf field")
        if hit.leaf.segment.path is None:
            out.fields.update(stored_values(mapping, out.doc, wanted))
    for one in request.docvalue_fields:
        _doc_values(one, hit, shard, out)
    if request.fields:
        from esmock.search.fetch_fields import fetch_fields, ignored_values

        source = _source(hit, out.doc)
        out.fields.update(fetch_fields(request.fields, source, mapping, shard.search))
    for one in request.fields:
        if mapping.behaviour.tells_ignored_values:
            out.ignored_values.update(ignored_values(one, source, mapping))
        if shard.search.has_runtime:
            from esmock.search.runtime_fields import fetched

            out.fields.update(fetched(one.field, one.format, hit.leaf.segment, hit.doc))
    for percolation in shard.search.percolations:
        slots = percolation.slots(hit.leaf.segment, hit.doc)
        if slots:
            out.fields[percolation.field_name] = slots
    if shard.search.field_scripts is not None:
        found = shard.search.field_scripts.of(hit.leaf.segment, hit.doc)
        out.fields.update({name: values for name, values in found.items() if values})
    if len(out.ignored_values) > 1:
        out.ignored_values = {name: out.ignored_values[name] for name in map_order(out.ignored_values, is_sized=True)}
    if len(out.fields) > 1:
        order = map_order(out.fields, is_sized=mapping.behaviour.major >= 8 and not request.docvalue_fields)
        out.fields = {name: out.fields[name] for name in order}


def _source(hit: Hit, doc: StoredDoc) -> Json:
    """The source of a document; of a nested object what lies in it, at its place."""
    segment = hit.leaf.segment
    if segment.path is None:
        return json_reader.parse_stored(doc.visible_source if doc.mapping.is_synthetic else doc.source)
    from esmock.mapping.values import wrapped_at

    return wrapped_at(segment.sources()[hit.doc], segment.path)


_MAPPED_FORMAT = (
    "[use_field_mapping] is a special format that was only used to ease the transition to 7.x. It has become the default and shouldn't "
    "be set explicitly anymore."
)
_FORMATLESS = ("keyword", "boolean", "ip", "geo_point", "text", "flattened", "constant_keyword", "wildcard", "version",
               "rank_feature", "rank_features", "search_as_you_type", "completion")


def _doc_values(wanted: FieldAndFormat, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    """The doc values of the fields that a pattern names. Raises IllegalArgument: a field has none, or takes no format."""
    from esmock.search.sort_values import refuse_without_doc_values

    segment = hit.leaf.segment
    form = wanted.format
    if form == "use_field_mapping":
        shard.search.warn(_MAPPED_FORMAT)
        form = None
    if wanted.field in ("_routing", "_ignored", "_source", "_field_names"):
        raise IllegalArgument(f"Fielddata is not supported on field [{wanted.field}] of type [{wanted.field}]")
    if wanted.field in _METADATA_VALUES:
        _metadata_values(wanted.field, form, hit, shard, out)
    for name, found in shard.target.mapping.fields(wanted.field):
        if "*" in wanted.field and not (found.has_doc_values or (found.has("fielddata") and found.get("fielddata"))):
            continue
        if form is not None and (found.name in _FORMATLESS or (found.name.endswith("_range") and found.name != "date_range")):
            raise IllegalArgument(f"Field [{found.path}] of type [{found.name}] does not support custom formats")
        if found.name == "dense_vector":
            _vector_values(segment, found, hit.doc, name, out)
            continue
        if found.name == "binary" and found.has_doc_values:
            values = _binary_values(segment, found, hit.doc)
            if values:
                out.fields[name] = values
            continue
        if found.column_kind != "geo" or not found.has_doc_values:
            refuse_without_doc_values(shard.search, found, name)
        column = segment.column(found.path)
        first, last = int(column.starts[hit.doc]), int(column.starts[hit.doc + 1])
        values = column.values[first:last].tolist()
        if column.dictionary is not None:
            values = [column.dictionary[ordinal] for ordinal in values]
        if values:
            shown = [doc_value(found, value, form) for value in values]
            # ES: a field asked for twice has its values twice in 7.x, and those of the last form in 8.x (recordings of 7.10.2, 8.19.21)
            before = out.fields.get(name, []) if shard.target.mapping.behaviour.major < 8 else []
            out.fields[name] = [*before, *shown]


def _vector_values(segment: Any, found: Any, doc: int, name: str, out: FetchedHit) -> None:
    if found.is_old:
        raise UnsupportedOperation(f"Field [{found.path}] of type [dense_vector] doesn't support docvalue_fields or aggregations")
    values, _ = segment.values(found.path)
    if values[doc]:
        vector = found.vector(values[doc][0]).tolist()
        out.fields[name] = [[int(one) for one in vector] if found.element_type != "float" else [F32(one) for one in vector]]


def _binary_values(segment: Any, found: Any, doc: int) -> list[Json]:
    """Bytes in base64 for URLs, sorted, without repeats."""
    import base64

    given = segment.values(found.path)[0][doc]
    data = sorted({base64.b64decode(str(value)) for value in given})
    return [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in data]


_METADATA_VALUES = ("_id", "_index", "_seq_no", "_type")


def _metadata_values(name: str, form: str | None, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    if form is not None and name != "_seq_no":
        raise IllegalArgument(f"Field [{name}] of type [{name}] does not support custom formats")
    if name == "_id":
        id_fielddata(shard.search)
    values = {"_id": out.doc.doc_id, "_index": shard.target.index, "_seq_no": out.doc.seq_no, "_type": "_doc"}
    out.fields[name] = [values[name]]


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


def doc_value(found: Any, value: Any, form: str | None) -> Json:
    """A column's value as ``docvalue_fields`` prints it."""
    if form is None and found.name in ("float", "half_float"):
        return float(value)
    if form is None and found.name == "date_nanos" and "format" not in found.given:
        # ES: the format of the type shows milliseconds only
        return found.format_value(int(value) // 1_000_000 * 1_000_000, "strict_date_optional_time")
    return found.format_value(value, form)


