"""The shard that queries are bound to: segments, fields, statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import QueryShard

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.search.dfs import Dfs
    from esmock.search.query.base import Bound
    from esmock.search.query.refusals import Refusals
    from esmock.search.similarity import Statistics
    from esmock.store.reader import Reader
    from esmock.version import Behaviour

F32 = np.float32


TYPE_DEPRECATED = "[types removal] Using the _type field in queries and aggregations is deprecated, prefer to use a field instead."


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """Of one field on one shard: documents that have it, and tokens in all of them."""

    doc_count: int
    total_terms: int


@dataclass(slots=True)
class ShardSearch:
    """One shard as queries see it.

    Attributes:
        index, index_uuid, number: which shard it is.
        mapping: the index's newest.
        reader: the point in time.
        settings: flat index settings.
        now_ms: the search's time.
        named: bound queries with a ``_name``.
        scores_named: those queries are bound with scores of their own, whatever stands around them.
        inner_hits: by name, of the nested queries that want them.
        dfs: the statistics of all shards together; None: each shard's own count.
        percolations: bound percolate queries: hits tell which documents they match.
        scope: the nested object that queries are in; None at the top.
        date_bounds: by identity of a range query, what it was read for, itself, so that no other one takes its identity, and its bounds.
        type_name: the index's mapping type (7.x).
        alias_filters: of the aliases through which the index was named.
        position: of the shard among those of the search.
        is_alone: no other shard is searched, so its results are not joined with others.
        load_fielddata: told of fields whose field data is loaded into memory.
    """

    index: str
    index_uuid: str
    number: int
    mapping: Mapping
    reader: Reader
    behaviour: Behaviour
    now_ms: int
    settings: Any = field(default_factory=dict)
    named: dict[str, Bound] = field(default_factory=dict)
    scores_named: bool = False
    scope: str | None = None
    warn: Any = None
    resources: Any = None
    scripts: Any = None
    field_scripts: Any = None
    has_runtime: bool = False
    max_buckets: int = 65535
    page_size: int = 10
    inner_hits: dict[str, Any] = field(default_factory=dict)
    percolations: list[Any] = field(default_factory=list)
    dfs: Dfs | None = None
    position: int = 0
    is_alone: bool = False
    late: list[ApiError] = field(default_factory=list)
    """What is wrong with inner hits: it is found when all queries are made."""
    is_guessed: bool = False
    """The documents are not those that will be searched."""
    supposed: Callable[[str, Any], int] | None = None
    """How many documents are taken to hold a word of a field; None: as many as do."""
    scores_alike: bool = False
    """All fields score by BM25, whatever similarity they ask for."""
    load_fielddata: Callable[..., None] = lambda *_, **__: None
    refusals: Refusals | None = None
    """Where scores that are refused are noted; None: they are refused at once."""

    @property
    def has_no_mapping(self) -> bool:
        """Whether nothing was ever put into the index or its mapping, so that it has not even the fields that all others have."""
        return self.mapping.is_blank and not any(leaf.segment.docs for leaf in self.reader)
    type_name: str = "_doc"
    alias_filters: tuple[Any, ...] = ()
    date_bounds: dict[int, tuple[Any, Any, tuple[Any, Any]]] = field(default_factory=dict)

    def bare(self) -> ShardSearch:
        """The shard for queries aside from the search's own: what they would register is not of the search."""
        return replace(self, named={}, inner_hits={}, percolations=[])

    def may_hold(self, field: Field) -> bool:
        """Whether a document of the shard, deleted ones included, has a value of a field, as far as it is known."""
        if self.is_guessed or field.path in self.mapping.runtime or field.path in self.mapping.runtime_names:
            return True
        return any(is_filled(segment, field.path) for segment in self.segments(field.path))

    def identity(self, name: str) -> str | None:
        """What a metadata field says of every document of the shard alike; None: it is no such field."""
        if name == "_index":
            return self.index
        if name == "_type" and self.behaviour.mapping_types:
            if self.warn is not None:
                self.warn(TYPE_DEPRECATED)
            return self.type_name
        return self._of_settings(name)

    def _of_settings(self, name: str) -> str | None:
        if name == "_index_mode" and self.behaviour.has((8, 17)):
            return str(self.settings.get("index.mode", "standard")).lower()
        if name == "_tier" and self.behaviour.has((7, 13)):
            tiers = self.settings.get("index.routing.allocation.include._tier_preference")
            return str(tiers).split(",", 1)[0] if tiers else None
        return None

    def field(self, name: str) -> Field | None:
        """A field of the mapping, or a metadata field that has terms."""
        found = self.kept_field(name)
        return None if found is None or found.is_hidden else found

    def kept_field(self, name: str) -> Field | None:
        """The same, with those that requests cannot name."""
        found = self.mapping.kept_field(name)
        if found is None and name in ("_ignored", "_routing", "_tsid", "_ts_routing_hash"):
            from esmock.mapping.metadata_terms import metadata_field

            return metadata_field(name, self.mapping.context)
        return found

    def bind(self, query: Any) -> Any:
        """A function from a segment to bool[n_docs], for filters that are no part of the query."""
        from esmock.search.binding import bind_query

        bound = bind_query(query, self, False)
        return lambda segment: bound.match(segment).match

    def error(self, reason: str, cause: Any = None) -> QueryShard:
        """A query_shard_exception of this shard."""
        return QueryShard(reason, cause=cause, metadata={"index_uuid": self.index_uuid, "index": self.index})

    def segments(self, path: str | None = None) -> Iterator[Any]:
        """All segments, or the nested views that hold a field."""
        scope = None if path is None else self.mapping.nested_parent(path)
        for leaf in self.reader:
            yield view(leaf.segment, self.mapping, scope)

    @property
    def max_doc(self) -> int:
        """Lucene's documents: nested objects and deleted ones count, and what is kept of the deletions."""
        counts = (leaf.segment.n_docs + int(leaf.segment.nested_counts()[-1]) for leaf in self.reader if leaf.segment.n_docs)
        return sum(counts) + self.reader.n_tombstones

    def note(self, path: str, words: Iterable[Any], scored: bool) -> None:
        """Tell the statistics of all shards what a query asked for that this shard cannot match."""
        if self.dfs is None or not scored:
            return
        self.statistics(path)
        for word in words:
            count = self.doc_freq(path, word)
            if count:
                self.dfs.doc_freq(path, word, count)

    def scoring_doc_freq(self, path: str, term: Any, own: int | None = None) -> int:
        """Documents with a term, as scores count them."""
        mine = self.doc_freq(path, term) if own is None else own
        return mine if self.dfs is None else self.dfs.doc_freq(path, term, mine)

    def statistics(self, path: str) -> FieldStatistics:
        """Counts as scores ask for them: over all segments, or over all shards."""
        own = self.own_statistics(path)
        return own if self.dfs is None else self.dfs.field(path, own)

    def own_statistics(self, path: str) -> FieldStatistics:
        """Counts over all segments, deleted documents included."""
        path = getattr(self.kept_field(path), "statistics_path", path)

        def build() -> FieldStatistics:
            doc_count = total = 0
            field_ = self.kept_field(path)
            is_text = field_ is not None and field_.is_text
            for segment in self.segments(path):
                if is_text:
                    postings = segment.postings(path)
                    doc_count += postings.n_docs_with_field
                    total += postings.total_terms
                else:
                    column = segment.column(path)
                    doc_count += int(column.has_value.sum())
                    total += len(column.values)
            return FieldStatistics(doc_count, total)

        return self.reader.cached(("statistics", path, id(self.mapping.own_field(path))), build)

    def doc_freq(self, path: str, term: Any) -> int:
        """Documents with a term, over all segments."""
        if self.supposed is not None:
            return self.supposed(path, term)
        field_ = self.kept_field(path)
        count = 0
        for segment in self.segments(path):
            if field_ is not None and field_.is_text:
                count += segment.postings(path).doc_freq(term)
            else:
                count += int(column_doc_freq(segment.column(path), term))
        return count

    def term_statistics(self, path: str, words: Sequence[Any], doc_freq: int) -> Statistics:
        """What similarity models know of some words that count as one term: the greatest document frequency, all occurrences."""
        from esmock.search.similarity import Statistics

        field_ = self.kept_field(path)
        is_text = field_ is not None and field_.is_text
        field_stats = self.statistics(path)
        total = n_postings = 0
        for segment in self.segments(path):
            if is_text:
                postings = segment.postings(path)
                total += sum(postings.total_freq(word) for word in words)
                n_postings += len(postings.docs)
            else:
                column = segment.column(path)
                total += sum(int(column_doc_freq(column, word)) for word in words)
                n_postings += len(column.values)
        most = doc_freq or max(self.doc_freq(path, word) for word in words)
        return Statistics(field_stats.doc_count, field_stats.total_terms, n_postings, most, total)


def column_doc_freq(column: Any, term: Any) -> int:
    """Documents with a value in a column."""
    if column.dictionary is not None:
        ordinal = column.ordinal(term)
        return 0 if ordinal < 0 else int((column.values == ordinal).sum())
    return len(np.unique(column.owners()[column.values == term])) if len(column.values) else 0


def is_filled(segment: Any, path: str) -> bool:
    """Whether any document of a segment, or of a nested view, has a value of a field."""
    from esmock.store.extraction import value_blocks

    return bool(segment.cached(("is filled", path), lambda: any(any(block) for block in value_blocks(segment, path))))


def view(segment: Any, mapping: Any, scope: str | None) -> Any:
    """A segment, or its nested view of a scope, through the nested objects between."""
    if scope is None:
        return segment
    return segment.nested(scope)
