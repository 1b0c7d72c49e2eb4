"""Frozen sets of documents. Building one computes nothing: no numpy, no analysis."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.store.memory import release
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    import numpy as np

    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.store.column import Column
    from esmock.store.nested import NestedSegment
    from esmock.store.postings import Postings

Json = Any
DOC_COUNT = b'"_doc_count"'
KEPT_SOURCES = 2000
"""Documents up to which a segment keeps its parsed sources."""


class StoredDoc(NamedTuple):
    """One version of a document.

    Attributes:
        source: bytes as sent, from which the document is indexed.
        mapping: the snapshot it was indexed under; fields mapped later do not hold it.
    """

    doc_id: str
    source: bytes
    routing: str | None
    seq_no: int
    primary_term: int
    version: int
    mapping: Mapping
    told: bytes | None = None
    """The source as some may read it, where they may read less than what is indexed."""

    @property
    def readable(self) -> bytes:
        """The source as it may be read."""
        return self.source if self.told is None else self.told

    @property
    def visible_source(self) -> bytes:
        """The source as reads show it: what ``_source`` includes and excludes in the mapping leave."""
        mapping = self.mapping
        if mapping.is_synthetic:
            from esmock.mapping.synthetic import synthetic_source

            return synthetic_source(mapping, self.readable)
        if not mapping.source_includes and not mapping.source_excludes and not mapping.kept_vectors:
            return self.readable
        tree = self.source_tree()
        return json_writer.dumps(filter_source(tree, mapping.source_includes, mapping.source_excludes, streamed=mapping.behaviour.source_streamed))

    def source_tree(self, hidden: Collection[str] = ()) -> Json:
        """The source as sent, with the vectors as they are kept but for the hidden ones."""
        if not self.mapping.kept_vectors:
            return json_reader.parse_stored(self.readable)
        from esmock.mapping.vector_source import source_tree

        return source_tree(self.mapping, self.readable, hidden)


class ParsedSources(Sequence[Json]):
    """The sources of documents, parsed when they are asked for: trees of every document would weigh several times their bytes."""

    __slots__ = ("_docs",)

    def __init__(self, docs: Sequence[StoredDoc]) -> None:
        self._docs = docs

    def __len__(self) -> int:
        return len(self._docs)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [json_reader.parse_source(doc.source) for doc in self._docs[at]]
        return json_reader.parse_source(self._docs[at].source)


class Segment:
    """Documents in order of arrival, and what has been built from them.

    Attributes:
        docs: the documents; a document's ordinal is its place.
        n_docs: how many there are, deleted ones included.
        path: None; nested views of a segment have their object's path.
    """

    path: str | None = None

    def __init__(self, docs: Sequence[StoredDoc]) -> None:
        self.docs: tuple[StoredDoc, ...] = tuple(docs)
        self.n_docs = len(self.docs)
        self._ordinals: dict[str, int] | None = None
        self._sources: Sequence[Json] | None = None
        self._built: dict[Any, Any] = {}

    @classmethod
    def build(cls, docs: Sequence[StoredDoc]) -> Segment:
        """A segment of some documents."""
        return cls(docs)

    def __len__(self) -> int:
        return self.n_docs

    @property
    def base(self) -> Segment:
        """The segment whose documents these are: itself, or what runtime fields lie over."""
        return self

    @functools.cached_property
    def source_bytes(self) -> int:
        """The size of all sources together."""
        return sum(len(doc.source) for doc in self.docs)

    @property
    def doc_ids(self) -> list[str]:
        return [doc.doc_id for doc in self.docs]

    @property
    def seq_nos(self) -> list[int]:
        return [doc.seq_no for doc in self.docs]

    @property
    def versions(self) -> list[int]:
        return [doc.version for doc in self.docs]

    @property
    def routings(self) -> list[str | None]:
        return [doc.routing for doc in self.docs]

    def ordinal_of(self, doc_id: str) -> int | None:
        """The place of the last document of an id; None where there is none."""
        if self._ordinals is None:
            self._ordinals = {doc.doc_id: ordinal for ordinal, doc in enumerate(self.docs)}
        return self._ordinals.get(doc_id)

    def ordinals_of(self, doc_id: str) -> list[int]:
        """The places of every copy of an id, deleted ones included."""
        last = self.ordinal_of(doc_id)
        if last is None or self._ordinals is None:
            return []
        if len(self._ordinals) == self.n_docs:
            return [last]
        copies: dict[str, list[int]] = self.cached(("copies",), self._copies)
        return copies.get(doc_id, [last])

    def _copies(self) -> dict[str, list[int]]:
        """The places of the ids that several documents have."""
        places: dict[str, list[int]] = {}
        for ordinal, doc in enumerate(self.docs):
            places.setdefault(doc.doc_id, []).append(ordinal)
        return {doc_id: found for doc_id, found in places.items() if len(found) > 1}

    def sources(self) -> Sequence[Json]:
        """The parsed sources by ordinal, not to be changed; those of a large segment are parsed anew each time."""
        if self._sources is None:
            sources = ParsedSources(self.docs)
            self._sources = sources if self.n_docs > KEPT_SOURCES else sources[:]
        return self._sources

    def runs(self) -> list[tuple[int, int, Mapping]]:
        """Stretches of documents indexed under one mapping: (first, after last, mapping)."""
        found = self._built.get("runs")
        if found is None:
            out: list[tuple[int, int, Mapping]] = []
            start = 0
            for ordinal in range(1, self.n_docs + 1):
                if ordinal == self.n_docs or self.docs[ordinal].mapping is not self.docs[start].mapping:
                    out.append((start, ordinal, self.docs[start].mapping))
                    start = ordinal
            found = self._built["runs"] = out
        return found

    def cached(self, key: Any, build: Any) -> Any:
        """``build()`` once per key; what it returns is never changed afterwards."""
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = build()
        return found

    @property
    def doc_counts(self) -> np.ndarray | None:
        """int64[n_docs]: for how many documents each counts in buckets, by its ``_doc_count``; None: for itself (7.11)."""
        found = self._built.get("doc counts", self)
        if found is self:
            found = self._built["doc counts"] = self._doc_counts()
        return found  # type: ignore[no-any-return]

    def _doc_counts(self) -> np.ndarray | None:
        told = [at for at, doc in enumerate(self.docs) if DOC_COUNT in doc.source]
        if not told or not self.docs[told[0]].mapping.behaviour.has((7, 11)):
            return None
        import numpy as np

        counts = np.ones(self.n_docs, np.int64)
        sources = self.sources()
        for at in told:
            count = sources[at].get("_doc_count", 1)
            counts[at] = count[-1] if isinstance(count, list) else count
        return counts

    def column(self, path: str) -> Column:
        """The doc values of a field; an empty column where no document has any. See ``Column``."""
        from esmock.store.column import build_column

        return self.cached(("column", path), lambda: self._large(build_column, path))

    def postings(self, path: str) -> Postings:
        """The terms of a text field with their documents and positions. See ``Postings``."""
        from esmock.store.postings import build_postings

        return self.cached(("postings", path), lambda: self._large(build_postings, path))

    def _large(self, build: Any, path: str) -> Any:
        """Build something over all documents and give back what was used in passing."""
        built = build(self, path)
        release(self.n_docs)
        return built

    def nested(self, path: str) -> NestedSegment:
        """The objects of a nested mapping as documents of their own."""
        from esmock.store.nested import build_nested

        return self.cached(("nested", path), lambda: build_nested(self, path))

    def nested_counts(self) -> np.ndarray:
        """int64[n_docs]: nested objects in the documents up to and including each."""
        found: np.ndarray = self.cached("nested_counts", self._nested_counts)
        return found

    def _nested_counts(self) -> np.ndarray:
        import numpy as np

        counts = np.zeros(self.n_docs, np.int64)
        paths = {path for _, _, mapping in self.runs() for path in mapping.nested_paths}
        for path in paths:
            counts += np.bincount(self.nested(path).root_docs(), minlength=self.n_docs)
        return np.cumsum(counts)

    def lucene_counts(self, dead: Collection[int]) -> tuple[int, int]:
        """Live and deleted documents as Lucene counts them: each nested object is one of its own."""
        live, deleted = self.n_docs - len(dead), len(dead)
        if not self.docs or not self.docs[-1].mapping.nested_paths:
            return live, deleted
        counts = self.nested_counts()
        gone = sum(int(counts[at]) - (int(counts[at - 1]) if at else 0) for at in dead)
        return live + int(counts[-1]) - gone, deleted + gone

    def field(self, path: str) -> Field | None:
        """A field as the newest of the segment's mappings has it."""
        for _, _, mapping in reversed(self.runs()):
            found = mapping.kept_field(path)
            if found is not None:
                return found
        return None

    def values(self, path: str) -> tuple[list[list[Json]], Field | None]:
        """The scalars of a field, per document, read from the sources under each document's mapping."""
        from esmock.store.extraction import field_values

        return field_values(self, path)
