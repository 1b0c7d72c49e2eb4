"""The fetch phase: what each hit of the page carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, IllegalState
from esmock.mapping.vector_source import shown_vectors, touches_vectors
from esmock.search.query.refusals import noting
from esmock.search.request import FetchSource, FieldAndFormat, SearchRequest
from esmock.store.ignored import ignored_fields
from esmock.xcontent import json_reader
from esmock.xcontent.java_order import capacity_for, hash_order, hash_ordered, sized_order
from esmock.xcontent.json_writer import F32, RawJson
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.lookup_fields import Asked
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
        shows_stored: metadata that is stored is shown beside the id.
    """

    index: str
    doc: StoredDoc
    score: float | None
    type: str = "_doc"
    shows_id: bool = True
    shows_stored: bool = True
    version: bool = False
    seq_no: bool = False
    source: Json = None
    fields: dict[str, list[Json]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    ignored_values: dict[str, list[Json]] = field(default_factory=dict)
    sort: list[Json] | None = None
    matched_queries: list[str] | dict[str, Json] | None = None
    explanation: Json = None
    highlight: Json = None
    shard: str | None = None
    node: str | None = None
    nested: Json = None
    inner_hits: dict[str, Any] | None = None
    lookups: dict[str, Asked] = field(default_factory=dict)


def fetch(
    request: SearchRequest,
    page: Sequence[Hit],
    results: dict[int, ShardResult],
    targets: Sequence[ShardTarget],
    environment: Environment,
    *,
    nested: Any = None,
    shows_id: bool | None = None,
    is_own: bool = True,
) -> list[FetchedHit]:
    """Load the hits of a page.

    Args:
        nested: the bound inner hits that the page belongs to; None: the page is of documents.
        shows_id: whether hits show their ids; None: where stored fields are loaded.
        is_own: the hits are the search's own, so that explanations tell of the filter that keeps nested objects out.

    Raises:
        ApiError: a field cannot be shown.
    """
    named: dict[tuple[int, int, str], Any] = {}
    out = []
    for hit in page:
        shard = results[id(targets[hit.shard])]
        one = _one(request, hit, shard, named, is_own=is_own)
        if shows_id is not None:
            one.shows_id = one.shows_stored = shows_id
        wanted = shard.search.inner_hits if nested is None else nested.children
        if wanted:
            from esmock.search.inner_hits import inner_hits

            one.inner_hits = inner_hits(hit, shard, wanted, environment, shows_id=one.shows_id)
        if one.lookups and (not is_own or nested is not None):
            from esmock.search.lookup_fields import without_lookups

            without_lookups(one)
        out.append(one)
    return out


def _one(request: SearchRequest, hit: Hit, shard: ShardResult, named: dict[Any, Any], *, is_own: bool) -> FetchedHit:
    segment: Any = hit.leaf.segment
    is_nested = segment.path is not None
    doc = segment.root.docs[int(segment.root_docs()[hit.doc])] if is_nested else segment.docs[hit.doc]
    if request.forces_synthetic_source:
        from esmock.mapping.synthetic import forced

        doc = forced(doc)
    target = shard.target
    mapping = target.mapping
    none = request.stored_fields == ("_none_",)
    out = FetchedHit(
        index=target.index,
        type=target.type_name,
        doc=doc,
        score=hit.score,
        shows_stored=not none,
        # ES: whoever reads the source loads the id with it (8.x)
        shows_id=not none or (mapping.behaviour.major >= 8 and (bool(request.fields) or request.highlight is not None)),
        version=request.version,
        seq_no=request.seq_no_primary_term and not is_nested,
    )
    wanted = source_wanted(request)
    if request.wants_source_without_fields and (not is_nested or mapping.behaviour.major >= 8):
        _refuse_filters(wanted, target)
    elif wanted.fetch:
        out.source = (
            nested_source(doc, segment, hit.doc, wanted)
            if is_nested
            else shown_source(doc, mapping, wanted, [one.field for one in request.fields if one.reads_source(mapping)])
        )
    if is_nested:
        from esmock.search.inner_hits import nested_identity

        out.nested = nested_identity(segment, hit.doc)
    elif not none:
        is_cut = mapping.behaviour.routing_ends_metadata and doc.routing is not None
        if not (is_cut and not wanted.fetch and not request.stored_fields and not request.fields and request.highlight is None):
            out.ignored = ignored_fields(doc)
    if request.explain:
        from esmock.search.explain.hits import explanation

        out.shard, out.node = f"[{target.index}][{target.number}]", target.node
        out.explanation = explanation(request, hit, shard, is_own=is_own)
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
    out.highlight = highlighter.of(segment.sources()[hit.doc], segment.path, out.doc, (segment, hit.doc))
    if shard.search.percolations:
        from esmock.search.highlight.percolated import add_percolated

        add_percolated(request.highlight, hit, shard.search.percolations, out)


def _sort_values(request: SearchRequest, hit: Hit, shard: ShardResult) -> list[Json] | None:
    if not shard.sort_keys or not hit.sort_values:
        return None  # ES: what a suggestion found stands in no order
    return [key.shown(value) for key, value in zip(shard.sort_keys, hit.sort_values, strict=True)]


def _matched(hit: Hit, shard: ShardResult, cache: dict[Any, Any]) -> list[str] | dict[str, Json] | None:
    """The names of the queries that a document matches, with its scores where they were asked for."""
    found: dict[str, Json] = {}
    for name, bound in shard.search.named.items():
        key = (id(shard), id(hit.leaf.segment), name)
        hits = cache.get(key)
        if hits is None:
            with noting(shard.search, hit.leaf.segment):
                hits = cache[key] = bound.match(hit.leaf.segment)
        if len(hits.match) == hit.leaf.segment.n_docs and hits.match[hit.doc]:
            found[name] = F32(0.0 if hits.score is None else hits.score[hit.doc])
    names = hash_order(found)
    return ({name: found[name] for name in names} if shard.search.scores_named else names) or None


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


def shown_source(doc: StoredDoc, mapping: Mapping, wanted: FetchSource, fetched: Sequence[str] = ()) -> Json:
    """The source as stored and filtered; None where it is not kept.

    Args:
        fetched: the patterns of ``fields`` that look into the source. They have read it into a map, which is then filtered instead of
            the text (8.x).
    """
    own = doc.mapping
    if not own.source_enabled:
        return None
    if touches_vectors(own, wanted):
        tree, excludes, is_map = shown_vectors(doc, wanted, fetched)
        return filter_source(tree, wanted.includes, excludes, streamed=not is_map and not fetched)
    if not (wanted.includes or wanted.excludes or own.source_includes or own.source_excludes):
        return RawJson(doc.visible_source)
    tree = json_reader.parse_stored(doc.visible_source if own.is_synthetic else doc.readable)
    streamed = own.behaviour.source_streamed
    if not streamed:
        # ES: 7.x reads the source into hash maps, and what it keeps into others
        tree = hash_ordered(tree)
    if own.source_includes or own.source_excludes:
        tree = filter_source(tree, own.source_includes, own.source_excludes, streamed=streamed)
    tree = filter_source(tree, wanted.includes, wanted.excludes, streamed=streamed and not fetched)
    if own.is_synthetic and wanted.excludes:
        return {key: tree[key] for key in hash_order(tree)}
    return tree if streamed else hash_ordered(tree)


def nested_source(doc: StoredDoc, segment: Any, at: int, wanted: FetchSource) -> Json:
    """The part of the source that a nested object is; filters name full paths. Raises IllegalState where reads do not show it."""
    own = doc.mapping
    if not own.source_enabled:
        return None
    from esmock.mapping.values import wrapped_at

    if doc.told is not None or own.source_includes or own.source_excludes:
        _check_shown(doc, segment.path)
    tree = wrapped_at(segment.sources()[at], segment.path)
    tree = filter_source(tree, own.source_includes, own.source_excludes)
    excludes = wanted.excludes
    if own.vector_paths:
        from esmock.mapping.vector_source import hidden_vectors, with_kept_vectors, without_vectors

        early, late = hidden_vectors(own, wanted)
        tree = with_kept_vectors(own, without_vectors(tree, early))
        excludes = (*late, *excludes)
    tree = filter_source(tree, wanted.includes, excludes, streamed=False)
    for part in segment.path.split("."):
        tree = tree.get(part, {}) if isinstance(tree, dict) else {}
    return tree if own.behaviour.source_streamed else hash_ordered(tree)


def _check_shown(doc: StoredDoc, path: str) -> None:
    """Raises IllegalState for a path whose objects the source does not show; it is told by the part that is missing."""
    from esmock.mapping.values import raw_values

    tree, known = json_reader.parse_stored(doc.visible_source), doc.mapping.nested_paths
    above = ""
    for outer in sorted(one for one in known if path == one or path.startswith(one + ".")):
        if not raw_values(tree, outer):
            raise IllegalState(doc.mapping.behaviour.no_nested_source.format(path=outer[len(above) :]))
        above = outer + "."


def _add_fields(request: SearchRequest, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    mapping = shard.target.mapping
    if request.stored_fields is not None and request.stored_fields != ("_none_",):
        from esmock.mapping.stored import stored_values

        wanted = [name for name in request.stored_fields if name != "_source"]
        for name in wanted:
            if mapping.object(name) is not None and mapping.behaviour.major < 8:
                raise IllegalArgument(f"field [{name}] isn't a leaf field")
        if hit.leaf.segment.path is None:
            out.fields.update(stored_values(mapping, out.doc, wanted))
    columns = request.docvalue_fields
    if request.collapse is not None and all(one.field != request.collapse.field for one in columns):
        columns = [*columns, FieldAndFormat(request.collapse.field)]
    if columns:
        from esmock.search.doc_values import add_doc_values

        add_doc_values(columns, hit, shard, out)
    begun = bool(out.fields)
    if request.fields:
        _add_fetched(request, hit, shard, out)
    for percolation in shard.search.percolations:
        slots = percolation.slots(hit.leaf.segment, hit.doc)
        if slots:
            out.fields[percolation.field_name(is_alone=len(shard.search.percolations) == 1)] = slots
    if shard.search.field_scripts is not None:
        found = shard.search.field_scripts.of(hit.leaf.segment, hit.doc)
        out.fields.update({name: values for name, values in found.items() if values})
    if len(out.ignored_values) > 1:
        out.ignored_values = {name: out.ignored_values[name] for name in sized_order(out.ignored_values)}
    if len(out.fields) > 1:
        # ES: from 8.x the map is made for its entries, of which those without values are not shown
        is_grown = begun or mapping.behaviour.major < 8
        capacity = 16 if is_grown else capacity_for(len({*out.fields, *out.ignored_values}))
        out.fields = {name: out.fields[name] for name in hash_order(out.fields, capacity)}


def _add_fetched(request: SearchRequest, hit: Hit, shard: ShardResult, out: FetchedHit) -> None:
    """The option ``fields``."""
    from esmock.mapping.metadata_fields import OF_TIME_SERIES, metadata_names
    from esmock.search.fetch_fields import fetch_fields, ignored_values

    mapping = shard.target.mapping
    source = _source(hit, out.doc, is_synthetic=request.forces_synthetic_source)
    if not mapping.behaviour.source_streamed:
        source = hash_ordered(source)
    out.fields.update(fetch_fields(request.fields, source, mapping, shard.search))
    for one in request.fields:
        if mapping.behaviour.tells_ignored_values:
            out.ignored_values.update(ignored_values(one, source, mapping))
        if one.field in (*metadata_names(mapping.behaviour), *OF_TIME_SERIES) and mapping.behaviour.metadata_fetched:
            from esmock.search.metadata_values import fetched as fetched_metadata

            values = fetched_metadata(one.field, one.format, out, shard)
            if values:
                out.fields[one.field] = values
        if shard.search.has_runtime:
            from esmock.search.lookup_fields import asked
            from esmock.search.runtime_fields import fetched

            out.fields.update(fetched(one.field, one.format, hit.leaf.segment, hit.doc))
            out.lookups.update(asked(one.field, hit.leaf.segment, hit.doc, source, shard.search))
    out.fields.update({name: [] for name in out.lookups})


def _source(hit: Hit, doc: StoredDoc, *, is_synthetic: bool) -> Json:
    """The source of a document; of a nested object what lies in it, at its place."""
    segment = hit.leaf.segment
    if segment.path is None:
        is_made = is_synthetic or doc.mapping.is_synthetic
        return json_reader.parse_stored(doc.visible_source) if is_made else doc.source_tree()
    from esmock.mapping.values import wrapped_at

    tree = wrapped_at(segment.sources()[hit.doc], segment.path)
    if not doc.mapping.kept_vectors:
        return tree
    from esmock.mapping.vector_source import with_kept_vectors

    return with_kept_vectors(doc.mapping, tree)
