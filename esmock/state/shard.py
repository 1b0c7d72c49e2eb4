"""One shard: what was written, what is searchable, and the rules of versions and sequence numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from esmock.errors import VersionConflictEngine
from esmock.state.caches import NOTHING
from esmock.store.segment import Segment, StoredDoc

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping as FieldMapping
    from esmock.store.index_sort import IndexSort
    from esmock.store.reader import Reader

GC_DELETES_MS = 60_000
MAX_SEGMENTS = 10
READ_BY_ID: Mapping[str, AbstractSet[str]] = MappingProxyType(
    {"_id": frozenset({"terms", "postings", "stored_fields"}), "_source": frozenset({"stored_fields"})}
)
LOOKED_FOR: Mapping[str, AbstractSet[str]] = MappingProxyType({"_id": frozenset({"terms"})})
"""The structures of fields that reading one document, or looking for one that is not there, takes (asked of 8.19.21)."""
PRIMARY_TERM = 1


def _structures(uses: Mapping[str, AbstractSet[str]]) -> list[tuple[str, str]]:
    return [(name, kind) for name, kinds in uses.items() for kind in (*kinds, "any")]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A delete that is remembered, so that versions go on from it."""

    version: int
    seq_no: int
    deleted_at_ms: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What a write demands of the current document.

    Args:
        create: it must not exist.
        version, version_type: as in the request; None: no demand.
        if_seq_no, if_primary_term: the current document's; None: no demand.
    """

    create: bool = False
    version: int | None = None
    version_type: str = "internal"
    if_seq_no: int | None = None
    if_primary_term: int | None = None


NO_CONDITION = Condition()


@dataclass(frozen=True, slots=True)
class Written:
    """Outcome of one write: ``result`` is ``created``, ``updated``, ``deleted``, ``not_found`` or ``noop``."""

    result: str
    version: int
    seq_no: int
    primary_term: int = PRIMARY_TERM


class Shard:
    """The documents of one shard.

    Cloning shares everything; the first write to either side copies the maps (``_own``).
    """

    __slots__ = (
        "_shared",
        "buffer",
        "caches",
        "counters",
        "docs",
        "index_name",
        "index_uuid",
        "is_newest_first",
        "layout",
        "number",
        "primary_term",
        "reader",
        "replaced",
        "searched_fields",
        "seq_no",
        "soft_deletes",
        "sort",
        "tombstones",
        "views",
    )

    def __init__(
        self, index_name: str, index_uuid: str, number: int, *, soft_deletes: bool = True, sort: IndexSort | None = None
    ) -> None:
        self.soft_deletes = soft_deletes
        self.sort = sort
        self.index_name = index_name
        self.index_uuid = index_uuid
        self.number = number
        self.is_newest_first = False
        """Whether the segments are read in the order of their times, as of the last opening of the index."""
        self.docs: dict[str, StoredDoc] = {}
        self.tombstones: dict[str, Tombstone] = {}
        self.buffer: list[StoredDoc] = []
        self.replaced: set[str] = set()
        self.views: tuple[tuple[Segment, frozenset[int]], ...] = ()
        self.layout: tuple[tuple[bool, int], ...] = ()
        """Segment by segment, as Lucene has them: whether it is one of ``views``, and how many deletes are kept in it."""
        self.reader: Reader | None = None
        self.seq_no = -1
        self.primary_term = PRIMARY_TERM
        """Raised whenever a primary that holds something already finds a node."""
        self.counters: dict[str, int] = {}
        self.searched_fields: Mapping[tuple[str, str], int] = {}
        """(field, structure) to how many searches have read it; the structure ``any`` counts them all. Replaced, never changed."""
        self.caches = NOTHING
        self._shared = False

    def clone(self) -> Shard:
        """A shard that answers alike and changes alone."""
        twin = Shard.__new__(Shard)
        for name in Shard.__slots__:
            setattr(twin, name, getattr(self, name))
        self._shared = twin._shared = True
        return twin

    def _own(self) -> None:
        if self._shared:
            self.docs = dict(self.docs)
            self.tombstones = dict(self.tombstones)
            self.buffer = list(self.buffer)
            self.replaced = set(self.replaced)
            self.counters = dict(self.counters)
            self._shared = False

    def count(self, what: str, by: int = 1) -> None:
        """Add to a statistic (``index_total``, ``query_total`` ...); the documents stay shared."""
        self.counters = {**self.counters, what: self.counters.get(what, 0) + by}

    def count_fields(self, uses: Mapping[str, AbstractSet[str]]) -> None:
        """Add one search to the statistics of fields."""
        counts = Counter(self.searched_fields)
        counts.update(_structures(uses))
        self.searched_fields = counts

    @property
    def field_uses(self) -> Mapping[tuple[str, str], int]:
        """As ``searched_fields``, reads by id included: those follow from their number."""
        counts = Counter(self.searched_fields)
        missing = self.counters.get("get_missing_total", 0)
        for uses, times in ((READ_BY_ID, self.counters.get("get_total", 0) - missing), (LOOKED_FOR, missing)):
            counts.update(dict.fromkeys(_structures(uses), times) if times else {})
        return counts

    def count_answer(self, key: Hashable, size: int) -> None:
        """Tell the request cache of an answer that it may keep: it had it, or has it now.

        Args:
            key: what was asked, the same for the same.
            size: its bytes.
        """
        if key in self.caches.answers:
            self.count("request_cache_hits")
            return
        self.count("request_cache_misses")
        self.caches = self.caches.answered(key, size)

    def load_fielddata(self, name: str, *, is_uninverted: bool = False) -> None:
        """Keep account of field data that a search has loaded; ordinals of one segment need no more than its columns.

        Args:
            is_uninverted: it was made of the terms of a text, segment by segment; else ordinals over all segments.
        """
        if is_uninverted or len(self.views) > 1:
            self.caches = self.caches.loaded(name, self.views, is_uninverted=is_uninverted)

    def clear_caches(self, *, query: bool = False, fielddata: bool = False, request: bool = False, names: Collection[str] = ()) -> None:
        """Forget what is kept in memory: all of it where nothing is named, fields included.

        ES: ``query`` alone spares the answers, whatever it does not say of them.
        """
        is_everything = not query and not fielddata
        if fielddata or is_everything:
            self.caches = self.caches.without_fielddata(names)
        if request or (is_everything and not names):
            self.caches = self.caches.without_answers()

    def count_get(self, doc: StoredDoc | None) -> None:
        """Add a read of one document to the statistics."""
        self.count("get_total")
        if doc is None:
            self.count("get_missing_total")

    @property
    def metadata(self) -> dict[str, str]:
        """The keys that errors of this shard carry."""
        return {"index_uuid": self.index_uuid, "shard": str(self.number), "index": self.index_name}

    def current(self, doc_id: str) -> StoredDoc | None:
        """The latest copy of a document, searchable or not."""
        return self.docs.get(doc_id)

    def index(
        self,
        doc_id: str,
        source: bytes,
        routing: str | None,
        mapping: FieldMapping,
        condition: Condition,
        now_ms: int,
    ) -> Written:
        """Write a document. Raises VersionConflictEngine."""
        current = self.docs.get(doc_id)
        version = self._next_version(doc_id, current, condition, now_ms, is_delete=False)
        if self._shared:
            self._own()
        self.seq_no += 1
        doc = StoredDoc(doc_id, source, routing, self.seq_no, self.primary_term, version, mapping)
        if current is not None or doc_id in self.tombstones:
            self.replaced.add(doc_id)
            self.tombstones.pop(doc_id, None)
        self.docs[doc_id] = doc
        self.buffer.append(doc)
        self.counters["index_total"] = self.counters.get("index_total", 0) + 1
        return Written("created" if current is None else "updated", version, self.seq_no, self.primary_term)

    def delete(self, doc_id: str, condition: Condition, now_ms: int) -> Written:
        """Delete a document; a missing one still takes a sequence number. Raises VersionConflictEngine."""
        current = self.docs.get(doc_id)
        version = self._next_version(doc_id, current, condition, now_ms, is_delete=True)
        self._own()
        self.seq_no += 1
        self.tombstones[doc_id] = Tombstone(version, self.seq_no, now_ms)
        self.count("delete_total")
        if self.soft_deletes:
            self.count("unrefreshed_deletes")  # ES: a delete is a document of its own, found or not
        if current is None:
            return Written("not_found", version, self.seq_no, self.primary_term)
        del self.docs[doc_id]
        self.replaced.add(doc_id)
        return Written("deleted", version, self.seq_no, self.primary_term)

    def _next_version(
        self, doc_id: str, current: StoredDoc | None, condition: Condition, now_ms: int, *, is_delete: bool
    ) -> int:
        known = current.version if current is not None else self._deleted_version(doc_id, now_ms)
        if condition is not NO_CONDITION:
            self._check(doc_id, current, known, condition)
            if condition.version_type != "internal" and condition.version is not None:
                return condition.version
        return 1 if known is None else known + 1

    def _deleted_version(self, doc_id: str, now_ms: int) -> int | None:
        tombstone = self.tombstones.get(doc_id)
        if tombstone is None or now_ms - tombstone.deleted_at_ms > GC_DELETES_MS:
            return None
        return tombstone.version

    def _check(self, doc_id: str, current: StoredDoc | None, known: int | None, condition: Condition) -> None:
        if condition.create and current is not None:
            raise self._conflict(doc_id, f"document already exists (current version [{current.version}])")
        if condition.if_seq_no is not None:
            required = f"required seqNo [{condition.if_seq_no}], primary term [{condition.if_primary_term}]."
            if current is None:
                raise self._conflict(doc_id, f"{required} but no document was found")
            if (current.seq_no, current.primary_term) != (condition.if_seq_no, condition.if_primary_term):
                raise self._conflict(
                    doc_id,
                    f"{required} current document has seqNo [{current.seq_no}] and primary term "
                    f"[{current.primary_term}]",
                )
        if condition.version_type == "internal" and condition.version is not None:
            self._check_internal(doc_id, current, condition.version)
        if condition.version_type != "internal" and condition.version is not None and known is not None:
            allowed_equal = condition.version_type == "external_gte"
            if known > condition.version or (known == condition.version and not allowed_equal):
                than = "higher than" if allowed_equal else "higher or equal to"
                raise self._conflict(
                    doc_id, f"current version [{known}] is {than} the one provided [{condition.version}]"
                )

    def _check_internal(self, doc_id: str, current: StoredDoc | None, version: int) -> None:
        """Only pipelines and reindexing can ask for an internal version."""
        if current is None:
            raise self._conflict(doc_id, f"document does not exist (expected version [{version}])")
        if current.version != version:
            raise self._conflict(
                doc_id, f"current version [{current.version}] is different than the one provided [{version}]"
            )

    def _conflict(self, doc_id: str, why: str) -> VersionConflictEngine:
        return VersionConflictEngine(f"[{doc_id}]: version conflict, {why}", metadata=self.metadata)

    @property
    def needs_refresh(self) -> bool:
        return bool(self.buffer or self.replaced or self.counters.get("unrefreshed_deletes"))

    def refresh(self) -> bool:
        """Publish what was written since the last refresh; returns whether anything changed."""
        if not self.needs_refresh:
            return False
        self._own()
        views = [
            (segment, deleted | self._replaced_in(segment, deleted)) if self.replaced else (segment, deleted)
            for segment, deleted in self.views
        ]
        if self.buffer:
            written, dead = self._written()
            views.append((Segment.build(written), frozenset(dead)))
        # ES: what was deleted stays until segments are merged, and counts in the statistics of terms; with soft deletes
        # even where it is all of a segment
        self.views = tuple(one for one in views if self.soft_deletes or len(one[1]) < len(one[0]))
        self._lay_out()
        if len(self.views) > MAX_SEGMENTS:
            self.merge(MAX_SEGMENTS)
        self.buffer = []
        self.replaced = set()
        self._published()
        self.count("refresh_total")
        self.counters["unopened_commits"] = 0
        return True

    def _lay_out(self) -> None:
        """Note the segment that a refresh made; of nothing but deletes it is none of ``views``."""
        deletes = self.counters.get("unrefreshed_deletes", 0)
        if not self.soft_deletes:
            self.layout = ((True, 0),) * len(self.views)
        elif self.buffer or deletes:
            self.layout = (*self.layout, (bool(self.buffer), deletes))
        if deletes:
            self.counters = {**self.counters, "unrefreshed_deletes": 0}

    def segments(self) -> Iterator[tuple[Segment | None, int, int]]:
        """(segment, live documents, deleted ones), in order, as Lucene counts them: nested objects and deletes are documents."""
        views = iter(self.views)
        for is_view, deletes in self.layout:
            if is_view:
                segment, dead = next(views)
                live, deleted = segment.lucene_counts(dead)
                yield segment, live, deleted + deletes
            else:
                yield None, 0, deletes

    def refresh_asked(self) -> None:
        """Refresh as a request asks for: it counts where there is nothing new, and opens what was only committed."""
        if self.refresh():
            return
        self.count("idle_refresh_total")
        if self.counters.get("unopened_commits"):
            self.count("opened_commits")
            self.counters["unopened_commits"] = 0

    def flush(self, *, force: bool = False) -> int:
        """Commit what was written since the last flush, which opens it for reads of single documents.

        Returns:
            How many operations there were.
        """
        self.count("flush_total")
        return self.commit(force=force)

    def commit(self, *, force: bool = False) -> int:
        """The same where it is no flush of its own, as after a forced merge."""
        pending = self.n_operations - self.counters.get("flushed_operations", 0)
        if pending or force:
            self.count("commit_total")
            self.count("flushed_operations", pending)
            self.counters["unopened_commits"] = 1
            self.counters["committed_segments"] = len(self.layout) + self.needs_refresh
        return pending

    def is_committed(self, number: int) -> bool:
        """Whether a segment, by its place, was there when the last commit was made."""
        return number < self.counters.get("committed_segments", 0)

    @property
    def n_operations(self) -> int:
        """Writes and deletes so far."""
        return self.counters.get("index_total", 0) + self.counters.get("delete_total", 0)

    def _written(self) -> tuple[list[StoredDoc], Sequence[int]]:
        """The documents of the buffer as a segment holds them, and the places of those that were replaced meanwhile."""
        docs = self.docs
        dead = [n for n, doc in enumerate(self.buffer) if docs.get(doc.doc_id) is not doc] if self.replaced else []
        if self.sort is None:
            return self.buffer, dead
        gone = set(dead)
        live = [doc for n, doc in enumerate(self.buffer) if n not in gone]
        # the last copy of an id must be the one that lives
        return [self.buffer[n] for n in dead] + self.sort.arranged(live), range(len(dead))

    def _replaced_in(self, segment: Segment, deleted: frozenset[int]) -> set[int]:
        found = (segment.ordinal_of(doc_id) for doc_id in self.replaced)
        return {ordinal for ordinal in found if ordinal is not None and ordinal not in deleted}

    def merge(self, at_most: int = 1, *, only_deletes: bool = False) -> None:
        """Join the smallest segments, dropping what was deleted, until few enough are left.

        Args:
            at_most: how many segments may remain beside the merged one; 1 merges everything.
        """
        if 1 < at_most >= len(self.views):
            return
        ordered = sorted(self.views, key=lambda view: view[0].n_docs)
        keep = set() if at_most <= 1 else {id(view[0]) for view in ordered[at_most:]}
        joined = [view for view in self.views if id(view[0]) not in keep]
        if len(joined) == 1 and not joined[0][1]:
            return
        docs = [doc for segment, deleted in joined for n, doc in enumerate(segment.docs) if n not in deleted]
        rest = [view for view in self.views if id(view[0]) in keep]
        if docs:
            rest.append((Segment.build(docs if self.sort is None else self.sort.arranged(docs)), frozenset()))
        self.views = tuple(rest)
        self.layout = ((True, 0),) * len(rest)
        self.counters = {**self.counters, "committed_segments": 0}
        self._published()

    def _published(self) -> None:
        self.reader = None
        self.caches = self.caches.published(self.views)
        if len(self.views) > 1:
            for name in self.views[-1][0].docs[-1].mapping.eager_ordinals:
                self.load_fielddata(name)

    def open_reader(self) -> Reader:
        """The published documents as one point in time."""
        if self.reader is None:
            from esmock.store.newest_first import newest_first
            from esmock.store.reader import Reader

            order = newest_first(self.views) if self.is_newest_first else range(len(self.views))
            n_bare = sum(not is_view for is_view, _ in self.layout)
            of_views = [deletes for is_view, deletes in self.layout if is_view]
            held = [of_views[at] for at in order]
            self.reader = Reader.of([self.views[at] for at in order], self._marks(order), held=held, n_bare=n_bare)
        return self.reader

    def _marks(self, order: Sequence[int]) -> list[int]:
        """The deletions kept before each of the views in the order in which they are read, and last all of them."""
        layout = self.layout
        if self.is_newest_first:
            of_views = [one for one in layout if one[0]]
            layout = (*(of_views[at] for at in order), *(one for one in layout if not one[0]))
        found, total = [], 0
        for is_view, deletes in layout:
            if is_view:
                found.append(total)
            total += deletes
        return [*found, total]

    @property
    def n_live(self) -> int:
        """Searchable documents, nested objects among them."""
        return sum(live for _, live, _ in self.segments())

    @property
    def n_deleted(self) -> int:
        """Documents that are deleted but not merged away, and the deletes themselves."""
        return sum(deleted for _, _, deleted in self.segments())
