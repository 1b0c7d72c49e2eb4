"""A segment: documents in the order of their arrival, frozen, and what was derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class StoredDoc:
    """One document as it was written.

    Attributes:
        source: the bytes as sent.
        mapping: the snapshot under which it was parsed: fields that came later do not exist for it.
    """

    doc_id: str
    source: bytes
    routing: str | None
    seq_no: int
    primary_term: int
    version: int
    mapping: Mapping

    @property
    def visible_source(self) -> bytes:
        """The source as reads show it: what ``_source`` includes and excludes in the mapping leave."""
        mapping = self.mapping
        if not mapping.source_includes and not mapping.source_excludes:
            return self.source
        tree = json_reader.parse_stored(self.source)
        return json_writer.dumps(filter_source(tree, mapping.source_includes, mapping.source_excludes))


class Segment:
    """Frozen documents. Shared by clones of a space; only the cache of derived columns grows.

    Attributes:
        docs: by ordinal.
        n_docs: how many, deleted ones included.
        derived: what was built on first use (columns, postings, norms), by key.
    """

    __slots__ = ("_ordinals", "derived", "docs", "n_docs")

    def __init__(self, docs: Sequence[StoredDoc]) -> None:
        self.docs = tuple(docs)
        self.n_docs = len(self.docs)
        self.derived: dict[Any, Any] = {}
        self._ordinals: dict[str, int] | None = None

    @classmethod
    def build(cls, docs: Sequence[StoredDoc]) -> Segment:
        """A segment of these documents; nothing is computed yet."""
        return cls(docs)

    def ordinal_of(self, doc_id: str) -> int | None:
        """The last document with this id, deleted or not."""
        if self._ordinals is None:
            self._ordinals = {doc.doc_id: n for n, doc in enumerate(self.docs)}
        return self._ordinals.get(doc_id)
